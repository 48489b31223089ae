"""HTTP as the mock speaks it: uvicorn's, but deaf to requests for another protocol.

Java's HttpClient asks for HTTP/2 (``Upgrade: h2c``) with its requests over plain HTTP. A server may ignore that, and
the real one does behind its TLS. The parser that uvicorn uses does not: it takes what follows such a head for the other
protocol, so that the body of the request would be lost. Here the head is read again without the wish.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

MAX_HEAD = 64 * 1024
"""The most bytes of a request's head, as far as it comes in more than one piece. Real heads have a few hundred."""

_NO_HTTP = "Invalid HTTP request received."


class NoUpgrades(HttpToolsProtocol):
    """Serves a request that asks for an upgrade as if it did not ask.

    Two more things are mended. The request that is being served learns that its client has gone, also when the client
    sent another one behind it: uvicorn tells only the latest. And the head of a request is bounded.
    """

    _serving: RequestResponseCycle | None = None
    _head_bytes: int | None = None

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._head_bytes = None
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._serving = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        self.pipeline.clear()
        if self._serving is not None and not self._serving.response_complete:
            self._serving.disconnected = True
            self._serving.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD:
                self._refuse()
                return
        while data:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as stop:
                if self.parser.get_method() == b"CONNECT":
                    self._refuse()
                    return
                data = self._head_without_upgrade() + data[stop.args[0] :]
                self.parser = HttpRequestParser(self)
                with suppress(AttributeError):  # httptools before 0.6.3
                    self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            except HttpParserError:
                self._refuse()
                return
            else:
                return

    def _refuse(self) -> None:
        # As uvicorn does it, which says nothing of what was sent.
        self.logger.warning(_NO_HTTP)
        self.send_400_response(_NO_HTTP)

    def _head_without_upgrade(self) -> bytes:
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])
