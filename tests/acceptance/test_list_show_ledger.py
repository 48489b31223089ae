"""``cybertip list``, ``show`` and ``ledger``: what is stored, as people and programs see it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Cli
from tests.acceptance.filings import ACCOUNT, LEDGER, case, finished, nobody, where
from tests.acceptance.programs import Program
from tests.canaries import USERNAME
from tests.unit.ledger.ledgers import add, open_ledger

Start = Callable[..., Program]


@pytest.fixture
def server(start: Start) -> Program:
    """A mock of the test's own."""
    return start(*ACCOUNT)


@pytest.fixture
def ledger(cli: Cli, server: Program, tmp_path: Path) -> Program:
    """A ledger with a filed record, one that waits for a correction, and one that is scheduled."""
    assert cli("file", case(tmp_path, "case-filed"), **where(server)).status == 0
    assert cli("file", case(tmp_path, "case-wrong", decision={"outcome": "pending"}), **where(server)).status == 3
    with nobody() as address:
        assert cli("file", case(tmp_path, "case-later"), **address).status == 4
    return server


def ids(run_stdout: str) -> list[str]:
    """The records of the lines of a list."""
    return [line.split("  ")[2] for line in run_stdout.splitlines()]


def test_list_tells_every_filing_once(cli: Cli, ledger: Program) -> None:
    """What waits for a person comes first; status 3 says that there is something."""
    run = cli("list")
    assert run.status == 3
    assert ids(run.stdout)[0] == "case-wrong"
    assert sorted(ids(run.stdout)) == ["case-filed", "case-later", "case-wrong"]
    envelope = json.loads(cli("list", "--json").stdout)
    assert [one["record_ids"] for one in envelope["filings"]] == [[one] for one in ids(run.stdout)]


def test_list_has_words_for_what_needs_a_person_alone(cli: Cli, ledger: Program) -> None:
    """What goes on by itself, or has ended, is a line; thousands of them need no sentences."""
    run = cli("list")
    assert "Our checks found errors in the record" in run.stderr
    assert "cybertip correct" in run.stderr
    assert "A worker files it" not in run.stderr
    assert cli("list", "--status", "scheduled", "--status", "filed").stderr == ""


def test_list_is_cut_off_on_request(cli: Cli, ledger: Program) -> None:
    """The most urgent stay, and it is said that there are more."""
    run = cli("list", "--limit", "1")
    assert (run.status, ids(run.stdout)) == (3, ["case-wrong"])
    assert "2 more are not listed" in run.stderr
    envelope = json.loads(cli("list", "--limit", "2", "--json").stdout)
    assert (len(envelope["filings"]), envelope["not_listed"]) == (2, 1)
    run = cli("list", "--limit", "3")
    assert (len(ids(run.stdout)), "not listed" in run.stderr) == (3, False)
    assert cli("list", "--limit", "0").status == 2


def test_list_by_status(cli: Cli, ledger: Program) -> None:
    """--status may be repeated; without anything that waits for a person the exit status is 0."""
    run = cli("list", "--status", "filed", "--status", "scheduled")
    assert (run.status, sorted(ids(run.stdout))) == (0, ["case-filed", "case-later"])
    run = cli("list", "--needs-person")
    assert (run.status, ids(run.stdout)) == (3, ["case-wrong"])
    assert ids(cli("list", "--status", "needs-correction").stdout) == ["case-wrong"]
    assert cli("list", "--status", "cancelled").stdout == ""
    assert cli("list", "--status", "lost").status == 2


def test_show_tells_the_history(cli: Cli, ledger: Program) -> None:
    """By the record's id or by the filing's: each call with its answer, and no word of the content."""
    run = cli("show", "case-filed")
    assert run.status == 0
    (report,) = finished(ledger)
    assert f"filed report {report}  case-filed" in run.stdout
    for words in (
        "enqueued",
        "/submit begun",
        f"/upload of report {report}, file 1 ok",
        f"/finish of report {report} ok",
    ):
        assert words in run.stdout
    envelope = json.loads(cli("show", run.stdout.split("  ")[0], "--json").stdout)
    assert envelope["record_ids"] == ["case-filed"]
    assert [one["kind"] for one in envelope["events"]][:3] == ["enqueued", "claimed", "call started"]
    assert USERNAME not in json.dumps(envelope)


def test_show_tells_what_is_wrong(cli: Cli, ledger: Program) -> None:
    """A record that waits for a correction has its findings, with place and cure."""
    run = cli("show", "case-wrong")
    assert run.status == 3
    assert "P501: /decision" in run.stdout
    found = json.loads(cli("show", "case-wrong", "--json").stdout)["found"]
    assert {"P501"} <= {one["code"] for one in found}


