"""Coop's decision and additional information to a review record."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from cybertip.adapters import from_coop
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.models import FileRelevance
from cybertip.models.files import FileAnnotations
from cybertip.review import Outcome, Viewed
from tests.unit.adapters.shapes import (
    COOP_KNOWN,
    TYPE,
    coop_decision,
    coop_info,
    package_of,
    places,
    put,
    without,
)

SUBMISSION = ("decision_components", 1)
MEDIA = (*SUBMISSION, "reportedMedia")


def refused(decision: Any, info: Any = None, **known: Any) -> list[tuple[str, str]]:
    """Codes and places of what the adapter refuses."""
    with pytest.raises(RecordError) as caught:
        from_coop(decision, info, **known)
    return places(caught.value)


def refused_by_intake(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and places of what intake says to a record."""
    with pytest.raises(RecordError) as caught:
        make_record(content)
    return places(caught.value)


def test_a_full_decision_becomes_a_record_that_is_built() -> None:
    """What Coop says and what the provider adds make a whole, valid package."""
    content = from_coop(coop_decision(), coop_info(), **COOP_KNOWN)
    package = package_of(content)
    summary = package.report.incident_summary
    assert (package.record_id, summary.incident_type) == ("decision-0001", TYPE)
    assert summary.escalate_to_high_priority == "A meeting is planned."
    suspect = package.report.persons_or_users_reported[0]
    assert (suspect.esp_identifier, suspect.screen_name) == ("user-4711", "plain_colours")
    assert suspect.person is not None
    assert suspect.person.emails[0].address == "sam@example.com"
    assert suspect.ip_capture_events[0].port == 51812
    first, second, extra = make_record(content).evidence
    assert (first.id, first.original_name, first.publicly_available) == ("media-1", "colour 1.png", True)
    assert (second.location, second.viewed) == ("https://cdn.example.com/media-2.png", Viewed.PARTIAL)
    assert (extra.id, extra.relevance) == ("additionalFiles/0", FileRelevance.SUPPLEMENTAL)


def test_the_golden_record() -> None:
    """A small decision, field by field."""
    decision = {
        "id": "decision-1",
        "reviewer_id": "reviewer-17",
        "created_at": "2026-03-02T10:15:00Z",
        "queue_id": "queue-1",
        "decision_components": [
            {
                "type": "SUBMIT_NCMEC_REPORT",
                "incidentType": TYPE,
                "additionalInfo": "a note",
                "reportedMessages": [],
                "reportedMedia": [
                    {
                        "id": "media-1",
                        "typeId": "type-image",
                        "url": "https://cdn.example.com/1.png",
                        "fileAnnotations": ["VIRAL"],
                        "industryClassification": "B2",
                    }
                ],
            }
        ],
    }
    info = {"users": [{"id": "user-1", "typeId": "type-user", "screenName": "plain_colours"}]}
    assert from_coop(decision, info) == {
        "format": "cybertip.review/1",
        "id": "decision-1",
        "decision": {
            "outcome": "confirmed",
            "reviewer": "reviewer-17",
            "decided_at": "2026-03-02T10:15:00Z",
            "notes": "queue_id: queue-1",
        },
        "incident": {"type": TYPE},
        "suspects": [{"identifier": "user-1", "screen_name": "plain_colours", "notes": "typeId: type-user"}],
        "evidence": [
            {
                "id": "media-1",
                "location": "https://cdn.example.com/1.png",
                "classification": "B2",
                "annotations": {"viral": True},
                "notes": "typeId: type-image",
            }
        ],
        "notes": "a note",
    }


def test_reported_messages_are_conversations() -> None:
    """A thread is a chat with its messages; what a message has beside them is in the chat's notes."""
    content = from_coop(coop_decision(), coop_info(), **COOP_KNOWN)
    assert content["incident"]["chats"] == [
        {
            "room": "thread-1",
            "viewed": "full",
            "messages": [{"sender": "user-4711", "sent_at": "2026-03-02T09:50:00Z", "text": "[message text]"}],
            "notes": "reportedContent[0].contentId: message-1\n"
            'reportedContent[0].ipAddress: {"ip":"192.0.2.45","port":40001}\n'
            "threadTypeId: type-thread",
        }
    ]
    assert content["incident"]["notes"] == (
        'messages[0]: {"id":"message-1","ipAddress":"192.0.2.46","typeId":"type-message"}'
    )


