"""``cybertip health``"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cybertip.cli._ledgers import existing_ledger
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._telling import thresholds_of
from cybertip.concerns import Concern, concerns
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.filing.occasions import Occasion
from cybertip.ledger import Queue

LATE = timedelta(hours=1)
"""How long a notice may be on its way."""
_SKEW = timedelta(minutes=5)
_MOST_LINES = 20
_EXITS = {
    Occasion.NEEDS_PERSON: Exit.NEEDS_PERSON,
    Occasion.OVERDUE: Exit.NEEDS_PERSON,
    Occasion.STUCK: Exit.UNREACHABLE,
    Occasion.AUTHENTICATION_FAILURE: Exit.UNREACHABLE,
    Occasion.LAPSE_NEAR: Exit.DONE,
}


@click.command("health")
@json_option
@body_of("health")
@with_ledger_settings()
def command(output: Output, settings: Settings) -> int:
    """Tell a monitor whether anything needs somebody. Needs no credentials and no network.

    The first line is a summary, then comes a line for each concern, with the command that mends it. Exit status 0 if
    all is well, 3 if something needs a person, is overdue, or a notice has not arrived for an hour, 4 if nothing goes
    on: the credentials are refused, or no worker has taken what is due for a while. 4 counts before 3. What is merely
    worth knowing is said and changes no status: reports that could lapse soon, a clock that is wrong, a ledger that is
    not encrypted.
    """
    now = datetime.now(UTC)
    with existing_ledger(settings, opens=False) as ledger:
        found = concerns(ledger, now, thresholds_of(settings))
        with ledger.looking() as lookout:
            queue, late = lookout.queue(), lookout.undelivered(now - LATE)
        encrypted = ledger.encrypted
    counts = Counter(one.occasion for one in found)
    undelivered = sum(count for count, _, _ in late.values())
    statuses = {_EXITS[one.occasion] for one in found} | ({Exit.NEEDS_PERSON} if late else set())
    status = max(statuses, default=Exit.DONE)
    output.data(_summary(status, counts, undelivered))
    for line in _lines(found):
        output.data(line)
    for receiver, (count, since, problem) in late.items():
        output.data(f"undelivered  {receiver}  {count} since {_time(since)}: {problem or 'never tried'}")
    notes = list(_notes(settings, queue, now, encrypted=encrypted))
    for note in notes:
        output.say(f"Note: {note}.")
    shown = {
        "ok": status is Exit.DONE,
        "counts": {str(one): counts[one] for one in Occasion if one is not Occasion.FILED}
        | {"undelivered": undelivered},
        "concerns": [_as_data(one) for one in found],
        "undelivered": [
            {"receiver": name, "count": count, "since": since.isoformat(), "problem": problem}
            for name, (count, since, problem) in late.items()
        ],
        "notes": notes,
    }
    return output.end(status, shown)


_NAMES = {
    Occasion.AUTHENTICATION_FAILURE: "credentials refused",
    Occasion.STUCK: "queue stuck",
    Occasion.NEEDS_PERSON: "need a person",
    Occasion.OVERDUE: "overdue",
    Occasion.LAPSE_NEAR: "could lapse soon",
}


def _summary(status: Exit, counts: Counter[Occasion], undelivered: int) -> str:
    said = [_counted(one, counts[one]) for one in _NAMES if counts[one]]
    said += [f"{undelivered} {'notice' if undelivered == 1 else 'notices'} undelivered"] if undelivered else []
    verdict = {Exit.DONE: "OK", Exit.NEEDS_PERSON: "NEEDS A PERSON"}.get(status, "NOTHING GOES ON")
    return f"cybertip {verdict}: {', '.join(said) or 'nothing needs anybody'}"


def _counted(occasion: Occasion, count: int) -> str:
    if occasion in (Occasion.AUTHENTICATION_FAILURE, Occasion.STUCK):
        return _NAMES[occasion]
    if occasion is Occasion.NEEDS_PERSON and count == 1:
        return "1 needs a person"
    return f"{count} {_NAMES[occasion]}"


def _lines(found: tuple[Concern, ...]) -> Iterator[str]:
    shown: Counter[Occasion] = Counter()
    for one in found:
        shown[one.occasion] += 1
        if shown[one.occasion] <= _MOST_LINES:
            known = " (acknowledged)" if one.acknowledged else ""
            way = f"  `{one.commands[0].line}`" if one.commands else ""
            yield f"{one.occasion}  {one.filing_id or 'all'}  since {_time(one.since)}{known}: {one.words}.{way}"
    for occasion, count in shown.items():
        if count > _MOST_LINES:
            yield f"{occasion}  … and {count - _MOST_LINES} more; `cybertip list` shows them"


def _notes(settings: Settings, queue: Queue, now: datetime, *, encrypted: bool) -> Iterator[str]:
    try:
        keys = settings.keys()
        if encrypted and not keys:
            yield "the ledger is encrypted and its key is not configured here: with these settings no worker serves it"
        elif not keys:
            yield "answers and records are stored unencrypted; see docs/ledger.md"
    except ConfigurationError as problem:
        yield f"the keys of the ledger cannot be read: {problem}"
    moments = (queue.newest, queue.worked_at, queue.blocked_since)
    latest = max((one for one in moments if one is not None), default=now)
    if latest - now > _SKEW:
        yield f"the ledger holds times up to {_time(latest)}, which are ahead of this machine's clock ({_time(now)})"


def _as_data(one: Concern) -> dict[str, Any]:
    return {
        "occasion": str(one.occasion),
        "filing": one.filing_id,
        "status": str(one.status.kind) if one.status is not None else None,
        "situation": str(one.status.situation) if one.status is not None else None,
        "report_id": one.status.report_id if one.status is not None else None,
        "since": one.since.isoformat(),
        "at": one.at.isoformat() if one.at is not None else None,
        "acknowledged": one.acknowledged,
        "words": one.words,
        "commands": [command.line for command in one.commands],
    }


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
