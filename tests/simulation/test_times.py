"""Filings in time, with faults at random and in pairs, until all is at an end.

`make test` takes a few; `make soak` takes many more. A failure prints the seed; ``CYBERTIP_TEST_SEED`` repeats it.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import product
from random import Random, SystemRandom

import pytest

from cybertip.filing import machine
from cybertip.filing.events import dump, load
from cybertip.filing.states import Phase
from cybertip.filing.status import Kind, status_of
from cybertip.mock import Behaviour, ReportState
from tests.simulation.faults import OPEN_QUESTIONS
from tests.simulation.invariants import other_content
from tests.simulation.server import Request, snapshot
from tests.simulation.times import CLEAN, UNSENT, WAYS, Plan, Simulation

SEED = int(os.environ.get("CYBERTIP_TEST_SEED") or SystemRandom().randrange(2**32))
SCALE = int(os.environ.get("CYBERTIP_SOAK") or 1)
"""How many times as much is done as in `make test`."""
PARTS = 8
"""Into how many tests it is divided, so that they can run side by side."""


def at_random(seed: int, rate: float) -> Plan:
    """So many of the requests meet something."""
    random = Random(seed)

    def way(number: int, request: Request) -> str:
        return random.choice(WAYS) if random.random() < rate else CLEAN

    return way


def planned(ways: dict[int, str]) -> Plan:
    """These requests meet something, by their number."""

    def way(number: int, request: Request) -> str:
        return ways.get(number, CLEAN)

    return way


def lived(simulation: Simulation) -> None:
    """Run it, and see what has become of everything."""
    simulation.run()
    held = {report.id: report for report in snapshot(simulation.core)}
    left = [one.id for one in simulation.core.reports.values() if one.state is ReportState.OPEN]
    assert not left, f"left open: {left}"
    for filing in simulation.filings:
        state, finished = filing.state, simulation.finished(filing)
        assert machine.fold([load(dump(event)) for event in filing.events]) == state, "another fold"
        assert state.alarms == ()
        if state.phase is Phase.CANCELLED:
            assert not finished
            continue
        assert finished == [state.report_id]
        assert state.receipt_lost is not filing.receipt
        assert other_content(held[finished[0]], state.revision, filing.files) == ""
        assert status_of(state, simulation.now).kind is Kind.FILED


def explained(simulation: Simulation, words: str) -> None:
    """Run it; tell how it came about, if something is wrong."""
    try:
        lived(simulation)
    except (AssertionError, machine.IllegalEventError) as problem:
        pytest.fail(f"{words}: {problem}\n" + "\n".join(simulation.log[-60:]))


@pytest.mark.parametrize("part", range(PARTS))
def test_all_filings_come_to_an_end_whatever_happens_meanwhile(part: int) -> None:
    """Long schedules of five filings: each is filed once with its files, or cancelled, and the ledger says so."""
    requests = 0
    for seed in range(SEED + part * 10_000, SEED + part * 10_000 + 4 * SCALE):
        random = Random(seed)
        rate = random.choice((0.05, 0.2, 0.5))
        simulation = Simulation(
            seed, (0, 1, 3, 1, 0), at_random(seed, rate), random.choice(OPEN_QUESTIONS), workers=3,
            cancels=random.choice((0.0, 0.0, 0.02)),
        )  # fmt: skip
        explained(simulation, f"CYBERTIP_TEST_SEED={SEED}, simulation {seed}, rate {rate}")
        requests += simulation.requests
    print(f"CYBERTIP_TEST_SEED={SEED}: {4 * SCALE} simulations, {requests} requests")


@pytest.mark.parametrize("part", range(PARTS))
def test_operators_may_say_anything_at_any_moment(part: int) -> None:
    """Two operators retract, correct, go on, cancel, remark and decide, at times late, beside workers that fail."""
    requests, said = 0, Counter[str]()
    for seed in range(SEED + part * 10_000, SEED + part * 10_000 + 3 * SCALE):
        random = Random(seed)
        rate, meddles = random.choice((0.05, 0.2, 0.5)), random.choice((0.003, 0.01, 0.03))
        simulation = Simulation(
            seed, (0, 1, 3, 1, 0), at_random(seed, rate), random.choice(OPEN_QUESTIONS), workers=3,
            cancels=random.choice((0.0, 0.02)), meddles=meddles, operators=2,
        )  # fmt: skip
        explained(simulation, f"CYBERTIP_TEST_SEED={SEED}, simulation {seed}, rate {rate}, meddles {meddles}")
        requests += simulation.requests
        said.update(event.kind for filing in simulation.filings for event in filing.events)
    print(f"CYBERTIP_TEST_SEED={SEED}: {3 * SCALE} simulations, {requests} requests, {dict(said)}")


def test_what_an_operator_retracts_does_not_wait_until_it_lapses() -> None:
    """Where no more fails than connections, every report but the filed one is retracted, and none is left to lapse."""
    retracted = 0
    for seed in range(SEED, SEED + 5):
        random = Random(seed)

        def way(number: int, request: Request, random: Random = random) -> str:
            return UNSENT[0] if random.random() < 0.5 else CLEAN

        simulation = Simulation(seed, (1, 3, 1), way, Behaviour(), cancels=0.001, meddles=0.03, operators=2)
        explained(simulation, f"CYBERTIP_TEST_SEED={SEED}, simulation {seed}")
        ends = Counter(one.state for one in simulation.core.reports.values())
        assert ends[ReportState.LAPSED] == 0
        retracted += ends[ReportState.RETRACTED]
    assert retracted


@pytest.mark.parametrize("part", range(PARTS))
def test_no_pair_of_faults_does_harm(part: int) -> None:
    """Any two faults, at any two of the first requests of a filing with one file; in `make test` a sample of them."""
    places = [(first, second) for first in range(1, 7) for second in range(first + 1, 10)]
    pairs = list(product(places, WAYS, WAYS, OPEN_QUESTIONS))
    Random(SEED).shuffle(pairs)
    mine = pairs[part::PARTS][: 60 * SCALE]
    for (first, second), one, other, behaviour in mine:
        plan = {first: one, second: other}
        simulation = Simulation(SEED, (1,), planned(plan), behaviour)
        explained(simulation, f"CYBERTIP_TEST_SEED={SEED}, {plan}, {behaviour!r}")
    print(f"CYBERTIP_TEST_SEED={SEED}: {len(mine)} of {len(pairs)} pairs")
