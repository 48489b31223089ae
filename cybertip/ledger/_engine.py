"""Everything that one database does differently from another. No other module speaks a dialect, but for migrations.

SQLite is used with a write-ahead log, ``synchronous=FULL`` and immediate transactions: a transaction that has ended was
synced to the disk, and two writers wait for each other instead of failing half-way.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from cybertip.errors import ConfigurationError
from cybertip.ledger._errors import LedgerError

BUSY_SECONDS = 30
"""How long a writer waits for another."""
_LOG_SECONDS = 1
"""How long emptying the log waits for those who read it."""
_WRITES = "cybertip_writes"
_MODE = 0o600


def url_of(where: str | os.PathLike[str]) -> URL:
    """The database's address.

    Args:
        where: a path of an SQLite file, or a URL such as ``postgresql://host/name``.

    Raises:
        ConfigurationError: it is neither. The address is not quoted, because it can hold a password.
    """
    if not isinstance(where, str) or "://" not in where:
        return URL.create("sqlite", database=str(Path(where).absolute()))
    try:
        url = make_url(where)
    except ArgumentError:
        raise ConfigurationError("the ledger's address is neither a path nor a database URL") from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise ConfigurationError("the ledger is kept in SQLite or in PostgreSQL; its URL names another database")
    if url.database in (None, "", ":memory:"):
        raise ConfigurationError("the ledger is a file; one in memory would not outlive the program")
    return URL.create("sqlite", database=str(Path(str(url.database)).absolute()))


def file_of(url: URL) -> Path | None:
    """The file of an SQLite ledger; None for another database."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def prepare_file(path: Path) -> None:
    """See that the file is there, and that nobody else can read it or what stands beside it.

    SQLite gives the log and the shared memory the mode of the file, so nothing is open to others at any moment.

    Raises:
        ConfigurationError: the file cannot be made.
    """
    _check_kind(path)
    try:
        # It is never opened here when it is there: closing it would drop the locks that this process holds on it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _MODE))
        _sync_folder(path.parent)
    except FileExistsError:
        pass
    except OSError as problem:
        raise ConfigurationError(f"the ledger {path} cannot be made: {problem.strerror}") from None
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(FileNotFoundError):
            if name.stat().st_mode & 0o077:
                name.chmod(_MODE)


class _NoRows(logging.Filter):
    """Keeps what was read out of logs: SQLAlchemy writes each row there at the level DEBUG, keys and content alike."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


logging.getLogger("sqlalchemy.engine.Engine").addFilter(_NoRows())


def make_engine(url: URL) -> Engine:
    """The engine for many threads. Connections are checked as they are made.

    Raises:
        ConfigurationError: what speaks to PostgreSQL is not installed.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=-1,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "commit", _check_open)
        return engine
    try:
        return create_engine(url, pool_size=16, max_overflow=-1, hide_parameters=True, pool_pre_ping=True)
    except ImportError:
        raise ConfigurationError(
            "a ledger in PostgreSQL needs the package psycopg; install it: pip install 'cybertip[postgres]'"
        ) from None


