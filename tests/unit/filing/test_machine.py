"""The filing machine: what follows from each event, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cybertip.errors import ConfigurationError
from cybertip.filing import IllegalEventError, Limits, Phase, State, apply, begin, fold
from cybertip.filing._answers import _MOVES
from cybertip.filing.events import (
    EVENTS,
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
    FollowedUp,
    Held,
    Purged,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.machine import LEGAL
from cybertip.filing.outcomes import TABLE, CallName, Move, Outcome, after
from cybertip.filing.schedule import Make, Pace, next_step
from cybertip.filing.states import Started
from tests.unit.filing.histories import (
    REPORT,
    T0,
    answered,
    calling,
    closing,
    complete,
    finishing,
    made,
    new,
    opened,
)


def test_the_table_is_total() -> None:
    """Every call has a move for every outcome, and every move is carried out somewhere."""
    assert set(TABLE) == {(call, outcome) for call in CallName for outcome in Outcome}
    assert set(TABLE.values()) == set(Move)
    assert set(_MOVES) == set(Move) - {Move.POSSIBLE_ORPHAN}


@pytest.mark.parametrize(
    ("call", "outcome", "move"),
    [
        ("submit", "unknown", Move.POSSIBLE_ORPHAN),
        ("submit", "declared", Move.AGAIN),
        ("submit", "refused", Move.CORRECT),
        ("upload", "unknown", Move.GIVE_UP),
        ("upload", "unsent", Move.AGAIN),
        ("upload", "already finished", Move.PERSON),
        ("fileinfo", "unknown", Move.AGAIN_ONCE),
        ("fileinfo", "no such file", Move.GIVE_UP),
        ("finish", "unknown", Move.AGAIN_IN_DOUBT),
        ("finish", "refused", Move.CLOSE),
        ("finish", "already finished", Move.FILED_UNSEEN),
        ("finish", "already retracted", Move.GONE),
        ("finish", "no such report", Move.GONE_UNLESS_DOUBT),
        ("retract", "unknown", Move.AGAIN),
        ("retract", "refused", Move.AGAIN_THEN_PERSON),
        ("retract", "no such report", Move.CLOSED_UNLESS_DOUBT),
        ("retract", "already finished", Move.FILED_UNSEEN),
    ],
)
def test_the_cells_that_the_argument_rests_on(call: str, outcome: str, move: Move) -> None:
    """These cells are the design's; whoever changes one must change the argument."""
    assert after(CallName(call), Outcome(outcome)) is move


@pytest.mark.parametrize("call", list(CallName))
def test_what_was_not_executed_changes_nothing(call: CallName) -> None:
    """Credentials and rate limits never change what is known."""
    assert after(call, Outcome.CREDENTIALS) is Move.BLOCK
    assert after(call, Outcome.NOT_NOW) is Move.WAIT


def test_a_filing_from_beginning_to_end() -> None:
    """Open, upload, describe, finish: filed, with the receipt."""
    state = made(complete(2), CallName.FINISH)
    assert (state.phase, state.report_id, state.receipt_lost, state.alarms) == (Phase.FILED, REPORT, False, ())


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(
    ("call", "before"),
    [
        (CallName.SUBMIT, new),
        (CallName.UPLOAD, opened),
        (CallName.FILEINFO, lambda: made(opened(), CallName.UPLOAD)),
        (CallName.FINISH, complete),
        (CallName.FINISH, lambda: finishing(Outcome.UNKNOWN)),
        (CallName.RETRACT, closing),
        (CallName.RETRACT, lambda: made(finishing(Outcome.UNKNOWN), CallName.FINISH, Outcome.REFUSED)),
    ],
)
def test_every_answer_leads_somewhere(call: CallName, before: Callable[[], State], outcome: Outcome) -> None:
    """No answer breaks the machine, and none of an attempt that may be filed lets another one begin (2)."""
    state = before()
    after_it = made(state, call, outcome)
    assert after_it.started is None
    begins_anew = after_it.phase is Phase.NEW and state.phase is not Phase.NEW
    if begins_anew and state.attempt is not None and state.attempt.doubt:
        assert outcome in (Outcome.OK, Outcome.RETRACTED)


