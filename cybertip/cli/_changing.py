"""What all commands share that change a filing: its ledger, asking, waiting for a worker, and telling how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cybertip.cli._ledgers import as_data, check_profiles, existing_ledger, filing_named, line_of, profile_named, told
from cybertip.cli._output import Exit, Output, error_data
from cybertip.cli._people import Person
from cybertip.cli._places import place_of, with_known_places
from cybertip.cli._profiles import Profiles
from cybertip.cli._shown import sentence
from cybertip.config import Level, Settings
from cybertip.filing.states import ENDS, Phase
from cybertip.filing.status import Kind
from cybertip.findings import Severity
from cybertip.ledger import Filing, Ledger
from cybertip.worker import CommandRefusedError, FilingBusyError, Operator

PATIENCE = timedelta(seconds=30)
"""How long a worker is waited for that is in the middle of a call."""

Consequences = Callable[[Filing], list[str]]
"""What is about to happen to a filing as it stands, and what follows if that is wrong, in lines."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one person changes filings of one ledger.

    Attributes:
        output: where it is told.
        person: who it is.
        ledger: the ledger.
        profiles: the reporter profiles, for what is built again.
        settings: all settings.
    """

    output: Output
    person: Person
    ledger: Ledger
    profiles: Profiles
    settings: Settings = field(repr=False)

    def filing(self, name: str) -> Filing:
        """A filing by its name. Raises ConfigurationError where there is none."""
        return filing_named(self.ledger, name)

    def check_profiles(self) -> None:
        """See that what is built again is not built under a made-up reporter, nor found wrong for want of a file.

        Raises:
            ConfigurationError: there are no profiles, and it is not the mock that is filed to.
        """
        check_profiles(self.settings, self.ledger.environment)

    def operator(self, consequences: Consequences | None = None) -> Operator:
        """The person, as who carries it out knows one.

        Args:
            consequences: what to ask before anything is changed; None for what can be taken back.
        """

        def ask(stands: Filing) -> None:
            if consequences is not None:
                self.person.confirm([*self._stands(stands), "", *consequences(stands)])

        return Operator(
            self.ledger, self.person.name, profile_named(self.settings, self.profiles, self.ledger.environment),
            limits=self.settings.limits, patience=PATIENCE, confirm=ask, waiting=self._waiting,
        )  # fmt: skip

    def carry_out(
        self,
        change: Callable[[], Filing],
        more: Callable[[], Mapping[str, Any]] = dict,
    ) -> int:
        """Do it, tell how the filing stands then, and end.

        Args:
            change: what changes it.
            more: what else belongs to the envelope.
        """
        status, shown = self.done(change)
        return self.output.end(status, {**shown, **more()})

    def done(self, change: Callable[[], Filing]) -> tuple[Exit, dict[str, Any]]:
        """Do it, and tell how the filing stands then, or why it was not done; the exit status, and the same as data."""
        try:
            filing = change()
        except (CommandRefusedError, FilingBusyError) as problem:
            return self._not_done(problem)
        shown = {"environment": str(self.ledger.environment), **as_data(filing), "found": self._errors(filing)}
        return self.tell(filing), shown

    def tell(self, filing: Filing) -> Exit:
        """Print how a filing stands; the exit status: 3 where our checks found errors in its record, else 0."""
        self.output.data(line_of(filing))
        told(self.output, filing)
        for line in (*_errors_in_words(self._errors(filing)), *_who_goes_on(filing)):
            self.output.say(line)
        return Exit.NEEDS_PERSON if filing.state.phase is Phase.CORRECTION else Exit.DONE

    def _not_done(self, problem: CommandRefusedError | FilingBusyError) -> tuple[Exit, dict[str, Any]]:
        stands = problem.filing if isinstance(problem, CommandRefusedError) else None
        named = f"filing {stands.id}: " if stands is not None else ""
        self.output.error(f"cybertip {self.output.command}: {named}{problem}")
        shown = {"environment": str(self.ledger.environment), "error": error_data(problem)}
        if isinstance(problem, FilingBusyError):
            return Exit.UNREACHABLE, shown
        return Exit.FINDINGS, shown if stands is None else {**shown, **as_data(stands)}

    def _errors(self, filing: Filing) -> list[dict[str, Any]]:
        """What keeps a record from being filed, as our checks found it."""
        if filing.state.phase is not Phase.CORRECTION:
            return []
        found = self.ledger.findings(filing.id)
        return [with_known_places(one) for one in found if one["severity"] == Severity.ERROR]

    def _stands(self, filing: Filing) -> list[str]:
        return [f"Environment: {self.ledger.environment}", line_of(filing), *_told(filing)]

    def _waiting(self) -> None:
        seconds = int(PATIENCE.total_seconds())
        self.output.say(f"A worker is in the middle of a call of it; waiting for up to {seconds} seconds …")


@contextmanager
def desk(output: Output, settings: Settings, person: Person) -> Iterator[Desk]:
    """The desk of a person at an existing ledger.

    Raises:
        ConfigurationError: there is no ledger.
        EnvironmentRefusedError: it belongs to another environment than the one that is set (P505).
    """
    said = settings.values["server.environment"].level is not Level.DEFAULT
    with existing_ledger(settings, settings.endpoint.environment if said else None) as ledger:
        yield Desk(output, person, ledger, Profiles(output, settings), settings)


def _told(filing: Filing) -> list[str]:
    """What happened, and whether NCMEC has the report."""
    return [f"  {sentence(words)}" for words in (filing.status.reason, filing.status.told) if words]


def _errors_in_words(errors: list[dict[str, Any]]) -> list[str]:
    return [f"  {one['code']}: {place_of(one)}: {sentence(one['message'])} {one['cure']}".rstrip() for one in errors]


def _who_goes_on(filing: Filing) -> list[str]:
    """Who does what is left, and how to make that happen."""
    lines: list[str] = []
    if filing.state.phase in ENDS and filing.state.orphans:
        now = datetime.now(UTC)
        open_ones = [str(one.report_id) for one in filing.state.orphans if one.lapses_at > now]
        if open_ones:
            lines.append(f"  What is open at NCMEC (report {', '.join(open_ones)}) is retracted, or lapses by itself.")
    if lines or filing.status.kind is Kind.SCHEDULED:
        lines.append("  NOT DONE YET. Run `cybertip file` now, or leave it to a worker that runs (`cybertip work`).")
    return lines
