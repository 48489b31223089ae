"""One try at one call: what is handed to the network, when it counts as sent, and how it is given up."""

from __future__ import annotations

import io
import threading
from typing import Any, BinaryIO

import anyio
import httpx
import pytest

from cybertip import AsyncClient, RetryPolicy, calls, source
from cybertip.calls import Call
from cybertip.calls.answers import MAX_ANSWER_BYTES
from cybertip.calls.forms import XmlBody
from cybertip.client._exchange import AnswerBody, Exchange
from cybertip.errors import (
    CallError,
    ConnectionFailedError,
    ConnectionLostError,
    HashMismatchError,
    Known,
    WrongReportError,
)
from cybertip.evidence import BLOCK
from tests.canaries import PASSWORD, USERNAME
from tests.unit.calls.exchanges import ALL_CALLS, REPORT, UPLOADED, reply
from tests.unit.calls.test_forms import NAMES
from tests.unit.client.sending import PartOfBody, Pieces, client

ONCE = RetryPolicy(attempts=1)
BIG = source(bytes(3 * BLOCK + 7))
ALL_PARTS = 1000


def failure(transport: httpx.BaseTransport, call: Call[Any]) -> CallError:
    """The error of one try."""
    made, _ = client(transport, ONCE)
    with pytest.raises(CallError) as caught:
        made.send(call)
    return caught.value


def raising(problem: Exception) -> httpx.BaseTransport:
    """A network that fails before it takes anything."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise problem

    return PartOfBody(0, fail)


@pytest.mark.parametrize("name", [name for name, _ in NAMES])
@pytest.mark.parametrize("size", [0, 1, BLOCK + 1])
def test_the_announced_length_is_exact(name: str, size: int) -> None:
    """Whatever the file is called and however long it is, as many bytes are sent as were announced."""
    announced: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        announced.append(request.headers["content-length"])
        assert "transfer-encoding" not in request.headers
        return httpx.Response(500)

    transport = PartOfBody(ALL_PARTS, note)
    failure(transport, calls.Upload(REPORT, source(bytes(size), name=name)))
    assert announced == [str(sum(len(part) for part in transport.taken))]


@pytest.mark.parametrize("call", [call for call in ALL_CALLS if call.name in {"submit", "fileinfo"}])
def test_a_document_is_sent_as_it_is(call: Call[Any]) -> None:
    """A document is sent byte for byte, with the documented Content-Type."""
    types: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        types.append(request.headers["content-type"])
        return httpx.Response(500)

    transport = PartOfBody(ALL_PARTS, note)
    failure(transport, call)
    body = call.body()
    assert isinstance(body, XmlBody)
    assert (b"".join(transport.taken), types) == (body.data, ["text/xml; charset=utf-8"])


@pytest.mark.parametrize(
    "problem",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ProxyError("x"),
        httpx.UnsupportedProtocol("x"),
    ],
)
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_without_a_connection_nothing_was_sent(call: Call[Any], problem: Exception) -> None:
    """Every way not to get a connection proves the call unsent, also one without a body."""
    assert failure(raising(problem), call).known is Known.UNSENT


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_the_body_decides_whether_a_call_was_sent(call: Call[Any]) -> None:
    """A lost connection leaves the effect unknown only if the last part of the body was taken, or there is none."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.WriteError("x")

    has_body = call.body() is not None
    problem = failure(PartOfBody(0, fail), call)
    assert isinstance(problem, ConnectionLostError)
    assert problem.known is (Known.UNSENT if has_body else Known.UNKNOWN)
    assert failure(PartOfBody(ALL_PARTS, fail), call).known is Known.UNKNOWN


@pytest.mark.parametrize("parts", range(7))
def test_an_upload_is_sent_with_its_last_part(parts: int) -> None:
    """Up to the last block of the file an upload is unsent; with the end of the form it may have arrived."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("x")

    # The head of the form, four blocks, and its tail.
    expected = Known.UNKNOWN if parts == 6 else Known.UNSENT
    assert failure(PartOfBody(parts, fail), calls.Upload(REPORT, BIG)).known is expected


@pytest.mark.parametrize("answer", [httpx.Response(502, text="<html>"), httpx.Response(500, text=reply(1000))])
def test_an_early_error_proves_an_upload_unsent(answer: httpx.Response) -> None:
    """A gateway's error that comes before the last part was taken means that nobody had the whole file."""
    assert failure(PartOfBody(3, lambda _: answer), calls.Upload(REPORT, BIG)).known is Known.UNSENT


