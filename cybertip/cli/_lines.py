"""Lines about what a server does, for people: one for each request, and what its own log has to say."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cybertip.cli._output import defect

if TYPE_CHECKING:
    from cybertip.mock.exchanges import Exchange

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


class _Words(logging.Handler):
    """Tells in a line what the server's own log has to say: no traceback."""

    def __init__(self, lines: Lines, level: int) -> None:
        super().__init__(level)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        problem = record.exc_info[1] if record.exc_info else None
        if os.environ.get("CYBERTIP_DEBUG") == "1":
            words = self.format(record)
        elif isinstance(problem, (sqlite3.Error, OSError)):
            words = f"what arrived could not be kept ({problem}); make room, or see to the rights of the path"
        elif isinstance(problem, Exception):
            words = defect(problem)
        else:
            words = record.getMessage().strip().rstrip(".")
        self._lines.add(f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S} {words}")


@contextlib.contextmanager
def server_log(lines: Lines, level: int) -> Iterator[None]:
    """Within this block, what is logged anywhere at this level or above becomes a line."""
    handler = _Words(lines, level)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_ENDINGS = {"cut": "[connection cut]", "gone": "[the client hung up]", "failed": "[the mock failed]"}


def request_line(exchange: Exchange) -> str:
    """One request in one line: no account, no address, no value of a document and no path that a client made up."""
    parts = [
        f"{exchange.received_at:%H:%M:%S}",
        exchange.method if exchange.method in _METHODS else "(another method)",
        f"/{exchange.call}" if exchange.call else "(no endpoint)",
    ]
    parts.append("no answer" if exchange.http_status is None else str(exchange.http_status))
    if exchange.code is not None:
        parts.append(f"code {exchange.code}")
    if exchange.report_id is not None:
        parts.append(f"report {exchange.report_id}")
    if exchange.request_bytes:
        parts.append(f"{exchange.request_bytes} bytes")
    if exchange.seconds is not None:
        parts.append(f"{exchange.seconds * 1000:.0f} ms")
    if exchange.fault:
        parts.append(f"[fault: {exchange.fault}]")
    if exchange.ended in _ENDINGS:
        parts.append(_ENDINGS[exchange.ended])
    # The constraint that a document breaks, without the values that the sentence may quote.
    if constraint := re.match(r"[^\n]*\n\[\d+,\d+\] - (cvc-[a-z0-9.-]+)", exchange.description):
        parts.append(constraint[1])
    if exchange.violations:
        parts.append(exchange.violations[0])
    if len(exchange.violations) > 1:
        parts.append(f"(and {len(exchange.violations) - 1} more)")
    return " ".join(parts)
