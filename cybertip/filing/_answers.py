"""What an answer changes: the table's moves, carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cybertip.filing._parts import again, begin_another, codes_of, find_orphan, forward, orphaned, stopped, words_of
from cybertip.filing.events import CallEnded
from cybertip.filing.outcomes import CallName, Move, Outcome, after
from cybertip.filing.states import LAPSE_AFTER_OPENING, Attempt, Orphan, Phase, SentFile, State, Then


def ended(state: State, event: CallEnded) -> State:
    """The state after an answer, or after it became certain that there will be none."""
    air = state.started
    if air is None or air.call_id != event.call_id:
        return _late(state, event)
    state = replace(state, started=None)
    move = after(event.call, event.outcome)
    orphan = find_orphan(state, event.report_id) if event.call is CallName.RETRACT else None
    if orphan is not None:
        return _orphan_answered(state, orphan, event, move)
    if state.attempt is None:
        return _submitted(state, event, move, air.at)
    return _MOVES[move](state, state.attempt, event, air.at)


def _submitted(state: State, event: CallEnded, move: Move, at: datetime) -> State:
    """After a /submit; `at` is when it was started."""
    if move is Move.FORWARD and event.report_id is not None:
        opened = replace(forward(state), phase=Phase.OPEN, opened=state.opened + 1)
        return replace(opened, attempt=Attempt(event.report_id, at))
    if move is Move.CORRECT:
        return stopped(state, Phase.CORRECTION, event)
    if move in (Move.WAIT, Move.BLOCK, Move.AGAIN):
        return again(state, event)
    # Also a success that names no report: one is open that nobody knows. It lapses by itself, and is never filed.
    lapses = (*state.possible_orphans, at + LAPSE_AFTER_OPENING)
    state = replace(state, possible_orphans=lapses, opened=state.opened + 1)
    if state.limits.ask_after_lost_submit:
        return stopped(state, Phase.HALTED, event)
    return begin_another(again(state, event), words_of(event))


# --- moves on the open report ------------------------------------------------------------------------------------

_Change = Callable[[State, Attempt, CallEnded, datetime], State]


def _file_forward(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    """A file was added or described."""
    if event.call is CallName.UPLOAD:
        files = (*attempt.files, SentFile(event.file_id or ""))
    else:
        files = tuple(
            replace(file, described=True) if index == event.file else file for index, file in enumerate(attempt.files)
        )
    return replace(forward(state), attempt=replace(attempt, files=files, changed_at=at, again=False))


def _filed(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    return filed(state, event)


def _make_again(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    return again(state, event)


def _make_again_in_doubt(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    return again(replace(state, attempt=replace(attempt, doubt=True)), event)


def _make_again_once(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    if attempt.again:
        return _give_up(state, attempt, event, at)
    # The details may have arrived, and with them a later time from which the report lapses; the earlier one counts.
    return again(replace(state, attempt=replace(attempt, again=True)), event)


def _give_up(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    return begin_another(orphaned(state), words_of(event))


def _correct(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    if attempt.again:
        # Refused the second time, perhaps only because it was accepted the first time.
        return _give_up(state, attempt, event, at)
    return stopped(orphaned(state), Phase.CORRECTION, event)


def _damaged(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    state = replace(orphaned(state), damaged=state.damaged + 1)
    if state.damaged >= state.limits.damaged:
        return stopped(state, Phase.HALTED, event)
    return begin_another(state, words_of(event))


def _without_evidence(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    waiting = again(replace(orphaned(state), phase=Phase.NEW, evidence=True), event)
    return replace(waiting, opened=max(0, state.opened - 1))  # nothing went wrong at the server


def _close(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    closing = replace(state, phase=Phase.CLOSING, then=Then.CORRECT, reason=words_of(event), findings=codes_of(event))
    return replace(closing, tries=0, due_at=None)


def _closed(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    """The report that counted is proven to be closed without being filed (2)."""
    state = replace(state, attempt=None, tries=0, due_at=None)
    if state.cancelling:
        return replace(state, phase=Phase.CANCELLED, reason=state.cancelling)
    if state.phase is Phase.CLOSING and state.then is Then.CORRECT:
        return replace(state, phase=Phase.CORRECTION)
    if state.phase is Phase.CLOSING and state.then is Then.ASK:
        return replace(state, phase=Phase.HALTED)
    return begin_another(state, words_of(event))


def _closed_unless_doubt(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    sure = attempt.disowned or not attempt.doubt
    return _closed(state, attempt, event, at) if sure else _ask(state, attempt, event, at)


def _ask_after_some(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    if state.tries + 1 < state.limits.refused_retracts:
        return again(state, event)
    # The server will not say; a person has, or has to.
    return _closed(state, attempt, event, at) if attempt.disowned else _ask(state, attempt, event, at)


def _ask(state: State, attempt: Attempt, event: CallEnded, at: datetime) -> State:
    return stopped(state, Phase.DECISION, event)


_MOVES: dict[Move, _Change] = {
    Move.FORWARD: _file_forward,
    Move.FILED: _filed,
    Move.FILED_UNSEEN: _filed,
    Move.AGAIN: _make_again,
    Move.WAIT: _make_again,
    Move.BLOCK: _make_again,
    Move.AGAIN_IN_DOUBT: _make_again_in_doubt,
    Move.AGAIN_ONCE: _make_again_once,
    Move.GIVE_UP: _give_up,
    Move.GONE: _closed,
    Move.GONE_UNLESS_DOUBT: _closed_unless_doubt,
    Move.DAMAGED: _damaged,
    Move.CORRECT: _correct,
    Move.CLOSE: _close,
    Move.CLOSED: _closed,
    Move.CLOSED_UNLESS_DOUBT: _closed_unless_doubt,
    Move.AGAIN_THEN_PERSON: _ask_after_some,
    Move.PERSON: _ask,
    Move.EVIDENCE: _without_evidence,
}
"""How each move changes a filing with an open report; `Move.POSSIBLE_ORPHAN` happens only where there is none."""


def filed(state: State, event: CallEnded) -> State:
    """It is filed: with this receipt, or with one that nobody saw."""
    seen = event.outcome is Outcome.OK
    alarms = state.alarms
    if seen and state.attempt is not None and event.file_ids is not None:
        held = [file.file_id for file in state.attempt.files]
        if sorted(held) != sorted(event.file_ids):
            alarms += ("the receipt lists other files than those that were sent",)
    state = replace(state, phase=Phase.FILED, report_id=event.report_id, receipt_lost=not seen, alarms=alarms)
    reason = "filed" if seen else "filed, and the receipt was lost on the way"
    return replace(state, attempt=None, started=None, tries=0, due_at=None, evidence=False, reason=reason)


# --- answers that are nobody's turn ------------------------------------------------------------------------------


def _late(state: State, event: CallEnded) -> State:
    """The answer to a call of a former holder, or one that came after it was given up (3)."""
    if event.call is CallName.FINISH and event.outcome in (Outcome.OK, Outcome.FINISHED):
        if state.phase is Phase.FILED:
            return _filed_again(state, event)
        attempt = state.attempt
        if attempt is None or attempt.report_id != event.report_id:
            # The server called that report closed, and it is filed: what this promises not to happen.
            words = f"report {event.report_id} was filed, although it had been called closed"
            state = replace(orphaned(state), alarms=(*state.alarms, words))
        return filed(state, event)
    if event.call is CallName.SUBMIT and event.outcome is Outcome.OK and event.report_id is not None:
        known = {state.report_id, state.attempt.report_id if state.attempt is not None else None}
        if event.report_id not in known and find_orphan(state, event.report_id) is None:
            return replace(state, orphans=(*state.orphans, Orphan(event.report_id, event.at + LAPSE_AFTER_OPENING)))
    return state


def _filed_again(state: State, event: CallEnded) -> State:
    if event.report_id != state.report_id:
        words = f"report {event.report_id} was filed for this record as well"
        return replace(state, alarms=(*state.alarms, words))
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
            return stopped(orphaned(state), Phase.DECISION, event, words)
        return state
    return replace(state, orphans=(*others, replace(orphan, tries=orphan.tries + 1, due_at=event.due_at)))
