"""Quality: for each rule a case that it speaks of, and one that it lets pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cybertip import sample
from cybertip.checks import validate, validate_record
from cybertip.findings import Findings, Severity
from cybertip.intake import make_record
from cybertip.models import (
    AccountPermanentlyDisabled,
    Address,
    ChatImIncident,
    ContactPerson,
    Country,
    Email,
    EstimatedLocation,
    FileAnnotations,
    FileClassification,
    FileRelevance,
    Hash,
    IncidentType,
    IntendedRecipient,
    InternetDetails,
    IpCaptureEvent,
    IpCaptureType,
    Person,
    PersonOrUserReported,
    Phone,
    ReportAnnotations,
    Reporter,
    Victim,
)
from cybertip.profile import Agreement, ReporterProfile, Thresholds
from cybertip.review import ReviewRecord
from cybertip.rules import RULES, Case, check
from tests.unit.rule_cases import NOW, PAST, SUSPECT, batched, case, details, incident, report, summary, suspect

UPLOAD = IpCaptureEvent(
    ip_address="8.8.4.4", event_name=IpCaptureType.UPLOAD, date_time=PAST, possible_proxy=False, port=51812
)
CHAT = InternetDetails(chat_im_incident=ChatImIncident(content="[message text]"))
REASON = "A meeting of the two is planned for tomorrow morning; see the chat."
SUMMARY, ESCALATION = "/report/incidentSummary", "/report/incidentSummary/escalateToHighPriority"


class Past:
    """A ledger's memory."""

    def filings_escalated_with(self, text: str) -> int:
        """Five earlier filings had the reason."""
        return 5 if text == REASON else 0

    def reports_on(self, identifier: str) -> Collection[int]:
        """One earlier report on user-1."""
        return [4_100_000_001] if identifier == "user-1" else []


class Example(NamedTuple):
    """A case that a rule speaks of, where, and a case that it lets pass."""

    code: str
    path: str
    positive: Case
    negative: Case


def event(**changes: Any) -> Case:
    """A report on a suspect with one IP event."""
    return suspect(ip_capture_events=[UPLOAD.model_copy(update=changes)])


def of(*files: Any, top: dict[str, Any] | None = None, **fields: Any) -> Case:
    """A report with changes of its summary, other fields and files."""
    return case(report(incident_summary=summary(**(top or {})), **fields), *files)


def by(**fields: Any) -> Case:
    """A report by a reporter."""
    person = fields.pop("person", Person(emails=[Email(address="reports@example.com")]))
    contact = fields.pop("contact", ContactPerson(emails=[Email(address="legal@example.com")]))
    return case(report(reporter=Reporter(reporting_person=person, contact_person=contact, **fields)))


def record(**changes: Any) -> ReviewRecord:
    """A review record of one viewed file."""
    content = {
        "format": "cybertip.review/1",
        "id": "r1",
        "decision": {"outcome": "confirmed", "reviewer": "reviewer-17", "decided_at": "2026-03-02T11:00:00Z"},
        "incident": {"type": "Child Sex Tourism", "occurred_at": "2026-01-31T08:00:00Z"},
        "evidence": [{"id": "f", "location": "f", "sha256": "0" * 64, "viewed": "full"}],
    }
    return make_record({**content, **changes})


def known(base: Case, **more: Any) -> Case:
    """A case with more known about it."""
    fields = {name: getattr(base, name) for name in ("report", "files")}
    return Case(now=NOW, **{**fields, **more})


def user(**fields: Any) -> list[PersonOrUserReported]:
    """One suspect."""
    return [PersonOrUserReported(**{"esp_identifier": "user-1", **fields})]


EVENT = f"{SUSPECT}/ipCaptureEvent[1]"
VIRAL = details(file_annotations=FileAnnotations(viral=True))
AI = details(file_annotations=FileAnnotations(generative_ai=True))
CLASSIFIED = details(industry_classification=FileClassification.A1)
PROFILE = ReporterProfile(reporting_person=Person(), own_networks=["8.8.4.0/24", "2001:4860::/32"])
AGREED = ReporterProfile(reporting_person=Person(), agreements=[Agreement.HASH_SHARING])
DISABLED = AccountPermanentlyDisabled(disabled=True)
DATED = AccountPermanentlyDisabled(disabled=True, disabled_date=PAST)
GB = 10**9
KIND = "PRIVATE"

