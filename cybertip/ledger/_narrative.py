"""What happened to a filing, told to somebody who reads neither JSON nor programs: one line for each event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cybertip.filing.events import (
    Acknowledged,
    AttemptDropped,
    CallEnded,
    CallStarted,
    CancelRequested,
    Claimed,
    Continued,
    Corrected,
    Decided,
    Enqueued,
    Event,
    EvidenceMissing,
    FollowedUp,
    Held,
    Purged,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.outcomes import CallName, Outcome

_HEAD = """\
The history of filing {filing} at NCMEC's CyberTipline (environment: {environment})
Records: {records}

Each line is one event, in the order in which they happened: when (UTC), who, what, and where there is one the report,
why, and NCMEC's reference. A line that begins with * was done or said in the name that stands there: a person's, or
that of a program that hands records in. history.json has the same events in full, with the digests that prove them.

"""
_PROGRAM = "cybertip"
_SERVER = "the server"
_UNREADABLE = "(an event that cannot be read: see history.json)"


@dataclass(frozen=True, slots=True)
class _Line:
    who: str
    what: str
    report: int | None = None
    why: str = ""
    reference: str = ""
    person: bool = False


def narrative(
    filing_id: str, environment: str, records: Sequence[str], events: Sequence[tuple[datetime, Event | None]]
) -> str:
    """The text: a head that says how to read it, then a line for each event.

    Args:
        filing_id: the filing.
        environment: the environment of the ledger, so that a rehearsal is not taken for the real thing.
        records: the ids of its records.
        events: each with when it was recorded; None for one that cannot be read.
    """
    listed = _plain(", ".join(records)) or "none"
    head = _HEAD.format(filing=filing_id, environment=environment, records=listed)
    return head + "".join(f"{line}\n" for line in _lines(events))


def _lines(events: Sequence[tuple[datetime, Event | None]]) -> Iterator[str]:
    for at, event in events:
        one = _Line(_PROGRAM, _UNREADABLE) if event is None else _told(event)
        parts = [f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", one.who, one.what]
        parts += [] if one.report is None else [f"report {one.report}"]
        parts += [f"why: {one.why}"] if one.why else []
        parts += [f"reference: {one.reference}"] if one.reference else []
        yield f"{'*' if one.person else ' '} {' | '.join(map(_plain, parts))}"


def _plain(text: str) -> str:
    """A text in one line and one part of it, whatever somebody put into it."""
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
    return "".join(shown).replace("|", r"\x7c")


def _told(event: Event) -> _Line:
    match event:
        case Enqueued():
            came = "handed it in" if event.follows is None else f"handed it in, as a supplement to {event.follows}"
            wrong = f"; it was not to be filed as it was: {', '.join(event.findings)}" if event.findings else ""
            return _Line(event.by or _PROGRAM, f"{came}{wrong}", person=bool(event.by))
        case Claimed():
            return _Line(event.worker, "took it up")
        case CallStarted():
            return _Line(_PROGRAM, f"began to {_ASKED[event.call]}{_file(event.file)}", event.report_id)
        case CallEnded():
            return _answered(event)
        case AttemptDropped():
            return _Line(_PROGRAM, "gave the report up; it is not finished", event.report_id, event.reason)
        case EvidenceMissing():
            return _Line(_PROGRAM, f"could not read file {event.file + 1}", why=event.words)
        case Decided():
            return _Line(event.by, _DECIDED[event.word], event.report_id, event.reason, event.reference, person=True)
        case _:
            return _Line(event.by, _did(event), why=event.reason, person=True)


_ASKED = {
    CallName.SUBMIT: "open a report",
    CallName.UPLOAD: "send a file",
    CallName.FILEINFO: "describe a file",
    CallName.FINISH: "finish the report",
    CallName.RETRACT: "retract the report",
}
_DECIDED = {
    Word.FILED: "said that NCMEC has it filed",
    Word.REFILE: "said that it is not filed, and is to be filed anew",
}


def _answered(event: CallEnded) -> _Line:
    """An answer is the server's; that there was none is what the program saw."""
    asked = f"{_ASKED[event.call]}{_file(event.file)}"
    if event.outcome is Outcome.OK:
        return _Line(_SERVER, f"accepted the request to {asked}", event.report_id)
    answered = event.http_status is not None
    what = "answered" if answered else "got no answer to"
    return _Line(
        _SERVER if answered else _PROGRAM, f"{what} the request to {asked}: {event.outcome}", event.report_id,
        event.words,
    )  # fmt: skip


def _file(index: int | None) -> str:
    return "" if index is None else f" (file {index + 1})"


def _did(
    event: Corrected
    | CancelRequested
    | Continued
    | RetractRequested
    | Revealed
    | Acknowledged
    | FollowedUp
    | Held
    | Purged,
) -> str:
    """What a person did, beside decisions."""
    match event:
        case Corrected():
            return f"handed in a corrected version, revision {event.revision}"
        case CancelRequested():
            return "asked that it is not filed"
        case Continued():
            return "said to go on"
        case RetractRequested():
            return "asked to retract the open report"
        case Revealed():
            return "looked at what is hidden: accounts, names and places of files"
        case Acknowledged():
            return "said to know of it"
        case FollowedUp():
            return f"handed in a supplement, filing {event.filing}"
        case Held():
            return "ended the hold" if event.until is None else f"asked to preserve it until {event.until:%Y-%m-%d}"
        case Purged():
            return "took records, documents and answers out of the ledger"
