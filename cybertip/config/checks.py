"""Whether a configuration will do: each part is looked at, whatever is wrong with the others.

Nothing is made and nothing is filed; of the server only ``/status`` and ``/xsd`` are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from cybertip.calls.answers import Answer
from cybertip.client import Client, RetryPolicy
from cybertip.config._check_parts import encryption, files_of_secrets, notices_command, profiles, webhook
from cybertip.config._results import Check, Result, failed, not_checked, ok, warning
from cybertip.config._settings import Settings
from cybertip.errors import CallError, ConfigurationError, CredentialsError, CybertipError, EvidenceError
from cybertip.evidence import source
from cybertip.filing.packages import FrozenFile
from cybertip.filing.states import ENDS
from cybertip.ledger import Ledger, LedgerError
from cybertip.schema import bundled_xsd
from cybertip.schema.drift import drift

__all__ = ["Check", "Result", "check"]

SKEW_WARNS = timedelta(minutes=2)
SKEW_FAILS = timedelta(minutes=5)
"""A report may not tell of times to come, and its deadlines are counted by our clock."""
_NAMED = 5


def check(load: Callable[[], Settings]) -> Iterator[Check]:
    """Look at each part of a configuration, in the order in which one would mend it.

    Args:
        load: gives the settings, such as `cybertip.config.load_settings`; what it raises is the first finding.
    """
    try:
        settings = load()
    except ConfigurationError as problem:
        yield failed("settings", "; ".join(str(problem).splitlines()))
        yield not_checked("everything else", "the settings must be mended first")
        return
    yield ok("settings", f"{settings.file} is understood" if settings.file else "understood; there is no cybertip.toml")
    yield from profiles(settings)
    yield from files_of_secrets(settings)
    with ExitStack() as stack:
        ledger, found = _ledger(settings)
        if ledger is not None:
            stack.enter_context(ledger)
        yield found
        yield _evidence(ledger) if ledger is not None else not_checked("evidence", "it takes the ledger")
    yield from _server(settings)
    yield encryption(settings)
    yield notices_command(settings)
    yield webhook(settings)


def _ledger(settings: Settings) -> tuple[Ledger | None, Check]:
    """The ledger, if it can be opened, and what is to be said of it."""
    name = "ledger"
    try:
        place = settings.ledger_place
        if "://" not in place and not Path(place).exists():
            return None, warning(name, f"there is none at {place} yet", "`cybertip file` makes it, or name another")
        ledger = Ledger.open(place, environment=None, account=None, pace=settings.pace, keys=settings.keys())
    except CybertipError as problem:
        return None, failed(name, str(problem))
    try:
        ledger.check_belongs(settings.endpoint.environment, settings.username().get_secret_value())
    except ConfigurationError as problem:
        return ledger, failed(name, str(problem))
    shown = settings.values["ledger.place"].shown() or place
    return ledger, ok(name, f"{shown} belongs to {ledger.environment} and this account")


def _evidence(ledger: Ledger) -> Check:
    """Whether the files of all filings that have not ended are there. Their names are nobody's business here."""
    name, now, count = "evidence", datetime.now(UTC), 0
    lost: list[dict[str, Any]] = []
    try:
        for filing in ledger.filings(now):
            if filing.state.phase in ENDS or not filing.state.revision:
                continue
            with ledger.transaction() as transaction:
                files = transaction.package(filing.id).files
            for number, file in enumerate(files, 1):
                count += 1
                if not _there(file):
                    lost.append({"filing": filing.id, "file": number})
    except LedgerError as problem:
        return failed(name, str(problem))
    if not lost:
        return ok(name, f"{count} files of filings that are under way, all there")
    listed = ", ".join(f"file {one['file']} of {one['filing']}" for one in lost[:_NAMED])
    more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
    found = failed(
        name,
        f"{len(lost)} of {count} files are not there, or cannot be read: {listed}{more}",
        "Bring them back to where they were",
    )
    return replace(found, places=tuple(lost))


def _there(file: FrozenFile) -> bool:
    """Whether a file could be read. Whether it is the one that was reviewed is seen when it is sent."""
    if file.location is None:
        return True  # it is kept in the ledger
    try:
        with source(file.location).open() as opened:
            opened.read(1)
    except (EvidenceError, OSError):
        return False
    return True


def _server(settings: Settings) -> Iterator[Check]:
    """Whether the server is there, takes the credentials, has our time and our schema."""
    try:
        access = settings.connection()
        client = access.client(retry=RetryPolicy(attempts=1))
    except ConfigurationError as problem:
        yield failed("server", str(problem))
        for name in ("clock", "schema"):
            yield not_checked(name, "it takes the server")
        return
    where = f"{access.endpoint.base_url} ({access.endpoint.environment})"
    with client:
        answer: Answer | None = None
        try:
            answer = client.status().answer
            yield ok("server", f"{where} answers and accepts the credentials")
        except CredentialsError as problem:
            answer = problem.answer
            cure = "Each environment has its own user name and password"
            yield failed("server", f"{where} answers, but does not accept the credentials", cure)
        except CallError as problem:
            answer = problem.answer
            yield replace(failed("server", str(problem), "Check the address, or try again later"), unreachable=True)
        yield _clock(answer)
        if answer is None:
            yield not_checked("schema", "it takes the server")
        else:
            yield _schema(client)


def _clock(answer: Answer | None) -> Check:
    """Our clock beside the server's, which tells its time to the second."""
    name = "clock"
    if answer is None:
        return not_checked(name, "it takes the server")
    try:
        theirs = parsedate_to_datetime(answer.header("date") or "")
        ahead = answer.received_at - theirs
    except (TypeError, ValueError):  # none, not to be read, or without an offset
        return not_checked(name, "the server does not tell its time")
    seconds = abs(round(ahead.total_seconds()))
    way = "ahead of" if ahead > timedelta() else "behind"
    words = f"this machine's clock is {seconds} s {way} the server's"
    if abs(ahead) <= SKEW_WARNS:
        return ok(name, words)
    tell = failed if abs(ahead) > SKEW_FAILS else warning
    return tell(name, words, "Let the machine keep its time by NTP")


def _schema(client: Client) -> Check:
    """Our schema beside the server's."""
    name = "schema"
    try:
        changes = drift(bundled_xsd(), client.xsd().xsd)
    except CybertipError as problem:
        return warning(name, f"it could not be compared: {'; '.join(str(problem).splitlines())}")
    if not changes:
        return ok(name, "the server's is ours")
    return warning(name, f"{len(changes)} differences from the server's", "`cybertip schema pull` tells them")
