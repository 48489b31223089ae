"""B401 to B406: what a batched report changes, for the report, for its file, and for filing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from cybertip.mock.rules._judging import Case, Fault, Rule, Violation, forbidden, text_rule, within
from cybertip.mock.rules._values import is_true

_IN_BATCHED = "in a batched report"
_ALLOWED_ANNOTATIONS = ("viral", "potentialMeme")

_NOT_IN_REPORTS = (
    "escalateToHighPriority",
    "internetDetails",
    "lawEnforcement",
    "intendedRecipient",
    "victim",
    "report/additionalInfo",
)
_NOT_IN_FILES = (
    "fileName",
    "originalFileName",
    "locationOfFile",
    "originalFileHash",
    "ipCaptureEvent",
    "deviceId",
    "details",
    "additionalInfo",
)


def _only_an_identifier(element: etree._Element, _: Case) -> Iterator[Fault]:
    for child in element:
        if child.tag != "espIdentifier":
            yield Fault(child, f"{child.tag} must not be given {_IN_BATCHED}, but espIdentifier alone")


def _annotated(details: etree._Element, _: Case) -> Iterator[Fault]:
    # The old direct form may say false, which is no annotation.
    marked = is_true(details.findtext("potentialMeme")) or any(
        details.find(f"fileAnnotations/{name}") is not None for name in _ALLOWED_ANNOTATIONS
    )
    if not marked:
        yield Fault(details, f"the file must be annotated viral or potentialMeme {_IN_BATCHED}")
    for annotation in details.iterfind("fileAnnotations/*"):
        if annotation.tag not in _ALLOWED_ANNOTATIONS:
            yield Fault(
                annotation, f"{annotation.tag} must not be given {_IN_BATCHED}, but viral or potentialMeme alone"
            )


def _reported(text: str, _: Case) -> str | None:
    return None if text == "Reported" else f"must be Reported {_IN_BATCHED}"


BATCHED_REPORT: tuple[Rule, ...] = (
    # No identifier at all is not ruled out.
    Rule("B401", ("personOrUserReported",), _only_an_identifier),
    forbidden("B402", _NOT_IN_REPORTS, _IN_BATCHED),
)

BATCHED_FILE: tuple[Rule, ...] = (
    Rule("B404", ("fileDetails",), _annotated),
    forbidden("B405", within(["fileDetails"], *_NOT_IN_FILES), _IN_BATCHED),
    text_rule("B406", ["fileRelevance"], _reported),
)

FINISH_CODES = frozenset({"B403", "B404"})
"""What can be judged only when a report is filed."""


def finish_violations(details: Sequence[etree._Element | None]) -> list[Violation]:
    """What stands in the way of filing a batched report. What is not there is laid to the mark that demands it."""
    found = []
    if len(details) > 1:
        found.append(Violation("B403", "/report/batchedReport", f"at most one file may be uploaded {_IN_BATCHED}"))
    found.extend(
        Violation("B404", "/report/batchedReport", f"the file must have details that annotate it {_IN_BATCHED}")
        for document in details
        if document is None
    )
    return found
