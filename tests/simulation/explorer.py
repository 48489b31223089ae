"""Going everywhere: breadth first, so that what is found wrong is found by a shortest schedule."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise

from cybertip.filing.states import State
from cybertip.mock import ReportState
from cybertip.mock.state import FIRST_REPORT_ID
from tests.simulation.invariants import is_end, wrong
from tests.simulation.ledger import BrokenError, Coverage
from tests.simulation.places import NOBODY, Bounds, Place
from tests.simulation.server import Server
from tests.simulation.world import World


@dataclass
class Explored:
    """What was found.

    Attributes:
        bounds: how far it went.
        states: how many states of the world there are.
        transitions: how many steps lead from them.
        violation: what does not hold; empty where all is well.
        schedule: the steps that lead there, one a line.
        coverage: what was seen of the machine.
        filings: how many states of a filing there are.
        servers: how many states of the server.
    """

    bounds: Bounds
    states: int
    transitions: int
    violation: str
    schedule: list[str]
    coverage: Coverage
    filings: int = 0
    servers: int = 0

    def __str__(self) -> str:
        head = (
            f"{self.bounds.files} files: {self.states} states, {self.transitions} transitions"
            f" ({self.filings} of the filing, {self.servers} of the server)"
        )
        if not self.violation:
            return head
        return "\n".join([head, f"VIOLATION: {self.violation}", *self.schedule])


@dataclass
class Explorer:
    """Explores one world."""

    world: World
    _numbers: dict[Place, int] = field(default_factory=dict)
    _places: list[Place] = field(default_factory=list)
    _parents: array[int] = field(default_factory=lambda: array("l"))
    _seen: set[tuple[int, int, int]] = field(default_factory=set)

    def run(self, *, only: str = "", most: int = 50_000_000) -> Explored:
        """Go everywhere, until something does not hold.

        Args:
            only: what to look for, passing over everything else, in a world that is broken on purpose.
            most: after how many states to give up.
        """
        strands = not only
        self.world.ledger.only = only
        world, numbers, places, parents = self.world, self._numbers, self._places, self._parents
        sources, targets = array("l"), array("l")
        transitions = 0
        numbers[world.start] = 0
        places.append(world.start)
        parents.append(-1)
        for number, place in enumerate(places):
            if len(places) > most:
                break
            problem = self._problem(place)
            if problem and only in ("", problem):
                return self._explored(transitions, problem, number)
            try:
                for _, following, person in world.steps(place):
                    transitions += 1
                    found = numbers.get(following)
                    if found is None:
                        found = numbers[following] = len(places)
                        places.append(following)
                        parents.append(number)
                    if strands and not person:
                        sources.append(number)
                        targets.append(found)
            except BrokenError as broken:
                if only in ("", str(broken)):
                    return self._explored(transitions, str(broken), number)
        problem, number = self._afterwards(sources, targets) if strands else ("", 0)
        return self._explored(transitions, problem, number)

    def _problem(self, place: Place) -> str:
        """What does not hold here; each combination of ledger and server is looked at once."""
        looked = place.ledger, place.server, place.marks
        if looked in self._seen:
            return ""
        self._seen.add(looked)
        world = self.world
        return wrong(world.state(place), world.server(place.server), place.marks, world.bounds)

    def _afterwards(self, sources: array[int], targets: array[int]) -> tuple[str, int]:
        """What can only be said when everything was seen, and where."""
        if talking := self._talking():
            return talking, 0
        if (stranded := self._stranded(sources, targets)) is not None:
            return "nothing leads from here to an end or to a person", stranded
        return "", 0

    def _talking(self) -> str:
        """A late answer that was not followed up and changes something all the same, if there is one."""
        ledger = self.world.ledger
        kinds = {(request.call, heard.outcome): (request, heard) for request, heard in self.world.silent_answers()}
        for request, heard in kinds.values():
            for number in range(len(ledger.states)):
                if ledger.record(number, request, heard, holder=False) != number:
                    return f"a late answer that changes something: {request} {heard}"
        return ""

    def _stranded(self, sources: array[int], targets: array[int]) -> int | None:
        """A state from which no step but a person's leads to an end, if there is one."""
        count = len(self._places)
        before: list[array[int] | None] = [None] * count
        for source, target in zip(sources, targets, strict=True):
            known = before[target]
            if known is None:
                before[target] = array("l", (source,))
            else:
                known.append(source)
        leads = bytearray(count)
        ends = [number for number, place in enumerate(self._places) if is_end(self.world, place)]
        for number in ends:
            leads[number] = 1
        while ends:
            for source in before[ends.pop()] or ():
                if not leads[source]:
                    leads[source] = 1
                    ends.append(source)
        found = leads.find(0)
        return None if found < 0 else found

    def _explored(self, transitions: int, problem: str, number: int) -> Explored:
        return Explored(
            self.world.bounds,
            len(self._places),
            transitions,
            problem,
            self._schedule(number) if problem else [],
            self.world.ledger.coverage,
            len(self.world.ledger.states),
            len({place.server for place in self._places}),
        )

    def _schedule(self, number: int) -> list[str]:
        """The steps that lead to a state, with what the ledger and the server hold after each."""
        way = [number]
        while self._parents[way[-1]] >= 0:
            way.append(self._parents[way[-1]])
        way.reverse()
        lines = [self._line("enqueued", self._places[way[0]])]
        for number_before, number_after in pairwise(way):
            after = self._places[number_after]
            words = next(step.words for step in self.world.steps(self._places[number_before]) if step.place == after)
            lines.append(self._line(words, after))
        return lines

    def _line(self, words: str, place: Place) -> str:
        air = "" if place.air == NOBODY else f"; in the air {self.world.errand(place.air).request}"
        return f"  {words:58} {_filing(self.world.state(place)):34} {_held(self.world.server(place.server))}{air}"


def _filing(state: State) -> str:
    attempt = state.attempt
    words = f"{state.phase}"
    if attempt is not None:
        words += f" report {attempt.report_id - FIRST_REPORT_ID + 1}, {len(attempt.files)} files"
        words += ", doubt" if attempt.doubt else ""
    return words


def _held(server: Server) -> str:
    reports = []
    for report in server:
        described = sum(file.details is not None for file in report.files)
        what = "gone" if report.closed is ReportState.LAPSED else report.closed or "open"
        reports.append(f"{what} {len(report.files)}/{described}")
    return f"[{', '.join(reports)}]"


def explore(bounds: Bounds, *, only: str = "", most: int = 50_000_000) -> Explored:
    """Explore a world within bounds; see `Explorer.run`."""
    return Explorer(World(bounds)).run(only=only, most=most)
