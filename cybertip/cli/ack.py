"""``cybertip ack``"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.cli._telling import thresholds_of
from cybertip.concerns import Concern, concerns
from cybertip.config import Settings
from cybertip.filing.status import Situation


@click.command("ack")
@click.argument("names", nargs=-1, metavar="[FILING]...")
@click.option("--all", "everything", is_flag=True, help="All filings that need somebody now, and the queue.")
@click.option("--queue", is_flag=True, help="What concerns all filings: refused credentials, or a queue at rest.")
@json_option
@body_of("ack")
@with_ledger_settings()
@with_person(reason=False, asks=False)
def command(
    output: Output, names: tuple[str, ...], everything: bool, queue: bool, settings: Settings, person: Person
) -> int:
    """Say that you know of what needs somebody: nobody is reminded of it any more, until something else happens.

    FILING is a filing's id, or the id of its record. It goes on needing somebody, and `cybertip health` goes on saying
    so; but alarms count as heard. Who acknowledged it, and why, is part of the filing's history. What cannot be read
    cannot be acknowledged, and --all passes over it.
    """
    if not names and not everything and not queue:
        raise click.UsageError("name a filing, or say --all or --queue")
    if names and everything:
        raise click.UsageError("--all is for all filings; name none with it")
    queue = queue or everything
    with desk(output, settings, person) as at:
        operator = at.operator()
        wanted = [at.filing(name).id for name in names]
        if everything:
            found = concerns(at.ledger, datetime.now(UTC), thresholds_of(settings))
            wanted = [one.filing_id for one in found if one.filing_id is not None and _can_be(one)]
        wanted = list(dict.fromkeys(wanted))
        for filing_id in wanted:
            operator.acknowledge(filing_id, reason=person.reason)
            output.data(filing_id)
        if queue:
            operator.acknowledge_queue()
    about = [f"{len(wanted)} {'filing' if len(wanted) == 1 else 'filings'}"] if names or everything else []
    about += ["the queue"] if queue else []
    output.say(f"Acknowledged: {' and '.join(about)}.")
    return output.end(Exit.DONE, {"filings": wanted, "queue": queue})


def _can_be(one: Concern) -> bool:
    """Whether it can be acknowledged: it was not yet, and there is something that can be written to."""
    return not one.acknowledged and one.status is not None and one.status.situation is not Situation.UNREADABLE
