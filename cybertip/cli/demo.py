"""``cybertip demo``"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cybertip import sample
from cybertip.builder import Package, PackagedFile, build
from cybertip.cli._filing import FileToSend, file_report
from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._progress import watched
from cybertip.client import Client
from cybertip.errors import ConfigurationError
from cybertip.evidence import source
from cybertip.intake import read_record
from cybertip.schema import Schema
from cybertip.xml import indented, write


@click.command("demo")
@json_option
@body_of("demo")
def command(output: Output) -> int:
    """File a made-up case against a mock server, step by step.

    A mock is started for the occasion on a free port of this machine. Nothing leaves the machine.
    """
    with tempfile.TemporaryDirectory(prefix="cybertip-demo-") as folder, _mock() as client:
        output.say("1. A review record: what the provider's reviewers confirmed.\n")
        path = sample.write_case(Path(folder))
        output.say(_shifted(path.read_text(encoding="utf-8")))
        record = read_record(path.read_bytes())

        output.say(f"2. The record becomes a report. Decision: {record.decision.outcome}, so it may be filed.\n")
        package = build(record, sample.profile())
        document = write(package.report)
        output.say(_shifted(indented(document)))

        output.say("3. Report and file details are checked against the schema before anything leaves.\n")
        schema = Schema.bundled()
        schema.validate(document).raise_for_errors()
        for item in package.files:
            schema.validate(write(item.details(1, "0" * 32))).raise_for_errors()
        output.say(f"   valid: 1 report, {len(package.files)} file details\n")

        output.say(f"4. Filing, with the mock at {client.endpoint.base_url}.\n")
        files = [_file(item, Path(folder)) for item in package.files]
        with watched(output, [item.source for item in files]) as watcher:
            result = file_report(client, document, files, watcher)

        output.say(f"\n5. The receipt of report {result.report_id}, byte for byte as the server sent it:\n")
        output.raw(result.receipt)
        return output.end(Exit.DONE, _result(package, result.report_id, result.file_ids, result.receipt))


@contextmanager
def _mock() -> Iterator[Client]:
    try:
        from cybertip.mock import MockServer
    except ModuleNotFoundError as problem:
        raise ConfigurationError(
            f"the mock server needs the package {problem.name}: pip install 'cybertip[mock]'"
        ) from None
    with (
        MockServer() as server,
        Client(server.username, server.password, base_url=server.base_url) as client,
    ):
        yield client


def _file(item: PackagedFile, folder: Path) -> FileToSend:
    return FileToSend(
        source(item.file(folder), name=item.name, sha256=item.sha256),
        lambda report_id, file_id: write(item.details(report_id, file_id)),
    )


def _result(package: Package, report_id: int, file_ids: tuple[str, ...], receipt: bytes) -> dict[str, object]:
    return {
        "record_id": package.record_id,
        "report_id": report_id,
        "file_ids": list(file_ids),
        "receipt": receipt.decode("utf-8", "replace"),
    }


def _shifted(text: str) -> str:
    return "".join(f"   {line}\n" for line in text.splitlines())
