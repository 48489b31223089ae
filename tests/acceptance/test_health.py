"""``cybertip health`` and ``cybertip ack``: what a monitor hears, with which exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from cybertip.filing.events import Enqueued
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.steps import record
from cybertip.ledger import Ledger
from cybertip.notices import Notifier, UndeliveredError
from tests.acceptance.conftest import Cli
from tests.acceptance.filings import LEDGER
from tests.acceptance.terminals import terminals
from tests.canaries import USERNAME
from tests.unit.ledger.ledgers import LEASE, PACE, REPORT, answer, file_it, new, one_call, started, tampered

NOBODY = {"CYBERTIP_BASE_URL": "", "CYBERTIP_USERNAME": "", "CYBERTIP_PASSWORD": ""}
"""Neither a server nor credentials."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """The ledger that the commands look at, with times of today."""
    return Ledger.open(tmp_path / LEDGER, environment="mock", account=USERNAME)


def add(
    ledger: Ledger,
    name: str,
    *,
    confirmed: timedelta = timedelta(),
    findings: tuple[str, ...] = (),
    at: datetime | None = None,
) -> str:
    """Store a filing that came in at a moment, now by default, and was confirmed so long before."""
    came = at or datetime.now(UTC)
    event = Enqueued(1, (True, True), came - confirmed, findings=findings)
    with ledger.transaction() as transaction:
        return transaction.add(replace(new(name), enqueued=event), came)


def test_all_is_well(cli: Cli, ledger: Ledger) -> None:
    """0, a line that says so, and a note that nothing is encrypted."""
    run = cli("health", **NOBODY)
    assert (run.status, run.stdout) == (0, "cybertip OK: nothing needs a person\n")
    assert "stored unencrypted; see docs/ledger.md" in run.stderr
    assert cli("health", "--quiet", **NOBODY).stderr == ""
    told = json.loads(cli("health", "--json", **NOBODY).stdout)
    assert told["ok"] is True
    assert set(told["counts"].values()) == {0}


def test_what_is_not_filed_yet_is_said(cli: Cli, ledger: Ledger) -> None:
    """All is well, and nothing is filed before a worker runs: 0, with how many there are and what files them."""
    add(ledger, "case-1")
    run = cli("health", **NOBODY)
    said = "cybertip OK: nothing needs a person; 1 is not filed yet, and waits for a worker (cybertip file)\n"
    assert (run.status, run.stdout) == (0, said)
    waiting = [add(ledger, name) for name in ("case-2", "case-3")]
    run = cli("health", **NOBODY)
    said = "cybertip OK: nothing needs a person; 3 are not filed yet, and wait for a worker (cybertip file)\n"
    assert (run.status, run.stdout) == (0, said)
    assert json.loads(cli("health", "--json", **NOBODY).stdout)["counts"]["unfiled"] == 3
    with ledger.transaction() as transaction:
        assert transaction.claim_this(waiting[0], "worker", datetime.now(UTC), timedelta(hours=1)) is not None
    run = cli("health", **NOBODY)
    assert run.stdout == "cybertip OK: nothing needs a person; 3 are not filed yet, and a worker is at work\n"


def test_what_needs_a_person(cli: Cli, ledger: Ledger) -> None:
    """3, with the filing and the command that mends it; acknowledging it changes nothing about that."""
    filing_id = add(ledger, "case-1", findings=("S203",))
    for acknowledged in (False, True):
        run = cli("health", **NOBODY)
        assert run.status == 3
        summary, line = run.stdout.splitlines()
        assert summary == "cybertip NEEDS A PERSON: 1 needs a person"
        assert line.startswith(f"needs person  {filing_id}  since ")
        assert line.endswith(
            f": our checks found errors in the record, so nothing was sent (S203).  `cybertip correct {filing_id}"
            " RECORD.json`  errors found before sending"
        )
        assert ("(acknowledged)" in line) == acknowledged
        assert cli("ack", filing_id, "--as", "somebody", "--reason", "looking", **NOBODY).status == 0
    events = [event for _, event in ledger.history(filing_id) if event.kind == "acknowledged"]
    assert [(one.by, one.reason) for one in events] == [("somebody", "looking")] * 2


def test_what_is_overdue(cli: Cli, ledger: Ledger) -> None:
    """3, a day after its confirmation; one that came in just now is late, and being filed."""
    add(ledger, "case-1", confirmed=timedelta(hours=50))
    assert cli("health", **NOBODY).status == 0
    waits = datetime.now(UTC) - timedelta(minutes=20)
    add(ledger, "case-2", confirmed=timedelta(hours=24), at=waits)
    with ledger.transaction() as transaction:
        transaction.claim("worker", waits, timedelta(hours=1), 100)  # else the queue would be stuck as well
    run = cli("health", **NOBODY)
    assert run.status == 3
    assert run.stdout.startswith("cybertip NEEDS A PERSON: 1 overdue\n")


def test_refused_credentials(cli: Cli, ledger: Ledger) -> None:
    """4, once for all filings, even if something else needs a person."""
    add(ledger, "case-1", findings=("S203",))
    with ledger.transaction() as transaction:
        transaction.block("HTTP 401", datetime.now(UTC))
    run = cli("health", **NOBODY)
    assert run.status == 4
    assert run.stdout.startswith("cybertip NOTHING GOES ON: credentials refused, 1 needs a person\n")
    assert "authentication failure  all  since" in run.stdout
    assert cli("ack", "--queue", **NOBODY).status == 0
    assert "(acknowledged)" in cli("health", **NOBODY).stdout


def test_a_queue_that_nobody_works_on(cli: Cli, tmp_path: Path) -> None:
    """4, with the command that runs a worker."""
    early = datetime.now(UTC) - timedelta(minutes=16)
    with Ledger.open(tmp_path / LEDGER, environment="mock", account=USERNAME, clock=lambda: early) as ledger:
        add(ledger, "case-1", at=early)
    run = cli("health", **NOBODY)
    assert run.status == 4
    assert run.stdout.startswith("cybertip NOTHING GOES ON: queue stuck\n")
    assert run.stdout.rstrip().endswith("`cybertip work`")


def test_a_lapse_that_is_near_is_told_and_fails_nothing(cli: Cli, tmp_path: Path) -> None:
    """A worker gives such a report up in time; the line says when."""
    early = datetime.now(UTC) - timedelta(hours=23)
    with Ledger.open(tmp_path / LEDGER, environment="mock", account=USERNAME, clock=lambda: early) as ledger:
        add(ledger, "case-1", at=early)
        with ledger.transaction() as transaction:
            book = transaction.claim("worker", early, timedelta(hours=48), 100)
            assert book is not None
            held = (book.id, book.fence or 0)
        one_call(ledger, *held, early)
    run = cli("health", **NOBODY)
    assert run.status == 0
    assert "1 could lapse soon" in run.stdout
    assert "report 4100000001 is open, and lapses at" in run.stdout


def test_a_notice_that_does_not_arrive(cli: Cli, ledger: Ledger) -> None:
    """3, an hour after it was made, with what went wrong."""

    class Deaf:
        """A receiver that hears nothing."""

        name = "pager"

        def send(self, message_id: str, payload: str) -> None:
            raise UndeliveredError("it is deaf")

    early = datetime.now(UTC) - timedelta(minutes=61)
    telling = Notifier(ledger, [Deaf()], clock=lambda: early)
    telling.look()
    with ledger.transaction() as transaction:
        transaction.block("HTTP 401", early)
    telling.look()
    telling.deliver()
    with ledger.transaction() as transaction:
        transaction.unblock(early)
    run = cli("health", **NOBODY)
    assert run.status == 3
    assert "1 notice undelivered" in run.stdout
    assert "undelivered  pager  1 since" in run.stdout
    assert "it is deaf" in run.stdout


def test_a_clock_that_went_back(cli: Cli, tmp_path: Path) -> None:
    """A note: waits and deadlines would be wrong."""
    later = datetime.now(UTC) + timedelta(hours=2)
    with Ledger.open(tmp_path / LEDGER, environment="mock", account=USERNAME, clock=lambda: later) as ledger:
        add(ledger, "case-1", at=later)
    assert "ahead of this machine's clock" in cli("health", **NOBODY).stderr


def test_an_alarm_needs_a_person_until_it_is_acknowledged(cli: Cli, ledger: Ledger, tmp_path: Path) -> None:
    """The filing is filed all the same, and nothing else would ever end it."""

    now = datetime.now(UTC)
    filing_id = add(ledger, "case-1")
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "worker", now, LEASE)
        assert book is not None
        fence = book.fence or 0
    for _ in range(5):
        one_call(ledger, filing_id, fence, now)
    with ledger.transaction() as transaction:
        event = started(transaction.book(filing_id, fence), now)
        assert event.call is CallName.FINISH
    with ledger.transaction() as transaction:
        book = transaction.book(filing_id, fence)
        record(book, *answer(event, now, files=1), PACE, Random(1))
        transaction.release(book)
    run = cli("health", **NOBODY)
    assert run.status == 3
    assert "alarm: the receipt lists other files" in run.stdout
    assert f"`cybertip ack {filing_id}`" in run.stdout
    assert cli("list", **NOBODY).status == 3
    assert cli("ack", "case-1", **NOBODY).status == 0
    assert cli("health", **NOBODY).status == 0
    assert cli("list", **NOBODY).status == 0
    assert ledger.verify() == []


def test_what_is_filed_and_cannot_be_read(cli: Cli, ledger: Ledger, tmp_path: Path) -> None:
    """3 until the ledger is mended, wherever one looks; it is not said to be unfiled, and stops nobody's command."""
    good, bad = add(ledger, "case-1"), add(ledger, "case-2")
    for filing_id in (good, bad):
        file_it(ledger, filing_id, datetime.now(UTC))
    tampered(
        tmp_path / LEDGER, f"UPDATE filings SET state = '{{' WHERE id = '{bad}'",
        f"UPDATE events SET payload = x'00' WHERE seq = 3 AND filing_id = '{bad}'",
    )  # fmt: skip
    run = cli("health", **NOBODY)
    assert run.status == 3
    assert (bad in run.stdout, good in run.stdout) == (True, False)
    assert "cannot be read" in run.stdout
    assert "`cybertip ledger verify`" in run.stdout
    for command in ("list", "watch", "summary"):
        told = cli(command, **NOBODY)
        assert told.status == (3 if command == "list" else 0)
        assert "does not have it" not in told.stdout + told.stderr
    assert "needs decision report" in cli("list", **NOBODY).stdout
    assert cli("list", "--type", "child-pornography", **NOBODY).status == 0
    assert cli("ack", "--all", **NOBODY).status == 0
    for arguments in (("retry", "case-2"), ("resolve", "case-2", "--filed", str(REPORT), "--reason", "x", "--yes")):
        refused = cli(*arguments, **NOBODY)
        assert (refused.status, "ledger verify" in refused.stderr) == (1, True), refused