EXAMPLES = [
    Example("Q601", "/report", case(report()), suspect(esp_identifier="user-1")),
    Example("Q601", SUSPECT, suspect(screen_name=" "), suspect(screen_name="name")),
    Example("Q601", SUSPECT, suspect(), suspect(person=Person(phones=[Phone(number="555 0100")]))),
    Example("Q601", SUSPECT, suspect(third_party_user_reported=False), suspect(third_party_user_reported=True)),
    Example("Q602", SUSPECT, suspect(), event()),
    Example("Q602", SUSPECT, suspect(), suspect(estimated_location=EstimatedLocation(country_code=Country("DE")))),
    Example("Q602", SUSPECT, suspect(), suspect(person=Person(addresses=[Address(city="Springfield")]))),
    Example("Q602", SUSPECT, suspect(), known(suspect(), files=(details(ip_capture_event=UPLOAD),))),
    Example("Q602", SUSPECT, suspect(), batched(persons_or_users_reported=user())),
    Example("Q603", SUSPECT, event(event_name=IpCaptureType.LOGIN), event()),
    Example(
        "Q603",
        SUSPECT,
        event(event_name=IpCaptureType.REGISTRATION),
        known(event(event_name=IpCaptureType.LOGIN), files=(details(ip_capture_event=UPLOAD),)),
    ),
    Example("Q604", EVENT, event(date_time=None), event()),
    Example("Q605", EVENT, event(port=None), event()),
    *[
        Example("Q606", f"{EVENT}/ipAddress", event(ip_address=text), event())
        for text in (
            "192.168.1.7", "10.0.0.1", "127.0.0.1", "::1", "169.254.1.1", "fe80::1", "100.64.0.1", "192.0.2.44",
            "2001:db8::1", "3fff::1", "ff02::1", "240.0.0.1", "fc00::1", "::ffff:192.168.1.7", "0.0.0.0",
        )
    ],
    Example("Q606", f"{EVENT}/ipAddress", known(event(), profile=PROFILE), known(event(), profile=AGREED)),
    Example(
        "Q606",
        f"{EVENT}/ipAddress",
        known(event(ip_address="::ffff:8.8.4.4"), profile=PROFILE),
        known(event(ip_address="8.8.8.8"), profile=PROFILE),
    ),
    Example("Q607", EVENT, event(possible_proxy=None), event(possible_proxy=True)),
    Example(
        "Q608",
        f"{SUMMARY}/incidentDateTime",
        of(top={"incident_date_time_description": " "}),
        of(top={"incident_date_time_description": "Upload of the reported file"}),
    ),
    *[
        Example("Q609", f"{SUMMARY}/incidentDateTime", known(case(report()), record=record(**wrong)), case(report()))
        for wrong in (
            {"detection": {"source": "hash match", "detected_at": "2026-01-31T08:00:00Z"}},
            {"detection": {"source": "user report", "notified_at": "2026-01-31T09:00:00+01:00"}},
            {"decision": {"outcome": "confirmed", "reviewer": "r", "decided_at": "2026-01-31T08:00:00Z"}},
        )
    ],
    Example(
        "Q609",
        f"{SUMMARY}/incidentDateTime",
        of(top={"incident_date_time": NOW - timedelta(seconds=120)}),
        of(top={"incident_date_time": NOW - timedelta(seconds=121)}),
    ),
    Example(
        "Q609",
        f"{SUMMARY}/incidentDateTime",
        of(details(uploaded_to_esp_timestamp=PAST - timedelta(days=30, seconds=1))),
        of(details(uploaded_to_esp_timestamp=PAST - timedelta(days=30))),
    ),
    Example("Q610", "/report", case(report()), case(report(internet_details=[CHAT]))),
    Example("Q610", "/report", incident(chat_im_incident=ChatImIncident(content=" ")), of(details())),
    *[
        Example(
            "Q611",
            "/report",
            of(top={"incident_type": kind}, internet_details=[CHAT]),
            of(top={"incident_type": kind}, internet_details=[CHAT], victims=[Victim(person=Person())]),
        )
        for kind in (IncidentType.ONLINE_ENTICEMENT, IncidentType.CHILD_SEX_TRAFFICKING)
    ],
    Example(
        "Q611",
        "/report",
        of(top={"incident_type": IncidentType.ONLINE_ENTICEMENT}, intended_recipients=[IntendedRecipient()]),
        of(details(), top={"incident_type": IncidentType.ONLINE_ENTICEMENT}, intended_recipients=[IntendedRecipient()]),
    ),
    Example(
        "Q612",
        "/report/internetDetails[1]",
        of(details(), internet_details=[CHAT]),
        of(details(), details(file_relevance=FileRelevance.SUPPLEMENTAL), internet_details=[CHAT]),
    ),
    Example(
        "Q613",
        ESCALATION,
        of(VIRAL, top={"escalate_to_high_priority": REASON}),
        of(details(), top={"escalate_to_high_priority": REASON}),
    ),
    Example("Q613", ESCALATION, of(details(potential_meme=True), top={"escalate_to_high_priority": REASON}), of(VIRAL)),
    Example(
        "Q614",
        ESCALATION,
        of(top={"escalate_to_high_priority": "x" * 39}),
        of(top={"escalate_to_high_priority": "x" * 40}),
    ),
    Example(
        "Q614",
        ESCALATION,
        known(of(top={"escalate_to_high_priority": REASON}), history=Past()),
        known(of(top={"escalate_to_high_priority": REASON + "!"}), history=Past()),
    ),
    Example(
        "Q615",
        SUMMARY,
        known(case(report()), record=record(indicators=["self-harm"])),
        known(of(top={"escalate_to_high_priority": REASON}), record=record(indicators=["self-harm"])),
    ),
    *[
        Example("Q615", f"{SUMMARY}/incidentType", of(top={"incident_type": kind}), case(report()))
        for kind in (IncidentType.CHILD_SEXUAL_MOLESTATION, IncidentType.CHILD_SEX_TRAFFICKING)
    ],
    Example(
        "Q615",
        f"{SUMMARY}/reportAnnotations/sextortion",
        of(top={"report_annotations": ReportAnnotations(sextortion=True)}),
        of(top={"report_annotations": ReportAnnotations(spam=True)}),
    ),
    Example(
        "Q616",
        "/fileDetails/fileAnnotations/generativeAi",
        case(None, AI),
        case(None, AI.model_copy(update={"file_viewed_by_esp": True})),
    ),
    Example(
        "Q616",
        "/fileDetails/fileAnnotations/generativeAi",
        known(of(AI), record=record(evidence=[{"id": "f", "location": "f", "sha256": "0" * 64, "viewed": "none"}])),
        known(of(AI), record=record(evidence=[{"id": "f", "location": "f", "sha256": "0" * 64, "viewed": "partial"}])),
    ),
    Example(
        "Q617",
        SUSPECT,
        known(suspect(esp_identifier="user-1"), history=Past()),
        known(suspect(esp_identifier="user-1", prior_ct_reports=[4_100_000_001]), history=Past()),
    ),
    Example(
        "Q618",
        "/fileDetails/industryClassification",
        known(case(None, CLASSIFIED), profile=PROFILE),
        known(case(None, CLASSIFIED), profile=AGREED),
    ),
    Example(
        "Q619",
        "/report/victim[1]/espIdentifier",
        of(persons_or_users_reported=user(), victims=[Victim(person=Person(), esp_identifier="user-1")]),
        of(persons_or_users_reported=user(), victims=[Victim(person=Person(), esp_identifier="user-2")]),
    ),
    Example(
        "Q619",
        "/report/intendedRecipient[1]/intendedRecipientPerson/email[1]",
        of(
            persons_or_users_reported=user(person=Person(emails=[Email(address="user@example.com")])),
            intended_recipients=[IntendedRecipient(person=Person(emails=[Email(address="User@example.com")]))],
        ),
        of(persons_or_users_reported=user(), intended_recipients=[IntendedRecipient(person=Person())]),
    ),
    Example("Q620", "/report/reporter", by(contact=None, legal_url="https://example.com/"), by(company_template="x")),
    Example("Q620", "/report/reporter", by(), by(legal_url="https://example.com/legal")),
    *[
        Example(
            "Q620",
            "/report/reporter/reportingPerson/email[1]",
            by(
                legal_url="https://example.com/",
                person=Person(emails=[Email(address=text)], first_name="Robin", last_name="Quill"),
            ),
            by(legal_url="https://example.com/", person=Person(emails=[Email(address="safety.northwest@example.com")])),
        )
        for text in ("alex.sample@example.com", "robin7@example.com", "alex_sample@example.com")
    ],
    Example(
        "Q621",
        "/fileDetails",
        case(None, details()),
        case(None, details(original_file_hashes=[Hash(value="0", hash_type="SHA1")])),
    ),
    *[
        Example(
            "Q622",
            "/fileDetails",
            case(None, details(**given)),
            case(None, details(publicly_available=False, location_of_file="https://example.com/")),
        )
        for given in ({}, {"publicly_available": True}, {"location_of_file": "https://example.com/"})
    ],
    Example(
        "Q623",
        "/fileDetails",
        known(of(details()), record=record()),
        known(of(details(file_viewed_by_esp=True)), record=record()),
    ),
    Example(
        "Q623",
        "/fileDetails/fileViewedByEsp",
        known(of(details(file_viewed_by_esp=False)), record=record()),
        of(details(file_viewed_by_esp=False)),
    ),
    Example(
        "Q624",
        "/fileDetails/additionalInfo[1]",
        of(details(additional_info=["See the album."]), additional_info="See the album."),
        of(
            details(additional_info=["See the album."]),
            details(additional_info=["See the album."]),
            additional_info="The album was shared with a group.",
        ),
    ),
    *[
        Example(
            "Q624",
            "/report/additionalInfo",
            case(report(additional_info=text)),
            of(details(additional_info=["Two pictures of one album."]), additional_info=text),
        )
        for text in ("class_7: 0.98", "CLASS-7", "class_7 (97%)", "matcher/v2=0.9")
    ],
    *[
        Example(
            "Q625",
            "/report/additionalInfo",
            case(report(additional_info=text)),
            case(report(additional_info=fine)),
        )
        for text, fine in (
            ("Reported by user@example.com", "Reported by another user"),
            ("The complainant can be called at +1 555 0100 200", "The suspect wrote to user@example.com"),
            ("password: hunter22", "The account has no password"),
            ("Flagged by +49 30 5550123", "Detected by: moderator; detected at 2026-03-20T16:00:00Z"),
            (f"-----BEGIN {KIND} KEY-----", "A key was found"),
            ("Authorization: Bearer abcdefghijklmnopqrst", "A bearer of news"),
        )
    ],
    Example(
        "Q625",
        "/report/additionalInfo",
        known(case(report(additional_info="reviewer-17 saw it")), record=record()),
        case(report(internet_details=[InternetDetails(chat_im_incident=ChatImIncident(content="password: x1y2z3"))])),
    ),
    Example(
        "Q626",
        "/report",
        known(case(report()), confirmed_at=NOW - timedelta(hours=24, seconds=1)),
        known(case(report()), confirmed_at=NOW - timedelta(hours=24)),
    ),
    Example(
        "Q626",
        "/report",
        known(case(report()), record=record(decision={"outcome": "confirmed", "decided_at": "2026-02-28T11:00:00Z"})),
        known(case(report()), record=record()),
    ),
    Example("Q627", "/report", known(case(report()), sizes=[87 * GB]), known(case(report()), sizes=[86 * GB])),
    # The first file is done an hour before the limit; the last change then gives another hour.
    Example(
        "Q627",
        "/report",
        known(case(report()), sizes=[86 * GB, 5 * GB]),
        known(case(report()), sizes=[86 * GB, 3 * GB]),
    ),
    Example(
        "Q628",
        f"{SUSPECT}/accountPermanentlyDisabled",
        suspect(account_permanently_disabled=DISABLED),
        suspect(account_permanently_disabled=DATED),
    ),
    Example(
        "Q628",
        f"{SUSPECT}/accountPermanentlyDisabled",
        suspect(account_permanently_disabled=DATED.model_copy(update={"user_notified": True})),
        suspect(account_permanently_disabled=DATED.model_copy(update={"user_notified": False})),
    ),
]  # fmt: skip


