"""Opening a ledger: what it is made with, whose it is, and what is refused."""

from __future__ import annotations

import multiprocessing
import os
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from cybertip.environments import Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.ledger import Ledger, LedgerError, _engine
from tests.unit.ledger.ledgers import ACCOUNT, T0, Clock, add, claimed, open_ledger


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_the_ledger(path: Path, umask: int) -> None:
    """The file, its log and its shared memory have mode 0600, whatever the umask."""
    before = os.umask(umask)
    try:
        with open_ledger(path) as ledger:
            add(ledger)
            modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys((path.name, f"{path.name}-wal", f"{path.name}-shm"), 0o600)


def test_a_ledger_that_others_could_read_is_closed_to_them(path: Path) -> None:
    """A file that was restored with a wider mode is narrowed before anything is written."""
    open_ledger(path).close()
    path.chmod(0o644)
    open_ledger(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_connection_is_durable(path: Path) -> None:
    """Each new connection has the log, full syncing and foreign keys; many threads have many connections."""
    with open_ledger(path) as ledger:
        seen: list[tuple[object, ...]] = []

        def look(connection: sqlite3.Connection, *_: object) -> None:
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            seen.append(tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names))

        event.listen(ledger._engine, "connect", look)
        ledger._engine.dispose()
        barrier = threading.Barrier(4)

        def use() -> None:
            with ledger._read():
                barrier.wait(30)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert seen == [("wal", 2, 1, 30_000)] * 4


@pytest.mark.parametrize(
    ("setting", "words"),
    [("journal_mode=DELETE", "journal mode delete"), ("synchronous=NORMAL", "FULL"), ("foreign_keys=OFF", "foreign")],
)
def test_a_setting_that_does_not_hold_is_refused(tmp_path: Path, setting: str, words: str) -> None:
    """If a database does not keep what durability rests on, the words say which and what to do."""
    with closing(sqlite3.connect(tmp_path / "other", isolation_level=None)) as connection:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", setting):
            cursor.execute(f"PRAGMA {pragma}").fetchall()
        with pytest.raises(LedgerError, match=words):
            _engine.check_durability(cursor)


def test_writing_transactions_begin_immediately(path: Path) -> None:
    """A writer takes its lock at once, a reader takes none."""
    with open_ledger(path) as ledger:
        begun: list[str] = []
        event.listen(ledger._engine, "before_cursor_execute", lambda _c, _k, text, *_: begun.append(text))
        with ledger.transaction():
            pass
        ledger.blocked()
    assert [text for text in begun if text.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]


def test_the_ledger_keeps_its_id(path: Path) -> None:
    """A ledger that is opened again is the same one."""
    with open_ledger(path) as ledger:
        told = (ledger.id, ledger.generation, ledger.environment)
    with open_ledger(path) as again:
        assert (again.id, again.generation, again.environment) == told == (ledger.id, 1, Environment.MOCK)


@pytest.mark.parametrize(
    ("other", "words"),
    [({"environment": "production"}, "environment mock.*set to production"), ({"account": "else"}, "another account")],
)
def test_another_environment_or_account_is_refused(path: Path, other: dict[str, Any], words: str) -> None:
    """P505: a ledger belongs to one environment and one account, and the words say what to do."""
    open_ledger(path).close()
    with pytest.raises(EnvironmentRefusedError, match=f"P505.*{words}.*name"):
        open_ledger(path, **other)


def test_a_client_of_another_environment_is_refused(path: Path) -> None:
    """P505 also for what is brought together later."""
    with open_ledger(path) as ledger:
        ledger.check_belongs(Environment.MOCK, ACCOUNT)
        for environment, account in ((Environment.TEST, ACCOUNT), (Environment.MOCK, "else")):
            with pytest.raises(EnvironmentRefusedError, match="P505"):
                ledger.check_belongs(environment, account)


def test_neither_account_nor_accounts_of_users_are_in_the_file(path: Path) -> None:
    """The user name and the identifiers of reported accounts are found again by digests alone."""
    with open_ledger(path) as ledger:
        add(ledger, accounts=("user-4711",), escalation="a child is in danger now")
        assert ledger.reports_on("user-4711") == ()
        assert ledger.filings_escalated_with("a child is in danger now") == 1
    content = b"".join(one.read_bytes() for one in path.parent.iterdir())
    for text in (ACCOUNT, "user-4711", "in danger now"):
        assert text.encode() not in content


def test_looking_makes_no_ledger(path: Path) -> None:
    """Without environment and account only a ledger that is there can be opened."""
    with pytest.raises(ConfigurationError, match="there is no ledger"):
        Ledger.open(path)
    assert not path.exists()
    path.touch()
    with pytest.raises(ConfigurationError, match="empty"):
        Ledger.open(path)
    assert path.stat().st_size == 0 or b"CREATE TABLE" not in path.read_bytes()
    open_ledger(path).close()
    with Ledger.open(path) as looking:
        assert looking.verify() == []


def test_an_environment_that_does_not_exist_is_refused(path: Path) -> None:
    """Only mock, test and production are known, and nothing is made for another."""
    with pytest.raises(ConfigurationError, match="mock, test or production"):
        open_ledger(path, environment="staging")
    assert not path.exists()


