"""Hive's callback to a review record."""

from __future__ import annotations

from typing import Any

import pytest

from cybertip.adapters import from_hive
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.models import InternetDetails
from cybertip.review import Outcome
from tests.unit.adapters.shapes import DIGESTS, HIVE_KNOWN, TYPE, hive, package_of, places, put, without

DATA = "report_data"


def refused_by_intake(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and places of what intake says to a record."""
    with pytest.raises(RecordError) as caught:
        make_record(content)
    return places(caught.value)


def test_a_full_callback_becomes_a_record_that_is_built() -> None:
    """What Hive says and what the provider adds make a whole, valid package."""
    content = from_hive(hive(), **HIVE_KNOWN)
    package = package_of(content)
    summary = package.report.incident_summary
    assert (summary.incident_type, summary.escalate_to_high_priority) == (TYPE, "A meeting is planned.")
    assert summary.incident_date_time.isoformat() == "2026-03-02T09:58:12+01:00"
    assert package.record_id == "post-4711"
    assert make_record(content).evidence[0].location == "evidence/4711.png"
    assert package.files[0].details(1, "0" * 32).file_viewed_by_esp is True


def test_the_golden_record() -> None:
    """The documented part of a callback, field by field."""
    callback = hive()
    for name in ("lawEnforcement", "personOrUserReported", "intendedRecipient", "victim", "additionalInfo", "reporter"):
        del callback[DATA][name]
    callback[DATA]["reporter"] = {"reportingPerson": {"firstName": "Robin", "email": "reports@example.com"}}
    assert from_hive(callback) == {
        "format": "cybertip.review/1",
        "id": "post-4711",
        "decision": {"outcome": "pending", "reviewer": "moderator-17@example.com"},
        "urgent": {"reason": "A meeting is planned."},
        "incident": {
            "type": TYPE,
            "occurred_at": "2026-03-02T09:58:12+01:00",
            "time_meaning": "Upload of the post",
            "platform": "Example Photos",
            "details": [
                {"web_page_incident": {"additional_info": "a public album"}},
                {
                    "peer2peer_incident": {
                        "ip_capture_events": [
                            {
                                "ip_address": "192.0.2.44",
                                "event_name": "Upload",
                                "date_time": "2026-03-02T09:58:10+01:00",
                                "possible_proxy": False,
                                "port": 51812,
                            }
                        ]
                    }
                },
            ],
        },
        "suspects": [{"identifier": "user-4711"}],
        "recipients": [],
        "victims": [],
        "evidence": [{"id": "post-4711", "location": "https://cdn.example.com/4711.png"}],
        "notes": "reporter.reportingPerson.email: reports@example.com\nreporter.reportingPerson.firstName: Robin",
    }


def test_accounts_follow_the_names_of_the_api() -> None:
    """Suspect, recipient, victim and authority are read where a callback has them."""
    report = package_of(from_hive(hive(), **HIVE_KNOWN)).report
    suspect = report.persons_or_users_reported[0]
    assert suspect.person is not None
    assert [item.address for item in suspect.person.emails] == ["sam@example.com"]
    assert suspect.person.emails[0].verified is True
    assert suspect.person.phones[0].country_calling_code == "+1"
    assert suspect.additional_info == "joined last week"
    assert report.intended_recipients[0].screen_name == "other_colours"
    assert report.victims[0].school_name == "Example School"
    assert report.law_enforcement is not None
    assert report.law_enforcement.agency_name == "Example Police"


def test_a_person_of_another_name_keeps_all_that_was_said() -> None:
    """The callback's user goes into the notes of another person, beside a field of the same name."""
    callback = hive() | {"user_id": "user-0"}
    callback[DATA]["personOrUserReported"] = {"espIdentifier": "user-1", "user_id": "user-2"}
    (suspect,) = from_hive(callback)["suspects"]
    assert suspect["identifier"] == "user-1"
    assert "callback user_id: user-0" in suspect["notes"]
    assert "user_id: user-2" in suspect["notes"]


def test_a_number_that_python_cannot_write_is_refused() -> None:
    """Plain data may hold what no JSON parser here would read."""
    with pytest.raises(RecordError, match="too many digits"):
        from_hive(hive() | {"score": 10**5000})


def test_intake_names_what_hive_does_not_say() -> None:
    """Neither the digest nor how much was viewed is guessed."""
    assert refused_by_intake(from_hive(hive())) == [
        ("X002", "/evidence/0/sha256"),
        ("X002", "/evidence/0/viewed"),
    ]


def test_no_offset_is_invented() -> None:
    """A time without an offset is handed on, and intake refuses it."""
    callback = put(hive(), (DATA, "incidentSummary", "incidentDateTime"), "2026-03-02T09:58:12")
    assert refused_by_intake(from_hive(callback, **HIVE_KNOWN)) == [("S119", "/incident/occurred_at")]


@pytest.mark.parametrize(
    ("moderator", "decided_at", "outcome"),
    [
        ("moderator-17@example.com", "2026-03-02T10:15:00Z", Outcome.CONFIRMED),
        ("moderator-17@example.com", None, Outcome.PENDING),
        ("moderator-17@example.com", " ", Outcome.PENDING),
        (None, "2026-03-02T10:15:00Z", Outcome.PENDING),
        ("", "2026-03-02T10:15:00Z", Outcome.PENDING),
    ],
)
def test_a_confirmed_decision_has_a_moderator_and_a_time(
    moderator: str | None, decided_at: str | None, outcome: Outcome
) -> None:
    """Without either the decision stays pending, and so is never filed."""
    callback = put(hive(), ("moderator_email",), moderator)
    assert from_hive(callback, decided_at=decided_at)["decision"]["outcome"] == outcome


def test_a_report_that_hive_sent_is_not_filed_again() -> None:
    """A callback with a report's number tells of a report that exists."""
    with pytest.raises(RecordError) as caught:
        from_hive({**hive(), "report_id": "4100000001"})
    assert places(caught.value) == [("X002", "/report_id")]
    assert from_hive({**hive(), "report_id": None}) == from_hive(hive())


@pytest.mark.parametrize(
    ("callback", "place"),
    [
        ([], ""),
        (None, ""),
        ("text", ""),
        ({}, "/report_data"),
        ({"report_data": []}, "/report_data"),
        (without(hive(), (DATA,)), "/report_data"),
        (without(hive(), (DATA, "incidentSummary")), "/report_data/incidentSummary"),
        (put(hive(), (DATA, "incidentSummary"), "text"), "/report_data/incidentSummary"),
    ],
)
def test_data_of_another_shape_are_refused(callback: Any, place: str) -> None:
    """The error points into the callback."""
    with pytest.raises(RecordError) as caught:
        from_hive(callback)
    assert places(caught.value) == [("X002", place)]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("post_id",), 4711, "/id"),
        (("image_url",), None, "/evidence/0/location"),
        (("moderator_email",), 17, "/decision/reviewer"),
        ((DATA, "incidentSummary", "incidentType"), "theft", "/incident/type"),
        ((DATA, "incidentSummary", "incidentDateTime"), 1700000000, "/incident/occurred_at"),
        ((DATA, "internetDetails"), "web", "/incident/details/0"),
        ((DATA, "internetDetails"), ["web"], "/incident/details/0"),
        ((DATA, "internetDetails"), [{"webPageIncident": 1}], "/incident/details/0/web_page_incident"),
        ((DATA, "personOrUserReported", "screenName"), 5, "/suspects/0/screen_name"),
        ((DATA, "personOrUserReported"), 5, "/suspects/1"),
        ((DATA, "personOrUserReported", "ipCaptureEvent"), 5, "/suspects/0/ip_events/0"),
        ((DATA, "personOrUserReported", "personOrUserReportedPerson"), "Sam", "/suspects/0/person"),
        ((DATA, "victim"), "child", "/victims/0"),
        ((DATA, "lawEnforcement"), "police", "/law_enforcement"),
    ],
)
def test_odd_values_are_left_for_intake(path: tuple[str, ...], value: Any, place: str) -> None:
    """The adapter hands on what a known field holds, and the finding names the record's field."""
    content = from_hive(put(hive(), path, value), decided_at="2026-03-02T10:15:00Z")
    content["evidence"][0].update(sha256=DIGESTS[0], viewed="full")
    assert place in [found for _, found in refused_by_intake(content)]


