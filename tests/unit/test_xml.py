"""The codec writing documents, and reading its own writing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from lxml import etree

from cybertip.models import (
    ROOTS,
    AccountTemporarilyDisabled,
    Address,
    AssociatedAccount,
    AssociatedAccountType,
    AssociatedPlatform,
    Country,
    Email,
    FileAnnotations,
    FileDetails,
    IncidentSummary,
    IncidentType,
    InternetDetails,
    IpCaptureEvent,
    IpCaptureType,
    Person,
    PersonOrUserReported,
    Phone,
    Report,
    ReportAnnotations,
    ReportDoneResponse,
    Reporter,
    ReportResponse,
    UploadedFiles,
    WebPageIncident,
    Wire,
)
from cybertip.schema import Schema
from cybertip.xml import parse, write
from tests.unit import wire

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

REPORT = Report(
    incident_summary=IncidentSummary(
        incident_type=IncidentType.ONLINE_ENTICEMENT,
        platform="",
        report_annotations=ReportAnnotations(spam=True, sextortion=True, instrumental_use=True),
        incident_date_time=datetime(2026, 1, 31, 8, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    ),
    internet_details=[
        InternetDetails(
            web_page_incident=WebPageIncident(
                urls=["https://example.com/?a=1&b=<2>", ""], third_party_hosted_content=False
            )
        )
    ],
    reporter=Reporter(
        reporting_person=Person(
            first_name=" Robin ",
            phones=[Phone(number="555 0100", country_calling_code="+1", verified=True)],
            emails=[Email(address="robin@example.com", verification_date=datetime(2026, 1, 1, tzinfo=UTC))],
            addresses=[Address(country=Country.UNSTATED)],
            age=41,
            age_assertion_discrepancy=False,
            date_of_birth=date(1984, 2, 29),
        ),
        legal_url="https://example.com/legal",
    ),
    persons_or_users_reported=[
        PersonOrUserReported(
            ip_capture_events=[
                IpCaptureEvent(ip_address="2001:db8::1", event_name=IpCaptureType.UPLOAD, possible_proxy=False, port=0)
            ],
            prior_ct_reports=[1, 9_223_372_036_854_775_807],
            account_temporarily_disabled=AccountTemporarilyDisabled(disabled=False, user_notified=True),
            associated_accounts=[
                AssociatedAccount(
                    type=AssociatedAccountType.PARENT_GUARDIAN, platform=AssociatedPlatform(name="Example")
                )
            ],
        ),
        PersonOrUserReported(),
    ],
)
REPORT_XML = (
    "<report><incidentSummary>"
    "<incidentType>Online Enticement of Children for Sexual Acts</incidentType><platform></platform>"
    "<reportAnnotations><sextortion/><spam/><instrumentalUse/></reportAnnotations>"
    "<incidentDateTime>2026-01-31T08:00:00.25-03:30</incidentDateTime></incidentSummary>"
    '<internetDetails><webPageIncident thirdPartyHostedContent="false">'
    "<url>https://example.com/?a=1&amp;b=&lt;2&gt;</url><url></url></webPageIncident></internetDetails>"
    "<reporter><reportingPerson><firstName> Robin </firstName>"
    '<phone verified="true" countryCallingCode="+1">555 0100</phone>'
    '<email verificationDate="2026-01-01T00:00:00Z">robin@example.com</email>'
    "<address><country></country></address>"
    "<age>41</age><ageAssertionDiscrepancy>false</ageAssertionDiscrepancy><dateOfBirth>1984-02-29</dateOfBirth>"
    "</reportingPerson><legalURL>https://example.com/legal</legalURL></reporter>"
    "<personOrUserReported><ipCaptureEvent><ipAddress>2001:db8::1</ipAddress><eventName>Upload</eventName>"
    "<possibleProxy>false</possibleProxy><port>0</port></ipCaptureEvent>"
    "<priorCTReports>1</priorCTReports><priorCTReports>9223372036854775807</priorCTReports>"
    '<accountTemporarilyDisabled userNotified="true">false</accountTemporarilyDisabled>'
    '<associatedAccount type="Parent/Guardian"><platform>Example</platform></associatedAccount>'
    "</personOrUserReported><personOrUserReported/></report>"
)
DETAILS = FileDetails(report_id=7, file_id="f1", file_annotations=FileAnnotations(viral=True, infant=True))
DETAILS_XML = (
    "<fileDetails><reportId>7</reportId><fileId>f1</fileId>"
    "<fileAnnotations><viral/><infant/></fileAnnotations></fileDetails>"
)
LITERALS = [
    pytest.param(REPORT, REPORT_XML, id="report"),
    pytest.param(DETAILS, DETAILS_XML, id="fileDetails"),
    pytest.param(
        ReportResponse(response_code=0, response_description="Success", report_id=4_564_654),
        "<reportResponse><responseCode>0</responseCode><responseDescription>Success</responseDescription>"
        "<reportId>4564654</reportId></reportResponse>",
        id="reportResponse",
    ),
    pytest.param(
        ReportDoneResponse(response_code=0, report_id=7, files=UploadedFiles(file_ids=[" a", "b"])),
        "<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId>"
        "<files><fileId> a</fileId><fileId>b</fileId></files></reportDoneResponse>",
        id="reportDoneResponse",
    ),
    pytest.param(
        ReportDoneResponse(response_code=0, report_id=7, files=UploadedFiles()),
        "<reportDoneResponse><responseCode>0</responseCode><reportId>7</reportId><files/></reportDoneResponse>",
        id="no files",
    ),
]


@pytest.mark.parametrize(("document", "text"), LITERALS)
def test_a_model_is_written_to_the_letter(document: Wire, text: str) -> None:
    """Declaration, schema order, empty flags, absent None, empty text as an empty element, no white space added."""
    assert write(document).decode() == DECLARATION + text
    assert not Schema.bundled().validate(write(document))


@pytest.mark.parametrize(("document", "text"), LITERALS)
def test_a_document_is_read_into_its_model(document: Wire, text: str) -> None:
    """The same bytes, and the same without a declaration, give the model back."""
    assert parse((DECLARATION + text).encode()).document == document
    assert parse(text.encode(), type(document)).document == document


@pytest.mark.parametrize("root", ROOTS)
def test_everything_that_models_hold_comes_back(root: str) -> None:
    """With every field set at once, nothing is lost and nothing moves to another place."""
    for alternative in wire.alternatives(ROOTS[root]):
        document = ROOTS[root].model_validate(wire.filled(ROOTS[root], "x", alternative))
        assert parse(write(document)).document == document
        assert not Schema.bundled().validate(write(document))


@pytest.mark.parametrize("root", ROOTS)
def test_each_text_stands_in_its_own_place(root: str) -> None:
    """A text put into one field is found in the element or attribute of that field's name."""
    for path in wire.paths(ROOTS[root]):
        if not wire.is_text(path[-1]):
            continue
        document = ROOTS[root].model_validate(wire.holding(ROOTS[root], path, "here"))
        place = wire.xml_path(root, path)
        found = etree.fromstring(write(document)).xpath(f"count({place}) = 1 and {place} = 'here'")
        assert found is True, place


