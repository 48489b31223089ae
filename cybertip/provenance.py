"""Where in the review record a place of a built document comes from, so that a finding can name the field to mend.

The table follows `cybertip.builder`; parts that the record takes over as they are need none, because they are the wire
models under their Python names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cybertip.models import FileDetails, Report, Wire
from cybertip.models._base import Form
from cybertip.models._shape import FieldShape, shape_of

_STEP = re.compile(r"/(@?[A-Za-z0-9]+)(?:\[([0-9]+)])?")

_SUMMARY = {
    "incidentType": "/incident/type",
    "platform": "/incident/platform",
    "escalateToHighPriority": "/urgent/reason",
    "reportAnnotations": "/incident/annotations",
    "incidentDateTime": "/incident/occurred_at",
    "incidentDateTimeDescription": "/incident/time_meaning",
}
_ACCOUNT = {
    "personOrUserReportedPerson": "person",
    "intendedRecipientPerson": "person",
    "victimPerson": "person",
    "espIdentifier": "identifier",
    "espService": "service",
    "compromisedAccount": "compromised",
    "ipCaptureEvent": "ip_events",
    "deviceId": "devices",
    "thirdPartyUserReported": "third_party",
    "priorCTReports": "prior_reports",
    "estimatedLocation": "location",
    "additionalInfo": "notes",
}
_ACCOUNTS = {"personOrUserReported": "suspects", "intendedRecipient": "recipients", "victim": "victims"}
_EVIDENCE = {
    "originalFileName": "original_name",
    "uploadedToEspTimestamp": "uploaded_at",
    "locationOfFile": "source_url",
    "fileViewedByEsp": "viewed",
    "exifViewedByEsp": "exif_viewed",
    "fileRelevance": "relevance",
    "fileAnnotations": "annotations",
    "industryClassification": "classification",
    "originalFileHash": "hashes",
    "ipCaptureEvent": "ip_event",
    "deviceId": "devices",
    "details": "metadata",
    "additionalInfo": "notes",
}


def report_pointer(path: str) -> str:
    """The JSON pointer into the record for a path of the report, or that of the nearest field."""
    steps = _steps(path)[1:]
    if not steps:
        return ""
    (name, number), rest = steps[0], steps[1:]
    if name == "incidentSummary":
        if not rest:
            return "/incident"
        field = shape_of(Report).child_by_name[name].model
        return _SUMMARY[rest[0][0]] + _deeper(field, rest, skip=1)
    if name == "internetDetails":
        return f"/incident/details{_index(number)}" + _deeper(shape_of(Report).child_by_name[name].model, rest)
    if name == "lawEnforcement":
        return "/law_enforcement" + _deeper(shape_of(Report).child_by_name[name].model, rest)
    if name in _ACCOUNTS:
        model = shape_of(Report).child_by_name[name].model
        return f"/{_ACCOUNTS[name]}{_index(number)}" + _named(model, rest, _ACCOUNT)
    # The reporter is the profile's, whose name is all that the record has of it.
    return {"reporter": "/profile", "additionalInfo": "/notes"}.get(name, "")


def details_pointer(path: str, index: int) -> str:
    """The JSON pointer into the record for a path of the file details of its evidence number `index`, from 0."""
    steps = _steps(path)[1:]
    if steps and steps[0][0] in ("reportId", "fileId"):
        return f"/evidence/{index}"
    return f"/evidence/{index}" + _named(FileDetails, steps, _EVIDENCE)


def _steps(path: str) -> list[tuple[str, int | None]]:
    return [(name, int(number) if number else None) for name, number in _STEP.findall(path)]


def _index(number: int | None) -> str:
    return "" if number is None else f"/{number - 1}"


def _named(model: type[Wire] | None, steps: list[tuple[str, int | None]], names: Mapping[str, str]) -> str:
    """Steps of which the first has another name in the record."""
    if not steps or model is None:
        return ""
    name, number = steps[0]
    if name.startswith("account"):  # accountTemporarilyDisabled and its like come from what was done
        return ""
    field = shape_of(model).child_by_name[name]
    # The record keeps one note where the document may repeat its own.
    several = field.many and names.get(name) != "notes"
    return f"/{names.get(name, field.field)}{_index(number) if several else ''}" + _deeper(model, steps, skip=1)


def _deeper(model: type[Wire] | None, steps: list[tuple[str, int | None]], skip: int = 0) -> str:
    """Steps through wire models, by their Python names; the first `skip` are walked and not written."""
    pointer = ""
    for position, (name, number) in enumerate(steps):
        if model is None:
            break
        field = _field(model, name)
        if position >= skip:
            pointer += f"/{field.field}{_index(number)}"
        model = field.model
    return pointer


def _field(model: type[Wire], name: str) -> FieldShape:
    shape = shape_of(model)
    return shape.attribute_by_name[name[1:]] if name.startswith("@") else shape.child_by_name[name]


_KIND = re.compile(r"/incident/details/(\d+)(.*)")
_CHAT = {
    "/chat_im_incident/chat_client": "/client",
    "/chat_im_incident/chat_room_name": "/room",
    "/chat_im_incident/content": "/messages",
    "/chat_im_incident/additional_info": "/notes",
}
"""The fields of a chat, by where they would stand were it one of the record's own kinds of incident."""


