"""S rules on people and how to reach them: addresses, telephone, e-mail, locations, age."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.models import Address, AssociatedAccount, ContactPerson, Email, EstimatedLocation, Person, Phone
from cybertip.rules._case import Case
from cybertip.rules._helpers import longer, no_country, not_past, outside
from cybertip.rules._registry import Outcome, Problem, rule
from cybertip.rules._values import is_blank, is_email, units, us_states

_MOVE = "Shorten it, and put the whole text into the nearest <additionalInfo>: nothing true is dropped."
_TIME = "Check the clock and the UTC offset of what recorded it."


@rule(
    "S106",
    Address,
    title="The lines of a postal address have limits: street 255, city 100, postal code 20, other state 100 characters",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="address",
    wrong="<zipCode>123456789012345678901</zipCode>",
    right="<zipCode>12345678901234567890</zipCode>",
)
def address_lengths(part: Address, case: Case) -> Iterator[Outcome]:
    yield from longer(part, address=255, city=100, zip_code=20, non_usa_state=100)


@rule(
    "S107",
    Address,
    title="State and country of a postal address are real codes",
    reason="The schema's lists also hold an empty value and codes that are no country, such as EU. XK, for Kosovo,"
    " is let through. American Samoa (AS) and the Northern Mariana Islands (MP) are missing from the schema's states:"
    " write them into <nonUsaState>.",
    cure="Leave it out if nothing is known; else use a US state's abbreviation, or the two-letter code of ISO 3166-1.",
    section="address",
    wrong="<country>EU</country>",
    right="<country>DE</country>",
)
def address_codes(part: Address, case: Case) -> Iterator[Outcome]:
    if part.state is not None and str(part.state) not in us_states():
        yield Problem("<state> is not the abbreviation of a state or territory of the United States", ("state",))
    yield from no_country(part, "country")


@rule(
    "S108",
    Phone,
    title="A telephone number has at most 50 characters",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="phone",
    wrong="<phone>012345678901234567890123456789012345678901234567890</phone>",
    right="<phone>01234567890123456789012345678901234567890123456789</phone>",
)
def phone_length(part: Phone, case: Case) -> Iterator[Outcome]:
    yield from longer(part, number=50)


@rule(
    "S109",
    Phone,
    title="A telephone number does not repeat its calling code",
    reason="Where @countryCallingCode is given, the number is read as what follows it.",
    cure="Remove the calling code from the number.",
    section="phone",
    wrong='<phone countryCallingCode="+1">+1 555 0100</phone>',
    right='<phone countryCallingCode="+1">555 0100</phone>',
)
def phone_repeats_code(part: Phone, case: Case) -> Iterator[Outcome]:
    if part.country_calling_code is not None and part.number.lstrip().startswith(part.country_calling_code):
        yield Problem("the number begins with its own @countryCallingCode", ("number",))


@rule(
    "S110",
    Phone,
    title="A calling code is a plus sign with one to three digits, an extension has at most ten digits",
    reason="The schema knows both patterns, but not the limit on extensions.",
    cure="Put a longer extension into the nearest <additionalInfo>.",
    section="phone",
    wrong='<phone extension="12345678901">555 0100</phone>',
    right='<phone extension="1234567890">555 0100</phone>',
)
def phone_extension(part: Phone, case: Case) -> Iterator[Outcome]:
    # The patterns themselves hold from the model's construction on.
    yield from longer(part, extension=10)


@rule(
    "S111",
    Email,
    Phone,
    title="What has a verification date is verified",
    reason='A date without verified="true" contradicts itself.',
    cure='Set verified="true" if it was verified, else remove the date.',
    section="email, phone",
    wrong='<email verificationDate="2026-01-31T08:00:00Z">user@example.com</email>',
    right='<email verified="true" verificationDate="2026-01-31T08:00:00Z">user@example.com</email>',
)
def verified_when_dated(part: Email | Phone, case: Case) -> Iterator[Outcome]:
    if part.verification_date is not None and part.verified is not True:
        yield Problem("@verificationDate is given, but @verified is not true", ("verification_date",))


@rule(
    "S112",
    Email,
    Phone,
    title="A verification date is in the past",
    reason="Nothing has been verified in the future.",
    cure=_TIME,
    section="email, phone",
    wrong='<email verified="true" verificationDate="2999-01-31T08:00:00Z">user@example.com</email>',
    right='<email verified="true" verificationDate="2026-01-31T08:00:00Z">user@example.com</email>',
)
def verified_in_the_past(part: Email | Phone, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "verification_date")


@rule(
    "S113",
    Email,
    title="An e-mail address is well-formed, has at most 255 characters, and at most 64 before the @",
    reason="The server refuses anything else. Letters of any script are allowed; whether a domain exists is not asked.",
    cure="Correct it, or put what was recorded into the nearest <additionalInfo>.",
    section="email",
    wrong="<email>user.example.com</email>",
    right="<email>user@example.com</email>",
)
def email_form(part: Email, case: Case) -> Iterator[Outcome]:
    local = part.address.rpartition("@")[0]
    if units(part.address) > 255:
        yield from longer(part, address=255)
    elif units(local) > 64:
        yield Problem(f"the part before the @ has {units(local)} characters; at most 64 are accepted", ("address",))
    elif not is_email(part.address):
        yield Problem("the text is not a well-formed e-mail address", ("address",))


@rule(
    "S114",
    EstimatedLocation,
    title="An estimated location has a country, and at most 255 characters each of city and region",
    reason="The schema allows a location without a country, and codes that are no country; the server does not.",
    cure="Add <countryCode>, a two-letter code of ISO 3166-1; without one leave the location out and say what is known"
    " in <additionalInfo>.",
    section="estimatedLocation",
    wrong="<estimatedLocation><city>Springfield</city></estimatedLocation>",
    right="<city>Springfield</city><region>IL</region><countryCode>US</countryCode>",
)
def location_country(part: EstimatedLocation, case: Case) -> Iterator[Outcome]:
    yield from longer(part, city=255, region=255)
    if part.country_code is None:
        yield Problem("<countryCode> is missing")
    yield from no_country(part, "country_code")


@rule(
    "S115",
    EstimatedLocation,
    title="In the United States the region is a state's abbreviation, and goes with the city",
    reason="The server reads the region as a state. AS and MP are states here, unlike in a postal address.",
    cure="Write the abbreviation, such as CA; with a city it is needed.",
    section="estimatedLocation",
    wrong="<region>California</region><countryCode>US</countryCode>",
    right="<region>CA</region><countryCode>US</countryCode>",
)
def location_region(part: EstimatedLocation, case: Case) -> Iterator[Outcome]:
    if part.country_code is None or str(part.country_code) != "US":
        return
    if is_blank(part.region) and part.city is not None:
        message = "<region> is blank" if part.region is not None else "<region> is missing beside <city>"
        yield Problem(message, ("region",) if part.region is not None else ())
    elif part.region is not None and part.region not in us_states():
        yield Problem("<region> is not the abbreviation of a state or territory of the United States", ("region",))


@rule(
    "S116",
    EstimatedLocation,
    title="The time of an estimated location is in the past",
    reason="It tells when the location held.",
    cure=_TIME,
    section="estimatedLocation",
    wrong='<estimatedLocation timestamp="2999-01-31T08:00:00Z">',
    right='<estimatedLocation timestamp="2026-01-31T08:00:00Z">',
)
def location_time(part: EstimatedLocation, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "timestamp")


@rule(
    "S117",
    Person,
    ContactPerson,
    title="First and last name have at most 100 characters",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="person, contactPerson",
)
def name_lengths(part: Person | ContactPerson, case: Case) -> Iterator[Outcome]:
    yield from longer(part, first_name=100, last_name=100)


@rule(
    "S118",
    Person,
    AssociatedAccount,
    title="An age is 0 to 150, and a day of birth is past",
    reason="A day is past when it has ended in UTC. Providers use impossible ages for unknown ones; leave them out.",
    cure="Correct it, or leave it out if it is not known.",
    section="person",
    wrong="<age>999</age>",
    right="<age>15</age>",
)
def age(part: Person | AssociatedAccount, case: Case) -> Iterator[Outcome]:
    if isinstance(part, Person):
        yield from outside(part, 0, 150, "age")
    yield from not_past(part, case, "date_of_birth")
