"""How ``cybertip validate`` shows findings: as text, as commands of GitHub's workflows, as SARIF 2.1.0."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cybertip._version import __version__
from cybertip.findings import Finding, Findings, Severity
from cybertip.rules import RULES

# The text's words for severities are SARIF's levels as well.
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_PLACES = 3
"""How many places of the same finding the text shows; machines get them all."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One input and what was found.

    Attributes:
        name: as given on the command line or found in a directory; ``-`` is standard input.
        findings: what was found, in order.
        error: why it could not be looked at at all; None otherwise.
        values: the values at the findings' places, by the index of the finding; empty unless they were asked for.
        line: where the record stands in a file of many; None for a file of one.
    """

    name: str
    findings: Findings
    error: str | None = None
    values: Mapping[int, str] = field(default_factory=dict, repr=False)
    line: int | None = None

    @property
    def label(self) -> str:
        """What to call it: ``records.ndjson:12``."""
        return self.name if self.line is None else f"{self.name}:{self.line}"


def _safe(text: str) -> str:
    """A text that cannot forge lines or move the cursor: what is not printable is escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


# --- text --------------------------------------------------------------------------------------------------------


def text(results: Sequence[Checked]) -> Iterator[str]:
    """Lines for people, grouped by input; the same finding at many places is told once."""
    for item in results:
        name = _safe(item.label)
        if item.error is not None:
            yield f"{name}: not checked"  # the reason goes to stderr
            continue
        yield f"{name}: {_verdict(item.findings)}"
        yield from _blocks(name, item)
    if len(results) > 1:
        everything = Findings(finding for item in results for finding in item.findings)
        unread = sum(item.error is not None for item in results)
        # What was not checked must not be counted as valid.
        valid = f"{len(results) - unread} valid" if unread else "all valid"
        missing = f"; {unread} not checked" if unread else ""
        what = "inputs" if any(item.line is not None for item in results) else "files"
        yield f"{len(results)} {what}: {_verdict(everything, valid)}{missing}"


def _verdict(findings: Findings, valid: str = "valid") -> str:
    counts = Counter(finding.severity for finding in findings)
    words = ", ".join(
        f"{counts[severity]} {word}{'s' if counts[severity] > 1 else ''}"
        for severity, word in _WORDS.items()
        if counts[severity]
    )
    if counts[Severity.ERROR]:
        return words
    return f"{valid}; {words}" if words else valid


def _blocks(name: str, item: Checked) -> Iterator[str]:
    groups: dict[tuple[str, Severity, str], list[int]] = {}
    for index, finding in enumerate(item.findings):
        groups.setdefault((finding.code, finding.severity, finding.message), []).append(index)
    for indexes in groups.values():
        first = item.findings[indexes[0]]
        line = f"{name}:{first.line}: " if first.line else ""
        yield f"  {line}{_WORDS[first.severity]} {first.code} at {_place(first)}"
        yield f"    {_safe(first.message)}"
        if first.cure:
            yield f"    {_safe(first.cure)}"
        yield from _value(item, indexes[0])
        for index in indexes[1:_PLACES]:
            yield f"    also at {_place(item.findings[index])}{_line(item.findings[index])}"
            yield from _value(item, index)
        if (more := len(indexes) - _PLACES) > 0:
            yield f"    and at {more} more place{'s' if more > 1 else ''}; --json lists {'them' if more > 1 else 'it'}"


def _value(item: Checked, index: int) -> Iterator[str]:
    if index in item.values:
        yield f"    value: {item.values[index]!r}"  # repr escapes what _safe does


def _line(finding: Finding) -> str:
    return f", line {finding.line}" if finding.line else ""


def _place(finding: Finding) -> str:
    path = _safe(finding.path) or "the whole record"
    # Who has a record mends the record.
    return f"{_safe(finding.pointer)} (in the document {path})" if _has_own_pointer(finding) else path


def _has_own_pointer(finding: Finding) -> bool:
    return finding.pointer not in ("", finding.path)


# --- GitHub ------------------------------------------------------------------------------------------------------


def github(results: Sequence[Checked]) -> Iterator[str]:
    """Workflow commands, one for each finding, which GitHub shows beside the lines of a change."""
    for item in results:
        if item.error is not None:
            yield _command("error", item.name, item.line, "not checked", item.error)
        for finding in item.findings:
            message = " ".join(part for part in (f"{_place(finding)}: {finding.message}.", finding.cure) if part)
            yield _command(_GITHUB[finding.severity], item.name, finding.line or item.line, finding.code, message)


def _command(kind: str, name: str, line: int | None, title: str, message: str) -> str:
    properties = {"file": None if name == "-" else name, "line": line, "title": title}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{kind} {listed}::{_escaped(message)}"


def _escaped(text: str) -> str:
    # GitHub undoes its own three; anything else would reach the terminal of who reads the log.
    return _safe(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


# --- SARIF -------------------------------------------------------------------------------------------------------


def sarif(results: Sequence[Checked]) -> dict[str, Any]:
    """The findings as a SARIF 2.1.0 log. It never holds values of the documents."""
    codes = sorted({finding.code for item in results for finding in item.findings})
    unread = [item for item in results if item.error is not None]
    invocation: dict[str, Any] = {"executionSuccessful": not unread}
    if unread:
        invocation["toolExecutionNotifications"] = [
            {
                "level": "error",
                "message": {"text": _safe(str(item.error))},
                "locations": list(_locations(item, None)),
            }
            for item in unread
        ]
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cybertip",
                        "version": __version__,
                        "rules": [_sarif_rule(code) for code in codes],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "invocations": [invocation],
                "results": [
                    {
                        "ruleId": finding.code,
                        "ruleIndex": codes.index(finding.code),
                        "level": _WORDS[finding.severity],
                        "message": {"text": _safe(f"{finding.message}. {finding.cure}".rstrip())},
                        "locations": list(_locations(item, finding)),
                    }
                    for item in results
                    for finding in item.findings
                ],
            }
        ],
    }


def _sarif_rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": rule.cure},
        "defaultConfiguration": {"level": _WORDS[rule.severity]},
        "properties": {"section": rule.section},
    }


def _locations(item: Checked, finding: Finding | None) -> Iterator[dict[str, Any]]:
    location: dict[str, Any] = {}
    if item.name != "-":
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(item.name)}}
        line = (finding.line if finding is not None else None) or item.line
        if line:
            location["physicalLocation"]["region"] = {"startLine": line}
    if finding is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": _safe(place)} for place in _logical(finding)]
    if location:
        yield location


def _logical(finding: Finding) -> Iterator[str]:
    yield finding.path or "/"  # SARIF wants a name even for the whole
    if _has_own_pointer(finding):
        yield finding.pointer


def _uri(name: str) -> str:
    path = Path(name)
    # Names of files may hold bytes that are no text; as_uri escapes them likewise.
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
