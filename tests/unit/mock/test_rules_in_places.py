"""The mock's rules on types that stand in several places, on strange values, and on whole documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cybertip.mock.rules import Violation, judge_details, judge_finish, judge_report
from cybertip.schema import Schema
from cybertip.xml import read_tree
from tests.samples import file_details_xml, report_xml
from tests.unit.mock.rule_documents import (
    BATCHED,
    EMAIL,
    FUTURE,
    NOW,
    PAST,
    account,
    details,
    found,
    judge,
    person,
    recipient,
    report,
    suspect,
    victim,
)
from tests.unit.mock.rule_rows import (
    ACCOUNT,
    DISABLED,
    LAW,
    PARTIES,
    PERSON,
    PHONE,
    SUPPLEMENTAL,
    SUSPECT,
    VIRAL,
)


def reporter(fragment: str) -> str:
    """A report whose reporter also has this, and an e-mail address that satisfies S209."""
    return report(reporter=EMAIL + fragment if fragment.startswith(("<address", "<age")) else fragment + EMAIL)


PERSON_PLACES: dict[str, Callable[[str], str]] = {
    PERSON: person,
    "/report/intendedRecipient[1]/intendedRecipientPerson":
        lambda x: recipient(f"<intendedRecipientPerson>{x}</intendedRecipientPerson>"),
    "/report/victim[1]/victimPerson": lambda x: report(f"<victim><victimPerson>{x}</victimPerson></victim>"),
    "/report/reporter/reportingPerson": reporter,
}  # fmt: skip
CONTACT_PLACES: dict[str, Callable[[str], str]] = {
    "/report/reporter/contactPerson": lambda x: report(after=f"<contactPerson>{x}</contactPerson>"),
    "/report/lawEnforcement/officerContact":
        lambda x: LAW.replace("{}", f"<officerContact>{x}</officerContact>"),
}  # fmt: skip
OTHER_PLACES: dict[str, Callable[[str], str]] = {
    ACCOUNT: account,
    "/report/victim[1]/associatedAccount[1]":
        lambda x: victim(f'<associatedAccount type="Parent/Guardian">{x}</associatedAccount>'),
}  # fmt: skip
PARTY_PLACES: dict[str, Callable[[str], str]] = {f"/report/{party}[1]": make for party, make in PARTIES.items()}
FILE_PLACES: dict[str, Callable[[str], str]] = {"/fileDetails": details}


def incident(name: str, inner: str) -> str:
    """A report with this incident."""
    return report(f"<victim><victimPerson>{EMAIL}</victimPerson></victim>", internet=f"<{name}>{inner}</{name}>")


REACHABLE = {**PERSON_PLACES, **CONTACT_PLACES, **OTHER_PLACES}
OF_USERS = {**PARTY_PLACES, **OTHER_PLACES}
DEVICE_7 = "<deviceId><idType>IMEI</idType><idValue>7</idValue></deviceId>"
UNVERIFIED = f'verificationDate="{PAST}"'
OF_VERIFICATION = [
    ("S111", "verificationDate", UNVERIFIED),
    ("S112", "verificationDate", f'verified="true" verificationDate="{FUTURE}"'),
    ("S119", "verificationDate", 'verified="true" verificationDate="2025-12-31T00:00:00"'),
]
IN_PLACES = [
    *(("S111", f"{place}/email[1]/@verificationDate", make(f"<email {UNVERIFIED}>robin@example.com</email>"))
      for place, make in REACHABLE.items()),
    *(("S113", f"{place}/email[1]", make("<email>robin</email>"))
      for place, make in REACHABLE.items() if place != PERSON),
    *(("S109", f"{place}/phone[1]", make('<phone countryCallingCode="+1">+15550100</phone>'))
      for place, make in REACHABLE.items()),
    ("S109", "/report/internetDetails[1]/cellPhoneIncident/phoneNumber",
     incident("cellPhoneIncident", '<phoneNumber countryCallingCode="+1">+15550100</phoneNumber>')),
    ("S108", "/report/internetDetails[1]/cellPhoneIncident/phoneNumber",
     incident("cellPhoneIncident", f"<phoneNumber>{'5' * 51}</phoneNumber>")),
    *(("S106", f"{place}/address[2]/address", make(f"<address/><address><address>{'a' * 256}</address></address>"))
      for place, make in REACHABLE.items()),
    ("S106", "/report/internetDetails[1]/nonInternetIncident/incidentAddress[1]/address",
     incident("nonInternetIncident",
              f"<incidentAddress><address>{'a' * 256}</address></incidentAddress>")),
    ("S106", "/report/internetDetails[1]/nonInternetIncident/incidentAddress[1]/city",
     incident("nonInternetIncident", f"<incidentAddress><city>{'a' * 101}</city></incidentAddress>")),
    ("S107", "/report/internetDetails[1]/nonInternetIncident/incidentAddress[2]/state",
     incident("nonInternetIncident", "<incidentAddress/><incidentAddress><state/></incidentAddress>")),
    *(("S106", f"/report/internetDetails[1]/nonInternetIncident/incidentAddress[1]/{name}",
       incident("nonInternetIncident", f"<incidentAddress><{name}>{'a' * 101}</{name}></incidentAddress>"))
      for name in ("zipCode", "nonUsaState")),
    *((code, f"/report/internetDetails[1]/cellPhoneIncident/phoneNumber/@{attribute}",
       incident("cellPhoneIncident", f"<phoneNumber {attributes}>5550100</phoneNumber>"))
      for code, attribute, attributes in OF_VERIFICATION),
    ("S110", "/report/internetDetails[1]/cellPhoneIncident/phoneNumber/@extension",
     incident("cellPhoneIncident", '<phoneNumber extension="12345678901">5550100</phoneNumber>')),
    *((code, f"/report/internetDetails[1]/{name}/emailAddress[1]/@{attribute}",
       incident(name, f"<emailAddress {attributes}>robin@example.com</emailAddress>"))
      for name in ("emailIncident", "newsgroupIncident") for code, attribute, attributes in OF_VERIFICATION),
    *(("S117", f"{place}/{name}", make(f"<{name}>{'a' * 101}</{name}>"))
      for place, make in {**PERSON_PLACES, **CONTACT_PLACES}.items() for name in ("firstName", "lastName")),
    *(("S118", f"{place}/age", make("<age>151</age>")) for place, make in PERSON_PLACES.items()),
    *(("S103", f"{place}/ipCaptureEvent[1]/port",
       make("<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><port>0</port></ipCaptureEvent>"))
      for place, make in OF_USERS.items()),
    ("S103", "/report/internetDetails[1]/peer2peerIncident/ipCaptureEvent[1]/port",
     incident("peer2peerIncident", "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><port>0</port></ipCaptureEvent>")),
    ("S103", "/fileDetails/ipCaptureEvent/port",
     details("<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><port>0</port></ipCaptureEvent>")),
    ("S101", "/fileDetails/ipCaptureEvent/ipAddress", details("<ipCaptureEvent><ipAddress/></ipCaptureEvent>")),
    ("S102", "/fileDetails/ipCaptureEvent/dateTime",
     details(f"<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><dateTime>{FUTURE}</dateTime></ipCaptureEvent>")),
    *(("S104", f"/fileDetails/deviceId[2]/{name}", details(DEVICE_7 + DEVICE_7.replace(before, after)))
      for name, before, after in (
          ("idType", "IMEI", ""), ("idType", "IMEI", "a" * 256), ("idValue", "7", "a" * 2084))),
    ("S105", "/fileDetails/deviceId[1]/dateTime",
     details(DEVICE_7.replace("</deviceId>", f"<dateTime>{FUTURE}</dateTime></deviceId>"))),
    *(("S104", f"{place}/deviceId[1]/idValue", make("<deviceId><idType>IMEI</idType><idValue/></deviceId>"))
      for place, make in {**OF_USERS, **FILE_PLACES}.items()),
    *(("S114", f"{place}/estimatedLocation", make("<estimatedLocation/>")) for place, make in PARTY_PLACES.items()),
    *((code, f"{place}/{name}/@{attribute}",
       make(f'<{name} disabledDate="2025-06-01T12:00:00Z" userNotifiedDate="{time}">true</{name}>'))
      for place, make in OF_USERS.items()
      for name in ("accountTemporarilyDisabled", "accountPermanentlyDisabled")
      for code, attribute, time in (("S214", "userNotifiedDate", "2025-06-01T11:00:00Z"),
                                    ("S213", "userNotifiedDate", FUTURE))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "xml"), IN_PLACES, ids=[f"{code}-{path}" for code, path, _ in IN_PLACES])
def test_shared_types(code: str, path: str, xml: str) -> None:
    """A rule on a shared type holds wherever the type is used."""
    assert list(Schema.bundled().validate(xml.encode())) == []
    assert found(xml) == [(code, path)]


@pytest.mark.parametrize("name", ["emailIncident", "newsgroupIncident"])
def test_malformed_address_of_incident(name: str) -> None:
    """An address of an incident is judged by itself, and again as one that a person of the report must have."""
    place = f"/report/internetDetails[1]/{name}/emailAddress[1]"
    assert found(incident(name, "<emailAddress>robin</emailAddress>")) == [("S113", place), ("S206", place)]


def test_limits_depend_on_the_place() -> None:
    """A name that several types share has the limit of the type that it stands in."""
    text = "a" * 256
    assert judge(account(f"<firstName>{text}</firstName><espService>{text}</espService>")) == []
    assert found(suspect(f"<espService>{text}</espService>")) == [("S211", f"{SUSPECT}/espService")]
    assert (
        judge(details(f"<details><nameValuePair><name>a</name><value>{text * 50}</value></nameValuePair></details>"))
        == []
    )


# --- strange values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "codes"),
    [
        (f" \n{FUTURE}\t", ["S203"]),
        (f" {PAST} ", []),
        (" 2026-01-02T13:00:00 ", ["S119"]),
        ("9223372036854775806-01-01T00:00:00Z", ["S203"]),
        ("-9223372036854775806-12-31T24:00:00Z", []),
        ("-0004-02-29T00:00:00Z", []),
        ("2026-01-02T12:00:00." + "0" * 400 + "1Z", ["S203"]),
        ("2026-01-02T11:59:59." + "9" * 400 + "Z", []),
        ("2026-01-02T24:00:00+12:00", ["S203"]),
        ("2026-01-02T24:00:00+12:01", []),
        ("2026-01-01T22:00:00-14:00", ["S203"]),
    ],
)
def test_strange_times(time: str, codes: list[str]) -> None:
    """White space, long years, long fractions and an hour of 24 are understood; none of them raises."""
    assert [violation.code for violation in judge(report(time=time))] == codes


def test_white_space_around_dates() -> None:
    """White space around a date, which our schema's validator refuses and others accept, is not part of it."""
    assert judge(person("<dateOfBirth> 1990-05-05\n</dateOfBirth>")) == []
    assert found(person("<dateOfBirth>\t2026-01-02 </dateOfBirth>")) == [("S118", f"{PERSON}/dateOfBirth")]


