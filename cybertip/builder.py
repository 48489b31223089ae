"""Review record and reporter profile to report and file details. Pure and deterministic.

What the record says is carried over as it is; nothing is guessed, and what the wire cannot carry is moved
(`cybertip.repairs`). Only a confirmed decision passes (P501).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cybertip._version import __version__
from cybertip.findings import Finding, Findings, RecordError, error
from cybertip.gates import Override, Seen, gate
from cybertip.intake import SetAside
from cybertip.models import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    ChatImIncident,
    FileDetails,
    FileRelevance,
    IncidentSummary,
    IntendedRecipient,
    InternetDetails,
    Person,
    PersonOrUserReported,
    Report,
    Reporter,
    Victim,
)
from cybertip.models._types import write_datetime
from cybertip.profile import ReporterProfile
from cybertip.provenance import SourceMap, source_map
from cybertip.repairs import Repair, keep, repair
from cybertip.review import (
    Account,
    Action,
    ActionKind,
    Chat,
    Detection,
    Evidence,
    FollowUp,
    Recipient,
    ReviewRecord,
    Suspect,
    VictimAccount,
    Viewed,
)
from cybertip.schema import bundled_xsd
from cybertip.transcript import Transcript, transcript


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file to upload, and how to describe it once the server has named it.

    Attributes:
        evidence: the file, as the record has it; None for one that was made of the record, see `content`.
        described: its details, with stand-ins for the ids that the server assigns.
        content: the bytes of a file that was made of the record: the transcript of a long chat.
    """

    evidence: Evidence | None = field(repr=False)
    described: FileDetails = field(repr=False)
    content: bytes | None = field(default=None, repr=False)

    def file(self, folder: Path) -> Path | bytes:
        """What to upload: a path, relative ones below a folder, or the bytes themselves.

        Args:
            folder: the record's own.
        """
        if self.evidence is not None:
            return folder / self.evidence.location
        return self.content or b""

    @property
    def name(self) -> str | None:
        """The name to send; None for the file's own."""
        return self.described.original_file_name if self.evidence is None else None

    @property
    def sha256(self) -> str:
        """What the SHA-256 of the file must be: that of what was reviewed, or of what was made."""
        return self.evidence.sha256 if self.evidence is not None else hashlib.sha256(self.content or b"").hexdigest()

    def details(self, report_id: int, file_id: str) -> FileDetails:
        """The file details.

        Args:
            report_id: the report, as `/submit` named it.
            file_id: the file, as `/upload` named it.
        """
        return self.described.model_copy(update={"report_id": report_id, "file_id": file_id})


@dataclass(frozen=True, slots=True)
class Versions:
    """What a package was made with: the same input gives the same bytes with the same versions.

    Attributes:
        program: the version of this package, which the rules are a part of.
        schema: SHA-256 of the schema.
        profile: SHA-256 of the reporter profile, as canonical JSON.
    """

    program: str
    schema: str
    profile: str


