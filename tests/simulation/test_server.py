"""The mock as values is the mock."""

from __future__ import annotations

from cybertip.filing.outcomes import CallName
from cybertip.mock import Behaviour
from cybertip.mock.state import FIRST_REPORT_ID
from tests.simulation.faults import ACTING, IDLE
from tests.simulation.server import (
    Request,
    Server,
    act_of,
    core_of,
    remembered,
    serve,
    snapshot,
)


def _requests(server: Server) -> list[Request]:
    requests = [Request(CallName.SUBMIT, 1, 1)]
    for report in server:
        requests += [
            Request(CallName.UPLOAD, 1, 1, report.id, 0),
            *(Request(CallName.FILEINFO, 1, 1, report.id, 0, file.id) for file in report.files),
            Request(CallName.FINISH, 1, 1, report.id),
            Request(CallName.RETRACT, 1, 1, report.id),
        ]
    return requests


def test_a_snapshot_of_a_restored_core_is_the_same() -> None:
    """What is restored and acted upon as a whole comes to what `serve` says, report by report."""
    queue: list[Server] = [()]
    seen = set(queue)
    while queue:
        server = queue.pop()
        core = core_of(server, Behaviour(), next_id=FIRST_REPORT_ID + len(server), seed="")
        assert snapshot(core) == server
        for request in _requests(server):
            ways = serve(server, request, room=2)
            if request.call is not CallName.SUBMIT or len(server) < 2:
                whole = core_of(server, Behaviour(), next_id=FIRST_REPORT_ID + len(server), seed=_seed(server, request))
                act_of(whole, request)()
                assert tuple(map(remembered, snapshot(whole))) in {way.server for way in ways}
            for way in ways:
                few = all(len(report.files) <= 1 for report in way.server)
                if few and way.server not in seen:
                    seen.add(way.server)
                    queue.append(way.server)
    assert len(seen) >= 25


def _seed(server: Server, request: Request) -> str:
    report = next((report for report in server if report.id == request.report_id), None)
    if report is None:
        return f"{FIRST_REPORT_ID + len(server)}/0"
    return f"{report.id}/{len(report.files)}"


def test_every_fault_is_either_acting_or_idle() -> None:
    """An idle fault leaves the server as it is; an acting one does what was asked."""
    request = Request(CallName.SUBMIT, 0, 1)
    for fault in ACTING.values():
        core = core_of((), Behaviour(), next_id=FIRST_REPORT_ID, seed="")
        core.perform(fault, request.call, act_of(core, request))
        assert len(snapshot(core)) == 1
    for fault in IDLE.values():
        core = core_of((), Behaviour(), next_id=FIRST_REPORT_ID, seed="")
        core.perform(fault, request.call, act_of(core, request))
        assert snapshot(core) == ()