def test_a_finish_without_an_answer_is_asked_again_for_ever() -> None:
    """An unknown finish leaves doubt, and nothing but another finish comes next."""
    state = finishing(Outcome.UNKNOWN)
    for _ in range(50):
        assert state.phase is Phase.FINISHING
        assert state.attempt is not None
        assert state.attempt.doubt
        state = made(state, CallName.FINISH, Outcome.UNKNOWN)
    assert made(state, CallName.FINISH).phase is Phase.FILED


@pytest.mark.parametrize(
    ("first", "then", "phase"),
    [
        (Outcome.UNSENT, Outcome.NO_REPORT, Phase.NEW),
        (Outcome.UNKNOWN, Outcome.NO_REPORT, Phase.DECISION),
        (Outcome.UNKNOWN, Outcome.RETRACTED, Phase.NEW),
        (Outcome.UNKNOWN, Outcome.FINISHED, Phase.FILED),
        (Outcome.OTHER_REPORT, Outcome.NO_REPORT, Phase.DECISION),
        (Outcome.DECLARED, Outcome.NO_REPORT, Phase.NEW),
    ],
)
def test_doubt_decides_what_a_missing_report_means(first: Outcome, then: Outcome, phase: Phase) -> None:
    """5001 after a finish that may have worked is nobody's to interpret but a person's."""
    assert made(finishing(first), CallName.FINISH, then).phase is phase


def test_a_refused_finish_is_closed_before_it_is_corrected() -> None:
    """Between the refusal and the answer to the retract nobody can correct, and nothing is opened."""
    state = closing()
    with pytest.raises(IllegalEventError):
        apply(state, Corrected(2, (True,), "a person"))
    with pytest.raises(IllegalEventError):
        calling(state, CallName.SUBMIT)
    state = made(state, CallName.RETRACT, Outcome.UNKNOWN)
    assert state.phase is Phase.CLOSING
    assert made(state, CallName.RETRACT).phase is Phase.CORRECTION
    assert made(state, CallName.RETRACT, Outcome.FINISHED).phase is Phase.FILED


def test_an_upload_of_unknown_outcome_gives_the_report_up() -> None:
    """The report may hold the file twice, so it is retracted, and another is opened."""
    state = made(opened(), CallName.UPLOAD, Outcome.UNKNOWN)
    assert (state.phase, state.attempt, [one.report_id for one in state.orphans]) == (Phase.NEW, None, [REPORT])
    state = answered(calling(state, CallName.RETRACT, report_id=REPORT), Outcome.OK)
    assert state.orphans == ()


def test_details_are_sent_once_again_and_no_more() -> None:
    """An unknown fileinfo is repeated; whatever is wrong then gives the report up, a refusal, too."""
    for second in (Outcome.UNKNOWN, Outcome.REFUSED, Outcome.NO_FILE):
        state = made(made(opened(), CallName.UPLOAD), CallName.FILEINFO, Outcome.UNKNOWN)
        assert state.phase is Phase.OPEN
        assert made(state, CallName.FILEINFO, second).phase is Phase.NEW
    assert made(made(opened(), CallName.UPLOAD), CallName.FILEINFO, Outcome.REFUSED).phase is Phase.CORRECTION


def test_reports_are_not_opened_for_ever() -> None:
    """After five reports a person decides, and can let it go on."""
    state = new()
    for _ in range(5):
        assert state.phase is Phase.NEW
        state = made(state, CallName.SUBMIT, Outcome.UNKNOWN)
    assert state.phase is Phase.HALTED
    assert len(state.possible_orphans) == 5
    assert apply(state, Continued("a person", T0)).phase is Phase.NEW


