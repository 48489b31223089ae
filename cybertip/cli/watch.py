"""``cybertip watch``"""

from __future__ import annotations

import os
import select
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import click

from cybertip.cli._ledgers import as_data, existing_ledger
from cybertip.cli._options import json_option, local_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._screen import Cell, Column, Screen, Tone, age
from cybertip.cli._shown import first_step, lapses_at, needs_person, report_of, short_ids, tone_of, urgency
from cybertip.config import Settings
from cybertip.filing.status import Kind
from cybertip.ledger import Filing, Ledger

_AROUND = 12
"""The lines of the screen beside the filings: counts, headings, the foot."""
_FEWEST = 2
"""How many filings of each part are shown on the lowest screen."""
_LEAVES = frozenset("qQ\x03\x04")


@click.command("watch")
@click.option("--every", type=click.FloatRange(0.1), default=2.0, show_default=True, help="Seconds between two looks.")
@local_option
@json_option
@body_of("watch")
@with_ledger_settings()
def command(output: Output, every: float, settings: Settings) -> int:
    """Watch the filings on a terminal: what needs a person first, then what is in flight, then what is due next.

    What needs a person has its situation, as docs/operating.md calls it, and what to run first, where there is room.
    It looks at the ledger every few seconds and changes nothing. `q` or Ctrl-C ends it. Where stdout is no terminal,
    and with --json, it tells how everything stands once, and ends. Exit status 0.
    """
    with existing_ledger(settings, opens=False) as opened:
        if output.as_json:
            return output.end(Exit.DONE, Sight.of(opened, datetime.now(UTC)).as_dict())
        if not output.screen.terminal or os.environ.get("TERM") == "dumb":
            now = datetime.now(UTC)
            output.data(drawn(Sight.of(opened, now), now, output.screen))
            return output.end(Exit.DONE, {})
        _live(opened, output.screen, every)
    return Exit.DONE


