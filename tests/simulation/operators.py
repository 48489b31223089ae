"""What operators say, as it would be said: any command at any moment, and the truth that one of them once found out."""

from __future__ import annotations

from typing import NamedTuple

from cybertip.filing.events import (
    Acknowledged,
    CancelRequested,
    Continued,
    Corrected,
    Decided,
    Event,
    FollowedUp,
    Held,
    Purged,
    Remark,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.states import State
from cybertip.mock import ReportState
from tests.simulation.server import NOW, Server

COMMANDS: tuple[type[Event], ...] = (Corrected, CancelRequested, Continued, RetractRequested, Decided)
"""Everything that an operator can say and that takes the lease."""
WHO = "somebody"
REMARKED: tuple[Remark, ...] = (
    Revealed(WHO, NOW),
    Acknowledged(WHO, NOW),
    FollowedUp("another filing", WHO, NOW, "more was found"),
    Held(WHO, NOW, "an authority asks", NOW),
    Held(WHO, NOW, "not needed any longer", None),
    Purged(WHO, NOW),
)
"""Every remark; none takes the lease."""


class View(NamedTuple):
    """What an operator found out, and may say at once or when the world has moved on.

    Attributes:
        about: the report that counted when the operator looked; None where none did.
        filed: the report that was filed; None if the one that counted never will be.
    """

    about: int | None
    filed: int | None = None

    def __str__(self) -> str:
        return "it never will be filed" if self.filed is None else "it is filed"


def truth(state: State, server: Server) -> View | None:
    """What an operator finds out who looks now: it is filed, or never will be; None where neither can be said yet."""
    about = None if state.attempt is None else state.attempt.report_id
    finished = next((report.id for report in server if report.closed is ReportState.FINISHED), None)
    if finished is not None:
        return View(about, finished)
    still_open = any(report.id == about and not report.closed for report in server)
    return None if still_open else View(about)


def command(kind: type[Event], state: State, view: View | None = None) -> Event:
    """An operator's command. `Decided` says what the view tells."""
    if kind is Corrected:
        return Corrected(state.revision + 1, state.details, WHO)
    if kind is CancelRequested:
        return CancelRequested(WHO, NOW, "a mistake")
    if kind is Continued:
        return Continued(WHO, NOW)
    if kind is RetractRequested:
        return RetractRequested(WHO, NOW, "something is wrong with it")
    assert view is not None, "only who has looked can decide"
    if view.filed is not None:
        return Decided(Word.FILED, WHO, NOW, "asked", view.filed)
    return Decided(Word.REFILE, WHO, NOW, "asked", view.about)
