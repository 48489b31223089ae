"""Transports that stand for the network, and clients on top of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import httpx

from cybertip import Client
from cybertip.client import RetryPolicy
from tests.canaries import PASSWORD, USERNAME

Answering = Callable[[httpx.Request], httpx.Response]


class PartOfBody(httpx.BaseTransport):
    """Takes so many parts of each request's body, then answers or fails."""

    def __init__(self, parts: int, answering: Answering) -> None:
        self.parts = parts
        self.answering = answering
        self.taken: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        body = iter(request.stream)
        self.taken = [part for _, part in zip(range(self.parts), body, strict=False)]
        return self.answering(request)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """An answer's body in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def client(transport: httpx.BaseTransport, retry: RetryPolicy | None = None) -> tuple[Client, list[float]]:
    """A client of the mock environment that never waits, and the waits that it would have made."""
    made = Client(USERNAME, PASSWORD, transport=transport, retry=retry)
    waits: list[float] = []
    made._sleep = waits.append  # type: ignore[assignment]
    return made, waits
