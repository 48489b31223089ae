"""What the quality rules share: the sources of the advice, the suspects, the content of messages, the texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from cybertip.findings import Severity
from cybertip.models import FileDetails, Report, Wire
from cybertip.rules._engine import path_of, walk
from cybertip.rules._registry import C, rule
from cybertip.rules._values import is_blank

SOURCES = (
    "NCMEC's CY2023 report to Congress's appropriators; Stanford Internet Observatory, April 2024; the"
    " schema's annotations; providers' own post-mortems"
)


def advice(
    code: str,
    *parts: type[Wire],
    title: str,
    reason: str,
    cure: str,
    wrong: str = "",
    right: str = "",
    info: bool = False,
) -> Callable[[C], C]:
    """Register a function as the quality rule `code`: a warning, or an info."""
    severity = Severity.INFO if info else Severity.WARNING
    return rule(
        code,
        *parts,
        title=title,
        reason=reason,
        cure=cure,
        section=SOURCES,
        wrong=wrong,
        right=right,
        severity=severity,
    )


def has_content(report: Report) -> bool:
    """Whether some incident holds the text of messages."""
    incidents = (
        incident
        for details in report.internet_details
        for incident in (
            details.email_incident,
            details.newsgroup_incident,
            details.chat_im_incident,
            details.online_gaming_incident,
        )
    )
    return any(not is_blank(incident.content) for incident in incidents if incident is not None)


# Texts that the provider writes. What users wrote (content of messages, profiles) is evidence and left alone.
_OWN_TEXTS = ("additional_info", "incident_date_time_description", "escalate_to_high_priority")


def own_texts(document: Report | FileDetails) -> Iterator[tuple[str, str]]:
    """The provider's own free texts in a document, each with its path before it."""
    for visit in walk(document):
        for field in _own_fields(type(visit.part)):
            value = getattr(visit.part, field)
            if isinstance(value, str):
                yield path_of(visit.part, visit.path, (field,)), value
            elif isinstance(value, tuple):
                for index, text in enumerate(value):
                    yield path_of(visit.part, visit.path, (field, index)), text


@cache
def _own_fields(model: type[Wire]) -> tuple[str, ...]:
    return tuple(field for field in _OWN_TEXTS if field in model.model_fields)


def without_positions(path: str) -> str:
    """A path that is the same for all of several."""
    return re.sub(r"\[[0-9]+]", "", path)
