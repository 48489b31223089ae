"""``cybertip ledger``"""

from __future__ import annotations

from pathlib import Path

import click

from cybertip.cli._ledgers import existing_ledger, filing_named, ledger_option
from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import endpoint

_environment = click.option("--environment", type=click.Choice(["mock", "test", "production"]), help="Whose ledger.")


@click.group("ledger")
def command() -> None:
    """Check the ledger, and write histories out of it."""


@command.command("verify")
@_environment
@ledger_option
@json_option
@body_of("ledger verify")
def verify(output: Output, environment: str | None, ledger: str | None) -> int:
    """Check every chain of events and every digest; name the first broken link of each filing.

    Exit status 0 if all is as it was written, 1 if something is not.
    """
    with existing_ledger(ledger, endpoint(environment, None).environment) as opened:
        problems = opened.verify()
    for problem in problems:
        output.data(str(problem))
    if not problems:
        output.say("The ledger is as it was written.")
    return output.end(Exit.FINDINGS if problems else Exit.DONE, {"problems": [str(one) for one in problems]})


@command.command("export")
@click.argument("filing")
@click.option("--out", required=True, type=click.Path(file_okay=False), help="The folder to make.")
@_environment
@ledger_option
@json_option
@body_of("ledger export")
def export(output: Output, filing: str, out: str, environment: str | None, ledger: str | None) -> int:
    """Write one filing's whole history into a folder: events, raw answers, documents, digests.

    FILING is the filing's id, or the id of its record.
    """
    with existing_ledger(ledger, endpoint(environment, None).environment) as opened:
        filing_id = filing_named(opened, filing).id
        opened.export(filing_id, Path(out))
    output.data(out)
    return output.end(Exit.DONE, {"filing": filing_id, "folder": out})