def found(of_case: Case, code: str) -> list[str]:
    """The paths at which a code is found."""
    return [item.path for item in check(of_case).findings if item.code == code]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code)
def test_a_rule_speaks_where_it_should_and_only_there(example: Example) -> None:
    """The positive case yields the code once, at its path; the negative one does not yield it."""
    assert found(example.positive, example.code) == [example.path]
    assert found(example.negative, example.code) == []


def test_every_quality_rule_has_an_example() -> None:
    """A rule of the family Q without an example fails here."""
    assert {example.code for example in EXAMPLES} == {code for code in RULES if code[0] == "Q"}


def test_quality_never_blocks() -> None:
    """Whatever quality finds, it is no error."""
    everything = Findings(item for example in EXAMPLES for item in check(example.positive).findings)
    advice = Findings(item for item in everything if item.code[0] == "Q")
    assert {item.code for item in advice} == {code for code in RULES if code[0] == "Q"}
    assert {item.severity for item in advice} == {Severity.WARNING, Severity.INFO}
    advice.raise_for_errors()


@pytest.mark.parametrize(
    ("code", "base", "thresholds"),
    [
        ("Q614", of(top={"escalate_to_high_priority": "x" * 39}), {"escalation_length": 39}),
        ("Q614", known(of(top={"escalate_to_high_priority": REASON}), history=Past()), {"escalation_repeats": 6}),
        ("Q609", of(details(uploaded_to_esp_timestamp=PAST - timedelta(days=31))), {"incident_distance": 31}),
        ("Q626", known(case(report()), confirmed_at=NOW - timedelta(hours=25)), {"filing_age": 25}),
        ("Q627", known(case(report()), sizes=[87 * GB]), {"upload_rate": 2_000_000}),
        ("S203", of(top={"incident_date_time": NOW + timedelta(seconds=121)}), {"clock_skew": 121}),
    ],
)
def test_thresholds_change_the_verdict(code: str, base: Case, thresholds: dict[str, int]) -> None:
    """Each threshold can be configured."""
    more = {name: getattr(base, name) for name in ("history", "sizes", "confirmed_at")}
    assert len(found(base, code)) == 1
    assert found(known(base, **more, thresholds=Thresholds(**thresholds)), code) == []


