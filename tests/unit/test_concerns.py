"""What needs somebody is found without going through what is filed; what was acknowledged is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cybertip.concerns import Thresholds, before_all, commands_of, concerns
from cybertip.errors import ConfigurationError
from cybertip.filing.events import Acknowledged, Corrected, Enqueued
from cybertip.filing.machine import apply, begin
from cybertip.filing.occasions import Occasion
from cybertip.filing.states import Phase, State
from cybertip.filing.status import Situation, attention, status_of
from cybertip.ledger import Ledger
from cybertip.notices import Notifier
from tests.unit.ledger.ledgers import LEASE, T0, Clock, add, file_it, open_ledger, tampered


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon until it is moved."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(path, clock) as opened:
        yield opened


def occasions(ledger: Ledger, clock: Clock) -> list[Occasion]:
    """What is a concern now."""
    return [one.occasion for one in concerns(ledger, clock())]


def test_nothing_goes_through_what_is_filed(ledger: Ledger, clock: Clock) -> None:
    """Each question is answered from an index of its own, however many filings there are."""
    file_it(ledger, add(ledger, "filed"))
    add(ledger, "waits")
    clock.pass_by(days=2)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(ledger._engine, "before_cursor_execute", note)
    assert occasions(ledger, clock)
    Notifier(ledger, [], clock=clock).look()
    with ledger.looking() as lookout:
        assert (lookout.unfiled(), lookout.at_work(clock())) == (1, False)
    event.remove(ledger._engine, "before_cursor_execute", note)
    plans = []
    with ledger._read() as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                plans += [f"{row[-1]}: {statement}" for row in rows if "filings" in row[-1]]
    assert len(plans) >= 5
    # A scan of an index that holds but what waits is as good as a search; one of the table, or of its key, is not.
    partial = ("waits", "news", "service", "no_room", "due", "lapses", "lease_until", "unfinished")
    for plan in plans:
        assert "SEARCH" in plan or any(f"ix_filings_{name}" in plan for name in partial), plans


def test_what_waits_is_told_since_when(ledger: Ledger, clock: Clock) -> None:
    """A person's word begins it anew, even where the same is wrong; a remark does not."""
    filing_id = add(ledger)
    moments = []
    for minutes in (0, 5, 5):
        now = clock.pass_by(minutes=minutes)
        with ledger.transaction() as transaction:
            book = transaction.claim_this(filing_id, "a person", now, LEASE)
            assert book is not None
            book.append(Corrected(1, (True, True), "a person", findings=("S203",)))
            transaction.release(book)
        clock.pass_by(minutes=1)
        with ledger.transaction() as transaction:
            transaction.book(filing_id).append(Acknowledged("a person", clock()))
        ((one),) = [one for one in concerns(ledger, clock()) if one.occasion is Occasion.NEEDS_PERSON]
        assert one.acknowledged
        moments.append((one.since - T0).total_seconds() / 60)
    assert moments == [0, 6, 12]
    assert ledger.verify() == []


def test_a_filing_that_hides_that_it_waits_is_found(ledger: Ledger, clock: Clock, path: Path) -> None:
    """Somebody who knows SQL cannot keep it from being told of without `verify` noticing."""
    filing_id = add(ledger)
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "a person", clock(), LEASE)
        assert book is not None
        book.append(Corrected(1, (True, True), "a person", findings=("S203",)))
        transaction.release(book)
    assert ledger.verify() == []
    tampered(path, "UPDATE filings SET waits = NULL")
    assert "waits for a person" in str(ledger.verify()[0])


def test_an_unreadable_filing_waits_for_a_person(ledger: Ledger, clock: Clock, path: Path) -> None:
    """As soon as a worker met it; those behind it are served."""
    add(ledger)
    tampered(path, "UPDATE filings SET state = '{'", "UPDATE events SET payload = x'7b'")
    with ledger.transaction() as transaction:
        assert transaction.claim("worker", clock(), LEASE, 100) is None
    assert Occasion.NEEDS_PERSON in occasions(ledger, clock)


