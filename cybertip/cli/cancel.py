"""``cybertip cancel``"""

from __future__ import annotations

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.filing.states import Phase
from cybertip.ledger import Filing


@click.command("cancel")
@filing_argument
@json_option
@body_of("cancel")
@with_ledger_settings()
@with_person(reason=True, asks=True)
def command(output: Output, filing: str, settings: Settings, person: Person) -> int:
    """Do not file a record at all.

    FILING is the filing's id, the beginning of it, or the id of its record. What is filed stays filed, and the command
    says so. What may be filed is asked for first, and is cancelled only if it is certain that it is not. Who cancels,
    and why, is recorded.

    Exit status 0 if that is written down, 1 if it cannot be cancelled, 4 if a worker is at it.
    """
    with desk(output, settings, person) as at:
        found = at.filing(filing)
        return at.carry_out(lambda: at.operator(_consequences).cancel(found.id, reason=person.reason))


def _consequences(stands: Filing) -> list[str]:
    never = "Another decision about the same case needs a record with another id."
    if stands.state.phase in (Phase.FINISHING, Phase.CLOSING):
        return [
            "Cancel it? It may be filed already, so it is asked first whether it is filed.",
            "If NCMEC has the report, it stays filed. If not, the report is retracted, and this record is never filed.",
            never,
        ]
    opened = stands.state.attempt
    retracted = [f"Its open report {opened.report_id} is retracted."] if opened is not None else []
    return ["Cancel it? This record is never filed then, and NCMEC never gets it.", *retracted, never]
