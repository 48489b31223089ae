"""States of the world as small values, and how far it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cybertip.filing.events import Event
from tests.simulation.server import Heard, Request

KEPT = 1
"""Mark: the receipt was appended to the ledger."""
ORDER = 2
"""Marks count in this unit how many commands operators have given."""
NOBODY = -1


class Place(NamedTuple):
    """One state of the world, as numbers. `NOBODY` stands for none.

    Attributes:
        ledger: what the ledger knows.
        holder: the call under way of the worker that holds the lease.
        former: that of one that held it.
        server: what the server holds.
        air: the call that arrives late, if ever.
        marks: what has happened; see `KEPT` and `ORDER`.
        view: what an operator has found out and not said yet.
    """

    ledger: int
    holder: int
    former: int
    server: int
    air: int
    marks: int
    view: int = NOBODY


class Errand(NamedTuple):
    """A call under way: committed, and what its worker has heard, if anything."""

    request: Request
    heard: Heard | None


class Step(NamedTuple):
    """A step of the world: in words, where it leads, and whether a person made it."""

    words: str
    place: Place
    person: bool = False


@dataclass(frozen=True)
class Bounds:
    """How far the world goes.

    Attributes:
        files: the files of the package.
        room: how many reports can be opened at the server.
        air: how many requests can be in the air after their senders gave up: 0 or 1.
        former: whether a worker that lost the lease can go on.
        commands: what operators may say, in any order and again and again.
        orders: how often they say something in all.
        late_words: whether an operator who has found something out may also say it at any later moment, while another
            one finds out more and says it.
        rich: whether all outcomes are tried, and files can be missing; otherwise one of each sort.
        described: whether file details belong to the files.
        fenced: whether a former holder stops when it has its answer; a test lets it go on.
    """

    files: int
    room: int = 2
    air: int = 1
    former: bool = True
    commands: tuple[type[Event], ...] = ()
    orders: int = 1
    late_words: bool = False
    rich: bool = True
    described: bool = True
    fenced: bool = True


@dataclass
class Numbers:
    """Values by their numbers, and back."""

    values: list[object] = field(default_factory=list)
    known: dict[object, int] = field(default_factory=dict)

    def of(self, value: object) -> int:
        """The number of a value."""
        found = self.known.get(value)
        if found is None:
            found = self.known[value] = len(self.values)
            self.values.append(value)
        return found
