"""What changes of a state have in common."""

from __future__ import annotations

from dataclasses import replace

from cybertip.errors import CybertipError
from cybertip.filing.events import CallEnded
from cybertip.filing.states import Orphan, Phase, State

TO_CORRECT = "the record needs to be corrected"


class IllegalEventError(CybertipError):
    """An event that a filing in this state cannot have. Nothing was changed."""


def forward(state: State) -> State:
    """The step at hand was done."""
    return replace(state, tries=0, due_at=None, reason="", evidence=False)


def again(state: State, event: CallEnded) -> State:
    """The step at hand has to be made again."""
    # While a report is being closed, the reason is why: a person reads it afterwards, and has to correct that.
    reason = state.reason if state.phase is Phase.CLOSING and state.reason else words_of(event)
    return replace(state, tries=state.tries + 1, due_at=event.due_at, reason=reason)


def stopped(state: State, phase: Phase, event: CallEnded, words: str = "") -> State:
    """Nothing goes on without a person."""
    return replace(
        state, phase=phase, tries=0, due_at=None, reason=words or words_of(event),
        findings=codes_of(event) if phase is Phase.CORRECTION else state.findings,
    )  # fmt: skip


def begin_another(state: State, reason: str) -> State:
    """Open another report, unless that was done too often. The one before is closed, or never to be finished."""
    if state.opened >= state.limits.reports:
        words = f"{state.opened} reports were opened in vain; the last: {reason}"
        return replace(state, phase=Phase.HALTED, attempt=None, reason=words, due_at=None)
    return replace(state, phase=Phase.NEW, attempt=None, reason=reason)


def orphaned(state: State) -> State:
    """The open report, which never entered FINISHING, will not be used."""
    attempt = state.attempt
    if attempt is None:
        return state
    orphan = Orphan(attempt.report_id, attempt.lapses_at)
    return replace(state, attempt=None, orphans=(*state.orphans, orphan), tries=0, due_at=None)


def find_orphan(state: State, report_id: int | None) -> Orphan | None:
    """The open report of this id that will not be used, if it is one."""
    return next((one for one in state.orphans if one.report_id == report_id), None)


def words_of(event: CallEnded) -> str:
    """What happened, without content."""
    return event.words or f"/{event.call}: {event.outcome}"


def codes_of(event: CallEnded) -> tuple[str, ...]:
    """What keeps the record from being filed, as the server said it."""
    return (f"server {event.code}",) if event.code is not None else ("server",)
