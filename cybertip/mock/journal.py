"""Where a mock keeps what happens to it, so that another can go on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cybertip.mock.clock import Clock
from cybertip.mock.exchanges import Exchange
from cybertip.mock.state import ReceivedFile, ReceivedReport


@dataclass(frozen=True, slots=True)
class Kept:
    """What a journal holds.

    Attributes:
        reports: in the order of opening.
        next_report_id: no report has had it or a higher one.
        clock_offset: how far the mock's time was moved.
    """

    reports: tuple[ReceivedReport, ...] = ()
    next_report_id: int = 1
    clock_offset: timedelta = timedelta()


class Journal(Protocol):
    """Keeps the state of one mock. Each method returns when it is kept."""

    def load(self, clock: Clock) -> Kept:
        """Everything kept so far; the reports read the time from `clock`."""

    def save_report(self, report: ReceivedReport) -> None:
        """Keep a report that is new or was closed."""

    def save_file(self, report: ReceivedReport, file: ReceivedFile) -> None:
        """Keep a file that is new or was described."""

    def save_exchange(self, report: ReceivedReport, exchange: Exchange) -> None:
        """Keep a request that is over."""

    def save_clock(self, offset: timedelta) -> None:
        """Keep how far the time was moved."""

    def clear(self, next_report_id: int) -> None:
        """Forget all reports; no later one may have an id below this one."""


class NoJournal:
    """Keeps nothing: the state is in memory only."""

    def load(self, clock: Clock) -> Kept:
        return Kept()

    def save_report(self, report: ReceivedReport) -> None:
        pass

    def save_file(self, report: ReceivedReport, file: ReceivedFile) -> None:
        pass

    def save_exchange(self, report: ReceivedReport, exchange: Exchange) -> None:
        pass

    def save_clock(self, offset: timedelta) -> None:
        pass

    def clear(self, next_report_id: int) -> None:
        pass
