"""A server on a raw socket that plays a script: what HTTP libraries never do, networks do."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

PATIENCE = 30.0
"""Seconds after which a script that hangs gives up, so that a failing test ends."""


@dataclass
class Connection:
    """One accepted connection.

    Attributes:
        received: everything that was read from it.
        closed: set when the script of this connection has come to its end and the connection is closed.
        patience_lost: whether the script waited in vain for something to read.
    """

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    closed: threading.Event = field(default_factory=threading.Event)
    patience_lost: bool = False

    @property
    def head(self) -> str:
        """The first request's line and headers."""
        return self.received.partition(b"\r\n\r\n")[0].decode("latin-1")


Step = Callable[[Connection], None]
Script = Iterable[Step]


def read(count: int) -> Step:
    """Read so many bytes, or all there are."""

    def step(connection: Connection) -> None:
        end = len(connection.received) + count
        while len(connection.received) < end and _more(connection, end - len(connection.received)):
            pass

    return step


def read_request() -> Step:
    """Read one whole request, by its Content-Length."""

    def step(connection: Connection) -> None:
        start = len(connection.received)
        while b"\r\n\r\n" not in connection.received[start:]:
            if not _more(connection, 1):
                return
        head = bytes(connection.received[start:]).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
        read(int(length or 0))(connection)

    return step


def read_all() -> Step:
    """Read until the client closes the connection."""

    def step(connection: Connection) -> None:
        while _more(connection, 1 << 16):
            pass

    return step


def send(data: bytes) -> Step:
    """Send bytes. That the client no longer listens is no error."""

    def step(connection: Connection) -> None:
        try:
            connection.socket.sendall(data)
        except OSError:
            return

    return step


def reset() -> Step:
    """Break the connection at once."""

    def step(connection: Connection) -> None:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.socket.close()

    return step


def end_of_answer() -> Step:
    """Say that nothing more comes, and go on listening."""

    def step(connection: Connection) -> None:
        connection.socket.shutdown(socket.SHUT_WR)

    return step


def wait(event: threading.Event) -> Step:
    """Do nothing until the event is set."""

    def step(connection: Connection) -> None:
        event.wait(PATIENCE)

    return step


def http(
    body: str | bytes = b"", status: str = "200 OK", *headers: str, length: int | None = None, keep: bool = False
) -> bytes:
    """An HTTP answer as bytes. Without `keep` the client is told that the connection closes."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data) if length is None else length}", *headers]
    if not keep:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + data


def _more(connection: Connection, count: int) -> bool:
    try:
        data = connection.socket.recv(min(count, 1 << 16))
    except TimeoutError:
        connection.patience_lost = True
        return False
    except OSError:
        return False
    connection.received += data
    return bool(data)


class ScriptedServer:
    """Plays one script per connection, one after the other; connections beyond the scripts are closed at once.

    Attributes:
        connections: all that were accepted, in their order.
    """

    def __init__(self, *scripts: Script) -> None:
        self.connections: list[Connection] = []
        self._scripts = [list(script) for script in scripts]
        self._listener = socket.create_server(("127.0.0.1", 0))
        # Small, so that a request cannot vanish into buffers that nobody reads.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        self._accepted = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scripted server", daemon=True)

    @property
    def port(self) -> int:
        """The port on loopback."""
        return int(self._listener.getsockname()[1])

    def url(self, scheme: str = "http") -> str:
        """The base URL for a client."""
        return f"{scheme}://127.0.0.1:{self.port}/ispws"

    def connected(self, count: int) -> int:
        """How many connections were accepted, once there are so many: a client may fail before its server looks up."""
        with self._accepted:
            self._accepted.wait_for(lambda: len(self.connections) >= count, PATIENCE)
            return len(self.connections)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        # Wakes the thread where it waits for a connection.
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE):
            self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive(), "the script has not come to its end"
        assert not any(connection.patience_lost for connection in self.connections), "the client sent nothing more"

    def _run(self) -> None:
        while True:
            accepted, _ = self._listener.accept()
            if self._stopping.is_set():
                accepted.close()
                return
            accepted.settimeout(PATIENCE)
            connection = Connection(accepted)
            with self._accepted:
                self.connections.append(connection)
                self._accepted.notify_all()
            number = len(self.connections) - 1
            for step in self._scripts[number] if number < len(self._scripts) else ():
                step(connection)
            accepted.close()
            connection.closed.set()
