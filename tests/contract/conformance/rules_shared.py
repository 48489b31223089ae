"""Pairs for the rules on types that stand in many places (S101 to S119)."""

from __future__ import annotations

from tests.contract.conformance.documents import (
    FUTURE,
    LATER,
    PAST,
    account,
    internet,
    recipient,
    report,
    reporter,
    suspect,
    suspect_person,
    victim,
)
from tests.contract.conformance.pairs import Pair, Place, at_most, inside

IN_EVERY_PARTY: dict[str, Place] = {
    "suspect": lambda holds: report(suspects=suspect(holds)),
    "recipient": lambda holds: report(others=recipient(holds)),
    "victim": lambda holds: report(others=victim(holds)),
    "associated-account": lambda holds: report(suspects=account(holds)),
}
"""Where IP events and devices stand."""

IN_EVERY_PERSON: dict[str, Place] = {
    "suspect": lambda holds: report(suspects=suspect_person(holds)),
    "recipient": lambda holds: report(others=recipient(f"<intendedRecipientPerson>{holds}</intendedRecipientPerson>")),
    "victim": lambda holds: report(others=victim(person=holds)),
    "contact": lambda holds: report(reporter=reporter(rest=f"<contactPerson>{holds}</contactPerson>")),
    "officer": lambda holds: report(
        law="<lawEnforcement><agencyName>Example Police</agencyName>"
        f"<officerContact>{holds}</officerContact></lawEnforcement>"
    ),
    "associated-account": lambda holds: report(suspects=account(holds)),
}
"""Where phones, e-mail addresses and postal addresses stand."""

SUSPECT = IN_EVERY_PARTY["suspect"]
PERSON = IN_EVERY_PERSON["suspect"]


def event(address: str = "203.0.113.9", rest: str = "") -> str:
    return f"<ipCaptureEvent><ipAddress>{address}</ipAddress>{rest}</ipCaptureEvent>"


def device(kind: str = "Serial", value: str = "0001", rest: str = "") -> str:
    return f"<deviceId><idType>{kind}</idType><idValue>{value}</idValue>{rest}</deviceId>"


def phone(number: str = "5550100", attributes: str = "") -> str:
    return f"<phone{attributes}>{number}</phone>"


def email(address: str = "sam@example.com", attributes: str = "") -> str:
    return f"<email{attributes}>{address}</email>"


def postal(holds: str) -> str:
    return f"<address>{holds}</address>"


def location(holds: str, attributes: str = "") -> str:
    return f"<estimatedLocation{attributes}>{holds}</estimatedLocation>"


LONG_LABELS = ".".join(["a" * 60] * 3)

EVENTS = [
    *(
        Pair("S101", f"address-of-{place}", document(event("{}")), "198.51.100.256", "198.51.100.255")
        for place, document in IN_EVERY_PARTY.items()
    ),
    Pair(
        "S101",
        "address-of-peer2peer",
        report(internet=internet("peer2peerIncident", event("{}"))),
        "198.51.100",
        "198.51.100.7",
    ),
    Pair("S101", "empty", SUSPECT(event("{}")), "", "203.0.113.9"),
    Pair("S101", "blank", SUSPECT(event("{}")), " ", "203.0.113.9"),
    Pair("S101", "a-name", SUSPECT(event("{}")), "host.example.com", "2001:db8::7"),
    Pair("S101", "a-network", SUSPECT(event("{}")), "203.0.113.0/24", "203.0.113.0"),
    Pair("S101", "a-port-behind", SUSPECT(event("{}")), "203.0.113.9:443", "203.0.113.9"),
    Pair("S101", "version-6", SUSPECT(event("{}")), "2001:db8::g", "2001:db8::f"),
    Pair("S101", "mapped", SUSPECT(event("{}")), "::ffff:203.0.113.256", "::ffff:203.0.113.9"),
    *(
        Pair("S102", f"of-{place}", document(event(rest="<dateTime>{}</dateTime>")), FUTURE, PAST)
        for place, document in IN_EVERY_PARTY.items()
    ),
    Pair("S103", "zero", SUSPECT(event(rest="<port>{}</port>")), "0", "1"),
    Pair("S103", "too-high", SUSPECT(event(rest="<port>{}</port>")), "65536", "65535"),
    Pair("S103", "negative", SUSPECT(event(rest="<port>{}</port>")), "-443", "443"),
    *(
        Pair("S103", f"of-{place}", document(event(rest="<port>{}</port>")), "65536", "65535")
        for place, document in IN_EVERY_PARTY.items()
    ),
]