_ACTION = {
    "disabledDate": "/at",
    "userNotified": "/user_notified",
    "userNotifiedDate": "/user_notified_at",
    "reenabledDate": "/reenabled_at",
}


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where each place of built documents comes from, and where each field of the record went.

    Attributes:
        removed: the items of lists that a repair took out, as documents (``report``, ``files[0]``) and the paths that
            they had then, in the order in which they went. Later items have moved up since.
        filled: everything that stands in the documents, as documents and paths.
        sources: for documents that were made of several records, the pointers themselves, each beginning with the index
            of its record; by document and path.
        made: for the details of a file that was made of the record, what it was made of, by document.
        acted: the pointers of the actions that stand in the report as elements, by the paths of these.
        kinds: how many kinds of incident the record itself has; those of the report after them are its chats. None
            where it has no chats.
    """

    removed: tuple[tuple[str, str], ...] = ()
    filled: tuple[tuple[str, str], ...] = ()
    sources: Mapping[tuple[str, str], str] | None = None
    made: Mapping[str, str] = field(default_factory=dict)
    acted: Mapping[str, str] = field(default_factory=dict)
    kinds: int | None = None

    def original(self, document: str, path: str) -> str:
        """The path that a place had before anything was taken out."""
        for of, gone in reversed(self.removed):
            if of == document:
                path = _moved_back(path, gone)
        return path

    def pointer(self, document: str, path: str) -> str:
        """The JSON pointer of the record's field that a place comes from, or that of the nearest field."""
        if self.sources is not None:
            return self.sources.get((document, path), "")
        if document in self.made:
            return self.made[document]
        path = self.original(document, path)
        if document == "report":
            return self._of_an_action(path) or self._of_a_chat(report_pointer(path))
        return details_pointer(path, int(document.removeprefix("files[").removesuffix("]")))

    def _of_an_action(self, path: str) -> str | None:
        found = next((one for one in self.acted if path == one or path.startswith(f"{one}/")), None)
        if found is None:
            return None
        return self.acted[found] + _ACTION.get(path[len(found) + 1 :].lstrip("@"), "")

    def _of_a_chat(self, pointer: str) -> str:
        found = _KIND.match(pointer) if self.kinds is not None else None
        if not found or self.kinds is None or int(found[1]) < self.kinds:
            return pointer
        return f"/incident/chats/{int(found[1]) - self.kinds}{_CHAT.get(found[2], '')}"

    def places(self, pointer: str) -> list[tuple[str, str]]:
        """The places that a field went to, as documents and paths."""
        return self.by_pointer().get(pointer, [])

    def by_pointer(self) -> dict[str, list[tuple[str, str]]]:
        """The places that all fields went to, by their pointers: for whoever asks for many."""
        went: dict[str, list[tuple[str, str]]] = {}
        for place in self.filled if self.sources is None else self.sources:
            went.setdefault(self.pointer(*place), []).append(place)
        return went


def _moved_back(path: str, gone: str) -> str:
    """A path as it was before an item was taken out of its list: later items had a number more."""
    around, _, number = gone.removesuffix("]").rpartition("[")
    if not path.startswith(f"{around}["):
        return path
    own, _, rest = path[len(around) + 1 :].partition("]")
    return path if int(own) < int(number) else f"{around}[{int(own) + 1}]{rest}"


def source_map(
    report: Report,
    files: Sequence[FileDetails],
    removed: Iterable[tuple[str, str]] = (),
    made: Mapping[str, str] | None = None,
    acted: Mapping[str, str] | None = None,
    kinds: int | None = None,
) -> SourceMap:
    """The map of documents that `cybertip.builder` made of one record."""
    filled = [("report", path) for path in _paths(report, "/report")]
    for index, details in enumerate(files):
        filled += [(f"files[{index}]", path) for path in _paths(details, "/fileDetails")]
    return SourceMap(tuple(removed), tuple(filled), made=dict(made or {}), acted=dict(acted or {}), kinds=kinds)


def _paths(part: Wire, path: str) -> Iterator[str]:
    """The paths of everything that a part holds, and its own."""
    yield path
    shape = shape_of(type(part))
    for part_field in (*shape.attributes, *shape.children):
        held = getattr(part, part_field.field)
        name = f"@{part_field.name}" if part_field.form is Form.ATTRIBUTE else part_field.name
        if part_field.many:
            places = [(f"{path}/{name}[{number}]", item) for number, item in enumerate(held, start=1)]
        else:
            places = [(f"{path}/{name}", held)] if held is not None and held is not False else []
        for place, item in places:
            if isinstance(item, Wire):
                yield from _paths(item, place)
            else:
                yield place
