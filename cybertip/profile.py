"""The reporter profile: who files, and by which policy. One provider may have several, one per brand or credential.

No secret ever stands in it: credentials come from the environment.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from cybertip.findings import Finding, RecordError, error
from cybertip.models import ContactPerson, Person
from cybertip.models._base import Veiled
from cybertip.models._types import Many, XmlString
from cybertip.refusals import pointed


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
    """The numbers that advice (Q) compares with: ages, lengths, rates. None of them stops a filing."""

    clock_skew: Annotated[int, Field(strict=True, ge=0, le=3600)] = 120
    """How far ahead a time may be and still pass as past, in seconds: clocks differ. It only delays the filing.
    Default 120, at most 3600."""
    escalation_length: Annotated[int, Field(strict=True, ge=0, le=3000)] = 40
    """A reason for escalation that is shorter, in UTF-16 code units, is hardly a concrete one (Q614). Default 40, at
    most 3000 (API section: ``incidentSummary``)."""
    escalation_repeats: Annotated[int, Field(strict=True, ge=1)] = 5
    """A reason for escalation that this many earlier filings had word for word is boilerplate (Q614). Default 5."""
    incident_distance: Annotated[int, Field(strict=True, ge=0)] = 30
    """How far an incident may be from the nearest upload, in days (Q609). Default 30."""
    filing_age: Annotated[int, Field(strict=True, ge=0)] = 24
    """How long after its confirmation a report may be filed, in hours (Q626). Default 24."""
    upload_rate: Annotated[int, Field(strict=True, ge=1)] = 1_000_000
    """How fast files can be sent, in bytes per second (Q627). Default 1,000,000."""


class Policy(Veiled):
    """What the provider itself demands before a report leaves (P). What it only wants to be told is in `Thresholds`."""

    reviewers: Annotated[int, Field(strict=True, ge=1, le=5)] = 1
    """How many different people must have confirmed a decision (P502): a whole number from 1 to 5, 2 for four eyes.
    Default 1."""


class ReporterProfile(Veiled):
    """Who files, the standing texts of every report, and the provider's policy."""

    reporting_person: Person
    """The person or role that files: a table. Mandatory; the API demands an e-mail address in it (S209; API section:
    ``reporter``)."""
    contact_person: ContactPerson | None = None
    """Whom law enforcement should ask: a table. Default: nobody (API section: ``contactPerson``)."""
    company_template: XmlString | None = None
    """The provider's standing text: how to serve legal process, how long data are kept, the emergency telephone.
    Default: none (API section: ``reporter``)."""
    terms_of_service: XmlString | None = None
    """The terms that were broken, as text. Default: none (API section: ``reporter``)."""
    legal_url: XmlString | None = None
    """The page that tells how to serve legal process: a URL. Default: none (S205; API section: ``reporter``)."""
    service: XmlString | None = None
    """The provider's product that accounts belong to where a record does not say: a name of up to 100 characters.
    Default: none (S211; API section: ``personOrUserReported``)."""
    services: Many[XmlString] = ()
    """The provider's further products where there are several: names of up to 100 characters; `service` need not be
    repeated. Default: none (S211; API section: ``personOrUserReported``)."""
    own_networks: Many[Network] = ()
    """The provider's own networks in CIDR notation: an address in one of them locates nobody (Q606). Default: none."""
    agreements: Many[Agreement] = ()
    """What the provider has agreed with NCMEC: ``hash sharing``, or nothing. Default: nothing (Q618; API section:
    ``fileDetails``)."""
    policy: Policy = Policy()
    """What the provider demands before a report leaves: a table. Default: one reviewer."""
    thresholds: Thresholds = Thresholds()
    """The numbers that advice compares with: a table. Default: those of `Thresholds`."""

    @property
    def service_names(self) -> tuple[str, ...]:
        """All the provider's products, the default one first, each once."""
        return tuple(dict.fromkeys(filter(None, (self.service, *self.services))))


def make_profile(content: Any) -> ReporterProfile:
    """Check plain data, such as a table of a TOML file.

    Raises:
        RecordError: with findings that name their places by JSON pointers. For an unknown key the cure is the nearest
            known one.
    """
    try:
        return ReporterProfile.model_validate(content)
    except ValidationError as problem:
        items = problem.errors(include_url=False, include_input=False)
        pairs = zip(items, pointed(problem), strict=True)
        raise RecordError(
            [_unknown(item["loc"], found) if item["type"] == "extra_forbidden" else found for item, found in pairs]
        ) from None


_SECRETS = {
    "username": "CYBERTIP_USERNAME",
    "user": "CYBERTIP_USERNAME",
    "password": "CYBERTIP_PASSWORD or CYBERTIP_PASSWORD_FILE",
    "password_file": "CYBERTIP_PASSWORD_FILE",
}
"""Keys that somebody may expect here, and the variables that hold such things."""


def _unknown(place: tuple[int | str, ...], found: Finding) -> Finding:
    name = str(place[-1])
    known = _known(place[:-1])
    near = difflib.get_close_matches(name.lower().replace("-", "_"), known, 1, 0.5)
    if name in _SECRETS:
        cure = f"No secret belongs into this file: set {_SECRETS[name]} in the environment, and remove the key."
    elif near:
        cure = f"Did you mean '{near[0]}'?"
    else:
        cure = f"Remove it; known are: {', '.join(known)}."
    return error(found.code, found.path, f"there is no key '{name[:60]}'", cure)


def _known(place: Iterable[int | str]) -> list[str]:
    """The names of the fields at a place of the profile."""
    model: type[BaseModel] = ReporterProfile
    for step in place:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation speaks of, such as the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
