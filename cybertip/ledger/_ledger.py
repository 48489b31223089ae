"""The ledger: opening it, its transactions, and what is asked of it."""

from __future__ import annotations

import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row, select, tuple_, update

from cybertip.environments import Environment, resolve
from cybertip.errors import ConfigurationError
from cybertip.filing.events import Event
from cybertip.filing.packages import Frozen
from cybertip.filing.schedule import Pace
from cybertip.filing.status import Kind, status_of
from cybertip.filing.steps import Exchange
from cybertip.ledger import _claims, _engine, _migrate, _queries
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import blind, micros, moment_of
from cybertip.ledger._errors import LedgerError
from cybertip.ledger._lookout import Lookout, state_as_known
from cybertip.ledger._opening import check_belongs, in_words, own_row, unlock
from cybertip.ledger._rows import events_as_they_are, events_of, load_package, load_state, state_of
from cybertip.ledger._sealing import Sealer
from cybertip.ledger._transaction import Transaction, record_ids
from cybertip.ledger._upkeep import Upkeep
from cybertip.ledger._values import Core, Filing, OpenAttempt, StoredRecord

_PAGE = 200


class Ledger(Upkeep):
    """The durable store of filings, their events and exchanges.

    One object serves any number of threads of one process; a process that was forked opens its own.

    Attributes:
        id: the ledger's id, which never changes.
        generation: counted up when a copy takes the place of its original.
        environment: the environment that it belongs to.
    """

    def __init__(self, engine: Engine, path: Path | None, core: Core, facts: Row[Any], *, claims: bool) -> None:
        """Use `open`."""
        self._engine = engine
        self._path = path
        self._core = core
        self._claims = claims
        self._facts = facts
        self._process = os.getpid()
        # SQLite has one writer at a time, and its waiting is a sleep; a lock of our own wakes the next one at once.
        self._writer = threading.Lock() if path is not None else None
        self._mine = threading.local()
        self.id = core.ledger_id
        self.generation: int = facts.generation
        self.environment = Environment(facts.environment)

    def __repr__(self) -> str:
        return f"Ledger(id={self.id!r}, environment={str(self.environment)!r})"

    @classmethod
    def open(
        cls,
        where: str | os.PathLike[str],
        *,
        environment: Environment | str | None = None,
        account: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pace: Pace = Pace(),  # noqa: B008  # a value that nobody can change
        keys: Sequence[bytes] = (),
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> Self:
        """Open a ledger, or make it, and bring its tables to what this program needs.

        Args:
            where: the path of an SQLite file, or the URL of a database.
            environment: mock, test or production; None to look at an existing ledger, whichever it belongs to.
            account: the user name at NCMEC; None to look, or to carry a person's word. Without it nothing is claimed
                from the queue.
            clock: tells the moment, with an offset.
            pace: how long is waited; tells when a filing is due.
            keys: keys of 32 bytes that records, documents and answers are sealed with: the one in use first, then older
                ones, which only open. A ledger that was plain is encrypted from then on; `rekey` seals what it holds.
                Without them an encrypted ledger can be looked at, but for what is sealed.
            new_id: makes ids of filings.

        Raises:
            EnvironmentRefusedError: P505, the ledger belongs to another environment or account.
            ConfigurationError: there is no ledger to look at, it cannot be made here, or there is no such environment;
                or it is encrypted, and its key is not among the keys, or is needed to work and none was given.
            LedgerError: it is newer than this program, is no ledger, or cannot be written durably.
        """
        world = None if environment is None else resolve(environment).environment
        sealer = Sealer(keys) if keys else None
        url = _engine.url_of(where)
        path = _engine.file_of(url)
        makes = environment is not None and account is not None
        if path is not None:
            if not makes and not path.exists():
                raise ConfigurationError(f"there is no ledger at {path}; name where it is")
            _engine.prepare_file(path)
        engine = _engine.make_engine(url)
        try:
            with in_words():
                _migrate.migrate(engine, path, makes=makes)
                facts = own_row(engine, world, account, clock, sealer)
                check_belongs(facts, world, account)
                vault, key = unlock(engine, facts, sealer, works=makes)
        except BaseException:
            engine.dispose()
            raise
        core = Core(facts.id, vault, key, clock, pace, new_id)
        return cls(engine, path, core, facts, claims=makes)

    @property
    def pace(self) -> Pace:
        """How long is waited, and when is too late."""
        return self._core.pace

    def close(self) -> None:
        """Let the database go. The ledger is of no use afterwards."""
        if os.getpid() == self._process:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_belongs(self, environment: Environment, account: str) -> None:
        """See that a server and a user name are the ledger's.

        Raises:
            EnvironmentRefusedError: P505, they are not.
        """
        check_belongs(self._facts, environment, account)

    # --- transactions ----------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """A writing transaction; one at a time in each thread. When it has ended without an error, it was synced.

        Raises:
            LedgerError: the ledger cannot be written, or another process has been writing for too long.
        """
        with self._written() as connection:
            transaction = Transaction(connection, self._core, claims=self._claims)
            try:
                yield transaction
                transaction.flush()
            finally:
                transaction.end()

    @contextmanager
    def _written(self) -> Generator[Connection]:
        self._check_process()
        if getattr(self._mine, "writes", False):
            raise LedgerError("this thread has a transaction of the ledger open already")
        turn = False
        try:
            self._mine.writes = True
            if self._writer is not None:
                turn = self._writer.acquire(timeout=_engine.BUSY_SECONDS)
                if not turn:
                    raise LedgerError(f"another thread has been writing for {_engine.BUSY_SECONDS} seconds")
            with in_words(), self._engine.connect() as plain:
                connection = _engine.to_write(plain)
                with connection.begin():
                    yield connection
        finally:
            self._mine.writes = False
            if turn and self._writer is not None:
                self._writer.release()

    @contextmanager
    def _read(self) -> Generator[Connection]:
        self._check_process()
        with in_words(), self._engine.connect() as plain:
            connection = _engine.to_read(plain)
            with connection.begin():
                yield connection

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise LedgerError("the ledger was opened by the process that this one was forked from; open it again here")

    def heartbeat(self, filing_id: str, fence: int, until: datetime) -> bool:
        """Hold a lease for longer; False where it is another's by now, or was given back."""
        c = t.filings.c
        with self._written() as connection:
            held = connection.execute(
                update(t.filings)
                .where(c.id == filing_id, c.fence == fence, c.lease_owner.isnot(None))
                .values(lease_until=micros(until))
            )
            return held.rowcount == 1

    # --- what is asked ---------------------------------------------------------------------------------------

    def blocked(self) -> str:
        """Why the queue is stopped; empty where it is not."""
        with self._read() as connection:
            return connection.execute(select(t.ledger.c.blocked)).scalar_one() or ""

    @contextmanager
    def looking(self) -> Generator[Lookout]:
        """Questions about what people are to be told of, all about one moment."""
        with self._read() as connection:
            yield Lookout(connection)

    def filing(self, filing_id: str, now: datetime) -> Filing | None:
        """A filing as it stands; None where there is none of this id."""
        with self._read() as connection:
            row = connection.execute(select(t.filings).where(t.filings.c.id == filing_id)).one_or_none()
            blocked = connection.execute(select(t.ledger.c.blocked)).scalar_one() or ""
            return None if row is None else _filing(connection, row, record_ids(connection, filing_id), now, blocked)

    def filings(self, now: datetime) -> Iterator[Filing]:
        """All filings as they stand, in the order in which they came in.

        They are read in parts, so that nobody has to wait for whoever goes through them.
        """
        c, after = t.filings.c, (-1, "")
        while True:
            with self._read() as connection:
                blocked = connection.execute(select(t.ledger.c.blocked)).scalar_one() or ""
                query = select(t.filings).where(tuple_(c.created, c.id) > after).order_by(c.created, c.id)
                rows = connection.execute(query.limit(_PAGE)).all()
                names = _queries.record_ids_of(connection, [row.id for row in rows])
                found = [_filing(connection, row, names[row.id], now, blocked) for row in rows]
            yield from found
            if len(rows) < _PAGE:
                return
            after = (rows[-1].created, rows[-1].id)

    def counts(self, now: datetime) -> dict[Kind, int]:
        """How many filings there are of each kind; every kind is named."""
        found = Counter(filing.status.kind for filing in self.filings(now))
        return {kind: found[kind] for kind in Kind}

    def filing_of(self, name: str) -> str | None:
        """The id of the filing that has this id, or that files the record of this id; None where there is neither."""
        c, member = t.filings.c, t.filing_records.c
        with self._read() as connection:
            for query in (select(c.id).where(c.id == name), select(member.filing_id).where(member.record_id == name)):
                found: str | None = connection.execute(query).scalars().first()
                if found is not None:
                    return found
        return None

    def ids_like(self, beginning: str, most: int = 10) -> tuple[str, ...]:
        """The ids of filings that begin with a text, in their order; at most so many."""
        with self._read() as connection:
            return _queries.ids_like(connection, beginning, most)

    def due_at(self, filing_id: str) -> datetime | None:
        """When one filing can be claimed next; otherwise as `next_due`."""
        return self._when(lambda connection, _now: _claims.moment_for(connection, filing_id))

    def next_due(self, most_open: int | None = None) -> datetime | None:
        """When something can be claimed next: the clock's moment for at once; None where nothing goes on by itself.

        Args:
            most_open: as of `Transaction.claim`; what has to wait for room is then not counted as due.
        """
        return self._when(lambda connection, now: _claims.next_moment(connection, now, most_open))

    def _when(self, ask: Callable[[Connection, datetime], int | None]) -> datetime | None:
        now = self._core.clock()
        with self._read() as connection:
            if connection.execute(select(t.ledger.c.blocked)).scalar_one():
                return None
            found = ask(connection, now)
        return None if found is None else max(now, moment_of(found))

    def open_attempts(self) -> tuple[OpenAttempt, ...]:
        """The reports that are open and worked on, by the moment at which they lapse."""
        c = t.filings.c
        with self._read() as connection:
            rows = connection.execute(select(c.id, c.state).where(c.open).order_by(c.lapses, c.id)).all()
        found = [(row.id, load_state(row.state).attempt) for row in rows]
        return tuple(OpenAttempt(one, at.report_id, at.lapses_at) for one, at in found if at is not None)

    def owner_of_report(self, report_id: int, besides: str) -> str | None:
        """Another filing than one (`besides`) that opened a report, or is filed as it; None where there is none."""
        with self._read() as connection:
            return _queries.owner_of_report(connection, report_id, besides)

    def reports_on(self, identifier: str) -> tuple[int, ...]:
        """The ids of filed reports on an account, the oldest first (Q617)."""
        a, c = t.accounts.c, t.filings.c
        with self._read() as connection:
            found = connection.execute(
                select(c.report_id)
                .join_from(t.accounts, t.filings, a.filing_id == c.id)
                .where(a.index == blind(self._core.key, "account", identifier), c.report_id.isnot(None))
                .order_by(c.created, c.id)
            ).scalars()
            return tuple(dict.fromkeys(one for one in found if one is not None))

    def account_hash(self, identifier: str) -> str:
        """What people see of an account's identifier: the same in all of this ledger, and in no other.

        It is short, so that two accounts may look alike in a ledger of very many.
        """
        return _queries.hash_of(blind(self._core.key, "account", identifier))

    def account_hashes(self, filing_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The accounts that filings report, each as `account_hash` gives it."""
        found: dict[str, tuple[str, ...]] = {}
        with self._read() as connection:
            for first in range(0, len(filing_ids), _PAGE):
                found |= _queries.hashes_of(connection, filing_ids[first : first + _PAGE])
        return found

    def filings_on(self, account: str) -> frozenset[str]:
        """The ids of the filings that report an account, which is named by its identifier or by its hash."""
        with self._read() as connection:
            return _queries.filings_on(connection, self._core.key, account)

    def filings_escalated_with(self, text: str) -> int:
        """How many filings were escalated with this very text (Q614)."""
        with self._read() as connection:
            index = blind(self._core.key, "escalation", text)
            query = select(t.escalations.c.filing_id).where(t.escalations.c.index == index)
            return len(connection.execute(query).all())

    def history(self, filing_id: str) -> list[tuple[datetime, Event]]:
        """The events of a filing in order, each with when it was appended.

        Raises:
            LedgerError: one of them cannot be read.
        """
        with self._read() as connection:
            return events_of(connection, filing_id)

    def readable_history(self, filing_id: str) -> list[tuple[datetime, Event | None]]:
        """As `history`, with None for each event that cannot be read."""
        with self._read() as connection:
            return events_as_they_are(connection, filing_id)

    def records(self, filing_id: str) -> tuple[StoredRecord, ...]:
        """The records of a filing as they came in last, in their order."""
        with self._read() as connection:
            return _queries.records_of(connection, self._core.vault, filing_id)

    def package(self, filing_id: str) -> Frozen | None:
        """What is filed, or was, in its newest revision; None where nothing could be built yet, or it was purged."""
        c = t.filings.c
        with self._read() as connection:
            row = connection.execute(select(c.id, c.state).where(c.id == filing_id)).one_or_none()
            if row is None:
                return None
            revision = state_of(connection, filing_id, row.state).revision
            return load_package(connection, self._core.vault, filing_id, revision)

    def findings(self, filing_id: str) -> list[dict[str, Any]]:
        """What was found in the records of a filing when they last came in, as plain data; empty if it was purged."""
        with self._read() as connection:
            return _queries.findings_of(connection, self._core.vault, filing_id)

    def filed_since(self, moment: datetime) -> int:
        """How many filings were filed since a moment: by when the last answer about their report's /finish came."""
        with self._read() as connection:
            return _queries.filed_since(connection, micros(moment))

    def reports_opened(self) -> frozenset[int]:
        """The ids of all reports that were ever opened, as far as the server has said them."""
        with self._read() as connection:
            return _queries.reports_opened(connection)

    def exchanges(self, filing_id: str, *, bodies: bool = True) -> tuple[Exchange, ...]:
        """The requests of a filing with what came back, in the order in which they were sent.

        Args:
            filing_id: the filing.
            bodies: whether with the answers themselves, which may be sealed; else each is None.
        """
        with self._read() as connection:
            return _queries.exchanges_of(connection, self._core.vault, filing_id, bodies=bodies)

    def receipt(self, filing_id: str) -> bytes | None:
        """The raw answer by which the filing is filed; None where it is not, or nobody saw it."""
        with self._read() as connection:
            found = _queries.receipt_row(connection, filing_id)
            body: bytes | None = None if found is None else self._core.vault.opened("exchanges", found)["body"]
        return body


def _filing(connection: Connection, row: Row[Any], names: tuple[str, ...], now: datetime, blocked: str) -> Filing:
    state, readable = state_as_known(connection, row)
    leased = row.lease_until is not None and row.lease_until > micros(now)
    status = status_of(state, now, leased=leased, blocked=blocked, name=row.id, readable=readable)
    return Filing(row.id, names, state, status, moment_of(row.created), row.lease_owner if leased else None)
