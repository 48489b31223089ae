"""Data in the shapes that the adapters read: of our own making, harmless, and full."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from cybertip import sample
from cybertip.builder import Package, build
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.schema import Schema
from cybertip.xml import write

Path = tuple[str | int, ...]
TYPE = "Child Pornography (possession, manufacture, and distribution)"
DIGESTS = ["ab" * 32, "cd" * 32, "ef" * 32]


def hive() -> dict[str, Any]:
    """A callback: what Hive documents, and what is assumed from the API's names."""
    return {
        "post_id": "post-4711",
        "user_id": "user-4711",
        "image_url": "https://cdn.example.com/4711.png",
        "moderator_email": "moderator-17@example.com",
        "report_data": {
            "incidentSummary": {
                "incidentType": TYPE,
                "ncmecEscalationReason": "A meeting is planned.",
                "incidentDateTime": "2026-03-02T09:58:12+01:00",
                "incidentDateTimeDescription": "Upload of the post",
                "platform": "Example Photos",
            },
            "internetDetails": [
                {"webPageIncident": {"additionalInfo": "a public album"}},
                {
                    "peer2peerIncident": {
                        "ipCaptureEvent": [
                            {
                                "ipAddress": "192.0.2.44",
                                "eventName": "Upload",
                                "dateTime": "2026-03-02T09:58:10+01:00",
                                "possibleProxy": False,
                                "port": 51812,
                            }
                        ]
                    }
                },
            ],
            "reporter": {
                "reportingPerson": {
                    "firstName": "Robin",
                    "lastName": "Reporter",
                    "email": "reports@example.com",
                    "dateOfBirth": "1990-01-31",
                },
                "contactPerson": {
                    "firstName": "Chris",
                    "phone": "555-0100",
                    "email": "legal@example.com",
                    "address": {"address": "1 Example Street", "city": "Exampletown", "country": "US"},
                },
                "companyTemplate": "Serve process by e-mail.",
                "termsOfService": "https://example.com/terms",
            },
            "lawEnforcement": {
                "agencyName": "Example Police",
                "caseNumber": "EP-1",
                "officerContact": {"lastName": "Officer", "phone": "555-0199"},
                "reportedToLe": True,
            },
            "personOrUserReported": {
                "espIdentifier": "user-4711",
                "screenName": "plain_colours",
                "displayName": ["Plain Colours"],
                "profileUrl": "https://photos.example.com/plain_colours",
                "personOrUserReportedPerson": {
                    "firstName": "Sam",
                    "email": [{"_text": "sam@example.com", "_attributes": {"type": "Home", "verified": True}}],
                    "phone": {"number": "555-0123", "countryCallingCode": "+1"},
                    "address": {"city": "Elsewhere", "nonUsaState": "Somewhere"},
                },
                "ipCaptureEvent": {"ipAddress": "198.51.100.7", "eventName": "Login"},
                "deviceId": [{"idType": "Example ID", "idValue": "device-1"}],
                "estimatedLocation": {"city": "Nowhere", "countryCode": "DE"},
                "additionalInfo": "joined last week",
            },
            "intendedRecipient": [{"espIdentifier": "user-4712", "screenName": "other_colours"}],
            "victim": {"espIdentifier": "user-4713", "schoolName": "Example School"},
            "additionalInfo": "told by a moderator",
        },
    }


HIVE_KNOWN: dict[str, Any] = {
    "decided_at": "2026-03-02T10:15:00Z",
    "evidence": {"sha256": DIGESTS[0], "viewed": "full", "location": "evidence/4711.png"},
}
"""What a provider adds to a callback."""


def coop_decision() -> dict[str, Any]:
    """A decision's row."""
    return {
        "id": "decision-0001",
        "org_id": "org-1",
        "queue_id": "queue-1",
        "reviewer_id": "reviewer-17",
        "created_at": "2026-03-02T10:15:00.000Z",
        "item_created_at": "2026-03-01T00:00:00.000Z",
        "decision_reason": "seen by two people",
        "enqueue_source_info": {"kind": "REPORT"},
        "related_actions": [{"actionIds": ["action-1"], "itemIds": ["item-9"], "itemTypeId": "type-9"}],
        "job_payload": {
            "id": "job-1",
            "payload": {"kind": "NCMEC", "item": {"itemId": "user-4711", "itemTypeIdentifier": {"id": "type-user"}}},
        },
        "decision_components": [
            {"type": "CUSTOM_ACTION", "itemIds": ["item-8"], "itemTypeId": "type-8"},
            {
                "type": "SUBMIT_NCMEC_REPORT",
                "incidentType": TYPE,
                "escalateToHighPriority": "A meeting is planned.",
                "additionalInfo": "the reviewer's words",
                "reportedMedia": [
                    {
                        "id": "media-1",
                        "typeId": "type-image",
                        "url": "https://cdn.example.com/media-1.png",
                        "fileAnnotations": ["VIRAL", "GENERATIVE_AI"],
                        "industryClassification": "B2",
                    },
                    {
                        "id": "media-2",
                        "typeId": "type-image",
                        "url": "https://cdn.example.com/media-2.png",
                        "fileAnnotations": [],
                        "industryClassification": "A2",
                    },
                ],
                "reportedMessages": [
                    {
                        "threadId": "thread-1",
                        "threadTypeId": "type-thread",
                        "reportedContent": [
                            {
                                "contentId": "message-1",
                                "content": "[message text]",
                                "creatorId": "user-4711",
                                "sentAt": "2026-03-02T09:50:00Z",
                                "ipAddress": {"ip": "192.0.2.45", "port": 40001},
                            }
                        ],
                    }
                ],
            },
        ],
    }


