"""S rules on the report as a whole, on incidents and on file details."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.models import (
    AssociatedAccount,
    ChatImIncident,
    Email,
    FileDetails,
    FileRelevance,
    Hash,
    IncidentSummary,
    IntendedRecipient,
    LawEnforcement,
    NameValue,
    NewsgroupIncident,
    NonInternetIncident,
    OnlineGamingIncident,
    Peer2PeerIncident,
    PersonOrUserReported,
    Report,
    Reporter,
    ServedLegalProcess,
    Victim,
    WebPageIncident,
    Wire,
)
from cybertip.rules._case import Case
from cybertip.rules._documented_people import _MOVE, _TIME
from cybertip.rules._helpers import blank, longer, name_of, no_country, not_past
from cybertip.rules._registry import Outcome, Problem, rule
from cybertip.rules._values import is_blank, units, url_problem


@rule(
    "S201",
    IncidentSummary,
    title="The platform has at most 256 characters",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="incidentSummary",
)
def platform_length(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    yield from longer(part, platform=256)


@rule(
    "S202",
    IncidentSummary,
    title="A reason for escalation is not blank, and has at most 3000 characters",
    reason="The element itself escalates the report; without a reason it is refused.",
    cure="State why a child is in immediate danger, or leave the element out.",
    section="incidentSummary",
    wrong="<escalateToHighPriority></escalateToHighPriority>",
    right="<escalateToHighPriority>A meeting is planned for tomorrow; see the chat.</escalateToHighPriority>",
)
def escalation_text(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    yield from blank(part, "escalate_to_high_priority")
    yield from longer(part, escalate_to_high_priority=3000)


@rule(
    "S203",
    IncidentSummary,
    title="The incident is in the past",
    reason="The server has been seen to refuse incidents in the future.",
    cure=_TIME,
    section="incidentSummary",
    wrong="<incidentDateTime>2999-01-31T08:00:00Z</incidentDateTime>",
    right="<incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime>",
)
def incident_time(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "incident_date_time")


@rule(
    "S204",
    IncidentSummary,
    title="What the incident's time means is said in at most 3000 characters",
    reason="The server refuses longer texts.",
    cure=_MOVE,
    section="incidentSummary",
)
def incident_time_meaning(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    yield from longer(part, incident_date_time_description=3000)


_URLS: dict[type[Wire], tuple[str, ...]] = {
    WebPageIncident: ("urls",),
    PersonOrUserReported: ("profile_urls",),
    IntendedRecipient: ("profile_urls",),
    Victim: ("profile_urls",),
    AssociatedAccount: ("profile_urls",),
    Reporter: ("legal_url",),
    FileDetails: ("location_of_file",),
}


@rule(
    "S205",
    *_URLS,
    title="A URL has a scheme, a host where it is http or https, at most 2083 characters, no white space",
    reason="The server has been seen to refuse white space and control characters in URLs.",
    cure="Write the whole address, such as https://example.com/page, with %20 for a space. What is no URL belongs into"
    " <additionalInfo>.",
    section="webPageIncident, personOrUserReported, reporter, fileDetails",
    wrong="<url>www.example.com/page</url>",
    right="<url>https://www.example.com/page</url>",
)
def urls(part: Wire, case: Case) -> Iterator[Outcome]:
    for field in _URLS[type(part)]:
        value = getattr(part, field)
        several = isinstance(value, tuple)
        for index, text in enumerate(value if several else (value,)):
            if text is None:
                continue
            at = (field, index) if several else (field,)
            if units(text) > 2083:
                yield Problem(f"{name_of(part, field)} has {units(text)} characters; at most 2083 are accepted", at)
            elif problem := url_problem(text):
                yield Problem(f"{name_of(part, field)} {problem}", at)


def _same_mailbox(email: Email) -> str:
    """What two spellings of one address share: the case of domains carries no meaning."""
    local, _, domain = email.address.rpartition("@")
    return f"{local}@{domain.lower()}"


@rule(
    "S206",
    Report,
    title="An e-mail address of an incident is also one of the suspect, a recipient or a victim",
    reason="The server wants to know whose it is.",
    cure="Add it to the person whose address it is, spelled alike.",
    section="emailIncident, newsgroupIncident",
    wrong="<emailIncident><emailAddress>user@example.com</emailAddress></emailIncident>",
)
def incident_emails(part: Report, case: Case) -> Iterator[Outcome]:
    people = [item.person for item in part.persons_or_users_reported]
    people += [item.person for item in part.intended_recipients]
    people += [item.person for item in part.victims]
    known = {_same_mailbox(email) for person in people if person is not None for email in person.emails}
    for index, details in enumerate(part.internet_details):
        for kind in ("email_incident", "newsgroup_incident"):
            incident = getattr(details, kind)
            for number, email in enumerate(incident.email_addresses if incident is not None else ()):
                if _same_mailbox(email) not in known:
                    yield Problem(
                        "the address belongs to nobody: neither the suspect nor a recipient or victim has it",
                        ("internet_details", index, kind, "email_addresses", number),
                    )


_NAMES: dict[type[Wire], tuple[str, ...]] = {
    NewsgroupIncident: ("name",),
    ChatImIncident: ("chat_client", "chat_room_name"),
    OnlineGamingIncident: ("game_name", "console"),
    NonInternetIncident: ("location_name",),
    Peer2PeerIncident: ("client",),
}


@rule(
    "S207",
    *_NAMES,
    title="The names in an incident have at most 255 characters",
    reason="It holds for newsgroup, chat program and room, game and console, place, and peer-to-peer program.",
    cure=_MOVE,
    section="internetDetails",
)
def incident_names(part: Wire, case: Case) -> Iterator[Outcome]:
    yield from longer(part, **dict.fromkeys(_NAMES[type(part)], 255))


@rule(
    "S208",
    LawEnforcement,
    ServedLegalProcess,
    title="An authority has at most 255 characters, its case number 100, and a real country",
    reason="The schema's list of countries also holds an empty value and codes that are no country.",
    cure="Shorten the text; use the two-letter code of ISO 3166-1.",
    section="lawEnforcement",
    wrong='<servedLegalProcessInternational fleaCountry="EU">',
    right='<servedLegalProcessInternational fleaCountry="DE">',
)
def authority(part: LawEnforcement | ServedLegalProcess, case: Case) -> Iterator[Outcome]:
    if isinstance(part, LawEnforcement):
        yield from longer(part, agency_name=255, case_number=100)
    else:
        yield from no_country(part, "flea_country")


@rule(
    "S209",
    Reporter,
    title="The reporting person has an e-mail address",
    reason="The documentation demands it; the schema does not.",
    cure="Add one to the reporter profile: a mailbox of the team is best.",
    section="reporter",
    wrong="<reportingPerson/>",
    right="<reportingPerson><email>reports@example.com</email></reportingPerson>",
)
def reporter_email(part: Reporter, case: Case) -> Iterator[Outcome]:
    if not part.reporting_person.emails:
        yield Problem("<reportingPerson> has no <email>", ("reporting_person",))


@rule(
    "S210",
    Report,
    title="A report has at most one suspect, unless it is batched",
    reason="The schema allows several, the server only in a batched report.",
    cure="File one report for each, naming the others in <additionalInfo>.",
    section="report",
)
def one_suspect(part: Report, case: Case) -> Iterator[Outcome]:
    if part.batched_report is None and len(part.persons_or_users_reported) > 1:
        yield Problem(
            "a second <personOrUserReported> in a report that is not batched", ("persons_or_users_reported", 1)
        )


# --- file details ------------------------------------------------------------------------------------------------


@rule(
    "S301",
    FileDetails,
    title="File details name their report by a positive id, and their file by an id that is not blank",
    reason="Both are what the server assigned in answer to /submit and /upload, and belong to the same report.",
    cure="Use the ids from the answers.",
    section="fileDetails",
    wrong="<reportId>0</reportId>",
    right="<reportId>4100000001</reportId>",
)
def file_ids(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if part.report_id <= 0:
        yield Problem("<reportId> is not positive", ("report_id",))
    elif case.report_id is not None and part.report_id != case.report_id:
        yield Problem("<reportId> is not the report being filed", ("report_id",))
    if is_blank(part.file_id):
        yield Problem("<fileId> is blank", ("file_id",))
    elif case.file_ids is not None and part.file_id not in case.file_ids:
        yield Problem("<fileId> is no file of the report being filed", ("file_id",))


@rule(
    "S302",
    FileDetails,
    title="An original file name has at most 2056 characters",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="fileDetails",
)
def file_name_length(part: FileDetails, case: Case) -> Iterator[Outcome]:
    yield from longer(part, original_file_name=2056)


@rule(
    "S303",
    FileDetails,
    title="The time of upload is in the past",
    reason="It tells when the user uploaded the file to the provider.",
    cure=_TIME,
    section="fileDetails",
    wrong="<uploadedToEspTimestamp>2999-01-31T08:00:00Z</uploadedToEspTimestamp>",
    right="<uploadedToEspTimestamp>2026-01-31T08:00:00Z</uploadedToEspTimestamp>",
)
def upload_time(part: FileDetails, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "uploaded_to_esp_timestamp")


@rule(
    "S304",
    FileDetails,
    title="Who viewed the metadata viewed the file",
    reason="The server accepts exifViewedByEsp=true only together with fileViewedByEsp=true.",
    cure="State what the review record says; if only the metadata were viewed, say so in <additionalInfo>.",
    section="fileDetails",
    wrong="<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>",
    right="<fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>",
)
def exif_viewed(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if part.exif_viewed_by_esp and not part.file_viewed_by_esp:
        yield Problem("<exifViewedByEsp> is true, but <fileViewedByEsp> is not", ("exif_viewed_by_esp",))


@rule(
    "S305",
    FileDetails,
    title="A supplemental file is not annotated as a potential meme",
    reason="The annotation is for what is reported, not for its context. The old direct form counts as well.",
    cure="Remove the annotation, or make the file's relevance Reported.",
    section="fileDetails",
    wrong="<fileRelevance>Supplemental Reported</fileRelevance><potentialMeme>true</potentialMeme>",
    right="<fileRelevance>Reported</fileRelevance><potentialMeme>true</potentialMeme>",
)
def supplemental_meme(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if part.file_relevance is not FileRelevance.SUPPLEMENTAL:
        return
    if part.potential_meme:
        yield Problem("a supplemental file is called a potential meme", ("potential_meme",))
    if part.file_annotations is not None and part.file_annotations.potential_meme:
        yield Problem("a supplemental file is called a potential meme", ("file_annotations", "potential_meme"))


@rule(
    "S306",
    FileDetails,
    title="A supplemental file has no industry classification",
    reason="The classification is for what is reported, not for its context.",
    cure="Remove the classification, or make the file's relevance Reported.",
    section="fileDetails",
    wrong="<fileRelevance>Supplemental Reported</fileRelevance><industryClassification>A1</industryClassification>",
    right="<fileRelevance>Reported</fileRelevance><industryClassification>A1</industryClassification>",
)
def supplemental_classification(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if part.file_relevance is FileRelevance.SUPPLEMENTAL and part.industry_classification is not None:
        yield Problem("a supplemental file has an industry classification", ("industry_classification",))


@rule(
    "S307",
    Hash,
    title="The kind of a hash has at most 64 characters",
    reason="The server refuses longer ones.",
    cure="Name the algorithm alone, such as SHA1.",
    section="originalFileHash",
)
def hash_type_length(part: Hash, case: Case) -> Iterator[Outcome]:
    yield from longer(part, hash_type=64)


@rule(
    "S308",
    NameValue,
    title="The name of an item of metadata has at most 64 characters",
    reason="The server refuses longer ones.",
    cure="Shorten the name, and repeat it in full in the value.",
    section="details",
)
def metadata_name_length(part: NameValue, case: Case) -> Iterator[Outcome]:
    yield from longer(part, name=64)
