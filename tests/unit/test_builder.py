"""Record and profile to documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.builder import History, Package, build
from cybertip.checks import validate_record
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.models import FileDetails
from cybertip.schema import Schema
from cybertip.xml import write


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return data


PARTLY = "A person viewed this file in part only, or a smaller or blurred form of it."


def package_of(content: dict[str, Any]) -> Package:
    """What is built from plain data, proven to be valid by the schema."""
    package = build(make_record(content), sample.profile())
    schema = Schema.bundled()
    documents = [write(package.report), *(write(details(package, index)) for index in range(len(package.files)))]
    assert [list(schema.validate(document)) for document in documents] == [[]] * len(documents)
    return package


def details(package: Package, index: int) -> FileDetails:
    """The details of one file with invented ids."""
    return package.files[index].details(4_100_000_001, "0" * 32)


def refused(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and places of what the builder refuses."""
    with pytest.raises(RecordError) as caught:
        build(make_record(content), sample.profile())
    return [(finding.code, finding.path) for finding in caught.value.findings]


def test_the_same_input_gives_the_same_bytes(content: dict[str, Any]) -> None:
    """Building is deterministic."""
    assert write(package_of(content).report) == write(package_of(content).report)


@pytest.mark.parametrize("outcome", ["pending", "rejected"])
def test_only_confirmed_decisions_are_built(content: dict[str, Any], outcome: str) -> None:
    """P501: whatever is not confirmed is refused."""
    content["decision"]["outcome"] = outcome
    assert refused(content) == [("P501", "/decision/outcome")]


@pytest.mark.parametrize(("field", "value"), [("reviewer", None), ("reviewer", "  "), ("decided_at", None)])
def test_a_decision_names_who_and_when(content: dict[str, Any], field: str, value: str | None) -> None:
    """P501: a decision without reviewer or time is refused."""
    content["decision"][field] = value
    assert refused(content) == [("P501", f"/decision/{field}")]


@pytest.mark.parametrize(
    ("viewed", "exif", "file_stated", "exif_stated", "texts"),
    [
        ("full", True, True, True, ()),
        ("full", False, True, False, ()),
        (
            "partial",
            False,
            False,
            False,
            (PARTLY,),
        ),
        (
            "partial",
            True,
            False,
            False,
            (
                PARTLY,
                "A person viewed the EXIF data of this file.",
            ),
        ),
        ("none", True, False, False, ("A person viewed the EXIF data of this file.",)),
        ("none", False, False, False, ()),
    ],
)
def test_viewing_is_always_stated_and_never_more_than_happened(
    content: dict[str, Any], viewed: str, exif: bool, file_stated: bool, exif_stated: bool, texts: tuple[str, ...]
) -> None:
    """Only a file viewed entirely counts as viewed; weaker truths are told in words."""
    content["evidence"][0].update(viewed=viewed, exif_viewed=exif)
    built = details(package_of(content), 0)
    assert (built.file_viewed_by_esp, built.exif_viewed_by_esp) == (file_stated, exif_stated)
    assert built.additional_info == texts


def test_the_incident_is_carried_over(content: dict[str, Any]) -> None:
    """Type, time with its offset, meaning of the time, platform, urgency and details reach the report."""
    content["urgent"] = {"reason": "A meeting is planned for tomorrow."}
    content["incident"]["annotations"] = {"sextortion": True}
    summary = package_of(content).report.incident_summary
    assert summary.incident_date_time.isoformat() == "2026-03-02T09:58:12.250000+01:00"
    assert summary.incident_date_time_description == "Upload of the first reported file"
    assert summary.platform == "Example Photos"
    assert summary.escalate_to_high_priority == "A meeting is planned for tomorrow."
    assert summary.report_annotations is not None
    assert summary.report_annotations.sextortion


def test_the_reference_and_the_internal_notes(content: dict[str, Any]) -> None:
    """The record's id is in the report; reviewer and internal notes never are."""
    content["decision"].update(notes="internal-note-1", reviewer="reviewer-name-2")
    content["notes"] = "for investigators"
    document = write(package_of(content).report).decode()
    assert "Provider's reference: case-2026-000001" in document
    assert "for investigators" in document
    assert "internal-note-1" not in document
    assert "reviewer-name-2" not in document