@pytest.mark.parametrize("name", ["ncmecEscalationReason", "escalateToHighPriority"])
def test_a_blank_reason_does_not_escalate(name: str) -> None:
    """An empty text field of a form is no reason."""
    callback = without(hive(), (DATA, "incidentSummary", "ncmecEscalationReason"))
    callback[DATA]["incidentSummary"][name] = " "
    assert "urgent" not in from_hive(callback)
    callback[DATA]["incidentSummary"][name] = "now"
    assert from_hive(callback)["urgent"] == {"reason": "now"}


def test_a_second_reason_is_kept() -> None:
    """Of two reasons the documented one escalates, and the other becomes a note."""
    callback = put(hive(), (DATA, "incidentSummary", "escalateToHighPriority"), "another reason")
    content = from_hive(callback)
    assert content["urgent"] == {"reason": "A meeting is planned."}
    assert content["incident"]["notes"] == "incidentSummary.escalateToHighPriority: another reason"


def test_an_object_with_two_incidents_becomes_two() -> None:
    """The record has one kind of incident in each of its details."""
    both = {"webPageIncident": {"url": "https://example.com/a"}, "peer2peerIncident": {"client": "Example P2P"}}
    details = from_hive(put(hive(), (DATA, "internetDetails"), [both]))["incident"]["details"]
    assert details == [
        {"web_page_incident": {"urls": ["https://example.com/a"]}},
        {"peer2peer_incident": {"client": "Example P2P"}},
    ]


