"""What can be done in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from cybertip.errors import ConfigurationError
from cybertip.filing.events import Claimed
from cybertip.filing.machine import apply, begin
from cybertip.filing.packages import Frozen
from cybertip.filing.preservation import Retention
from cybertip.ledger import _claims, _purging, _rows
from cybertip.ledger import _tables as t
from cybertip.ledger._book import Book, Page, Pages
from cybertip.ledger._chain import blind, canonical, micros, new_salt, record_digest, salted
from cybertip.ledger._errors import LedgerError, RecordKnownError, SealedError
from cybertip.ledger._notices import NoticeBoard
from cybertip.ledger._queries import owner_of_report
from cybertip.ledger._values import Core, Found, NewFiling
from cybertip.ledger._vault import NO_KEY

_BLOCKED = select(t.ledger.c.blocked)
_KEY = select(t.ledger.c.key)
_SELDOM = timedelta(minutes=1)
# Seldom, so that workers side by side do not wait for each other's turn at the one row.
_WORKED = (
    update(t.ledger)
    .where(or_(t.ledger.c.worked.is_(None), t.ledger.c.worked < bindparam("before")))
    .values(worked=bindparam("at"))
)


class Transaction:
    """What can be done in one transaction. All of it becomes durable when the transaction ends, or nothing does.

    It is made by `Ledger.transaction`, belongs to one thread, and is of no use after its end.
    """

    def __init__(self, connection: Connection, core: Core, *, claims: bool) -> None:
        self._connection = connection
        self._core = core
        self._claims = claims
        self._ended = False
        self._pages = Pages(connection, core, self._check_open)

    def _check_open(self) -> None:
        if self._ended:
            raise LedgerError("the transaction has ended; what is to be written needs another")

    def end(self) -> None:
        """Take nothing more. Called by the ledger when the transaction ends."""
        self._ended = True

    def flush(self) -> None:
        """Write what was appended and not written yet. Called by the ledger before the transaction ends well."""
        self._pages.flush()

    # --- what comes in ---------------------------------------------------------------------------------------

    def add(self, filing: NewFiling, now: datetime) -> str:
        """Store a new filing; its id.

        Raises:
            RecordKnownError: P506, the ledger has one of the records already.
            SealedError: the ledger is encrypted, and its key was not given.
            ValueError: the parts of the filing do not belong together.
        """
        self._check_open()
        self._check_key()
        ids = filing.record_ids
        if not ids or len(set(ids)) != len(ids) or len(ids) != len(filing.records):
            raise ValueError("a filing needs records with different ids, and one content for each")
        if filing.enqueued.revision != (0 if filing.package is None else 1):
            raise ValueError("a new filing has revision 1 with a package, and revision 0 without")
        for record_id in ids:
            found = self.find(record_id)
            if found is not None:
                raise RecordKnownError(_known(record_id, f", in filing {found.filing_id}"))
        filing_id = self._core.new_id()
        # The filing's row must be there before others refer to it; its first event names the digests of those others.
        page = self._pages.begin(filing_id, begin(filing.enqueued), now)
        for position, (record_id, content) in enumerate(zip(ids, filing.records, strict=True)):
            try:
                self._connection.execute(insert(t.records).values(id=record_id))
            except IntegrityError:
                raise RecordKnownError(_known(record_id, "")) from None
            self._connection.execute(
                insert(t.filing_records).values(filing_id=filing_id, record_id=record_id, position=position)
            )
            self._store_record(record_id, content, filing.folder)
        self._store_findings(filing_id, filing.findings)
        if filing.package is not None:
            _rows.store_package(self._connection, self._core.vault, filing_id, 1, filing.package)
        self._index(filing_id, filing)
        self._pages.write(page, page.state, filing.enqueued, now)
        return filing_id

    def find(self, record_id: str) -> Found | None:
        """What the ledger has under a record's id; None where it does not have it."""
        self._check_open()
        r, member = t.record_contents.c, t.filing_records.c
        rows = (
            self._connection.execute(
                select(member.filing_id, r.record_id, r.number, r.content, r.sha256)
                .join_from(t.filing_records, t.record_contents, r.record_id == member.record_id)
                .where(member.record_id == record_id)
                .order_by(r.number.desc())
            )
            .mappings()
            .all()
        )
        if not rows:
            return None
        newest = self._core.vault.opened("record_contents", rows[0])
        return Found(newest["filing_id"], newest["content"], tuple(row["sha256"].hex() for row in rows))

    def owner_of_report(self, report_id: int, besides: str) -> str | None:
        """Another filing that opened a report, or is filed as it; None where there is none.

        Args:
            report_id: the report.
            besides: the filing that asks.
        """
        self._check_open()
        self._pages.flush()
        return owner_of_report(self._connection, report_id, besides)

    def correct(self, filing_id: str, new: NewFiling) -> int:
        """Store another revision; its number for the event `Corrected`, 0 where nothing could be built.

        Args:
            filing_id: the filing, whose lease the caller holds.
            new: the records as they are now, what was built of them and found; its event is not used.

        Raises:
            SealedError: the ledger is encrypted, and its key was not given.
            ValueError: a record is not one of the filing's.
        """
        self._check_open()
        self._check_key()
        self._pages.get(filing_id)  # locks it
        if set(new.record_ids) != set(record_ids(self._connection, filing_id)):
            raise ValueError("a filing is corrected with all of its records, and with no other")
        for record_id, content in zip(new.record_ids, new.records, strict=True):
            self._store_record(record_id, content, new.folder)
        self._store_findings(filing_id, new.findings)
        self._index(filing_id, new)
        if new.package is None:
            return 0
        newest = select(func.max(t.packages.c.revision)).where(t.packages.c.filing_id == filing_id)
        revision: int = (self._connection.execute(newest).scalar_one() or 0) + 1
        _rows.store_package(self._connection, self._core.vault, filing_id, revision, new.package)
        return revision

    def package(self, filing_id: str) -> Frozen:
        """The package of the filing's current revision.

        Raises:
            LedgerError: none could be built yet, or its documents were purged.
        """
        self._check_open()
        revision = self._pages.get(filing_id).state.revision
        package = _rows.load_package(self._connection, self._core.vault, filing_id, revision)
        if package is None:
            raise LedgerError(
                f"the documents of filing {filing_id} were purged" if revision else
                f"nothing could be built yet for filing {filing_id}; a person corrects the record"
            )  # fmt: skip
        return package

    # --- leases ----------------------------------------------------------------------------------------------

    def claim(self, worker: str, now: datetime, lease: timedelta, most_open: int) -> Book | None:
        """Take the lease of the filing that is due and is to be served first.

        Args:
            worker: who takes it.
            now: the moment.
            lease: for how long.
            most_open: how many filings may have a report open at once; those that have one are always served.

        Returns:
            None where nothing is due, there is no room for another open report, or the queue is blocked.

        Raises:
            ConfigurationError: the ledger was opened to look.
            SealedError: it was encrypted since, with a key that was not given.
        """
        self._check_open()
        if not self._claims:
            raise ConfigurationError("a ledger that was opened without its environment and account serves no filings")
        self._check_key()
        if self.blocked():
            return None
        self._pages.flush()
        while (filing_id := _claims.pick(self._connection, now, most_open)) is not None:
            try:
                book = self._take(self._pages.get(filing_id), worker, now, lease)
                self._connection.execute(_WORKED, {"at": micros(now), "before": micros(now - _SELDOM)})
                return book
            except LedgerError:
                # What cannot be read waits for a person; those behind it are served.
                stuck = update(t.filings).where(t.filings.c.id == filing_id)
                self._connection.execute(stuck.values(due=None, waits=micros(now)))
        return None

    def claim_this(self, filing_id: str, worker: str, now: datetime, lease: timedelta) -> Book | None:
        """Take the lease of one filing, due or not, whether the queue is blocked or not.

        A person's command takes it like this. Who wants to make a call asks `blocked` first.

        Returns:
            None while another holds it.

        Raises:
            LedgerError: there is no such filing.
            SealedError: the ledger was opened to serve filings, and encrypted since, with a key that was not given.
        """
        self._check_open()
        if self._claims:
            self._check_key()
        page = self._pages.get(filing_id)
        if page.held_until is not None and page.held_until > micros(now):
            return None
        return self._take(page, worker, now, lease)

    def _take(self, page: Page, worker: str, now: datetime, lease: timedelta) -> Book:
        event = Claimed(page.state.fence + 1, worker, now)
        state = apply(page.state, event)
        self._pages.write(page, state, event, now, lease_owner=worker, lease_until=micros(now + lease))
        return Book(self._pages, page, event.fence)

    def book(self, filing_id: str, fence: int | None = None) -> Book:
        """A filing to append to: under a fencing number, or (None) to append the answer to a call alone.

        A fencing number that is not the current one is noticed by `Book.append`.

        Raises:
            LedgerError: there is no such filing.
        """
        self._check_open()
        return Book(self._pages, self._pages.get(filing_id), fence)

    def release(self, book: Book, due_at: datetime | None = None) -> None:
        """Give the lease back, and say when the filing is to be looked at next.

        Args:
            book: the filing, under its current fencing number.
            due_at: when; None leaves it to the ledger, which tells from the filing's state when it goes on, if it does.

        Raises:
            LeaseLostError: the lease is another's by now.
        """
        self._check_open()
        book.check_lease()
        due = self._pages.due(book.id, book.state, self._core.clock()) if due_at is None else micros(due_at)
        self._pages.change(self._pages.get(book.id), lease_owner=None, lease_until=None, due=due)

    def owners(self, now: datetime) -> tuple[str, ...]:
        """Who holds a lease now."""
        self._check_open()
        self._pages.flush()
        c = t.filings.c
        query = select(c.lease_owner).where(c.lease_until > micros(now)).distinct().order_by(c.lease_owner)
        return tuple(one for one in self._connection.execute(query).scalars() if one is not None)

    def free(self, owner: str) -> int:
        """Take back all leases of a holder that is known to have gone; how many there were."""
        self._check_open()
        self._pages.flush()
        self._pages.forget_leases(owner)
        return self._connection.execute(
            update(t.filings)
            .where(t.filings.c.lease_until.isnot(None), t.filings.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
        ).rowcount

    # --- the queue -------------------------------------------------------------------------------------------

    def blocked(self) -> str:
        """Why the queue is stopped; empty where it is not."""
        self._check_open()
        return self._connection.execute(_BLOCKED).scalar_one() or ""

    def block(self, reason: str, now: datetime) -> None:
        """Stop the queue: the credentials are not accepted. What stopped it first is kept."""
        self._check_open()
        self._connection.execute(
            update(t.ledger)
            .where(t.ledger.c.blocked.is_(None))
            .values(blocked=reason or "the queue was stopped", blocked_since=micros(now))
        )

    def unblock(self, now: datetime) -> None:
        """Let it go on."""
        self._check_open()
        self._connection.execute(update(t.ledger).values(blocked=None, blocked_since=None))

    # --- purging ---------------------------------------------------------------------------------------------

    def purge(self, filing_id: str, by: str, reason: str, retention: Retention) -> int:
        """Take a filing's contents out; as of `Ledger.purge`, which also overwrites them in the file."""
        self._check_open()
        return _purging.purge(self._connection, self._core, self.book(filing_id), by, reason, retention)

    # --- people ----------------------------------------------------------------------------------------------

    @property
    def notices(self) -> NoticeBoard:
        """What people are told of."""
        self._check_open()
        self._pages.flush()
        return NoticeBoard(self._connection)

    # --- parts -----------------------------------------------------------------------------------------------

    def _check_key(self) -> None:
        """See that nothing is written openly into a ledger that is encrypted, be it since it was opened.

        Answers are written all the same: none may be lost, and `Ledger.rekey` seals them.
        """
        if not self._core.vault.takes(self._connection.execute(_KEY).scalar_one()):
            raise SealedError(f"nothing new is written into an encrypted ledger without its key: {NO_KEY}")

    def _index(self, filing_id: str, filing: NewFiling) -> None:
        """Let a filing be found by its accounts and its escalation, which are not stored."""
        texts = [(t.accounts, "account", text) for text in filing.accounts]
        if filing.escalation is not None:
            texts.append((t.escalations, "escalation", filing.escalation))
        for table, purpose, text in texts:
            key = {"index": blind(self._core.key, purpose, text), "filing_id": filing_id}
            there = select(table.c.filing_id).where(*(table.c[name] == value for name, value in key.items()))
            if self._connection.execute(there).first() is None:
                self._connection.execute(insert(table).values(**key))

    def _store_record(self, record_id: str, content: bytes, folder: str | None) -> None:
        newest = select(func.max(t.record_contents.c.number)).where(t.record_contents.c.record_id == record_id)
        number: int = (self._connection.execute(newest).scalar_one() or 0) + 1
        sha256, salt = hashlib.sha256(content).digest(), new_salt()
        row = {
            "record_id": record_id,
            "number": number,
            "content": content,
            "sha256": sha256,
            "salt": salt,
            "digest": record_digest(salt, record_id, sha256),
            "folder": folder,
        }
        self._connection.execute(insert(t.record_contents), self._core.vault.sealed("record_contents", row))

    def _store_findings(self, filing_id: str, findings: Sequence[dict[str, object]]) -> None:
        newest = select(func.max(t.findings.c.number)).where(t.findings.c.filing_id == filing_id)
        number: int = (self._connection.execute(newest).scalar_one() or 0) + 1
        told, salt = canonical(list(findings)), new_salt()
        row = {
            "filing_id": filing_id,
            "number": number,
            "findings": told.decode(),
            "salt": salt,
            "digest": salted(salt, told),
        }
        self._connection.execute(insert(t.findings), self._core.vault.sealed("findings", row))


def record_ids(connection: Connection, filing_id: str) -> tuple[str, ...]:
    """The ids of the records that a filing files, in their order."""
    member = t.filing_records.c
    return tuple(
        connection.execute(
            select(member.record_id).where(member.filing_id == filing_id).order_by(member.position)
        ).scalars()
    )


def _known(record_id: str, where: str) -> str:
    return f"P506: the ledger has the record {record_id} already{where}; a record is filed once"
