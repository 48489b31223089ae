"""The web layer of the mock: turns HTTP requests into calls of `MockCore`, and its answers into HTTP.

It keeps nothing, and it logs nothing: requests hold personal data.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from http import HTTPStatus
from typing import cast

from python_multipart.multipart import parse_options_header
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from cybertip.mock.answers import Answer, Code, Refused
from cybertip.mock.core import MockCore
from cybertip.mock.forms import Form, FormReader, form_reader, multipart_reader
from cybertip.xml import MAX_BYTES

BASE_PATH = "/ispws"
"""Where the API lives on its host (documented)."""

Act = Callable[[Request, str], Awaitable[Answer]]


def create_app(core: MockCore) -> Starlette:
    """The ASGI application in front of a core. Use it from one event loop only."""
    web = _Web(core)
    routes = [
        web.route("GET", "/status", web.status),
        web.route("GET", "/xsd", web.xsd),
        web.route("POST", "/submit", web.submit),
        web.route("POST", "/upload", web.upload),
        web.route("POST", "/fileinfo", web.fileinfo),
        web.route("POST", "/finish", web.finish),
        web.route("POST", "/retract", web.retract),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: web.no_endpoint})
    # A path with a slash too many is another path, not a redirection: a client must not follow one with a report.
    app.router.redirect_slashes = False
    return app


class _Web:
    def __init__(self, core: MockCore) -> None:
        self._core = core

    # --- endpoints: read the request, let the core act -----------------------------------------------------------

    async def status(self, request: Request, account: str) -> Answer:
        return self._core.status(account, request.client.host if request.client else "unknown")

    async def xsd(self, request: Request, account: str) -> Answer:
        return self._core.xsd(account)

    async def submit(self, request: Request, account: str) -> Answer:
        return self._core.submit(account, await _xml_body(request))

    async def upload(self, request: Request, account: str) -> Answer:
        # Nothing is refused before the form is complete: its id may stand behind its file. The moment that counts for
        # the report's life is when the file has arrived (assumed).
        form = await _form(request, multipart_reader(_content_type(request)))
        file = form.file()
        return self._core.upload(
            account, form.report_id(), name=file.name, size=file.size, md5=file.md5, sha256=file.sha256
        )

    async def fileinfo(self, request: Request, account: str) -> Answer:
        return self._core.fileinfo(account, await _xml_body(request))

    async def finish(self, request: Request, account: str) -> Answer:
        form = await _form(request, form_reader(_content_type(request)))
        return self._core.finish(account, form.report_id())

    async def retract(self, request: Request, account: str) -> Answer:
        form = await _form(request, form_reader(_content_type(request)))
        return self._core.retract(account, form.report_id())

    # --- around them ---------------------------------------------------------------------------------------------

    def route(self, method: str, path: str, act: Act) -> Route:
        """A route that authenticates, acts and answers."""

        async def endpoint(request: Request) -> Response:
            account = self._account(request)
            if account is None:
                # Before the body is read (assumed); what still arrives of it is discarded.
                return _response(self._core.unauthenticated())
            try:
                return _response(await act(request, account))
            except Refused as refusal:
                return _response(self._core.refuse(refusal))
            except ClientDisconnect:
                # The request never came to its end, so nothing was done. Nobody is left to read this.
                return Response(status_code=HTTPStatus.BAD_REQUEST)

        return Route(BASE_PATH + path, endpoint, methods=[method])

    async def no_endpoint(self, request: Request, problem: Exception) -> Response:
        """Answers an unknown path with 404 and a wrong method with 405, as a servlet container would (assumed).

        Below the API's own path credentials are asked for first, as a filter in front of a servlet does (assumed).
        """
        if request.url.path.startswith(f"{BASE_PATH}/") and self._account(request) is None:
            return _response(self._core.unauthenticated())
        # Starlette calls this for its HTTPException only, but its types promise any exception.
        known = cast("HTTPException", problem)
        return _response(self._core.page(HTTPStatus(known.status_code), known.headers))

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


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, headers=answer.headers)


def _content_type(request: Request) -> str:
    return request.headers.get("Content-Type", "")


async def _xml_body(request: Request) -> bytes:
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
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > MAX_BYTES:
                raise Refused(Code.INVALID_REQUEST, f"the document has more than {MAX_BYTES} bytes")
    return bytes(body)


async def _form(request: Request, reader: FormReader) -> Form:
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            reader.write(piece)
    return reader.finish()
