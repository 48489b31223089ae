"""The review record: a provider's confirmed decision, our input.

A record is JSON of the format ``cybertip.review/1``, or a `ReviewRecord` made in Python. Intake is strict, because a
report is made of it that cannot be taken back: unknown fields, duplicate keys, times without an offset and values of
another type are refused with a finding that names the place by a JSON pointer. Nothing is guessed.

Values with a closed vocabulary are those of the API (``"Upload"``, ``"Supplemental Reported"``); parts that the API
has too, such as e-mail addresses and IP events, are its models with their Python field names.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from cybertip.models import (
    AssociatedAccount,
    Details,
    DeviceId,
    EstimatedLocation,
    FileAnnotations,
    FileClassification,
    FileRelevance,
    Hash,
    IncidentType,
    InternetDetails,
    IpCaptureEvent,
    LawEnforcement,
    Person,
    ReportAnnotations,
)
from cybertip.models._base import Veiled
from cybertip.models._types import (
    Many,
    XmlBoolean,
    XmlDateTime,
    XmlLong,
    XmlString,
)

FORMAT = "cybertip.review/1"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def is_usable_id(text: str) -> bool:
    """Whether a text can be the id of a record or a file: 1 to 200 printable characters without space at its ends."""
    return 0 < len(text) <= 200 and text.isprintable() and text == text.strip()


def _usable_id(text: str) -> str:
    if not is_usable_id(text):
        raise ValueError("must be 1 to 200 printable characters without space at its ends")
    return text


def _sha256(text: str) -> str:
    lower = text.lower()
    if len(lower) != 64 or set(lower) - set("0123456789abcdef"):
        raise ValueError("must be a SHA-256: 64 hexadecimal digits")
    return lower


# For JSON Schema: what Python calls space, spelt out, because dialects of patterns agree neither on it nor on escapes.
_SPACE = "\t\n\u000b\f\r \u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Nothing that controls, formats or spaces, but for the space itself between others.
_SEEN = "[^\u0000- \u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"

Text = Annotated[
    XmlString,
    AfterValidator(_not_blank),
    WithJsonSchema({"type": "string", "pattern": f"[^{_SPACE}]"}),
]
RecordId = Annotated[
    XmlString,
    AfterValidator(_usable_id),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": f"^{_SEEN}( *{_SEEN})*$"}),
]
Sha256 = Annotated[
    XmlString,
    AfterValidator(_sha256),
    WithJsonSchema({"type": "string", "minLength": 64, "maxLength": 64, "pattern": "^[0-9a-fA-F]{64}$"}),
]


class Outcome(StrEnum):
    """What the review came to."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PENDING = "pending"


class Indicator(StrEnum):
    """A sign that a child is in danger now."""

    HANDS_ON_ABUSE = "hands-on abuse"
    PLANNED_MEETING = "planned meeting"
    SELF_HARM = "self-harm"
    THREATS = "threats"


class DetectionSource(StrEnum):
    """How the provider came to know."""

    HASH_MATCH = "hash match"
    CLASSIFIER = "classifier"
    MODERATOR = "moderator"
    USER_REPORT = "user report"
    TRUSTED_REPORTER = "trusted reporter"
    OTHER_THIRD_PARTY = "other third party"
    LAW_ENFORCEMENT = "law enforcement"


class Viewed(StrEnum):
    """How much of a file a person at the provider looked at."""

    FULL = "full"
    """The entire content of this very file."""
    PARTIAL = "partial"
    """Some of it, or a thumbnail or blurred form."""
    NONE = "none"
    """Nothing."""


class ActionKind(StrEnum):
    """What the provider did."""

    CONTENT_REMOVED = "content removed"
    URL_DISABLED = "url disabled"
    ACCOUNT_TEMPORARILY_DISABLED = "account temporarily disabled"
    ACCOUNT_PERMANENTLY_DISABLED = "account permanently disabled"


class Approval(Veiled):
    """Another person who came to the same decision."""

    reviewer: Text
    """Who: the provider's name or id for the person."""
    decided_at: XmlDateTime
    """When."""


class Decision(Veiled):
    """What people decided. Only a confirmed decision is ever filed (P501)."""

    outcome: Outcome
    """What the review came to."""
    reviewer: XmlString | None = None
    """Who decided: the provider's name or id for the person. It does not leave the provider."""
    decided_at: XmlDateTime | None = None
    """When."""
    approvals: Many[Approval] = ()
    """Further people who came to the same decision."""
    notes: XmlString | None = None
    """Internal notes. They do not leave the provider."""


