"""Q rules on what happened, and on texts: times, content, free text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from cybertip.models import FileDetails, FileRelevance, IncidentSummary, IncidentType, IpCaptureType, Report
from cybertip.review import ReviewRecord
from cybertip.rules._case import Case
from cybertip.rules._quality import advice, has_content, own_texts, without_positions
from cybertip.rules._registry import Outcome, Problem
from cybertip.rules._values import is_blank

_TIME = ("incident_summary", "incident_date_time")


@advice(
    "Q608",
    IncidentSummary,
    title="The report says what its incident time is the time of",
    reason="Upload, message, detection: the same field means all of them across providers.",
    cure="Add <incidentDateTimeDescription>, such as: Upload of the reported file.",
)
def time_unexplained(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    if is_blank(part.incident_date_time_description):
        yield Problem("nothing says what <incidentDateTime> is the time of", ("incident_date_time",))


@advice(
    "Q609",
    Report,
    title="The incident time is that of the incident",
    reason="Not of its detection, of the decision or of the filing, and not far from every upload.",
    cure="Give the time at which the user acted.",
)
def time_of_something_else(part: Report, case: Case) -> Iterator[Outcome]:
    incident = part.incident_summary.incident_date_time
    if case.record is not None:
        detection, decision = case.record.detection, case.record.decision
        if detection is not None and incident in (detection.detected_at, detection.notified_at):
            yield Problem("the incident time is the time of detection", _TIME)
        if incident == decision.decided_at:
            yield Problem("the incident time is the time of the decision", _TIME)
    if abs(incident - case.now) <= timedelta(seconds=case.thresholds.clock_skew):
        yield Problem("the incident time is the time of filing", _TIME)
    events = [event for suspect in part.persons_or_users_reported for event in suspect.ip_capture_events]
    events += [details.ip_capture_event for details in case.files if details.ip_capture_event is not None]
    uploads = [event.date_time for event in events if event.event_name is IpCaptureType.UPLOAD]
    uploads += [details.uploaded_to_esp_timestamp for details in case.files]
    known = [time for time in uploads if time is not None]
    most = timedelta(days=case.thresholds.incident_distance)
    if known and all(abs(incident - time) > most for time in known):
        yield Problem(f"the incident time is more than {most.days} days from every upload", _TIME)


@advice(
    "Q610",
    Report,
    title="The report has a file, or the content of a chat or message",
    reason="A hash or an address alone shows nothing of what happened.",
    cure="Upload the file, or give the messages as <content>. If files will be uploaded, check their details as well.",
)
def nothing_shown(part: Report, case: Case) -> Iterator[Outcome]:
    if not case.file_count and not has_content(part):
        yield Problem("there is neither a file nor the content of a chat or message")


_CONVERSATIONAL = {IncidentType.ONLINE_ENTICEMENT, IncidentType.CHILD_SEX_TRAFFICKING}


@advice(
    "Q611",
    Report,
    title="Enticement and trafficking come with content, and with a victim or recipient",
    reason="What was said, and to whom, is the case.",
    cure="Give the messages as <content> or as a file, and the other side as <victim> or <intendedRecipient>.",
)
def one_sided(part: Report, case: Case) -> Iterator[Outcome]:
    if part.incident_summary.incident_type not in _CONVERSATIONAL:
        return
    if not case.file_count and not has_content(part):
        yield Problem("the incident consists of communication, and no content is given")
    if not part.victims and not part.intended_recipients:
        yield Problem("neither a victim nor a recipient is named")


_MESSAGING = ("email_incident", "chat_im_incident", "online_gaming_incident", "cell_phone_incident")


@advice(
    "Q612",
    Report,
    title="Media from messages come with the surrounding messages",
    reason="The conversation tells who sent what to whom, and why.",
    cure="Upload the thread as a supplemental file.",
    info=True,
)
def without_thread(part: Report, case: Case) -> Iterator[Outcome]:
    if not case.files or any(item.file_relevance is FileRelevance.SUPPLEMENTAL for item in case.files):
        return
    for index, details in enumerate(part.internet_details):
        if any(getattr(details, kind) is not None for kind in _MESSAGING):
            yield Problem("no supplemental file holds the surrounding messages", ("internet_details", index))
            return


# --- free text ---------------------------------------------------------------------------------------------------

_LABEL = re.compile(r"[\w./:-]+(?:\s*[:=(,]?\s*(?:[01]?\.\d+|[01]|\d{1,3}(?:\.\d+)?\s?%)\)?)?")


@advice(
    "Q624",
    Report,
    title="Free texts say something, each in its place",
    reason="One text in several fields, or a classifier's label alone, tells investigators nothing.",
    cure="Say in your own words what was seen and why it is reported, once, in the field that it belongs to.",
    wrong="<additionalInfo>class_7: 0.98</additionalInfo>",
    right="<additionalInfo>…</additionalInfo>",
)
def empty_words(part: Report, case: Case) -> Iterator[Outcome]:
    seen: dict[str, str] = {}
    said: list[tuple[str, Problem]] = []
    documents: tuple[Report | FileDetails, ...] = (part, *case.files)
    for index, document in enumerate(documents):
        for path, text in own_texts(document):
            if is_blank(text):
                continue
            file = index - 1 if index else None
            said.append(
                (text, Problem("the only text that people wrote is a label or a single word", path=path, file=file))
            )
            kind = without_positions(path)
            if seen.setdefault(text.strip(), kind) != kind:
                yield Problem("this text stands word for word in another field", path=path, file=file)
    if case.record is not None:
        # The builder adds sentences of its own; what people said is in the record, and its place is where it went.
        own = [text.strip() for text in _said(case.record) if not is_blank(text)]
        said = [(text, problem) for text in own for built, problem in said if text in built]
    if said and all(_LABEL.fullmatch(text.strip()) for text, _ in said):
        yield said[0][1]


def _said(record: ReviewRecord) -> Iterator[str]:
    accounts = (*record.suspects, *record.recipients, *record.victims)
    notes = (record.notes, record.incident.notes, record.incident.time_meaning)
    if record.urgent is not None:
        yield record.urgent.reason
    for text in (*notes, *(item.notes for item in accounts), *(item.notes for item in record.evidence)):
        if text is not None:
            yield text


# --- what must not stand in free text ----------------------------------------------------------------------------

# A date is no telephone number.
_CONTACT = r"(?:[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\d-])(?!\d{4}-\d\d-\d\d)\+?\d[\d ()./-]{7,}\d)"
_WITNESS = (
    r"(?:complainant|reported by|flagged by|reporting user|reporter|whistle-?blower|reviewer|reviewed by|moderator)"
)
_WITNESS_CONTACT = re.compile(rf"\b{_WITNESS}\b.{{0,80}}?{_CONTACT}", re.IGNORECASE | re.DOTALL)
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bBearer [A-Za-z0-9._~+/-]{16,}"
    r"|\b(?:password|passwd|passcode|api[ _-]?key|secret|access[ _-]?token)\s*[:=]\s*\S{4,}",
    re.IGNORECASE,
)


@advice(
    "Q625",
    Report,
    FileDetails,
    title="Free text holds no complainant's or reviewer's contact, and no secret",
    reason="The report goes to police forces and may be read in court; whoever complained or reviewed is put at risk.",
    cure="Remove it. A contact for investigators belongs into <contactPerson>.",
    wrong="<additionalInfo>Reported by user@example.com</additionalInfo>",
    right="<additionalInfo>Reported by another user</additionalInfo>",
)
def delicate_words(part: Report | FileDetails, case: Case) -> Iterator[Outcome]:
    people = _reviewers(case.record)
    for path, text in own_texts(part):
        if _WITNESS_CONTACT.search(text):
            yield Problem("the text seems to hold the contact of a complainant or reviewer", path=path)
        elif any(name in text for name in people):
            yield Problem("the text names a reviewer", path=path)
        if _SECRET.search(text):
            yield Problem("the text seems to hold a password, key or token", path=path)


def _reviewers(record: ReviewRecord | None) -> set[str]:
    if record is None:
        return set()
    names = [record.decision.reviewer, *(item.reviewer for item in record.decision.approvals)]
    names += [item.viewed_by for item in record.evidence]
    return {name for name in names if name is not None and len(name.strip()) > 3}
