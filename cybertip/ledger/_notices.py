"""What people are told of: a notice for each thing that lasts, and a delivery for each message about it to a receiver.

Neither is part of the chain: nothing that is filed depends on them. What a person acknowledges of a filing is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from cybertip.ledger import _tables as t
from cybertip.ledger._chain import micros, moment_of

_n, _d = t.notices.c, t.deliveries.c


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people are told of. All times are in UTC.

    Attributes:
        id: its id.
        occasion: what it is about.
        key: what makes it the same thing when somebody looks again.
        filing_id: the filing; None where it is about the queue.
        created_at: when it was first told.
        reminders: how often it was told again.
        remind_at: when to tell it again; None where nobody is to be reminded.
        acknowledged_at: when a person said to know of it.
        ended_at: when it was over; None while it lasts.
    """

    id: str
    occasion: str
    key: str
    filing_id: str | None
    created_at: datetime
    reminders: int = 0
    remind_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message about a notice to one receiver.

    Attributes:
        id: its id, which no other message has.
        notice_id: the notice.
        receiver: the receiver's name.
        payload: what is sent: JSON.
        created_at: when it was made.
        tries: how often it was tried, this time included.
    """

    id: str
    notice_id: str
    receiver: str
    payload: str = field(repr=False)
    created_at: datetime
    tries: int = 0


class NoticeBoard:
    """The notices within an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_turn(self, now: datetime) -> bool:
        """Wait until nobody else looks for what is to be told. Whether anybody ever did before."""
        before = self._connection.execute(select(t.ledger.c.noticing).with_for_update()).scalar_one()
        if before is not None:
            return True
        self._connection.execute(update(t.ledger).values(noticing=micros(now)))
        # What was filed before anybody wanted to hear of it is no news.
        filed = t.filings.c.phase == "filed"
        self._connection.execute(update(t.filings).where(filed).values(noticed=t.filings.c.events))
        return False

    def looked(self, filing_id: str, events: int) -> None:
        """Note that somebody looked for what is to be told of a filing that is filed, while it had so many events."""
        same = (t.filings.c.id == filing_id, t.filings.c.events == events)
        self._connection.execute(update(t.filings).where(*same).values(noticed=events))

    def find(self, occasion: str, key: str) -> Notice | None:
        """The notice of an occasion and a key, be it over or not."""
        query = select(t.notices).where(_n.occasion == occasion, _n.key == key)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else notice_of(row)

    def put(self, notice: Notice) -> None:
        """Store a notice, or another state of one."""
        row = {
            "occasion": notice.occasion,
            "key": notice.key,
            "filing_id": notice.filing_id,
            "created": micros(notice.created_at),
            "reminders": notice.reminders,
            "remind": _micros(notice.remind_at),
            "acknowledged": _micros(notice.acknowledged_at),
            "ended": _micros(notice.ended_at),
        }
        changed = self._connection.execute(update(t.notices).where(_n.id == notice.id).values(row))
        if not changed.rowcount:
            self._connection.execute(insert(t.notices).values(id=notice.id, **row))

    def acknowledge(self, filing_id: str | None, now: datetime) -> None:
        """Remind nobody any more of what lasts about a filing, or (None) about the queue."""
        about = _n.filing_id.is_(None) if filing_id is None else _n.filing_id == filing_id
        known = (about, _n.ended.is_(None))
        ids = self._connection.execute(select(_n.id).where(*known)).scalars().all()
        self._connection.execute(update(t.notices).where(*known).values(acknowledged=micros(now), remind=None))
        self.call_off(ids)

    def acknowledge_queue(self, by: str, now: datetime) -> None:
        """A person knows how the queue stands."""
        self._connection.execute(update(t.ledger).values(acknowledged=micros(now), acknowledged_by=by))
        self.acknowledge(None, now)

    def call_off(self, notice_ids: Iterable[str]) -> None:
        """Send no message any more that was not sent yet and is about one of these."""
        waits = (_d.notice_id.in_(list(notice_ids)), _d.due.isnot(None))
        self._connection.execute(update(t.deliveries).where(*waits).values(due=None))

    def send(self, delivery: Delivery, now: datetime) -> bool:
        """Have a message sent, from now on; False where an earlier one about the notice has not arrived there yet."""
        same = (_d.notice_id == delivery.notice_id, _d.receiver == delivery.receiver, _d.due.isnot(None))
        if self._connection.execute(select(_d.id).where(*same).limit(1)).first() is not None:
            return False
        self._connection.execute(
            insert(t.deliveries).values(
                id=delivery.id,
                notice_id=delivery.notice_id,
                receiver=delivery.receiver,
                payload=delivery.payload,
                created=micros(now),
                due=micros(now),
                tries=0,
                problem="",
            )
        )
        return True

    def claim_delivery(self, receivers: Iterable[str], now: datetime, until: datetime) -> Delivery | None:
        """Take the message that has been due for longest, so that nobody else sends it until then; None for none."""
        due = (_d.receiver.in_(list(receivers)), _d.due.isnot(None), _d.due <= micros(now))
        query = select(t.deliveries).where(*due).order_by(_d.due, _d.id).limit(1).with_for_update(skip_locked=True)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        tries = row.tries + 1
        self._connection.execute(update(t.deliveries).where(_d.id == row.id).values(due=micros(until), tries=tries))
        return Delivery(row.id, row.notice_id, row.receiver, row.payload, moment_of(row.created), tries)

    def delivered(self, delivery: Delivery, now: datetime) -> None:
        """Note that a message has arrived."""
        arrived = {"due": None, "delivered": micros(now), "problem": ""}
        self._connection.execute(update(t.deliveries).where(_d.id == delivery.id).values(arrived))

    def failed(self, delivery: Delivery, problem: str, again: datetime | None) -> None:
        """Note why a message did not arrive, and when to send it again; None gives it up.

        Nothing changes if it arrived, was called off, or was taken by another meanwhile.
        """
        mine = (_d.id == delivery.id, _d.due.isnot(None), _d.tries == delivery.tries)
        self._connection.execute(update(t.deliveries).where(*mine).values(due=_micros(again), problem=problem))


def notice_of(row: Row[Any]) -> Notice:
    """The notice of a row."""
    moments = (None if one is None else moment_of(one) for one in (row.remind, row.acknowledged, row.ended))
    remind_at, acknowledged_at, ended_at = moments
    return Notice(
        row.id, row.occasion, row.key, row.filing_id, moment_of(row.created), row.reminders, remind_at,
        acknowledged_at, ended_at,
    )  # fmt: skip


def _micros(when: datetime | None) -> int | None:
    return None if when is None else micros(when)
