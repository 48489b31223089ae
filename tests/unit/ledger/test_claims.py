"""Leases and the order of service."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cybertip.errors import ConfigurationError
from cybertip.filing import Kind, Phase, begin
from cybertip.filing.events import CallEnded, CallStarted, CancelRequested
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.states import Started
from cybertip.ledger import LeaseLostError, Ledger, LedgerError
from cybertip.ledger._rows import due_of
from tests.unit.ledger.ledgers import (
    LEASE,
    PACE,
    REPORT,
    T0,
    Clock,
    add,
    answer,
    claimed,
    file_it,
    new,
    one_call,
    open_ledger,
    package,
    started,
)


def test_a_claim_gives_the_next_fencing_number(ledger: Ledger, clock: Clock) -> None:
    """Each lease has the number after the one before, and the event is in the history."""
    filing_id = add(ledger)
    assert claimed(ledger) == (filing_id, 1)
    assert claimed(ledger, clock.pass_by(minutes=3)) == (filing_id, 2)
    assert [one.kind for _, one in ledger.history(filing_id)] == ["enqueued", "claimed", "claimed"]


def test_a_filing_is_held_by_one(ledger: Ledger) -> None:
    """While a lease lasts nobody else gets the filing, named or not."""
    filing_id = add(ledger)
    claimed(ledger)
    assert claimed(ledger) is None
    with ledger.transaction() as transaction:
        assert transaction.claim_this(filing_id, "other", T0 + LEASE - timedelta(seconds=1), LEASE) is None
        assert transaction.claim_this(filing_id, "other", T0 + LEASE, LEASE) is not None


def test_a_lease_is_held_for_longer_by_a_heartbeat(ledger: Ledger) -> None:
    """A heartbeat extends the lease; one under another number, or after the lease was given back, says so."""
    filing_id = add(ledger)
    claimed(ledger)
    assert ledger.heartbeat(filing_id, 1, T0 + 2 * LEASE)
    assert claimed(ledger, T0 + LEASE) is None
    assert not ledger.heartbeat(filing_id, 2, T0 + 3 * LEASE)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(filing_id, 1))
    assert not ledger.heartbeat(filing_id, 1, T0 + 2 * LEASE)


def test_the_order_of_service(ledger: Ledger, clock: Clock) -> None:
    """Reports that lapse soon come first, then urgent records, then the oldest confirmation."""
    lapsing = add(ledger, "lapsing", confirmed=timedelta(minutes=1))
    claimed(ledger)
    one_call(ledger, lapsing, 1)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(lapsing, 1))
    young = add(ledger, "young", confirmed=timedelta(minutes=2))
    old = add(ledger, "old", confirmed=timedelta(hours=9))
    urgent = add(ledger, "urgent", confirmed=timedelta(0), urgent=True)
    now = clock.pass_by(hours=22)
    order = [claimed(ledger, now) for _ in range(4)]
    assert [one and one[0] for one in order] == [lapsing, urgent, old, young]


def test_a_report_that_has_time_waits_its_turn(ledger: Ledger) -> None:
    """An open report comes first only when it lapses soon: the moment of asking decides."""
    opened = add(ledger, "opened", confirmed=timedelta(minutes=1))
    claimed(ledger)
    one_call(ledger, opened, 1)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(opened, 1))
    old = add(ledger, "old")
    assert claimed(ledger, T0 + timedelta(hours=21, minutes=59)) == (old, 1)


def test_what_is_not_due_waits(ledger: Ledger, clock: Clock) -> None:
    """A filing with a moment before which it must not be sent is claimed from then on, and the ledger tells when."""
    due = T0 + timedelta(minutes=5)
    filing_id = add(ledger, not_before=due)
    assert claimed(ledger) is None
    assert ledger.next_due() == ledger.due_at(filing_id) == due
    clock.pass_by(minutes=6)
    assert ledger.next_due() == clock.now
    assert claimed(ledger, clock.now) == (filing_id, 1)


def test_what_is_held_is_due_when_its_lease_runs_out(ledger: Ledger) -> None:
    """While a lease lasts the next moment is its end."""
    filing_id = add(ledger)
    assert ledger.next_due() == T0
    claimed(ledger)
    assert ledger.next_due() == ledger.due_at(filing_id) == T0 + LEASE


def test_what_rests_is_never_claimed(ledger: Ledger) -> None:
    """A filing that is filed or waits for a person has no due moment."""
    filing_id = add(ledger)
    file_it(ledger, filing_id)
    assert claimed(ledger, T0 + timedelta(days=9)) is None
    assert ledger.next_due() is None
    assert ledger.due_at(filing_id) is None


def test_a_wait_is_kept(ledger: Ledger) -> None:
    """After a call that has to be made again the filing is due when the event says so."""
    filing_id = add(ledger)
    claimed(ledger)
    one_call(ledger, filing_id, 1, outcome=Outcome.UNSENT)
    with ledger.transaction() as transaction:
        state = transaction.book(filing_id, 1).state
        transaction.release(transaction.book(filing_id, 1))
    assert state.due_at is not None
    assert T0 < state.due_at == ledger.next_due()


def test_no_wait_outlives_the_last_safe_moment(ledger: Ledger, clock: Clock) -> None:
    """A filing whose next file takes long is looked at again before it is too late, whatever the event says."""
    large = replace(package(), files=(replace(package().files[0], size=36_000_000_000),))
    with ledger.transaction() as transaction:
        coming = replace(new(), package=large, enqueued=replace(new().enqueued, details=(True,)))
        filing_id = transaction.add(coming, T0)
        transaction.claim("worker", T0, timedelta(days=1), 9)
    one_call(ledger, filing_id, 1)
    now = clock.pass_by(hours=13, minutes=50)
    with ledger.transaction() as transaction:
        book = transaction.book(filing_id, 1)
        ended, exchange = answer(started(book, now), now, Outcome.UNSENT)
        book.append(replace(ended, due_at=now + timedelta(minutes=15)), exchange)
        transaction.release(book)
    assert ledger.next_due() == T0 + timedelta(hours=13, minutes=55)


def test_a_moment_given_on_release_is_kept(ledger: Ledger) -> None:
    """Who gives a lease back may say when the filing is to be looked at next."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(filing_id, 1), T0 + timedelta(hours=1))
    assert ledger.next_due() == T0 + timedelta(hours=1)


