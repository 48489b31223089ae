"""``cybertip hold``"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """The end of a day in UTC, or a moment."""
    if value is None:
        return None
    try:
        if len(value) == len("2027-03-02"):
            found = datetime.fromisoformat(value).replace(tzinfo=UTC) + timedelta(days=1)
        else:
            found = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise click.BadParameter("give a day, such as 2027-03-02, or a moment, such as 2027-03-02T12:00:00Z") from None
    if found.tzinfo is None:
        raise click.BadParameter("a moment needs its offset from UTC, such as 2027-03-02T12:00:00Z")
    if found <= datetime.now(UTC):
        raise click.BadParameter("it is over already; to end a hold use --release")
    return found.astimezone(UTC)


@click.command("hold")
@filing_argument
@click.option("--until", metavar="DATE", callback=_moment, help="To the end of this day in UTC, or to a moment.")
@click.option("--release", is_flag=True, help="End what was asked for before.")
@json_option
@body_of("hold")
@with_ledger_settings()
@with_person(reason=True, asks=False)
def command(
    output: Output, filing: str, until: datetime | None, release: bool, settings: Settings, person: Person
) -> int:
    """Preserve all that the ledger holds of a filing, such as for an authority that asked for it.

    FILING is the filing's id, the beginning of it, or the id of its record. Nothing of it is purged before that. A
    later hold takes the place of an earlier one. What was filed is preserved for a year at least, held or not. Who asks
    for it, and why, is recorded.
    """
    if (until is None) != release:
        raise click.UsageError("say either to when with --until DATE, or --release to end a hold")
    with desk(output, settings, person) as at:
        found = at.filing(filing)
        status = at.carry_out(
            lambda: at.operator().hold(found.id, until, reason=person.reason),
            lambda: {"held_until": None if until is None else until.isoformat()},
        )
        words = (
            "The hold has ended." if until is None else f"Nothing of it is purged before {until:%Y-%m-%dT%H:%M:%SZ}."
        )
        output.say(words)
    return status
