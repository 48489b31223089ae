"""An encrypted ledger: what its file shows, what is told of tampering, and what can be done without the key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cybertip.errors import ConfigurationError
from cybertip.filing import Kind, Phase
from cybertip.filing.events import Continued
from cybertip.ledger import Ledger, LedgerError, Problem, SealedError
from cybertip.ledger._vault import is_sealed
from tests.canaries import CONTENT
from tests.unit.ledger.ledgers import LEASE, T0, add, claimed, file_it, new, one_call, open_ledger
from tests.unit.ledger.sealing import COLUMNS, KEY, OTHER, add_secret, in_file, put, secret, stored


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encrypted ledger with two filings, one of them filed."""
    path = tmp_path_factory.mktemp("encrypted") / "ledger.sqlite3"
    with open_ledger(path, keys=[KEY]) as ledger:
        file_it(ledger, add_secret(ledger))
        add_secret(ledger, "case-2")
        ledger.checkpoint()
        assert ledger.verify() == []
    return path


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copy(original, tmp_path / "copy.sqlite3"))


@pytest.fixture
def locked(copy: Path) -> Iterator[Ledger]:
    """It, without the key."""
    with Ledger.open(copy) as ledger:
        yield ledger


def problems(path: Path, *keys: bytes) -> list[Problem]:
    """What verifying finds."""
    with Ledger.open(path, keys=keys) as ledger:
        return ledger.verify()


def test_nothing_of_the_content_is_in_the_file(tmp_path: Path) -> None:
    """While it is open and afterwards; each column that is to be sealed is, in each row."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path, keys=[KEY]) as ledger:
        filing_id = add_secret(ledger)
        assert not in_file(path)
        file_it(ledger, filing_id)
        assert ledger.findings(filing_id) == [{"message": CONTENT}]
        receipt = ledger.receipt(filing_id)
        assert receipt is not None
        assert not in_file(path, receipt)
        assert not in_file(path, ledger._core.key)
        with ledger.transaction() as transaction:
            assert transaction.package(filing_id) == secret().package
            assert transaction.find("case-1").record == secret().records[0]  # type: ignore[union-attr]
    assert not in_file(path)
    for table, column in (*COLUMNS, ("ledger", "key")):
        values = [value for _, value in stored(path, table, column)]
        assert values, (table, column)
        assert all(map(is_sealed, values))


@pytest.mark.parametrize("where", ["mark", "key", "nonce", "content", "end"])
@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_bit_that_was_changed_is_found(copy: Path, table: str, column: str, where: str) -> None:
    """In any part of any sealed value, and the place is named."""
    rowid, value = stored(copy, table, column)[-1]
    raw = bytearray(value if isinstance(value, bytes) else value.encode())
    at = {"mark": 2, "key": 7, "nonce": 26, "content": len(raw) // 2 + 8, "end": len(raw) - 3}[where]
    raw[at] ^= 1
    put(copy, table, column, rowid, bytes(raw) if isinstance(value, bytes) else raw.decode())
    found = problems(copy, KEY)
    assert found
    assert all(one.filing_id is not None for one in found)
    assert CONTENT not in str(found)
    if where == "mark" and table not in ("exchanges", "findings"):
        # Somebody without the key sees that, too.
        assert any("is not sealed, and the rest of its row is" in one.words for one in problems(copy))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_values_that_changed_places_are_found(copy: Path, table: str, column: str) -> None:
    """A sealed value from another row of the same column is not opened there."""
    rows = stored(copy, table, column)
    put(copy, table, column, rows[0][0], rows[-1][1])
    assert any("cannot be opened: it is not what was sealed there" in one.words for one in problems(copy, KEY))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_values_that_were_cut_short_are_found(copy: Path, table: str, column: str) -> None:
    """Be it by a byte, or down to the mark."""
    rowid, value = stored(copy, table, column)[0]
    for length in (len(value) - 1, 30, 4):
        put(copy, table, column, rowid, value[:length])
        assert any(f"{column} of " in one.words for one in problems(copy, KEY))


@pytest.mark.parametrize(("table", "column"), [one for one in COLUMNS if one[1] != "folder"])
def test_values_that_were_taken_out_are_found(copy: Path, table: str, column: str) -> None:
    """Without the key as well, as far as the rest of the row can tell."""
    put(copy, table, column, stored(copy, table, column)[0][0], None)
    assert problems(copy, KEY)
    if table != "package_files":
        assert problems(copy)


def test_without_its_key_the_ledger_can_be_looked_at(locked: Ledger, tmp_path: Path) -> None:
    """Lists, statuses, histories and counts need none; what is sealed says how to give it."""
    assert (locked.encrypted, locked.locked) == (True, True)
    filed, other = sorted(locked.filings(T0), key=lambda one: one.record_ids)
    assert filed.status.kind is Kind.FILED
    assert locked.counts(T0)[Kind.FILED] == 1
    assert locked.filing_of("case-2") == other.id
    assert locked.history(filed.id)
    assert locked.open_attempts() == ()
    assert locked.verify() == []
    assert locked.sealed() == 2 * 2 + 2 * 1 + 2 * 3 + 2 * 6 + 6
    for ask in (
        lambda: locked.findings(filed.id),
        lambda: locked.exchanges(filed.id),
        lambda: locked.receipt(filed.id),
        lambda: locked.reports_on("somebody"),
        lambda: locked.filings_escalated_with("some words"),
        lambda: locked.export(filed.id, tmp_path / "history"),
    ):
        with pytest.raises(SealedError, match=r"no key of the ledger was given; name it in cybertip.toml"):
            ask()
    assert not (tmp_path / "history").exists()


def test_without_its_key_nothing_is_served_or_taken_in(copy: Path, locked: Ledger) -> None:
    """A worker is refused at its start, and nothing is written openly; a person's word is taken all the same."""
    with pytest.raises(
        ConfigurationError, match="the ledger is encrypted, and without its key no filing can be served"
    ):
        open_ledger(copy)
    with pytest.raises(SealedError, match="nothing new is written"), locked.transaction() as transaction:
        transaction.add(new("case-3"), T0)
    with pytest.raises(SealedError, match="nothing new is written"), locked.transaction() as transaction:
        transaction.correct(locked.filing_of("case-2") or "", new("case-2"))
    with locked.transaction() as transaction:
        book = transaction.claim_this(locked.filing_of("case-2") or "", "somebody", T0, LEASE)
        assert book is not None
        assert book.append(Continued("Kim", T0)).phase is Phase.NEW


