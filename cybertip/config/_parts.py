"""Settings that belong together, in the form in which they are used."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr

from cybertip.config._secrets import Secret
from cybertip.errors import ConfigurationError
from cybertip.filing.occasions import Occasion


@dataclass(frozen=True, slots=True)
class Work:
    """How filings are worked on.

    Attributes:
        threads: how many at once.
        most_open: how many reports are open at NCMEC at once, at most.
        lease: how long a filing is held without a sign of life.
        poll: how often to look for what other processes put in.
    """

    threads: int
    most_open: int
    lease: timedelta
    poll: timedelta


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where notices are posted to.

    Attributes:
        url: the address. Its path may be a secret of the service; show `Value.shown` instead.
        secret: where the secret is that signs them; None where nobody said.
    """

    url: str = field(repr=False)
    secret: Secret | None

    def signing(self) -> SecretStr:
        """The secret that signs notices, read now.

        Raises:
            ConfigurationError: there is none, or it cannot be read.
        """
        if self.secret is None:
            raise ConfigurationError(
                "[notices.webhook] has no secret, and no notice is sent unsigned: set secret_file, secret_command or"
                " secret_env"
            )
        return self.secret.line()


@dataclass(frozen=True, slots=True)
class Notices:
    """What is told to whom.

    Attributes:
        occasions: what is told.
        reminder: how often it is told again.
        overdue_after: how long after its confirmation a record that is not filed is overdue.
        stuck_after: how long nothing may go on, although something is due.
        lapse_within: how long before an open report could lapse it is told of.
        command: the program to start and its arguments; empty for none.
        webhook: where to post; None for nowhere.
    """

    occasions: frozenset[Occasion]
    reminder: timedelta
    overdue_after: timedelta
    stuck_after: timedelta
    lapse_within: timedelta
    command: tuple[str, ...] = field(repr=False)
    webhook: Webhook | None


@dataclass(frozen=True, slots=True)
class Purge:
    """When payloads may be purged.

    Attributes:
        after: how long after a filing ended; None where nobody said, and then nothing is purged.
        hold: how long what was filed is preserved.
    """

    after: timedelta | None
    hold: timedelta
