"""The report and the details of its files."""

from __future__ import annotations

from collections.abc import Sequence

from cybertip.builder._accounts import is_placed, recipient, suspect, victim
from cybertip.builder._package import History
from cybertip.builder._words import action_taken, detected, follow_up, how_much_was_read, signs_of_danger, texts
from cybertip.models import (
    ChatImIncident,
    FileDetails,
    FileRelevance,
    IncidentSummary,
    InternetDetails,
    Report,
    Reporter,
)
from cybertip.profile import ReporterProfile
from cybertip.review import Chat, Evidence, ReviewRecord, Viewed
from cybertip.transcript import Transcript


def reporter(profile: ReporterProfile) -> Reporter:
    """Who files, as every report says it."""
    return Reporter(
        reporting_person=profile.reporting_person,
        contact_person=profile.contact_person,
        company_template=profile.company_template,
        terms_of_service=profile.terms_of_service,
        legal_url=profile.legal_url,
    )


def report_of(
    record: ReviewRecord, profile: ReporterProfile, transcripts: Sequence[Transcript], history: History
) -> Report:
    incident = record.incident
    return Report(
        incident_summary=IncidentSummary(
            incident_type=incident.type,
            platform=incident.platform,
            escalate_to_high_priority=record.urgent.reason if record.urgent else None,
            report_annotations=incident.annotations,
            incident_date_time=incident.occurred_at,
            incident_date_time_description=incident.time_meaning,
        ),
        internet_details=[
            *incident.details,
            *(_chat(chat, told) for chat, told in zip(incident.chats, transcripts, strict=True)),
        ],
        law_enforcement=record.law_enforcement,
        reporter=reporter(profile),
        persons_or_users_reported=[suspect(record, item, profile, history) for item in record.suspects],
        intended_recipients=[recipient(record, item, profile, history) for item in record.recipients],
        victims=[victim(record, item, profile, history) for item in record.victims],
        additional_info="\n".join(
            texts(
                # The only handle when one must ask NCMEC about a report whose number was lost.
                f"Provider's reference: {record.id}",
                follow_up(record.follow_up),
                detected(record.detection),
                signs_of_danger(record),
                *(action_taken(item) for item in record.actions if not is_placed(record, item)),
                incident.notes,
                record.notes,
            )
        ),
    )


def _chat(chat: Chat, told: Transcript) -> InternetDetails:
    return InternetDetails(
        chat_im_incident=ChatImIncident(
            chat_client=chat.client,
            chat_room_name=chat.room,
            content=told.content,
            additional_info="\n".join(texts(chat.notes, how_much_was_read(chat))),
        )
    )


def details_of(item: Evidence, *, named: bool = False) -> FileDetails:
    fully = item.viewed is Viewed.FULL
    return FileDetails(
        # Stand-ins that are valid, so that everything else can be checked before the server has named anything.
        report_id=1,
        file_id="0" * 32,
        original_file_name=item.original_name,
        uploaded_to_esp_timestamp=item.uploaded_at,
        location_of_file=item.source_url,
        # Both are always stated, and never more than was viewed: the API accepts a viewed EXIF only of a file that was
        # viewed entirely (S304), so the weaker truth goes into the text below.
        file_viewed_by_esp=fully,
        exif_viewed_by_esp=fully and item.exif_viewed,
        publicly_available=item.publicly_available,
        file_relevance=item.relevance,
        file_annotations=item.annotations,
        industry_classification=item.classification,
        original_file_hashes=item.hashes,
        ip_capture_event=item.ip_event,
        device_ids=item.devices,
        details=item.metadata,
        additional_info=texts(
            item.notes,
            f"The texts of this report call this file {item.id}." if named else None,
            f"Labels: {'; '.join(item.labels)}" if item.labels else None,
            "A person viewed this file in part only, or a smaller or blurred form of it."
            if item.viewed is Viewed.PARTIAL
            else None,
            "A person viewed the EXIF data of this file." if item.exif_viewed and not fully else None,
        ),
    )


def made_of(record: ReviewRecord, transcripts: Sequence[Transcript]) -> dict[str, str]:
    """The chat that each made file comes from, as a JSON pointer, by the file's document."""
    chats = [index for index, told in enumerate(transcripts) for _ in told.files]
    return {f"files[{len(record.evidence) + number}]": f"/incident/chats/{chat}" for number, chat in enumerate(chats)}


def details_of_transcript(chat: Chat, name: str) -> FileDetails:
    return FileDetails(
        report_id=1,
        file_id="0" * 32,
        original_file_name=name,
        # Nobody looked at this very file; it was made of what a person may have read elsewhere, which the text says.
        file_viewed_by_esp=False,
        exif_viewed_by_esp=False,
        file_relevance=FileRelevance.SUPPLEMENTAL,
        additional_info=[f"The provider made this file of a conversation. {how_much_was_read(chat)}"],
    )
