"""One status for each filing, and never none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cybertip.filing import Kind, Phase, State, status_of
from cybertip.filing.outcomes import CallName, Outcome
from tests.unit.filing.histories import T0, calling, complete, finishing, made, new, opened
from tests.unit.filing.test_machine import STATES


@pytest.mark.parametrize(
    ("state", "more", "kind"),
    [
        (new(), {}, Kind.SCHEDULED),
        (new(), {"leased": True}, Kind.IN_FLIGHT),
        (calling(new(), CallName.SUBMIT), {}, Kind.IN_FLIGHT),
        (new(), {"blocked": "the credentials were refused"}, Kind.BLOCKED),
        (made(opened(), CallName.UPLOAD, Outcome.EVIDENCE), {}, Kind.BLOCKED),
        (finishing(Outcome.UNKNOWN), {}, Kind.SCHEDULED),
        (made(complete(), CallName.FINISH), {"blocked": "the credentials were refused"}, Kind.FILED),
        (made(new(), CallName.SUBMIT, Outcome.REFUSED), {"blocked": "x"}, Kind.NEEDS_CORRECTION),
        (STATES[Phase.DECISION](), {}, Kind.NEEDS_DECISION),
        (STATES[Phase.HALTED](), {}, Kind.NEEDS_DECISION),
        (STATES[Phase.CANCELLED](), {}, Kind.CANCELLED),
    ],
)
def test_each_filing_has_its_status(state: State, more: dict[str, object], kind: Kind) -> None:
    """What waits for a person is said first, then what is going on, then why it does not go on."""
    status = status_of(state, T0, **more)  # type: ignore[arg-type]
    assert status.kind is kind
    assert status.next
    assert status.reason


def test_a_wait_is_told_with_its_end() -> None:
    """Scheduled says when, until that moment has come."""
    state = made(new(), CallName.SUBMIT, Outcome.UNSENT, due_at=T0 + timedelta(hours=1))
    assert status_of(state, T0).due_at == T0 + timedelta(hours=1)
    assert status_of(state, T0 + timedelta(hours=1)).due_at is None


def test_a_lost_receipt_is_said() -> None:
    """Filed without a receipt is filed, and somebody has to ask for a confirmation."""
    status = status_of(made(finishing(), CallName.FINISH, Outcome.FINISHED), T0)
    assert status.kind is Kind.FILED
    assert "confirmation" in status.next