EVERY_KIND = {
    "webPageIncident": {"url": ["https://example.com/a"], "additionalInfo": "a", "thirdPartyHostedContent": True},
    "emailIncident": {"emailAddress": ["a@example.com"], "content": "[message text]", "additionalInfo": "a"},
    "newsgroupIncident": {"name": "n", "emailAddress": {"email": "a@example.com"}, "content": "[message text]"},
    "chatImIncident": {"chatClient": "c", "chatRoomName": "r", "content": "[message text]", "additionalInfo": "a"},
    "onlineGamingIncident": {"gameName": "g", "console": "c", "content": "[message text]", "additionalInfo": "a"},
    "cellPhoneIncident": {"phoneNumber": "555-0100", "latitude": 1.5, "longitude": 2.5, "additionalInfo": ["a", "b"]},
    "nonInternetIncident": {"locationName": "l", "incidentAddress": [{"city": "c"}], "additionalInfo": "a"},
    "peer2peerIncident": {"client": "c", "ipCaptureEvent": {"ipAddress": "192.0.2.1"}, "fileNames": "f"},
}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_of_incident_is_read(name: str) -> None:
    """No field of the API's incidents is taken for an unknown one."""
    content = from_hive(put(hive(), (DATA, "internetDetails"), [{name: EVERY_KIND[name]}]), **HIVE_KNOWN)
    record = make_record(content)
    assert "notes" not in content["incident"]
    assert isinstance(record.incident.details[0], InternetDetails)


def test_the_user_is_the_person_reported() -> None:
    """The callback's user names the report's person; two ids that differ are both kept."""
    person = (DATA, "personOrUserReported")
    suspects = from_hive(without(hive(), (*person, "espIdentifier")))["suspects"]
    assert [item["identifier"] for item in suspects] == ["user-4711"]
    suspects = from_hive(put(hive(), (*person, "espIdentifier"), "user-1"))["suspects"]
    assert [(item["identifier"], item["notes"]) for item in suspects] == [
        ("user-1", "joined last week\nuser_id: user-4711")
    ]


@pytest.mark.parametrize("blank", ["", " \n", None])
def test_a_blank_id_is_none(blank: str | None) -> None:
    """An empty field of a form names nobody: the other id stands, and two blank ones are no identifier at all."""
    person = (DATA, "personOrUserReported")
    (suspect,) = from_hive(put(hive(), (*person, "espIdentifier"), blank))["suspects"]
    assert suspect["identifier"] == "user-4711"
    assert suspect["notes"] == "joined last week"
    nameless = put(hive(), ("user_id",), blank)
    (suspect,) = from_hive(nameless)["suspects"]
    assert suspect["identifier"] == "user-4711"
    assert suspect["notes"] == "joined last week"
    (suspect,) = from_hive(put(nameless, (*person, "espIdentifier"), blank))["suspects"]
    assert "identifier" not in suspect
    assert suspect["screen_name"] == "plain_colours"
    people = [{"espIdentifier": blank, "screenName": "one"}, {"espIdentifier": "user-1"}]
    assert from_hive(put(nameless, person, people))["suspects"] == [{"screen_name": "one"}, {"identifier": "user-1"}]
    assert from_hive(put(nameless, person, None))["suspects"] == []


def test_of_several_people_nobody_is_picked() -> None:
    """The callback's user stands beside people of whom none has the same id."""
    people = [{"espIdentifier": "user-1"}, {"screenName": "somebody"}]
    suspects = from_hive(put(hive(), (DATA, "personOrUserReported"), people))["suspects"]
    assert suspects == [{"identifier": "user-4711"}, {"identifier": "user-1"}, {"screen_name": "somebody"}]
    people[0]["espIdentifier"] = "user-4711"
    suspects = from_hive(put(hive(), (DATA, "personOrUserReported"), people))["suspects"]
    assert suspects == [{"identifier": "user-4711"}, {"screen_name": "somebody"}]
    assert from_hive({DATA: {"incidentSummary": {}}})["suspects"] == []


def test_the_provider_may_choose_the_id() -> None:
    """A record's own id wins, and the post's stays in the notes."""
    content = from_hive(hive(), record_id="case-1")
    assert content["id"] == "case-1"
    assert "post_id: post-4711" in content["notes"].splitlines()


def test_what_the_provider_adds_wins_and_nothing_is_lost() -> None:
    """A replaced value and the provider's own notes are both in the file's notes."""
    item = from_hive(hive(), evidence={"location": "a.png", "notes": "from the archive"})["evidence"][0]
    assert item["location"] == "a.png"
    assert item["notes"].splitlines() == ["image_url: https://cdn.example.com/4711.png", "from the archive"]


def test_what_the_provider_adds_are_fields() -> None:
    """Anything else has no place in a file."""
    unfit: Any = ["sha256"]
    with pytest.raises(RecordError) as caught:
        from_hive(hive(), evidence=unfit)
    assert places(caught.value) == [("X002", "/evidence")]


def test_the_input_is_left_alone() -> None:
    """An adapter is a pure function."""
    callback = hive()
    assert from_hive(callback, **HIVE_KNOWN) == from_hive(callback, **HIVE_KNOWN)
    assert callback == hive()