DEVICES = [
    Pair("S104", "type-blank", SUSPECT(device(kind="{}")), " ", "Serial"),
    Pair("S104", "type-empty", SUSPECT(device(kind="{}")), "", "Serial"),
    *at_most("S104", 255, {"type": lambda text: SUSPECT(device(kind=text))}),
    Pair("S104", "value-blank", SUSPECT(device(value="{}")), " ", "0001"),
    Pair("S104", "value-empty", SUSPECT(device(value="{}")), "", "0001"),
    *at_most("S104", 2083, {"value": lambda text: SUSPECT(device(value=text))}),
    *(
        Pair("S104", f"of-{place}", document(device(kind="{}")), " ", "Serial")
        for place, document in IN_EVERY_PARTY.items()
    ),
    *(
        Pair("S105", f"of-{place}", document(device(rest="<dateTime>{}</dateTime>")), FUTURE, PAST)
        for place, document in IN_EVERY_PARTY.items()
    ),
]

ADDRESSES = [
    *at_most("S106", 255, {"address": lambda text: PERSON(postal(f"<address>{text}</address>"))}),
    *at_most("S106", 100, {"city": lambda text: PERSON(postal(f"<city>{text}</city>"))}),
    *at_most("S106", 20, {"zip-code": lambda text: PERSON(postal(f"<zipCode>{text}</zipCode>"))}, one="1"),
    *at_most("S106", 100, {"other-state": lambda text: PERSON(postal(f"<nonUsaState>{text}</nonUsaState>"))}),
    *(
        Pair("S107", f"country-of-{place}", document(postal("<country>{}</country>")), "A1", "DE")
        for place, document in IN_EVERY_PERSON.items()
    ),
    Pair(
        "S107",
        "country-of-a-place",
        report(
            internet=internet("nonInternetIncident", "<incidentAddress><country>{}</country></incidentAddress>"),
        ),
        "A1",
        "DE",
    ),
    *(
        Pair("S107", f"country-{value or 'empty'}", PERSON(postal("<country>{}</country>")), value, "XK")
        for value in ("", "A1", "A2", "O1", "AP", "EU", "AN", "FX")
    ),
    Pair("S107", "state-empty", PERSON(postal("<state>{}</state>")), "", "PR"),
    Pair("S107", "state-unknown", PERSON(postal("<state>{}</state>")), "ZZ", "CA"),
]

PHONES = [
    *at_most("S108", 50, {place: inside("phone", document) for place, document in IN_EVERY_PERSON.items()}, one="5"),
    *at_most(
        "S108",
        50,
        {
            "cell-phone": lambda text: report(
                internet=internet("cellPhoneIncident", f"<phoneNumber>{text}</phoneNumber>"),
            )
        },
        one="5",
    ),
    Pair("S109", "code-twice", PERSON(phone("{}", ' countryCallingCode="+1"')), "+15550100", "5550100"),
    Pair("S109", "longer-code", PERSON(phone("{}", ' countryCallingCode="+49"')), "+495550100", "5550100"),
    Pair("S110", "code-without-plus", PERSON(phone(attributes=' countryCallingCode="{}"')), "1", "+1"),
    Pair("S110", "code-too-long", PERSON(phone(attributes=' countryCallingCode="{}"')), "+1234", "+123"),
    Pair("S110", "extension-of-letters", PERSON(phone(attributes=' extension="{}"')), "12a", "12"),
    *at_most("S110", 10, {"extension": lambda text: PERSON(phone(attributes=f' extension="{text}"'))}, one="1"),
    Pair("S111", "phone-unsaid", PERSON(phone(attributes=f' {{}}verificationDate="{PAST}"')), "", 'verified="true" '),
    Pair(
        "S111", "phone-denied", PERSON(phone(attributes=f' verified="{{}}" verificationDate="{PAST}"')), "false", "true"
    ),
    Pair("S112", "phone", PERSON(phone(attributes=' verified="true" verificationDate="{}"')), FUTURE, PAST),
]

EMAILS = [
    Pair("S111", "email-unsaid", PERSON(email(attributes=f' {{}}verificationDate="{PAST}"')), "", 'verified="true" '),
    Pair(
        "S111", "email-denied", PERSON(email(attributes=f' verified="{{}}" verificationDate="{PAST}"')), "false", "true"
    ),
    Pair("S112", "email", PERSON(email(attributes=' verified="true" verificationDate="{}"')), FUTURE, PAST),
    *(
        Pair("S113", f"of-{place}", document(email("{}")), "sam.example.com", "sam@example.com")
        for place, document in IN_EVERY_PERSON.items()
    ),
    Pair("S113", "of-reporter", report(reporter=reporter(email("{}"))), "trust.example.com", "trust@example.com"),
    Pair("S113", "empty", PERSON(email("{}")), "", "sam@example.com"),
    Pair("S113", "no-domain", PERSON(email("{}")), "sam@", "sam@example.com"),
    Pair("S113", "no-local-part", PERSON(email("{}")), "@example.com", "s@example.com"),
    Pair("S113", "a-space", PERSON(email("{}")), "sam sample@example.com", "sam.sample@example.com"),
    Pair("S113", "two-at", PERSON(email("{}")), "sam@sample@example.com", "sam@sample.example.com"),
    Pair("S113", "local-part-64", PERSON(email("{}@example.com")), "s" * 65, "s" * 64),
    Pair("S113", "too-long", PERSON(email("{}.example.com")), f"s@{'b' * 60}.{LONG_LABELS}", f"s@{LONG_LABELS}"),
    Pair("S113", "length-255", PERSON(email(f"{'s' * 60}@{{}}.{LONG_LABELS[20:]}.example.com")), "b" * 20, "b" * 19),
]

