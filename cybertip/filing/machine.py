"""The filing machine: state and event to state. Pure, and total: every pair is decided, legal or refused.

Why no record is ever filed twice rests on five points. Each has its place below, marked (1) to (5).

(1) /finish is sent only after FINISHING was committed under the current fencing number: `_started` enters FINISHING with
    the very event that precedes the first byte.
(2) No new attempt while any attempt that ever entered FINISHING lacks proof that it is closed. An attempt leaves
    FINISHING and CLOSING by `_closed` alone: an answer 0, 5101 or a decided 5001 to its retract, 5101 to its finish, or a
    person's word. A 5001 decides nothing once a /finish was left unanswered (`Attempt.doubt`).
(3) Only the holder of the current fencing number starts calls and changes the state. Anyone may append the answer of a
    call it made: a late receipt is adopted, a late report id becomes an orphan to retract (`_late`).
(4) A person's command is an event like any other, appended under a lease that was claimed for it; `Claimed` makes an
    unknown of whatever was in the air.
(5) An attempt belongs to one environment and one account name. That is the ledger's to keep: it belongs to one of each.

It does not rest on 5102: 0 again, 5001 or a refusal to a repeated /finish is safe as well. Only a server that calls a
finished report *retracted* (5101) could defeat it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cybertip.errors import CybertipError
from cybertip.filing.events import (
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
    Word,
)
from cybertip.filing.outcomes import CallName, Move, Outcome, after
from cybertip.filing.states import (
    ENDS,
    LAPSE_AFTER_OPENING,
    WAITS_FOR_PERSON,
    Attempt,
    Orphan,
    Phase,
    SentFile,
    Started,
    State,
    Then,
)

MOST_ATTEMPTS = 5
"""How many reports are opened for one filing before a person is asked."""
MOST_DAMAGED = 3
"""How many files may arrive damaged before a person is asked."""
MOST_REFUSED_RETRACTS = 3
"""How often a retract is refused before a person is asked."""


class IllegalEventError(CybertipError):
    """An event that a filing in this state cannot have. Nothing was changed."""


_ALWAYS: frozenset[type[Event]] = frozenset({Claimed, CallEnded, CallStarted})
# What else each phase takes. `CallStarted` is looked at more closely: see `_started`.
LEGAL: dict[Phase, frozenset[type[Event]]] = {
    Phase.NEW: _ALWAYS | {Corrected, CancelRequested, Continued, EvidenceMissing},
    Phase.OPEN: _ALWAYS | {Corrected, CancelRequested, Continued, AttemptDropped},
    # What may be filed already is neither corrected nor begun anew before it is known to be closed (2).
    Phase.FINISHING: _ALWAYS | {CancelRequested, Continued},
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
        reason="the record needs to be corrected" if waits else "",
        findings=event.findings,
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
            return _ended(state, event)
        case AttemptDropped():
            if state.started is not None or state.attempt is None or state.attempt.report_id != event.report_id:
                raise IllegalEventError("only the open report can be dropped, and not while a call is in the air")
            return _begin_another(_orphaned(state), event.reason)
        case EvidenceMissing():
            return replace(state, evidence=True, due_at=event.due_at, tries=state.tries + 1, reason=event.words)
        case _:
            return _person(state, event)


def fold(events: list[Event]) -> State:
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


# --- calls -------------------------------------------------------------------------------------------------------


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
        state = _ended(state, lost)
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
    retracts_orphan = event.call is CallName.RETRACT and _orphan(state, event.report_id) is not None
    if not retracts_orphan and not (fits and event.report_id == mine):
        raise IllegalEventError(f"/{event.call} cannot be called for a filing that is {state.phase}")
    started = Started(event.call_id, event.call, event.at, event.report_id, event.file)
    if event.call is CallName.FINISH:
        return replace(state, started=started, phase=Phase.FINISHING)  # (1)
    return replace(state, started=started)


def _ended(state: State, event: CallEnded) -> State:
    air = state.started
    if air is None or air.call_id != event.call_id:
        return _late(state, event)
    state = replace(state, started=None)
    move = after(event.call, event.outcome)
    orphan = _orphan(state, event.report_id) if event.call is CallName.RETRACT else None
    if orphan is not None:
        return _orphan_answered(state, orphan, event, move)
    if event.call is CallName.SUBMIT and move is Move.FORWARD and event.report_id is not None:
        opened = Attempt(event.report_id, air.at)
        return replace(_forward(state), phase=Phase.OPEN, attempt=opened, opened=state.opened + 1)
    if state.attempt is None:
        return _without_attempt(state, event, move, air.at)
    return _with_attempt(state, state.attempt, event, move, air.at)


def _without_attempt(state: State, event: CallEnded, move: Move, at: datetime) -> State:
    """After a /submit that opened no report, as far as anybody knows."""
    if move is Move.CORRECT:
        return replace(
            state, phase=Phase.CORRECTION, reason=_words(event), findings=_codes(event), tries=0, due_at=None
        )
    if move in (Move.WAIT, Move.BLOCK, Move.AGAIN):
        return _again(state, event)
    # Also a success that names no report: one is open that nobody knows. It lapses by itself, and is never filed.
    state = replace(
        state,
        possible_orphans=(*state.possible_orphans, at + LAPSE_AFTER_OPENING),
        opened=state.opened + 1,
    )
    return _begin_another(_again(state, event), _words(event))


def _with_attempt(state: State, attempt: Attempt, event: CallEnded, move: Move, at: datetime) -> State:
    match move:
        case Move.FORWARD:
            return _file_forward(state, attempt, event, at)
        case Move.FILED:
            return _filed(state, event)
        case Move.FILED_UNSEEN:
            return _filed(state, event)
        case Move.AGAIN | Move.WAIT | Move.BLOCK:
            return _again(state, event)
        case Move.AGAIN_IN_DOUBT:
            return _again(replace(state, attempt=replace(attempt, doubt=True)), event)
        case Move.AGAIN_ONCE if not attempt.again:
            # The details may have arrived, and with them the time from which the report lapses; the earlier counts.
            return _again(replace(state, attempt=replace(attempt, again=True)), event)
        case Move.AGAIN_ONCE | Move.GIVE_UP:
            return _begin_another(_orphaned(state), _words(event))
        case Move.CORRECT if attempt.again:
            # Refused the second time, perhaps only because it was accepted the first time.
            return _begin_another(_orphaned(state), _words(event))
        case Move.CORRECT:
            return _stopped(_orphaned(state), Phase.CORRECTION, event)
        case Move.DAMAGED:
            damaged = state.damaged + 1
            state = replace(_orphaned(state), damaged=damaged)
            if damaged >= MOST_DAMAGED:
                return _stopped(state, Phase.HALTED, event)
            return _begin_another(state, _words(event))
        case Move.EVIDENCE:
            waiting = _again(replace(_orphaned(state), phase=Phase.NEW, evidence=True), event)
            return replace(waiting, opened=max(0, state.opened - 1))
        case Move.CLOSE:
            return replace(
                state, phase=Phase.CLOSING, then=Then.CORRECT, reason=_words(event), findings=_codes(event),
                tries=0, due_at=None,
            )  # fmt: skip
        case Move.GONE | Move.CLOSED:
            return _closed(state, event)
        case Move.GONE_UNLESS_DOUBT | Move.CLOSED_UNLESS_DOUBT:
            return _stopped(state, Phase.DECISION, event) if attempt.doubt else _closed(state, event)
        case Move.AGAIN_THEN_PERSON:
            if state.tries + 1 >= MOST_REFUSED_RETRACTS:
                return _stopped(state, Phase.DECISION, event)
            return _again(state, event)
        case _:
            return _stopped(state, Phase.DECISION, event)


def _file_forward(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    """A file was added or described."""
    if event.call is CallName.UPLOAD:
        files = (*attempt.files, SentFile(event.file_id or ""))
    else:
        files = tuple(
            replace(file, described=True) if index == event.file else file for index, file in enumerate(attempt.files)
        )
    return replace(_forward(state), attempt=replace(attempt, files=files, changed_at=at, again=False))


def _filed(state: State, event: CallEnded) -> State:
    seen = event.outcome is Outcome.OK
    alarms = state.alarms
    if seen and state.attempt is not None and event.file_ids is not None:
        held = {file.file_id for file in state.attempt.files}
        if held != set(event.file_ids) or len(held) != len(event.file_ids):
            alarms += ("the receipt lists other files than those that were sent",)
    reason = "filed" if seen else "filed, and the receipt was lost on the way"
    return replace(
        state, phase=Phase.FILED, report_id=event.report_id, receipt_lost=not seen, reason=reason, attempt=None,
        tries=0, due_at=None, alarms=alarms, started=None, evidence=False,
    )  # fmt: skip


def _closed(state: State, event: CallEnded) -> State:
    """The report that counted is proven to be closed without being filed (2)."""
    state = replace(state, attempt=None, tries=0, due_at=None)
    if state.cancelling:
        return replace(state, phase=Phase.CANCELLED)
    if state.phase is Phase.CLOSING and state.then is Then.CORRECT:
        return replace(state, phase=Phase.CORRECTION)
    return _begin_another(state, _words(event))


def _late(state: State, event: CallEnded) -> State:
    """The answer to a call of a former holder, or one that came after it was given up (3)."""
    if event.call is CallName.FINISH and event.outcome in (Outcome.OK, Outcome.FINISHED):
        if state.phase is Phase.FILED:
            return _filed_again(state, event)
        attempt = state.attempt
        if attempt is not None and attempt.report_id != event.report_id:
            # It cannot be: the report of a former attempt was filed though it was proven to be closed.
            state = replace(
                _orphaned(state), alarms=(*state.alarms, "a report was filed that the server called closed")
            )
        return _filed(state, event)
    if event.call is CallName.SUBMIT and event.outcome is Outcome.OK and event.report_id is not None:
        known = {state.report_id, state.attempt.report_id if state.attempt is not None else None}
        if event.report_id not in known and _orphan(state, event.report_id) is None:
            return replace(state, orphans=(*state.orphans, Orphan(event.report_id, event.at + LAPSE_AFTER_OPENING)))
    return state


def _filed_again(state: State, event: CallEnded) -> State:
    if event.report_id != state.report_id:
        return replace(state, alarms=(*state.alarms, "two reports were filed for this record"))
    if event.outcome is Outcome.OK and state.receipt_lost:
        return replace(state, receipt_lost=False, reason="filed")
    return state


def _orphan_answered(state: State, orphan: Orphan, event: CallEnded, move: Move) -> State:
    others = tuple(one for one in state.orphans if one is not orphan)
    if move in (Move.CLOSED, Move.CLOSED_UNLESS_DOUBT):
        return replace(state, orphans=others)
    if move is Move.FILED_UNSEEN:
        # Nobody ever asked for it to be finished. Whether it holds the case, only a person can find out.
        words = f"report {orphan.report_id} is filed, although it was never to be finished"
        state = replace(state, orphans=others, alarms=(*state.alarms, words))
        if state.phase in (Phase.NEW, Phase.OPEN, Phase.CORRECTION, Phase.HALTED):
            return _stopped(_orphaned(state), Phase.DECISION, event, words)
        return state
    tried = replace(orphan, tries=orphan.tries + 1, due_at=event.due_at)
    return replace(state, orphans=(*others, tried))


# --- people ------------------------------------------------------------------------------------------------------


def _person(state: State, event: Event) -> State:
    if state.started is not None:
        raise IllegalEventError("a call is in the air; the command needs the lease")  # (4)
    match event:
        case Corrected():
            return _corrected(state, event)
        case CancelRequested():
            return _cancelled(state)
        case Decided(word=Word.FILED) if event.report_id is not None:
            return replace(
                state, phase=Phase.FILED, report_id=event.report_id, receipt_lost=True, attempt=None, tries=0,
                due_at=None, reason="filed, by a person's word",
            )  # fmt: skip
        case Decided(word=Word.REFILE):
            state = replace(state, attempt=None, opened=0, damaged=0, tries=0, due_at=None, reason="")
            return replace(state, phase=Phase.NEW if state.revision and not state.findings else Phase.CORRECTION)
        case Continued():
            resumed = Phase.NEW if state.phase is Phase.HALTED else state.phase
            return replace(state, phase=resumed, opened=0, damaged=0, tries=0, due_at=None, evidence=False, reason="")
        case _:
            raise IllegalEventError("the word that it is filed must name the report")


def _corrected(state: State, event: Corrected) -> State:
    waits = event.revision == 0 or bool(event.findings)
    if state.attempt is not None:
        state = _orphaned(state)
    return replace(
        state, phase=Phase.CORRECTION if waits else Phase.NEW, revision=event.revision or state.revision,
        details=event.details if event.revision else state.details, findings=event.findings, due_at=event.not_before,
        reason="the record needs to be corrected" if waits else "", opened=0, damaged=0, tries=0, evidence=False,
    )  # fmt: skip


def _cancelled(state: State) -> State:
    state = replace(state, cancelling=True, tries=0, due_at=None)
    if state.phase is Phase.FINISHING:
        return replace(state, phase=Phase.CLOSING, then=Then.CANCEL)
    if state.phase is Phase.CLOSING:
        return state
    return replace(_orphaned(state), phase=Phase.CANCELLED)


# --- parts -------------------------------------------------------------------------------------------------------


def _forward(state: State) -> State:
    return replace(state, tries=0, due_at=None, reason="", evidence=False)


def _again(state: State, event: CallEnded) -> State:
    return replace(state, tries=state.tries + 1, due_at=event.due_at, reason=_words(event))


def _stopped(state: State, phase: Phase, event: CallEnded, words: str = "") -> State:
    return replace(
        state, phase=phase, tries=0, due_at=None, reason=words or _words(event),
        findings=_codes(event) if phase is Phase.CORRECTION else state.findings,
    )  # fmt: skip


def _begin_another(state: State, reason: str) -> State:
    """Open another report, unless that was done too often. The one that counted must be closed, or never to be finished."""
    phase = Phase.HALTED if state.opened >= MOST_ATTEMPTS else Phase.NEW
    return replace(
        state, phase=phase, attempt=None, reason=reason, due_at=None if phase is Phase.HALTED else state.due_at
    )


def _orphaned(state: State) -> State:
    """The open report, which never entered FINISHING, will not be used."""
    attempt = state.attempt
    if attempt is None:
        return state
    orphan = Orphan(attempt.report_id, attempt.lapses_at)
    return replace(state, attempt=None, orphans=(*state.orphans, orphan), tries=0, due_at=None)


def _orphan(state: State, report_id: int | None) -> Orphan | None:
    return next((one for one in state.orphans if one.report_id == report_id), None)


def _words(event: CallEnded) -> str:
    return event.words or f"/{event.call}: {event.outcome}"


def _codes(event: CallEnded) -> tuple[str, ...]:
    return (f"server {event.code}",) if event.code is not None else ("server",)


__all__ = ["ENDS", "LEGAL", "WAITS_FOR_PERSON", "IllegalEventError", "apply", "begin", "fold"]
