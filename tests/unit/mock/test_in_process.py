"""The mock without a process of its own: over ASGI, and as a server in a thread, with what a test can do to it."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from cybertip import AsyncClient
from cybertip.errors import ConfigurationError
from cybertip.mock import MockCore, MockServer, ReceivedReport, create_app
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import Code, Delay, Dribble, FaultPlan, RandomFaults, Reset, Status, Throttle, Truncate
from cybertip.mock.journal import NoJournal
from cybertip.mock.server import now
from cybertip.mock.storage import StateFile
from cybertip.models import FileDetails, Report
from cybertip.xml import parse
from tests.mock_http import XML, connect, response
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


# --- over ASGI ---------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("fault", [Status(status=503), Code(code=1000), Throttle(), Dribble(pause=0.001, piece=50)])
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


# --- a server in a thread ----------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A running mock."""
    with MockServer() as running:
        yield running


async def test_faults_are_set_and_told(server: MockServer) -> None:
    """`set_faults` replaces all of them, `faults` tells those that are left, and a random one needs no other."""
    server.set_faults(Throttle(times=2), Code(code=1000, call="finish"))
    with connect(server) as client:
        assert client.get("/status").status_code == 429
        assert list(server.faults) == [Throttle(times=1), Code(code=1000, call="finish")]
        server.set_faults(random=RandomFaults(rate=0))
        assert not server.faults
        assert client.get("/status").status_code == 200
        server.set_faults(Throttle())
        server.set_faults()
        assert client.get("/status").status_code == 200


async def test_the_clock_moves_on(server: MockServer) -> None:
    """`advance` moves the mock's time on, and a report lapses by it."""
    with connect(server) as client:
        client.post("/submit", content=report_xml(), headers=XML)
        before = server.core.clock()
        server.advance(timedelta(hours=23))
        assert server.report().state == "open"
        server.advance(timedelta(hours=1))
        assert server.report().state == "lapsed"
        assert server.core.clock() - before >= timedelta(hours=24)


async def test_reports_are_told(server: MockServer) -> None:
    """`reports` has them oldest first, and `report` gives one by its id or the latest."""
    with connect(server) as client:
        for _ in range(3):
            client.post("/submit", content=report_xml(), headers=XML)
    first, second, third = server.reports
    assert first.id < second.id < third.id
    assert server.report() is server.report("latest") is third
    assert server.report(second.id) is second
    with pytest.raises(LookupError):
        server.report(third.id + 1)


async def test_a_reset_forgets_all_but_the_ids(server: MockServer) -> None:
    """`reset` leaves no report, no fault and no move of the clock, and ids go on."""
    with connect(server) as client:
        client.post("/submit", content=report_xml(), headers=XML)
        last = server.report().id
        server.set_faults(Throttle(times=None), random=RandomFaults(rate=1))
        server.advance(timedelta(days=3))
        server.reset()
        assert (server.reports, server.faults) == ([], ())
        assert client.get("/status").status_code == 200
        assert server.core.clock() - now() < timedelta(days=1)
        client.post("/submit", content=report_xml(), headers=XML)
        assert server.report().id == last + 1


async def test_everything_can_be_set_before_and_after_it_runs() -> None:
    """Faults, clock and reports can be reached before the start and after the end, where no thread is in the way."""
    server = MockServer()
    server.set_faults(Throttle())
    server.advance(timedelta(days=1))
    with server, connect(server) as client:
        assert client.get("/status").status_code == 429
        client.post("/submit", content=report_xml(), headers=XML)
    assert server.report().state == "open"
    server.advance(timedelta(days=2))
    assert server.report().state == "lapsed"
    server.reset()
    assert server.reports == []


@pytest.mark.parametrize("name", ["base_url", "inspection_url", "environ"])
async def test_an_address_before_the_start_is_an_error(name: str) -> None:
    """What has the address in it says before the start how to start."""
    with pytest.raises(RuntimeError, match="use it in a with statement"):
        getattr(MockServer(), name)


async def test_the_latest_of_no_reports_is_an_error() -> None:
    """Asking for the latest report says that there is none."""
    with pytest.raises(LookupError, match="no report has been opened yet"):
        MockServer().report("latest")


async def test_the_variables_reach_the_mock(server: MockServer) -> None:
    """`environ` names environment, address and account, and no certificate where there is none."""
    assert server.environ == {
        "CYBERTIP_ENVIRONMENT": "mock",
        "CYBERTIP_BASE_URL": server.base_url,
        "CYBERTIP_USERNAME": "mock",
        "CYBERTIP_PASSWORD": "mock-password",
    }
    assert server.ca_file is None
    assert server.inspection_url == server.base_url.removesuffix("/ispws") + "/_mock"


async def test_a_server_with_tls_has_a_certificate_for_its_time() -> None:
    """`ca_file` is there while the server runs, is what `environ` names, and is gone afterwards."""
    with MockServer(tls=True) as server:
        assert server.ca_file is not None
        assert server.ca_file.exists()
        assert server.environ["SSL_CERT_FILE"] == str(server.ca_file)
    assert not server.ca_file.parent.exists()


async def test_a_server_that_cannot_start_leaves_nothing(server: MockServer) -> None:
    """A server whose port is taken removes the certificate that it has written."""
    other = MockServer(port=urlsplit(server.base_url).port or 0, tls=True)
    with pytest.raises(ConfigurationError, match="is in use"):
        other.__enter__()
    assert other.ca_file is not None
    assert not other.ca_file.parent.exists()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del other
        gc.collect()


async def test_a_server_can_run_again() -> None:
    """A second ``with`` block starts it anew, with the reports of the first."""
    server = MockServer(first_report_id=5)
    for report_id in (5, 6):
        with server, connect(server) as client:
            client.post("/submit", content=report_xml(), headers=XML)
        assert server.report().id == report_id


async def test_a_core_with_a_state_file_is_served(tmp_path: Path) -> None:
    """A state file that was opened in the thread of the test is written in that of the server."""
    state = StateFile(tmp_path / "state")
    with MockServer(core=MockCore(clock=now, journal=state)) as server, connect(server) as client:
        assert client.post("/submit", content=report_xml(), headers=XML).status_code == 200
    state.close()
    again = StateFile(tmp_path / "state")
    assert [report.id for report in again.load(now).reports] == [server.report().id]
    again.close()
