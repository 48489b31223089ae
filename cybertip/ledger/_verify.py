"""Is the ledger as it was written? Walks all chains and checkpoints, and says in words what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from cybertip.filing.events import Event, Purged, load
from cybertip.filing.machine import IllegalEventError, fold
from cybertip.filing.states import Phase, State
from cybertip.filing.status import attention
from cybertip.ledger import _tables as t
from cybertip.ledger._beside import Beside, kept_of, look_beside
from cybertip.ledger._chain import ROOT, checkpoint_digest, link_of, salted
from cybertip.ledger._engine import damage
from cybertip.ledger._queries import receipt_row
from cybertip.ledger._rows import columns_of, due_of, dump_state, load_state
from cybertip.ledger._values import Core, Problem

Row = Mapping[Any, Any]
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IllegalEventError, SQLAlchemyError)
"""What comes of values that nobody wrote; pydantic's ValidationError is a ValueError."""


def verify(connection: Connection, core: Core, now: datetime) -> Iterator[Problem]:
    """What differs from what was written; nothing where all is as it was.

    Args:
        connection: a transaction that sees one moment.
        core: what the ledger's parts share; without its key, what is sealed is passed over.
        now: the moment.
    """
    yield from (Problem(None, None, words) for words in damage(connection))
    heads: dict[str, tuple[int, str]] = {}
    try:
        yield from _checkpoints(connection, core.ledger_id, heads)
    except _UNREADABLE as problem:
        yield Problem(None, None, f"the checkpoints cannot be read: {_what(problem)}")
    ids = connection.execute(select(t.filings.c.id).order_by(t.filings.c.created, t.filings.c.id)).scalars().all()
    for filing_id in ids:
        yield from _walk(_Walk(connection, core, filing_id, now, heads.pop(filing_id, (0, ""))))
    for filing_id, (seq, _) in heads.items():
        yield Problem(filing_id, seq, "a checkpoint names this event, and the whole filing is not there any more")
    yield from _shared_reports(connection)


def _shared_reports(connection: Connection) -> Iterator[Problem]:
    """Reports as which several filings are filed: at most one of them is."""
    c = t.filings.c
    shared = select(c.report_id).where(c.report_id.isnot(None)).group_by(c.report_id).having(func.count() > 1)
    for report_id in connection.execute(shared.order_by(c.report_id)).scalars().all():
        ids = connection.execute(select(c.id).where(c.report_id == report_id).order_by(c.created, c.id)).scalars()
        yield Problem(None, None, f"several filings are filed as report {report_id}: {', '.join(ids)}")


def verify_one(connection: Connection, core: Core, filing_id: str, now: datetime) -> Iterator[Problem]:
    """What differs in one filing; otherwise as `verify`. No checkpoint is looked at."""
    yield from _walk(_Walk(connection, core, filing_id, now))


def _walk(walk: _Walk) -> Iterator[Problem]:
    try:
        yield from walk.problems()
    except _UNREADABLE as problem:
        yield Problem(walk.filing_id, None, f"what is stored cannot be read: {_what(problem)}")


def _what(problem: BaseException) -> str:
    # Their texts may quote values.
    return (
        f"{problem.error_count()} values are wrong" if isinstance(problem, ValidationError) else type(problem).__name__
    )


def _within(kept: Any, now: Any) -> bool:
    """Whether JSON says what it would say today, but for what older programs did not know."""
    if isinstance(kept, dict) and isinstance(now, dict):
        return all(name in now and _within(value, now[name]) for name, value in kept.items())
    if isinstance(kept, list) and isinstance(now, list):
        return len(kept) == len(now) and all(map(_within, kept, now))
    return bool(kept == now)


def _checkpoints(connection: Connection, ledger_id: str, heads: dict[str, tuple[int, str]]) -> Iterator[Problem]:
    previous = ROOT
    rows = connection.execute(select(t.checkpoints).order_by(t.checkpoints.c.number)).all()
    for number, row in enumerate(rows, start=1):
        named = json.loads(row.heads)
        digest = checkpoint_digest(ledger_id, row.number, row.created, named, row.previous)
        if row.number != number or row.previous != previous or digest != row.digest:
            yield Problem(None, None, f"checkpoint {number} does not follow the one before it, or was changed")
            return
        previous = row.digest
        heads.update({filing_id: (seq, link) for filing_id, seq, link in named})


