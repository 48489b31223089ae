"""Working off a plan of faults: which request meets which, and what they do to an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from cybertip.mock.answering import Answers
from cybertip.mock.answers import Answer
from cybertip.mock.clock import Clock
from cybertip.mock.faults import (
    LONGEST,
    Answering,
    AnyFault,
    Delay,
    Dribble,
    FaultPlan,
    Late,
    Maintenance,
    RandomFaults,
    Reset,
    ResponseCode,
    Status,
    Throttle,
    Truncate,
    Unauthorized,
    WrongContentType,
    WrongHash,
    WrongReportId,
)
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.xml import parse, write

A = TypeVar("A", ReportResponse, ReportDoneResponse)


@dataclass(slots=True)
class _Entry:
    fault: AnyFault
    left: int | None
    skip: int
    until: datetime | None


class Faults:
    """The faults that a mock still has in store."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[_Entry] = []
        self._random: RandomFaults | None = None
        self._dice = Random(0)  # noqa: S311 - dice for faults, not for secrets

    def __repr__(self) -> str:
        return f"Faults({len(self.left.faults)} left, random={self._random is not None})"

    def set(self, plan: FaultPlan) -> None:
        """Replace them all. The time of those that last a while begins now."""
        now = self._clock()
        self._entries = [
            _Entry(
                fault,
                fault.times,
                fault.skip,
                None if fault.for_seconds is None else now + timedelta(seconds=fault.for_seconds),
            )
            for fault in plan.faults
        ]
        self._random = plan.random
        self._dice = Random(plan.random.seed if plan.random is not None else 0)  # noqa: S311 - see above

    @property
    def left(self) -> FaultPlan:
        """What is left of them, in the form in which they were set."""
        now = self._clock()
        faults = []
        for entry in self._live(now):
            changes: dict[str, object] = {"times": entry.left, "skip": entry.skip}
            if entry.until is not None:
                # A clock that was put back may have made it longer than it can be set.
                changes["for_seconds"] = min((entry.until - now).total_seconds(), LONGEST)
            faults.append(entry.fault.model_copy(update=changes))
        return FaultPlan.model_construct(faults=tuple(faults), random=self._random)

    def take(self, call: str) -> AnyFault | None:
        """The fault that the next request to this endpoint meets, which is thereby used up."""
        self._entries = self._live(self._clock())
        for entry in self._entries:
            if entry.fault.call not in ("*", call):
                continue
            if entry.skip:
                entry.skip -= 1
                continue
            if entry.left is not None:
                entry.left -= 1
            return entry.fault
        return self._by_chance(call)

    def _live(self, now: datetime) -> list[_Entry]:
        return [entry for entry in self._entries if entry.left != 0 and (entry.until is None or now < entry.until)]

    def _by_chance(self, call: str) -> AnyFault | None:
        chance = self._random
        if chance is None or chance.call not in ("*", call) or self._dice.random() >= chance.rate:
            return None
        return _random_fault(self._dice, call)


def _random_fault(dice: Random, call: str) -> AnyFault:
    """Any fault; none lasts long but `Late`, which lasts as long as the client waits."""
    acts = dice.random() < 0.5
    at = dice.choice(("before-reading", "while-reading", "after-acting"))
    declared = dice.choice((1100, 1110, 1111, 1210, 1300))
    kinds: list[AnyFault] = [
        Delay(seconds=0.05, before=dice.choice(("answering", "acting"))),
        Reset.model_validate({"at": at}),
        Status(status=dice.choice((500, 502, 504)), acts=acts),
        Throttle(),
        Maintenance(),
        Unauthorized(),
        ResponseCode(code=1000, acts=acts),
        ResponseCode(code=declared),
        Truncate(cut=dice.choice(("body", "connection"))),
        WrongContentType(),
        WrongReportId(),
        Dribble(pause=0.001, piece=dice.choice((1, 16))),
        Late(),
    ]
    if call == "upload":
        kinds.append(WrongHash())
    return dice.choice(kinds)


def instead(fault: Answering, answers: Answers, call: str, report_id: int | None) -> Answer:
    """The answer that a fault has of its own."""
    match fault:
        case Status():
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            if fault.body is None:
                answer = answers.page(fault.status, headers)
                headers = {**answer.headers, "Content-Type": fault.content_type}
                return replace(answer, headers=headers)
            return answers.raw(fault.status, fault.content_type, fault.body.encode(), headers)
        case Throttle():
            return answers.page(429, {"Retry-After": str(fault.retry_after)})
        case Maintenance():
            return answers.page(fault.status, title="Scheduled maintenance")
        case Unauthorized():
            return answers.unauthorized()
        case ResponseCode():
            return answers.with_code(
                fault.code,
                call=call,
                description=fault.description,
                status=fault.http_status,
                root=fault.root,
                report_id=report_id,
            )
        case _:
            raise TypeError(f"{type(fault).__name__} has no answer of its own")


def distorted(fault: AnyFault, answer: Answer) -> Answer:
    """The answer after a fault has got at it."""
    match fault:
        case Truncate():
            # With the connection cut the length of the whole is announced; whoever delivers it sees to that.
            kept = len(answer.body) // 2 if fault.keep is None else min(fault.keep, len(answer.body))
            headers = answer.headers
            if fault.cut == "connection":
                headers = {**headers, "Content-Length": str(len(answer.body))}
            return replace(answer, body=answer.body[:kept], headers=headers)
        case WrongContentType():
            return replace(answer, headers={**answer.headers, "Content-Type": fault.value})
        case WrongHash() if answer.code == 0:
            told = parse(answer.body, ReportResponse).document
            # Another digest of the same form: each digit replaced by the one that is left to 15.
            wrong = "".join(f"{15 - int(digit, 16):x}" for digit in told.hash or "")
            return replace(answer, body=write(told.model_copy(update={"hash": wrong})))
        case WrongReportId() if answer.report_id is not None and answer.code == 0:
            return replace(answer, body=_renamed(answer.body, fault.report_id or answer.report_id + 1))
        case _:
            return answer


def _renamed(body: bytes, report_id: int) -> bytes:
    told = parse(body).document
    if isinstance(told, (ReportResponse, ReportDoneResponse)):
        return write(told.model_copy(update={"report_id": report_id}))
    return body