def test_an_account_action_is_said_by_its_account(content: dict[str, Any]) -> None:
    """Disabling an account is told where the API has a place for it, with its times."""
    content["suspects"].append({"identifier": "user-2"})
    content["actions"] = [
        {"kind": "account temporarily disabled", "account": "user-2", "at": "2026-03-02T10:16:00Z",
         "reenabled_at": "2026-04-02T10:16:00Z", "user_notified": True, "user_notified_at": "2026-03-03T00:00:00Z"},
    ]  # fmt: skip
    first, second = package_of(content).report.persons_or_users_reported
    assert first.account_temporarily_disabled is None
    assert second.account_temporarily_disabled is not None
    assert second.account_temporarily_disabled.disabled
    assert second.account_temporarily_disabled.user_notified
    assert second.account_temporarily_disabled.reenabled_date is not None


def test_actions_without_a_place_of_their_own_are_told_in_words(content: dict[str, Any]) -> None:
    """Removed content, and an account action that cannot be assigned, stand in the report's text with all they say."""
    content["suspects"].append({"identifier": "user-2"})
    content["actions"] = [
        {"kind": "content removed", "at": "2026-03-02T10:16:00Z"},
        {"kind": "account permanently disabled", "user_notified": True, "user_notified_at": "2026-03-03T00:00:00Z"},
    ]
    report = package_of(content).report
    assert all(item.account_permanently_disabled is None for item in report.persons_or_users_reported)
    assert report.additional_info is not None
    lines = report.additional_info.splitlines()
    assert "Action taken: content removed; at 2026-03-02T10:16:00Z" in lines
    assert (
        "Action taken: account permanently disabled; the user was notified; notified at 2026-03-03T00:00:00Z" in lines
    )


@pytest.mark.parametrize(
    ("others", "account"),
    [
        ({"suspects": [{"identifier": "1", "service": "Photos"}, {"identifier": "1", "service": "Mail"}]}, "1"),
        ({"suspects": [{"identifier": "1"}], "victims": [{"identifier": "1", "service": "Mail"}]}, "1"),
        ({"suspects": [{"identifier": "1", "third_party": True}]}, None),
        ({"suspects": [{"identifier": "1", "third_party": True}]}, "1"),
    ],
)
def test_nobody_is_said_to_be_disabled_who_may_not_be(
    content: dict[str, Any], others: dict[str, Any], account: str | None
) -> None:
    """Where several accounts are called alike, or the account is another company's, only the text tells of it."""
    content.update(others)
    content["actions"] = [{"kind": "account permanently disabled", "account": account}]
    report = package_of(content).report
    assert all(item.account_permanently_disabled is None for item in report.persons_or_users_reported)
    assert all(item.account_permanently_disabled is None for item in report.victims)
    assert "Action taken: account permanently disabled" in (report.additional_info or "")


def test_an_own_account_is_told_from_another_companys(content: dict[str, Any]) -> None:
    """A provider disables its own accounts only, so of two that are called alike its own is meant."""
    content["suspects"] = [{"identifier": "1", "third_party": True, "service": "Other"}, {"identifier": "1"}]
    content["actions"] = [{"kind": "account permanently disabled", "account": "1"}]
    other, own = package_of(content).report.persons_or_users_reported
    assert other.account_permanently_disabled is None
    assert own.account_permanently_disabled is not None


def test_the_end_of_a_permanent_disabling_is_told_in_words(content: dict[str, Any]) -> None:
    """The API has no element for it, so the text tells the action with all that is known of it."""
    content["actions"] = [{"kind": "account permanently disabled", "reenabled_at": "2026-04-02T10:16:00Z"}]
    report = package_of(content).report
    assert report.persons_or_users_reported[0].account_permanently_disabled is not None
    assert "Action taken: account permanently disabled; given back at 2026-04-02T10:16:00Z" in (
        report.additional_info or ""
    )


