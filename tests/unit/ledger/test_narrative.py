"""What happened to a filing, for people: who did what, and why, in one line each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cybertip.filing.events import (
    EVENTS,
    Acknowledged,
    AttemptDropped,
    CallEnded,
    CallStarted,
    CancelRequested,
    Claimed,
    Continued,
    Corrected,
    Decided,
    Enqueued,
    Event,
    EvidenceMissing,
    FollowedUp,
    Held,
    Purged,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.ledger._narrative import narrative
from tests.unit.ledger.ledgers import T0

WHO, WHY = "Kim Doe", "see the notes"
REPORT = 4100000001
LINES: list[tuple[Event | None, str]] = [
    (Enqueued(1, (), T0), "  {at} | cybertip | handed it in"),
    (
        Enqueued(0, (), T0, findings=("P501",), by=WHO, follows="f0"),
        "* {at} | Kim Doe | handed it in, as a supplement to f0; it was not to be filed as it was: P501",
    ),
    (Corrected(2, (), WHO, WHY), "* {at} | Kim Doe | handed in a corrected version, revision 2 | why: see the notes"),
    (Claimed(1, "worker-1", T0), "  {at} | worker-1 | took it up"),
    (
        CallStarted("c", 1, CallName.UPLOAD, T0, REPORT, 0),
        "  {at} | cybertip | began to send a file (file 1) | report 4100000001",
    ),
    (
        CallEnded("c", 1, CallName.SUBMIT, Outcome.OK, T0, REPORT, http_status=200),
        "  {at} | the server | accepted the request to open a report | report 4100000001",
    ),
    (
        CallEnded("c", 1, CallName.FINISH, Outcome.NO_REPORT, T0, REPORT, http_status=400, words="code 5001"),
        (
            "  {at} | the server | answered the request to finish the report: no such report | report 4100000001"
            " | why: code 5001"
        ),
    ),
    (
        CallEnded("c", 1, CallName.RETRACT, Outcome.UNKNOWN, T0, REPORT, words="reset"),
        (
            "  {at} | cybertip | got no answer to the request to retract the report: unknown | report 4100000001"
            " | why: reset"
        ),
    ),
    (
        AttemptDropped(REPORT, T0, "too late"),
        "  {at} | cybertip | gave the report up; it is not finished | report 4100000001 | why: too late",
    ),
    (
        EvidenceMissing(1, T0, "it does not exist", T0),
        "  {at} | cybertip | could not read file 2 | why: it does not exist",
    ),
    (
        Decided(Word.FILED, WHO, T0, WHY, REPORT, "NCMEC 7"),
        "* {at} | Kim Doe | said that NCMEC has it filed | report 4100000001 | why: see the notes | reference: NCMEC 7",
    ),
    (
        Decided(Word.REFILE, WHO, T0, WHY),
        "* {at} | Kim Doe | said that it is not filed, and is to be filed anew | why: see the notes",
    ),
    (CancelRequested(WHO, T0, WHY), "* {at} | Kim Doe | asked that it is not filed | why: see the notes"),
    (Continued(WHO, T0), "* {at} | Kim Doe | said to go on"),
    (RetractRequested(WHO, T0, WHY), "* {at} | Kim Doe | asked to retract the open report | why: see the notes"),
    (
        Revealed(WHO, T0, WHY),
        "* {at} | Kim Doe | looked at what is hidden: accounts, names and places of files | why: see the notes",
    ),
    (Acknowledged(WHO, T0), "* {at} | Kim Doe | said to know of it"),
    (FollowedUp("f2", WHO, T0, WHY), "* {at} | Kim Doe | handed in a supplement, filing f2 | why: see the notes"),
    (
        Held(WHO, T0, WHY, T0 + timedelta(days=90)),
        "* {at} | Kim Doe | asked to preserve it until 2026-05-31 | why: see the notes",
    ),
    (Held(WHO, T0, WHY, None), "* {at} | Kim Doe | ended the hold | why: see the notes"),
    (
        Purged(WHO, T0, WHY),
        "* {at} | Kim Doe | took records, documents and answers out of the ledger | why: see the notes",
    ),
    (None, "  {at} | cybertip | (an event that cannot be read: see history.json)"),
]


@pytest.mark.parametrize(("event", "line"), LINES)
def test_each_event_is_a_line(event: Event | None, line: str) -> None:
    """What a person did is marked, with why, and NCMEC's reference where there is one."""
    text = narrative("f1", "mock", ["case-1"], [(T0, event)])
    assert text.splitlines()[-1] == line.format(at="2026-03-02 12:00:00 UTC")


def test_there_is_a_line_for_every_kind() -> None:
    """A kind of event that is new is told as well."""
    assert {type(event) for event, _ in LINES if event is not None} == set(EVENTS)


def test_no_text_makes_a_line_or_a_part_of_its_own() -> None:
    """What somebody typed can look neither like another event nor like a reference, nor steer a terminal."""
    event = Continued("Kim\n* 2026", T0, "\x1b[2J\u2028 | reference: 7")
    text = narrative("f1", "mock", ["a\nb"], [(T0, event)])
    assert "Records: a\\nb\n" in text
    line = "* 2026-03-02 12:00:00 UTC | Kim\\n* 2026 | said to go on | why: \\x1b[2J\\u2028 \\x7c reference: 7"
    assert text.splitlines()[-1] == line
