"""One step of a filing, between two commits. Pure but for the book that it writes into.

A worker's life is: `start` in a transaction, send, `record` in the next. Whoever drives the steps (threads, a job
engine, a simulation) decides when transactions begin and end; what is written is decided here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Protocol

from cybertip.filing.events import AttemptDropped, CallEnded, CallStarted, Event
from cybertip.filing.machine import apply
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.schedule import Drop, Make, Pace, Rest, Wait, next_step
from cybertip.filing.states import State


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with what came back, as it is kept: the proof.

    Attributes:
        call_id: the call, as the events name it.
        call: the endpoint.
        report_id: the report that it was about, or that /submit opened.
        request_sha256: SHA-256 of the document or the file that was sent; of the form's fields where there was neither.
        request_size: how many bytes that is.
        sent_at: when sending began.
        received_at: when the answer had arrived; None where none came.
        http_status: the HTTP status; None where no answer came.
        headers: the answer's headers as received, names in lower case.
        body: the answer's body, byte for byte; None where no answer came.
        complete: whether all of the body arrived.
    """

    call_id: str
    call: CallName
    report_id: int | None
    request_sha256: str
    request_size: int
    sent_at: datetime
    received_at: datetime | None = None
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    complete: bool = True

    def header(self, name: str) -> str | None:
        """The first header of this name, in lower case."""
        return next((value for key, value in self.headers if key == name), None)


class Book(Protocol):
    """A filing within an open transaction of a ledger."""

    @property
    def state(self) -> State:
        """What is known of the filing now."""
        ...

    def append(self, event: Event, exchange: Exchange | None = None) -> State:
        """Append an event, and the exchange that it tells of; the state afterwards."""
        ...


def start(
    book: Book, now: datetime, pace: Pace, new_id: Callable[[], str], sizes: tuple[int, ...] = ()
) -> CallStarted | Wait | Rest:
    """Begin the next call of a filing whose lease one holds, if there is one to be made now.

    A `CallStarted` has been appended when it is returned; its first byte must not leave before the commit.

    Args:
        book: the filing.
        now: the moment.
        pace: how long is waited.
        new_id: makes an id for a call.
        sizes: the bytes of the package's files in order.
    """
    step = next_step(book.state, now, pace, sizes)
    if isinstance(step, Drop):
        book.append(AttemptDropped(step.report_id, now, "the report could lapse before it was finished"))
        step = next_step(book.state, now, pace, sizes)
    if not isinstance(step, Make):
        return step if isinstance(step, (Wait, Rest)) else Rest()
    event = CallStarted(new_id(), book.state.fence, step.call, now, step.report_id, step.file)
    book.append(event)
    return event


def record(
    book: Book, ended: CallEnded, exchange: Exchange | None, pace: Pace, random: Random, asked: float | None = None
) -> State:
    """Append what became of a call. Anyone may: the answer of a stale worker is kept, and adopted where it is proof.

    Args:
        book: the filing.
        ended: what became of the call, without `due_at`.
        exchange: the request and the raw answer.
        pace: how long is waited.
        random: where the jitter of a wait comes from.
        asked: seconds after which the server asked to be tried again.
    """
    before, after = book.state, apply(book.state, ended)
    if ended.outcome is Outcome.EVIDENCE and after != before:
        ended = replace(ended, due_at=ended.at + pace.evidence)
    elif tries := _orphan_tries(before, after, ended) or (after.tries if after != before else 0):
        ended = replace(ended, due_at=ended.at + pace.wait(tries, random, asked))
    return book.append(ended, exchange)


def _orphan_tries(before: State, after: State, ended: CallEnded) -> int:
    """How often retracting the orphan of this call has failed, if it has just failed once more."""
    for one in after.orphans:
        if one.report_id == ended.report_id and one not in before.orphans and one.tries:
            return one.tries
    return 0
