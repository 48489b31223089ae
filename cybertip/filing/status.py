"""One classifier: exactly one status for each filing, and what is to be said about it.

All counts and lists come from here, so that no two of them can differ, and no filing can be in none. Every status says
what happened, whether NCMEC has the report, what happens next by itself, and the command that mends it; the words are
in `_words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cybertip.filing._words import (
    AtNcmec,
    Command,
    Kind,
    Situation,
    at_ncmec,
    commands_for,
    happened,
    in_general,
    next_by_itself,
)
from cybertip.filing.states import ENDS, WAITS_FOR_PERSON, Phase, State

__all__ = [
    "NEEDS_PERSON",
    "AtNcmec",
    "Command",
    "Kind",
    "Situation",
    "Status",
    "attention",
    "in_general",
    "status_of",
]

NEEDS_PERSON = frozenset({Kind.NEEDS_CORRECTION, Kind.NEEDS_DECISION, Kind.BLOCKED})
"""The kinds that wait for somebody to act."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is to be said about a filing.

    Attributes:
        kind: one of the seven.
        situation: more closely; `docs/operating.md` has a section for each.
        reason: what happened, in words without content.
        next: what happens next by itself, as a sentence.
        at_ncmec: whether NCMEC has the report.
        told: the same as a sentence, with the report's number.
        commands: what a person can do, the most usual first.
        due_at: when something happens by itself; None where nothing does, or at once.
        report_id: the report that is filed, or that may be.
        alarms: what a person must hear of, whatever the kind, and nobody has acknowledged.
    """

    kind: Kind
    situation: Situation
    reason: str
    next: str
    at_ncmec: AtNcmec
    told: str
    commands: tuple[Command, ...] = ()
    due_at: datetime | None = None
    report_id: int | None = None
    alarms: tuple[str, ...] = ()


def status_of(
    state: State,
    now: datetime,
    *,
    leased: bool = False,
    blocked: str = "",
    name: str = "FILING",
    readable: bool = True,
) -> Status:
    """The status of a filing. Total: every state has exactly one.

    Args:
        state: the filing.
        now: the moment.
        leased: whether a worker holds its lease now.
        blocked: why the credentials are blocked for all filings; empty where they are not.
        name: the filing's id, as it stands in commands.
        readable: whether the state is what the filing's events come to. Else it is what else is known of the filing:
            that it is filed, or nothing.
    """
    situation = _judge(state, now, leased=leased, blocked=bool(blocked)) if readable else Situation.UNREADABLE
    ahead = situation.kind in (Kind.SCHEDULED, Kind.BLOCKED) and state.due_at is not None and state.due_at > now
    due_at = state.due_at if ahead else None
    asked, told = at_ncmec(situation, state)
    return Status(
        situation.kind,
        situation,
        happened(situation, state, blocked),
        next_by_itself(situation, due_at),
        asked,
        told,
        commands_for(situation, state, name),
        due_at,
        state.report_id or (state.attempt.report_id if state.attempt is not None else None),
        state.alarms[state.heard :],
    )


def attention(state: State) -> tuple[object, ...] | None:
    """What a filing asks a person for; None where it asks for nothing. It is the same for as long as that is the same.

    Refused credentials are not counted: they are asked for once, for all filings.
    """
    waits = state.phase in WAITS_FOR_PERSON
    missing = state.evidence and not waits and state.phase not in ENDS
    unheard = len(state.alarms) - state.heard
    if not waits and not missing and not unheard:
        return None
    return state.phase if waits else None, missing, state.revision, state.findings, unheard


_RESTS = {
    Phase.CANCELLED: Situation.CANCELLED,
    Phase.DECISION: Situation.FILED_OR_NOT,
    Phase.HALTED: Situation.HALTED,
}
_ASKS = {Phase.FINISHING: Situation.ASKING, Phase.CLOSING: Situation.CLOSING}


def _judge(state: State, now: datetime, *, leased: bool, blocked: bool) -> Situation:
    if state.phase is Phase.FILED:
        return Situation.RECEIPT_LOST if state.receipt_lost else Situation.FILED
    if state.phase is Phase.CORRECTION:
        refused = any(code.startswith("server") for code in state.findings)
        return Situation.REFUSED if refused else Situation.ERRORS_FOUND
    if state.phase in _RESTS:
        return _RESTS[state.phase]
    if leased or state.started is not None:
        return Situation.AT_WORK
    if blocked:
        return Situation.CREDENTIALS_REFUSED
    return Situation.EVIDENCE_MISSING if state.evidence else _goes_on(state, now)


def _goes_on(state: State, now: datetime) -> Situation:
    if state.phase in _ASKS:
        return _ASKS[state.phase]
    if state.due_at is not None and state.due_at > now:
        return Situation.TRYING_AGAIN if state.tries else Situation.TIME_AHEAD
    return Situation.WAITING
