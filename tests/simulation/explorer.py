"""Going everywhere: breadth first, so that what is found wrong is found by a shortest schedule."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from cybertip.filing.states import State
from cybertip.mock import ReportState
from tests.simulation.invariants import is_end, wrong
from tests.simulation.ledger import BrokenError, Coverage
from tests.simulation.server import FIRST_REPORT_ID, Server
from tests.simulation.world import NOBODY, Bounds, Place, World


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

    def run(self, *, strands: bool = True, most: int = 50_000_000) -> Explored:
        """Go everywhere, until something does not hold.

        Args:
            strands: whether to look for states from which nothing leads to an end without a person.
            most: after how many states to give up looking, for worlds that are broken on purpose.
        """
        world, numbers, places, parents = self.world, self._numbers, self._places, self._parents
        seen: set[tuple[int, int, int]] = set()
        sources, targets = array("l"), array("l")
        transitions = 0
        self._note(world.start, -1)
        for number, place in enumerate(places):
            looked = (place.ledger, place.server, place.marks)
            if looked not in seen:
                seen.add(looked)
                problem = wrong(world.state(place), world.server(place.server), place.marks, world.bounds)
                if problem:
                    return self._explored(transitions, problem, number)
            if len(places) > most:
                break
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
            except BrokenError as problem:
                return self._explored(transitions, str(problem), number)
        if strands and (talking := self._talking()):
            return self._explored(transitions, talking, 0)
        if strands and (stranded := self._stranded(sources, targets)) is not None:
            return self._explored(transitions, "nothing leads from here to an end or to a person", stranded)
        return self._explored(transitions, "", 0)

    def _talking(self) -> str:
        """A late answer that was not followed up and changes something all the same, if there is one."""
        ledger = self.world.ledger
        kinds = {(request.call, heard.outcome): (request, heard) for request, heard in self.world.silent_answers()}
        for request, heard in kinds.values():
            for number in range(len(ledger.states)):
                if ledger.record(number, request, heard, holder=False) != number:
                    return f"a late answer that changes something: {request} {heard}"
        return ""

    def _note(self, place: Place, parent: int) -> None:
        self._numbers[place] = len(self._places)
        self._places.append(place)
        self._parents.append(parent)

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
        for number_before, number_after in zip(way, way[1:], strict=False):
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
    reports = (
        f"{'gone' if report.closed is ReportState.LAPSED else report.closed or 'open'} {len(report.files)}/{sum(file.details is not None for file in report.files)}"
        for report in server
    )
    return f"[{', '.join(reports)}]"


def explore(bounds: Bounds, *, strands: bool = True, most: int = 50_000_000) -> Explored:
    """Explore a world within bounds."""
    return Explorer(World(bounds)).run(strands=strands, most=most)
