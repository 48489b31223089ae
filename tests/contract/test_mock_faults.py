"""Every fault over a real socket, as a client meets it, and what the server has done when it is over."""

from __future__ import annotations

import logging
import queue
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from cybertip.mock import MockServer, ReportState
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import (
    AnyFault,
    Delay,
    Dribble,
    Late,
    Maintenance,
    Reset,
    ResponseCode,
    Status,
    Throttle,
    Truncate,
    Unauthorized,
    WrongContentType,
    WrongHash,
    WrongReportId,
)
from cybertip.mock.state import ReceivedReport
from tests.mock_http import END, MULTIPART, XML, connect, part, response
from tests.samples import report_xml

EXCHANGES: queue.Queue[Exchange] = queue.Queue()
"""What the server has done with, so that tests can wait for what no client waits for any more."""


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(on_exchange=EXCHANGES.put) as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> MockServer:
    """The server, without faults, reports or a moved clock."""
    running.reset()
    while not EXCHANGES.empty():
        EXCHANGES.get()
    return running


@pytest.fixture
def client(server: MockServer) -> Iterator[httpx.Client]:
    with connect(server) as client:
        yield client


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No fault makes the server log anything, but that something was no HTTP."""
    yield
    logged = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert {record.getMessage() for record in logged} <= {"Invalid HTTP request received."}


@pytest.fixture
def report(server: MockServer, client: httpx.Client) -> ReceivedReport:
    client.post("/submit", content=report_xml(), headers=XML)
    return server.report("latest")


def finish(client: httpx.Client, report: ReceivedReport) -> httpx.Response:
    return client.post("/finish", data={"id": str(report.id)})


def ended(call: str, how: str) -> Exchange:
    """The next exchange of this endpoint to end, which must end in this way."""
    while True:
        exchange = EXCHANGES.get(timeout=30)
        if exchange.call == call:
            assert exchange.ended == how
            return exchange


# --- connections that are cut ---


def test_reset_after_acting(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """The report is finished, and the client gets a reset instead of the receipt."""
    server.set_faults(Reset(call="finish", at="after-acting"))
    with pytest.raises(httpx.ReadError, match="reset"):
        finish(client, report)
    assert report.state is ReportState.FINISHED
    exchange = ended("finish", "cut")
    assert (exchange.http_status, exchange.code, exchange.fault) == (None, 0, "reset after-acting")
    assert response(finish(client, report)).response_code == 5102


@pytest.mark.parametrize("at", ["before-reading", "while-reading"])
def test_reset_before_acting(server: MockServer, client: httpx.Client, report: ReceivedReport, at: str) -> None:
    """The client gets a reset, and nothing was done: the next try succeeds."""
    server.set_faults(Reset.model_validate({"call": "finish", "at": at}))
    with pytest.raises(httpx.TransportError):
        finish(client, report)
    assert report.state is ReportState.OPEN
    assert finish(client, report).status_code == 200


def test_reset_while_reading_takes_as_many_bytes_as_it_was_told(server: MockServer, report: ReceivedReport) -> None:
    """The server reads on until it has more bytes than it was told, and cuts in the middle of the upload."""
    server.set_faults(Reset(call="upload", at="while-reading", after_bytes=1_000_000))
    form = part("id", str(report.id).encode()) + part("file", bytes(50_000_000), "big.bin") + END
    with connect(server) as client, pytest.raises(httpx.TransportError):
        client.post("/upload", content=form, headers=MULTIPART)
    assert 1_000_000 < ended("upload", "cut").request_bytes < 50_000_000
    assert not report.files


def test_a_body_shorter_than_that_is_cut_at_its_end(server: MockServer, client: httpx.Client) -> None:
    """A reset while reading never lets a request through, however short its body is."""
    server.set_faults(Reset(call="submit", at="while-reading", after_bytes=10**9))
    with pytest.raises(httpx.TransportError):
        client.post("/submit", content=report_xml(), headers=XML)
    assert not server.reports


def test_a_reset_is_a_reset(server: MockServer, report: ReceivedReport) -> None:
    """The connection ends with RST and not in order, so that the client's system reports an error."""
    server.set_faults(Reset(call="status", at="after-acting"))
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        request = (
            f"GET /ispws/status HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Basic {_token(server)}\r\n\r\n"
        )
        connection.sendall(request.encode())
        with pytest.raises(ConnectionResetError):
            connection.recv(1000)


def _token(server: MockServer) -> str:
    return httpx.BasicAuth(server.username, server.password)._auth_header.removeprefix("Basic ")


def test_only_the_connection_of_the_request_is_cut(server: MockServer, report: ReceivedReport) -> None:
    """Another connection of the same client goes on."""
    with connect(server) as one, connect(server) as two:
        one.get("/status")
        two.get("/status")
        server.set_faults(Reset(call="finish"))
        with pytest.raises(httpx.TransportError):
            finish(one, report)
        assert two.get("/status").status_code == 200


