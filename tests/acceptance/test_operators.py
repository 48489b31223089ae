"""Commands of operators as programs: each does what it says, asks before what cannot be taken back, and is recorded."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cybertip.filing.events import Event
from cybertip.ledger import Ledger
from tests.acceptance.conftest import Cli, Run, clean_environment
from tests.acceptance.filings import ACCOUNT, LEDGER, case, changed, finished, has_begun, where
from tests.acceptance.made_up import make_ledger, record
from tests.acceptance.programs import PATIENCE, Program
from tests.acceptance.terminals import Terminal, terminals
from tests.canaries import PASSWORD, USERNAME
from tests.samples import report_xml

Start = Callable[..., Program]
STRICT = """[profiles.default.reporting_person]
emails = [{ address = "reports@example.com" }]
[profiles.default.policy]
reviewers = 2
"""
WHY = ("--as", "Ann", "--reason", "asked by the shift")


@pytest.fixture
def server(start: Start) -> Program:
    """A mock of the test's own."""
    return start(*ACCOUNT)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger in which there is a filing of each kind, and whose server has gone."""
    folder = tmp_path_factory.mktemp("made")
    make_ledger(folder)
    return folder


@pytest.fixture
def made(made_once: Path, tmp_path: Path) -> Path:
    """A copy of it of the test's own."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens terminals in the folder."""
    with terminals(tmp_path) as opened:
        yield opened


def events(folder: Path, name: str) -> list[Event]:
    """What has happened to a filing."""
    with Ledger.open(folder / LEDGER) as ledger:
        return [event for _, event in ledger.history(ledger.filing_of(name) or "")]


def said(folder: Path, name: str, kind: str) -> Any:
    """The last event, which is of this kind."""
    last = events(folder, name)[-1]
    assert last.kind == kind
    return last


def write(folder: Path, name: str, content: bytes) -> str:
    """Write a file; its name."""
    (folder / name).write_bytes(content)
    return name


def failure(run: Run) -> dict[str, Any]:
    """The error of an envelope."""
    envelope = json.loads(run.stdout)
    assert envelope["exit"] == run.status
    return dict(envelope["error"])


# --- each command ------------------------------------------------------------------------------------------------


def commands(folder: Path) -> dict[str, tuple[str, tuple[str, ...], str, str]]:
    """For each command that asks: the filing, what follows the command's name, the event, and the status afterwards."""
    right = write(folder, "right.json", record(folder, "case-pending"))
    more = write(folder, "more.json", record(folder, "case-more"))
    report = report_of(folder, "case-doubt")
    return {
        "cancel": ("case-later", ("cancel", "case-later"), "cancel requested", "cancelled"),
        "retract": ("case-later", ("retract", "case-later"), "retract requested", "needs decision"),
        "correct": ("case-pending", ("correct", "case-pending", right), "corrected", "scheduled"),
        "filed": ("case-doubt", ("resolve", "case-doubt", "--filed", report), "decided", "filed"),
        "refile": (
            "case-doubt",
            ("resolve", "case-doubt", "--refile", "--report", report, "--reference", "N-1"),
            "decided",
            "scheduled",
        ),
        "follow-up": ("case-filed", ("follow-up", "case-filed", more), "followed up", "scheduled"),
    }


def report_of(folder: Path, name: str) -> str:
    """The number of the report that a filing has."""
    with Ledger.open(folder / LEDGER) as ledger:
        attempts = [event for _, event in ledger.history(ledger.filing_of(name) or "") if event.kind == "call started"]
    return str(next(one.report_id for one in reversed(attempts) if one.report_id is not None))


@pytest.mark.parametrize("which", ["cancel", "retract", "correct", "filed", "refile", "follow-up"])
def test_it_asks_and_is_recorded(cli: Cli, made: Path, which: str) -> None:
    """Without a terminal it needs --yes, with --json too, and changes nothing; then it is done, and who and why is in
    the chain."""
    name, command, kind, status = commands(made)[which]
    before = events(made, name)
    run = cli(*command, *WHY)
    assert (run.status, run.stdout) == (2, "")
    assert "Add --yes" in run.stderr
    assert "Add --yes" in failure(cli(*command, *WHY, "--json"))["message"]
    assert events(made, name) == before
    run = cli(*command, *WHY, "--yes", "--json")
    assert run.status == 0, run.stdout
    envelope = json.loads(run.stdout)
    assert (envelope["status"], envelope["environment"]) == (status, "mock")
    event = said(made, name, kind)
    assert (event.by, event.reason) == ("Ann", "asked by the shift")
    verified = cli("ledger", "verify")
    assert (verified.status, verified.stdout) == (0, "")


