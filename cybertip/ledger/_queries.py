"""Questions to the tables that more than one part asks, and the checkpoints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from cybertip.filing.events import CallEnded, load
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.steps import Exchange
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import ROOT, checkpoint_digest, micros
from cybertip.ledger._rows import exchange_of
from cybertip.ledger._values import Checkpoint, Core, StoredRecord


def record_ids_of(connection: Connection, filing_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The ids of the records of some filings."""
    member = t.filing_records.c
    found: dict[str, tuple[str, ...]] = dict.fromkeys(filing_ids, ())
    query = select(member.filing_id, member.record_id).where(member.filing_id.in_(filing_ids))
    for row in connection.execute(query.order_by(member.filing_id, member.position)):
        found[row.filing_id] += (row.record_id,)
    return found


def records_of(connection: Connection, filing_id: str) -> tuple[StoredRecord, ...]:
    """The records of a filing as they came in last, in their order."""
    member, r = t.filing_records.c, t.record_contents.c
    newest = select(func.max(r.number)).where(r.record_id == member.record_id).correlate(t.filing_records)
    rows = connection.execute(
        select(r.record_id, r.content, r.folder)
        .join_from(t.filing_records, t.record_contents, r.record_id == member.record_id)
        .where(member.filing_id == filing_id, r.number == newest.scalar_subquery())
        .order_by(member.position)
    )
    return tuple(StoredRecord(row.record_id, row.content, row.folder) for row in rows)


def exchange_rows(connection: Connection, filing_id: str) -> Sequence[RowMapping]:
    """The rows of a filing's exchanges in the order in which they were sent."""
    x, e = t.exchanges.c, t.events.c
    told = select(func.min(e.seq)).where(e.filing_id == x.filing_id, e.call_id == x.call_id).correlate(t.exchanges)
    query = select(t.exchanges).where(x.filing_id == filing_id)
    return connection.execute(query.order_by(x.sent, told.scalar_subquery(), x.call_id)).mappings().all()


def exchanges_of(connection: Connection, filing_id: str) -> tuple[Exchange, ...]:
    """The exchanges of a filing in the order in which they were sent."""
    return tuple(map(exchange_of, exchange_rows(connection, filing_id)))


def findings_of(connection: Connection, filing_id: str) -> list[dict[str, Any]]:
    """The newest findings of a filing."""
    c = t.findings.c
    query = select(c.findings).where(c.filing_id == filing_id).order_by(c.number.desc()).limit(1)
    text = connection.execute(query).scalar_one_or_none()
    found: list[dict[str, Any]] = json.loads(text or "[]")
    return found


def receipt_of(connection: Connection, filing_id: str) -> Exchange | None:
    """The exchange by which a filing is filed; None where it is not, or the receipt was lost."""
    report_id = connection.execute(
        select(t.filings.c.report_id).where(t.filings.c.id == filing_id)
    ).scalar_one_or_none()
    if report_id is None:
        return None
    e, x = t.events.c, t.exchanges.c
    rows = connection.execute(
        select(t.exchanges, e.payload)
        .join_from(t.events, t.exchanges, (x.filing_id == e.filing_id) & (x.call_id == e.call_id))
        .where(e.filing_id == filing_id, e.kind == "call ended", x.call == str(CallName.FINISH))
        .order_by(e.seq)
    ).mappings()
    for row in rows:
        event = None if row["payload"] is None else load(row["payload"])
        answers = isinstance(event, CallEnded) and event.outcome is Outcome.OK and event.report_id == report_id
        # Of a purged event only the state knows how it ended, and the exchange which report it was about.
        if answers or (event is None and row["report_id"] == report_id and row["http_status"] == 200):
            return exchange_of(row)
    return None


def write_checkpoint(connection: Connection, core: Core) -> Checkpoint | None:
    """Append a checkpoint of all chains that moved since the one before; None where none did."""
    c, p = t.filings.c, t.checkpoints.c
    # Rows that somebody is appending to have heads that are not committed; they come with the next checkpoint.
    moved = connection.execute(
        select(c.id, c.events, c.head).where(c.events != c.checked).order_by(c.id).with_for_update(skip_locked=True)
    ).all()
    if not moved:
        return None
    before = connection.execute(select(p.number, p.digest).order_by(p.number.desc()).limit(1)).one_or_none()
    number, previous = (1, ROOT) if before is None else (before.number + 1, before.digest)
    heads = [[row.id, row.events, row.head.hex()] for row in moved]
    created = micros(core.clock())
    digest = checkpoint_digest(core.ledger_id, number, created, heads, previous)
    connection.execute(
        insert(t.checkpoints).values(
            number=number, created=created, heads=json.dumps(heads), previous=previous, digest=digest
        )
    )
    for row in moved:
        connection.execute(update(t.filings).where(c.id == row.id).values(checked=row.events))
    return Checkpoint(number, digest.hex())
