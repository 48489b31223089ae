"""``cybertip file``"""

from __future__ import annotations

from datetime import timedelta

import click

from cybertip.cli._input import documents, folder_of
from cybertip.cli._ledgers import as_data, check_profiles, exit_of, filer, line_of, stoppable, told
from cybertip.cli._options import json_option, with_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import handing_in
from cybertip.cli._profiles import Profiles
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.findings import RecordError
from cybertip.worker import Filer, OtherContentError


@click.command("file")
@click.argument("records", nargs=-1, type=click.Path(allow_dash=True), metavar="[RECORD]...")
@click.option("--batch", is_flag=True, help="File all the records as one batched report about one viral file.")
@click.option("--threads", type=click.IntRange(1, 64), help="How many at once.  [default: 4]")
@click.option(
    "--wait", type=click.IntRange(0), default=0, metavar="SECONDS", help="How long to wait for what is due later."
)
@json_option
@body_of("file")
@with_settings(threads="work.threads")
@handing_in
def command(
    output: Output,
    records: tuple[str, ...],
    batch: bool,
    wait: int,
    settings: Settings,
    by: str,
) -> int:
    """File review records exactly once, and whatever else is due.

    RECORD is a JSON file, a .ndjson or .jsonl file with a record on each line, or `-` for standard input. Each record
    is stored in the ledger first, then filed; run the command again, with or without records, to go on after any
    failure. A record that came in before is not filed again.

    Each filing of the records gets a line on stdout: its id, its status, the records; without records, each that was
    left. Exit status 0 if all of them are filed, 1 if a record could not be stored, 2 if something could not be read,
    3 if something waits for a person, 4 if something is left that goes on later.
    """
    if records.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    if batch and not records:
        raise click.UsageError("--batch needs the records")
    access = settings.connection()
    if records:
        check_profiles(settings, access.endpoint.environment)
    with filer(settings, access, Profiles(output, settings), by=by) as working, stoppable(output, working):
        arrived = _Arrived(output, working)
        if batch:
            arrived.batch(records)
        for name in () if batch else records:
            arrived.read(name)
        wanted = list(arrived.filings) if records else working.unfinished()
        working.resume(settings.work.threads, timedelta(seconds=wait))
        filings = [working.filing(filing_id) for filing_id in wanted]
    for one in filings:
        output.data(line_of(one))
        told(output, one)
    shown = {**access.as_dict(), "filings": [as_data(one) for one in filings], "refused": arrived.refused}
    return output.end(arrived.status or exit_of(filings), shown)


class _Arrived:
    """What became of the records.

    Attributes:
        filings: the ids of their filings, each once.
        refused: what could not be stored.
        status: the exit status for that; 0 where all was stored.
    """

    def __init__(self, output: Output, working: Filer) -> None:
        self._output, self._working = output, working
        self.filings: dict[str, None] = {}
        self.refused: list[dict[str, str]] = []
        self.status = Exit.DONE

    def read(self, name: str) -> None:
        """Take the records of a file in."""
        try:
            for document in documents(name):
                try:
                    self.filings[self._working.enqueue(document.data, folder_of(document)).id] = None
                except (RecordError, OtherContentError) as problem:
                    self._refuse(document.label, problem, Exit.FINDINGS)
        except ConfigurationError as problem:
            self._refuse(name, problem, Exit.USAGE)

    def batch(self, names: tuple[str, ...]) -> None:
        """Take the records of all files in as one filing."""
        try:
            read = [document for name in names for document in documents(name)]
            self.filings[self._working.enqueue_batch([one.data for one in read], folder_of(read[0])).id] = None
        except ConfigurationError as problem:
            self._refuse(", ".join(names), problem, Exit.USAGE)
        except (RecordError, OtherContentError) as problem:
            self._refuse(", ".join(names), problem, Exit.FINDINGS)

    def _refuse(self, label: str, problem: Exception, status: Exit) -> None:
        self._output.error(f"cybertip file: {label}: {problem}")
        self.refused.append({"record": label, "error": str(problem)})
        self.status = max(self.status, status)
