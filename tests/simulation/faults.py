"""Every fault that a call can meet at the server, and what the documentation leaves open about the server itself."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.filing.outcomes import CallName, Outcome
from cybertip.mock import Behaviour
from cybertip.mock.faults import (
    AnyFault,
    ResponseCode,
    Status,
    Throttle,
    Truncate,
    Unauthorized,
    WrongHash,
    WrongReportId,
)

NO_ID = (
    "<reportResponse><responseCode>0</responseCode><responseDescription>Success</responseDescription></reportResponse>"
)
GARBLED = "<reportResponse><responseCode>"
OTHER_REPORT_ID = 4_999_999_999

ACTING: dict[str, AnyFault | None] = {
    "answered": None,
    "code 1000 after acting": ResponseCode(code=1000, acts=True),
    "HTTP 500 after acting": Status(status=500, acts=True),
    "HTTP 502 after acting": Status(status=502, acts=True),
    "an empty answer after acting": Status(status=200, body="", acts=True),
    "a success without ids after acting": Status(status=200, body=NO_ID, content_type="text/xml", acts=True),
    "the answer is truncated": Truncate(),
    "the connection breaks within the answer": Truncate(cut="connection"),
    "the answer names another report": WrongReportId(report_id=OTHER_REPORT_ID),
}
"""Faults with which the server acts."""
IDLE: dict[str, AnyFault] = {
    "code 1000 without acting": ResponseCode(code=1000),
    "code 1100": ResponseCode(code=1100),
    "code 1300": ResponseCode(code=1300),
    "code 4100": ResponseCode(code=4100),
    "code 1001": ResponseCode(code=1001),
    "an unknown code": ResponseCode(code=7777),
    "HTTP 500 without acting": Status(status=500),
    "HTTP 502 without acting": Status(status=502),
    "an empty answer without acting": Status(status=200, body=""),
    "a success without ids and without acting": Status(status=200, body=NO_ID, content_type="text/xml"),
    "half an answer without acting": Status(status=200, body=GARBLED, content_type="text/xml"),
    "HTTP 429": Throttle(),
    "HTTP 401": Unauthorized(),
}
"""Faults with which it does not."""
OPEN_QUESTIONS = (
    Behaviour(),
    Behaviour(lapsed=5101),
    Behaviour(second_finish=5001),
    Behaviour(second_finish=0),
    Behaviour(second_fileinfo="replaces"),
    Behaviour(server="2016"),
)
"""Everything that the documentation leaves open and that makes a difference here."""
ONLY_FOR: dict[str, tuple[CallName, AnyFault]] = {
    "another MD5": (CallName.UPLOAD, WrongHash()),
    "code 5002": (CallName.FILEINFO, ResponseCode(code=5002)),
}
"""Faults that one call alone can meet."""
LIKE_OTHERS = frozenset({
    Outcome.DECLARED, Outcome.NOT_NOW, Outcome.CREDENTIALS, Outcome.OTHER_REPORT, Outcome.DAMAGED, Outcome.EVIDENCE,
})  # fmt: skip
"""What is left out where not all outcomes are tried: most are to the machine what another is."""


def faults(call: CallName) -> Iterator[tuple[str, AnyFault | None, Behaviour]]:
    """Every fault that a call can meet, with every behaviour that makes a difference then."""
    for behaviour in OPEN_QUESTIONS:
        for words, fault in ACTING.items():
            yield words, fault, behaviour
    for words, idle in IDLE.items():
        yield words, idle, OPEN_QUESTIONS[0]
    for words, (only, own) in ONLY_FOR.items():
        if only is call:
            yield words, own, OPEN_QUESTIONS[0]


def fault_of(words: str) -> AnyFault | None:
    """A fault by its words."""
    own = ONLY_FOR.get(words)
    return own[1] if own is not None else ACTING.get(words) or IDLE.get(words)
