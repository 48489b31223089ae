"""A filing that lives in time: its state, its events, and the transactions that write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cybertip.filing import steps
from cybertip.filing.events import Event
from cybertip.filing.states import State
from tests.simulation.ledger import Coverage, MemoryBook
from tests.simulation.server import NOW


@dataclass
class Filing:
    """One filing in the ledger."""

    files: int
    state: State
    events: list[Event]
    leased_until: datetime = NOW
    reports: list[int] = field(default_factory=list)
    receipt: bool = False


class EventBook(MemoryBook):
    """A transaction that remembers what was appended."""

    def __init__(self, filing: Filing, fence: int | None) -> None:
        super().__init__(filing.state, fence, Coverage(set(), set(), set()))
        self.appended: list[Event] = []
        self._filing = filing

    def append(self, event: Event, exchange: steps.Exchange | None = None) -> State:
        """Append an event."""
        self.appended.append(event)
        return super().append(event, exchange)

    def commit(self) -> None:
        """Write it into the ledger."""
        assert not self.wrong, self.wrong
        self._filing.state = self.state
        self._filing.events += self.appended
