"""The next step, how long is waited, and whom to serve first."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from cybertip.filing import Pace, Phase, State, apply, next_step
from cybertip.filing.events import AttemptDropped
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.schedule import Drop, Make, Rest, Wait, due_at, rank
from tests.unit.filing.histories import REPORT, T0, answered, calling, closing, complete, finishing, made, new, opened

PACE = Pace()
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (new(), Make(CallName.SUBMIT)),
        (opened(), Make(CallName.UPLOAD, REPORT, 0)),
        (opened(0), Make(CallName.FINISH, REPORT)),
        (made(opened(2), CallName.UPLOAD), Make(CallName.FILEINFO, REPORT, 0)),
        (made(made(opened(2), CallName.UPLOAD), CallName.FILEINFO), Make(CallName.UPLOAD, REPORT, 1)),
        (complete(), Make(CallName.FINISH, REPORT)),
        (finishing(), Make(CallName.FINISH, REPORT)),
        (closing(), Make(CallName.RETRACT, REPORT)),
        (made(opened(), CallName.UPLOAD, Outcome.UNKNOWN), Make(CallName.RETRACT, REPORT)),
        (made(complete(), CallName.FINISH), Rest()),
        (made(new(), CallName.SUBMIT, Outcome.REFUSED), Rest()),
    ],
)
def test_the_next_step(state: State, step: object) -> None:
    """One thing after the other; a report that is given up is retracted before another is opened."""
    assert next_step(state, T0, PACE) == step


def test_waits_are_kept_and_end() -> None:
    """What is due later waits until then."""
    state = made(new(), CallName.SUBMIT, Outcome.UNSENT, due_at=T0 + HOUR)
    assert next_step(state, T0, PACE) == Wait(T0 + HOUR)
    assert next_step(state, T0 + HOUR, PACE) == Make(CallName.SUBMIT)
    assert due_at(state, T0, PACE) == T0 + HOUR
    assert due_at(made(complete(), CallName.FINISH), T0, PACE) is None


def test_no_wait_outlives_the_last_safe_moment() -> None:
    """An open report is looked at again before it could lapse, whatever the server asks for."""
    state = made(opened(), CallName.UPLOAD, Outcome.NOT_NOW, due_at=T0 + timedelta(days=3))
    last = T0 + timedelta(hours=24) - PACE.margin
    assert next_step(state, T0, PACE) == Wait(last)
    assert next_step(state, last, PACE) == Drop(REPORT)


def test_a_report_that_could_lapse_is_given_up_and_begun_anew() -> None:
    """It is retracted if that works, and another is opened."""
    late = T0 + timedelta(hours=24)
    state = opened()
    assert next_step(state, late, PACE) == Drop(REPORT)
    state = apply(state, AttemptDropped(REPORT, late, "late"))
    assert state.phase is Phase.NEW
    assert next_step(state, T0, PACE) == Make(CallName.RETRACT, REPORT)
    # By now it has gone by itself.
    assert next_step(state, late, PACE) == Make(CallName.SUBMIT)


def test_a_change_extends_the_time() -> None:
    """A day after opening or an hour after the last change, whichever is later; from the start of the call."""
    state = made(opened(), CallName.UPLOAD)
    assert state.attempt is not None
    assert state.attempt.lapses_at == T0 + timedelta(hours=24)
    late = T0 + timedelta(hours=23, minutes=50)
    state = opened()
    air = calling(state, CallName.UPLOAD, at=late)
    assert air.started is not None

    state = answered(air, Outcome.OK, at=late + HOUR)
    assert state.attempt is not None
    assert state.attempt.lapses_at == late + HOUR


def test_a_large_file_is_not_begun_too_late() -> None:
    """What the next upload takes is counted before the last safe moment."""
    state = opened()
    at = T0 + timedelta(hours=23)
    assert next_step(state, at, PACE, (1_000_000,)) == Make(CallName.UPLOAD, REPORT, 0)
    assert next_step(state, at, PACE, (4_000_000_000,)) == Drop(REPORT)


def test_what_may_be_filed_is_never_dropped() -> None:
    """Finishing goes on until it is answered, however late."""
    assert next_step(finishing(Outcome.UNKNOWN), T0 + timedelta(days=9), PACE) == Make(CallName.FINISH, REPORT)


def test_orphans_are_tried_again_only_in_spare_time() -> None:
    """A retract that failed waits behind everything else, and ends with the lapse."""
    state = made(opened(), CallName.UPLOAD, Outcome.UNKNOWN)

    failed = answered(calling(state, CallName.RETRACT, report_id=REPORT), Outcome.UNSENT, due_at=T0 + HOUR)
    assert next_step(failed, T0, PACE) == Make(CallName.SUBMIT)
    filed = failed
    for call in (CallName.SUBMIT, CallName.UPLOAD, CallName.FILEINFO, CallName.FINISH):
        filed = made(filed, call)
    assert next_step(filed, T0, PACE) == Wait(T0 + HOUR)
    assert next_step(filed, T0 + HOUR, PACE) == Make(CallName.RETRACT, REPORT)
    assert next_step(filed, T0 + timedelta(hours=24), PACE) == Rest()


def test_waits_grow_with_full_jitter_and_heed_the_server() -> None:
    """Between nothing and the doubled base, at most the cap, at least what the server asks for."""
    random = Random(7)
    for tries in range(1, 40):
        most = min(PACE.cap, PACE.base * 2 ** (tries - 1))
        waits = [PACE.wait(tries, random) for _ in range(200)]
        assert all(timedelta() <= wait <= most for wait in waits)
        assert max(waits) > most * 0.9
        assert min(waits) < most * 0.1
    assert PACE.wait(1, random, 60.0) == timedelta(seconds=60)
    assert PACE.wait(1, random, 1e12) == timedelta(days=1)


def test_the_order_of_service() -> None:
    """Close to lapsing, then escalated, then the oldest confirmation."""
    lapsing, urgent, plain = opened(), new(urgent=True), new()
    order = sorted([plain, urgent, lapsing], key=lambda state: rank(state, T0 + timedelta(hours=23)))
    assert order == [lapsing, urgent, plain]
    assert rank(opened(), T0)[0] == 2