@dataclass(frozen=True, slots=True)
class Package:
    """What will be sent for one record, or as one batched report for several.

    Attributes:
        record_ids: the ids of the records; one, but for a batch.
        report: the document that opens the submission.
        files: the files, in the record's order.
        repairs: what does not stand where the record has it, and where it went.
        map: which field of the record each place of the documents comes from.
        versions: what it was made with.
        overrides: the gates that people have decided to pass.
    """

    record_ids: tuple[str, ...]
    report: Report = field(repr=False)
    files: tuple[PackagedFile, ...]
    repairs: tuple[Repair, ...] = ()
    map: SourceMap = field(default=SourceMap(), repr=False)
    versions: Versions = Versions("", "", "")
    overrides: tuple[Override, ...] = ()

    @property
    def record_id(self) -> str:
        """The id of the record, or of the first."""
        return self.record_ids[0]

    @property
    def findings(self) -> Findings:
        """What building itself has to say: each repair with its field. The rules are a matter of `cybertip.checks`."""
        return Findings(
            # A repair's path is the original one, so nothing has to be moved back.
            replace(one.finding, pointer=one.pointer or SourceMap().pointer(one.document, one.path))
            for one in self.repairs
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier filings tell, for a report that is built now. The ledger will; until then, whoever knows may.

    Attributes:
        prior_reports: the ids of earlier CyberTipline reports, by the identifier of the account that they were about.
    """

    prior_reports: Mapping[str, Sequence[int]] = field(default_factory=dict, repr=False)


def build(
    record: ReviewRecord,
    profile: ReporterProfile,
    set_aside: Sequence[SetAside] = (),
    *,
    known: Known | None = None,
    seen: Mapping[str, Seen] | None = None,
    overrides: Sequence[Override] = (),
) -> Package:
    """Make the documents. Pure: the same input gives the same bytes.

    Args:
        record: the record.
        profile: who files, and by which policy.
        set_aside: what `cybertip.intake.accept_record` had to set aside of the record; it is kept in `additionalInfo`.
        known: what earlier filings tell; their reports are linked.
        seen: what was found when somebody looked at the evidence files, by the `id` of the evidence.
        overrides: the gates that people have decided to pass. They become part of the package.

    Raises:
        RecordError: a gate says no (P501 to P504, P508; see `cybertip.gates`), or an action names an account that the
            record does not have, or something of a template is left (X002).
    """
    asked = profile.policy.reviewers
    problems = [*gate(record, reviewers=asked, seen=seen, overrides=overrides), *_unplaced(record)]
    if problems:
        raise RecordError(problems)
    transcripts = [transcript(chat, f"chat-{number}") for number, chat in enumerate(record.incident.chats, start=1)]
    made = [(chat, *file) for chat, told in zip(record.incident.chats, transcripts, strict=True) for file in told.files]
    described = [
        *(_details(item) for item in record.evidence),
        *(_details_of_transcript(chat, name) for chat, name, _ in made),
    ]
    kept = keep(_report(record, profile, transcripts, known or Known()), described, set_aside)
    mended = repair(kept.report, kept.files)
    sources = [*((item, None) for item in record.evidence), *((None, content) for _, _, content in made)]
    files = [
        PackagedFile(evidence, details, content)
        for (evidence, content), details in zip(sources, mended.files, strict=True)
    ]
    return Package(
        (record.id,),
        mended.report,
        tuple(files),
        (*kept.repairs, *mended.repairs),
        source_map(mended.report, mended.files, mended.removed, _made_of(record, transcripts)),
        versions(profile),
        tuple(overrides),
    )


def _details(item: Evidence) -> FileDetails:
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
        additional_info=_texts(
            item.notes,
            f"Labels: {'; '.join(item.labels)}" if item.labels else None,
            "A person viewed this file in part only, or a smaller or blurred form of it."
            if item.viewed is Viewed.PARTIAL
            else None,
            "A person viewed the EXIF data of this file." if item.exif_viewed and not fully else None,
        ),
    )


def _made_of(record: ReviewRecord, transcripts: Sequence[Transcript]) -> dict[str, str]:
    """The chat that each made file comes from, as a JSON pointer, by the file's document."""
    chats = [index for index, told in enumerate(transcripts) for _ in told.files]
    return {f"files[{len(record.evidence) + number}]": f"/incident/chats/{chat}" for number, chat in enumerate(chats)}


def _details_of_transcript(chat: Chat, name: str) -> FileDetails:
    return FileDetails(
        report_id=1,
        file_id="0" * 32,
        original_file_name=name,
        # Nobody looked at this very file; it was made of what a person may have read elsewhere, which the text says.
        file_viewed_by_esp=False,
        exif_viewed_by_esp=False,
        file_relevance=FileRelevance.SUPPLEMENTAL,
        additional_info=[f"The provider made this file of a conversation. {_read(chat)}"],
    )


@cache
def _schema_digest() -> str:
    return hashlib.sha256(bundled_xsd()).hexdigest()


def versions(profile: ReporterProfile) -> Versions:
    """What a package for this profile is made with."""
    canonical = json.dumps(profile.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return Versions(__version__, _schema_digest(), hashlib.sha256(canonical.encode()).hexdigest())


def _report(record: ReviewRecord, profile: ReporterProfile, transcripts: Sequence[Transcript], known: Known) -> Report:
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
        reporter=Reporter(
            reporting_person=profile.reporting_person,
            contact_person=profile.contact_person,
            company_template=profile.company_template,
            terms_of_service=profile.terms_of_service,
            legal_url=profile.legal_url,
        ),
        persons_or_users_reported=[_suspect(record, item, profile, known) for item in record.suspects],
        intended_recipients=[_recipient(record, item, profile, known) for item in record.recipients],
        victims=[_victim(record, item, profile, known) for item in record.victims],
        additional_info="\n".join(
            _texts(
                # The only handle when one must ask NCMEC about a report whose number was lost.
                f"Provider's reference: {record.id}",
                _follow_up(record.follow_up),
                _detection(record.detection),
                _indicators(record),
                *(_action(item) for item in record.actions if not _is_placed(record, item)),
                incident.notes,
                record.notes,
            )
        ),
    )


_READ = {Viewed.FULL: "all", Viewed.PARTIAL: "part", Viewed.NONE: "nothing"}


def _read(chat: Chat) -> str:
    return f"A person at the provider read {_READ[chat.viewed]} of this conversation."


def _chat(chat: Chat, told: Transcript) -> InternetDetails:
    return InternetDetails(
        chat_im_incident=ChatImIncident(
            chat_client=chat.client,
            chat_room_name=chat.room,
            content=told.content,
            additional_info="\n".join(_texts(chat.notes, _read(chat))),
        )
    )


def _common(record: ReviewRecord, item: Account, profile: ReporterProfile, known: Known) -> dict[str, Any]:
    """The fields that suspects, recipients and victims share."""
    return {
        "esp_identifier": item.identifier,
        "esp_service": item.service or _own_service(item, profile),
        "compromised_account": item.compromised,
        "screen_name": item.screen_name,
        "display_names": item.display_names,
        "profile_urls": item.profile_urls,
        "profile_bio": item.profile_bio,
        "ip_capture_events": item.ip_events,
        "device_ids": item.devices,
        "prior_ct_reports": _prior_reports(record, item, known),
        "estimated_location": item.location,
        "all_emails_reported": item.all_emails_reported,
        **_disablement(record, item),
    }


def _suspect(record: ReviewRecord, item: Suspect, profile: ReporterProfile, known: Known) -> PersonOrUserReported:
    return PersonOrUserReported(
        person=item.person,
        vehicle_description=item.vehicle_description,
        third_party_user_reported=item.third_party,
        group_identifier=item.group_identifier,
        associated_accounts=item.associated_accounts,
        additional_info=item.notes,
        **_common(record, item, profile, known),
    )


def _recipient(record: ReviewRecord, item: Recipient, profile: ReporterProfile, known: Known) -> IntendedRecipient:
    return IntendedRecipient(
        person=item.person,
        group_identifier=item.group_identifier,
        additional_info=_texts(item.notes),
        **_common(record, item, profile, known),
    )


def _victim(record: ReviewRecord, item: VictimAccount, profile: ReporterProfile, known: Known) -> Victim:
    return Victim(
        person=item.person or Person(),
        school_name=item.school_name,
        associated_accounts=item.associated_accounts,
        additional_info=item.notes,
        **_common(record, item, profile, known),
    )


def _own_service(account: Account, profile: ReporterProfile) -> str | None:
    """The profile's service, for accounts of the provider: not for a person without one, nor for another company's."""
    third_party = isinstance(account, Suspect) and account.third_party
    return profile.service if account.identifier is not None and not third_party else None


def _prior_reports(record: ReviewRecord, account: Account, known: Known) -> tuple[int, ...]:
    """The earlier reports on an account, each once: the record's, those that it adds to, and those that are known."""
    earlier = list(account.prior_reports)
    if record.follow_up is not None and len(record.suspects) == 1 and account is record.suspects[0]:
        earlier += record.follow_up.reports
    earlier += known.prior_reports.get(account.identifier or "", ())
    return tuple(dict.fromkeys(earlier))


_DISABLING = {
    ActionKind.ACCOUNT_TEMPORARILY_DISABLED: "account_temporarily_disabled",
    ActionKind.ACCOUNT_PERMANENTLY_DISABLED: "account_permanently_disabled",
}


def _is_meant(record: ReviewRecord, action: Action, account: Account) -> bool:
    if action.account is not None:
        return action.account == account.identifier
    return len(record.suspects) == 1 and account is record.suspects[0]


def _is_placed(record: ReviewRecord, action: Action) -> bool:
    """Whether an action is said by the account that it disabled, the first of its kind there."""
    accounts = [*record.suspects, *record.recipients, *record.victims]
    return any(action in _chosen(record, account).values() for account in accounts)


def _chosen(record: ReviewRecord, account: Account) -> dict[ActionKind, Action]:
    chosen: dict[ActionKind, Action] = {}
    for action in record.actions:
        if action.kind in _DISABLING and _is_meant(record, action, account):
            chosen.setdefault(action.kind, action)
    return chosen


def _disablement(record: ReviewRecord, account: Account) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for kind, action in _chosen(record, account).items():
        common: dict[str, Any] = {
            "disabled": True,
            "disabled_date": action.at,
            "user_notified": action.user_notified,
            "user_notified_date": action.user_notified_at,
        }
        given[_DISABLING[kind]] = (
            AccountTemporarilyDisabled(**common, reenabled_date=action.reenabled_at)
            if kind is ActionKind.ACCOUNT_TEMPORARILY_DISABLED
            else AccountPermanentlyDisabled(**common)
        )
    return given


def _unplaced(record: ReviewRecord) -> Iterable[Finding]:
    known = {item.identifier for item in (*record.suspects, *record.recipients, *record.victims)}
    for index, action in enumerate(record.actions):
        if action.account is not None and action.account not in known:
            yield error(
                "X002",
                f"/actions/{index}/account",
                "no suspect, recipient or victim of the record has this identifier",
                "Use the account's `identifier`.",
            )


def _action(action: Action) -> str:
    return _sentence(
        f"Action taken: {action.kind}",
        f"account: {action.account}" if action.account is not None else None,
        _at("at", action.at),
        {True: "the user was notified", False: "the user was not notified", None: None}[action.user_notified],
        _at("notified at", action.user_notified_at),
        _at("given back at", action.reenabled_at),
    )


def _detection(detection: Detection | None) -> str | None:
    if detection is None:
        return None
    return _sentence(
        f"Detected by: {detection.source}",
        f"tool: {detection.tool}" if detection.tool else None,
        f"organisation: {detection.organisation}" if detection.organisation else None,
        _at("detected at", detection.detected_at),
        _at("notified at", detection.notified_at),
    )


def _follow_up(earlier: FollowUp | None) -> str | None:
    if earlier is None:
        return None
    numbers = ", ".join(map(str, earlier.reports))
    return f"Follow-up to CyberTipline report {numbers}: {earlier.reason}"


def _at(what: str, moment: datetime | None) -> str | None:
    return f"{what} {write_datetime(moment)}" if moment is not None else None


def _sentence(*parts: str | None) -> str:
    return "; ".join(_texts(*parts))


def _indicators(record: ReviewRecord) -> str | None:
    return f"Signs of danger: {', '.join(record.indicators)}" if record.indicators else None


def _texts(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
