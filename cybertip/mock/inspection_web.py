"""Looking at a mock and steering it over HTTP: everything below `/_mock/`.

It needs no credentials, so it is careful about who asks, unless the mock was told otherwise. Other machines are turned
away. A page of another site that is open in somebody's browser cannot reach it either: requests under a foreign
host name are refused (DNS rebinding), and so is everything that changes something and does not say that it is JSON,
which browsers do not send across sites without asking.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cybertip.errors import ConfigurationError
from cybertip.mock import inspection, pages
from cybertip.mock.clock import FIRST_YEAR, LAST_YEAR
from cybertip.mock.core import MockCore
from cybertip.mock.faults import read_plan
from cybertip.mock.state import ReceivedReport, ReportState

INSPECTION_PATH = "/_mock"
"""Where the mock can be looked at; beside the API, not below it."""

MAX_BODY = 1024 * 1024
"""The largest body that is read here."""

Endpoint = Callable[[Request], Awaitable[Response]]

_HEADERS = {
    # Nothing from elsewhere, nothing inline, nothing to be framed or submitted: what clients sent is shown as text.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class ClockMove(BaseModel):
    """What `POST /_mock/clock` takes: exactly one of these."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    advance_seconds: Annotated[float, Field(gt=0, le=3_155_760_000, allow_inf_nan=False)] | None = None
    set_to: AwareDatetime | None = None
    reset: bool = False


class _Problem(Exception):
    """A request that cannot be served, in words."""

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = headers


def inspection_routes(core: MockCore, *, remotely: bool) -> list[Route]:
    """The routes of a core.

    Args:
        core: what is looked at.
        remotely: whether other machines may look, too.
    """
    desk = _Desk(core)
    table: list[tuple[str, str, Endpoint]] = [
        ("GET", "/health", desk.health),
        ("GET", "/reports", desk.reports),
        ("DELETE", "/reports", desk.forget),
        ("GET", "/reports/{id}", desk.report),
        ("GET", "/reports/{id}/xml", desk.xml),
        ("GET", "/exchanges", desk.exchanges),
        ("GET", "/faults", desk.faults),
        ("PUT", "/faults", desk.set_faults),
        ("GET", "/clock", desk.clock),
        ("POST", "/clock", desk.move_clock),
        ("GET", "", desk.to_front_page),
        ("GET", "/", desk.front_page),
        ("GET", "/view/{id}", desk.report_page),
        ("GET", "/assets/{name}", desk.asset),
    ]
    routes = []
    for path in dict.fromkeys(path for _, path, _ in table):
        methods = {method: endpoint for method, other, endpoint in table if other == path}
        routes.append(Route(INSPECTION_PATH + path, _Guarded(methods, remotely=remotely)))
    # What is nothing here is no request to the API either, and is not noted as one.
    routes.append(Route(INSPECTION_PATH + "/{rest:path}", _Guarded({}, remotely=remotely)))
    return routes


class _Guarded:
    """The methods of a path, behind the guard. To Starlette it is an application, so it gets every method."""

    def __init__(self, methods: dict[str, Endpoint], *, remotely: bool) -> None:
        self._methods = {**methods, "HEAD": methods["GET"]} if "GET" in methods else methods
        self._remotely = remotely

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            _check_origin(request, remotely=self._remotely)
            if not self._methods:
                raise _Problem(404, "there is nothing here; /_mock/ is where to start")
            if request.method not in self._methods:
                raise _Problem(405, "another method is needed here", {"Allow": ", ".join(self._methods)})
            return await self._methods[request.method](request)
        except _Problem as problem:
            data = {"cybertip_mock": inspection.FORMAT, "error": problem.words}
            return JSONResponse(data, problem.status, problem.headers)
        except ClientDisconnect:
            return Response(status_code=400)


def _check_origin(request: Request, *, remotely: bool) -> None:
    try:
        host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        raise _Problem(400, "the Host header names no host") from None
    if remotely:
        return
    if request.client is not None and not _is_loopback(request.client.host):
        raise _Problem(403, "only this machine may look; start the mock with --inspect-remotely to let others")
    if host != "localhost" and not _is_address(host) and request.client is not None:
        raise _Problem(403, "ask under an address or as localhost, not under another host name")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if not _is_address(host):
        return False
    address = ipaddress.ip_address(host)
    # A socket that listens on IPv6 gives IPv4 clients such an address; Python looks into it only from 3.13 on.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


