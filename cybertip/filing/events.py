"""The events of a filing: what the ledger appends, and what the state is folded from.

Events are facts in the order in which they were committed. They hold no content and no personal data: documents and raw
answers are stored beside them, and events name their digests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.outcomes import CallName, Outcome

FORMAT = 1
"""The version of the events' format. A ledger holds it with each event."""


class Word(StrEnum):
    """What a person can say about a filing that waits for one."""

    FILED = "filed"
    """NCMEC has confirmed that the report is filed."""
    REFILE = "refile"
    """It is certain that the report is not filed; begin another."""


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A record, or hand-written documents, came in to be filed exactly once.

    Attributes:
        revision: the number of the frozen package; 0 where none could be built, so that a person has to correct.
        details: for each file in order, whether file details belong to it.
        confirmed_at: when people confirmed the decision; the time of arrival where nobody said.
        urgent: whether it is to be served before others.
        not_before: a moment before which it must not be sent, because a time in it is still ahead.
        findings: the codes of what keeps it from being filed.
        limits: how often something may go wrong before a person is asked.
        by: who handed it in; empty where a program did.
        follows: the filing that it is a supplement to; None for all others.
        kind: the event's name in the ledger.
    """

    revision: int
    details: tuple[bool, ...]
    confirmed_at: datetime
    urgent: bool = False
    not_before: datetime | None = None
    findings: tuple[str, ...] = ()
    limits: Limits = USUAL
    by: str = field(default="", repr=False)
    follows: str | None = None
    kind: Literal["enqueued"] = "enqueued"


@dataclass(frozen=True, slots=True)
class Corrected:
    """A person gave another version; attributes as of `Enqueued`."""

    revision: int
    details: tuple[bool, ...]
    by: str = field(repr=False)
    reason: str = field(default="", repr=False)
    not_before: datetime | None = None
    findings: tuple[str, ...] = ()
    kind: Literal["corrected"] = "corrected"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker, or a person's command, took the lease. A call that was in the air became one of unknown outcome.

    Attributes:
        fence: the new fencing number.
        worker: who.
        at: when.
        kind: the event's name in the ledger.
    """

    fence: int
    worker: str
    at: datetime
    kind: Literal["claimed"] = "claimed"


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call is about to be sent; committed before its first byte leaves.

    Attributes:
        call_id: names the call; its answer names it again.
        fence: the fencing number under which it is made.
        call: which.
        at: when; deadlines are counted from here.
        report_id: the report that it is about; None for /submit.
        file: the index of the file that it is about.
        kind: the event's name in the ledger.
    """

    call_id: str
    fence: int
    call: CallName
    at: datetime
    report_id: int | None = None
    file: int | None = None
    kind: Literal["call started"] = "call started"


@dataclass(frozen=True, slots=True)
class CallEnded:
    """What became of a call; appended by whoever made it, even if the lease is another's by now.

    Attributes:
        call_id: the call.
        fence: the fencing number under which it was made.
        call: which.
        outcome: what became of it.
        at: when that was known.
        report_id: the report that it was about, or that /submit opened.
        file: the index of the file that it was about.
        file_id: the server's id of an uploaded file.
        file_ids: the server's list of files, from a receipt.
        code: the response code, where one was read.
        http_status: the HTTP status, where an answer came.
        request_id: the server's Request-ID.
        words: what was wrong, in words without content.
        due_at: when to go on, where the step has to be made again.
        kind: the event's name in the ledger.
    """

    call_id: str
    fence: int
    call: CallName
    outcome: Outcome
    at: datetime
    report_id: int | None = None
    file: int | None = None
    file_id: str | None = None
    file_ids: tuple[str, ...] | None = None
    code: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    words: str = ""
    due_at: datetime | None = None
    kind: Literal["call ended"] = "call ended"


@dataclass(frozen=True, slots=True)
class AttemptDropped:
    """An open report cannot be finished in time; it will be retracted, or lapses, and another is begun."""

    report_id: int
    at: datetime
    reason: str
    kind: Literal["attempt dropped"] = "attempt dropped"


@dataclass(frozen=True, slots=True)
class EvidenceMissing:
    """Before anything was opened a file was found missing or unreadable; it is looked for again later."""

    file: int
    at: datetime
    words: str
    due_at: datetime
    kind: Literal["evidence missing"] = "evidence missing"


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """A person wants it not to be filed. It stays filed if that is what it turns out to be."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)
    kind: Literal["cancel requested"] = "cancel requested"


