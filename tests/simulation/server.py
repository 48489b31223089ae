"""The mock's core as small values: a snapshot goes in with a call, and another comes out with the raw answer.

A report is restored into a real `MockCore`, which acts under every behaviour that is open and with every fault that
there is; its raw answer is read by the real calls. Reports know nothing of each other, so only the one that a
call is about is restored, and what comes of it is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, NamedTuple, cast

from cybertip.calls import Call, FileInfo, Finish, Retract, Submit, Upload, UploadResult
from cybertip.calls.answers import Answer
from cybertip.calls.known import what_is_known
from cybertip.errors import CallError, CallTimeoutError, ConnectionFailedError, ConnectionLostError
from cybertip.evidence import source
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.mock import Behaviour, MockCore, ReportState
from cybertip.mock.answers import Answer as MockAnswer
from cybertip.mock.clock import Clock
from cybertip.mock.journal import Kept, NoJournal
from cybertip.mock.state import FIRST_REPORT_ID, ReceivedFile, ReceivedReport
from tests.simulation.documents import content, md5, package, sha256
from tests.simulation.faults import LIKE_OTHERS, OTHER_REPORT_ID, faults

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The moment at which everything happens. Lapses are steps of the world, not matters of a clock."""
ACCOUNT = "mock"


class HeldFile(NamedTuple):
    """A file at the server."""

    id: str
    sha256: str
    details: bytes | None = None


class HeldReport(NamedTuple):
    """A report at the server. `closed` is None while it is open."""

    id: int
    xml: bytes
    files: tuple[HeldFile, ...] = ()
    closed: ReportState | None = None


Server = tuple[HeldReport, ...]
"""The reports of one filing, in the order of their opening."""


def remembered(report: HeldReport) -> HeldReport:
    """What of a report still makes a difference.

    No call changes one that was retracted or has lapsed, and the documentation leaves open what either answers. So
    one is as good as the other here, and what they held is forgotten.
    """
    if report.closed in (ReportState.RETRACTED, ReportState.LAPSED):
        return HeldReport(report.id, b"", (), ReportState.LAPSED)
    return report


class Request(NamedTuple):
    """A call, as far as the documents of the simulated filings leave it open.

    Attributes:
        call: the endpoint.
        files: how many files the package has.
        revision: the package.
        report_id: the report that it is about.
        file: the file that it is about, by its place.
        file_id: the server's id of that file.
    """

    call: CallName
    files: int
    revision: int
    report_id: int | None = None
    file: int | None = None
    file_id: str | None = None

    def __str__(self) -> str:
        report = "" if self.report_id is None else f" report {self.report_id - FIRST_REPORT_ID + 1}"
        return f"/{self.call}{report}{'' if self.file is None else f' file {self.file + 1}'}"


class Heard(NamedTuple):
    """What a worker knows after a call, as far as it makes a difference to the machine."""

    outcome: Outcome
    report_id: int | None = None
    file_id: str | None = None
    file_ids: tuple[str, ...] | None = None


class Served(NamedTuple):
    """One way in which a call can go: what happens, in words, the server afterwards, and what the worker knows."""

    words: str
    server: Server
    heard: Heard


# --- acting ------------------------------------------------------------------------------------------------------


class _Snapshot(NoJournal):
    """A journal that was kept up to the snapshot."""

    def __init__(self, server: Server, next_id: int) -> None:
        self._server, self._next_id = server, next_id

    def load(self, clock: Clock) -> Kept:
        return Kept(tuple(_received(report, clock) for report in self._server), self._next_id)


def _received(report: HeldReport, clock: Clock) -> ReceivedReport:
    files = [ReceivedFile(file.id, NOW, 1, "0" * 32, file.sha256, "file.png", file.details) for file in report.files]
    changed = NOW if files else None
    return ReceivedReport(
        report.id, ACCOUNT, report.xml, batched=False, clock=clock, opened_at=NOW, changed_at=changed,
        closed_at=None if report.closed is None else NOW, files=files, closed_as=report.closed,
    )  # fmt: skip


def core_of(server: Server, behaviour: Behaviour, *, next_id: int, seed: str) -> MockCore:
    """A core that holds what the snapshot tells."""
    journal = _Snapshot(server, next_id)
    return MockCore(clock=lambda: NOW, behaviour=behaviour, random=Random(seed), journal=journal)


def snapshot(core: MockCore) -> Server:
    """What a core holds, as a value."""
    return tuple(
        HeldReport(
            report.id,
            report.xml,
            tuple(HeldFile(file.id, file.sha256, file.details) for file in report.files),
            report.closed_as,
        )
        for report in core.reports.values()
    )


@dataclass(frozen=True)
class Handled:
    """One way in which a report, or the opening of one, can go."""

    words: str
    report: HeldReport | None
    heard: Heard