def test_the_third_damaged_file_asks_a_person() -> None:
    """A wrong MD5 twice may be chance; the third time something on the way changes bytes."""
    state = new()
    for phase in (Phase.NEW, Phase.NEW, Phase.HALTED):
        state = made(made(state, CallName.SUBMIT), CallName.UPLOAD, Outcome.DAMAGED)
        assert state.phase is phase


def test_a_new_holder_knows_nothing_of_the_call_in_the_air() -> None:
    """Taking the lease makes an unknown of it: a finish becomes doubt, an upload a new report."""
    state = apply(calling(complete(), CallName.FINISH), Claimed(2, "other", T0))
    assert state.phase is Phase.FINISHING
    assert state.attempt is not None
    assert state.attempt.doubt
    state = apply(calling(opened(), CallName.UPLOAD), Claimed(2, "other", T0))
    assert (state.phase, len(state.orphans)) == (Phase.NEW, 1)


def test_a_late_receipt_is_adopted() -> None:
    """The answer of a stale worker is proof like any other, whatever has happened since."""
    air = calling(complete(), CallName.FINISH)
    assert air.started is not None
    late = CallEnded(air.started.call_id, 1, CallName.FINISH, Outcome.OK, T0, REPORT, file_ids=(f"{0:032x}",))
    taken = apply(air, Claimed(2, "other", T0))
    asked = made(taken, CallName.FINISH, Outcome.NO_REPORT)
    assert asked.phase is Phase.DECISION
    for state in (taken, calling(taken, CallName.FINISH), asked):
        adopted = apply(state, late)
        assert (adopted.phase, adopted.report_id, adopted.receipt_lost) == (Phase.FILED, REPORT, False)
    unseen = made(taken, CallName.FINISH, Outcome.FINISHED)
    assert unseen.receipt_lost
    assert not apply(unseen, late).receipt_lost


def test_a_late_report_becomes_an_orphan() -> None:
    """A report that was opened by a worker that had lost its lease is retracted."""
    air = calling(new(), CallName.SUBMIT)
    assert air.started is not None
    taken = apply(air, Claimed(2, "other", T0))
    late = CallEnded(air.started.call_id, 1, CallName.SUBMIT, Outcome.OK, T0, REPORT + 7)
    state = apply(made(taken, CallName.SUBMIT), late)
    assert state.phase is Phase.OPEN
    assert [one.report_id for one in state.orphans] == [REPORT + 7]
    assert apply(state, late) == state


def test_an_orphan_that_is_filed_asks_a_person() -> None:
    """Nobody finished it, and yet it is: no other report is filed before a person has looked."""
    state = made(opened(), CallName.UPLOAD, Outcome.UNKNOWN)
    state = answered(calling(state, CallName.RETRACT, report_id=REPORT), Outcome.FINISHED)
    assert state.phase is Phase.DECISION
    assert state.alarms


def test_two_filed_reports_are_an_alarm() -> None:
    """It cannot happen but by a server that calls a finished report retracted; then people hear of it."""
    air = calling(complete(), CallName.FINISH)
    assert air.started is not None
    late = CallEnded(air.started.call_id, 1, CallName.FINISH, Outcome.OK, T0, REPORT)
    again = made(apply(air, Claimed(2, "other", T0)), CallName.FINISH, Outcome.RETRACTED)
    for call in (CallName.SUBMIT, CallName.UPLOAD, CallName.FILEINFO, CallName.FINISH):
        again = made(again, call)
    assert again.report_id == REPORT + 1
    assert len(apply(again, late).alarms) == 1


def test_a_receipt_with_other_files_is_filed_and_an_alarm() -> None:
    """Filed is filed; that the files differ, people must know."""
    state = made(complete(2), CallName.FINISH, file_ids=("x", "y"))
    assert state.phase is Phase.FILED
    assert state.alarms == ("the receipt lists other files than those that were sent",)