def test_what_was_filed_and_cannot_be_read_is_found_by_a_thorough_look(
    ledger: Ledger, clock: Clock, path: Path
) -> None:
    """No index knows of it, and no worker ever meets it; one that a person is asked about already is told once."""
    file_it(ledger, add(ledger, "filed"))
    add(ledger, "met")
    tampered(path, "UPDATE filings SET state = '{'", "UPDATE events SET payload = x'00' WHERE seq = 1")
    with ledger.transaction() as transaction:
        assert transaction.claim("worker", clock(), LEASE, 100) is None
    assert occasions(ledger, clock) == [Occasion.NEEDS_PERSON]
    found = concerns(ledger, clock(), thorough=True)
    assert [(one.occasion, one.status and one.status.situation) for one in found] == [
        (Occasion.NEEDS_PERSON, Situation.UNREADABLE)
    ] * 2
    assert len({one.filing_id for one in found}) == 2


def test_what_cannot_be_read_is_not_said_to_be_unfiled(ledger: Ledger, clock: Clock, path: Path) -> None:
    """It is overdue, and whether it is filed is not known."""
    add(ledger)
    tampered(path, "UPDATE filings SET state = '{'", "UPDATE events SET payload = x'00' WHERE seq = 1")
    clock.pass_by(days=2)
    (late,) = (one for one in concerns(ledger, clock()) if one.occasion is Occasion.OVERDUE)
    assert "confirmed at 2026-03-02T11:00:00Z, and not known to be filed: " in late.words


def test_a_long_call_is_a_sign_of_life(ledger: Ledger, clock: Clock) -> None:
    """While somebody holds a lease, nothing is stuck, however much is due."""
    add(ledger, "a")
    add(ledger, "b")
    with ledger.transaction() as transaction:
        assert transaction.claim("worker", clock(), timedelta(hours=3), 100) is not None
    clock.pass_by(hours=2)
    assert Occasion.STUCK not in occasions(ledger, clock)
    clock.pass_by(hours=2)
    assert Occasion.STUCK in occasions(ledger, clock)


def test_what_is_due_later_is_not_stuck(ledger: Ledger, clock: Clock) -> None:
    """A wait is no standstill."""
    add(ledger, not_before=T0 + timedelta(hours=5))
    clock.pass_by(hours=5, minutes=14)
    assert Occasion.STUCK not in occasions(ledger, clock)
    clock.pass_by(minutes=1)
    assert Occasion.STUCK in occasions(ledger, clock)


def test_an_alarm_is_heard_once_it_is_acknowledged() -> None:
    """And another one asks anew."""
    from dataclasses import replace

    state = replace(begin(Enqueued(1, (), T0)), alarms=("one",))
    assert attention(state) is not None
    known = apply(state, Acknowledged("a person", T0))
    assert attention(known) is None
    assert attention(replace(known, alarms=("one", "two"))) is not None


def test_thresholds_make_sense() -> None:
    """None is below zero."""
    with pytest.raises(ConfigurationError):
        Thresholds(overdue_after=timedelta(seconds=-1))


def test_what_comes_first() -> None:
    """An alarm is acknowledged; where NCMEC has to say whether it is filed, the word for that never comes first."""
    halted = status_of(State(Phase.HALTED, T0, alarms=("one",)), T0)
    assert [one.line.split()[1] for one in commands_of(halted, "f1")][:2] == ["ack", "retry"]
    assert before_all(halted) == ""
    doubt = status_of(State(Phase.DECISION, T0, alarms=("one",)), T0)
    lines = [one.line.split()[1] for one in commands_of(doubt, "f1")]
    assert lines == ["show", "ack", "resolve", "resolve"]
    assert before_all(doubt) == "ask NCMEC about it first"
