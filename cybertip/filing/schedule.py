"""When to do what: the next step of a filing, how long to wait, and whom to serve first. Pure; time is a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cybertip.filing.outcomes import CallName
from cybertip.filing.states import ENDS, WAITS_FOR_PERSON, Attempt, Orphan, Phase, State


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited, and when is too late.

    The wait after the n-th failure of a step is random between 0 and ``base * 2**(n-1)`` (full jitter), at most `cap`,
    and at least what the server asks for. It is kept in the ledger, so it survives restarts.

    Attributes:
        base: what the first wait is at most.
        cap: what any wait is at most.
        evidence: after how long a missing file is looked for again.
        margin: how long before it could lapse an open report is no longer worked on.
        upload_rate: bytes per second that an upload surely makes; how long the next one takes is told by this.
    """

    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(minutes=15)
    evidence: timedelta = timedelta(minutes=15)
    margin: timedelta = timedelta(minutes=5)
    upload_rate: float = 1_000_000.0

    def wait(self, tries: int, random: Random, asked: float | None = None) -> timedelta:
        """How long to wait after a failure.

        Args:
            tries: how often the step has failed in a row; at least 1.
            random: where the jitter comes from.
            asked: seconds that the server asks for.
        """
        most: timedelta = min(self.cap, self.base * 2.0 ** min(tries - 1, 30))
        return max(most * random.random(), timedelta(seconds=min(asked or 0.0, 86_400.0)))

    def last_safe(self, attempt: Attempt, size: int = 0) -> datetime:
        """The moment after which nothing more is begun on an open report.

        Args:
            attempt: the report.
            size: the bytes of the file that is to be sent next.
        """
        # A file that takes longer than a report lives would never be sent; the report's quality tells of it (Q627).
        takes = min(timedelta(seconds=size / self.upload_rate), timedelta(hours=12))
        return attempt.lapses_at - self.margin - takes


@dataclass(frozen=True, slots=True)
class Make:
    """Make a call now."""

    call: CallName
    report_id: int | None = None
    file: int | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Give the open report up: it could lapse before it is finished."""

    report_id: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing before this moment."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing, unless a person or a late answer changes something."""


Step = Make | Drop | Wait | Rest


def next_step(state: State, now: datetime, pace: Pace, sizes: tuple[int, ...] = ()) -> Step:
    """What to do next for a filing whose lease one holds, and of which no call is in the air.

    Args:
        state: the filing.
        now: the moment.
        pace: how long is waited.
        sizes: the bytes of the package's files in order, as far as they are known.
    """
    # Once at once, before another report is opened; after that only when there is nothing else to do.
    fresh = next((one for one in state.orphans if one.tries == 0 and one.lapses_at > now), None)
    if fresh is not None:
        return Make(CallName.RETRACT, fresh.report_id)
    step = _main(state, now, pace, sizes)
    if isinstance(step, Make | Drop):
        return step
    again = _orphan_due(state, now)
    if again is not None:
        if again.due_at is None or again.due_at <= now:
            return Make(CallName.RETRACT, again.report_id)
        return Wait(min(again.due_at, step.until)) if isinstance(step, Wait) else Wait(again.due_at)
    return step


def _main(state: State, now: datetime, pace: Pace, sizes: tuple[int, ...]) -> Step:
    if state.phase in ENDS or state.phase in WAITS_FOR_PERSON:
        return Rest()
    attempt = state.attempt
    if attempt is not None and state.phase is Phase.OPEN:
        index = len(attempt.files)
        last_safe = pace.last_safe(attempt, sizes[index] if index < len(sizes) else 0)
        # An attempt that is given up as soon as it is opened would be opened for ever.
        if now >= last_safe and now > attempt.opened_at + pace.margin:
            return Drop(attempt.report_id)
        if state.due_at is not None and state.due_at > now:
            return Wait(min(state.due_at, max(last_safe, attempt.opened_at + pace.margin)))
        return _with_open(state, attempt)
    if state.due_at is not None and state.due_at > now:
        return Wait(state.due_at)
    if attempt is None:
        return Make(CallName.SUBMIT)
    return Make(CallName.FINISH if state.phase is Phase.FINISHING else CallName.RETRACT, attempt.report_id)


def _with_open(state: State, attempt: Attempt) -> Step:
    for index, file in enumerate(attempt.files):
        if state.details[index] and not file.described:
            return Make(CallName.FILEINFO, attempt.report_id, index)
    if len(attempt.files) < len(state.details):
        return Make(CallName.UPLOAD, attempt.report_id, len(attempt.files))
    return Make(CallName.FINISH, attempt.report_id)


def _orphan_due(state: State, now: datetime) -> Orphan | None:
    left = [one for one in state.orphans if one.lapses_at > now]
    return min(left, key=lambda one: (one.due_at or now, one.report_id), default=None)


def due_at(state: State, now: datetime, pace: Pace) -> datetime | None:
    """When a filing is to be looked at next; None where nothing goes on by itself."""
    step = next_step(state, now, pace)
    if isinstance(step, Rest):
        return None
    return step.until if isinstance(step, Wait) else now


SOON = timedelta(hours=2)
"""How long before it could lapse an open report is served before everything else."""


def rank(state: State, now: datetime) -> tuple[int, datetime]:
    """Whom to serve first: reports close to lapsing, then escalated ones, then the oldest confirmation."""
    if state.attempt is not None and state.attempt.lapses_at - now <= SOON:
        return 0, state.attempt.lapses_at
    return (1 if state.urgent else 2), state.confirmed_at
