"""``cybertip override``"""

from __future__ import annotations

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings


@click.command("override")
@filing_argument
@click.argument("code")
@json_option
@body_of("override")
@with_ledger_settings()
@with_person(reason=True, asks=True)
def command(output: Output, filing: str, code: str, settings: Settings, person: Person) -> int:
    """File a record although a gate of the provider's own policy says no.

    FILING is the filing's id, the beginning of it, or the id of its record; CODE is the gate's, such as P502, which
    alone can be overridden, for urgent cases. Who decides that, and why, is recorded and becomes part of what is filed.

    Exit status 0 if it will be filed, 1 if that code cannot be overridden here, 4 if a worker is at it.
    """
    wanted = code.upper()
    if not wanted.isalnum():
        raise click.UsageError("CODE is that of a gate, such as P502")
    with desk(output, settings, person) as at:
        at.check_profiles()
        found = at.filing(filing)
        asks = at.operator(
            lambda _: [
                f"File it although {wanted} says no, by your word ({person.name})?",
                "Once it is filed it cannot be taken back.",
            ]
        )
        return at.carry_out(lambda: asks.override(found.id, wanted, reason=person.reason))
