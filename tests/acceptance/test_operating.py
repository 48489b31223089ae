"""docs/operating.md as a test: each failure is produced with the mock's faults, its words are compared with the page's,
the page's commands are run as they stand there, and the end is looked at."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import Client, Filer, Ledger, sample
from cybertip.filing import Situation
from tests.acceptance.conftest import ROOT, Cli, Run, clean_environment
from tests.acceptance.filings import ACCOUNT, LEDGER, case, finished, has_begun, nobody, where
from tests.acceptance.programs import PATIENCE, Program
from tests.canaries import PASSWORD, USERNAME
from tests.unit.ledger.ledgers import tampered

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
QUICK = {"CYBERTIP_PACE_BASE": "0.1", "CYBERTIP_PACE_CAP": "0.2"}
"""Waits that are over by the time that the next command has started."""
SLOW = {"CYBERTIP_PACE_BASE": "3600", "CYBERTIP_PACE_CAP": "86400"}
"""Waits that are still running then; a random one is hardly ever under a minute."""


@dataclass(frozen=True)
class Block:
    """What the page shows for a status: its words, and the commands that mend it."""

    title: str
    words: str
    commands: tuple[str, ...]


def blocks() -> list[Block]:
    """The blocks of the page in their order."""
    part = PAGE.split("## Each status, in the order in which they occur")[1].split("\n## ")[0]
    found = []
    for section in part.split("\n### ")[1:]:
        title = section.splitlines()[0]
        for text in re.findall(r"```\n(.*?)```", section, re.DOTALL):
            words, *commands = text.splitlines()
            found.append(Block(title, words, tuple(line.removeprefix("$ ") for line in commands)))
    return found


@dataclass
class Night:
    """One failure, from how it comes about to how it ends."""

    cli: Cli
    start: Callable[..., Program]
    folder: Path
    server: Program
    variables: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *arguments: str, **more: str) -> Run:
        """Run a command against the mock."""
        return self.cli(*arguments, **{**where(self.server), **self.variables, **more})

    def faults(self, *faults: dict[str, Any]) -> None:
        """Set the mock's faults; none of the earlier stays."""
        self.server.steer("PUT", "/faults", list(faults))

    def shown(self) -> dict[str, Any]:
        """The filing as `show` has it."""
        found: dict[str, Any] = json.loads(self.run("show", "case-1", "--json").stdout)
        return found

    def begin(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a command that goes on by itself."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cybertip", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            env={
                **clean_environment(), "CYBERTIP_USERNAME": USERNAME, "CYBERTIP_PASSWORD": PASSWORD,
                **where(self.server), **self.variables, **more,
            },
        )  # fmt: skip
        self.running.append(process)
        return process


def _until(process: subprocess.Popen[str], words: str) -> None:
    """Read what a program says until it says this."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return
    raise AssertionError(said)


# --- how each comes about ----------------------------------------------------------------------------------------


def waiting(night: Night) -> None:
    """A pipeline hands a record in, and no worker runs."""
    case(night.folder, "case-1")
    with (
        Ledger.open(night.folder / LEDGER, environment="mock", account=USERNAME) as ledger,
        Client(USERNAME, PASSWORD, base_url=night.server.base_url) as client,
    ):
        Filer(ledger, client, sample.profile()).enqueue((night.folder / "case-1.json").read_bytes(), night.folder)


def time_ahead(night: Night) -> None:
    """A record tells of a moment that is still to come, as where a clock is wrong."""
    ahead = (datetime.now(UTC) + timedelta(seconds=100)).isoformat(timespec="seconds")
    file = case(night.folder, "case-1")
    content = json.loads((night.folder / file).read_text(encoding="utf-8"))
    content["incident"]["occurred_at"] = ahead
    content["suspects"][0]["ip_events"] = []
    (night.folder / file).write_text(json.dumps(content), encoding="utf-8")
    assert night.run("file", file).status == 4


def at_work(night: Night) -> None:
    """An upload takes its time."""
    night.faults({"fault": "delay", "call": "upload", "seconds": 3600, "before": "acting"})
    worker = night.begin("file", case(night.folder, "case-1"))
    while not has_begun(night.folder, "case-1", "upload"):
        assert worker.poll() is None


def trying_again(night: Night) -> None:
    """Nobody listens at the server's address."""
    with nobody() as address:
        assert night.run("file", case(night.folder, "case-1"), **{**SLOW, **address}).status == 4


def asking(night: Night) -> None:
    """The server finishes the report, and its answer is lost; so is the next."""
    night.faults({"fault": "reset", "call": "finish", "at": "after-acting", "times": None})
    assert night.run("file", case(night.folder, "case-1"), **SLOW).status == 4


def closing(night: Night) -> None:
    """The server refuses to finish the report, and the retract is not answered."""
    night.faults(
        {"fault": "code", "call": "finish", "code": 4100, "description": "[refused]"},
        {"fault": "reset", "call": "retract", "at": "before-reading", "times": None},
    )
    assert night.run("file", case(night.folder, "case-1"), **SLOW).status == 4


