"""The web layer of the mock: turns HTTP requests into calls of `MockCore`, and its answers into HTTP.

It keeps nothing. Each request goes the same way: who asks, which fault it meets, the body, the act, the answer; what a
fault does on the way is read off its `Delivery`.
"""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import NamedTuple, cast

import anyio
from python_multipart.multipart import parse_options_header
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cybertip.mock.answers import Answer, Code, Refused
from cybertip.mock.core import MockCore
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import AnyFault, Delivery
from cybertip.mock.forms import Form, FormReader, form_reader, multipart_reader
from cybertip.mock.inspection_web import inspection_routes
from cybertip.mock.keeping import Keeper
from cybertip.mock.line import Cut, Line
from cybertip.xml import MAX_BYTES

BASE_PATH = "/ispws"
"""Where the API lives on its host (documented)."""


class Act(NamedTuple):
    """What a request asks for."""

    do: Callable[[], Answer]
    drop: Callable[[], None] = lambda: None
    """To be called in the end, whether or not it was done."""


Pieces = AsyncGenerator[bytes, None]
Reading = Callable[[Request, str, Pieces], Awaitable[Act]]
"""Reads a request of an account, and gives what is to be done."""


def create_app(
    core: MockCore,
    *,
    line: Line | None = None,
    keeper: Keeper | None = None,
    inspect_remotely: bool = False,
    on_exchange: Callable[[Exchange], None] | None = None,
) -> Starlette:
    """The ASGI application in front of a core. Use it from one event loop only.

    In a test it can be used without a socket: ``httpx.AsyncClient(transport=httpx.ASGITransport(app))``. A fault that
    resets the connection then raises ConnectionResetError.

    Args:
        core: what answers.
        line: what the application can do to its connections. Only a server with sockets has more to offer than the
            default.
        keeper: keeps the bytes of uploaded files.
        inspect_remotely: whether other machines may look at what arrived, too.
        on_exchange: called with each request that has come to its end.
    """
    web = _Web(core, line or Line(), keeper, on_exchange)
    routes: list[BaseRoute] = [
        web.route("GET", "status", web.status),
        web.route("GET", "xsd", web.xsd),
        web.route("POST", "submit", web.submit),
        web.route("POST", "upload", web.upload),
        web.route("POST", "fileinfo", web.fileinfo),
        web.route("POST", "finish", web.finish),
        web.route("POST", "retract", web.retract),
        *inspection_routes(core, remotely=inspect_remotely),
    ]
    app = Starlette(routes=routes)
    # A path with a slash too many is another path, not a redirection: a client must not follow one with a report.
    app.router.redirect_slashes = False
    app.router.default = web.no_endpoint
    app.add_exception_handler(HTTPException, web.wrong_method)
    return app


