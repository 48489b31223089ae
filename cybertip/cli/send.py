"""``cybertip send``"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from cybertip._version import __version__
from cybertip.calls.forms import FileSource
from cybertip.checks import judge
from cybertip.cli._input import read_input
from cybertip.cli._ledgers import as_data, exit_of, filer, files_of, stoppable, told
from cybertip.cli._options import json_option, with_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import handing_in
from cybertip.cli._profiles import Profiles
from cybertip.cli._progress import watched
from cybertip.config import Connection, Settings
from cybertip.errors import ConfigurationError, EvidenceError
from cybertip.evidence import HashedReading, source
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.findings import DocumentError
from cybertip.ledger import Filing
from cybertip.models import FileDetails, Report
from cybertip.review import RecordId
from cybertip.rules import Case
from cybertip.schema import Schema
from cybertip.xml import name_file


@click.command("send")
@click.argument("report", type=click.Path(dir_okay=False))
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="PATH[=DETAILS.xml]",
    help="A file to upload, and the file details that describe it; may be repeated. The <reportId> and <fileId> of the"
    " details may hold any number and any word, such as 0: they are replaced by what the server assigns.",
)
@click.option("--id", "case", help="The case's id; made of the documents if it is left out.")
@json_option
@body_of("send")
@with_settings()
@handing_in
def command(
    output: Output,
    report: str,
    files: tuple[str, ...],
    case: str | None,
    settings: Settings,
    by: str,
) -> int:
    """File hand-written XML with its files, exactly once.

    Everything is checked before the report is opened, and kept in the ledger before anything is sent. The same
    documents are filed once, however often this is run: after a crash or a failure run it again, or `cybertip file`.
    --id names the case, so that the same documents can be filed for another one. The receipt, byte for byte, goes to
    stdout.
    """
    if case is not None:
        _check_id(case)
    access = settings.connection()
    schema = Schema.bundled()
    document = _checked(report, Report, schema)
    described = [_described(text, schema) for text in files]
    moment = _ready(report, document, described)
    package = _package(document, described)
    name = case or f"xml-{hashlib.sha256(package.identity()).hexdigest()[:32]}"
    patience = timedelta()
    if moment is not None:
        output.say(
            f"A time in the documents is a little ahead of this machine's clock: waiting until {moment.isoformat()}."
        )
        patience = max(patience, moment - datetime.now(UTC) + timedelta(seconds=1))
    with (
        watched(output, package.files) as watch,
        filer(settings, access, Profiles(output, settings), watch, by) as working,
        stoppable(output, working),
    ):
        filing = working.file_documents(name, package, patience=patience)
        receipt = working.receipt(filing.id)
    if receipt is not None:
        output.raw(receipt)
    told(output, filing)
    status = output.end(exit_of([filing]), _result(access, filing, receipt))
    return status if output.lost is None or receipt is None else _keep(output, filing, receipt)


def _check_id(case: str) -> None:
    """See that a case's id is what a record's would have to be."""
    try:
        TypeAdapter(RecordId).validate_python(case)
    except ValidationError:
        raise click.UsageError("--id must be 1 to 200 printable characters without space at its ends") from None


def _result(access: Connection, filing: Filing, receipt: bytes | None) -> dict[str, Any]:
    return {
        **access.as_dict(),
        **as_data(filing),
        "file_ids": files_of(receipt),
        "receipt": receipt.decode("utf-8", "replace") if receipt is not None else None,
    }


def _keep(output: Output, filing: Filing, receipt: bytes) -> int:
    """The receipt could not be written to stdout: it is the proof, so it goes to a file or, failing that, to stderr.

    The ledger has it as well; whoever runs this may not know that yet.
    """
    output.as_json = False
    output.error(
        f"Report {filing.status.report_id} is filed, and sending it again gives the same receipt. Standard output could"
        f" not be written: {output.lost}"
    )
    try:
        descriptor, path = tempfile.mkstemp(prefix=f"cybertip-receipt-{filing.status.report_id}-", suffix=".xml")
        with os.fdopen(descriptor, "wb") as file:
            file.write(receipt)
    except OSError:
        output.error(f"The receipt could not be kept in a file either. This is it:\n{receipt.decode(errors='replace')}")
    else:
        output.error(f"The receipt is in {path}")
    return Exit.NEEDS_PERSON


@dataclass(frozen=True, slots=True)
class _Described:
    """A file to send, the document that describes it, and that document's name."""

    path: str
    file: FileSource
    details: bytes | None
    name: str


def _described(text: str, schema: Schema) -> _Described:
    path, details = _split(text)
    try:
        file = source(path)
    except EvidenceError as problem:
        raise ConfigurationError(f"--file: {problem}") from None
    return _Described(
        path, file, _checked(details, FileDetails, schema) if details is not None else None, details or ""
    )


def _ready(name: str, report: bytes, described: Sequence[_Described]) -> datetime | None:
    """Apply the rules beyond the schema; the moment before which the report must not be sent.

    The ids in the details are stand-ins until the server has assigned its own.

    Raises:
        DocumentError: the server would refuse a document.
    """
    with_details = [item for item in described if item.details is not None]
    details = [name_file(item.details or b"", 1, f"{index:032x}") for index, item in enumerate(with_details)]
    verdict = judge(report, details, Case(now=datetime.now(UTC), uploads=len(described)))
    names = {"report": name, **{f"files[{index}]": item.name for index, item in enumerate(with_details)}}
    for document, path in names.items():
        found = [finding for finding in verdict.findings.errors if finding.document == document]
        if found:
            # Putting ids into details may have moved their lines.
            raise DocumentError([item if document == "report" else replace(item, line=None) for item in found], path)
    return verdict.not_before


def _package(report: bytes, described: Sequence[_Described]) -> Frozen:
    """The documents as they are kept, with the digests that the files have now."""
    files = [
        FrozenFile(str(Path(item.path).absolute()), None, None, _sha256(item.file), item.file.size, item.details)
        for item in described
    ]
    return Frozen(report, tuple(files), {"program": __version__})


def _sha256(file: FileSource) -> str:
    digest = hashlib.sha256()
    try:
        for block in HashedReading(file):
            digest.update(block)
    except EvidenceError as problem:
        raise ConfigurationError(f"--file: {problem}") from None
    return digest.hexdigest()


def _split(text: str) -> tuple[str, str | None]:
    """PATH and DETAILS. Both may hold equals signs, so the one that divides is the one with a file before it."""
    if Path(text).exists() or "=" not in text:
        return text, None
    parts = text.split("=")
    divided = [("=".join(parts[:count]), "=".join(parts[count:])) for count in range(1, len(parts))]
    path, details = next((pair for pair in divided if pair[0] and Path(pair[0]).is_file()), divided[-1])
    if not path or not details:
        raise click.UsageError("--file must look like PATH or PATH=DETAILS.xml")
    return path, details


def _checked(path: str, model: type[Report | FileDetails], schema: Schema) -> bytes:
    data = read_input(path)
    try:
        schema.parse(data, model)
    except DocumentError as problem:
        raise DocumentError(problem.findings, path) from None
    return data
