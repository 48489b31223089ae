"""The sample cases of ``examples/records/`` and what is expected to become of them (``tests/golden/``)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cybertip.batch import build_batch
from cybertip.builder import Package, build
from cybertip.checks import validate, validate_record
from cybertip.config import load_settings
from cybertip.findings import Finding, Findings
from cybertip.intake import read_record
from cybertip.profile import ReporterProfile
from cybertip.review import ReviewRecord
from cybertip.xml import indented, write

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "examples" / "records"
GOLDEN = ROOT / "tests" / "golden"
NOW = datetime(2026, 3, 20, 16, tzinfo=UTC)
"""When the cases are checked and filed: on the day on which they were decided."""
REPORT_ID = 4_100_000_001

NAMES = tuple(sorted(path.stem for path in RECORDS.glob("*.json")))
BATCH = RECORDS / "viral-meme-batch.ndjson"


@dataclass(frozen=True, slots=True)
class SampleCase:
    """One record with its documents, under invented ids.

    Attributes:
        name: the name of the record's file, without its ending.
        record: the record.
        package: what was built of it.
        report: the report, as it is sent.
        details: the details of each file, as they are sent.
        findings: what validation says at `NOW`, repairs included.
    """

    name: str
    record: ReviewRecord
    package: Package
    report: bytes
    details: tuple[bytes, ...]
    findings: Findings


def profile() -> ReporterProfile:
    """Who files the cases."""
    found = load_settings(path=RECORDS / "cybertip.toml").profile("default")
    assert found is not None
    return found


def make_case(name: str, data: bytes) -> SampleCase:
    """Build a record and check it."""
    record = read_record(data)
    package = build(record, profile())
    details = tuple(
        write(file.details(REPORT_ID, f"{number:032}")) for number, file in enumerate(package.files, start=1)
    )
    found = validate_record(record, profile(), now=NOW)
    return SampleCase(name, record, package, write(package.report), details, found)


@cache
def load_case(name: str) -> SampleCase:
    """One of the cases by the name of its file."""
    return make_case(name, (RECORDS / f"{name}.json").read_bytes())


def batch() -> list[SampleCase]:
    """The records about one viral file, each as a case of its own."""
    return [make_case(f"{BATCH.stem}-{number}", line) for number, line in enumerate(BATCH.read_bytes().splitlines())]


@cache
def load_batch() -> SampleCase:
    """The records about one viral file as one batched report."""
    records = [read_record(line) for line in BATCH.read_bytes().splitlines()]
    package = build_batch(records, profile())
    details = tuple(write(file.details(REPORT_ID, f"{1:032}")) for file in package.files)
    found = validate(package.report, [file.details(REPORT_ID, f"{1:032}") for file in package.files], now=NOW)
    findings = [replace(item, pointer=package.map.pointer(item.document, item.path)) for item in found]
    return SampleCase(
        BATCH.stem, records[0], package, write(package.report), details, Findings([*findings, *package.findings])
    )


def golden_files(case: SampleCase) -> Iterator[tuple[str, str]]:
    """What is kept of a case: each document laid out for people, the digests of the bytes, and the findings."""
    width = max(2, len(str(len(case.details))))
    documents = {"report.xml": case.report}
    documents |= {f"file-{number:0{width}}.xml": item for number, item in enumerate(case.details, start=1)}
    for name, data in documents.items():
        yield name, indented(data) + "\n"
    yield "digests.txt", "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in documents.items())
    yield "findings.txt", "".join(f"{_told(finding)}\n" for finding in case.findings)


def _told(finding: Finding) -> str:
    return f"{finding.code} {finding.severity} {finding.document} {finding.path} <- {finding.pointer or 'the record'}"


def write_golden(folder: Path) -> None:
    """Write what is kept of every case, one folder for each."""
    for case in (*map(load_case, NAMES), load_batch()):
        target = folder / case.name
        target.mkdir(parents=True, exist_ok=True)
        for old in target.iterdir():
            old.unlink()
        for file, text in golden_files(case):
            (target / file).write_text(text, encoding="utf-8", newline="\n")
