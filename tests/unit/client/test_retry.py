"""Which calls are made again, and how long the client waits in between."""

from __future__ import annotations

import random
from collections.abc import Iterator

import anyio
import httpx
import pytest

from cybertip import AsyncClient, calls
from cybertip.calls import Call
from cybertip.client import RetryPolicy
from cybertip.client._retry import may_repeat
from cybertip.errors import (
    CallError,
    CallTimeoutError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    CredentialsError,
    EvidenceError,
    HttpRefusedError,
    Known,
    NoAnswerError,
    RedirectRefusedError,
    RefusedError,
    ServerFailureError,
    ThrottledError,
    UnreadableAnswerError,
    WrongReportError,
)
from tests.canaries import PASSWORD, USERNAME
from tests.unit.calls.exchanges import ALL_CALLS, FINISHED, REPORT, reply
from tests.unit.client.sending import PartOfBody, client

REPEATABLE = {"status", "xsd", "finish", "retract"}

ERRORS: list[tuple[type[CallError], Known, str]] = [
    (ConnectionFailedError, Known.UNSENT, "every call"),
    (CallTimeoutError, Known.UNSENT, "every call"),
    (ConnectionLostError, Known.UNSENT, "every call"),
    (UnreadableAnswerError, Known.UNSENT, "every call"),
    (CallTimeoutError, Known.UNKNOWN, "repeatable calls"),
    (ConnectionLostError, Known.UNKNOWN, "repeatable calls"),
    (UnreadableAnswerError, Known.UNKNOWN, "repeatable calls"),
    (ServerFailureError, Known.UNKNOWN, "repeatable calls"),
    (ServerFailureError, Known.DECLARED, "repeatable calls"),
    (ThrottledError, Known.NOT_EXECUTED, "repeatable calls"),
    (CredentialsError, Known.NOT_EXECUTED, "no call"),
    (HttpRefusedError, Known.NOT_EXECUTED, "no call"),
    (RefusedError, Known.REFUSED, "no call"),
    (RedirectRefusedError, Known.UNKNOWN, "no call"),
    (RedirectRefusedError, Known.UNSENT, "no call"),
    (WrongReportError, Known.UNKNOWN, "no call"),
]


@pytest.fixture(autouse=True)
def same_every_time() -> Iterator[None]:
    """tenacity draws from the module's random numbers."""
    state = random.getstate()
    random.seed(20250611)
    yield
    random.setstate(state)


@pytest.mark.parametrize(("kind", "known", "which"), ERRORS)
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_what_is_made_again(call: Call[object], kind: type[CallError], known: Known, which: str) -> None:
    """What was not sent is always made again, what may have been done only where that does no harm, a refusal never."""
    problem = kind("words", call=call.name, known=known)
    expected = {"every call": True, "repeatable calls": call.name in REPEATABLE, "no call": False}[which]
    assert may_repeat(call, problem) is expected


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("problem", [EvidenceError("x"), ConfigurationError("x"), ValueError("x"), KeyboardInterrupt()])
def test_nothing_else_is_made_again(call: Call[object], problem: BaseException) -> None:
    """Only errors of calls lead to repetitions."""
    assert not may_repeat(call, problem)


def test_the_repeatable_calls() -> None:
    """Opening a report and adding or describing a file are the calls that may not be made twice."""
    assert {call.name for call in ALL_CALLS if call.repeatable} == REPEATABLE
    assert len(ALL_CALLS) == 7


