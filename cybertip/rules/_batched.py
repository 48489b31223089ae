"""B rules: what a batched report, many users around one viral file, may hold."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.models import FileDetails, FileRelevance, PersonOrUserReported, Report, Wire
from cybertip.rules._case import Case
from cybertip.rules._helpers import name_of
from cybertip.rules._registry import Outcome, Problem, rule

_OR_NOT_BATCHED = "Remove it, or file separate reports that are not batched."


def _given(part: Wire) -> Iterator[str]:
    """The fields that say something. An empty element is something."""
    for field in type(part).model_fields:
        if getattr(part, field) not in (None, ()):
            yield field


@rule(
    "B401",
    PersonOrUserReported,
    title="Each user of a batched report has nothing but an identifier",
    reason="The server refuses everything else there. There may be many users.",
    cure=_OR_NOT_BATCHED,
    section="batchedReport",
    wrong="<personOrUserReported><espIdentifier>user-1</espIdentifier><screenName>name</screenName></personOrUserReported>",
    right="<personOrUserReported><espIdentifier>user-1</espIdentifier></personOrUserReported>",
)
def only_identifiers(part: PersonOrUserReported, case: Case) -> Iterator[Outcome]:
    if case.is_batched:
        for field in _given(part):
            if field != "esp_identifier":
                yield Problem(f"{name_of(part, field)} stands in a user of a batched report", _first(part, field))


def _first(part: Wire, field: str) -> tuple[str | int, ...]:
    return (field, 0) if isinstance(getattr(part, field), tuple) else (field,)


@rule(
    "B402",
    Report,
    title="A batched report is not escalated, and names no incident details, authority, recipient or victim",
    reason="The server refuses these, and the report's own additional information, in a batched report.",
    cure=_OR_NOT_BATCHED,
    section="batchedReport",
)
def nothing_else(part: Report, case: Case) -> Iterator[Outcome]:
    if part.batched_report is None:
        return
    if part.incident_summary.escalate_to_high_priority is not None:
        at = ("incident_summary", "escalate_to_high_priority")
        yield Problem("<escalateToHighPriority> stands in a batched report", at)
    for field in ("internet_details", "law_enforcement", "intended_recipients", "victims", "additional_info"):
        if getattr(part, field) not in (None, ()):
            yield Problem(f"{name_of(part, field)} stands in a batched report", _first(part, field))


@rule(
    "B403",
    Report,
    title="A batched report has at most one file",
    reason="With two, /finish fails and the report must be retracted and filed anew.",
    cure="Keep the one file that the report is about.",
    section="batchedReport",
)
def one_file(part: Report, case: Case) -> Iterator[Outcome]:
    if part.batched_report is not None and max(case.file_count, len(case.files)) > 1:
        yield Problem("a batched report has more than one file", ("batched_report",))


@rule(
    "B404",
    Report,
    title="The file of a batched report is annotated as viral, as a potential meme, or both, and as nothing else",
    reason="That is what batched reports are for, so such a file needs details.",
    cure="Annotate the file with viral or potentialMeme alone, or file separate reports that are not batched.",
    section="batchedReport",
    wrong="<fileAnnotations><viral/><infant/></fileAnnotations>",
    right="<fileAnnotations><viral/></fileAnnotations>",
)
def viral_or_meme(part: Report, case: Case) -> Iterator[Outcome]:
    if part.batched_report is None:
        return
    if case.file_count > len(case.files):
        yield Problem("a file of a batched report has no file details", ("batched_report",))
    for index, details in enumerate(case.files):
        annotations = details.file_annotations
        given = set(_set_flags(annotations)) if annotations is not None else set()
        if not given & {"viral", "potential_meme"} and not details.potential_meme:
            yield Problem("the file is annotated neither as viral nor as a potential meme", file=index)
        for field in type(annotations).model_fields if annotations is not None else ():
            if field in given - {"viral", "potential_meme"}:
                message = "the file of a batched report has another annotation"
                yield Problem(message, ("file_annotations", field), file=index)


def _set_flags(part: Wire) -> Iterator[str]:
    return (field for field in type(part).model_fields if getattr(part, field))


_NOT_IN_BATCHED = (
    "file_name",
    "original_file_name",
    "location_of_file",
    "original_file_hashes",
    "ip_capture_event",
    "device_ids",
    "details",
    "additional_info",
)


@rule(
    "B405",
    FileDetails,
    title="The file of a batched report has no name, location, hash, IP event, device, metadata or further text",
    reason="They belong to one user's upload, and a batched report is about many. That <fileName> is one is assumed.",
    cure=_OR_NOT_BATCHED,
    section="batchedReport",
    wrong="<originalFileName>picture.png</originalFileName>",
)
def bare_file(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if case.is_batched:
        for field in _NOT_IN_BATCHED:
            if getattr(part, field) not in (None, ()):
                yield Problem(
                    f"{name_of(part, field)} stands in the file details of a batched report", _first(part, field)
                )


@rule(
    "B406",
    FileDetails,
    title="The file of a batched report is what is reported",
    reason="There is no context to supplement. An industry classification is allowed.",
    cure="Make the relevance Reported, or leave it out.",
    section="batchedReport",
    wrong="<fileRelevance>Supplemental Reported</fileRelevance>",
    right="<fileRelevance>Reported</fileRelevance>",
)
def reported_file(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if case.is_batched and part.file_relevance not in (None, FileRelevance.REPORTED):
        yield Problem("the file of a batched report is supplemental", ("file_relevance",))
