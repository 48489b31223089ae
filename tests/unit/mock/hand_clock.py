"""A clock for tests, and a core that reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cybertip.mock import MockCore
from cybertip.mock.state import ReceivedReport
from cybertip.models import ReportResponse
from cybertip.xml import parse
from tests.samples import report_xml

ESP = "esp-one"
OTHER = "esp-two"
START = datetime(2025, 6, 1, 12, tzinfo=UTC)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def opened(core: MockCore, account: str = ESP) -> ReceivedReport:
    """A report that was just opened."""
    report_id = parse(core.submit(account, report_xml()).body, ReportResponse).document.report_id
    assert report_id is not None
    return core.reports[report_id]
