"""What will be sent for a record: the documents, the files, and where all of it comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from cybertip._version import __version__
from cybertip.findings import Findings
from cybertip.gates import Override
from cybertip.models import FileDetails, Report
from cybertip.profile import ReporterProfile
from cybertip.provenance import SourceMap
from cybertip.repairs import Repair
from cybertip.review import Evidence
from cybertip.schema import bundled_xsd


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
        # A repair's path is the original one, so nothing has to be moved back.
        original = replace(self.map, removed=())
        return Findings(
            replace(one.finding, pointer=one.pointer or original.pointer(one.document, one.path))
            for one in self.repairs
        )


@dataclass(frozen=True, slots=True)
class History:
    """What earlier filings tell, for a report that is built now: from the ledger, or from whoever else knows.

    Attributes:
        prior_reports: the ids of earlier CyberTipline reports, by the identifier of the account that they were about.
    """

    prior_reports: Mapping[str, Sequence[int]] = field(default_factory=dict, repr=False)


@cache
def _schema_digest() -> str:
    return hashlib.sha256(bundled_xsd()).hexdigest()


def versions(profile: ReporterProfile) -> Versions:
    """What a package for this profile is made with."""
    canonical = json.dumps(profile.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return Versions(__version__, _schema_digest(), hashlib.sha256(canonical.encode()).hexdigest())
