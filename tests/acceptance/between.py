"""A server between client and mock that passes on what it gets, and changes answers: the time, the schema."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@contextmanager
def between(base_url: str, *, ahead: timedelta | None = timedelta(), schema: bytes | None = None) -> Iterator[str]:
    """The address of such a server.

    Args:
        base_url: the mock.
        ahead: how far the server's clock is ahead of this machine's; None for a server that tells no time.
        schema: what ``/xsd`` answers with.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = {"Authorization": self.headers.get("Authorization", "")}
            url = base_url.removesuffix("/ispws") + self.path
            answer = httpx.get(url, headers=sent, trust_env=False, timeout=30)
            body = schema if schema is not None and self.path.endswith("/xsd") else answer.content
            self.send_response_only(answer.status_code)
            if ahead is not None:
                self.send_header("Date", format_datetime(datetime.now(UTC) + ahead, usegmt=True))
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/ispws"
        finally:
            server.shutdown()
            thread.join()
