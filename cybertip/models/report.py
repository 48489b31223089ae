"""The report: what opens a submission."""

from __future__ import annotations

from typing import Annotated, ClassVar

from cybertip.models._base import ATTRIBUTE, TEXT, Flag, Wire, Xml
from cybertip.models._types import Many, XmlBoolean, XmlDateTime, XmlString
from cybertip.models.accounts import IntendedRecipient, PersonOrUserReported, Victim
from cybertip.models.incidents import InternetDetails
from cybertip.models.people import ContactPerson, Person
from cybertip.models.places import Country
from cybertip.models.vocabulary import BatchedReportReason, IncidentType


class BatchedReport(Wire):
    """Marks a report that groups many reported users around one viral file (API section: ``batchedReport``).

    Such a report may hold very little else; the B rules list what.
    """

    reason: Annotated[BatchedReportReason, ATTRIBUTE]
    """Why they are grouped."""


class ReportAnnotations(Wire):
    """Tags on the whole report (API section: ``reportAnnotations``)."""

    any_order: ClassVar[bool] = True

    sextortion: Flag = False
    """A child is blackmailed with intimate material."""
    csam_solicitation: Flag = False
    """Someone asks for child sexual abuse material."""
    minor_to_minor_interaction: Flag = False
    """All involved seem to be minors."""
    spam: Flag = False
    """The material seems to be spread as spam."""
    sadistic_online_exploitation: Flag = False
    """Cruelty for its own sake, as groups that coerce children practise it."""
    informational: Flag = False
    """The provider thinks that there is little to investigate. An addition made after the schema of 2025-06."""
    potential_aggravating_factors: Flag = False
    """Something seems to make the case graver. An addition made after the schema of 2025-06."""
    instrumental_use: Flag = False
    """The material seems to serve another purpose. An addition made after the schema of 2025-06."""


class IncidentSummary(Wire):
    """What happened and when (API section: ``incidentSummary``)."""

    incident_type: IncidentType
    """The kind of incident."""
    platform: XmlString | None = None
    """The application on which it happened, by its full name. Documented limit: 256 characters (S201)."""
    escalate_to_high_priority: XmlString | None = None
    """Why the report cannot wait: a child is in immediate danger. Any text escalates the report, so leave it out
    otherwise. Not blank, at most 3000 characters (S202)."""
    report_annotations: ReportAnnotations | None = None
    """Tags on the whole report."""
    incident_date_time: XmlDateTime
    """When it happened; in the past (S203)."""
    incident_date_time_description: XmlString | None = None
    """What ``incident_date_time`` is the time of. Documented limit: 3000 characters (S204)."""


class ServedLegalProcess(Wire):
    """Whether legal process from abroad was served (``servedLegalProcessInternational``)."""

    served: Annotated[XmlBoolean, TEXT]
    """Whether it was served."""
    flea_country: Annotated[Country | None, ATTRIBUTE] = None
    """The country of the foreign law enforcement agency (S208). The documentation places it on ``lawEnforcement``;
    the schema, which decides, places it here."""


class LawEnforcement(Wire):
    """The authority that already knows of the case, or that asked for the report (API section: ``lawEnforcement``)."""

    agency_name: XmlString
    """The authority. Documented limit: 255 characters (S208)."""
    case_number: XmlString | None = None
    """Its case number. Documented limit: 100 characters (S208)."""
    officer_contact: ContactPerson | None = None
    """Its officer."""
    reported_to_le: XmlBoolean | None = None
    """Whether the provider has told the authority."""
    served_legal_process_domestic: XmlBoolean | None = None
    """Whether an authority of the United States has served legal process."""
    served_legal_process_international: ServedLegalProcess | None = None
    """Whether an authority elsewhere has."""


class Reporter(Wire):
    """Who files (API section: ``reporter``)."""

    reporting_person: Person
    """The person or role that files; the documentation demands an e-mail address (S209)."""
    contact_person: ContactPerson | None = None
    """Whom law enforcement should ask."""
    company_template: XmlString | None = None
    """The provider's standing text: how to serve legal process, how long data are kept, the emergency telephone."""
    terms_of_service: XmlString | None = None
    """The terms that were broken."""
    legal_url: Annotated[XmlString | None, Xml("legalURL")] = None
    """The page that tells how to serve legal process (S205)."""


class Report(Wire):
    """The document that opens a submission (API section: ``report``)."""

    batched_report: BatchedReport | None = None
    """Marks a batched report."""
    incident_summary: IncidentSummary
    """What happened and when."""
    internet_details: Many[InternetDetails] = ()
    """Where and how it happened."""
    law_enforcement: LawEnforcement | None = None
    """The authority that already knows."""
    reporter: Reporter
    """Who files."""
    persons_or_users_reported: Annotated[Many[PersonOrUserReported], Xml("personOrUserReported")] = ()
    """The suspect; several only in a batched report (S210)."""
    intended_recipients: Annotated[Many[IntendedRecipient], Xml("intendedRecipient")] = ()
    """Who was meant to receive it."""
    victims: Annotated[Many[Victim], Xml("victim")] = ()
    """The children."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""
