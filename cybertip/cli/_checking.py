"""What ``cybertip validate`` looks at, and what it finds in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from cybertip.checks import judge, validate_record
from cybertip.cli._formats import Checked
from cybertip.cli._input import STREAMS, Document, documents, read_input
from cybertip.cli._profiles import STAND_IN
from cybertip.errors import ConfigurationError
from cybertip.findings import DocumentError, Finding, Findings
from cybertip.intake import accept_record
from cybertip.profile import ReporterProfile, Thresholds
from cybertip.rules import RULES, Case
from cybertip.schema import Schema
from cybertip.xml import read_tree

_SUFFIXES = (".json", ".xml", *STREAMS)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings are wanted, by codes and families; an empty `select` means all."""

    select: frozenset[str]
    ignore: frozenset[str]

    def of(self, findings: Iterable[Finding]) -> Findings:
        """The findings that are wanted, and those that keep anything else from being checked."""
        return Findings(finding for finding in findings if is_basic(finding.code) or self._wants(finding.code))

    def _wants(self, code: str) -> bool:
        names = {code, code[0]}
        return (not self.select or bool(names & self.select)) and not names & self.ignore


def is_basic(code: str) -> bool:
    """Whether nothing else is checked while findings of this code, or family, stand: the document cannot be read."""
    return code[0] in "XP" or code == "S119"


def codes(text: str) -> frozenset[str]:
    """Codes and families out of a list with commas. Raises ValueError with words that name what is unknown."""
    names = {name.strip().upper() for name in text.split(",") if name.strip()}
    known = {*RULES, *(code[0] for code in RULES)}
    if unknown := sorted(names - known):
        raise ValueError(f"{', '.join(unknown)}: no such code or family; `cybertip rules` lists them all")
    return frozenset(names)


def expanded(names: Sequence[str]) -> Iterator[Checked | str]:
    """The names of files, with those in directories; an input without any file as what is to be said of it."""
    for name in names:
        path = Path(name)
        if name == "-" or not path.is_dir():
            yield name
            continue
        found = sorted(
            item
            for item in path.rglob("*")
            if item.suffix.lower() in _SUFFIXES
            and item.is_file()
            and not any(part.startswith(".") for part in item.relative_to(path).parts)
        )
        if not found:
            yield Checked(name, Findings(), error=f"the directory {name} holds no .xml, .json or .ndjson file")
        yield from map(str, found)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks one input after the other.

    Attributes:
        profile_named: the profile of a record, by its name; None where nothing is configured.
        profile_for_xml: the profile that XML is checked with; None where there is none.
        selection: which findings are wanted.
        show_values: whether the values at the findings' places are wanted.
    """

    profile_named: Callable[[str], ReporterProfile | None]
    profile_for_xml: Callable[[], ReporterProfile | None]
    selection: Selection
    show_values: bool

    def check(self, name: str) -> Iterator[Checked]:
        """Check one file alone, or each of the records in it."""
        try:
            for document in documents(name):
                yield self._one(document)
        except ConfigurationError as problem:
            yield Checked(name, Findings(), error=str(problem))

    def _one(self, document: Document) -> Checked:
        data = document.data
        is_record = (
            document.line is not None
            or document.name.lower().endswith(".json")
            or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
        )
        try:
            findings = self._record(data) if is_record else self._document(data)
        except ConfigurationError as problem:
            return Checked(document.name, Findings(), error=str(problem), line=document.line)
        if document.line is not None:
            # Lines of a record that stands in one line say nothing; the line of the record does.
            findings = [replace(item, line=None) for item in findings]
        return replace(self._checked(document.name, data, findings), line=document.line)

    def check_together(self, report: str, details: Sequence[str]) -> list[Checked]:
        """Check a report with its file details."""
        read: dict[str, bytes] = {}
        unread: list[Checked] = []
        for name in (report, *details):
            try:
                read[name] = read_input(name)
            except ConfigurationError as problem:
                unread.append(Checked(name, Findings(), error=str(problem)))
        if report not in read:
            return unread
        described = [name for name in details if name in read]
        try:
            case = self._case(uploads=len(details))
        except ConfigurationError as problem:
            return [Checked(report, Findings(), error=str(problem))]
        verdict = judge(read[report], [read[name] for name in described], case)
        names = {"report": report, **{f"files[{index}]": name for index, name in enumerate(described)}}
        return [
            *(
                self._checked(name, read[name], [item for item in verdict.findings if item.document == document])
                for document, name in names.items()
            ),
            *unread,
        ]

    def _case(self, uploads: int | None = None) -> Case:
        profile = self.profile_for_xml()
        thresholds = profile.thresholds if profile is not None else Thresholds()
        return Case(now=datetime.now(UTC), profile=profile, thresholds=thresholds, uploads=uploads)

    def _document(self, data: bytes) -> Iterable[Finding]:
        try:
            root = read_tree(data).tag
            if root == "report":
                return judge(data, (), self._case()).findings
            if root == "fileDetails":
                return judge(None, [data], self._case()).findings
            Schema.bundled().parse(data)
        except DocumentError as problem:
            return problem.findings
        return ()

    def _record(self, data: bytes) -> Iterable[Finding]:
        try:
            accepted = accept_record(data)
            profile = self.profile_named(accepted.record.profile)
            findings = validate_record(accepted, profile or STAND_IN)
            # Nothing is said about a reporter that does not exist.
            return [item for item in findings if profile is not None or item.pointer != "/profile"]
        except DocumentError as problem:
            return problem.findings

    def _checked(self, name: str, data: bytes, found: Iterable[Finding]) -> Checked:
        findings = self.selection.of(found)
        values = dict(_values(data, findings)) if self.show_values else {}
        return Checked(name, findings, values=values)


def _values(data: bytes, findings: Findings) -> Iterator[tuple[int, str]]:
    """The values at the places of findings, where there are any, by the index of the finding."""
    look_up = _looker(data)
    for index, finding in enumerate(findings):
        value = look_up(finding)
        if value is not None:
            yield index, value


def _looker(data: bytes) -> Callable[[Finding], str | None]:
    try:
        tree = read_tree(data)
        return lambda finding: _in_tree(tree, finding.path)
    except DocumentError:
        pass
    try:
        content = json.loads(data)
        return lambda finding: _in_record(content, finding.pointer or finding.path)
    except (ValueError, RecursionError):
        return lambda finding: None


def _in_tree(root: etree._Element, path: str) -> str | None:
    try:
        found: Any = root.getroottree().xpath(path)
    except etree.XPathError:
        return None
    if not isinstance(found, list) or not found:
        return None
    place = found[0]
    if isinstance(place, str):
        return str(place)
    return None if len(place) else place.text or ""


def _in_record(content: Any, pointer: str) -> str | None:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            content = content[int(name)] if isinstance(content, list) else content[name]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return None if isinstance(content, (dict, list)) else str(content)
