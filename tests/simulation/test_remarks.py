"""Remarks at any moment: without them, a history comes to the same."""

from __future__ import annotations

from functools import cache
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cybertip.filing import fold
from cybertip.filing.events import REMARKS, Event, Held, Remark
from cybertip.filing.schedule import Pace, next_step
from cybertip.filing.status import status_of
from cybertip.mock import Behaviour
from tests.simulation.operators import REMARKED
from tests.simulation.server import NOW
from tests.simulation.test_times import at_random
from tests.simulation.times import Simulation
from tests.simulation.transitions import unremarked

PACE = Pace()
PLACED = st.lists(st.tuples(st.integers(0, 1_000), st.sampled_from(REMARKED)), min_size=1, max_size=6)


@cache
def lives() -> list[list[Event]]:
    """Histories of filings that were lived through with failures and operators, without their remarks."""
    lived = []
    for seed in range(8):
        simulation = Simulation(
            seed, (0, 1, 3), at_random(seed, 0.3), Behaviour(), cancels=0.001, meddles=0.01, operators=2
        )
        simulation.run()
        lived += [[one for one in filing.events if not isinstance(one, REMARKS)] for filing in simulation.filings]
    return lived


@given(st.randoms(use_true_random=False), PLACED)
def test_remarks_never_change_what_a_history_comes_to(random: Random, placed: list[tuple[int, Remark]]) -> None:
    """Wherever they are made, all is as it would be without them, but for what is preserved and known of."""
    history = random.choice(lives())
    history = history[: random.randint(1, len(history))]
    remarked = list(history)
    for place, remark in placed:
        # Only what comes before everything else is no remark.
        remarked.insert(1 + place % len(remarked), remark)
    plain, after = fold(history), fold(remarked)
    held = [event.until for event in remarked if isinstance(event, Held)]
    assert after.held_until == (held[-1] if held else None)
    assert unremarked(after) == plain
    assert status_of(after, NOW) == status_of(plain, NOW)
    if plain.started is None:
        assert next_step(after, NOW, PACE) == next_step(plain, NOW, PACE)