@pytest.mark.parametrize("thread", ["t", {"threadId": "t"}, {"threadId": "t", "reportedContent": []}])
def test_a_thread_without_messages_is_a_note(thread: Any) -> None:
    """A record has no conversation without messages."""
    incident = from_coop(put(coop_decision(), (*SUBMISSION, "reportedMessages"), [thread]))["incident"]
    assert "chats" not in incident
    assert incident["notes"].startswith("reportedMessages[0]: ")


def test_intake_names_what_coop_does_not_say() -> None:
    """Neither the time of the incident nor digests nor how much was viewed is guessed."""
    content = from_coop(coop_decision(), coop_info())
    files = [("X002", f"/evidence/{index}/{name}") for index in range(3) for name in ("sha256", "viewed")]
    assert refused_by_intake(content) == [
        ("X002", "/incident/occurred_at"),
        ("X002", "/incident/chats/0/viewed"),
        *files,
    ]


def test_no_offset_is_invented() -> None:
    """Times without an offset are handed on, and intake refuses each at its place."""
    decision = put(coop_decision(), ("created_at",), "2026-03-02 10:15:00")
    info = put(coop_info(), ("media", 0, "ipCaptureEvent", 0, "dateTime"), "2026-03-02T09:41:00")
    known = {**COOP_KNOWN, "occurred_at": "2026-03-02T09:41:00"}
    assert refused_by_intake(from_coop(decision, info, **known)) == [
        ("X002", "/decision/decided_at"),
        ("S119", "/incident/occurred_at"),
        ("S119", "/evidence/0/ip_event/date_time"),
    ]


@pytest.mark.parametrize(
    ("reviewer", "created_at", "outcome"),
    [
        ("reviewer-17", "2026-03-02T10:15:00Z", Outcome.CONFIRMED),
        ("reviewer-17", None, Outcome.PENDING),
        (None, "2026-03-02T10:15:00Z", Outcome.PENDING),
        ("", "2026-03-02T10:15:00Z", Outcome.PENDING),
    ],
)
def test_a_confirmed_decision_has_a_reviewer_and_a_time(
    reviewer: str | None, created_at: str | None, outcome: Outcome
) -> None:
    """Coop's automatic decisions, which have no reviewer, stay pending."""
    decision = {**coop_decision(), "reviewer_id": reviewer, "created_at": created_at}
    assert from_coop(decision)["decision"]["outcome"] == outcome


@pytest.mark.parametrize("component", [{"type": "IGNORE"}, {"type": "AUTOMATIC_CLOSE", "reason": "x"}, {}])
def test_a_decision_not_to_report_makes_no_record(component: dict[str, Any]) -> None:
    """Only the component that submits a report is one."""
    assert refused({**coop_decision(), "decision_components": [component]}) == [
        ("X002", "/decision/decision_components")
    ]


def test_two_reports_are_not_made_into_one() -> None:
    """Nobody picks one of two submissions."""
    component = coop_decision()["decision_components"][1]
    assert refused({"decisionComponents": [component, component]}) == [("X002", "/decision/decisionComponents")]


@pytest.mark.parametrize(
    ("decision", "info", "place"),
    [
        ([], None, "/decision"),
        (coop_decision(), [], "/additional_info"),
        (without(coop_decision(), ("decision_components",)), None, "/decision/decision_components"),
        (put(coop_decision(), ("decision_components",), {}), None, "/decision/decision_components"),
        (put(coop_decision(), ("decision_components",), [7]), None, "/decision/decision_components/0"),
        (put(coop_decision(), MEDIA, {}), None, "/decision/decision_components/1/reportedMedia"),
        (put(coop_decision(), (*MEDIA, 0), "m"), None, "/decision/decision_components/1/reportedMedia/0"),
        (coop_decision(), {"users": {}}, "/additional_info/users"),
        (coop_decision(), {"media": ["m"]}, "/additional_info/media/0"),
        (coop_decision(), {"additionalFiles": "f"}, "/additional_info/additionalFiles"),
    ],
)
def test_data_of_another_shape_are_refused(decision: Any, info: Any, place: str) -> None:
    """The error points into the data that came in."""
    assert refused(decision, info) == [("X002", place)]


