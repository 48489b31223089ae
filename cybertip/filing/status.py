"""One classifier: exactly one status for each filing, with its reason and what happens next.

All counts and lists come from here, so that no two of them can differ, and no filing can be in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cybertip.filing.states import Phase, State


class Kind(StrEnum):
    """How a filing is called in lists and counts."""

    FILED = "filed"
    IN_FLIGHT = "in flight"
    SCHEDULED = "scheduled"
    NEEDS_CORRECTION = "needs correction"
    NEEDS_DECISION = "needs decision"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


NEEDS_PERSON = frozenset({Kind.NEEDS_CORRECTION, Kind.NEEDS_DECISION, Kind.BLOCKED})
"""The kinds that wait for somebody to act."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is to be said about a filing.

    Attributes:
        kind: one of the seven.
        reason: why, in words without content.
        next: what happens next, by itself or by whom.
        due_at: when something happens by itself; None where nothing does, or at once.
        report_id: the report that is filed, or that may be.
        alarms: what a person must hear of, whatever the kind.
    """

    kind: Kind
    reason: str
    next: str
    due_at: datetime | None = None
    report_id: int | None = None
    alarms: tuple[str, ...] = ()


def status_of(state: State, now: datetime, *, leased: bool = False, blocked: str = "") -> Status:
    """The status of a filing. Total: every state has exactly one.

    Args:
        state: the filing.
        now: the moment.
        leased: whether a worker holds its lease now.
        blocked: why the credentials are blocked for all filings; empty where they are not.
    """
    kind, reason, following = _judge(state, now, leased=leased, blocked=blocked)
    ahead = kind in (Kind.SCHEDULED, Kind.BLOCKED) and state.due_at is not None and state.due_at > now
    return Status(
        kind,
        reason,
        following,
        state.due_at if ahead else None,
        state.report_id or (state.attempt.report_id if state.attempt is not None else None),
        state.alarms,
    )


def _judge(state: State, now: datetime, *, leased: bool, blocked: str) -> tuple[Kind, str, str]:
    match state.phase:
        case Phase.FILED:
            lost = "ask NCMEC for a confirmation, naming the report" if state.receipt_lost else "nothing"
            return Kind.FILED, state.reason, lost
        case Phase.CANCELLED:
            return Kind.CANCELLED, state.reason or "cancelled by a person", "nothing"
        case Phase.CORRECTION:
            return Kind.NEEDS_CORRECTION, state.reason, "a person corrects the record, or cancels"
        case Phase.DECISION:
            choice = "a person asks NCMEC whether the report is filed, and says so: filed, or to be filed anew"
            return Kind.NEEDS_DECISION, state.reason, choice
        case Phase.HALTED:
            return Kind.NEEDS_DECISION, state.reason, "a person says to go on, corrects the record, or cancels"
    if leased or state.started is not None:
        return Kind.IN_FLIGHT, state.reason or f"a worker is at it ({state.phase})", "the worker goes on"
    if blocked:
        return Kind.BLOCKED, blocked, "somebody mends the credentials; then it goes on by itself"
    if state.evidence:
        return Kind.BLOCKED, state.reason, "somebody brings the file back; it is looked for again by itself"
    if state.due_at is not None and state.due_at > now:
        return Kind.SCHEDULED, state.reason or "a time in the report is still ahead", "it goes on by itself"
    return Kind.SCHEDULED, state.reason or "waits for a worker", "a worker takes it"
