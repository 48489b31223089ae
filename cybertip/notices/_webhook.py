"""A webhook: each message is posted as JSON, signed so that the receiver can tell who sent it."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import anyio
import httpx
from pydantic import SecretStr

from cybertip._version import __version__
from cybertip.environments import Environment, resolve
from cybertip.errors import ConfigurationError
from cybertip.notices._receivers import UndeliveredError, checked

WEBHOOK_SECONDS = 10.0
"""How long a webhook may take for a message, in all."""


class Webhook:
    """Posts each message to an address. HTTP 2xx means that it arrived; a redirect is not followed.

    The request has the headers ``Cybertip-Notice-Id``, the message's id, and ``Cybertip-Signature``, as of `signature`.
    """

    def __init__(
        self,
        url: str,
        secret: str | SecretStr | Callable[[], SecretStr],
        name: str = "webhook",
        seconds: float = WEBHOOK_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Name the address. Nothing is sent yet.

        Args:
            url: where to post: https, or http on this machine. It may hold a secret, and is never shown.
            secret: what signs; or what reads it each time anew, so that it can be rotated. That raises
                ConfigurationError where it cannot.
            name: the receiver's name.
            seconds: how long a message may take.
            clock: tells the seconds since 1970.

        Raises:
            ConfigurationError: the address makes no sense or is one of NCMEC's, the secret is empty, or the name
                cannot be one.
        """
        address, _, _ = url.partition("?")
        try:
            # The rules are those for an address of one's own: one reading, no credentials, and none of NCMEC's hosts.
            self._loopback = resolve(Environment.MOCK, address).loopback
        except ConfigurationError:
            raise ConfigurationError(
                "a webhook for notices must be an address that begins with https:// (on this machine also http://),"
                " holds no credentials, and is no host of NCMEC"
            ) from None
        if "#" in url or not url.isprintable() or " " in url:
            raise ConfigurationError("the address of a webhook for notices must hold no space and no #")
        self._url = url
        if isinstance(secret, str):
            secret = SecretStr(secret)
        if isinstance(secret, SecretStr):
            if not secret.get_secret_value():
                raise ConfigurationError("a webhook for notices needs a secret; no notice is sent unsigned")
            self._secret: Callable[[], SecretStr] = lambda kept=secret: kept  # type: ignore[misc]
        else:
            self._secret = secret
        self._seconds, self._clock = seconds, clock
        self.name = checked(name)

    def __repr__(self) -> str:
        return f"Webhook({urlsplit(self._url).hostname!r})"

    def send(self, message_id: str, payload: str) -> None:
        """See `Receiver`."""
        try:
            secret = self._secret()
        except ConfigurationError as problem:
            raise UndeliveredError(f"the secret that signs could not be read: {problem}") from None
        body = payload.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"cybertip/{__version__}",
            "Cybertip-Notice-Id": message_id,
            "Cybertip-Signature": signature(secret.get_secret_value(), int(self._clock()), body),
        }
        with _unheard():
            status = anyio.run(self._post, body, headers)
        if not 200 <= status < 300:
            raise UndeliveredError(f"the webhook answered HTTP {status}")

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """Post it; the status of the answer, whose body is not read. Bounded as a whole, however slowly it drips."""
        try:
            with anyio.fail_after(self._seconds):
                async with (
                    # A proxy from the environment has no business between this machine and itself.
                    httpx.AsyncClient(
                        follow_redirects=False, timeout=self._seconds, trust_env=not self._loopback
                    ) as client,
                    client.stream("POST", self._url, content=body, headers=headers) as answer,
                ):
                    return answer.status_code
        except (TimeoutError, httpx.TimeoutException):
            raise UndeliveredError(f"the webhook did not answer within {self._seconds:.0f} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            raise UndeliveredError(f"the webhook could not be reached: {type(problem).__name__}") from None


def signature(secret: str, at: int, body: bytes) -> str:
    """The header ``Cybertip-Signature``: ``t=UNIX,v1=HEX``.

    HEX is HMAC-SHA256 with the secret over the digits of UNIX, a dot, and the body.

    Args:
        secret: what both sides know.
        at: when it is sent, in seconds since 1970. A receiver passes over what is older than some minutes, so that
            nobody can send an old message once more.
        body: the message.
    """
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep httpx from logging the address, which may hold a secret, in this thread."""
    here = threading.get_ident()
    logger = logging.getLogger("httpx")

    def others(record: logging.LogRecord) -> bool:
        return record.thread != here

    logger.addFilter(others)
    try:
        yield
    finally:
        logger.removeFilter(others)
