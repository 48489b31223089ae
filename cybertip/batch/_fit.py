"""Why records are no case for a batched report.

A batched report says of its users nothing but who they are. A record that would lose by that what investigators need,
or of which the report would say something untrue, is refused: filed alone, it says all that it knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cybertip.findings import Finding, error
from cybertip.models import FileAnnotations, FileRelevance, IncidentType, InternetDetails, ReportAnnotations
from cybertip.review import Evidence, ReviewRecord
from cybertip.rules._values import is_blank, units

ALONE = "File this record alone."

LONGEST = 255
"""How many UTF-16 code units an identifier may have (S211)."""

GRAVE = frozenset({IncidentType.CHILD_SEXUAL_MOLESTATION, IncidentType.CHILD_SEX_TRAFFICKING})
"""The kinds of incidents that cannot wait (Q615), while a batched report cannot be escalated."""

HARMLESS = frozenset({"spam", "informational", "instrumental_use"})
"""The annotations of a case that speak of no child in danger. Any other one is taken to, and so is one yet to come."""


def unfit(record: ReviewRecord, mended: Collection[str] = ()) -> Iterator[Finding]:
    """What of one record a batched report could not do justice to; pointers are those of the record.

    Args:
        record: the record.
        mended: the pointers of what is no longer as it was, because XML could not carry it.
    """
    yield from _more_than_users(record)
    yield from _danger(record)
    yield from _content(record)
    yield from _users(record, mended)
    yield from _file(record)


def contradictions(records: Sequence[ReviewRecord], service: str | None) -> Iterator[Finding]:
    """What keeps records from being told together; pointers begin with the index of the record.

    Args:
        records: the records; at least one.
        service: the product that an account belongs to where its record does not say.
    """
    first = records[0]
    ids: dict[str, int] = {}
    for index, record in enumerate(records):
        at = f"/{index}"
        if ids.setdefault(record.id, index) != index:
            message = f"record {ids[record.id]} has this id, too"
            yield error("X002", f"{at}/id", message, "Hand in each record once, and give each its own id.")
        if record.profile != first.profile:
            message = "this is another profile than that of the first record, and one report has one reporter"
            yield error("X002", f"{at}/profile", message, "File the records of each profile by themselves.")
        if record.incident.type is not first.incident.type:
            yield error("X002", f"{at}/incident/type", "the records are about different kinds of incidents", ALONE)
        if (record.incident.platform or "").strip() != (first.incident.platform or "").strip():
            message = "the report would say the platform of all users, and this is not the first record's"
            yield error("X002", f"{at}/incident/platform", message, "Name the same one, or file this record alone.")
        if first.evidence and record.evidence and record.evidence[0].sha256 != first.evidence[0].sha256:
            yield error("B403", f"{at}/evidence/0/sha256", "this is another file than that of the first record", ALONE)
    yield from _classes(records)
    yield from _namesakes(records, service)


def _namesakes(records: Sequence[ReviewRecord], service: str | None) -> Iterator[Finding]:
    """Accounts of different products with one identifier, which would become one."""
    services: dict[str, str | None] = {}
    for index, record in enumerate(records):
        for number, suspect in enumerate(record.suspects):
            identifier = suspect.identifier or ""
            own = suspect.service or service
            if not is_blank(identifier) and services.setdefault(identifier, own) != own:
                message = "an account of another service has this identifier, and here they would become one"
                yield error("B401", f"/{index}/suspects/{number}/identifier", message, ALONE)


def _classes(records: Sequence[ReviewRecord]) -> Iterator[Finding]:
    """Classifications of the one file that are not those of the first record that has one."""
    files = [(index, item) for index, record in enumerate(records) for item in record.evidence[:1]]
    named = [(index, item) for index, item in files if item.classification and item.sha256 == files[0][1].sha256]
    for index, item in named:
        if item.classification is not named[0][1].classification:
            message = f"the file has another classification here than in record {named[0][0]}"
            cure = "Have people decide which one is right, and give it in all of the records."
            yield error("X002", f"/{index}/evidence/0/classification", message, cure)


def _more_than_users(record: ReviewRecord) -> Iterator[Finding]:
    for field in ("urgent", "victims", "recipients", "law_enforcement", "follow_up"):
        if getattr(record, field):
            yield error("B402", f"/{field}", f"a batched report cannot carry {field.replace('_', ' ')}", ALONE)


def _danger(record: ReviewRecord) -> Iterator[Finding]:
    for number, _ in enumerate(record.indicators):
        yield error("B402", f"/indicators/{number}", "a batched report cannot tell of a child in danger", ALONE)
    if record.incident.type in GRAVE:
        message = "an incident of this type cannot wait, and a batched report cannot be escalated"
        yield error("B402", "/incident/type", message, ALONE)
    tags = record.incident.annotations or ReportAnnotations()
    for name in type(tags).model_fields:
        if getattr(tags, name) and name not in HARMLESS:
            message = "a batched report cannot tell of what this says about a child"
            yield error("B402", f"/incident/annotations/{name}", message, ALONE)


def _content(record: ReviewRecord) -> Iterator[Finding]:
    for number, _ in enumerate(record.incident.chats):
        yield error("B402", f"/incident/chats/{number}", "a batched report cannot carry a conversation", ALONE)
    for number, details in enumerate(record.incident.details):
        for place in _carrying(details):
            message = "a batched report cannot carry what was said or shared beside the file"
            yield error("B402", f"/incident/details/{number}/{place}", message, ALONE)


def _carrying(details: InternetDetails) -> Iterator[str]:
    """What of a kind of incident is more than the place where the file was met."""
    for kind in type(details).model_fields:
        part = getattr(details, kind)
        for field in ("content", "file_names"):
            if (getattr(part, field, None) or "").strip():
                yield f"{kind}/{field}"
    if details.non_internet_incident is not None:  # nobody spreads a file by that
        yield "non_internet_incident"


def _users(record: ReviewRecord, mended: Collection[str]) -> Iterator[Finding]:
    if not record.suspects:
        yield error("B401", "/suspects", "there is no user to name", ALONE)
    for number, suspect in enumerate(record.suspects):
        at = f"/suspects/{number}"
        identifier = suspect.identifier or ""
        if f"{at}/identifier" in mended:
            message = "the identifier had characters that XML cannot carry, and without them it is another account's"
            yield error("B401", f"{at}/identifier", message, ALONE)
        elif is_blank(identifier):
            message = "a batched report names its users by nothing but the identifier"
            yield error("B401", f"{at}/identifier", message, ALONE)
        elif units(identifier) > LONGEST:  # cut it would be another account's
            message = f"the identifier has more than {LONGEST} characters, and has no other place in a batched report"
            yield error("S211", f"{at}/identifier", message, ALONE)
        if suspect.third_party:
            message = "another company's account would be named as one of the provider's own"
            yield error("B401", f"{at}/third_party", message, ALONE)
        if suspect.compromised:
            message = "an account that somebody else took over would be named without a word of that"
            yield error("B401", f"{at}/compromised", message, ALONE)


MARKS = ("potential_meme", "viral")
"""The annotations that make a file one for a batched report."""


def marks_of(evidence: Evidence) -> list[str]:
    """Those of `MARKS` that a reviewer set."""
    tags = evidence.annotations or FileAnnotations()
    return [name for name in MARKS if getattr(tags, name)]


def _file(record: ReviewRecord) -> Iterator[Finding]:
    if len(record.evidence) != 1:
        yield error("B403", "/evidence", "a batched report is about exactly one file", ALONE)
        return
    evidence = record.evidence[0]
    if not marks_of(evidence):
        yield error("B404", "/evidence/0/annotations", "no reviewer marked the file viral or as a meme", ALONE)
    # Each of the others tells of the child, or whether there is one, and so what investigators do first. A batched
    # report allows none of them, and its silence would say that no reviewer had seen any.
    tags = evidence.annotations or FileAnnotations()
    for name in type(tags).model_fields:
        if getattr(tags, name) and name not in MARKS:
            message = "a batched report cannot carry this annotation of the file"
            yield error("B404", f"/evidence/0/annotations/{name}", message, ALONE)
    if evidence.relevance is not FileRelevance.REPORTED:
        message = "the file of a batched report is what is reported, and this one is context"
        yield error("B406", "/evidence/0/relevance", message, ALONE)
