"""Lines for people that may be lost rather than hold up a server."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

_ROOM = 1000
"""How many lines may wait."""


class Lines:
    """Writes lines from a thread of its own.

    Whoever reads them may be slow, or not read at all: a pipe that nobody empties takes some thousand lines, and then
    blocks whoever writes the next one. Lines for which there is no room left are dropped.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._waiting: queue.Queue[str | None] = queue.Queue(_ROOM)

    def add(self, line: str) -> None:
        """A line to be written soon. Never waits."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(line)

    @contextlib.contextmanager
    def writing(self, grace: float = 1.0) -> Iterator[None]:
        """Write them within this block; at its end, those that wait get `grace` seconds."""
        # A daemon: nothing may keep the program from ending, a reader that has stopped reading least of all.
        thread = threading.Thread(target=self._run, name="cybertip lines", daemon=True)
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(queue.Full):
                self._waiting.put(None, timeout=grace)
            thread.join(grace)

    def _run(self) -> None:
        while (line := self._waiting.get()) is not None:
            self._write(line)
