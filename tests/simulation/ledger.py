"""One filing in a ledger that is only a value, and the machine's own steps on it, each taken once and remembered.

States that behave alike are made equal by `settled`; without that there would be one for every moment, every waiting
time and every sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import NamedTuple, TypeVar

from cybertip.filing import machine, steps
from cybertip.filing.events import REMARKS, CallEnded, CallStarted, Claimed, Decided, Enqueued, Event, EvidenceMissing
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.schedule import Pace, Rest, next_step
from cybertip.filing.states import LAPSE_AFTER_OPENING, Phase, State
from cybertip.filing.status import NEEDS_PERSON, Kind, status_of
from tests.simulation.operators import REMARKED, View, command
from tests.simulation.server import NOW, Heard, Request
from tests.simulation.transitions import wrong_between

T = TypeVar("T")
AT_ONCE = Pace(base=timedelta(), cap=timedelta(), evidence=timedelta())
"""Nothing is waited for: whether time passes between two steps makes no difference to what may happen."""
MOMENTS = {
    "": NOW,
    " shortly before the lapse": NOW + LAPSE_AFTER_OPENING - AT_ONCE.margin / 2,
    " after the lapse": NOW + LAPSE_AFTER_OPENING + timedelta(minutes=1),
}
"""When a worker may look at its clock: it can have slept for any time before it starts the next call."""
HOLDER, FORMER = 1, 0
"""Fencing numbers. They are only ever compared, so the current one is always called 1, and any former one 0."""


class BrokenError(Exception):
    """Something does not hold. Carries what."""


class LeaseLostError(Exception):
    """Another worker has taken the lease; the transaction is rolled back."""


class Coverage(NamedTuple):
    """What was seen: cells of the table whose answer decided something, and events in phases."""

    cells: set[tuple[CallName, Outcome]]
    pairs: set[tuple[Phase, type[Event]]]
    kinds: set[Kind]


class MemoryBook:
    """A filing within a transaction.

    Args:
        state: what is known of it.
        fence: the fencing number of the worker that opened it; None to append the answer of a call of one's own, or a
            remark, which need no lease.
        coverage: where to note what was seen.

    Attributes:
        wrong: the first thing that does not hold between two states; empty where all is well.
    """

    def __init__(self, state: State, fence: int | None, coverage: Coverage) -> None:
        self.state, self._coverage = state, coverage
        self.wrong = ""
        if fence is not None and is_stale(state, fence):
            raise LeaseLostError
        self._leased = fence is not None

    def append(self, event: Event, exchange: steps.Exchange | None = None) -> State:
        """Append an event."""
        needs_none = isinstance(event, (CallEnded, *REMARKS))
        assert self._leased or needs_none, "anything but an answer or a remark needs the lease"
        before, air = self.state, self.state.started
        self._coverage.pairs.add((before.phase, type(event)))
        if isinstance(event, CallEnded) and air is not None and air.call_id == event.call_id:
            self._coverage.cells.add((event.call, event.outcome))
        self.state = machine.apply(before, event)
        self.wrong = self.wrong or wrong_between(before, event, self.state)
        return self.state


def is_stale(state: State, fence: int) -> bool:
    """Whether a worker's lease is another's by now: the check that a ledger makes in each transaction."""
    return state.fence != fence


def settled(state: State) -> State:
    """The state of which this is another appearance.

    Times are all the same moment, since lapses and late clocks are steps of the world. Waiting times and the number
    of failures decide nothing here, but for refused retracts. Words count as words. The number of opened reports
    starts near its limit, as if some /submit had been lost before: any filing can get there without anything else
    changing.
    """
    attempt, started = state.attempt, state.started
    return replace(
        state,
        fence=HOLDER,
        attempt=None if attempt is None else replace(attempt, opened_at=NOW, changed_at=None),
        started=None if started is None else replace(started, at=NOW),
        opened=max(state.opened, state.limits.reports - 2),
        damaged=max(state.damaged, state.limits.damaged - 2),
        tries=min(state.tries, state.limits.refused_retracts - 1) if state.phase is Phase.CLOSING else 0,
        due_at=None,
        orphans=tuple(
            replace(one, tries=min(one.tries, 1), due_at=None, lapses_at=NOW + LAPSE_AFTER_OPENING)
            for one in state.orphans
        ),
        possible_orphans=(),
        reason="words" if state.reason else "",
        findings=("code",) if state.findings else (),
    )


class Ledger:
    """The machine's steps from state to state, each computed once. States are numbered; the first is 0.

    Attributes:
        files: the files of the package.
        coverage: what was seen.
        states: the states by their numbers.
        only: what to look for, passing over whatever else does not hold between two states.
    """

    def __init__(self, files: int, *, described: bool = True) -> None:
        self.files = files
        self.only = ""
        self.coverage = Coverage(set(), set(), set())
        self.states: list[State] = []
        self._numbers: dict[State, int] = {}
        self._details = (described,) * files
        self.number(machine.begin(Enqueued(1, self._details, NOW)))
        self._claims: dict[int, int] = {}
        self._starts: dict[int, list[tuple[str, int, Request]]] = {}
        self._stale_starts: dict[int, list[tuple[str, int, Request]]] = {}
        self._records: dict[tuple[int, Request, Heard, bool], int] = {}
        self._words: dict[tuple[int, type[Event], View | None], int | None] = {}

    def number(self, state: State) -> int:
        """The number of a state. When it is seen first, its status is looked at, and every remark is made on it."""
        same = settled(state)
        found = self._numbers.get(same)
        if found is None:
            self._check_status(state)
            self._check_status(same)
            for remark in REMARKED:
                book = MemoryBook(same, None, self.coverage)
                self._attempt(book, partial(book.append, remark))
            found = self._numbers[same] = len(self.states)
            self.states.append(same)
        return found

    def claim(self, number: int) -> int:
        """A worker takes the lease."""
        if number not in self._claims:
            book = MemoryBook(self.states[number], HOLDER, self.coverage)
            self._claims[number] = self.number(self._claimed(book).state)
        return self._claims[number]

    def _claimed(self, book: MemoryBook) -> MemoryBook:
        self._attempt(book, lambda: book.append(Claimed(HOLDER + 1, "worker", NOW)))
        return MemoryBook(settled(book.state), HOLDER, self.coverage)

    def starts(self, number: int) -> list[tuple[str, int, Request]]:
        """The calls that the holder of the lease may start now, according to its clock."""
        if number not in self._starts:
            self._starts[number] = list(dict.fromkeys(self._started(self.states[number], HOLDER)))
        return self._starts[number]

    def stale_starts(self, number: int) -> list[tuple[str, int, Request]]:
        """The calls that a former holder may start: none, as long as the ledger looks at the fencing number."""
        if number not in self._stale_starts:
            try:
                self._stale_starts[number] = list(dict.fromkeys(self._started(self.states[number], FORMER)))
            except LeaseLostError:
                self._stale_starts[number] = []
        return self._stale_starts[number]

    def _started(self, state: State, fence: int) -> Iterator[tuple[str, int, Request]]:
        for words, now in MOMENTS.items():
            book = MemoryBook(state, fence, self.coverage)
            call_id = call_id_of(holder=fence == HOLDER)
            begun = self._attempt(book, partial(steps.start, book, now, AT_ONCE, partial(str, call_id)))
            if isinstance(begun, CallStarted):
                yield words, self.number(book.state), self._request(begun, book.state)

    def _request(self, event: CallStarted, state: State) -> Request:
        file_id = None
        if event.call is CallName.FILEINFO and state.attempt is not None and event.file is not None:
            file_id = state.attempt.files[event.file].file_id
        return Request(event.call, self.files, state.revision, event.report_id, event.file, file_id)

    def missing(self, number: int) -> int | None:
        """Before /submit a file is found missing."""
        state = self.states[number]
        if state.phase is not Phase.NEW or not self.files or state.started is not None:
            return None
        book = MemoryBook(state, HOLDER, self.coverage)
        self._attempt(book, lambda: book.append(EvidenceMissing(0, NOW, "the file is missing", NOW)))
        return self.number(book.state)

    def record(self, number: int, request: Request, heard: Heard, *, holder: bool) -> int:
        """What became of a call is appended: by the holder of the lease, or by a former one."""
        key = number, request, heard, holder
        if key not in self._records:
            book = MemoryBook(self.states[number], HOLDER if holder else None, self.coverage)
            ended = CallEnded(
                call_id_of(holder=holder), HOLDER if holder else FORMER, request.call, heard.outcome, NOW,
                report_id=heard.report_id, file=request.file, file_id=heard.file_id, file_ids=heard.file_ids,
            )  # fmt: skip
            self._attempt(book, lambda: steps.record(book, ended, None, AT_ONCE, Random(0)))
            self._records[key] = self.number(book.state)
        return self._records[key]

    def person(self, number: int, kind: type[Event], view: View | None = None) -> int | None:
        """The state after a person's command, which takes the lease first; None where that is not allowed."""
        key = number, kind, view
        if key not in self._words:
            book = self._taken(MemoryBook(self.states[number], HOLDER, self.coverage))
            event = command(kind, book.state, view)
            after = None
            if kind in machine.LEGAL[book.state.phase] and not _is_refused(book.state, event):
                self._attempt(book, lambda: book.append(event))
                after = self.number(book.state)
            self._words[key] = after
        return self._words[key]

    def _taken(self, book: MemoryBook) -> MemoryBook:
        """Take the lease for a person's command."""
        return self._claimed(book)

    def _attempt(self, book: MemoryBook, step: Callable[[], T]) -> T:
        try:
            result = step()
        except machine.IllegalEventError as problem:
            raise BrokenError(f"the machine refuses what it proposed: {problem}") from problem
        if book.wrong and self.only in ("", book.wrong):
            raise BrokenError(book.wrong)
        return result

    def _check_status(self, state: State) -> None:
        for leased in (False, True):
            for blocked in ("", "the password is wrong"):
                status = status_of(state, NOW, leased=leased, blocked=blocked)
                self.coverage.kinds.add(status.kind)
                if not isinstance(status.kind, Kind) or not status.next or not status.reason:
                    raise BrokenError(f"the status says nothing: {status}")
                if status.kind in NEEDS_PERSON and not status.commands:
                    raise BrokenError(f"nobody is told what to do: {status}")
        if state.alarms:
            raise BrokenError(f"an alarm about nothing: {state.alarms}")
        if state.orphans and state.started is None and isinstance(next_step(state, NOW, AT_ONCE), Rest):
            raise BrokenError("nobody retracts what was left open")


def _is_refused(state: State, event: Event) -> bool:
    """Whether a person's word is about something that has passed; anything else that is legal must be taken."""
    if not isinstance(event, Decided):
        return False
    try:
        machine.apply(state, event)
    except machine.IllegalEventError:
        return True
    return False


def call_id_of(*, holder: bool) -> str:
    """The id of the holder's call, or of a former holder's: there is at most one of each."""
    return "the holder's call" if holder else "a former holder's call"
