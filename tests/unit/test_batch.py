"""Many records about one viral file as one batched report."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cybertip import sample
from cybertip.batch import build_batch
from cybertip.builder import Package
from cybertip.checks import judge_package, validate
from cybertip.findings import RecordError, Severity
from cybertip.gates import Override, Seen
from cybertip.intake import SetAside, accept, accept_record, make_record
from cybertip.mock import MockCore
from cybertip.mock.state import ReportState
from cybertip.models import FileAnnotations, ReportAnnotations, ReportResponse
from cybertip.provenance import source_map
from cybertip.schema import Schema
from cybertip.xml import parse, write
from tests.contract.judging import SEED
from tests.contract.two_readings import of_the_mock
from tests.unit.rule_cases import ASTRAL, NOW

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
    again = {**batch_of(record, 1)[0], "id": "case-3"}
    package = built([*batch_of(record), again])
    report = package.report
    assert [one.esp_identifier for one in report.persons_or_users_reported] == ["user-0", "user-1", "user-2"]
    summary = report.incident_summary
    assert summary.incident_date_time.isoformat() == "2026-03-02T09:57:00+01:00"
    assert summary.incident_date_time_description == (
        "Earliest of 4 incidents with this file: Upload of the first reported file"
    )
    assert (report.additional_info, report.internet_details) == (None, ())
    assert package.record_ids == ("case-0", "case-1", "case-2", "case-3")
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


@pytest.mark.parametrize("identifier", ["", "  ", "\t"])
def test_a_blank_identifier_names_nobody(record: dict[str, Any], identifier: str) -> None:
    """It counts as none."""
    records = batch_of(record)
    records[1]["suspects"][0]["identifier"] = identifier
    assert refused(records) == [("B401", "/1/suspects/0/identifier")]


@pytest.mark.parametrize("longest", ["x" * 255, ASTRAL * 127 + "x"])
def test_an_identifier_is_never_cut(record: dict[str, Any], longest: str) -> None:
    """S211: one that is too long has no place in a batched report, so its record is filed alone."""
    records = batch_of(record)
    records[1]["suspects"][0]["identifier"] = longest
    assert built(records)
    records[1]["suspects"][0]["identifier"] += "x"
    assert refused(records) == [("S211", "/1/suspects/0/identifier")]


def places(package: Package) -> dict[str, str]:
    """The pointers of the incident summary, by the names of its elements."""
    around = "/report/incidentSummary/"
    sources = package.map.sources or {}
    return {path.removeprefix(around): pointer for (_, path), pointer in sources.items() if path.startswith(around)}


def test_a_long_platform_is_left_out_and_kept(record: dict[str, Any]) -> None:
    """S201: half a name is no name; the original stays in the package, with its field."""
    records = batch_of(record)
    for one in records:
        one["incident"]["platform"] = "x" * 256
    package = built(records)
    assert package.report.incident_summary.platform == "x" * 256
    assert places(package)["platform"] == "/2/incident/platform"
    for one in records:
        one["incident"]["platform"] = "x" * 255 + ASTRAL
    package = built(records)
    assert package.report.incident_summary.platform is None
    assert "platform" not in places(package)
    kept = package.repairs[0]
    assert (kept.code, kept.path, kept.pointer) == (
        "R706", "/report/incidentSummary/platform", "/2/incident/platform"
    )  # fmt: skip
    assert json.loads(kept.original) == "x" * 255 + ASTRAL


@pytest.mark.parametrize(("count", "without"), [(3, "Earliest of 3 incidents with this file"), (1, None)])
def test_a_long_meaning_of_the_time_is_left_out_and_kept(
    record: dict[str, Any], count: int, without: str | None
) -> None:
    """S204: the report says which of the times it is, as long as there is room, and what it is the time of."""
    records = batch_of(record, count)
    room = 3000 - (len(without) + 2 if without else 0)
    told(records[-1], time_meaning="x" * room)
    package = built(records)
    assert len(package.report.incident_summary.incident_date_time_description or "") == 3000
    pointer = f"/{count - 1}/incident/time_meaning"
    assert places(package)["incidentDateTimeDescription"] == pointer
    told(records[-1], time_meaning="x" * (room + 1))
    package = built(records)
    assert package.report.incident_summary.incident_date_time_description == without
    kept = package.repairs[0]
    assert (kept.code, kept.path, kept.pointer) == (
        "R706", "/report/incidentSummary/incidentDateTimeDescription", pointer
    )  # fmt: skip
    assert json.loads(kept.original) == "x" * (room + 1)


def test_what_says_nothing_is_left_out(record: dict[str, Any]) -> None:
    """No element stands there empty."""
    one, other = batch_of(record, 2)
    told(other, platform=None)
    told(one, platform=" ", time_meaning=" ")
    assert built([one, other]).report.incident_summary.platform is None
    summary = built([one]).report.incident_summary
    assert (summary.platform, summary.incident_date_time_description) == (None, None)
    del one["incident"]["time_meaning"]
    assert built([one]).report.incident_summary.incident_date_time_description is None


def test_the_claims_on_the_file_lead_to_whoever_makes_them(record: dict[str, Any]) -> None:
    """Each comes from the first record that says it; what is not said comes from none."""
    records = batch_of(record)
    records[0]["evidence"][0].update(viewed="none", publicly_available=None)
    records[2]["evidence"][0].update(classification="B1", exif_viewed=True)
    package = built(records)
    pointers = {path: pointer for (name, path), pointer in (package.map.sources or {}).items() if name == "files[0]"}
    assert pointers == {
        "/fileDetails/fileViewedByEsp": "/1/evidence/0/viewed",
        "/fileDetails/exifViewedByEsp": "/2/evidence/0/exif_viewed",
        "/fileDetails/industryClassification": "/2/evidence/0/classification",
    }


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda one: one.update(id="case-0"), "/1/id"),
        (lambda one: one.update(profile="another"), "/1/profile"),
        (lambda one: told(one, platform="Example Messenger"), "/1/incident/platform"),
        (lambda one: told(one, platform=None), "/1/incident/platform"),
        (lambda one: one.update(actions=[{"kind": "content removed", "account": "user-0"}]), "/1/actions/0/account"),
        (lambda one: one.update(actions=[{"kind": "content removed", "file": "file-9"}]), "/1/actions/0/file"),
    ],
)
def test_records_that_cannot_be_told_together_are_refused(record: dict[str, Any], change: Any, pointer: str) -> None:
    """One report has one reporter and one platform, each record is told once, and its actions are about its own."""
    records = batch_of(record)
    change(records[1])
    assert refused(records) == [("X002", pointer)]


def test_an_action_on_an_account_of_the_record_is_kept(record: dict[str, Any]) -> None:
    """What was done stays in the package."""
    records = batch_of(record)
    records[1]["actions"] = [{"kind": "content removed", "account": "user-1"}]
    assert "content removed" in built(records).repairs[1].original


def test_accounts_of_two_services_are_not_made_one(record: dict[str, Any]) -> None:
    """One identifier may be that of two accounts; a service that is not named is the profile's."""
    records = batch_of(record)
    records[1]["suspects"][0].update(identifier="user-0", service="Example Photos")
    assert len(built(records).report.persons_or_users_reported) == 2
    records[1]["suspects"][0].update(service="Example Messenger")
    assert refused(records) == [("B401", "/1/suspects/0/identifier")]
    for one in records[:2]:
        one["suspects"][0]["identifier"] = " "  # none at all, so not the same
    assert refused(records) == [("B401", f"/{index}/suspects/0/identifier") for index in range(2)]