def test_a_call_in_the_air_is_looked_after_at_once(ledger: Ledger) -> None:
    """If a worker goes in the middle of a call, the next claim makes its outcome unknown."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        started(transaction.book(filing_id, 1))
    assert claimed(ledger, T0 + LEASE) == (filing_id, 2)
    with ledger.transaction() as transaction:
        state = transaction.book(filing_id).state
    assert state.started is None
    assert len(state.possible_orphans) == 1


def test_a_call_in_the_air_is_due_even_if_nothing_else_is() -> None:
    """Whatever the state is otherwise: somebody has to find out what became of the call."""
    state = begin(new().enqueued)
    in_the_air = Started("call-x", CallName.RETRACT, T0, REPORT, None)
    rests = replace(state, phase=Phase.CANCELLED)
    assert due_of(rests, T0, PACE) is None
    assert due_of(replace(rests, started=in_the_air), T0, PACE) == 0


def test_only_so_many_reports_are_open_at_once(ledger: Ledger) -> None:
    """New filings wait while there is no room; one with an open report is always served; room comes back."""
    first = add(ledger, "first", confirmed=timedelta(hours=3))
    second = add(ledger, "second", confirmed=timedelta(hours=2))
    assert claimed(ledger, most_open=1) == (first, 1)
    assert claimed(ledger, most_open=1) is None, "claimed to be opened counts as open"
    assert ledger.next_due(most_open=1) == T0 + LEASE, "there may be room when that lease runs out"
    one_call(ledger, first, 1)
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(first, 1))
    assert ledger.next_due(most_open=1) == T0
    assert claimed(ledger, most_open=1) == (first, 2), "it is open, so it is served"
    assert claimed(ledger, most_open=1) is None
    assert ledger.next_due(most_open=1) == T0 + LEASE, "nobody has to look again before the lease runs out"
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(first, 2))
    file_it(ledger, first)
    assert claimed(ledger, most_open=1) == (second, 1)


def test_a_report_in_doubt_does_not_take_a_place(ledger: Ledger) -> None:
    """What waits for a person's decision does not keep others from being opened."""
    filing_id = add(ledger)
    claimed(ledger)
    one_call(ledger, filing_id, 1)
    one_call(ledger, filing_id, 1, outcome=Outcome.FINISHED)
    with ledger.transaction() as transaction:
        book = transaction.book(filing_id, 1)
        assert book.state.phase is Phase.DECISION
        transaction.release(book)
    assert ledger.open_attempts() == ()
    add(ledger, "other")
    assert claimed(ledger, most_open=1) is not None


