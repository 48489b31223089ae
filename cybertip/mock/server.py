"""The mock on a real socket: in the background of a test, or as a program of its own."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import uvicorn

from cybertip.errors import ConfigurationError
from cybertip.mock.app import BASE_PATH, create_app
from cybertip.mock.core import MockCore

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8750

_BACKLOG = 2048
_GRACE = 1.0
"""Seconds that requests under way get to come to their end when the server stops."""


def _now() -> datetime:
    return datetime.now(UTC)


class MockServer:
    """A mock server in a background thread, for the time of a ``with`` block.

    It listens on loopback. Any number of them can run in one process; each has accounts and reports of its own.
    `core` stays readable after the block.
    """

    def __init__(
        self, accounts: Mapping[str, str] | None = None, *, core: MockCore | None = None, port: int = 0
    ) -> None:
        """Prepare a server; it starts with the ``with`` block.

        Args:
            accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
            core: the core to serve, in place of `accounts`: with a clock of one's own, or reports from before.
            port: the port to listen on; 0 takes any free one.

        Raises:
            ConfigurationError: an account cannot be used with HTTP Basic authentication.
            TypeError: both `accounts` and `core` are given.
        """
        if accounts is not None and core is not None:
            raise TypeError("give accounts or a core, not both: a core has its accounts")
        self.core = core or MockCore(accounts, clock=_now)
        self._port = port
        self._base_url: str | None = None
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
    def username(self) -> str:
        """The name of the first account."""
        return next(iter(self.core.accounts))

    @property
    def password(self) -> str:
        """The password of the first account, in clear."""
        return self.core.accounts.password(self.username)

    def __enter__(self) -> Self:
        """Start, and return once it takes connections.

        Raises:
            ConfigurationError: the port cannot be used.
        """
        listener = _listen(LOOPBACK, self._port)
        self._base_url = _base_url(listener)
        self._running.enter_context(_in_background(self.core, listener))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: requests under way get a second to come to their end, then their connections are cut."""
        self._running.close()


def serve(
    host: str = LOOPBACK,
    port: int = DEFAULT_PORT,
    accounts: Mapping[str, str] | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return. Call it from the main thread, where signals arrive.

    Args:
        host: the address to listen on. Beyond loopback the mock is open to the network, without TLS.
        port: the port to listen on; 0 takes any free one.
        accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
        on_ready: called with the base URL once connections are taken.

    Raises:
        ConfigurationError: the address or the port cannot be used, or an account.
    """
    core = MockCore(accounts, clock=_now)
    listener = _listen(host, port)
    base_url = _base_url(listener)

    def ready() -> None:
        if on_ready is not None:
            on_ready(base_url)

    with listener:
        _Server(core, ready).run([listener])


@contextmanager
def _in_background(core: MockCore, listener: socket.socket) -> Iterator[None]:
    ready = threading.Event()
    server = _Server(core, ready.set)

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
        yield
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
    except OSError as problem:
        if listener is not None:
            listener.close()
        if problem.errno == errno.EADDRINUSE:
            cure = "stop the program that uses it, or choose another port (0 takes any free one)"
            raise ConfigurationError(f"port {port} on {host} is in use; {cure}") from None
        cure = "choose an address of this machine, and a port that you may use"
        raise ConfigurationError(f"cannot listen on {host}, port {port}: {problem.strerror}; {cure}") from None
    return listener


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    # Who listens everywhere is reached on loopback, too, and a wildcard is no address to send anything to.
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - compared with, not bound to
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{BASE_PATH}"


class _Server(uvicorn.Server):
    """uvicorn, but telling when it takes connections, and ending in order."""

    def __init__(self, core: MockCore, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            create_app(core),
            lifespan="off",
            ws="none",
            server_header=False,
            # /status tells the address that a request really came from.
            proxy_headers=False,
            # A library does not configure the logging of the program that it runs in; switching the access log off
            # would do that, too. Its lines (level INFO) hold a method, a path and a status.
            log_config=None,
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn's own time limit cancels what still runs, and logs a traceback for each. A connection that is cut
        # ends the same requests the way a client's hanging up does.
        limit = asyncio.get_running_loop().call_later(_GRACE, self._cut_connections)
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