def test_a_good_case_yields_nothing(tmp_path: Path) -> None:
    """The made-up case, with a public address and hashes, is complete."""
    content = json.loads(sample.write_case(tmp_path).read_bytes())
    content["suspects"][0]["ip_events"][0]["ip_address"] = "8.8.4.4"
    for item in content["evidence"]:
        item["hashes"] = [{"value": "0" * 40, "hash_type": "SHA1"}]
    case_record = make_record(content)
    decided = case_record.decision.decided_at
    assert decided is not None
    assert list(validate_record(case_record, sample.profile(), now=decided + timedelta(hours=1))) == []


@pytest.mark.parametrize(
    ("edit", "pointer"),
    [
        (lambda c: c.update(notes="class_7: 0.98"), "/notes"),
        (lambda c: c["evidence"][1].update(notes="class_7: 0.98"), "/evidence/1/notes"),
        (lambda c: c["incident"].update(time_meaning="label"), "/incident/time_meaning"),
    ],
)
def test_empty_words_are_found_where_the_record_has_them(
    tmp_path: Path, edit: Callable[[dict[str, Any]], object], pointer: str
) -> None:
    """The builder adds sentences of its own; Q624 leads to the field that a person filled, never to one left out."""
    content = json.loads(sample.write_case(tmp_path).read_bytes())
    content.pop("notes", None)
    content.pop("urgent", None)
    for part in (content["incident"], *content["evidence"], *content["suspects"]):
        part.pop("notes", None)
    content["incident"].pop("time_meaning", None)
    edit(content)
    found = validate_record(make_record(content), sample.profile())
    assert [item.pointer for item in found if item.code == "Q624"] == [pointer]


