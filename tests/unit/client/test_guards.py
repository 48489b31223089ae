"""What a client checks before each call: its process and its certificates; and that it keeps no session."""

from __future__ import annotations

import os
import ssl

import httpx
import pytest

from cybertip.client import AsyncClient, Client
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from tests.canaries import PASSWORD, USERNAME

GATEWAY = "https://reports.example.com/ispws"
OK = "<reportResponse><responseCode>0</responseCode><responseDescription/></reportResponse>"


def unchecked() -> ssl.SSLContext:
    """A context that checks nothing."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def answering(request: httpx.Request) -> httpx.Response:
    """Success, with a session."""
    assert "cookie" not in request.headers
    return httpx.Response(200, text=OK, headers={"Set-Cookie": "JSESSIONID=1; Path=/"})


def test_no_session_is_kept() -> None:
    """Cookies of the server are not stored and not sent back."""
    with Client(USERNAME, PASSWORD, transport=httpx.MockTransport(answering)) as client:
        client.status()
        client.status()


def test_a_transport_that_checks_nothing_is_refused() -> None:
    """httpx's own transports cannot switch certificate checks off for test and production."""
    for environment in ("test", "production"):
        with pytest.raises(EnvironmentRefusedError, match="certificate checks"):
            Client(USERNAME, PASSWORD, environment=environment, transport=httpx.HTTPTransport(verify=False))
        with pytest.raises(EnvironmentRefusedError, match="certificate checks"):
            AsyncClient(USERNAME, PASSWORD, environment=environment, transport=httpx.AsyncHTTPTransport(verify=False))
    Client(USERNAME, PASSWORD, transport=httpx.HTTPTransport(verify=False)).close()
    Client(USERNAME, PASSWORD, environment="test", transport=httpx.HTTPTransport()).close()


def test_checks_that_are_switched_off_later_are_noticed() -> None:
    """A context that was changed after the client was made is refused at the next call."""
    context = ssl.create_default_context()
    with Client(USERNAME, PASSWORD, environment="test", base_url=GATEWAY, ssl_context=context) as client:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with pytest.raises(EnvironmentRefusedError, match="certificate checks"):
            client.status()


def test_a_client_does_not_survive_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """In another process than the one that made it, a client refuses to work: connections cannot be shared."""
    with Client(USERNAME, PASSWORD, transport=httpx.MockTransport(answering)) as client:
        client.status()
        own = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: own + 1)
        with pytest.raises(ConfigurationError, match="make one in each process"):
            client.status()
