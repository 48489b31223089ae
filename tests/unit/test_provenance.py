"""Places of built documents and the record's fields that they come from."""

from __future__ import annotations

from typing import Any

import pytest

from cybertip import sample
from cybertip.builder import build
from cybertip.intake import make_record
from cybertip.models import FileDetails, Report
from cybertip.provenance import details_pointer, report_pointer
from cybertip.rules._engine import walk

MAIL = {"address": "user@example.com", "verified": True}
EVENT = {"ip_address": "192.0.2.44"}
ACCOUNT = {
    "identifier": "a",
    "service": "s",
    "person": {"emails": [MAIL], "addresses": [{"city": "Springfield"}]},
    "screen_name": "n",
    "display_names": ["d", "e"],
    "profile_urls": ["https://example.com/"],
    "ip_events": [EVENT, EVENT],
    "devices": [{"id_type": "t", "id_value": "v"}],
    "location": {"country_code": "DE", "timestamp": "2026-01-31T08:00:00Z"},
    "prior_reports": [1],
    "compromised": False,
    "notes": "x",
}
CONTENT: dict[str, Any] = {
    "format": "cybertip.review/1",
    "id": "r",
    "decision": {"outcome": "confirmed", "reviewer": "r", "decided_at": "2026-01-31T08:00:00Z"},
    "urgent": {"reason": "x"},
    "incident": {
        "type": "Child Sex Tourism",
        "occurred_at": "2026-01-31T08:00:00Z",
        "time_meaning": "x",
        "platform": "x",
        "annotations": {"spam": True},
        "details": [{"email_incident": {"email_addresses": [MAIL]}}, {"chat_im_incident": {"content": "x"}}],
    },
    "suspects": [{**ACCOUNT, "associated_accounts": [{"type": "Other", "emails": [MAIL]}], "third_party": False}],
    "recipients": [ACCOUNT, ACCOUNT],
    "victims": [{**ACCOUNT, "school_name": "x"}],
    "evidence": [
        {
            "id": "f",
            "location": "f",
            "sha256": "0" * 64,
            "viewed": "full",
            "annotations": {"viral": True},
            "classification": "A1",
            "original_name": "n",
            "uploaded_at": "2026-01-31T08:00:00Z",
            "source_url": "https://example.com/",
            "publicly_available": True,
            "hashes": [{"value": "0", "hash_type": "MD5"}],
            "ip_event": EVENT,
            "devices": [{"id_type": "t", "id_value": "v"}],
            "metadata": [{"name_value_pairs": [{"name": "n", "value": "v"}]}],
            "notes": "x",
        }
    ],
    "actions": [{"kind": "account permanently disabled"}],
    "law_enforcement": {"agency_name": "x", "officer_contact": {"emails": [MAIL]}},
    "notes": "x",
}


def looked_up(pointer: str) -> Any:
    """What stands in the record at a pointer. Raises LookupError."""
    content: Any = CONTENT
    for step in pointer.split("/")[1:]:
        content = content[int(step)] if isinstance(content, list) else content[step]
    return content


def documents() -> tuple[Report, FileDetails]:
    """What is built of the record."""
    package = build(make_record(CONTENT), sample.profile())
    return package.report, package.files[0].details(1, "f")


def test_every_part_of_a_built_document_comes_from_a_place_that_exists() -> None:
    """Whatever path a finding has, its pointer leads somewhere in the record."""
    report, details = documents()
    pointers = [report_pointer(visit.path) for visit in walk(report) if "/reporter" not in visit.path]
    pointers += [details_pointer(visit.path, 0) for visit in walk(details)]
    assert len(pointers) > 30
    for pointer in pointers:
        looked_up(pointer)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/report", ""),
        ("/report/incidentSummary", "/incident"),
        ("/report/incidentSummary/escalateToHighPriority", "/urgent/reason"),
        ("/report/incidentSummary/reportAnnotations/spam", "/incident/annotations/spam"),
        ("/report/incidentSummary/incidentDateTime", "/incident/occurred_at"),
        (
            "/report/internetDetails[1]/emailIncident/emailAddress[1]",
            "/incident/details/0/email_incident/email_addresses/0",
        ),
        ("/report/personOrUserReported[1]/ipCaptureEvent[2]/ipAddress", "/suspects/0/ip_events/1/ip_address"),
        (
            "/report/personOrUserReported[1]/personOrUserReportedPerson/email[1]/@verified",
            "/suspects/0/person/emails/0/verified",
        ),
        ("/report/personOrUserReported[1]/associatedAccount[1]/email[1]", "/suspects/0/associated_accounts/0/emails/0"),
        ("/report/personOrUserReported[1]/accountPermanentlyDisabled/@disabledDate", "/suspects/0"),
        ("/report/personOrUserReported[1]/priorCTReports[1]", "/suspects/0/prior_reports/0"),
        ("/report/intendedRecipient[2]/additionalInfo[1]", "/recipients/1/notes"),
        ("/report/victim[1]/schoolName", "/victims/0/school_name"),
        ("/report/victim[1]/estimatedLocation/@timestamp", "/victims/0/location/timestamp"),
        ("/report/lawEnforcement/officerContact/email[1]", "/law_enforcement/officer_contact/emails/0"),
        ("/report/reporter/reportingPerson", "/profile"),
        ("/report/additionalInfo", "/notes"),
    ],
)
def test_a_path_of_the_report_has_its_pointer(path: str, pointer: str) -> None:
    """Names and positions are the record's own."""
    assert report_pointer(path) == pointer


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/fileDetails", "/evidence/3"),
        ("/fileDetails/reportId", "/evidence/3"),
        ("/fileDetails/locationOfFile", "/evidence/3/source_url"),
        ("/fileDetails/fileAnnotations/viral", "/evidence/3/annotations/viral"),
        ("/fileDetails/originalFileHash[2]/@hashType", "/evidence/3/hashes/1/hash_type"),
        ("/fileDetails/ipCaptureEvent/port", "/evidence/3/ip_event/port"),
        ("/fileDetails/details[1]/nameValuePair[2]/name", "/evidence/3/metadata/0/name_value_pairs/1/name"),
        ("/fileDetails/additionalInfo[2]", "/evidence/3/notes"),
    ],
)
def test_a_path_of_file_details_has_its_pointer(path: str, pointer: str) -> None:
    """The evidence is named by its index."""
    assert details_pointer(path, 3) == pointer
