"""One status for each filing, and never none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cybertip.filing import AtNcmec, Kind, Phase, Situation, State, status_of
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.status import in_general
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
    assert status.situation is Situation.RECEIPT_LOST
    assert "confirmation" in status.commands[0].effect


@pytest.mark.parametrize("phase", list(Phase))
def test_whether_ncmec_has_it_is_always_said(phase: Phase) -> None:
    """Filed is yes, what may have been finished is maybe, and all else is no: the status never knows more than that."""
    maybe = {Phase.FINISHING, Phase.CLOSING, Phase.DECISION}
    expected = AtNcmec.YES if phase is Phase.FILED else AtNcmec.MAYBE if phase in maybe else AtNcmec.NO
    status = status_of(STATES[phase](), T0, name="7e57")
    assert status.at_ncmec is expected
    assert status.told.endswith(".")


@pytest.mark.parametrize("phase", list(Phase))
def test_what_cannot_be_read_is_said_to_be_at_ncmec_or_maybe(phase: Phase) -> None:
    """Never that NCMEC does not have it, whatever else it seems to be; and nothing is offered that must fail."""
    status = status_of(STATES[phase](), T0, leased=True, blocked="x", readable=False)
    assert (status.situation, status.kind) == (Situation.UNREADABLE, Kind.NEEDS_DECISION)
    assert status.at_ncmec is (AtNcmec.YES if phase is Phase.FILED else AtNcmec.MAYBE)
    assert status.next == "Nothing happens by itself."
    assert [one.line for one in status.commands] == ["cybertip ledger verify"]


def test_every_command_names_the_filing() -> None:
    """What a person is to run names the filing at hand, or concerns all of them."""
    for phase in Phase:
        for command in status_of(STATES[phase](), T0, name="7e57").commands:
            words = command.line.split()
            assert words[0] == "cybertip"
            assert "7e57" in words or words[1] in ("file", "work", "config", "retry")
            assert command.effect


def test_a_code_is_told_once() -> None:
    """However many places of a record have the same error, to people and to monitors."""
    waits = replace(STATES[Phase.CORRECTION](), findings=("X002", "X001", "X002"))
    assert in_general(Situation.ERRORS_FOUND, waits).endswith(" (X002, X001)")
    assert status_of(waits, T0).reason.endswith(": X002, X001")


def test_an_override_is_named_only_where_there_is_one() -> None:
    """A gate that a named person can pass is offered; no other is."""
    waits = replace(STATES[Phase.CORRECTION](), findings=("P502", "P501"))
    lines = [one.line for one in status_of(waits, T0, name="7e57").commands]
    assert [line for line in lines if "override" in line] == ["cybertip override 7e57 P502 --reason TEXT"]
