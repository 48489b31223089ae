"""All settings of a program, in the form in which it uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from cybertip.config._connection import Connection
from cybertip.config._file import CONFIG_FILE, mistakes
from cybertip.config._parts import Notices, Purge, Webhook, Work
from cybertip.config._secrets import Secret
from cybertip.config._values import Level, Value
from cybertip.environments import Endpoint, Environment, resolve
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.filing.limits import Limits
from cybertip.filing.occasions import Occasion
from cybertip.filing.schedule import Pace
from cybertip.findings import RecordError
from cybertip.mock.accounts import DEFAULT_ACCOUNTS
from cybertip.profile import ReporterProfile, make_profile

MOCK_USERNAME, MOCK_PASSWORD = next(iter(DEFAULT_ACCOUNTS.items()))
_CURES = {
    "user name": "set CYBERTIP_USERNAME, or username in [server] of cybertip.toml",
    "password": "set CYBERTIP_PASSWORD, or password_file or password_command in [server] of cybertip.toml",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, made by `load_settings`. Holds no secret: each is read when it is asked for.

    Attributes:
        file: the cybertip.toml that was read; None where there is none.
        named: whether somebody named the file, rather than that it lay in the current folder.
        values: every setting by its name, with where it came from.
        secret_variables: the names of the variables that hold secrets by the file's word, be it that another
            source counts more.
    """

    file: Path | None
    named: bool
    values: Mapping[str, Value] = field(repr=False)
    _profiles: Mapping[str, Any] | None = field(repr=False)
    _variables: Mapping[str, str] = field(repr=False)
    _environments: Mapping[Level, str | None] = field(repr=False)
    secret_variables: frozenset[str] = frozenset()

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
        found = resolve(environment.value if environment.level is not Level.DEFAULT else None, url.value)
        if self._set_for(url) not in (None, found.environment):
            # Else what is meant for one world would go to another's gateway.
            raise self._foreign("base URL", url, found.environment)
        return found

    def _set_for(self, value: Value) -> str | None:
        """The environment that an address or a credential was set for: that of its own source, else of a lower one."""
        levels = (level for level in (Level.FLAG, Level.ENVIRONMENT, Level.FILE) if level <= value.level)
        return next((named for level in levels if (named := self._environments[level])), None)

    def _foreign(self, what: str, value: Value, environment: Environment) -> EnvironmentRefusedError:
        return EnvironmentRefusedError(
            f"the environment is {environment} ({self.values['server.environment'].source}), but the {what}"
            f" ({value.source}) was set for the environment {self._set_for(value)}; name that of {environment} as well"
        )

    def _own(self, what: str, value: Value | None) -> Value | None:
        """A credential, if it was set for the environment that is meant; None where the mock's own counts instead."""
        server = self.endpoint
        if value is not None and self._set_for(value) in (None, server.environment):
            return value
        if server.environment is Environment.MOCK and server.loopback:
            return None
        if value is not None:
            raise self._foreign(what, value, server.environment)
        raise ConfigurationError(f"the {server.environment} environment needs a {what}: {_CURES[what]}")

    @property
    def ledger_place(self) -> str:
        """Where the ledger is: a path, or the URL of a database, which may hold a password. See `endpoint`."""
        return self._get("ledger.place") or f"cybertip-{self.endpoint.environment}.sqlite3"

    def connection(self) -> Connection:
        """How to reach the server, with the credentials as they are now.

        A mock on this machine needs none: its own are used where none were set for a mock.

        Raises:
            ConfigurationError: credentials are missing, or cannot be read.
            EnvironmentRefusedError: environment, address and credentials do not belong together.
        """
        way = self._own("password", self._way("server.password"))
        password = SecretStr(MOCK_PASSWORD) if way is None else self._secret(way).line()
        return Connection(self.endpoint, self.username(), password)

    def username(self) -> SecretStr:
        """The user name, which tells whose ledger it is.

        Raises:
            ConfigurationError: there is none.
            EnvironmentRefusedError: it was set for another environment, or environment and address do not belong
                together.
        """
        said = self.values["server.username"]
        own = self._own("user name", said if said.value is not None else None)
        return SecretStr(MOCK_USERNAME if own is None else own.value)

    def secret(self, name: str) -> Secret | None:
        """Where a secret is; None where nobody said. Nothing is read yet.

        Args:
            name: ``server.password``, ``notices.webhook.secret`` or ``encrypt.key``.
        """
        way = self._way(name)
        return None if way is None else self._secret(way)

    def _way(self, name: str) -> Value | None:
        ways = (self.values[f"{name}{end}"] for end in ("_file", "_command", "_env", ""))
        return next((one for one in ways if one.value is not None), None)

    def _secret(self, way: Value) -> Secret:
        name = way.setting.name
        if name.endswith("_file"):
            return Secret(way.source, file=Path(way.value))
        if name.endswith("_command"):
            return Secret(way.source, command=way.value)
        variable = way.value if name.endswith("_env") else way.setting.variable
        return Secret(way.source, variable=variable, _variables=self._variables)

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
