"""A filing as people see it in lists: what is urgent, how it is called, what to say of it in a few words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cybertip.cli._screen import Cell, Column, Screen, Tone, age
from cybertip.concerns import before_all, commands_of
from cybertip.errors import Known
from cybertip.filing.schedule import rank
from cybertip.filing.states import ENDS
from cybertip.filing.status import NEEDS_PERSON, Command, Kind, Situation, Status
from cybertip.ledger import Filing, Ledger

_TONES = {
    Kind.FILED: Tone.GOOD,
    Kind.IN_FLIGHT: Tone.BUSY,
    Kind.SCHEDULED: Tone.PLAIN,
    Kind.NEEDS_CORRECTION: Tone.BAD,
    Kind.NEEDS_DECISION: Tone.BAD,
    Kind.BLOCKED: Tone.WARNING,
    Kind.CANCELLED: Tone.FAINT,
}
_SHORT = 8
_ROOM_FOR_DUE = 80
"""On a narrower screen that column is left out; the words tell of it as well. What is wider has room for records."""


def needs_person(one: Filing) -> bool:
    """Whether somebody has to act, or must hear of something."""
    return one.status.kind in NEEDS_PERSON or bool(one.status.alarms)


def urgency(one: Filing, now: datetime) -> tuple[bool, bool, int, datetime, str]:
    """What a list is sorted by: what needs a person, then what goes on, then what has ended; each as it is served."""
    return (not needs_person(one), one.state.phase in ENDS, *rank(one.state, now), one.id)


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The beginnings of ids by which people and commands tell them apart."""
    found: dict[str, str] = {}
    ordered = sorted(ids)
    for before, one, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        needed = 1 + max(_common(before, one), _common(one, after))
        found[one] = one[: max(_SHORT, needed)]
    return found


def short_id(ledger: Ledger, filing_id: str) -> str:
    """As `short_ids`, for one filing of a ledger."""
    lengths = range(_SHORT, len(filing_id))
    begins = (filing_id[:length] for length in lengths if len(ledger.ids_like(filing_id[:length], 2)) == 1)
    return next(begins, filing_id)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def kind_of(one: Filing) -> Cell:
    """The status, and whether there is an alarm beside it."""
    alarm = bool(one.status.alarms)
    return Cell(
        f"{one.status.kind}, ALARM" if alarm else str(one.status.kind), Tone.BAD if alarm else tone_of(one.status.kind)
    )


def tone_of(kind: Kind) -> Tone:
    """What a status is to a person."""
    return _TONES[kind]


def report_of(one: Filing) -> str:
    """The report that is filed, or that is worked on or may be filed; empty where there is none."""
    return "" if one.status.report_id is None else str(one.status.report_id)


def due_of(one: Filing, now: datetime, screen: Screen) -> str:
    """When it goes on, or else when its open report lapses; empty where neither is known."""
    if one.status.due_at is not None:
        return screen.short(one.status.due_at, now)
    lapses = lapses_at(one)
    return "" if lapses is None else f"lapses {screen.short(lapses, now)}"


def lapses_at(one: Filing) -> datetime | None:
    """When the open report of a filing lapses at the earliest; None where there is none."""
    return None if one.state.attempt is None or one.state.phase in ENDS else one.state.attempt.lapses_at


_TAIL = re.compile(rf"(?:; Request-ID [^;\[\]]*)? \[(?:{'|'.join(Known)})\]")


def briefly(words: str) -> str:
    """Words about a call without the server's Request-ID and without our own term for what is known of its effect.

    The exchanges have both; a person reads in the status what follows.
    """
    return _TAIL.sub("", words)


def what_happened(one: Filing) -> str:
    """What happened, in sentences, with every alarm."""
    return " ".join(
        [sentence(briefly(one.status.reason)), *(f"ALARM: {sentence(alarm)}" for alarm in one.status.alarms)]
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What a person does first.

    Attributes:
        before: what has to be done outside of cybertip before; empty where nothing has to.
        line: the command.
    """

    before: str
    line: str

    @property
    def lead(self) -> str:
        """Words that lead to the command in a paragraph of its own."""
        return f"{sentence(self.before).removesuffix('.')}, then:" if self.before else "Run:"


def first_step(status: Status, filing_id: str, name: str, commands: Sequence[Command] | None = None) -> Step | None:
    """What a person does first about a filing, for where there is room for one thing; None where nothing is to be done.

    It is never a word that cannot be taken back: what such words come to needs more room.

    Args:
        status: the filing's status.
        filing_id: the filing.
        name: the filing as it is to stand in the command.
        commands: what can be done, if not what the status says.
    """
    usual = next(iter(commands_of(status, filing_id) if commands is None else commands), None)
    return None if usual is None else Step(before_all(status), usual.line.replace(filing_id, name))


def situation_of(one: Filing) -> str:
    """The situation, as docs/operating.md calls it; empty where it is just the status."""
    return "" if str(one.status.situation) == str(one.status.kind) else str(one.status.situation)


def in_short(one: Filing) -> str:
    """The situation, what happened, whether NCMEC has it and what comes next; of what has ended well its alarms."""
    status = one.status
    if status.situation is Situation.FILED and not one.state.cancelling:
        return " ".join(f"ALARM: {sentence(alarm)}" for alarm in status.alarms)
    told = [sentence(situation_of(one)), what_happened(one), status.told]
    if one.state.phase not in ENDS:
        told.append(status.next)
    return " ".join(filter(None, told))


def sentence(words: str) -> str:
    """Words with a capital and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}" if words else ""


def table(found: Sequence[Filing], names: Mapping[str, str], now: datetime, screen: Screen) -> str:
    """A table of filings for a terminal, each with words below it, over the whole width."""
    columns = [Column("id"), Column("status"), Column("report"), Column("age", right=True)]
    rows: list[list[Cell | str]] = [
        [Cell(names[one.id], Tone.STRONG), kind_of(one), report_of(one), age(now - one.created_at)] for one in found
    ]
    if screen.width >= _ROOM_FOR_DUE:
        columns.append(Column("due"))
        rows = [[*row, due_of(one, now, screen)] for row, one in zip(rows, found, strict=True)]
    records = [", ".join(one.record_ids) for one in found]
    words = [screen.sentence(in_short(one)) for one in found]
    if max(map(len, records), default=0) <= screen.width - _ROOM_FOR_DUE:
        columns.append(Column("record"))
        rows = [[*row, record] for row, record in zip(rows, records, strict=True)]
        below = [screen.line(text, indent=2) if text else "" for text in words]
    else:
        below = [
            screen.line(f"{record}:" if text else record, text, indent=2)
            for record, text in zip(records, words, strict=True)
        ]
    steps = [_step(one, names[one.id], screen) for one in found]
    return screen.table_over(columns, rows, ["\n".join(filter(None, pair)) for pair in zip(below, steps, strict=True)])


def _step(one: Filing, name: str, screen: Screen) -> str:
    step = first_step(one.status, one.id, name) if needs_person(one) and in_short(one) else None
    return "" if step is None else screen.command(step.line, step.lead, indent=2)