LOCATIONS = [
    *at_most("S114", 255, {"city": lambda t: SUSPECT(location(f"<city>{t}</city><countryCode>DE</countryCode>"))}),
    *at_most(
        "S114", 255, {"region": lambda t: SUSPECT(location(f"<region>{t}</region><countryCode>DE</countryCode>"))}
    ),
    Pair("S114", "no-country", SUSPECT(location("<city>Berlin</city>{}")), "", "<countryCode>DE</countryCode>"),
    Pair("S114", "empty-country", SUSPECT(location("<countryCode>{}</countryCode>")), "", "DE"),
    Pair("S114", "no-such-country", SUSPECT(location("<countryCode>{}</countryCode>")), "EU", "XK"),
    Pair(
        "S115", "region-of-the-US", SUSPECT(location("<region>{}</region><countryCode>US</countryCode>")), "Utah", "UT"
    ),
    Pair("S115", "other-territory", SUSPECT(location("<region>{}</region><countryCode>US</countryCode>")), "AA1", "AS"),
    Pair(
        "S115",
        "city-without-region",
        SUSPECT(location("<city>Springfield</city>{}<countryCode>US</countryCode>")),
        "",
        "<region>MP</region>",
    ),
    Pair(
        "S115",
        "blank-region",
        SUSPECT(location("<city>Springfield</city><region>{}</region><countryCode>US</countryCode>")),
        " ",
        "IL",
    ),
    Pair(
        "S115",
        "only-in-the-US",
        SUSPECT(location("<city>Graz</city><region>Styria</region><countryCode>{}</countryCode>")),
        "US",
        "AT",
    ),
    Pair("S116", "timestamp", SUSPECT(location("<countryCode>DE</countryCode>", ' timestamp="{}"')), FUTURE, PAST),
]

PEOPLE = [
    *at_most(
        "S117",
        100,
        {
            f"{name}-of-{place}": inside(name, document)
            for name in ("firstName", "lastName")
            for place, document in IN_EVERY_PERSON.items()
            if place != "associated-account"
        },
    ),
    Pair("S118", "negative-age", PERSON("<age>{}</age>"), "-1", "0"),
    Pair("S118", "age-150", PERSON("<age>{}</age>"), "151", "150"),
    Pair("S118", "age-of-victim", IN_EVERY_PERSON["victim"]("<age>{}</age>"), "151", "15"),
    Pair("S118", "birth", PERSON("<dateOfBirth>{}</dateOfBirth>"), "2999-01-01", "1990-01-01"),
    Pair(
        "S118",
        "birth-of-victim",
        IN_EVERY_PERSON["victim"]("<dateOfBirth>{}</dateOfBirth>"),
        "2999-01-01",
        "2010-01-01",
    ),
    Pair(
        "S118",
        "birth-in-account",
        report(suspects=account("<dateOfBirth>{}</dateOfBirth>")),
        "2999-01-01",
        "1990-01-01",
    ),
]

WITHOUT_OFFSET = PAST.removesuffix("Z")
OFFSETS = [
    Pair("S119", "incident", report(moment="{}"), WITHOUT_OFFSET, PAST),
    Pair("S119", "with-hours", report(moment="{}"), WITHOUT_OFFSET, f"{WITHOUT_OFFSET}+05:30"),
    Pair("S119", "event", SUSPECT(event(rest="<dateTime>{}</dateTime>")), WITHOUT_OFFSET, PAST),
    Pair("S119", "device", SUSPECT(device(rest="<dateTime>{}</dateTime>")), WITHOUT_OFFSET, PAST),
    Pair(
        "S119", "verification", PERSON(email(attributes=' verified="true" verificationDate="{}"')), WITHOUT_OFFSET, PAST
    ),
    Pair(
        "S119", "location", SUSPECT(location("<countryCode>DE</countryCode>", ' timestamp="{}"')), WITHOUT_OFFSET, LATER
    ),
    Pair(
        "S119",
        "disabled",
        SUSPECT('<accountPermanentlyDisabled disabledDate="{}">true</accountPermanentlyDisabled>'),
        WITHOUT_OFFSET,
        PAST,
    ),
]
