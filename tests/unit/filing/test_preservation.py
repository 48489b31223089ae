"""To when what has ended is preserved, and for which reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cybertip.filing import Outcome, Phase
from cybertip.filing.events import CallEnded, CallStarted, CancelRequested, Claimed, Enqueued, Event, Held, Revealed
from cybertip.filing.outcomes import CallName
from cybertip.filing.preservation import Retention, ended_at, preserved
from cybertip.filing.states import State

T0 = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILED = State(Phase.FILED, T0)
CANCELLED = State(Phase.CANCELLED, T0)


def history(*events: Event) -> list[tuple[datetime, Event]]:
    """Events that were appended an hour apart."""
    return [(T0 + timedelta(hours=number), event) for number, event in enumerate(events)]


def calls(report_id: int, name: CallName) -> tuple[CallStarted, CallEnded]:
    """A call that went well."""
    about = None if name is CallName.SUBMIT else report_id
    return (
        CallStarted(str(name), 1, name, T0, about),
        CallEnded(str(name), 1, name, Outcome.OK, T0, report_id, file_ids=()),
    )


FILING = (Enqueued(1, (), T0), Claimed(1, "worker", T0), *calls(7, CallName.SUBMIT), *calls(7, CallName.FINISH))


def test_the_end_is_when_it_was_appended() -> None:
    """Not what came afterwards; what has not ended has none."""
    assert ended_at(history(*FILING)) == T0 + timedelta(hours=5)
    later = (*FILING, Held("Kim", T0, "asked for", T0), Revealed("Kim", T0), Claimed(2, "another", T0))
    assert ended_at(history(*later)) == T0 + timedelta(hours=5)
    assert ended_at(history(*FILING[:-1])) is None
    cancelled = (FILING[0], Claimed(1, "Kim", T0), CancelRequested("Kim", T0, "withdrawn"))
    assert ended_at(history(*cancelled)) == T0 + timedelta(hours=2)
    with pytest.raises(ValueError, match="begins with"):
        ended_at(history(FILING[1]))


def test_what_was_filed_is_preserved_for_a_year() -> None:
    """A year of the calendar, be it a day longer than 365; or as long as the provider says."""
    assert preserved(FILED, T0, Retention()).until == T0.replace(year=2027)
    before_a_leap_day = datetime(2027, 3, 1, tzinfo=UTC)
    assert preserved(FILED, before_a_leap_day, Retention()).until == datetime(2028, 3, 1, tzinfo=UTC)
    leap_day = datetime(2028, 2, 29, tzinfo=UTC)
    assert preserved(FILED, leap_day, Retention()).until == datetime(2029, 3, 1, tzinfo=UTC)
    assert preserved(FILED, T0, Retention(hold=timedelta(days=500))).until == T0 + timedelta(days=500)
    assert "preserved" in preserved(FILED, T0, Retention()).reason


def test_what_was_cancelled_is_kept_as_long_as_the_provider_says() -> None:
    """The law asks for nothing; a person may."""
    assert preserved(CANCELLED, T0, Retention()).until == T0
    assert preserved(CANCELLED, T0, Retention(after=timedelta(days=30))).until == T0 + timedelta(days=30)
    assert preserved(FILED, T0, Retention(after=timedelta(days=900))).until == T0 + timedelta(days=900)


def test_a_person_can_ask_for_longer() -> None:
    """Never for less."""
    for state, ends in ((FILED, T0.replace(year=2027)), (CANCELLED, T0)):
        for until in (T0 - timedelta(days=1), T0 + timedelta(days=1000)):
            held = preserved(replace(state, held_until=until), T0, Retention())
            assert held.until == max(ends, until)
            assert ("a person asked" in held.reason) == (until > ends)


def test_less_than_a_year_is_refused() -> None:
    """The least is the law's, not the provider's."""
    with pytest.raises(ValueError, match="365 days at least"):
        Retention(hold=timedelta(days=364))
    with pytest.raises(ValueError, match="not negative"):
        Retention(after=timedelta(days=-1))
