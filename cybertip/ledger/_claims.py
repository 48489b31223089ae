"""Whom to serve next: the order of service in SQL.

It is that of `cybertip.filing.schedule.rank`: reports that lapse soon, by the moment at which they lapse; then urgent
records; then the oldest confirmation. A row that another transaction is about to claim is passed over, where the
database can lock rows; SQLite has one writer at a time and needs none of that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, and_, bindparam, func, not_, or_, select

from cybertip.filing.schedule import SOON
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import micros
from cybertip.ledger._engine import locks_rows

_c = t.filings.c
_AT: BindParameter[int] = bindparam("at")
_SOON: BindParameter[int] = bindparam("soon")


# Statements that are made once: most of the time of a claim would go into making them.
def _queries(*, room: bool) -> tuple[Select[Any], ...]:
    """Those that lapse soon, by their lapse; then all others by rank."""
    ready: list[ColumnElement[bool]] = [
        _c.due.isnot(None),
        _c.due <= _AT,
        or_(_c.lease_until.is_(None), _c.lease_until <= _AT),
    ]
    if not room:
        ready.append(not_(_c.opens))
    found = select(_c.id, _c.opens).where(*ready)
    lapsing = found.where(_c.lapses.isnot(None), _c.lapses <= _SOON).order_by(_c.lapses, _c.created, _c.id)
    others = found.order_by(_c.rank, _c.confirmed, _c.created, _c.id)
    return tuple(query.limit(1).with_for_update(skip_locked=True) for query in (lapsing, others))


_FIRST = {room: _queries(room=room) for room in (False, True)}
_OPENED = tuple(
    select(func.count()).select_from(t.filings).where(condition)
    for condition in (_c.open, and_(_c.opens, _c.lease_until.isnot(None), _c.lease_until > _AT))
)


def pick(connection: Connection, now: datetime, most_open: int) -> str | None:
    """The filing that is due and is to be served first, with its row locked; None where there is none."""
    chosen = _first(connection, now, room=opened(connection, now) < most_open)
    if chosen is None or not chosen.would_open or not locks_rows(connection):
        return None if chosen is None else chosen.id
    # Where writers run side by side, only one at a time may find out that there is room for another open report.
    connection.execute(select(t.ledger.c.one).with_for_update())
    if opened(connection, now) < most_open:
        return chosen.id
    other = _first(connection, now, room=False)
    return None if other is None else other.id


def opened(connection: Connection, now: datetime) -> int:
    """How many filings have a report open, or have been claimed to open one."""
    return sum(connection.execute(query, {"at": micros(now)}).scalar_one() for query in _OPENED)


def moment_for(connection: Connection, filing_id: str) -> int | None:
    """When one filing can be claimed next, as `next_moment`."""
    row = connection.execute(select(_c.due, _c.lease_until).where(_c.id == filing_id)).one_or_none()
    return None if row is None or row.due is None else max(row.due, row.lease_until or 0)


def next_moment(connection: Connection, now: datetime, most_open: int | None) -> int | None:
    """When a filing can be claimed next, in microseconds; 0 for at once; None where nothing goes on by itself."""
    at = micros(now)
    limited = most_open is not None and opened(connection, now) >= most_open
    moments: list[int] = []
    for opens in (False,) if limited else (False, True):
        free = or_(_c.lease_until.is_(None), _c.lease_until <= at)
        first = select(_c.due).where(_c.due.isnot(None), _c.opens == opens, free).order_by(_c.due).limit(1)
        moments += connection.execute(first).scalars().all()
    # There are never many leases at once.
    for row in connection.execute(select(_c.due, _c.lease_until, _c.opens).where(_c.lease_until > at)):
        if row.due is not None and not (limited and row.opens):
            moments.append(max(row.due, row.lease_until))
        if limited and row.opens:
            moments.append(row.lease_until)  # it makes room
    return min(moments, default=None)


class _Chosen:
    __slots__ = ("id", "would_open")

    def __init__(self, filing_id: str, *, would_open: bool) -> None:
        self.id = filing_id
        self.would_open = would_open


def _first(connection: Connection, now: datetime, *, room: bool) -> _Chosen | None:
    at = micros(now)
    for query in _FIRST[room]:
        row = connection.execute(query, {"at": at, "soon": at + micros_of_soon()}).first()
        if row is not None:
            return _Chosen(row.id, would_open=row.opens)
    return None


def micros_of_soon() -> int:
    """How long before it lapses a report is served first, in microseconds."""
    return int(SOON.total_seconds()) * 1_000_000
