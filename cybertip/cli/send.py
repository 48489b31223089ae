"""``cybertip send``"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from cybertip.calls import FinishResult
from cybertip.calls.forms import FileSource
from cybertip.checks import judge
from cybertip.cli._filing import FileToSend, file_report
from cybertip.cli._input import read_input
from cybertip.cli._options import connection_options, json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._progress import watched
from cybertip.config import connection, endpoint
from cybertip.environments import Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError, EvidenceError
from cybertip.evidence import source
from cybertip.findings import DocumentError
from cybertip.models import FileDetails, Report
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
@connection_options
@json_option
@body_of("send")
def command(
    output: Output,
    report: str,
    files: tuple[str, ...],
    environment: str | None,
    base_url: str | None,
    username: str | None,
    password_file: str | None,
) -> int:
    """File hand-written XML with its files to the mock or the test server.

    Everything is checked before the report is opened. What fails before /finish is retracted. The receipt, byte for
    byte, goes to stdout. Production is refused: nothing here would survive a crash.
    """
    if endpoint(environment, base_url).environment is Environment.PRODUCTION:
        raise EnvironmentRefusedError(
            "send does not file to production: after a crash nobody would know what was filed. Use mock or test"
        )
    access = connection(environment, base_url, username, password_file)
    schema = Schema.bundled()
    document = _checked(report, Report, schema)
    described = [_described(text, schema) for text in files]
    items = [FileToSend(item.file, partial(name_file, item.details) if item.details else None) for item in described]
    _wait(output, _ready(report, document, described))
    with (
        access.client(schema) as client,
        watched(output, [item.source for item in items]) as watcher,
    ):
        result = file_report(client, document, items, watcher)
    output.raw(result.receipt)
    status = output.end(
        Exit.DONE,
        {
            **access.as_dict(),
            "report_id": result.report_id,
            "file_ids": list(result.file_ids),
            "receipt": result.receipt.decode("utf-8", "replace"),
        },
    )
    return status if output.lost is None else _keep(output, result)


def _keep(output: Output, result: FinishResult) -> int:
    """The receipt could not be written to stdout: it is the proof, so it goes to a file or, failing that, to stderr."""
    output.as_json = False
    output.say(
        f"Report {result.report_id} is filed; do not send it again. Standard output could not be written: {output.lost}"
    )
    try:
        descriptor, path = tempfile.mkstemp(prefix=f"cybertip-receipt-{result.report_id}-", suffix=".xml")
        with os.fdopen(descriptor, "wb") as file:
            file.write(result.receipt)
    except OSError:
        output.say(
            f"The receipt could not be kept in a file either. This is it:\n{result.receipt.decode(errors='replace')}"
        )
    else:
        output.say(f"The receipt is in {path}")
    return Exit.NEEDS_PERSON


@dataclass(frozen=True, slots=True)
class _Described:
    """A file to send, the document that describes it, and that document's name."""

    file: FileSource
    details: bytes | None
    name: str


def _described(text: str, schema: Schema) -> _Described:
    path, details = _split(text)
    try:
        file = source(path)
    except EvidenceError as problem:
        raise ConfigurationError(f"--file: {problem}") from None
    return _Described(file, _checked(details, FileDetails, schema) if details is not None else None, details or "")


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


def _wait(output: Output, moment: datetime | None) -> None:
    if moment is None:
        return
    output.say(
        f"A time in the documents is a little ahead of this machine's clock: waiting until {moment.isoformat()}."
    )
    while (left := (moment - datetime.now(UTC)).total_seconds()) >= 0:
        time.sleep(left + 0.01)


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
