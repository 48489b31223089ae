"""One try at one call: the request's body, whether the network took it, and the reading of what came back.

Both clients use it; they differ only in who waits.
"""

from __future__ import annotations

import logging
import secrets
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
from cybertip.errors import CallError, CallTimeoutError, ConnectionFailedError, ConnectionLostError
from cybertip.evidence import HashedReading

T = TypeVar("T")
Progress = Callable[[int], None]

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
        self.body.close()

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
            for block in self.reading:
                yield block
                if self.progress is not None:
                    self.progress(len(block))
        # Set before the part is handed out: from here on the server may have everything.
        self.taken = True
        yield self.after

    def next_part(self) -> bytes | None:
        """The next part of the body, or None after the last."""
        return next(self.body, None)

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
            headers=tuple((key.lower(), value) for key, value in response.headers.multi_items()),
            body=bytes(body),
            received_at=datetime.now(UTC),
            complete=body.complete,
        )
        seconds = time.monotonic() - self.started
        log.debug("%s: HTTP %d in %.3f s, Request-ID %s", self.call.name, answer.status, seconds, answer.request_id)
        result = self.call.read(answer)
        if isinstance(self.call, Upload) and self.reading is not None:
            self.call.check_md5(cast("UploadResult", result), self.reading.md5)
        return result

    def _failure(self, problem: httpx.TransportError) -> CallError:
        """The error for a call that brought no answer."""
        has_body = bool(self.headers)
        sent = not isinstance(problem, _BEFORE_SENDING) and (self.taken or not has_body)
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
    """Collects the parts of an answer's body, up to a limit of bytes and of time."""

    def __init__(self, seconds: float) -> None:
        self._parts: list[bytes] = []
        self._left = MAX_ANSWER_BYTES
        self._deadline = time.monotonic() + seconds
        self.complete = False

    def add(self, part: bytes) -> bool:
        """Take a part; False when a limit is reached, which a server that sends byte by byte for hours does too."""
        self._parts.append(part[: self._left])
        self._left -= len(self._parts[-1])
        return self._left > 0 and time.monotonic() < self._deadline

    def __bytes__(self) -> bytes:
        return b"".join(self._parts)
