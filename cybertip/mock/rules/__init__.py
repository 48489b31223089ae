"""The mock server's own reading of the documented rules: S101 to S308 and B401 to B406.

It is written from the list of rules and the structure of the documents alone, and shares nothing with the rules that
the client applies before it sends. A misreading in one of the two therefore shows as a disagreement with the other.

Documents are judged as element trees that the schema has accepted and that hold no comments. `_judging` holds the
machinery, `_values` says what a value means, and each other module is a table with one row or one small function for
each statement of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from lxml import etree

from cybertip.mock.rules._batched import BATCHED_FILE, BATCHED_REPORT, FINISH_CODES, finish_violations
from cybertip.mock.rules._files import FILES
from cybertip.mock.rules._judging import Case, Violation, indexed, judged
from cybertip.mock.rules._people import PEOPLE
from cybertip.mock.rules._report import REPORT, emails_of_parties, is_batched
from cybertip.mock.rules._shared import SHARED
from cybertip.mock.rules._values import moment_of

__all__ = ["CODES", "Violation", "judge_details", "judge_finish", "judge_report"]

_ON_REPORTS = (*SHARED, *PEOPLE, *REPORT)
_ON_FILES = (*SHARED, *FILES)

_REPORT_RULES = indexed(_ON_REPORTS)
_BATCHED_REPORT_RULES = indexed((*_ON_REPORTS, *BATCHED_REPORT))
_FILE_RULES = indexed(_ON_FILES)
_BATCHED_FILE_RULES = indexed((*_ON_FILES, *BATCHED_FILE))

CODES: frozenset[str] = FINISH_CODES.union(
    rule.code for rule in (*_ON_REPORTS, *_ON_FILES, *BATCHED_REPORT, *BATCHED_FILE)
)
"""Every code that is judged here."""


def judge_report(report: etree._Element, now: datetime, *, most: int | None = None) -> list[Violation]:
    """Judge a ``<report>`` document.

    Args:
        report: the root of a document that the schema accepts.
        now: when the document arrived; aware, in UTC.
        most: after so many violations nothing more is looked for.

    Returns:
        What is wrong with it, in document order; empty where nothing is.
    """
    batched = is_batched(report)
    case = Case(now=moment_of(now), batched=batched, party_emails=emails_of_parties(report))
    return list(islice(judged(report, _BATCHED_REPORT_RULES if batched else _REPORT_RULES, case), most))


def judge_details(
    details: etree._Element, now: datetime, report: etree._Element | None, *, most: int | None = None
) -> list[Violation]:
    """Judge a ``<fileDetails>`` document.

    Args:
        details: the root of a document that the schema accepts.
        now: when the document arrived; aware, in UTC.
        report: the document of the report that the file belongs to, which says whether the report is batched; None
            where it is not known.
        most: after so many violations nothing more is looked for.

    Returns:
        What is wrong with it, in document order; empty where nothing is.
    """
    batched = report is not None and is_batched(report)
    case = Case(now=moment_of(now), batched=batched)
    return list(islice(judged(details, _BATCHED_FILE_RULES if batched else _FILE_RULES, case), most))


def judge_finish(report: etree._Element, details: Sequence[etree._Element | None]) -> list[Violation]:
    """Judge whether a report may be filed with the files that it has.

    Args:
        report: the document that opened the report.
        details: for each uploaded file, in order, its document, or None where it has none.

    Returns:
        What stands in the way; empty where nothing does.
    """
    return finish_violations(details) if is_batched(report) else []
