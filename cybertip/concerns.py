"""What needs somebody: the one place from which monitors, notices and lists take it.

A concern lasts for as long as what it is about does. Nothing here goes through what is filed, unless it is asked to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cybertip.errors import ConfigurationError
from cybertip.filing.occasions import Occasion
from cybertip.filing.status import Command, Situation, Status, in_general, status_of
from cybertip.ledger import Ledger, Lookout, Queue, Seen


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When something that takes its time becomes a concern.

    Attributes:
        overdue_after: how long after its confirmation a record that is not filed is overdue. One that comes in later
            than that is given `stuck_after` to be filed.
        stuck_after: how long nothing may go on, although something is due.
        lapse_within: how long before an open report could lapse it is told of.

    Raises:
        ConfigurationError: one of them is below zero.
    """

    overdue_after: timedelta = timedelta(hours=24)
    stuck_after: timedelta = timedelta(minutes=15)
    lapse_within: timedelta = timedelta(hours=2)

    def __post_init__(self) -> None:
        if min(self.overdue_after, self.stuck_after, self.lapse_within) < timedelta():
            raise ConfigurationError("the time after which something becomes a concern must not be below zero")


USUAL = Thresholds()
"""The thresholds where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs somebody. It holds no content, nothing that a person typed, and no id of a record.

    Attributes:
        occasion: what it is.
        key: what makes it the same thing when somebody looks again.
        since: since when it is so, in UTC.
        words: what it is, in a sentence without its end.
        commands: what a person can do, the most usual first; never first a word that cannot be taken back.
        filing_id: the filing; None where it is about the queue.
        status: the filing's status; None where it is about the queue.
        at: when it would become worse, in UTC; None where that is not known.
        acknowledged: whether a person has said to know of it.
    """

    occasion: Occasion
    key: str
    since: datetime
    words: str
    commands: tuple[Command, ...]
    filing_id: str | None = None
    status: Status | None = None
    at: datetime | None = None
    acknowledged: bool = False


def before_all(status: Status) -> str:
    """What has to be done outside of cybertip before any command is right, without an end; empty where nothing has."""
    if status.situation is not Situation.FILED_OR_NOT:
        return ""
    return f"ask NCMEC about {'it' if status.report_id is None else f'report {status.report_id}'} first"


def commands_of(status: Status, name: str) -> tuple[Command, ...]:
    """What a person can do: as `Status.commands`, and before those what comes first.

    Alarms are acknowledged. Where only NCMEC knows the answer, `show` comes before the words that cannot be taken back:
    whoever has room for one command takes the first.

    Args:
        status: the filing's status.
        name: the filing, as it stands in commands.
    """
    ask = before_all(status)
    explains = (Command(f"cybertip show {name}", f"{ask}; tells the words for either answer"),) if ask else ()
    heard = (Command(f"cybertip ack {name}", "once somebody has looked after it"),) if status.alarms else ()
    return (*explains, *heard, *status.commands)


def concerns(
    ledger: Ledger, now: datetime, thresholds: Thresholds = USUAL, *, thorough: bool = False
) -> tuple[Concern, ...]:
    """What needs somebody now: first what all filings wait for, then filing by filing.

    Args:
        ledger: where the filings are.
        now: the moment, aware.
        thresholds: when something that takes its time becomes a concern.
        thorough: whether all filings are looked at, what is filed among them, for any that cannot be read any more; it
            takes about a second for each 100 000 filings.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    with ledger.looking() as lookout:
        queue = lookout.queue()
        return (
            *_about_queue(lookout, queue, now, thresholds),
            *_waiting(lookout.waiting(), now),
            *_waiting(lookout.unreadable() if thorough else (), now),
            *_overdue(lookout.overdue(now - thresholds.overdue_after, now - thresholds.stuck_after), now, thresholds),
            *_lapsing(lookout.lapsing(now + thresholds.lapse_within), now, thresholds),
        )


_CREDENTIALS = (
    Command("cybertip config check", "tells whether the credentials work"),
    Command("cybertip retry", "once they work: lets all filings go on"),
)
_WORK = (Command("cybertip work", "runs a worker"),)


def _about_queue(lookout: Lookout, queue: Queue, now: datetime, thresholds: Thresholds) -> Iterator[Concern]:
    known = queue.acknowledged_at
    if queue.blocked:
        since = queue.blocked_since or now
        words = "the server does not accept the credentials, and all filings wait"
        key = f"credentials {since.isoformat()}"
        about = Occasion.AUTHENTICATION_FAILURE
        yield Concern(about, key, since, words, _CREDENTIALS, acknowledged=known is not None and known >= since)
        return
    before = now - thresholds.stuck_after
    if queue.worked_at is not None and queue.worked_at > before:
        return
    idle = lookout.idle_since(now, before)
    if idle is not None:
        since = max(idle, queue.worked_at) if queue.worked_at is not None else idle
        words = "filings are due, and no worker has taken any"
        # What has waited for longest changes when people act; that nobody works does not.
        key = f"queue {queue.worked_at.isoformat() if queue.worked_at is not None else 'never worked on'}"
        told = known is not None and known >= since
        yield Concern(Occasion.STUCK, key, since, words, _WORK, acknowledged=told)


def _waiting(found: Iterable[Seen], now: datetime) -> Iterator[Concern]:
    for one in found:
        status, since = _status(one, now), one.waits_since or now
        words = in_general(status.situation, one.state)
        # A filing with an alarm may be filed, and then nothing but the alarm is left to do.
        alarms = "; ".join(f"alarm: {alarm}" for alarm in status.alarms)
        if alarms:
            words = f"{words}; {alarms}"
        key = f"{one.filing_id} {since.isoformat()}"
        yield _concern(Occasion.NEEDS_PERSON, key, since, words, one, status)


def _overdue(found: Iterable[Seen], now: datetime, thresholds: Thresholds) -> Iterator[Concern]:
    for one in found:
        status, confirmed = _status(one, now), one.state.confirmed_at.astimezone(UTC)
        known = "not filed" if one.readable else "not known to be filed"
        words = f"confirmed at {confirmed:%Y-%m-%dT%H:%M:%SZ}, and {known}: {in_general(status.situation, one.state)}"
        since = max(confirmed + thresholds.overdue_after, one.created_at + thresholds.stuck_after)
        yield _concern(Occasion.OVERDUE, one.filing_id, since, words, one, status)


def _lapsing(found: Iterable[Seen], now: datetime, thresholds: Thresholds) -> Iterator[Concern]:
    for one in found:
        attempt = one.state.attempt
        if attempt is None:
            continue
        status, lapses = _status(one, now), attempt.lapses_at.astimezone(UTC)
        words = f"report {attempt.report_id} is open, and lapses at {lapses:%Y-%m-%dT%H:%M:%SZ} if it is not finished"
        key = f"{one.filing_id} {attempt.report_id}"
        since = lapses - thresholds.lapse_within
        yield _concern(Occasion.LAPSE_NEAR, key, since, words, one, status, lapses)


def _status(one: Seen, now: datetime) -> Status:
    """The status of a filing by itself: that a worker looks at it just now changes nothing about what is needed."""
    return status_of(one.state, now, name=one.filing_id, readable=one.readable)


def _concern(
    occasion: Occasion, key: str, since: datetime, words: str, one: Seen, status: Status, at: datetime | None = None
) -> Concern:
    known, commands = one.state.acknowledged_at, commands_of(status, one.filing_id)
    return Concern(
        occasion, key, since, words, commands, one.filing_id, status, at, known is not None and known >= since
    )
