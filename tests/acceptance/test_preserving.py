"""``cybertip purge``, ``hold`` and ``ledger rekey``: what is kept, what goes, and under which key it lies."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cybertip.filing.events import Held, Purged
from cybertip.ledger import Ledger
from tests.acceptance.conftest import Cli
from tests.acceptance.filings import ACCOUNT, LEDGER, case, where
from tests.acceptance.programs import Program
from tests.acceptance.terminals import terminals
from tests.acceptance.test_list_show_ledger import Start
from tests.unit.ledger.ledgers import Clock, add, file_it, open_ledger
from tests.unit.ledger.sealing import KEY, OTHER, add_secret, in_file

DAYS_AGO = 400
KEYS = {"CYBERTIP_ENCRYPT_KEY": base64.b64encode(KEY).decode()}
NEW_KEYS = {"CYBERTIP_ENCRYPT_KEY": "\n".join(base64.b64encode(one).decode() for one in (OTHER, KEY))}
ONLY_NEW = {"CYBERTIP_ENCRYPT_KEY": base64.b64encode(OTHER).decode()}
PURGE = ("purge", "--reason", "a year has passed", "--as", "Kim", "--yes")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger in which one report was filed long ago, one of late, and one was not filed yet."""
    path = tmp_path / LEDGER
    clock = Clock()
    clock.now = datetime.now(UTC) - timedelta(days=DAYS_AGO)
    with open_ledger(path, clock) as ledger:
        file_it(ledger, add_secret(ledger, "case-old"))
        clock.pass_by(days=DAYS_AGO - 30)
        file_it(ledger, add_secret(ledger, "case-young"))
        add(ledger, "case-new")
    return path


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """It, to look at."""
    with Ledger.open(path) as opened:
        yield opened


def id_of(ledger: Ledger, name: str) -> str:
    """The filing of a record."""
    return ledger.filing_of(name) or ""


def test_purging_what_is_old(cli: Cli, ledger: Ledger, path: Path) -> None:
    """What has to be preserved is listed with its moment; the chain tells who and why; again, nothing is done."""
    run = cli(*PURGE, "--older-than", "300")
    assert run.status == 0
    purged, kept = sorted(run.stdout.splitlines(), key=lambda line: "kept" in line)
    assert purged.endswith("case-old  purged")
    assert "case-young  kept until " in kept
    assert "Filing " in run.stderr
    assert "what was filed is preserved for 365 days by law or policy." in run.stderr
    _, event = ledger.history(id_of(ledger, "case-old"))[-1]
    assert isinstance(event, Purged)
    assert (event.by, event.reason) == ("Kim", "a year has passed")
    again = cli(*PURGE, "--older-than", "300", "--json")
    envelope = json.loads(again.stdout)
    assert (again.status, envelope["purged"], [one["record_ids"] for one in envelope["kept"]]) == (
        0, [], [["case-young"]],
    )  # fmt: skip
    for command in (
        ("ledger", "verify"),
        ("show", "case-old"),
        ("list",),
        ("ledger", "export", "case-old", "--out", "out"),
    ):
        assert cli(*command).status == 0, command
    assert json.loads((path.parent / "out/history.json").read_text())["purged"][0]["by"] == "Kim"


def test_looking_first(cli: Cli, path: Path) -> None:
    """--dry-run needs no reason and changes nothing."""
    before = path.read_bytes()
    run = cli("purge", "--older-than", "300", "--dry-run")
    assert (run.status, "case-old  would be purged" in run.stdout) == (0, True)
    envelope = json.loads(cli("purge", "--older-than", "300", "--dry-run", "--json").stdout)
    assert [one["record_ids"] for one in envelope["would_purge"]] == [["case-old"]]
    assert path.read_bytes() == before


