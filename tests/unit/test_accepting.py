"""From a record as it comes to documents that can be sent: what is set aside and kept, and where it comes from."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.builder import Package, build
from cybertip.checks import validate_record
from cybertip.findings import RecordError
from cybertip.intake import accept, accept_record
from cybertip.repairs import read_originals
from cybertip.schema import Schema
from cybertip.xml import write


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return data


def built(content: dict[str, Any]) -> Package:
    """What is built of data that are accepted, proven to be valid by the schema."""
    accepted = accept_record(json.dumps(content).encode())
    package = build(accepted.record, sample.profile(), accepted.set_aside)
    for document in (package.report, *(item.described for item in package.files)):
        assert not Schema.bundled().validate_model(document)
    return package


def all_text(package: Package) -> str:
    """All documents, as they are sent."""
    documents = [package.report, *(item.details(5, "f" * 32) for item in package.files)]
    return "".join(write(document).decode() for document in documents)


HOSTILE = ["a\u0001b", "\ud800", "x\ufffey", "\u0000", "\u001b[31m"]


@pytest.mark.parametrize("text", HOSTILE)
def test_characters_that_xml_cannot_carry_are_replaced_and_kept(content: dict[str, Any], text: str) -> None:
    """R701: the text has U+FFFD in their place, and the original stands escaped beside it."""
    content["suspects"][0]["profile_bio"] = text
    package = built(content)
    (suspect,) = package.report.persons_or_users_reported
    assert "\ufffd" in (suspect.profile_bio or "")
    path = "/report/personOrUserReported[1]/profileBio"
    assert dict(read_originals(suspect.additional_info or ""))[path] == text
    (done,) = package.repairs
    assert (done.code, done.path, done.pointer) == ("R701", path, "/suspects/0/profile_bio")


@pytest.mark.parametrize(
    "text", ["]]>", "<b>&amp;", "\u202eevil\u202c", "\U0001f7e6\U0001f469\u200d\U0001f467", "ä\u0308"]
)
def test_what_xml_can_carry_stays_as_it_is(content: dict[str, Any], text: str) -> None:
    """Markup, bidirectional marks and emoji are text like any other."""
    content["suspects"][0]["profile_bio"] = text
    package = built(content)
    assert package.report.persons_or_users_reported[0].profile_bio == text
    assert package.repairs == ()


def test_a_code_that_no_list_knows_is_kept(content: dict[str, Any]) -> None:
    """R705: the state stands in the account's text, and the rest of the address where it belongs."""
    content["suspects"][0]["person"]["addresses"] = [{"city": "Sampletown", "state": "California"}]
    content["suspects"][0]["person"]["phones"] = [{"number": "555-0100", "country_calling_code": "001"}]
    package = built(content)
    (suspect,) = package.report.persons_or_users_reported
    assert suspect.person is not None
    assert [one.city for one in suspect.person.addresses] == ["Sampletown"]
    person = "/report/personOrUserReported[1]/personOrUserReportedPerson"
    assert dict(read_originals(suspect.additional_info or "")) == {
        f"{person}/address[1]/state": "California",
        f"{person}/phone[1]/countryCallingCode": "001",
    }


def test_what_identifies_something_is_never_mended(content: dict[str, Any]) -> None:
    """A control character in an id is refused: another id would be another record's."""
    content["id"] = "case\u0001"
    with pytest.raises(RecordError):
        accept(content)


def test_notes_that_stay_at_the_provider_go_nowhere(content: dict[str, Any]) -> None:
    """An internal note with a control character is mended and written into no document."""
    content["decision"]["notes"] = "private\u0001note"
    package = built(content)
    assert "private" not in all_text(package)
    assert [(one.code, one.target) for one in package.repairs] == [("R701", "")]