class _Walk:
    """One filing's chain, and what hangs on it."""

    def __init__(
        self, connection: Connection, core: Core, filing_id: str, now: datetime, head: tuple[int, str] | None = None
    ) -> None:
        """Take the filing, and the event that the newest checkpoint names of it; None to look at no checkpoint."""
        self._connection, self._core, self.filing_id, self._head = connection, core, filing_id, head
        self._now = now
        self._events: list[Event] = []
        self._last: Row | None = None

    def _told(self, seq: int | None, words: str) -> Problem:
        return Problem(self.filing_id, seq, words)

    def problems(self) -> Iterator[Problem]:
        c = t.events.c
        rows = (
            self._connection.execute(select(t.events).where(c.filing_id == self.filing_id).order_by(c.seq))
            .mappings()
            .all()
        )
        purged = any(row["kind"] == "purged" for row in rows)
        beside = look_beside(self._connection, self._core.vault, self.filing_id, purged=purged)
        yield from (self._told(None, words) for words in beside.problems)
        previous = ROOT
        for seq, row in enumerate(rows, start=1):
            broken = self._link(seq, row, previous)
            if broken is not None:
                # What follows a broken link proves nothing.
                yield self._told(seq, broken)
                return
            yield from (self._told(seq, words) for words in self._hanging(row, beside))
            previous, self._last = row["link"], row
        yield from (self._told(None, f"{what} is there that no event names") for what in beside.unnamed())
        row = self._connection.execute(select(t.filings).where(t.filings.c.id == self.filing_id)).mappings().one()
        yield from self._ends(row, rows)
        yield from self._states(row)

    def _link(self, seq: int, row: Row, previous: bytes) -> str | None:
        """What breaks the chain here, if anything does."""
        if row["seq"] != seq:
            return "the event is missing"
        if row["previous"] != previous:
            return "it does not follow the event before it"
        if row["payload"] is None:
            return "its payload is missing, and that of an event is never purged"
        if salted(row["salt"], row["payload"]) != row["payload_digest"]:
            return "its payload is not the one that was written"
        link = link_of(
            ledger_id=self._core.ledger_id,
            filing_id=self.filing_id,
            seq=seq,
            kind=row["kind"],
            version=row["format"],
            recorded=row["recorded"],
            fence=row["fence"],
            call_id=row["call_id"],
            payload_digest=row["payload_digest"],
            attached=json.loads(row["attached"]),
            previous=previous,
        )
        return None if link == row["link"] else "its link is not that of what is stored with it"

    def _hanging(self, row: Row, beside: Beside) -> Iterator[str]:
        """What is wrong with what an intact event names."""
        event = load(row["payload"])
        self._events.append(event)
        if event.kind != row["kind"]:
            yield "its payload is that of another kind of event"
        attached = json.loads(row["attached"])
        yield from beside.check(attached, row["call_id"], getattr(event, "revision", None))
        if isinstance(event, Purged):
            kept = salted(row["salt"], kept_of(self._connection, self.filing_id)).hex()
            if attached.get("kept") != kept:
                yield "what was kept of its packages is not what was there when it was purged"

    def _ends(self, row: Row, rows: Any) -> Iterator[Problem]:
        if not rows:
            yield self._told(None, "none of its events is there")
            return
        last = rows[-1]
        if row["events"] != len(rows) or row["head"] != last["link"]:
            yield self._told(len(rows), f"the chain ends here, and the filing says that it has {row['events']} events")
        if row["created"] != rows[0]["recorded"]:
            yield self._told(1, "the filing says that it came in at another time")
        if self._head is None:
            return
        seq, link = self._head
        if row["checked"] != seq:
            yield self._told(None, f"the filing says that its checkpoint is at event {row['checked']}, not {seq}")
        if seq > len(rows):
            yield self._told(seq, "a checkpoint names this event, and it is not there any more")
        elif seq and rows[seq - 1]["link"].hex() != link:
            yield self._told(seq, "a checkpoint names another event of this number")

    def _states(self, row: Row) -> Iterator[Problem]:
        state = load_state(row["state"])
        if row["state"] and self._last is not None and not self._is_last_state(row["state"]):
            yield self._told(None, "its state is not the one that its last event led to")
        if (self._events and fold(self._events) != state) or not _within(
            json.loads(row["state"]), json.loads(dump_state(state))
        ):
            yield self._told(None, "its state is not what its events come to")
        told = {name: value for name, value in columns_of(state).items() if name != "state"}
        wrong = sorted(name for name, value in told.items() if row[name] != value)
        if wrong:
            yield self._told(None, f"these columns do not follow from its state: {', '.join(wrong)}")
        if row["due"] is None and due_of(state, self._now, self._core.pace) is not None:
            yield self._told(None, "it has to go on, and says that it rests")
        if (row["waits"] is None) != (attention(state) is None):
            yield self._told(None, "whether it waits for a person does not follow from its state")
        yield from self._receipt(state)

    def _is_last_state(self, text: str) -> bool:
        last = self._last
        if last is None:
            return False
        kept = json.loads(last["attached"]).get("state")
        return bool(kept == salted(last["salt"], text.encode()).hex())

    def _receipt(self, state: State) -> Iterator[Problem]:
        if state.phase is not Phase.FILED or state.receipt_lost:
            return
        found = receipt_row(self._connection, self.filing_id)
        if found is None or found["body"] is None:
            yield self._told(None, "it is filed, and its receipt is not among the answers")
