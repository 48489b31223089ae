"""The line to a client: waiting on it, sending an answer over it well or badly, and cutting it."""

from __future__ import annotations

from typing import Protocol

import anyio
from starlette.types import Receive, Scope, Send

from cybertip.mock.answers import Answer
from cybertip.mock.faults import Delivery


class Hang(Protocol):
    """Ends the connection that a request came on."""

    def __call__(self, scope: Scope, *, reset: bool) -> None:
        """End it with a reset, or in order after what was sent."""


class Cut(Exception):
    """The connection of a request is to be reset."""


class Line:
    """What can be done to the connections of a server."""

    def __init__(self, hang: Hang | None = None) -> None:
        """Prepare for a server.

        Args:
            hang: ends a connection. Where there are no connections, ConnectionResetError is raised instead.
        """
        self._hang = hang
        self._stopping = anyio.Event()

    def stop(self) -> None:
        """The server stops: whoever waits goes on at once."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self._stopping.is_set()

    @property
    def has_connections(self) -> bool:
        """Whether there are connections at all."""
        return self._hang is not None

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the server runs."""
        if seconds:
            with anyio.move_on_after(seconds):
                await self._stopping.wait()

    async def pause_for(self, seconds: float, receive: Receive) -> bool:
        """Wait, but no longer than the server runs or the client waits. The request must have been read.

        Returns:
            Whether the client has hung up.
        """
        gone = False

        async def watch() -> None:
            nonlocal gone
            await self.hung_up(receive)
            gone = True
            group.cancel_scope.cancel()

        with anyio.move_on_after(seconds):
            async with anyio.create_task_group() as group:
                group.start_soon(watch)
                await self._stopping.wait()
                group.cancel_scope.cancel()
        return gone

    async def hung_up(self, receive: Receive) -> None:
        """Wait until the client has hung up. Its request must have been read."""
        while (await receive())["type"] != "http.disconnect":
            pass

    async def cut(self, scope: Scope, receive: Receive, *, reset: bool = True) -> None:
        """End the connection, and wait until it has ended."""
        if self._hang is None:
            raise ConnectionResetError("the mock has cut the connection, as a fault told it to")
        self._hang(scope, reset=reset)
        await self.hung_up(receive)

    async def deliver(self, answer: Answer, way: Delivery, scope: Scope, receive: Receive, send: Send) -> bool:
        """Send an answer, and tell whether the client stayed to its end, as far as can be seen."""
        body = b"" if answer.status in (204, 304) else answer.body
        headers = {"Content-Length": str(len(body)), **answer.headers}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        if way.pause:
            while len(body) > way.piece:
                await send({"type": "http.response.body", "body": body[: way.piece], "more_body": True})
                if await self.pause_for(way.pause, receive):
                    return False
                body = body[way.piece :]
        await send({"type": "http.response.body", "body": body, "more_body": way.end_early})
        if way.end_early:
            await self.cut(scope, receive, reset=False)
        return True
