"""HTTP as the mock speaks it: uvicorn's, but deaf to requests for another protocol.

Java's HttpClient asks for HTTP/2 (``Upgrade: h2c``) with its requests over plain HTTP. A server may ignore that, and
the real one does behind its TLS. The parser that uvicorn uses does not: it takes what follows such a head for the other
protocol, so that the body of the request would be lost. Here the head is read again without the wish.
"""

from __future__ import annotations

from contextlib import suppress

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_NO_HTTP = "Invalid HTTP request received."


class NoUpgrades(HttpToolsProtocol):
    """Serves a request that asks for an upgrade as if it did not ask."""

    def on_headers_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
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
