"""``cybertip file``: records become reports, each once."""

from __future__ import annotations

import getpass
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cybertip.filing.events import Enqueued
from cybertip.ledger import Ledger
from tests.acceptance.conftest import ROOT, Cli
from tests.acceptance.filings import ACCOUNT, LEDGER, case, changed, finished, where
from tests.acceptance.programs import Program

Start = Callable[..., Program]


@pytest.fixture
def server(start: Start) -> Program:
    """A mock of the test's own."""
    return start(*ACCOUNT)


def test_a_record_is_filed(cli: Cli, server: Program, tmp_path: Path) -> None:
    """One line tells the filing, its report and the record; the ledger is for its owner alone."""
    run = cli("file", case(tmp_path, "case-1"), **where(server))
    (report,) = finished(server)
    assert (run.status, run.stderr.count("made-up reporter")) == (0, 1)
    assert run.stdout.split("  ")[1:] == [f"filed report {report}", "case-1\n"]
    assert (tmp_path / LEDGER).stat().st_mode & 0o777 == 0o600


def test_the_envelope_tells_each_filing(cli: Cli, server: Program, tmp_path: Path) -> None:
    """With --json there is one envelope, with environment, address and filings."""
    run = cli("file", case(tmp_path, "case-1"), "--json", **where(server))
    envelope = json.loads(run.stdout)
    assert (envelope["command"], envelope["exit"], envelope["environment"]) == ("file", 0, "mock")
    (filing,) = envelope["filings"]
    assert filing["record_ids"] == ["case-1"]
    assert (filing["status"], [filing["report_id"]]) == ("filed", finished(server))
    assert envelope["refused"] == []
    assert run.stderr == ""


