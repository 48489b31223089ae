"""What each rule is for: without it, the explorer finds a schedule that files twice, or files something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from cybertip.calls import known
from cybertip.errors import Known
from cybertip.filing import machine, outcomes, steps
from cybertip.filing.events import (
    Acknowledged,
    AttemptDropped,
    CallStarted,
    CancelRequested,
    Claimed,
    Continued,
    Corrected,
    Decided,
    Event,
    RetractRequested,
    Word,
)
from cybertip.filing.outcomes import CallName, Move, Outcome
from cybertip.filing.states import Phase, State
from cybertip.mock import Behaviour
from tests.simulation import ledger, server
from tests.simulation.explorer import explore
from tests.simulation.ledger import HOLDER, Ledger, MemoryBook
from tests.simulation.operators import View
from tests.simulation.places import Bounds, Place
from tests.simulation.test_times import at_random
from tests.simulation.times import Simulation
from tests.simulation.world import World

TWICE = "two finished reports"
OTHER_FILES = "a finished report without exactly its files"
MOST = 300_000


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let no answer that was read under broken rules be remembered, and none that was read before."""
    server.forget()
    yield
    server.forget()


def rule(monkeypatch: pytest.MonkeyPatch, call: CallName, outcome: Outcome, move: Move) -> None:
    """Replace one cell of the table."""
    table: Mapping[tuple[CallName, Outcome], Move] = MappingProxyType({**outcomes.TABLE, (call, outcome): move})
    monkeypatch.setattr(outcomes, "TABLE", table)


def apply_by(monkeypatch: pytest.MonkeyPatch, broken: Callable[[State, Event], State]) -> None:
    """Let events be applied in another way."""
    monkeypatch.setattr(machine, "apply", broken)
    monkeypatch.setattr(steps, "apply", broken)


def assert_found(bounds: Bounds, violation: str) -> None:
    """The explorer finds it, and tells how it came about."""
    found = explore(bounds, only=violation, most=MOST)
    assert found.violation == violation, f"not found in {found}"
    assert found.schedule
    print(found)


CELLS = {
    "an unknown finish begins another attempt": (CallName.FINISH, Outcome.UNKNOWN, Move.GIVE_UP),
    "5102 to finish begins another attempt": (CallName.FINISH, Outcome.FINISHED, Move.GONE),
    "5001 to finish counts as closed in spite of doubt": (CallName.FINISH, Outcome.NO_REPORT, Move.GONE),
    "a refused finish is corrected before its retract is answered": (CallName.FINISH, Outcome.REFUSED, Move.CORRECT),
    "a retract counts before it is answered": (CallName.RETRACT, Outcome.UNKNOWN, Move.CLOSED),
    "5102 to retract counts as closed": (CallName.RETRACT, Outcome.FINISHED, Move.CLOSED),
}


@pytest.mark.parametrize("name", CELLS)
def test_without_a_cell_it_is_filed_twice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these cells of the table keeps a record from being filed twice."""
    rule(monkeypatch, *CELLS[name])
    assert_found(Bounds(0, commands=(Corrected,), rich=False), TWICE)


def test_an_upload_without_an_answer_must_not_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report would hold the file twice."""
    rule(monkeypatch, CallName.UPLOAD, Outcome.UNKNOWN, Move.AGAIN)
    assert_found(Bounds(1, air=0, rich=False), OTHER_FILES)


def test_without_fencing_a_file_arrives_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose lease is another's may neither start calls nor change the state."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        if isinstance(event, CallStarted | AttemptDropped):
            # That a call is in the air would stop it as well.
            return original(replace(state, started=None), event)
        return original(state, event)

    apply_by(monkeypatch, broken)
    monkeypatch.setattr(ledger, "is_stale", lambda state, fence: False)
    assert_found(Bounds(1, air=0, rich=False, fenced=False), OTHER_FILES)


