"""The mock without a socket: over ASGI, in the process and the event loop of whoever asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cybertip import AsyncClient
from cybertip.mock import MockCore, ReceivedReport, create_app
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import Delay, Dribble, FaultPlan, Late, Reset, ResponseCode, Status, Throttle, Truncate
from cybertip.mock.journal import NoJournal
from cybertip.models import FileDetails, Report
from cybertip.xml import parse
from tests.mock_http import XML, response
from tests.samples import file_details_xml, picture, report_xml

pytestmark = pytest.mark.anyio

BASE_URL = "http://127.0.0.1/ispws"
MOMENT = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


def new_core(**settings: Any) -> MockCore:
    """A core at a moment that does not pass."""
    return MockCore(clock=lambda: MOMENT, **settings)


def connected(core: MockCore, auth: tuple[str, str] = ("mock", "mock-password")) -> httpx.AsyncClient:
    """A client of httpx that reaches a core without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(core)), base_url=BASE_URL, auth=auth)


def plan(*faults: Any) -> FaultPlan:
    """A plan of these faults."""
    return FaultPlan(faults=faults)


async def submit(client: httpx.AsyncClient) -> int:
    """Open a report; its id."""
    report_id = response(await client.post("/submit", content=report_xml(), headers=XML)).report_id
    assert report_id is not None
    return report_id


class Telling(NoJournal):
    """A journal that tells when a report is opened."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    def save_report(self, report: ReceivedReport) -> None:
        self.told.set()


async def test_a_report_is_filed_without_a_socket() -> None:
    """httpx files a report with a file and its details in the process, and the core has all of it."""
    core = new_core(first_report_id=9)
    async with connected(core) as client:
        assert await submit(client) == 9
        sent = await client.post("/upload", data={"id": "9"}, files={"file": ("holiday.png", picture())})
        file_id = response(sent).file_id
        assert file_id is not None
        await client.post("/fileinfo", content=file_details_xml(9, file_id), headers=XML)
        receipt = await client.post("/finish", data={"id": "9"})
    assert b"<reportDoneResponse>" in receipt.content
    report = core.reports[9]
    assert report.state == "finished"
    assert report.closed_at == MOMENT
    assert [(file.name, file.size) for file in report.files] == [("holiday.png", len(picture()))]


async def test_our_own_client_files_without_a_socket() -> None:
    """The project's client, given the transport, files in the process as over a network."""
    core = new_core()
    transport = httpx.ASGITransport(app=create_app(core))
    async with AsyncClient("mock", "mock-password", transport=transport) as client:
        assert (await client.status()).user == "mock"
        report_id = (await client.submit(parse(report_xml(), Report).document)).report_id
        file_id = (await client.upload(report_id, Path(__file__))).file_id
        await client.file_info(parse(file_details_xml(report_id, file_id), FileDetails).document)
        await client.finish(report_id)
    assert core.reports[report_id].state == "finished"
    assert core.reports[report_id].files[0].details is not None


@pytest.mark.parametrize("at", ["before-reading", "while-reading", "after-acting"])
async def test_a_reset_raises(at: str) -> None:
    """Where there is no connection to reset, ConnectionResetError is raised, and the exchange counts as cut."""
    core = new_core()
    async with connected(core) as client:
        core.set_faults(plan(Reset.model_validate({"at": at})))
        with pytest.raises(ConnectionResetError, match="as a fault told it to"):
            await submit(client)
        assert len(core.reports) == (1 if at == "after-acting" else 0)
        assert core.exchanges[-1].ended == "cut"
        assert core.exchanges[-1].http_status is None
        assert await submit(client)


async def test_an_answer_that_breaks_off_raises() -> None:
    """A connection that would end before the announced length raises the same error."""
    core = new_core()
    core.set_faults(plan(Truncate(cut="connection")))
    async with connected(core) as client:
        with pytest.raises(ConnectionResetError):
            await client.get("/status")
    assert core.exchanges[-1].ended == "cut"


