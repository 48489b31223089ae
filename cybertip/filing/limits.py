"""How often something may go wrong before a person is asked."""

from __future__ import annotations

from dataclasses import dataclass

from cybertip.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a filing may cost before a person is asked. It is told with the filing's first event, and kept with it.

    Attributes:
        reports: how many reports are opened, or may have been, in vain.
        damaged: how many files arrive with another MD5.
        refused_retracts: how often a retract that must be answered fails in a row, once it was refused.
        ask_after_lost_submit: whether a person is asked as soon as a report may have been opened without anybody's
            knowing its number; else another is opened at once, because such a report lapses by itself and is never
            filed.

    Raises:
        ConfigurationError: a number is below 1.
    """

    reports: int = 5
    damaged: int = 3
    refused_retracts: int = 3
    ask_after_lost_submit: bool = False

    def __post_init__(self) -> None:
        if min(self.reports, self.damaged, self.refused_retracts) < 1:
            raise ConfigurationError("each limit of a filing must be at least 1")


USUAL = Limits()
"""The limits where nobody says otherwise."""
