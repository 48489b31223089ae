"""``cybertip retract``"""

from __future__ import annotations

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.filing.states import Phase
from cybertip.ledger import Filing


@click.command("retract")
@filing_argument
@json_option
@body_of("retract")
@with_ledger_settings()
@with_person(reason=True, asks=True)
def command(output: Output, filing: str, settings: Settings, person: Person) -> int:
    """Have the open report of a filing retracted, and wait for a person to say how to go on.

    FILING is the filing's id, the beginning of it, or the id of its record. What is filed cannot be retracted, and the
    command says so. Who wants it, and why, is recorded.

    Exit status 0 if that is written down, 1 if there is nothing to retract, 4 if a worker is at it.
    """
    with desk(output, settings, person) as at:
        found = at.filing(filing)
        return at.carry_out(lambda: at.operator(_consequences).retract(found.id, reason=person.reason))


def _consequences(stands: Filing) -> list[str]:
    opened = stands.state.attempt
    number = f" {opened.report_id}" if opened is not None else ""
    if stands.state.phase is Phase.FINISHING:
        return [
            f"Retract report{number}? It may be filed already: then it stays filed, and NCMEC has it.",
            "If not, it is retracted, and the record is not filed until somebody says to go on: cybertip retry",
        ]
    return [
        f"Retract report{number}? What was uploaded to it is lost at NCMEC.",
        "The record is not filed until somebody says to go on: cybertip retry",
    ]
