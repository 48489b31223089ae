"""``cybertip watch``: how everything stands, again and again."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from cybertip.ledger import Ledger
from tests.acceptance.conftest import Cli
from tests.acceptance.filings import LEDGER
from tests.acceptance.made_up import make_ledger
from tests.acceptance.terminals import Terminal, terminals
from tests.canaries import USERNAME
from tests.unit.ledger.ledgers import new


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was made once."""
    folder = tmp_path_factory.mktemp("made")
    make_ledger(folder)
    return folder / LEDGER


@pytest.fixture
def ledger(made: Path, tmp_path: Path) -> Path:
    """A copy of it, in the folder of the test."""
    return Path(shutil.copy(made, tmp_path / LEDGER))


@pytest.fixture
def terminal(ledger: Path, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens terminals."""
    with terminals(tmp_path) as opener:
        yield opener


def test_elsewhere_it_tells_once(cli: Cli, ledger: Path) -> None:
    """Piped, it is one screen of plain lines with whole ids: what needs a person, what is in flight."""
    run = cli("watch")
    assert run.status == 0
    first, *lines = run.stdout.splitlines()
    assert first == "6 filings: 2 filed, 1 scheduled, 2 needs correction, 1 needs decision"
    assert lines[0] == "Needs a person:"
    rows = [line.split("\t") for line in lines[1:4]]
    assert [len(row[0]) for row in rows] == [32] * 3
    runs = {row[4]: (row[1], row[5].replace(row[0], "ID")) for row in rows}
    assert runs == {
        "case-doubt": ("filed or not", "cybertip show ID"),
        "case-refused": ("refused by the server", "cybertip correct ID RECORD.json"),
        "case-pending": ("errors found before sending", "cybertip correct ID RECORD.json"),
    }
    assert lines[4] == "In flight:"
    assert lines[5].split("\t")[2] == "0 of 2"


def test_as_data(cli: Cli, ledger: Path) -> None:
    """With --json it is one envelope."""
    envelope = json.loads(cli("watch", "--json").stdout)
    assert {one["record_ids"][0] for one in envelope["needs_person"]} == {"case-refused", "case-doubt", "case-pending"}
    (flying,) = envelope["in_flight"]
    assert (flying["record_ids"], flying["files"]) == (["case-later"], {"all": 2, "sent": 0, "ready": 0})
    assert envelope["due"] == []
    assert envelope["counts"]["filed"] == 2


def test_what_changes_is_seen(terminal: Callable[..., Terminal], ledger: Path) -> None:
    """A filing that comes in appears by itself; q ends it with 0, and the terminal is as it was before."""
    watch = terminal("watch", "--every", "0.1", NO_COLOR="1")
    watch.wait_for(lambda shown: "6 filings" in shown and "q ends it" in shown)
    with (
        Ledger.open(ledger, environment="mock", account=USERNAME) as opened,
        opened.transaction() as transaction,
    ):
        transaction.add(new("case-new"), datetime.now(UTC))
    shown = watch.wait_for(lambda shown: "7 filings" in shown and "Due next" in shown)
    assert "In flight" in shown
    watch.type("q")
    status, shown = watch.ended()
    assert status == 0
    assert shown.count("\x1b[?1049h") == shown.count("\x1b[?1049l") == 1
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(terminal: Callable[..., Terminal], sign: signal.Signals) -> None:
    """Ctrl-C is the usual way to end it: exit status 0."""
    watch = terminal("watch")
    watch.wait_for(lambda shown: "q ends it" in shown)
    watch.process.send_signal(sign)
    status, shown = watch.ended()
    assert status == 0
    assert "\x1b[?1049l" in shown


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_keeps_to_the_terminal(terminal: Callable[..., Terminal], width: int) -> None:
    """No line is wider, and colour is only where it is wanted."""
    watch = terminal("watch", width=width)
    watch.wait_for(lambda shown: "q ends it" in shown)
    watch.type("q")
    _, shown = watch.ended()
    assert "\x1b[1;31merrors found" in shown
    assert all(len(line) <= width for line in click.unstyle(shown).splitlines())


def test_a_dumb_terminal_is_told_once(terminal: Callable[..., Terminal]) -> None:
    """One that cannot move its cursor gets a screen of plain text, and the command ends."""
    status, shown = terminal("watch", TERM="dumb").ended()
    assert (status, "\x1b" in shown, "Needs a person" in shown) == (0, False, True)


def test_there_is_always_a_way_on(terminal: Callable[..., Terminal]) -> None:
    """Where there is room, each that needs a person has its command, undivided; elsewhere it is said which tells it."""
    _, shown = terminal("watch", width=80, TERM="dumb").ended()
    assert "\nNeeds a person: cybertip show ID tells why, and what to do\n" in shown
    for width in (110, 140):
        _, shown = terminal("watch", width=width, TERM="dumb").ended()
        assert "\nNeeds a person\n" in shown
        lines = shown.splitlines()
        assert all(len(line) <= width for line in lines)
        for command in ("correct ID RECORD.json", "show ID"):
            pattern = f"([0-9a-f]{{8}})  .*  cybertip {command}".replace("ID", r"\1")
            assert any(re.fullmatch(pattern, line) for line in lines), shown


def test_it_only_reads(cli: Cli, ledger: Path) -> None:
    """Nothing in the ledger is different afterwards."""

    def content() -> list[str]:
        with closing(sqlite3.connect(ledger)) as connection:
            return list(connection.iterdump())

    before = content()
    cli("watch")
    assert content() == before


def test_too_short_a_pause_is_a_usage_error(cli: Cli, ledger: Path) -> None:
    """It would keep the ledger busy."""
    assert cli("watch", "--every", "0").status == 2
