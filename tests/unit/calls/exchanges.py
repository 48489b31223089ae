"""Answers of the API as literal data, and how to hand them to a call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cybertip import calls
from cybertip.calls.answers import Answer
from cybertip.errors import CallError
from cybertip.evidence import source

REPORT = 4564654
FILE = "b0754af766b426f2928a02c651ed4b99"
MD5 = "fafa5efeaf3cbe3b23b2748d13e629a1"
ARRIVED = datetime(2025, 6, 11, 12, 0, 0, tzinfo=UTC)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
LATIN = ("Content-Type", "application/xml;charset=ISO-8859-1")
"""What the real server claims of its answers, which are UTF-8."""

ALL_CALLS: tuple[calls.Call[object], ...] = (
    calls.Status(),
    calls.Xsd(),
    calls.Submit(b"<report/>"),
    calls.Upload(REPORT, source(b"synthetic")),
    calls.FileInfo(b"<fileDetails/>", REPORT, FILE),
    calls.Finish(REPORT),
    calls.Retract(REPORT),
)

SUBMITTED = f"""{DECLARATION}<reportResponse>
    <responseCode>0</responseCode>
    <responseDescription>Success</responseDescription>
    <reportId>{REPORT}</reportId>
</reportResponse>"""

UPLOADED = f"""{DECLARATION}<reportResponse>
    <responseCode>0</responseCode>
    <responseDescription>Success</responseDescription>
    <reportId>{REPORT}</reportId>
    <fileId>{FILE}</fileId>
    <hash>{MD5}</hash>
</reportResponse>"""

FINISHED = f"""{DECLARATION}<reportDoneResponse>
    <responseCode>0</responseCode>
    <reportId>{REPORT}</reportId>
    <files>
        <fileId>{FILE}</fileId>
        <fileId>00000000000000000000000000000002</fileId>
    </files>
</reportDoneResponse>"""

SCHEMA = f'{DECLARATION}<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="report"/></xs:schema>'


def answer(body: str | bytes, status: int = 200, *headers: tuple[str, str], complete: bool = True) -> Answer:
    """An answer as the clients hand it over."""
    data = body.encode() if isinstance(body, str) else body
    return Answer(status, tuple((name.lower(), value) for name, value in headers), data, ARRIVED, complete)


def reply(code: int, description: str = "", *, root: str = "reportResponse", report_id: int | None = None) -> str:
    """An answer of the API without results."""
    more = f"<responseDescription>{description}</responseDescription>" if description else ""
    more += f"<reportId>{report_id}</reportId>" if report_id is not None else ""
    return f"{DECLARATION}<{root}><responseCode>{code}</responseCode>{more}</{root}>"


def failure(call: calls.Call[object], given: Answer) -> CallError:
    """The error that the call makes of the answer, which is attached to it."""
    with pytest.raises(CallError) as caught:
        call.read(given)
    assert caught.value.call == call.name
    assert caught.value.answer is given
    assert caught.value.http_status == given.status
    return caught.value
