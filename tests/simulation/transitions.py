"""What must hold between a state of a filing and the next, whatever the event."""

from __future__ import annotations

from dataclasses import replace

from cybertip.filing.events import REMARKS, CallEnded, Decided, Event, Word
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.states import State

GONE = frozenset({Outcome.RETRACTED, Outcome.NO_REPORT})
"""The answers that tell, to any call, that the report is not open any more."""


def unremarked(state: State) -> State:
    """The state without what people remarked: what has to be preserved, and what they know of."""
    return replace(state, held_until=None, acknowledged_at=None, heard=0)


def wrong_between(before: State, event: Event, after: State) -> str:
    """What does not hold; empty where all is well."""
    if isinstance(event, REMARKS):
        same = unremarked(after) == unremarked(before)
        return "" if same else f"a remark changes the filing: {event.kind}"
    if before.cancelling and not after.cancelling and not isinstance(event, Decided):
        return f"a cancel is forgotten: {event.kind}"
    forgotten = _open_ones(before) - _open_ones(after) - {after.report_id}
    if forgotten and not _accounts_for(before, event):
        return f"a report is forgotten that may be open: {event.kind}"
    return ""


def _open_ones(state: State) -> set[int | None]:
    """The reports that may be open as far as the filing knows."""
    counts = () if state.attempt is None else (state.attempt.report_id,)
    return {*counts, *(one.report_id for one in state.orphans)}


def _accounts_for(before: State, event: Event) -> bool:
    """Whether it is proven, or a person has said, that a report is not open any more."""
    match event:
        case Decided(word=Word.FILED):
            return True
        case CallEnded(call=CallName.RETRACT):
            disowned = before.attempt is not None and before.attempt.disowned
            return event.outcome in (Outcome.OK, Outcome.FINISHED, *GONE) or disowned
        case CallEnded():
            return event.outcome in GONE
    return False
