"""The verdicts of the client's checks and of the mock, in a form in which they can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from cybertip.checks import judge
from cybertip.findings import Severity
from cybertip.mock.answers import Refused
from cybertip.mock.documents import check_batched_report, read_details, read_report
from cybertip.mock.rules import judge_details, judge_report
from cybertip.rules import Case
from cybertip.xml import read_tree

Verdict = set[tuple[str, str, str]]
"""Document, code and path of everything that would be refused; one entry ``X`` for what the schema refuses."""


def of_the_client(
    report: bytes | None, details: Sequence[bytes], now: datetime, *, uploads: int | None = None
) -> tuple[Verdict, datetime]:
    """What ``cybertip validate`` calls an error, and when it would send the documents."""
    verdict = judge(report, details, Case(now=now, uploads=uploads))
    errors = {
        (finding.document, "X", "") if finding.code[0] == "X" else (finding.document, finding.code, finding.path)
        for finding in verdict.findings
        if finding.severity is Severity.ERROR
    }
    # A time a little ahead is no error, but the documents are not sent before it has passed.
    ahead = verdict.not_before
    return errors, now if ahead is None else max(now, ahead + timedelta(microseconds=1))


def of_the_mock(
    report: bytes | None, details: Sequence[bytes], now: datetime, *, uploads: int | None = None
) -> Verdict:
    """What the mock would refuse, at the call at which it would."""
    verdict: Verdict = set()
    batched = False
    if report is not None:
        try:
            batched = read_report(report, now).model.batched_report is not None
        except Refused as refusal:
            # Where only the rules refuse it, what it demands of its files is still worth comparing.
            # The mock tells the first of many; here all of them count.
            verdict |= _violations(refusal, "report")
            if refusal.violations:
                found = judge_report(read_tree(report), now)
                verdict |= {("report", violation.code, violation.path) for violation in found}
            batched = bool(refusal.violations) and b"<batchedReport" in report
    for index, document in enumerate(details):
        name = f"files[{index}]"
        refused = _attempt(partial(read_details, document, now), name)
        if (name, "X", "") not in refused:
            # The call itself would stop at the first part of this.
            found = judge_details(read_tree(document), now, read_tree(report) if batched and report else None)
            refused |= {(name, violation.code, violation.path) for violation in found}
        verdict |= refused
    if batched and report is not None and not any(code == "X" for _, code, _ in verdict):
        undescribed = [None] * ((uploads or len(details)) - len(details))
        verdict |= _attempt(partial(check_batched_report, report, [*details, *undescribed]), "report")
    return verdict


def agree(client: Verdict, mock: Verdict) -> bool:
    """Whether both say the same.

    A document that cannot be read as one must be refused by both, and so must one with a time without its offset, for
    the same times; what else is wrong with it only the mock can tell. While there is such a document, nothing is
    compared that needs all of them (B).
    """
    both = client | mock
    unread = {document for document, code, _ in both if code == "X"}
    timeless = {document for document, code, _ in both if code == "S119"} - unread
    refused = [{document for document, _, _ in verdict} for verdict in (client, mock)]
    return all(refused_by >= unread | timeless for refused_by in refused) and (
        _comparable(client, unread, timeless) == _comparable(mock, unread, timeless)
    )


def _comparable(verdict: Verdict, unread: set[str], timeless: set[str]) -> Verdict:
    return {
        # What a batched report may not hold is named once by the one, and each time by the other.
        (document, code, re.sub(r"\[\d+\]$", "", path) if code[0] == "B" else path)
        for document, code, path in verdict
        if document not in unread
        and (document not in timeless or code == "S119")
        and (code[0] != "B" or not unread | timeless)
    }


def _attempt(action: Callable[[], object], document: str) -> Verdict:
    try:
        action()
    except Refused as refusal:
        return _violations(refusal, document)
    return set()


def _violations(refusal: Refused, document: str) -> Verdict:
    return {(document, one.code, one.path) for one in refusal.violations} or {(document, "X", "")}
