"""Another key for what is stored: beside workers, interrupted, and with values that nobody can open."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cybertip.errors import ConfigurationError
from cybertip.ledger import Ledger, _rekeying
from cybertip.ledger._vault import is_sealed
from tests.unit.ledger.ledgers import add, file_it, open_ledger
from tests.unit.ledger.sealing import COLUMNS, KEY, OTHER, add_secret, in_file, put, stored

ROOT = Path(__file__).resolve().parents[3]


def filled(path: Path, *keys: bytes, number: int = 3) -> None:
    """A ledger with some filings that were filed."""
    with open_ledger(path, keys=keys) as ledger:
        for one in range(number):
            file_it(ledger, add_secret(ledger, f"case-{one}"))


def test_a_plain_ledger_is_sealed(path: Path) -> None:
    """Everything that it held, so that nothing can be found in its file or its log; doing it again does nothing."""
    filled(path)
    assert in_file(path)
    with open_ledger(path, keys=[KEY]) as ledger:
        before = [ledger.exchanges(one.id) for one in ledger.filings(ledger._core.clock())]
        done = ledger.rekey()
        assert (done.rows, done.left) == (3 * (1 + 1 + 1 + 2 + 6), ())
        assert ledger.rekey().rows == 0
        assert [ledger.exchanges(one.id) for one in ledger.filings(ledger._core.clock())] == before
        assert ledger.verify() == []
    assert not in_file(path)
    assert all(is_sealed(value) for table, column in COLUMNS for _, value in stored(path, table, column))


def test_the_old_key_can_be_taken_away(path: Path) -> None:
    """After it was used for the last time, and not before."""
    filled(path, KEY)
    with pytest.raises(ConfigurationError, match="not among the keys"):
        open_ledger(path, keys=[OTHER])
    with open_ledger(path, keys=[OTHER, KEY]) as ledger:
        add_secret(ledger, "between")
        assert ledger.rekey().rows == 3 * (1 + 1 + 1 + 2 + 6) + 1  # and the ledger's own key
    with open_ledger(path, keys=[OTHER]) as ledger:
        assert ledger.verify() == []
        assert ledger.receipt(ledger.filing_of("case-1") or "") is not None
        file_it(ledger, ledger.filing_of("between") or "")
    with pytest.raises(ConfigurationError, match="not among the keys"):
        open_ledger(path, keys=[KEY])


def test_an_old_key_that_was_taken_away_too_early_is_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted half-way, the ledger does not open without it; given back, the work goes on where it was."""
    filled(path, KEY)
    monkeypatch.setattr(_rekeying, "ROWS", 2)
    turns = iter(range(4))
    with open_ledger(path, keys=[OTHER, KEY]) as ledger:
        written = ledger._written

        def failing() -> object:
            if next(turns, None) is None:
                raise KeyboardInterrupt
            return written()

        monkeypatch.setattr(ledger, "_written", failing)
        with pytest.raises(KeyboardInterrupt):
            ledger.rekey()
    with pytest.raises(ConfigurationError, match="add that key after the one in use"):
        open_ledger(path, keys=[OTHER])
    with open_ledger(path, keys=[OTHER, KEY]) as ledger:
        assert ledger.verify() == []
        assert 0 < ledger.rekey().rows < 3 * (1 + 1 + 1 + 2 + 6)
    with open_ledger(path, keys=[OTHER]) as ledger:
        assert ledger.verify() == []


PROGRAM = """
import sys
from pathlib import Path
from cybertip.ledger import _rekeying
from tests.unit.ledger.ledgers import open_ledger
from tests.unit.ledger.sealing import KEY, OTHER
_rekeying.ROWS = 1
with open_ledger(Path(sys.argv[1]), keys=[OTHER, KEY]) as ledger:
    written = ledger._written
    def telling():
        print("begun", flush=True)
        return written()
    ledger._written = telling
    ledger.rekey()
"""


@pytest.mark.parametrize("lines", [1, 9, 25])
def test_a_kill_half_way_costs_nothing(path: Path, lines: int) -> None:
    """The process is killed for good, anywhere; both keys open everything, and the next run ends it."""
    filled(path, KEY)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        for _ in range(lines):
            assert killed.stdout.readline() == "begun\n"
        killed.kill()
    with open_ledger(path, keys=[OTHER, KEY]) as ledger:
        assert ledger.verify() == []
        ledger.rekey()
    with open_ledger(path, keys=[OTHER]) as ledger:
        assert ledger.verify() == []
        assert ledger.sealed() == len([0 for table, column in COLUMNS for _ in stored(path, table, column)])


def test_workers_go_on_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they write with either key meanwhile is there; with the new key first everywhere, nothing old is left."""
    filled(path, KEY)
    monkeypatch.setattr(_rekeying, "ROWS", 1)
    with open_ledger(path, keys=[OTHER, KEY]) as ledger, open_ledger(path, keys=[OTHER, KEY]) as worker:

        def work() -> None:
            for number in range(5):
                file_it(worker, add(worker, f"meanwhile-{number}"))

        working = threading.Thread(target=work)
        working.start()
        done = ledger.rekey()
        working.join()
        assert done.left == ()
        assert ledger.verify() == []
    with open_ledger(path, keys=[OTHER]) as ledger:
        assert ledger.verify() == []
        for number in range(5):
            assert ledger.receipt(ledger.filing_of(f"meanwhile-{number}") or "") is not None


def test_what_nobody_can_open_is_left_and_named(path: Path) -> None:
    """All else is sealed anew; verifying names it, too."""
    filled(path, KEY)
    rowid, value = stored(path, "packages", "report")[1]
    put(path, "packages", "report", rowid, value[:-1] + bytes([value[-1] ^ 1]))
    with open_ledger(path, keys=[OTHER, KEY]) as ledger:
        done = ledger.rekey()
        assert done.rows == 3 * (1 + 1 + 1 + 2 + 6)
        (words,) = done.left
        assert words.startswith("report of packages (filing_id ")
        assert "revision 1): it is not what was sealed there" in words
        assert any("report of package 1 cannot be opened" in one.words for one in ledger.verify())


def test_without_a_key_there_is_nothing_to_seal_with(path: Path) -> None:
    """Neither in a plain ledger nor in one that is encrypted."""
    filled(path, number=1)
    with (
        open_ledger(path) as ledger,
        pytest.raises(ConfigurationError, match="there is no key to seal with: no key of the ledger was given"),
    ):
        ledger.rekey()
    open_ledger(path, keys=[KEY]).close()
    with Ledger.open(path) as ledger, pytest.raises(ConfigurationError, match="no key of the ledger was given"):
        ledger.rekey()
