"""Who may use the mock."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping

from pydantic import SecretStr

from cybertip.errors import ConfigurationError

DEFAULT_ACCOUNTS = {"mock": "mock-password"}
"""The account of a mock that was given none. It is no secret: it opens nothing but a mock."""


class Accounts:
    """User names and their passwords. The passwords show in no repr."""

    def __init__(self, passwords: Mapping[str, str] | None = None) -> None:
        """Take accounts as user name -> password; `DEFAULT_ACCOUNTS` where none are given.

        Raises:
            ConfigurationError: a name or a password cannot be sent by HTTP Basic authentication.
        """
        chosen = passwords or DEFAULT_ACCOUNTS
        for name, password in chosen.items():
            # Basic authentication splits at the first colon.
            if not name or ":" in name or not name.isprintable():
                raise ConfigurationError("a user name must be printable text without a colon, and not empty")
            if not password or not password.isprintable():
                raise ConfigurationError(f"the password of {name!r} must be printable text, and not empty")
        self._passwords = {name: SecretStr(password) for name, password in chosen.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._passwords)

    def __repr__(self) -> str:
        return f"Accounts({list(self)!r})"

    def password(self, name: str) -> str:
        """The password of an account, in clear. Raises KeyError."""
        return self._passwords[name].get_secret_value()

    def admit(self, name: str, password: str) -> bool:
        """Whether this is an account with its password; as slow for a wrong name as for a wrong password."""
        known = self._passwords.get(name)
        expected = known.get_secret_value() if known is not None else ""
        return hmac.compare_digest(expected.encode(), password.encode()) and known is not None
