"""The ledger that a command works on, and the filer that works on it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from cybertip.cli._output import INTERRUPTED, Exit, Output
from cybertip.cli._profiles import STAND_IN, Profiles
from cybertip.client import RetryPolicy
from cybertip.config import Connection, Settings
from cybertip.environments import Environment
from cybertip.errors import ConfigurationError
from cybertip.filing.status import NEEDS_PERSON, Kind, Situation
from cybertip.findings import DocumentError
from cybertip.ledger import Filing, Ledger
from cybertip.models import ReportDoneResponse
from cybertip.profile import ReporterProfile
from cybertip.worker import Filer, Watch
from cybertip.xml import parse


@contextmanager
def existing_ledger(
    settings: Settings, environment: Environment | None = None, *, opens: bool = True
) -> Iterator[Ledger]:
    """A ledger to look at, or to carry a person's word.

    Args:
        settings: where it is.
        environment: whose it has to be; None for whoever's it is.
        opens: whether anything that may be sealed is read. Where nothing is, no key is asked for: what tells how things
            stand must do so as well when the keys cannot be had.

    Raises:
        ConfigurationError: there is none.
        EnvironmentRefusedError: it belongs to another environment (P505).
    """
    place = settings.ledger_place
    if "://" not in place and not Path(place).exists():
        raise ConfigurationError(f"there is no ledger {place}; name another with --ledger")
    keys = settings.keys() if opens else ()
    with Ledger.open(place, environment=environment, account=None, pace=settings.pace, keys=keys) as ledger:
        yield ledger


SHORTEST = 6
"""How much of a filing's id is needed at least to name the filing."""


def filing_named(ledger: Ledger, name: str) -> Filing:
    """A filing by its id, by the id of its record, or by the beginning of its id (`SHORTEST`) if it is the only one.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    filing_id = ledger.filing_of(name)
    if filing_id is None and len(name) >= SHORTEST:
        begin_so = ledger.ids_like(name, 4)
        if len(begin_so) > 1:
            listed = ", ".join(begin_so[:3]) + (", …" if len(begin_so) > 3 else "")
            raise ConfigurationError(f"more than one filing begins with {name!r}; give more of its id: {listed}")
        filing_id = next(iter(begin_so), None)
    found = None if filing_id is None else ledger.filing(filing_id, datetime.now(UTC))
    if found is None:
        raise ConfigurationError(f"the ledger has no filing and no record {name!r}; `cybertip list` shows them all")
    return found


def check_profiles(settings: Settings, environment: Environment) -> None:
    """See that there are profiles where they are needed, before anything is taken in.

    Raises:
        ConfigurationError: there is none, and it is not the mock that is filed to.
    """
    if not settings.profile_names and environment is not Environment.MOCK:
        raise ConfigurationError(
            f"{settings.no_profile()}, and no report is filed under a made-up reporter; name a file with --config, or"
            " write one: cybertip init"
        )


def profile_named(settings: Settings, profiles: Profiles, environment: Environment) -> Callable[[str], ReporterProfile]:
    """What gives the profile of a name for an environment; a made-up one for the mock, where none is configured."""

    def profile(name: str) -> ReporterProfile:
        found = profiles.named(name)
        if found is not None:
            return found
        check_profiles(settings, environment)
        return STAND_IN

    return profile


@contextmanager
def filer(
    settings: Settings, access: Connection, profiles: Profiles, watch: Watch | None = None, by: str = ""
) -> Iterator[Filer]:
    """A filer on the ledger of these settings, which is made where there is none; `by` is who hands in.

    Raises:
        EnvironmentRefusedError: the ledger belongs to another environment or account (P505).
    """
    work, environment = settings.work, access.endpoint.environment
    # Each request is kept, so the client repeats none by itself.
    with (
        Ledger.open(
            settings.ledger_place,
            environment=environment,
            account=access.account,
            pace=settings.pace,
            keys=settings.keys(),
        ) as ledger,
        access.client(retry=RetryPolicy(attempts=1)) as client,
    ):
        yield Filer(
            ledger, client, profile_named(settings, profiles, environment), watch=watch, limits=settings.limits,
            lease=work.lease, most_open=work.most_open, by=by,
        )  # fmt: skip


@contextmanager
def stoppable(output: Output, working: Filer) -> Iterator[None]:
    """Let the first signal to stop end the work after the calls in flight; the second ends the program at once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Something may be half-way written, and a stream's buffer cannot be entered twice.
        with suppress(RuntimeError):
            if working.stopping.is_set():
                output.abort(INTERRUPTED, "Interrupted", "interrupted; run it again to go on")
            else:
                output.say("Stopping after the calls in flight; once more interrupts them.")
        if working.stopping.is_set():
            # Threads in the middle of a call would be waited for. The ledger is made for being left at any moment.
            os._exit(INTERRUPTED)
        working.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_STATUS = {
    Kind.FILED: Exit.DONE,
    Kind.CANCELLED: Exit.DONE,
    Kind.IN_FLIGHT: Exit.UNREACHABLE,
    Kind.SCHEDULED: Exit.UNREACHABLE,
    Kind.BLOCKED: Exit.UNREACHABLE,
    Kind.NEEDS_CORRECTION: Exit.NEEDS_PERSON,
    Kind.NEEDS_DECISION: Exit.NEEDS_PERSON,
}


def exit_of(filings: list[Filing]) -> Exit:
    """0 where all is filed or cancelled, 3 where something waits for a person, 4 where something goes on later."""
    statuses = {_STATUS[one.status.kind] for one in filings}
    if any(one.status.alarms for one in filings):
        statuses.add(Exit.NEEDS_PERSON)
    return next((one for one in (Exit.NEEDS_PERSON, Exit.UNREACHABLE) if one in statuses), Exit.DONE)


def line_of(one: Filing) -> str:
    """A filing in a line."""
    told = f" report {one.status.report_id}" if one.status.report_id is not None else ""
    return f"{one.id}  {one.status.kind}{told}  {', '.join(one.record_ids)}"


def told(output: Output, one: Filing) -> None:
    """Say what people need to know beside the line: what happened, who has the report, what next, what to run."""
    status = one.status
    if status.situation is not Situation.FILED or one.state.cancelling:
        output.say(f"  {status.reason[:1].upper()}{status.reason[1:]}. {status.told} {status.next}")
    if status.kind in NEEDS_PERSON or status.situation is Situation.RECEIPT_LOST:
        for command in status.commands:
            output.say(f"    {command.line}  ({command.effect})")
    for alarm in status.alarms:
        output.say(f"  ALARM: {alarm}.")


def files_of(receipt: bytes | None) -> list[str]:
    """The server's ids of the files in a receipt; none where there is no receipt that can be read."""
    try:
        return [] if receipt is None else list(parse(receipt, ReportDoneResponse).document.files.file_ids)
    except DocumentError:
        return []


def as_data(one: Filing) -> dict[str, Any]:
    """A filing as plain data for the envelope."""
    status = one.status
    return {
        "id": one.id,
        "record_ids": list(one.record_ids),
        "status": str(status.kind),
        "situation": str(status.situation),
        "reason": status.reason,
        "at_ncmec": str(status.at_ncmec),
        "told": status.told,
        "next": status.next,
        "commands": [{"line": command.line, "effect": command.effect} for command in status.commands],
        "due_at": status.due_at.isoformat() if status.due_at is not None else None,
        "report_id": status.report_id,
        "receipt_lost": one.state.receipt_lost,
        "findings": list(one.state.findings),
        "alarms": list(status.alarms),
        "created_at": one.created_at.isoformat(),
    }
