"""Every state that the filing machine can get into with the mock's core, whatever breaks.

Bounds, in all of these worlds: one filing; two reports opened at the server (the machine's own limit, since three are
taken to have been opened before); one request in the air that its sender gave up; one worker that lost the lease
beside the one that holds it, with no bound on how often it changes hands or how often anything fails; operators who
take the lease and say anything that can be said then, in any order, so many times in all, and who decide with truth, of
now or of an earlier moment. Every remark is made on every state of a filing, and must leave it as it is. The worlds
differ in the number of files, in what operators say, and in whether all outcomes are tried or one of each sort
(`server.LIKE_OTHERS` tells which are left out there).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from cybertip.filing.events import (
    CancelRequested,
    Continued,
    Corrected,
    Decided,
    Enqueued,
    Event,
    RetractRequested,
)
from cybertip.filing.machine import LEGAL
from cybertip.filing.outcomes import TABLE, CallName, Outcome
from cybertip.filing.states import Phase
from cybertip.filing.status import Kind
from tests.simulation.explorer import explore
from tests.simulation.operators import COMMANDS
from tests.simulation.places import Bounds


@dataclass(frozen=True)
class Size:
    """A world, and how many states and transitions it has at least, so that it cannot shrink unseen."""

    bounds: Bounds
    states: int
    transitions: int


WORLDS = {
    "no file": Size(Bounds(0), 58_100, 545_000),
    "no file, any two commands": Size(Bounds(0, commands=COMMANDS, orders=2, rich=False), 1_006_200, 8_702_000),
    "no file, late words": Size(
        Bounds(0, commands=(CancelRequested, Decided), orders=3, late_words=True, rich=False), 222_800, 1_892_000
    ),
    "one file": Size(Bounds(1), 254_000, 2_808_000),
    "one file, corrected": Size(Bounds(1, commands=(Corrected, Decided), orders=2, rich=False), 1_436_000, 14_141_000),
    "one file, cancelled": Size(
        Bounds(1, commands=(CancelRequested, Decided), orders=2, rich=False), 255_600, 2_407_000
    ),
    "one file, retracted": Size(
        Bounds(1, commands=(RetractRequested, Continued), orders=2, rich=False), 697_000, 6_561_000
    ),
    "one file, any three commands": Size(
        Bounds(1, commands=COMMANDS, orders=3, air=0, former=False, rich=False), 315_900, 1_232_000
    ),
    "one file, not described": Size(Bounds(1, described=False, rich=False), 29_700, 241_000),
    "three files": Size(Bounds(3, rich=False), 303_500, 3_077_000),
    "three files, all outcomes": Size(Bounds(3, air=0, former=False), 62_400, 241_000),
}
if os.environ.get("CYBERTIP_SOAK"):
    # Minutes, and some gigabytes.
    WORLDS["one file, any two commands"] = Size(
        Bounds(1, commands=COMMANDS, orders=2, rich=False), 3_561_000, 35_021_000
    )


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_is_filed_twice_or_lost_whatever_breaks(name: str) -> None:
    """Every invariant holds in every state, and every state leads to an end or to a person."""
    size = WORLDS[name]
    found = explore(size.bounds)
    print(f"{name}: {found}")
    assert not found.violation, f"\n{found}"
    assert found.states >= size.states
    assert found.transitions >= size.transitions


NOT_POSSIBLE = {
    **{
        (CallName.SUBMIT, outcome): "/submit names no report that the answer could be about"
        for outcome in (
            Outcome.NO_REPORT, Outcome.RETRACTED, Outcome.FINISHED, Outcome.OTHER_REPORT,
        )
    },
    **{
        (call, Outcome.NO_FILE): "the call names no file of the server"
        for call in CallName if call is not CallName.FILEINFO
    },
    **{
        (call, outcome): "the call sends no file"
        for call in CallName if call is not CallName.UPLOAD
        for outcome in (Outcome.DAMAGED, Outcome.EVIDENCE)
    },
    **{
        (call, Outcome.FINISHED): "no call to finish the report was ever made"
        for call in (CallName.UPLOAD, CallName.FILEINFO)
    },
}  # fmt: skip
"""The cells of the table that no true answer leads to, and why. The table decides them all the same."""


def test_every_part_of_the_machine_is_seen() -> None:
    """Every cell that can be reached decides something; every event is seen in every phase that takes it."""
    found = explore(Bounds(1, commands=COMMANDS, orders=2, air=0, former=False))
    print(found)
    assert not found.violation, f"\n{found}"
    assert set(TABLE) - found.coverage.cells == set(NOT_POSSIBLE)
    legal: set[tuple[Phase, type[Event]]] = {(phase, kind) for phase, kinds in LEGAL.items() for kind in kinds}
    assert found.coverage.pairs == legal
    assert found.coverage.kinds == set(Kind)
    assert Enqueued not in {kind for _, kind in legal}
