"""A filing within an open transaction: where events are appended, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from cybertip.filing.events import (
    FORMAT,
    REMARKS,
    WORDS,
    Acknowledged,
    CallEnded,
    Claimed,
    Corrected,
    Enqueued,
    Event,
    Purged,
    dump,
)
from cybertip.filing.machine import apply
from cybertip.filing.states import Phase, State
from cybertip.filing.status import attention
from cybertip.filing.steps import Exchange
from cybertip.ledger import _tables as t
from cybertip.ledger._beside import kept_of
from cybertip.ledger._chain import ROOT, link_of, micros, new_salt, salted
from cybertip.ledger._errors import LeaseLostError, LedgerError
from cybertip.ledger._rows import columns_of, due_of, dump_state, exchange_row, state_of
from cybertip.ledger._values import Core

# Statements that are made once: most of the time of a small transaction would go into making them.
_c = t.filings.c
_READ = (
    select(_c.state, _c.events, _c.head, _c.lease_owner, _c.lease_until)
    .where(_c.id == bindparam("filing"))
    .with_for_update()
)
_WRITE = update(t.filings).where(_c.id == bindparam("filing"), _c.events == bindparam("before"))
_ANSWER = select(t.exchanges.c.call_id).where(
    t.exchanges.c.filing_id == bindparam("filing"), t.exchanges.c.call_id == bindparam("call")
)
_EVENT, _EXCHANGE, _FILING = insert(t.events), insert(t.exchanges), insert(t.filings)


@dataclass(slots=True)
class Page:
    """The row of a filing as this transaction has made it; one for all books of it.

    Attributes:
        filing_id: the filing.
        state: what its events come to.
        seq: the number of its last event; 0 before the first.
        head: the link of that event.
        owner: who holds the lease; None where nobody does.
        held_until: when the lease runs out, as the column holds it.
        written: the number of the last event that the database has.
        events: the events that it does not have yet.
        columns: what changes in the filing's row with them.
    """

    filing_id: str
    state: State = field(repr=False)
    seq: int = 0
    head: bytes = field(default=ROOT, repr=False)
    owner: str | None = None
    held_until: int | None = None
    written: int = 0
    events: list[dict[str, Any]] = field(default_factory=list, repr=False)
    columns: dict[str, Any] = field(default_factory=dict, repr=False)


class Book:
    """A filing within an open transaction. `cybertip.filing.steps` writes into it.

    A book is of no use after its transaction has ended.

    Attributes:
        id: the filing.
        fence: the fencing number under which this book may change the state; None for one that may only append answers
            and remarks.
    """

    def __init__(self, pages: Pages, page: Page, fence: int | None) -> None:
        self._pages = pages
        self._page = page
        self.id = page.filing_id
        self.fence = fence

    def __repr__(self) -> str:
        return f"Book(id={self.id!r}, fence={self.fence!r})"

    @property
    def state(self) -> State:
        """What is known of the filing now."""
        return self._page.state

    def append(self, event: Event, exchange: Exchange | None = None) -> State:
        """Append an event, and the exchange that it tells of; the state afterwards.

        Args:
            event: what happened. `Claimed` is appended by claiming alone.
            exchange: the request and the raw answer; only with the `CallEnded` of the same call.

        Raises:
            LeaseLostError: it is neither the answer to a call nor a remark, and the lease is another's by now or was
                never taken.
            IllegalEventError: the filing cannot have this event now.
        """
        self._pages.check_open()
        if isinstance(event, (Claimed, Enqueued)):
            raise ValueError(f"the event '{event.kind}' is appended by the ledger itself")
        if not isinstance(event, (CallEnded, *REMARKS)):
            self.check_lease()
        elif isinstance(event, CallEnded) and exchange is not None and exchange.call_id != event.call_id:
            raise ValueError("the exchange belongs to another call than the event")
        if exchange is not None and not isinstance(event, CallEnded):
            raise ValueError("an exchange belongs to the end of its call")
        self._pages.write(self._page, apply(self.state, event), event, self._pages.now(), exchange)
        return self.state

    def check_lease(self) -> None:
        """See that this book holds the lease.

        Raises:
            LeaseLostError: it does not.
        """
        page = self._page
        if self.fence is None:
            raise LeaseLostError(
                "without the lease of a filing only remarks and answers to calls can be appended to it"
            )
        if page.owner is None or page.state.fence != self.fence:
            raise LeaseLostError("the lease of the filing is not held any more under this fencing number")


class Pages:
    """The filings that a transaction has touched, and the one way to write to them."""

    def __init__(self, connection: Connection, core: Core, check_open: Callable[[], None]) -> None:
        self._connection = connection
        self._core = core
        self._pages: dict[str, Page] = {}
        self.check_open = check_open

    def now(self) -> datetime:
        """The moment, by the ledger's clock."""
        return self._core.clock()

    def get(self, filing_id: str) -> Page:
        """The page of a filing, locked until the transaction ends.

        Raises:
            LedgerError: there is no such filing.
        """
        page = self._pages.get(filing_id)
        if page is not None:
            return page
        row = self._connection.execute(_READ, {"filing": filing_id}).one_or_none()
        if row is None:
            raise LedgerError(f"the ledger has no filing {filing_id}")
        state = state_of(self._connection, filing_id, row.state)
        page = Page(filing_id, state, row.events, row.head, row.lease_owner, row.lease_until, row.events)
        self._pages[filing_id] = page
        return page

    def begin(self, filing_id: str, state: State, now: datetime) -> Page:
        """Write the row of a new filing, whose first event is yet to come."""
        page = Page(filing_id, state)
        row = {"id": filing_id, "created": micros(now), "events": 0, "head": ROOT, "checked": 0}
        due = self.due(filing_id, state, now)
        self._connection.execute(_FILING, row | {"due": due} | columns_of(state))
        self._pages[filing_id] = page
        return page

    def write(
        self, page: Page, state: State, event: Event, now: datetime, exchange: Exchange | None = None, **columns: Any
    ) -> None:
        """Append an event that leads to a state, with the columns that change beside those which follow from it.

        All that is appended in a transaction is written together, by `flush`.
        """
        seq, recorded, salt, payload = page.seq + 1, micros(now), new_salt(), dump(event)
        call_id: str | None = getattr(event, "call_id", None)
        attached = self._attached(page.filing_id, event, exchange)
        # So that a filing cannot be made another one by whoever changes its state alone.
        attached["state"] = salted(salt, dump_state(state).encode()).hex()
        if isinstance(event, Purged):
            attached["kept"] = salted(salt, kept_of(self._connection, page.filing_id)).hex()
        row: dict[str, Any] = {
            "filing_id": page.filing_id,
            "seq": seq,
            "kind": event.kind,
            "format": FORMAT,
            "recorded": recorded,
            "fence": getattr(event, "fence", page.state.fence),
            "call_id": call_id,
            "payload": payload,
            "salt": salt,
            "payload_digest": salted(salt, payload),
            "attached": json.dumps(attached, sort_keys=True),
            "previous": page.head,
        }
        row["link"] = link_of(
            ledger_id=self._core.ledger_id,
            filing_id=page.filing_id,
            seq=seq,
            kind=event.kind,
            version=FORMAT,
            recorded=recorded,
            fence=row["fence"],
            call_id=call_id,
            payload_digest=row["payload_digest"],
            attached=attached,
            previous=page.head,
        )
        page.events.append(row)
        before = None if isinstance(event, Enqueued) else attention(page.state)
        asks = attention(state)
        # Who acknowledges begins nothing new: what is left to be asked was acknowledged with it.
        knows = asks is not None and isinstance(event, Acknowledged)
        if (asks != before and not knows) or (asks is not None and isinstance(event, WORDS)):
            columns["waits"] = None if asks is None else recorded
        page.state, page.seq, page.head = state, seq, row["link"]
        self.change(page, due=self.due(page.filing_id, state, now), **columns)

    def change(self, page: Page, **columns: Any) -> None:
        """Change columns of a filing's row beside those that follow from its events."""
        page.columns |= columns
        page.owner = columns.get("lease_owner", page.owner)
        page.held_until = columns.get("lease_until", page.held_until)

    def forget_leases(self, owner: str) -> None:
        """Know of no lease of this holder any more."""
        for page in self._pages.values():
            if page.owner == owner:
                page.owner, page.held_until = None, None

    def flush(self) -> None:
        """Write what was appended: before anything is asked about the table, and at the end."""
        for page in self._pages.values():
            if not page.columns:
                continue
            if page.events:
                self._connection.execute(_EVENT, page.events)
            # What a statement sets decides how it reads, and only so many kinds of it are worth keeping.
            told = page.columns
            if page.events:
                told = {"events": page.seq, "head": page.head} | columns_of(page.state) | told
            changed = self._connection.execute(_WRITE, {"filing": page.filing_id, "before": page.written} | told)
            if changed.rowcount != 1:
                raise LedgerError("another program appended to the filing at the same moment; nothing was written")
            page.written, page.events, page.columns = page.seq, [], {}

    def due(self, filing_id: str, state: State, now: datetime) -> int | None:
        """When a filing goes on, as the column holds it; None where it does not by itself."""
        sizes: tuple[int, ...] = ()
        if state.phase is Phase.OPEN and state.due_at is not None and state.due_at > now:
            # No wait ends later than the last moment at which the next file can still be sent.
            c = t.package_files.c
            query = select(c.size).where(c.filing_id == filing_id, c.revision == state.revision).order_by(c.position)
            sizes = tuple(size or 0 for size in self._connection.execute(query).scalars())
        return due_of(state, now, self._core.pace, sizes)

    def _attached(self, filing_id: str, event: Event, exchange: Exchange | None) -> dict[str, object]:
        """The salted digests of what is stored beside an event."""
        if exchange is not None:
            if self._connection.execute(_ANSWER, {"filing": filing_id, "call": exchange.call_id}).first() is not None:
                raise LedgerError("the answer to this call is in the ledger already; each call is answered once")
            row = exchange_row(filing_id, exchange)
            self._connection.execute(_EXCHANGE, self._core.vault.sealed("exchanges", row))
            return {"exchange": row["digest"].hex()}
        if isinstance(event, (Enqueued, Corrected)):
            return self._came_in(filing_id, event.revision)
        return {}

    def _came_in(self, filing_id: str, revision: int) -> dict[str, object]:
        attached: dict[str, object] = {}
        p, r, f, member = t.packages.c, t.record_contents.c, t.findings.c, t.filing_records.c
        if revision:
            found = self._connection.execute(
                select(p.digest).where(p.filing_id == filing_id, p.revision == revision)
            ).scalar_one_or_none()
            if found is None:
                raise LedgerError(f"the filing has no package of revision {revision}")
            attached["package"] = found.hex()
        newest = select(func.max(r.number)).where(r.record_id == member.record_id).correlate(t.filing_records)
        digests = self._connection.execute(
            select(r.digest)
            .join_from(t.filing_records, t.record_contents, r.record_id == member.record_id)
            .where(member.filing_id == filing_id, r.number == newest.scalar_subquery())
            .order_by(member.position)
        ).scalars()
        attached["records"] = [one.hex() for one in digests]
        said = self._connection.execute(
            select(f.digest).where(f.filing_id == filing_id).order_by(f.number.desc()).limit(1)
        ).scalar_one()
        attached["findings"] = said.hex()
        return attached