@pytest.mark.parametrize(
    "pointer",
    [
        "/detection/tool",
        "/detection/organisation",
        "/incident/notes",
        "/incident/chats/0/client",
        "/incident/chats/0/notes",
        "/incident/chats/0/messages/0/sender",
        "/incident/chats/0/messages/0/text",
        "/evidence/0/labels/0",
        "/evidence/0/hashes/0/value",
    ],
)
def test_what_became_part_of_a_text_is_kept_by_its_place_in_the_record(content: dict[str, Any], pointer: str) -> None:
    """R701: a field without an element of its own is read back, too, from the nearest additionalInfo."""
    content["detection"] = {"source": "hash match", "tool": "t", "organisation": "o"}
    content["incident"]["chats"] = [
        {"viewed": "full", "client": "c", "notes": "n", "messages": [{"sender": "s", "text": "t"}]}
    ]
    content["evidence"][0].update(labels=["l"], hashes=[{"value": "0" * 32, "hash_type": "MD5"}])
    *around, last = (int(step) if step.isdigit() else step for step in pointer.split("/")[1:])
    place: Any = content
    for step in around:
        place = place[step]
    place[last] = "odd\u0001value"
    package = built(content)
    (done,) = package.repairs
    assert (done.code, done.pointer) == ("R701", pointer)
    assert done.target
    texts = [package.report.additional_info or ""]
    texts += [text for item in package.files for text in item.described.additional_info]
    chat = package.report.internet_details[-1].chat_im_incident
    if pointer.startswith("/incident/chats"):  # the nearest is the chat's own
        texts = [chat.additional_info or "" if chat is not None else ""]
    originals = dict(pair for text in texts for pair in read_originals(text))
    assert originals[done.path or pointer] == "odd\u0001value"


@pytest.mark.parametrize("field", ["account", "attachments"])
def test_what_names_another_part_is_never_mended(content: dict[str, Any], field: str) -> None:
    """Mended, two names could become the same one, and a person would be said to be another."""
    if field == "account":
        content["suspects"] = [{"identifier": "u\u0001"}, {"identifier": "u\u0002"}]
        content["actions"] = [{"kind": "account permanently disabled", "account": "u\u0001"}]
        place = "/actions/0/account"
    else:
        content["incident"]["chats"] = [{"viewed": "full", "messages": [{"attachments": ["file-1\u0001"]}]}]
        place = "/incident/chats/0/messages/0/attachments/0"
    with pytest.raises(RecordError) as caught:
        accept(content)
    assert place in {finding.path for finding in caught.value.findings}


@pytest.mark.parametrize("depth", [600, 900, 5000])
@pytest.mark.parametrize("pair", [('{"a":', "}"), ("[", "]")])
def test_data_nested_too_deeply_are_refused(content: dict[str, Any], depth: int, pair: tuple[str, str]) -> None:
    """However deep, an error says so; nothing breaks."""
    deep = pair[0] * depth + "0" + pair[1] * depth
    data = json.dumps(content)[:-1] + f', "z": {deep}}}'
    with pytest.raises(RecordError) as caught:
        accept_record(data.encode())
    assert {finding.code for finding in caught.value.findings} <= {"X001", "X002"}


def test_the_data_that_were_handed_in_are_not_changed(content: dict[str, Any]) -> None:
    """Whoever hands data in finds them as they were."""
    content["suspects"][0]["profile_bio"] = "a\u0001"
    content["suspects"][0]["person"]["addresses"] = [{"state": "California"}]
    before = copy.deepcopy(content)
    accept(content)
    assert content == before


@pytest.mark.parametrize("data", [b"[]", b"7", b'"x"', b"null", b"{}", b"{", b"\xff"])
def test_what_is_no_record_is_refused_with_findings(data: bytes) -> None:
    """Anything else than a record gives findings, as when it is read strictly."""
    with pytest.raises(RecordError):
        accept_record(data)


def test_other_vocabularies_stay_strict(content: dict[str, Any]) -> None:
    """A wrong word for a kind of event is a slip of a program, and is refused at its place."""
    content["suspects"][0]["ip_events"][0]["event_name"] = "Uploading"
    with pytest.raises(RecordError) as caught:
        accept(content)
    assert caught.value.findings[0].path == "/suspects/0/ip_events/0/event_name"


# --- where everything comes from ---