def test_now_has_fractions() -> None:
    """The time of arrival counts to the microsecond, whatever its zone."""
    root = read_tree(report(time="2026-01-02T12:00:00.5Z").encode())
    later = NOW + timedelta(microseconds=500_001)
    assert [violation.code for violation in judge_report(root, later - timedelta(microseconds=1))] == ["S203"]
    assert judge_report(root, later) == []


def test_order_of_times_without_offset() -> None:
    """Times without an offset are compared with nothing."""
    attributes = 'disabledDate="2025-06-01T12:00:00Z" userNotifiedDate="2025-01-01T12:00:00"'
    assert found(DISABLED.replace("{}", attributes)) == [
        ("S119", f"{SUSPECT}/accountTemporarilyDisabled/@userNotifiedDate")
    ]


def test_calling_code_without_schema() -> None:
    """The form of a calling code is judged here too, although the schema has seen to it before."""
    assert found(PHONE.replace("{}", ' countryCallingCode="+1234">5550100')) == [
        ("S110", f"{PERSON}/phone[1]/@countryCallingCode")
    ]


# --- whole documents ---------------------------------------------------------------------------------------------


def test_paths_count_in_their_parent() -> None:
    """Numbers in paths count the elements of one name below one parent, and violations come in document order."""
    bad = "<ipCaptureEvent><ipAddress>no</ipAddress></ipCaptureEvent>"
    good = "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent>"
    other = f'<associatedAccount type="Linked">{bad}</associatedAccount>'
    xml = suspect(f"<displayName>a</displayName>{bad}{good}{bad}<associatedAccount type='Other'/>{other}")
    assert found(xml) == [
        ("S101", f"{SUSPECT}/ipCaptureEvent[1]/ipAddress"),
        ("S101", f"{SUSPECT}/ipCaptureEvent[3]/ipAddress"),
        ("S101", f"{SUSPECT}/associatedAccount[2]/ipCaptureEvent[1]/ipAddress"),
    ]
    later = recipient("<ipCaptureEvent><ipAddress/></ipCaptureEvent>").replace(PAST, FUTURE)
    assert [violation.code for violation in judge(later)] == ["S203", "S101"]


