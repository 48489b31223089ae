"""The filing machine: what a filing is, what may happen to it, and what comes next. Pure.

Nothing here knows a network, a database or a clock. `machine` holds the argument why nothing is filed twice, and the
state that events come to; `outcomes` the table of what follows from each answer; `schedule` the next step; `status`
what is said about it. A diagram of all of it is in docs/filing.md.
"""

from __future__ import annotations

from cybertip.filing.events import Event
from cybertip.filing.limits import Limits
from cybertip.filing.machine import IllegalEventError, apply, begin, fold
from cybertip.filing.outcomes import CallName, Move, Outcome, after, outcome_of
from cybertip.filing.schedule import Pace, next_step
from cybertip.filing.states import Phase, State
from cybertip.filing.status import AtNcmec, Kind, Situation, Status, status_of

__all__ = [
    "AtNcmec",
    "CallName",
    "Event",
    "IllegalEventError",
    "Kind",
    "Limits",
    "Move",
    "Outcome",
    "Pace",
    "Phase",
    "Situation",
    "State",
    "Status",
    "after",
    "apply",
    "begin",
    "fold",
    "next_step",
    "outcome_of",
    "status_of",
]
