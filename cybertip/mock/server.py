"""The mock on a real socket: serving until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import uvicorn
from starlette.types import Scope

from cybertip.errors import ConfigurationError
from cybertip.mock.app import BASE_PATH, create_app
from cybertip.mock.certificate import Certificate
from cybertip.mock.core import MockCore
from cybertip.mock.exchanges import Exchange
from cybertip.mock.keeping import Keeper
from cybertip.mock.line import Line
from cybertip.mock.protocol import NoUpgrades

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
    listener = listen(settings.host, settings.port)
    base_url = base_url_of(listener, settings)

    def ready() -> None:
        if on_ready is not None:
            on_ready(base_url)

    with listener:
        Server(core, settings, ready).run([listener])


def listen(host: str, port: int) -> socket.socket:
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


def base_url_of(listener: socket.socket, settings: Settings) -> str:
    scheme = "http" if settings.certificate is None else "https"
    host, port = listener.getsockname()[:2]
    # Who listens everywhere is reached on loopback, too, and a wildcard is no address to send anything to.
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{BASE_PATH}"


class Server(uvicorn.Server):
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
        self._thread = 0

    def do(self, action: Callable[[], object]) -> None:
        """Do something in the thread of the server, and return when it is done. Raises what it raises."""
        if self._loop is None:
            raise RuntimeError("the mock server is not running")
        if threading.get_ident() == self._thread:
            action()
            return
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
        self._thread = threading.get_ident()
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn's own time limit cancels what still runs, and logs a traceback for each. A connection that is cut
        # ends the same requests the way a client's hanging up does.
        self._line.stop()
        loop = asyncio.get_running_loop()
        limits = [loop.call_later(_GRACE, self._cut_connections), loop.call_later(2 * _GRACE, self._cancel_requests)]
        # uvicorn waits for its listeners, and these for every TLS handshake, also for one that stalls for a minute.
        # Nothing is lost with a connection on which no request was sent.
        listeners, self.servers = self.servers, []
        for listener in listeners:
            listener.close()
        await super().shutdown(sockets)
        for limit in limits:
            limit.cancel()

    def _cancel_requests(self) -> None:
        # Whatever still waits has no connection any more; nobody who stops a server may have to wait for it.
        for task in list(self.server_state.tasks):
            task.cancel()

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
