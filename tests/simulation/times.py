"""Filings in time: workers, operators and a network as processes of a simulation in which hours pass at once.

Waits, leases, deadlines and lapses are real here, and the mock's clock is the simulation's. Everything random comes
from one seed. A process is a generator that yields how long it does nothing. A worker that dies forgets its call, and
does nothing for a time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from cybertip.calls.answers import Answer
from cybertip.filing import machine, steps
from cybertip.filing.events import (
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
)
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.schedule import Pace, due_at, rank
from cybertip.filing.states import ENDS, Phase
from cybertip.mock import Behaviour, MockCore, ReportState
from tests.simulation.documents import package
from tests.simulation.faults import ACTING, IDLE, ONLY_FOR, fault_of
from tests.simulation.ledger import LeaseLostError
from tests.simulation.lives import EventBook, Filing
from tests.simulation.operators import COMMANDS, REMARKED, WHO, command, truth
from tests.simulation.server import NOW, Heard, HeldReport, Request, act_of, call_of, hear

Process = Generator[timedelta, None, None]
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = 5 * MINUTE
PATIENCE = 2 * MINUTE
"""How long a worker waits for an answer."""
LIMIT = 400 * DAY
"""When a simulation is given up: nothing may take so long."""

CLEAN = "answered"
UNSENT = ("no connection", "the connection breaks within the body")
LATE = "arrives late"
LOST = "lost on the way"
DIES_BEFORE = "the worker dies before it sends"
DIES_AFTER = "the worker dies after the server acted, or with the answer in its hands"
STALLS_BEFORE = "the worker stalls for a day before it sends"
STALLS_AFTER = "the worker stalls for a day before it records the answer"
DEATHS = (DIES_BEFORE, DIES_AFTER)
UNREADABLE = "the file cannot be read to its end"
WAYS = (
    *ACTING, *IDLE, *ONLY_FOR, *UNSENT, LATE, LOST, *DEATHS, STALLS_BEFORE, STALLS_AFTER, UNREADABLE,
)  # fmt: skip
"""Every way in which a request can go."""
_CALLS = {words: call for words, (call, _) in ONLY_FOR.items()} | {UNREADABLE: CallName.UPLOAD}

Plan = Callable[[int, Request], str]
"""Tells how a request goes, by its number."""


class Simulation:
    """Some filings, until all are at an end.

    Args:
        seed: what everything random comes from.
        files: the number of files of each filing.
        plan: how each request goes.
        behaviour: how the server behaves where nobody knows.
        workers: how many there are.
        cancels: how likely an operator cancels a filing each time that one looks at it.
        meddles: how likely an operator says something that nobody has asked for. Operators then look every minute, and
            workers let go between two calls now and then, as a job engine does that makes one step at a time.
        operators: how many there are.
    """

    def __init__(
        self,
        seed: int,
        files: tuple[int, ...],
        plan: Plan,
        behaviour: Behaviour,
        *,
        workers: int = 2,
        cancels: float = 0.0,
        meddles: float = 0.0,
        operators: int = 1,
    ) -> None:
        self.random = Random(seed)
        self.now = NOW
        self.plan, self.cancels, self.meddles = plan, cancels, meddles
        self.core = MockCore(clock=lambda: self.now, behaviour=behaviour, random=Random(seed))
        self.pace = Pace()
        self.filings = [self._enqueued(number) for number in files]
        self.requests = 0
        self.log: list[str] = []
        self._ids, self._turns = count(1), count()
        self._queue: list[tuple[datetime, int, Process]] = []
        for _ in range(workers):
            self._later(self.worker(), self._some(MINUTE))
        for _ in range(operators):
            self._later(self.operator(), HOUR if operators == 1 else self._some(HOUR))

    def _enqueued(self, files: int) -> Filing:
        event = Enqueued(1, package(files, 1).details, NOW)
        return Filing(files, machine.begin(event), [event])

    # --- time ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let time pass until everything has been at an end for two days."""
        ended: datetime | None = None
        while ended is None or self.now < ended + 2 * DAY:
            self.now, _, process = heapq.heappop(self._queue)
            pause = next(process, None)
            if pause is not None:
                self._later(process, pause)
            if ended is None and all(filing.state.phase in ENDS for filing in self.filings):
                ended = self.now
            assert self.now < NOW + LIMIT, "it does not come to an end"
            for filing in self.filings:
                assert len(self.finished(filing)) < 2, "two finished reports"

    def _later(self, process: Process, pause: timedelta) -> None:
        heapq.heappush(self._queue, (self.now + pause, next(self._turns), process))

    def _some(self, most: timedelta) -> timedelta:
        return most * self.random.random()

    def finished(self, filing: Filing) -> list[int]:
        """The finished reports of a filing."""
        return [one for one in filing.reports if self.core.reports[one].state is ReportState.FINISHED]

    # --- a worker ------------------------------------------------------------------------------------------------

    def worker(self) -> Process:
        """Serve whatever is due, for ever."""
        while True:
            due = [filing for filing in self.filings if self._is_due(filing)]
            if not due:
                yield SECOND + self._some(10 * MINUTE)
                continue
            filing = min(due, key=lambda one: rank(one.state, self.now))
            fence = self._claim(filing)
            yield self._some(SECOND)
            yield from self._serve(filing, fence)
            if self.meddles:
                yield self._some(5 * MINUTE)

    def _is_due(self, filing: Filing) -> bool:
        moment = due_at(filing.state, self.now, self.pace)
        waits = filing.state.started is None and (moment is None or moment > self.now)
        return filing.leased_until <= self.now and not waits

    def _claim(self, filing: Filing) -> int:
        book = EventBook(filing, filing.state.fence)
        book.append(Claimed(filing.state.fence + 1, "worker", self.now))
        book.commit()
        filing.leased_until = self.now + LEASE
        return filing.state.fence

    def _serve(self, filing: Filing, fence: int) -> Process:
        """One call after another, as long as there is something to do and the lease is one's own."""
        while True:
            try:
                book = EventBook(filing, fence)
            except LeaseLostError:
                return
            if filing.state.phase is Phase.NEW and filing.files and self.random.random() < 0.01:
                book.append(EvidenceMissing(0, self.now, "the file is missing", self.now + self.pace.evidence))
            sizes = package(filing.files, 1).sizes
            begun = steps.start(book, self.now, self.pace, lambda: f"call {next(self._ids)}", sizes)
            book.commit()
            if not isinstance(begun, CallStarted):
                filing.leased_until = self.now
                return
            filing.leased_until = self.now + LEASE
            request = self._request(filing, begun)
            self.requests += 1
            way = self.plan(self.requests, request)
            way = CLEAN if _CALLS.get(way, request.call) is not request.call else way
            self.log.append(f"{self.now:%d %H:%M:%S} {filing.state.phase:10} {request}: {way}")
            heard = yield from self._send(filing, request, way)
            if heard is None or not self._record(filing, fence, begun, heard):
                return
            if self.meddles and self.random.random() < 0.5:
                filing.leased_until = self.now
                return

    def _send(self, filing: Filing, request: Request, way: str) -> Generator[timedelta, None, Heard | None]:
        """Send it, and wait; None if the worker did not live to hear what came of it."""
        heard = Heard(Outcome.UNKNOWN, request.report_id)
        if way == STALLS_BEFORE:
            yield DAY + self._some(HOUR)
        yield self._some(DAY if way == DIES_BEFORE else 10 * SECOND)
        if way in UNSENT:
            heard = Heard(Outcome.UNSENT, request.report_id)
        elif way == UNREADABLE:
            heard = Heard(Outcome.EVIDENCE, request.report_id)
        elif way in (LATE, LOST):
            if way == LATE:
                self._later(self._arrival(filing, request), timedelta())
            yield PATIENCE
        elif way != DIES_BEFORE:
            heard = self._act(filing, request, way)
            yield self._some(10 * SECOND)
        if way in DEATHS:
            # Another takes its place some time later.
            yield self._some(DAY)
            return None
        if way == STALLS_AFTER:
            yield DAY + self._some(HOUR)
        return heard

    def _request(self, filing: Filing, begun: CallStarted) -> Request:
        file_id = None
        attempt = filing.state.attempt
        if begun.call is CallName.FILEINFO and attempt is not None and begun.file is not None:
            file_id = attempt.files[begun.file].file_id
        return Request(begun.call, filing.files, filing.state.revision, begun.report_id, begun.file, file_id)

    def _act(self, filing: Filing, request: Request, way: str) -> Heard:
        """The request arrives; what the worker hears, if it still listens."""
        before = set(self.core.reports)
        fault = fault_of(way)
        raw = self.core.perform(fault, request.call, act_of(self.core, request))
        filing.reports += set(self.core.reports) - before
        headers = tuple((key.lower(), value) for key, value in raw.headers.items())
        cut = fault is not None and fault.delivery.end_early
        return hear(request, call_of(request), Answer(raw.status, headers, raw.body, self.now, complete=not cut))

    def _arrival(self, filing: Filing, request: Request) -> Process:
        yield self._some(2 * HOUR)
        self.log.append(f"{self.now:%d %H:%M:%S} {request} arrives late")
        self._act(filing, request, CLEAN)

    def _record(self, filing: Filing, fence: int, begun: CallStarted, heard: Heard) -> bool:
        """Append what became of a call; whether the lease is still one's own."""
        ended = CallEnded(
            begun.call_id, fence, begun.call, heard.outcome, self.now,
            report_id=heard.report_id, file=begun.file, file_id=heard.file_id, file_ids=heard.file_ids,
        )  # fmt: skip
        mine = filing.state.fence == fence
        book = EventBook(filing, fence if mine else None)
        steps.record(book, ended, None, self.pace, self.random, self.random.choice((None, 60.0)))
        book.commit()
        filing.receipt |= begun.call is CallName.FINISH and heard.outcome is Outcome.OK
        return mine

    # --- operators -----------------------------------------------------------------------------------------------

    def operator(self) -> Process:
        """Do what a person has to do, some hours later, and say the truth; at times say more than that."""
        while True:
            for filing in self.filings:
                if self.random.random() < self.meddles / 10:
                    self._remark(filing)
                event = self._command(filing)
                if isinstance(event, Decided) and self.random.random() < 0.5:
                    # What was found out is said when the world has moved on.
                    self._later(self._later_word(filing, event), self._some(DAY))
                elif event is not None:
                    self._say(filing, event)
            yield self._some(MINUTE if self.meddles else 6 * HOUR)

    def _later_word(self, filing: Filing, event: Event) -> Process:
        self._say(filing, event)
        yield from ()

    def _say(self, filing: Filing, event: Event) -> None:
        """Like a worker, an operator takes the lease when it is free; and may be told that it is too late for that."""
        if filing.leased_until > self.now:
            return
        book = EventBook(filing, filing.state.fence)
        book.append(Claimed(filing.state.fence + 1, WHO, self.now))
        phase = book.state.phase
        try:
            book.append(event)
        except machine.IllegalEventError as problem:
            self.log.append(f"{self.now:%d %H:%M:%S} {phase:10} operator: {event.kind} refused, {problem}")
            return
        book.commit()
        self.log.append(f"{self.now:%d %H:%M:%S} {phase:10} operator: {event.kind}")
        filing.leased_until = self.now

    def _held(self, report_id: int) -> HeldReport:
        """Whether a report is closed, as NCMEC would say it."""
        state = self.core.reports[report_id].state
        return HeldReport(report_id, b"", closed=None if state is ReportState.OPEN else state)

    def _remark(self, filing: Filing) -> None:
        book = EventBook(filing, None)
        book.append(self.random.choice(REMARKED))
        book.commit()

    def _command(self, filing: Filing) -> Event | None:
        state = filing.state
        if state.phase in ENDS:
            return None
        if self.random.random() < self.cancels:
            return command(CancelRequested, state)
        if self.random.random() < self.meddles:
            legal = machine.LEGAL[state.phase].intersection(COMMANDS) - {CancelRequested, Decided}
            return command(self.random.choice(sorted(legal, key=str)), state) if legal else None
        match state.phase:
            case Phase.CORRECTION:
                return command(Corrected, state)
            case Phase.HALTED:
                return command(Continued, state)
            case Phase.DECISION:
                view = truth(state, tuple(self._held(one) for one in filing.reports))
                return None if view is None else command(Decided, state, view)
        return None
