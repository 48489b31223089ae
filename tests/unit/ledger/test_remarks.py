"""Remarks in a ledger: anybody makes them at any moment, beside a worker that holds the lease."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from cybertip.filing import IllegalEventError, Phase
from cybertip.filing.events import Acknowledged, FollowedUp, Held, Purged, Remark, RetractRequested, Revealed
from cybertip.filing.outcomes import CallName
from cybertip.filing.steps import record
from cybertip.ledger import LeaseLostError, Ledger
from tests.unit.ledger.ledgers import LEASE, PACE, T0, Clock, add, answer, claimed, open_ledger, started

REMARKED: tuple[Remark, ...] = (
    Revealed("a person", T0),
    Acknowledged("a person", T0),
    FollowedUp("another filing", "a person", T0, "more was found"),
    Held("a person", T0, "an authority asks", T0 + timedelta(days=90)),
    Purged("a person", T0),
)


def remark(ledger: Ledger, filing_id: str, *remarks: Remark) -> None:
    """Make remarks without a lease."""
    for one in remarks:
        with ledger.transaction() as transaction:
            transaction.book(filing_id).append(one)


def test_remarks_beside_a_worker_that_holds_the_lease(path: Path, ledger: Ledger, clock: Clock) -> None:
    """Made through another connection before, during and after each call, they take nothing from the worker."""
    filing_id = add(ledger)
    assert claimed(ledger) == (filing_id, 1)
    with open_ledger(path, clock) as another:
        call = None
        while call is not CallName.FINISH:
            remark(another, filing_id, *REMARKED)
            with ledger.transaction() as transaction:
                event = started(transaction.book(filing_id, 1))
            due = ledger.due_at(filing_id)
            remark(another, filing_id, *REMARKED)
            found = another.filing(filing_id, T0)
            assert found is not None
            assert (found.state.started is not None, found.state.fence) == (True, 1)
            assert ledger.due_at(filing_id) == due
            assert claimed(another) is None, "the lease is still the worker's"
            assert ledger.heartbeat(filing_id, 1, T0 + LEASE)
            with ledger.transaction() as transaction:
                record(transaction.book(filing_id, 1), *answer(event), PACE, Random(1))
            call = event.call
        with ledger.transaction() as transaction:
            transaction.release(transaction.book(filing_id, 1))
        remark(another, filing_id, *REMARKED)
        ended = another.filing(filing_id, T0)
    assert ended is not None
    assert (ended.state.phase, ended.state.fence) == (Phase.FILED, 1)
    assert ended.state.held_until == T0 + timedelta(days=90)
    assert ledger.due_at(filing_id) is None
    assert ledger.verify() == []


@pytest.mark.parametrize("one", REMARKED, ids=lambda one: str(one.kind))
def test_a_remark_makes_nothing_due(ledger: Ledger, one: Remark) -> None:
    """A filing that waits goes on waiting for the same moment, and is free for whoever is next."""
    due = T0 + timedelta(minutes=5)
    filing_id = add(ledger, not_before=due)
    remark(ledger, filing_id, one)
    assert ledger.due_at(filing_id) == due
    assert claimed(ledger, due) == (filing_id, 1)


def test_a_command_needs_the_lease_that_a_remark_does_not(ledger: Ledger) -> None:
    """Without one, or under an older number, nothing but remarks and answers is appended."""
    filing_id = add(ledger)
    word = RetractRequested("a person", T0, "why")
    for fence in (None, 0):
        with pytest.raises(LeaseLostError), ledger.transaction() as transaction:
            transaction.book(filing_id, fence).append(word)
        with ledger.transaction() as transaction:
            transaction.book(filing_id, fence).append(Acknowledged("a person", T0))
    assert claimed(ledger) == (filing_id, 1)
    with pytest.raises(IllegalEventError), ledger.transaction() as transaction:
        transaction.book(filing_id, 1).append(word)
