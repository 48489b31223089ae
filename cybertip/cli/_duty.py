"""A worker that goes on until it is stopped: files what is due, waits, tells people, and follows its credentials."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TypeVar

from cybertip.cli._work_events import Events
from cybertip.client import RetryPolicy
from cybertip.config import Connection, Settings
from cybertip.errors import CybertipError
from cybertip.ledger import Ledger
from cybertip.notices import Notifier
from cybertip.worker import Filer

T = TypeVar("T")

_log = logging.getLogger("cybertip.work")

_MOST_FAILURES = 10
"""After so many unforeseen errors in a row, without any filing that was worked on in between, the program leaves."""
_FIRST_TRY, _LONGEST_TRY = 30.0, 600.0
"""Seconds after which refused credentials are tried again."""
_SHORTEST, _LONGEST_TROUBLE = 0.2, 30.0
_TICK = 1.0
_CHECKPOINT = 300.0


class Duty:
    """Threads that work, one that tells people, and the caller's own, which looks after the credentials.

    Attributes:
        defect: the unforeseen error for which the work was given up; None where there was none.
    """

    def __init__(
        self,
        settings: Settings,
        access: Connection,
        ledger: Ledger,
        filer: Filer,
        notifier: Notifier | None,
        events: Events,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._ledger, self._filer = settings, ledger, filer
        self._notifier, self._events, self._clock = notifier, events, clock
        self._work = settings.work
        self._poll = self._work.poll.total_seconds()
        self._access = access
        self._clients = ExitStack()
        self._asked = threading.Event()  # to read the credentials again
        self._lock = threading.Lock()
        self._failures = 0
        self._troubled = False
        self._block: _Block | None = None
        self._unread = ""  # why they could not be read the last time
        self.defect: Exception | None = None

    def run(self, ready: Callable[[], object]) -> None:
        """Work until the filer is stopped. It ends after the calls in flight, with what they came to in the ledger.

        Args:
            ready: told once signals are heeded and the work begins.
        """
        jobs = [self._serve] * self._work.threads + ([self._tell] if self._notifier is not None else [])
        threads = [
            threading.Thread(target=job, name=f"cybertip-work-{number}", daemon=True)
            for number, job in enumerate(jobs, 1)
        ]
        with self._clients, self._reloading():
            ready()
            if self._surely(self._ledger.blocked):
                # Whoever started it may have mended them.
                self._block = _Block(self._clock(), 0.0)
                self._surely(self._tend)
            for thread in threads:
                thread.start()
            looked = checked = self._clock()
            while not self._filer.stopping.wait(min(_TICK, self._poll)):
                now = self._clock()
                if self._asked.is_set() or now - looked >= self._poll:
                    looked = now
                    self._surely(self._tend)
                if now - checked >= _CHECKPOINT:
                    checked = now
                    self._surely(self._ledger.checkpoint)
            for thread in threads:
                thread.join()
            self._surely(self._ledger.checkpoint)

    # --- filing ----------------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._filer.stopping.is_set():
            done = self._surely(self._filer.drain)
            if done:
                with self._lock:
                    self._failures = 0
            elif done is not None:
                self._filer.stopping.wait(self._pause(self._surely(self._next_due)))

    def _next_due(self) -> datetime | None:
        return self._ledger.next_due(self._work.most_open)

    def _pause(self, due: datetime | None) -> float:
        """Until something is due; at most as long as nobody looks for what other processes put in."""
        if due is None:
            return self._poll
        return max(_SHORTEST, min(self._poll, (due - datetime.now(UTC)).total_seconds()))

    # --- telling ---------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        notifier = self._notifier
        assert notifier is not None
        while not self._filer.stopping.is_set():
            self._surely(notifier.look)
            # A few at a time, so that a stop is noticed between slow ones.
            while self._surely(lambda: notifier.deliver(1)) and not self._filer.stopping.is_set():
                pass
            self._filer.stopping.wait(self._pause(self._surely(notifier.next_due)))

    # --- credentials -----------------------------------------------------------------------------------------------

    @contextmanager
    def _reloading(self) -> Iterator[None]:
        """Read the credentials again on SIGHUP."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            self._asked.set()

        before = signal.signal(signal.SIGHUP, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, before)

    def _tend(self) -> None:
        """Look whether the credentials are refused, read them again if so, and try them at a growing pace."""
        asked = self._asked.is_set()
        self._asked.clear()
        blocked = bool(self._ledger.blocked())
        if not blocked and self._block is not None and self._block.on:
            self._block.on = False  # another process found them mended
            self._events.unblocked()
        if not blocked and not asked:
            return
        changed = self._read_again(asked=asked)
        if not blocked:
            return
        now = self._clock()
        if self._block is None or not self._block.on:
            wait = self._block.wait if self._block is not None and self._block.is_recent(now) else _FIRST_TRY
            self._block = _Block(now + wait, wait)
            self._events.blocked(wait)
        if not changed and not asked and now < self._block.next_try:
            return
        if self._filer.unblock():
            self._block.on, self._block.next_try = False, now
            self._events.unblocked()
            return
        wait = min(_LONGEST_TRY, max(_FIRST_TRY, 2 * self._block.wait))
        self._block.wait, self._block.next_try = wait, now + wait
        self._events.blocked(wait)

    def _read_again(self, *, asked: bool) -> bool:
        """Read user name and password anew, and use them if they have changed; whether they have."""
        try:
            access = self._settings.connection()
            if access.password == self._access.password and access.username == self._access.username:
                self._unread = ""
                return False
            client = access.client(retry=RetryPolicy(attempts=1))
            try:
                self._filer.use(client)
            except CybertipError:
                client.close()
                raise
        except CybertipError as problem:
            if asked or str(problem) != self._unread:
                self._events.words(f"The credentials were not taken over: {problem}")
            self._unread = str(problem)
            return False
        self._unread = ""
        # A call may still be under way with the one before, so all of them are closed at the end.
        self._clients.enter_context(client)
        self._access = access
        self._events.reloaded()
        return True

    # --- trouble ---------------------------------------------------------------------------------------------------

    def _surely(self, job: Callable[[], T]) -> T | None:
        """Do it; what goes wrong is said and waited out, and ends the work only if it keeps on."""
        try:
            result = job()
        except CybertipError as problem:
            # The disk is full, another program holds the ledger, or it was encrypted meanwhile with another key.
            self._trouble(problem)
            return None
        except Exception as problem:  # noqa: BLE001  # one filing must not keep the others from being filed
            self._unforeseen(problem)
            return None
        if self._troubled:
            with self._lock:
                self._troubled = False
            self._events.words("The ledger can be read and written again.")
        return result

    def _trouble(self, problem: CybertipError) -> None:
        with self._lock:
            first, self._troubled = not self._troubled, True
        if first:
            self._events.trouble(str(problem))
        self._filer.stopping.wait(min(_LONGEST_TROUBLE, max(_SHORTEST, self._poll)))

    def _unforeseen(self, problem: Exception) -> None:
        # Its own words could quote anything.
        _log.error("an unforeseen error: %s", type(problem).__name__)
        with self._lock:
            self._failures += 1
            failures = self._failures
        self._events.defect(type(problem).__name__)
        if failures >= _MOST_FAILURES:
            self.defect = problem
            self._filer.stop()
        self._filer.stopping.wait(min(_LONGEST_TROUBLE, max(_SHORTEST, self._poll)))


class _Block:
    """What is known of credentials that are refused.

    Attributes:
        next_try: when to try them next.
        wait: how long was waited last, in seconds.
        on: whether they are refused still.
    """

    def __init__(self, next_try: float, wait: float) -> None:
        self.next_try, self.wait, self.on = next_try, wait, True

    def is_recent(self, now: float) -> bool:
        """Whether they were refused so lately that the pace goes on."""
        return self.wait > 0 and now - self.next_try < _LONGEST_TRY
