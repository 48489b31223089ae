"""What is filed, frozen: the exact bytes, and what they were made with.

A package is frozen when a record comes in or is corrected. From then on neither a new version of this program nor an
edited profile changes what is filed; only the ids that the server assigns are put into the file details.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from cybertip.builder import Package
from cybertip.xml import name_file, write


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A file to upload.

    Attributes:
        location: where it is, an absolute path or a URL; None for one whose bytes are kept here.
        content: the bytes of a file that was made of the record; None for evidence, which stays where it is.
        name: the name to send; None for the file's own.
        sha256: what its SHA-256 must be; None where nobody said (hand-written XML alone may leave it out).
        size: its bytes, as far as they are known.
        details: the file details with stand-ins for the server's ids; None where none belong to it.
    """

    location: str | None = field(repr=False)
    content: bytes | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    sha256: str | None = None
    size: int | None = None
    details: bytes | None = field(default=None, repr=False)

    def described(self, report_id: int, file_id: str) -> bytes:
        """The file details with the ids that the server assigned.

        Raises:
            ValueError: no details belong to this file.
        """
        if self.details is None:
            raise ValueError("no details belong to this file")
        return name_file(self.details, report_id, file_id)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A package as it is kept.

    Attributes:
        report: the report document.
        files: the files in the order in which they are sent.
        versions: what it was made with: program, schema, profile.
        batched: whether it is a batched report.
        notes: what the package tells beside the documents, as plain data: repairs without values, overrides, findings.
    """

    report: bytes = field(repr=False)
    files: tuple[FrozenFile, ...]
    versions: dict[str, str]
    batched: bool = False
    notes: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def details(self) -> tuple[bool, ...]:
        """For each file, whether file details belong to it."""
        return tuple(item.details is not None for item in self.files)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The bytes of each file; 0 where they are not known."""
        return tuple(item.size or 0 for item in self.files)

    def manifest(self) -> bytes:
        """Canonical JSON that names everything by its digest: what a signature or a chain needs to cover."""
        listed = {
            "report": _digest(self.report),
            "files": [
                {
                    "location": item.location,
                    "name": item.name,
                    "sha256": item.sha256,
                    "content": None if item.content is None else _digest(item.content),
                    "details": None if item.details is None else _digest(item.details),
                }
                for item in self.files
            ],
            "versions": self.versions,
            "batched": self.batched,
            "notes": self.notes,
        }
        return _canonical(listed)

    def identity(self) -> bytes:
        """Canonical JSON of what would arrive at the server, by digests: what makes hand-written documents the same.

        Neither the folder of a file nor the version of this program is part of it.
        """
        listed = [
            {
                "name": item.name or Path(item.location or "").name,
                "sha256": item.sha256,
                "details": None if item.details is None else _digest(item.details),
            }
            for item in self.files
        ]
        return _canonical({"report": _digest(self.report), "files": listed})


def freeze(package: Package, folder: Path) -> Frozen:
    """The package as it is kept.

    Args:
        package: what was built.
        folder: where relative locations of the evidence start: the record's own folder.
    """
    files = []
    for index, item in enumerate(package.files):
        # The server assigns the ids; until then any valid ones stand there.
        details = write(item.details(1, f"{index:032x}"))
        if item.evidence is None:
            content = item.content or b""
            files.append(FrozenFile(None, content, item.name, item.sha256, len(content), details))
        else:
            location = item.evidence.location
            place = location if "://" in location else str((folder / location).absolute())
            files.append(FrozenFile(place, None, item.name, item.sha256, item.evidence.size, details))
    return Frozen(
        report=write(package.report),
        files=tuple(files),
        versions={
            "program": package.versions.program,
            "schema": package.versions.schema,
            "profile": package.versions.profile,
        },
        batched=package.report.batched_report is not None,
        notes={
            "repairs": [
                {"code": one.code, "document": one.document, "path": one.path, "target": one.target}
                for one in package.repairs
            ],
            "overrides": [
                {"code": one.code, "person": one.person, "reason": one.reason, "at": one.at.isoformat()}
                for one in package.overrides
            ],
        },
    )


def _canonical(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
