"""Which calls the client makes again by itself, and how long it waits. tenacity does the repeating."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tenacity

from cybertip.calls import Call
from cybertip.client._settings import RetryPolicy
from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CallError,
    Known,
    RedirectRefusedError,
    ThrottledError,
    WrongReportError,
)


def may_repeat(call: Call[object], problem: BaseException) -> bool:
    """Whether a call that failed like this is made again.

    Never after a refusal: the same call would be refused again. Never after a redirect or an answer about another
    report: a person must look at the network in between.
    """
    if not isinstance(problem, CallError) or isinstance(problem, (RedirectRefusedError, WrongReportError)):
        return False
    if problem.known is Known.UNSENT:
        return True
    uncertain = problem.known in (Known.UNKNOWN, Known.DECLARED) or isinstance(problem, ThrottledError)
    return call.repeatable and uncertain


class _Judge:
    """Decides after each failure of one call whether it is made again, and remembers what the failures leave open.

    A later failure does not undo an earlier doubt: when a first `/finish` was not answered and its repetition is
    refused, the report may be filed all the same.
    """

    def __init__(self, call: Call[object]) -> None:
        self.call = call
        self.doubt = False

    def __call__(self, problem: BaseException) -> bool:
        again = may_repeat(self.call, problem)
        if isinstance(problem, CallError):
            self.doubt = self.doubt or problem.known is Known.UNKNOWN
            if self.doubt and not isinstance(problem, _PROOF):
                problem.known = Known.UNKNOWN
        return again


# The server knows what became of the report, whatever the earlier calls did.
_PROOF = (AlreadyFinishedError, AlreadyRetractedError)


def options(call: Call[object], policy: RetryPolicy, sleep: Callable[[float], Any]) -> dict[str, Any]:
    """The arguments for tenacity's `Retrying` and `AsyncRetrying`, for one call."""
    jitter = tenacity.wait_random_exponential(multiplier=policy.base, max=policy.cap)

    def wait(state: tenacity.RetryCallState) -> float:
        problem = state.outcome.exception() if state.outcome is not None else None
        asked = problem.retry_after if isinstance(problem, CallError) else None
        return max(jitter(state), asked or 0.0)

    return {
        "sleep": sleep,
        "wait": wait,
        "stop": tenacity.stop_after_attempt(policy.attempts) | tenacity.stop_before_delay(policy.total),
        "retry": tenacity.retry_if_exception(_Judge(call)),
        "reraise": True,
    }