def test_acknowledging_all(cli: Cli, ledger: Ledger) -> None:
    """All that need somebody now, and the queue; twice changes nothing."""
    wanted = {add(ledger, name, findings=("S203",)) for name in ("case-1", "case-2")}
    add(ledger, "case-3")
    run = cli("ack", "--all", **NOBODY)
    assert (run.status, set(run.stdout.split())) == (0, wanted)
    assert "Acknowledged: 2 filings and the queue." in run.stderr
    assert json.loads(cli("ack", "--all", "--json", **NOBODY).stdout)["filings"] == []


def in_doubt(ledger: Ledger, name: str) -> str:
    """Store a filing of which nobody knows whether it is filed."""
    now = datetime.now(UTC)
    filing_id = add(ledger, name)
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "worker", now, LEASE)
        assert book is not None
        fence = book.fence or 0
    for _ in range(5):
        one_call(ledger, filing_id, fence, now)
    one_call(ledger, filing_id, fence, now, Outcome.UNKNOWN)
    one_call(ledger, filing_id, fence, now + timedelta(days=1), Outcome.NO_REPORT)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(filing_id, fence))
    return filing_id


def test_no_final_word_stands_alone(cli: Cli, ledger: Ledger) -> None:
    """Whether it is filed NCMEC has to say: neither a line nor the first command of a list is a word on that."""
    filing_id = in_doubt(ledger, "case-1")
    (line,) = cli("health", **NOBODY).stdout.splitlines()[1:]
    assert line.endswith(
        f"was lost.  ask NCMEC about report 4100000001 first, then: `cybertip show {filing_id}`"
        "  filed or not  report 4100000001"
    )
    (told,) = json.loads(cli("health", "--json", **NOBODY).stdout)["concerns"]
    assert told["commands"][0] == f"cybertip show {filing_id}"
    assert [one.split()[1] for one in told["commands"][1:]] == ["resolve", "resolve"]


