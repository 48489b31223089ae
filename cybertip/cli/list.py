"""``cybertip list``"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from cybertip.cli._ledgers import as_data, existing_ledger, line_of, told
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.filing.schedule import rank
from cybertip.filing.status import NEEDS_PERSON, Kind

_NAMES = {kind.value.replace(" ", "-"): kind for kind in Kind}


@click.command("list")
@click.option("--status", "kinds", multiple=True, type=click.Choice([*_NAMES]), help="Only these; may be repeated.")
@click.option("--needs-person", is_flag=True, help="Only what waits for somebody to act.")
@json_option
@body_of("list")
@with_ledger_settings()
def command(output: Output, kinds: tuple[str, ...], needs_person: bool, settings: Settings) -> int:
    """List filings with their status, the most urgent first.

    Exit status 3 if something listed waits for a person, else 0.
    """
    now = datetime.now(UTC)
    wanted = {_NAMES[one] for one in kinds} or set(Kind)
    if needs_person:
        wanted &= NEEDS_PERSON
    with existing_ledger(settings) as opened:
        found = [one for one in opened.filings(now) if one.status.kind in wanted]
    found.sort(key=lambda one: (one.status.kind not in NEEDS_PERSON, *rank(one.state, now), one.id))
    for one in found:
        output.data(line_of(one))
        told(output, one)
    waits = any(one.status.kind in NEEDS_PERSON or one.status.alarms for one in found)
    return output.end(Exit.NEEDS_PERSON if waits else Exit.DONE, {"filings": [as_data(one) for one in found]})