def test_a_wrong_key_opens_nothing(copy: Path) -> None:
    """Neither to look nor to work; the key that is missing is named by its digest."""
    for more in ({}, {"environment": None, "account": None}):
        with pytest.raises(ConfigurationError, match="SHA-256 begins with 72cd6e8422c407fb"):
            open_ledger(copy, keys=[OTHER], **more)
    with open_ledger(copy, keys=[OTHER, KEY]) as ledger:
        assert ledger.verify() == []


def test_a_damaged_own_key_is_told_of(copy: Path) -> None:
    """Whatever was done to it, nobody goes on with another key of the blind indexes."""
    rowid, value = stored(copy, "ledger", "key")[0]
    for wrong in (value[:-1], value[:40] + b"x" + value[41:], b"x" + value[1:], b""):
        put(copy, "ledger", "key", rowid, wrong)
        with pytest.raises(LedgerError):
            open_ledger(copy, keys=[KEY])


def test_a_plain_ledger_becomes_encrypted(tmp_path: Path) -> None:
    """From the first opening with a key on; what it held can be read as before, and is counted as not sealed."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as plain:
        old = add_secret(plain)
        assert (plain.encrypted, plain.locked, plain.sealed()) == (False, False, 0)
        accounts = plain._core.key
    with open_ledger(path, keys=[KEY]) as ledger:
        assert ledger._core.key == accounts
        assert ledger.findings(old) == [{"message": CONTENT}]
        new_one = add_secret(ledger, "case-2")
        file_it(ledger, old)
        assert ledger.verify() == []
        assert ledger.findings(new_one) == ledger.findings(old)
    assert in_file(path)  # until it is sealed by `rekey`
    assert {is_sealed(value) for _, value in stored(path, "packages", "report")} == {False, True}


def test_a_program_that_works_without_the_key_stops_when_the_ledger_is_encrypted(tmp_path: Path) -> None:
    """It claims nothing more and takes nothing in; the answer to a call that is in the air is written all the same."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as plain:
        filing_id = add(plain)
        add(plain, "case-2")
        with open_ledger(path, keys=[KEY]) as ledger:
            with pytest.raises(SealedError, match="without its key"):
                claimed(plain)
            with pytest.raises(SealedError, match="without its key"):
                file_it(plain, filing_id)
            with pytest.raises(SealedError, match="without its key"):
                add(plain, "case-3")
            file_it(ledger, filing_id)
            assert ledger.verify() == []


def test_an_answer_is_never_lost_for_want_of_a_key(tmp_path: Path) -> None:
    """A worker that began a call before the ledger was encrypted writes down its answer, which `rekey` seals later."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as plain:
        add(plain)
        found = claimed(plain)
        assert found is not None
        with open_ledger(path, keys=[KEY]) as ledger:
            one_call(plain, *found)
            assert [one.body for one in ledger.exchanges(found[0])] == [b"<answer call='submit'/>\r\n"]
            assert ledger.verify() == []


def test_a_copy_cannot_be_read_by_the_key_of_another_ledger(copy: Path, tmp_path: Path) -> None:
    """Rows of one ledger do not open in another, even under the same key."""
    other = tmp_path / "other.sqlite3"
    with open_ledger(other, keys=[KEY]) as ledger:
        add_secret(ledger)
    put(copy, "packages", "report", 1, stored(other, "packages", "report")[0][1])
    assert any("report of package 1 cannot be opened" in one.words for one in problems(copy, KEY))


def test_without_a_key_rows_pass_as_they_are(tmp_path: Path) -> None:
    """No row is copied or changed on its way out of a plain ledger, so that nothing becomes slower."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        add(ledger)
        row = {"filing_id": "f", "call_id": "c", "body": b"<answer/>"}
        assert ledger._core.vault.opened("exchanges", row) is row