class Urgency(Veiled):
    """A child is in immediate danger."""

    reason: Text
    """Why, in words for the person at NCMEC who decides what comes first."""


class Detection(Veiled):
    """How the provider came to know."""

    source: DetectionSource
    """In what way."""
    tool: XmlString | None = None
    """The tool, such as a hash matcher by name."""
    organisation: XmlString | None = None
    """The organisation that reported it or keeps the hash list."""
    detected_at: XmlDateTime | None = None
    """When it was detected."""
    notified_at: XmlDateTime | None = None
    """When the provider was told, where someone else told it."""


class Message(Veiled):
    """One message of a chat."""

    sender: XmlString | None = None
    """Who sent it: the `identifier` or another name of an account."""
    sent_at: XmlDateTime | None = None
    """When it was sent."""
    text: XmlString | None = None
    """What it says."""
    attachments: Many[XmlString] = ()
    """The files that came with it, by the `id` of their evidence."""


class Chat(Veiled):
    """A conversation, message by message. It becomes ``chatImIncident/content``, and above a size a file as well."""

    client: XmlString | None = None
    """The program or service used."""
    room: XmlString | None = None
    """The room or channel."""
    viewed: Viewed
    """How much of it a person at the provider read: what is said of a transcript that becomes a file."""
    messages: Annotated[Many[Message], Field(min_length=1)]
    """The messages, in the order in which they are to be read."""
    notes: XmlString | None = None
    """What has no field of its own."""


class FollowUp(Veiled):
    """A report that adds to earlier ones, which can no longer be changed."""

    reports: Annotated[Many[Annotated[XmlLong, Field(ge=1)]], Field(min_length=1)]
    """The ids of the earlier CyberTipline reports."""
    reason: Text
    """Why there is another one."""


class Incident(Veiled):
    """What happened."""

    type: IncidentType
    """The kind of incident."""
    occurred_at: XmlDateTime
    """When it happened, as exactly as the provider knows."""
    time_meaning: XmlString | None = None
    """What `occurred_at` is the time of, such as ``upload of the reported file``."""
    platform: XmlString | None = None
    """The application on which it happened, by its full name."""
    annotations: ReportAnnotations | None = None
    """Tags on the whole case."""
    details: Many[InternetDetails] = ()
    """Where and how it happened: web page, chat, e-mail…; any number."""
    chats: Many[Chat] = ()
    """Conversations, message by message."""
    notes: XmlString | None = None
    """What else investigators should know about the incident."""


class Account(Veiled):
    """An account and the person behind it."""

    identifier: XmlString | None = None
    """The provider's own id of the account."""
    service: XmlString | None = None
    """The provider's product that the account belongs to; the profile's where it is left out."""
    person: Person | None = None
    """The person: name, telephone, e-mail, address, age."""
    screen_name: XmlString | None = None
    """The account's handle."""
    display_names: Many[XmlString] = ()
    """Names that the account shows to others."""
    profile_urls: Many[XmlString] = ()
    """Addresses of the account's public pages."""
    profile_bio: XmlString | None = None
    """What the account says about itself."""
    ip_events: Many[IpCaptureEvent] = ()
    """Internet addresses that the account was used from."""
    devices: Many[DeviceId] = ()
    """Devices that the account was used with."""
    location: EstimatedLocation | None = None
    """Where the person probably is."""
    prior_reports: Many[XmlLong] = ()
    """Ids of earlier CyberTipline reports on this account."""
    compromised: XmlBoolean | None = None
    """Whether someone else seems to have taken the account over."""
    all_emails_reported: XmlBoolean | None = None
    """Whether the record holds every e-mail address of the account that the provider knows."""
    notes: XmlString | None = None
    """What has no field of its own."""


class Suspect(Account):
    """Who is reported."""

    group_identifier: XmlString | None = None
    """A group that the account belongs to."""
    vehicle_description: XmlString | None = None
    """A vehicle of the suspect."""
    third_party: XmlBoolean | None = None
    """Whether the account belongs to another company's service."""
    associated_accounts: Many[AssociatedAccount] = ()
    """Other accounts of the suspect."""


class Recipient(Account):
    """Who was meant to receive it."""

    group_identifier: XmlString | None = None
    """A group that the account belongs to."""


class VictimAccount(Account):
    """The child."""

    school_name: XmlString | None = None
    """The child's school."""
    associated_accounts: Many[AssociatedAccount] = ()
    """Other accounts of the child, or of a parent."""


