"""The mock on a real socket: in the background of a test, or as a program of its own."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import uvicorn
from starlette.types import Scope

from cybertip.errors import ConfigurationError
from cybertip.mock.app import BASE_PATH, create_app
from cybertip.mock.behaviour import Behaviour
from cybertip.mock.certificate import Certificate, make_certificate
from cybertip.mock.core import MockCore
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import AnyFault, FaultPlan, RandomFaults
from cybertip.mock.inspection_web import INSPECTION_PATH
from cybertip.mock.keeping import Keeper
from cybertip.mock.line import Line
from cybertip.mock.protocol import NoUpgrades
from cybertip.mock.state import FIRST_REPORT_ID, ReceivedReport

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8750

_BACKLOG = 2048
_GRACE = 1.0
"""Seconds that requests under way get to come to their end when the server stops."""


def now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where and how a mock serves.

    Attributes:
        host: the address to listen on. Beyond loopback the mock is open to the network.
        port: the port to listen on; 0 takes any free one.
        certificate: what to serve HTTPS with.
        keeper: keeps the bytes of uploaded files.
        inspect_remotely: whether other machines may look at what arrived, too.
        on_exchange: called with each request that has come to its end, in the thread of the server.
    """

    host: str = LOOPBACK
    port: int = 0
    certificate: Certificate | None = None
    keeper: Keeper | None = None
    inspect_remotely: bool = False
    on_exchange: Callable[[Exchange], None] | None = None


