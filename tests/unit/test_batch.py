"""Many records about one viral file as one batched report."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.batch import build_batch
from cybertip.builder import Package
from cybertip.checks import validate
from cybertip.findings import RecordError, Severity
from cybertip.gates import Override, Seen
from cybertip.intake import accept, make_record
from cybertip.mock import MockCore
from cybertip.mock.state import ReportState
from cybertip.models import FileAnnotations, ReportAnnotations, ReportResponse
from cybertip.schema import Schema
from cybertip.xml import parse, write
from tests.unit.rule_cases import NOW

LATER = NOW.replace(year=2027)


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """The sample record with one file that is marked as viral."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    data["evidence"] = data["evidence"][:1]
    data["evidence"][0]["annotations"] = {"viral": True}
    data["actions"] = []
    return data


def batch_of(record: dict[str, Any], count: int = 3) -> list[dict[str, Any]]:
    """Records of several users about the same file, a minute apart, the latest first."""
    records = []
    for number in range(count):
        one = copy.deepcopy(record)
        one["id"] = f"case-{number}"
        one["suspects"][0]["identifier"] = f"user-{number}"
        one["incident"]["occurred_at"] = f"2026-03-02T09:{59 - number:02}:00+01:00"
        records.append(one)
    return records


PAGE = {"web_page_incident": {"urls": ["https://photos.example.com/album/4711"]}}
CHAT = {"client": "Example Messenger", "viewed": "full", "messages": [{"sender": "user-1", "text": "[message text]"}]}


def told(record: dict[str, Any], **fields: Any) -> None:
    """The record with other fields of its incident."""
    record["incident"].update(fields)


def built(records: list[dict[str, Any]]) -> Package:
    """The package of the records, proven to break no rule and no schema."""
    package = build_batch([make_record(one) for one in records], sample.profile())
    files = [item.details(5, "f" * 32) for item in package.files]
    assert not [item for item in validate(package.report, files, now=LATER) if item.severity is Severity.ERROR]
    assert not [one for one in (package.report, *files) if Schema.bundled().validate_model(one)]
    return package


