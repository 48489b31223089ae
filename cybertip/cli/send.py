"""``cybertip send``"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from cybertip.cli._filing import FileToSend, file_report
from cybertip.cli._options import connection_options, json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._progress import watched
from cybertip.config import connection
from cybertip.environments import Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.evidence import source
from cybertip.findings import DocumentError
from cybertip.models import FileDetails, Report
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
    " details may hold anything: they are replaced by what the server assigns.",
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
) -> Exit:
    """File hand-written XML with its files to the mock or the test server.

    Everything is checked before the report is opened. What fails before /finish is retracted. The receipt, byte for
    byte, goes to stdout. Production is refused: nothing here would survive a crash.
    """
    access = connection(environment, base_url, username, password_file)
    if access.endpoint.environment is Environment.PRODUCTION:
        raise EnvironmentRefusedError(
            "send does not file to production: after a crash nobody would know what was filed. Use mock or test"
        )
    schema = Schema.bundled()
    document = _checked(report, Report, schema)
    items = [_item(text, schema) for text in files]
    with (
        access.client(schema) as client,
        watched(output, [item.source for item in items]) as watcher,
    ):
        result = file_report(client, document, items, watcher)
    output.raw(result.receipt)
    return output.end(
        Exit.DONE,
        {
            **access.as_dict(),
            "report_id": result.report_id,
            "file_ids": list(result.file_ids),
            "receipt": result.receipt.decode("utf-8", "replace"),
        },
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    path: str
    details: str | None


def _split(text: str) -> _Pair:
    path, equals, details = text.rpartition("=")
    # A path may itself hold an equals sign.
    if not equals or Path(text).exists():
        return _Pair(text, None)
    return _Pair(path, details)


def _item(text: str, schema: Schema) -> FileToSend:
    pair = _split(text)
    if pair.details is None:
        return FileToSend(source(pair.path), None)
    details = _checked(pair.details, FileDetails, schema)
    return FileToSend(source(pair.path), partial(name_file, details))


def _checked(path: str, model: type[Report | FileDetails], schema: Schema) -> bytes:
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem.strerror}") from None
    try:
        schema.parse(data, model)
    except DocumentError as problem:
        raise DocumentError(problem.findings, path) from None
    return data
