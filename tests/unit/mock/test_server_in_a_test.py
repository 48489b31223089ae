"""`MockServer` as tests use it: setting faults and the clock, seeing what arrived, and its own life."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cybertip.errors import ConfigurationError
from cybertip.mock import MockCore, MockServer
from cybertip.mock.faults import RandomFaults, ResponseCode, Throttle
from cybertip.mock.server import now
from cybertip.mock.storage import StateFile
from tests.mock_http import XML, connect
from tests.samples import report_xml


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A running mock."""
    with MockServer() as running:
        yield running


def test_faults_are_set_and_told(server: MockServer) -> None:
    """`set_faults` replaces all of them, `faults` tells those that are left, and a random one needs no other."""
    server.set_faults(Throttle(times=2), ResponseCode(code=1000, call="finish"))
    with connect(server) as client:
        assert client.get("/status").status_code == 429
        assert list(server.faults) == [Throttle(times=1), ResponseCode(code=1000, call="finish")]
        server.set_faults(random=RandomFaults(rate=0))
        assert not server.faults
        assert client.get("/status").status_code == 200
        server.set_faults(Throttle())
        server.set_faults()
        assert client.get("/status").status_code == 200


def test_the_clock_moves_on(server: MockServer) -> None:
    """`advance` moves the mock's time on, and a report lapses by it."""
    with connect(server) as client:
        client.post("/submit", content=report_xml(), headers=XML)
        before = server.core.clock()
        server.advance(timedelta(hours=23))
        assert server.report().state == "open"
        server.advance(timedelta(hours=1))
        assert server.report().state == "lapsed"
        assert server.core.clock() - before >= timedelta(hours=24)


def test_reports_are_told(server: MockServer) -> None:
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


def test_a_reset_forgets_all_but_the_ids(server: MockServer) -> None:
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


def test_everything_can_be_set_before_and_after_it_runs() -> None:
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
def test_an_address_before_the_start_is_an_error(name: str) -> None:
    """What has the address in it says before the start how to start."""
    with pytest.raises(RuntimeError, match="use it in a with statement"):
        getattr(MockServer(), name)


def test_the_latest_of_no_reports_is_an_error() -> None:
    """Asking for the latest report says that there is none."""
    with pytest.raises(LookupError, match="no report has been opened yet"):
        MockServer().report("latest")


def test_the_variables_reach_the_mock(server: MockServer) -> None:
    """`environ` names environment, address and account, and no certificate where there is none."""
    assert server.environ == {
        "CYBERTIP_ENVIRONMENT": "mock",
        "CYBERTIP_BASE_URL": server.base_url,
        "CYBERTIP_USERNAME": "mock",
        "CYBERTIP_PASSWORD": "mock-password",
    }
    assert server.ca_file is None
    assert server.inspection_url == server.base_url.removesuffix("/ispws") + "/_mock"


def test_a_server_with_tls_has_a_certificate_for_its_time() -> None:
    """`ca_file` is there while the server runs, is what `environ` names, and is gone afterwards."""
    with MockServer(tls=True) as server:
        assert server.ca_file is not None
        assert server.ca_file.exists()
        assert server.environ["SSL_CERT_FILE"] == str(server.ca_file)
    assert not server.ca_file.parent.exists()


def test_a_server_that_cannot_start_leaves_nothing(server: MockServer) -> None:
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


def test_a_server_can_run_again() -> None:
    """A second ``with`` block starts it anew, with the reports of the first."""
    server = MockServer(first_report_id=5)
    for report_id in (5, 6):
        with server, connect(server) as client:
            client.post("/submit", content=report_xml(), headers=XML)
        assert server.report().id == report_id


def test_a_core_with_a_state_file_is_served(tmp_path: Path) -> None:
    """A state file that was opened in the thread of the test is written in that of the server."""
    state = StateFile(tmp_path / "state")
    with MockServer(core=MockCore(clock=now, journal=state)) as server, connect(server) as client:
        assert client.post("/submit", content=report_xml(), headers=XML).status_code == 200
    state.close()
    again = StateFile(tmp_path / "state")
    assert [report.id for report in again.load(now).reports] == [server.report().id]
    again.close()
