"""A clock that can be moved, so that a lapse can be tried without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the time: aware, in UTC."""


class MovableClock:
    """Another clock, and how far it is ahead of it.

    Attributes:
        offset: what is added to the time of the clock behind it. The mock's time only ever goes forward of it.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def __repr__(self) -> str:
        return f"MovableClock(offset={self.offset})"

    def offset_to(self, moment: datetime) -> timedelta:
        """The offset with which it would tell this aware moment now."""
        return moment - self._base()
