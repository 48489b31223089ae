"""Which server the suite talks to, and which it must never talk to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from cybertip.environments import _NCMEC_DOMAINS, PRODUCTION_URL, TEST_URL

HELP = (
    "the server that tests/contract/conformance asks, such as http://127.0.0.1:8750/ispws, with the credentials in"
    " CYBERTIP_USERNAME and CYBERTIP_PASSWORD (and a second account in CYBERTIP_SECOND_USERNAME and"
    " CYBERTIP_SECOND_PASSWORD); without it, a mock is started. The suite files reports: never NCMEC's production"
)

Credentials = tuple[str, str]

ACCOUNTS = {"esp-one": "password-one", "esp-two": "password-two"}
"""The accounts of the mocks that the suite starts."""

OpenReport = Callable[..., int]
"""Opens a report, of a document or of the usual one, and gives its id."""
Advance = Callable[[int], None]
"""Moves the server's clock ahead by seconds."""

_PRODUCTION = httpx.URL(PRODUCTION_URL).host
_TEST = httpx.URL(TEST_URL).host
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


@dataclass(frozen=True)
class Target:
    """A server to ask.

    Attributes:
        base_url: where its API is, without a slash at the end.
        accounts: the first one, and a second one where there is any.
        is_mock: whether it is a ``cybertip mock``, whose clock can be moved and whose defaults are known.
    """

    base_url: str
    accounts: tuple[Credentials, ...] = field(repr=False)
    is_mock: bool

    @property
    def root(self) -> str:
        """The address above the API, where a mock has its own pages."""
        return self.base_url.removesuffix("/ispws")


def checked_base_url(text: str) -> str:
    """The base URL, if reports may be filed there by a test.

    Raises:
        pytest.UsageError: it is NCMEC's production or another of its hosts, its test server without TLS, or no URL.
    """
    try:
        # Read by the very client that will use it: no spelling of a host means one thing here and another there.
        url = httpx.URL(text.rstrip("/"))
        host = url.raw_host.decode("ascii").lower().rstrip(".")
    except (httpx.InvalidURL, UnicodeError):
        raise pytest.UsageError("--base-url is no URL") from None
    if url.scheme not in ("http", "https") or not _HOST.fullmatch(host) or url.userinfo or url.query or url.fragment:
        raise pytest.UsageError(
            "--base-url must look like http://127.0.0.1:8750/ispws; credentials come from the environment"
        )
    ncmec = any(f".{host}".endswith(f".{domain}") for domain in _NCMEC_DOMAINS)
    if host == _PRODUCTION or (ncmec and host != _TEST):
        raise pytest.UsageError(
            f"--base-url names {host}, a production host of NCMEC. These tests file made-up reports:"
            " they never run against production"
        )
    if host == _TEST and (url.scheme != "https" or url.port not in (None, 443)):
        raise pytest.UsageError("NCMEC's test server is spoken to with https only, at its ordinary port")
    return str(url)


def checked_accounts(environment: Mapping[str, str] | None = None) -> tuple[Credentials, ...]:
    """The accounts that environment variables name.

    Raises:
        pytest.UsageError: the first one is missing.
    """
    variables = os.environ if environment is None else environment
    accounts = [
        (variables.get(f"CYBERTIP_{which}USERNAME", ""), variables.get(f"CYBERTIP_{which}PASSWORD", ""))
        for which in ("", "SECOND_")
    ]
    if not all(accounts[0]):
        raise pytest.UsageError("--base-url needs credentials in CYBERTIP_USERNAME and CYBERTIP_PASSWORD")
    return tuple(account for account in accounts if all(account))


def check_options(config: pytest.Config) -> None:
    """Refuse, before a single test is collected, to run where the suite must not run.

    Raises:
        pytest.UsageError: the base URL is not to be used, credentials are missing, or tests would run in parallel.
    """
    base_url = config.getoption("base_url")
    if base_url is None:
        return
    config.option.base_url = checked_base_url(base_url)
    checked_accounts()
    if hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None):
        # One test moves the server's clock while another's report is open, and a real server deserves no burst.
        raise pytest.UsageError("--base-url names one server for all tests, so they run one by one: without -n")


def find(base_url: str, accounts: tuple[Credentials, ...]) -> Target:
    """The server at an address, and whether it is a ``cybertip mock``."""
    target = Target(base_url, accounts, is_mock=False)
    if httpx.URL(base_url).host == _TEST:
        return target  # no mock, and not to be asked for what it does not have
    try:
        answer = httpx.get(f"{target.root}/_mock/health", trust_env=False, timeout=30)
        health = answer.json() if answer.is_success else None
    except (httpx.HTTPError, ValueError):
        health = None
    return Target(base_url, accounts, is_mock=isinstance(health, dict) and "cybertip_mock" in health)


def move_clock(root: str, seconds: int) -> None:
    """Move the clock of the mock at this address ahead."""
    headers = {"Content-Type": "application/json"}
    content = json.dumps({"advance_seconds": seconds})
    answer = httpx.post(f"{root}/_mock/clock", content=content, headers=headers, trust_env=False, timeout=30)
    assert answer.is_success, answer.status_code