def test_an_action_on_an_unknown_account_is_refused(content: dict[str, Any]) -> None:
    """An action that names an account the record does not have is a mistake in the record."""
    content["actions"][0]["account"] = "user-9"
    assert refused(content) == [("X002", "/actions/0/account")]


@pytest.mark.parametrize("owner", ["suspects", "victims"])
def test_an_action_on_an_associated_account_is_told_in_words(content: dict[str, Any], owner: str) -> None:
    """What was done about another account of a suspect or a victim is in the text, and nobody else is disabled."""
    linked = {"type": "Linked", "esp_identifier": "user-9"}
    content.setdefault("victims", []).append({"identifier": "user-3"})
    content[owner][0]["associated_accounts"] = [{"type": "Linked"}, linked]
    content["actions"] = [{"kind": "account permanently disabled", "account": "user-9", "at": "2026-03-02T10:16:00Z"}]
    report = package_of(content).report
    assert all(item.account_permanently_disabled is None for item in report.persons_or_users_reported)
    assert all(item.account_permanently_disabled is None for item in report.victims)
    told = "Action taken: account permanently disabled; account: user-9; at 2026-03-02T10:16:00Z"
    assert told in (report.additional_info or "").splitlines()
    del linked["esp_identifier"]
    assert refused(content) == [("X002", "/actions/0/account")]


def test_an_action_names_its_file_and_its_address(content: dict[str, Any]) -> None:
    """What was removed or disabled is said, and the file's own details tell which file the text means."""
    content["actions"] = [
        {"kind": "content removed", "file": "file-2"},
        {"kind": "url disabled", "url": "https://example.com/a"},
        {"kind": "account permanently disabled", "file": "file-2"},
    ]
    package = package_of(content)
    said = package.report.additional_info or ""
    assert "Action taken: content removed; file: file-2\n" in said
    assert "Action taken: url disabled; address: https://example.com/a\n" in said
    assert "Action taken: account permanently disabled; file: file-2" in said
    calls = [any("call this file file-2." in text for text in item.described.additional_info) for item in package.files]
    assert calls == [False, True]


def test_an_action_on_an_unknown_file_is_refused(content: dict[str, Any]) -> None:
    """An action that names a file the record does not have is a mistake in the record."""
    content["actions"][0]["file"] = "file-9"
    assert refused(content) == [("X002", "/actions/0/file")]


def test_nothing_that_a_record_says_is_lost(content: dict[str, Any]) -> None:
    """Every text, number and time of a full record is somewhere in the documents, but for what is internal."""
    account = {
        "identifier": "id-{n}", "service": "service-{n}", "screen_name": "screen-{n}", "display_names": ["display-{n}"],
        "profile_urls": ["https://example.com/{n}"], "profile_bio": "bio-{n}", "compromised": True,
        "ip_events": [{"ip_address": "192.0.2.{n}", "port": 41000}],
        "devices": [{"id_type": "kind-{n}", "id_value": "value-{n}"}],
        "location": {"city": "city-{n}", "country_code": "CA"}, "prior_reports": [770001], "notes": "notes-{n}",
        "person": {"first_name": "first-{n}", "phones": [{"number": "555-010{n}"}]},
    }  # fmt: skip

    def numbered(number: int, **more: Any) -> dict[str, Any]:
        filled: dict[str, Any] = json.loads(json.dumps(account).replace("{n}", str(number)))
        return {**filled, **more}

    other = {"type": "Linked", "screen_name": "linked-screen"}
    content["suspects"] = [numbered(1, group_identifier="g1", vehicle_description="car", associated_accounts=[other])]
    content["recipients"] = [numbered(2, group_identifier="g2")]
    content["victims"] = [numbered(3, school_name="school", associated_accounts=[other])]
    content["law_enforcement"] = {"agency_name": "agency", "case_number": "case-77"}
    content["incident"]["notes"] = "incident-notes"
    content["indicators"] = ["threats"]
    content["actions"].append({"kind": "url disabled", "file": "file-2", "url": "https://example.com/disabled"})
    content["detection"].update(organisation="hotline", notified_at="2026-03-02T08:00:00Z")
    content["evidence"][0].update(
        classification="A1", hashes=[{"hash_type": "PDQ", "value": "hash-1"}], notes="file-notes",
        metadata=[{"type": "EXIF", "name_value_pairs": [{"name": "Model", "value": "camera"}]}],
        ip_event={"ip_address": "198.51.100.1"}, devices=[{"id_type": "t", "id_value": "device-9"}],
        annotations={"viral": True},
    )  # fmt: skip
    package = package_of(content)
    sent = write(package.report).decode() + "".join(write(details(package, index)).decode() for index in range(2))
    internal = {"format", "id", "decision", "profile", "location", "sha256", "viewed", "viewed_by", "viewed_at", "kind"}
    missing = [text for text in _leaves(content, internal) if text not in sent]
    assert missing == []


