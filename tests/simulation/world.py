"""The world: a filing in the ledger, two workers, the server, the network, and operators; and every step from there.

At any moment the lease can be taken by another worker, a worker can die, a report can lapse, a request that its
sender has given up can arrive. A worker that was idle is no different from none, so what is kept of workers is the
call under way of the one that holds the lease, and that of one that held it.

What crashes come to: before the commit nothing has happened; after it and before or while sending, the call is known
to the ledger and the server has nothing (the request may also be in the air still); after the server acted, and after
the answer came, the ledger is where it was.
"""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.filing.events import Decided, Event
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.states import ENDS, Phase, State
from cybertip.mock import ReportState
from tests.simulation.ledger import Ledger
from tests.simulation.operators import View, truth
from tests.simulation.places import KEPT, NOBODY, ORDER, Bounds, Errand, Numbers, Place, Step
from tests.simulation.server import Heard, Request, Server, remembered, serve

TELLING = {(CallName.SUBMIT, Outcome.OK), (CallName.FINISH, Outcome.OK), (CallName.FINISH, Outcome.FINISHED)}
"""What a former holder can have heard that changes anything; the explorer checks that nothing else does."""


class World:
    """Every step from every state, within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.ledger = Ledger(bounds.files, described=bounds.described)
        self._servers, self._errands, self._views = Numbers(), Numbers(), Numbers()
        self._served: dict[tuple[int, int], list[tuple[str, int, int]]] = {}
        self._arrived: dict[tuple[int, int], list[tuple[str, int]]] = {}
        self._lapses: dict[int, list[tuple[str, int]]] = {}
        self._flights: dict[tuple[int, int], int] = {}
        self._recorded: dict[tuple[int, int, bool], tuple[int, int]] = {}
        self._started: dict[int, list[tuple[str, int, int]]] = {}
        self.start = Place(0, NOBODY, NOBODY, self._servers.of(()), NOBODY, 0)

    # --- looking -------------------------------------------------------------------------------------------------

    def state(self, place: Place) -> State:
        """What the ledger knows."""
        return self.ledger.states[place.ledger]

    def server(self, number: int) -> Server:
        """What the server holds."""
        found: Server = self._servers.values[number]  # type: ignore[assignment]
        return found

    def errand(self, number: int) -> Errand:
        """A call under way."""
        found: Errand = self._errands.values[number]  # type: ignore[assignment]
        return found

    # --- going ---------------------------------------------------------------------------------------------------

    def steps(self, place: Place) -> Iterator[Step]:
        """Every step from here."""
        for step in self._steps(place):
            if step.place.view != NOBODY and self.state(step.place).phase in ENDS:
                # Whatever was found out, there is nothing to be decided any more.
                yield step._replace(place=step.place._replace(view=NOBODY))
            else:
                yield step

    def _steps(self, place: Place) -> Iterator[Step]:
        yield from self._holder(place)
        if place.former != NOBODY:
            yield from self._former(place)
        yield from self._lease(place)
        if self.bounds.late_words:
            yield from self._looking(place)
        if place.air != NOBODY:
            for words, server in self._arrivals(place.server, place.air):
                yield Step(words, place._replace(server=server, air=NOBODY))
        for words, server in self._lapsing(place.server):
            yield Step(words, self._landed(place._replace(server=server)))

    def _holder(self, place: Place) -> Iterator[Step]:
        ledger, holder = place.ledger, place.holder
        if holder == NOBODY:
            if self.ledger.states[ledger].started is None:
                for words, number, errand in self._starting(ledger):
                    yield Step(words, place._replace(ledger=number, holder=errand))
                missing = self.ledger.missing(ledger) if self.bounds.rich else None
                if missing is not None:
                    yield Step("a file is found missing", place._replace(ledger=missing))
            return
        yield Step("the worker dies", place._replace(holder=NOBODY))
        if self.errand(holder).heard is None:
            for words, server, errand in self._serving(place.server, holder):
                yield Step(words, self._landed(place._replace(server=server, holder=errand)))
            if place.air == NOBODY and self.bounds.air:
                after = place._replace(holder=self._given_up(holder), air=self._flying(place.server, holder))
                yield Step("given up, still in the air", after)
        else:
            number, mark = self._recording(ledger, holder, holds=True)
            yield Step("recorded", place._replace(ledger=number, holder=NOBODY, marks=place.marks | mark))

    def _former(self, place: Place) -> Iterator[Step]:
        former = place.former
        yield Step("the former holder dies", place._replace(former=NOBODY))
        if self.errand(former).heard is None:
            for words, server, errand in self._serving(place.server, former):
                after = place._replace(server=server, former=self._telling(errand))
                yield Step(f"former holder: {words}", self._landed(after))
            if place.air == NOBODY and self.bounds.air:
                after = place._replace(former=NOBODY, air=self._flying(place.server, former))
                yield Step("former holder: given up, still in the air", after)
        else:
            number, mark = self._recording(place.ledger, former, holds=False)
            yield Step(
                "former holder: recorded", place._replace(ledger=number, former=NOBODY, marks=place.marks | mark)
            )
            for words, number, request in self.ledger.stale_starts(place.ledger):
                errand = self._errands.of(Errand(request, None))
                yield Step(f"former holder: starts {request}{words}", place._replace(ledger=number, former=errand))

    def _lease(self, place: Place) -> Iterator[Step]:
        """Another worker, or an operator, takes the lease; the holder does not notice."""
        former = place.former
        if place.holder != NOBODY:
            if former != NOBODY or not self.bounds.former:
                return
            former = self._telling(place.holder)
        taken = place._replace(ledger=self.ledger.claim(place.ledger), holder=NOBODY, former=former)
        if taken != place:
            yield Step("another takes the lease", taken)
        if place.marks // ORDER < self.bounds.orders:
            for kind in self.bounds.commands:
                for view in self._told(place, kind):
                    number = self.ledger.person(place.ledger, kind, view)
                    if number is not None:
                        words = f"an operator: {kind.__name__}{'' if view is None else f', {view}'}"
                        after = taken._replace(ledger=number, marks=place.marks + ORDER)
                        yield Step(words, after, person=True)

    def _told(self, place: Place, kind: type[Event]) -> Iterator[View | None]:
        """What an operator says with a command: the truth of now, or that of an earlier moment."""
        if kind is not Decided:
            yield None
            return
        yield from self._truth(place)
        if place.view != NOBODY:
            yield self._views.values[place.view]  # type: ignore[misc]

    def _looking(self, place: Place) -> Iterator[Step]:
        """An operator who is asked to decide finds out what there is to be found, and says it later."""
        waits = self.ledger.states[place.ledger].phase is Phase.DECISION
        if waits and place.view == NOBODY and place.marks // ORDER < self.bounds.orders:
            for view in self._truth(place):
                yield Step(f"an operator finds out: {view}", place._replace(view=self._views.of(view)), person=True)

    def _truth(self, place: Place) -> Iterator[View]:
        """What an operator can find out: filed if it is, to be filed anew if it never will be."""
        found = truth(self.state(place), self.server(place.server))
        if found is not None:
            yield found

    # --- what is remembered --------------------------------------------------------------------------------------

    def _starting(self, ledger: int) -> list[tuple[str, int, int]]:
        if ledger not in self._started:
            self._started[ledger] = [
                (f"starts {request}{words}", after, self._errands.of(Errand(request, None)))
                for words, after, request in self.ledger.starts(ledger)
            ]
        return self._started[ledger]

    def _serving(self, server: int, errand: int) -> list[tuple[str, int, int]]:
        key = server, errand
        if key not in self._served:
            request = self.errand(errand).request
            self._served[key] = [
                (f"{request}: {one.words}", self._servers.of(one.server), self._errands.of(Errand(request, one.heard)))
                for one in serve(self.server(server), request, self.bounds.room, rich=self.bounds.rich)
            ]
        return self._served[key]

    def _telling(self, errand: int) -> int:
        """A former holder's errand; nobody's, once it has heard what changes nothing in any ledger."""
        request, heard = self.errand(errand)
        if not self.bounds.fenced:
            return errand
        return errand if heard is None or (request.call, heard.outcome) in TELLING else NOBODY

    def _flying(self, server: int, errand: int) -> int:
        """A request in the air; none, if it can never have an effect."""
        key = server, errand
        if key not in self._flights:
            request = self.errand(errand).request
            held = self.server(server)
            open_ids = {report.id for report in held if report.closed is None}
            room = request.call is CallName.SUBMIT and len(held) < self.bounds.room
            self._flights[key] = errand if room or request.report_id in open_ids else NOBODY
        return self._flights[key]

    def _landed(self, place: Place) -> Place:
        """The same, without a request in the air that can have no effect any more."""
        if place.air == NOBODY or self._flying(place.server, place.air) != NOBODY:
            return place
        return place._replace(air=NOBODY)

    def silent_answers(self) -> Iterator[tuple[Request, Heard]]:
        """The answers of former holders that are not followed up, because they change nothing."""
        for value in self._errands.values:
            assert isinstance(value, Errand)
            request, heard = value
            if heard is not None and (request.call, heard.outcome) not in TELLING:
                yield request, heard

    def _given_up(self, errand: int) -> int:
        request = self.errand(errand).request
        return self._errands.of(Errand(request, Heard(Outcome.UNKNOWN, request.report_id)))

    def _arrivals(self, server: int, errand: int) -> list[tuple[str, int]]:
        key = server, errand
        if key not in self._arrived:
            request = self.errand(errand).request
            after = dict.fromkeys(one.server for one in serve(self.server(server), request, self.bounds.room))
            self._arrived[key] = [(f"{request} arrives late", self._servers.of(one)) for one in after]
        return self._arrived[key]

    def _lapsing(self, server: int) -> list[tuple[str, int]]:
        if server not in self._lapses:
            held = self.server(server)
            self._lapses[server] = [
                (
                    f"report {index + 1} lapses",
                    self._servers.of(
                        (*held[:index], remembered(report._replace(closed=ReportState.LAPSED)), *held[index + 1 :])
                    ),
                )
                for index, report in enumerate(held)
                if report.closed is None
            ]
        return self._lapses[server]

    def _recording(self, ledger: int, errand: int, *, holds: bool) -> tuple[int, int]:
        key = ledger, errand, holds
        if key not in self._recorded:
            request, heard = self.errand(errand)
            assert heard is not None
            after = self.ledger.record(ledger, request, heard, holder=holds)
            kept = request.call is CallName.FINISH and heard.outcome is Outcome.OK
            self._recorded[key] = after, KEPT if kept else 0
        return self._recorded[key]