@dataclass(frozen=True, slots=True)
class Sight:
    """How everything stands.

    Attributes:
        counts: how many filings there are of each status.
        person: what somebody has to act on or must hear of, the most urgent first.
        flying: what a worker is at, or has a report open for.
        due: what goes on by itself, in that order.
        names: the short ids of all.
    """

    counts: Counter[Kind]
    person: Sequence[Filing]
    flying: Sequence[Filing]
    due: Sequence[Filing]
    names: dict[str, str]

    @classmethod
    def of(cls, ledger: Ledger, now: datetime) -> Sight:
        """Look at a ledger."""
        every = sorted(ledger.filings(now), key=lambda one: urgency(one, now))
        calm = [one for one in every if not needs_person(one)]
        flying = [one for one in calm if one.status.kind is Kind.IN_FLIGHT or lapses_at(one) is not None]
        flown = {one.id for one in flying}
        waiting = [one for one in calm if one.status.kind is Kind.SCHEDULED and one.id not in flown]
        return cls(
            Counter(one.status.kind for one in every),
            [one for one in every if needs_person(one)],
            flying,
            sorted(waiting, key=lambda one: one.status.due_at or now),
            short_ids(one.id for one in every),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the envelope."""
        return {
            "counts": {str(kind): self.counts[kind] for kind in Kind},
            "needs_person": [as_data(one) for one in self.person],
            "in_flight": [as_data(one) | {"files": progress(one)} for one in self.flying],
            "due": [as_data(one) for one in self.due],
        }


def progress(one: Filing) -> dict[str, int]:
    """How many files there are, how many the open report holds, and how many of those need nothing more."""
    held = one.state.attempt.files if one.state.attempt is not None else ()
    wanted = one.state.details[: len(held)]
    ready = sum(file.described or not asked for file, asked in zip(held, wanted, strict=True))
    return {"all": len(one.state.details), "sent": len(held), "ready": ready}


def drawn(sight: Sight, now: datetime, screen: Screen, most: int | None = None) -> str:
    """The screen: a line of counts and three parts, each of at most so many filings."""
    parts = [screen.line(_counts(sight))]
    for heading, found, draw in (
        ("Needs a person", sight.person, _person),
        ("In flight", sight.flying, _flying),
        ("Due next", sight.due, _due),
    ):
        if not found:
            continue
        some = found[:most]
        more = f" ({len(some)} of {len(found)})" if len(some) < len(found) else ""
        # Where there is no room for what to do about each.
        hint = ": cybertip show ID tells why, and what to do" if draw is _person and _is_narrow(screen) else ""
        parts += [screen.heading(f"{heading}{more}{hint}"), draw(some, sight, now, screen)]
    return "\n".join(parts)


def _counts(sight: Sight) -> str:
    total = sum(sight.counts.values())
    listed = ", ".join(f"{count} {kind}" for kind in Kind if (count := sight.counts[kind]))
    return f"{total} filings{f': {listed}' if listed else ''}"


def _person(found: Sequence[Filing], sight: Sight, now: datetime, screen: Screen) -> str:
    columns = [Column("id"), Column("what", wraps=True), Column("report"), Column("age", right=True)]
    rows = [(_name(one, sight, screen), _what(one), report_of(one), age(now - one.created_at)) for one in found]
    records = [", ".join(one.record_ids) for one in found]
    listed = [(*row, record) for row, record in zip(rows, records, strict=True)]
    columns.append(Column("record", wraps=True))
    if _is_narrow(screen):
        return screen.table(columns, listed)
    steps = [_run(one, _name(one, sight, screen).text) for one in found]
    return screen.table([*columns, Column("run")], [(*row, step) for row, step in zip(listed, steps, strict=True)])


def _is_narrow(screen: Screen) -> bool:
    return screen.terminal and not screen.wide


def _run(one: Filing, name: str) -> str:
    """The command alone; where NCMEC has to be asked first it is `cybertip show`, which says so."""
    step = first_step(one.status, one.id, name)
    return "" if step is None else step.line


def _what(one: Filing) -> Cell:
    """Where it stands."""
    alarm = ", ALARM" if one.status.alarms else ""
    return Cell(f"{one.status.situation}{alarm}", Tone.BAD if alarm else tone_of(one.status.kind))


def _flying(found: Sequence[Filing], sight: Sight, now: datetime, screen: Screen) -> str:
    columns = [Column("id"), Column("report"), Column("files"), Column("lapses"), Column("doing", wraps=True)]
    rows = []
    for one in found:
        files, lapses = progress(one), lapses_at(one)
        rows.append(
            (
                _name(one, sight, screen), report_of(one), f"{files['ready']} of {files['all']}",
                "" if lapses is None else f"in {age(lapses - now)}", _doing(one, now),
            )
        )  # fmt: skip
    return screen.table(columns, rows)


def _doing(one: Filing, now: datetime) -> str:
    started = one.state.started
    if started is None:
        return str(one.status.situation)
    file = "" if started.file is None else f" of file {started.file + 1}"
    return f"/{started.call}{file} for {age(now - started.at)}"


def _due(found: Sequence[Filing], sight: Sight, now: datetime, screen: Screen) -> str:
    columns = [Column("id"), Column("due"), Column("why", wraps=True)]
    rows = [
        (
            _name(one, sight, screen),
            "at once" if one.status.due_at is None else screen.short(one.status.due_at, now), one.status.reason,
        )
        for one in found
    ]  # fmt: skip
    return screen.table(columns, rows)


def _name(one: Filing, sight: Sight, screen: Screen) -> Cell:
    return Cell(sight.names[one.id], Tone.STRONG) if screen.terminal else Cell(one.id)


# --- live --------------------------------------------------------------------------------------------------------


def _live(ledger: Ledger, screen: Screen, every: float) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    colours: Literal["standard"] | None = "standard" if screen.colour else None
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, color_system=colours)
    try:
        with _keys() as pressed, Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                # The window may have another size by now.
                screen, now = Screen.of(sys.stdout, local=screen.local), datetime.now(UTC)
                height = shutil.get_terminal_size().lines
                text = drawn(Sight.of(ledger, now), now, screen, most=max(_FEWEST, (height - _AROUND) // 3))
                foot = f"{screen.moment(now)}  every {every:g} s, q ends it"
                live.update(Text.from_ansi("\n".join([*text.splitlines()[: height - 2], "", foot])), refresh=True)
                if pressed(every) in _LEAVES:
                    return
    except KeyboardInterrupt:  # the usual way to end it
        return


@contextmanager
def _keys() -> Iterator[Callable[[float], str]]:
    """What waits so many seconds for a key, and gives it; empty where none was pressed, or where there are none."""
    import termios
    import tty

    descriptor = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None

    def pressed(seconds: float) -> str:
        ready, _, _ = select.select([] if descriptor is None else [descriptor], [], [], seconds)
        # A terminal that has gone has nothing more to give, and nobody to show anything to.
        return os.read(ready[0], 1).decode("ascii", "replace") or "\x04" if ready else ""

    if descriptor is None:
        yield pressed
        return
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield pressed
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
