"""What people are told of, be it in a list, by a monitor or by a notice."""

from __future__ import annotations

from enum import StrEnum


class Occasion(StrEnum):
    """What can be told."""

    FILED = "filed"
    """A report was filed."""
    NEEDS_PERSON = "needs person"
    """A filing waits for a person, or has an alarm that nobody has acknowledged."""
    OVERDUE = "overdue"
    """A record was confirmed long ago and is not filed."""
    STUCK = "stuck"
    """Something is due, and nothing has gone on for a while."""
    AUTHENTICATION_FAILURE = "authentication failure"
    """The server does not accept the credentials."""
    LAPSE_NEAR = "lapse near"
    """An open report will soon be deleted at NCMEC, because it is not finished."""
