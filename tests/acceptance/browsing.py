"""What the tests of the mock's pages share: the browser, hostile texts, and the watch over what a page does."""

from __future__ import annotations

from html import escape

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Locator, Page, Request

from cybertip.mock import MockServer
from tests.samples import report_xml

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"></pre></td></main><script>alert(3)</script>',
    "<svg/onload=alert(4)><iframe src=https://elsewhere.example.com></iframe>",
    "{{ 7 * 7 }}{% raw %}&lt;b&gt;&#60;b&#62;",
    "javascript:alert(5)//' onmouseover='alert(6)",
)
"""What would run, load or show something, if it were not shown as text."""


class Watch:
    """What a page did that it must not do."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.wrong: list[str] = []
        self._origin = origin
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        context.on("dialog", self._dialog)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self._origin}/_mock/"):
            self.wrong.append(f"request: {request.url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        # Violations of the Content-Security-Policy are reported here, too.
        self.wrong.append(f"console: {message.text}")


def with_texts(bio: str, info: str) -> bytes:
    """A report whose suspect has these texts in the profile and in the additional information."""
    return (
        report_xml()
        .replace(b"</screenName>", f"</screenName><profileBio>{escape(bio)}</profileBio>".encode())
        .replace(
            b"</personOrUserReported>",
            f"<additionalInfo>{escape(info)}</additionalInfo></personOrUserReported>".encode(),
        )
    )


def view(page: Page, server: MockServer, report_id: int) -> None:
    page.goto(f"{server.inspection_url}/view/{report_id}")


def rows(page: Page) -> Locator:
    return page.locator("#reports tbody tr")


def wait_for_refreshes(page: Page) -> None:
    """Until the page has asked for itself twice, and so has dealt with the first of the answers."""
    for _ in range(2):
        with page.expect_response(page.url, timeout=20_000):
            pass
