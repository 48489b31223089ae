"""Both clients behind one blocking face, so that one test body drives both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, SupportsIndex

from anyio.from_thread import start_blocking_portal

from cybertip import AsyncClient, Client
from cybertip.client import RetryPolicy
from tests.canaries import PASSWORD, USERNAME

KINDS = ["Client", "AsyncClient"]

Use = Callable[[Any], Any]


class Driver:
    """A client of either kind.

    Attributes:
        client: the client itself.
        waits: the seconds that it would have waited between attempts; it does not wait.
    """

    def __init__(self, kind: str, stack: ExitStack, settings: dict[str, Any]) -> None:
        self.waits: list[float] = []
        self._call: Callable[[Use], Any]
        if kind == "Client":
            client = stack.enter_context(Client(USERNAME, PASSWORD, **settings))
            client._sleep = self._note
            self.client: Client | AsyncClient = client
            self._call = self._directly
        else:
            portal = stack.enter_context(start_blocking_portal("asyncio"))
            asynchronous = AsyncClient(USERNAME, PASSWORD, **settings)
            stack.callback(portal.call, asynchronous.aclose)
            asynchronous._sleep = self._note_async
            self.client = asynchronous
            self._call = partial(self._in_loop, portal)

    def __repr__(self) -> str:
        return f"Driver({self.client!r})"

    def do(self, use: Use) -> Any:
        """Use the client: ``driver.do(lambda client: client.status())``. What is used must not be a variable here."""
        return self._call(use)

    def _directly(self, use: Use) -> Any:
        return use(self.client)

    def _in_loop(self, portal: Any, use: Use) -> Any:
        return portal.call(use, self.client)

    def _note(self, delay: float | SupportsIndex) -> None:
        self.waits.append(float(delay))

    async def _note_async(self, delay: float) -> None:
        self.waits.append(delay)


@contextmanager
def driving(kind: str, base_url: str, **settings: Any) -> Iterator[Driver]:
    """A client for the time of a ``with`` block."""
    settings.setdefault("retry", RetryPolicy(attempts=2))
    with ExitStack() as stack:
        yield Driver(kind, stack, {"base_url": base_url, **settings})


def big_file(path: Path, start: bytes = b"", size: int = 16 * 1024 * 1024) -> Path:
    """A file that no buffers of the network can swallow whole."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path
