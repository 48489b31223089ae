"""Requests as bytes, and what becomes of the connection when they are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

CRLF = b"\r\n"


class Ending(Enum):
    """What the sender does when everything is sent."""

    ANSWERED = auto()
    """Wait for the answers. The request is whole, so that they must come."""
    HALF_CLOSED = auto()
    """Say that nothing more will come, and wait until the server closes the connection."""
    DROPPED = auto()
    """Close at once."""
    RESET = auto()
    """Close at once with a reset."""


@dataclass(frozen=True)
class Shot:
    """Bytes to send over one connection.

    Attributes:
        kind: what was done to the request.
        pieces: what to send, piece by piece. In no repr: they hold canaries.
        ending: what the sender does then.
        answers: how many answers must come, where it waits for them.
    """

    kind: str
    pieces: list[bytes] = field(repr=False)
    ending: Ending = Ending.ANSWERED
    answers: int = 1


@dataclass
class Request:
    """A request before it becomes bytes."""

    method: bytes
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    host: bytes = b"127.0.0.1"

    def head(self, *more: tuple[bytes, bytes]) -> bytes:
        """Everything before the body, with these headers at the end."""
        lines = [b"%s %s HTTP/1.1" % (self.method, self.target), b"Host: " + self.host]
        return CRLF.join([*lines, *(b"%s: %s" % header for header in (*self.headers, *more)), b"", b""])

    def whole(self) -> bytes:
        """All of it, framed by its length."""
        return self.head((b"Content-Length", str(len(self.body)).encode())) + self.body
