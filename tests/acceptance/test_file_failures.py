"""``cybertip file`` when something is wrong outside: the server, the credentials, the files, the environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Cli
from tests.acceptance.filings import ACCOUNT, LEDGER, case, ended, finished, nobody, where
from tests.acceptance.programs import Program
from tests.canaries import CONTENT

Start = Callable[..., Program]


@pytest.fixture
def server(start: Start) -> Program:
    """A mock of the test's own."""
    return start(*ACCOUNT)


def test_an_unreachable_server_leaves_it_scheduled(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Exit status 4, with why and what is next; the next run files it, without the records."""
    with nobody() as address:
        run = cli("file", case(tmp_path, "case-1"), **address)
        assert run.status == 4
        assert "scheduled" in run.stdout
        # The wait is random, and may be over by now.
        assert "no connection" in run.stderr
        assert "NCMEC does not have it." in run.stderr
        assert cli("list").status == 0
    later = cli("file", "--wait", "30", **where(server))
    assert (later.status, len(finished(server))) == (0, 1)
    assert "filed report" in later.stdout
    assert cli("file", **where(server)).stdout == ""


def test_wrong_credentials_stop_the_queue_once(cli: Cli, server: Program, tmp_path: Path) -> None:
    """One call is refused, not one for each record; the next run with good ones goes on by itself."""
    files = [case(tmp_path, f"case-{n}") for n in range(5)]
    run = cli("file", *files, "--threads", "1", CYBERTIP_PASSWORD="another-password", **where(server))
    assert run.status == 4
    assert [line.split("  ")[1] for line in run.stdout.splitlines()] == ["blocked"] * 5
    assert run.stderr.count("cybertip config check") == 5
    calls = [call for n in range(5) for call in ended(tmp_path, f"case-{n}")]
    assert calls == [("submit", "credentials")]
    assert cli("list").status == 3
    still = cli("file", CYBERTIP_PASSWORD="another-password", **where(server))
    assert (still.status, still.stdout.count("blocked")) == (4, 5)
    assert [call for n in range(5) for call in ended(tmp_path, f"case-{n}")] == calls
    good = cli("file", "--wait", "30", **where(server))
    assert (good.status, len(finished(server))) == (0, 5)


@pytest.mark.parametrize("what", ["missing", "changed"])
def test_evidence_that_is_not_there_blocks(cli: Cli, server: Program, tmp_path: Path, what: str) -> None:
    """Nothing stays open at the server; it is named which file, and the filing goes on once the file is back."""
    file = case(tmp_path, "case-1")
    picture = tmp_path / "evidence-2.png"
    content = picture.read_bytes()
    if what == "missing":
        picture.unlink()
    else:
        picture.write_bytes(content[:-1] + b"x")
    run = cli("file", file, **where(server))
    assert run.status == 4
    assert "blocked" in run.stdout
    assert ": file 2 of 2: " in run.stderr
    assert "once the file is back: a worker looks for it at once" in run.stderr
    assert "evidence-2.png" not in run.stderr
    assert [one["state"] for one in server.look("/reports")["reports"]] in ([], ["retracted"])
    assert cli("list", "--needs-person").stdout.startswith(run.stdout.rstrip())
    assert len(finished(server)) == 0


def test_a_server_that_repeats_what_it_got_puts_nothing_into_words(cli: Cli, server: Program, tmp_path: Path) -> None:
    """What an answer says is kept as it arrived, and neither shown nor part of an event."""
    fault = {"fault": "code", "call": "submit", "code": 4100, "description": f"bad value {CONTENT}"}
    server.steer("PUT", "/faults", [fault])
    run = cli("file", case(tmp_path, "case-1"), **where(server))
    assert run.status == 3
    assert "code 4100" in run.stderr
    cli("show", "case-1", "--json")
    cli("list", "--json")
    cli("ledger", "verify", "--json")
    cli("ledger", "export", "case-1", "--out", "history")
    history = json.loads((tmp_path / "history" / "history.json").read_text())
    assert CONTENT not in json.dumps(history["events"])
    assert CONTENT in next((tmp_path / "history" / "answers").glob("*-submit.xml")).read_text()


def test_faults_in_every_call_end_in_one_report(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Answers that are lost or lie are lived through: one finished report, and its receipt is kept."""
    faults = [
        {"fault": "reset", "call": "submit"},
        {"fault": "wrong-hash", "call": "upload"},
        {"fault": "code", "call": "fileinfo", "code": 1000, "acts": True},
        {"fault": "status", "call": "finish", "status": 502, "acts": True},
    ]
    server.steer("PUT", "/faults", faults)
    run = cli("file", case(tmp_path, "case-1"), "--wait", "60", **where(server))
    assert run.status == 0
    assert len(finished(server)) == 1
    assert server.look("/faults")["faults"] == []
    assert ("finish", "already finished") in ended(tmp_path, "case-1")
    assert "the receipt was lost on the way. NCMEC has it: report" in run.stderr
    assert "to ask NCMEC for a confirmation with" in run.stderr


def test_another_account_is_refused(cli: Cli, server: Program, tmp_path: Path) -> None:
    """P505: the ledger belongs to the user name that began it, and nothing is sent for another."""
    cli("file", case(tmp_path, "case-1"), **where(server))
    run = cli("file", case(tmp_path, "case-2"), "--json", CYBERTIP_USERNAME="another-esp", **where(server))
    envelope = json.loads(run.stdout)
    assert run.status == envelope["exit"] == 5
    assert envelope["error"]["message"].startswith("P505: ")
    assert len(finished(server)) == 1
    assert "case-2" not in cli("list").stdout


def test_another_environment_is_refused(cli: Cli, server: Program, tmp_path: Path) -> None:
    """P505: a ledger of the mock is no ledger of another environment, and no call is made to find that out."""
    cli("file", case(tmp_path, "case-1"), **where(server))
    (tmp_path / "cybertip.toml").write_text(
        '[profiles.default.reporting_person]\nemails = [{ address = "a@b.example" }]\n'
    )
    for environment in ("test", "production"):
        run = cli("file", "case-1.json", "--environment", environment, "--ledger", LEDGER, CYBERTIP_BASE_URL="")
        assert run.status == 5
        assert "P505" in run.stderr


def test_production_refuses_a_placeholder(cli: Cli, tmp_path: Path) -> None:
    """P507: a record is kept until the profile is ready, and nobody is contacted: the guard of `cli` would tell."""
    file = case(tmp_path, "case-1")
    cli("init")
    run = cli("file", file, "--environment", "production", CYBERTIP_BASE_URL="")
    assert run.status == 3
    assert "P507" in run.stderr
    assert "needs correction" in run.stdout
    assert (tmp_path / "cybertip-production.sqlite3").exists()
    assert not (tmp_path / LEDGER).exists()
    shown = cli("show", "case-1", "--environment", "production", CYBERTIP_BASE_URL="")
    assert "REPLACE" in shown.stdout


def test_no_profile_no_production(cli: Cli, tmp_path: Path) -> None:
    """Without cybertip.toml, or with one that is none, nothing is taken in for anything but the mock."""
    file = case(tmp_path, "case-1")
    for environment in ("test", "production"):
        run = cli("file", file, "--environment", environment, CYBERTIP_BASE_URL="")
        assert (run.status, "cybertip init" in run.stderr) == (2, True)
        assert not (tmp_path / f"cybertip-{environment}.sqlite3").exists()
    (tmp_path / "cybertip.toml").write_text("= no toml")
    assert cli("file", file).status == 2
    assert not (tmp_path / LEDGER).exists()


def test_a_ledger_that_is_none(cli: Cli, tmp_path: Path) -> None:
    """Another file, a folder, a folder that is missing, another database: a sentence, and no traceback."""
    file = case(tmp_path, "case-1")
    for place in (file, ".", "missing/ledger.sqlite3", "mysql://user:canary-password-9b7e@127.0.0.1/x", "://"):
        run = cli("file", file, "--ledger", place)
        assert run.status in (1, 2), place
        assert "internal error" not in run.stderr


def test_the_ledger_of_the_environment_variable(cli: Cli, server: Program, tmp_path: Path) -> None:
    """CYBERTIP_LEDGER names it for all commands; --ledger counts more."""
    place = {"CYBERTIP_LEDGER": "elsewhere.sqlite3"}
    assert cli("file", case(tmp_path, "case-1"), **place, **where(server)).status == 0
    assert not (tmp_path / LEDGER).exists()
    assert cli("list", **place).stdout == cli("list", "--ledger", "elsewhere.sqlite3").stdout != ""
    assert cli("list").status == 2
