"""S101 to S119: the types that documents share. Each rule holds wherever its type is used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from cybertip.mock.rules._demands import (
    at_most,
    between,
    country,
    email,
    not_blank,
    one_of,
    past,
    past_date,
    with_offset,
)
from cybertip.mock.rules._judging import Case, Fault, Rule, attribute_rule, text_rule, within
from cybertip.mock.rules._values import STATES_OF_ADDRESSES, STATES_OF_REGIONS, is_ip, is_true

PERSONS = ("personOrUserReportedPerson", "intendedRecipientPerson", "victimPerson", "reportingPerson")
"""The elements of type `person`."""

_CONTACTS = ("contactPerson", "officerContact")
_ADDRESSES = ("address", "incidentAddress")
EMAILS = ("email", "emailAddress")
"""The elements of type `email`."""

_PHONES = ("phone", "phoneNumber")
DISABLED = ("accountTemporarilyDisabled", "accountPermanentlyDisabled")
"""The elements that say that an account was disabled."""

_DATE_TIMES = (
    "incidentSummary/incidentDateTime",
    "ipCaptureEvent/dateTime",
    "deviceId/dateTime",
    "fileDetails/uploadedToEspTimestamp",
)

_CALLING_CODE = re.compile(r"\+[0-9]{1,3}")
_EXTENSION = re.compile(r"[0-9]{1,10}")


def _ip(text: str, _: Case) -> str | None:
    # A blank address is no address, so one sentence serves both.
    return None if is_ip(text) else "must be a valid IPv4 or IPv6 address"


def _calling_code(text: str, _: Case) -> str | None:
    return None if _CALLING_CODE.fullmatch(text) else "must be a plus sign and one to three digits"


def _extension(text: str, _: Case) -> str | None:
    return None if _EXTENSION.fullmatch(text) else "must be at most 10 digits"


def _no_calling_code_in_number(element: etree._Element, _: Case) -> Iterator[Fault]:
    code = element.get("countryCallingCode")
    # White space before a number does not make it start with something else.
    if code and (element.text or "").lstrip().startswith(code):
        yield Fault(element, f"{element.tag} must not start with its countryCallingCode")


def _verified_where_dated(element: etree._Element, _: Case) -> Iterator[Fault]:
    # Reported at the attribute that has to change, also where it is missing.
    if element.get("verificationDate") is not None and not is_true(element.get("verified")):
        yield Fault(element, "verified must be true where verificationDate is given", "verificationDate")


def _has_country_code(element: etree._Element, _: Case) -> Iterator[Fault]:
    if element.find("countryCode") is None:
        yield Fault(element, "estimatedLocation must have a countryCode")


def _in_the_usa(location: etree._Element) -> bool:
    return location.findtext("countryCode") == "US"


def _region_is_state(element: etree._Element, _: Case) -> Iterator[Fault]:
    location = element.getparent()
    if location is not None and _in_the_usa(location) and (element.text or "") not in STATES_OF_REGIONS:
        yield Fault(element, "region must be a US state or territory abbreviation where countryCode is US")


def _region_with_city(element: etree._Element, _: Case) -> Iterator[Fault]:
    # A region that is there and blank is no abbreviation of a state: that is reported at the region. An empty city
    # counts as given, as it does for a reader that looks for the element.
    if _in_the_usa(element) and element.find("city") is not None and element.find("region") is None:
        yield Fault(element, "estimatedLocation must have a region where countryCode is US and a city is given")


SHARED: tuple[Rule, ...] = (
    text_rule("S101", ["ipAddress"], _ip),
    text_rule("S102", ["ipCaptureEvent/dateTime"], past),
    text_rule("S103", ["ipCaptureEvent/port"], between(1, 65_535)),
    text_rule("S104", ["deviceId/idType"], not_blank),
    text_rule("S104", ["deviceId/idType"], at_most(255)),
    text_rule("S104", ["deviceId/idValue"], not_blank),
    text_rule("S104", ["deviceId/idValue"], at_most(2083)),
    text_rule("S105", ["deviceId/dateTime"], past),
    # An element below an element named `address` is always part of the type, and its child `address` is a string.
    text_rule("S106", within(_ADDRESSES, "address"), at_most(255)),
    text_rule("S106", within(_ADDRESSES, "city"), at_most(100)),
    text_rule("S106", within(_ADDRESSES, "zipCode"), at_most(20)),
    text_rule("S106", within(_ADDRESSES, "nonUsaState"), at_most(100)),
    text_rule("S107", ["state"], one_of(STATES_OF_ADDRESSES, "a US state or territory abbreviation")),
    text_rule("S107", ["country"], country),
    text_rule("S108", _PHONES, at_most(50)),
    Rule("S109", _PHONES, _no_calling_code_in_number),
    attribute_rule("S110", _PHONES, "countryCallingCode", _calling_code),
    attribute_rule("S110", _PHONES, "extension", _extension),
    Rule("S111", (*_PHONES, *EMAILS), _verified_where_dated),
    attribute_rule("S112", (*_PHONES, *EMAILS), "verificationDate", past),
    text_rule("S113", EMAILS, email),
    text_rule("S114", ["estimatedLocation/city"], at_most(255)),
    text_rule("S114", ["estimatedLocation/region"], at_most(255)),
    Rule("S114", ("estimatedLocation",), _has_country_code),
    text_rule("S114", ["estimatedLocation/countryCode"], country),
    Rule("S115", ("estimatedLocation/region",), _region_is_state),
    Rule("S115", ("estimatedLocation",), _region_with_city),
    attribute_rule("S116", ["estimatedLocation"], "timestamp", past),
    text_rule("S117", within((*PERSONS, *_CONTACTS), "firstName", "lastName"), at_most(100)),
    text_rule("S118", within(PERSONS, "age"), between(0, 150)),
    text_rule("S118", ["dateOfBirth"], past_date),
    text_rule("S119", _DATE_TIMES, with_offset),
    attribute_rule("S119", (*_PHONES, *EMAILS), "verificationDate", with_offset),
    attribute_rule("S119", ["estimatedLocation"], "timestamp", with_offset),
    attribute_rule("S119", DISABLED, "disabledDate", with_offset),
    attribute_rule("S119", DISABLED, "userNotifiedDate", with_offset),
    attribute_rule("S119", ["accountTemporarilyDisabled"], "reenabledDate", with_offset),
)