# --- time ---


def test_late_delivery(server: MockServer, report: ReceivedReport) -> None:
    """The client's time-out passes, and only then the server acts: a report that seemed unfinished is finished."""
    server.set_faults(Late(call="finish"))
    give_up(server, report)
    ended("finish", "gone")
    assert report.state is ReportState.FINISHED


def test_nothing_is_done_before_a_late_delivery(server: MockServer, report: ReceivedReport) -> None:
    """While the client still waits, a late request has had no effect."""
    server.set_faults(Late(call="finish"))
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        body = f"id={report.id}".encode()
        head = (
            f"POST /ispws/finish HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Basic {_token(server)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        with connect(server) as other:
            assert other.get("/status").status_code == 200
        waiting = report.state
    ended("finish", "gone")
    assert (waiting, report.state) == (ReportState.OPEN, ReportState.FINISHED)


def test_delay_before_answering(server: MockServer, report: ReceivedReport) -> None:
    """A slow server has acted when the client gives up, and then answers nobody."""
    server.set_faults(Delay(call="finish", seconds=3600))
    give_up(server, report)
    assert ended("finish", "gone").http_status is None
    assert report.state is ReportState.FINISHED


def test_delay_before_acting(server: MockServer, report: ReceivedReport) -> None:
    """A slow server has not acted when the client gives up, and acts all the same when its time has come."""
    server.set_faults(Delay(call="finish", seconds=1.5, before="acting"))
    give_up(server, report)
    then = report.state
    ended("finish", "answered")
    assert (then, report.state) == (ReportState.OPEN, ReportState.FINISHED)


def give_up(server: MockServer, report: ReceivedReport) -> None:
    """Ask for a /finish, and hang up before it is answered."""
    with connect(server) as impatient:
        impatient.timeout = httpx.Timeout(0.2)
        with pytest.raises(httpx.ReadTimeout):
            finish(impatient, report)


def test_a_delay_is_waited_for(server: MockServer, client: httpx.Client) -> None:
    """A patient client gets its answer after the delay."""
    server.set_faults(Delay(call="status", seconds=0.3))
    assert client.get("/status").status_code == 200
    # A timer may wake up early by its resolution, which is some microseconds.
    assert round(ended("status", "answered").seconds or 0, 3) >= 0.3


def test_dribble(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """The receipt comes in pieces, and is whole in the end."""
    server.set_faults(Dribble(call="finish", pause=0.01, piece=20))
    with client.stream("POST", "/finish", data={"id": str(report.id)}) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 3
    assert b"".join(pieces).endswith(b"</reportDoneResponse>")


def test_stopping_does_not_wait_for_a_delay() -> None:
    """A server that is stopped gives up its delays."""
    with MockServer() as server:
        server.set_faults(Delay(call="status", seconds=3600), Delay(call="status", seconds=3600, before="acting"))
        address = urlsplit(server.base_url)
        head = f"GET /ispws/status HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {_token(server)}\r\n\r\n"
        with ExitStack() as stack:
            for _ in range(2):
                connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=10)
                stack.enter_context(connection).sendall(head.encode())
            with connect(server) as other:
                assert other.get("/xsd").status_code == 200
            hanging = stack.pop_all()
    hanging.close()
    assert not server.faults


# --- answers that mislead ---


def test_code_after_acting(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """1000 although it was finished."""
    server.set_faults(ResponseCode(call="finish", code=1000, acts=True))
    answer = finish(client, report)
    assert (answer.status_code, response(answer).response_code) == (400, 1000)
    assert report.state is ReportState.FINISHED


def test_code_without_acting(server: MockServer, client: httpx.Client) -> None:
    """1100 to a submit that opened nothing, for the next two."""
    server.set_faults(ResponseCode(call="submit", code=1100, times=2))
    codes = [response(client.post("/submit", content=report_xml(), headers=XML)).response_code for _ in range(3)]
    assert (codes, len(server.reports)) == ([1100, 1100, 0], 1)


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Status(call="finish", status=502), 502, None),
        (Status(call="finish", status=200, body="<html>wait</html>"), 200, None),
        (Throttle(call="finish", retry_after=3), 429, ("Retry-After", "3")),
        (Maintenance(call="finish"), 503, None),
        (Unauthorized(call="finish"), 401, ("WWW-Authenticate", 'Basic realm="ESP Web Services"')),
    ],
)
def test_pages_in_place_of_an_answer(
    server: MockServer,
    client: httpx.Client,
    report: ReceivedReport,
    fault: Status | Throttle | Maintenance | Unauthorized,
    status: int,
    header: tuple[str, str] | None,
) -> None:
    """Gateways, throttling, maintenance and lost credentials answer without acting; the next try succeeds."""
    server.set_faults(fault)
    answer = finish(client, report)
    assert answer.status_code == status
    assert header is None or answer.headers[header[0]] == header[1]
    assert report.state is ReportState.OPEN
    assert finish(client, report).status_code == 200


