"""``cybertip list``, ``show`` and ``summary``: what an operator sees, on a terminal and elsewhere."""

from __future__ import annotations

import getpass
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from cybertip.ledger import Ledger
from tests.acceptance.conftest import Cli, Run, clean_environment
from tests.acceptance.filings import LEDGER, case, nobody
from tests.acceptance.made_up import SUSPECT, TRAFFICKING, make_ledger
from tests.acceptance.terminals import Terminal, terminals
from tests.canaries import CONTENT, USERNAME
from tests.unit.ledger.ledgers import new, open_ledger

EVERY = {"case-filed", "case-again", "case-refused", "case-doubt", "case-pending", "case-later"}
ENDED = {"case-filed", "case-again"}


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


def records(run: Run) -> list[str]:
    """The records of the lines of a list."""
    return [line.split("  ")[2] for line in run.stdout.splitlines()]


def listed(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    """The filings of a list as data."""
    filings: list[dict[str, Any]] = json.loads(cli("list", "--json", *arguments).stdout)["filings"]
    return filings


# --- list ---


def test_the_most_urgent_stand_first(cli: Cli, ledger: Path) -> None:
    """What needs a person, then what goes on by itself, then what has ended."""
    found = records(cli("list"))
    assert set(found[:3]) == {"case-refused", "case-doubt", "case-pending"}
    assert found[3] == "case-later"
    assert set(found[4:]) == ENDED


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--code", "P501"), {"case-pending"}),
        (("--code", "p501", "--code", "4100"), {"case-pending", "case-refused"}),
        (("--code", "server 4100"), {"case-refused"}),
        (("--code", "S999"), set()),
        (("--type", "child-sex-trafficking"), {"case-again"}),
        (("--type", "child-sex-trafficking", "--type", "child-pornography"), EVERY),
        (("--type", "child-pornography", "--needs-person"), {"case-refused", "case-doubt", "case-pending"}),
        (("--age", "0s"), EVERY),
        (("--age", "1h"), set()),
        (("--status", "filed", "--code", "P501"), set()),
    ],
)
def test_filters_go_together(cli: Cli, ledger: Path, arguments: tuple[str, ...], found: set[str]) -> None:
    """A filing is listed that passes all of them; of one that is given twice, either will do."""
    run = cli("list", *arguments)
    assert set(records(run)) == found
    assert run.status == (3 if found - ENDED - {"case-later"} else 0)


def test_an_account_is_found_by_its_identifier_and_by_its_hash(cli: Cli, ledger: Path) -> None:
    """It is never printed: what is shown is the hash, which is a filter as well."""
    by_name = listed(cli, "--account", SUSPECT)
    assert {one["record_ids"][0] for one in by_name} == {"case-filed", "case-pending"}
    (seen,) = {account for one in by_name for account in one["accounts"]}
    assert re.fullmatch("acct-[0-9a-f]{8}", seen)
    assert listed(cli, "--account", seen) == by_name
    assert listed(cli, "--account", "user-of-nobody") == []


def test_ages_and_types_that_are_none_are_usage_errors(cli: Cli, ledger: Path) -> None:
    """Status 2, with how to write it."""
    run = cli("list", "--age", "old")
    assert (run.status, "write 45s, 30m, 6h or 2d" in run.stderr) == (2, True)
    assert cli("list", "--type", "nothing").status == 2


def test_a_list_for_programs_is_the_same_at_any_width(cli: Cli, ledger: Path) -> None:
    """Piped, every filing is one line with its whole id, whatever COLUMNS says; nothing is coloured."""
    lines = cli("list", COLUMNS="60", NO_COLOR="").stdout.splitlines()
    assert lines == cli("list", COLUMNS="200").stdout.splitlines()
    assert len(lines) == len(EVERY)
    assert all(re.match("[0-9a-f]{32}  ", line) and "\x1b" not in line for line in lines)
    situations = {line.split("  ")[2]: line.split("  ")[3] for line in lines}
    assert (situations["case-doubt"], situations["case-filed"]) == ("filed or not", "filed")


def test_a_list_in_json_has_times_in_utc(cli: Cli, ledger: Path) -> None:
    """With --local as well, and on a machine in another zone."""
    for one in json.loads(cli("list", "--json", "--local", TZ="NPT-5:45").stdout)["filings"]:
        assert datetime.fromisoformat(one["created_at"]).utcoffset() == datetime.now(UTC).utcoffset()
        assert one["lapses_at"] is None or one["lapses_at"].endswith("Z")