def test_ids_of_mixed_types_are_refused() -> None:
    """An id that is no text belongs to nothing that Coop told of."""
    assert refused(coop_decision(), evidence={1: {}, "a": {}}) == [("X002", "/evidence/1")]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("id",), 1, "/id"),
        (("reviewer_id",), 1, "/decision/reviewer"),
        ((*SUBMISSION, "incidentType"), "theft", "/incident/type"),
        ((*SUBMISSION, "escalateToHighPriority"), True, "/urgent/reason"),
        ((*MEDIA, 0, "url"), None, "/evidence/0/location"),
        ((*MEDIA, 0, "fileAnnotations"), "VIRAL", "/evidence/0/annotations"),
        ((*MEDIA, 0, "industryClassification"), "C3", "/evidence/0/classification"),
        ((*MEDIA, 1, "id"), 7, "/evidence/1/id"),
        ((*SUBMISSION, "reportedMessages", 0, "threadId"), 7, "/incident/chats/0/room"),
        ((*SUBMISSION, "reportedMessages", 0, "reportedContent", 0), "m", "/incident/chats/0/messages/0"),
        (
            (*SUBMISSION, "reportedMessages", 0, "reportedContent", 0, "sentAt"),
            7,
            "/incident/chats/0/messages/0/sent_at",
        ),
    ],
)
def test_odd_values_are_left_for_intake(path: tuple[str | int, ...], value: Any, place: str) -> None:
    """The adapter hands on what a known field holds, and the finding names the record's field."""
    content = from_coop(put(coop_decision(), path, value), None, occurred_at="2026-03-02T09:41:00Z")
    assert place in [found for _, found in refused_by_intake(content)]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("users", 1, "screenName"), 5, "/suspects/0/screen_name"),
        (("users", 1, "email"), 5, "/suspects/0/person/emails/0"),
        (("users", 1, "ipCaptureEvent"), [5], "/suspects/0/ip_events/0"),
        (("users", 1, "ipCaptureEvent", 0, "port"), "80", "/suspects/0/ip_events/0/port"),
        (("media", 0, "publiclyAvailable"), "yes", "/evidence/0/publicly_available"),
        (("media", 0, "fileDetails"), "ff", "/evidence/0/hashes/0"),
        (("additionalFiles", 0, "fileUrl"), None, "/evidence/2/location"),
    ],
)
def test_odd_additional_values_are_left_for_intake(path: tuple[str | int, ...], value: Any, place: str) -> None:
    """What the provider's endpoint answers is handed on as it is, too."""
    content = from_coop(coop_decision(), put(coop_info(), path, value))
    assert place in [found for _, found in refused_by_intake(content)]


def test_names_may_be_in_camel_case() -> None:
    """A row whose names were translated on its way says the same."""
    names = {
        "reviewer_id": "reviewerId",
        "created_at": "createdAt",
        "decision_components": "decisionComponents",
        "job_payload": "jobPayload",
    }
    decision = {names.get(name, name): value for name, value in coop_decision().items()}
    made, plain = from_coop(decision, coop_info()), from_coop(coop_decision(), coop_info())
    for content in (made, plain):
        del content["decision"]["notes"]
    assert made == plain


def test_times_may_be_those_of_a_database() -> None:
    """A row read by a driver has moments, not texts."""
    decided = dt.datetime(2026, 3, 2, 10, 15, tzinfo=dt.UTC)
    decision = {**coop_decision(), "created_at": decided, "item_created_at": decided}
    content = from_coop(decision, coop_info(), **COOP_KNOWN)
    assert make_record(content).decision.decided_at == decided
    assert 'item_created_at: "2026-03-02T10:15:00+00:00"' in content["decision"]["notes"].splitlines()


@pytest.mark.parametrize("info", [None, {}, {"users": []}, {"users": [{"id": "user-9"}]}])
def test_the_job_names_the_reported_user(info: dict[str, Any] | None) -> None:
    """The account is there although nothing else is known of it."""
    assert from_coop(coop_decision(), info)["suspects"] == [{"identifier": "user-4711"}]


