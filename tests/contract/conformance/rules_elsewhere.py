"""Pairs for shared types where they stand under another name: in incidents, in the reporter, in dates of accounts."""

from __future__ import annotations

from tests.contract.conformance.documents import (
    FUTURE,
    LATER,
    PAST,
    internet,
    report,
    reporter,
    suspect,
    suspect_person,
)
from tests.contract.conformance.pairs import Pair, at_most, inside

WITHOUT_OFFSET = LATER.removesuffix("Z")


def reporting_person(holds: str) -> str:
    return report(reporter=reporter(holds))


def named_reporter(names: str) -> str:
    return reporting_person(f"{names}<email>trust@example.com</email>")


def reporter_aged(age: str) -> str:
    return reporting_person(f"<email>trust@example.com</email>{age}")


def place_of_incident(holds: str) -> str:
    return report(internet=internet("nonInternetIncident", f"<incidentAddress>{holds}</incidentAddress>"))


def number_of_incident(attributes: str, number: str = "5550100") -> str:
    return report(internet=internet("cellPhoneIncident", f"<phoneNumber{attributes}>{number}</phoneNumber>"))


def mail_of_incident(kind: str, attributes: str) -> str:
    """An incident with an address of the suspect."""
    return report(
        internet=internet(kind, f"<emailAddress{attributes}>sam@example.com</emailAddress>"),
        suspects=suspect_person("<email>sam@example.com</email>"),
    )


UNVERIFIED = f' {{}}verificationDate="{PAST}"'
VERIFIED_AT = ' verified="true" verificationDate="{}"'

REPORTER = [
    *at_most("S117", 100, {name: inside(name, named_reporter) for name in ("firstName", "lastName")}),
    Pair("S118", "age-of-reporter", reporter_aged("<age>{}</age>"), "151", "150"),
    Pair("S118", "birth-of-reporter", reporter_aged("<dateOfBirth>{}</dateOfBirth>"), "2999-01-01", "1990-01-01"),
]

INCIDENTS = [
    *at_most("S106", 255, {"address-of-place": inside("address", place_of_incident)}),
    *at_most("S106", 100, {"city-of-place": inside("city", place_of_incident)}),
    *at_most("S106", 20, {"zip-code-of-place": inside("zipCode", place_of_incident)}, one="1"),
    *at_most("S106", 100, {"other-state-of-place": inside("nonUsaState", place_of_incident)}),
    Pair("S107", "state-of-place", place_of_incident("<state>{}</state>"), "", "VI"),
    Pair("S109", "number", number_of_incident(' countryCallingCode="+1"', "{}"), "+15550100", "5550100"),
    *at_most("S110", 10, {"of-number": lambda text: number_of_incident(f' extension="{text}"')}, one="1"),
    Pair("S111", "number", number_of_incident(UNVERIFIED), "", 'verified="true" '),
    Pair("S112", "number", number_of_incident(VERIFIED_AT), FUTURE, PAST),
    Pair("S119", "number", number_of_incident(VERIFIED_AT), WITHOUT_OFFSET, PAST),
    *(
        pair
        for kind in ("emailIncident", "newsgroupIncident")
        for pair in (
            Pair("S111", kind, mail_of_incident(kind, UNVERIFIED), "", 'verified="true" '),
            Pair("S112", kind, mail_of_incident(kind, VERIFIED_AT), FUTURE, PAST),
            Pair("S119", kind, mail_of_incident(kind, VERIFIED_AT), WITHOUT_OFFSET, PAST),
        )
    ),
    *(
        Pair(
            rule,
            "peer2peer",
            report(internet=internet("peer2peerIncident", f"<ipCaptureEvent>{event}</ipCaptureEvent>")),
            broken,
            repaired,
        )
        for rule, event, broken, repaired in (
            ("S102", "<ipAddress>203.0.113.9</ipAddress><dateTime>{}</dateTime>", FUTURE, PAST),
            ("S103", "<ipAddress>203.0.113.9</ipAddress><port>{}</port>", "0", "1"),
            ("S119", "<ipAddress>203.0.113.9</ipAddress><dateTime>{}</dateTime>", WITHOUT_OFFSET, PAST),
        )
    ),
]


def suspect_mail(attributes: str) -> str:
    return report(suspects=suspect_person(f'<email {attributes} verificationDate="{PAST}">sam@example.com</email>'))


def disabled(name: str, attributes: str) -> str:
    return report(suspects=suspect(f"<{name} {attributes}>true</{name}>"))


DISABLED = [
    *(
        Pair("S119", f"told-{name}", disabled(name, 'userNotified="true" userNotifiedDate="{}"'), WITHOUT_OFFSET, LATER)
        for name in ("accountTemporarilyDisabled", "accountPermanentlyDisabled")
    ),
    Pair("S119", "disabled", disabled("accountTemporarilyDisabled", 'disabledDate="{}"'), WITHOUT_OFFSET, LATER),
    Pair("S119", "enabled", disabled("accountTemporarilyDisabled", 'reenabledDate="{}"'), WITHOUT_OFFSET, LATER),
]

TOLD = 'disabledDate="2025-03-14T15:00:00Z" userNotified="true" userNotifiedDate="{}"'
ENABLED = 'disabledDate="2025-03-14T15:00:00.5Z" reenabledDate="{}"'
VALUES = [
    # Moments are compared, and not their texts.
    Pair(
        "S214",
        "east-of-greenwich",
        disabled("accountPermanentlyDisabled", TOLD),
        "2025-03-14T16:59:00+02:00",
        "2025-03-14T17:00:00+02:00",
    ),
    Pair(
        "S214",
        "west-of-greenwich",
        disabled("accountPermanentlyDisabled", TOLD),
        "2025-03-14T09:59:00-05:00",
        "2025-03-14T10:00:00-05:00",
    ),
    Pair(
        "S214",
        "half-an-hour",
        disabled("accountPermanentlyDisabled", TOLD),
        "2025-03-14T20:29:00+05:30",
        "2025-03-14T20:30:00+05:30",
    ),
    Pair(
        "S214",
        "fractions",
        disabled("accountTemporarilyDisabled", ENABLED),
        "2025-03-14T15:00:00.500Z",
        "2025-03-14T15:00:00.6Z",
    ),
    Pair("S111", "as-a-digit", suspect_mail('verified="{}"'), "0", "1"),
    Pair(
        "S205",
        "no-host-http",
        report(internet=internet("webPageIncident", "<url>http://{}/a</url>")),
        "",
        "example.com",
    ),
]
