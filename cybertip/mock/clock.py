"""A clock that can be moved, so that a lapse can be tried without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the time: aware, in UTC."""


FIRST_YEAR, LAST_YEAR = 1000, 9000
"""How far a clock may be moved. Python's calendar goes a little further, and times are calculated with."""


class MovableClock:
    """Another clock, and how far it is ahead of it.

    Attributes:
        offset: what is added to the time of the clock behind it.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def __repr__(self) -> str:
        return f"MovableClock(offset={self.offset})"

    def can_be(self, offset: timedelta) -> bool:
        """Whether an offset leads to a time that leaves room before it and after it."""
        try:
            return FIRST_YEAR <= (self._base() + offset).year <= LAST_YEAR
        except OverflowError:
            return False

    def offset_to(self, moment: datetime) -> timedelta:
        """The offset with which it would tell this aware moment now."""
        return moment - self._base()
