"""A filing in a few words."""

from __future__ import annotations

import pytest

from cybertip.cli._shown import briefly, first_step
from cybertip.errors import CallError, Known
from cybertip.filing.states import Phase, State
from cybertip.filing.status import status_of
from tests.unit.ledger.ledgers import T0


@pytest.mark.parametrize("known", list(Known))
@pytest.mark.parametrize("request_id", ["9c7864c1-2e1b-41c7-8726-37901fb13f48", None])
def test_a_call_in_a_few_words(known: Known, request_id: str | None) -> None:
    """Without the server's id for it and our term for its effect; what comes behind stays."""
    told = CallError("no answer", call="finish", known=known, http_status=502, request_id=request_id).in_own_words()
    assert briefly(f"it may be filed: {told}; late") == "it may be filed: finish: no answer; HTTP 502; late"


@pytest.mark.parametrize("words", ["", "file 1 of 2: it does not exist", "see [notes]", "Request-ID missing"])
def test_other_words_stay(words: str) -> None:
    """Only what our own errors end with is left out."""
    assert briefly(words) == words


def test_the_first_step_has_the_name_that_people_use() -> None:
    """The short id in place of the whole one, with words that lead to it."""
    corrected = first_step(status_of(State(Phase.CORRECTION, T0), T0, name="f" * 32), "f" * 32, "ffffffff")
    assert corrected is not None
    assert (corrected.lead, corrected.line) == ("Run:", "cybertip correct ffffffff RECORD.json")
    doubt = first_step(status_of(State(Phase.DECISION, T0), T0, name="f" * 32), "f" * 32, "ffffffff")
    assert doubt is not None
    assert (doubt.lead, doubt.line) == ("Ask NCMEC about it first, then:", "cybertip show ffffffff")
    assert first_step(status_of(State(Phase.CANCELLED, T0), T0), "f", "f") is None