def test_cancelling_what_may_be_filed_asks_the_server_first() -> None:
    """A cancelled filing that turns out to be filed is filed."""
    state = apply(finishing(Outcome.UNKNOWN), CancelRequested("a person", T0, "why"))
    assert state.phase is Phase.CLOSING
    assert made(state, CallName.RETRACT).phase is Phase.CANCELLED
    assert made(state, CallName.RETRACT, Outcome.FINISHED).phase is Phase.FILED
    assert made(state, CallName.RETRACT, Outcome.NO_REPORT).phase is Phase.DECISION
    open_one = apply(opened(), CancelRequested("a person", T0, "why"))
    assert (open_one.phase, len(open_one.orphans)) == (Phase.CANCELLED, 1)


def test_a_person_decides_what_nobody_can_know() -> None:
    """Filed by a person's word, or begun anew by it."""
    state = made(finishing(Outcome.UNKNOWN), CallName.FINISH, Outcome.NO_REPORT)
    said = apply(state, Decided(Word.FILED, "a person", T0, "NCMEC says so", REPORT))
    assert (said.phase, said.report_id, said.receipt_lost) == (Phase.FILED, REPORT, True)
    refiled = apply(state, Decided(Word.REFILE, "a person", T0, "NCMEC says so", REPORT))
    # A /finish that is still under way somewhere must not find it open.
    assert refiled.phase is Phase.CLOSING
    for outcome in (Outcome.OK, Outcome.RETRACTED, Outcome.NO_REPORT):
        assert made(refiled, CallName.RETRACT, outcome).phase is Phase.NEW
    assert made(refiled, CallName.RETRACT, Outcome.FINISHED).phase is Phase.FILED
    assert made(refiled, CallName.RETRACT, Outcome.UNKNOWN).phase is Phase.CLOSING
    for _ in range(3):
        refiled = made(refiled, CallName.RETRACT, Outcome.REFUSED)
    assert refiled.phase is Phase.NEW
    with pytest.raises(IllegalEventError, match="must name the report"):
        apply(state, Decided(Word.FILED, "a person", T0, "NCMEC says so"))


@pytest.mark.parametrize(
    ("about", "told"),
    [(REPORT, f"is about report {REPORT}, and report {REPORT + 1} counts"), (None, f"report {REPORT + 1} counts")],
)
def test_a_word_about_an_earlier_report_is_refused(about: int | None, told: str) -> None:
    """What was true of one report says nothing about the next, which may be filed."""
    first = made(finishing(Outcome.UNKNOWN), CallName.FINISH, Outcome.NO_REPORT)
    again = made(apply(first, Decided(Word.REFILE, "a person", T0, "asked", REPORT)), CallName.RETRACT)
    second = replace(made(again, CallName.SUBMIT, report_id=REPORT + 1), details=())
    second = made(made(second, CallName.FINISH, Outcome.UNKNOWN), CallName.FINISH, Outcome.NO_REPORT)
    assert second.phase is Phase.DECISION
    with pytest.raises(IllegalEventError, match=told):
        apply(second, Decided(Word.REFILE, "another person", T0, "asked", about))


def test_a_word_where_no_report_counts_names_none() -> None:
    """A report that was never to be finished is filed: there is none that another could take the place of."""
    state = replace(made(finishing(Outcome.UNKNOWN), CallName.FINISH, Outcome.NO_REPORT), attempt=None)
    assert apply(state, Decided(Word.REFILE, "a person", T0, "asked")).phase is Phase.NEW
    with pytest.raises(IllegalEventError, match="none counts"):
        apply(state, Decided(Word.REFILE, "a person", T0, "asked", REPORT))


def test_evidence_that_is_gone_leaves_no_open_report() -> None:
    """The report is given up, the file is looked for again later, and no limit counts it."""
    state = made(opened(), CallName.UPLOAD, Outcome.EVIDENCE)
    assert (state.phase, state.evidence, state.opened, len(state.orphans)) == (Phase.NEW, True, 0, 1)
    missing = apply(new(), EvidenceMissing(0, T0, "there is no such file", T0 + timedelta(minutes=15)))
    assert (missing.phase, missing.evidence) == (Phase.NEW, True)
    assert not made(missing, CallName.SUBMIT).evidence


