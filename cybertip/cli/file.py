"""``cybertip file``"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from cybertip.cli._input import Document, documents
from cybertip.cli._ledgers import as_data, exit_of, filer, ledger_option, line_of, stoppable, told
from cybertip.cli._options import connection_options, json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._profiles import Profiles
from cybertip.config import CONFIG_FILE, connection
from cybertip.errors import ConfigurationError
from cybertip.findings import RecordError
from cybertip.ledger import Filing
from cybertip.worker import Filer, OtherContentError


@click.command("file")
@click.argument("records", nargs=-1, type=click.Path(allow_dash=True), metavar="[RECORD]...")
@click.option("--batch", is_flag=True, help="File all the records as one batched report about one viral file.")
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="How many at once.")
@click.option(
    "--wait", type=click.IntRange(0), default=0, metavar="SECONDS", help="How long to wait for what is due later."
)
@click.option("--config", type=click.Path(dir_okay=False), help=f"Where the profiles are.  [default: {CONFIG_FILE}]")
@ledger_option
@connection_options
@json_option
@body_of("file")
def command(
    output: Output,
    records: tuple[str, ...],
    batch: bool,
    threads: int,
    wait: int,
    config: str | None,
    ledger: str | None,
    environment: str | None,
    base_url: str | None,
    username: str | None,
    password_file: str | None,
) -> int:
    """File review records exactly once, and whatever else is due.

    RECORD is a JSON file, a .ndjson or .jsonl file with a record on each line, or `-` for standard input. Each record
    is stored in the ledger first, then filed; run the command again, with or without records, to go on after any
    failure. A record that came in before is not filed again.

    Each filing gets a line on stdout: its id, its status, the records. Exit status 0 if all of them are filed, 3 if
    something waits for a person, 4 if something is left that goes on later.
    """
    if records.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    access = connection(environment, base_url, username, password_file)
    with (
        filer(access, ledger, Profiles(output, Path(config) if config else None)) as working,
        stoppable(output, working),
    ):
        taken, refused = _taken(output, working, records, batch=batch)
        working.resume(threads, timedelta(seconds=wait))
        filings = [working.filing(filing_id) for filing_id in taken]
    for one in filings:
        output.data(line_of(one))
        told(output, one)
    status = Exit.FINDINGS if refused else exit_of(filings)
    return output.end(status, {**access.as_dict(), "filings": [as_data(one) for one in filings], "refused": refused})


def _taken(
    output: Output, working: Filer, names: tuple[str, ...], *, batch: bool
) -> tuple[dict[str, None], list[dict[str, str]]]:
    """The ids of the filings of all records, each once, and what could not be stored."""
    taken: dict[str, None] = {}
    refused: list[dict[str, str]] = []

    def refuse(label: str, problem: Exception) -> None:
        output.say(f"cybertip file: {label}: {problem}")
        refused.append({"record": label, "error": str(problem)})

    if batch:
        try:
            read = list(_all(names))
            folder = Path(read[0].name).parent if read else Path()
            taken[working.enqueue_batch([one.data for one in read], folder).id] = None
        except (ConfigurationError, RecordError, OtherContentError) as problem:
            refuse(", ".join(names), problem)
        return taken, refused
    for name in names:
        try:
            for document in documents(name):
                try:
                    taken[_one(working, document).id] = None
                except (RecordError, OtherContentError) as problem:
                    refuse(document.label, problem)
        except ConfigurationError as problem:
            refuse(name, problem)
    return taken, refused


def _all(names: tuple[str, ...]) -> Iterator[Document]:
    for name in names:
        yield from documents(name)


def _one(working: Filer, document: Document) -> Filing:
    return working.enqueue(document.data, Path(document.name).parent)
