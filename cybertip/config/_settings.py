"""All settings of a program, in the form in which it uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cybertip.config._catalogue import Occasion
from cybertip.config._connection import Connection
from cybertip.config._file import CONFIG_FILE, mistakes
from cybertip.config._parts import Notices, Purge, Webhook, Work
from cybertip.config._secrets import Secret
from cybertip.config._values import Level, Value
from cybertip.environments import Endpoint, Environment, resolve
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.filing.limits import Limits
from cybertip.filing.schedule import Pace
from cybertip.findings import RecordError
from cybertip.mock.accounts import DEFAULT_ACCOUNTS
from cybertip.profile import ReporterProfile, make_profile

MOCK_USERNAME, MOCK_PASSWORD = next(iter(DEFAULT_ACCOUNTS.items()))


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, made by `load_settings`. Holds no secret: each is read when it is asked for.

    Attributes:
        file: the cybertip.toml that was read; None where there is none.
        named: whether somebody named the file, rather than that it lay in the current folder.
        values: every setting by its name, with where it came from.
    """

    file: Path | None
    named: bool
    values: Mapping[str, Value] = field(repr=False)
    _profiles: Mapping[str, Any] | None = field(repr=False)
    _variables: Mapping[str, str] = field(repr=False)
    _environment_beside: str | None

    def _get(self, name: str) -> Any:
        return self.values[name].value

    def _seconds(self, name: str) -> timedelta:
        return timedelta(seconds=self._get(name))

    # --- the server and its ledger ---------------------------------------------------------------------------

    @property
    def endpoint(self) -> Endpoint:
        """The server.

        Raises:
            ConfigurationError: its address makes no sense.
            EnvironmentRefusedError: environment and address do not belong together.
        """
        environment, url = self.values["server.environment"], self.values["server.base_url"]
        named = environment.value if environment.level is not Level.DEFAULT else None
        found = resolve(named, url.value)
        if self._environment_beside not in (None, found.environment):
            # Else what is meant for one world would go to another's gateway.
            raise EnvironmentRefusedError(
                f"the environment is {found.environment} ({environment.source}), but the base URL ({url.source}) was"
                f" set for the environment {self._environment_beside}; name that of {found.environment} as well"
            )
        return found

    @property
    def ledger_place(self) -> str:
        """Where the ledger is: a path, or the URL of a database, which may hold a password. See `endpoint`."""
        return self._get("ledger.place") or f"cybertip-{self.endpoint.environment}.sqlite3"

    def connection(self) -> Connection:
        """How to reach the server, with the credentials as they are now.

        A mock on this machine needs none: its own defaults are used.

        Raises:
            ConfigurationError: credentials are missing, or cannot be read.
            EnvironmentRefusedError: environment and address do not belong together.
        """
        username = self.username()
        secret = self.secret("server.password")
        if secret is not None:
            return Connection(self.endpoint, username, secret.line())
        if not self._has_defaults:
            raise ConfigurationError(
                f"the {self.endpoint.environment} environment needs a password: set CYBERTIP_PASSWORD, or"
                " password_file or password_command in [server] of cybertip.toml"
            )
        return Connection(self.endpoint, username, SecretStr(MOCK_PASSWORD))

    def username(self) -> SecretStr:
        """The user name, which tells whose ledger it is.

        Raises:
            ConfigurationError: there is none.
            EnvironmentRefusedError: environment and address do not belong together.
        """
        username: str | None = self._get("server.username") or (MOCK_USERNAME if self._has_defaults else None)
        if username is None:
            raise ConfigurationError(
                f"the {self.endpoint.environment} environment needs a user name: set CYBERTIP_USERNAME, or username in"
                " [server] of cybertip.toml"
            )
        return SecretStr(username)

    @property
    def _has_defaults(self) -> bool:
        """Whether the server is a mock on this machine, whose own account is known."""
        return self.endpoint.environment is Environment.MOCK and self.endpoint.loopback

    def secret(self, name: str) -> Secret | None:
        """Where a secret is; None where nobody said. Nothing is read yet.

        Args:
            name: ``server.password``, ``notices.webhook.secret`` or ``encrypt.key``.
        """
        for way in (f"{name}_file", f"{name}_command", f"{name}_env", name):
            said = self.values[way]
            if said.value is None:
                continue
            if way.endswith("_file"):
                return Secret(said.source, file=Path(said.value))
            if way.endswith("_command"):
                return Secret(said.source, command=said.value)
            variable = said.value if way.endswith("_env") else said.setting.variable
            return Secret(said.source, variable=variable, _variables=self._variables)
        return None

    def keys(self) -> tuple[bytes, ...]:
        """The keys of the ledger, read now: the one in use first, then older ones. Empty where none are configured.

        Raises:
            ConfigurationError: they cannot be read, or are not keys of 32 bytes.
        """
        secret = self.secret("encrypt.key")
        return secret.keys() if secret is not None else ()

    # --- how it is filed -------------------------------------------------------------------------------------

    @property
    def work(self) -> Work:
        """How filings are worked on."""
        return Work(
            self._get("work.threads"),
            self._get("work.most_open"),
            self._seconds("work.lease"),
            self._seconds("work.poll"),
        )

    @property
    def limits(self) -> Limits:
        """How often something may go wrong with a filing before a person is asked."""
        return Limits(
            self._get("limits.reports"),
            self._get("limits.damaged"),
            self._get("limits.refused_retracts"),
            self._get("limits.ask_after_lost_submit"),
        )

    @property
    def pace(self) -> Pace:
        """How long is waited, and when is too late."""
        return Pace(
            self._seconds("pace.base"),
            self._seconds("pace.cap"),
            self._seconds("pace.evidence"),
            self._seconds("pace.margin"),
            self._get("pace.upload_rate"),
        )

    @property
    def notices(self) -> Notices:
        """What is told to whom."""
        url = self._get("notices.webhook.url")
        return Notices(
            frozenset(map(Occasion, self._get("notices.occasions"))),
            self._seconds("notices.reminder"),
            self._seconds("notices.overdue_after"),
            self._seconds("notices.stuck_after"),
            self._seconds("notices.lapse_within"),
            self._get("notices.command") or (),
            Webhook(url, self.secret("notices.webhook.secret")) if url is not None else None,
        )

    @property
    def purge(self) -> Purge:
        """When payloads may be purged."""
        after = self._get("purge.after")
        return Purge(
            timedelta(days=after) if after is not None else None,
            timedelta(days=self._get("purge.hold")),
        )

    # --- who files -------------------------------------------------------------------------------------------

    @property
    def profile_names(self) -> tuple[str, ...]:
        """The names of the reporter profiles in the file; empty where it has none, or there is none."""
        return tuple(self._profiles or ())

    def no_profile(self) -> str:
        """The words for that no profile at all is configured."""
        return f"there is no {CONFIG_FILE} here" if self.file is None else f"{self.file} has no profile"

    def profile(self, name: str) -> ReporterProfile | None:
        """The reporter profile of this name; None where none at all is configured.

        Raises:
            ConfigurationError: there are others, and none of this name; or it is wrong.
        """
        if not self._profiles:
            return None
        place = self.file or Path(CONFIG_FILE)
        if name not in self._profiles:
            raise ConfigurationError(f"{place} has no profile '{name}'; add a table [profiles.{name}]")
        try:
            return make_profile(self._profiles[name])
        except RecordError as problem:
            where = f"{place}, [profiles.{name}]"
            lines = [f"{where}{one.path}: {one.message}{one.cure and f'. {one.cure}'}" for one in problem.findings]
            raise mistakes(lines) from None