@dataclass(frozen=True, slots=True)
class Decided:
    """A person's word on what nobody else can know.

    Attributes:
        word: what.
        by: who.
        at: when.
        reason: why, with NCMEC's reference where there is one.
        report_id: the report that the word is about: the one that is filed; or, for the word to begin another, the one
            that counts and is certain not to be filed, None where none counts. A word that comes late, when another
            report counts, is refused.
        reference: NCMEC's own reference for what it said; empty where nobody asked there.
        kind: the event's name in the ledger.
    """

    word: Word
    by: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)
    report_id: int | None = None
    reference: str = field(default="", repr=False)
    kind: Literal["decided"] = "decided"


@dataclass(frozen=True, slots=True)
class Continued:
    """A person says to go on: limits count from the beginning again, and nothing is waited for."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(default="", repr=False)
    kind: Literal["continued"] = "continued"


@dataclass(frozen=True, slots=True)
class RetractRequested:
    """A person wants the open report retracted, and says later how to go on. What is filed by then stays filed."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)
    kind: Literal["retract requested"] = "retract requested"


# --- remarks: they change nothing about what is filed, so they need no lease ---------------------------------------


@dataclass(frozen=True, slots=True)
class Revealed:
    """A person looked at what is hidden by default: identifiers, names, places of files."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(default="", repr=False)
    kind: Literal["revealed"] = "revealed"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person knows of what waits for one; nobody need be reminded of it."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(default="", repr=False)
    kind: Literal["acknowledged"] = "acknowledged"


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """A supplement to this filing came in: a filing of its own.

    Attributes:
        filing: the supplement.
        by: who handed it in.
        at: when.
        reason: why.
        kind: the event's name in the ledger.
    """

    filing: str
    by: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)
    kind: Literal["followed up"] = "followed up"


@dataclass(frozen=True, slots=True)
class Held:
    """A person asks for everything to be preserved, or says that it need not be any longer.

    Attributes:
        by: who.
        at: when.
        reason: why, such as the authority's reference.
        until: to when nothing may be purged; None ends what was asked for before.
        kind: the event's name in the ledger.
    """

    by: str = field(repr=False)
    at: datetime
    reason: str = field(repr=False)
    until: datetime | None
    kind: Literal["held"] = "held"


@dataclass(frozen=True, slots=True)
class Purged:
    """Records, documents and answers were taken out of the ledger; digests, receipts and events stay."""

    by: str = field(repr=False)
    at: datetime
    reason: str = field(default="", repr=False)
    kind: Literal["purged"] = "purged"


Remark = Revealed | Acknowledged | FollowedUp | Held | Purged
REMARKS: tuple[type[Remark], ...] = (Revealed, Acknowledged, FollowedUp, Held, Purged)
"""The events that change nothing about what is filed: anybody may append them at any moment, without a lease."""

WORDS: tuple[type[Corrected | CancelRequested | Decided | Continued | RetractRequested], ...] = (
    Corrected,
    CancelRequested,
    Decided,
    Continued,
    RetractRequested,
)
"""The events by which a person says how to go on."""

Event = (
    Enqueued
    | Corrected
    | Claimed
    | CallStarted
    | CallEnded
    | AttemptDropped
    | EvidenceMissing
    | CancelRequested
    | Decided
    | Continued
    | RetractRequested
    | Remark
)
EVENTS: tuple[type[Event], ...] = (
    Enqueued,
    Corrected,
    Claimed,
    CallStarted,
    CallEnded,
    AttemptDropped,
    EvidenceMissing,
    CancelRequested,
    Decided,
    Continued,
    RetractRequested,
    *REMARKS,
)

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def dump(event: Event) -> bytes:
    """An event as JSON."""
    return _ADAPTER.dump_json(event)


def load(data: bytes | str) -> Event:
    """An event from JSON. Raises pydantic's ValidationError for what no version of this program wrote."""
    return _ADAPTER.validate_json(data)
