"""What is told when: once, again at its pace, not any more, and anew."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip.errors import ConfigurationError
from cybertip.filing.events import Corrected, Enqueued
from cybertip.filing.occasions import Occasion
from cybertip.ledger import Ledger
from cybertip.notices import NoticeSettings, Notifier
from cybertip.worker import Operator
from tests.unit.ledger.ledgers import LEASE, T0, Clock, add, claimed, file_it, new, one_call, open_ledger
from tests.unit.notices.conftest import Ear, notifier, tell

HOURS = timedelta(hours=1)


def wrong(ledger: Ledger, clock: Clock, record_id: str = "case-1", confirmed: timedelta = HOURS) -> str:
    """Store a filing that waits for a correction; its id."""
    made = new(record_id)
    event = Enqueued(0, (), T0 - confirmed, findings=("S203",))
    with ledger.transaction() as transaction:
        return transaction.add(replace(made, enqueued=event, package=None), clock())


def person(ledger: Ledger, clock: Clock) -> Operator:
    """Somebody who acts."""

    def no_profile(_: str) -> None:
        raise AssertionError

    return Operator(ledger, "a person", no_profile, clock=clock)  # type: ignore[arg-type]


def corrected(ledger: Ledger, clock: Clock, filing_id: str, *findings: str) -> None:
    """Let a person correct a filing, in vain where there are findings."""
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "a person", clock(), LEASE)
        assert book is not None
        revision = transaction.correct(filing_id, new())
        book.append(Corrected(revision, (True, True), "a person", "mended", findings=findings))
        transaction.release(book)


def test_what_waits_for_a_person_is_told_once(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """However often somebody looks, until it is time to be reminded."""
    telling = notifier(ledger, clock, ear)
    filing_id = wrong(ledger, clock)
    assert [tell(telling), tell(telling)] == [1, 0]
    (message,) = ear.heard
    assert message | {"id": "", "commands": []} == {
        "cybertip_notice": 1,
        "id": "",
        "occasion": "needs person",
        "filing": filing_id,
        "report_id": None,
        "status": "needs correction",
        "situation": "errors found before sending",
        "since": T0.isoformat(),
        "reminder": 0,
        "environment": "mock",
        "ledger": ledger.id,
        "commands": [],
    }
    assert message["commands"][0] == f"cybertip correct {filing_id} RECORD.json"


def test_it_is_told_again_at_its_pace(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Each reminder is a message of its own, with its number, and they do not pile up while nobody runs."""
    telling = notifier(ledger, clock, ear, reminder=4 * HOURS)
    wrong(ledger, clock)
    tell(telling)
    clock.pass_by(hours=3, minutes=59)
    assert tell(telling) == 0
    clock.pass_by(minutes=1)
    assert tell(telling) == 1
    clock.pass_by(hours=13)
    assert tell(telling) == 1
    assert [one["reminder"] for one in ear.heard] == [0, 1, 2]
    assert len({one["id"] for one in ear.heard}) == 3


