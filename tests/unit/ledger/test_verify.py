"""Whatever is changed in a ledger is found, and so is what is missing."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from cybertip.filing.events import Corrected
from cybertip.filing.outcomes import Outcome
from cybertip.ledger import Ledger, LedgerError, Problem, _tables
from cybertip.ledger._rows import exchange_row
from tests.unit.ledger.ledgers import (
    LEASE,
    T0,
    add,
    answer,
    claimed,
    file_it,
    new,
    one_call,
    open_ledger,
    package,
    started,
    tampered,
)

COVERED = {
    "ledger": {"id"},
    "filings": set(_tables.filings.c.keys()) - {"lease_owner", "lease_until", "due", "noticed", "waits"},
    **{
        name: set(_tables.metadata.tables[name].c.keys()) - {"folder"}
        for name in (
            "filing_records", "record_contents", "findings", "packages", "package_files", "events", "exchanges",
            "checkpoints",
        )
    },
}  # fmt: skip
"""What the chains cover. Not covered are the leases, notices, blind indexes, folders and whose ledger it is."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with a filing that was corrected and filed, one with an open report, and checkpoints."""
    path = tmp_path_factory.mktemp("verify") / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        filing_id = add(ledger)
        with ledger.transaction() as transaction:
            book = transaction.claim_this(filing_id, "somebody", T0, LEASE)
            assert book is not None
            better = replace(new(), records=(b"better",), package=package(b"<better/>"))
            revision = transaction.correct(filing_id, better)
            book.append(Corrected(revision, (True, True), "somebody"))
            transaction.release(book)
        ledger.checkpoint()
        file_it(ledger, filing_id)
        add(ledger, "other")
        found = claimed(ledger)
        assert found is not None
        one_call(ledger, *found, T0, Outcome.UNSENT)
        one_call(ledger, *found, T0 + timedelta(minutes=1))
        ledger.checkpoint()
        assert ledger.verify() == []
    return path


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copy(original, tmp_path / "copy.sqlite3"))


def problems(path: Path) -> list[Problem]:
    """What verifying finds."""
    with Ledger.open(path) as ledger:
        return ledger.verify()


def changed(value: object) -> object:
    """A value that differs in one bit or character."""
    match value:
        case bytes():
            middle = len(value) // 2
            return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
        case str():
            place = max((index for index, char in enumerate(value) if char.isalnum()), default=0)
            return value[:place] + ("1" if value[place : place + 1] != "1" else "2") + value[place + 1 :]
        case int():
            return value ^ 1
        case _:
            return 1


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in COVERED for column in sorted(COVERED[table])]
)
def test_a_change_in_any_column_is_found(original: Path, tmp_path: Path, table: str, column: str) -> None:
    """One bit or character in any row of any column that is covered: something is said about it."""
    with closing(sqlite3.connect(original)) as connection:
        rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}" ORDER BY rowid').fetchall()
    known = [row for row in rows if row[1] is not None] or rows
    for place, (rowid, value) in enumerate(known[:1] + known[-1:]):
        copy = Path(shutil.copy(original, tmp_path / f"{place}.sqlite3"))
        with closing(sqlite3.connect(copy)) as connection:
            for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name[0]}")
            statement = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
            try:
                connection.execute(statement, (changed(value), rowid))
            except sqlite3.IntegrityError:  # another row has that number
                connection.execute(statement, (len(rows) + 7, rowid))
            connection.commit()
        assert problems(copy), (rowid, changed(value))


def test_an_untouched_ledger_has_no_problems(copy: Path) -> None:
    """A copy of the file is as good as the original."""
    assert problems(copy) == []


def test_the_first_broken_link_is_named(copy: Path) -> None:
    """In words: the filing, the number of the event, and what differs; once for each filing."""
    tampered(copy, "UPDATE events SET payload = x'7b7d' WHERE seq >= 3")
    found = [str(one) for one in problems(copy)]
    assert len(found) == 2
    assert all("event 3: its payload is not the one that was written" in text for text in found)
    assert all(text.startswith("filing ") for text in found)


