"""What ``cybertip build`` writes for one record, and how it gets into a folder."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cybertip.batch import build_batch
from cybertip.builder import Package, build
from cybertip.checks import judge_package
from cybertip.cli._input import Document
from cybertip.cli._profiles import STAND_IN
from cybertip.errors import ConfigurationError
from cybertip.evidence import look_at
from cybertip.findings import DocumentError, Finding, Findings
from cybertip.gates import Override
from cybertip.intake import Accepted, accept_record
from cybertip.profile import ReporterProfile
from cybertip.repairs import Repair
from cybertip.xml import write

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one record.

    Attributes:
        findings: what was found.
        record_id: the record's id, where it could be read and built.
        files: what is to be written, by path below the record's folder; empty where a finding is an error.
    """

    findings: Findings
    record_id: str | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def built(
    document: Document,
    profile_named: Callable[[str], ReporterProfile | None],
    *,
    check_files: bool,
    show_values: bool,
    overrides: Sequence[Override] = (),
) -> Built:
    """Build a record and check what was built.

    Args:
        document: the record; relative locations of its evidence start at its folder.
        profile_named: the profile of a name.
        check_files: whether to look if each evidence file is there and the one that was reviewed.
        show_values: whether the originals of what was repaired are wanted.
        overrides: the gates that a person has decided to pass.

    Raises:
        ConfigurationError: the record's profile is missing or wrong.
    """
    try:
        accepted = accept_record(document.data)
        configured = profile_named(accepted.record.profile)
        profile = configured or STAND_IN
        seen = look_at(accepted.record, Path(document.name).parent) if check_files else None
        package = build(accepted.record, profile, accepted.set_aside, seen=seen, overrides=overrides)
    except DocumentError as problem:
        return Built(problem.findings)
    judged = judge_package(package, accepted.record, profile).findings
    return _built(package, judged, stands_in=configured is None, show_values=show_values)


def built_together(
    documents: Sequence[Document],
    profile_named: Callable[[str], ReporterProfile | None],
    *,
    check_files: bool,
    show_values: bool,
    overrides: Sequence[Override] = (),
) -> Built:
    """Build one batched report of several records, and check what was built; arguments and errors as of `built`.

    Pointers of findings begin with the index of the record.
    """
    taken: list[Accepted] = []
    problems: list[Finding] = []
    for index, document in enumerate(documents):
        try:
            taken.append(accept_record(document.data))
        except DocumentError as problem:
            problems += [replace(item, path=f"/{index}{item.path}", line=None) for item in problem.findings]
    if problems:
        return Built(Findings(problems))
    names = {one.record.profile for one in taken}
    if len(names) > 1:
        raise ConfigurationError("the records name different profiles, and one report has one reporter")
    configured = profile_named(names.pop())
    profile = configured or STAND_IN
    records = [one.record for one in taken]
    aside = [replace(item, pointer=f"/{i}{item.pointer}") for i, one in enumerate(taken) for item in one.set_aside]
    seen = None
    if check_files:
        seen = [
            look_at(record, Path(document.name).parent) for record, document in zip(records, documents, strict=True)
        ]
    try:
        package = build_batch(records, profile, aside, seen=seen, overrides=overrides)
    except DocumentError as problem:
        return Built(problem.findings)
    judged = judge_package(package, None, profile, batch=records).findings
    return _built(package, judged, stands_in=configured is None, show_values=show_values)


def _built(package: Package, findings: Findings, *, stands_in: bool, show_values: bool) -> Built:
    if stands_in:  # nothing is said about a reporter that does not exist
        findings = Findings(item for item in findings if item.pointer != "/profile")
    if findings.errors:
        return Built(findings, package.record_id)
    return Built(findings, package.record_id, _files(package, stands_in=stands_in, show_values=show_values))


def _files(package: Package, *, stands_in: bool, show_values: bool) -> dict[str, bytes]:
    files = {"report.xml": write(package.report)}
    listed = []
    for index, item in enumerate(package.files):
        around = f"files/{index}"
        # The server assigns the ids when it gets the report and the file; until then any valid ones stand there.
        files[f"{around}/details.xml"] = write(item.details(1, f"{index:032x}"))
        content = None
        if item.content is not None:
            content = f"{around}/{item.name}"
            files[content] = item.content
        listed.append(
            {
                "document": f"files[{index}]",
                "evidence": item.evidence.id if item.evidence is not None else None,
                "sha256": item.sha256,
                "details": f"{around}/details.xml",
                "content": content,
            }
        )
    summary = {
        "record_ids": list(package.record_ids),
        "versions": {
            "program": package.versions.program,
            "schema": package.versions.schema,
            "profile": package.versions.profile,
        },
        "reporter_stands_in": stands_in,
        "overrides": [
            {"code": one.code, "person": one.person, "reason": one.reason, "at": one.at.isoformat()}
            for one in package.overrides
        ],
        "stand_in_ids": "reportId and fileId of the details are replaced by those that the server assigns",
        "files": listed,
        "repairs": [_repair(item, show_values=show_values) for item in package.repairs],
        "map": [
            {"document": document, "path": path, "pointer": package.map.pointer(document, path)}
            for document, path in package.map.filled
        ],
    }
    files["package.json"] = (json.dumps(summary, indent=2) + "\n").encode()
    return files


def _repair(item: Repair, *, show_values: bool) -> dict[str, Any]:
    told = {name: getattr(item, name) for name in ("code", "document", "path", "target", "pointer", "message")}
    return {**told, "original": item.original} if show_values else told


def folder_of(record_id: str) -> str:
    """A folder's name for a record, the same for no other.

    An id of at most 80 small letters, digits and ``._-`` that begins with a letter or digit is its own name. Any other
    is what can be kept of it, a tilde, which no id of the first kind has, and the start of its SHA-256.
    """
    if _PLAIN.fullmatch(record_id):
        return record_id
    kept = re.sub(r"[^a-z0-9._-]+", "_", record_id.lower(), flags=re.ASCII).lstrip("._-")[:60]
    return f"{kept}~{hashlib.sha256(record_id.encode()).hexdigest()[:24]}"


def put(files: Mapping[str, bytes], folder: Path) -> bool:
    """Write files into a new folder, all or none; whether anything had to be written.

    Raises:
        ConfigurationError: there is a folder with something else in it, or it cannot be written.
    """
    try:
        if folder.exists() or folder.is_symlink():
            if _content(folder) != dict(files):
                raise ConfigurationError(f"{folder} exists and holds something else; remove it or name another --out")
            return False
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Readable by its owner alone, as mkdtemp makes it: reports are full of personal data.
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            for name, content in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as problem:
        raise ConfigurationError(f"cannot write {folder}: {problem.strerror}") from None
    return True


def _content(folder: Path) -> dict[str, bytes] | None:
    if not folder.is_dir():
        return None
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
