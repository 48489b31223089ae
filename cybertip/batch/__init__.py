"""Many records about one viral file as one batched report.

A batched report groups the users who spread the same file. It may say nearly nothing else (the B rules), so only what
is really such a case belongs here: one file, the same for all, marked viral or as a meme by a reviewer; users with an
identifier each; nobody in danger. What else the records know stays with the provider, and the package says so (R706).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cybertip.batch._fit import contradictions, marks_of, unfit
from cybertip.builder import Package, PackagedFile, reporter, versions
from cybertip.builder._accounts import unplaced
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
from cybertip.models._shape import shape_of
from cybertip.profile import ReporterProfile
from cybertip.provenance import SourceMap
from cybertip.repairs import LIMITS, Repair, escaped
from cybertip.review import Evidence, ReviewRecord, Viewed
from cybertip.rules._values import is_blank, units

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

    What is returned breaks no rule on the form of values; times in the future, and what the profile says, are a matter
    of `cybertip.checks`, as for `cybertip.builder.build`.

    The incident time is the earliest of the records', and the report says that it is. A file counts as viewed when a
    person viewed it in full for any of the records, because it is one and the same file.

    Args:
        records: the records, in the order in which their users are to be named; at least one.
        profile: who files.
        set_aside: what `cybertip.intake.accept_record` had to set aside of the records; pointers begin with the index
            of the record. A batched report has no place for it, so the package alone keeps it; an identifier that is
            no longer what it was is refused.
        seen: what was found when somebody looked at the evidence files, for each record by the `id` of the evidence.
        overrides: the gates that people have decided to pass, each for all of the records.

    Raises:
        RecordError: a gate says no (P501 to P504, P508), or the records are no such case (X002, B401 to B404, B406,
            S211). The paths begin with the index of the record: ``/3/suspects/0/identifier``.
    """
    found = seen if seen is not None else [{} for _ in records]
    problems = list(_problems(records, profile, [one.pointer for one in set_aside], found, overrides))
    if problems:
        raise RecordError(problems)
    named = _users(records)
    first = min(range(len(records)), key=lambda index: records[index].incident.occurred_at)
    summary, left_out = _summary(records[first], first, len(records))
    report = Report(
        batched_report=BatchedReport(reason=BatchedReportReason.VIRAL_POTENTIAL_MEME),
        incident_summary=summary,
        reporter=reporter(profile),
        persons_or_users_reported=[PersonOrUserReported(esp_identifier=identifier) for identifier in named],
    )
    evidence = [record.evidence[0] for record in records]
    details = _details(evidence)
    return Package(
        record_ids=tuple(record.id for record in records),
        report=report,
        files=(PackagedFile(evidence[0], details),),
        repairs=(*map(_original, set_aside), *left_out, *(_kept(*one) for one in enumerate(records))),
        map=SourceMap(sources=_sources(summary, first, named) | _file_sources(details, evidence)),
        versions=versions(profile),
        overrides=tuple(overrides),
    )


def _problems(
    records: Sequence[ReviewRecord],
    profile: ReporterProfile,
    mended: Sequence[str],
    seen: Sequence[Mapping[str, Seen]],
    overrides: Sequence[Override],
) -> Iterator[Finding]:
    if not records:
        yield error("X002", "", "a batch needs at least one record", "Hand in the records of the users.")
        return
    for index, (record, found) in enumerate(zip(records, seen, strict=True)):
        gates = gate(record, reviewers=profile.policy.reviewers, seen=found, overrides=overrides)
        at = f"/{index}"
        of_this = {pointer.removeprefix(at) for pointer in mended if pointer.startswith(f"{at}/")}
        for finding in (*gates, *unplaced(record), *unfit(record, of_this)):
            yield replace(finding, path=f"{at}{finding.path}")
    yield from contradictions(records, profile.service)


def _users(records: Iterable[ReviewRecord]) -> dict[str, str]:
    """The identifiers, each once, with the pointer of the field that it comes from."""
    named: dict[str, str] = {}
    for index, record in enumerate(records):
        for number, suspect in enumerate(record.suspects):
            named.setdefault(suspect.identifier or "", f"/{index}/suspects/{number}/identifier")
    return named


def _summary(first: ReviewRecord, index: int, count: int) -> tuple[IncidentSummary, list[Repair]]:
    """What happened first, and what of it is too long: a batched report has no other place for that."""
    incident = first.incident
    left_out = []
    platform = None if is_blank(incident.platform) else incident.platform
    if units(platform or "") > LIMITS["platform"]:
        left_out.append(_left_out("platform", platform, f"/{index}/incident/platform"))
        platform = None
    of_which = f"Earliest of {count} incidents with this file" if count > 1 else None
    meaning = None if is_blank(incident.time_meaning) else incident.time_meaning
    told = ": ".join(filter(None, [of_which, meaning])) or None
    if units(told or "") > LIMITS["incidentDateTimeDescription"]:
        left_out.append(_left_out("incidentDateTimeDescription", meaning, f"/{index}/incident/time_meaning"))
        told = of_which
    summary = IncidentSummary(
        incident_type=incident.type,
        platform=platform,
        incident_date_time=incident.occurred_at,
        incident_date_time_description=told,
    )
    return summary, left_out


def _left_out(name: str, value: str | None, pointer: str) -> Repair:
    words = f"{name} would be too long, and a batched report has no additionalInfo: it is kept by the provider alone"
    return Repair("R706", "report", f"/report/incidentSummary/{name}", "", words, escaped(value), pointer)


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


def _sources(summary: IncidentSummary, first: int, named: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Where the report has its places from: each user from the own record, the rest from the earliest one."""
    sources = {
        ("report", f"/report/personOrUserReported[{number}]/espIdentifier"): pointer
        for number, pointer in enumerate(named.values(), start=1)
    }
    fields = {"incidentType": "type", "platform": "platform", "incidentDateTime": "occurred_at"}
    if summary.platform is None:
        del fields["platform"]
    if summary.incident_date_time_description is not None:
        fields["incidentDateTimeDescription"] = "time_meaning"
    for name, field in fields.items():
        sources["report", f"/report/incidentSummary/{name}"] = f"/{first}/incident/{field}"
    return sources


_CLAIMS: tuple[tuple[str, str, Callable[[Evidence], bool]], ...] = (
    ("fileViewedByEsp", "viewed", lambda item: item.viewed is Viewed.FULL),
    ("exifViewedByEsp", "exif_viewed", lambda item: item.exif_viewed),
    ("publiclyAvailable", "publicly_available", lambda item: item.publicly_available is not None),
    ("industryClassification", "classification", lambda item: item.classification is not None),
)
"""What the details say of the file, the field of the evidence that it comes from, and whether one makes the claim."""


def _file_sources(details: FileDetails, evidence: Sequence[Evidence]) -> dict[tuple[str, str], str]:
    """Where the details have their claims from: the first record that makes each, or the first of all."""
    shape = shape_of(FileDetails)
    sources = {}
    for name, field, makes in _CLAIMS:
        if getattr(details, shape.child_by_name[name].field) is not None:
            index = next((index for index, item in enumerate(evidence) if makes(item)), 0)
            sources["files[0]", f"/fileDetails/{name}"] = f"/{index}/evidence/0/{field}"
    return sources
