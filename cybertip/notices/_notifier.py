"""What is to be told, kept in the ledger before it is sent, and sent until it has arrived."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cybertip.concerns import USUAL, Concern, Thresholds, concerns
from cybertip.errors import ConfigurationError
from cybertip.filing.occasions import Occasion
from cybertip.filing.status import status_of
from cybertip.ledger import Delivery, Ledger, Notice, NoticeBoard, Seen
from cybertip.notices._payload import payload
from cybertip.notices._receivers import Receiver, UndeliveredError

_log = logging.getLogger("cybertip.notices")

_HELD = timedelta(minutes=2)
"""For how long a message is left to whoever sends it. No receiver takes as long."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
_GIVEN_UP_AFTER = timedelta(days=3)
_MOST_NEWS = 500
_BY_STANDING_STILL = frozenset({Occasion.OVERDUE, Occasion.LAPSE_NEAR})


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """What is told, and how often.

    Attributes:
        occasions: what is told.
        reminder: how often it is told again, until somebody acts or acknowledges it.
        thresholds: when something that takes its time is told of.

    Raises:
        ConfigurationError: reminders would follow each other without a pause.
    """

    occasions: frozenset[Occasion] = field(default_factory=lambda: frozenset(Occasion))
    reminder: timedelta = timedelta(hours=4)
    thresholds: Thresholds = USUAL

    def __post_init__(self) -> None:
        if self.reminder <= timedelta():
            raise ConfigurationError("the pause between reminders must be above zero")


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is there to be told, and what was told of it.

    Attributes:
        began: whether anybody ever looked before.
        news: what was filed.
        found: what needs somebody, by occasion and key.
        known: what lasts of what was told.
    """

    began: bool
    news: list[Seen]
    found: dict[tuple[str, str], Concern]
    known: dict[tuple[str, str], Notice]


class Notifier:
    """Tells receivers what was filed and what needs somebody. Any number of them may work on one ledger.

    Use it from one thread. Messages are sent one after the other.
    """

    def __init__(
        self,
        ledger: Ledger,
        receivers: Sequence[Receiver],
        settings: NoticeSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Bring them together. Nothing is sent yet, and nothing that was filed before the first look will be.

        Args:
            ledger: where the filings are, and what is to be told of them is kept.
            receivers: who is told; each hears everything.
            settings: what is told, and how often.
            clock: tells the time, aware.

        Raises:
            ConfigurationError: two receivers have the same name.
        """
        self._ledger, self._settings, self._clock = ledger, settings or NoticeSettings(), clock
        self._receivers = {one.name: one for one in receivers}
        if len(self._receivers) != len(receivers):
            raise ConfigurationError("two receivers of notices have the same name; name each by its own")

    def look(self) -> int:
        """Keep what is to be told by now, and end what is over; how many messages were made.

        Raises:
            LedgerError: the ledger cannot be read or written. What was not committed is made the next time.
        """
        now = self._clock()
        made = 0
        while True:
            sight = self._see(now)
            if sight.began and not sight.news and not any(self._changes(sight.found, sight.known, now)):
                return made
            with self._ledger.transaction() as transaction:
                board = transaction.notices
                began = board.take_turn(now)
                # Another may have told something since, and ended what was over.
                sight = self._see(now)
                news = sight.news if began else []
                made += sum(self._tell_news(board, one, now) for one in news)
                made += sum(self._tell(board, sight.found, sight.known, now))
            if len(news) < _MOST_NEWS:
                return made

    def deliver(self, most: int = 100) -> int:
        """Send what is due, and keep what became of it; how many messages have arrived.

        One that is taken and not told of any more, because the process was killed, is sent again by whoever works on
        the ledger next.

        Args:
            most: how many to try at most.

        Raises:
            LedgerError: the ledger cannot be read or written. A message may have arrived, and is sent again.
        """
        arrived = 0
        for _ in range(most):
            due = self._next_due_delivery()
            if due is None or due > self._clock():
                break
            now = self._clock()
            with self._ledger.transaction() as transaction:
                delivery = transaction.notices.claim_delivery(self._receivers, now, now + _HELD)
            if delivery is None:
                break
            arrived += self._send(delivery)
        return arrived

    def next_due(self) -> datetime | None:
        """When there is something to do at the latest, as far as that is known now; None where it is not."""
        with self._ledger.looking() as lookout:
            moments = (lookout.next_delivery(self._receivers), lookout.next_reminder())
        return min((one for one in moments if one is not None), default=None)

    # --- what is to be told ----------------------------------------------------------------------------------------

    def _see(self, now: datetime) -> _Sight:
        there = concerns(self._ledger, now, self._settings.thresholds)
        with self._ledger.looking() as lookout:
            known = {(one.occasion, one.key): one for one in lookout.notices()}
            began = lookout.queue().noticing_since is not None
            return _Sight(began, lookout.news(_MOST_NEWS), self._told(there, known), known)

    def _told(self, there: Sequence[Concern], known: dict[tuple[str, str], Notice]) -> dict[tuple[str, str], Concern]:
        """What is told of what there is.

        While nothing goes on at all, that is told, and not each filing that gets late by it.
        """
        stands_still = any(one.filing_id is None and one.occasion in self._settings.occasions for one in there)
        found = {(str(one.occasion), one.key): one for one in there if one.occasion in self._settings.occasions}
        return {
            key: one
            for key, one in found.items()
            if not stands_still or one.occasion not in _BY_STANDING_STILL or key in known
        }

    def _changes(
        self, found: dict[tuple[str, str], Concern], known: dict[tuple[str, str], Notice], now: datetime
    ) -> Iterator[bool]:
        """Whether anything has to be written, notice by notice."""
        for key, concern in found.items():
            notice = known.get(key)
            yield notice is None or _is_due(notice, now) or _was_acknowledged(notice, concern)
        yield from (key not in found for key in known)

    def _tell(
        self,
        board: NoticeBoard,
        found: dict[tuple[str, str], Concern],
        lasting: dict[tuple[str, str], Notice],
        now: datetime,
    ) -> Iterator[int]:
        """Begin, remind, and end; how many messages were made, notice by notice."""
        for key, notice in lasting.items():
            if key not in found:
                # What was not sent yet is sent all the same: it did happen.
                board.put(replace(notice, remind_at=None, ended_at=now))
        for key, concern in found.items():
            known = lasting.get(key)
            if known is None:
                yield self._begin(board, concern, now)
            elif _was_acknowledged(known, concern):
                board.put(replace(known, remind_at=None, acknowledged_at=now))
                board.call_off([known.id])
            elif _is_due(known, now):
                yield self._again(board, known, concern, now)

    def _begin(self, board: NoticeBoard, concern: Concern, now: datetime) -> int:
        before = board.find(str(concern.occasion), concern.key)
        if before is not None and not concern.acknowledged:
            # It was over, and is so again.
            return self._again(board, before, concern, now)
        notice = before or Notice(uuid.uuid4().hex, str(concern.occasion), concern.key, concern.filing_id, now)
        if concern.acknowledged:
            board.put(replace(notice, remind_at=None, acknowledged_at=now, ended_at=None))
            return 0
        board.put(replace(notice, remind_at=now + self._settings.reminder))
        return self._send_to_all(board, notice, concern, now)

    def _again(self, board: NoticeBoard, notice: Notice, concern: Concern, now: datetime) -> int:
        told = replace(
            notice, reminders=notice.reminders + 1, remind_at=now + self._settings.reminder, acknowledged_at=None,
            ended_at=None,
        )  # fmt: skip
        board.put(told)
        return self._send_to_all(board, told, concern, now)

    def _tell_news(self, board: NoticeBoard, seen: Seen, now: datetime) -> int:
        """Tell once that something was filed."""
        board.looked(seen.filing_id, seen.events)
        about = Occasion.FILED
        if about not in self._settings.occasions or seen.noticed:
            return 0
        status = status_of(seen.state, now, name=seen.filing_id)
        concern = Concern(about, seen.filing_id, now, "it is filed", status.commands, seen.filing_id, status)
        notice = Notice(uuid.uuid4().hex, str(about), seen.filing_id, seen.filing_id, now, ended_at=now)
        board.put(notice)
        return self._send_to_all(board, notice, concern, now)

    def _send_to_all(self, board: NoticeBoard, notice: Notice, concern: Concern, now: datetime) -> int:
        message_id = f"{notice.id}-{notice.reminders}"
        told = payload(
            message_id, concern, reminder=notice.reminders, environment=self._ledger.environment,
            ledger_id=self._ledger.id,
        )  # fmt: skip
        return sum(
            board.send(Delivery(f"{message_id}-{name}", notice.id, name, told, now), now) for name in self._receivers
        )

    # --- sending ---------------------------------------------------------------------------------------------------

    def _next_due_delivery(self) -> datetime | None:
        with self._ledger.looking() as lookout:
            return lookout.next_delivery(self._receivers)

    def _send(self, delivery: Delivery) -> bool:
        message_id = delivery.id.removesuffix(f"-{delivery.receiver}")
        problem = ""
        try:
            self._receivers[delivery.receiver].send(message_id, delivery.payload)
        except UndeliveredError as undelivered:
            problem = str(undelivered)
        except Exception as other:  # noqa: BLE001  # a receiver of somebody's own must not keep the others from hearing
            problem = f"the receiver raised {type(other).__name__}"
        now = self._clock()
        again = None if now - delivery.created_at >= _GIVEN_UP_AFTER else now + _wait(delivery.tries)
        with self._ledger.transaction() as transaction:
            if not problem:
                transaction.notices.delivered(delivery, now)
            else:
                transaction.notices.failed(delivery, problem, again)
        if problem:
            ahead = f"next try at {again:%Y-%m-%dT%H:%M:%SZ}" if again is not None else "given up"
            _log.warning("notice %s did not arrive at %s: %s; %s", message_id, delivery.receiver, problem, ahead)
        return not problem


def _wait(tries: int) -> timedelta:
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(tries - 1, 20))


def _is_due(notice: Notice, now: datetime) -> bool:
    return notice.remind_at is not None and notice.remind_at <= now


def _was_acknowledged(notice: Notice, concern: Concern) -> bool:
    return concern.acknowledged and notice.acknowledged_at is None