def refused(records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    with pytest.raises(RecordError) as caught:
        build_batch([make_record(one) for one in records], sample.profile())
    return [(item.code, item.path) for item in caught.value.findings]


def test_a_batch_names_its_users_and_the_earliest_time(record: dict[str, Any]) -> None:
    """Every user is named once by the identifier alone, and the report says what its time is."""
    package = built([*batch_of(record), *batch_of(record, 1)])
    report = package.report
    assert [one.esp_identifier for one in report.persons_or_users_reported] == ["user-0", "user-1", "user-2"]
    summary = report.incident_summary
    assert summary.incident_date_time.isoformat() == "2026-03-02T09:57:00+01:00"
    assert summary.incident_date_time_description == (
        "Earliest of 4 incidents with this file: Upload of the first reported file"
    )
    assert (report.additional_info, report.internet_details) == (None, ())
    assert package.record_ids == ("case-0", "case-1", "case-2", "case-0")
    assert len(package.files) == 1


def test_what_a_batch_cannot_carry_is_told(record: dict[str, Any]) -> None:
    """R706: for each record the package keeps the whole of it, and shows none of it in its repr."""
    package = built(batch_of(record))
    assert [(one.code, one.pointer, one.target) for one in package.repairs] == [
        ("R706", f"/{number}", "") for number in range(3)
    ]
    assert json.loads(package.repairs[1].original)["suspects"][0]["identifier"] == "user-1"
    assert "user-1" not in repr(package)


def test_the_map_leads_to_the_record_of_each_user(record: dict[str, Any]) -> None:
    """Each identifier comes from its own record."""
    package = built(batch_of(record))
    path = "/report/personOrUserReported[2]/espIdentifier"
    assert package.map.pointer("report", path) == "/1/suspects/0/identifier"
    assert package.map.places("/1/suspects/0/identifier") == [("report", path)]
    assert package.map.pointer("report", "/report/incidentSummary/incidentDateTime") == "/2/incident/occurred_at"


@pytest.mark.parametrize(("viewed", "stated"), [(["none", "full"], True), (["partial", "none"], False)])
def test_a_file_is_viewed_when_somebody_viewed_it(record: dict[str, Any], viewed: list[str], stated: bool) -> None:
    """It is one and the same file, so a full view for any record counts, and nothing less does."""
    records = batch_of(record, 2)
    for one, how in zip(records, viewed, strict=True):
        one["evidence"][0]["viewed"] = how
    assert built(records).files[0].described.file_viewed_by_esp is stated


def test_the_mock_files_it(record: dict[str, Any]) -> None:
    """A batched report goes from opening to receipt."""
    package = built(batch_of(record))
    core = MockCore(clock=lambda: LATER)
    report_id = parse(core.submit("mock", write(package.report)).body, ReportResponse).document.report_id or 0
    core.upload("mock", report_id, name="x", size=1, md5="0" * 32, sha256="0" * 64)
    file_id = core.reports[report_id].files[0].id
    assert core.fileinfo("mock", write(package.files[0].details(report_id, file_id))).code == 0
    core.finish("mock", report_id)
    assert core.reports[report_id].state is ReportState.FINISHED


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda one: one.update(urgent={"reason": "A child may be met."}), ("B402", "/1/urgent")),
        (lambda one: one.update(victims=[{}]), ("B402", "/1/victims")),
        (lambda one: one.update(law_enforcement={"agency_name": "Example Police"}), ("B402", "/1/law_enforcement")),
        (lambda one: one["suspects"][0].pop("identifier"), ("B401", "/1/suspects/0/identifier")),
        (lambda one: one.update(suspects=[]), ("B401", "/1/suspects")),
        (lambda one: one.update(evidence=[]), ("B403", "/1/evidence")),
        (lambda one: one["evidence"][0].update(sha256="0" * 64), ("B403", "/1/evidence/0/sha256")),
        (lambda one: one["evidence"][0].pop("annotations"), ("B404", "/1/evidence/0/annotations")),
        (lambda one: one["decision"].update(outcome="pending"), ("P501", "/1/decision/outcome")),
        (lambda one: one["incident"].update(type="Child Sex Tourism"), ("X002", "/1/incident/type")),
    ],
)
def test_what_is_no_such_case_is_filed_alone(record: dict[str, Any], change: Any, finding: tuple[str, str]) -> None:
    """A record that a batched report could not do justice to is refused, with its number and field."""
    records = batch_of(record)
    change(records[1])
    assert finding in refused(records)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda one: one.update(indicators=["threats"]), ("B402", "/1/indicators/0")),
        (lambda one: told(one, chats=[CHAT]), ("B402", "/1/incident/chats/0")),
        (
            lambda one: told(one, details=[PAGE, {"chat_im_incident": {"content": "[message text]"}}]),
            ("B402", "/1/incident/details/1/chat_im_incident/content"),
        ),
        (
            lambda one: told(one, details=[{"email_incident": {"content": "[message text]"}}]),
            ("B402", "/1/incident/details/0/email_incident/content"),
        ),
        (
            lambda one: told(one, details=[{"newsgroup_incident": {"content": "[message text]"}}]),
            ("B402", "/1/incident/details/0/newsgroup_incident/content"),
        ),
        (
            lambda one: told(one, details=[{"online_gaming_incident": {"content": "[message text]"}}]),
            ("B402", "/1/incident/details/0/online_gaming_incident/content"),
        ),
        (
            lambda one: told(one, details=[{"peer2peer_incident": {"file_names": "a.png b.png"}}]),
            ("B402", "/1/incident/details/0/peer2peer_incident/file_names"),
        ),
        (
            lambda one: told(one, details=[{"non_internet_incident": {"location_name": "[place]"}}]),
            ("B402", "/1/incident/details/0/non_internet_incident"),
        ),
        (lambda one: one["suspects"][0].update(third_party=True), ("B401", "/1/suspects/0/third_party")),
        (lambda one: one["suspects"][0].update(compromised=True), ("B401", "/1/suspects/0/compromised")),
    ],
)
def test_what_a_batch_cannot_tell_of_is_filed_alone(
    record: dict[str, Any], change: Any, finding: tuple[str, str]
) -> None:
    """Danger, content, and accounts that are not simply a user of ours: that finding, and no other."""
    records = batch_of(record)
    change(records[1])
    assert refused(records) == [finding]


