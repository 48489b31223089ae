"""Many records about one viral file as one batched report.

A batched report groups the users who spread the same file. It may say nearly nothing else (the B rules), so only what
is really such a case belongs here: one file, the same for all, marked viral or as a meme by a reviewer; users with an
identifier each; nobody in danger. What else the records know stays with the provider, and the package says so (R706).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cybertip.batch._fit import contradictions, marks_of, unfit
from cybertip.builder import Package, PackagedFile, reporter, versions
from cybertip.findings import Finding, RecordError, error
from cybertip.gates import Override, Seen, gate
from cybertip.intake import SetAside
from cybertip.models import (
    BatchedReport,
    BatchedReportReason,
    FileAnnotations,
    FileDetails,
    FileRelevance,
    IncidentSummary,
    PersonOrUserReported,
    Report,
)
from cybertip.profile import ReporterProfile
from cybertip.provenance import SourceMap
from cybertip.repairs import Repair, escaped
from cybertip.review import Evidence, ReviewRecord, Viewed

_NOT_CARRIED = (
    "a batched report carries the identifiers of its users and no more; the rest is kept by the provider alone"
)


def build_batch(
    records: Sequence[ReviewRecord],
    profile: ReporterProfile,
    set_aside: Sequence[SetAside] = (),
    *,
    seen: Sequence[Mapping[str, Seen]] | None = None,
    overrides: Sequence[Override] = (),
) -> Package:
    """Make one batched report of many records. Pure: the same input gives the same bytes.

    The incident time is the earliest of the records', and the report says that it is. A file counts as viewed when a
    person viewed it in full for any of the records, because it is one and the same file.

    Args:
        records: the records, in the order in which their users are to be named; at least one.
        profile: who files.
        set_aside: what `cybertip.intake.accept_record` had to set aside of the records; pointers begin with the index
            of the record. A batched report has no place for it, so the package alone keeps it.
        seen: what was found when somebody looked at the evidence files, for each record by the `id` of the evidence.
        overrides: the gates that people have decided to pass, each for all of the records.

    Raises:
        RecordError: a gate says no (P501 to P504, P508), or the records are no such case (X002, B401, B402, B404). The
            paths begin with the index of the record: ``/3/suspects/0/identifier``.
    """
    found = seen if seen is not None else [{} for _ in records]
    problems = list(_problems(records, profile, found, overrides))
    if problems:
        raise RecordError(problems)
    first = min(records, key=lambda record: record.incident.occurred_at)
    named = _users(records)
    report = Report(
        batched_report=BatchedReport(reason=BatchedReportReason.VIRAL_POTENTIAL_MEME),
        incident_summary=IncidentSummary(
            incident_type=first.incident.type,
            platform=first.incident.platform,
            incident_date_time=first.incident.occurred_at,
            incident_date_time_description=_what_it_is(first, len(records)),
        ),
        reporter=reporter(profile),
        persons_or_users_reported=[PersonOrUserReported(esp_identifier=identifier) for identifier in named],
    )
    file = PackagedFile(records[0].evidence[0], _details([record.evidence[0] for record in records]))
    return Package(
        record_ids=tuple(record.id for record in records),
        report=report,
        files=(file,),
        repairs=(*map(_original, set_aside), *(_kept(index, record) for index, record in enumerate(records))),
        map=SourceMap(sources=_sources(records, named)),
        versions=versions(profile),
        overrides=tuple(overrides),
    )


def _problems(
    records: Sequence[ReviewRecord],
    profile: ReporterProfile,
    seen: Sequence[Mapping[str, Seen]],
    overrides: Sequence[Override],
) -> Iterator[Finding]:
    if not records:
        yield error("X002", "", "a batch needs at least one record", "Hand in the records of the users.")
        return
    for index, (record, found) in enumerate(zip(records, seen, strict=True)):
        gates = gate(record, reviewers=profile.policy.reviewers, seen=found, overrides=overrides)
        for finding in (*gates, *unfit(record)):
            yield replace(finding, path=f"/{index}{finding.path}")
    yield from contradictions(records)


def _users(records: Iterable[ReviewRecord]) -> dict[str, str]:
    """The identifiers, each once, with the pointer of the field that it comes from."""
    named: dict[str, str] = {}
    for index, record in enumerate(records):
        for number, suspect in enumerate(record.suspects):
            named.setdefault(suspect.identifier or "", f"/{index}/suspects/{number}/identifier")
    return named


def _what_it_is(first: ReviewRecord, count: int) -> str:
    meaning = first.incident.time_meaning
    if count == 1:
        return meaning or ""
    return f"Earliest of {count} incidents with this file{f': {meaning}' if meaning else ''}"


def _details(evidence: Sequence[Evidence]) -> FileDetails:
    marks = {name for item in evidence for name in marks_of(item)}
    fully = any(item.viewed is Viewed.FULL and item.viewed_sha256 in (None, item.sha256) for item in evidence)
    public = {item.publicly_available for item in evidence}
    return FileDetails(
        report_id=1,
        file_id="0" * 32,
        file_viewed_by_esp=fully,
        exif_viewed_by_esp=fully and any(item.exif_viewed for item in evidence),
        publicly_available=public.pop() if len(public) == 1 else None,
        file_relevance=FileRelevance.REPORTED,
        file_annotations=FileAnnotations(potential_meme="potential_meme" in marks, viral="viral" in marks),
        industry_classification=next((item.classification for item in evidence if item.classification), None),
    )


def _original(one: SetAside) -> Repair:
    return Repair(one.code, "report", "/report", "", _NOT_CARRIED, escaped(one.value), one.pointer)


def _kept(index: int, record: ReviewRecord) -> Repair:
    whole = record.model_dump(mode="json", exclude_none=True)
    return Repair("R706", "report", "/report", "", _NOT_CARRIED, escaped(whole), f"/{index}")


def _sources(records: Sequence[ReviewRecord], named: dict[str, str]) -> dict[tuple[str, str], str]:
    earliest = min(range(len(records)), key=lambda index: records[index].incident.occurred_at)
    sources = {
        ("report", f"/report/personOrUserReported[{number}]/espIdentifier"): pointer
        for number, pointer in enumerate(named.values(), start=1)
    }
    sources["report", "/report/incidentSummary/incidentType"] = f"/{earliest}/incident/type"
    sources["report", "/report/incidentSummary/incidentDateTime"] = f"/{earliest}/incident/occurred_at"
    return sources
