"""``cybertip ledger``"""

from __future__ import annotations

import re
from pathlib import Path

import click

from cybertip.cli._ledgers import existing_ledger, filing_named
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.ledger import Extent


@click.group("ledger")
def command() -> None:
    """Check the ledger, write histories out of it, change its keys."""


@command.command("verify")
@json_option
@body_of("ledger verify")
@with_ledger_settings()
def verify(output: Output, settings: Settings) -> int:
    """Check every chain of events and every digest; name the first broken link of each filing.

    In an encrypted ledger without its key, what is sealed cannot be looked at; how much that is is told, and that the
    rest alone is as it was written.

    How many filings and events there are is told as well.

    Exit status 0 if all is as it was written, 1 if something is not.
    """
    with existing_ledger(settings) as opened:
        problems, extent = opened.verify(), opened.extent()
        unseen = opened.sealed() if opened.locked else 0
    for problem in problems:
        output.data(str(problem))
    if not problems:
        looked = "What could be looked at" if unseen else "The ledger"
        output.say(f"{looked} is as it was written: {_counted(extent)}.")
    if unseen:
        output.say(f"{unseen} values are sealed and were not looked at; name the key in cybertip.toml under [encrypt].")
    shown = {
        "problems": [str(one) for one in problems],
        "sealed_not_checked": unseen,
        "filings": extent.filings,
        "events": extent.events,
    }
    return output.end(Exit.FINDINGS if problems else Exit.DONE, shown)


def _counted(extent: Extent) -> str:
    filings, events = (
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((extent.filings, "filing"), (extent.events, "event"))
    )
    return f"{filings} with {events}"


@command.command("export")
@click.argument("filing")
@click.option(
    "--out", type=click.Path(file_okay=False), help="The folder to make.  [default: history-FILING, in this folder]"
)
@json_option
@body_of("ledger export")
@with_ledger_settings()
def export(output: Output, filing: str, out: str | None, settings: Settings) -> int:
    """Write one filing's whole history into a folder: events, raw answers, documents, digests.

    history.txt in it is for reading: a line for each event, with what was done in somebody's name marked; README.txt
    tells the rest. It holds what was reported, so only you can read it.

    FILING is the filing's id, or the id of its record.
    """
    with existing_ledger(settings) as opened:
        filing_id = filing_named(opened, filing).id
        folder = out or _folder_for(filing)
        opened.export(filing_id, Path(folder))
    output.data(folder)
    return output.end(Exit.DONE, {"filing": filing_id, "folder": folder})


_LONGEST = 100
"""How much of an id becomes part of a folder's name; no system takes more than 255 bytes."""


def _folder_for(filing: str) -> str:
    """A name for the folder. An id of a record is the provider's, and may be no name for one."""
    return f"history-{re.sub('[^A-Za-z0-9._-]+', '-', filing)[:_LONGEST]}"


@command.command("rekey")
@json_option
@body_of("ledger rekey")
@with_ledger_settings()
def rekey(output: Output, settings: Settings) -> int:
    """Seal everything with the key in use, so that older keys can be taken away, or a plain ledger becomes sealed.

    Put the new key first and leave the old ones behind it, for every program that works on the ledger; start those
    again; then run this. It can run beside workers, and goes on where it was if it is interrupted.

    Exit status 1 if something could not be opened with any of the keys.
    """
    with existing_ledger(settings) as opened:
        done = opened.rekey()
    for place in done.left:
        output.data(place)
    output.say(f"{done.rows} rows were sealed with the key in use.")
    if done.left:
        output.say(
            f"{len(done.left)} values could not be opened and are as they were; `cybertip ledger verify` tells more."
        )
    else:
        output.say("Older keys are not needed any more.")
    return output.end(Exit.FINDINGS if done.left else Exit.DONE, {"rows": done.rows, "left": list(done.left)})