def test_the_same_again_is_not_filed_twice(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Twice in one run, in another run, laid out anew, from a pipe: it is one record, and one report."""
    file = case(tmp_path, "case-1")
    once = cli("file", file, file, **where(server))
    content = json.loads((tmp_path / file).read_text())
    again = cli("file", file, "-", stdin=json.dumps(content, indent=4).encode(), **where(server))
    assert (once.status, again.status) == (0, 0)
    assert once.stdout == again.stdout
    assert len(finished(server)) == 1


def test_other_content_under_the_same_id_is_refused(cli: Cli, server: Program, tmp_path: Path) -> None:
    """It says where the two differ, and not what stands there; the other records are filed."""
    file, other = case(tmp_path, "case-1"), case(tmp_path, "case-2")
    cli("file", file, **where(server))
    run = cli("file", changed(tmp_path, file, notes="something else"), other, **where(server))
    assert run.status == 1
    assert "differ at /notes" in run.stderr
    assert "something else" not in run.stderr
    assert run.stdout.endswith("case-2\n")
    assert len(finished(server)) == 2


def test_a_stream_of_records(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Each line is a record of its own, and a bad line spoils only itself and is named."""
    lines = [(tmp_path / case(tmp_path, f"case-{n}")).read_text() for n in range(6)]
    (tmp_path / "all.ndjson").write_text("\n".join([*lines[:3], '{"no": "id"}', *lines[3:]]) + "\n")
    run = cli("file", "all.ndjson", "--threads", "3", "--json", **where(server))
    envelope = json.loads(run.stdout)
    assert run.status == envelope["exit"] == 1
    assert [one["record_ids"][0] for one in envelope["filings"]] == [f"case-{n}" for n in range(6)]
    assert {one["status"] for one in envelope["filings"]} == {"filed"}
    assert [one["record"] for one in envelope["refused"]] == ["all.ndjson:4"]
    assert len(finished(server)) == 6


def test_a_batch_is_one_report(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Four records about one viral file are one filing of four records, also when they come again."""
    shutil.copytree(ROOT / "examples" / "records", tmp_path, dirs_exist_ok=True)
    subprocess.run([sys.executable, "make_files.py", "files"], cwd=tmp_path, check=True, capture_output=True)
    runs = [cli("file", "--batch", "viral-meme-batch.ndjson", "--json", **where(server)) for _ in range(2)]
    first, second = (json.loads(run.stdout)["filings"] for run in runs)
    assert [run.status for run in runs] == [0, 0]
    assert first == second
    assert len(first[0]["record_ids"]) == 4
    assert finished(server) == [first[0]["report_id"]]
    assert cli("file", "--batch").status == 2
    assert cli("file", "--batch", "missing.ndjson").status == 2


def test_a_record_with_errors_waits_for_a_correction(cli: Cli, server: Program, tmp_path: Path) -> None:
    """It is stored, nothing is sent, and list and show tell what is wrong and where."""
    file = case(tmp_path, "case-1", decision={"outcome": "pending", "reviewer": "reviewer-17"})
    (tmp_path / "bare.json").write_text('{"id": "case-2"}')
    run = cli("file", file, "bare.json", **where(server))
    assert run.status == 3
    assert [line.split("  ")[1] for line in run.stdout.splitlines()] == ["needs correction"] * 2
    assert "P501" in run.stderr
    assert "so nothing was sent: P501" in run.stderr
    assert "RECORD.json  (files a corrected record instead)" in run.stderr
    assert server.look("/reports")["reports"] == []
    shown = cli("show", "case-1")
    assert shown.status == 3
    assert "P501: /decision" in shown.stdout
    assert cli("list").status == 3
    assert cli("file", **where(server)).status == 3


def test_what_was_wrong_outside_of_the_record_is_mended_there(cli: Cli, server: Program, tmp_path: Path) -> None:
    """A record that names a profile which is not there yet waits; handed in again once it is there, it is filed."""
    file = case(tmp_path, "case-1", profile="photos")
    (tmp_path / "cybertip.toml").write_text("[profiles.default]\n")
    assert cli("file", file, **where(server)).status == 3
    assert "P507" in cli("show", "case-1").stdout
    shutil.copy(ROOT / "examples" / "records" / "cybertip.toml", tmp_path)
    text = (tmp_path / "cybertip.toml").read_text()
    (tmp_path / "cybertip.toml").write_text(text.replace("[profiles.default", "[profiles.photos"))
    assert cli("file", **where(server)).status == 3
    assert cli("file", file, **where(server)).status == 0
    assert len(finished(server)) == 1


def test_what_cannot_be_read_is_named(cli: Cli, server: Program, tmp_path: Path) -> None:
    """A file that is not there, a folder, an empty stream: status 2, and the other records are filed."""
    (tmp_path / "empty.jsonl").write_text("\n")
    run = cli("file", "missing.json", ".", "empty.jsonl", case(tmp_path, "case-1"), **where(server))
    assert run.status == 2
    for name in ("missing.json", ".:", "empty.jsonl"):
        assert name in run.stderr
    assert len(finished(server)) == 1
    assert cli("file", "-", "-").status == 2
    assert cli("file", "missing.json", "--json").stdout.count('"refused"') == 1


@pytest.mark.parametrize("threads", ["1", "8"])
def test_threads(cli: Cli, server: Program, tmp_path: Path, threads: str) -> None:
    """However many work at once, each record is filed once."""
    files = [case(tmp_path, f"case-{n}") for n in range(12)]
    run = cli("file", *files, "--threads", threads, **where(server))
    assert run.status == 0
    assert len(finished(server)) == len(server.look("/reports")["reports"]) == 12
    assert cli("file", "--threads", "0").status == 2


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"id": 7}', b'{"id": ""}',
        b'{"id": "a\\u001b[2J"}', b'{"id": "\\n"}',
        b'{"id": "a\\ud800"}', b'{"id": "x", "id": "y"}', b'{"id": "' + b"x" * 5000 + b'"}', b"<report/>",
    ],
)  # fmt: skip
def test_hostile_records_end_in_words(cli: Cli, tmp_path: Path, content: bytes) -> None:
    """Whatever comes in is stored or refused in a sentence, and nothing of it reaches the terminal as it is."""
    (tmp_path / "hostile.json").write_bytes(content)
    run = cli("file", "hostile.json")
    assert run.status in (1, 3)
    assert "internal error" not in run.stderr
    assert "\x1b" not in run.stdout + run.stderr
    listed = cli("list")
    assert listed.status in (0, 3)
    assert "\x1b" not in listed.stdout + listed.stderr


def test_who_hands_in_is_recorded(cli: Cli, server: Program, tmp_path: Path) -> None:
    """The login name, or whom --as names, is part of the first event."""
    cli("file", case(tmp_path, "case-1"), **where(server))
    cli("file", case(tmp_path, "case-2"), "--as", "Night shift", **where(server))
    with Ledger.open(tmp_path / LEDGER) as ledger:
        firsts = [ledger.history(ledger.filing_of(name) or "")[0][1] for name in ("case-1", "case-2")]
    assert [one.by for one in firsts if isinstance(one, Enqueued)] == [getpass.getuser(), "Night shift"]
