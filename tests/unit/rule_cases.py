"""Small cases for rules: a report and file details in which nothing is wrong, and ways to change them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cybertip.models import (
    AssociatedAccount,
    AssociatedAccountType,
    BatchedReport,
    BatchedReportReason,
    Email,
    FileDetails,
    IncidentSummary,
    IncidentType,
    IntendedRecipient,
    InternetDetails,
    Person,
    PersonOrUserReported,
    Report,
    Reporter,
    Victim,
)
from cybertip.rules import Case

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAST = datetime(2026, 1, 31, 8, tzinfo=UTC)
SUSPECT = "/report/personOrUserReported[1]"
ASTRAL = "\U0001f7e6"
"""One character, two UTF-16 code units."""


def summary(**changes: Any) -> IncidentSummary:
    """A summary of a past incident."""
    return IncidentSummary(**{"incident_type": IncidentType.CHILD_SEX_TOURISM, "incident_date_time": PAST, **changes})


def report(**changes: Any) -> Report:
    """The smallest report that no documented rule refuses."""
    reporter = Reporter(reporting_person=Person(emails=[Email(address="reports@example.com")]))
    return Report(**{"incident_summary": summary(), "reporter": reporter, **changes})


def details(**changes: Any) -> FileDetails:
    """The smallest file details."""
    return FileDetails(**{"report_id": 4_100_000_001, "file_id": "f1", **changes})


def case(of_report: Report | None = None, *files: FileDetails, **known: Any) -> Case:
    """A case at a fixed moment."""
    return Case(now=NOW, report=of_report, files=files, **known)


def suspect(**fields: Any) -> Case:
    """A report on a suspect with these fields."""
    return case(report(persons_or_users_reported=[PersonOrUserReported(**fields)]))


def person(**fields: Any) -> Case:
    """A report on a suspect who is a person with these fields."""
    return suspect(person=Person(**fields))


def recipient(**fields: Any) -> Case:
    """A report with a recipient."""
    return case(report(intended_recipients=[IntendedRecipient(**fields)]))


def victim(**fields: Any) -> Case:
    """A report with a victim."""
    return case(report(victims=[Victim(**{"person": Person(), **fields})]))


def associated(**fields: Any) -> Case:
    """A report on a suspect with another account."""
    return suspect(associated_accounts=[AssociatedAccount(type=AssociatedAccountType.OTHER, **fields)])


def incident(**fields: Any) -> Case:
    """A report with one kind of incident."""
    return case(report(internet_details=[InternetDetails(**fields)]))


def one_file(**fields: Any) -> Case:
    """File details alone."""
    return case(None, details(**fields))


def batched(*files: FileDetails, **fields: Any) -> Case:
    """A batched report."""
    reason = BatchedReport(reason=BatchedReportReason.VIRAL_POTENTIAL_MEME)
    return case(report(batched_report=reason, **fields), *files)
