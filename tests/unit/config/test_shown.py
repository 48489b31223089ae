"""How values are shown: addresses without passwords, secrets not at all."""

from __future__ import annotations

import pytest

from cybertip.config._values import masked_url, masked_webhook


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("filings.sqlite3", "filings.sqlite3"),
        ("a@b:c.sqlite3", "a@b:c.sqlite3"),
        ("postgresql://host/name", "postgresql://host/name"),
        ("postgresql://user@host/name", "postgresql://user@host/name"),
        ("postgresql://user:word@host/name", "postgresql://user:***@host/name"),
        ("postgresql://user:w:o/r@d?@host/name", "postgresql://user:***@host/name"),
        ("postgresql://:word@host/name", "postgresql://:***@host/name"),
        ("postgresql://h/n?password=word&port=1", "postgresql://h/n?password=***&port=1"),
        ("postgresql://h/n?port=1&sslpassword=word", "postgresql://h/n?port=1&sslpassword=***"),
        ("postgresql://u:word@[::1", "postgresql://u:***@[::1"),
    ],
)
def test_an_address_is_shown_without_its_password(text: str, shown: str) -> None:
    """Wherever it stands in the address, and however odd that is."""
    assert masked_url(text) == shown


def test_of_a_webhook_only_the_host_is_shown() -> None:
    """Path and query are a secret with many services."""
    assert masked_webhook("https://a.example.com:8443/T0/word?x=word") == "https://a.example.com:8443/…"
