"""A webhook that is a real server: it keeps what it is sent, and fails or hangs when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.acceptance.programs import PATIENCE


class Hook:
    """What it got, and how it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.fails = 0
        self.hangs = False
        self.got: list[tuple[dict[str, str], bytes]] = []
        self._more = threading.Condition()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Keep a message; the status to answer with, 0 for none at all."""
        with self._more:
            self.got.append((headers, body))
            self._more.notify_all()
            if self.hangs:
                return 0
            self.fails -= 1
            return 503 if self.fails >= 0 else 204

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The messages, once there are so many."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.got) >= count, PATIENCE), len(self.got)
            return [json.loads(body) for _, body in self.got]


@contextmanager
def hooks(path: str = "hook") -> Iterator[Hook]:
    """A webhook on this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.take(dict(self.headers), body)
            if not status:
                self.rfile.read(1)  # until the other side has gone
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.url = f"http://127.0.0.1:{server.server_port}/{path}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()
