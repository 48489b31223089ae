"""Events survive the ledger."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cybertip.filing.events import EVENTS, Event, dump, load
from tests.unit.filing.histories import opened
from tests.unit.filing.test_machine import _event


@pytest.mark.parametrize("kind", EVENTS)
def test_events_read_back_as_they_were(kind: type[Event]) -> None:
    """JSON and back is the same event, times with their offset."""
    event = _event(kind, opened())
    assert load(dump(event)) == event


def test_what_nobody_wrote_is_refused() -> None:
    """An event of an unknown kind is no event."""
    with pytest.raises(ValidationError):
        load(b'{"kind": "surprise"}')


@pytest.mark.parametrize("kind", EVENTS)
def test_reprs_name_no_person(kind: type[Event]) -> None:
    """Who decided, and why, is personal data: it is kept, and not shown."""
    assert "a person" not in repr(_event(kind, opened()))
