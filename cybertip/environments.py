"""Which server is talked to: mock, test or production, and the rules that keep them apart.

Filing to production from a test, or believing that something was filed when it went to a mock, are the two mistakes
that must not be possible. So the environment is always named, the address must fit it, and the default is the mock.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cybertip.errors import ConfigurationError, EnvironmentRefusedError

MOCK_URL = "http://127.0.0.1:8750/ispws"
"""Where ``cybertip mock`` serves unless told otherwise."""
TEST_URL = "https://exttest.cybertip.org/ispws"
"""NCMEC's test server."""
PRODUCTION_URL = "https://report.cybertip.org/ispws"
"""NCMEC's production server. Filing there from an integration that NCMEC has not approved can cost the credentials."""

_NCMEC_DOMAINS = ("cybertip.org", "missingkids.org", "ncmec.org")


class Environment(StrEnum):
    """Which of the three worlds a report goes to."""

    MOCK = "mock"
    """A stand-in on this machine or in a test network. Nothing is ever filed."""
    TEST = "test"
    """NCMEC's test server."""
    PRODUCTION = "production"
    """The real thing."""


_URLS = {Environment.MOCK: MOCK_URL, Environment.TEST: TEST_URL, Environment.PRODUCTION: PRODUCTION_URL}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server that may be talked to.

    Attributes:
        environment: which world it belongs to.
        base_url: its address, without a slash at the end.
        loopback: whether it is on this machine.
        ncmec: whether it is one of NCMEC's own hosts.
    """

    environment: Environment
    base_url: str
    loopback: bool
    ncmec: bool


def resolve(environment: str | None = None, base_url: str | None = None) -> Endpoint:
    """Decide which server is meant.

    Args:
        environment: ``mock``, ``test`` or ``production``; None means the mock.
        base_url: an address of one's own, such as a gateway's. On loopback it means the mock. Anywhere else
            `environment` must be named with it.

    Raises:
        ConfigurationError: the environment's name or the address makes no sense.
        EnvironmentRefusedError: they do not belong together.
    """
    named = _named(environment)
    if base_url is None:
        return _checked(named or Environment.MOCK, _URLS[named or Environment.MOCK])
    url = base_url.rstrip("/")
    if named is None:
        if not _is_loopback(_host(url)):
            raise EnvironmentRefusedError(
                "a base URL that is not on this machine must come with its environment: mock, test or production"
            )
        named = Environment.MOCK
    return _checked(named, url)


def _named(environment: str | None) -> Environment | None:
    if environment is None:
        return None
    try:
        return Environment(environment)
    except ValueError:
        raise ConfigurationError("the environment must be mock, test or production") from None


def _checked(environment: Environment, url: str) -> Endpoint:
    host = _host(url)
    loopback = _is_loopback(host)
    ncmec = any(host == domain or host.endswith("." + domain) for domain in _NCMEC_DOMAINS)
    if ncmec and (host != _host(_URLS[environment]) or urlsplit(url).port not in (None, 443)):
        raise EnvironmentRefusedError(
            f"the environment is {environment}, but the base URL is a host of NCMEC that does not serve it;"
            f" leave the base URL out to reach the right one"
        )
    if loopback and environment is not Environment.MOCK:
        raise EnvironmentRefusedError(
            f"the environment is {environment}, but the base URL is on this machine, where only a mock can be"
        )
    if urlsplit(url).scheme != "https" and not loopback:
        raise EnvironmentRefusedError("the base URL must begin with https://, unless it is on this machine")
    return Endpoint(environment, url, loopback, ncmec)


# Names in their ASCII form. What ends like a number is an address, whose short and octal spellings are refused.
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*(?!0x[0-9a-f]*$|[0-9]+$)[a-z0-9_-]{1,63}")
# Printable ASCII but for what nobody reads alike: white space and the backslash.
_PLAIN = re.compile(r"[!-\[\]-~]+")


def _host(url: str) -> str:
    """The host in its plainest form, so that no spelling of it slips past the rules.

    What two programs could read differently is refused and never interpreted: the host that is looked at here must be
    the one that is connected to.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        # Reading the port raises ValueError if it is no number.
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("the base URL must not hold credentials; give them as user name and password")
    known = _NAME.fullmatch(host) or _address(host)
    if parts.scheme not in ("http", "https") or not known or not _PLAIN.fullmatch(url):
        raise ConfigurationError(
            "the base URL must look like https://reports.example.com/ispws;"
            " an international host name is written in its xn-- form"
        )
    if "?" in url or "#" in url:
        raise ConfigurationError("the base URL must not have a query (?) or a fragment (#)")
    return host


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _is_loopback(host: str) -> bool:
    address = _address(host)
    # The unspecified address leads to this machine, too.
    return host == "localhost" or (address is not None and (address.is_loopback or address.is_unspecified))
