"""The reporter profile: who files. One provider may have several, one per brand or credential."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from cybertip.findings import RecordError
from cybertip.intake import pointed
from cybertip.models import ContactPerson, Person
from cybertip.models._base import Veiled
from cybertip.models._types import XmlString


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


def make_profile(content: Any) -> ReporterProfile:
    """Check plain data, such as a table of a TOML file.

    Raises:
        RecordError: with findings that name their places by JSON pointers.
    """
    try:
        return ReporterProfile.model_validate(content)
    except ValidationError as problem:
        raise RecordError(pointed(problem)) from None