def coop_info() -> dict[str, Any]:
    """What the provider's additional-information endpoint answers."""
    return {
        "users": [
            {"id": "user-9000", "typeId": "type-other", "screenName": "someone_else"},
            {
                "id": "user-4711",
                "typeId": "type-user",
                "screenName": "plain_colours",
                "email": [
                    {
                        "email": "sam@example.com",
                        "type": "Home",
                        "verified": True,
                        "verificationDate": "2026-01-02T03:04:05Z",
                    }
                ],
                "ipCaptureEvent": [
                    {
                        "ipAddress": "192.0.2.44",
                        "eventName": "Login",
                        "dateTime": "2026-03-02T09:40:00Z",
                        "possibleProxy": False,
                        "port": 51812,
                    }
                ],
                "data": {"favourite": "teal"},
            },
        ],
        "media": [
            {
                "id": "media-1",
                "typeId": "type-image",
                "fileName": "colour 1.png",
                "publiclyAvailable": True,
                "missing": False,
                "additionalInfo": ["the first picture", "of a set"],
                "ipCaptureEvent": [
                    {"ipAddress": "203.0.113.4", "eventName": "Upload", "dateTime": "2026-03-02T09:41:00Z"},
                    {"ipAddress": "203.0.113.5", "eventName": "Other", "dateTime": "2026-03-02T09:42:00Z"},
                ],
                "fileDetails": {"hash": "0f" * 32, "hashType": "PDQ"},
            },
            {"id": "media-2", "typeId": "type-image"},
            {"id": "media-3", "typeId": "type-image", "fileName": "not reported.png"},
        ],
        "additionalFiles": [
            {
                "fileUrl": "https://cdn.example.com/screenshot.pdf",
                "fileName": "screenshot.pdf",
                "additionalInfo": ["the profile page"],
            }
        ],
        "messages": [{"id": "message-1", "typeId": "type-message", "ipAddress": "192.0.2.46"}],
        "additionalInfo": "the provider's words",
    }


COOP_KNOWN: dict[str, Any] = {
    "occurred_at": "2026-03-02T09:41:00Z",
    "evidence": {
        "media-1": {"sha256": DIGESTS[0], "viewed": "full", "location": "evidence/1.png"},
        "media-2": {"sha256": DIGESTS[1], "viewed": "partial"},
        "additionalFiles/0": {"sha256": DIGESTS[2], "viewed": "none"},
    },
    "threads": {"thread-1": {"viewed": "full"}},
}
"""What a provider adds to a decision."""


def without(data: Any, path: Path) -> Any:
    """A copy of plain data from which one field or item is taken away."""
    changed = copy.deepcopy(data)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return changed


def put(data: Any, path: Path, value: Any) -> Any:
    """A copy of plain data in which one field or item has another value."""
    changed = copy.deepcopy(data)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of plain data that is neither object nor list, with the way to it."""
    if isinstance(data, dict | list):
        for step, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(item, (*path, step))
    else:
        yield path, data


def objects(data: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every object of plain data."""
    if isinstance(data, dict):
        yield path
    if isinstance(data, dict | list):
        for step, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from objects(item, (*path, step))


def package_of(content: dict[str, Any]) -> Package:
    """What is built of a record, proven to be valid by the schema."""
    package = build(make_record(content), sample.profile())
    schema = Schema.bundled()
    documents = [package.report, *(item.details(4_100_000_001, "0" * 32) for item in package.files)]
    assert [list(schema.validate(write(document))) for document in documents] == [[]] * len(documents)
    return package


def places(problem: RecordError) -> list[tuple[str, str]]:
    """Codes and places of what an error tells of."""
    return [(finding.code, finding.path) for finding in problem.findings]