def test_validate_takes_what_it_is_told() -> None:
    """`validate` passes its arguments on: profile and thresholds, history, ids, sizes, confirmation, moment."""
    own = report(persons_or_users_reported=user(ip_capture_events=[UPLOAD]))
    findings = validate(
        own,
        [CLASSIFIED],
        profile=PROFILE.model_copy(update={"thresholds": Thresholds(filing_age=0)}),
        history=Past(),
        report_id=7,
        file_ids=["other"],
        sizes=[87 * GB],
        confirmed_at=NOW - timedelta(seconds=1),
        now=NOW,
    )
    assert {"Q606", "Q617", "Q618", "Q626", "Q627", "S301"} <= {item.code for item in findings}
    assert [item.code for item in findings.errors] == ["S301", "S301"]
    assert {item.document for item in findings.errors} == {"files[0]"}


@pytest.mark.parametrize("name", ["now", "confirmed_at"])
def test_moments_without_an_offset_are_refused(name: str) -> None:
    """Nobody may guess the offset of a moment."""
    with pytest.raises(ValueError, match=f"{name} has no UTC offset"):
        validate(report(), **{"now": NOW, name: NOW.replace(tzinfo=None)})  # type: ignore[arg-type]


def test_what_cannot_be_read_keeps_the_rest_apart() -> None:
    """While one document is broken, the others are checked by S rules alone, and keep their names."""
    findings = validate(None, [b"<fileDetails/>", details(report_id=0)], now=NOW)
    assert [(item.code, item.document) for item in findings] == [
        ("X002", "files[0]"),
        ("X002", "files[0]"),
        ("S301", "files[1]"),
    ]
