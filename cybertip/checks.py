"""All checks in one call: the schema, the documented rules, and the quality of a report, before anything leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

from cybertip.builder import Package, build
from cybertip.findings import DocumentError, Finding, Findings
from cybertip.gates import dated_ahead
from cybertip.intake import Accepted
from cybertip.models import FileDetails, Report
from cybertip.profile import ReporterProfile, Thresholds
from cybertip.review import ReviewRecord
from cybertip.rules import Case, History, Verdict, check
from cybertip.schema import Schema

D = TypeVar("D", Report, FileDetails)


def validate(
    report: Report | bytes | None = None,
    files: Sequence[FileDetails | bytes] = (),
    *,
    profile: ReporterProfile | None = None,
    history: History | None = None,
    report_id: int | None = None,
    file_ids: Collection[str] | None = None,
    uploads: int | None = None,
    sizes: Sequence[int] = (),
    confirmed_at: datetime | None = None,
    thresholds: Thresholds | None = None,
    schema: Schema | None = None,
    now: datetime | None = None,
) -> Findings:
    """Check a report together with its file details.

    Errors (families X, S, B) are what the server would refuse; warnings and infos (Q) are advice and stop nothing. What
    is not told is not judged: without a profile, for instance, nothing is said about agreements.

    Args:
        report: the report, as a model or as XML; None to check file details alone.
        files: the file details, each as a model or as XML.
        profile: who files; also gives `thresholds`.
        history: what earlier filings tell, for Q614 and Q617.
        report_id: the report's id, once the server has assigned it (S301).
        file_ids: the ids that the report's files were given (S301).
        uploads: how many files are uploaded, if not all of them have details.
        sizes: the files' sizes in bytes in the order of their upload (Q627).
        confirmed_at: when people confirmed the decision (Q626); aware.
        thresholds: the numbers that checks compare with; the profile's, else the defaults, where None.
        schema: the schema to check against; the project's own where None.
        now: the moment that *past* is measured by, aware; the clock's where None.

    Raises:
        ValueError: `now` or `confirmed_at` has no UTC offset.

    Returns:
        What was found, in the order of the documents. `Finding.document` is ``report`` or ``files[0]``; lines are given
        for XML. While a document cannot be read, what needs the whole case (B, Q) waits.
    """
    return judge(
        report,
        files,
        Case(
            now=now or datetime.now(UTC),
            profile=profile,
            history=history,
            report_id=report_id,
            file_ids=file_ids,
            uploads=uploads,
            sizes=sizes,
            confirmed_at=confirmed_at,
            thresholds=thresholds or (profile.thresholds if profile is not None else Thresholds()),
        ),
        schema,
    ).findings


def validate_record(
    record: ReviewRecord | Accepted,
    profile: ReporterProfile,
    *,
    history: History | None = None,
    schema: Schema | None = None,
    now: datetime | None = None,
) -> Findings:
    """Build the documents of a record and check them.

    Args:
        record: the record, or what `cybertip.intake.accept_record` made of one.
        profile: who files.
        history: what earlier filings tell, for Q614 and Q617.
        schema: the schema to check against; the project's own where None.
        now: the moment that *past* is measured by, aware; the clock's where None.

    Returns:
        What was found, and what had to be repaired (R). A finding on a built document has its path there and, as
        `Finding.pointer`, the JSON pointer of the record's field that it comes from; one on the record itself has the
        JSON pointer as its path.
    """
    accepted = record if isinstance(record, Accepted) else Accepted(record)
    try:
        package = build(accepted.record, profile, accepted.set_aside)
    except DocumentError as problem:
        return problem.findings
    return judge_package(package, accepted.record, profile, history=history, schema=schema, now=now).findings


def judge_package(
    package: Package,
    record: ReviewRecord | None,
    profile: ReporterProfile,
    *,
    history: History | None = None,
    schema: Schema | None = None,
    now: datetime | None = None,
    batch: Sequence[ReviewRecord] = (),
) -> Verdict:
    """Like `validate_record`, for what was built already; also tells the moment before which it must not be sent.

    Advice that rests on one record's fields (Q609, Q615…) is not given for a batch, for which `record` is None; its
    records are handed in as `batch`, and what is found in one of them has a path that begins with its index.
    """
    case = Case(
        now=now or datetime.now(UTC),
        record=record,
        profile=profile,
        history=history,
        sizes=[item.evidence.size for item in package.files if item.evidence and item.evidence.size is not None],
        thresholds=profile.thresholds,
    )
    # The server assigns the ids later; any valid ones do until then.
    details = [item.details(1, f"{index:032x}") for index, item in enumerate(package.files)]
    verdict = judge(package.report, details, case, schema)
    ahead = list(dated_ahead(record, case.latest)) if record is not None else []
    for index, one in enumerate(batch):
        ahead += [replace(item, path=f"/{index}{item.path}") for item in dated_ahead(one, case.latest)]
    found = [
        *ahead,
        *(replace(item, pointer=package.map.pointer(item.document, item.path)) for item in verdict.findings),
        *package.findings,
    ]
    return replace(verdict, findings=Findings(found))


@dataclass(frozen=True, slots=True)
class _Read(Generic[D]):
    """A document, if it could be read; what was found on the way; and where its lines are."""

    name: str
    document: D | None
    findings: Findings
    line: Callable[[str], int | None]


def judge(
    report: Report | bytes | None, files: Sequence[FileDetails | bytes], known: Case, schema: Schema | None = None
) -> Verdict:
    """Like `validate`, with everything else that is known in a `Case`; also tells when the report can be sent."""
    gate = schema or Schema.bundled()
    opened = None if report is None else _read(report, Report, gate, "report")
    described = [_read(item, FileDetails, gate, f"files[{index}]") for index, item in enumerate(files)]
    readable = [item for item in described if item.document is not None]
    case = replace(
        known,
        report=opened.document if opened is not None else None,
        files=tuple(item.document for item in readable if item.document is not None),
    )
    verdict = check(case)
    everything: list[_Read[Report] | _Read[FileDetails]] = [*([opened] if opened is not None else []), *described]
    names = {f"files[{index}]": item.name for index, item in enumerate(readable)}
    complete = all(item.document is not None for item in everything)
    found = [
        replace(finding, document=names.get(finding.document, finding.document))
        for finding in verdict.findings
        if complete or finding.code.startswith("S")
    ]
    findings: list[Finding] = []
    for item in everything:
        findings += [replace(finding, document=item.name) for finding in item.findings]
        of_this = (finding for finding in found if finding.document == item.name)
        findings += [replace(finding, line=item.line(finding.path)) for finding in of_this]
    return Verdict(Findings(findings), verdict.not_before)


def _read(given: D | bytes, model: type[D], schema: Schema, name: str) -> _Read[D]:
    if not isinstance(given, bytes):
        return _Read(name, given, schema.validate_model(given), lambda path: None)
    try:
        parsed = schema.parse(given, model)
    except DocumentError as problem:
        return _Read(name, None, problem.findings, lambda path: None)
    return _Read(name, parsed.document, Findings(), parsed.line)
