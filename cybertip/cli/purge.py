"""``cybertip purge``"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from cybertip.cli._changing import Desk, desk
from cybertip.cli._ledgers import line_of
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.filing.preservation import Retention
from cybertip.filing.states import ENDS
from cybertip.ledger import Filing, LedgerError, PreservedError, Purgeable


@click.command("purge")
@click.argument("filings", nargs=-1, metavar="[FILING]...")
@click.option(
    "--older-than",
    metavar="DAYS",
    type=click.IntRange(1, 36_500),
    help="Only what ended so many days ago.  [default: after in [purge] of cybertip.toml]",
)
@click.option("--dry-run", is_flag=True, help="Only list what would go, and what is kept until when.")
@json_option
@body_of("purge")
@with_ledger_settings(older_than="purge.after")
@with_person(reason=False, asks=True)
def command(output: Output, filings: tuple[str, ...], dry_run: bool, settings: Settings, person: Person) -> int:
    """Take what need not be kept any longer out of the ledger: records, documents, findings, answers.

    FILING is a filing's id, or the id of its record; without one, all that ended long enough ago. Receipts, events and
    digests stay, and the ledger verifies as before. What was filed is preserved for a year at least, or for as long as
    hold in [purge] says; `cybertip hold` preserves it for longer. Who purges, and why, is recorded.

    Exit status 5 if something that was named has to be preserved, 1 if something could not be purged, else 0.
    """
    if not dry_run and not person.reason.strip():
        raise click.UsageError("say why with --reason; it becomes part of the proof. Or only look, with --dry-run.")
    if not filings and settings.purge.after is None:
        raise click.UsageError(
            "name the filings, or say what is old enough: --older-than DAYS, or after in [purge] of cybertip.toml"
        )
    retention = Retention(settings.purge.after or timedelta(), settings.purge.hold)
    with desk(output, settings, person) as at:
        named = [at.filing(one) for one in filings]
        run = _Run(at, retention, dry_run=dry_run)
        run.look(named)
        if run.going and not dry_run:
            person.confirm(_consequences(run.going, settings.ledger_place))
            run.carry_out()
    return run.end(named=bool(named))


@dataclass(slots=True)
class _Run:
    """What one purge comes to."""

    at: Desk
    retention: Retention
    dry_run: bool
    going: list[Filing] = field(default_factory=list)
    kept: list[Purgeable] = field(default_factory=list)
    purged: list[Filing] = field(default_factory=list)
    failed: list[Purgeable] = field(default_factory=list)

    def look(self, named: Sequence[Filing]) -> None:
        """Find what may go and what may not, and say so."""
        wanted = {one.id for one in named}
        for one in self.at.ledger.purgeable(datetime.now(UTC), self.retention):
            if wanted and one.filing.id not in wanted:
                continue
            if one.kept:
                self.kept.append(one)
            else:
                self.going.append(one.filing)
        for filing in named:
            if filing.state.phase not in ENDS:
                self.kept.append(Purgeable(filing, f"filing {filing.id} has not ended: it is {filing.state.phase}"))
        for filing in self.going if self.dry_run else ():
            self.at.output.data(f"{line_of(filing)}  would be purged")
        for one in self.kept:
            self._tell(one, "kept" if one.until is None else f"kept until {one.until:%Y-%m-%dT%H:%M:%SZ}")

    def carry_out(self) -> None:
        """Purge what may go, each for itself."""
        person = self.at.person
        for filing in self.going:
            try:
                self.at.ledger.purge(filing.id, by=person.name, reason=person.reason, retention=self.retention)
            except PreservedError as problem:  # somebody asked for that meanwhile
                self.kept.append(Purgeable(filing, str(problem), problem.until))
                self._tell(self.kept[-1], "kept")
            except LedgerError as problem:
                self.failed.append(Purgeable(filing, str(problem)))
                self._tell(self.failed[-1], "not purged")
            else:
                self.purged.append(filing)
                self.at.output.data(f"{line_of(filing)}  purged")

    def end(self, *, named: bool) -> int:
        """The end of the command."""
        output = self.at.output
        if not self.going:
            output.say("Nothing can be purged now.")
        status = Exit.FINDINGS if self.failed else Exit.REFUSED if named and self.kept else Exit.DONE
        return output.end(
            status,
            {
                "environment": str(self.at.ledger.environment),
                "dry_run": self.dry_run,
                "would_purge": [_data(Purgeable(one)) for one in self.going] if self.dry_run else [],
                "purged": [_data(Purgeable(one)) for one in self.purged],
                "kept": [_data(one) for one in self.kept],
                "failed": [_data(one) for one in self.failed],
            },
        )

    def _tell(self, one: Purgeable, what: str) -> None:
        self.at.output.data(f"{line_of(one.filing)}  {what}")
        self.at.output.say(f"  {one.kept[:1].upper()}{one.kept[1:]}.")


def _data(one: Purgeable) -> dict[str, Any]:
    found: dict[str, Any] = {"id": one.filing.id, "record_ids": list(one.filing.record_ids)}
    if one.kept:
        found |= {"reason": one.kept, "until": None if one.until is None else one.until.isoformat()}
    return found


def _consequences(going: Sequence[Filing], place: str) -> list[str]:
    count = "1 filing" if len(going) == 1 else f"{len(going)} filings"
    lines = [
        *map(line_of, going),
        "",
        f"Purge {count}? Records, documents, findings and answers are gone then, for good.",
        "Receipts, events and digests stay. Copies and backups of the ledger keep all of it.",
    ]
    beside = [] if "://" in place else sorted(Path(place).parent.glob(f"{Path(place).name}.backup-*"))
    return lines + [f"A copy is beside the ledger: {one.name}" for one in beside]
