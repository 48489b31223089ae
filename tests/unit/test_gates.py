"""The provider's own policy: who must have confirmed, what must have been viewed, and which files must be there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.batch import build_batch
from cybertip.builder import History, build
from cybertip.checks import judge_package, validate_record
from cybertip.findings import RecordError
from cybertip.gates import Override, Seen, gate
from cybertip.intake import make_record, read_record
from cybertip.profile import Policy, ReporterProfile, Thresholds
from tests.cases import BATCH

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROFILE = sample.profile()
PASS = Override("P502", "duty-lead-3", "A child may be met tonight.", NOON)


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return data


def found(content: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    return [(item.code, item.path) for item in gate(make_record(content), **settings)]


def approval(reviewer: str) -> dict[str, str]:
    return {"reviewer": reviewer, "decided_at": "2026-03-02T11:00:00Z"}


@pytest.mark.parametrize(
    ("approvals", "wanted", "enough"),
    [
        ([], 1, True),
        ([], 2, False),
        (["reviewer-18"], 2, True),
        (["reviewer-17"], 2, False),
        ([" reviewer-17 "], 2, False),
        (["Reviewer-17"], 2, False),
        (["\u00a0REVIEWER-17\n"], 2, False),
        (["reviewer\uff0d17"], 2, False),
        (["reviewer-18", "reviewer-18"], 3, False),
        (["reviewer-18", "reviewer-19"], 3, True),
    ],
)
def test_the_policy_counts_different_people(
    content: dict[str, Any], approvals: list[str], wanted: int, enough: bool
) -> None:
    """P502: the reviewer and those who approved count once each, however often they are named."""
    content["decision"]["approvals"] = [approval(name) for name in approvals]
    assert found(content, reviewers=wanted) == ([] if enough else [("P502", "/decision/approvals")])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann\u00e9", "anne\u0301"),
        ("Strau\u00df", "STRAUSS"),
        ("\u0390", "\u03aa\u0301"),
        ("\uff21nna", "Anna"),
    ],
)
def test_spellings_of_a_name_are_one_person(content: dict[str, Any], one: str, other: str) -> None:
    """P502: neither capitals nor a form of Unicode make four eyes of two."""
    content["decision"].update(reviewer=one, approvals=[approval(other)])
    assert found(content, reviewers=2) == [("P502", "/decision/approvals")]
    content["decision"]["approvals"] = [approval(f"{other} B")]
    assert found(content, reviewers=2) == []


AHEAD = [("P501", "/decision/decided_at"), ("P501", "/decision/approvals/1/decided_at")]


def test_no_decision_is_dated_in_the_future(content: dict[str, Any]) -> None:
    """P501: what is dated ahead of now, by more than clocks differ, has not been decided."""
    content["decision"].update(
        decided_at="2026-03-02T12:02:01Z",
        approvals=[approval("reviewer-18"), {"reviewer": "reviewer-19", "decided_at": "2026-03-02T13:02:01.5+01:00"}],
    )
    record = make_record(content)

    def errors(now: datetime, profile: ReporterProfile = PROFILE) -> list[tuple[str, str]]:
        return [(item.code, item.path) for item in validate_record(record, profile, now=now).errors]

    assert errors(NOON) == AHEAD
    assert errors(NOON + timedelta(seconds=1)) == AHEAD[1:]
    assert errors(NOON + timedelta(seconds=2)) == []
    patient = PROFILE.model_copy(update={"thresholds": Thresholds(clock_skew=121)})
    assert errors(NOON, patient) == AHEAD[1:]
    told = validate_record(record, PROFILE, now=NOON).errors
    assert [item.message for item in told] == [
        f"the {what} is dated in the future" for what in ("decision", "approval")
    ]
    assert all(item.cure for item in told)


def test_no_decision_of_a_batch_is_dated_in_the_future() -> None:
    """P501: each record of a batched report is looked at, and found by its index."""
    lines = BATCH.read_bytes().splitlines()
    records = [read_record(line) for line in lines]
    package = build_batch(records, PROFILE)
    decided = max(record.decision.decided_at for record in records if record.decision.decided_at is not None)
    latest = [i for i, record in enumerate(records) if record.decision.decided_at == decided]

    def errors(now: datetime) -> list[str]:
        verdict = judge_package(package, None, PROFILE, now=now, batch=records)
        return [item.path for item in verdict.findings if item.code == "P501"]

    assert errors(decided) == []
    assert errors(decided - timedelta(seconds=121)) == [f"/{index}/decision/decided_at" for index in latest]


def test_an_urgent_case_can_pass_by_a_persons_word(content: dict[str, Any]) -> None:
    """P502 gives way to a named person with a reason, and the package names both."""
    content["urgent"] = {"reason": "A child may be met tonight, as the messages say."}
    assert found(content, reviewers=2) == [("P502", "/decision/approvals")]
    assert found(content, reviewers=2, overrides=[PASS]) == []
    package = build(make_record(content), sample.profile(), overrides=[PASS])
    assert package.overrides == (PASS,)
    assert "duty-lead-3" not in repr(package)


def test_the_profiles_policy_is_asked(content: dict[str, Any]) -> None:
    """P502: `policy.reviewers` of the profile counts when a report, or a batched one, is built."""
    four_eyes = sample.profile().model_copy(update={"policy": Policy(reviewers=2)})
    with pytest.raises(RecordError) as caught:
        build(make_record(content), four_eyes)
    assert [item.code for item in caught.value.findings] == ["P502"]
    with pytest.raises(RecordError) as caught:
        build_batch([make_record(content)], four_eyes)
    assert "P502" in {item.code for item in caught.value.findings}
    content["decision"]["approvals"] = [approval("reviewer-18")]
    assert build(make_record(content), four_eyes).record_ids == (content["id"],)
    with pytest.raises(RecordError) as caught:  # other things keep this record out of a batch
        build_batch([make_record(content)], four_eyes)
    assert "P502" not in {item.code for item in caught.value.findings}


def test_nobody_can_pass_what_is_not_urgent(content: dict[str, Any]) -> None:
    """An override of a case without urgency is refused, and changes nothing."""
    assert found(content, reviewers=2, overrides=[PASS]) == [("P502", "/decision/approvals"), ("P502", "/urgent")]


def test_no_exif_view_of_another_file_is_claimed(content: dict[str, Any]) -> None:
    """P504: nobody viewed the file, but somebody the metadata of another one."""
    content["evidence"][0].update(viewed="none", exif_viewed=True, viewed_sha256="0" * 64)
    assert found(content) == [("P504", "/evidence/0/viewed_sha256")]
    content["evidence"][0]["exif_viewed"] = False
    assert found(content) == []


@pytest.mark.parametrize("code", ["P501", "P503", "P504", "P508", "S101"])
def test_nothing_else_can_be_passed(content: dict[str, Any], code: str) -> None:
    """Digests, views and the decision itself give way to nobody."""
    content["urgent"] = {"reason": "A child may be met tonight, as the messages say."}
    content["evidence"][0]["viewed_sha256"] = "0" * 64
    refused = found(content, overrides=[Override(code, "duty-lead-3", "because", NOON)])
    assert ("P504", "/evidence/0/viewed_sha256") in refused
    assert (code, "") in refused


@pytest.mark.parametrize(("person", "reason"), [("", "why"), ("who", " ")])
def test_an_override_needs_a_person_and_a_reason(content: dict[str, Any], person: str, reason: str) -> None:
    """An override without one of them is none."""
    content["urgent"] = {"reason": "A child may be met tonight, as the messages say."}
    assert found(content, overrides=[Override("P502", person, reason, NOON)]) == [("P502", "")]


def test_an_override_has_a_time_with_its_offset(content: dict[str, Any]) -> None:
    """Nobody may guess when it was decided."""
    content["urgent"] = {"reason": "A child may be met tonight, as the messages say."}
    assert found(content, overrides=[Override("P502", "who", "why", NOON.replace(tzinfo=None))]) == [("S119", "")]


def test_files_are_those_that_were_reviewed(content: dict[str, Any]) -> None:
    """P503 and P508: another digest and an unreadable file are told with the evidence; what nobody looked at is not."""
    right = content["evidence"][0]["sha256"].upper()
    assert found(content, seen={"file-1": Seen(right)}) == []
    assert found(content, seen={"file-1": Seen("0" * 64), "file-2": Seen(problem="no such file")}) == [
        ("P503", "/evidence/0/sha256"),
        ("P508", "/evidence/1/location"),
    ]
    (told,) = gate(make_record(content), seen={"file-2": Seen(problem="no such file")})
    assert told.message == "the file cannot be read: no such file"


def test_nothing_is_built_past_a_gate(content: dict[str, Any]) -> None:
    """The builder refuses what a gate refuses."""
    with pytest.raises(RecordError) as caught:
        build(make_record(content), sample.profile(), seen={"file-1": Seen("0" * 64)})
    assert [(item.code, item.path) for item in caught.value.findings] == [("P503", "/evidence/0/sha256")]


def test_earlier_reports_that_are_known_are_linked(content: dict[str, Any]) -> None:
    """What earlier filings tell of an account stands in its report, each number once, the record's own first."""
    content["suspects"][0]["prior_reports"] = [7]
    content["recipients"] = [{"identifier": "user-9"}]
    history = History(prior_reports={"user-4711": [5, 7], "user-9": [8], "user-0": [1]})
    report = build(make_record(content), sample.profile(), history=history).report
    assert report.persons_or_users_reported[0].prior_ct_reports == (7, 5)
    assert report.intended_recipients[0].prior_ct_reports == (8,)