def test_a_ledger_needs_a_folder(tmp_path: Path) -> None:
    """Where the file cannot be made, the words say why."""
    with pytest.raises(ConfigurationError, match="cannot be made: No such file"):
        open_ledger(tmp_path / "missing" / "ledger.sqlite3")


def test_another_database_is_refused(path: Path) -> None:
    """A database that holds something else is not touched."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.commit()
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program's database"):
        open_ledger(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o644)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """What is no database is named so, without a library's traceback."""
    path.write_bytes(b"no database " * 100)
    with pytest.raises(ConfigurationError, match="not an SQLite database"):
        open_ledger(path)
    assert path.read_bytes() == b"no database " * 100


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    """It is named so, and can still be entered."""
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigurationError, match="is not a file"):
        open_ledger(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    with pytest.raises(ConfigurationError, match="no name can have"):
        open_ledger(tmp_path / "a\0b")


@pytest.mark.parametrize("where", ["sqlite://", "sqlite:///:memory:", "mysql://u:pass@host/x", "a b://x"])
def test_addresses_that_are_no_ledgers(where: str) -> None:
    """Memory, other databases and nonsense are refused, and a password is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        open_ledger(where)  # type: ignore[arg-type]
    assert "pass" not in str(caught.value)


def test_postgresql_is_only_another_url() -> None:
    """The driver is chosen here, whatever way the URL names the database."""
    url = _engine.url_of("postgresql://user@db.example/ledger")
    assert url == make_url("postgresql+psycopg://user@db.example/ledger")
    assert _engine.file_of(url) is None


def test_an_sqlite_url_is_a_path(path: Path) -> None:
    """A URL of SQLite names the same ledger as its path."""
    with open_ledger(path) as ledger, open_ledger(f"sqlite:///{path}") as again:  # type: ignore[arg-type]
        assert ledger.id == again.id


def opened_in_a_fork(ledger: Ledger, answers: multiprocessing.Queue[str]) -> None:
    """Use a ledger that the parent has opened."""
    try:
        ledger.blocked()
    except LedgerError as problem:
        answers.put(str(problem))
    else:
        answers.put("it was used")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_ledger_is_refused_after_a_fork(path: Path) -> None:
    """A forked process must not use its parent's connections, and is told to open the ledger itself."""
    context = multiprocessing.get_context("fork")
    with open_ledger(path) as ledger:
        answers = context.Queue()
        child = context.Process(target=opened_in_a_fork, args=(ledger, answers))
        child.start()
        assert "open it again" in answers.get(timeout=60)
        child.join(60)
        add(ledger)


def test_many_open_a_new_ledger_at_once(path: Path) -> None:
    """Threads that begin the same ledger at the same moment all get the same one."""
    barrier = threading.Barrier(6)
    found: list[str] = []

    def begin() -> None:
        barrier.wait(30)
        with open_ledger(path) as ledger:
            found.append(ledger.id)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_many_threads_write_at_once(path: Path) -> None:
    """Threads wait for each other; everything is there afterwards, and the chain holds."""
    with open_ledger(path) as ledger:

        def work(name: str) -> None:
            for number in range(10):
                add(ledger, f"{name}-{number}")
                claimed(ledger, worker=name)

        threads = [threading.Thread(target=work, args=(f"thread-{number}",)) for number in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sum(ledger.counts(T0).values()) == 60
        assert ledger.verify() == []


def test_a_thread_has_one_transaction(path: Path) -> None:
    """A second one inside the first is refused instead of waiting for itself."""
    with open_ledger(path) as ledger:
        with ledger.transaction(), pytest.raises(LedgerError, match="open already"), ledger.transaction():
            pass
        with ledger.transaction() as transaction:
            pass
        with pytest.raises(LedgerError, match="has ended"):
            transaction.find("case-1")


def test_an_error_undoes_the_transaction(path: Path) -> None:
    """What was done before an error is not there, and the ledger goes on."""
    with open_ledger(path) as ledger:

        def fail() -> None:
            with ledger.transaction() as transaction:
                transaction.block("reason", T0)
                transaction.book("nothing")

        with pytest.raises(LedgerError):
            fail()
        assert ledger.blocked() == ""


def test_errors_quote_nothing(path: Path) -> None:
    """A database's error tells what went wrong and not what was to be written."""
    with open_ledger(path) as ledger:
        filing_id = add(ledger)
        ledger._engine.dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE escalations")
        with pytest.raises(LedgerError) as caught:
            add(ledger, "other", escalation="a child is in danger now")
        assert "danger" not in f"{caught.value!r} {caught.value.__cause__!r}"
        assert "case" not in repr(ledger.filing(filing_id, T0)).replace("case-1", "")


def test_nothing_is_loaded_before_it_is_needed(path: Path) -> None:
    """Alembic is loaded to make a ledger, and not to open one."""
    open_ledger(path, Clock()).close()
    program = (
        "import sys\nfrom cybertip.ledger import Ledger\n"
        f"Ledger.open({str(path)!r}).close()\nprint('alembic' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence with the cure, and no traceback."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=re.escape("pip install 'cybertip[postgres]'")):
        Ledger.open("postgresql://127.0.0.1/ledger", environment="mock", account="mock")