def test_only_whole_documents_are_written() -> None:
    """A part of a document has no root element of its own."""
    for model in wire.MODELS:
        if model not in ROOTS.values():
            with pytest.raises(TypeError, match=model.__name__):
                write(model.model_validate(wire.minimal(model)))


TEXTS = {
    "carriage return": "a\rb\r\nc\n",
    "tab": "\ta\t",
    "line ends": "\n\na\n",
    "spaces": "  a  ",
    "only white space": " \n ",
    "end of a CDATA section": "]]> ]]>",
    "markup": "<a>&amp;</a><!-- no --><?x?>",
    "quotes": "\"both\" 'kinds'",
    "beyond the first plane": "\U0001f600\U0010fffd",
    "controls": "\x7f\x85\u2028\ufeff\ufffd",
    "right to left": "\u202e\u05d0",
    "decomposed": "e\u0301 \u00e9",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_texts_survive_to_the_letter(text: str) -> None:
    """In an element, in an attribute and in a list, every character comes back as it was."""
    document = FileDetails.model_validate(
        {
            "report_id": 1,
            "file_id": "f",
            "original_file_name": text,
            "additional_info": [text, text],
            "original_file_hashes": [{"value": text, "hash_type": text}],
        }
    )
    assert parse(write(document)).document == document
    assert not Schema.bundled().validate(write(document))