async def _json(request: Request) -> bytes:
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Problem(415, "send JSON, with Content-Type: application/json")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise _Problem(413, f"at most {MAX_BODY} bytes are read here")
    return bytes(body)


class _Desk:
    def __init__(self, core: MockCore) -> None:
        self._core = core

    # --- data ----------------------------------------------------------------------------------------------------

    async def health(self, request: Request) -> Response:
        return JSONResponse(inspection.health(self._core))

    async def reports(self, request: Request) -> Response:
        return JSONResponse(inspection.reports(self._chosen(request)))

    async def forget(self, request: Request) -> Response:
        if request.query_params:
            raise _Problem(400, "all reports are deleted at once; no filter is taken here")
        return JSONResponse({"cybertip_mock": inspection.FORMAT, "deleted": self._core.forget()})

    async def report(self, request: Request) -> Response:
        return JSONResponse(inspection.report_in_full(self._report(request)))

    async def xml(self, request: Request) -> Response:
        # As it arrived, and for saving rather than for showing: it may hold anything.
        report = self._report(request)
        headers = {"Content-Disposition": f'attachment; filename="{report.id}.xml"'}
        return Response(report.xml, media_type="application/xml", headers=headers)

    async def exchanges(self, request: Request) -> Response:
        return JSONResponse(inspection.exchanges(self._core))

    # --- steering ------------------------------------------------------------------------------------------------

    async def faults(self, request: Request) -> Response:
        return JSONResponse(self._core.faults.left.model_dump(mode="json"))

    async def set_faults(self, request: Request) -> Response:
        try:
            self._core.set_faults(read_plan(await _json(request)))
        except ConfigurationError as problem:
            raise _Problem(400, str(problem)) from None
        return await self.faults(request)

    async def clock(self, request: Request) -> Response:
        return JSONResponse(inspection.clock(self._core))

    async def move_clock(self, request: Request) -> Response:
        try:
            move = ClockMove.model_validate_json(await _json(request))
        except ValidationError:
            move = ClockMove()
        given = [move.advance_seconds is not None, move.set_to is not None, move.reset]
        if sum(given) != 1:
            raise _Problem(
                400,
                'give one of {"advance_seconds": 86400}, {"set_to": "2026-01-31T08:00:00Z"} with its UTC offset,'
                ' and {"reset": true}',
            )
        try:
            if move.reset:
                self._core.reset_clock()
            elif move.set_to is not None:
                self._core.move_clock(to=move.set_to.astimezone(UTC))
            else:
                self._core.move_clock(by=timedelta(seconds=move.advance_seconds or 0))
        except (OverflowError, ValueError):
            words = f"the mock's time must stay between the years {FIRST_YEAR} and {LAST_YEAR}"
            raise _Problem(400, words) from None
        return await self.clock(request)

    # --- pages ---------------------------------------------------------------------------------------------------

    async def to_front_page(self, request: Request) -> Response:
        return RedirectResponse(f"{INSPECTION_PATH}/")

    async def front_page(self, request: Request) -> Response:
        base_url = f"{request.url.scheme}://{request.url.netloc}/ispws"
        state = request.query_params.get("state")
        return pages.front(self._core, self._chosen(request), ReportState(state) if state else None, base_url)

    async def report_page(self, request: Request) -> Response:
        return pages.detail(self._core, self._report(request))

    async def asset(self, request: Request) -> Response:
        found = pages.asset(request.path_params["name"])
        if found is None:
            raise _Problem(404, "there is no such page")
        return found

    # --- what a request names ------------------------------------------------------------------------------------

    def _chosen(self, request: Request) -> list[ReceivedReport]:
        query: dict[str, Any] = dict(request.query_params)
        state = query.pop("state", None) or None
        account = query.pop("account", None) or None
        if query:
            raise _Problem(400, "reports can be filtered by state and account, and by nothing else")
        if state is not None and state not in list(ReportState):
            raise _Problem(400, f"a report's state is one of {', '.join(ReportState)}")
        return inspection.chosen(self._core, ReportState(state) if state else None, account)

    def _report(self, request: Request) -> ReceivedReport:
        wanted: str = request.path_params["id"]
        reports = self._core.reports
        if wanted == "latest" and reports:
            return list(reports.values())[-1]
        # Digits of other scripts are no report ids, and Python reads none that are longer than a few thousand.
        if wanted.isascii() and wanted.isdigit() and len(wanted) <= 19 and int(wanted) in reports:
            return reports[int(wanted)]
        raise _Problem(404, "there is no such report; /_mock/reports lists them")