@pytest.mark.parametrize("width", [80, 140])
def test_a_list_on_a_terminal_is_a_table(terminal: Callable[..., Terminal], width: int) -> None:
    """It keeps to the width, tells of each filing why and what next, and its short ids are ids."""
    status, shown = terminal("list", width=width).ended()
    lines = click.unstyle(shown).splitlines()
    assert status == 3
    assert lines[0].split()[:5] == ["ID", "STATUS", "REPORT", "AGE", "DUE"]
    assert ("RECORD" in lines[0]) == (width == 140)
    assert all(len(line) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    assert all(name in text for name in EVERY)
    assert "P501" in text
    assert lines[-1] == "6 filings."
    assert "Request-ID" not in text
    assert "[refused]" not in text
    assert "Errors found before sending." in text
    commands = [line for line in lines if "cybertip " in line]
    assert len(commands) == 3
    ask, *others = sorted(commands)
    assert re.fullmatch("  Ask NCMEC about report [0-9]+ first, then: cybertip show [0-9a-f]{8}", ask)
    assert all(re.fullmatch("  Run: cybertip correct [0-9a-f]{8} RECORD.json", one) for one in others)
    short = [line.split()[0] for line in lines[1:-1] if re.match("[0-9a-f]{8} ", line)]
    assert len(short) == len(EVERY)
    for one in short:
        assert click.unstyle(terminal("show", one, width=width).ended()[1]).startswith(one)


def test_a_list_that_is_filtered_says_of_how_many(terminal: Callable[..., Terminal]) -> None:
    """So that nobody takes it for all."""
    assert terminal("list", "--status", "filed").ended()[1].splitlines()[-1] == "2 of 6 filings."
    assert terminal("list", "--status", "cancelled").ended()[1].splitlines() == ["0 of 6 filings."]


def test_colour_is_for_terminals_that_want_it(terminal: Callable[..., Terminal]) -> None:
    """Without colour the words are the same."""
    coloured = terminal("list").ended()[1]
    assert "\x1b[1;31mneeds correction" in coloured
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = terminal("list", **variables).ended()[1]
        assert "\x1b" not in plain
        assert _timeless(plain) == _timeless(click.unstyle(coloured))


def _timeless(text: str) -> list[str]:
    """The words of a list without what goes on while two of them are made: ages, and when something is due."""
    return re.sub(r"\d+ (s|min)|(lapses )?(\S+ )?\d\d:\d\dZ|due", "", text).split()


def test_columns_counts_more_than_the_terminal(terminal: Callable[..., Terminal]) -> None:
    """As in other programs."""
    assert "RECORD" in terminal("list", width=80, COLUMNS="140").ended()[1].splitlines()[0]
    lines = terminal("list", width=30, NO_COLOR="1").ended()[1].splitlines()
    assert 30 < max(map(len, lines)) <= 60
    assert lines[0].split() == ["ID", "STATUS", "REPORT", "AGE"]
    assert "needs correction" in " ".join(lines)


def test_quiet_leaves_data_and_errors(cli: Cli, terminal: Callable[..., Terminal]) -> None:
    """No words on stderr with --quiet; errors stay, and what is on stdout is the same."""
    loud, quiet = cli("list"), cli("list", "--quiet")
    assert "NCMEC does not have it" in loud.stderr
    assert (quiet.stdout, quiet.stderr, quiet.status) == (loud.stdout, "", 3)
    assert "no filing" in cli("show", "nothing", "--quiet").stderr
    assert terminal("list", "-q").ended()[1].splitlines()[-1] != "6 filings."


def test_local_times_have_their_offset(terminal: Callable[..., Terminal]) -> None:
    """UTC with a Z unless --local is given."""
    assert re.search(r"lapses (\S+ )?\d\d:\d\dZ", terminal("list", NO_COLOR="1").ended()[1])
    local = terminal("list", "--local", NO_COLOR="1", TZ="NPT-5:45").ended()[1]
    assert re.search(r"lapses (\S+ )?\d\d:\d\d\+05:45", local)
    shown = terminal("show", "case-later", "--local", NO_COLOR="1", TZ="NPT-5:45").ended()[1]
    assert re.search(r"came in +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+05:45", shown)
    assert not re.search(r"\d\d:\d\d:\d\dZ", local + shown)


def test_a_reader_that_leaves_is_no_error(cli: Cli, ledger: Path, tmp_path: Path) -> None:
    """`cybertip list | head -1` ends quietly."""
    program = f"{sys.executable} -m cybertip list --quiet | head -1"
    done = subprocess.run(["sh", "-c", program], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


# --- names of filings ---


def test_a_filing_is_named_by_the_beginning_of_its_id(cli: Cli, ledger: Path, tmp_path: Path) -> None:
    """At least six characters of it, for every command that takes a filing."""
    whole = listed(cli, "--status", "scheduled")[0]["id"]
    for length in (6, 8, 31, 32):
        assert json.loads(cli("show", whole[:length], "--json").stdout)["id"] == whole
    assert cli("ledger", "export", whole[:6], "--out", "history").status == 0
    run = cli("show", whole[:5])
    assert (run.status, "no filing and no record" in run.stderr) == (2, True)


def test_a_beginning_that_is_shared_names_nothing(cli: Cli, ledger: Path) -> None:
    """The error tells which filings begin so; an id of a record counts more than a beginning."""
    ids = iter(["abcdef01", "abcdef02"])
    with (
        Ledger.open(ledger, environment="mock", account=USERNAME, new_id=lambda: next(ids)) as opened,
        opened.transaction() as transaction,
    ):
        for name in ("abcdef0", "other"):
            transaction.add(replace(new(name), findings=()), datetime.now(UTC))
    run = cli("show", "abcdef", "--json")
    assert run.status == 2
    message = json.loads(run.stdout)["error"]["message"]
    assert message == "more than one filing begins with 'abcdef'; give more of its id: abcdef01, abcdef02"
    assert json.loads(cli("show", "abcdef0", "--json").stdout)["id"] == "abcdef01"
    run = cli("show", "abcdef01")
    assert run.stdout.startswith("abcdef01  ")
    run = cli("list")
    assert {"abcdef01", "abcdef02"} <= {line.split("  ")[0] for line in run.stdout.splitlines()}


# --- show ---


def test_show_tells_what_an_operator_needs(cli: Cli, ledger: Path) -> None:
    """What happened, whether NCMEC has it, what can be done, deadlines, accounts as hashes, each request and event."""
    run = cli("show", "case-doubt")
    assert run.status == 3
    for words in (
        "what happened: ",
        r"situation: filed or not \(see docs/operating.md\)$",
        "at NCMEC: ",
        "next: ",
        "first: ask NCMEC about report [0-9]{10}$",
        "proof: cybertip ledger export [0-9a-f]{32}$",
        "command: cybertip resolve ",
        "came in: ",
        "report lapses: ",
        "accounts: acct-",
        "type: Child Pornography",
    ):
        assert re.search(f"^{words}", run.stdout, re.MULTILINE), words
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    calls = [line for line in lines if line[0].startswith("/")]
    assert [line[0] for line in calls][-2:] == ["/finish", "/finish"]
    assert [line[5] for line in calls][-2:] == ["1000", "5001"]
    assert all(len(line[6]) == 36 for line in calls)
    assert any(line[1:2] == ["claimed"] for line in lines)
    assert "Request-ID" not in run.stdout
    assert run.stdout.index("Exchanges:") < run.stdout.index("Warnings (") < run.stdout.index("Events:")


def test_show_tells_how_the_files_stand(cli: Cli, ledger: Path) -> None:
    """By their number and digest alone; their names may be personal data."""
    assert re.search(r"^1\t\d*\t[0-9a-f]{16}\toutside\tnot sent$", cli("show", "case-later").stdout, re.MULTILINE)
    assert re.search(r"^2\t\d*\t[0-9a-f]{16}\toutside\tdescribed$", cli("show", "case-doubt").stdout, re.MULTILINE)


def test_show_in_json_has_all_of_it(cli: Cli, ledger: Path) -> None:
    """Exchanges without bodies, events, findings, accounts as hashes, times in UTC."""
    envelope = json.loads(cli("show", "case-again", "--json").stdout)
    assert envelope["types"] == [TRAFFICKING]
    assert len(envelope["accounts"]) == 1
    calls = [one["call"] for one in envelope["exchanges"]]
    assert (calls[0], calls[-1], calls.count("submit")) == ("submit", "finish", 2)
    assert not {"body", "headers"} & set(envelope["exchanges"][0])
    assert {"found", "repairs", "overrides", "events", "lapses_at", "confirmed_at"} <= set(envelope)


@pytest.mark.parametrize("width", [80, 140])
def test_show_keeps_to_the_terminal(terminal: Callable[..., Terminal], width: int) -> None:
    """Nothing is wider than it, and nothing is cut."""
    for name in sorted(EVERY):
        _, shown = terminal("show", name, width=width, NO_COLOR="1").ended()
        assert all(len(line) <= width for line in shown.splitlines())
        headings = (
            "Findings" if name == "case-pending" else "Warnings (they do not keep it from being filed)",
            "Events",
        )
        for heading in headings:
            assert f"\n{heading}\n" in shown
        assert "…" not in shown


@pytest.mark.parametrize("width", [80, 140])
def test_show_on_a_terminal_is_for_people(terminal: Callable[..., Terminal], width: int) -> None:
    """The status in divided parts, each command in lines that can be copied, what is not why it is stuck behind it."""
    _, shown = terminal("show", "case-doubt", width=width, NO_COLOR="1").ended()
    top, ask, about, *parts = shown.split("\n\n")
    assert re.match("[0-9a-f]{32}  needs decision  report [0-9]{10}  case-doubt\n", top)
    assert re.search(r"^situation +filed or not \(see docs/operating.md\)$", top, re.MULTILINE)
    assert re.match("Ask NCMEC about report [0-9]{10} first, then one of these\n", ask)
    commands = re.findall(r"^  (cybertip .*(?:\\\n.*)*)\n {6}\S", ask, re.MULTILINE)
    assert len(commands) == 2
    short = shown[:8]
    for command in commands:
        text = " ".join(command.replace("\\\n", " ").split())
        assert re.fullmatch(f"cybertip resolve {short} --(filed|refile) .*--reason TEXT", text)
    assert about.startswith("came in")
    assert [part.splitlines()[0].split(" (")[0] for part in parts[:-1]] == ["Files", "Exchanges", "Warnings", "Events"]
    files, exchanges, _, events = parts[:-1]
    assert "BYTES" not in files
    assert exchanges.lower().count("request-id") == (2 if width == 80 else 1)
    assert "Request-ID" not in events
    assert "[refused]" not in events
    assert parts[-1] == f"All of it in a folder, as proof: cybertip ledger export {short}\n"


def test_content_in_the_wrong_place_is_not_shown(cli: Cli, ledger: Path, tmp_path: Path) -> None:
    """Neither a type nor the name of a field that no record has is printed unless somebody reveals it."""
    file = case(tmp_path, "case-odd")
    content = json.loads((tmp_path / file).read_text(encoding="utf-8"))
    content["suspects"][0][f"{CONTENT}-key"] = 1
    content["incident"]["type"] = f"{CONTENT}-type"
    (tmp_path / file).write_text(json.dumps(content), encoding="utf-8")
    with nobody() as address:
        assert cli("file", file, **address).status == 3
    shown = cli("show", "case-odd")
    assert "X002: /suspects/0/…: error" in shown.stdout
    assert json.loads(cli("show", "case-odd", "--json").stdout)["types"] == []
    there = f"/suspects/0/{CONTENT}-key"
    assert there in revealed(tmp_path, "show", "case-odd", "--reveal").stdout
    runs = [shown, cli("show", "case-odd", "--json"), cli("list"), cli("list", "--json"), cli("retry", "case-odd")]
    (tmp_path / "odd.json").write_bytes((tmp_path / file).read_bytes())
    mended, yes = case(tmp_path, "case-odd"), ("--reason", "x", "--yes")
    runs.append(cli("correct", "case-odd", mended, *yes))
    assert "- /suspects/0/…  removed" in runs[-1].stderr
    runs.append(cli("correct", "case-odd", "odd.json", *yes, "--json"))
    assert {"pointer": "/suspects/0/…", "kind": "added"} in json.loads(runs[-1].stdout)["differences"]
    assert not [run for run in runs if CONTENT in run.stdout + run.stderr]
    assert f"- {there}  removed" in revealed(tmp_path, "correct", "case-odd", mended, *yes, "--reveal").stderr


def test_reveal_shows_all_and_is_recorded(ledger: Path, tmp_path: Path) -> None:
    """Accounts with their hashes, names and places of files; that somebody looked, who and why is in the chain."""
    run = revealed(
        tmp_path, "show", "case-filed", "--reveal", "--as", "operator-7", "--reason", "subpoena 12", "--json"
    )
    envelope = json.loads(run.stdout)
    found = envelope["revealed"]
    (account,) = found["accounts"]
    assert (account["role"], account["identifier"], [account["hash"]]) == ("suspect", SUSPECT, envelope["accounts"])
    assert [Path(one["location"]).name for one in found["files"]] == ["evidence-1.png", "evidence-2.png"]
    assert all(Path(one["location"]).is_absolute() for one in found["files"])
    last = envelope["events"][-1]
    assert (last["kind"], last["by"], last["reason"]) == ("revealed", "operator-7", "subpoena 12")
    text = revealed(tmp_path, "show", "case-filed", "--reveal").stdout
    assert SUSPECT in text
    assert f"\trevealed\t{getpass.getuser()}\t" in text
    with Ledger.open(ledger) as opened:
        assert opened.verify() == []


def test_what_could_not_be_built_is_revealed_from_its_record(ledger: Path, tmp_path: Path) -> None:
    """Such a record is where an operator has to look."""
    found = json.loads(revealed(tmp_path, "show", "case-pending", "--reveal", "--json").stdout)["revealed"]
    assert found["accounts"][0]["identifier"] == SUSPECT
    assert [one["location"] for one in found["files"]] == ["evidence-1.png", "evidence-2.png"]


def test_a_reason_needs_reveal_and_printable_text(cli: Cli, ledger: Path) -> None:
    """What is part of the proof can be read; nothing is shown or recorded otherwise."""
    assert cli("show", "case-filed", "--reason", "because").status == 2
    run = cli("show", "case-filed", "--reveal", "--reason", "\x1b[2J")
    assert (run.status, run.stdout, "printable text" in run.stderr) == (2, "", True)
    assert cli("show", "case-filed", "--as", "operator-7").status == 2
    for name in ("", " ", "a\nb", "\x1b[2J"):
        assert cli("show", "case-filed", "--reveal", "--as", name).status == 2
    assert "revealed" not in cli("show", "case-filed").stdout


def revealed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may show canaries."""
    program = [sys.executable, "-m", "cybertip", *arguments]
    return subprocess.run(program, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=120)


# --- summary ---


def test_summary_counts_every_filing(cli: Cli, ledger: Path) -> None:
    """By status, with what is oldest and open, and how many reports were opened in vain."""
    envelope = json.loads(cli("summary", "--json").stdout)
    assert envelope["exit"] == 0
    assert envelope["filings"] == sum(envelope["counts"].values()) == len(EVERY)
    assert envelope["counts"]["filed"] == envelope["filed_in_24_hours"] == envelope["filed_in_7_days"] == 2
    assert envelope["counts"]["needs correction"] == 2
    assert (envelope["open_reports"], envelope["reports_in_vain"]) == (2, 1)
    whole = {one["id"]: one["record_ids"][0] for one in listed(cli)}
    assert whole[envelope["oldest_unfiled"]["id"]] == "case-refused"
    assert whole[envelope["next_lapse"]["id"]] == "case-doubt"


def test_summary_as_text(cli: Cli, terminal: Callable[..., Terminal]) -> None:
    """A line for each status in tabs, or a table; exit status 0 although something needs a person."""
    run = cli("summary")
    assert run.status == 0
    assert run.stdout.splitlines()[:2] == ["status\tfilings\twith an alarm", "filed\t2\t0"]
    assert re.search("^opened in vain: 1 ", run.stdout, re.MULTILINE)
    status, shown = terminal("summary", NO_COLOR="1").ended()
    assert status == 0
    assert re.search(r"^filed +2 +0$", shown, re.MULTILINE)


def test_summary_of_an_empty_ledger(cli: Cli, tmp_path: Path) -> None:
    """Nothing is oldest, and nothing lapses."""
    with open_ledger(tmp_path / LEDGER):
        pass
    run = cli("summary")
    assert (run.status, "oldest unfiled: none" in run.stdout, "open reports: 0" in run.stdout) == (0, True, True)
    envelope = json.loads(cli("summary", "--json").stdout)
    assert (envelope["oldest_unfiled"], envelope["next_lapse"]) == (None, None)
