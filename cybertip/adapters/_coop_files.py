"""The files of a Coop decision: what the reviewer said of each medium, joined with what the endpoint added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cybertip.adapters._api import IP_EVENT
from cybertip.adapters._parts import Notes, Table, added, converted, many, objects, supplement
from cybertip.models.vocabulary import FileRelevance, IpCaptureType

_MEDIA: Table = {
    "id": "id",
    "url": "location",
    "fileName": "original_name",
    "publiclyAvailable": "publicly_available",
    "industryClassification": "classification",
}
_ANNOTATIONS = frozenset(
    {
        "ANIME_DRAWING_VIRTUAL_HENTAI",
        "POTENTIAL_MEME",
        "VIRAL",
        "POSSIBLE_SELF_PRODUCTION",
        "PHYSICAL_HARM",
        "VIOLENCE_GORE",
        "BESTIALITY",
        "LIVE_STREAMING",
        "INFANT",
        "GENERATIVE_AI",
    }
)


def files(
    media: Sequence[Mapping[str, Any]],
    about: Sequence[Mapping[str, Any]],
    additional: Any,
    evidence: Mapping[str, Mapping[str, Any]] | None,
    notes: Notes,
) -> list[dict[str, Any]]:
    """The files to upload: the reported media with what is known about each, then the additional files.

    Args:
        media: what the decision says of each reported medium.
        about: what the additional information says of media; of such as are not reported it goes to the notes.
        additional: the additional files.
        evidence: what the provider adds, by the file's id.
        notes: the record's.
    """
    extra_files = objects(additional, "/additional_info/additionalFiles")
    ids = [*(item.get("id") for item in media), *map(_named, range(len(extra_files)))]
    known = added(evidence, "/evidence", ids, "no file of the decision has this id")
    unused = dict(enumerate(about))
    found = []
    for item in media:
        alike = [number for number, other in unused.items() if _same(item, other)]
        # Of several that may be meant nobody picks one: they stay in the record's notes.
        found.append(_file(item, unused.pop(alike[0]) if len(alike) == 1 else {}, known))
    for index, other in unused.items():
        notes.line(f"media[{index}]", other)
    found.extend(_additional(index, item, known) for index, item in enumerate(extra_files))
    return found


def _same(item: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    types = {value for value in (item.get("typeId"), other.get("typeId")) if isinstance(value, str)}
    return item.get("id") is not None and item["id"] == other.get("id") and len(types) <= 1


def _named(index: int) -> str:
    """The id of an additional file: Coop gives it none, so it is named by its place."""
    return f"additionalFiles/{index}"


def _file(item: Mapping[str, Any], about: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    notes = Notes()
    notes.text("additionalInfo", about.get("additionalInfo"))
    apart = ("fileAnnotations", "fileDetails", "ipCaptureEvent", "additionalInfo")
    plain = {name: value for name, value in item.items() if name != "fileAnnotations"}
    for name, value in about.items():
        if name in apart:
            continue
        if plain.get(name) is None:
            plain[name] = value
        elif value is not None and value != plain[name]:
            notes.line(f"media.{name}", value)
    file = converted(plain, _MEDIA, notes)
    if (annotations := _annotations(item.get("fileAnnotations"), notes)) not in (None, {}):
        file["annotations"] = annotations
    if about.get("fileAnnotations") is not None:
        notes.line("media.fileAnnotations", about["fileAnnotations"])
    if (details := about.get("fileDetails")) is not None:
        digest: Table = {"hash": "value", "hashType": "hash_type"}
        file["hashes"] = [
            converted(one, digest, notes, "fileDetails") if isinstance(one, Mapping) else one for one in many(details)
        ]
    _upload(about.get("ipCaptureEvent"), file, notes)
    _supplemented(file, notes, known, {"location": "url", "original_name": "fileName"})
    return file


def _additional(index: int, item: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A further file, which Coop uploads as supplemental."""
    notes = Notes()
    notes.text("additionalInfo", item.get("additionalInfo"))
    plain = {name: value for name, value in item.items() if name != "additionalInfo"}
    file = {
        "id": _named(index),
        "relevance": str(FileRelevance.SUPPLEMENTAL),
        **converted(plain, {"fileUrl": "location", "fileName": "original_name"}, notes),
    }
    _supplemented(file, notes, known, {"location": "fileUrl", "original_name": "fileName"})
    return file


def _supplemented(file: dict[str, Any], notes: Notes, known: Mapping[str, Any], foreign: Mapping[str, str]) -> None:
    extra = known.get(file["id"]) if isinstance(file.get("id"), str) else None
    supplement(file, notes, extra, foreign)


def _annotations(value: Any, notes: Notes) -> Any:
    if not isinstance(value, list | tuple):
        return value
    for item in value:
        if not isinstance(item, str) or item not in _ANNOTATIONS:
            notes.line("fileAnnotations", item)
    return {item.lower(): True for item in value if isinstance(item, str) and item in _ANNOTATIONS}


def _upload(events: Any, file: dict[str, Any], notes: Notes) -> None:
    """A record has one event for a file, its upload: the only one there is, or the only one of that name."""
    listed = many(events)
    uploads = [item for item in listed if isinstance(item, Mapping) and item.get("eventName") == IpCaptureType.UPLOAD]
    chosen = listed if len(listed) == 1 else uploads if len(uploads) == 1 else []
    for index, item in enumerate(listed):
        if chosen and item is chosen[0]:
            file["ip_event"] = IP_EVENT(item, notes, "ipCaptureEvent")
        else:
            notes.line(f"ipCaptureEvent[{index}]", item)
