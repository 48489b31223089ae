"""The filer: what a pipeline calls, and what a worker is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path
from random import Random, SystemRandom

from cybertip.client import Client
from cybertip.errors import CallError
from cybertip.filing.events import Corrected
from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.packages import Frozen
from cybertip.filing.schedule import Pace
from cybertip.filing.states import ENDS, Phase
from cybertip.gates import Override
from cybertip.ledger import Filing, Ledger, NewFiling, Transaction
from cybertip.review import is_usable_id
from cybertip.worker._arriving import Desk, Record
from cybertip.worker._crew import Crew, Watch
from cybertip.worker._knowing import is_newest, known_as
from cybertip.worker._operator import Operator, Profiles, named


class Filer:
    """Files records exactly once, whatever breaks. Safe to use from several threads; one for each process.

    Any number of filers may work on one ledger. What one leaves behind when it is killed another takes up: at once if
    it can see that the process has gone, else when its lease has run out.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: Client,
        profiles: Profiles,
        *,
        pace: Pace | None = None,
        limits: Limits | None = None,
        lease: timedelta = timedelta(minutes=2),
        most_open: int = 100,
        watch: Watch | None = None,
        by: str = "",
        clock: Callable[[], datetime] | None = None,
        random: Random | None = None,
    ) -> None:
        """Bring them together. Nothing is sent yet.

        Args:
            ledger: where everything is kept.
            client: carries the calls out. Its environment must be the ledger's.
            profiles: who files.
            pace: how long is waited, and when is too late; the ledger's by default.
            limits: how often something may go wrong with a filing before a person is asked.
            lease: how long a filing is held without a sign of life.
            most_open: how many reports are open at once at most.
            watch: who is told how far filings have come.
            by: who hands records in, where it is a person; it becomes part of the proof.
            clock: tells the time, aware.
            random: where the jitter of waits comes from.

        Raises:
            EnvironmentRefusedError: ledger and client belong to different environments or accounts (P505).
        """
        ledger.check_belongs(client.endpoint.environment, client.username)
        self._ledger = ledger
        self._client = client
        self._profiles = profiles
        self._limits = limits or USUAL
        self._by = by
        self._clock = clock or _utc_now
        self._crew = Crew(ledger, client, pace or ledger.pace, lease, most_open, self._clock, random or SystemRandom())
        self._crew.watch = watch

    # --- taking in -----------------------------------------------------------------------------------------------

    def enqueue(
        self, record: Record, folder: str | PathLike[str] = ".", *, overrides: Sequence[Override] = ()
    ) -> Filing:
        """Take a record in, to be filed by whoever works on the ledger. It is durable when this returns.

        A record that came in before gives its filing, whatever has become of it: handing in is idempotent by the
        record's id. A record that cannot be filed as it is gets stored, too, with the status *needs correction*; if
        that was not its own fault, such as an unfinished profile, hand it in again once that is mended.

        Args:
            record: the record.
            folder: where relative locations of its evidence start: the record's own folder.
            overrides: gates that people have decided to pass.

        Raises:
            RecordError: the record has no id that could be used.
            OtherContentError: the same id came in before with other content.
        """
        return self._add(self._desk().record(record, Path(folder), overrides))

    def enqueue_batch(
        self, records: Sequence[Record], folder: str | PathLike[str] = ".", *, overrides: Sequence[Override] = ()
    ) -> Filing:
        """Take records about one viral file in, to be filed as one batched report; otherwise as `enqueue`.

        Raises:
            RecordError: one of the records cannot be read, or there is none.
            OtherContentError: one of the ids came in before, alone or with others.
        """
        return self._add(self._desk().batch(records, Path(folder), overrides))

    def enqueue_documents(self, filing_id: str, package: Frozen) -> Filing:
        """Take hand-written documents in under an id of their own; otherwise as `enqueue`.

        Args:
            filing_id: what makes them be filed once: the same id with other documents is refused.
            package: report, files and file details.

        Raises:
            OtherContentError: the same id came in before with other documents.
            ValueError: the id cannot be used.
        """
        if not is_usable_id(filing_id):
            raise ValueError("an id must be 1 to 200 printable characters without space at its ends")
        return self._add(self._desk().documents(filing_id, package))

    def _add(self, new: NewFiling) -> Filing:
        with self._ledger.transaction() as transaction:
            filing_id = known_as(transaction, new)
            if filing_id is None:
                filing_id = transaction.add(new, self._clock())
            else:
                self._look_again(transaction, filing_id, new)
        return self.filing(filing_id)

    def _look_again(self, transaction: Transaction, filing_id: str, new: NewFiling) -> None:
        """Go on with a filing that waits for a correction, if the same records are found to be right by now.

        What was wrong lay outside of them, such as in the profile. What the server refused stays with a person.
        """
        state = transaction.book(filing_id, 0).state
        told = new.enqueued
        ours = state.findings and not any(one.startswith("server") for one in state.findings)
        if state.phase is not Phase.CORRECTION or not ours or told.findings or new.package is None:
            return
        if not all(is_newest(transaction, *one) for one in zip(new.record_ids, new.records, strict=True)):
            return  # a person has corrected them since
        who = "handed in again"
        book = transaction.claim_this(filing_id, f"{self._crew.name}, {who}", self._clock(), timedelta(seconds=30))
        if book is not None:
            revision = transaction.correct(filing_id, new)
            book.append(Corrected(revision, told.details, who, "", told.not_before, told.findings))
            transaction.release(book)

    def _desk(self) -> Desk:
        environment = self._client.endpoint.environment
        return Desk(named(self._profiles), environment, self._ledger, self._clock(), self._limits, self._by)

    # --- working -------------------------------------------------------------------------------------------------

    def file(
        self,
        record: Record,
        folder: str | PathLike[str] = ".",
        *,
        overrides: Sequence[Override] = (),
        patience: timedelta = timedelta(),
    ) -> Filing:
        """Take a record in and file it, as far as that goes without waiting; the stored filing with its status.

        This blocks while calls are made: each for at most the client's time-outs, which grow with a file's size. It
        does not wait for a moment that is due later than `patience`; what is left then is done by `run_until_idle`,
        here or anywhere. Failures of calls are never raised: they are the filing's status.

        Args:
            record: the record.
            folder: where relative locations of its evidence start.
            overrides: gates that people have decided to pass.
            patience: how long to wait in all for moments that are due later.

        Raises:
            RecordError, OtherContentError: as `enqueue`.
        """
        filing = self.enqueue(record, folder, overrides=overrides)
        self._crew.work_on(filing.id, patience)
        return self.filing(filing.id)

    def file_documents(self, filing_id: str, package: Frozen, *, patience: timedelta = timedelta()) -> Filing:
        """Take hand-written documents in and file them; see `enqueue_documents` and `file`."""
        filing = self.enqueue_documents(filing_id, package)
        self._crew.work_on(filing.id, patience)
        return self.filing(filing.id)

    def advance(self, filing_id: str) -> Filing:
        """Make one call of a filing, if one is due; for job engines. The filing afterwards.

        While another worker holds the lease, nothing is done.

        Raises:
            KeyError: there is no such filing.
        """
        self.filing(filing_id)
        self._crew.one_step(filing_id)
        return self.filing(filing_id)

    def run_until_idle(self, threads: int = 1, patience: timedelta = timedelta()) -> int:
        """Work on whatever is due, until nothing is; how many filings were worked on.

        Args:
            threads: how many filings are worked on at once.
            patience: how long to wait in all for moments that are due later.
        """
        if threads == 1:
            done = self._crew.drain(patience)
        else:
            with ThreadPoolExecutor(threads, "cybertip-filer") as pool:
                done = sum(pool.map(lambda _: self._crew.drain(patience), range(threads)))
        self._ledger.checkpoint()
        return done

    def drain(self) -> int:
        """Work in this thread on whatever is due, until nothing is; how many filings were worked on.

        For a service whose threads each do this again and again, and make a checkpoint now and then.
        """
        return self._crew.drain(timedelta())

    def resume(self, threads: int = 1, patience: timedelta = timedelta()) -> int:
        """Take up what was left behind, as after a crash or a change of credentials; then as `run_until_idle`.

        If the queue is stopped for its credentials, they are tried with a call that changes nothing (/status).
        """
        return self.run_until_idle(threads, patience) if self.unblock() else 0

    def unblock(self) -> bool:
        """Whether the queue runs: if it was stopped for its credentials, they are tried (/status), and it goes on."""
        if not self._ledger.blocked():
            return True
        try:
            self._client.status()
        except CallError:
            return False
        with self._ledger.transaction() as transaction:
            transaction.unblock(self._clock())
        return True

    def use(self, client: Client) -> None:
        """Make further calls with another client of the same account, as after a change of its password.

        Raises:
            EnvironmentRefusedError: it belongs to another environment or account (P505).
        """
        self._ledger.check_belongs(client.endpoint.environment, client.username)
        self._client = client
        self._crew.use(client)

    def stop(self) -> None:
        """Leave after the calls in flight, which are finished and recorded. Nothing new is begun by this filer."""
        self._crew.stopping.set()

    @property
    def ledger(self) -> Ledger:
        """The ledger that it works on."""
        return self._ledger

    @property
    def stopping(self) -> threading.Event:
        """Set once `stop` was called."""
        return self._crew.stopping

    def filing(self, filing_id: str) -> Filing:
        """A filing as it stands now.

        Raises:
            KeyError: there is no such filing.
        """
        found = self._ledger.filing(filing_id, self._clock())
        if found is None:
            raise KeyError(filing_id)
        return found

    def unfinished(self) -> list[str]:
        """The ids of the filings that are neither filed nor cancelled, in the order in which they came in."""
        return [one.id for one in self._ledger.filings(self._clock()) if one.state.phase not in ENDS]

    def receipt(self, filing_id: str) -> bytes | None:
        """The receipt, byte for byte as the server sent it; None where there is none."""
        return self._ledger.receipt(filing_id)

    # --- people --------------------------------------------------------------------------------------------------

    def operator(self, by: str, *, patience: timedelta = timedelta()) -> Operator:
        """A person who looks after the filings of this filer's ledger; see `Operator`."""
        return Operator(self._ledger, by, self._profiles, limits=self._limits, patience=patience, clock=self._clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)
