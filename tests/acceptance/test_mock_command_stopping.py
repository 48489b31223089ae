"""``cybertip mock``: a signal ends it within seconds, in order, whatever its requests are doing."""

from __future__ import annotations

import contextlib
import signal
import socket
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.programs import DEFAULTS, PATIENCE, Program, open_report
from tests.mock_http import MULTIPART, part

Start = Callable[..., Program]

SIGNALS = pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])


def ask(program: Program, head: str, body: bytes = b"") -> socket.socket:
    """A connection on which a request was sent."""
    connection = socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE)
    token = b64encode(":".join(DEFAULTS).encode()).decode()
    connection.sendall(f"{head} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\n".encode() + body)
    return connection


def under_way(program: Program, call: str) -> None:
    """Wait until the mock has begun with a request; it tells of each that has not ended."""
    for _ in range(1000):  # each round is a request and its answer, so this is no busy waiting
        if any(one["call"] == call and not one["ended"] for one in program.look("/exchanges")["exchanges"]):
            return
    raise AssertionError(f"no /{call} has begun")


@SIGNALS
@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "delay", "seconds": 1000},
        {"fault": "delay", "seconds": 1000, "before": "acting"},
        {"fault": "late"},
        {"fault": "dribble", "pause": 1000},
    ],
    ids=["delay", "delay before acting", "late", "dribble"],
)
def test_a_request_that_hangs_does_not_keep_it(start: Start, sign: signal.Signals, fault: dict[str, object]) -> None:
    """A signal ends a mock although a request waits out a fault: with status 0 and without a traceback."""
    program = start()
    program.steer("PUT", "/faults", [fault])
    with ask(program, "GET /ispws/status", b"\r\n") as connection:
        under_way(program, "status")
        program.stop(sign)
        rest = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                rest += piece
    # What was done already is answered; what was still to be done is not done because the mock stops.
    assert (b"Remote User : mock" in rest) is (fault["fault"] != "late" and fault.get("before") != "acting")
    assert len(program.requests(1)) == 1


@SIGNALS
def test_an_upload_that_hangs_does_not_keep_it(start: Start, sign: signal.Signals) -> None:
    """A signal ends a mock although an upload has stalled, and the upload's line says how it ended."""
    program = start()
    with program.client() as client:
        report_id = open_report(client)
    head = f"Content-Type: {MULTIPART['Content-Type']}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
    with ask(program, "POST /ispws/upload", head.encode()) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 100")
        connection.sendall(part("id", str(report_id).encode()) + part("file", b"x" * 1000, "cut.bin"))
        under_way(program, "upload")
        program.stop(sign)
        assert connection.recv(1000) == b""
    assert "POST /upload no answer" in program.requests(2)[1]
    assert "[the client hung up]" in program.requests(2)[1]


def test_idle_connections_do_not_keep_it(start: Start) -> None:
    """A signal ends a mock although clients keep connections open."""
    program = start()
    with program.client() as client, ask(program, "GET /ispws/status"):
        client.get("/status")
        program.stop()


def test_a_hanging_request_over_tls_does_not_keep_it(start: Start, tmp_path: Path) -> None:
    """With TLS, too, a signal ends a mock although somebody has connected and says nothing."""
    # uvloop comes to no end where its warning about a connection that it drops is made an error.
    program = start("--tls", PYTHONWARNINGS="error,ignore::ResourceWarning")
    with socket.create_connection(("127.0.0.1", program.port), timeout=PATIENCE):
        program.stop()


def test_no_request_is_acted_upon_because_the_mock_stops(start: Start) -> None:
    """A late request that still waits for its client to hang up does nothing, in the state file either."""
    program = start("--state", "state")
    with program.client() as client:
        report_id = open_report(client)
    program.steer("PUT", "/faults", [{"fault": "late", "call": "finish"}])
    form = f"id={report_id}".encode()
    head = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    with ask(program, "POST /ispws/finish", head + form):
        under_way(program, "finish")
        program.stop()
    assert start("--state", "state").look(f"/reports/{report_id}")["state"] == "open"