class MockServer:
    """A mock server in a background thread, for the time of a ``with`` block.

    It listens on loopback. Any number of them can run in one process; each has accounts and reports of its own.
    `core` stays readable after the block.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        core: MockCore | None = None,
        behaviour: Behaviour | None = None,
        first_report_id: int = FIRST_REPORT_ID,
        port: int = 0,
        tls: bool = False,
        keep_files: Path | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        """Prepare a server; it starts with the ``with`` block.

        Args:
            accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
            core: the core to serve, in place of `accounts`, `behaviour` and `first_report_id`: with a clock of one's
                own, or reports from before.
            behaviour: how to behave where the real server's behaviour is not known, or changed.
            first_report_id: the id of the first report; each later one is one more.
            port: the port to listen on; 0 takes any free one.
            tls: whether to serve HTTPS, with a certificate made for the occasion (`ca_file`).
            keep_files: a folder to keep the bytes of uploaded files in.
            on_exchange: called, in the thread of the server, with each request that has come to its end; a queue's
                ``put`` lets a test wait for one that nobody waits for any more.

        Raises:
            ConfigurationError: an account cannot be used with HTTP Basic authentication, the folder cannot be used, or
                a package for TLS is missing.
            TypeError: `core` is given together with what it has of its own.
        """
        if core is not None and (accounts is not None or behaviour is not None or first_report_id != FIRST_REPORT_ID):
            raise TypeError("give accounts, behaviour and first id, or a core, not both: a core has its own")
        self.core = core or MockCore(accounts, clock=now, behaviour=behaviour, first_report_id=first_report_id)
        self._settings = Settings(
            port=port,
            certificate=make_certificate(LOOPBACK) if tls else None,
            keeper=Keeper(keep_files) if keep_files is not None else None,
            on_exchange=on_exchange,
        )
        self._base_url: str | None = None
        self._server: _Server | None = None
        self._running = ExitStack()

    def __repr__(self) -> str:
        return f"MockServer({self._base_url or 'not started'}, core={self.core!r})"

    @property
    def base_url(self) -> str:
        """The address of the API, such as ``http://127.0.0.1:8750/ispws``. Raises RuntimeError before the start."""
        if self._base_url is None:
            raise RuntimeError("the mock server has not been started: use it in a with statement")
        return self._base_url

    @property
    def inspection_url(self) -> str:
        """The address to look at it, such as ``http://127.0.0.1:8750/_mock``. Raises RuntimeError before the start."""
        return self.base_url.removesuffix(BASE_PATH) + INSPECTION_PATH

    @property
    def username(self) -> str:
        """The name of the first account."""
        return next(iter(self.core.accounts))

    @property
    def password(self) -> str:
        """The password of the first account, in clear."""
        return self.core.accounts.password(self.username)

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables with which `cybertip` and programs made with it reach this mock."""
        variables = {
            "CYBERTIP_ENVIRONMENT": "mock",
            "CYBERTIP_BASE_URL": self.base_url,
            "CYBERTIP_USERNAME": self.username,
            "CYBERTIP_PASSWORD": self.password,
        }
        return variables if self.ca_file is None else {**variables, "SSL_CERT_FILE": str(self.ca_file)}

    @property
    def ca_file(self) -> Path | None:
        """The certificate for clients to trust, where it serves HTTPS. The file is gone when the server is."""
        return self._settings.certificate.ca_file if self._settings.certificate is not None else None

    # --- what arrived, and what is to happen ---------------------------------------------------------------------

    @property
    def reports(self) -> list[ReceivedReport]:
        """Every report that was opened, oldest first."""
        return list(self.core.reports.values())

    def report(self, report_id: int | Literal["latest"] = "latest") -> ReceivedReport:
        """One report. Raises LookupError where there is none."""
        if report_id != "latest":
            return self.core.reports[report_id]
        if not self.core.reports:
            raise LookupError("no report has been opened yet")
        return self.reports[-1]

    @property
    def faults(self) -> tuple[AnyFault, ...]:
        """The faults that are left."""
        return self.core.faults.left.faults

    def set_faults(self, *faults: AnyFault, random: RandomFaults | None = None) -> None:
        """Replace all faults; none are left where none are given."""
        self._do(partial(self.core.set_faults, FaultPlan(faults=faults, random=random)))

    def advance(self, by: timedelta) -> None:
        """Move the mock's time on."""
        self._do(partial(self.core.move_clock, by=by))

    def reset(self) -> None:
        """Forget all reports, faults and moves of the clock. Report ids go on from where they are."""
        self._do(self._reset)

    def _reset(self) -> None:
        self.core.forget()
        self.core.set_faults(FaultPlan())
        self.core.reset_clock()

    def _do(self, action: Callable[[], object]) -> None:
        """Let something happen to the core where everything happens to it: in the thread of the server."""
        if self._server is None:
            action()
        else:
            self._server.do(action)

    def __enter__(self) -> Self:
        """Start, and return once it takes connections.

        Raises:
            ConfigurationError: the port cannot be used.
        """
        with ExitStack() as running:
            if self._settings.certificate is not None:
                running.enter_context(self._settings.certificate)
            listener = _listen(LOOPBACK, self._settings.port)
            self._base_url = _base_url(listener, self._settings)
            self._server = running.enter_context(_in_background(self.core, self._settings, listener))
            self._running = running.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: requests under way get a second to come to their end, then their connections are cut."""
        self._running.close()
        self._server = None


def serve(core: MockCore, settings: Settings | None = None, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, then return. Call it from the main thread, where signals arrive.

    Args:
        core: what answers. Its clock should be `now`.
        settings: where and how.
        on_ready: called with the base URL once connections are taken.

    Raises:
        ConfigurationError: the address or the port cannot be used.
    """
    settings = settings or Settings(port=DEFAULT_PORT)
    listener = _listen(settings.host, settings.port)
    base_url = _base_url(listener, settings)

    def ready() -> None:
        if on_ready is not None:
            on_ready(base_url)

    with listener:
        _Server(core, settings, ready).run([listener])


