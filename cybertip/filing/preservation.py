"""How long a filing that has ended is preserved before its records, documents and answers may be taken out. Pure.

A report that was filed is a request to preserve what it tells for a year (18 U.S.C. 2258A(h)); an authority can ask for
longer, and a person writes that down (`Held`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cybertip.filing.events import Event
from cybertip.filing.machine import apply, begin
from cybertip.filing.states import ENDS, Phase, State

LEAST_HOLD = timedelta(days=365)
"""What was filed is preserved so long at least; a year with a leap day has a day more."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the provider keeps what has ended.

    Attributes:
        after: how long after a filing has ended, however it ended.
        hold: how long after it was filed; never less than a year.
    """

    after: timedelta = timedelta()
    hold: timedelta = LEAST_HOLD

    def __post_init__(self) -> None:
        """Refuse what is less than the law asks for, as a ValueError."""
        if self.hold < LEAST_HOLD:
            raise ValueError(f"what was filed is preserved for {LEAST_HOLD.days} days at least")
        if self.after < timedelta():
            raise ValueError("a time to wait is not negative")


@dataclass(frozen=True, slots=True)
class Preserved:
    """To when something is preserved, and why."""

    until: datetime
    reason: str


def ended_at(history: Sequence[tuple[datetime, Event]]) -> datetime | None:
    """When a filing came to the end at which it stands; None where it has not ended.

    Args:
        history: all of its events, the oldest first, each with when it was appended.
    """
    state: State | None = None
    found: datetime | None = None
    for at, event in history:
        # The first is `Enqueued`; no other event is.
        before, state = state, begin(event) if event.kind == "enqueued" else apply(_known(state), event)
        if before is None or before.phase is not state.phase:
            found = at if state.phase in ENDS else None
    return found


def _known(state: State | None) -> State:
    if state is None:
        raise ValueError("a history begins with the event 'enqueued'")
    return state


def preserved(state: State, ended: datetime, retention: Retention) -> Preserved:
    """To when a filing that has ended is preserved, and for which of its reasons the longest.

    Args:
        state: what is known of it.
        ended: when it ended (`ended_at`).
        retention: how long the provider keeps what has ended.
    """
    reasons = [Preserved(ended + retention.after, f"what has ended is kept for {retention.after.days} days")]
    if state.phase is Phase.FILED:
        until = max(ended + retention.hold, _a_year_after(ended))
        reasons.append(Preserved(until, f"what was filed is preserved for {retention.hold.days} days by law or policy"))
    if state.held_until is not None:
        reasons.append(Preserved(state.held_until, "a person asked for it to be preserved"))
    return max(reasons, key=lambda one: one.until)


def _a_year_after(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # on a leap day
        return moment.replace(year=moment.year + 1, month=3, day=1)