def test_parameters_of_a_report_name_the_reported_user() -> None:
    """A decision without a job may carry `reportedUser`, as Coop's own parameters do."""
    decision = {**without(coop_decision(), ("job_payload",)), "reportedUser": {"id": "user-9000"}}
    suspects = from_coop(decision, coop_info())["suspects"]
    assert [item["screen_name"] for item in suspects] == ["someone_else"]


def test_of_several_users_nobody_is_picked() -> None:
    """Where the decision does not say who is reported, only a single user can be meant."""
    decision = without(coop_decision(), ("job_payload",))
    assert refused(decision, coop_info()) == [("X002", "/additional_info/users")]
    suspects = from_coop(decision, without(coop_info(), ("users", 0)))["suspects"]
    assert [item["identifier"] for item in suspects] == ["user-4711"]
    assert from_coop(decision)["suspects"] == []


TWINS = [
    {"id": "user-4711", "typeId": "type-group", "screenName": "a_group"},
    {"id": "user-4711", "typeId": "type-user", "screenName": "plain_colours"},
]
"""Two accounts that share an id, as accounts of different types may."""
ITEM = ("job_payload", "payload", "item")


def test_a_user_of_another_type_is_another() -> None:
    """An id is unique within its type only: nobody else's data are told of the suspect."""
    parameters = {
        **without(coop_decision(), ("job_payload",)),
        "reportedUser": {"id": "user-4711", "typeId": "type-user"},
    }
    for decision in (coop_decision(), parameters):
        content = from_coop(decision, {"users": TWINS})
        assert [item["screen_name"] for item in content["suspects"]] == ["plain_colours"]
        assert 'users[0]: {"id":"user-4711","screenName":"a_group"' in content["notes"]
    content = from_coop(coop_decision(), {"users": TWINS[:1]})
    assert content["suspects"] == [{"identifier": "user-4711"}]
    assert "a_group" in content["notes"]


@pytest.mark.parametrize("kind", [None, "", " "])
def test_of_users_that_may_be_the_same_nobody_is_picked(kind: str | None) -> None:
    """Where a type is not stated, one of two users of the id may be meant, and both stay in the notes."""
    untyped = put(coop_decision(), (*ITEM, "itemTypeIdentifier", "id"), kind)
    vague = [TWINS[1], {**TWINS[0], "typeId": kind}]
    for decision, users in ((untyped, TWINS), (coop_decision(), vague)):
        content = from_coop(decision, {"users": users})
        assert content["suspects"] == [{"identifier": "user-4711"}]
        assert {"a_group", "plain_colours"} <= set(re.findall(r"[a-z]+_[a-z]+", content["notes"]))
        content = from_coop(decision, {"users": users[:1]})
        assert [item["identifier"] for item in content["suspects"]] == ["user-4711"]
        assert "screen_name" in content["suspects"][0]


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_id_names_nobody(blank: str) -> None:
    """An empty field says as little as a missing one: the next place that may say it is asked."""
    decision = put(coop_decision(), (*ITEM, "itemId"), blank)
    assert refused(decision, coop_info()) == [("X002", "/additional_info/users")]
    assert from_coop(decision)["suspects"] == []
    suspects = from_coop({**decision, "reportedUser": {"id": "user-4711"}}, coop_info())["suspects"]
    assert [item["screen_name"] for item in suspects] == ["plain_colours"]


def test_every_annotation_of_coop_is_one_of_the_record() -> None:
    """Coop's names are those of the record in capitals; an unknown one becomes a note."""
    names = [name.upper() for name in FileAnnotations.model_fields]
    decision = put(coop_decision(), (*MEDIA, 0, "fileAnnotations"), [*names, "NEW_KIND", 7])
    content = from_coop(decision, coop_info(), **COOP_KNOWN)
    annotations = make_record(content).evidence[0].annotations
    assert annotations is not None
    assert all(getattr(annotations, name) for name in FileAnnotations.model_fields)
    assert {"fileAnnotations: NEW_KIND", "fileAnnotations: 7"} <= set(content["evidence"][0]["notes"].splitlines())


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["Upload"], 0),
        (["Login"], 0),
        ([None], 0),
        (["Other", "Upload"], 1),
        (["Upload", "Upload"], None),
        (["Login", "Other"], None),
        ([], None),
    ],
)
def test_the_upload_of_a_file_is_never_guessed(names: list[str | None], chosen: int | None) -> None:
    """The only event of a file, or the only upload, is its own; the others become notes."""
    events = [{"ipAddress": f"192.0.2.{index}", "eventName": name} for index, name in enumerate(names)]
    file = from_coop(coop_decision(), put(coop_info(), ("media", 0, "ipCaptureEvent"), events))["evidence"][0]
    assert file.get("ip_event", {}).get("ip_address") == (None if chosen is None else f"192.0.2.{chosen}")
    for index in range(len(names)):
        assert (f'"192.0.2.{index}"' in file["notes"]) == (index != chosen)