def test_an_override_names_who_and_why(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Only for an urgent case; it is filed then."""
    write(tmp_path, "cybertip.toml", STRICT.encode())
    urgent = case(tmp_path, "case-1", urgent={"reason": "[why it is urgent]"})
    assert cli("file", urgent, case(tmp_path, "case-2"), **where(server)).status == 3
    run = cli("override", "case-2", "P502", *WHY, "--yes", "--json")
    assert "urgent case only" in failure(run)["message"]
    assert json.loads(run.stdout)["status"] == "needs correction"
    assert cli("override", "case-1", "p502", *WHY).status == 2
    assert cli("override", "case-1", "\x1b[2J", *WHY, "--yes").status == 2
    run = cli("override", "case-1", "p502", *WHY, "--yes")
    assert run.status == 0
    assert "scheduled  case-1" in run.stdout
    assert "cybertip file" in run.stderr
    assert said(tmp_path, "case-1", "corrected").reason == "override of P502: asked by the shift"
    assert cli("file", **where(server)).status == 3
    assert len(finished(server)) == 1


def test_what_is_filed_stays_filed(cli: Cli, made: Path) -> None:
    """Each refusal says how it stands, with status 1; --json has the filing's status."""
    before = events(made, "case-filed")
    file = write(made, "other.json", record(made, "case-filed", decision={"outcome": "pending"}))
    for command in (
        ("cancel", "case-filed"),
        ("retract", "case-filed"),
        ("resolve", "case-filed", "--filed", "1"),
        ("correct", "case-filed", file),
        ("override", "case-filed", "P502"),
    ):
        run = cli(*command, *WHY, "--json")  # impossible, so it does not even ask
        assert run.status == 1
        assert "it is filed, and the receipt is kept. NCMEC has it: report" in failure(run)["message"]
        envelope = json.loads(run.stdout)
        assert (envelope["status"], envelope["record_ids"]) == ("filed", ["case-filed"])
    run = cli("cancel", "case-filed", *WHY, "--quiet")
    assert (run.status, run.stdout) == (1, "")
    assert "it cannot be cancelled; it stands so: it is filed" in run.stderr
    assert events(made, "case-filed") == before


def test_a_decision_needs_proof(cli: Cli, made: Path) -> None:
    """To file anew needs NCMEC's reference, and so does a report that the filing never opened."""
    run = cli("resolve", "case-doubt", "--refile", *WHY, "--yes")
    assert (run.status, "say --reference: " in run.stderr) == (2, True)
    for report in ((), ("--report", "77")):
        run = cli("resolve", "case-doubt", "--refile", *report, "--reference", "N-1", *WHY, "--yes")
        assert (run.status, f"report {report_of(made, 'case-doubt')} counts" in run.stderr) == (1, True)
    assert cli("resolve", "case-doubt", "--filed", "77", "--report", "77", *WHY, "--yes").status == 2
    assert cli("resolve", "case-doubt", *WHY, "--yes").status == 2
    assert cli("resolve", "case-doubt", "--refile", "--filed", "1", *WHY, "--yes").status == 2
    run = cli("resolve", "case-doubt", "--filed", "77", *WHY, "--yes")
    assert (run.status, "report 77 is not the one that is asked about" in run.stderr) == (1, True)
    for number in ("0", "-1", str(2**63), "x"):
        assert cli("resolve", "case-doubt", "--filed", number, *WHY, "--yes").status == 2
    run = cli("resolve", "case-doubt", "--filed", "77", "--reference", "N-2", *WHY, "--yes")
    assert (run.status, "filed report 77" in run.stdout) == (0, True)
    assert said(made, "case-doubt", "decided").reference == "N-2"


# --- asking ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("yup\n", 1), ("\x04", 1)]
)
def test_a_terminal_is_asked(terminal: Callable[..., Terminal], made: Path, answer: str, status: int) -> None:
    """How it stands, the environment and what follows are told; only a yes goes on, also with --json and --quiet."""
    before = len(events(made, "case-later"))
    asked = terminal("cancel", "case-later", *WHY, *(["--json", "--quiet"] if answer == "n\n" else []))
    text = asked.wait_for(lambda shown: "[y/N] " in shown)
    for words in ("Environment: mock", "NCMEC does not have it yet: report", "never filed then", "is retracted"):
        assert words in text
    asked.type(answer)
    ended, text = asked.ended()
    assert ended == status
    assert ("nothing was changed" in text) == (status == 1)
    assert (len(events(made, "case-later")) == before) == (status == 1)