def test_lost_credentials_for_a_while(server: MockServer, client: httpx.Client) -> None:
    """401 until the time is over, on the mock's clock."""
    server.set_faults(Unauthorized(times=None, for_seconds=600))
    assert [client.get("/status").status_code for _ in range(3)] == [401] * 3
    server.advance(timedelta(minutes=10))
    assert client.get("/status").status_code == 200


def test_truncated_body(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """HTTP is in order, and the XML breaks off."""
    server.set_faults(Truncate(call="finish"))
    answer = finish(client, report)
    assert answer.status_code == 200
    assert b"</reportDoneResponse>" not in answer.content
    assert report.state is ReportState.FINISHED


def test_truncated_connection(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """The connection ends before the announced length."""
    server.set_faults(Truncate(call="finish", cut="connection"))
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        finish(client, report)
    assert report.state is ReportState.FINISHED


def test_wrong_content_type(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """The receipt under another Content-Type."""
    server.set_faults(WrongContentType(call="finish"))
    assert finish(client, report).headers["Content-Type"] == "text/html;charset=ISO-8859-1"


def test_wrong_hash_and_wrong_report(server: MockServer, client: httpx.Client, report: ReceivedReport) -> None:
    """The answer to an upload lies about the MD5 or the report; the file is there all the same."""
    server.set_faults(WrongHash(), WrongReportId(call="upload"))
    answers = [
        response(client.post("/upload", data={"id": str(report.id)}, files={"file": ("a.txt", b"abc")}))
        for _ in range(2)
    ]
    assert [one.hash == file.md5 for one, file in zip(answers, report.files, strict=True)] == [False, True]
    assert [one.report_id for one in answers] == [report.id, report.id + 1]


# --- requests that ask for another protocol ---


@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_a_wish_for_http2_is_ignored(server: MockServer, pieces: int) -> None:
    """Java's client asks for HTTP/2 with its first request; its body arrives, and so does a second request."""
    address = urlsplit(server.base_url)
    body = report_xml()
    head = (
        f"POST /ispws/submit HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: {len(body)}\r\n"
        f"Host: {address.netloc}\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
        f"Authorization: Basic {_token(server)}\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n"
    )
    whole = head.encode() + body
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for number in range(pieces):
                connection.sendall(whole[len(whole) * number // pieces : len(whole) * (number + 1) // pieces])
            answer = b""
            while b"</reportResponse>" not in answer:
                received = connection.recv(4096)
                assert received, answer
                answer += received
            assert answer.startswith(b"HTTP/1.1 200")
    assert [one.xml for one in server.reports] == [body, body]


# --- clients that send ahead, and go away ---


@pytest.mark.parametrize(
    "fault",
    [
        Late(call="status", times=2),
        Reset(call="status", times=2),
        Truncate(call="status", times=2, cut="connection"),
        Delay(call="status", times=2, seconds=3600),
    ],
)
def test_a_client_that_sent_ahead_and_has_gone_holds_nothing_up(fault: AnyFault) -> None:
    """The request that is served learns that its client has gone, also with others behind it, and stopping works."""
    with MockServer() as server:
        server.set_faults(fault)
        address = urlsplit(server.base_url)
        request = f"GET /ispws/status HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {_token(server)}\r\n\r\n".encode()
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
            connection.sendall(request * 3)
            with connect(server) as other:
                other.get("/xsd")
    assert all(exchange.ended for exchange in server.core.exchanges)


def test_many_answers_that_nobody_reads(server: MockServer) -> None:
    """A client that sends hundreds of requests at once and resets leaves no trace in any log."""
    address = urlsplit(server.base_url)
    request = f"GET /ispws/xsd HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {_token(server)}\r\n\r\n".encode()
    for _ in range(10):
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request * 300)
            assert connection.recv(10)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with connect(server) as client:
        assert client.get("/status").status_code == 200


def test_a_head_without_end(server: MockServer) -> None:
    """The head of a request is bounded: a header of megabytes is refused before it has arrived."""
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(b"GET /ispws/status HTTP/1.1\r\nX: ")
        with pytest.raises(OSError):
            connection.sendall(b"x" * 100_000_000)


def test_an_action_from_within() -> None:
    """Whoever is called back by the server may steer it there and then."""

    def steer(_: Exchange) -> None:
        steered.advance(timedelta(hours=1))

    steered = MockServer(on_exchange=steer)
    with steered, connect(steered) as client:
        client.get("/status")
        client.get("/status")
        assert steered.core.clock.offset >= timedelta(hours=1)
