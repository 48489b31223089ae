"""What people are to be told of, asked for without going through what is filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from cybertip.filing.states import Phase, State
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import micros, moment_of
from cybertip.ledger._errors import LedgerError
from cybertip.ledger._notices import Notice, notice_of
from cybertip.ledger._rows import state_of

_c = t.filings.c
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Queue:
    """How the queue stands. All times are in UTC.

    Attributes:
        blocked: why it is stopped for its credentials; empty where it is not.
        blocked_since: since when.
        worked_at: when a worker last took something from it, to within a minute; None where none ever did.
        acknowledged_at: when a person last said to know how it stands.
        noticing_since: since when people are told of what is filed; None where nobody ever looked for that.
        newest: when the newest filing came in.
    """

    blocked: str
    blocked_since: datetime | None
    worked_at: datetime | None
    acknowledged_at: datetime | None
    noticing_since: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A filing of which people may have to be told.

    Attributes:
        filing_id: its id.
        state: what its events come to.
        created_at: when it came in.
        waits_since: since when it asks a person for something; None where it does not.
        events: how many events it has.
        noticed: how many it had when somebody last looked for what is to be told; 0 where it was not filed then.
        readable: whether the state could be read; see `state_as_known`.
    """

    filing_id: str
    state: State = field(repr=False)
    created_at: datetime
    waits_since: datetime | None
    events: int
    noticed: int
    readable: bool = True


