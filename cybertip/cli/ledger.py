"""``cybertip ledger``"""

from __future__ import annotations

from pathlib import Path

import click

from cybertip.cli._ledgers import existing_ledger, filing_named
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings


@click.group("ledger")
def command() -> None:
    """Check the ledger, and write histories out of it."""


@command.command("verify")
@json_option
@body_of("ledger verify")
@with_ledger_settings()
def verify(output: Output, settings: Settings) -> int:
    """Check every chain of events and every digest; name the first broken link of each filing.

    Exit status 0 if all is as it was written, 1 if something is not.
    """
    with existing_ledger(settings) as opened:
        problems = opened.verify()
    for problem in problems:
        output.data(str(problem))
    if not problems:
        output.say("The ledger is as it was written.")
    return output.end(Exit.FINDINGS if problems else Exit.DONE, {"problems": [str(one) for one in problems]})


@command.command("export")
@click.argument("filing")
@click.option("--out", required=True, type=click.Path(file_okay=False), help="The folder to make.")
@json_option
@body_of("ledger export")
@with_ledger_settings()
def export(output: Output, filing: str, out: str, settings: Settings) -> int:
    """Write one filing's whole history into a folder: events, raw answers, documents, digests.

    FILING is the filing's id, or the id of its record.
    """
    with existing_ledger(settings) as opened:
        filing_id = filing_named(opened, filing).id
        opened.export(filing_id, Path(out))
    output.data(out)
    return output.end(Exit.DONE, {"filing": filing_id, "folder": out})
