"""Short ways to tell a filing's history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cybertip.filing import Phase, State, apply, begin
from cybertip.filing.events import CallEnded, CallStarted, Claimed, Enqueued
from cybertip.filing.outcomes import CallName, Outcome

T0 = datetime(2026, 3, 2, 12, tzinfo=UTC)
REPORT = 4_100_000_001

_ids = count(1)


def new(files: int = 1, **more: Any) -> State:
    """A filing that a worker has just claimed."""
    state = begin(Enqueued(1, (True,) * files, T0 - timedelta(hours=1), **more))
    return apply(state, Claimed(state.fence + 1, "worker", T0)) if state.phase is Phase.NEW else state


def calling(state: State, call: CallName, at: datetime = T0, report_id: int | None = None) -> State:
    """The same with a call in the air."""
    held = state.attempt.report_id if state.attempt is not None else None
    number = None
    if call is CallName.UPLOAD and state.attempt is not None:
        number = len(state.attempt.files)
    if call is CallName.FILEINFO and state.attempt is not None:
        number = next(index for index, file in enumerate(state.attempt.files) if not file.described)
    about = None if call is CallName.SUBMIT else report_id or held
    return apply(state, CallStarted(f"call-{next(_ids)}", state.fence, call, at, about, number))


def answered(state: State, outcome: Outcome, at: datetime = T0, **more: Any) -> State:
    """The same after the answer to the call in the air."""
    air = state.started
    assert air is not None
    event = CallEnded(air.call_id, state.fence, air.call, outcome, at, air.report_id, air.file)
    if air.call is CallName.SUBMIT and outcome is Outcome.OK:
        event = replace(event, report_id=REPORT + state.opened)
    if air.call is CallName.UPLOAD and outcome is Outcome.OK:
        event = replace(event, file_id=f"{air.file:032x}")
    if air.call is CallName.FINISH and outcome is Outcome.OK and state.attempt is not None:
        event = replace(event, file_ids=tuple(file.file_id for file in state.attempt.files))
    return apply(state, replace(event, **more))


def made(state: State, call: CallName, outcome: Outcome = Outcome.OK, **more: Any) -> State:
    """The same after a call and its answer."""
    return answered(calling(state, call), outcome, **more)


def opened(files: int = 1) -> State:
    """A filing with an open report."""
    return made(new(files), CallName.SUBMIT)


def complete(files: int = 1) -> State:
    """A filing whose open report holds everything."""
    state = opened(files)
    for _ in range(files):
        state = made(made(state, CallName.UPLOAD), CallName.FILEINFO)
    return state


def finishing(outcome: Outcome = Outcome.UNSENT) -> State:
    """A filing that was to be finished, with this outcome."""
    return made(complete(), CallName.FINISH, outcome)


def closing() -> State:
    """A filing whose finish was refused."""
    return made(complete(), CallName.FINISH, Outcome.REFUSED)
