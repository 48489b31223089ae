"""What a client is made with: credentials, time-outs, retries, and the checks on them."""

from __future__ import annotations

import os
import ssl
from collections.abc import Generator
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from cybertip._version import __version__
from cybertip.environments import Endpoint, Environment, resolve
from cybertip.errors import ConfigurationError, EnvironmentRefusedError

YOUNG = 2.0
"""Seconds for which an idle connection may be used again. Servers close idle connections after five seconds and more;
a call that must not be repeated would look *unknown* if it were sent into a connection just being closed."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds.

    Attributes:
        connect: for a connection, TLS included.
        read: for the next part of the answer.
        write: for the network to take the next part of the request.
        pool: for a free connection of this client.
        upload_rate: bytes per second at which the server is trusted to digest an upload. The time allowed for the
            answer to ``/upload`` is `read` plus the file's size divided by this.

    Raises:
        ConfigurationError: a value is not above 0.
    """

    connect: float = 10.0
    read: float = 60.0
    write: float = 60.0
    pool: float = 60.0
    upload_rate: float = 5_000_000.0

    def __post_init__(self) -> None:
        if not all(value > 0 for value in (self.connect, self.read, self.write, self.pool, self.upload_rate)):
            raise ConfigurationError("time-outs and the upload rate must be above 0")

    def for_body(self, size: int) -> httpx.Timeout:
        """The time-outs for a request of this many bytes."""
        return httpx.Timeout(
            connect=self.connect, read=self.read + size / self.upload_rate, write=self.write, pool=self.pool
        )


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a call is made again by the client itself.

    Only calls that do no harm when they are made twice, and any call that is known not to have been sent. The wait
    before the n-th repetition is random between 0 and ``base * 2**(n-1)`` (full jitter), at most `cap`, and at least
    what the server asks for with ``Retry-After``.

    Attributes:
        attempts: how often a call is made at most; 1 means never again.
        base: seconds.
        cap: seconds.
        total: seconds after which no further attempt begins.

    Raises:
        ConfigurationError: fewer than one attempt, or negative seconds.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 20.0
    total: float = 120.0

    def __post_init__(self) -> None:
        if not (self.attempts >= 1 and all(value >= 0 for value in (self.base, self.cap, self.total))):
            raise ConfigurationError("a retry policy needs at least one attempt, and no negative seconds")


class BasicAuth(httpx.Auth):
    """HTTP Basic authentication that keeps the credentials out of every repr."""

    def __init__(self, username: SecretStr, password: SecretStr) -> None:
        self._username = username
        self._password = password

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        plain = httpx.BasicAuth(self._username.get_secret_value(), self._password.get_secret_value())
        yield from plain.auth_flow(request)


def veiled(value: str | SecretStr) -> SecretStr:
    """The same, wrapped. Done first of all, so that no traceback leads into a frame with a plain password."""
    return value if isinstance(value, SecretStr) else SecretStr(value)


def _flaw(text: str) -> str | None:
    """Why this cannot be a user name or a password. It does not raise: its own frame holds the text."""
    if not text:
        return "is empty; NCMEC assigns one per environment, the mock prints its own"
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        return "holds a control character, perhaps a line break at its end"
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        return "holds bytes that were not read as UTF-8"
    return None


def _check(value: SecretStr, what: str) -> None:
    flaw = _flaw(value.get_secret_value())
    if flaw is not None:
        raise ConfigurationError(f"the {what} {flaw}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a client needs to know, checked."""

    endpoint: Endpoint
    auth: BasicAuth
    timeouts: Timeouts
    retry: RetryPolicy
    contexts: tuple[ssl.SSLContext, ...]
    process: int

    def check(self) -> None:
        """Checked before each call, because it may have changed since the client was made.

        Raises:
            EnvironmentRefusedError: certificate checks were switched off.
            ConfigurationError: this is another process than the one that made the client.
        """
        if os.getpid() != self.process:
            # Two processes that read from one connection get each other's answers, and so each other's report ids.
            raise ConfigurationError("the client was made before the process forked; make one in each process")
        mock = self.endpoint.environment is Environment.MOCK and not self.endpoint.ncmec
        for context in self.contexts:
            if not mock and not (context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname):
                raise EnvironmentRefusedError("certificate checks cannot be switched off, except for a mock")

    def client_arguments(self, ssl_context: ssl.SSLContext | None) -> dict[str, Any]:
        """The arguments that `httpx.Client` and `httpx.AsyncClient` have in common."""
        arguments: dict[str, Any] = {
            "auth": self.auth,
            "follow_redirects": False,
            # Every call carries its credentials; a session of the server's would only be one more secret to keep.
            "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            "limits": httpx.Limits(max_connections=20, keepalive_expiry=YOUNG),
            # Compressed answers would not be the bytes that the server says it sent.
            "headers": {"User-Agent": f"cybertip/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"},
            # A proxy from the environment has no business between this machine and itself, and would see credentials
            # in the clear.
            "trust_env": not self.endpoint.loopback,
        }
        if ssl_context is None and urlsplit(self.endpoint.base_url).scheme == "https":
            # Without the proxies of the environment httpx leaves out its certificates, too; a mock's are named there.
            ssl_context = _trusted()
        if ssl_context is not None:
            arguments["verify"] = ssl_context
        return arguments


def make_settings(
    username: SecretStr,
    password: SecretStr,
    environment: str | None,
    base_url: str | None,
    ssl_context: ssl.SSLContext | None,
    timeouts: Timeouts | None,
    retry: RetryPolicy | None,
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
) -> Settings:
    """Check what a client was given.

    Raises:
        ConfigurationError: something is missing or makes no sense.
        EnvironmentRefusedError: environment, address and certificate checks do not belong together.
    """
    endpoint = resolve(environment, base_url)
    if not _understood(endpoint.base_url):
        raise ConfigurationError("the base URL has a host name that is not valid")
    _check(username, "user name")
    _check(password, "password")
    if ":" in username.get_secret_value():
        raise ConfigurationError("the user name holds a colon, which HTTP Basic authentication cannot carry")
    # httpx's own transports keep their context here; a transport of another kind answers for itself.
    own = getattr(getattr(transport, "_pool", None), "_ssl_context", None)
    contexts = tuple(context for context in (ssl_context, own) if isinstance(context, ssl.SSLContext))
    auth = BasicAuth(username, password)
    settings = Settings(endpoint, auth, timeouts or Timeouts(), retry or RetryPolicy(), contexts, os.getpid())
    settings.check()
    return settings


def _trusted() -> ssl.SSLContext:
    """What httpx trusts by itself: SSL_CERT_FILE or SSL_CERT_DIR, or else the authorities that come with it."""
    try:
        return httpx.create_ssl_context()
    except OSError:
        raise ConfigurationError(
            "the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read;"
            " correct the variable, or unset it"
        ) from None


def _understood(url: str) -> bool:
    """Whether httpx, too, can read the address: it knows more rules for international names."""
    try:
        return bool(httpx.URL(url).host)
    except (httpx.InvalidURL, UnicodeError):
        return False