def _leaves(value: Any, internal: set[str], place: str = "") -> list[str]:
    if isinstance(value, dict):
        # A location is internal only where it is a file's; an account's is a place on the map.
        return [
            leaf
            for key, item in value.items()
            if key not in internal or isinstance(item, dict)
            if key != "decision"
            for leaf in _leaves(item, internal, key)
        ]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item, internal, place)]
    if isinstance(value, bool) or value is None:
        return []
    # The canonical form of a time has no zeros at the end of its fraction.
    return [str(value).replace(".250+", ".25+")]


def test_another_companys_account_gets_none_of_our_history(content: dict[str, Any]) -> None:
    """Numbers as identifiers collide: what is known of our account says nothing of theirs, nor of a blank one."""
    content["suspects"] = [
        {"identifier": "u1", "third_party": True, "prior_reports": [7]},
        {"identifier": "u1"},
        {"identifier": " "},
    ]
    content["actions"] = []
    record = make_record(content)
    report = build(record, sample.profile(), history=History({"u1": [111], " ": [5], "": [6]})).report
    assert [item.prior_ct_reports for item in report.persons_or_users_reported] == [(7,), (111,), ()]
    content["suspects"] = [{"identifier": "u1", "third_party": True}]
    content["follow_up"] = {"reports": [700001], "reason": "another person was found"}
    (alone,) = package_of(content).report.persons_or_users_reported
    assert alone.prior_ct_reports == ()


@pytest.mark.parametrize("number", [0, -7])
def test_a_follow_up_names_reports(content: dict[str, Any], number: int) -> None:
    """What cannot be a report id is refused where it stands, suspects or not."""
    content["follow_up"] = {"reports": [number], "reason": "r"}
    with pytest.raises(RecordError) as caught:
        make_record(content)
    assert [item.path for item in caught.value.findings] == ["/follow_up/reports/0"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("at", "2099-01-01T00:00:00Z", "S213"),
        ("user_notified_at", "2099-01-01T00:00:00Z", "S213"),
        ("user_notified_at", "2026-03-01T00:00:00Z", "S214"),
    ],
)
def test_findings_on_a_disabled_account_lead_to_the_action(
    content: dict[str, Any], field: str, value: str, code: str
) -> None:
    """The element comes from an action, so that is where it is mended."""
    content["actions"] = [
        {"kind": "content removed"},
        {"kind": "account permanently disabled", "at": "2026-03-02T10:16:00Z", "user_notified": True, field: value},
    ]
    found = validate_record(make_record(content), sample.profile())
    assert (code, f"/actions/1/{field}") in {(item.code, item.pointer) for item in found}


def test_a_repair_of_a_chat_leads_to_the_chat(content: dict[str, Any]) -> None:
    """What moves out of a conversation's elements is named by the conversation's field."""
    content["incident"]["chats"] = [{"viewed": "full", "client": "c" * 300, "messages": [{"text": "[message text]"}]}]
    assert [(item.code, item.pointer) for item in package_of(content).findings] == [
        ("R704", "/incident/chats/0/client")
    ]