def test_media_of_another_type_are_others() -> None:
    """An id is unique within its type only."""
    info = put(coop_info(), ("media", 0, "typeId"), "type-video")
    content = from_coop(coop_decision(), info)
    assert "original_name" not in content["evidence"][0]
    assert 'media[0]: {"additionalInfo":["the first picture","of a set"]' in content["notes"]


def test_of_media_that_may_be_the_same_nobody_picks_one() -> None:
    """A medium without a type is not joined with one of two of its id."""
    decision = without(coop_decision(), (*MEDIA, 0, "typeId"))
    other = {"id": "media-1", "typeId": "type-video", "fileName": "other.mp4"}
    content = from_coop(decision, put(coop_info(), ("media", 2), other))
    assert "original_name" not in content["evidence"][0]
    assert "other.mp4" in content["notes"]
    assert from_coop(decision, coop_info())["evidence"][0]["original_name"] == "colour 1.png"


def test_a_missing_file_stays_in_the_record() -> None:
    """A file that a reviewer confirmed is not dropped because it is gone: a person decides."""
    file = from_coop(coop_decision(), put(coop_info(), ("media", 0, "missing"), True))["evidence"][0]
    assert file["id"] == "media-1"
    assert "missing: true" in file["notes"].splitlines()


def test_two_sources_that_differ_are_both_kept() -> None:
    """The decision's value stands, and the other becomes a note."""
    info = put(coop_info(), ("media", 0, "url"), "https://cdn.example.com/other.png")
    file = from_coop(coop_decision(), put(info, ("media", 0, "fileAnnotations"), ["INFANT"]))["evidence"][0]
    assert file["location"] == "https://cdn.example.com/media-1.png"
    assert {"media.url: https://cdn.example.com/other.png", 'media.fileAnnotations: ["INFANT"]'} <= set(
        file["notes"].splitlines()
    )


def test_evidence_for_an_unknown_file_is_refused() -> None:
    """What the provider adds under a wrong id would be lost."""
    assert refused(coop_decision(), evidence={"media/9": {"viewed": "full"}}) == [("X002", "/evidence/media~19")]
    assert refused(coop_decision(), evidence=[]) == [("X002", "/evidence")]
    assert refused(coop_decision(), evidence={"media-1": "full"}) == [("X002", "/evidence/media-1")]


def test_additions_to_an_unknown_thread_are_refused() -> None:
    """What the provider adds under a wrong id would be lost."""
    assert refused(coop_decision(), threads={"thread-9": {}}) == [("X002", "/threads/thread-9")]


def test_the_provider_may_choose_the_id() -> None:
    """A record's own id wins, and the decision's stays in its notes."""
    content = from_coop(coop_decision(), record_id="case-1")
    assert content["id"] == "case-1"
    assert "id: decision-0001" in content["decision"]["notes"].splitlines()


def test_a_blank_reason_does_not_escalate() -> None:
    """Coop, too, takes a blank reason for none."""
    assert "urgent" not in from_coop(put(coop_decision(), (*SUBMISSION, "escalateToHighPriority"), " "))


def test_the_row_stays_with_the_provider() -> None:
    """What the row says beside the decision is internal, and never in the report."""
    content = from_coop(coop_decision(), coop_info(), **COOP_KNOWN)
    text = str(package_of(content).report.additional_info)
    assert "the reviewer's words" in text
    assert "the provider's words" in text
    assert "queue-1" not in text
    assert "seen by two people" not in text


def test_the_input_is_left_alone() -> None:
    """An adapter is a pure function."""
    decision, info = coop_decision(), coop_info()
    assert from_coop(decision, info, **COOP_KNOWN) == from_coop(decision, info, **COOP_KNOWN)
    assert (decision, info) == (coop_decision(), coop_info())
