"""``cybertip follow-up``"""

from __future__ import annotations

import click

from cybertip.cli._changing import desk
from cybertip.cli._input import folder_of, one_record
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.findings import RecordError


@click.command("follow-up")
@filing_argument
@click.argument("record", type=click.Path(allow_dash=True))
@json_option
@body_of("follow-up")
@with_ledger_settings()
@with_person(reason=False, asks=True)
def command(output: Output, filing: str, record: str, settings: Settings, person: Person) -> int:
    """Add to what is filed, by a report of its own that names the earlier one and says why.

    FILING is the filing's id, the beginning of it, or the id of its record; it has to be filed. RECORD is a review
    record with an id of its own, or `-` for standard input. Its follow_up is filled in where it is missing, and then
    --reason is needed. The same record again gives the same filing. Who handed it in, and why, is recorded.

    A worker files it: `cybertip work`, or once: `cybertip file`. The supplement's filing is printed. Exit status 0 if
    it came in, 1 if it cannot, 3 if our checks found errors in it.
    """
    document = one_record(record)
    with desk(output, settings, person) as at:
        at.check_profiles()
        found = at.filing(filing)
        asks = at.operator(
            lambda stands: [
                f"File another report, which adds to report {stands.status.report_id}?",
                "Once it is filed it cannot be taken back.",
            ]
        )
        try:
            return at.carry_out(
                lambda: asks.follow_up(found.id, document.data, folder_of(document), reason=person.reason),
                lambda: {"follows": found.id},
            )
        except RecordError as problem:
            raise RecordError(problem.findings, document.label) from None
