"""``cybertip summary``"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cybertip.cli._ledgers import existing_ledger
from cybertip.cli._options import json_option, local_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._screen import Cell, Column, Screen, Tone, age
from cybertip.cli._shown import lapses_at, short_ids, tone_of
from cybertip.config import Settings
from cybertip.filing.states import ENDS
from cybertip.filing.status import Kind
from cybertip.ledger import Filing, Ledger

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@click.command("summary")
@local_option
@json_option
@body_of("summary")
@with_ledger_settings()
def command(output: Output, settings: Settings) -> int:
    """Count the filings by their status, and tell what is oldest, open, and was filed of late.

    Elsewhere than on a terminal the counts are divided by tabs, below a line with their titles.

    Exit status 0 by design, whatever it tells, also if something needs a person: `cybertip health` is for monitoring.
    """
    now = datetime.now(UTC)
    with existing_ledger(settings, opens=False) as opened:
        found = Summary.of(opened, list(opened.filings(now)), now)
    output.data(drawn(found, now, output.screen))
    return output.end(Exit.DONE, found.as_dict())


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of all filings together.

    Attributes:
        counts: how many there are of each status.
        alarms: how many of them have an alarm.
        oldest: the filing that has been there longest without having ended; None where all have.
        open: how many reports are open at NCMEC and counted on.
        lapsing: the filing of the open report that lapses first; None where none is open.
        day: how many were filed in the last 24 hours.
        week: how many in the last seven days.
        in_vain: how many reports were opened that are neither filed nor worked on: retracted, lapsed, or about to be.
        names: short ids of the two filings.
        blocked: why the credentials are blocked; empty where they are not.
    """

    counts: dict[Kind, int]
    alarms: dict[Kind, int]
    oldest: Filing | None
    open: int
    lapsing: Filing | None
    day: int
    week: int
    in_vain: int
    names: dict[str, str]
    blocked: str

    @classmethod
    def of(cls, ledger: Ledger, filings: Sequence[Filing], now: datetime) -> Summary:
        """Count all filings of a ledger."""
        counts = Counter(one.status.kind for one in filings)
        alarms = Counter(one.status.kind for one in filings if one.status.alarms)
        working = [(at, one) for one in filings if (at := lapses_at(one)) is not None]
        used = {one.state.report_id for one in filings} | {
            one.state.attempt.report_id for _, one in working if one.state.attempt is not None
        }
        return cls(
            counts={kind: counts[kind] for kind in Kind},
            alarms={kind: alarms[kind] for kind in Kind},
            oldest=min(
                (one for one in filings if one.state.phase not in ENDS),
                key=lambda one: (one.created_at, one.id),
                default=None,
            ),
            open=len(working),
            lapsing=min(working, key=lambda pair: (pair[0], pair[1].id), default=(now, None))[1],
            day=ledger.filed_since(now - _DAY),
            week=ledger.filed_since(now - _WEEK),
            in_vain=len(ledger.reports_opened() - used),
            names=short_ids(one.id for one in filings),
            blocked=ledger.blocked(),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the envelope."""
        lapses = None if self.lapsing is None else lapses_at(self.lapsing)
        return {
            "filings": sum(self.counts.values()),
            "counts": {str(kind): count for kind, count in self.counts.items()},
            "alarms": {str(kind): count for kind, count in self.alarms.items()},
            "oldest_unfiled": None
            if self.oldest is None
            else {
                "id": self.oldest.id,
                "created_at": self.oldest.created_at.isoformat(),
                "status": str(self.oldest.status.kind),
            },
            "open_reports": self.open,
            "next_lapse": None
            if self.lapsing is None or lapses is None
            else {"id": self.lapsing.id, "at": lapses.isoformat()},
            "filed_in_24_hours": self.day,
            "filed_in_7_days": self.week,
            "reports_in_vain": self.in_vain,
            "blocked": self.blocked or None,
        }


def drawn(found: Summary, now: datetime, screen: Screen) -> str:
    """Counts in a table, and the rest below it."""
    columns = [Column("status"), Column("filings", right=True), Column("with an alarm", right=True)]
    rows = [
        (
            Cell(str(kind), tone_of(kind) if count else Tone.FAINT), str(count),
            Cell(str(found.alarms[kind]), Tone.BAD if found.alarms[kind] else Tone.FAINT),
        )
        for kind, count in found.counts.items()
    ]  # fmt: skip
    pairs: list[tuple[str, Cell | str]] = [
        ("oldest unfiled", _oldest(found, now)),
        ("open reports", _open(found, screen)),
        ("filed", f"{found.day} in 24 hours, {found.week} in 7 days"),
        ("opened in vain", f"{found.in_vain} reports: retracted, lapsed, or about to be"),
    ]
    if found.blocked:
        pairs.append(("BLOCKED", Cell(found.blocked, Tone.WARNING)))
    gap = [""] if screen.terminal else []
    titles = [] if screen.terminal else ["\t".join(column.name for column in columns)]
    return "\n".join([*titles, screen.table(columns, rows), *gap, screen.block(pairs)])


def _oldest(found: Summary, now: datetime) -> str:
    one = found.oldest
    return "none" if one is None else f"{found.names[one.id]}, {one.status.kind}, {age(now - one.created_at)} old"


def _open(found: Summary, screen: Screen) -> str:
    lapses = None if found.lapsing is None else lapses_at(found.lapsing)
    if found.lapsing is None or lapses is None:
        return "0"
    return f"{found.open}, the next lapses {screen.moment(lapses)} ({found.names[found.lapsing.id]})"