@pytest.mark.parametrize(
    "fault", [Status(status=503), ResponseCode(code=1000), Throttle(), Dribble(pause=0.001, piece=50)]
)
async def test_faults_that_answer_do_so_without_a_socket(fault: Any) -> None:
    """What a fault answers arrives over ASGI as well, and the next request is left alone."""
    core = new_core()
    core.set_faults(plan(fault))
    async with connected(core) as client:
        wanted = {"status": 503, "code": 400, "throttle": 429, "dribble": 200}[fault.fault]
        assert (await client.get("/status")).status_code == wanted
        assert (await client.get("/status")).status_code == 200
    assert core.exchanges[0].fault == fault.in_words


async def test_a_delay_can_be_cancelled() -> None:
    """A client that gives up while a fault delays its answer does not keep the loop, and the server has acted."""
    journal = Telling()
    core = new_core(journal=journal)
    core.set_faults(plan(Delay(seconds=1000)))
    async with connected(core) as client:
        asking = asyncio.create_task(submit(client))
        await journal.told.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert len(core.reports) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_inspection_works_without_a_socket(host: str) -> None:
    """What arrived can be looked at, and faults and clock be set, over ASGI."""
    core = new_core()
    async with connected(core) as client:
        report_id = await submit(client)
        look = f"http://{host}/_mock"
        shown = (await client.get(f"{look}/reports/{report_id}")).json()
        assert shown["xml"] == report_xml().decode()
        await client.put(f"{look}/faults", json=[{"fault": "throttle"}])
        assert (await client.get("/status")).status_code == 429
        await client.post(f"{look}/clock", json={"advance_seconds": 86400})
        assert core.reports[report_id].state == "lapsed"


async def test_whoever_listens_is_told_of_each_request() -> None:
    """`on_exchange` is called with each request when it is over, also of one that was cut."""
    told: list[Exchange] = []
    core = new_core()
    core.set_faults(plan(Reset(call="finish")))
    transport = httpx.ASGITransport(app=create_app(core, on_exchange=told.append))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=("mock", "mock-password")) as client:
        await client.get("/status")
        await client.get("/nothing")
        with pytest.raises(ConnectionResetError):
            await client.post("/finish", data={"id": "1"})
    assert [(one.call, one.http_status, one.ended) for one in told] == [
        ("status", 200, "answered"),
        ("", 404, "answered"),
        ("finish", None, "cut"),
    ]


async def test_many_cores_share_nothing() -> None:
    """Twenty cores in one process, asked at the same time, have accounts, reports, faults and clocks of their own."""
    cores = [new_core(accounts={f"esp-{number}": "password"}, first_report_id=1 + number) for number in range(20)]
    cores[0].set_faults(plan(Throttle(times=None)))
    cores[1].move_clock(by=timedelta(days=1))

    async def use(number: int) -> list[int]:
        async with connected(cores[number], (f"esp-{number}", "password")) as client:
            return [(await client.post("/submit", content=report_xml(), headers=XML)).status_code for _ in range(3)]

    answered = await asyncio.gather(*(use(number) for number in range(20)))
    assert answered == [[429] * 3, *[[200] * 3] * 19]
    assert [list(core.reports) for core in cores[1:]] == [[1 + n, 2 + n, 3 + n] for n in range(1, 20)]
    assert [core.clock() for core in cores] == [MOMENT, MOMENT + timedelta(days=1), *[MOMENT] * 18]
    async with connected(cores[2], ("esp-3", "password")) as stranger:
        assert (await stranger.get("/status")).status_code == 401


async def test_a_late_request_acts_without_a_socket_too() -> None:
    """Nobody can hang up where there is no connection, so the request acts at once, and its answer never comes."""
    core = new_core()
    async with connected(core) as client:
        report_id = await submit(client)
        core.set_faults(plan(Late(call="finish")))
        with pytest.raises(ConnectionResetError):
            await client.post("/finish", data={"id": str(report_id)})
    assert core.reports[report_id].state == "finished"


async def test_an_address_of_ipv4_is_told_as_one() -> None:
    """/status names the address of a client of IPv4 in its own form, also on a socket for both kinds."""
    transport = httpx.ASGITransport(app=create_app(new_core()), client=("::ffff:127.0.0.1", 5))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=("mock", "mock-password")) as client:
        assert "Remote Ip : 127.0.0.1<" in (await client.get("/status")).text