@pytest.mark.parametrize("kept", [2, 5])
def test_a_missing_event_is_named(copy: Path, kept: int) -> None:
    """An event taken out of the middle is missed by its number."""
    tampered(copy, f"DELETE FROM events WHERE seq = {kept}")
    assert {(one.seq, one.words) for one in problems(copy)} == {(kept, "the event is missing")}


def test_a_chain_written_anew_is_found_by_the_checkpoint(copy: Path) -> None:
    """Who cuts off a tail and mends everything that tells of it is found by the checkpoint."""
    with closing(sqlite3.connect(copy)) as connection:
        row = connection.execute("SELECT filing_id FROM exchanges WHERE call = 'finish'").fetchone()
    tampered(
        copy,
        f"DELETE FROM events WHERE filing_id = '{row[0]}' AND seq > 4",
        f"DELETE FROM exchanges WHERE filing_id = '{row[0]}'",
        f"UPDATE filings SET events = 4, head = (SELECT link FROM events WHERE filing_id = filings.id AND seq = 4)"
        f" WHERE id = '{row[0]}'",
    )
    assert "a checkpoint names this event, and it is not there any more" in {one.words for one in problems(copy)}


def test_a_filing_that_is_gone_is_found_by_the_checkpoint(copy: Path) -> None:
    """A filing that was taken out with everything is still named by a checkpoint."""
    tables = ("package_files", "packages", "findings", "events", "exchanges", "filing_records")
    tampered(copy, *(f"DELETE FROM {name}" for name in tables), "DELETE FROM filings")
    assert [one.words for one in problems(copy)] == [
        "a checkpoint names this event, and the whole filing is not there any more"
    ] * 2


def test_a_missing_checkpoint_is_found(copy: Path) -> None:
    """Checkpoints are a chain of their own."""
    tampered(copy, "DELETE FROM checkpoints WHERE number = 1")
    assert "checkpoint 1 does not follow the one before it, or was changed" in {one.words for one in problems(copy)}


def test_a_newest_checkpoint_that_was_cut_off_is_found(copy: Path) -> None:
    """The filings tell up to where they were checked."""
    tampered(copy, "DELETE FROM checkpoints WHERE number = 2")
    assert any("checkpoint is at event" in one.words for one in problems(copy))


def test_what_no_event_names_is_found(copy: Path) -> None:
    """An answer that was slipped in, with digests of its own, has no event."""
    with Ledger.open(copy) as ledger:
        filing_id = next(iter(ledger.filings(T0))).id
        slipped = replace(ledger.exchanges(filing_id)[0], call_id="slipped in")
        with ledger._written() as connection:
            connection.execute(insert(_tables.exchanges), exchange_row(filing_id, slipped))
        assert [one.words for one in ledger.verify()] == ["the exchange slipped in is there that no event names"]


def test_packages_that_changed_places_are_found(copy: Path) -> None:
    """An event names the package of its own revision."""
    tables = ("packages", "package_files")
    tampered(
        copy,
        *(f"UPDATE {table} SET revision = revision + 10" for table in tables),
        *(f"UPDATE {table} SET revision = 13 - revision WHERE revision IN (11, 12)" for table in tables),
    )
    assert any("names the package of revision 1" in one.words for one in problems(copy))


def test_a_filing_without_its_receipt_is_found(ledger: Ledger) -> None:
    """What is filed has the answer that says so, unless it is known to be lost."""
    filing_id = add(ledger)
    found = claimed(ledger)
    assert found is not None
    for _ in range(5):
        one_call(ledger, *found)
    with ledger.transaction() as transaction:
        book = transaction.book(*found)
        ended, _exchange = answer(started(book))
        book.append(ended)
    assert [str(one) for one in ledger.verify()] == [
        f"filing {filing_id}: it is filed, and its receipt is not among the answers"
    ]