@pytest.mark.parametrize("code", ["R701", "R704"])
def test_an_identifier_that_is_not_what_it_was_names_nobody(record: dict[str, Any], code: str) -> None:
    """Whether it was mended or left out, it is refused once; what was set aside of another record is no reason."""
    records = [make_record(one) for one in batch_of(record)]
    suspect = records[1].suspects[0].model_copy(update={"identifier": None if code == "R704" else "a\ufffdb"})
    records[1] = records[1].model_copy(update={"suspects": (suspect,)})
    aside = [SetAside(code, "/1/suspects/0/identifier", "a\x00b")]
    with pytest.raises(RecordError) as caught:
        build_batch(records, sample.profile(), aside)
    (found,) = caught.value.findings
    assert (found.code, found.path) == ("B401", "/1/suspects/0/identifier")
    assert "XML cannot carry" in found.message
    assert build_batch(records[:1], sample.profile(), aside)


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


LENGTHS = [*("x" * length for length in (255, 256, 257, 2970, 2990)), ASTRAL * 128, ASTRAL * 1500]
TEXTS = [None, "", " ", "a\u0001b", *LENGTHS]
IDENTIFIERS = ["user-1", "user-2", "x" * 255, "]]>", *TEXTS]
ODD: list[tuple[float, Callable[[dict[str, Any], Random], object]]] = [
    (0.05, lambda one, rng: one["suspects"][0].update(identifier=rng.choice(IDENTIFIERS))),
    (0.2, lambda one, rng: one["suspects"].append({"identifier": rng.choice(IDENTIFIERS[:4])})),
    (0.02, lambda one, rng: one["suspects"].clear()),
    (0.3, lambda one, rng: told(one, time_meaning=rng.choice(TEXTS))),
    (0.05, lambda one, rng: told(one, platform=rng.choice(TEXTS))),
    (0.2, lambda one, rng: told(one, occurred_at=rng.choice(["2026-01-01T00:00:00Z", "2025-12-31T23:59:59.9-12:00"]))),
    (0.2, lambda one, rng: told(one, notes=rng.choice(TEXTS), annotations={"spam": True})),
    (0.02, lambda one, rng: told(one, annotations={rng.choice(list(ReportAnnotations.model_fields)): True})),
    (0.02, lambda one, rng: told(one, chats=[CHAT])),
    (0.05, lambda one, rng: one.update(urgent=None, indicators=rng.choice([[], [], ["threats"]]))),
    (0.3, lambda one, rng: one["evidence"][0].update(viewed=rng.choice(["full", "partial", "none"]))),
    (0.3, lambda one, rng: one["evidence"][0].update(exif_viewed=rng.random() < 0.5)),
    (0.1, lambda one, rng: one["evidence"][0].update(classification=rng.choice(["A1", "A1", "B2"]))),
    (0.1, lambda one, rng: one["evidence"][0].update(publicly_available=rng.choice([True, False, None]))),
    (0.02, lambda one, rng: one["evidence"][0].update(relevance="Supplemental Reported")),
    (0.2, lambda one, rng: one["evidence"][0].update(annotations={"potential_meme": rng.random() < 0.9})),
    (0.02, lambda one, rng: one["evidence"][0]["annotations"].update(infant=True)),
    (0.2, lambda one, rng: one["evidence"][0].update(original_name=rng.choice(TEXTS), notes=rng.choice(TEXTS))),
]
"""Ways in which a record may be odd, and how often it is."""


