"""The state of a filing: what its events come to.

All values are immutable, so that a state can be a key: the simulations explore states, not histories.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.outcomes import CallName

LAPSE_AFTER_OPENING = timedelta(hours=24)
LAPSE_AFTER_CHANGE = timedelta(hours=1)
"""NCMEC deletes a report that was not finished so long after it was opened, or last changed, whichever is later."""


class Phase(StrEnum):
    """Where a filing stands."""

    NEW = "new"
    """Nothing is open that counts; the next thing is to open a report."""
    OPEN = "open"
    """A report is open; files and details are being added. /finish was never sent for it."""
    FINISHING = "finishing"
    """/finish may have been sent; it is asked again until it is answered."""
    CLOSING = "closing"
    """The report is not to be filed as it is; it is retracted until that is answered."""
    CORRECTION = "correction"
    """A person has to correct the record."""
    DECISION = "decision"
    """It may be filed or not, and only a person can find out."""
    HALTED = "halted"
    """It went wrong too often, or a person retracted its report; a person decides whether to go on."""
    FILED = "filed"
    """It is filed. The end."""
    CANCELLED = "cancelled"
    """A person cancelled it, and it is certain that it is not filed. The end."""


WAITS_FOR_PERSON = frozenset({Phase.CORRECTION, Phase.DECISION, Phase.HALTED})
"""The phases in which nothing goes on by itself."""
ENDS = frozenset({Phase.FILED, Phase.CANCELLED})
"""The phases that are never left, but for a receipt that comes late."""


class Then(StrEnum):
    """What comes after a report has been closed."""

    BEGIN = "begin another"
    CORRECT = "a person corrects"
    CANCEL = "cancelled"
    ASK = "a person goes on"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that the open report holds.

    Attributes:
        file_id: the server's id.
        described: whether its details were accepted.
    """

    file_id: str
    described: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One report opened at NCMEC.

    Attributes:
        report_id: its id.
        opened_at: when the call that opened it started.
        changed_at: when the last call that changed it started; None before any.
        files: the files that it holds, in the package's order.
        again: whether the details of the next file were sent once without a readable answer.
        doubt: whether a /finish of it was left unanswered, so that it may be filed.
        disowned: whether a person found out that it is not filed. It is retracted all the same before another is begun:
            a /finish that is still under way somewhere must not find it open.
    """

    report_id: int
    opened_at: datetime
    changed_at: datetime | None = None
    files: tuple[SentFile, ...] = ()
    again: bool = False
    doubt: bool = False
    disowned: bool = False

    @property
    def lapses_at(self) -> datetime:
        """When NCMEC deletes it at the earliest, if nothing else happens. Counted from the start of calls."""
        deadline = self.opened_at + LAPSE_AFTER_OPENING
        return deadline if self.changed_at is None else max(deadline, self.changed_at + LAPSE_AFTER_CHANGE)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A report that is open and will not be used. It is retracted when there is time, and lapses by itself.

    Attributes:
        report_id: its id.
        lapses_at: when it has gone by itself.
        tries: how often retracting it was tried.
        due_at: when to try again.
    """

    report_id: int
    lapses_at: datetime
    tries: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The call in the air: committed, and not yet answered as far as the ledger knows."""

    call_id: str
    call: CallName
    at: datetime
    report_id: int | None
    file: int | None


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a filing.

    Attributes:
        phase: where it stands.
        fence: the current fencing number; 0 before anybody held the lease.
        revision: the package that is filed; 0 where there is none yet.
        details: for each file of the package, whether file details belong to it.
        confirmed_at: when people confirmed the decision.
        urgent: whether it is served before others.
        attempt: the report that counts. Kept in FINISHING, CLOSING and DECISION until its end is proven.
        started: the call in the air.
        opened: how many reports were opened, or may have been, since a person last said to go on.
        damaged: how many files arrived damaged since then.
        tries: how often the step at hand has failed in a row.
        due_at: when to go on; None for at once.
        then: what comes after closing.
        orphans: open reports that will not be used.
        possible_orphans: when the reports lapse that may have been opened without anybody's knowing their number.
        evidence: whether it waits for a file that could not be read.
        cancelling: who asked to cancel it and why; empty where nobody did.
        report_id: the report that is filed.
        receipt_lost: whether it is filed and the receipt was never seen.
        reason: why it waits or has ended, in words without content.
        alarms: what a person must hear of although nothing waits for it.
        findings: the codes of what keeps the record from being filed.
        limits: how often something may go wrong before a person is asked.
        held_until: to when a person asked for everything to be preserved; None where nobody did.
        heard: how many of the alarms a person has acknowledged.
        acknowledged_at: when a person last said to know how it stands; None where nobody did.
    """

    phase: Phase
    confirmed_at: datetime
    fence: int = 0
    revision: int = 0
    details: tuple[bool, ...] = ()
    urgent: bool = False
    attempt: Attempt | None = None
    started: Started | None = None
    opened: int = 0
    damaged: int = 0
    tries: int = 0
    due_at: datetime | None = None
    then: Then = Then.BEGIN
    orphans: tuple[Orphan, ...] = ()
    possible_orphans: tuple[datetime, ...] = ()
    evidence: bool = False
    cancelling: str = field(default="", repr=False)
    report_id: int | None = None
    receipt_lost: bool = False
    reason: str = field(default="", repr=False)
    alarms: tuple[str, ...] = field(default=())
    findings: tuple[str, ...] = ()
    limits: Limits = USUAL
    held_until: datetime | None = None
    heard: int = 0
    acknowledged_at: datetime | None = None

    @property
    def all_there(self) -> bool:
        """Whether the open report holds every file, and every description that belongs to it."""
        if self.attempt is None or len(self.attempt.files) != len(self.details):
            return False
        return all(file.described or not wanted for file, wanted in zip(self.attempt.files, self.details, strict=True))