def test_both_consequences_of_a_decision_are_told(terminal: Callable[..., Terminal], made: Path) -> None:
    """Whoever chooses sees the other way as well."""
    report = report_of(made, "case-doubt")
    asked = terminal("resolve", "case-doubt", "--refile", "--report", report, "--reference", "N-1", *WHY, width=200)
    text = asked.wait_for(lambda shown: "[y/N] " in shown)
    assert text.index("If that is wrong, NCMEC gets the case twice") < text.index("NCMEC never gets the case")
    assert "NCMEC may have it: report" in text
    asked.type("n\n")
    assert asked.ended()[0] == 1


def test_what_may_be_filed_is_asked_for_first(
    cli: Cli, terminal: Callable[..., Terminal], server: Program, tmp_path: Path
) -> None:
    """A cancel that comes too late says so, and leaves it filed."""
    server.steer("PUT", "/faults", [{"fault": "reset", "call": "finish", "at": "after-acting"}])
    slow = {"CYBERTIP_PACE_BASE": "3600", "CYBERTIP_PACE_CAP": "86400"}
    assert cli("file", case(tmp_path, "case-1"), **slow, **where(server)).status == 4
    asked = terminal("cancel", "case-1", *WHY, width=200)
    assert "it is asked first whether it is filed" in asked.wait_for(lambda shown: "[y/N] " in shown)
    asked.type("y\n")
    ended, text = asked.ended()
    assert ended == 0
    assert "A worker retracts the report" in text
    assert cli("file", **where(server)).status == 0
    shown = json.loads(cli("show", "case-1", "--json").stdout)
    assert shown["status"] == "filed"
    assert "the request to cancel it came too late" in shown["reason"]
    assert len(finished(server)) == 1


# --- a worker in the way -----------------------------------------------------------------------------------------


def test_a_worker_is_waited_for(server: Program, tmp_path: Path) -> None:
    """In the middle of an upload; when the worker is killed nobody waits for its lease, and the report is retracted."""
    server.steer("PUT", "/faults", [{"fault": "delay", "call": "upload", "seconds": 3600, "before": "acting"}])
    environment = {
        **clean_environment(), **where(server), "CYBERTIP_USERNAME": USERNAME, "CYBERTIP_PASSWORD": PASSWORD,
    }  # fmt: skip

    def begin(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "cybertip", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment,
        )  # fmt: skip

    worker = begin("file", case(tmp_path, "case-1"))
    until = time.monotonic() + PATIENCE
    while not has_begun(tmp_path, "case-1", "upload"):
        assert time.monotonic() < until
        assert worker.poll() is None
    command = begin("cancel", "case-1", *WHY, "--yes")
    assert command.stderr is not None
    assert "A worker is in the middle of a call of it; waiting for up to" in command.stderr.readline()
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=PATIENCE)
    stdout, stderr = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, stderr
    assert "cancelled" in stdout
    assert "is retracted, or lapses by itself" in stderr
    assert said(tmp_path, "case-1", "cancel requested").by == "Ann"


# --- retry -------------------------------------------------------------------------------------------------------


