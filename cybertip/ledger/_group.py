"""Writers of one process share a commit, and so a sync of the disk: what costs most of the time of a commit.

SQLite has one writer at a time. While one thread writes, others wait; when it is done and somebody waits, it leaves the
transaction open for the next one, and waits with it. The last of them commits for all. Nobody goes on before that, so a
transaction that has ended was synced, as ever; a thread that is alone commits at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from cybertip.ledger import _engine
from cybertip.ledger._errors import LedgerError

MOST_TOGETHER = 32
"""How many transactions share a commit at most: the first of them waits for all."""
_PATIENCE = 0.5


class _Group:
    """A transaction of the database that several of ours share."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.members = 0
        self.ended = threading.Event()
        self.problem: BaseException | None = None


class Writers:
    """The writing transactions of one process on one SQLite ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction; it is durable when the block has ended without an error.

        Raises:
            LedgerError: another thread has been writing for too long.
        """
        self._take_turn()
        try:
            group = self._group or self._open()
            # Whoever is the first takes nobody else's work back with its own.
            own = group.connection.begin_nested() if group.members else None
            try:
                yield group.connection
            except BaseException:
                if own is not None:
                    own.rollback()
                else:
                    self._end(group)
                raise
            else:
                if own is not None:
                    own.commit()
                group.members += 1
            finally:
                if self._group is group and (not self._waiting or group.members >= MOST_TOGETHER):
                    self._end(group)
        finally:
            self._turn.release()
        self._wait_for(group)

    def _take_turn(self) -> None:
        self._count(1)
        try:
            if not self._turn.acquire(timeout=_engine.BUSY_SECONDS):
                raise LedgerError(f"another thread has been writing to the ledger for {_engine.BUSY_SECONDS} seconds")
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more

    def _open(self) -> _Group:
        connection = _engine.to_write(self._engine.connect())
        try:
            connection.begin()
        except BaseException:
            connection.close()
            raise
        self._group = _Group(connection)
        return self._group

    def _end(self, group: _Group) -> None:
        """Commit for everybody in it; whoever holds the turn."""
        self._group = None
        transaction = group.connection.get_transaction()
        end: Callable[[], None] | None = None
        if transaction is not None:
            end = transaction.commit if group.members else transaction.rollback
        try:
            if end is not None:
                end()
        except BaseException as problem:
            group.problem = problem
            group.connection.invalidate()  # closed for good, whatever it has open is taken back
            raise
        finally:
            group.connection.close()
            group.ended.set()

    def _wait_for(self, group: _Group) -> None:
        # Whoever was waiting may have given up just then, and nobody be left to commit.
        while not group.ended.wait(_PATIENCE):
            with self._turn:
                if self._group is group and not self._waiting:
                    self._end(group)
        if group.problem is not None:
            raise LedgerError("the ledger could not be written: the commit that was shared has failed")
