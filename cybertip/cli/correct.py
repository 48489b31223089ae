"""``cybertip correct``"""

from __future__ import annotations

from collections.abc import Sequence

import click

from cybertip.cli._changing import desk
from cybertip.cli._differences import as_plain, in_lines
from cybertip.cli._input import documents, folder_of
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.findings import RecordError
from cybertip.ledger import Filing
from cybertip.worker import Difference


@click.command("correct")
@filing_argument
@click.argument("records", nargs=-1, required=True, type=click.Path(allow_dash=True), metavar="RECORD...")
@click.option("--reveal", is_flag=True, help="Show the values that differ, which may be personal data; is recorded.")
@json_option
@body_of("correct")
@with_ledger_settings()
@with_person(reason=False, asks=True)
def command(
    output: Output, filing: str, records: tuple[str, ...], reveal: bool, settings: Settings, person: Person
) -> int:
    """File a corrected record instead of one that is not filed.

    FILING is the filing's id, the beginning of it, or the id of its record. RECORD is the whole record as it is to be
    filed, with the same id: a JSON file, or `-` for standard input. A batch is corrected with all of its records, in
    several files or in one with a record on each line (.ndjson, .jsonl). Files that the record names are looked for
    from its own folder.

    What differs is shown first, by its place in the record, and with --reveal by its values, and by the names of fields
    that no record has, which else are `…`; then it asks. Who corrected it, and why, is recorded.

    Exit status 0 if it will be filed, 1 if it is not this filing's record or cannot be corrected, 3 if our checks found
    errors in it, 4 if a worker is at it.
    """
    if records.count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    read = [document for name in records for document in documents(name)]
    given = read[0].data if len(read) == 1 else [one.data for one in read]
    with desk(output, settings, person) as at:
        at.check_profiles()
        found = at.filing(filing)
        differences: list[Difference] = []

        def consequences(stands: Filing) -> list[str]:
            differences.extend(at.operator().differences(stands.id, given))
            if reveal and differences:
                at.operator().reveal(stands.id, reason=person.reason or "the differences of a correction")
            lines = in_lines(differences, reveal=reveal) or [
                f"The record says the same as the one in the ledger. To try that again: cybertip retry {stands.id}"
            ]
            if person.yes:  # nobody asks, so they would not be seen
                output.say("\n".join(lines))
            return [*lines, "", *_consequences(stands, differences)]

        asks = at.operator(consequences)
        try:
            return at.carry_out(
                lambda: asks.correct(found.id, given, folder_of(read[0]), reason=person.reason),
                lambda: {"differences": as_plain(differences, reveal=reveal)},
            )
        except RecordError as problem:
            raise RecordError(problem.findings, ", ".join(records)) from None


def _consequences(stands: Filing, differences: Sequence[Difference]) -> list[str]:
    opened = stands.state.attempt
    retracted = [f"Its open report {opened.report_id} is retracted, and another is begun."] if opened else []
    same = "" if differences else ", although nothing differs"
    return [f"Replace the record{same}? From then on the new one is what is filed.", *retracted]
