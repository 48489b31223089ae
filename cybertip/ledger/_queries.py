"""Questions to the tables that more than one part asks, and the checkpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update

from cybertip.filing.events import CallEnded, load
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.states import Phase
from cybertip.filing.steps import Exchange
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import ROOT, blind, checkpoint_digest, micros
from cybertip.ledger._rows import exchange_of
from cybertip.ledger._values import Checkpoint, Core, Extent, StoredRecord
from cybertip.ledger._vault import Vault


def record_ids_of(connection: Connection, filing_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The ids of the records of some filings."""
    member = t.filing_records.c
    found: dict[str, tuple[str, ...]] = dict.fromkeys(filing_ids, ())
    query = select(member.filing_id, member.record_id).where(member.filing_id.in_(filing_ids))
    for row in connection.execute(query.order_by(member.filing_id, member.position)):
        found[row.filing_id] += (row.record_id,)
    return found


def records_of(connection: Connection, vault: Vault, filing_id: str) -> tuple[StoredRecord, ...]:
    """The records of a filing as they came in last, in their order."""
    member, r = t.filing_records.c, t.record_contents.c
    newest = select(func.max(r.number)).where(r.record_id == member.record_id).correlate(t.filing_records)
    rows = connection.execute(
        select(r.record_id, r.number, r.content, r.folder)
        .join_from(t.filing_records, t.record_contents, r.record_id == member.record_id)
        .where(member.filing_id == filing_id, r.number == newest.scalar_subquery())
        .order_by(member.position)
    ).mappings()
    opened = (vault.opened("record_contents", row) for row in rows)
    return tuple(StoredRecord(row["record_id"], row["content"], row["folder"]) for row in opened)


def ids_like(connection: Connection, beginning: str, most: int) -> tuple[str, ...]:
    """The ids of filings that begin with a text, in order; at most so many."""
    c = t.filings.c
    query = select(c.id).where(c.id.startswith(beginning, autoescape=True)).order_by(c.id)
    # LIKE does not tell small letters from capitals everywhere.
    found = (one for one in connection.execute(query).scalars() if one.startswith(beginning))
    return tuple(islice(found, most))


_HASH = re.compile(r"acct-([0-9a-f]{8})", re.ASCII)


def hash_of(index: bytes) -> str:
    """What people see of an account: the beginning of its blind index."""
    return f"acct-{index[:4].hex()}"


def hashes_of(connection: Connection, filing_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The accounts that some filings report, as people see them."""
    a = t.accounts.c
    found: dict[str, tuple[str, ...]] = dict.fromkeys(filing_ids, ())
    query = select(a.filing_id, a.index).where(a.filing_id.in_(filing_ids)).order_by(a.filing_id, a.index)
    for filing_id, index in connection.execute(query):
        found[filing_id] += (hash_of(index),)
    return found


def filings_on(connection: Connection, key: bytes, account: str) -> frozenset[str]:
    """The filings that report an account, named by its identifier or by what people see of it."""
    a = t.accounts.c
    named = a.index == blind(key, "account", account)
    if seen := _HASH.fullmatch(account):
        first = bytes.fromhex(seen[1])
        named = or_(named, and_(a.index >= first + bytes(28), a.index <= first + b"\xff" * 28))
    return frozenset(connection.execute(select(a.filing_id).where(named)).scalars())


def filed_since(connection: Connection, since: int) -> int:
    """How many filed filings had the last answer about their report's /finish since a moment, in microseconds."""
    c, x = t.filings.c, t.exchanges.c
    answered = (x.filing_id == c.id) & (x.report_id == c.report_id) & (x.call == str(CallName.FINISH))
    query = (
        select(func.count(c.id.distinct()))
        .join_from(t.filings, t.exchanges, answered)
        .where(c.phase == str(Phase.FILED), func.coalesce(x.received, x.sent) >= since)
    )
    return connection.execute(query).scalar_one()


def reports_opened(connection: Connection) -> frozenset[int]:
    """The ids of all reports that an answer to /submit named."""
    x = t.exchanges.c
    query = select(x.report_id).where(x.call == str(CallName.SUBMIT), x.report_id.isnot(None))
    return frozenset(connection.execute(query).scalars())


def owner_of_report(connection: Connection, report_id: int, besides: str) -> str | None:
    """Another filing that opened a report, or is filed as it; None where there is none."""
    x, c = t.exchanges.c, t.filings.c
    for query in (
        select(x.filing_id).where(x.report_id == report_id, x.filing_id != besides),
        select(c.id).where(c.report_id == report_id, c.id != besides),
    ):
        found: str | None = connection.execute(query.limit(1)).scalars().first()
        if found is not None:
            return found
    return None


def exchange_rows(connection: Connection, filing_id: str) -> Sequence[RowMapping]:
    """The rows of a filing's exchanges, as they are stored, in the order in which they were sent."""
    x, e = t.exchanges.c, t.events.c
    told = select(func.min(e.seq)).where(e.filing_id == x.filing_id, e.call_id == x.call_id).correlate(t.exchanges)
    query = select(t.exchanges).where(x.filing_id == filing_id)
    return connection.execute(query.order_by(x.sent, told.scalar_subquery(), x.call_id)).mappings().all()


def exchanges_of(connection: Connection, vault: Vault, filing_id: str, *, bodies: bool) -> tuple[Exchange, ...]:
    """The exchanges of a filing in the order in which they were sent, with or without what was answered."""
    rows = exchange_rows(connection, filing_id)
    return tuple(exchange_of(vault.opened("exchanges", row) if bodies else {**row, "body": None}) for row in rows)


def extent(connection: Connection) -> Extent:
    """How many filings and events there are."""
    filings, events = (
        connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (t.filings, t.events)
    )
    return Extent(filings, events)


def findings_of(connection: Connection, vault: Vault, filing_id: str) -> list[dict[str, Any]]:
    """The newest findings of a filing."""
    c = t.findings.c
    query = select(c.filing_id, c.number, c.findings).where(c.filing_id == filing_id).order_by(c.number.desc())
    row = connection.execute(query.limit(1)).mappings().one_or_none()
    text = None if row is None else vault.opened("findings", row)["findings"]
    found: list[dict[str, Any]] = json.loads(text or "[]")
    return found


def receipt_row(connection: Connection, filing_id: str) -> RowMapping | None:
    """The row, as it is stored, of the exchange by which a filing is filed.

    None where it is not filed, or the receipt was lost.
    """
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
        # A payload that somebody took out proves nothing; verifying finds it.
        event = None if row["payload"] is None else load(row["payload"])
        if isinstance(event, CallEnded) and event.outcome is Outcome.OK and event.report_id == report_id:
            return row
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
