"""``cybertip build``"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cybertip.cli import _formats
from cybertip.cli._building import Built, built, built_together, folder_of, put
from cybertip.cli._formats import Checked
from cybertip.cli._input import Document, documents
from cybertip.cli._options import json_option, with_profile_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._profiles import Profiles
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.findings import Findings
from cybertip.gates import OVERRIDABLE, Override


@click.command("build")
@click.argument("records", nargs=-1, required=True, type=click.Path(allow_dash=True), metavar="RECORD...")
@click.option("--out", type=click.Path(file_okay=False), help="Where to make a folder for each record.")
@click.option("--check-files", is_flag=True, help="Look whether each evidence file is the one that was reviewed.")
@click.option("--batch", is_flag=True, help="Make one batched report of all the records, about one viral file.")
@click.option("--override", type=click.Choice(sorted(OVERRIDABLE)), help="Pass this gate, for urgent cases.")
@click.option("--by", help="Who decides about the override.")
@click.option("--reason", help="Why.")
@click.option("--show-values", is_flag=True, help="Put what was repaired into package.json. It may be personal data.")
@json_option
@body_of("build")
@with_profile_settings()
def command(
    output: Output,
    records: tuple[str, ...],
    out: str | None,
    settings: Settings,
    check_files: bool,
    batch: bool,
    override: str | None,
    by: str | None,
    reason: str | None,
    show_values: bool,
) -> int:
    """Write the XML that would be sent for review records.

    RECORD is a JSON file, a .ndjson or .jsonl file with a record on each line, or `-` for standard input. Without --out
    the report of one record goes to stdout. With it each record gets a folder of its own: report.xml and
    files/N/details.xml, byte for byte what is sent, but for the ids in the details, which the server assigns and for
    which others stand in; transcripts that were made; and package.json, which tells where all of it comes from. The
    evidence itself is not copied, and not looked at either without --check-files, which reads every file (P503, P508);
    relative locations start at the record's folder.

    The folder is called like the record's id; an id of other characters than small letters, digits and ._- has them
    replaced and the start of its SHA-256 added. A folder that is there with other content is not overwritten. A record
    with errors is not written (exit status 1), the others are.

    With --batch all the records become one report, which names their users and nothing else of them; its folder is
    called like the first record's id, and pointers of findings begin with the index of the record. --override with --by
    and --reason passes a gate that the policy lets a person pass; package.json keeps who, why and when.
    """
    if records.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    work = _Work(
        Profiles(output, settings),
        Path(out) if out is not None else None,
        {"check_files": check_files, "show_values": show_values, "overrides": _override(override, by, reason)},
    )
    results: list[_Result] = []
    for result in [work.together(records)] if batch else map(work.one, _all(records)):
        if out is None and results:
            raise click.UsageError("there is more than one record: name a folder for them with --out")
        results.append(result)
        if out is not None:
            _tell(output, result)
    if out is None:
        for result in results:
            _tell(output, result)
            if result.built.files:
                output.exact(result.built.files["report.xml"])
    return output.end(_status(results), {"records": [_data(item, with_report=out is None) for item in results]})


def _override(code: str | None, by: str | None, reason: str | None) -> tuple[Override, ...]:
    if code is None:
        if by is not None or reason is not None:
            raise click.UsageError("--by and --reason belong to --override")
        return ()
    if not (by or "").strip() or not (reason or "").strip():
        raise click.UsageError("--override needs a person and a reason: --by NAME --reason TEXT")
    return (Override(code, by or "", reason or "", datetime.now(UTC)),)


@dataclass(frozen=True, slots=True)
class _Result:
    """One record: how it is called here, what was built, and where it is."""

    label: str
    built: Built
    folder: Path | None = None
    written: bool = False
    error: str | None = None


def _all(names: tuple[str, ...]) -> Iterator[Document | _Result]:
    for name in names:
        try:
            yield from documents(name)
        except ConfigurationError as problem:
            yield _Result(name, Built(Findings()), error=str(problem))


@dataclass(frozen=True, slots=True)
class _Work:
    """How records are built, and where to."""

    profiles: Profiles
    out: Path | None
    how: dict[str, Any]

    def one(self, document: Document | _Result) -> _Result:
        if isinstance(document, _Result):
            return document
        return self._put(document.label, lambda: built(document, self.profiles.named, **self.how))

    def together(self, names: tuple[str, ...]) -> _Result:
        read = list(_all(names))
        unread = [item for item in read if isinstance(item, _Result)]
        if unread:
            return unread[0]
        taken = [item for item in read if isinstance(item, Document)]
        label = ", ".join(names)
        return self._put(label, lambda: built_together(taken, self.profiles.named, **self.how))

    def _put(self, label: str, make: Callable[[], Built]) -> _Result:
        made = Built(Findings())
        try:
            made = make()
            if self.out is None or not made.files or made.record_id is None:
                return _Result(label, made)
            folder = self.out / folder_of(made.record_id)
            return _Result(label, made, folder, written=put(made.files, folder))
        except ConfigurationError as problem:
            return _Result(label, made, error=str(problem))


def _tell(output: Output, result: _Result) -> None:
    if result.error is not None:
        output.error(f"cybertip build: {result.error}")
    elif result.built.findings:
        for line in _formats.text([Checked(result.label, result.built.findings)]):
            output.say(line)
    if result.folder is not None:
        output.data(f"{result.folder}" if result.written else f"{result.folder} (unchanged)")


def _status(results: list[_Result]) -> Exit:
    if any(item.error is not None for item in results):
        return Exit.USAGE
    return Exit.FINDINGS if any(item.built.findings.errors for item in results) else Exit.DONE


def _data(item: _Result, *, with_report: bool) -> dict[str, Any]:
    report = item.built.files.get("report.xml", b"").decode() or None
    return {
        "record": item.label,
        "id": item.built.record_id,
        "folder": str(item.folder) if item.folder is not None else None,
        "written": item.written,
        "error": item.error,
        "findings": [finding.as_dict() for finding in item.built.findings],
        **({"report": report} if with_report else {}),
    }