def test_what_was_named_and_is_preserved(cli: Cli, ledger: Ledger) -> None:
    """Status 5, with until when and why; what may go goes all the same, and what has not ended never does."""
    run = cli(*PURGE, "case-young", "case-new", "case-old")
    assert run.status == 5
    assert "case-young  kept until " in run.stdout
    assert "case-new  kept\n" in run.stdout
    assert "has not ended: it is new." in run.stderr
    assert "case-old  purged" in run.stdout
    assert cli(*PURGE, "nothing").status == 2
    assert ledger.verify() == []


def test_purging_asks(cli: Cli, ledger: Ledger) -> None:
    """Without a terminal and --yes nothing is done; nor without a reason, or without saying what."""
    run = cli("purge", "case-old", "--reason", "a year has passed")
    assert (run.status, "Add --yes to say so beforehand" in run.stderr) == (2, True)
    for arguments, words in (
        (("case-old", "--yes"), "say why with --reason"),
        (("--reason", "x", "--yes"), "name the filings, or say what is old enough: --older-than DAYS"),
        (("--reason", "x", "--yes", "--older-than", "many"), "'--older-than'"),
    ):
        run = cli("purge", *arguments)
        assert (run.status, words in run.stderr) == (2, True), run.stderr
    assert all(not isinstance(event, Purged) for _, event in ledger.history(id_of(ledger, "case-old")))


def test_whoever_is_asked_can_say_no(path: Path, ledger: Ledger, tmp_path: Path) -> None:
    """On a terminal each filing is shown first, with what stays and which copies are beside the ledger."""
    (tmp_path / f"{LEDGER}.backup-0001").touch()
    arguments = ("purge", "case-old", "--reason", "a year has passed", "--as", "Kim")
    with terminals(tmp_path) as terminal:
        asked = terminal(*arguments, width=140)
        asked.wait_for(lambda shown: "Go on? [y/N]" in shown)
        asked.type("n\n")
        status, shown = asked.ended()
        assert (status, "not confirmed; nothing was changed" in shown) == (1, True)
        assert "Purge 1 filing?" in shown
        assert f"A copy is beside the ledger: {LEDGER}.backup-0001" in shown
        assert in_file(path)
        asked = terminal(*arguments, width=140)
        asked.wait_for(lambda shown: "Go on? [y/N]" in shown)
        asked.type("y\n")
        assert asked.ended()[0] == 0
    assert isinstance(ledger.history(id_of(ledger, "case-old"))[-1][1], Purged)


def test_holding(cli: Cli, ledger: Ledger) -> None:
    """Nothing of it is purged to the end of the day, in UTC; released, it is as if nobody had asked."""
    day = (datetime.now(UTC) + timedelta(days=100)).date()
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    run = cli("hold", "case-old", "--until", str(day), "--reason", "an authority asks", "--as", "Kim", "--json")
    assert run.status == 0
    assert json.loads(run.stdout)["held_until"] == end.isoformat()
    _, event = ledger.history(id_of(ledger, "case-old"))[-1]
    assert isinstance(event, Held)
    assert (event.by, event.reason, event.until) == ("Kim", "an authority asks", end)
    run = cli(*PURGE, "case-old")
    assert (run.status, "a person asked for it to be preserved" in run.stderr) == (5, True)
    run = cli("hold", "case-old", "--release", "--reason", "it is over", "--as", "Kim")
    assert (run.status, "The hold has ended." in run.stderr) == (0, True)
    assert cli(*PURGE, "case-old").status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say either to when"),
        (("--until", "2999-01-01", "--release"), "say either to when"),
        (("--until", "soon"), "give a day"),
        (("--until", "2999-01-01T12:00:00"), "needs its offset from UTC"),
        (("--until", "9999-12-31"), "give a day"),
        (("--until", "2020-01-01"), "it is over already"),
    ],
)
def test_holding_to_no_moment(cli: Cli, path: Path, arguments: tuple[str, ...], words: str) -> None:
    """It is said what is missing, and nothing is written down."""
    before = path.read_bytes()
    run = cli("hold", "case-old", "--reason", "x", *arguments)
    assert (run.status, words in run.stderr) == (2, True), run.stderr
    assert path.read_bytes() == before