def test_what_cannot_be_built_waits_for_a_person() -> None:
    """A record without a package needs a correction, and the corrected one is filed."""
    state = begin(Enqueued(0, (), T0, findings=("P501",)))
    assert (state.phase, state.findings) == (Phase.CORRECTION, ("P501",))
    assert apply(state, Corrected(1, (True,), "a person")).phase is Phase.NEW
    assert apply(state, Corrected(0, (), "a person", findings=("X002",))).phase is Phase.CORRECTION


def halted() -> State:
    """A filing for which five reports may have been opened."""
    state = new()
    for _ in range(5):
        state = made(state, CallName.SUBMIT, Outcome.UNKNOWN)
    return state


STATES: dict[Phase, Callable[[], State]] = {
    Phase.NEW: new,
    Phase.OPEN: opened,
    Phase.FINISHING: finishing,
    Phase.CLOSING: closing,
    Phase.CORRECTION: lambda: made(new(), CallName.SUBMIT, Outcome.REFUSED),
    Phase.DECISION: lambda: made(finishing(Outcome.UNKNOWN), CallName.FINISH, Outcome.NO_REPORT),
    Phase.HALTED: halted,
    Phase.FILED: lambda: made(complete(), CallName.FINISH),
    Phase.CANCELLED: lambda: apply(new(), CancelRequested("a person", T0, "why")),
}


def _event(kind: type[Event], state: State) -> Event:
    """An event of this kind that is as right as one can be."""
    about = state.attempt.report_id if state.attempt is not None else REPORT
    examples: dict[type[Event], Event] = {
        Enqueued: Enqueued(1, (True,), T0),
        Corrected: Corrected(2, (True,), "a person"),
        Claimed: Claimed(state.fence + 1, "other", T0),
        CallStarted: CallStarted("x", state.fence, CallName.SUBMIT, T0),
        CallEnded: CallEnded("y", 0, CallName.UPLOAD, Outcome.OK, T0, REPORT),
        AttemptDropped: AttemptDropped(about, T0, "late"),
        EvidenceMissing: EvidenceMissing(0, T0, "gone", T0),
        CancelRequested: CancelRequested("a person", T0, "why"),
        Decided: Decided(Word.FILED, "a person", T0, "why", REPORT),
        Continued: Continued("a person", T0),
        RetractRequested: RetractRequested("a person", T0, "why"),
        Revealed: Revealed("a person", T0, "why"),
        Acknowledged: Acknowledged("a person", T0, "why"),
        FollowedUp: FollowedUp("another", "a person", T0, "why"),
        Held: Held("a person", T0, "why", T0),
        Purged: Purged("a person", T0, "why"),
    }
    return examples[kind]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("kind", EVENTS)
def test_every_pair_is_decided(phase: Phase, kind: type[Event]) -> None:
    """A filing of any phase takes the events that the table allows it, and refuses all others by name."""
    state = STATES[phase]()
    assert state.phase is phase
    event = _event(kind, state)
    calls = kind is CallStarted  # which calls fit is looked at more closely, below
    if kind in LEGAL[phase] and not calls:
        assert isinstance(apply(state, event), State)
    elif not calls:
        with pytest.raises(IllegalEventError, match=event.kind):
            apply(state, event)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("kind", REMARKS)
def test_remarks_change_nothing_about_what_is_filed(phase: Phase, kind: type[Event]) -> None:
    """A remark leaves a filing as it is, also while a call is in the air; only holds and acknowledgements are noted."""
    state = replace(STATES[phase](), started=Started("x", CallName.RETRACT, T0, REPORT, None))
    assert replace(apply(state, _event(kind, state)), held_until=None, acknowledged_at=None) == state


def test_a_person_retracts_an_open_report() -> None:
    """It will not be used, is retracted at once, and the filing waits for the person's next word."""
    state = apply(opened(), RetractRequested("a person", T0, "why"))
    assert state.phase is Phase.HALTED
    assert [one.report_id for one in state.orphans] == [REPORT]
    assert next_step(state, T0, Pace()) == Make(CallName.RETRACT, REPORT)
    assert apply(state, Continued("a person", T0)).phase is Phase.NEW