def test_an_early_error_after_everything_proves_nothing() -> None:
    """The same error after the last part leaves the effect unknown."""
    problem = failure(PartOfBody(ALL_PARTS, lambda _: httpx.Response(502)), calls.Upload(REPORT, BIG))
    assert problem.known is Known.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(1000, report_id=7), WrongReportError),
        (UPLOADED, HashMismatchError),
        (UPLOADED.replace(str(REPORT), "7"), WrongReportError),
        (reply(0), CallError),
    ],
)
def test_other_early_answers_prove_nothing(answer: str, kind: type[CallError]) -> None:
    """Success that comes too early, or an answer about another report, is no proof that nothing was stored."""
    problem = failure(PartOfBody(3, lambda _: httpx.Response(200, text=answer)), calls.Upload(REPORT, BIG))
    assert isinstance(problem, kind)
    assert problem.known is Known.UNKNOWN


def test_the_words_about_a_connection_are_fit_to_show() -> None:
    """What the system says about a connection is cleaned and kept short."""
    problem = failure(raising(httpx.ConnectError("no\x1b[2J way\n" + "x" * 500)), calls.Status())
    assert isinstance(problem, ConnectionFailedError)
    assert problem.args[0].startswith("no connection: no[2J way xxx")
    assert len(problem.args[0]) < 220


@pytest.mark.parametrize("over", [-1, 0, 1])
@pytest.mark.parametrize("piece", [1000, 1 << 16, MAX_ANSWER_BYTES + 1])
def test_an_answer_is_kept_up_to_the_limit(over: int, piece: int) -> None:
    """So many bytes are kept as the limit says, whatever pieces they come in; more stops the reading."""
    left = MAX_ANSWER_BYTES + over
    body = AnswerBody(60.0)
    going = True
    while going and left:
        size = min(piece, left)
        going = body.add(bytes(size))
        left -= size
    assert going is (over <= 0)
    assert len(bytes(body)) == min(MAX_ANSWER_BYTES, MAX_ANSWER_BYTES + over)


def test_nothing_is_read_beyond_the_limit() -> None:
    """A server that goes on sending is not listened to."""
    read: list[int] = []

    class Endless(Pieces):
        def __iter__(self) -> Any:
            for number in range(1000):
                read.append(number)
                yield bytes(1 << 20)

    problem = failure(PartOfBody(9, lambda _: httpx.Response(200, stream=Endless())), calls.Finish(REPORT))
    assert (problem.known, len(read)) == (Known.UNKNOWN, 5)


class Gate(io.BytesIO):
    """A slow disk: the second read waits until it is let go."""

    def __init__(self) -> None:
        super().__init__(bytes(3 * BLOCK))
        self.reads = 0
        self.reading = threading.Event()
        self.go = threading.Event()
        self.done = threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads == 2:
            self.reading.set()
            self.go.wait(30)
        return super().read(size)

    def close(self) -> None:
        super().close()
        self.done.set()


class Slow:
    """A source on a slow disk."""

    name = "slow.bin"
    size = 3 * BLOCK
    sha256 = None

    def __init__(self) -> None:
        self.file = Gate()

    def open(self) -> BinaryIO:
        return self.file


class Taking(httpx.AsyncBaseTransport):
    """Takes everything."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for _ in request.stream:
            pass
        return httpx.Response(200, text=reply(0))


@pytest.mark.anyio
async def test_a_task_that_is_cancelled_while_the_disk_is_slow() -> None:
    """Cancelling does not wait for the disk, raises nothing else, and the file is closed as soon as it can be."""
    import asyncio

    slow = Slow()
    async with AsyncClient(USERNAME, PASSWORD, transport=Taking()) as made:
        task = asyncio.create_task(made.upload(REPORT, slow))
        await anyio.to_thread.run_sync(slow.file.reading.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not slow.file.closed
        slow.file.go.set()
        assert await anyio.to_thread.run_sync(slow.file.done.wait, 30)
        assert (await made.status()).user is None
    assert slow.file.reads == 2


def test_closing_and_reading_may_cross() -> None:
    """An exchange that is closed while a part is read hands that part out, and then no other."""
    slow = Slow()
    made, _ = client(PartOfBody(0, lambda _: httpx.Response(500)))
    exchange = Exchange(calls.Upload(REPORT, slow), made._settings, None)
    parts: list[bytes | None] = []

    def read() -> None:
        parts.extend(exchange.next_part() for _ in range(4))

    reader = threading.Thread(target=read)
    reader.start()
    assert slow.file.reading.wait(30)
    exchange.close()
    exchange.close()
    slow.file.go.set()
    reader.join(30)
    assert [part is None for part in parts] == [False, False, False, True]
    assert slow.file.closed
    assert not exchange.taken