def _check_kind(path: Path) -> None:
    """See that what is there is a ledger, or an empty file, before anything about it is changed.

    Raises:
        ConfigurationError: it is a folder, no database, or another program's.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as problem:
        words = getattr(problem, "strerror", None) or "the name holds a character that no name can have"
        raise ConfigurationError(f"the ledger {str(path)!r} cannot be opened: {words}") from None
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(f"{path} is not a file; name the ledger's file, or where to make one")
    if not found.st_size:
        return
    try:
        # By SQLite alone: closing the file here would drop the locks that this process may hold on it.
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as reader:
            names = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as problem:
        if "not a database" in str(problem):
            raise ConfigurationError(f"{path} is no ledger: it is not an SQLite database") from None
        return  # damaged perhaps; opening it says so
    if names and "ledger" not in names:
        raise ConfigurationError(f"{path} is no ledger: it is another program's database")


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver begins and ends no transactions by itself; `_begin` does.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        _set_journal(cursor)
        # What is purged or sealed anew is overwritten in the file, not only given free.
        for pragma in (
            "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON",
        ):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        check_durability(cursor)


def _set_journal(cursor: sqlite3.Cursor) -> None:
    # Switching a new file to the log needs it for oneself, and does not wait by itself while another opens it, too.
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL").fetchone()
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def check_durability(cursor: sqlite3.Cursor) -> None:
    """Read back what the promise of durability rests on.

    Raises:
        LedgerError: a setting does not hold, as on a file system that cannot share memory.
    """
    found = {
        name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    if found["journal_mode"] != "wal":
        raise LedgerError(
            "the ledger needs a write-ahead log, and this database stays with the journal mode"
            f" {found['journal_mode']}; put the ledger on a local disk"
        )
    if found["synchronous"] != 2 or found["foreign_keys"] != 1:
        raise LedgerError(
            "the ledger needs synchronous=FULL and foreign keys, and this SQLite does not keep them; use another build"
        )


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_open(connection: Connection) -> None:
    # A full disk makes SQLite take a whole transaction back by itself; what is left to commit then is nothing.
    if not getattr(connection.connection.dbapi_connection, "in_transaction", True):
        raise LedgerError("the ledger could not be written: the database took the transaction back")


def to_write(connection: Connection) -> Connection:
    """The connection for a writing transaction, which has not begun."""
    return connection.execution_options(**{_WRITES: True})


def to_read(connection: Connection) -> Connection:
    """The connection for a transaction that sees one moment, whoever writes meanwhile."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(**{_WRITES: False})
    return connection.execution_options(isolation_level="REPEATABLE READ")


def locks_rows(connection: Connection) -> bool:
    """Whether writers run side by side, so that rows have to be locked."""
    return connection.dialect.name != "sqlite"


def lock_schema(connection: Connection) -> None:
    """Let nobody else change the schema until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7091532)"))


def empty_log(engine: Engine) -> bool:
    """Take what was overwritten out of SQLite's log as well; whether that is done.

    It is not where another connection reads just now: then the log is emptied when the last program closes the ledger.
    PostgreSQL keeps old rows until VACUUM, and its log as long as it is set to.
    """
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as plain:
        driver = plain.connection.driver_connection
        assert driver is not None
        with closing(driver.cursor()) as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {_LOG_SECONDS * 1000}")
            busy: int = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    return busy == 0


def damage(connection: Connection) -> list[str]:
    """What the database itself says is damaged. PostgreSQL has its own tools for that."""
    if connection.dialect.name != "sqlite":
        return []
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    lost = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    words = [] if found == ["ok"] else ["the file is damaged: the database finds errors in its own structure"]
    return words + [f"rows of the table {table} belong to something that is not there" for table in sorted(lost)]


def words_for(problem: Exception) -> str:
    """What a database's error says, without values: only SQLite's own words are known to quote none."""
    return str(problem) if isinstance(problem, sqlite3.Error) else type(problem).__name__


def back_up(source: Path, copy: Path) -> None:
    """Copy a ledger that may be in use, and sync the copy. Nobody else can read it at any moment.

    Raises:
        FileExistsError: the copy is there already.
    """
    partly = Path(f"{copy}.part")
    partly.unlink(missing_ok=True)
    if copy.exists():
        raise FileExistsError(copy)
    os.close(os.open(partly, os.O_CREAT | os.O_EXCL | os.O_RDWR, _MODE))
    # The source is opened by SQLite alone, for the same reason as in `prepare_file`.
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(partly)) as there:
        here.backup(there)
    with partly.open("rb") as written:
        os.fsync(written.fileno())
    partly.rename(copy)
    _sync_folder(copy.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a file that was synced is lost if its name is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
