"""What a reporter profile still lacks before anything may be filed in production (P507).

Law enforcement calls the numbers and writes to the addresses that stand in every report. So three things are gaps: what
is missing, what nobody can reach because it is a placeholder or reserved for documentation, and what the server would
refuse, because then it refuses every report.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum

from pydantic import BaseModel

from cybertip.builder import reporter
from cybertip.findings import Finding, error
from cybertip.models import (
    ContactPerson,
    IncidentSummary,
    IncidentType,
    Person,
    PersonOrUserReported,
    Phone,
    Report,
    Reporter,
    Wire,
)
from cybertip.models._shape import shape_of
from cybertip.profile import ReporterProfile
from cybertip.rules import Case, check

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


_STEP = re.compile(r"/@?([A-Za-z0-9]+)(?:\[([0-9]+)])?")
_REPORTER = "/report/reporter"
_SERVICE = re.compile(r"/report/personOrUserReported\[([0-9]+)]/espService")


def profile_gaps(profile: ReporterProfile, at: str = "", *, now: datetime | None = None) -> list[Finding]:
    """What keeps a profile from being used in production (P507); nothing if it is ready.

    A complete profile has a reporting person with an e-mail address, a contact person with an e-mail address or a
    telephone number, a company template, a service, and a `legal_url`, instead of which the company template may tell
    how to serve legal process: no program understands whether it does, so what counts is that it names an e-mail
    address, a web address or a telephone number. White space is no text.

    A placeholder is a text with `MARKER` in it, as ``cybertip init`` writes, or one with a domain, an IP address or
    network, or a telephone number that is reserved for documentation: example.com and the like, ``.example``,
    ``.test``, ``.invalid``, ``.localhost``; 192.0.2.0/24 and the like; 555-0100 to 555-0199 in North America.

    What would be refused is what breaks a documented rule (S) in the part of a report that tells who files, or as the
    service of an account. A value that has another gap already is not told of twice.

    Args:
        profile: who files.
        at: where the profile stands, such as ``/profiles/default``; goes before the paths of all findings.
        now: the moment that *past* is measured by, aware; the clock's where None.

    Raises:
        ValueError: `now` has no UTC offset.

    Returns:
        One error for each gap: first what is missing, then the placeholders, then what would be refused, each in the
        order of the fields. Paths are JSON pointers into the profile (``/contact_person/emails/0/address``). Values are
        never quoted.
    """
    missing = list(_missing(profile))
    found = [error("P507", at + path, message, cure) for path, message, cure in missing]
    told = set()
    for path, reason in _placeholders(profile, ""):
        told.add(path)
        message = f"the value is no real one: it {reason}"
        found.append(error("P507", at + path, message, "Replace it by the provider's own."))
    for path, code, reason in _refused(profile, now or datetime.now(UTC)):
        if path not in told and not any(f"{path}/".startswith(f"{gap}/") for gap, _, _ in missing):
            cure = f"Correct it; `cybertip rules {code}` tells what is accepted."
            found.append(error("P507", at + path, f"the server would refuse it in every report: {reason}", cure))
    return found


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


def _refused(profile: ReporterProfile, now: datetime) -> Iterator[tuple[str, str, str]]:
    """The paths of what breaks a documented rule, each with the rule's code and what it says."""
    services = [("/service", profile.service), *((f"/services/{i}", name) for i, name in enumerate(profile.services))]
    # Nothing of the incident is the profile's, so whatever is true of any will do.
    summary = IncidentSummary(
        incident_type=next(iter(IncidentType)), incident_date_time=datetime(2000, 1, 1, tzinfo=UTC)
    )
    report = Report(
        incident_summary=summary,
        reporter=reporter(profile),
        persons_or_users_reported=[PersonOrUserReported(esp_service=name) for _, name in services],
    )
    for finding in check(Case(now=now, report=report, thresholds=profile.thresholds)).findings:
        # That there is an address at all (S209) is asked for above, more strictly.
        if not finding.code.startswith("S") or finding.code == "S209":
            continue
        if finding.path.startswith(f"{_REPORTER}/"):
            yield _pointer(finding.path.removeprefix(_REPORTER)), finding.code, finding.message
        elif service := _SERVICE.fullmatch(finding.path):
            yield services[int(service[1]) - 1][0], finding.code, finding.message


def _pointer(path: str) -> str:
    """The JSON pointer into the profile for a path below ``<reporter>``, whose parts it takes over as they are."""
    model: type[Wire] | None = Reporter
    pointer = ""
    for name, number in _STEP.findall(path):
        assert model is not None, path
        shape = shape_of(model)
        field = next(item for item in (*shape.attributes, *shape.children) if item.name == name)
        pointer += f"/{field.field}" + (f"/{int(number) - 1}" if number else "")
        model = field.model
    text = shape_of(model).text if model is not None else None
    return pointer if text is None else f"{pointer}/{text.field}"


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
