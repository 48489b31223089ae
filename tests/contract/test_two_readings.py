"""Two readings of the same rules, written apart: the client's checks and the mock's. They must agree on everything."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from xml.sax.saxutils import escape, quoteattr

import pytest

from cybertip.mock.rules import CODES
from cybertip.rules import RULES
from cybertip.schema.structure import Structure
from cybertip.xml import write
from tests.contract import odd_values as odd
from tests.contract.corpus import Coverage, cases
from tests.contract.documents import Generator
from tests.contract.judging import SEED
from tests.contract.rendering import render
from tests.contract.two_readings import Verdict, agree, of_the_client, of_the_mock
from tests.unit.rule_cases import NOW
from tests.unit.rule_pairs import PAIRS, Pair

SUSPECT = "<personOrUserReported>{}</personOrUserReported>"
PERSON = SUSPECT.format("<personOrUserReportedPerson>{}</personOrUserReportedPerson>")


def document(suspect: str = "", internet: str = "", summary: str = "") -> bytes:
    """A report with these parts."""
    return (
        "<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>"
        f"{summary}<incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime></incidentSummary>{internet}"
        "<reporter><reportingPerson><email>reports@example.com</email></reportingPerson></reporter>"
        f"{suspect}</report>"
    ).encode()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.code} {pair.path.rpartition('/')[2]}")
def test_they_agree_on_every_example_of_a_rule(pair: Pair) -> None:
    """Of each pair of examples both refuse the broken one, at the same place, and accept the mended one."""
    for one in (pair.broken, pair.repaired):
        if one.report_id is not None or one.file_ids is not None:
            continue  # Whether ids belong to the report is no question about documents; the mock's core answers it.
        opened = write(one.report) if one.report is not None else None
        files = [write(item) for item in one.files]
        client, sent_at = of_the_client(opened, files, NOW, uploads=one.uploads)
        assert agree(client, of_the_mock(opened, files, sent_at, uploads=one.uploads))


def test_they_agree_on_the_codes() -> None:
    """Both know the same documented rules."""
    assert {code for code, rule in RULES.items() if rule.family in "SB"} == CODES


def value_documents() -> dict[str, list[bytes]]:
    """Documents around one value each, by what the value is."""
    incident = "<internetDetails><emailIncident><emailAddress>{}</emailAddress></emailIncident></internetDetails>"
    event = SUSPECT.format("<ipCaptureEvent><ipAddress>{}</ipAddress>{}</ipCaptureEvent>")
    numbers = [*odd.NUMBERS, odd.LONG_NUMBER]
    return {
        "email": [document(PERSON.format(f"<email>{escape(value)}</email>")) for value in odd.EMAILS],
        "the same email, in capitals": [
            document(PERSON.format(f"<email>{escape(value)}</email>"), incident.format(escape(value.upper())))
            for value in odd.EMAILS
        ],
        "URL": [document(SUSPECT.format(f"<profileUrl>{escape(value)}</profileUrl>")) for value in odd.URLS],
        "IP address": [document(event.format(escape(value), "")) for value in odd.IPS],
        "phone": [
            document(PERSON.format(f"<phone countryCallingCode={quoteattr(code)}>{escape(value)}</phone>"))
            for code in odd.CALLING_CODES
            for value in odd.PHONES
        ],
        "time": [document(event.format("192.0.2.1", f"<dateTime>{value}</dateTime>")) for value in odd.TIMES],
        "time in an attribute": [
            document(
                SUSPECT.format(f'<accountPermanentlyDisabled disabledDate="{value}">true</accountPermanentlyDisabled>')
            )
            for value in odd.TIMES
        ],
        "date": [document(PERSON.format(f"<dateOfBirth>{value}</dateOfBirth>")) for value in odd.DATES],
        "port": [document(event.format("192.0.2.1", f"<port>{value}</port>")) for value in numbers],
        "age": [document(PERSON.format(f"<age>{value}</age>")) for value in numbers],
        "report id": [document(SUSPECT.format(f"<priorCTReports>{value}</priorCTReports>")) for value in numbers],
        "country": [
            document(PERSON.format(f"<address><country>{value}</country></address>")) for value in odd.COUNTRIES
        ],
        "location": [
            document(
                SUSPECT.format(
                    f"<estimatedLocation>{city}<region>CA</region><countryCode>{value}</countryCode></estimatedLocation>"
                )
            )
            for value in odd.COUNTRIES
            for city in ("", "<city/>", "<city>x</city>")
        ],
        "region": [
            document(
                SUSPECT.format(
                    f"<estimatedLocation>{city}<region>{value}</region><countryCode>US</countryCode></estimatedLocation>"
                )
            )
            for value in odd.STATES
            for city in ("", "<city/>")
        ],
        "state": [document(PERSON.format(f"<address><state>{value}</state></address>")) for value in odd.STATES],
        "blank text": [
            document(summary=f"<escalateToHighPriority>{escape(value)}</escalateToHighPriority>")
            for value in odd.BLANKS
        ],
        "blank device": [
            document(SUSPECT.format(f"<deviceId><idType>{escape(value)}</idType><idValue>x</idValue></deviceId>"))
            for value in odd.BLANKS
        ],
    }


VALUES = value_documents()


@pytest.mark.parametrize("what", VALUES)
def test_they_agree_on_odd_values(what: str) -> None:
    """Both read values at the edges of what is well-formed, past and known in the same way."""
    verdicts = [compared(data, (), label=data.decode()[-400:]) for data in VALUES[what]]
    assert any(verdicts)
    assert not all(verdicts)


def compared(opened: bytes | None, files: tuple[bytes, ...], label: str) -> bool:
    """Whether a document is accepted, by both."""
    client, sent_at = of_the_client(opened, files, NOW)
    mock = of_the_mock(opened, files, sent_at)
    assert agree(client, mock), f"{label}: client {sorted(client - mock)}, mock {sorted(mock - client)}"
    return not client


# What generated documents get in place of the values that the schema alone would have.
_TEXTS: dict[tuple[str, ...], list[str]] = {
    ("email", "emailAddress"): odd.EMAILS,
    ("url", "profileUrl", "legalURL", "locationOfFile"): odd.URLS,
    ("ipAddress",): odd.IPS,
    ("phone", "phoneNumber"): odd.PHONES,
    ("dateTime", "incidentDateTime", "uploadedToEspTimestamp"): odd.TIMES[:10],
    ("dateOfBirth",): odd.DATES[:4],
    ("port", "age", "approximateAge", "priorCTReports", "priorCTReport"): odd.NUMBERS[:10],
    ("country", "countryCode"): ["US", "GB", "XK", "EU", ""],
    ("region",): odd.STATES,
    ("firstName", "lastName", "middleName", "city", "zipCode", "nonUsaState"): [*odd.LENGTHS, *odd.BLANKS],
    ("espIdentifier", "espService", "screenName", "displayName", "groupIdentifier"): [*odd.LENGTHS, *odd.BLANKS],
    ("vehicleDescription", "schoolName", "platform", "name", "escalateToHighPriority"): [*odd.LENGTHS, *odd.BLANKS],
    ("incidentDateTimeDescription", "chatClient", "chatRoomName", "gameName", "console"): odd.LENGTHS,
    ("locationName", "client", "agencyName", "caseNumber", "originalFileName"): odd.LENGTHS,
    ("idType", "idValue"): [*odd.LENGTHS, *odd.BLANKS],
}
_ATTRIBUTES: dict[tuple[str, ...], list[str]] = {
    ("verificationDate", "timestamp", "disabledDate", "userNotifiedDate", "reenabledDate"): odd.TIMES[:10],
    ("fleaCountry",): ["US", "GB", "XK", "EU", ""],
    ("extension",): ["1", "1" * 10, "1" * 11],
    ("hashType",): odd.LENGTHS[:4],
}
TEXTS = {name: values for names, values in _TEXTS.items() for name in names}
ATTRIBUTES = {name: values for names, values in _ATTRIBUTES.items() for name in names}


def odd_document(make: Generator, root: str, rng: Random) -> bytes:
    """A document that the schema accepts, with odd values in it."""
    made = make.document(root)
    for node in made.walk():
        if node.name in TEXTS and not node.children and rng.random() < 0.7:
            node.content = [rng.choice(TEXTS[node.name])]
        for name in node.attributes:
            if name in ATTRIBUTES and rng.random() < 0.7:
                node.attributes[name] = rng.choice(ATTRIBUTES[name])
    return render(made)


def test_they_agree_on_generated_documents(structure: Structure) -> None:
    """Reports with file details, full of odd values, get the same verdict: the same codes at the same places."""
    rng = Random(SEED)
    make = Generator(structure, rng)
    seen: Verdict = set()
    for number in range(400):
        opened = odd_document(make, "report", rng)
        files = [odd_document(make, "fileDetails", rng) for _ in range(rng.randrange(3))]
        client, sent_at = of_the_client(opened, files, NOW)
        mock = of_the_mock(opened, files, sent_at)
        told = f"seed {SEED}, document {number}: client {sorted(client - mock)}, mock {sorted(mock - client)}"
        assert agree(client, mock), told
        seen |= client
    assert len({code for _, code, _ in seen}) > 40, f"seed {SEED}: too few rules were broken to compare them"


def test_they_agree_on_mutated_documents(structure: Structure) -> None:
    """Documents that were changed at random, out of the schema and within it, are refused by both or by none."""
    for number, one in enumerate(cases([structure], SEED, 150, Coverage())):
        if one.root in ("report", "fileDetails"):
            label = f"seed {SEED}, document {number}, {one.mutation.name}"
            compared(
                one.data if one.root == "report" else None, (one.data,) if one.root == "fileDetails" else (), label
            )


def test_they_agree_on_files_without_details() -> None:
    """A batched report with undescribed files, and one with too many files, is refused by both."""
    batched = next(pair.broken.report for pair in PAIRS if pair.code == "B403")
    assert batched is not None
    described = [write(item) for item in next(pair.repaired.files for pair in PAIRS if pair.code == "B404")]
    for uploads in (1, 2, 3):
        client, _ = of_the_client(write(batched), described, NOW, uploads=uploads)
        assert agree(client, of_the_mock(write(batched), described, NOW, uploads=uploads)), uploads
        assert bool(client) == (uploads > 1)


def test_a_time_a_little_ahead_is_waited_for() -> None:
    """What the client lets pass because it will have passed, the mock accepts right after that, and not before."""
    ahead = NOW + timedelta(seconds=60)
    soon = document(
        SUSPECT.format(
            f"<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><dateTime>{ahead:%Y-%m-%dT%H:%M:%SZ}</dateTime></ipCaptureEvent>"
        )
    )
    client, sent_at = of_the_client(soon, (), NOW)
    assert (client, sent_at > ahead) == (set(), True)
    assert of_the_mock(soon, (), sent_at) == set()
    assert {code for _, code, _ in of_the_mock(soon, (), NOW)} == {"S102"}