class Lookout:
    """Questions to the ledger, all about one moment. Made by `Ledger.looking`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self) -> Queue:
        """How the queue stands."""
        row = self._connection.execute(select(t.ledger)).one()
        newest = self._connection.execute(select(func.max(_c.created))).scalar_one()
        return Queue(
            row.blocked or "",
            *map(_moment, (row.blocked_since, row.worked, row.acknowledged, row.noticing, newest)),
        )

    def unfiled(self) -> int:
        """How many filings have not ended: they are neither filed nor cancelled."""
        counted = select(func.count()).select_from(t.filings).where(t.unfinished)
        return int(self._connection.execute(counted).scalar_one())

    def at_work(self, now: datetime) -> bool:
        """Whether somebody holds a lease: a worker, or a person's command."""
        held = select(_c.id).where(_c.lease_until > micros(now)).limit(1)
        return self._connection.execute(held).first() is not None

    def waiting(self) -> Iterator[Seen]:
        """The filings that ask a person for something, those first that have done so for longest."""
        return self._seen(_c.waits.isnot(None), order=(_c.waits, _c.id))

    def unreadable(self) -> Iterator[Seen]:
        """The filings that cannot be read and ask nobody for anything, for nobody came upon them yet.

        Each filing is looked at, what is filed among them: no index knows what was damaged.
        """
        query = select(_c.id, _c.state).where(_c.waits.is_(None)).order_by(_c.created, _c.id)
        rows = self._connection.execute(query, execution_options={"yield_per": _PAGE})
        damaged = [row.id for row in rows if not is_readable(self._connection, row.id, row.state)]
        for filing_id in damaged:
            yield from self._seen(_c.id == filing_id, order=(_c.id,))

    def overdue(self, before: datetime, came_before: datetime) -> Iterator[Seen]:
        """The filings that were confirmed before a moment, came in before another, and have not ended."""
        late = and_(t.unfinished, _c.confirmed <= micros(before), _c.created <= micros(came_before))
        return self._seen(late, order=(_c.confirmed, _c.id))

    def lapsing(self, before: datetime) -> Iterator[Seen]:
        """The filings whose open report could lapse before a moment, and is to be finished."""
        goes_on = and_(_c.due.isnot(None), _c.phase != str(Phase.CLOSING))
        return self._seen(and_(goes_on, _c.lapses <= micros(before)), order=(_c.lapses, _c.id))

    def idle_since(self, now: datetime, before: datetime) -> datetime | None:
        """Since when something is due that nobody takes, if that was before a moment; None where nothing is.

        A lease that somebody holds is a sign of life of the whole queue.
        """
        e = t.events.c
        if self.at_work(now):
            return None
        # What goes on at once does so since its last event; a moment that is due says so itself.
        due = (
            select(_c.due, e.recorded)
            .join_from(t.filings, t.events, and_(e.filing_id == _c.id, e.seq == _c.events))
            .where(_c.due.isnot(None), _c.due <= micros(before), e.recorded <= micros(before))
            .limit(1)
        )
        row = self._connection.execute(due).first()
        return None if row is None else moment_of(max(row.due, row.recorded))

    def news(self, most: int) -> list[Seen]:
        """Filings that are filed and have events that nobody has looked at for what is to be told."""
        return list(self._seen(and_(_c.events != _c.noticed, _c.phase == str(Phase.FILED)), order=(_c.id,), most=most))

    def notices(self) -> tuple[Notice, ...]:
        """What lasts of what people were told of."""
        n = t.notices.c
        rows = self._connection.execute(select(t.notices).where(n.ended.is_(None)).order_by(n.created, n.id))
        return tuple(map(notice_of, rows))

    def next_delivery(self, receivers: Iterable[str]) -> datetime | None:
        """When something is to be sent next to one of these."""
        d = t.deliveries.c
        due = (d.due.isnot(None), d.receiver.in_(list(receivers)))
        return _moment(self._connection.execute(select(func.min(d.due)).where(*due)).scalar_one())

    def next_reminder(self) -> datetime | None:
        """When somebody is to be reminded next."""
        n = t.notices.c
        return _moment(self._connection.execute(select(func.min(n.remind)).where(n.ended.is_(None))).scalar_one())

    def undelivered(self, before: datetime) -> dict[str, tuple[int, datetime, str]]:
        """By receiver: how many messages made before a moment did not arrive, since when, and what went wrong last."""
        d = t.deliveries.c
        late = and_(d.due.isnot(None), d.created <= micros(before))
        found: dict[str, tuple[int, datetime, str]] = {}
        counted = select(d.receiver, func.count(), func.min(d.created)).where(late).group_by(d.receiver)
        for receiver, count, first in self._connection.execute(counted.order_by(d.receiver)).all():
            latest = select(d.problem).where(late, d.receiver == receiver).order_by(d.tries.desc()).limit(1)
            found[receiver] = (count, moment_of(first), self._connection.execute(latest).scalar_one())
        return found

    def _seen(self, which: ColumnElement[bool], *, order: tuple[Any, ...], most: int | None = None) -> Iterator[Seen]:
        query = select(
            _c.id, _c.state, _c.phase, _c.report_id, _c.confirmed, _c.created, _c.waits, _c.events, _c.noticed
        )
        for row in self._connection.execute(query.where(which).order_by(*order).limit(most)).all():
            state, readable = state_as_known(self._connection, row)
            yield Seen(row.id, state, moment_of(row.created), _moment(row.waits), row.events, row.noticed, readable)


def is_readable(connection: Connection, filing_id: str, text: str) -> bool:
    """Whether a filing's state can be read, or made of its events."""
    try:
        state_of(connection, filing_id, text)
    except LedgerError:
        return False
    return True


def state_as_known(connection: Connection, row: Any) -> tuple[State, bool]:
    """The state of a filing's row, and whether it could be read.

    Where it could not, the row's own columns tell whether it is filed. All else is unknown, and the state is one in
    which nothing goes on by itself.
    """
    try:
        return state_of(connection, row.id, row.state), True
    except LedgerError:
        pass
    confirmed = moment_of(row.confirmed)
    if row.phase == str(Phase.FILED) and row.report_id is not None:
        return State(Phase.FILED, confirmed, report_id=row.report_id), False
    return State(Phase.HALTED, confirmed), False


def _moment(when: int | None) -> datetime | None:
    return None if when is None else moment_of(when)
