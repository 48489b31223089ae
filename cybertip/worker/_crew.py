"""The work itself: claim, commit, send, commit, until nothing is due."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

from cybertip.client import Client
from cybertip.filing import steps
from cybertip.filing.events import CallEnded, CallStarted, EvidenceMissing
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.packages import Frozen
from cybertip.filing.schedule import Make, Pace, Wait, next_step
from cybertip.filing.states import Phase, State
from cybertip.ledger import Book, LeaseLostError, Ledger, LedgerError, Transaction
from cybertip.worker._heart import Heart
from cybertip.worker._sending import Missing, Sent, missing, send

_log = logging.getLogger("cybertip.worker")

_LOOK_FOR_DEAD = timedelta(seconds=1)
MOST_PATIENCE = 600.0
"""For how many seconds an answer is kept that cannot be written."""
_NOTHING = Frozen(b"", (), {})
"""Stands for what is filed where it is not needed."""
MOST_SLEEP = 1.0
"""How many seconds a wait lasts at most before a stop is noticed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A call that is committed and is to be sent now.

    Attributes:
        filing_id: the filing.
        package: what is filed.
        started: the call.
        state: the filing, with the call in the air.
    """

    filing_id: str
    package: Frozen
    started: CallStarted
    state: State


@dataclass(frozen=True, slots=True)
class Look:
    """Files that are to be read before anything is opened for them.

    Attributes:
        filing_id: the filing.
        fence: the fencing number under which it is held.
        package: what is filed.
    """

    filing_id: str
    fence: int
    package: Frozen


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far filings have come. What it returns is passed over; it must not raise.

    Attributes:
        ended: a filing's id, and what became of a call of it, once that is in the ledger.
        progress: a filing's id, the index of a file, and how many of its bytes the network has taken so far.
    """

    ended: Callable[[str, CallEnded], object]
    progress: Callable[[str, int, int], object]


