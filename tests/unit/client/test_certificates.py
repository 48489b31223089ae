"""Which certificates a client trusts: those of the environment, on loopback as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cybertip import AsyncClient, Client
from cybertip.errors import ConfigurationError, ConnectionFailedError
from cybertip.mock import MockServer

LOOPBACK = "https://127.0.0.1:1/ispws"
ELSEWHERE = "https://reports.example.com/ispws"


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A mock with TLS."""
    with MockServer(tls=True) as running:
        yield running


def test_a_mock_is_reached_with_its_own_variables(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE counts on loopback, too."""
    monkeypatch.setenv("SSL_CERT_FILE", server.environ["SSL_CERT_FILE"])
    with Client(server.username, server.password, base_url=server.base_url) as client:
        assert client.status().user == server.username


@pytest.mark.anyio
async def test_an_asynchronous_client_does_the_same(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The asynchronous client trusts the certificate as well."""
    monkeypatch.setenv("SSL_CERT_FILE", server.environ["SSL_CERT_FILE"])
    async with AsyncClient(server.username, server.password, base_url=server.base_url) as client:
        assert (await client.status()).user == server.username


def test_a_mock_is_not_trusted_without_its_certificate(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is no reason to do without a check."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    client = Client(server.username, server.password, base_url=server.base_url)
    with client, pytest.raises(ConnectionFailedError):
        client.status()


def test_a_proxy_of_the_environment_stays_out(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of certificates counts on loopback, what it says of proxies does not."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", server.environ["SSL_CERT_FILE"])
    with Client(server.username, server.password, base_url=server.base_url) as client:
        assert client.status().user == server.username


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("url", [LOOPBACK, ELSEWHERE])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Client | AsyncClient],
    url: str,
    content: str | None,
) -> None:
    """A variable that names no certificates gives an error with the variable and the cure."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE .*; correct the variable, or unset it"):
        kind("name", "password", environment="mock", base_url=url)


def test_plain_http_needs_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of a mock that has stopped does not keep anybody from one without TLS."""
    monkeypatch.setenv("SSL_CERT_FILE", "gone.pem")
    with MockServer() as server, Client(server.username, server.password, base_url=server.base_url) as client:
        assert client.status().user == server.username
