"""A mock in a process of its own under observation, and the raw sockets that requests are sent over."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Self
from urllib.parse import urlsplit

from tests.acceptance.abuse_wire import Ending, Shot
from tests.acceptance.conftest import clean_environment
from tests.canaries import PASSWORD, USERNAME

TIMEOUT = 15
"""Seconds that the server may take for anything."""

STATUSES = {100, 200, 307, 400, 401, 403, 404, 405, 413, 415}
"""What a request may be answered with, whatever it is. A server's own error is not among them."""


@dataclass(frozen=True)
class Observed:
    """A running mock."""

    base_url: str
    process: subprocess.Popen[str]
    errors: Path

    @property
    def address(self) -> tuple[str, int]:
        where = urlsplit(self.base_url)
        return where.hostname or "", where.port or 0

    def memory(self) -> int:
        """Its resident memory in bytes."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
            return int(line.split()[1]) * 1024
        return int(_output("ps", "-o", "rss=", "-p", str(self.process.pid))) * 1024

    def descriptors(self) -> int | None:
        """How many file descriptors it has open; None where this machine does not tell."""
        folder = Path(f"/proc/{self.process.pid}/fd")
        if folder.exists():
            return sum(1 for _ in folder.iterdir())
        if which("lsof") is None:
            return None
        listed = _output("lsof", "-a", "-p", str(self.process.pid), "-d", "0-65535", "-F", "f")
        return sum(line.startswith("f") for line in listed.splitlines())


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=TIMEOUT).stdout


@contextmanager
def observed_mock(folder: Path) -> Iterator[Observed]:
    """Start one with the account of the canaries. Its stderr goes into a file: a full pipe would stop it."""
    errors = folder / "stderr"
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "cybertip", "mock", "--port", "0", "--user", f"{USERNAME}:{PASSWORD}"],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=clean_environment(),
        ) as process,
    ):
        try:
            assert process.stdout is not None
            yield Observed(process.stdout.readline().strip(), process, errors)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):  # its words hold the password; the exit status will tell
                process.wait(TIMEOUT)
            process.kill()


class Answers:
    """Reads answers from a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._read = b""

    def next(self) -> tuple[int, bool]:
        """Status of the next complete answer, and whether the connection stays open. Raises ValueError for none."""
        while True:
            while b"\r\n\r\n" not in self._read:
                self._more()
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            line, *headers = head.lower().split(b"\r\n")
            status = status_of(line)
            if status != 100:
                break
        named = dict(header.split(b": ", 1) for header in headers)
        length = int(named[b"content-length"])
        while len(self._read) < length:
            self._more()
        self._read = self._read[length:]
        return status, named.get(b"connection") != b"close"

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        with suppress(ConnectionError):
            while piece := self._connection.recv(65536):
                self._read += piece
        return self._read

    def _more(self) -> None:
        piece = self._connection.recv(65536)
        if not piece:
            raise ValueError("the connection was closed before the answer was complete")
        self._read += piece


def status_of(line: bytes) -> int:
    """The status in a status line, in any case. Raises ValueError where it is none."""
    version, status = line.split(b" ", 2)[:2]
    if version.lower() != b"http/1.1":
        raise ValueError("the answer is not HTTP/1.1")
    return int(status)


class Sender:
    """Sends shots one after the other, and keeps a connection for as long as it is usable."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._kept: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._kept is not None:
            self._kept.close()

    def send(self, shot: Shot) -> str | None:
        """Send one; gives what is wrong with how the server took it."""
        try:
            statuses = self._exchange(shot)
        except (OSError, ValueError, KeyError) as problem:
            return f"{shot}: {type(problem).__name__}: {problem}"
        wrong = set(statuses) - STATUSES
        return f"{shot}: answered with {sorted(wrong)}" if wrong else None

    def _exchange(self, shot: Shot) -> list[int]:
        connection, self._kept = self._kept, None
        if connection is None:
            connection = socket.create_connection(self._address, TIMEOUT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            if shot.ending is not Ending.ANSWERED:
                # A server that has had enough may hang up while this side still sends.
                with suppress(ConnectionError):
                    for piece in shot.pieces:
                        connection.sendall(piece)
                return _end(connection, shot.ending)
            for piece in shot.pieces:
                connection.sendall(piece)
            answers = Answers(connection)
            told = [answers.next() for _ in range(shot.answers)]
            if told[-1][1]:
                self._kept = connection.dup()
            return [status for status, _ in told]


def _end(connection: socket.socket, ending: Ending) -> list[int]:
    """Hang up in this way; gives the status of an answer that came all the same."""
    if ending is Ending.RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if ending is not Ending.HALF_CLOSED:
        return []
    with suppress(OSError):  # macOS: the other side has hung up already
        connection.shutdown(socket.SHUT_WR)
    rest = Answers(connection).rest()
    return [status_of(rest.split(b"\r\n", 1)[0])] if rest else []
