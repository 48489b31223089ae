"""How to reach a server."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from cybertip.client import Client, RetryPolicy
from cybertip.environments import Endpoint
from cybertip.schema import Schema


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
