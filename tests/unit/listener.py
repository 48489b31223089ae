"""A port on this machine that must stay quiet."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """A port on this machine that notes whether anybody knocks."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def knocked(self) -> bool:
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener while a test runs; afterwards nobody may have knocked unheard."""
    found = Listener()
    try:
        yield found
        assert not found.knocked(), "something was fetched"
    finally:
        found.close()
