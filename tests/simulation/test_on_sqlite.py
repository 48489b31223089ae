"""The same transitions on the real ledger: every event in every phase that takes it, every outcome of every call."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from cybertip.filing import IllegalEventError, State, apply, begin, fold
from cybertip.filing.events import (
    REMARKS,
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
    RetractRequested,
    Word,
)
from cybertip.filing.machine import LEGAL
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.filing.states import Phase
from cybertip.filing.steps import Exchange
from cybertip.ledger import Ledger, NewFiling
from tests.simulation.ledger import settled
from tests.simulation.operators import REMARKED
from tests.simulation.transitions import unremarked

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
PACKAGE = Frozen(b"<report/>", (FrozenFile("/x", sha256="0" * 64, details=b"<fileDetails/>"),), {"program": "x"})
FIRST = Enqueued(1, (True,), NOW)


LATE = ((CallName.FINISH, Outcome.OK), (CallName.FINISH, Outcome.FINISHED), (CallName.SUBMIT, Outcome.OK))
"""The answers that count whenever they come."""


class Transition(NamedTuple):
    """What is covered: an event in a phase; for answers, of which call and with which outcome, in time or late."""

    phase: Phase
    kind: str
    call: CallName | None = None
    outcome: Outcome | None = None
    late: bool = False


def events(state: State, number: int) -> Iterator[tuple[Transition, Event]]:
    """Every event that may come next, as it would be made, with a number for the call that it begins or ends."""
    phase, air = state.phase, state.started
    attempt = state.attempt
    about = attempt.report_id if attempt is not None else None
    yield Transition(phase, "claimed"), Claimed(state.fence + 1, "worker", NOW)
    for call in CallName:
        ids = [about] if call is not CallName.SUBMIT else [None]
        if call is CallName.RETRACT:
            ids += [one.report_id for one in state.orphans]
        for report_id in ids:
            file = 0 if call in (CallName.UPLOAD, CallName.FILEINFO) else None
            yield (
                Transition(phase, "call started", call),
                CallStarted(f"{number}", state.fence, call, NOW, report_id, file),
            )
    if air is not None:
        for outcome in Outcome:
            yield Transition(phase, "call ended", air.call, outcome), _answer(state, outcome)
    for call, outcome in LATE:
        late = CallEnded(f"late {number}", 0, call, outcome, NOW, about or 4_100_000_099)
        yield Transition(phase, "call ended", call, outcome, late=True), late
    for event in (
        AttemptDropped(about or 0, NOW, "late"),
        EvidenceMissing(0, NOW, "gone", NOW),
        Corrected(state.revision + 1, (True,), "a person"),
        CancelRequested("a person", NOW, "why"),
        Decided(Word.REFILE, "a person", NOW, "why", about),
        Decided(Word.FILED, "a person", NOW, "why", about or 4_100_000_099),
        Continued("a person", NOW),
        RetractRequested("a person", NOW, "why"),
        *REMARKED,
    ):
        yield Transition(phase, event.kind), event


def _answer(state: State, outcome: Outcome) -> CallEnded:
    air = state.started
    assert air is not None
    event = CallEnded(air.call_id, state.fence, air.call, outcome, NOW, air.report_id, air.file)
    if outcome is Outcome.OK and air.call is CallName.SUBMIT:
        return replace(event, report_id=4_100_000_001 + state.opened)
    if outcome is Outcome.OK and air.call is CallName.UPLOAD:
        return replace(event, file_id="f" * 32)
    if outcome is Outcome.OK and air.call is CallName.FINISH:
        return replace(event, file_ids=("f" * 32,))
    return event


def histories() -> list[list[Event]]:
    """Shortest histories that together have every transition."""
    claim = Claimed(1, "worker", NOW)  # nothing is written without a lease
    start = apply(begin(FIRST), claim)
    queue: deque[tuple[State, list[Event]]] = deque([(start, [claim])])
    seen, covered, found = {(settled(start), 0, 0)}, set[Transition](), list[list[Event]]()
    while queue:
        state, way = queue.popleft()
        for transition, event in events(state, len(way)):
            if transition in covered and isinstance(event, REMARKS):
                continue  # leads to nothing new
            try:
                after = apply(state, event)
            except IllegalEventError:
                continue
            following = [*way, event]
            if transition not in covered:
                covered.add(transition)
                found.append(following)
            # How often something was tried decides here, because a history has to begin at its beginning.
            same = settled(unremarked(after)), after.opened, after.damaged
            if same not in seen and len(following) < 14 and len(after.orphans) < 2:
                seen.add(same)
                queue.append((after, following))
    for phase, kinds in LEGAL.items():
        missing = {kind for kind in kinds if not any(one.phase is phase and one.kind == _kind(kind) for one in covered)}
        assert missing <= {CallStarted}, (phase, missing)
    # A history that is the beginning of another one is replayed with it.
    longer = {tuple(map(id, one[:length])) for one in found for length in range(len(one))}
    return [one for one in found if tuple(map(id, one)) not in longer]


def _kind(event: type[Event]) -> str:
    return str(event.__dataclass_fields__["kind"].default)


def test_every_transition_on_the_real_ledger(tmp_path: Path) -> None:
    """Each history, event by event: the state is the fold, the chain holds, and reopening changes nothing."""
    replayed = histories()
    numbers = count(1)
    expected: dict[str, State] = {}
    with Ledger.open(tmp_path / "l.sqlite3", environment="mock", account="mock", clock=lambda: NOW) as ledger:
        for history in replayed:
            record = f"case-{next(numbers)}"
            with ledger.transaction() as transaction:
                filing_id = transaction.add(NewFiling((record,), (b"{}",), FIRST, PACKAGE), NOW)
            for event in history:
                _append(ledger, filing_id, event)
            expected[filing_id] = fold([FIRST, *history])
        # Each history has a server of its own, so that their reports have the same numbers.
        assert [one for one in ledger.verify() if "are filed as report" not in one.words] == []
    with Ledger.open(tmp_path / "l.sqlite3", environment="mock", account="mock", clock=lambda: NOW) as ledger:
        assert {one.id: one.state for one in ledger.filings(NOW)} == expected
        for filing_id, state in expected.items():
            assert fold([event for _, event in ledger.history(filing_id)]) == state
    print(f"{len(replayed)} histories, {sum(map(len, replayed))} events")
    assert len(replayed) > 100


def _append(ledger: Ledger, filing_id: str, event: Event) -> None:
    with ledger.transaction() as transaction:
        if isinstance(event, Claimed):
            transaction.free("worker")
            assert transaction.claim_this(filing_id, "worker", NOW, LEASE) is not None
            return
        fence = transaction.book(filing_id).state.fence
        exchange = None
        if isinstance(event, CallEnded):
            late = event.call_id.startswith("late")
            body = b"<reportResponse/>" if event.outcome is Outcome.OK else None
            exchange = Exchange(event.call_id, event.call, event.report_id, "0" * 64, 1, NOW, NOW, 200, (), body)
            transaction.book(filing_id, None if late else fence).append(event, exchange)
            return
        if isinstance(event, REMARKS):
            transaction.book(filing_id).append(event)
            return
        if isinstance(event, Corrected):
            revision = transaction.correct(filing_id, NewFiling(_ids(ledger, filing_id), (b"{}",), FIRST, PACKAGE))
            assert revision == event.revision
        transaction.book(filing_id, fence).append(event)


def _ids(ledger: Ledger, filing_id: str) -> tuple[str, ...]:
    found = ledger.filing(filing_id, NOW)
    assert found is not None
    return found.record_ids