@pytest.mark.parametrize("width", [60, 80, 140])
def test_on_a_terminal(ledger: Ledger, tmp_path: Path, width: int) -> None:
    """Each concern has its record, a short id, its report and its situation; commands stand on one line, undivided."""
    wrong, doubt = add(ledger, "night-1", findings=("S203",)), in_doubt(ledger, "night-3")
    with ledger.transaction() as transaction:
        transaction.block("HTTP 401", datetime.now(UTC))
    with terminals(tmp_path) as terminal:
        status, shown = terminal("health", "--quiet", width=width, NO_COLOR="1", **NOBODY).ended()
    assert status == 4
    lines = shown.splitlines()
    assert all(len(line) <= width for line in lines)
    text = " ".join(shown.split())
    assert "authentication failure all filings" in text
    assert f"needs person night-1 ({wrong[:8]}) errors found before sending" in text
    assert f"needs person night-3 ({doubt[:8]}) report 4100000001 filed or not" in text
    assert f"  Run: cybertip correct {wrong[:8]} RECORD.json" in lines
    assert f"Ask NCMEC about report 4100000001 first, then: cybertip show {doubt[:8]}" in text
    assert any(line.endswith(f" cybertip show {doubt[:8]}") for line in lines)
    assert wrong not in shown
    assert doubt not in shown


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("ack",), 2),
        (("ack", "nothing"), 2),
        (("ack", "--all", "case-1"), 2),
        (("ack", "--queue", "--as", " "), 2),
    ],
)
def test_what_makes_no_sense(cli: Cli, ledger: Ledger, arguments: tuple[str, ...], status: int) -> None:
    """Usage, in words."""
    assert cli(*arguments, **NOBODY).status == status


def test_without_a_ledger_there_is_nothing_to_tell(cli: Cli) -> None:
    """2, with the place where it was looked for: a monitor must not take that for health."""
    run = cli("health", **NOBODY)
    assert run.status == 2
    assert "there is no ledger" in run.stderr