def oddly(record: dict[str, Any], rng: Random) -> list[dict[str, Any]]:
    """Records of a batch, some of them changed; what all of a batch share changes together, mostly."""
    common = copy.deepcopy(record)
    common["incident"]["platform"] = rng.choice(TEXTS)
    records = batch_of(common, rng.randrange(1, 5))
    for one in records:
        for chance, change in ODD:
            if rng.random() < chance:
                change(one, rng)
    return records


def judged(records: list[dict[str, Any]]) -> str:
    """What becomes of records, with everything proven that must be true of it."""
    taken = [accept_record(json.dumps(one).encode()) for one in records]
    aside = [replace(item, pointer=f"/{i}{item.pointer}") for i, one in enumerate(taken) for item in one.set_aside]
    try:
        package = build_batch([one.record for one in taken], sample.profile(), aside)
    except RecordError as problem:
        wrong = [item for item in problem.findings if not re.match(r"/\d+/\w", item.path) or not item.cure]
        if wrong:
            raise AssertionError(f"a finding names no field, or no cure: {wrong}") from None
        return "refused"
    found = judge_package(package, None, sample.profile(), now=LATER).findings
    assert not found.errors
    details = [write(item.details(1, "0" * 32)) for item in package.files]
    assert of_the_mock(write(package.report), details, LATER) == set()
    # Whatever the report says of the incident and its users has its field in the record, which is there.
    paths = {path for _, path in source_map(package.report, ()).filled if "/reporter" not in path}
    said = {path for path in paths if re.search("/incidentSummary/|espIdentifier", path)}
    sources = {path: pointer for (name, path), pointer in (package.map.sources or {}).items() if name == "report"}
    assert set(sources) == said
    for pointer in sources.values():
        value: Any = records
        for step in pointer[1:].split("/"):
            value = value[int(step) if isinstance(value, list) else step]
    return "built"


def test_every_batch_is_right_or_refused_with_its_fields(record: dict[str, Any]) -> None:
    """Hundreds of odd batches: none breaks the schema or a rule, and the mock agrees."""
    rng = Random(SEED)
    ends = {"built": 0, "refused": 0}
    for number in range(300):
        records = oddly(record, rng)
        try:
            ends[judged(records)] += 1
        except Exception as problem:
            raise AssertionError(f"seed {SEED}, batch {number}: {json.dumps(records)[:4000]}") from problem
    assert min(ends.values()) > 50, f"seed {SEED}: {ends}"
