"""``cybertip list``"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cybertip.cli._filters import KINDS, TYPES, Wanted, code
from cybertip.cli._ledgers import as_data, existing_ledger, line_of, told
from cybertip.cli._options import json_option, local_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._screen import moment, span
from cybertip.cli._shown import lapses_at, needs_person, short_ids, table, urgency
from cybertip.config import Settings
from cybertip.ledger import Filing


@click.command("list")
@click.option("--status", "kinds", multiple=True, type=click.Choice([*KINDS]), help="Only these; may be repeated.")
@click.option("--needs-person", "person", is_flag=True, help="Only what somebody has to act on, or must hear of.")
@click.option("--age", "oldest", callback=span, metavar="SPAN", help="Only what came in so long ago: 30m, 6h, 2d.")
@click.option(
    "--type", "types", multiple=True, type=click.Choice([*TYPES]), help="Only these incidents; may be repeated."
)
@click.option(
    "--code", "codes", multiple=True, help="Only what this keeps from being filed: S205, or 4000 of the server."
)
@click.option("--account", metavar="IDENTIFIER|HASH", help="Only reports on this account, or on acct-… as shown.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only so many, the most urgent.")
@local_option
@json_option
@body_of("list")
@with_ledger_settings()
def command(
    output: Output,
    kinds: tuple[str, ...],
    person: bool,
    oldest: timedelta | None,
    types: tuple[str, ...],
    codes: tuple[str, ...],
    account: str | None,
    limit: int | None,
    settings: Settings,
) -> int:
    """List filings with their status, the most urgent first.

    All filters together say what is listed. On a terminal it is a table with short ids, which every command takes;
    elsewhere a line for each filing, divided by two spaces: id, status with the report, records, situation as
    docs/operating.md calls it. Of what needs a person stderr then says why, and what can be done.

    Exit status 3 if something listed needs a person, else 0.
    """
    now = datetime.now(UTC)
    wanted = Wanted(
        frozenset(KINDS[one] for one in kinds), person, oldest, frozenset(TYPES[one] for one in types),
        frozenset(map(code, codes)), account,
    )  # fmt: skip
    with existing_ledger(settings, opens=bool(types or account)) as opened:
        every = list(opened.filings(now))
        of_all = sorted(wanted.of(opened, every, now), key=lambda one: urgency(one, now))
        found = of_all[:limit]
        accounts = opened.account_hashes([one.id for one in found]) if output.as_json else {}
    if output.as_json:
        shown = [_data(one, accounts[one.id]) for one in found]
        return output.end(_status(found), {"filings": shown, "not_listed": len(of_all) - len(found)})
    if output.screen.terminal:
        if found:
            output.data(table(found, short_ids(one.id for one in every), now, output.screen))
        output.say(f"{len(found)} of {len(every)} filings." if len(found) < len(every) else f"{len(found)} filings.")
        return _status(found)
    for one in found:
        output.data(f"{line_of(one)}  {one.status.situation}")
        if needs_person(one):
            told(output, one)
    if len(found) < len(of_all):
        output.say(f"{len(of_all) - len(found)} more are not listed, for --limit.")
    return _status(found)


def _status(found: Sequence[Filing]) -> Exit:
    return Exit.NEEDS_PERSON if any(map(needs_person, found)) else Exit.DONE


def _data(one: Filing, accounts: Sequence[str]) -> dict[str, Any]:
    lapses = lapses_at(one)
    return {
        **as_data(one),
        "accounts": list(accounts),
        "lapses_at": None if lapses is None else moment(lapses),
    }
