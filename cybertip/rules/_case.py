"""What is checked together: a report with its file details, and whatever else is known about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cybertip.models import FileDetails, Report
from cybertip.profile import ReporterProfile, Thresholds
from cybertip.review import ReviewRecord


class History(Protocol):
    """What earlier filings tell: `cybertip.ledger.Ledger`, or whoever else knows."""

    def filings_escalated_with(self, text: str) -> int:
        """How many earlier filings were escalated with this very text (Q614)."""
        ...

    def reports_on(self, identifier: str) -> Collection[int]:
        """The ids of earlier reports on the account with this identifier of the provider (Q617)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A report with its file details, and what else is known. What is not known is not judged.

    Attributes:
        now: the moment that *past* is measured by, aware.
        report: the report; None where file details are checked alone.
        files: the file details, in the order of `ReviewRecord.evidence` where there is a record.
        record: what the documents were built from.
        profile: who files.
        history: what earlier filings tell.
        report_id: the report's id, once the server has assigned it.
        file_ids: the ids that the report's files were given.
        uploads: how many files are or will be uploaded; `files` tells where it is None.
        sizes: the files' sizes in bytes, in the order of their upload.
        confirmed_at: when people confirmed the decision; the record tells where it is None.
    """

    now: datetime
    report: Report | None = field(default=None, repr=False)
    files: Sequence[FileDetails] = field(default=(), repr=False)
    record: ReviewRecord | None = field(default=None, repr=False)
    profile: ReporterProfile | None = field(default=None, repr=False)
    history: History | None = field(default=None, repr=False)
    report_id: int | None = None
    file_ids: Collection[str] | None = None
    uploads: int | None = None
    sizes: Sequence[int] = ()
    confirmed_at: datetime | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        for name, moment in (("now", self.now), ("confirmed_at", self.confirmed_at)):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{name} has no UTC offset; give an aware datetime")

    @property
    def is_batched(self) -> bool:
        """Whether the report groups many users around one file."""
        return self.report is not None and self.report.batched_report is not None

    @property
    def file_count(self) -> int:
        """How many files are or will be uploaded, as far as it is known."""
        return len(self.files) if self.uploads is None else self.uploads

    @property
    def latest(self) -> datetime:
        """The latest moment that still passes as past."""
        return self.now + timedelta(seconds=self.thresholds.clock_skew)
