"""The reporter profile: who files. One provider may have several, one per brand or credential."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from cybertip.findings import RecordError
from cybertip.intake import pointed
from cybertip.models import ContactPerson, Person
from cybertip.models._base import Veiled
from cybertip.models._types import Many, XmlString


class Agreement(StrEnum):
    """What a provider has agreed with NCMEC."""

    HASH_SHARING = "hash sharing"
    """Digests of classified files may be shared with other providers."""


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise ValueError("must be a network such as 198.51.100.0/24 or 2001:db8::/32") from None


Network = Annotated[XmlString, AfterValidator(_network)]


class Thresholds(Veiled):
    """The numbers that checks compare with."""

    clock_skew: Annotated[int, Field(strict=True, ge=0, le=3600)] = 120
    """How far ahead a time may be and still pass as past, in seconds: clocks differ. It only delays the filing."""
    escalation_length: Annotated[int, Field(strict=True, ge=0, le=3000)] = 40
    """A reason for escalation that is shorter, in UTF-16 code units, is hardly a concrete one (Q614)."""
    escalation_repeats: Annotated[int, Field(strict=True, ge=1)] = 5
    """A reason for escalation that this many earlier filings had word for word is boilerplate (Q614)."""
    incident_distance: Annotated[int, Field(strict=True, ge=0)] = 30
    """How far an incident may be from the nearest upload, in days (Q609)."""
    filing_age: Annotated[int, Field(strict=True, ge=0)] = 24
    """How long after its confirmation a report may be filed, in hours (Q626)."""
    upload_rate: Annotated[int, Field(strict=True, ge=1)] = 1_000_000
    """How fast files can be sent, in bytes per second (Q627)."""


class ReporterProfile(Veiled):
    """Who files, and the standing texts of every report."""

    reporting_person: Person
    """The person or role that files; the API demands an e-mail address (S209)."""
    contact_person: ContactPerson | None = None
    """Whom law enforcement should ask."""
    company_template: XmlString | None = None
    """The provider's standing text: how to serve legal process, how long data are kept, the emergency telephone."""
    terms_of_service: XmlString | None = None
    """The terms that were broken."""
    legal_url: XmlString | None = None
    """The page that tells how to serve legal process."""
    service: XmlString | None = None
    """The provider's product that accounts belong to where a record does not say."""
    own_networks: Many[Network] = ()
    """The provider's own networks in CIDR notation: an address in one of them locates nobody (Q606)."""
    agreements: Many[Agreement] = ()
    """What the provider has agreed with NCMEC."""
    thresholds: Thresholds = Thresholds()
    """The numbers that checks compare with."""


def make_profile(content: Any) -> ReporterProfile:
    """Check plain data, such as a table of a TOML file.

    Raises:
        RecordError: with findings that name their places by JSON pointers.
    """
    try:
        return ReporterProfile.model_validate(content)
    except ValidationError as problem:
        raise RecordError(pointed(problem)) from None