def serve(server: Server, request: Request, room: int, *, rich: bool = True) -> list[Served]:
    """Every way in which a call that is sent can go.

    Args:
        server: the server.
        request: the call.
        room: how many reports it may hold: a bound of the simulation, beyond which /submit never acts.
        rich: whether all outcomes are tried.
    """
    place = next((index for index, report in enumerate(server) if report.id == request.report_id), None)
    report = None if place is None else server[place]
    found: dict[tuple[Server, Heard], Served] = {}
    for way in _handled(report, request, FIRST_REPORT_ID + len(server)):
        after = server
        if not rich and (way.heard.outcome in LIKE_OTHERS or way.heard.report_id == OTHER_REPORT_ID):
            continue
        if way.report is not None and place is None:
            if len(server) >= room:
                continue
            after = (*server, way.report)
        elif way.report is not None and place is not None:
            after = (*server[:place], way.report, *server[place + 1 :])
        found.setdefault((after, way.heard), Served(way.words, after, way.heard))
    return list(found.values())


@cache
def _handled(report: HeldReport | None, request: Request, next_id: int) -> tuple[Handled, ...]:
    call = call_of(request)
    before = () if report is None else (report,)
    # The same file gets the same id wherever the simulation comes by.
    seed = f"{next_id if report is None else report.id}/{0 if report is None else len(report.files)}"
    ways = []
    for words, fault, behaviour in faults(request.call):
        core = core_of(before, behaviour, next_id=next_id, seed=seed)
        raw = core.perform(fault, request.call, act_of(core, request))
        way = fault.delivery if fault is not None else None
        answer = Answer(
            raw.status, tuple((key.lower(), value) for key, value in raw.headers.items()), raw.body, NOW,
            complete=way is None or not way.end_early,
        )  # fmt: skip
        after = next(map(remembered, snapshot(core)), None)
        ways.append(Handled(words, after, hear(request, call, answer)))
        if fault is None:
            lost = CallTimeoutError("", call=call.name, known=what_is_known(sent=True), report_id=call.report_id)
            ways.append(Handled("the answer is lost", after, _heard(request, lost)))
    refused = ConnectionFailedError("", call=call.name, known=what_is_known(sent=False), report_id=call.report_id)
    lost = CallTimeoutError("", call=call.name, known=what_is_known(sent=True), report_id=call.report_id)
    broken = ConnectionLostError("", call=call.name, known=what_is_known(sent=False), report_id=call.report_id)
    ways += [
        Handled("no connection", report, _heard(request, refused)),
        Handled("lost on the way", report, _heard(request, lost)),
        Handled("the connection breaks within the body", report, _heard(request, broken)),
    ]
    if request.call is CallName.UPLOAD:
        ways.append(Handled("the file cannot be read to its end", report, Heard(Outcome.EVIDENCE, request.report_id)))
    return tuple(ways)


def call_of(request: Request) -> Call[Any]:
    """The real call."""
    if request.call is CallName.SUBMIT:
        return Submit(package(request.files, request.revision).report)
    report_id = cast("int", request.report_id)
    match request.call:
        case CallName.UPLOAD:
            file = cast("int", request.file)
            return Upload(report_id, source(content(file), name="file.png", sha256=sha256(file)))
        case CallName.FILEINFO:
            frozen = package(request.files, request.revision).files[cast("int", request.file)]
            file_id = cast("str", request.file_id)
            return FileInfo(frozen.described(report_id, file_id), report_id, file_id)
        case CallName.FINISH:
            return Finish(report_id)
        case _:
            return Retract(report_id)


def act_of(core: MockCore, request: Request) -> Callable[[], MockAnswer]:
    """What the core does when the call has arrived."""
    call = call_of(request)
    match call:
        case Submit():
            return lambda: core.submit(ACCOUNT, call.document)
        case Upload():
            file = cast("int", request.file)
            return lambda: core.upload(
                ACCOUNT, call.report, name=call.file.name, size=call.file.size, md5=md5(file), sha256=sha256(file)
            )
        case FileInfo():
            return lambda: core.fileinfo(ACCOUNT, call.document)
        case Finish():
            return lambda: core.finish(ACCOUNT, call.report)
        case Retract():
            return lambda: core.retract(ACCOUNT, call.report)
        case _:
            raise TypeError(call.name)


# --- hearing -----------------------------------------------------------------------------------------------------


def hear(request: Request, call: Call[Any], answer: Answer) -> Heard:
    """What a worker knows after a raw answer."""
    try:
        result = call.read(answer)
        if isinstance(call, Upload):
            result = call.check_md5(cast("UploadResult", result), md5(cast("int", request.file)))
    except CallError as problem:
        return _heard(request, problem)
    return Heard(
        Outcome.OK,
        result.report_id,
        result.file_id if isinstance(result, UploadResult) else None,
        getattr(result, "file_ids", None),
    )


def _heard(request: Request, problem: CallError) -> Heard:
    # Looked up when it is called, so that a test can break it.
    from cybertip.filing import outcomes

    return Heard(outcomes.outcome_of(problem), request.report_id)


def forget() -> None:
    """Forget what was remembered, for a test that breaks how answers are read."""
    _handled.cache_clear()
