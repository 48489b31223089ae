"""What has happened to a filing, in words: its events and its exchanges. No bodies, and nothing of the documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cybertip.cli._screen import Cell, Column, Screen, Tone
from cybertip.cli._shown import briefly
from cybertip.filing.events import (
    AttemptDropped,
    CallEnded,
    CallStarted,
    CancelRequested,
    Claimed,
    Decided,
    Event,
    EvidenceMissing,
    dump,
)
from cybertip.filing.outcomes import Outcome
from cybertip.filing.steps import Exchange

History = Sequence[tuple[datetime, Event | None]]
"""Events in order, each with when it was appended; None for one that cannot be read."""


@dataclass(frozen=True, slots=True)
class _Told:
    what: Cell
    who: str = ""
    why: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one text."""
        who = f" by {self.who}" if self.who else ""
        return f"{self.what.text}{who}: {self.why}" if self.why else f"{self.what.text}{who}"


def events(screen: Screen, history: History) -> str:
    """Each event in a row: when, what, and where a person or a server gave them, who and why."""
    told = [(screen.moment(at), _told(event)) for at, event in history]
    if not screen.terminal:
        columns = [Column(name) for name in ("when", "what", "who", "why")]
        return screen.table(columns, [(at, one.what, one.who, one.why) for at, one in told])
    columns = [Column("when"), Column("what", wraps=True)]
    return screen.table(columns, [(at, Cell(one.sentence, one.what.tone)) for at, one in told])


def _told(event: Event | None) -> _Told:
    match event:
        case None:
            return _Told(Cell("cannot be read", Tone.BAD))
        case CallStarted():
            return _Told(Cell(f"/{event.call}{_about(event)} begun", Tone.FAINT))
        case CallEnded():
            tone = Tone.GOOD if event.outcome is Outcome.OK else Tone.BAD
            # Its Request-ID stands among the exchanges.
            return _Told(Cell(f"/{event.call}{_about(event)} {event.outcome}", tone), why=briefly(event.words))
        case Claimed():
            return _Told(Cell("claimed", Tone.FAINT), who=event.worker)
        case EvidenceMissing():
            return _Told(Cell(f"{event.kind}: file {event.file + 1}", Tone.WARNING), why=event.words)
        case AttemptDropped():
            return _Told(Cell(f"{event.kind}: report {event.report_id}", Tone.WARNING), why=event.reason)
        case Decided():
            report = "" if event.report_id is None else f", report {event.report_id}"
            reference = f" (NCMEC's reference: {event.reference})" if event.reference else ""
            why = f"{event.reason}{reference}"
            return _Told(Cell(f"{event.kind}: {event.word}{report}", Tone.STRONG), event.by, why)
        case CancelRequested():
            return _Told(Cell(event.kind, Tone.STRONG), event.by, event.reason)
        case _:
            by: str = getattr(event, "by", "")
            return _Told(Cell(event.kind, Tone.STRONG if by else Tone.PLAIN), by, getattr(event, "reason", ""))


def _about(event: CallStarted | CallEnded) -> str:
    report = f" of report {event.report_id}" if event.report_id is not None else ""
    return f"{report}, file {event.file + 1}" if event.file is not None else report


def event_data(history: History) -> list[dict[str, Any]]:
    """The events as plain data."""
    return [
        {"recorded_at": at.isoformat(), **({"kind": None} if event is None else json.loads(dump(event)))}
        for at, event in history
    ]


# --- exchanges ---------------------------------------------------------------------------------------------------


def exchanges(screen: Screen, found: Sequence[Exchange], history: History) -> str:
    """Each request in a row: the call, when it was sent, how long it took, what came back.

    On a narrow terminal the Request-ID stands below the row, and only where NCMEC may be asked about it.
    """
    codes = _codes(history)
    columns = [
        Column("call"), Column("report"), Column("sent"), Column("took", right=True), Column("http"), Column("code"),
    ]  # fmt: skip
    rows = [
        (
            f"/{one.call}", _text(one.report_id), screen.moment(one.sent_at), _took(one),
            _text(one.http_status) or "no answer",
            Cell(_text(codes.get(one.call_id)), Tone.GOOD if codes.get(one.call_id) == 0 else Tone.BAD),
        )
        for one in found
    ]  # fmt: skip
    ids = [one.header("request-id") or "" for one in found]
    if screen.terminal and not screen.wide:
        wrong = [bool(request_id) and codes.get(one.call_id) != 0 for one, request_id in zip(found, ids, strict=True)]
        below = [
            screen.line(Cell(f"Request-ID {request_id}", Tone.FAINT), indent=2) if asked else ""
            for request_id, asked in zip(ids, wrong, strict=True)
        ]
        return screen.table_over(columns, rows, below)
    return screen.table([*columns, Column("request-id", wraps=True)], [(*r, i) for r, i in zip(rows, ids, strict=True)])


def exchange_data(found: Sequence[Exchange], history: History) -> list[dict[str, Any]]:
    """The exchanges as plain data, without what was answered."""
    codes = _codes(history)
    return [
        {
            "call_id": one.call_id,
            "call": str(one.call),
            "report_id": one.report_id,
            "sent_at": one.sent_at.isoformat(),
            "received_at": None if one.received_at is None else one.received_at.isoformat(),
            "http_status": one.http_status,
            "code": codes.get(one.call_id),
            "request_id": one.header("request-id"),
            "complete": one.complete,
            "request_sha256": one.request_sha256,
            "request_size": one.request_size,
        }
        for one in found
    ]


def _codes(history: History) -> dict[str, int]:
    return {
        event.call_id: event.code for _, event in history if isinstance(event, CallEnded) and event.code is not None
    }


def _took(one: Exchange) -> str:
    if one.received_at is None:
        return ""
    milliseconds = (one.received_at - one.sent_at).total_seconds() * 1000
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
