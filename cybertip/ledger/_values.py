"""What goes into a ledger and comes out of it. All times are aware; those that come out are in UTC."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cybertip.filing.events import Enqueued
from cybertip.filing.packages import Frozen
from cybertip.filing.schedule import Pace
from cybertip.filing.states import State
from cybertip.filing.status import Status
from cybertip.ledger._errors import SealedError
from cybertip.ledger._vault import NO_KEY, Vault


@dataclass(frozen=True, slots=True)
class NewFiling:
    """What comes in to be filed.

    Attributes:
        record_ids: the provider's ids of the records; one, but for a batch.
        records: the records themselves, one for each id: canonical JSON, or whatever bytes came
            in if they could not be read.
        enqueued: the first event.
        package: what is filed; None where nothing could be built, and then the event's revision is 0.
        accounts: identifiers of the reported accounts; found again by a keyed blind index, never stored.
        escalation: the text of the escalation, for Q614; kept as a keyed digest.
        findings: what was found, as plain data (`Finding.as_dict`).
        folder: where relative places of the evidence start; None for documents that somebody wrote by hand.
    """

    record_ids: tuple[str, ...]
    records: tuple[bytes, ...] = field(repr=False)
    enqueued: Enqueued
    package: Frozen | None = field(default=None, repr=False)
    accounts: tuple[str, ...] = field(default=(), repr=False)
    escalation: str | None = field(default=None, repr=False)
    findings: tuple[dict[str, object], ...] = field(default=(), repr=False)
    folder: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing as it stands now.

    Attributes:
        id: the ledger's id of it.
        record_ids: the records that it files.
        state: what its events come to.
        status: what is to be said about it.
        created_at: when it came in.
        worker: who holds its lease now; None where nobody does.
    """

    id: str
    record_ids: tuple[str, ...]
    state: State = field(repr=False)
    status: Status
    created_at: datetime
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A record that the ledger has.

    Attributes:
        filing_id: the filing that files it.
        record: its newest content; None if that was purged.
        digests: SHA-256, in hexadecimal digits, of each content that came in for it; the newest first.
    """

    filing_id: str
    record: bytes | None = field(repr=False)
    digests: tuple[str, ...]

    def same_as(self, content: bytes) -> bool:
        """Whether it came in with this very content, be it corrected since or not."""
        return hashlib.sha256(content).hexdigest() in self.digests


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record of a filing, as it came in last.

    Attributes:
        id: the provider's id.
        content: the record; None if it was purged.
        folder: where relative places of its evidence start; None where nobody said.
    """

    id: str
    content: bytes | None = field(repr=False)
    folder: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """A report that is open at NCMEC and is to be finished, or closed.

    Attributes:
        filing_id: whose it is.
        report_id: its id.
        lapses_at: when it lapses at the earliest.
    """

    filing_id: str
    report_id: int
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A row that names the heads of all chains that moved since the one before.

    Whoever keeps the newest digest elsewhere can tell later that nothing up to it was cut off.

    Attributes:
        number: counts from 1.
        digest: SHA-256 in hexadecimal digits; covers the checkpoint before, too.
    """

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the ledger that is not as it was written. `str` gives it in one line.

    Attributes:
        filing_id: the filing; None for what belongs to none.
        seq: the number of the event; None where it is not about one.
        words: what differs, without content.
    """

    filing_id: str | None
    seq: int | None
    words: str

    def __str__(self) -> str:
        places = [f"filing {self.filing_id}"] if self.filing_id is not None else []
        places += [f"event {self.seq}"] if self.seq is not None else []
        return f"{', '.join(places)}: {self.words}" if places else self.words


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is in a ledger.

    Attributes:
        filings: how many filings.
        events: how many events they have.
    """

    filings: int
    events: int


@dataclass(frozen=True, slots=True)
class Purgeable:
    """A filing that has ended, and whether its payloads may be purged.

    Attributes:
        filing: the filing.
        kept: why it may not; empty where it may.
        until: to when it is preserved; None where it may be purged, or that depends on something else than time.
    """

    filing: Filing
    kept: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What sealing with another key came to.

    Attributes:
        rows: how many rows were sealed anew.
        left: what could not be opened, and is as it was: its place and why, without content.
    """

    rows: int
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Core:
    """What all parts of an open ledger share.

    Attributes:
        ledger_id: the ledger's id.
        vault: seals what is written and opens what is read.
        opened_key: the key of the blind indexes; None where it is sealed and no key was given.
        clock: tells the moment.
        pace: how long is waited; tells when a filing is due.
        new_id: makes ids of filings.
    """

    ledger_id: str
    vault: Vault = field(repr=False)
    opened_key: bytes | None = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False)
    pace: Pace
    new_id: Callable[[], str] = field(repr=False)

    @property
    def key(self) -> bytes:
        """Keys the blind indexes.

        Raises:
            SealedError: it is sealed, and no key of the ledger was given.
        """
        if self.opened_key is None:
            raise SealedError(
                f"accounts and escalations are found by a key of their own, which is sealed, and {NO_KEY}"
            )
        return self.opened_key
