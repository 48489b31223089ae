"""What a person's word changes. Its event is appended under a lease of its own, like a worker's (4)."""

from __future__ import annotations

from dataclasses import replace

from cybertip.filing._parts import TO_CORRECT, IllegalEventError, orphaned
from cybertip.filing.events import CancelRequested, Continued, Corrected, Decided, Event, RetractRequested, Word
from cybertip.filing.states import Phase, State, Then


def person(state: State, event: Event) -> State:
    """The state after a person's word. Raises IllegalEventError for what nobody can say now."""
    if state.started is not None:
        raise IllegalEventError("a call is in the air; the command needs the lease")
    match event:
        case Corrected():
            return _corrected(state, event)
        case CancelRequested():
            return _cancelled(state, event)
        case RetractRequested():
            return _withdrawn(state, event)
        case Continued():
            # Why it is closed stays, and so does that a file was missing: it is read whole before anything is opened.
            reason = state.reason if state.phase is Phase.CLOSING or state.evidence else ""
            phase = Phase.NEW if state.phase is Phase.HALTED else state.phase
            return replace(_anew(state), phase=phase, evidence=state.evidence, reason=reason)
        case Decided(word=Word.REFILE, report_id=about):
            return _refiled(state, about)
        case Decided(report_id=int() as report_id) if 0 < report_id < 2**63:
            state = replace(_anew(state), attempt=None, phase=Phase.FILED, report_id=report_id)
            return replace(state, receipt_lost=True, reason=f"filed, says {event.by}: {event.reason}")
        case _:
            raise IllegalEventError("the word that it is filed must name the report, by a number from 1 to 2**63 - 1")


def _refiled(state: State, about: int | None) -> State:
    """A person knows that the report which counted is not filed (2). It is closed before another is begun."""
    counts = None if state.attempt is None else state.attempt.report_id
    if about != counts:
        # It may have been true when the person asked; by now another report counts, and that one may be filed.
        told = "names no report" if about is None else f"is about report {about}"
        now = "none counts" if counts is None else f"report {counts} counts; ask NCMEC about that one, and name it"
        raise IllegalEventError(f"the word to file it anew {told}, and {now}")
    # The latest word counts, also over an earlier one to cancel.
    waits = not state.revision or bool(state.findings)
    state = replace(_anew(state), cancelling="", reason=TO_CORRECT if waits else "a person says to file it anew")
    if state.attempt is None:
        return replace(state, phase=Phase.CORRECTION if waits else Phase.NEW)
    then = Then.CORRECT if waits else Then.BEGIN
    return replace(state, phase=Phase.CLOSING, then=then, attempt=replace(state.attempt, disowned=True))


def _anew(state: State) -> State:
    """Limits count from the beginning, and nothing is waited for."""
    return replace(state, opened=0, damaged=0, tries=0, due_at=None, evidence=False, reason="")


def _corrected(state: State, event: Corrected) -> State:
    waits = event.revision == 0 or bool(event.findings)
    state = replace(_anew(orphaned(state)), phase=Phase.CORRECTION if waits else Phase.NEW, findings=event.findings)
    if event.revision:
        state = replace(state, revision=event.revision, details=event.details)
    return replace(state, due_at=event.not_before, reason=TO_CORRECT if waits else "")


def _cancelled(state: State, event: CancelRequested) -> State:
    state = replace(state, cancelling=f"cancelled by {event.by}: {event.reason}", tries=0, due_at=None)
    if state.phase in (Phase.FINISHING, Phase.CLOSING):
        return replace(state, phase=Phase.CLOSING, then=Then.CANCEL)
    return replace(orphaned(state), phase=Phase.CANCELLED, reason=state.cancelling)


def _withdrawn(state: State, event: RetractRequested) -> State:
    words = f"the report was retracted by {event.by}: {event.reason}"
    if state.phase is Phase.FINISHING:
        # It may be filed; the retract asks (2).
        return replace(state, phase=Phase.CLOSING, then=Then.ASK, reason=words, tries=0, due_at=None)
    return replace(orphaned(state), phase=Phase.HALTED, reason=words)
