"""The durable store of filings, their events and exchanges.

A ledger belongs to one environment and one account name, and refuses any other (P505). Everything is appended: events
form a hash chain per filing over salted digests, so that a payload can be purged or encrypted and the chain still be
verified. What is durable is durable before the next byte leaves: a transaction that has ended was synced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cybertip.filing.events import Enqueued, Event
from cybertip.filing.packages import Frozen
from cybertip.filing.states import State
from cybertip.filing.status import Status
from cybertip.filing.steps import Exchange


@dataclass(frozen=True, slots=True)
class NewFiling:
    """What comes in to be filed.

    Attributes:
        record_ids: the provider's ids of the records; one, but for a batch.
        records: the records themselves, one for each id: canonical JSON, or whatever bytes came in if they could not be read.
        enqueued: the first event.
        package: what is filed; None where nothing could be built.
        accounts: identifiers of the reported accounts; found again by a keyed blind index, never stored.
        escalation: the text of the escalation, for Q614; kept as a keyed digest.
        findings: what was found, as plain data (`Finding.as_dict`).
    """

    record_ids: tuple[str, ...]
    records: tuple[bytes, ...] = field(repr=False)
    enqueued: Enqueued
    package: Frozen | None = None
    accounts: tuple[str, ...] = field(default=(), repr=False)
    escalation: str | None = field(default=None, repr=False)
    findings: tuple[dict[str, object], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it stands now.

    Attributes:
        id: the ledger's id of it.
        record_ids: the records that it files.
        state: what its events come to.
        status: what is to be said about it.
        created_at: when it came in.
    """

    id: str
    record_ids: tuple[str, ...]
    state: State = field(repr=False)
    status: Status
    created_at: datetime


class Book(Protocol):
    """A filing within an open transaction. `cybertip.filing.steps` writes into it.

    Attributes:
        id: the filing.
        fence: the fencing number under which this book may change the state; None for one that may only append answers.
    """

    id: str
    fence: int | None

    @property
    def state(self) -> State: ...
    def append(self, event: Event, exchange: Exchange | None = None) -> State: ...


class Transaction(Protocol):
    """What can be done in one transaction. All of it becomes durable when the transaction ends, or nothing does."""

    def add(self, filing: NewFiling, now: datetime) -> str:
        """Store a new filing; its id. One record id is stored once, in P506's words."""
        ...

    def find(self, record_id: str) -> tuple[str, bytes | None, str] | None:
        """For a record id: the filing, the record's bytes (None if purged), and their digest; None if it is not there."""
        ...

    def claim(self, worker: str, now: datetime, lease: timedelta, most_open: int) -> Book | None:
        """Take the lease of the filing that is due and is to be served first; None where there is none."""
        ...

    def claim_this(self, filing_id: str, worker: str, now: datetime, lease: timedelta) -> Book | None:
        """Take the lease of one filing, due or not; None while another holds it."""
        ...

    def book(self, filing_id: str, fence: int | None = None) -> Book:
        """A filing to append to: under a fencing number, or (None) to append an answer alone."""
        ...

    def release(self, book: Book, due_at: datetime | None) -> None:
        """Give the lease back, and say when the filing is to be looked at next."""
        ...

    def package(self, filing_id: str) -> Frozen:
        """The package of the filing's current revision."""
        ...

    def correct(
        self, filing_id: str, package: Frozen | None, record: bytes, findings: Sequence[dict[str, object]]
    ) -> int:
        """Store another revision; its number (0 where nothing could be built)."""
        ...

    def block(self, reason: str, now: datetime) -> None:
        """Stop the queue: the credentials are not accepted."""
        ...

    def unblock(self, now: datetime) -> None:
        """Let it go on."""
        ...


class LedgerApi(Protocol):
    """A ledger."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...
    def heartbeat(self, filing_id: str, fence: int, until: datetime) -> bool:
        """Hold a lease for longer; False where it is another's by now."""
        ...

    def blocked(self) -> str:
        """Why the queue is stopped; empty where it is not."""
        ...

    def filing(self, filing_id: str, now: datetime) -> Filing | None: ...
    def filings(self, now: datetime) -> Iterator[Filing]: ...
    def next_due(self) -> datetime | None:
        """When something is to be done next; None where nothing goes on by itself."""
        ...

    def reports_on(self, identifier: str) -> tuple[int, ...]:
        """The ids of filed reports on an account (Q617)."""
        ...

    def filings_escalated_with(self, text: str) -> int:
        """How many filings were escalated with this very text (Q614)."""
        ...

    def export(self, filing_id: str, folder: Path) -> None: ...
    def close(self) -> None: ...