@pytest.mark.parametrize(("files", "violation"), [(0, TWICE), (1, OTHER_FILES)])
def test_without_the_intent_nobody_knows_what_was_in_the_air(
    files: int, violation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless a call is committed before it is made, whoever takes over makes it again."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        return original(replace(state, started=None) if isinstance(event, Claimed) else state, event)

    apply_by(monkeypatch, broken)
    assert_found(Bounds(files, rich=False), violation)


def test_an_error_to_finish_does_not_say_that_it_was_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """1000 is an answer of a server that may have filed the report."""
    monkeypatch.setattr(known, "CODES", ((1000, 1000, Known.DECLARED), *known.CODES))
    assert_found(Bounds(0), TWICE)


# --- operators ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Corrected, Continued])
def test_an_operator_needs_the_lease(kind: type[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    """A command amidst a worker's /finish: a correction would begin another beside it; going on would forget it."""

    def without(self: Ledger, book: MemoryBook) -> MemoryBook:
        return MemoryBook(replace(book.state, started=None), HOLDER, self.coverage)

    monkeypatch.setattr(Ledger, "_taken", without)
    monkeypatch.setitem(machine.LEGAL, Phase.FINISHING, machine.LEGAL[Phase.FINISHING] | {Corrected})
    assert_found(Bounds(0, commands=(kind,), rich=False), TWICE)


def test_a_retract_of_what_may_be_filed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a person at once, who then goes on, would forget the /finish that is still on its way."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        hasty = isinstance(event, RetractRequested) and state.phase is Phase.FINISHING
        return original(replace(state, phase=Phase.OPEN) if hasty else state, event)

    apply_by(monkeypatch, broken)
    assert_found(Bounds(0, commands=(RetractRequested, Continued), orders=2, rich=False), TWICE)


def test_a_cancel_of_what_may_be_filed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled at once, it would be said not to be filed and be filed all the same."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        hasty = isinstance(event, CancelRequested) and state.phase is Phase.FINISHING
        return original(replace(state, phase=Phase.OPEN) if hasty else state, event)

    apply_by(monkeypatch, broken)
    violation = "a finished report that the ledger does not know of"
    assert_found(Bounds(0, commands=(CancelRequested,), rich=False), violation)


@pytest.mark.parametrize("kind", [Continued, Corrected])
def test_what_is_being_closed_is_not_begun_anew(kind: type[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another report beside one whose retract is not answered yet: both may be filed."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        hasty = isinstance(event, kind) and state.phase is Phase.CLOSING
        return original(replace(state, phase=Phase.HALTED, attempt=None) if hasty else state, event)

    apply_by(monkeypatch, broken)
    monkeypatch.setitem(machine.LEGAL, Phase.CLOSING, machine.LEGAL[Phase.CLOSING] | {kind})
    assert_found(Bounds(0, commands=(kind,), rich=False), TWICE)


@pytest.mark.parametrize(
    ("first", "violation"),
    [
        (CancelRequested, "a cancel is forgotten: retract requested"),
        (RetractRequested, "it goes on although it has to be corrected first"),
    ],
)
def test_a_retract_changes_nothing_about_what_is_being_closed(
    first: type[Event], violation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take the place of an earlier word to cancel, or of the server's to correct."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        if isinstance(event, RetractRequested) and state.phase is Phase.CLOSING:
            return original(replace(state, phase=Phase.FINISHING, cancelling=""), event)
        return original(state, event)

    apply_by(monkeypatch, broken)
    monkeypatch.setitem(machine.LEGAL, Phase.CLOSING, machine.LEGAL[Phase.CLOSING] | {RetractRequested})
    assert_found(Bounds(0, commands=(first, RetractRequested), orders=2, rich=False), violation)


def test_a_persons_word_closes_what_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another report is not begun on a person's word alone: the one that counted would be left as it is."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        after = original(state, event)
        refile = isinstance(event, Decided) and event.word is Word.REFILE
        return replace(after, phase=Phase.NEW, attempt=None) if refile else after

    apply_by(monkeypatch, broken)
    violation = "a report is forgotten that may be open: decided"
    assert_found(Bounds(0, commands=(Decided,), rich=False), violation)


def test_a_persons_word_is_about_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was true of the report that an operator asked about may come late, when another one counts and is filed."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        if isinstance(event, Decided) and event.word is Word.REFILE and state.attempt is not None:
            event = replace(event, report_id=state.attempt.report_id)
        return original(state, event)

    apply_by(monkeypatch, broken)
    assert_found(Bounds(0, room=3, commands=(Decided,), orders=2, late_words=True, rich=False), TWICE)


def test_a_remark_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made without the lease, while a worker's call is in the air."""
    original = machine.apply

    def broken(state: State, event: Event) -> State:
        return original(replace(state, started=None) if isinstance(event, Acknowledged) else state, event)

    apply_by(monkeypatch, broken)
    assert_found(Bounds(0, rich=False), "a remark changes the filing: acknowledged")


def test_a_persons_word_must_be_about_all_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a report is not filed yet is not enough, as long as it is open: a /finish can still arrive."""

    def hasty(self: World, place: Place) -> Iterator[View]:
        attempt = self.state(place).attempt
        yield View(None if attempt is None else attempt.report_id)

    monkeypatch.setattr(World, "_truth", hasty)
    assert_found(Bounds(0, commands=(Decided,), rich=False), TWICE)


def test_the_simulation_in_time_finds_it_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where finish is not asked again until it is answered, some of a few schedules in time file twice."""
    rule(monkeypatch, CallName.FINISH, Outcome.UNKNOWN, Move.GIVE_UP)
    twice = 0
    for seed in range(20):
        try:
            Simulation(seed, (0, 1, 3), at_random(seed, 0.5), Behaviour()).run()
        except AssertionError as problem:
            twice += str(problem) == TWICE
    assert twice