class Evidence(Veiled):
    """One file to upload."""

    id: RecordId
    """The provider's id of the file, unique in the record."""
    location: Text
    """Where it is: a path, relative ones to the record's own folder."""
    sha256: Sha256
    """SHA-256 of what was reviewed. A file with another one is never sent as a whole, and so never part of a report."""
    size: Annotated[int | None, Field(strict=True, ge=0, le=2**63 - 1)] = None
    """How many bytes it has."""
    viewed: Viewed
    """How much of this very file a person at the provider looked at. It decides whether police need a warrant, so it is
    mandatory and never guessed."""
    viewed_by: XmlString | None = None
    """Who looked. It does not leave the provider."""
    viewed_at: XmlDateTime | None = None
    """When."""
    viewed_sha256: Sha256 | None = None
    """SHA-256 of what was looked at, where that is known. Another one than `sha256` means that it was another file, and
    nothing may be claimed for this one (P504)."""
    exif_viewed: XmlBoolean = False
    """Whether a person at the provider looked at its metadata."""
    relevance: FileRelevance = FileRelevance.REPORTED
    """Whether it is what is reported, or context."""
    annotations: FileAnnotations | None = None
    """Tags on the file."""
    labels: Many[Text] = ()
    """What classifiers or reviewers called it, in their own words."""
    classification: FileClassification | None = None
    """The industry's classification."""
    original_name: XmlString | None = None
    """The name that the user gave it."""
    uploaded_at: XmlDateTime | None = None
    """When the user uploaded it to the provider."""
    source_url: XmlString | None = None
    """Where it was found."""
    publicly_available: XmlBoolean | None = None
    """Whether anyone could see it."""
    hashes: Many[Hash] = ()
    """Digests of the file as it was on the service."""
    ip_event: IpCaptureEvent | None = None
    """Where it was uploaded from."""
    devices: Many[DeviceId] = ()
    """What it was uploaded with."""
    metadata: Many[Details] = ()
    """EXIF and other metadata."""
    notes: XmlString | None = None
    """What has no field of its own."""


class Action(Veiled):
    """What the provider did about it."""

    kind: ActionKind
    """What."""
    at: XmlDateTime | None = None
    """When."""
    account: XmlString | None = None
    """The account concerned, by its `identifier`, or by the `esp_identifier` of an associated account; may be left out
    where the record has only one suspect."""
    file: XmlString | None = None
    """The file concerned, by the `id` of its evidence."""
    url: XmlString | None = None
    """The address concerned."""
    user_notified: XmlBoolean | None = None
    """Whether the user was told."""
    user_notified_at: XmlDateTime | None = None
    """When the user was told."""
    reenabled_at: XmlDateTime | None = None
    """When a temporarily disabled account was or will be given back."""


def _known_attachments(record: ReviewRecord) -> None:
    known = {item.id for item in record.evidence}
    for chat, conversation in enumerate(record.incident.chats):
        for number, message in enumerate(conversation.messages):
            if not set(message.attachments) <= known:
                raise ValueError(
                    f"an attachment of message {number} of chat {chat} is no evidence of this record; use its `id`"
                )


def _unique_ids(items: Sequence[Evidence]) -> Sequence[Evidence]:
    if len({item.id for item in items}) < len(items):
        raise ValueError("two files have the same id; each needs its own")
    return items


class ReviewRecord(Veiled):
    """A provider's confirmed review decision, with everything that belongs to the case."""

    format: Literal["cybertip.review/1"]
    """Which version of this format it is."""
    id: RecordId
    """The provider's id of the decision, unique for ever: it is what makes filing happen once."""
    profile: Text = "default"
    """The reporter profile to file under."""
    decision: Decision
    """What people decided."""
    urgent: Urgency | None = None
    """A child is in immediate danger; escalates the report."""
    indicators: Many[Indicator] = ()
    """Signs that a child is in danger."""
    detection: Detection | None = None
    """How the provider came to know."""
    incident: Incident
    """What happened."""
    suspects: Many[Suspect] = ()
    """Who is reported."""
    recipients: Many[Recipient] = ()
    """Who was meant to receive it."""
    victims: Many[VictimAccount] = ()
    """The children."""
    evidence: Annotated[Many[Evidence], AfterValidator(_unique_ids)] = ()
    """The files to upload."""
    actions: Many[Action] = ()
    """What the provider did."""
    law_enforcement: LawEnforcement | None = None
    """The authority that already knows of the case."""
    follow_up: FollowUp | None = None
    """The earlier reports that this one adds to."""
    notes: XmlString | None = None
    """What else investigators should know."""

    @model_validator(mode="after")
    def _check_attachments(self) -> Self:
        _known_attachments(self)
        return self