def test_suspects_email_is_known() -> None:
    """An address of an incident may be the suspect's."""
    people = (
        f"<personOrUserReported><personOrUserReportedPerson>{EMAIL}</personOrUserReportedPerson></personOrUserReported>"
    )
    assert (
        judge(report(people, internet="<emailIncident><emailAddress>robin@example.com</emailAddress></emailIncident>"))
        == []
    )


def test_batched_rules_need_a_batched_report() -> None:
    """Details of a file that belongs to an ordinary report, or to one that is not known, need no annotation."""
    root = read_tree(details("<fileName>a.png</fileName>" + SUPPLEMENTAL).encode())
    assert judge_details(root, NOW, read_tree(report().encode())) == []
    assert judge_details(root, NOW, None) == []
    assert [violation.code for violation in judge_details(root, NOW, BATCHED)] == ["B404", "B405", "B406"]


def test_classification_in_batched_report() -> None:
    """An industry classification is allowed for the file of a batched report."""
    assert judge(details(VIRAL + "<industryClassification>A1</industryClassification>"), batched=True) == []


def test_finish_batched() -> None:
    """A batched report is filed with one described file, or with none; more files or missing details are reported."""
    described = read_tree(details(VIRAL).encode())
    assert judge_finish(BATCHED, []) == []
    assert judge_finish(BATCHED, [described]) == []
    assert codes_and_paths(judge_finish(BATCHED, [described, described])) == [("B403", "/report/batchedReport")]
    assert codes_and_paths(judge_finish(BATCHED, [None])) == [("B404", "/report/batchedReport")]
    assert codes_and_paths(judge_finish(BATCHED, [described, None])) == [
        ("B403", "/report/batchedReport"),
        ("B404", "/report/batchedReport"),
    ]


def test_finish_ordinary() -> None:
    """An ordinary report is filed with any number of files, described or not."""
    root = read_tree(report().encode())
    assert judge_finish(root, []) == []
    assert judge_finish(root, [None, None, read_tree(details().encode())]) == []


def codes_and_paths(violations: list[Violation]) -> list[tuple[str, str]]:
    """What is compared of violations."""
    return [(violation.code, violation.path) for violation in violations]


def test_violations_are_values() -> None:
    """Violations are compared by what they say, and cannot be changed."""
    violation = Violation("S203", "/report/incidentSummary/incidentDateTime", "incidentDateTime must be in the past")
    assert judge(report(time=FUTURE)) == [violation]
    assert replace(violation, code="S102") != violation


def test_samples() -> None:
    """The documents that other tests send break no rule."""
    assert judge(report_xml().decode()) == []
    assert judge(file_details_xml(4321, "f1").decode()) == []


def test_many_violations() -> None:
    """Thousands of violations in one parent are each numbered."""
    events = found(suspect("<ipCaptureEvent><ipAddress/></ipCaptureEvent>" * 5000))
    assert len(events) == 5000
    assert events[-1] == ("S101", f"{SUSPECT}/ipCaptureEvent[5000]/ipAddress")
