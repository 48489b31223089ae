"""``cybertip health``"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cybertip.cli._ledgers import existing_ledger
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._screen import Cell, Screen, Tone, age
from cybertip.cli._shown import Step, first_step, sentence, short_id
from cybertip.cli._telling import thresholds_of
from cybertip.concerns import Concern, concerns
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.filing.occasions import Occasion
from cybertip.ledger import Ledger, Queue

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

    The first line is a summary, then comes a line for each concern, with the command that mends it. Where NCMEC has to
    be asked first, that is said, and the command is the one that explains the words for either answer. On a terminal
    records are named, and lines are wrapped; elsewhere neither. That all is well does not mean that all is filed: the
    summary says how many are not.

    Exit status 0 if all is well, 3 if something needs a person, is overdue, or a notice has not arrived for an hour, 4
    if nothing goes on: the credentials are refused, or no worker has taken what is due for a while. 4 counts before 3.
    What is merely worth knowing is said and changes no status: reports that could lapse soon, a clock that is wrong, a
    ledger that is not encrypted.
    """
    now = datetime.now(UTC)
    with existing_ledger(settings, opens=False) as ledger:
        found = concerns(ledger, now, thresholds_of(settings), thorough=True)
        with ledger.looking() as lookout:
            queue, late = lookout.queue(), lookout.undelivered(now - LATE)
            unfiled, at_work = lookout.unfiled(), lookout.at_work(now)
        encrypted = ledger.encrypted
        lines = list(_lines(found, lambda one: _drawn(one, ledger, now, output.screen)))
    counts = Counter(one.occasion for one in found)
    undelivered = sum(count for count, _, _ in late.values())
    statuses = {_EXITS[one.occasion] for one in found} | ({Exit.NEEDS_PERSON} if late else set())
    status = max(statuses, default=Exit.DONE)
    waits = _waits(unfiled, at_work=at_work) if status is Exit.DONE and unfiled else ""
    output.data(output.screen.line(f"{_summary(status, counts, undelivered)}{waits}"))
    for line in lines:
        output.data(line)
    for receiver, (count, since, problem) in late.items():
        told = f"undelivered  {receiver}  {count} since {_time(since)}: {problem or 'never tried'}"
        output.data(output.screen.line(told))
    notes = list(_notes(settings, queue, now, encrypted=encrypted))
    for note in notes:
        output.say(f"Note: {note}.")
    shown = {
        "ok": status is Exit.DONE,
        "counts": {str(one): counts[one] for one in Occasion if one is not Occasion.FILED}
        | {"undelivered": undelivered, "unfiled": unfiled},
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
    return f"cybertip {verdict}: {', '.join(said) or 'nothing needs a person'}"


def _counted(occasion: Occasion, count: int) -> str:
    if occasion in (Occasion.AUTHENTICATION_FAILURE, Occasion.STUCK):
        return _NAMES[occasion]
    if occasion is Occasion.NEEDS_PERSON and count == 1:
        return "1 needs a person"
    return f"{count} {_NAMES[occasion]}"


def _waits(unfiled: int, *, at_work: bool) -> str:
    """That all is well does not mean that all is filed."""
    one = unfiled == 1
    begun = f"; {unfiled} {'is' if one else 'are'} not filed yet"
    return (
        f"{begun}, and a worker is at work"
        if at_work
        else (f"{begun}, and {'waits' if one else 'wait'} for a worker (cybertip file)")
    )


def _lines(found: Sequence[Concern], draw: Callable[[Concern], str]) -> Iterator[str]:
    shown: Counter[Occasion] = Counter()
    for one in found:
        shown[one.occasion] += 1
        if shown[one.occasion] <= _MOST_LINES:
            yield draw(one)
    for occasion, count in shown.items():
        if count > _MOST_LINES:
            yield f"{occasion}  … and {count - _MOST_LINES} more; `cybertip list` shows them"


def _drawn(one: Concern, ledger: Ledger, now: datetime, screen: Screen) -> str:
    """A concern for people on a terminal, where records may be named; elsewhere in one line, without them."""
    known = " (acknowledged)" if one.acknowledged else ""
    step = _step(one, one.filing_id or "")
    if not screen.terminal:
        before = f"{step.before}, then: " if step is not None and step.before else ""
        way = f"  {before}`{step.line}`" if step is not None else ""
        about = "".join(f"  {each}" for each in _about(one))
        told = f"{one.occasion}  {one.filing_id or 'all'}  since {_time(one.since)}{known}: {one.words}.{way}{about}"
        return screen.line(told)
    name, of = "", "all filings"
    if one.filing_id is not None:
        filing, name = ledger.filing(one.filing_id, now), short_id(ledger, one.filing_id)
        records = ", ".join(filing.record_ids) if filing is not None else ""
        of = f"{records} ({name})" if records else name
        step = _step(one, name)
    head = "  ".join((str(one.occasion), of, *reversed(_about(one)), f"{age(now - one.since)}{known}"))
    lines = [screen.line(Cell(head, Tone.STRONG)), screen.line(sentence(one.words), indent=2)]
    return "\n".join([*lines, *([screen.command(step.line, step.lead, indent=2)] if step is not None else [])])


def _step(one: Concern, name: str) -> Step | None:
    if one.status is None or one.filing_id is None:
        return Step("", one.commands[0].line) if one.commands else None
    return first_step(one.status, one.filing_id, name, one.commands)


def _about(one: Concern) -> list[str]:
    """More closely than the occasion what it is about: the situation as docs/operating.md calls it, and the report."""
    if one.status is None:
        return []
    report = one.status.report_id
    return [str(one.status.situation), *([] if report is None else [f"report {report}"])]


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
