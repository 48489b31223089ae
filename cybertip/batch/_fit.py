"""Why records are no case for a batched report.

A batched report says of its users nothing but who they are. A record that would lose by that what investigators need,
or of which the report would say something untrue, is refused: filed alone, it says all that it knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cybertip.findings import Finding, error
from cybertip.models import FileAnnotations
from cybertip.review import Evidence, ReviewRecord

ALONE = "File this record alone."


def unfit(record: ReviewRecord) -> Iterator[Finding]:
    """What of one record a batched report could not do justice to; pointers are those of the record.

    Args:
        record: the record.
    """
    yield from _more_than_users(record)
    yield from _users(record)
    yield from _file(record)


def contradictions(records: Sequence[ReviewRecord]) -> Iterator[Finding]:
    """What keeps records from being told together; pointers begin with the index of the record."""
    first = records[0]
    for index, record in enumerate(records):
        at = f"/{index}"
        if record.incident.type is not first.incident.type:
            yield error("X002", f"{at}/incident/type", "the records are about different kinds of incidents", ALONE)
        if first.evidence and record.evidence and record.evidence[0].sha256 != first.evidence[0].sha256:
            yield error("B403", f"{at}/evidence/0/sha256", "this is another file than that of the first record", ALONE)


def _more_than_users(record: ReviewRecord) -> Iterator[Finding]:
    for field in ("urgent", "victims", "recipients", "law_enforcement", "follow_up"):
        if getattr(record, field):
            yield error("B402", f"/{field}", f"a batched report cannot carry {field.replace('_', ' ')}", ALONE)


def _users(record: ReviewRecord) -> Iterator[Finding]:
    if not record.suspects:
        yield error("B401", "/suspects", "there is no user to name", ALONE)
    for number, suspect in enumerate(record.suspects):
        if not suspect.identifier:
            where = f"/suspects/{number}/identifier"
            yield error("B401", where, "a batched report names its users by nothing but the identifier", ALONE)


def marks_of(evidence: Evidence) -> list[str]:
    """The annotations that make a file one for a batched report, as far as a reviewer set them."""
    tags = evidence.annotations or FileAnnotations()
    return [name for name in ("potential_meme", "viral") if getattr(tags, name)]


def _file(record: ReviewRecord) -> Iterator[Finding]:
    if len(record.evidence) != 1:
        yield error("B403", "/evidence", "a batched report is about exactly one file", ALONE)
        return
    if not marks_of(record.evidence[0]):
        yield error("B404", "/evidence/0/annotations", "no reviewer marked the file viral or as a meme", ALONE)
