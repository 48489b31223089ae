"""Lossless repairs: what a record says and the wire cannot carry is moved, never dropped.

A built document that breaks a documented rule by the form of a value is mended, if that can be done without losing or
guessing anything, in this order:

0. A line of the record's own that looks like one of ours is set apart by a space (R707).
1. ``192.0.2.44:5678`` becomes address and port (R702).
2. A free text that is too long is cut at its limit, and stands in full in `additionalInfo` (R703).
3. Any other value that the server would refuse, or the whole element where it cannot do without the value, moves to
   `additionalInfo` (R704): a cut identifier would be a false one.

(Before that, when a record is taken in, characters that XML cannot carry become U+FFFD (R701), identifiers with such
characters are set aside (R704), and so are codes of places and telephones that no list knows (R705); see
`cybertip.intake`.)

The place is the `additionalInfo` of the entity that the value belongs to, or of the nearest one around it that has one:
for a person that is the account, for the incident summary the report. A batched report has none at all; there the value
is kept by the provider alone (R706). What a repair took away can be read back with `read_originals`.

What cannot be mended without guessing stays an error: times in the future, a reporter without an address, and whatever
the profile says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from cybertip.findings import Finding, Severity
from cybertip.intake import SetAside
from cybertip.models import FileDetails, IpCaptureEvent, Report, Wire
from cybertip.models._base import camel_case
from cybertip.models._shape import shape_of
from cybertip.provenance import SourceMap, source_map
from cybertip.repairs._originals import LOOKS_KEPT, escaped, line, read_originals
from cybertip.repairs._places import changed, order_of, parents_of, plain_at, value_at
from cybertip.rules import Case, check
from cybertip.rules._values import is_blank, units

__all__ = ["Repair", "Repaired", "escaped", "keep", "line", "noted", "read_originals", "repair"]

D = TypeVar("D", Report, FileDetails)

MOVABLE = frozenset(
    {
        *(
            "S101",
            "S103",
            "S104",
            "S106",
            "S107",
            "S108",
            "S109",
            "S110",
            "S111",
            "S113",
            "S114",
            "S115",
            "S117",
            "S118",
        ),
        *("S201", "S202", "S204", "S205", "S206", "S207", "S208", "S211", "S212", "S215", "S216"),
        *("S302", "S305", "S306", "S307", "S308"),
    }
)
"""The rules that are about the form of a value, so that the value can say it elsewhere."""

LIMITS = {
    "platform": 256,
    "escalateToHighPriority": 3000,
    "incidentDateTimeDescription": 3000,
    "originalFileName": 2056,
    "agencyName": 255,
    "vehicleDescription": 300,
}
"""Free texts that are still worth reading when they are cut, with their limits in UTF-16 code units."""

MOST_ROUNDS = 20
"""How often the documents are looked at. One round moves all that it finds; a moved value may uncover another."""

_LAST_MOMENT = datetime(9999, 12, 30, tzinfo=UTC)
"""No time is judged here, so all of them are past."""

_WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):(?P<port4>[0-9]{1,5})|\[(?P<v6>[0-9A-Fa-f:.]+)\](?::(?P<port6>[0-9]{1,5}))?")


_STAYS = re.compile(r"/decision(/|$)|.*/viewed_by$")
"""The pointers of what does not leave the provider."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One value that does not stand where the record has it.

    Attributes:
        code: R701 to R707.
        document: ``report`` or ``files[0]``.
        path: where it stood, or would have stood; empty for what has no element of its own: `read_originals` gives its
            `pointer`.
        target: the path of the `additionalInfo` that has it now; empty where nothing has (R706, R707).
        message: what was done and why. It quotes no value.
        original: the value, as `escaped` writes it.
        pointer: the record's field, where it is known from the record rather than from the path.
    """

    code: str
    document: str
    path: str
    target: str
    message: str
    original: str = field(repr=False)
    pointer: str = ""

    @property
    def finding(self) -> Finding:
        """The same as a finding: for whoever reads what was done, nothing that stops a filing."""
        cure = "Nothing needs to be done; correct the record if the value is wrong."
        return Finding(
            self.code, Severity.INFO, self.path, self.message, cure, pointer=self.pointer, document=self.document
        )


@dataclass(frozen=True, slots=True)
class Repaired:
    """Documents after their repairs.

    Attributes:
        report: the report.
        files: the file details.
        repairs: what was done, in order.
        removed: the items of lists that were taken out, as `SourceMap.removed` has them.
    """

    report: Report = field(repr=False)
    files: tuple[FileDetails, ...] = field(repr=False)
    repairs: tuple[Repair, ...]
    removed: tuple[tuple[str, str], ...] = ()


def keep(
    report: Report, files: Sequence[FileDetails], set_aside: Sequence[SetAside], sources: SourceMap | None = None
) -> Repaired:
    """Write what was set aside when a record was taken in into the `additionalInfo` that is nearest to its place.

    What never leaves the provider, such as the notes of reviewers, is not written anywhere.

    Args:
        report: the report.
        files: the details of its files.
        set_aside: the values.
        sources: which field of the record each place of the documents comes from; what can be told without knowing the
            record, by default.
    """
    work = _Work(report, tuple(files))
    sources = sources or source_map(report, files)
    work.set_apart(sources)
    if set_aside:
        work.keep(set_aside, sources)
    return Repaired(work.report, work.files, tuple(work.repairs))


def repair(report: Report, files: Sequence[FileDetails]) -> Repaired:
    """Mend what can be mended without losing or guessing anything.

    Args:
        report: the report.
        files: the details of its files.
    """
    work = _Work(report, tuple(files))
    work.split_ports()
    work.move_what_is_refused()
    return Repaired(work.report, work.files, tuple(work.repairs), tuple(work.removed))


def noted(document: D, path: str, text: str) -> tuple[D, str]:
    """The document with a line in the nearest `additionalInfo` around a path, and where that is.

    The place is empty, and the document the same, where a batched report allows none.
    """
    if isinstance(document, Report) and document.batched_report is not None:
        return document, ""
    around = next((one for one in parents_of(path) if _has_info(value_at(document, one))), "")
    if not around:
        return document, ""
    part = value_at(document, around)
    held: Any = part.additional_info
    if isinstance(held, tuple):
        added: Any = (*held, text)
        place = f"{around}/additionalInfo[{len(added)}]"
    else:
        added = f"{held}\n{text}" if held else text
        place = f"{around}/additionalInfo"
    return changed(document, around, lambda old: old.model_copy(update={"additional_info": added})), place


def _nearest(pointer: str, went: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[str, str]:
    """The place that has the smallest part of the record around a field; at last the report itself."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        if pointer and (places := went.get(pointer)):
            return places[0]
    return "report", "/report"


