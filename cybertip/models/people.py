"""People and how to reach them: persons, contacts, addresses, e-mail, telephone."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from cybertip.models._base import ATTRIBUTE, TEXT, Wire, Xml
from cybertip.models._types import Many, Simple, XmlBoolean, XmlDate, XmlDateTime, XmlInt, XmlString, patterned
from cybertip.models.places import Country, UsState
from cybertip.models.vocabulary import AddressType, EmailType, PhoneType

_CALLING_CODE: Simple = patterned("phoneCountryCallingCode", r"\+[0-9]{1,3}", "a plus sign and one to three digits")
_EXTENSION: Simple = patterned("phoneExtension", r"[0-9]+", "digits only")

CallingCode = Annotated[
    str,
    Field(strict=True),
    AfterValidator(_CALLING_CODE.read),
    _CALLING_CODE,
    WithJsonSchema({"type": "string", "pattern": r"^\+[0-9]{1,3}$"}),
]
"""An international calling code, such as ``+1``."""
PhoneExtension = Annotated[
    str,
    Field(strict=True),
    AfterValidator(_EXTENSION.read),
    _EXTENSION,
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"}),
]
"""The digits that are dialled after the number has answered."""


class Email(Wire):
    """An e-mail address (API section: ``email``)."""

    address: Annotated[XmlString, TEXT]
    """The address. Documented limit: 255 characters, 64 before the ``@`` (S113)."""
    type: Annotated[EmailType | None, ATTRIBUTE] = None
    """What the address is used for."""
    verified: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the provider has checked that the user reads mail sent there."""
    verification_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When it was checked; in the past, and only together with ``verified=True`` (S111, S112)."""


class Phone(Wire):
    """A telephone number (API section: ``phone``)."""

    number: Annotated[XmlString, TEXT]
    """The number without its calling code where that is given apart. Documented limit: 50 characters (S108, S109)."""
    type: Annotated[PhoneType | None, ATTRIBUTE] = None
    """What the number is used for."""
    verified: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the provider has checked that the user answers at this number."""
    verification_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When it was checked; in the past, and only together with ``verified=True`` (S111, S112)."""
    country_calling_code: Annotated[CallingCode | None, ATTRIBUTE] = None
    """The international calling code: a plus sign and one to three digits."""
    extension: Annotated[PhoneExtension | None, ATTRIBUTE] = None
    """An extension: digits. Documented limit: 10 (S110)."""


class Address(Wire):
    """A postal address (API section: ``address``). Documented limits: S106."""

    address: XmlString | None = None
    """Street and number. Documented limit: 255 characters."""
    city: XmlString | None = None
    """Town. Documented limit: 100 characters."""
    zip_code: XmlString | None = None
    """Postal code. Documented limit: 20 characters."""
    state: UsState | None = None
    """State or territory of the United States."""
    non_usa_state: XmlString | None = None
    """State, province or region elsewhere. Documented limit: 100 characters."""
    country: Country | None = None
    """Country."""
    type: Annotated[AddressType | None, ATTRIBUTE] = None
    """What the address is used for."""


class ContactPerson(Wire):
    """Someone to get in touch with (API section: ``contactPerson``)."""

    first_name: XmlString | None = None
    """Given name. Documented limit: 100 characters (S117)."""
    last_name: XmlString | None = None
    """Family name. Documented limit: 100 characters (S117)."""
    phones: Annotated[Many[Phone], Xml("phone")] = ()
    """Telephone numbers."""
    emails: Annotated[Many[Email], Xml("email")] = ()
    """E-mail addresses."""
    addresses: Annotated[Many[Address], Xml("address")] = ()
    """Postal addresses."""


class Person(Wire):
    """A person, whatever the part played in the incident (API section: ``person``)."""

    first_name: XmlString | None = None
    """Given name. Documented limit: 100 characters (S117)."""
    last_name: XmlString | None = None
    """Family name. Documented limit: 100 characters (S117)."""
    phones: Annotated[Many[Phone], Xml("phone")] = ()
    """Telephone numbers."""
    emails: Annotated[Many[Email], Xml("email")] = ()
    """E-mail addresses."""
    addresses: Annotated[Many[Address], Xml("address")] = ()
    """Postal addresses."""
    age: XmlInt | None = None
    """Age in years, 0 to 150 (S118)."""
    age_assertion_discrepancy: XmlBoolean | None = None
    """Whether the age that the account states differs from what other signals suggest. An addition that the
    documentation made after the schema of 2025-06: set it only where the server is known to accept it."""
    date_of_birth: XmlDate | None = None
    """Day of birth, in the past (S118)."""


class EstimatedLocation(Wire):
    """Where someone probably is, from signals other than a postal address (API section: ``estimatedLocation``)."""

    city: XmlString | None = None
    """Town. Documented limit: 255 characters (S114)."""
    region: XmlString | None = None
    """State, province or region; in the United States its abbreviation (S114, S115)."""
    country_code: Country | None = None
    """Country. The documentation demands it (S114)."""
    verified: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the provider has checked the location."""
    timestamp: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When the location held; in the past (S116)."""