def test_findings_name_the_field_although_items_were_moved_before_it(content: dict[str, Any]) -> None:
    """A list whose first item was moved has shorter numbers in the document, and true ones in the findings."""
    event = content["suspects"][0]["ip_events"][0]
    content["suspects"][0]["ip_events"] = [
        {**event, "ip_address": "host.example.com"},
        {**event, "date_time": "2126-01-01T00:00:00Z"},
    ]
    found = validate_record(accept(content), sample.profile())
    assert [(item.code, item.path, item.pointer) for item in found if item.code in ("S102", "R704")] == [
        ("S102", "/report/personOrUserReported[1]/ipCaptureEvent[1]/dateTime", "/suspects/0/ip_events/1/date_time"),
        ("R704", "/report/personOrUserReported[1]/ipCaptureEvent[1]", "/suspects/0/ip_events/0"),
    ]


def test_the_map_leads_both_ways(content: dict[str, Any]) -> None:
    """From a field to the places that it went to, and from each place to its field."""
    content["suspects"][0]["display_names"] = ["x" * 256, "fine"]
    package = built(content)
    path = "/report/personOrUserReported[1]/displayName[1]"
    assert package.map.pointer("report", path) == "/suspects/0/display_names/1"
    assert package.map.places("/suspects/0/display_names/1") == [("report", path)]
    assert package.map.places("/evidence/1/source_url") == [("files[1]", "/fileDetails/locationOfFile")]
    assert package.map.places("/decision/reviewer") == []


# --- the same input, the same bytes ---


def test_another_process_builds_the_same_bytes(tmp_path: Path, content: dict[str, Any]) -> None:
    """Nothing depends on hash seeds, time or order: another process builds the same, and names the same versions."""
    content["suspects"][0]["profile_bio"] = "a\u0001b"
    (tmp_path / "record.json").write_text(json.dumps(content), encoding="utf-8")
    script = (
        "import sys, pathlib; from cybertip import sample; from cybertip.builder import build;"
        "from cybertip.intake import accept_record; from cybertip.xml import write;"
        "a = accept_record(pathlib.Path('record.json').read_bytes());"
        "p = build(a.record, sample.profile(), a.set_aside);"
        "sys.stdout.buffer.write(write(p.report) + repr(p.versions).encode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2", "3")
    }
    package = built(content)
    assert runs == {write(package.report) + repr(package.versions).encode()}
    assert len(package.versions.schema) == len(package.versions.profile) == 64


# --- nothing true is dropped ---

RICH: dict[str, Any] = {
    "urgent": {"reason": "MARK a child may be met tomorrow, as the messages say"},
    "indicators": ["planned meeting"],
    "detection": {
        "source": "hash match",
        "tool": "MARK",
        "organisation": "MARK",
        "detected_at": "2026-03-01T01:00:00Z",
        "notified_at": "2026-03-01T02:00:00Z",
    },
    "incident": {
        "time_meaning": "MARK",
        "platform": "MARK",
        "annotations": {"spam": True},
        "details": [
            {"web_page_incident": {"urls": ["https://MARK.example.com/"], "additional_info": "MARK"}},
            {"chat_im_incident": {"chat_client": "MARK", "chat_room_name": "MARK", "content": "MARK"}},
            {"online_gaming_incident": {"game_name": "MARK", "console": "MARK", "content": "MARK"}},
            {"newsgroup_incident": {"name": "MARK", "content": "MARK", "additional_info": "MARK"}},
            {"cell_phone_incident": {"phone_number": {"number": "MARK"}, "latitude": 1.5, "longitude": 2.5}},
            {"non_internet_incident": {"location_name": "MARK", "incident_addresses": [{"address": "MARK"}]}},
            {"peer2peer_incident": {"client": "MARK", "file_names": "MARK", "additional_info": "MARK"}},
        ],
        "notes": "MARK",
    },
    "suspects": [
        {
            "identifier": "MARK",
            "service": "MARK",
            "person": {
                "first_name": "MARK",
                "last_name": "MARK",
                "phones": [{"number": "MARK", "type": "Home", "verified": True, "extension": "123"}],
                "emails": [{"address": "MARK@example.com", "type": "Home"}],
                "addresses": [{"address": "MARK", "city": "MARK", "zip_code": "MARK", "non_usa_state": "MARK"}],
                "age": 37,
            },
            "screen_name": "MARK",
            "display_names": ["MARK", "MARK"],
            "profile_urls": ["https://MARK.example.com/"],
            "profile_bio": "MARK",
            "ip_events": [{"ip_address": "192.0.2.44", "event_name": "Login", "possible_proxy": True, "port": 51812}],
            "devices": [{"id_type": "MARK", "id_value": "MARK", "event_name": "Upload"}],
            "location": {"city": "MARK", "region": "MARK", "country_code": "GB"},
            "prior_reports": [123456],
            "compromised": True,
            "all_emails_reported": True,
            "notes": "MARK",
            "group_identifier": "MARK",
            "vehicle_description": "MARK",
            "third_party": True,
            "associated_accounts": [{"type": "Linked", "screen_name": "MARK", "additional_info": "MARK"}],
        }
    ],
    "recipients": [{"identifier": "MARK", "group_identifier": "MARK", "notes": "MARK"}],
    "victims": [{"identifier": "MARK", "school_name": "MARK", "notes": "MARK"}],
    "evidence": [
        {
            "original_name": "MARK",
            "uploaded_at": "2026-03-01T03:00:00Z",
            "source_url": "https://MARK.example.com/",
            "publicly_available": True,
            "annotations": {"viral": True},
            "classification": "A1",
            "hashes": [{"value": "MARK", "hash_type": "MARK"}],
            "ip_event": {"ip_address": "198.51.100.7", "port": 40000},
            "devices": [{"id_type": "MARK", "id_value": "MARK"}],
            "metadata": [{"type": "EXIF", "name_value_pairs": [{"name": "MARK", "value": "MARK"}]}],
            "notes": "MARK",
        }
    ],
    "law_enforcement": {"agency_name": "MARK", "case_number": "MARK", "reported_to_le": True},
    "notes": "MARK",
}