def test_a_filing_that_would_never_go_on_is_found(copy: Path) -> None:
    """A due moment that was taken away would strand it."""
    tampered(copy, "UPDATE filings SET due = NULL")
    assert [one.words for one in problems(copy)] == ["it has to go on, and says that it rests"]


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("events", "payload", "its payload is missing, and that of an event is never purged"),
        ("exchanges", "body", "is missing, and no event says that it was purged"),
        ("record_contents", "content", "is missing, and no event says that it was purged"),
        ("findings", "findings", "is missing, and no event says that it was purged"),
        ("packages", "report", "is missing, and no event says that it was purged"),
        ("packages", "notes", "is missing, and no event says that it was purged"),
        ("packages", "manifest", "is missing, and no event says that it was purged"),
        ("package_files", "content", "package 1 is not the one that was written"),
        ("package_files", "details", "package 1 is not the one that was written"),
        ("package_files", "location", "package 1 is not the one that was written"),
        ("package_files", "name", "package 1 is not the one that was written"),
    ],
)
def test_what_is_missing_without_a_purge_is_found(copy: Path, table: str, column: str, words: str) -> None:
    """Only a purge, which the chain tells of, may take something out."""
    tampered(copy, f"UPDATE {table} SET {column} = NULL")
    assert any(words in one.words for one in problems(copy))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET payload = x'7b7d'",
        "UPDATE events SET payload = NULL",
        "UPDATE events SET call_id = 'x'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT * FROM events",
        "UPDATE exchanges SET body = x'00'",
        "UPDATE exchanges SET http_status = 500",
        "UPDATE exchanges SET http_status = NULL, body = NULL",
        "DELETE FROM exchanges",
        "UPDATE checkpoints SET heads = '[]'",
        "UPDATE checkpoints SET number = 9",
        "DELETE FROM checkpoints",
    ],
)
def test_what_was_appended_is_never_changed(copy: Path, statement: str) -> None:
    """The database itself refuses to change or delete events, exchanges and checkpoints."""
    with Ledger.open(copy) as ledger:
        with pytest.raises(LedgerError, match=r"are never (changed|deleted)"), ledger._written() as connection:
            connection.exec_driver_sql(statement)
        assert ledger.verify() == []


def test_a_purged_answer_does_not_come_back(copy: Path) -> None:
    """What was taken out cannot be replaced by something else, be it sealed."""
    with Ledger.open(copy) as ledger:
        with ledger._written() as connection:
            connection.exec_driver_sql("UPDATE exchanges SET body = NULL")
        with pytest.raises(LedgerError, match="never changed"), ledger._written() as connection:
            connection.exec_driver_sql("UPDATE exchanges SET body = x'6374310000'")


def test_damage_in_the_file_is_found(copy: Path) -> None:
    """Bytes that were overwritten where no column is said to have changed: the database's own check is asked."""
    data = bytearray(copy.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    with closing(sqlite3.connect(copy)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_filings_created'").fetchone()[0]
    data[(page - 1) * size + 200 : page * size] = bytes(size - 200)
    copy.write_bytes(data)
    with Ledger.open(copy) as ledger:
        try:
            found = [str(one) for one in ledger.verify()]
        except LedgerError as problem:
            found = [str(problem)]
    assert found


def test_checkpoints_name_what_moved(ledger: Ledger) -> None:
    """Only chains that moved since are named, and without any there is no checkpoint."""
    assert ledger.checkpoint() is None
    add(ledger)
    first = ledger.checkpoint()
    assert first is not None
    assert first.number == 1
    assert ledger.checkpoint() is None
    claimed(ledger)
    second = ledger.checkpoint()
    assert second is not None
    assert (second.number, second.digest != first.digest) == (2, True)
    assert ledger.verify() == []


def test_verifying_while_a_worker_writes(ledger: Ledger) -> None:
    """It sees one moment, so that nothing that is being written looks wrong."""
    done = threading.Event()

    def write() -> None:
        for number in range(25):
            file_it(ledger, add(ledger, f"case-{number}"))
            ledger.checkpoint()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    rounds: Iterator[list[Problem]] = iter(ledger.verify, None)
    while not done.is_set():
        assert next(rounds) == []
    writer.join()
    assert ledger.verify() == []
