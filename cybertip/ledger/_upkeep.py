"""What is done to a ledger beside filing: checking it, writing histories out of it, sealing it anew, purging it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row

from cybertip.errors import ConfigurationError
from cybertip.filing.preservation import Retention
from cybertip.filing.states import ENDS
from cybertip.ledger import _engine, _purging, _queries, _rekeying
from cybertip.ledger._errors import LedgerError, PreservedError
from cybertip.ledger._export import export
from cybertip.ledger._opening import in_words
from cybertip.ledger._transaction import Transaction
from cybertip.ledger._values import Checkpoint, Core, Extent, Filing, Problem, Purgeable, Rekeyed
from cybertip.ledger._vault import NO_KEY, is_sealed
from cybertip.ledger._verify import verify


class Upkeep(ABC):
    """What a ledger offers beside filing."""

    _core: Core
    _engine: Engine
    _facts: Row[Any]

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Transaction]:
        """A writing transaction."""

    @abstractmethod
    def filings(self, now: datetime) -> Iterator[Filing]:
        """All filings."""

    @abstractmethod
    def _written(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _read(self) -> AbstractContextManager[Connection]: ...

    # --- is it as it was written -----------------------------------------------------------------------------

    def checkpoint(self) -> Checkpoint | None:
        """Write down the heads of all chains that moved since the checkpoint before; None where none did."""
        with self._written() as connection:
            return _queries.write_checkpoint(connection, self._core)

    def verify(self) -> list[Problem]:
        """What in the ledger is not as it was written; empty where all is.

        Each filing's chain is walked up to its first broken link. It sees one moment, and workers may go on meanwhile.
        In an encrypted ledger without its key, what is sealed is passed over: `sealed` counts it.
        """
        with self._read() as connection:
            return list(verify(connection, self._core, self._core.clock()))

    def extent(self) -> Extent:
        """How many filings and events there are: what `verify` goes through."""
        with self._read() as connection:
            return _queries.extent(connection)

    def export(self, filing_id: str, folder: str | os.PathLike[str]) -> None:
        """Write a filing's whole history into a new folder, for people who have no ledger: see its README.txt.

        It holds the documents and raw answers, so only the owner can read it.

        Raises:
            LedgerError: there is no such filing, or it is sealed and its key was not given.
            ConfigurationError: the folder is there already, or cannot be made.
        """
        with self._read() as connection:
            export(connection, self._core.vault, self._facts, filing_id, Path(folder))

    # --- encryption ------------------------------------------------------------------------------------------

    @property
    def encrypted(self) -> bool:
        """Whether the ledger was ever opened with a key, so that what came in since is sealed."""
        return self._core.vault.has_key or is_sealed(self._facts.key)

    @property
    def locked(self) -> bool:
        """Whether the ledger is encrypted, and was opened without its key."""
        return self.encrypted and not self._core.vault.has_key

    def sealed(self) -> int:
        """How many values are sealed, with whatever key."""
        with self._read() as connection:
            return _rekeying.count_sealed(connection)

    def rekey(self) -> Rekeyed:
        """Seal everything with the first of the keys that the ledger was opened with, so that older keys can go.

        It works in small transactions beside workers, and goes on where it was if it is interrupted. All programs that
        write to the ledger must have the new key first before.

        Raises:
            ConfigurationError: the ledger was opened without a key.
        """
        if not self._core.vault.has_key:
            raise ConfigurationError(f"there is no key to seal with: {NO_KEY}")
        done = _rekeying.rekey(self._written, self._core.vault)
        with in_words():
            _engine.empty_log(self._engine)
        return done

    # --- purging ---------------------------------------------------------------------------------------------

    def purgeable(self, now: datetime, retention: Retention) -> Iterator[Purgeable]:
        """The filings that have ended and hold something that could go; whether it may, and else to when it is kept.

        Args:
            now: the moment.
            retention: how long the provider keeps what has ended.
        """
        for filing in self.filings(now):
            if filing.state.phase not in ENDS:
                continue
            # Nobody waits for a reader while the caller looks at what was found.
            with self._read() as connection:
                found = (
                    None if _purging.is_purged(connection, filing.id) else _looked(connection, filing, now, retention)
                )
            if found is not None:
                yield found

    def purge(self, filing_id: str, *, by: str, reason: str, retention: Retention) -> int:
        """Take the records, documents, findings and answers of a filing that has ended out of the ledger, for good.

        Its events, receipt, digests and sizes stay, and its chain verifies as before. In an SQLite ledger what was
        taken out is overwritten in the file and its log; copies and backups are not touched.

        Args:
            filing_id: the filing.
            by: who asks for it.
            reason: why.
            retention: how long the provider keeps what has ended.

        Returns:
            How many rows lost something; 0 where all was gone already.

        Raises:
            PreservedError: it has not ended, or has to be preserved for longer.
            LedgerError: there is no such filing, or something about it is not as it was written.
        """
        with self.transaction() as transaction:
            gone = transaction.purge(filing_id, by, reason, retention)
        with in_words():
            _engine.empty_log(self._engine)
        return gone


def _looked(connection: Connection, filing: Filing, now: datetime, retention: Retention) -> Purgeable:
    try:
        _purging.check_purgeable(connection, filing.id, filing.state, now, retention)
    except PreservedError as problem:
        return Purgeable(filing, str(problem), problem.until)
    except LedgerError as problem:
        return Purgeable(filing, str(problem))
    return Purgeable(filing)