def test_open_attempts_are_told_by_when_they_lapse(ledger: Ledger) -> None:
    """What a watchdog needs: the filing, its report and when that lapses."""
    filing_id = add(ledger)
    claimed(ledger)
    assert ledger.open_attempts() == ()
    one_call(ledger, filing_id, 1)
    (told,) = ledger.open_attempts()
    assert (told.filing_id, told.report_id, told.lapses_at) == (filing_id, REPORT, T0 + timedelta(hours=24))


def test_while_the_queue_is_blocked_nothing_is_claimed(ledger: Ledger) -> None:
    """The first reason is kept and shown; people's commands still take a lease; unblocking lets it go on."""
    filing_id = add(ledger)
    with ledger.transaction() as transaction:
        transaction.block("the credentials were not accepted", T0)
        transaction.block("another reason", T0)
        assert transaction.blocked() == "the credentials were not accepted"
        assert transaction.claim("worker", T0, LEASE, 9) is None
    assert ledger.blocked() == "the credentials were not accepted"
    assert (ledger.next_due(), ledger.due_at(filing_id)) == (None, None)
    found = ledger.filing(filing_id, T0)
    assert found is not None
    assert (found.status.kind, found.status.reason) == (
        Kind.BLOCKED,
        "the server does not accept the credentials: the credentials were not accepted",
    )
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "somebody", T0, LEASE)
        assert book is not None
        book.append(CancelRequested("somebody", T0, "made up"))
        transaction.release(book)
    add(ledger, "other")
    with ledger.transaction() as transaction:
        transaction.unblock(T0)
    assert ledger.blocked() == ""
    assert claimed(ledger) is not None


def test_leases_of_who_has_gone_are_taken_back(ledger: Ledger) -> None:
    """The holders of leases are told, and one that is known to have gone loses all of them."""
    add(ledger, "a")
    add(ledger, "b")
    add(ledger, "c")
    for worker in ("gone", "gone", "there"):
        claimed(ledger, worker=worker)
    with ledger.transaction() as transaction:
        assert transaction.owners(T0) == ("gone", "there")
        assert transaction.owners(T0 + LEASE) == ()
        assert transaction.free("gone") == 2
        assert transaction.owners(T0) == ("there",)
    assert claimed(ledger) is not None


def test_who_holds_a_lease_is_told(ledger: Ledger) -> None:
    """A filing that is held is in flight, and says by whom; afterwards it is not."""
    filing_id = add(ledger)
    claimed(ledger, worker="host/1")
    for now, worker, kind in ((T0, "host/1", Kind.IN_FLIGHT), (T0 + LEASE, None, Kind.SCHEDULED)):
        found = ledger.filing(filing_id, now)
        assert found is not None
        assert (found.worker, found.status.kind) == (worker, kind)


def test_only_the_holder_of_the_lease_changes_the_state(ledger: Ledger) -> None:
    """Under an older number, after giving the lease back, or without a number, only answers are taken."""
    filing_id = add(ledger)
    claimed(ledger)
    claimed(ledger, T0 + LEASE)
    before = ledger.history(filing_id)
    call = CallStarted("call-x", 1, CallName.SUBMIT, T0)
    for fence, words in ((1, "not held any more"), (None, "without the lease")):
        with ledger.transaction() as transaction, pytest.raises(LeaseLostError, match=words):
            transaction.book(filing_id, fence).append(call)
        with ledger.transaction() as transaction, pytest.raises(LeaseLostError):
            transaction.release(transaction.book(filing_id, fence))
    with ledger.transaction() as transaction:
        book = transaction.book(filing_id, 2)
        transaction.release(book)
        with pytest.raises(LeaseLostError):
            book.append(CallStarted("call-y", 2, CallName.SUBMIT, T0))
    assert ledger.history(filing_id) == before


