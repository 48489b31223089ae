"""What a reporter profile still lacks before anything may be filed in production (P507). Pure.

Law enforcement calls the numbers and writes to the addresses that stand in every report. So two things are gaps: what
is missing, and what nobody can reach because it is a placeholder or reserved for documentation.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from enum import Enum

from pydantic import BaseModel

from cybertip.findings import Finding, error
from cybertip.models import ContactPerson, Person, Phone
from cybertip.profile import ReporterProfile

MARKER = "REPLACE:"
"""What marks a text as a placeholder, wherever it stands in it. ``cybertip init`` writes it."""

_SEPARATOR = r"[ .()/-]"
_RESERVED_DOMAIN = re.compile(
    r"(?<![\w.-])(?:[\w-]+\.)*(?:example\.(?:com|net|org)|[\w-]+\.(?:example|test|invalid|localhost))(?![\w-]|\.\w)",
    re.IGNORECASE,
)
"""RFC 2606 and 6761. The host must end there: example.com.au is somebody's."""
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}(?!\d))?(?!\w|\.\d)", re.ASCII)
_IPV6 = re.compile(r"(?<![\w:])[0-9a-f:]{2,39}(?:/\d{1,3}(?!\d))?(?![\w:])", re.ASCII | re.IGNORECASE)
_DOCUMENTATION = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    )
)
"""RFC 5737, 3849 and 9637."""
_INVENTED_NUMBER = re.compile(
    # No other digits before it: +49 30 555-0123 is somebody's.
    rf"(?<!\d)(?<!\d{_SEPARATOR})(?<!\d{_SEPARATOR}{_SEPARATOR})"
    rf"(?:\+?1{_SEPARATOR}*)?(?:\(?[2-9]\d\d\)?{_SEPARATOR}*)?555{_SEPARATOR}?01\d\d(?!\d)",
    re.ASCII,
)
"""555-0100 to 555-0199, with or without area and country: reserved for fiction in North America."""
_REACHABLE = re.compile(r"\S@\S|https?://\S|\bwww\.\w|\d(?:[ .()/-]{0,2}\d){6}", re.IGNORECASE)
"""An e-mail address, a web address, or a number of seven digits or more, as telephones and telefaxes have."""


def profile_gaps(profile: ReporterProfile, at: str = "") -> list[Finding]:
    """What keeps a profile from being used in production (P507); nothing if it is ready.

    A complete profile has a reporting person with an e-mail address, a contact person with an e-mail address or a
    telephone number, a company template, a service, and a `legal_url`, instead of which the company template may tell
    how to serve legal process: no program understands whether it does, so what counts is that it names an e-mail
    address, a web address or a telephone number. White space is no text.

    A placeholder is a text with `MARKER` in it, as ``cybertip init`` writes, or one with a domain, an IP address or
    network, or a telephone number that is reserved for documentation: example.com and the like, ``.example``,
    ``.test``, ``.invalid``, ``.localhost``; 192.0.2.0/24 and the like; 555-0100 to 555-0199 in North America.

    Args:
        profile: who files.
        at: where the profile stands, such as ``/profiles/default``; goes before the paths of all findings.

    Returns:
        One error for each gap: first what is missing, then the placeholders, in the order of the fields. Paths are JSON
        pointers into the profile (``/contact_person/emails/0/address``). Values are never quoted.
    """
    missing = (error("P507", at + path, message, cure) for path, message, cure in _missing(profile))
    left = (
        error("P507", at + path, f"the value is no real one: it {reason}", "Replace it by the provider's own.")
        for path, reason in _placeholders(profile, "")
    )
    return [*missing, *left]


def _missing(profile: ReporterProfile) -> Iterator[tuple[str, str, str]]:
    if not _has_email(profile.reporting_person):
        yield "/reporting_person/emails", "the reporting person has no e-mail address", "Add a mailbox of the team."
    contact = profile.contact_person
    if contact is None:
        yield "/contact_person", "there is no contact person for law enforcement", "Add whom investigators should ask."
    elif not (_has_email(contact) or any(_is_said(phone.number) for phone in contact.phones)):
        cure = "Add a mailbox of the team or a number that is answered."
        yield "/contact_person", "the contact person has neither an e-mail address nor a telephone number", cure
    if not _is_said(profile.company_template):
        cure = "Say how to serve legal process, how long data are kept, and whom to call in an emergency."
        yield "/company_template", "there is no company template", cure
    if not _is_said(profile.legal_url) and not _REACHABLE.search(profile.company_template or ""):
        cure = "Give the page, or an address or a number for it in company_template."
        yield "/legal_url", "nothing tells where to serve legal process", cure
    if not _is_said(profile.service):
        yield "/service", "no service is named", "Name the product that accounts belong to."


def _has_email(person: Person | ContactPerson) -> bool:
    return any(_is_said(email.address) for email in person.emails)


def _is_said(text: str | None) -> bool:
    return bool(text and text.strip())


def _placeholders(value: object, path: str) -> Iterator[tuple[str, str]]:
    """The paths of all placeholders in a value, each with the reason."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            abroad = isinstance(value, Phone) and name == "number" and value.country_calling_code not in (None, "+1")
            if not abroad or MARKER in inner:
                yield from _placeholders(inner, f"{path}/{name}")
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _placeholders(inner, f"{path}/{index}")
    elif isinstance(value, str) and not isinstance(value, Enum):
        reason = _reason(value)
        if reason:
            yield path, reason


def _reason(text: str) -> str | None:
    if MARKER in text:
        return f"still has the mark '{MARKER}'"
    if _RESERVED_DOMAIN.search(text):
        return "has a domain that is reserved for examples"
    if any(_is_documentation(found.group()) for pattern in (_IPV4, _IPV6) for found in pattern.finditer(text)):
        return "has an IP address or network that is reserved for documentation"
    if _INVENTED_NUMBER.search(text):
        return "has a telephone number that is reserved for fiction"
    return None


def _is_documentation(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return any(
        network.version == reserved.version
        and network.network_address in reserved
        and network.broadcast_address in reserved
        for reserved in _DOCUMENTATION
    )