def rich(content: dict[str, Any]) -> dict[str, Any]:
    """The sample record with nearly every field, and a mark of its own in every text."""
    marks = iter(range(1000, 10_000))
    added = json.loads(json.dumps(RICH))
    for where, name in list(leaves(added)):
        if isinstance(where[name], str) and "MARK" in where[name]:
            where[name] = where[name].replace("MARK", f"m{next(marks)}")
    whole = {**content, **added, "actions": []}
    whole["incident"] = {**content["incident"], **added["incident"]}
    whole["evidence"] = [{**content["evidence"][0], **added["evidence"][0]}]
    return whole


def leaves(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every simple value of data, as what holds it and its key or index."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, (dict, list)):
            yield from leaves(value)
        else:
            yield data, key


def optional_leaves(data: Any, template: Any, pointer: str = "") -> Iterator[str]:
    """The pointers of the simple values that `RICH` has."""
    for key, value in template.items() if isinstance(template, dict) else enumerate(template):
        if isinstance(value, (dict, list)):
            yield from optional_leaves(data[key], value, f"{pointer}/{key}")
        else:
            yield f"{pointer}/{key}"


def without(content: dict[str, Any], pointer: str) -> tuple[dict[str, Any], Any]:
    """A copy of the record less one field, and the field's value."""
    less = json.loads(json.dumps(content))
    *around, last = pointer.split("/")[1:]
    place = less
    for step in around:
        place = place[int(step)] if isinstance(place, list) else place[step]
    return less, place.pop(int(last)) if isinstance(place, list) else place.pop(last)


POINTERS = list(optional_leaves(RICH, RICH))


@pytest.mark.parametrize("pointer", POINTERS)
def test_no_field_is_dropped(content: dict[str, Any], pointer: str) -> None:
    """With a field its value stands somewhere in the documents, and without it nowhere."""
    whole = rich(content)
    less, value = without(whole, pointer)
    before = all_text(built(whole))
    try:
        after = all_text(built(less))
    except RecordError:
        return  # The field is mandatory where it stands, so there is no record without it.
    assert before != after
    if isinstance(value, str) and "m1" in value:
        assert value in before
        assert value not in after


def test_the_data_that_come_in_are_not_changed(content: dict[str, Any]) -> None:
    """What is set aside is set aside of a copy: who takes a record in twice gets the same twice."""
    content["suspects"][0]["location"] = {"city": "Sp\u0001ring", "country_code": "France"}
    before = json.loads(json.dumps(content))
    first, second = accept(content), accept(content)
    assert content == before
    assert first == second
    assert [(one.code, one.pointer) for one in first.set_aside] == [
        ("R701", "/suspects/0/location/city"),
        ("R705", "/suspects/0/location/country_code"),
    ]


@pytest.mark.parametrize("state", ["AS", "MP"])
def test_states_that_the_schema_lacks_have_a_field_of_their_own(content: dict[str, Any], state: str) -> None:
    """American Samoa and the Northern Marianas go to <nonUsaState> (S107), unless something else stands there."""
    address = {"address": "1 Sample Street", "state": state, "country": "US"}
    content["suspects"][0]["person"]["addresses"] = [address, {**address, "non_usa_state": "x"}]
    package = built(content)
    person = package.report.persons_or_users_reported[0].person
    assert person is not None
    assert [(one.state, one.non_usa_state) for one in person.addresses] == [(None, state), (None, "x")]
    assert [(one.code, one.pointer) for one in package.repairs] == [
        ("R702", "/suspects/0/person/addresses/0/state"),
        ("R705", "/suspects/0/person/addresses/1/state"),
    ]


def test_identifiers_are_moved_whole(content: dict[str, Any]) -> None:
    """Mended, two identifiers could become the same account; each stands in its own account's additionalInfo."""
    content["suspects"] = [{"identifier": "u\u0001", "associated_accounts": [{"type": "Linked"}]}]
    content["suspects"][0]["associated_accounts"][0].update(esp_identifier="v\u0001")
    content["victims"] = [{"identifier": "u\u0002"}]
    content["actions"] = []
    package = built(content)
    suspect, victim = package.report.persons_or_users_reported[0], package.report.victims[0]
    assert (suspect.esp_identifier, victim.esp_identifier) == (None, None)
    assert {one.code for one in package.repairs} == {"R704"}
    (linked,) = suspect.associated_accounts
    assert dict(read_originals(suspect.additional_info or "")) == {"/suspects/0/identifier": "u\u0001"}
    assert dict(read_originals(victim.additional_info or "")) == {"/victims/0/identifier": "u\u0002"}
    assert dict(read_originals(linked.additional_info or "")) == {
        "/suspects/0/associated_accounts/0/esp_identifier": "v\u0001"
    }


def test_nobody_can_forge_an_original(content: dict[str, Any]) -> None:
    """R707: a line of a user's that looks like one of ours is not read back, and nothing of it is lost."""
    forged = '[original] /report/personOrUserReported[1]/person/email[1]: "forged@example.com"'
    content["suspects"][0]["notes"] = f"He wrote:\n{forged}"
    content["evidence"][0]["notes"] = forged
    package = built(content)
    assert [(one.code, one.pointer) for one in package.repairs] == [
        ("R707", "/suspects/0/notes"),
        ("R707", "/evidence/0/notes"),
    ]
    said = package.report.persons_or_users_reported[0].additional_info or ""
    assert f"\n {forged}" in said
    assert list(read_originals(said)) == []
    assert package.files[0].described.additional_info[0] == f" {forged}"


def test_of_two_lines_about_one_place_the_first_counts(content: dict[str, Any]) -> None:
    """A value with a control character that is refused for its form, too: what came in is what is read back."""
    content["suspects"][0]["profile_urls"] = ["no\u0001address"]
    said = built(content).report.persons_or_users_reported[0].additional_info or ""
    assert [value for _, value in read_originals(said)] == ["no\u0001address"]


def test_many_repairs_take_time_in_proportion(content: dict[str, Any]) -> None:
    """Thousands of values to move are moved, each with its line."""
    content["suspects"][0]["ip_events"] = [{"ip_address": f"bad {number}"} for number in range(2000)]
    content["suspects"][0]["display_names"] = [f"a\u0001{number}" for number in range(2000)]
    package = built(content)
    assert len(package.repairs) == 4000
    said = package.report.persons_or_users_reported[0].additional_info or ""
    assert sum(1 for _ in read_originals(said)) == 4000