@pytest.mark.parametrize("fence", [1, None])
def test_anyone_may_append_the_answer_of_a_call(ledger: Ledger, fence: int | None) -> None:
    """A late answer of a stale worker is kept, and what it tells is adopted."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        call = started(transaction.book(filing_id, 1))
    claimed(ledger, T0 + LEASE)
    with ledger.transaction() as transaction:
        state = transaction.book(filing_id, fence).append(*answer(call))
    assert [one.report_id for one in state.orphans] == [REPORT]
    assert [one.call_id for one in ledger.exchanges(filing_id)] == [call.call_id]
    assert ledger.verify() == []


def test_a_late_answer_wakes_a_filing_that_rests(ledger: Ledger) -> None:
    """An orphan that comes to light by a late answer is due, though nothing else goes on."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        call = started(transaction.book(filing_id, 1))
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "somebody", T0 + LEASE, LEASE)
        assert book is not None
        book.append(CancelRequested("somebody", T0 + LEASE, "made up"))
        transaction.release(book)
    assert ledger.next_due() is None
    with ledger.transaction() as transaction:
        transaction.book(filing_id).append(*answer(call))
    assert ledger.next_due() == T0


def test_the_same_answer_is_not_kept_twice(ledger: Ledger) -> None:
    """A second exchange for the same call is refused, and nothing of its transaction stays."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        call = started(transaction.book(filing_id, 1))
    with ledger.transaction() as transaction:
        transaction.book(filing_id, 1).append(*answer(call))
    with pytest.raises(LedgerError, match="already; each call is answered once"), ledger.transaction() as transaction:
        transaction.book(filing_id, 1).append(*answer(call))
    assert len(ledger.history(filing_id)) == 4
    assert ledger.verify() == []


def test_an_exchange_belongs_to_the_end_of_its_call(ledger: Ledger) -> None:
    """An exchange with another event, or of another call, is a mistake of the program and is not written."""
    filing_id = add(ledger)
    claimed(ledger)
    with ledger.transaction() as transaction:
        book = transaction.book(filing_id, 1)
        call = started(book)
        ended, exchange = answer(call)
        with pytest.raises(ValueError, match="another call"):
            book.append(CallEnded("other", 1, CallName.SUBMIT, Outcome.UNKNOWN, T0), exchange)
        with pytest.raises(ValueError, match="end of its call"):
            book.append(CancelRequested("somebody", T0, "made up"), exchange)
        book.append(ended, exchange)


def test_whom_to_serve_is_asked_of_an_index(ledger: Ledger) -> None:
    """However many filings rest or wait, no claim and no look at what is due goes through all of them."""
    for number in range(5):
        add(ledger, f"case-{number}")
    asked: list[str] = []

    def explain(_connection: object, cursor: Any, text: str, parameters: Any, *_: object) -> None:
        if text.startswith("SELECT") and "filings" in text:
            asked.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters))

    event.listen(ledger._engine, "before_cursor_execute", explain)
    claimed(ledger)
    claimed(ledger, most_open=0)
    ledger.next_due()
    ledger.next_due(most_open=1)
    with ledger.transaction() as transaction:
        transaction.owners(T0)
    assert len(asked) > 10
    assert [plan for plan in asked if "SCAN filings" in plan and "INDEX" not in plan] == []


def test_without_an_account_nothing_is_claimed(ledger: Ledger, path: Path) -> None:
    """Who only looks at a ledger serves no filings."""
    add(ledger)
    with Ledger.open(path) as looking, looking.transaction() as transaction, pytest.raises(ConfigurationError):
        transaction.claim("worker", T0, LEASE, 9)


def claim_all(path: Path, worker: str, found: multiprocessing.Queue[tuple[str, str]]) -> None:
    """Claim until nothing is left; in a process of its own."""
    with open_ledger(path) as ledger:
        while (one := claimed(ledger, worker=worker)) is not None:
            found.put((worker, one[0]))
    found.put((worker, ""))


def test_processes_that_claim_at_once_never_share_a_filing(ledger: Ledger, path: Path) -> None:
    """Three real processes take all filings, and each filing once."""
    ids = {add(ledger, f"case-{number}") for number in range(60)}
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    workers = [context.Process(target=claim_all, args=(path, f"worker-{number}", queue)) for number in range(3)]
    for worker in workers:
        worker.start()
    taken: list[str] = []
    running = len(workers)
    while running:
        _, filing_id = queue.get(timeout=60)
        if filing_id:
            taken.append(filing_id)
        else:
            running -= 1
    for worker in workers:
        worker.join(60)
    assert len(taken) == len(ids)
    assert set(taken) == ids
    assert ledger.verify() == []
