"""Ledgers in files, and short ways to fill them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from cybertip.filing.events import CallEnded, CallStarted, Enqueued
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.filing.schedule import Pace
from cybertip.filing.steps import Exchange, record, start
from cybertip.ledger import Book, Ledger, NewFiling

T0 = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
REPORT = 4_100_000_001
PACE = Pace()
ACCOUNT = "reporter-at-example"

_ids = count(1)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = T0

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **more: float) -> datetime:
        """Let time pass; the moment afterwards."""
        self.now += timedelta(**more)
        return self.now


def open_ledger(path: Path, clock: Clock | None = None, **more: Any) -> Ledger:
    """A ledger of the mock."""
    return Ledger.open(path, **{"environment": "mock", "account": ACCOUNT, "clock": clock or Clock(), **more})


def package(report: bytes = b"<report/>") -> Frozen:
    """What is filed: a report with one file of evidence and one that was made of the record."""
    files = (
        FrozenFile("/evidence/a.png", None, "a.png", "ab" * 32, 1234, b"<fileDetails/>"),
        FrozenFile(None, b"made of the record", "chat.txt", "cd" * 32, 18, b"<fileDetails>2</fileDetails>"),
    )
    return Frozen(report, files, {"program": "1", "schema": "2"}, notes={"repairs": [], "overrides": []})


def new(record_id: str = "case-1", *, confirmed: timedelta = timedelta(hours=1), **more: Any) -> NewFiling:
    """A record that can be filed. `confirmed` is how long before noon."""
    event = {name: more.pop(name) for name in ("urgent", "not_before") if name in more}
    enqueued = Enqueued(1, (True, True), T0 - confirmed, **event)
    data = b'{"id":"%s"}' % record_id.encode()
    return NewFiling((record_id,), (data,), enqueued, package(), findings=({"code": "Q601"},), **more)


def add(ledger: Ledger, record_id: str = "case-1", **more: Any) -> str:
    """Store a new filing; its id."""
    with ledger.transaction() as transaction:
        return transaction.add(new(record_id, **more), T0)


def claimed(ledger: Ledger, now: datetime = T0, worker: str = "worker", most_open: int = 100) -> tuple[str, int] | None:
    """Claim what is to be served first: the filing and the fencing number."""
    with ledger.transaction() as transaction:
        book = transaction.claim(worker, now, LEASE, most_open)
        return None if book is None or book.fence is None else (book.id, book.fence)


def started(book: Book, now: datetime = T0) -> CallStarted:
    """Begin the next call."""
    event = start(book, now, PACE, lambda: f"call-{next(_ids)}", (1234, 18))
    assert isinstance(event, CallStarted)
    return event


def answer(
    event: CallStarted, now: datetime = T0, outcome: Outcome = Outcome.OK, files: int = 2, opens: int = REPORT
) -> tuple[CallEnded, Exchange]:
    """The good answer to a call, or another."""
    ok = outcome is Outcome.OK
    report_id = opens if event.call is CallName.SUBMIT and ok else event.report_id
    ended = CallEnded(
        event.call_id, event.fence, event.call, outcome, now, report_id, event.file, code=0 if ok else None
    )
    if event.call is CallName.UPLOAD and ok:
        ended = replace(ended, file_id=f"{event.file:032x}")
    if event.call is CallName.FINISH and ok:
        ended = replace(ended, file_ids=tuple(f"{index:032x}" for index in range(files)))
    headers = (("request-id", f"r-{event.call_id}"), ("date", "Mon, 02 Mar 2026 12:00:00 GMT"))
    body = f"<answer call='{event.call}'/>\r\n".encode()
    return ended, Exchange(
        event.call_id, event.call, report_id, "ef" * 32, 99, now, now + timedelta(milliseconds=5), 200, headers, body
    )


def one_call(
    ledger: Ledger, filing_id: str, fence: int, now: datetime = T0, outcome: Outcome = Outcome.OK, opens: int = REPORT
) -> CallName:
    """Make one call of a filing whose lease is held."""
    with ledger.transaction() as transaction:
        event = started(transaction.book(filing_id, fence), now)
    with ledger.transaction() as transaction:
        record(transaction.book(filing_id, fence), *answer(event, now, outcome, opens=opens), PACE, Random(1))
    return event.call


def file_it(ledger: Ledger, filing_id: str, now: datetime = T0) -> None:
    """File it, call by call, as a report of its own: the first of a ledger as `REPORT`."""
    opens = REPORT + sum(one.status.report_id is not None for one in ledger.filings(now))
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "worker", now, LEASE)
        assert book is not None
        fence = book.fence or 0
    while one_call(ledger, filing_id, fence, now, opens=opens) is not CallName.FINISH:
        pass
    with ledger.transaction() as transaction:
        transaction.release(transaction.book(filing_id, fence))


def tampered(path: Path, *statements: str) -> None:
    """Change a ledger's file as somebody would who knows SQL."""
    with closing(sqlite3.connect(path)) as connection:
        for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name[0]}")
        for statement in statements:
            assert connection.execute(statement).rowcount
        connection.commit()
