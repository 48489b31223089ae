"""Both clients against networks and servers that break, on real sockets."""

from __future__ import annotations

import hashlib
import socket
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from cybertip import RetryPolicy, Timeouts
from cybertip.errors import (
    CallError,
    CallTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    Known,
    TruncatedAnswerError,
)
from tests.contract.both_clients import KINDS, Driver, big_file, driving
from tests.contract.scripted_server import (
    PATIENCE,
    ScriptedServer,
    Step,
    http,
    read,
    read_all,
    read_request,
    reset,
    send,
    wait,
)
from tests.samples import report_xml
from tests.unit.calls.exchanges import FILE, FINISHED, REPORT, SUBMITTED, UPLOADED, reply

BOTH = pytest.mark.parametrize("kind", KINDS)
ONCE = RetryPolicy(attempts=1)
SOON = Timeouts(read=0.2, write=5.0, upload_rate=1e12)


def uploaded(md5: str) -> str:
    """The answer to an upload."""
    return UPLOADED.replace("fafa5efeaf3cbe3b23b2748d13e629a1", md5)


def md5_of(path: Path) -> str:
    """The MD5 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def finish(driver: Driver) -> CallError:
    """The error of finishing a report."""
    with pytest.raises(CallError) as caught:
        driver.do(lambda client: client.finish(REPORT))
    return caught.value


@BOTH
def test_a_refused_connection(kind: str) -> None:
    """Where nobody listens, nothing was sent, and every call is made again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with driving(kind, f"http://127.0.0.1:{port}/ispws", retry=RetryPolicy(attempts=3)) as driver:
        with pytest.raises(ConnectionFailedError) as caught:
            driver.do(lambda client: client.submit(report_xml()))
        assert (caught.value.known, len(driver.waits)) == (Known.UNSENT, 2)


@BOTH
def test_a_server_that_speaks_no_tls(kind: str) -> None:
    """Where TLS fails, nothing was sent: no credentials and no document."""
    script = [read(5), send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), read_all()]
    with ScriptedServer(script, script) as server, driving(kind, server.url("https")) as driver:
        with pytest.raises(ConnectionFailedError) as caught:
            driver.do(lambda client: client.submit(report_xml()))
        assert caught.value.known is Known.UNSENT
    assert len(server.connections) == 2
    assert all(b"POST" not in connection.received for connection in server.connections)


@BOTH
@pytest.mark.parametrize("first", [(reset(),), (read(300_000), reset()), (read(300_000),)])
def test_an_upload_that_breaks_off_is_sent_again(kind: str, first: tuple[Step, ...], tmp_path: Path) -> None:
    """A connection that breaks in the middle of the body proves the upload unsent; the file is read once more."""
    path = big_file(tmp_path / "big.bin", b"start")
    again = [read_request(), send(http(uploaded(md5_of(path))))]
    told: list[int] = []
    with ScriptedServer(first, again) as server, driving(kind, server.url()) as driver:
        result = driver.do(lambda client: client.upload(REPORT, path, told.append))
        assert (result.file_id, len(driver.waits)) == (FILE, 1)
    assert len(server.connections) == 2
    body = server.connections[1].received.partition(b"\r\n\r\n")[2]
    assert body.count(path.read_bytes()) == 1
    # What is told starts over with the repetition, and ends at the whole file.
    assert told[-1] == path.stat().st_size
    assert sum(later < earlier for earlier, later in pairwise(told)) <= 1


@BOTH
def test_an_upload_that_always_breaks_off(kind: str, tmp_path: Path) -> None:
    """After the last attempt the upload is still known to be unsent."""
    path = big_file(tmp_path / "big.bin")
    with ScriptedServer([read(1000), reset()], [read(1000), reset()]) as server, driving(kind, server.url()) as driver:
        with pytest.raises(ConnectionLostError) as caught:
            driver.do(lambda client: client.upload(REPORT, path))
        assert (caught.value.known, caught.value.report_id) == (Known.UNSENT, REPORT)
    assert len(server.connections) == 2


@BOTH
@pytest.mark.parametrize("end", [reset(), send(b""), send(b"HTTP/1.1 20")])
def test_a_connection_that_breaks_after_the_request(kind: str, end: Step, tmp_path: Path) -> None:
    """Once everything was sent, a broken connection leaves the effect unknown, and an upload is not made again."""
    path = big_file(tmp_path / "big.bin")
    with ScriptedServer([read_request(), end]) as server, driving(kind, server.url()) as driver:
        with pytest.raises(ConnectionLostError) as caught:
            driver.do(lambda client: client.upload(REPORT, path))
        assert (caught.value.known, driver.waits) == (Known.UNKNOWN, [])
    assert len(server.connections) == 1


@BOTH
def test_submit_whose_answer_is_lost(kind: str) -> None:
    """A report may be open although nobody knows its id, so the client does not open another."""
    with ScriptedServer([read_request(), reset()]) as server, driving(kind, server.url()) as driver:
        with pytest.raises(ConnectionLostError) as caught:
            driver.do(lambda client: client.submit(report_xml()))
        assert (caught.value.known, caught.value.report_id) == (Known.UNKNOWN, None)
    assert len(server.connections) == 1
    assert server.connections[0].received.endswith(report_xml())