class _Web:
    def __init__(
        self, core: MockCore, line: Line, keeper: Keeper | None, on_exchange: Callable[[Exchange], None] | None
    ) -> None:
        self._core = core
        self._line = line
        self._keeper = keeper
        self._on_exchange = on_exchange

    # --- endpoints: read the request, and say what is to be done -------------------------------------------------

    async def status(self, request: Request, account: str, pieces: Pieces) -> Act:
        host = request.client.host if request.client else "unknown"
        # A socket for both kinds of addresses shows those of IPv4 as IPv6.
        host = host.removeprefix("::ffff:")
        return Act(lambda: self._core.status(account, host))

    async def xsd(self, request: Request, account: str, pieces: Pieces) -> Act:
        return Act(lambda: self._core.xsd(account))

    async def submit(self, request: Request, account: str, pieces: Pieces) -> Act:
        body = await _xml_body(request, pieces)
        return Act(lambda: self._core.submit(account, body))

    async def upload(self, request: Request, account: str, pieces: Pieces) -> Act:
        # Nothing is refused before the form is complete: its id may stand behind its file. The moment that counts for
        # the report's life is when the file has arrived (assumed).
        form = await _form(multipart_reader(_content_type(request), self._keeper), pieces)
        try:
            file, report_id = form.file(), form.report_id()
        except Refused:
            form.discard()
            raise

        def act() -> Answer:
            facts = {"name": file.name, "md5": file.md5, "sha256": file.sha256}
            return self._core.upload(account, report_id, size=file.size, keep=partial(form.keep, report_id), **facts)

        return Act(act, form.discard)

    async def fileinfo(self, request: Request, account: str, pieces: Pieces) -> Act:
        body = await _xml_body(request, pieces)
        return Act(lambda: self._core.fileinfo(account, body))

    async def finish(self, request: Request, account: str, pieces: Pieces) -> Act:
        report_id = (await _form(form_reader(_content_type(request)), pieces)).report_id()
        return Act(lambda: self._core.finish(account, report_id))

    async def retract(self, request: Request, account: str, pieces: Pieces) -> Act:
        report_id = (await _form(form_reader(_content_type(request)), pieces)).report_id()
        return Act(lambda: self._core.retract(account, report_id))

    # --- the way of a request ------------------------------------------------------------------------------------

    def route(self, method: str, call: str, read: Reading) -> Route:
        """A route to one endpoint."""

        async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
            await self._pass(call, read, scope, receive, send)

        # Starlette takes functions for views, and every other callable for an application.
        return Route(f"{BASE_PATH}/{call}", _Application(endpoint), methods=[method])

    async def _pass(self, call: str, read: Reading, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope, receive)
        account = self._account(request)
        exchange, fault = self._core.begin(request.method, call, account)
        way = fault.delivery if fault is not None else Delivery()
        answer, ended = None, "gone"
        try:
            if account is None:
                # Before the body is read (assumed); what still arrives of it is discarded.
                answer = self._core.answers.unauthorized()
            else:
                answer = await self._answer(call, read, request, account, exchange, fault)
            ended = await self._send(answer, way, scope, receive, send)
        except Cut:
            ended = "cut"
            await self._line.cut(scope, receive)
        except ClientDisconnect:
            # The request never came to its end, so nothing was done. Nobody is left to read an answer.
            pass
        except anyio.get_cancelled_exc_class():
            # A server that stops has waited long enough. Anybody else who cancels shall know that it worked.
            if not self._line.stopping:
                raise
        except Exception as problem:
            # Without sockets, cutting an answer in its middle raises.
            ended = "cut" if isinstance(problem, ConnectionResetError) else "failed"
            raise
        finally:
            self._core.end(exchange, answer, ended, time.perf_counter() - started)
            if self._on_exchange is not None:
                self._on_exchange(exchange)

    async def _send(self, answer: Answer, way: Delivery, scope: Scope, receive: Receive, send: Send) -> str:
        """Send an answer as the fault has it, and tell how the exchange ended."""
        if way.cut_after_acting or (way.wait_for_hangup and not self._line.has_connections):
            raise Cut
        if way.wait_for_hangup or (way.wait_after and await self._line.pause_for(way.wait_after, receive)):
            return "gone"
        return "answered" if await self._line.deliver(answer, way, scope, receive, send) else "gone"

    async def _answer(
        self, call: str, read: Reading, request: Request, account: str, exchange: Exchange, fault: AnyFault | None
    ) -> Answer:
        way = fault.delivery if fault is not None else Delivery()
        if way.cut_before_reading:
            raise Cut
        act = await self._read(call, read, request, account, _pieces(request, exchange, way.cut_after))
        try:
            if way.cut_after is not None:
                raise Cut  # The body was no longer than what was to be read of it.
            # It acts in any case, also when the client has not waited for it; but not because the server stops.
            await self._line.pause(way.wait_before)
            if way.wait_for_hangup and self._line.has_connections:
                await self._line.hung_up(request.receive)
            if self._line.stopping and (way.wait_before or way.wait_for_hangup):
                raise Cut
            return self._core.perform(fault, call, act.do)
        finally:
            act.drop()

    async def _read(self, call: str, read: Reading, request: Request, account: str, pieces: Pieces) -> Act:
        async with aclosing(pieces):
            try:
                return await read(request, account, pieces)
            except Refused as refusal:
                answer = self._core.answers.refusal(refusal, call)
                return Act(lambda: answer)

    # --- around the endpoints ------------------------------------------------------------------------------------

    async def no_endpoint(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers an unknown path with 404, as a servlet container would (assumed)."""
        if scope["type"] == "http":
            await self._page(Request(scope, receive), HTTPStatus.NOT_FOUND)(scope, receive, send)

    async def wrong_method(self, request: Request, problem: Exception) -> Response:
        """Answers a wrong method with 405, as a servlet container would (assumed)."""
        # Starlette calls this for its HTTPException only, but its types promise any exception.
        known = cast("HTTPException", problem)
        return self._page(request, HTTPStatus(known.status_code), known.headers)

    def _page(self, request: Request, status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Response:
        started = time.perf_counter()
        account = self._account(request)
        exchange, _ = self._core.begin(request.method, "", account)
        if request.url.path.startswith(f"{BASE_PATH}/") and account is None:
            # Below the API's own path credentials are asked for first, as a filter before a servlet does (assumed).
            answer = self._core.answers.unauthorized()
        else:
            answer = self._core.answers.page(status, headers)
        self._core.end(exchange, answer, "answered", time.perf_counter() - started)
        if self._on_exchange is not None:
            self._on_exchange(exchange)
        return Response(answer.body, answer.status, headers=answer.headers)

    def _account(self, request: Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, _, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
        except ValueError:
            # Not ASCII, not base64, or not UTF-8 within.
            return None
        return self._core.authenticate(name, password)


class _Application:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _content_type(request: Request) -> str:
    return request.headers.get("Content-Type", "")


async def _pieces(request: Request, exchange: Exchange, cut_after: int | None) -> Pieces:
    """The body as it arrives. Raises Cut once more bytes of it have arrived than a fault lets through."""
    async with aclosing(request.stream()) as stream:
        async for piece in stream:
            exchange.request_bytes += len(piece)
            if cut_after is not None and exchange.request_bytes > cut_after:
                raise Cut
            yield piece


async def _xml_body(request: Request, pieces: Pieces) -> bytes:
    """The body of a call that takes a document.

    Raises:
        Refused: 4000, with HTTP 400, for another Content-Type (assumed: HTTP 415 would be as likely), and for a body
            beyond the limit of the mock (assumed: the real one must have some).
    """
    kind, options = parse_options_header(_content_type(request))
    # Documented: text/xml; charset=utf-8. That application/xml will do, and that a missing charset will not, is
    # assumed: for text/xml without one, HTTP's old default is not UTF-8.
    is_utf8 = options.get(b"charset", b"").lower() in (b"utf-8", b"utf8")
    if kind not in (b"text/xml", b"application/xml") or not is_utf8:
        raise Refused(Code.INVALID_REQUEST, "Content-Type must be text/xml; charset=utf-8")
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > MAX_BYTES:
            raise Refused(Code.INVALID_REQUEST, f"the document has more than {MAX_BYTES} bytes")
    return bytes(body)


async def _form(reader: FormReader, pieces: Pieces) -> Form:
    try:
        async for piece in pieces:
            reader.write(piece)
        return reader.finish()
    except BaseException:
        reader.discard()
        raise
