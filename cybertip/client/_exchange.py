"""One try at one call: the request's body, whether the network took it, and the reading of what came back.

Both clients use it; they differ only in who waits.
"""

from __future__ import annotations

import logging
import math
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

import anyio
import httpx

from cybertip.calls import Call, Upload, UploadResult
from cybertip.calls.answers import MAX_ANSWER_BYTES, Answer, clean
from cybertip.calls.forms import XML_CONTENT_TYPE, FormBody, XmlBody, encode_form
from cybertip.calls.known import what_is_known
from cybertip.client._settings import Settings
from cybertip.errors import (
    CallError,
    CallTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    EvidenceError,
    WrongReportError,
)
from cybertip.evidence import HashedReading

T = TypeVar("T")
Progress = Callable[[int], object]
"""Is told a number of bytes. What it returns is passed over."""

log = logging.getLogger("cybertip.client")

# No request byte can have left when one of these is raised.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class Exchange(Generic[T]):
    """One try at one call.

    Attributes:
        taken: whether the network has taken the last part of the body. The transport's exceptions do not tell: httpcore
            passes over write errors to look for an early answer.
    """

    def __init__(self, call: Call[T], settings: Settings, progress: Progress | None) -> None:
        self.call = call
        self.settings = settings
        self.progress = progress
        self.taken = False
        self.reading: HashedReading | None = None
        self.before: tuple[bytes, ...] = ()
        self.after = b""
        self.size = 0
        self.headers: dict[str, str] = {}
        self.started = time.monotonic()
        self._describe()
        self.body = self._parts()
        self._closed = False
        self._reading = threading.Lock()

    def _describe(self) -> None:
        body = self.call.body()
        if isinstance(body, XmlBody):
            self.after = body.data
            self.headers["Content-Type"] = XML_CONTENT_TYPE
            self.size = len(body.data)
        elif isinstance(body, FormBody):
            form = encode_form(body, f"cybertip-{secrets.token_hex(16)}")
            self.before, self.after = (form.head,), form.tail
            self.headers["Content-Type"] = form.content_type
            self.size = len(form.head) + len(form.tail)
            if body.file is not None:
                self.reading = HashedReading(body.file)
                self.size += body.file.size
        if body is not None:
            self.headers["Content-Length"] = str(self.size)

    def close(self) -> None:
        """Close the file, wherever reading has stopped."""
        self._closed = True
        # asyncio can cancel a task while a worker thread is reading for it. The thread closes the file then.
        if self._reading.acquire(blocking=False):
            try:
                self.body.close()
            finally:
                self._reading.release()

    @property
    def sent(self) -> bool:
        """Whether the server may have the whole request, if there was a connection."""
        has_body = bool(self.headers)
        return self.taken or not has_body

    def build(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """The request."""
        content: Any = None
        if self.headers:
            content = _in_threads(self) if isinstance(http, httpx.AsyncClient) else self.body
        # One slash exactly, whatever httpx makes of a base URL with a path.
        return http.build_request(
            self.call.method,
            f"{self.settings.endpoint.base_url}/{self.call.name}",
            content=content,
            headers=self.headers,
            timeout=self.settings.timeouts.for_body(self.size),
        )

    def _parts(self) -> Generator[bytes]:
        """The body, part by part."""
        yield from self.before
        if self.reading is not None:
            gone = 0
            for block in self.reading:
                yield block
                gone += len(block)
                if self.progress is not None:
                    self.progress(gone)
        # Set before the part is handed out: from here on the server may have everything.
        self.taken = True
        yield self.after

    def next_part(self) -> bytes | None:
        """The next part of the body, or None after the last."""
        try:
            with self._reading:
                return next(self.body, None)
        finally:
            if self._closed:
                self.close()

    def collector(self) -> AnswerBody:
        """What takes the answer's body in."""
        return AnswerBody(self.settings.timeouts.read)

    def result(self, response: httpx.Response | None, body: AnswerBody, problem: httpx.TransportError | None) -> T:
        """The result of what came back, or nothing. Raises CallError.

        Called outside the except clause, so that no traceback leads into frames that hold the request's headers.
        """
        if response is None:
            raise self._failure(cast("httpx.TransportError", problem))
        answer = Answer(
            status=response.status_code,
            headers=tuple((key.lower(), value) for key, value in response.extensions[_HEADERS]),
            body=bytes(body),
            received_at=datetime.now(UTC),
            complete=body.complete,
        )
        seconds = time.monotonic() - self.started
        log.debug("%s: HTTP %d in %.3f s, Request-ID %s", self.call.name, answer.status, seconds, answer.request_id)
        try:
            result = self.call.read(answer)
        except WrongReportError:
            # Whose answer that is, nobody knows, so nothing follows from it.
            raise
        except CallError as error:
            if not self.sent:
                error.known = what_is_known(sent=False, http_status=error.http_status, code=error.code)
            raise
        if isinstance(self.call, Upload) and self.reading is not None:
            self.call.check_md5(cast("UploadResult", result), self.reading.md5)
        return result

    def _failure(self, problem: httpx.TransportError) -> CallError:
        """The error for a call that brought no answer."""
        sent = self.sent and not isinstance(problem, _BEFORE_SENDING)
        kind: type[CallError]
        if isinstance(problem, httpx.TimeoutException):
            kind, message = CallTimeoutError, _TIMEOUTS.get(type(problem), "the time was up")
        elif isinstance(problem, _BEFORE_SENDING):
            # Only the system's own words about connecting; those about requests could quote headers.
            kind, message = ConnectionFailedError, f"no connection: {clean(str(problem), 200) or 'no reason given'}"
        else:
            kind, message = ConnectionLostError, "the connection broke before an answer came"
        log.debug("%s: %s after %.3f s", self.call.name, kind.__name__, time.monotonic() - self.started)
        return kind(message, call=self.call.name, known=what_is_known(sent=sent), report_id=self.call.report_id)


_HEADERS = "cybertip.headers"


def keep_headers(response: httpx.Response) -> None:
    """Take the headers down, and hide from httpx where a redirect points.

    httpx reads the address even where it is told not to follow it, and fails over odd ones with errors of many kinds.
    """
    response.extensions[_HEADERS] = response.headers.multi_items()
    response.headers.pop("location", None)


async def keep_headers_async(response: httpx.Response) -> None:
    """The same, for the asynchronous client."""
    keep_headers(response)


def veil(problem: Exception) -> None:
    """Take the frames of the HTTP library out of a traceback: their variables hold the content being sent.

    What the caller's own callback did stays in it.
    """
    trace = problem.__traceback__
    while trace is not None and trace.tb_frame.f_code is not Exchange._parts.__code__:
        trace = trace.tb_next
    # The frames of reading a file hold content as well.
    problem.__traceback__ = None if trace is None or isinstance(problem, EvidenceError) else trace.tb_next


_TIMEOUTS: dict[type[Exception], str] = {
    httpx.ConnectTimeout: "no connection within the time allowed",
    httpx.PoolTimeout: "no free connection within the time allowed; too many calls at once",
    httpx.WriteTimeout: "the network did not take the request within the time allowed",
    httpx.ReadTimeout: "no answer within the time allowed",
}


async def _in_threads(exchange: Exchange[Any]) -> AsyncIterator[bytes]:
    """The body for the asynchronous client: files are read and hashed in a worker thread, not on the event loop."""
    if exchange.reading is None:
        for part in exchange.body:
            yield part
    else:
        while (block := await anyio.to_thread.run_sync(exchange.next_part)) is not None:
            yield block


class AnswerBody:
    """Collects the parts of an answer's body, up to a limit of bytes and of time, counted from the first part."""

    def __init__(self, seconds: float) -> None:
        self._parts: list[bytes] = []
        self._left = MAX_ANSWER_BYTES
        self._seconds = seconds
        self._deadline = math.inf
        self.complete = False

    def add(self, part: bytes) -> bool:
        """Take a part; False when a limit is reached, which a server that sends byte by byte for hours does too."""
        if not self._parts:
            self._deadline = time.monotonic() + self._seconds
        fits = len(part) <= self._left
        self._parts.append(part[: self._left])
        self._left -= len(self._parts[-1])
        return fits and time.monotonic() < self._deadline

    async def fill(self, parts: AsyncIterator[bytes]) -> None:
        """Take all parts. A function of its own, so that no later traceback has a part as a variable."""
        async for part in parts:
            if not self.add(part):
                return
        self.complete = True

    def __bytes__(self) -> bytes:
        return b"".join(self._parts)
