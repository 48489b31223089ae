"""Bring a ledger's tables to what this program needs; forward only.

Alembic is loaded only where something has to be done: reading which revision a ledger has needs one row.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from cybertip._version import __version__
from cybertip.errors import ConfigurationError
from cybertip.ledger import _tables as t
from cybertip.ledger._engine import back_up, lock_schema, to_write
from cybertip.ledger._errors import LedgerError

REVISIONS: tuple[str, ...] = ("0001", "0002")
"""The revisions that this program knows, oldest first. A test compares them with the migrations.

An event or a state of a new form needs a revision, too, even if no table changes: it is what older programs stop at.
"""
FOLDER = Path(__file__).with_name("migrations")


def revision_of(connection: Connection) -> str | None:
    """The revision of a ledger; None for an empty database.

    Raises:
        LedgerError: there are tables, but not a ledger's.
    """
    names = inspect(connection).get_table_names()
    if t.version.name in names and t.ledger.name in names:
        return connection.execute(select(t.version.c.version_num)).scalar_one_or_none()
    if names:
        raise LedgerError("the database holds something else than a ledger; name another place for the ledger")
    return None


def migrate(engine: Engine, path: Path | None, *, makes: bool) -> None:
    """Bring the tables to the newest revision, in one transaction.

    Args:
        engine: the database.
        path: its file, where it is SQLite: a copy is put beside it first if it holds anything.
        makes: whether an empty database is made a ledger.

    Raises:
        ConfigurationError: it is empty, and is only to be looked at.
        LedgerError: the ledger is newer than this program, or is none.
    """
    with engine.connect() as connection, connection.begin():
        found = revision_of(connection)
        if _is_current(found):
            return
    if found is None and not makes:
        raise ConfigurationError("the database is empty; there is no ledger to look at yet")
    with to_write(engine.connect()) as connection, connection.begin():
        lock_schema(connection)
        found = revision_of(connection)
        if _is_current(found):
            return  # another process was quicker
        if found is not None and path is not None:
            _keep_copy(path, found)
        _upgrade(connection)


def _is_current(found: str | None) -> bool:
    if found is not None and found not in REVISIONS:
        raise LedgerError(
            f"the ledger has revision {found} and was made by a newer program than this one, cybertip {__version__},"
            f" which knows revisions up to {REVISIONS[-1]}; update this program, and nothing was changed"
        )
    return found == REVISIONS[-1]


def _keep_copy(path: Path, revision: str) -> None:
    number = 1
    while True:
        # An earlier try may have ended after its copy was made; that copy is not touched.
        copy = Path(f"{path}.backup-{revision}" + (f"-{number}" if number > 1 else ""))
        try:
            return back_up(path, copy)
        except FileExistsError:
            number += 1


def _upgrade(connection: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(FOLDER))
    environment = EnvironmentContext(
        Config(), script, fn=lambda revision, _context: script._upgrade_revs("head", revision)
    )
    with environment:
        # The caller's transaction is around all of it, so that a migration is there completely or not at all.
        environment.configure(connection=connection, transactional_ddl=True, target_metadata=t.metadata)
        environment.run_migrations()
