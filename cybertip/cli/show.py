"""``cybertip show``"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from cybertip.cli import _timeline
from cybertip.cli._ledgers import as_data, existing_ledger, filing_named, line_of
from cybertip.cli._options import filing_argument, json_option, local_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import login, nameable, sayable
from cybertip.cli._places import place_of
from cybertip.cli._profiles import STAND_IN
from cybertip.cli._revealed import Revealed
from cybertip.cli._screen import Cell, Column, Screen, Tone, age
from cybertip.cli._seen import FILES, FINDINGS, TYPE, Seen
from cybertip.cli._shown import kind_of, lapses_at, needs_person, report_of, sentence, what_happened
from cybertip.concerns import before_all, commands_of
from cybertip.config import Settings
from cybertip.filing.states import ENDS
from cybertip.findings import Severity
from cybertip.ledger import Filing
from cybertip.worker import Operator


@click.command("show")
@filing_argument
@click.option("--reveal", is_flag=True, help="Show accounts, names and places of files in full. This is recorded.")
@click.option("--reason", metavar="TEXT", callback=sayable, help="Why you reveal it; recorded as well.")
@click.option("--as", "by", metavar="NAME", callback=nameable, help="Who reveals it.  [default: the login name]")
@local_option
@json_option
@body_of("show")
@with_ledger_settings()
def command(output: Output, filing: str, reveal: bool, reason: str, by: str | None, settings: Settings) -> int:
    """Show one filing: its status, why, what can be done, and what has happened.

    FILING is the filing's id, the beginning of it, or the id of its record. Neither what was sent nor what was
    answered is shown, accounts appear as hashes, and fields that no record has as `…`. With --reveal accounts, names
    and places of files, and those fields are shown in full; that somebody looked is an event in the ledger before
    anything is shown.

    In an encrypted ledger without its key all is shown but what is sealed: type, findings and files.

    Exit status 3 if it needs a person, else 0.
    """
    if (reason or by) and not reveal:
        raise click.UsageError("--reason and --as say who reveals something and why; they need --reveal")
    with existing_ledger(settings) as opened:
        found = filing_named(opened, filing)
        if reveal:
            # What cannot be shown, because it is sealed, is not put down as looked at.
            opened.records(found.id)
            opened.package(found.id)
            found = Operator(opened, by or login(), STAND_IN).reveal(found.id, reason=reason)
        seen = Seen.of(opened, found, reveal=reveal)
        revealed = Revealed.of(opened, found.id, seen.package) if reveal else None
    output.data(drawn(seen, datetime.now(UTC), output.screen))
    if revealed is not None:
        output.data(revealed.drawn(output.screen))
    data = _data(seen) | ({} if revealed is None else {"revealed": revealed.as_dict()})
    return output.end(Exit.NEEDS_PERSON if needs_person(found) else Exit.DONE, data)


def drawn(seen: Seen, now: datetime, screen: Screen) -> str:
    """The whole of it: the status and what can be done first, what has happened last."""
    one = seen.filing
    warnings, errors = (
        [each for each in seen.findings if (each["severity"] == Severity.ERROR) is wanted] for wanted in (False, True)
    )
    parts = [
        *_top(seen, now, screen),
        *_parts(
            screen,
            ("Findings", _SEALED if FINDINGS in seen.sealed else _findings(errors, screen)),
            ("Repairs", _repairs(seen.notes("repairs"), screen)),
            ("Overrides", _overrides(seen.notes("overrides"), screen)),
            ("Files", _SEALED if FILES in seen.sealed else _files(seen, screen)),
            ("Exchanges", _timeline.exchanges(screen, seen.exchanges, seen.history) if seen.exchanges else ""),
            ("Warnings (they do not keep it from being filed)", _findings(warnings, screen)),
            ("Events", _timeline.events(screen, seen.history)),
        ),
    ]
    export = "cybertip ledger export"
    if screen.terminal:
        return "\n".join([*parts, "", screen.command(f"{export} {seen.short}", "All of it in a folder, as proof:")])
    return "\n".join([*parts, screen.block([("proof", f"{export} {one.id}")])])


def _parts(screen: Screen, *parts: tuple[str, str]) -> Iterator[str]:
    for heading, part in parts:
        if part:
            yield screen.heading(heading)
            yield part


def _top(seen: Seen, now: datetime, screen: Screen) -> Iterator[str]:
    """How it stands and what can be done; on a terminal each command in lines of its own, to be copied."""
    one, ask = seen.filing, before_all(seen.filing.status)
    # That `show` explains more is no news here.
    commands = commands_of(one.status, one.id)[bool(ask) :]
    about = [*_deadlines(one, now, screen), *_about(seen)]
    if not screen.terminal:
        yield line_of(one)
        first = [("first", ask.removesuffix(" first"))] if ask else []
        listed = (("command", f"{each.line}  ({each.effect})") for each in commands)
        yield screen.block([*_status(one, screen), *first, *listed, *about])
        return
    report = f"report {report_of(one)}" if report_of(one) else ""
    kind = kind_of(one)
    told = (one.id, kind.text, report, ", ".join(one.record_ids))
    yield screen.line(Cell("  ".join(filter(None, told)), kind.tone))
    yield screen.block(_status(one, screen))
    if commands:
        yield screen.heading(f"{sentence(ask).removesuffix('.')}, then one of these" if ask else "What you can do")
    for each in commands:
        yield screen.command(each.line.replace(one.id, seen.short), indent=2)
        yield screen.line(each.effect, indent=6)
    yield ""
    yield screen.block(about)


_SEALED = "sealed: name the key under [encrypt] in cybertip.toml"
_ENOUGH = 16
"""How much is shown of a digest."""
Pairs = list[tuple[str, Cell | str]]


def _status(one: Filing, screen: Screen) -> Pairs:
    status = one.status
    words = {
        "situation": f"{status.situation} (see docs/operating.md)",
        "what happened": what_happened(one),
        "at NCMEC": status.told,
        "next": status.next,
    }
    return [(name, screen.sentence(text)) for name, text in words.items()]


def _deadlines(one: Filing, now: datetime, screen: Screen) -> Pairs:
    """Every moment that matters, each with how far away it is."""
    lapses = lapses_at(one)
    moments = [("came in", one.created_at), ("confirmed", one.state.confirmed_at)]
    if one.status.due_at is not None:
        moments.append(("goes on", one.status.due_at))
    if lapses is not None:
        moments.append(("report lapses", lapses))
    if one.state.phase not in ENDS:
        moments += [(f"orphan {orphan.report_id} lapses", orphan.lapses_at) for orphan in one.state.orphans]
        moments += [("an unknown report may lapse", at) for at in one.state.possible_orphans]
    return [(label, f"{screen.moment(at)} ({_away(at, now)})") for label, at in moments]


def _away(at: datetime, now: datetime) -> str:
    return f"in {age(at - now)}" if at > now else f"{age(now - at)} ago"


def _about(seen: Seen) -> Pairs:
    pairs: Pairs = [("records", ", ".join(seen.filing.record_ids))]
    pairs += [("type", _SEALED)] if TYPE in seen.sealed else []
    pairs += [
        (label, ", ".join(names)) for label, names in (("type", seen.types), ("accounts", seen.accounts)) if names
    ]
    if seen.filing.worker is not None:
        pairs.append(("worker", seen.filing.worker))
    if seen.filing.state.revision > 1:
        pairs.append(("revision", str(seen.filing.state.revision)))
    if seen.package is not None:
        versions = seen.package.versions.items()
        pairs.append(("made with", ", ".join(f"{name} {text[:_ENOUGH]}" for name, text in versions)))
    return pairs


_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARNING}


def _findings(found: Sequence[dict[str, Any]], screen: Screen) -> str:
    return "\n".join(
        screen.line(
            Cell(f"{one['code']}:", _TONES.get(one["severity"], Tone.PLAIN)), f"{place_of(one)}: {one['severity']}:",
            sentence(one["message"]), one["cure"], indent=2,
        ).rstrip()
        for one in found
    )  # fmt: skip


def _repairs(found: Sequence[dict[str, Any]], screen: Screen) -> str:
    columns = [Column("code"), Column("document"), Column("of", wraps=True), Column("moved to", wraps=True)]
    rows = [[str(one.get(name) or "") for name in ("code", "document", "path", "target")] for one in found]
    return screen.table(columns, rows) if rows else ""


def _overrides(found: Sequence[dict[str, Any]], screen: Screen) -> str:
    columns = [Column("code"), Column("when"), Column("who", wraps=True), Column("why", wraps=True)]
    rows = [
        (one["code"], screen.moment(datetime.fromisoformat(one["at"])), one["person"], one["reason"]) for one in found
    ]
    return screen.table(columns, rows) if rows else ""


def _files(seen: Seen, screen: Screen) -> str:
    """The files by their number: what they are called may be personal data."""
    if seen.package is None or not seen.package.files:
        return ""
    columns = [Column("file"), Column("bytes", right=True), Column("sha-256"), Column("kept"), Column("at ncmec")]
    sizes = {item.size for item in seen.package.files}
    rows = [
        (
            str(index + 1), "" if item.size is None else str(item.size), (item.sha256 or "")[:_ENOUGH],
            "in the ledger" if item.content is not None else "outside", _sent(seen.filing, index),
        )
        for index, item in enumerate(seen.package.files)
    ]  # fmt: skip
    if screen.terminal and sizes == {None}:
        return screen.table([columns[0], *columns[2:]], [(row[0], *row[2:]) for row in rows])
    return screen.table(columns, rows)


def _sent(one: Filing, index: int) -> str:
    """What the report that counts holds of a file."""
    held = one.state.attempt.files if one.state.attempt is not None else ()
    if index >= len(held):
        return "" if one.state.phase in ENDS else "not sent"
    return "described" if held[index].described else "sent"


def _data(seen: Seen) -> dict[str, Any]:
    lapses = lapses_at(seen.filing)
    return {
        **as_data(seen.filing),
        "types": list(seen.types),
        "accounts": list(seen.accounts),
        "confirmed_at": seen.filing.state.confirmed_at.astimezone(UTC).isoformat(),
        "lapses_at": None if lapses is None else lapses.isoformat(),
        "found": list(seen.findings),
        "repairs": seen.notes("repairs"),
        "overrides": seen.notes("overrides"),
        "exchanges": _timeline.exchange_data(seen.exchanges, seen.history),
        "events": _timeline.event_data(seen.history),
        "sealed": list(seen.sealed),
    }