def test_changing_the_key(cli: Cli, path: Path) -> None:
    """From no key to one, and to another; then the old one can go, and nothing of the content is in the file."""
    assert in_file(path)
    run = cli("ledger", "rekey")
    assert (run.status, "there is no key to seal with" in run.stderr) == (2, True)
    for keys in (KEYS, NEW_KEYS):
        run = cli("ledger", "rekey", **keys)
        assert (run.status, "Older keys are not needed any more." in run.stderr) == (0, True), run.stderr
        assert not in_file(path)
    assert json.loads(cli("ledger", "rekey", "--json", **ONLY_NEW).stdout)["rows"] == 0
    assert cli("ledger", "verify", **ONLY_NEW).status == 0
    run = cli("show", "case-old", **KEYS)
    assert (run.status, "is not among the keys of the ledger" in run.stderr) == (2, True)


def test_without_the_key(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Lists and counts go on; what is sealed says what is missing; verifying says how much it could not look at."""
    assert cli("ledger", "rekey", **KEYS).status == 0
    for unread in ({}, {"CYBERTIP_ENCRYPT_KEY_FILE": "missing"}):
        # Also when the keys cannot be had just now.
        assert cli("list", **unread).status == cli("list", "--json", **unread).status == 0
        assert cli("summary", **unread).status == 0
        run = cli("health", "--json", **unread)
        words = "cannot be read" if unread else "the ledger is encrypted and its key is not configured here"
        assert any(words in note for note in json.loads(run.stdout)["notes"])
    run = cli("list", "--account", "somebody")
    assert (run.status, "no key of the ledger was given" in run.stderr) == (1, True)
    run = cli("ledger", "verify")
    assert run.status == 0
    assert "47 values are sealed and were not looked at" in run.stderr
    assert "What could be looked at is as it was written" in run.stderr
    assert "The ledger is as it was written" in cli("ledger", "verify", **KEYS).stderr
    assert json.loads(cli("ledger", "verify", "--json").stdout)["sealed_not_checked"] == 47
    assert json.loads(cli("ledger", "verify", "--json", **KEYS).stdout)["sealed_not_checked"] == 0
    run = cli("show", "case-old")
    assert run.status == 0
    assert run.stdout.count("sealed: name the key under [encrypt]") == 3
    assert "\nExchanges:\n" in run.stdout
    assert "/finish" in run.stdout
    assert "accepted the request" not in run.stdout
    shown = json.loads(cli("show", "case-old", "--json").stdout)
    assert sorted(shown["sealed"]) == ["files", "findings", "type"]
    assert len(shown["exchanges"]) == 6
    events = len(shown["events"])
    run = cli("show", "case-old", "--reveal", "--reason", "a look")
    assert (run.status, "no key of the ledger was given" in run.stderr) == (1, True)
    assert len(json.loads(cli("show", "case-old", "--json").stdout)["events"]) == events
    run = cli("ledger", "export", "case-old", "--out", "out")
    assert (run.status, "no key of the ledger was given" in run.stderr) == (1, True)
    assert not (tmp_path / "out").exists()
    assert cli(*PURGE, "case-old").status == 0


def test_filing_into_an_encrypted_ledger(cli: Cli, start: Start, tmp_path: Path) -> None:
    """A real report with its answers is sealed from the first byte; without the key nobody begins to work."""
    server: Program = start(*ACCOUNT)
    name = case(tmp_path, "case-1")
    assert cli("file", name, **where(server), **KEYS).status == 0
    assert not in_file(tmp_path / LEDGER)
    assert not in_file(tmp_path / LEDGER, b"<reportDoneResponse")
    run = cli("file", name, **where(server))
    assert (run.status, "without its key no filing can be served" in run.stderr) == (2, True)
    # Handed in again, it is known.
    assert cli("file", name, **where(server), **KEYS).status == 0
    assert json.loads(cli("show", "case-1", "--json", **KEYS).stdout)["sealed"] == []
    assert "sealed:" in cli("show", "case-1").stdout
    assert cli("ledger", "verify", **KEYS).status == 0
