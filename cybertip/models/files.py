"""File details: what describes one uploaded file."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from cybertip.models._base import ATTRIBUTE, TEXT, Choice, Flag, Wire, Xml
from cybertip.models._types import Many, XmlBoolean, XmlDateTime, XmlLong, XmlString, XmlToken
from cybertip.models.accounts import DeviceId, IpCaptureEvent
from cybertip.models.vocabulary import FileClassification, FileRelevance, MetadataType


class FileAnnotations(Wire):
    """Tags on one file (API section: ``fileAnnotations``)."""

    any_order: ClassVar[bool] = True

    anime_drawing_virtual_hentai: Flag = False
    """Drawn, animated or virtual."""
    potential_meme: Flag = False
    """Seems to be spread as a joke or in outrage."""
    viral: Flag = False
    """Spreads quickly among many users."""
    possible_self_production: Flag = False
    """The child seems to have made it."""
    physical_harm: Flag = False
    """Shows injury to the child."""
    violence_gore: Flag = False
    """Shows violence."""
    bestiality: Flag = False
    """Shows an animal."""
    live_streaming: Flag = False
    """Was streamed live."""
    infant: Flag = False
    """Shows an infant."""
    generative_ai: Flag = False
    """Seems to be made by generative AI."""


class Hash(Wire):
    """A digest of the file as it was on the provider's service (API section: ``originalFileHash``)."""

    value: Annotated[XmlString, TEXT]
    """The digest, usually in hexadecimal digits."""
    hash_type: Annotated[XmlString, ATTRIBUTE]
    """Its kind, such as ``MD5``, ``SHA1`` or ``PhotoDNA``. Documented limit: 64 characters (S307)."""


class NameValue(Wire):
    """One item of metadata (API section: ``nameValuePair``)."""

    name: XmlString
    """What it is. Documented limit: 64 characters (S308)."""
    value: XmlString
    """Its value."""


class Details(Wire):
    """Metadata of one origin (API section: ``details``)."""

    name_value_pairs: Annotated[Many[NameValue], Field(min_length=1), Xml("nameValuePair")]
    """The items; at least one."""
    type: Annotated[MetadataType | None, ATTRIBUTE] = None
    """Where they come from. The documentation places it on each pair; the schema, which decides, places it here."""


class FileDetails(Choice):
    """The document that describes one uploaded file, once (API section: ``fileDetails``)."""

    one_of: ClassVar[tuple[str, ...]] = ("potential_meme", "file_annotations")

    report_id: XmlLong
    """The report that the file belongs to (S301)."""
    file_id: XmlToken
    """The file, by the id that its upload was answered with (S301)."""
    file_name: XmlString | None = None
    """The file's name. The schema has it, the documentation does not; prefer ``original_file_name``."""
    original_file_name: XmlString | None = None
    """The name that the user gave the file. Documented limit: 2056 characters (S302)."""
    uploaded_to_esp_timestamp: XmlDateTime | None = None
    """When the user uploaded it to the provider; in the past (S303)."""
    location_of_file: XmlString | None = None
    """Where it was found: a URL (S205)."""
    file_viewed_by_esp: XmlBoolean | None = None
    """Whether a person at the provider looked at the **entire** content of this very file. It decides whether police
    need a warrant, so it is stated from the review and never guessed."""
    exif_viewed_by_esp: XmlBoolean | None = None
    """Whether a person at the provider looked at its metadata; true only if the file was viewed (S304)."""
    publicly_available: XmlBoolean | None = None
    """Whether anyone could see it."""
    file_relevance: FileRelevance | None = None
    """Whether it is what is reported, or context."""
    potential_meme: XmlBoolean | None = None
    """The old form of the annotation of the same name, which it excludes. Read it, write the annotation."""
    file_annotations: FileAnnotations | None = None
    """Tags on the file."""
    industry_classification: FileClassification | None = None
    """The industry's classification."""
    original_file_hashes: Annotated[Many[Hash], Xml("originalFileHash")] = ()
    """Digests of the file as it was on the provider's service."""
    ip_capture_event: IpCaptureEvent | None = None
    """Where the file was uploaded from."""
    device_ids: Annotated[Many[DeviceId], Xml("deviceId")] = ()
    """What it was uploaded with."""
    details: Many[Details] = ()
    """Metadata."""
    additional_info: Many[XmlString] = ()
    """Anything that has no field of its own."""