@pytest.mark.parametrize("name", ["", "nothing", "%", "'; DROP TABLE events; --", "\x1b[2J", "x" * 10_000])
def test_what_is_not_there_is_a_usage_error(cli: Cli, ledger: Program, tmp_path: Path, name: str) -> None:
    """Neither a filing nor a record: status 2, a sentence, and no control characters."""
    for arguments in (("show", name), ("ledger", "export", name, "--out", "history")):
        run = cli(*arguments)
        assert run.status == 2
        assert "the ledger has no filing and no record" in run.stderr
        assert "\x1b" not in run.stderr
    assert not (tmp_path / "history").exists()


def test_without_a_ledger_there_is_nothing_to_tell(cli: Cli, tmp_path: Path) -> None:
    """No ledger is made by looking for one, and an empty file is none."""
    (tmp_path / "empty.sqlite3").touch()
    for command in (("list",), ("show", "x"), ("ledger", "verify"), ("ledger", "export", "x", "--out", "y")):
        run = cli(*command)
        assert (run.status, "there is no ledger" in run.stderr) == (2, True)
        run = cli(*command, "--ledger", "empty.sqlite3", "--json")
        assert run.status == json.loads(run.stdout)["exit"] != 0
    assert not (tmp_path / LEDGER).exists()


def test_verify_finds_a_changed_byte(cli: Cli, ledger: Program, tmp_path: Path) -> None:
    """An intact ledger has status 0; a copy in which a byte of an answer differs has status 1 and is named."""
    run = cli("ledger", "verify")
    assert (run.status, run.stdout) == (0, "")
    told = json.loads(cli("ledger", "verify", "--json").stdout)
    events = sum(len(json.loads(cli("show", one, "--json").stdout)["events"]) for one in ids(cli("list").stdout))
    assert (told["problems"], told["filings"], told["events"]) == ([], 3, events)
    assert f"The ledger is as it was written: 3 filings with {events} events." in run.stderr
    content = (tmp_path / LEDGER).read_bytes()
    at = content.index(b"<reportDoneResponse") + 3
    (tmp_path / "copy.sqlite3").write_bytes(content[:at] + b"P" + content[at + 1 :])
    run = cli("ledger", "verify", "--ledger", "copy.sqlite3")
    assert run.status == 1
    filing = json.loads(cli("show", "case-filed", "--json").stdout)["id"]
    assert all(filing in line for line in run.stdout.splitlines())
    envelope = json.loads(cli("ledger", "verify", "--ledger", "copy.sqlite3", "--json").stdout)
    assert (envelope["exit"], envelope["problems"]) == (1, run.stdout.splitlines())


def test_export_writes_a_history_that_can_be_checked(cli: Cli, ledger: Program, tmp_path: Path) -> None:
    """Its sums are right, the receipt is the server's, only the owner can read it, and nothing is written over."""
    run = cli("ledger", "export", "case-filed", "--out", "history")
    folder = tmp_path / "history"
    assert (run.status, run.stdout) == (0, "history\n")
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / name).stat().st_mode & 0o077 == 0
    (receipt,) = (folder / "answers").glob("*-finish.xml")
    assert str(finished(ledger)[0]).encode() in receipt.read_bytes()
    assert USERNAME not in (folder / "history.json").read_text()
    again = cli("ledger", "export", "case-filed", "--out", "history", "--json")
    assert again.status == 2
    assert "is there already" in json.loads(again.stdout)["error"]["message"]
    assert str(finished(ledger)[0]) in (folder / "history.txt").read_text()
    envelope = json.loads(cli("ledger", "export", "case-wrong", "--out", "other", "--json").stdout)
    assert (envelope["exit"], envelope["folder"]) == (0, "other")


def test_export_names_its_folder_by_itself(cli: Cli, tmp_path: Path) -> None:
    """After the filing as it was named; what could be no name, or lead elsewhere, is left out of it."""
    with open_ledger(tmp_path / LEDGER) as made:
        whole = add(made, "case-1")
        add(made, "../../case 2/…")
    for name, folder in (("case-1", "history-case-1"), (whole[:8], f"history-{whole[:8]}")):
        run = cli("ledger", "export", name)
        assert (run.status, run.stdout) == (0, f"{folder}\n")
        assert (tmp_path / folder / "history.txt").exists()
    assert cli("ledger", "export", "../../case 2/…").stdout == "history-..-..-case-2-\n"
    assert "is there already" in cli("ledger", "export", "case-1").stderr


def test_a_copy_by_sqlite_is_a_ledger(cli: Cli, ledger: Program, tmp_path: Path) -> None:
    """What docs/filing.md says of copies: one made by SQLite's backup verifies and tells the same."""
    program = f"import sqlite3; sqlite3.connect({LEDGER!r}).backup(sqlite3.connect('copy.sqlite3'))"
    subprocess.run(["python3", "-c", program], cwd=tmp_path, check=True)
    assert cli("ledger", "verify", "--ledger", "copy.sqlite3").status == 0
    assert cli("list", "--ledger", "copy.sqlite3").stdout == cli("list").stdout
