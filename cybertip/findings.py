"""Findings: what a check has to say about a document.

A finding names its rule by a stable code, the place by a path and a line, and says in words what is wrong and how to
mend it. It never quotes a value of the document, because values may be personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

from cybertip.errors import CybertipError


class Severity(StrEnum):
    """How much a finding weighs. Only errors stop a filing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check.

    Attributes:
        code: the rule's stable code, such as ``X002`` or ``S119``. A code is never reused for another meaning.
        severity: error, warning or info.
        path: where: an XML path such as ``/report/victim[2]/victimPerson/age``, with one-based positions where a name
            may repeat and ``/@name`` for attributes; for a record, a JSON pointer such as ``/evidence/0/sha256``.
        message: what is wrong.
        cure: what to do about it; empty where the message says it all.
        line: one-based line of the input, where the input was XML.
        pointer: for a finding on a document that was built from a review record, the JSON pointer of the record's field
            that it comes from; empty otherwise.
        document: which document the path belongs to, where several were checked together: ``report``, ``files[0]``.
    """

    code: str
    severity: Severity
    path: str
    message: str
    cure: str = ""
    line: int | None = None
    pointer: str = ""
    document: str = ""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path} (line {self.line})"
        if self.document.startswith("files"):  # paths of a report tell themselves
            place = f"{place} of {self.document}"
        cure = f". {self.cure}" if self.cure else ""
        return f"{self.code} {self.severity} at {place or '/'}: {self.message}{cure}"

    def as_dict(self) -> dict[str, str | int | None]:
        """Plain data for JSON output."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "path": self.path,
            "line": self.line,
            "pointer": self.pointer,
            "document": self.document,
            "message": self.message,
            "cure": self.cure,
        }


def error(code: str, path: str, message: str, cure: str = "", line: int | None = None) -> Finding:
    """A finding that stops a filing."""
    return Finding(code, Severity.ERROR, path, message, cure, line)


class Findings(Sequence[Finding]):
    """An immutable list of findings in the order of the document."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Finding] = ()) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        return Findings(self._items[index]) if isinstance(index, slice) else self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Findings) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return Findings((*self._items, *other))

    def __repr__(self) -> str:
        return f"Findings({list(self._items)!r})"

    @property
    def errors(self) -> Findings:
        """The findings that stop a filing."""
        return Findings(f for f in self._items if f.severity is Severity.ERROR)

    @property
    def warnings(self) -> Findings:
        """The findings of severity *warning*."""
        return Findings(f for f in self._items if f.severity is Severity.WARNING)

    def raise_for_errors(self) -> None:
        """Raise a DocumentError that carries all findings if any of them is an error."""
        if self.errors:
            raise DocumentError(self)


class DocumentError(CybertipError):
    """A document is wrong. Nothing was sent.

    Attributes:
        findings: everything that was found.
        subject: what they are about, such as a file's name; empty where the caller knows.
    """

    SHOWN = 5
    """How many findings the message shows in full; `findings` has them all."""

    def __init__(self, findings: Iterable[Finding], subject: str = "") -> None:
        self.subject = subject
        self.findings = findings if isinstance(findings, Findings) else Findings(findings)
        errors = self.findings.errors or self.findings
        lines = [str(finding) for finding in errors[: self.SHOWN]]
        if len(errors) > self.SHOWN:
            lines.append(f"… and {len(errors) - self.SHOWN} more")
        super().__init__("\n".join(f"{subject}: {line}" if subject else line for line in lines))


class RecordError(DocumentError):
    """A review record or a reporter profile is wrong; the paths of its findings are JSON pointers."""