def evidence_missing(night: Night) -> None:
    """A file was moved away."""
    file = case(night.folder, "case-1")
    (night.folder / "evidence-2.png").rename(night.folder / "elsewhere.png")
    assert night.run("file", file).status == 4


def credentials_refused(night: Night) -> None:
    """The password has expired."""
    night.variables["CYBERTIP_PASSWORD"] = "an-old-password"
    assert night.run("file", case(night.folder, "case-1")).status == 4


def errors_found(night: Night) -> None:
    """The decision is not a confirmed one."""
    decision = {"outcome": "pending", "reviewer": "reviewer-17", "decided_at": "2026-03-02T12:00:00Z"}
    assert night.run("file", case(night.folder, "case-1", decision=decision)).status == 3


def refused(night: Night) -> None:
    """The server does not take the report."""
    night.faults({"fault": "code", "call": "submit", "code": 4100, "description": "[refused]"})
    assert night.run("file", case(night.folder, "case-1")).status == 3


def halted(night: Night) -> None:
    """Every answer to a submit is lost."""
    night.variables["CYBERTIP_LIMITS_REPORTS"] = "2"
    night.faults({"fault": "reset", "call": "submit", "at": "after-acting", "times": None})
    assert night.run("file", case(night.folder, "case-1"), "--wait", "60", **QUICK).status == 3


def filed_or_not(night: Night) -> None:
    """The finish arrives, its answer is lost, and then the server knows of no such report."""
    night.faults(
        {"fault": "reset", "call": "finish", "at": "after-acting"},
        {"fault": "code", "call": "finish", "code": 5001, "description": "[none]"},
    )
    assert night.run("file", case(night.folder, "case-1"), "--wait", "60", **QUICK).status == 3


def not_filed_after_all(night: Night) -> None:
    """As above, and the finish never arrived."""
    night.faults(
        {"fault": "status", "call": "finish", "status": 502, "acts": False},
        {"fault": "code", "call": "finish", "code": 5001, "description": "[none]"},
    )
    assert night.run("file", case(night.folder, "case-1"), "--wait", "60", **QUICK).status == 3


def filed(night: Night) -> None:
    """All goes well."""
    assert night.run("file", case(night.folder, "case-1")).status == 0


def receipt_lost(night: Night) -> None:
    """The receipt is lost, and the server says that it finished the report before."""
    night.faults({"fault": "reset", "call": "finish", "at": "after-acting"})
    assert night.run("file", case(night.folder, "case-1"), "--wait", "60", **QUICK).status == 0


def cancelled(night: Night) -> None:
    """A person cancels what was not sent yet."""
    waiting(night)
    assert night.run("cancel", "case-1", "--reason", "a mistake", "--yes").status == 0


def unreadable(night: Night) -> None:
    """It is filed and the ledger is copied; then the disk damages what the ledger holds of it."""
    filed(night)
    with (
        contextlib.closing(sqlite3.connect(night.folder / LEDGER)) as ledger,
        contextlib.closing(sqlite3.connect(_copy(night))) as copy,
    ):
        ledger.backup(copy)
    tampered(night.folder / LEDGER, "UPDATE filings SET state = '{'", "UPDATE events SET payload = x'00' WHERE seq = 3")


# --- what people do outside of cybertip, and how it ends ---------------------------------------------------------


def _right_record(night: Night) -> None:
    night.faults()
    case(night.folder, "case-1")


def _supplement(night: Night) -> None:
    case(night.folder, "case-1", id="case-1-more")


def _file_back(night: Night) -> None:
    (night.folder / "elsewhere.png").rename(night.folder / "evidence-2.png")


def _password(night: Night) -> None:
    del night.variables["CYBERTIP_PASSWORD"]


def _no_faults(night: Night) -> None:
    night.faults()
    night.variables.pop("CYBERTIP_LIMITS_REPORTS", None)


def _copy(night: Night) -> Path:
    return night.folder / "copy.sqlite3"


