"""The tables come from migrations; older ledgers are brought forward, with a copy kept, and newer ones are refused."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cybertip._version import __version__
from cybertip.filing.events import Enqueued
from cybertip.filing.machine import begin
from cybertip.filing.states import Phase, State
from cybertip.filing.status import attention
from cybertip.ledger import LedgerError, _migrate
from cybertip.ledger._engine import make_engine, url_of
from cybertip.ledger._rows import columns_of
from cybertip.ledger._tables import metadata
from tests.unit.ledger.ledgers import T0, add, open_ledger

LATER = '''
"""A migration of a later program."""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("ledger", sa.Column("later", sa.Text()))
    {more}
'''


def later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: str = "") -> None:
    """Let this program be a later one, with another migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(_migrate.FOLDER, folder)
    (folder / "versions/r0003_later.py").write_text(LATER.format(more=more))
    monkeypatch.setattr(_migrate, "FOLDER", folder)
    monkeypatch.setattr(_migrate, "REVISIONS", ("0001", "0002", "0003"))


def backups(path: Path) -> list[Path]:
    """The copies beside a ledger."""
    return sorted(path.parent.glob(f"{path.name}.backup*"))


def columns(path: Path) -> list[str]:
    """The columns of the ledger's own table."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(ledger)")]


def test_the_migrations_make_the_tables(path: Path) -> None:
    """What the migrations make is what the program works with: no column, index or constraint differs."""
    with open_ledger(path) as ledger, ledger._read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_migrations() -> None:
    """The revisions named in the code are those of the migrations, in one line without branches."""
    script = ScriptDirectory(str(_migrate.FOLDER))
    assert tuple(one.revision for one in reversed(list(script.walk_revisions()))) == _migrate.REVISIONS
    assert script.get_heads() == [_migrate.REVISIONS[-1]]


def test_an_older_ledger_is_brought_forward(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its content stays; a copy that only the owner can read is beside it, named by the old revision, and opens."""
    with open_ledger(path) as ledger:
        filing_id = add(ledger)
        with monkeypatch.context() as patched:
            later(patched, tmp_path)
            with open_ledger(path) as newer:  # while another still has it open
                assert newer.filing(filing_id, T0) is not None
                assert newer.verify() == []
    (copy,) = backups(path)
    assert copy.name == f"{path.name}.backup-0002"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert ("later" in columns(path), "later" in columns(copy)) == (True, False)
    with open_ledger(copy) as old:
        assert old.filing(filing_id, T0) is not None
        assert old.verify() == []


def test_a_new_or_current_ledger_has_no_copy(path: Path) -> None:
    """Nothing is copied where nothing is changed."""
    open_ledger(path).close()
    open_ledger(path).close()
    assert backups(path) == []


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is there completely or not at all; each try keeps a copy of its own."""
    with open_ledger(path) as ledger:
        add(ledger)
    with monkeypatch.context() as patched:
        later(patched, tmp_path, "raise RuntimeError('made to fail')")
        for _ in range(2):
            with pytest.raises(RuntimeError, match="made to fail"):
                open_ledger(path)
    assert "later" not in columns(path)
    assert [one.name for one in backups(path)] == [f"{path.name}.backup-0002", f"{path.name}.backup-0002-2"]
    with open_ledger(path) as ledger:
        assert ledger.verify() == []


def test_a_newer_ledger_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In plain words that name both, and nothing is touched."""
    with monkeypatch.context() as patched:
        later(patched, tmp_path)
        open_ledger(path).close()
    before = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        open_ledger(path)
    for words in ("revision 0003", f"cybertip {__version__}", "up to 0002", "update this program"):
        assert words in str(caught.value)
    assert path.read_bytes() == before


def test_what_waits_for_a_person_is_known_after_an_update(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Filings of an older ledger that ask for somebody are told of, and no other."""
    states = {
        "waits": begin(Enqueued(0, (), T0)),
        "goes-on": begin(Enqueued(1, (), T0)),
        "misses-a-file": replace(begin(Enqueued(1, (), T0)), evidence=True),
        "filed": State(Phase.FILED, T0, report_id=7),
        "filed-with-an-alarm": State(Phase.FILED, T0, report_id=8, alarms=("something",)),
    }
    engine = make_engine(url_of(path))
    with monkeypatch.context() as patched:
        folder = tmp_path / "migrations"
        shutil.copytree(_migrate.FOLDER, folder)
        (folder / "versions/r0002_operators.py").unlink()
        patched.setattr(_migrate, "FOLDER", folder)
        patched.setattr(_migrate, "REVISIONS", ("0001",))
        _migrate.migrate(engine, path, makes=True)
    with closing(sqlite3.connect(path)) as connection:
        for name, state in states.items():
            row = {"id": name, "created": 5, "events": 1, "head": b"", "checked": 0} | columns_of(state)
            names, marks = ", ".join(f'"{one}"' for one in row), ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO filings ({names}) VALUES ({marks})", tuple(row.values()))
        connection.commit()
    _migrate.migrate(engine, path, makes=True)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        found = dict(connection.execute("SELECT id, waits FROM filings").fetchall())
    asked = {name for name, state in states.items() if attention(state) is not None}
    assert asked == {"waits", "misses-a-file", "filed-with-an-alarm"}
    assert found == {name: 5 if name in asked else None for name in states}
