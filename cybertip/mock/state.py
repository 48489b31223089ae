"""What the mock holds: reports with their files, and the life of a report.

A report is open from its `/submit`. `/finish` files it, `/retract` cancels it, and a report that is left alone lapses
(documented). Nothing is forgotten here: what the real server would have deleted can still be looked at.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cybertip.mock.clock import Clock
from cybertip.mock.exchanges import Exchange

FIRST_REPORT_ID = 4_100_000_001
"""Beyond 32 bits, so that a client that keeps ids in an ``int`` fails here. Real ids had 9 digits in 2025 (seen)."""

LAPSE_AFTER_OPENING = timedelta(hours=24)
LAPSE_AFTER_CHANGE = timedelta(hours=1)

MOST_EXCHANGES = 500
"""How many exchanges are remembered for one report: the latest."""


class ReportState(StrEnum):
    """Where a report stands in its life."""

    OPEN = "open"
    FINISHED = "finished"
    RETRACTED = "retracted"
    LAPSED = "lapsed"


@dataclass(slots=True)
class ReceivedFile:
    """One uploaded file. Its bytes are not kept.

    Attributes:
        id: 32 hexadecimal digits (seen).
        uploaded_at: when the upload was complete.
        size: in bytes.
        md5: of the bytes that arrived, in hexadecimal digits.
        sha256: likewise.
        name: the file name as the client sent it.
        details: the bytes of its file details, once they have been accepted.
    """

    id: str
    uploaded_at: datetime
    size: int
    md5: str
    sha256: str
    name: str = field(repr=False)
    details: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class ReceivedReport:
    """One report.

    Attributes:
        id: its report id.
        account: the user name that opened it; no other may touch it.
        xml: the bytes of the report document.
        batched: whether it is a batched report.
        opened_at: when `/submit` was accepted.
        changed_at: when the last file or file details were added.
        closed_at: when it was finished or retracted; when it lapsed, once a clock was moved over that.
        files: its files in the order of their uploads.
        exchanges: the latest requests about it, oldest first.
    """

    id: int
    account: str
    xml: bytes = field(repr=False)
    batched: bool
    clock: Clock = field(repr=False, compare=False)
    opened_at: datetime
    changed_at: datetime | None = None
    closed_at: datetime | None = None
    files: list[ReceivedFile] = field(default_factory=list)
    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=MOST_EXCHANGES), repr=False)
    closed_as: ReportState | None = field(default=None, repr=False)

    @property
    def lapses_at(self) -> datetime:
        """When it lapses, if nothing else happens: a day after opening or an hour after the last change (documented).

        The later of the two counts. Changes are file uploads and file details (documented).
        """
        deadline = self.opened_at + LAPSE_AFTER_OPENING
        return deadline if self.changed_at is None else max(deadline, self.changed_at + LAPSE_AFTER_CHANGE)

    @property
    def state(self) -> ReportState:
        """Where it stands now. At the very moment of its deadline it has lapsed (assumed)."""
        if self.closed_as is not None:
            return self.closed_as
        return ReportState.LAPSED if self.clock() >= self.lapses_at else ReportState.OPEN

    @property
    def ended_at(self) -> datetime | None:
        """When it was finished or retracted, or lapsed; None while it is open."""
        return self.lapses_at if self.state is ReportState.LAPSED else self.closed_at

    def file(self, file_id: str) -> ReceivedFile | None:
        """One of its files, if it has it."""
        return next((file for file in self.files if file.id == file_id), None)

    def add(self, file: ReceivedFile) -> None:
        """Add an uploaded file."""
        self.files.append(file)
        self.changed_at = file.uploaded_at

    def describe(self, file: ReceivedFile, details: bytes) -> None:
        """Accept the details of one of its files."""
        file.details = details
        self.changed_at = self.clock()

    def close(self, state: ReportState) -> None:
        """Finish or retract it."""
        self.closed_as = state
        self.closed_at = self.clock()

    def settle(self) -> bool:
        """Let it have lapsed for good, if it has: no clock that is put back will open it again."""
        lapsed = self.closed_as is None and self.state is ReportState.LAPSED
        if lapsed:
            self.closed_as = ReportState.LAPSED
            self.closed_at = self.lapses_at
        return lapsed
