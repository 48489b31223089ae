"""Small documents for the rules of the mock: a report and file details in which nothing is wrong, and their parts."""

from __future__ import annotations

from datetime import UTC, datetime

from cybertip.mock.rules import Violation, judge_details, judge_report
from cybertip.xml import read_tree

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAST = "2026-01-02T11:59:59.9999999Z"
FUTURE = "2026-01-02T12:00:00.0000001Z"
ASTRAL = "\U0001d11e"
EMAIL = "<email>robin@example.com</email>"
BATCH = '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>'


# --- documents ---------------------------------------------------------------------------------------------------


def report(
    people: str = "",
    *,
    batched: bool = False,
    platform: str = "",
    time: str = PAST,
    described: str = "",
    internet: str = "",
    law: str = "",
    reporter: str = EMAIL,
    after: str = "",
    info: str = "",
) -> str:
    """A small report with room for more."""
    return (
        f"<report>{BATCH if batched else ''}"
        f"<incidentSummary><incidentType>Misleading Domain Name</incidentType>{platform}"
        f"<incidentDateTime>{time}</incidentDateTime>{described}</incidentSummary>"
        f"{internet and f'<internetDetails>{internet}</internetDetails>'}{law}"
        f"<reporter><reportingPerson>{reporter}</reportingPerson>{after}</reporter>{people}{info}</report>"
    )


def suspect(inner: str) -> str:
    """A report on one suspect."""
    return report(f"<personOrUserReported>{inner}</personOrUserReported>")


def recipient(inner: str) -> str:
    """A report with one recipient."""
    return report(f"<intendedRecipient>{inner}</intendedRecipient>")


def victim(inner: str) -> str:
    """A report with one victim, of whom nothing is known but this."""
    return report(f"<victim><victimPerson/>{inner}</victim>")


def person(inner: str) -> str:
    """A report on one suspect, of whom the person is known."""
    return suspect(f"<personOrUserReportedPerson>{inner}</personOrUserReportedPerson>")


def account(inner: str) -> str:
    """A report on one suspect with another account."""
    return suspect(f'<associatedAccount type="Linked">{inner}</associatedAccount>')


def details(inner: str = "", *, report_id: str = "4321", file_id: str = "f1") -> str:
    """The details of a file."""
    return f"<fileDetails><reportId>{report_id}</reportId><fileId>{file_id}</fileId>{inner}</fileDetails>"


BATCHED = read_tree(report(batched=True).encode())


def judge(xml: str, *, batched: bool = False) -> list[Violation]:
    """What the rules say about a document of either kind."""
    root = read_tree(xml.encode())
    if root.tag == "report":
        return judge_report(root, NOW)
    return judge_details(root, NOW, BATCHED if batched else None)


def found(xml: str, *, batched: bool = False) -> list[tuple[str, str]]:
    """The codes and paths of it."""
    return [(violation.code, violation.path) for violation in judge(xml, batched=batched)]


# --- the table ---------------------------------------------------------------------------------------------------
