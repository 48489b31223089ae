"""The filing machine: state and event to state. Pure, and total: every pair is decided, legal or refused.

Why no record is ever filed twice rests on five points. Each has its place below, marked (1) to (5).

(1) /finish is sent only after FINISHING was committed under the current fencing number: `_started` enters FINISHING
    with the very event that precedes the first byte.
(2) No new attempt while any attempt that ever entered FINISHING lacks proof that it is closed. Without being filed, an
    attempt leaves FINISHING and CLOSING by `_answers._closed` alone (an answer 0, 5101 or a decided 5001 to its
    retract, 5101 to its finish), or by a person's word, which names that attempt's report: one that comes late, when
    another counts, is refused. A 5001 decides nothing once a /finish was left unanswered (`Attempt.doubt`).
(3) Only the holder of the current fencing number starts calls and changes the state. Anyone may append the answer of a
    call it made: a late receipt is adopted, a late report id becomes an orphan to retract (`_answers._late`).
(4) A person's command is an event like any other, appended under a lease that was claimed for it; `Claimed` makes an
    unknown of whatever was in the air. Remarks (`events.REMARKS`) need no lease: nothing that is filed depends on them.
(5) An attempt belongs to one environment and one account name. That is the ledger's to keep: it belongs to one of each.

It does not rest on 5102: 0 again, 5001 or a refusal to a repeated /finish is safe as well. Only a server that calls a
finished report *retracted* (5101) could defeat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cybertip.filing._answers import ended
from cybertip.filing._parts import TO_CORRECT, IllegalEventError, begin_another, find_orphan, orphaned
from cybertip.filing._people import person
from cybertip.filing.events import (
    REMARKS,
    Acknowledged,
    AttemptDropped,
    CallEnded,
    CallStarted,
    CancelRequested,
    Claimed,
    Continued,
    Corrected,
    Decided,
    Enqueued,
    Event,
    EvidenceMissing,
    Held,
    RetractRequested,
)
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.states import Phase, Started, State

__all__ = [
    "LEGAL",
    "IllegalEventError",
    "apply",
    "begin",
    "fold",
]

_ALWAYS: frozenset[type[Event]] = frozenset({Claimed, CallEnded, CallStarted, *REMARKS})
# What else each phase takes. `CallStarted` is looked at more closely: see `_started`.
LEGAL: dict[Phase, frozenset[type[Event]]] = {
    Phase.NEW: _ALWAYS | {Corrected, CancelRequested, Continued, EvidenceMissing},
    Phase.OPEN: _ALWAYS | {Corrected, CancelRequested, Continued, RetractRequested, AttemptDropped},
    # What may be filed already is neither corrected nor begun anew before it is known to be closed (2).
    Phase.FINISHING: _ALWAYS | {CancelRequested, Continued, RetractRequested},
    Phase.CLOSING: _ALWAYS | {CancelRequested, Continued},
    Phase.CORRECTION: _ALWAYS | {Corrected, CancelRequested},
    Phase.DECISION: _ALWAYS | {Decided},
    Phase.HALTED: _ALWAYS | {Corrected, CancelRequested, Continued},
    Phase.FILED: _ALWAYS,
    Phase.CANCELLED: _ALWAYS,
}
"""The events that a filing of each phase can have. `Enqueued` begins a filing, and no filing has it twice."""


def begin(event: Enqueued) -> State:
    """The state of a new filing."""
    waits = event.revision == 0 or bool(event.findings)
    return State(
        Phase.CORRECTION if waits else Phase.NEW,
        event.confirmed_at,
        revision=event.revision,
        details=event.details,
        urgent=event.urgent,
        due_at=event.not_before,
        reason=TO_CORRECT if waits else "",
        findings=event.findings,
        limits=event.limits,
    )


def apply(state: State, event: Event) -> State:
    """The state after an event.

    Raises:
        IllegalEventError: the filing cannot have this event now.
    """
    if type(event) not in LEGAL[state.phase]:
        raise IllegalEventError(f"a filing that is {state.phase} cannot have the event '{event.kind}'")
    match event:
        case Claimed():
            return _claimed(state, event)
        case CallStarted():
            return _started(state, event)
        case CallEnded():
            return ended(state, event)
        case AttemptDropped():
            if state.started is not None or state.attempt is None or state.attempt.report_id != event.report_id:
                raise IllegalEventError("only the open report can be dropped, and not while a call is in the air")
            return begin_another(orphaned(state), event.reason)
        case EvidenceMissing():
            return replace(state, evidence=True, due_at=event.due_at, tries=state.tries + 1, reason=event.words)
        case _ if isinstance(event, REMARKS):
            return _remarked(state, event)
        case _:
            return person(state, event)


def fold(events: Sequence[Event]) -> State:
    """The state that a filing's events come to. The first must be `Enqueued`.

    Raises:
        IllegalEventError: they are no filing's history.
    """
    first, *rest = events
    if not isinstance(first, Enqueued):
        raise IllegalEventError("a filing begins with the event 'enqueued'")
    state = begin(first)
    for event in rest:
        state = apply(state, event)
    return state


def _remarked(state: State, event: Event) -> State:
    match event:
        case Held():
            return replace(state, held_until=event.until)
        case Acknowledged():
            return replace(state, heard=len(state.alarms), acknowledged_at=event.at)
        case _:
            return state


def _claimed(state: State, event: Claimed) -> State:
    if event.fence != state.fence + 1:
        raise IllegalEventError("a lease has the next fencing number")
    air = state.started
    if air is not None:
        # What the former holder was doing when it went, nobody knows (3).
        lost = CallEnded(
            air.call_id, state.fence, air.call, Outcome.UNKNOWN, event.at, report_id=air.report_id, file=air.file,
            words="the process that made the call ended before its answer",
        )  # fmt: skip
        state = ended(state, lost)
    return replace(state, fence=event.fence)


def _started(state: State, event: CallStarted) -> State:
    if event.fence != state.fence:
        raise IllegalEventError("the lease is another's by now")
    if state.started is not None:
        raise IllegalEventError("a call is in the air")
    attempt = state.attempt
    fits = {
        CallName.SUBMIT: state.phase is Phase.NEW,
        CallName.UPLOAD: state.phase is Phase.OPEN,
        CallName.FILEINFO: state.phase is Phase.OPEN,
        CallName.FINISH: state.phase is Phase.FINISHING or (state.phase is Phase.OPEN and state.all_there),
        CallName.RETRACT: state.phase is Phase.CLOSING,
    }[event.call]
    mine = attempt.report_id if attempt is not None and event.call is not CallName.SUBMIT else None
    retracts_orphan = event.call is CallName.RETRACT and find_orphan(state, event.report_id) is not None
    if not retracts_orphan and not (fits and event.report_id == mine):
        raise IllegalEventError(f"/{event.call} cannot be called for a filing that is {state.phase}")
    started = Started(event.call_id, event.call, event.at, event.report_id, event.file)
    if event.call is CallName.FINISH:
        return replace(state, started=started, phase=Phase.FINISHING)  # (1)
    return replace(state, started=started)