def test_acknowledging_ends_the_reminders(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Until something else happens, which begins anew; the event is in the chain."""
    telling = notifier(ledger, clock, ear)
    filing_id = wrong(ledger, clock)
    tell(telling)
    clock.pass_by(minutes=1)
    person(ledger, clock).acknowledge(filing_id)
    clock.pass_by(hours=12)
    assert tell(telling) == 0
    assert "acknowledged" in [event.kind for _, event in ledger.history(filing_id)]
    assert ledger.verify() == []
    corrected(ledger, clock, filing_id, "S301")
    assert tell(telling) == 1
    clock.pass_by(hours=4)
    assert tell(telling) == 1
    assert ear.heard[-1]["reminder"] == 1


def test_what_was_acknowledged_before_anybody_looked_is_not_told(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Whoever works on it already needs no message."""
    telling = notifier(ledger, clock, ear)
    filing_id = wrong(ledger, clock)
    clock.pass_by(minutes=1)
    person(ledger, clock).acknowledge(filing_id)
    assert tell(telling) == 0
    clock.pass_by(hours=9)
    assert tell(telling) == 0


def test_acknowledging_calls_off_what_is_on_its_way(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """A reminder that could not be delivered is not sent to somebody who has said to know."""
    telling = notifier(ledger, clock, ear)
    filing_id = wrong(ledger, clock)
    ear.deaf = True
    assert tell(telling) == 0
    person(ledger, clock).acknowledge(filing_id)
    ear.deaf = False
    clock.pass_by(hours=1)
    assert tell(telling) == 0
    assert ear.heard == []


def test_acting_ends_the_reminders(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """What is over is not told again."""
    telling = notifier(ledger, clock, ear, occasions=frozenset({Occasion.NEEDS_PERSON}))
    filing_id = wrong(ledger, clock)
    tell(telling)
    corrected(ledger, clock, filing_id)
    clock.pass_by(hours=5)
    assert tell(telling) == 0
    assert len(ear.heard) == 1


def test_what_is_filed_is_told_once(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """With its report; remarks on it later are no news, and what was filed before the first look is none."""
    before = add(ledger, "before")
    file_it(ledger, before)
    telling = notifier(ledger, clock, ear)
    filing_id = add(ledger)
    file_it(ledger, filing_id)
    assert tell(telling) == 1
    assert ear.heard[0]["filing"] == filing_id
    assert (ear.heard[0]["occasion"], ear.heard[0]["report_id"]) == ("filed", 4_100_000_002)
    person(ledger, clock).reveal(filing_id)
    person(ledger, clock).reveal(before)
    clock.pass_by(hours=9)
    assert tell(telling) == 0


def test_an_overdue_record_is_told(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """A day after its confirmation, whatever it waits for; no more once it is filed."""
    telling = notifier(ledger, clock, ear, occasions=frozenset({Occasion.OVERDUE}))
    filing_id = add(ledger, confirmed=23 * HOURS)
    assert tell(telling) == 0
    clock.pass_by(hours=1)
    assert tell(telling) == 1
    assert ear.heard[0]["since"] == (T0 + HOURS).isoformat()
    file_it(ledger, filing_id, clock())
    clock.pass_by(hours=9)
    assert tell(telling) == 0


def test_refused_credentials_are_told_once_for_all_filings(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Not filing by filing; acknowledged for the queue; again if they are refused again."""
    telling = notifier(ledger, clock, ear)
    for name in ("a", "b"):
        add(ledger, name)
    for _ in range(2):
        with ledger.transaction() as transaction:
            transaction.block("HTTP 401", clock())
        clock.pass_by(hours=1)
        assert tell(telling) == 1
        assert (ear.heard[-1]["occasion"], ear.heard[-1]["filing"]) == ("authentication failure", None)
        person(ledger, clock).acknowledge_queue()
        clock.pass_by(hours=9)
        assert tell(telling) == 0
        with ledger.transaction() as transaction:
            transaction.unblock(clock())
            transaction.claim("worker", clock(), 24 * HOURS, 100)
        assert tell(telling) == 0


def test_what_gets_late_by_a_queue_that_stands_still_is_not_told_one_by_one(
    ledger: Ledger, clock: Clock, ear: Ear
) -> None:
    """A thousand filings that wait for credentials are one thing; what is late all the same is told afterwards."""
    telling = notifier(ledger, clock, ear)
    early = add(ledger, "early", confirmed=24 * HOURS)
    with ledger.transaction() as transaction:
        assert transaction.claim("worker", clock(), HOURS, 100) is not None
    clock.pass_by(minutes=16)
    assert tell(telling) == 1
    late = add(ledger, "late", confirmed=10 * HOURS)
    with ledger.transaction() as transaction:
        transaction.block("HTTP 401", clock())
    clock.pass_by(hours=20)
    tell(telling)
    assert {(one["occasion"], one["filing"]) for one in ear.heard[1:]} == {
        ("authentication failure", None),
        ("overdue", early),  # it was told before, and is told again
    }
    with ledger.transaction() as transaction:
        transaction.unblock(clock())
        transaction.claim("worker", clock(), LEASE, 100)
    assert tell(telling) == 1
    assert (ear.heard[-1]["occasion"], ear.heard[-1]["filing"]) == ("overdue", late)


def test_a_queue_that_nobody_works_on_is_told(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """A quarter of an hour after something became due; a worker that takes something ends it."""
    telling = notifier(ledger, clock, ear)
    add(ledger, "a")
    add(ledger, "b")
    clock.pass_by(minutes=14)
    assert tell(telling) == 0
    clock.pass_by(minutes=1)
    assert tell(telling) == 1
    assert (ear.heard[0]["occasion"], ear.heard[0]["since"]) == ("stuck", T0.isoformat())
    assert claimed(ledger, clock()) is not None
    clock.pass_by(hours=4)
    assert tell(telling) == 1  # the lease has run out, and so long ago that nobody works again
    assert [one["reminder"] for one in ear.heard] == [0, 0]


def test_a_lapse_is_told(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Two hours before an open report lapses, with its number."""
    telling = notifier(ledger, clock, ear, occasions=frozenset({Occasion.LAPSE_NEAR}))
    add(ledger)
    found = claimed(ledger)
    assert found is not None
    one_call(ledger, *found)
    clock.pass_by(hours=21)
    assert tell(telling) == 0
    clock.pass_by(hours=1)
    assert tell(telling) == 1
    assert (ear.heard[0]["occasion"], ear.heard[0]["report_id"]) == ("lapse near", 4_100_000_001)


def test_only_the_wanted_occasions_are_told(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """What is left out is neither told nor kept for later."""
    telling = notifier(ledger, clock, ear, occasions=frozenset({Occasion.NEEDS_PERSON}))
    filing_id = add(ledger)
    file_it(ledger, filing_id)
    assert tell(telling) == 0
    wrong(ledger, clock, "case-2")
    assert tell(telling) == 1
    assert tell(notifier(ledger, clock, ear)) == 0


def test_what_does_not_arrive_is_sent_again_under_its_id(ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """At a growing pace, and given up after three days; `health` hears of it meanwhile."""
    telling = notifier(ledger, clock, ear, reminder=240 * HOURS)
    wrong(ledger, clock)
    ear.deaf = True
    telling.look()
    waits = []
    for _ in range(6):
        assert telling.deliver() == 0
        due = telling.next_due()
        assert due is not None
        waits.append((due - clock()).total_seconds())
        clock.now = due
    assert waits == [5, 10, 20, 40, 80, 160]
    assert len(set(ear.tried)) == 1
    clock.pass_by(hours=1)
    with ledger.looking() as lookout:
        ((receiver, (count, _, problem)),) = lookout.undelivered(clock() - HOURS).items()
    assert (receiver, count, problem) == ("ear", 1, "it is deaf")
    clock.pass_by(hours=71)
    telling.deliver()
    with ledger.looking() as lookout:
        assert lookout.undelivered(clock()) == {}


def test_what_was_taken_and_never_told_of_is_sent_again(path: Path, ledger: Ledger, clock: Clock) -> None:
    """As when the process is killed between sending and noting it: the same id arrives twice."""
    telling = notifier(ledger, clock)
    wrong(ledger, clock)

    class Killed(BaseException):
        """The end of a process."""

    class Deadly(Ear):
        """Hears, and then the process is gone."""

        def send(self, message_id: str, payload: str) -> None:
            super().send(message_id, payload)
            raise Killed

    deadly, ear = Deadly(), Ear()
    telling = Notifier(ledger, [deadly], clock=clock)
    telling.look()
    with pytest.raises(Killed):
        telling.deliver()
    with open_ledger(path, clock) as other:
        again = Notifier(other, [ear], clock=clock)
        assert tell(again) == 0  # the message is left to whoever took it for a while
        clock.pass_by(minutes=2)
        assert tell(again) == 1
    assert deadly.heard == ear.heard


def test_several_workers_tell_it_once(path: Path, ledger: Ledger, clock: Clock, ear: Ear) -> None:
    """Looked for and sent by four threads with ledgers of their own at once: each message arrives once."""
    notifier(ledger, clock, ear)
    for number in range(10):
        wrong(ledger, clock, f"case-{number}")
    start = threading.Barrier(4)

    def work() -> None:
        with open_ledger(path, clock) as own:
            telling = Notifier(own, [ear], clock=clock)
            start.wait()
            tell(telling)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ear.heard) == len({one["id"] for one in ear.heard}) == 10


def test_what_another_told_meanwhile_is_not_ended(
    path: Path, ledger: Ledger, clock: Clock, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who looked a moment earlier, and comes to write a moment later, knows it as well."""
    slow = notifier(ledger, clock, ear)
    wrong(ledger, clock, "first")
    look = slow._see
    with open_ledger(path, clock) as own:

        def see(now: datetime) -> Any:
            seen = look(now)
            monkeypatch.setattr(slow, "_see", look)
            wrong(own, clock, "second")
            Notifier(own, [ear], clock=clock).look()
            return seen

        monkeypatch.setattr(slow, "_see", see)
        slow.look()
        assert tell(slow) == 2
    assert [one["reminder"] for one in ear.heard] == [0, 0]


def test_each_receiver_is_told(ledger: Ledger, clock: Clock) -> None:
    """One that is deaf keeps the other from nothing; the message has one id."""
    one, other = Ear("one"), Ear("other")
    one.deaf = True
    telling = notifier(ledger, clock, one, other)
    wrong(ledger, clock)
    assert tell(telling) == 1
    one.deaf = False
    clock.pass_by(minutes=1)
    assert tell(telling) == 1
    assert one.heard == other.heard
    with pytest.raises(ConfigurationError, match="same name"):
        Notifier(ledger, [one, one])


def test_a_receiver_that_breaks_is_tried_again(ledger: Ledger, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Its own words, which could quote anything, are neither kept nor logged."""

    class Broken(Ear):
        """A receiver of somebody's own."""

        def send(self, message_id: str, payload: str) -> None:
            raise RuntimeError("what nobody should read")

    telling = notifier(ledger, clock, Broken())
    wrong(ledger, clock)
    assert tell(telling) == 0
    assert "RuntimeError" in caplog.text
    assert "what nobody should read" not in caplog.text


def test_reminders_need_a_pause() -> None:
    """Or people would be told without end."""
    with pytest.raises(ConfigurationError):
        NoticeSettings(reminder=timedelta())
