"""What the mock holds: reports with their files, and the life of a report.

A report is open from its `/submit`. `/finish` files it, `/retract` cancels it, and a report that is left alone lapses
(documented). Nothing is forgotten here: what the real server would have deleted can still be looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from cybertip.mock.answers import Code, Refused

Clock = Callable[[], datetime]
"""Tells the time: aware, in UTC."""

FIRST_REPORT_ID = 4_100_000_001
"""Beyond 32 bits, so that a client that keeps ids in an ``int`` fails here. Real ids had 9 digits in 2025 (seen)."""

LAPSE_AFTER_OPENING = timedelta(hours=24)
LAPSE_AFTER_CHANGE = timedelta(hours=1)


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
        opened_at: when `/submit` was accepted.
        changed_at: when the last file or file details were added.
        closed_at: when it was finished or retracted.
        files: its files in the order of their uploads.
    """

    id: int
    account: str
    xml: bytes = field(repr=False)
    clock: Clock = field(repr=False, compare=False)
    opened_at: datetime
    changed_at: datetime | None = None
    closed_at: datetime | None = None
    files: list[ReceivedFile] = field(default_factory=list)
    _closed: ReportState | None = field(default=None, init=False, repr=False)

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
        if self._closed is not None:
            return self._closed
        return ReportState.LAPSED if self.clock() >= self.lapses_at else ReportState.OPEN

    def file(self, file_id: str) -> ReceivedFile:
        """One of its files. Raises Refused, with 5002, where it has no such file."""
        for file in self.files:
            if file.id == file_id:
                return file
        raise Refused(Code.NO_SUCH_FILE)

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
        self._closed = state
        self.closed_at = self.clock()


class Reports:
    """All reports of a mock, and everything that numbers them."""

    def __init__(self, clock: Clock, random: Random, first_report_id: int = FIRST_REPORT_ID) -> None:
        """Start without reports.

        Args:
            clock: tells the time.
            random: makes file ids and the values of headers; seed it to get the same ones again.
            first_report_id: the id of the first report; each later one is one more.
        """
        self.by_id: dict[int, ReceivedReport] = {}
        self._clock = clock
        self._random = random
        self._ids = itertools.count(first_report_id)

    def hex_id(self) -> str:
        """32 random hexadecimal digits."""
        return f"{self._random.getrandbits(128):032x}"

    def open(self, account: str, xml: bytes) -> ReceivedReport:
        """Open a report."""
        report = ReceivedReport(next(self._ids), account, xml, self._clock, self._clock())
        self.by_id[report.id] = report
        return report

    def changeable(self, account: str, report_id: int) -> ReceivedReport:
        """An open report of this account.

        Raises:
            Refused: 5001 for a report that never existed or has lapsed, 3300 for another account's, 5101 for a
                retracted one, 5102 for a finished one.
        """
        report = self.by_id.get(report_id)
        # Documented: a lapsed report is deleted. The documentation also calls it retracted, so 5001 is assumed.
        if report is None or report.state is ReportState.LAPSED:
            raise Refused(Code.NO_SUCH_REPORT)
        # Assumed: 3300 fits its documented name; 3000 would be the other candidate. Asked before the state, so that
        # one account learns nothing about another's report but that it exists.
        if report.account != account:
            raise Refused(Code.NOT_AUTHORIZED_TO_UPDATE)
        # Documented by name only; that every later call gets these codes, a second /finish and /retract among them,
        # is assumed.
        if report.state is ReportState.RETRACTED:
            raise Refused(Code.ALREADY_RETRACTED)
        if report.state is ReportState.FINISHED:
            raise Refused(Code.ALREADY_FINISHED)
        return report

    def new_file(self, *, name: str, size: int, md5: str, sha256: str) -> ReceivedFile:
        """A file that was completely uploaded just now."""
        return ReceivedFile(self.hex_id(), self._clock(), size, md5, sha256, name)