def _has_info(part: Any) -> bool:
    return isinstance(part, Wire) and shape_of(type(part)).child("additionalInfo") is not None


class _Work:
    """The documents while they are being mended."""

    def __init__(self, report: Report, files: tuple[FileDetails, ...]) -> None:
        self.report = report
        self.files = files
        self.repairs: list[Repair] = []
        self.removed: list[tuple[str, str]] = []
        self.before = SourceMap()

    def set_apart(self, sources: SourceMap) -> None:
        """Keep what the record says from being read as something that was kept (`read_originals`)."""
        for document, path in sources.filled:
            if path.rpartition("/")[2].startswith("additionalInfo") and LOOKS_KEPT.search(self._at(document, path)):
                self._change(document, path, lambda text: LOOKS_KEPT.sub(r" \g<0>", text))
                words = "a line that begins like a kept original got a space before it, so that it is not taken for one"
                pointer = sources.pointer(document, path)
                self.repairs.append(Repair("R707", document, path, "", words, "null", pointer))

    def keep(self, set_aside: Sequence[SetAside], sources: SourceMap) -> None:
        """Write values that were set aside."""
        went = sources.by_pointer()
        for one in set_aside:
            places = went.get(one.pointer, [])
            if not places and one.code in ("R702", "R705"):
                # The code was taken out, so its parent tells where it would stand.
                around, _, name = one.pointer.rpartition("/")
                places = [(document, f"{path}/{camel_case(name)}") for document, path in went.get(around, [])]
            document, path = places[0] if places else ("report", "")
            if one.code == "R705":
                words = f"{path.rpartition('/')[2]} is no code that the API knows; it stands in additionalInfo instead"
            elif one.code == "R702":
                words = "the schema does not list this state, so it is told as <nonUsaState>"
            elif one.code == "R704":
                words = "an identifier with characters that XML cannot carry stands in additionalInfo instead"
            else:
                words = "characters that XML cannot carry were replaced by U+FFFD; the original is in additionalInfo"
            if path:
                target = self._write(document, path, line(path, one.value))
            elif _STAYS.match(one.pointer):
                words = "characters that XML cannot carry were replaced by U+FFFD; the field is not sent"
                target = ""
            else:
                # Part of a longer text, such as a message of a chat: it is called by its place in the record.
                document, around = _nearest(one.pointer, went)
                target = self._write(document, f"{around}/additionalInfo", line(one.pointer, one.value))
            code = one.code if target or _STAYS.match(one.pointer) else "R706"
            self.repairs.append(Repair(code, document, path, target, words, escaped(one.value), one.pointer))

    def split_ports(self) -> None:
        """``192.0.2.44:5678`` to address and port."""
        for finding in self._refused("S101"):
            around = finding.path.rpartition("/")[0]
            event = self._at(finding.document, around)
            found = _WITH_PORT.fullmatch(event.ip_address) if isinstance(event, IpCaptureEvent) else None
            if not found or not isinstance(event, IpCaptureEvent):
                continue
            given = found["port4"] or found["port6"]
            port = int(given) if given else event.port
            if event.port not in (None, port):
                continue  # Two different ports: which is right, nobody may guess.
            split = event.model_copy(update={"ip_address": found["v4"] or found["v6"], "port": port})
            self._change(finding.document, around, lambda _, new=split: new)
            words = "the address held a port, or brackets; both are told in their own elements"
            target = self._write(finding.document, finding.path, line(finding.path, event.ip_address))
            self._note("R702", finding, words, event.ip_address, target=target)

    def move_what_is_refused(self) -> None:
        """Move what the server would refuse, one place after the other, until nothing is left that can be moved."""
        for _ in range(MOST_ROUNDS):
            # Within a round the later place goes first, so only the rounds before have moved anything.
            self.before = SourceMap(tuple(self.removed))
            gone: list[tuple[str, str]] = []
            for finding in self._refused(*MOVABLE):
                if finding.code == "S202" and is_blank(self._at(finding.document, finding.path)):
                    continue  # An escalation without a word: whether it is meant, nobody may guess.
                # What has just been moved takes with it what else was wrong with it.
                if not any(finding.document == document and _overlap(finding.path, path) for document, path in gone):
                    gone.append((finding.document, self._move(finding)))
            if not gone:
                return

    def _refused(self, *codes: str) -> list[Finding]:
        # From the end of each document to its start, so that the paths of those before stay true.
        found = check(Case(now=_LAST_MOMENT, report=self.report, files=self.files)).findings.errors
        wanted = [item for item in found if item.code in codes and self._is_the_records(item)]
        return sorted(wanted, key=lambda item: (item.document, order_of(self._named(item.document), item.path)))[::-1]

    @staticmethod
    def _is_the_records(finding: Finding) -> bool:
        # What the profile says is mended in the profile; a day of birth that has not come cannot be true.
        return not finding.path.startswith("/report/reporter") and not (
            finding.code == "S118" and finding.path.endswith("dateOfBirth")
        )

    def _move(self, finding: Finding) -> str:
        """Move one value, and give the path that is no longer what it was."""
        path = finding.path
        name = path.rpartition("/")[2].partition("[")[0]
        value = self._at(finding.document, path)
        limit = LIMITS.get(name)
        if limit is not None and isinstance(value, str) and units(value) > limit:
            kept = _cut(value, limit)
            words = f"{name} was too long: it is cut after {limit} characters, and stands in full in additionalInfo"
            self._put_aside("R703", finding, words, lambda _: kept)
            return path
        if finding.code == "S109":
            path = f"{path}/@countryCallingCode" if not name.startswith("@") else path
        path = self._dispensable(finding.document, path)
        name = path.rpartition("/")[2].partition("[")[0]
        words = f"{name} is not what the server accepts ({finding.code}), so it stands in additionalInfo instead"
        self._put_aside("R704", replace(finding, path=path), words, lambda _: None)
        return path

    def _dispensable(self, document: str, path: str) -> str:
        """The path itself, or the nearest one around it that its parent can do without."""
        while True:
            around = path.rpartition("/")[0]
            parent = self._at(document, around)
            step = path.rpartition("/")[2]
            name = step.partition("[")[0].lstrip("@")
            model: type[Wire] = type(parent)
            shape = shape_of(model)
            held = shape.attribute(name) if step.startswith("@") else shape.child(name)
            if held is None or not held.required or (held.many and len(getattr(parent, held.field)) > 1):
                return path
            path = around

    def _put_aside(self, code: str, finding: Finding, words: str, change: Any) -> None:
        document, path = finding.document, finding.path
        value = plain_at(self._named(document), path)
        original = self.before.original(document, path)
        self._change(document, path, change)
        target = self._write(document, path, line(original, value))
        if code == "R704" and path.endswith("]"):
            self.removed.append((document, path))
        finding = replace(finding, path=original)
        if not target:
            code, words = "R706", f"{words}; a batched report has none, so the value is kept by the provider alone"
        self._note(code, finding, words, value, target=target)

    def _note(self, code: str, finding: Finding, words: str, value: Any, *, target: str) -> None:
        self.repairs.append(Repair(code, finding.document, finding.path, target, words, escaped(value)))

    # --- the documents by their names ----------------------------------------------------------------------------

    def _named(self, document: str) -> Report | FileDetails:
        return self.report if document == "report" else self.files[_index(document)]

    def _at(self, document: str, path: str) -> Any:
        return value_at(self._named(document), path)

    def _change(self, document: str, path: str, change: Any) -> None:
        if document == "report":
            self.report = changed(self.report, path, change)
        else:
            self._set_file(document, changed(self.files[_index(document)], path, change))

    def _write(self, document: str, path: str, text: str) -> str:
        if document == "report":
            self.report, target = noted(self.report, path, text)
            return target
        if self.report.batched_report is not None:
            return ""
        details, target = noted(self.files[_index(document)], path, text)
        self._set_file(document, details)
        return target

    def _set_file(self, document: str, details: FileDetails) -> None:
        files = list(self.files)
        files[_index(document)] = details
        self.files = tuple(files)


def _index(document: str) -> int:
    return int(document.removeprefix("files[").removesuffix("]"))


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _cut(text: str, limit: int) -> str:
    """The start of a text, at most so many UTF-16 code units, without half a character."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
