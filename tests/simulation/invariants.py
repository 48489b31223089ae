"""What must hold in every state of the world."""

from __future__ import annotations

from collections import Counter

from cybertip.filing.states import ENDS, WAITS_FOR_PERSON, Phase, State
from cybertip.mock import ReportState
from tests.simulation.documents import package
from tests.simulation.places import KEPT, Bounds, Place
from tests.simulation.server import HeldReport, Server
from tests.simulation.world import World

MAY_BE_FILED = (Phase.FINISHING, Phase.CLOSING, Phase.DECISION)
"""The phases in which the ledger knows that the report may be filed."""
WITH_REPORT = (Phase.OPEN, *MAY_BE_FILED)
"""The phases in which there is a report that counts."""
GOING_ON = (Phase.NEW, Phase.OPEN, Phase.FINISHING, Phase.CORRECTION, Phase.HALTED)
"""The phases that nobody who cancelled should find it in."""

UNCORRECTED = (Phase.NEW, Phase.OPEN, Phase.FINISHING, Phase.HALTED)
"""The phases that nothing which has to be corrected should be in."""


def wrong(state: State, server: Server, marks: int, bounds: Bounds) -> str:
    """What does not hold; empty where all is well."""
    finished = [report for report in server if report.closed is ReportState.FINISHED]
    if len(finished) > 1:
        return "two finished reports"
    if state.phase is Phase.FILED and state.report_id not in {report.id for report in finished}:
        return "filed in the ledger only"
    for report in finished:
        if problem := other_content(report, state.revision, bounds.files, described=bounds.described):
            return problem
        known = state.report_id if state.phase is Phase.FILED else None
        if state.phase in MAY_BE_FILED and state.attempt is not None:
            known = state.attempt.report_id
        if known != report.id:
            return "a finished report that the ledger does not know of"
    if state.phase is Phase.FILED and state.receipt_lost == bool(marks & KEPT):
        return "the ledger does not say the truth about the receipt"
    return at_odds(state)


def at_odds(state: State) -> str:
    """What the ledger holds of a filing and does not fit together; empty where all is well."""
    if state.cancelling and state.phase in GOING_ON:
        return "it goes on although it was cancelled"
    if state.findings and state.phase in UNCORRECTED:
        return "it goes on although it has to be corrected first"
    if (state.attempt is None) == (state.phase in WITH_REPORT):
        return "a report that counts where there is none, or the other way round"
    return ""


def other_content(report: HeldReport, revision: int, files: int, *, described: bool = True) -> str:
    """Whether a finished report holds anything but the package: each file once, each described once."""
    frozen = package(files, revision)
    if report.xml != frozen.report:
        return "a finished report of another version of the record"
    if Counter(file.sha256 for file in report.files) != Counter(file.sha256 for file in frozen.files):
        return "a finished report without exactly its files"
    details = {file.sha256: file for file in frozen.files}
    for file in report.files:
        wanted = details[file.sha256].described(report.id, file.id) if described else None
        if file.details != wanted:
            return "a finished report with a file that is not described as it should be"
    return ""


def is_end(world: World, place: Place) -> bool:
    """Whether it is over, waits for a person, or is at the edge of the bounds."""
    state = world.state(place)
    full = len(world.server(place.server)) >= world.bounds.room
    return state.phase in ENDS or state.phase in WAITS_FOR_PERSON or (state.phase is Phase.NEW and full)