@contextmanager
def _in_background(core: MockCore, settings: Settings, listener: socket.socket) -> Iterator[_Server]:
    ready = threading.Event()
    server = _Server(core, settings, ready.set)

    def run() -> None:
        try:
            with listener:
                server.run([listener])
        finally:
            # Nobody may wait for a server that could not start; the thread itself reports why.
            ready.set()

    thread = threading.Thread(target=run, name="cybertip mock", daemon=True)
    thread.start()
    ready.wait()
    try:
        if not server.started:
            raise RuntimeError("the mock server did not start")
        yield server
    finally:
        server.should_exit = True
        thread.join()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. uvicorn could open it, but would then end the process where it cannot."""
    if not 0 <= port <= 65535:
        raise ConfigurationError(f"port {port} does not exist; choose one from 1024 to 65535 (0 takes any free one)")
    listener: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        # A server that was just stopped leaves connections behind that would block its port for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except (OSError, UnicodeError) as problem:
        if listener is not None:
            listener.close()
        # A name that is too long or has an empty part is a UnicodeError to Python, whose words are of no use here.
        reason = problem.strerror if isinstance(problem, OSError) else "that is no host name"
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            cure = "stop the program that uses it, or choose another port (0 takes any free one)"
            raise ConfigurationError(f"port {port} on {host} is in use; {cure}") from None
        cure = "choose an address of this machine, and a port that you may use"
        raise ConfigurationError(f"cannot listen on {host}, port {port}: {reason}; {cure}") from None
    return listener


def _base_url(listener: socket.socket, settings: Settings) -> str:
    scheme = "http" if settings.certificate is None else "https"
    host, port = listener.getsockname()[:2]
    # Who listens everywhere is reached on loopback, too, and a wildcard is no address to send anything to.
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{BASE_PATH}"


class _Server(uvicorn.Server):
    """uvicorn, but telling when it takes connections, ending in order, and able to end a single connection."""

    def __init__(self, core: MockCore, settings: Settings, on_ready: Callable[[], None]) -> None:
        self._line = Line(self._hang)
        app = create_app(
            core,
            line=self._line,
            keeper=settings.keeper,
            inspect_remotely=settings.inspect_remotely,
            on_exchange=settings.on_exchange,
        )
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            http=NoUpgrades,
            server_header=False,
            # /status tells the address that a request really came from.
            proxy_headers=False,
            # A library does not configure the logging of the program that it runs in; switching the access log off
            # would do that, too. Its lines (level INFO) hold a method, a path and a status.
            log_config=None,
        )
        if settings.certificate is not None:
            # uvicorn takes a certificate's files only; this one never was in any.
            config.load()
            config.ssl = settings.certificate.context
        super().__init__(config)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None

    def do(self, action: Callable[[], object]) -> None:
        """Do something in the thread of the server, and return when it is done. Raises what it raises."""
        if self._loop is None:
            raise RuntimeError("the mock server is not running")
        done: Future[object] = Future()

        def run() -> None:
            try:
                done.set_result(action())
            except Exception as problem:  # noqa: BLE001 - raised again where it belongs
                done.set_exception(problem)

        self._loop.call_soon_threadsafe(run)
        done.result()

    def _hang(self, scope: Scope, *, reset: bool) -> None:
        """End the connection that a request came on."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) != scope["client"]:
                continue
            if reset:
                # Without lingering, closing sends a reset, whatever is still under way in either direction.
                connection.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                connection.transport.abort()
            else:
                connection.transport.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn's own time limit cancels what still runs, and logs a traceback for each. A connection that is cut
        # ends the same requests the way a client's hanging up does.
        self._line.stop()
        limit = asyncio.get_running_loop().call_later(_GRACE, self._cut_connections)
        # uvicorn waits for its listeners, and these for every TLS handshake, also for one that stalls for a minute.
        # Nothing is lost with a connection on which no request was sent.
        listeners, self.servers = self.servers, []
        for listener in listeners:
            listener.close()
        await super().shutdown(sockets)
        limit.cancel()

    def _cut_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal once more after an orderly end, which ends the program in disorder after all.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