def _copied(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _nothing(night: Night) -> None:
    pass


def _one_filed(night: Night) -> None:
    assert night.shown()["status"] == "filed"
    assert len(finished(night.server)) == 1


def _one_filed_at_last(night: Night) -> None:
    """Whoever was at it goes; the next worker files it."""
    for process in night.running:
        process.kill()
        process.wait(PATIENCE)
    night.faults()
    assert night.run("file", "--wait", "60", **QUICK).status == 0
    _one_filed(night)


def _waits_for_a_correction(night: Night) -> None:
    assert night.shown()["situation"] == "refused by the server"
    assert [one["state"] for one in night.server.look("/reports")["reports"]] == ["retracted"]


def _supplement_filed(night: Night) -> None:
    assert len(finished(night.server)) == 2
    more = json.loads(night.run("show", "case-1-more", "--json").stdout)
    assert more["status"] == "filed"


def _history_written(night: Night) -> None:
    assert (night.folder / "history" / "history.json").exists()
    _one_filed(night)


def _one_filed_once_the_copy_is_back(night: Night) -> None:
    """Until then it is named wherever one looks; what is left of its history can be written."""
    assert night.run("health").status == 3
    for command in ("list", "show"):
        told = night.run(command, *(["case-1"] if command == "show" else []))
        assert (told.status, "NCMEC has it: report" in told.stdout + told.stderr) == (3, True), told
        assert "ledger verify" in told.stdout + told.stderr
    exported = night.run("ledger", "export", "case-1", "--out", "history")
    assert exported.status == 0, exported
    assert "an event that cannot be read" in (night.folder / "history" / "history.txt").read_text(encoding="utf-8")
    with (
        contextlib.closing(sqlite3.connect(_copy(night))) as copy,
        contextlib.closing(sqlite3.connect(night.folder / LEDGER)) as ledger,
    ):
        copy.backup(ledger)
    _one_filed(night)


def _nothing_filed(night: Night) -> None:
    assert night.shown()["status"] == "cancelled"
    assert night.run("file").status == 0
    assert finished(night.server) == []


@dataclass(frozen=True)
class Story:
    """How a status comes about, what people do outside, and how it ends once the page's commands were run."""

    produce: Callable[[Night], None]
    outside: Callable[[Night], None]
    end: Callable[[Night], None]


STORIES = {
    "waits for a worker": [Story(waiting, _nothing, _one_filed)],
    "a time is ahead": [Story(time_ahead, _right_record, _one_filed)],
    "a worker is at it": [Story(at_work, _nothing, _one_filed_at_last)],
    "will be tried again": [Story(trying_again, _nothing, _one_filed)],
    "asking whether it is filed": [Story(asking, _no_faults, _one_filed)],
    "its report is being closed": [Story(closing, _no_faults, _waits_for_a_correction)],
    "evidence is missing": [Story(evidence_missing, _file_back, _one_filed)],
    "credentials refused": [Story(credentials_refused, _password, _one_filed)],
    "errors found before sending": [Story(errors_found, _right_record, _one_filed)],
    "refused by the server": [Story(refused, _right_record, _one_filed)],
    "halted": [Story(halted, _no_faults, _one_filed)],
    "filed or not": [Story(filed_or_not, _nothing, _one_filed), Story(not_filed_after_all, _nothing, _one_filed)],
    "filed": [Story(filed, _supplement, _supplement_filed)],
    "filed, receipt lost": [Story(receipt_lost, _nothing, _history_written)],
    "cancelled": [Story(cancelled, _nothing, _nothing_filed)],
    "cannot be read": [Story(unreadable, _nothing, _one_filed_once_the_copy_is_back)],
}
"""One story for each block of the page."""


def test_the_page_has_every_situation_in_order() -> None:
    """A section for each, as the program names it, in the order in which they occur."""
    assert list(dict.fromkeys(block.title for block in blocks())) == [str(one) for one in Situation]
    assert {title: len(stories) for title, stories in STORIES.items()} == {
        str(one): sum(block.title == one for block in blocks()) for one in Situation
    }


PAIRS = [
    pytest.param(block, story, id=f"{title}-{number}".replace(" ", "-"))
    for title, stories in STORIES.items()
    for number, (block, story) in enumerate(
        zip([one for one in blocks() if one.title == title], stories, strict=True), start=1
    )
]


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(".*?".join(map(re.escape, words.split("…"))))


def _filled_in(line: str, night: Night, shown: dict[str, Any]) -> list[str]:
    """A command of the page with what a person fills in."""
    names = {
        "FILING": shown["id"], "REPORT_ID": str(shown["report_id"]), "FOLDER": "history", '"…"': "as-agreed",
        "RECORD.json": "case-1.json",
    }  # fmt: skip
    words = line.split()
    assert words[0] == "cybertip"
    return [names.get(word, word) for word in words[1:]]


@pytest.mark.parametrize(("block", "story"), PAIRS)
def test_what_the_page_says(
    cli: Cli, start: Callable[..., Program], tmp_path: Path, block: Block, story: Story
) -> None:
    """The status says what the page says, the commands of the page mend it, and there is never a second report."""
    night = Night(cli, start, tmp_path, start(*ACCOUNT))
    try:
        story.produce(night)
        shown = night.shown()
        assert shown["situation"] == block.title
        reason = shown["reason"][:1].upper() + shown["reason"][1:]
        said = f"{shown['status']}: {reason}. {shown['told']} {shown['next']}"
        assert _pattern(block.words).fullmatch(said), said
        story.outside(night)
        for line in block.commands:
            _carry_out(night, _filled_in(line, night, shown))
        story.end(night)
        assert night.run("ledger", "verify").status == 0
    finally:
        for process in night.running:
            process.kill()
            process.wait(PATIENCE)
            assert process.stderr is not None
            process.stderr.close()


def _carry_out(night: Night, arguments: list[str]) -> None:
    if arguments == ["work"]:
        worker = night.begin("work")
        _until(worker, "it is filed")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
        return
    run = night.run(*arguments, **QUICK)
    assert run.status in ((1,) if arguments == ["ledger", "verify"] else (0, 3, 4)), run
    assert "Traceback" not in run.stderr
