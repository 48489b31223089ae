"""Taking records, documents and answers out of a filing that has ended. What proves what was filed stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, or_, select, update

from cybertip.filing.events import Event, FollowedUp, Purged
from cybertip.filing.preservation import Retention, ended_at, preserved
from cybertip.filing.states import ENDS, State
from cybertip.ledger import _tables as t
from cybertip.ledger._book import Book
from cybertip.ledger._errors import LedgerError, PreservedError
from cybertip.ledger._queries import receipt_row
from cybertip.ledger._rows import events_of
from cybertip.ledger._values import Core
from cybertip.ledger._vault import SEALED
from cybertip.ledger._verify import verify_one


def purge(connection: Connection, core: Core, book: Book, by: str, reason: str, retention: Retention) -> int:
    """Take out what may go, and say so in the chain; how many rows lost something.

    Raises:
        PreservedError: it has to be kept for now.
        LedgerError: it is not as it was written, so that somebody has to look first.
    """
    now = core.clock()
    check_purgeable(connection, book.id, book.state, now, retention)
    problem = next(verify_one(connection, core, book.id, now), None)
    if problem is not None:
        raise LedgerError(f"nothing is purged that is not as it was written, since it would be the proof; {problem}")
    gone = sum(_take_out(connection, table, book.id) for table in _PURGED)
    if gone or not any(isinstance(event, Purged) for _, event in events_of(connection, book.id)):
        book.append(Purged(by, now, reason))
    return gone


def check_purgeable(
    connection: Connection, filing_id: str, state: State, now: datetime, retention: Retention
) -> datetime:
    """See that a filing may be purged; when it ended.

    Raises:
        PreservedError: it has to be kept for now.
    """
    history = events_of(connection, filing_id)
    ended = ended_at(history)
    if state.phase not in ENDS or ended is None:
        raise PreservedError(
            f"filing {filing_id} has not ended: it is {state.phase}, and what is to be filed cannot be purged"
        )
    hold = preserved(state, ended, retention)
    if hold.until > now:
        raise PreservedError(
            f"filing {filing_id} is preserved until {hold.until:%Y-%m-%dT%H:%M:%SZ}: {hold.reason}", hold.until
        )
    for other in _supplements_under_way(connection, history):
        raise PreservedError(f"filing {filing_id} is preserved until its supplement, filing {other}, has ended")
    return ended


def is_purged(connection: Connection, filing_id: str) -> bool:
    """Whether a filing was purged, and nothing is there that could go now."""
    told = select(t.events.c.seq).where(t.events.c.filing_id == filing_id, t.events.c.kind == "purged").limit(1)
    if connection.execute(told).first() is None:
        return False
    rest = (
        select(table.c[SEALED[table.name].key[0]]).where(*_there(connection, table, filing_id)) for table in _PURGED
    )
    return all(connection.execute(query.limit(1)).first() is None for query in rest)


_PURGED: tuple[Table, ...] = (t.record_contents, t.findings, t.packages, t.package_files, t.exchanges)
"""What is purged of these is what else is sealed: their contents. Digests, salts and sizes stay, so that whoever has a
copy can still prove by the chain that it is one, and a record that is handed in again finds its filing."""


def _take_out(connection: Connection, table: Table, filing_id: str) -> int:
    nothing = dict.fromkeys(SEALED[table.name].columns)
    return connection.execute(update(table).where(*_there(connection, table, filing_id)).values(nothing)).rowcount


def _there(connection: Connection, table: Table, filing_id: str) -> list[ColumnElement[bool]]:
    """What selects the rows of a filing that hold something that can go."""
    found = [or_(*(table.c[name].isnot(None) for name in SEALED[table.name].columns))]
    if table is t.record_contents:
        member = t.filing_records.c
        own = select(member.record_id).where(member.filing_id == filing_id)
        return [*found, table.c.record_id.in_(own)]
    found.append(table.c.filing_id == filing_id)
    receipt = receipt_row(connection, filing_id) if table is t.exchanges else None
    if receipt is not None:
        found.append(table.c.call_id != receipt["call_id"])
    return found


def _supplements_under_way(connection: Connection, history: list[tuple[datetime, Event]]) -> list[str]:
    named = [event.filing for _, event in history if isinstance(event, FollowedUp)]
    c = t.filings.c
    query = select(c.id).where(c.id.in_(named), c.phase.notin_([str(one) for one in ENDS])).order_by(c.created)
    return list(connection.execute(query).scalars())
