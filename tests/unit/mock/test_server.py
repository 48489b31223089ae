"""The mock on its socket: starting, stopping, and connections that break."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest

from cybertip.errors import ConfigurationError
from cybertip.mock import MockCore, MockServer, serve
from cybertip.mock.server import Settings, now
from tests.mock_http import END, MULTIPART, XML, connect, part, response
from tests.samples import report_xml

ANNOUNCED = 1_000_000
"""The Content-Length of an upload that is begun."""


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens to a connection, the server logs nothing."""
    yield
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]


def open_report(client: httpx.Client) -> int:
    report_id = response(client.post("/submit", content=report_xml(), headers=XML)).report_id
    assert report_id is not None
    return report_id


def begin_upload(server: MockServer, report_id: int) -> socket.socket:
    """A connection on which an upload has begun that announces more bytes than will come."""
    address = urlsplit(server.base_url)
    assert address.hostname is not None
    connection = socket.create_connection((address.hostname, address.port or 0), timeout=10)
    token = b64encode(f"{server.username}:{server.password}".encode()).decode()
    head = (
        f"POST /ispws/upload HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Basic {token}\r\n"
        f"Content-Type: {MULTIPART['Content-Type']}\r\nContent-Length: {ANNOUNCED}\r\nExpect: 100-continue\r\n\r\n"
    )
    connection.sendall(head.encode())
    # The interim answer proves that the server has begun to read the form.
    assert connection.recv(1000).startswith(b"HTTP/1.1 100")
    connection.sendall(begun(report_id))
    return connection


def begun(report_id: int) -> bytes:
    return part("id", str(report_id).encode()) + part("file", b"x" * 1000, "cut.bin")


def test_an_early_close_adds_no_file_and_leaves_it_serving() -> None:
    """A client that hangs up in the middle of an upload leaves nothing behind."""
    with MockServer() as server, connect(server) as client:
        report_id = open_report(client)
        begin_upload(server, report_id).close()
        assert client.get("/status").status_code == 200
    assert not server.core.reports[report_id].files


def test_an_answer_does_not_wait_for_the_rest_of_the_body() -> None:
    """Wrong credentials are answered although most of the announced body is still to come."""
    with MockServer() as server:
        port = urlsplit(server.base_url).port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"POST /ispws/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
            assert connection.recv(1000).startswith(b"HTTP/1.1 401")


def test_two_servers_at_once_share_nothing() -> None:
    """Two servers in one process have ports, accounts and reports of their own."""
    with MockServer() as one, MockServer({"two": "password"}) as two, connect(one) as client:
        assert one.base_url != two.base_url
        assert httpx.get(two.base_url + "/status", auth=("mock", "mock-password"), trust_env=False).status_code == 401
        client.post("/submit", content=report_xml(), headers=XML)
        assert (len(one.core.reports), len(two.core.reports)) == (1, 0)


def test_a_core_of_ones_own_is_served() -> None:
    """A given core is the one that answers, with its clock, and stays readable after the server has stopped."""
    moment = datetime(2025, 6, 1, tzinfo=UTC)
    with MockServer(core=MockCore(clock=lambda: moment, first_report_id=7)) as server, connect(server) as client:
        client.post("/submit", content=report_xml(), headers=XML)
    assert server.core.reports[7].opened_at == moment
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base_url, trust_env=False)


def test_a_core_and_accounts_exclude_each_other() -> None:
    """Accounts beside a core would be ignored, so they are refused."""
    with pytest.raises(TypeError, match="not both"):
        MockServer({"a": "b"}, core=MockCore(clock=lambda: datetime.now(UTC)))


def test_a_server_has_no_address_before_it_runs() -> None:
    """Asking for the address of a server that was not started says what to do."""
    with pytest.raises(RuntimeError, match="with statement"):
        str(MockServer().base_url)


def test_no_repr_of_a_server_shows_the_password() -> None:
    """The repr of a server names its accounts and not their passwords."""
    with MockServer({"esp-one": "password-one"}) as server:
        assert server.base_url in repr(server)
        assert "password-one" not in repr(server)


def test_a_port_in_use_is_named_with_its_cure() -> None:
    """A port that is taken gives an error that names it and says what to do."""
    with MockServer() as server:
        port = urlsplit(server.base_url).port or 0
        with pytest.raises(ConfigurationError, match=rf"port {port} .* is in use; .*choose another port"):
            MockServer(port=port).__enter__()


def test_a_foreign_address_is_a_configuration_error() -> None:
    """An address that is not this machine's gives an error that names it."""
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.7, port 0: .+"):
        serve(MockCore(clock=now), Settings(host="192.0.2.7"))


@pytest.mark.parametrize("port", [65536, -1])
def test_an_impossible_port_is_a_configuration_error(port: int) -> None:
    """A number that is no port gives the same kind of error."""
    with pytest.raises(ConfigurationError, match=f"port {port}"):
        MockServer(port=port).__enter__()


def test_stopping_cuts_an_upload_that_hangs() -> None:
    """A server stops within its second of grace although a client is still uploading, and logs no traceback."""
    with MockServer() as server, connect(server) as client:
        report_id = open_report(client)
        hanging = begin_upload(server, report_id)
    assert hanging.recv(1000) == b""
    hanging.close()
    assert not server.core.reports[report_id].files


def test_stopping_lets_an_upload_come_to_its_end() -> None:
    """An upload that is complete within the second of grace is answered, and its file is there."""
    with ThreadPoolExecutor(1) as pool, MockServer() as server, connect(server) as client:
        report_id = open_report(client)
        uploading = begin_upload(server, report_id)
        idle = socket.create_connection(("127.0.0.1", urlsplit(server.base_url).port or 0), timeout=10)

        def complete() -> bytes:
            # A server that stops closes the connections on which nothing is under way.
            with idle, uploading:
                assert idle.recv(1) == b""
                end = b"\r\n" + END
                uploading.sendall(b"y" * (ANNOUNCED - len(begun(report_id)) - len(end)) + end)
                return uploading.recv(1000)

        answer = pool.submit(complete)
    assert answer.result().startswith(b"HTTP/1.1 200")
    assert len(server.core.reports[report_id].files) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_runs_until_a_signal_and_ends_in_order(number: signal.Signals) -> None:
    """serve() tells its address, serves, and returns on SIGTERM and SIGINT."""
    script = (
        "from cybertip.mock import MockCore, serve\n"
        "from cybertip.mock.server import Settings, now\n"
        "serve(MockCore({'a': 'b'}, clock=now), Settings(), lambda url: print(url, flush=True))\n"
        "print('done')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(url + "/status", auth=("a", "b"), trust_env=False).status_code == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "done\n", "")
