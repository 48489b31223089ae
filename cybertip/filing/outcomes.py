"""What became of a call, and what follows from it: one total table.

*What is known after a call* is the hardest part of filing exactly once. The table below has a cell for every call and
every outcome; `after` reads it, and a test walks all of it. It leans towards doubt: a report that may have been filed
is never begun anew, and a report that may hold a file which nobody described is never finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CallError,
    CredentialsError,
    FileNotFoundOnReportError,
    HashMismatchError,
    Known,
    ReportNotFoundError,
    WrongReportError,
)


class CallName(StrEnum):
    """The calls that a filing is made of."""

    SUBMIT = "submit"
    UPLOAD = "upload"
    FILEINFO = "fileinfo"
    FINISH = "finish"
    RETRACT = "retract"


class Outcome(StrEnum):
    """What became of a call."""

    OK = "ok"
    """The server did it and said so."""
    UNSENT = "unsent"
    """The server cannot have acted: the request was never completely handed to the network."""
    UNKNOWN = "unknown"
    """The server may have acted: no readable answer, or one that says error although something may have happened."""
    DECLARED = "declared"
    """The server says that it tried and did not do it (1100, 1110, 1111, 1210, 1300)."""
    REFUSED = "refused"
    """The server looked at what was sent and does not take it (4xxx, 1001)."""
    NO_REPORT = "no such report"
    """5001: the report does not exist, or has lapsed."""
    NO_FILE = "no such file"
    """5002: the report has no such file."""
    RETRACTED = "already retracted"
    """5101: the report was cancelled before, or has lapsed."""
    FINISHED = "already finished"
    """5102: the report is filed."""
    DAMAGED = "damaged"
    """The file arrived with another MD5. It is part of the report all the same."""
    OTHER_REPORT = "another report"
    """The answer speaks of another report, so nothing follows from it but doubt."""
    CREDENTIALS = "credentials"
    """Not executed: the credentials were not accepted (HTTP 401, 403; 2xxx, 3xxx)."""
    NOT_NOW = "not now"
    """Not executed: too many requests, wrong address, too large a request for something on the way."""
    EVIDENCE = "evidence"
    """The file could not be read to its end, or is not the one that was reviewed; the server cannot have stored it."""


_BY_ERROR: tuple[tuple[type[CallError], Outcome], ...] = (
    (HashMismatchError, Outcome.DAMAGED),
    (WrongReportError, Outcome.OTHER_REPORT),
    (CredentialsError, Outcome.CREDENTIALS),
    (ReportNotFoundError, Outcome.NO_REPORT),
    (FileNotFoundOnReportError, Outcome.NO_FILE),
    (AlreadyRetractedError, Outcome.RETRACTED),
    (AlreadyFinishedError, Outcome.FINISHED),
)
_BY_KNOWN = {
    Known.UNSENT: Outcome.UNSENT,
    Known.UNKNOWN: Outcome.UNKNOWN,
    Known.DECLARED: Outcome.DECLARED,
    Known.REFUSED: Outcome.REFUSED,
    Known.NOT_EXECUTED: Outcome.NOT_NOW,
}


def outcome_of(problem: CallError) -> Outcome:
    """What became of a call that did not succeed."""
    return next((outcome for kind, outcome in _BY_ERROR if isinstance(problem, kind)), _BY_KNOWN[problem.known])


class Move(StrEnum):
    """What follows from an outcome."""

    FORWARD = "go on with the next step"
    FILED = "it is filed, and this is the receipt"
    FILED_UNSEEN = "it is filed, and the receipt was lost"
    AGAIN = "make the call again, later"
    AGAIN_IN_DOUBT = "make the call again, until it is answered; from now on the report may be filed"
    AGAIN_ONCE = "make the call once again; whatever is wrong then, give the report up"
    GIVE_UP = "retract the report and begin another"
    GONE = "the report is closed; begin another"
    GONE_UNLESS_DOUBT = "the report is closed, unless it may have been filed: then a person decides"
    POSSIBLE_ORPHAN = "a report may have been opened that nobody knows; it lapses by itself; open another"
    DAMAGED = "retract the report and begin another, the third time a person decides"
    CORRECT = "retract the report; a person corrects the record"
    CLOSE = "retract the report until that is answered; then a person corrects the record"
    CLOSED = "the report is closed"
    CLOSED_UNLESS_DOUBT = "the report is closed, unless it may have been filed: then a person decides"
    AGAIN_THEN_PERSON = "make the call again, and after some times ask a person"
    PERSON = "a person decides"
    WAIT = "nothing happened; wait"
    BLOCK = "nothing happened; the credentials are blocked for all filings"
    EVIDENCE = "retract the report; somebody has to bring the file back"


# What follows from an outcome whatever the call was.
_ALWAYS = {
    Outcome.NOT_NOW: Move.WAIT,
    Outcome.CREDENTIALS: Move.BLOCK,
}

TABLE: Mapping[tuple[CallName, Outcome], Move] = MappingProxyType(
    {(call, outcome): move for call in CallName for outcome, move in _ALWAYS.items()}
    | {(CallName.SUBMIT, outcome): move for outcome, move in {
        Outcome.OK: Move.FORWARD,
        Outcome.UNSENT: Move.AGAIN,
        Outcome.DECLARED: Move.AGAIN,
        Outcome.UNKNOWN: Move.POSSIBLE_ORPHAN,
        Outcome.REFUSED: Move.CORRECT,
        # No report is named in /submit, so these say nothing about what was opened.
        Outcome.NO_REPORT: Move.POSSIBLE_ORPHAN,
        Outcome.NO_FILE: Move.POSSIBLE_ORPHAN,
        Outcome.RETRACTED: Move.POSSIBLE_ORPHAN,
        Outcome.FINISHED: Move.POSSIBLE_ORPHAN,
        Outcome.DAMAGED: Move.POSSIBLE_ORPHAN,
        Outcome.OTHER_REPORT: Move.POSSIBLE_ORPHAN,
        Outcome.EVIDENCE: Move.AGAIN,
    }.items()}
    | {(CallName.UPLOAD, outcome): move for outcome, move in {
        Outcome.OK: Move.FORWARD,
        Outcome.UNSENT: Move.AGAIN,
        Outcome.DECLARED: Move.AGAIN,
        # The report may hold the file twice if it is sent again.
        Outcome.UNKNOWN: Move.GIVE_UP,
        Outcome.REFUSED: Move.CORRECT,
        Outcome.NO_REPORT: Move.GONE,
        Outcome.RETRACTED: Move.GONE,
        Outcome.NO_FILE: Move.GIVE_UP,
        Outcome.DAMAGED: Move.DAMAGED,
        # Nobody asked for it to be finished.
        Outcome.FINISHED: Move.PERSON,
        Outcome.OTHER_REPORT: Move.PERSON,
        Outcome.EVIDENCE: Move.EVIDENCE,
    }.items()}
    | {(CallName.FILEINFO, outcome): move for outcome, move in {
        Outcome.OK: Move.FORWARD,
        Outcome.UNSENT: Move.AGAIN,
        Outcome.DECLARED: Move.AGAIN,
        Outcome.UNKNOWN: Move.AGAIN_ONCE,
        Outcome.REFUSED: Move.CORRECT,
        Outcome.NO_REPORT: Move.GONE,
        Outcome.RETRACTED: Move.GONE,
        Outcome.NO_FILE: Move.GIVE_UP,
        Outcome.DAMAGED: Move.GIVE_UP,
        Outcome.FINISHED: Move.PERSON,
        Outcome.OTHER_REPORT: Move.AGAIN_ONCE,
        Outcome.EVIDENCE: Move.AGAIN,
    }.items()}
    | {(CallName.FINISH, outcome): move for outcome, move in {
        Outcome.OK: Move.FILED,
        Outcome.UNSENT: Move.AGAIN,
        Outcome.DECLARED: Move.AGAIN,
        Outcome.UNKNOWN: Move.AGAIN_IN_DOUBT,
        Outcome.OTHER_REPORT: Move.AGAIN_IN_DOUBT,
        Outcome.DAMAGED: Move.AGAIN_IN_DOUBT,
        Outcome.REFUSED: Move.CLOSE,
        Outcome.NO_FILE: Move.CLOSE,
        Outcome.FINISHED: Move.FILED_UNSEEN,
        # Closed without being filed: proof.
        Outcome.RETRACTED: Move.GONE,
        Outcome.NO_REPORT: Move.GONE_UNLESS_DOUBT,
        Outcome.EVIDENCE: Move.AGAIN,
    }.items()}
    | {(CallName.RETRACT, outcome): move for outcome, move in {
        Outcome.OK: Move.CLOSED,
        Outcome.UNSENT: Move.AGAIN,
        Outcome.DECLARED: Move.AGAIN,
        Outcome.UNKNOWN: Move.AGAIN,
        Outcome.OTHER_REPORT: Move.AGAIN,
        Outcome.DAMAGED: Move.AGAIN,
        Outcome.EVIDENCE: Move.AGAIN,
        Outcome.REFUSED: Move.AGAIN_THEN_PERSON,
        Outcome.NO_FILE: Move.AGAIN_THEN_PERSON,
        Outcome.RETRACTED: Move.CLOSED,
        Outcome.NO_REPORT: Move.CLOSED_UNLESS_DOUBT,
        # It is filed, even if someone cancelled.
        Outcome.FINISHED: Move.FILED_UNSEEN,
    }.items()}
)  # fmt: skip
"""The move for every call and outcome."""


def after(call: CallName, outcome: Outcome) -> Move:
    """What follows from an outcome. Total."""
    return TABLE[call, outcome]