class Failing:
    """Fails, and counts how often."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(self.count, len(self.answers) - 1)]
        self.count += 1
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


REFUSED_CONNECTION = httpx.ConnectError("Connection refused")
LOST = httpx.ReadError("reset")


@pytest.mark.parametrize("attempts", [1, 2, 7])
def test_attempts_are_bounded(attempts: int) -> None:
    """A call is made so often as the policy says, and waits in between only."""
    failing = Failing(REFUSED_CONNECTION)
    made, waits = client(PartOfBody(0, failing), RetryPolicy(attempts=attempts, total=1e9))
    with pytest.raises(ConnectionFailedError):
        made.status()
    assert (failing.count, len(waits)) == (attempts, attempts - 1)


def test_waits_are_random_within_doubling_bounds() -> None:
    """The wait before a repetition is random between nothing and a bound that doubles, up to the cap."""
    policy = RetryPolicy(attempts=9, base=0.5, cap=20.0, total=1e9)
    drawn: list[list[float]] = []
    for _ in range(60):
        made, waits = client(PartOfBody(0, Failing(REFUSED_CONNECTION)), policy)
        with pytest.raises(ConnectionFailedError):
            made.status()
        drawn.append(waits)
    for number, waits_before in enumerate(zip(*drawn, strict=True)):
        bound = min(policy.cap, policy.base * 2**number)
        assert all(0 <= wait <= bound for wait in waits_before)
        # Full jitter: the draws fill the whole range, not only its upper half.
        assert min(waits_before) < bound / 4
        assert max(waits_before) > bound * 3 / 4


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_the_least_wait(status: int) -> None:
    """The client waits as long as the server asks, and longer only if it would have anyway."""
    answers = [httpx.Response(status, headers={"Retry-After": "30"})] * 2 + [httpx.Response(200, text=FINISHED)]
    made, waits = client(PartOfBody(9, Failing(*answers)), RetryPolicy(cap=20.0))
    assert made.finish(REPORT).report_id == REPORT
    assert waits == [30.0, 30.0]


def test_retry_after_shorter_than_the_wait_changes_nothing() -> None:
    """A server that asks for no wait does not make the client hurry."""
    failing = Failing(httpx.Response(503, headers={"Retry-After": "0"}))
    made, waits = client(PartOfBody(9, failing), RetryPolicy(attempts=3, base=8.0))
    with pytest.raises(UnreadableAnswerError):
        made.finish(REPORT)
    assert len(waits) == 2
    assert all(wait > 0 for wait in waits)


@pytest.mark.parametrize("seconds", ["120", "3600", "999999999"])
def test_retry_after_beyond_the_total_stops_at_once(seconds: str) -> None:
    """Where the server asks for more time than there is, the client does not wait at all, and says how long."""
    failing = Failing(httpx.Response(429, headers={"Retry-After": seconds}))
    made, waits = client(PartOfBody(9, failing), RetryPolicy(total=120.0))
    with pytest.raises(ThrottledError) as caught:
        made.finish(REPORT)
    assert (failing.count, waits, caught.value.retry_after) == (1, [], float(seconds))


def test_the_total_is_bounded() -> None:
    """No attempt begins after the total, however many would be left."""
    failing = Failing(REFUSED_CONNECTION)
    made, waits = client(PartOfBody(0, failing), RetryPolicy(attempts=1000, total=0.0))
    with pytest.raises(ConnectionFailedError):
        made.status()
    assert (failing.count, waits) == (1, [])


@pytest.mark.parametrize("code", [1001, 2000, 3100, 4000, 4100, 4110, 4200, 5001, 5101, 5102])
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_a_refusal_is_final(call: Call[object], code: int) -> None:
    """After a code that says no, the client does not ask again."""
    failing = Failing(httpx.Response(400, text=reply(code), headers={"Retry-After": "0"}))
    made, waits = client(PartOfBody(9, failing))
    with pytest.raises(CallError) as caught:
        made.send(call)
    assert (failing.count, waits, caught.value.code) == (1, [], code)


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_the_network_in_practice(call: Call[object]) -> None:
    """Lost before it was sent, every call is made again; lost afterwards, only a repeatable one."""
    before, after = Failing(LOST), Failing(LOST)
    for failing, parts in ((before, 0), (after, 9)):
        made, _ = client(PartOfBody(parts, failing), RetryPolicy(attempts=3))
        with pytest.raises(NoAnswerError):
            made.send(call)
    assert before.count == 3
    assert after.count == (3 if call.repeatable else 1)


def test_submit_that_was_sent_is_never_made_again() -> None:
    """A report whose answer was lost may be open already: only a caller who knows that may open another."""
    failing = Failing(LOST)
    made, waits = client(PartOfBody(1, failing))
    with pytest.raises(ConnectionLostError) as caught:
        made.send(calls.Submit(b"<report/>"))
    assert (failing.count, waits, caught.value.known) == (1, [], Known.UNKNOWN)


def test_the_asynchronous_client_waits_the_same_way() -> None:
    """Both clients follow one policy."""
    failing = Failing(httpx.Response(503, headers={"Retry-After": "9"}), httpx.Response(200, text=reply(0)))
    waits: list[float] = []

    async def sleep(delay: float) -> None:
        waits.append(delay)

    async def main() -> None:
        async with AsyncClient(USERNAME, PASSWORD, transport=httpx.MockTransport(failing)) as made:
            made._sleep = sleep
            await made.status()

    anyio.run(main)
    assert (failing.count, waits) == (2, [9.0])


@pytest.mark.parametrize(
    "wrong",
    [{"attempts": 0}, {"attempts": -1}, {"base": -0.1}, {"cap": -1.0}, {"total": -1.0}, {"total": float("nan")}],
)
def test_a_policy_that_makes_no_sense(wrong: dict[str, int]) -> None:
    """A policy without an attempt, or with negative times, is refused when it is made."""
    with pytest.raises(ConfigurationError):
        RetryPolicy(**wrong)