def test_retry_lets_all_go_on_once_the_credentials_work(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Without filings the credentials are tried; with filings nothing is unblocked."""
    run = cli("file", case(tmp_path, "case-1"), CYBERTIP_PASSWORD="another-password", **where(server))
    assert (run.status, "blocked" in run.stdout) == (4, True)
    assert cli("retry", CYBERTIP_PASSWORD="another-password", **where(server)).status == 4
    run = cli("retry", "case-1", *WHY, CYBERTIP_PASSWORD="")
    assert (run.status, "blocked  case-1" in run.stdout) == (0, True)
    assert cli("retry", CYBERTIP_USERNAME="another-esp", **where(server)).status == 5
    run = cli("retry", **where(server))
    assert (run.status, "all filings go on" in run.stderr) == (0, True)
    assert "scheduled  case-1" in cli("list").stdout.replace("\t", "  ")
    run = cli("retry", "--json", **where(server))
    assert (run.status, json.loads(run.stdout)["filings"]) == (0, [])
    assert cli("file", **where(server)).status == 0
    assert len(finished(server)) == 1


def test_retry_of_several(cli: Cli, made: Path) -> None:
    """One that cannot does not stop the others; each is told, and the worst is the exit status."""
    run = cli("retry", "case-filed", "case-later", "case-refused", "case-later", *WHY, "--json")
    assert run.status == 1
    filings = json.loads(run.stdout)["filings"]
    assert [(one["record_ids"], one["status"]) for one in filings] == [
        (["case-filed"], "filed"), (["case-later"], "scheduled"), (["case-refused"], "scheduled"),
    ]  # fmt: skip
    assert "error" in filings[0]
    assert said(made, "case-later", "continued").by == "Ann"
    assert said(made, "case-refused", "corrected").by == "Ann"
    run = cli("retry", "case-pending")
    assert run.status == 3
    assert "P501: /decision/outcome" in run.stderr
    before = events(made, "case-later")
    assert cli("retry", "case-later", "nothing").status == 2
    assert events(made, "case-later") == before


# --- correct -----------------------------------------------------------------------------------------------------


def test_values_that_differ_are_shown_on_request_alone(cli: Cli, made: Path) -> None:
    """The place is told; what stands there is personal data, and a look at it is recorded."""
    file = write(made, "right.json", record(made, "case-pending", actions=[]))
    run = cli("correct", "case-pending", file)
    assert run.status == 2
    assert "Add --yes" in run.stderr
    run = cli("correct", "case-pending", file, *WHY, "--yes", "--json")
    assert run.status == 0
    assert {"pointer": "/decision/outcome", "kind": "changed"} in json.loads(run.stdout)["differences"]
    assert "before" not in run.stdout
    assert not [one for one in events(made, "case-pending") if one.kind == "revealed"]
    changed(made, file, decision={"outcome": "pending"})
    run = cli("correct", "case-pending", file, *WHY, "--yes", "--reveal")
    assert run.status == 3
    assert "~ /decision/outcome  changed" in run.stderr
    assert 'before: "confirmed"' in run.stderr
    assert "P501: /decision/outcome: The decision is pending" in run.stderr
    (look,) = [one for one in events(made, "case-pending") if one.kind == "revealed"]
    assert getattr(look, "by", "") == "Ann"
    run = cli("correct", "case-pending", file, *WHY, "--yes", "--json", "--reveal")
    envelope = json.loads(run.stdout)
    assert (run.status, envelope["differences"]) == (3, [])
    assert {"P501"} <= {one["code"] for one in envelope["found"]}
    run = cli("correct", "case-pending", file, "--yes")
    assert "says the same as the one in the ledger. To try that again: cybertip retry" in run.stderr


def test_a_batch_is_corrected_from_one_file_or_several(cli: Cli, tmp_path: Path, server: Program) -> None:
    """With all of its records; a pointer begins with the record's number."""
    names = [case(tmp_path, f"case-{n}", actions=[]) for n in range(2)]
    for number, name in enumerate(names):
        content = json.loads((tmp_path / name).read_text())
        content["evidence"] = content["evidence"][:1]
        content["suspects"] = [{"identifier": f"user-{number}"}]
        write(tmp_path, name, json.dumps(content).encode())
    assert cli("file", "--batch", *names, **where(server)).status == 3
    for name in names:
        content = json.loads((tmp_path / name).read_text())
        content["evidence"][0]["annotations"] = {"viral": True}
        write(tmp_path, name, json.dumps(content).encode())
    run = cli("correct", "case-0", names[0], "--yes")
    assert (run.status, "this filing takes 'case-0', 'case-1'" in run.stderr) == (1, True)
    both = b"\n".join((tmp_path / name).read_bytes() for name in names)
    run = cli("correct", "case-1", write(tmp_path, "both.ndjson", both), "--yes")
    assert run.status == 0
    assert "+ /1/evidence/0/annotations  added" in run.stderr
    assert cli("file", **where(server)).status == 0
    assert len(finished(server)) == 1


def test_hand_written_documents_are_not_corrected(cli: Cli, made: Path) -> None:
    """The words say what to do instead."""
    write(made, "report.xml", report_xml())
    assert cli("send", "report.xml", "--id", "by-hand", CYBERTIP_BASE_URL="http://127.0.0.1:9/ispws").status == 4
    run = cli("correct", "by-hand", write(made, "x.json", record(made, "by-hand")), "--yes")
    assert run.status == 1
    assert "cybertip cancel" in run.stderr
    assert "cybertip send --id OTHER_ID" in run.stderr


# --- follow-up ---------------------------------------------------------------------------------------------------


def test_a_supplement_is_filed_by_a_worker(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Its report names the earlier one; the same again gives the same filing; errors in it have status 3."""
    assert cli("file", case(tmp_path, "case-1"), **where(server)).status == 0
    more = case(tmp_path, "case-2")
    run = cli("follow-up", "case-1", more, "--yes")
    assert run.status == 1
    assert "case-2.json: " in run.stderr
    assert "--reason" in run.stderr
    run = cli("follow-up", "case-1", more, *WHY, "--yes", "--json")
    first = json.loads(cli("show", "case-1", "--json").stdout)
    envelope = json.loads(run.stdout)
    assert (run.status, envelope["follows"], envelope["record_ids"]) == (0, first["id"], ["case-2"])
    again = json.loads(cli("follow-up", "case-1", more, *WHY, "--yes", "--json").stdout)
    assert again["id"] == envelope["id"]
    assert [one.kind for one in events(tmp_path, "case-1")].count("followed up") == 1
    assert cli("file", **where(server)).status == 0
    newest = server.look("/reports?state=finished")["reports"]
    assert len(newest) == 2
    wrong = case(tmp_path, "case-3", decision={"outcome": "pending"})
    run = cli("follow-up", "case-1", wrong, *WHY, "--yes")
    assert run.status == 3
    assert "P501: /decision/outcome" in run.stderr
    run = cli("follow-up", "case-3", case(tmp_path, "case-4"), *WHY, "--yes")
    assert (run.status, "only what is filed is followed up" in run.stderr) == (1, True)


# --- what is wrong with what was given ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("cancel", "nothing", *WHY, "--yes"), 2, "cybertip list"),
        (("cancel", "case-later", "--yes"), 2, "--reason"),
        (("cancel", "case-later", "--yes", "--reason", " "), 2, "say why"),
        (("cancel", "case-later", "--yes", "--reason", "a\x1b[2Jb"), 2, "printable"),
        (("cancel", "case-later", "--yes", "--reason", "a\x0bb"), 2, "printable"),
        (("cancel", "case-later", "--yes", "--reason", "x", "--as", "\x07"), 2, "printable"),
        (("resolve", "case-doubt", "--refile", "--reference", "\x07", *WHY, "--yes"), 2, "printable"),
        (("correct", "case-pending", "missing.json", "--yes"), 2, "cannot read missing.json"),
        (("correct", "case-pending", "no.json", "--yes"), 1, "no.json: "),
        (("correct", "case-pending", "more.json", "--yes"), 1, "this filing takes 'case-pending'"),
        (("correct", "case-pending", "--yes"), 2, "RECORD"),
        (("correct", "case-pending", "-", "-", "--yes"), 2, "only once"),
        (("follow-up", "case-filed", "two.ndjson", *WHY, "--yes"), 2, "holds 2 records"),
        (("cancel", "case-later", "--environment", "production", *WHY, "--yes"), 2, "there is no ledger"),
        (("cancel", "case-later", "--environment", "production", "--ledger", LEDGER, *WHY, "--yes"), 5, "P505"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    cli: Cli, made: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """A sentence with the cure; none of it steers a terminal."""
    write(made, "more.json", record(made, "case-more"))
    write(made, "no.json", b"{")
    write(made, "two.ndjson", b"\n".join(record(made, f"case-{n}") for n in range(2)))
    names = ("case-later", "case-doubt", "case-pending", "case-filed")
    before = [events(made, name) for name in names]
    run = cli(*arguments, CYBERTIP_BASE_URL="")
    assert run.status == status, run.stderr
    assert words in run.stderr
    assert "\x1b" not in run.stderr
    assert [events(made, name) for name in names] == before