@BOTH
def test_finish_whose_answer_is_lost_is_made_again(kind: str) -> None:
    """Finishing twice does no harm, so a lost receipt is asked for again."""
    scripts = [[read_request(), reset()], [read_request(), send(http(FINISHED))]]
    with ScriptedServer(*scripts) as server, driving(kind, server.url()) as driver:
        assert driver.do(lambda client: client.finish(REPORT)).receipt == FINISHED.encode()
    assert len(server.connections) == 2


@BOTH
def test_no_answer_in_time(kind: str) -> None:
    """A server that says nothing leaves the effect unknown."""
    over = threading.Event()
    with ScriptedServer([read_request(), wait(over)]) as server, driving(kind, server.url(), timeouts=SOON) as driver:
        with pytest.raises(CallTimeoutError, match="no answer within the time") as caught:
            driver.do(lambda client: client.submit(report_xml()))
        assert caught.value.known is Known.UNKNOWN
        over.set()
    assert len(server.connections) == 1


@BOTH
def test_a_network_that_takes_nothing(kind: str, tmp_path: Path) -> None:
    """A request that the network does not take in time was not sent."""
    path = big_file(tmp_path / "big.bin")
    over = threading.Event()
    hasty = Timeouts(write=0.2)
    with (
        ScriptedServer([read(1000), wait(over)]) as server,
        driving(kind, server.url(), timeouts=hasty, retry=ONCE) as driver,
    ):
        with pytest.raises(CallTimeoutError, match="did not take the request") as caught:
            driver.do(lambda client: client.upload(REPORT, path))
        assert caught.value.known is Known.UNSENT
        over.set()


@BOTH
@pytest.mark.parametrize("end", ["close", "reset", "silence"])
def test_an_answer_that_breaks_off(kind: str, end: str) -> None:
    """An answer of which only a part arrived is told from one that never came, and its part is kept."""
    part = SUBMITTED[:100]
    over = threading.Event()
    last = {"close": send(b""), "reset": reset(), "silence": wait(over)}[end]
    script = [read_request(), send(http(part, length=500)), last]
    with ScriptedServer(script) as server, driving(kind, server.url(), timeouts=SOON) as driver:
        with pytest.raises(TruncatedAnswerError) as caught:
            driver.do(lambda client: client.submit(report_xml()))
        over.set()
    assert len(server.connections) == 1
    problem = caught.value
    assert (problem.known, problem.http_status) == (Known.UNKNOWN, 200)
    assert problem.answer is not None
    assert (problem.answer.body, problem.answer.complete) == (part.encode(), False)


@BOTH
def test_a_receipt_is_taken_although_the_connection_breaks_behind_it(kind: str) -> None:
    """The last tag has arrived, so the report is filed, whatever the length said."""
    script = [read_request(), send(http(FINISHED, length=5000)), reset()]
    with ScriptedServer(script) as server, driving(kind, server.url()) as driver:
        result = driver.do(lambda client: client.finish(REPORT))
        assert (result.file_ids[0], result.answer.complete) == (FILE, False)


class Leaping:
    """A clock on which a thousand seconds pass whenever somebody looks, or when it is pushed."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self.step = step

    def monotonic(self) -> float:
        """The time."""
        self.now += self.step
        return self.now


@BOTH
def test_an_answer_that_never_ends(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends its answer in drops is given up on after the time for an answer, not after the last drop."""
    monkeypatch.setattr("cybertip.client._exchange.time", Leaping(1000.0))
    script = [read_request(), send(http(FINISHED[:50], length=5000)), read_all()]
    with ScriptedServer(script) as server, driving(kind, server.url(), retry=ONCE) as driver:
        problem = finish(driver)
        assert server.connections[0].closed.wait(PATIENCE)
    assert isinstance(problem, TruncatedAnswerError)


@BOTH
def test_the_time_for_an_answer_begins_with_the_answer(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload that takes longer than an answer may take does not cut its answer short."""
    clock = Leaping(0.0)
    monkeypatch.setattr("cybertip.client._exchange.time", clock)
    path = big_file(tmp_path / "big.bin", size=1000)
    answer = uploaded(md5_of(path)).encode()
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (answer[:60], answer[60:], b""))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"

    def hours_pass(_: int) -> None:
        clock.now += 10_000

    with ScriptedServer([read_request(), send(head + chunks)]) as server, driving(kind, server.url()) as driver:
        result = driver.do(lambda client: client.upload(REPORT, path, hours_pass))
        assert (result.file_id, result.answer.complete) == (FILE, True)


@BOTH
def test_a_connection_that_the_server_has_closed_is_not_used_again(kind: str) -> None:
    """A keep-alive connection that was closed meanwhile is noticed before anything is sent into it."""
    first = [read_request(), send(http(reply(0), keep=True))]
    second = [read_request(), send(http(SUBMITTED))]
    with ScriptedServer(first, second) as server, driving(kind, server.url()) as driver:
        driver.do(lambda client: client.status())
        assert server.connections[0].closed.wait(PATIENCE)
        assert driver.do(lambda client: client.submit(report_xml())).report_id == REPORT
        assert driver.waits == []
    assert len(server.connections) == 2


@BOTH
def test_a_connection_is_used_again(kind: str) -> None:
    """Calls that follow each other share a connection."""
    one = [read_request(), send(http(reply(0), keep=True))]
    with ScriptedServer(one + one) as server, driving(kind, server.url()) as driver:
        for _ in range(2):
            driver.do(lambda client: client.status())
    assert len(server.connections) == 1
