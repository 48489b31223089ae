"""What is known after several tries of one call: a doubt about an earlier one is not forgotten."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from cybertip.client import Client, RetryPolicy
from cybertip.errors import AlreadyFinishedError, AlreadyRetractedError, CallError, Known, RefusedError
from tests.canaries import PASSWORD, USERNAME


def lost(request: httpx.Request) -> httpx.Response:
    """The request has gone, and no answer comes."""
    request.read()
    raise httpx.ReadError("broken")


def unconnected(_: httpx.Request) -> httpx.Response:
    """No connection is made."""
    raise httpx.ConnectError("refused")


def refusing(code: int) -> Callable[[httpx.Request], httpx.Response]:
    """An answer with an error code."""
    body = f"<reportResponse><responseCode>{code}</responseCode><responseDescription/></reportResponse>"
    return lambda _: httpx.Response(400, text=body)


def failure(*tries: Callable[[httpx.Request], httpx.Response]) -> CallError:
    """How /finish ends when each try goes as given."""
    left = iter(tries)

    def react(request: httpx.Request) -> httpx.Response:
        return next(left)(request)

    transport = httpx.MockTransport(react)
    policy = RetryPolicy(attempts=len(tries), base=0)
    with Client(USERNAME, PASSWORD, transport=transport, retry=policy) as client, pytest.raises(CallError) as caught:
        client.finish(7)
    assert next(left, None) is None
    return caught.value


@pytest.mark.parametrize("last", [refusing(4100), refusing(5001), refusing(3000), unconnected])
def test_a_doubt_outlives_a_later_refusal(last: Callable[[httpx.Request], httpx.Response]) -> None:
    """When the first try may have filed the report, no later failure makes that known to be untrue."""
    assert failure(lost, last).known is Known.UNKNOWN


@pytest.mark.parametrize(("code", "kind"), [(5102, AlreadyFinishedError), (5101, AlreadyRetractedError)])
def test_an_answer_that_tells_the_end_settles_it(code: int, kind: type[CallError]) -> None:
    """That the report is finished, or retracted, is known whatever the earlier tries left open."""
    problem = failure(lost, refusing(code))
    assert type(problem) is kind
    assert problem.known is Known.REFUSED


def test_without_doubt_a_refusal_stays_one() -> None:
    """Tries that are known not to have been sent leave nothing open."""
    problem = failure(unconnected, refusing(4100))
    assert type(problem) is RefusedError
    assert problem.known is Known.REFUSED