class Crew:
    """Carries out what the machine decides, for one filer in one process.

    Attributes:
        name: who holds the leases: host, process and a number of its own.
        stopping: set when nothing new is to be begun.
        watch: who is told how far filings have come.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: Client,
        pace: Pace,
        lease: timedelta,
        most_open: int,
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        self._ledger, self._client, self._pace = ledger, client, pace
        self._lease, self._most_open, self._clock, self._random = lease, most_open, clock, random
        self.name = here()
        self._looked_for_dead: datetime | None = None
        self._heart = Heart(ledger, lease, clock)
        self.stopping = threading.Event()
        self.watch: Watch | None = None

    def use(self, client: Client) -> None:
        """Make further calls with another client."""
        self._client = client

    def drain(self, patience: timedelta) -> int:
        """Work on what is due, one filing after the other; how many there were."""
        until = self._clock() + patience
        done = 0
        while not self.stopping.is_set():
            if self._next():
                done += 1
            elif not self._wait_for(self._ledger.next_due(self._most_open), until):
                break
        return done

    def work_on(self, filing_id: str, patience: timedelta) -> None:
        """Work on one filing until it rests, or waits for longer than there is patience."""
        until = self._clock() + patience
        while not self.stopping.is_set():
            turn = self._claim_this(filing_id)
            while turn is not None:
                turn = self._make(turn, more=True)
            if not self._wait_for(self._ledger.due_at(filing_id), until):
                return

    def one_step(self, filing_id: str) -> None:
        """Make one call of a filing, if one is due and nobody else holds it."""
        turn = self._claim_this(filing_id)
        if turn is not None:
            self._make(turn, more=False)

    def _next(self) -> bool:
        with self._ledger.transaction() as transaction:
            self._free_the_dead(transaction)
            book = transaction.claim(self.name, self._clock(), self._lease, self._most_open)
            if book is None:
                return False
            begun = self._begin(transaction, book)
        turn = self._looked(begun)
        while turn is not None:
            turn = self._make(turn, more=True)
        return True

    def _claim_this(self, filing_id: str) -> Turn | None:
        due = self._ledger.due_at(filing_id)
        if due is None or due > self._clock():
            return None  # a lease that leads to nothing would only make the chain longer
        with self._ledger.transaction() as transaction:
            self._free_the_dead(transaction)
            book = transaction.claim_this(filing_id, self.name, self._clock(), self._lease)
            if book is None:
                return None
            begun = self._begin(transaction, book)
        return self._looked(begun)

    def _begin(self, transaction: Transaction, book: Book) -> Turn | Look | None:
        """After a claim: the next call, or a look at the files first, which takes time that no transaction has."""
        state, now = book.state, self._clock()
        waits = state.due_at is not None and state.due_at > now
        if state.evidence and state.phase is Phase.NEW and not waits and not transaction.blocked():
            # A package that is gone is `_start`'s to tell of.
            with suppress(LedgerError):
                return Look(book.id, state.fence, transaction.package(book.id))
        return self._start(transaction, book)

    def _looked(self, begun: Turn | Look | None) -> Turn | None:
        """Read files that were missing, or others than the reviewed ones, whole before anything is opened for them."""
        if not isinstance(begun, Look):
            return begun
        with self._heart.holding(begun.filing_id, begun.fence):
            problem = missing(begun.package, whole=True)
        with self._ledger.transaction() as transaction:
            book = transaction.book(begun.filing_id, begun.fence)
            if book.state.fence != begun.fence:
                return None  # the lease is another's by now
            return self._start(transaction, book, begun.package, looked=True, problem=problem)

    def _start(
        self,
        transaction: Transaction,
        book: Book,
        package: Frozen | None = None,
        *,
        looked: bool = False,
        problem: Missing | None = None,
    ) -> Turn | None:
        """Commit to the next call, which is sent at once; or give the lease back where none is due.

        Args:
            transaction: where.
            book: the filing.
            package: what is filed, where it is known.
            looked: whether the files were read just now.
            problem: what was wrong with them then.
        """
        now, due = self._clock(), None
        if book.state.revision and not transaction.blocked():
            try:
                package = self._package(transaction, book, now, package)
            except LedgerError as gone:
                # The others are served all the same; this one is looked at again, and says why.
                if book.state.phase is Phase.NEW:
                    book.append(EvidenceMissing(0, now, str(gone), now + self._pace.evidence))
                transaction.release(book, now + self._pace.evidence)
                return None
            waits = book.state.due_at is not None and book.state.due_at > now
            if not looked and book.state.phase is Phase.NEW and not waits:
                problem = missing(package, whole=False)
            if problem is not None:
                book.append(EvidenceMissing(problem.file, now, problem.words, now + self._pace.evidence))
            else:
                event = steps.start(book, now, self._pace, _new_id, package.sizes)
                if isinstance(event, CallStarted):
                    return Turn(book.id, package, event, book.state)
                due = event.until if isinstance(event, Wait) else None
        transaction.release(book, due)
        return None

    def _package(self, transaction: Transaction, book: Book, now: datetime, known: Frozen | None) -> Frozen:
        """What is filed; nothing where the next call is to close or to finish a report, so that it does not matter.

        Documents can be purged, or sealed with a key that is lost, while a report is open.

        Raises:
            LedgerError: it is needed, and is not there.
        """
        if known is not None and known is not _NOTHING:
            return known
        step = next_step(book.state, now, self._pace)
        if isinstance(step, Make) and step.call in (CallName.FINISH, CallName.RETRACT):
            return _NOTHING
        return transaction.package(book.id)

    def _make(self, turn: Turn, *, more: bool) -> Turn | None:
        """Send a call and record what became of it; commit to the next one with that, if it is to be sent at once."""
        with self._heart.holding(turn.filing_id, turn.started.fence):
            sent = send(self._client, turn.started, turn.package, turn.state, self._clock, self._watch(turn))
            following = self._record_surely(turn, sent, more=more)
        if self.watch is not None:
            try:
                self.watch.ended(turn.filing_id, sent.ended)
            except Exception:  # noqa: BLE001  # whoever looks on must not keep the next call from being made
                _log.warning("a watcher of filings failed")
        return following

    def _record_surely(self, turn: Turn, sent: Sent, *, more: bool) -> Turn | None:
        """Record an answer, however long the ledger cannot be written: nobody else has it, and it may be the receipt.

        Raises:
            LedgerError: it could not be written for `MOST_PATIENCE`; the words tell what is known.
        """
        until, pause = time.monotonic() + MOST_PATIENCE, 0.05
        while True:
            try:
                return self._record(turn, sent, more=more)
            except LedgerError as problem:
                if time.monotonic() > until:
                    told = f"/{sent.ended.call} of report {sent.ended.report_id}: {sent.ended.outcome}"
                    raise LedgerError(f"an answer could not be recorded ({told}): {problem}") from None
                if self._is_recorded(turn, sent):
                    return None
                _log.warning("an answer cannot be recorded yet, and is tried again: %s", problem)
            # Not cut short by a stop: the process may leave only when the answer is in the ledger.
            time.sleep(pause)
            pause = min(2 * pause, MOST_SLEEP)

    def _is_recorded(self, turn: Turn, sent: Sent) -> bool:
        """Whether the ledger has an answer although writing it seemed to fail, as when a disk fails after a commit."""
        try:
            kept = self._ledger.exchanges(turn.filing_id)
        except LedgerError:
            return False
        return sent.exchange is not None and any(one.call_id == sent.exchange.call_id for one in kept)

    def _record(self, turn: Turn, sent: Sent, *, more: bool) -> Turn | None:
        with self._ledger.transaction() as transaction:
            sent = _of_its_own(transaction, turn.filing_id, sent)
            book = transaction.book(turn.filing_id, turn.started.fence)
            steps.record(book, sent.ended, sent.exchange, self._pace, self._random, sent.asked)
            if sent.ended.outcome is Outcome.CREDENTIALS:
                transaction.block(sent.ended.words, self._clock())
            try:
                book.check_lease()
            except LeaseLostError:
                return None  # the lease is another's by now; what we know is kept, and that is all we may do
            if more and not self.stopping.is_set():
                return self._start(transaction, book, turn.package)
            transaction.release(book)
        return None

    def _watch(self, turn: Turn) -> Callable[[int], object] | None:
        watch, file = self.watch, turn.started.file
        if watch is None or file is None:
            return None
        return lambda gone: watch.progress(turn.filing_id, file, gone)

    def _free_the_dead(self, transaction: Transaction) -> None:
        """Leases of processes of this machine that have gone need not run out. Looked for once in a while."""
        now = self._clock()
        if self._looked_for_dead is not None and now - self._looked_for_dead < _LOOK_FOR_DEAD:
            return
        self._looked_for_dead = now
        for owner in transaction.owners(now):
            if has_gone(owner):
                transaction.free(owner)

    def _wait_for(self, due: datetime | None, until: datetime) -> bool:
        """Wait for a moment, if it comes in time and nobody wants to stop; whether it has come."""
        if due is None or due > until:
            return False
        while not self.stopping.is_set():
            left = (due - self._clock()).total_seconds()
            if left <= 0:
                return True
            self.stopping.wait(min(left, MOST_SLEEP))
        return False


def _of_its_own(transaction: Transaction, filing_id: str, sent: Sent) -> Sent:
    """An answer to /submit, but for one that names the report of another filing.

    That one says nothing of this filing: a cache on the way may have answered with what it had. Files of one case must
    never be added to the report of another.
    """
    ended = sent.ended
    if ended.call is not CallName.SUBMIT or ended.outcome is not Outcome.OK or ended.report_id is None:
        return sent
    owner = transaction.owner_of_report(ended.report_id, filing_id)
    if owner is None:
        return sent
    words = f"submit: the answer names report {ended.report_id}, which belongs to filing {owner}"
    exchange = None if sent.exchange is None else replace(sent.exchange, report_id=None)
    return replace(
        sent, exchange=exchange, ended=replace(ended, outcome=Outcome.OTHER_REPORT, report_id=None, words=words)
    )


def _new_id() -> str:
    return uuid4().hex


def here() -> str:
    """A name for who holds leases: this machine, this process, and a number of its own."""
    return f"{_machine()}/{os.getpid()}/{uuid4().hex[:8]}"


def _machine() -> str:
    """This machine, and among its processes those that can see each other."""
    try:
        return f"{socket.gethostname()}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # there are no such spaces on macOS
        return socket.gethostname()


def has_gone(owner: str) -> bool:
    """Whether a holder of leases is a process of this machine that does not exist any more."""
    machine, _, rest = owner.rpartition("/")[0].rpartition("/")
    if machine != _machine() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
