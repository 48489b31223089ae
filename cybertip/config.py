"""Settings from the environment and from ``cybertip.toml``.

What is given on the command line counts most, then the environment, then the defaults. Secrets come from the
environment or a file, never from the command line, where every user of the machine could read them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cybertip.client import Client, RetryPolicy
from cybertip.environments import Endpoint, Environment, resolve
from cybertip.errors import ConfigurationError
from cybertip.findings import RecordError
from cybertip.mock.accounts import DEFAULT_ACCOUNTS
from cybertip.profile import ReporterProfile, make_profile
from cybertip.schema import Schema

CONFIG_FILE = "cybertip.toml"
MOCK_USERNAME, MOCK_PASSWORD = next(iter(DEFAULT_ACCOUNTS.items()))


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a server.

    Attributes:
        endpoint: the server.
        username: the user name.
        password: the password.
    """

    endpoint: Endpoint
    username: SecretStr
    password: SecretStr

    @property
    def account(self) -> str:
        """The user name, which tells whose ledger it is. Not for showing."""
        return self.username.get_secret_value()

    def client(self, schema: Schema | None = None, retry: RetryPolicy | None = None) -> Client:
        """A client for this server."""
        return Client(
            self.username,
            self.password,
            environment=self.endpoint.environment,
            base_url=self.endpoint.base_url,
            schema=schema,
            retry=retry,
        )

    def as_dict(self) -> dict[str, str]:
        """Plain data for JSON output, without credentials."""
        return {"environment": str(self.endpoint.environment), "base_url": self.endpoint.base_url}


def endpoint(environment: str | None, base_url: str | None, variables: Mapping[str, str] | None = None) -> Endpoint:
    """The server that the command line and the environment name; see `connection`."""
    variables = os.environ if variables is None else variables
    return resolve(
        environment or variables.get("CYBERTIP_ENVIRONMENT") or None,
        base_url or variables.get("CYBERTIP_BASE_URL") or None,
    )


def connection(
    environment: str | None,
    base_url: str | None,
    username: str | None,
    password_file: str | None,
    variables: Mapping[str, str] | None = None,
) -> Connection:
    """Put together what the command line and the environment say.

    The variables are ``CYBERTIP_ENVIRONMENT``, ``CYBERTIP_BASE_URL``, ``CYBERTIP_USERNAME``, ``CYBERTIP_PASSWORD`` and
    ``CYBERTIP_PASSWORD_FILE``. A mock on this machine needs no credentials: its own defaults are used.

    Raises:
        ConfigurationError: credentials are missing, or a file with one cannot be read.
        EnvironmentRefusedError: environment and address do not belong together.
    """
    variables = os.environ if variables is None else variables
    server = endpoint(environment, base_url, variables)
    username = username or variables.get("CYBERTIP_USERNAME")
    password_file = password_file or variables.get("CYBERTIP_PASSWORD_FILE")
    password = _first_line(password_file) if password_file else variables.get("CYBERTIP_PASSWORD")
    if server.environment is Environment.MOCK and server.loopback:
        username, password = username or MOCK_USERNAME, password or MOCK_PASSWORD
    if not username or not password:
        missing = "user name: set CYBERTIP_USERNAME" if not username else "password: set CYBERTIP_PASSWORD"
        raise ConfigurationError(f"the {server.environment} environment needs a {missing}")
    return Connection(server, SecretStr(username), SecretStr(password))


def _first_line(path: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(f"cannot read the password file {path}: {reason}") from None
    if not lines or not lines[0]:
        raise ConfigurationError(f"the password file {path} is empty; its first line is the password")
    return lines[0]


def has_profiles(path: Path | None = None) -> bool:
    """Whether there is a file with profiles; see `load_profile`.

    Raises:
        ConfigurationError: it cannot be read.
    """
    return _content(path) is not None


def _content(path: Path | None) -> dict[str, Any] | None:
    """What stands in the file; None where none was named and there is none."""
    if path is None:
        path = Path(CONFIG_FILE)
        if not path.exists():
            return None
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin a file with a mark
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{path} is not TOML: {problem}") from None


def load_profile(name: str, path: Path | None = None) -> ReporterProfile | None:
    """The reporter profile of this name from ``cybertip.toml``, or None if there is no such file and none was named.

    Profiles are the tables ``[profiles.NAME]``.

    Args:
        name: which profile.
        path: the file; ``cybertip.toml`` in the current folder by default.

    Raises:
        ConfigurationError: the file cannot be read, has no such profile, or the profile is wrong.
    """
    content = _content(path)
    if content is None:
        return None
    path = path or Path(CONFIG_FILE)
    profiles = content.get("profiles")
    if not isinstance(profiles, dict) or name not in profiles:
        raise ConfigurationError(f"{path} has no profile '{name}'; add a table [profiles.{name}]")
    try:
        return make_profile(profiles[name])
    except RecordError as problem:
        lines = [
            f"{path}, [profiles.{name}]{finding.path}: {finding.message}{finding.cure and f'. {finding.cure}'}"
            for finding in problem.findings[: problem.SHOWN]
        ]
        more = len(problem.findings) - len(lines)
        raise ConfigurationError("\n".join([*lines, *([f"… and {more} more"] if more else [])])) from None