def test_a_person_retracts_what_may_be_filed() -> None:
    """The retract asks: closed, it waits for the person; finished before, it is filed."""
    state = apply(finishing(Outcome.UNKNOWN), RetractRequested("a person", T0, "why"))
    assert state.phase is Phase.CLOSING
    assert made(state, CallName.RETRACT).phase is Phase.HALTED
    assert made(state, CallName.RETRACT, Outcome.FINISHED).phase is Phase.FILED
    assert made(state, CallName.RETRACT, Outcome.NO_REPORT).phase is Phase.DECISION


FITS = {
    Phase.NEW: {CallName.SUBMIT},
    Phase.OPEN: {CallName.UPLOAD, CallName.FILEINFO},
    Phase.FINISHING: {CallName.FINISH},
    Phase.CLOSING: {CallName.RETRACT},
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("call", list(CallName))
def test_calls_start_only_where_they_belong(phase: Phase, call: CallName) -> None:
    """No phase lets a call begin that is not its own, least of all a finish or another report."""
    state = STATES[phase]()
    about = state.attempt.report_id if state.attempt is not None and call is not CallName.SUBMIT else None
    event = CallStarted("x", state.fence, call, T0, about, 0)
    if call in FITS.get(phase, set()):
        assert apply(state, event).started is not None
    else:
        with pytest.raises(IllegalEventError):
            apply(state, event)


def test_a_report_is_finished_only_when_all_is_there() -> None:
    """Neither with a file missing nor with one undescribed."""
    for state in (opened(2), made(opened(), CallName.UPLOAD), made(opened(2), CallName.UPLOAD)):
        with pytest.raises(IllegalEventError):
            calling(state, CallName.FINISH)
    assert calling(complete(), CallName.FINISH).phase is Phase.FINISHING


def test_only_the_holder_starts_calls_and_one_at_a_time() -> None:
    """A stale fencing number is refused, and so is a second call."""
    state = new()
    stale = CallStarted("x", state.fence - 1, CallName.SUBMIT, T0)
    with pytest.raises(IllegalEventError, match="another's"):
        apply(state, stale)
    with pytest.raises(IllegalEventError, match="in the air"):
        calling(calling(state, CallName.SUBMIT), CallName.SUBMIT)
    with pytest.raises(IllegalEventError, match="next fencing number"):
        apply(state, Claimed(state.fence, "other", T0))


def test_people_wait_for_the_call_in_the_air() -> None:
    """A command has to take the lease, which makes an unknown of the call; without it, it is refused."""
    state = calling(opened(), CallName.UPLOAD)
    for event in (CancelRequested("a", T0, "why"), Corrected(2, (), "a"), Continued("a", T0)):
        with pytest.raises(IllegalEventError, match="lease"):
            apply(state, event)


def test_a_history_begins_with_its_arrival() -> None:
    """A fold of anything else is no filing."""
    with pytest.raises(IllegalEventError):
        fold([Claimed(1, "worker", T0)])
    assert fold([Enqueued(1, (), T0), Claimed(1, "worker", T0)]) == new(0).__class__(
        Phase.NEW, T0, fence=1, revision=1, details=()
    )


def test_limits_come_with_the_filing() -> None:
    """How much may go wrong is told with the first event, and holds for this filing alone."""
    strict = Limits(reports=1, ask_after_lost_submit=True)
    state = apply(begin(Enqueued(1, (True,), T0, limits=strict)), Claimed(1, "worker", T0))
    lost = made(state, CallName.SUBMIT, Outcome.UNKNOWN)
    assert (lost.phase, len(lost.possible_orphans)) == (Phase.HALTED, 1)
    given_up = made(made(state, CallName.SUBMIT), CallName.UPLOAD, Outcome.UNKNOWN)
    assert given_up.phase is Phase.HALTED
    with pytest.raises(ConfigurationError):
        Limits(damaged=0)