@pytest.mark.parametrize("kind", ["Child Sexual Molestation", "Child Sex Trafficking"])
def test_what_cannot_wait_is_no_batch(record: dict[str, Any], kind: str) -> None:
    """Kinds of incidents that are danger in themselves are refused, even where all records agree."""
    records = batch_of(record)
    for one in records:
        one["incident"]["type"] = kind
    assert refused(records) == [("B402", f"/{index}/incident/type") for index in range(3)]


@pytest.mark.parametrize("name", list(ReportAnnotations.model_fields))
def test_annotations_that_speak_of_a_child_are_filed_alone(record: dict[str, Any], name: str) -> None:
    """All but three annotations of a case may mean a child in danger."""
    records = batch_of(record)
    told(records[1], annotations={name: True})
    if name in ("spam", "informational", "instrumental_use"):
        assert built(records)
    else:
        assert refused(records) == [("B402", f"/1/incident/annotations/{name}")]


def test_context_is_no_batch(record: dict[str, Any]) -> None:
    """B406: a supplemental file is not made a reported one."""
    records = batch_of(record)
    records[1]["evidence"][0]["relevance"] = "Supplemental Reported"
    assert refused(records) == [("B406", "/1/evidence/0/relevance")]


@pytest.mark.parametrize("name", sorted(set(FileAnnotations.model_fields) - {"viral", "potential_meme"}))
def test_a_file_with_another_annotation_is_filed_alone(record: dict[str, Any], name: str) -> None:
    """B404: what a reviewer saw in the file is never passed over in silence."""
    records = batch_of(record)
    records[1]["evidence"][0]["annotations"][name] = True
    assert refused(records) == [("B404", f"/1/evidence/0/annotations/{name}")]


def test_a_classification_is_carried_or_refused(record: dict[str, Any]) -> None:
    """A record without one contradicts nothing; of two that differ, nobody guesses which is right."""
    records = batch_of(record)
    for index, given in [(1, "B2"), (2, "B2")]:
        records[index]["evidence"][0]["classification"] = given
    details = built(records).files[0].described
    assert details.industry_classification == "B2"
    records[2]["evidence"][0]["classification"] = "A1"
    assert refused(records) == [("X002", "/2/evidence/0/classification")]
    records[2]["evidence"][0]["sha256"] = "1" * 64
    assert refused(records) == [("B403", "/2/evidence/0/sha256")]


def test_where_the_file_was_met_stays_with_the_provider(record: dict[str, Any]) -> None:
    """A place without content is no reason to file alone: the package keeps it."""
    records = batch_of(record)
    told(records[1], details=[PAGE, {"chat_im_incident": {"chat_client": "Example Messenger", "content": " "}}])
    assert "Example Messenger" in built(records).repairs[1].original


def test_no_records_are_no_batch() -> None:
    """There is nothing to build of nothing."""
    assert refused([]) == [("X002", "")]


def test_what_was_set_aside_and_overridden_is_part_of_the_package(record: dict[str, Any]) -> None:
    """Originals that XML cannot carry are kept, with the index of their record; so is who passed a gate."""
    contents = batch_of(record)
    contents[1]["incident"]["notes"] = "a\x00b"
    taken = [accept(content) for content in contents]
    aside = [replace(item, pointer=f"/{i}{item.pointer}") for i, one in enumerate(taken) for item in one.set_aside]
    package = build_batch([one.record for one in taken], sample.profile(), aside)
    assert [(item.code, item.pointer) for item in package.repairs if item.code == "R701"] == [
        ("R701", "/1/incident/notes")
    ]
    override = Override("P502", "Head of Safety", "[why]", NOW)
    with pytest.raises(RecordError) as caught:  # nothing in a batch is urgent, so nothing can be passed
        build_batch([one.record for one in taken], sample.profile(), overrides=[override])
    assert {item.path for item in caught.value.findings} == {f"/{index}/urgent" for index in range(3)}


def test_a_batch_is_compared_with_what_is_there(record: dict[str, Any]) -> None:
    """A file that changed since the review stops the batch, too (P503)."""
    records = [make_record(content) for content in batch_of(record)]
    other = {records[1].evidence[0].id: Seen("0" * 64)}
    with pytest.raises(RecordError) as caught:
        build_batch(records, sample.profile(), seen=[{}, other, {}])
    assert [(item.code, item.path) for item in caught.value.findings] == [("P503", "/1/evidence/0/sha256")]
