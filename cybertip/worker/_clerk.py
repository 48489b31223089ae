"""How a person's word is carried out: built again what has to be, asked, and written under a lease of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cybertip.errors import CybertipError
from cybertip.filing.events import Acknowledged, CallEnded, CallStarted, Corrected, Event, Remark
from cybertip.filing.limits import Limits
from cybertip.filing.machine import LEGAL, IllegalEventError
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.packages import Frozen
from cybertip.gates import Override
from cybertip.ledger import Book, Filing, Ledger, NewFiling, Transaction
from cybertip.profile import ReporterProfile
from cybertip.worker._arriving import Desk, Record
from cybertip.worker._crew import has_gone, here

_LEASE = timedelta(seconds=30)
_PAUSE = 0.1

Kept = Mapping[str, bytes | None]
"""The contents of a filing's records by their ids; None for one that was purged."""
Write = Callable[[Transaction, Book], object]


class FilingBusyError(CybertipError):
    """A worker holds the filing's lease right now; try again when it has let go."""


class CommandRefusedError(CybertipError):
    """What a person asked for cannot be done with a filing as it stands. Nothing was changed.

    Attributes:
        filing: the filing as it stands; None in a copy of the error that was made elsewhere.
    """

    def __init__(self, words: str, filing: Filing | None = None) -> None:
        super().__init__(words)
        self.filing = filing


@dataclass(frozen=True, slots=True)
class Clerk:
    """Carries out what one person says.

    Attributes:
        ledger: where the filings are.
        by: who says it.
        profile_named: the reporter profile of a name.
        limits: how often something may go wrong with a new filing before a person is asked.
        patience: how long to wait for a worker that is in the middle of a call.
        clock: tells the time, aware.
        confirm: asked before anything is changed; what it raises leaves all as it is.
        waiting: told when a worker is waited for.
    """

    ledger: Ledger
    by: str = field(repr=False)
    profile_named: Callable[[str], ReporterProfile] = field(repr=False)
    limits: Limits
    patience: timedelta
    clock: Callable[[], datetime]
    confirm: Callable[[Filing], object]
    waiting: Callable[[], object]

    # --- what is there ---------------------------------------------------------------------------------------------

    def filing(self, filing_id: str) -> Filing:
        """A filing as it stands. Raises KeyError where there is none of this id."""
        found = self.ledger.filing(filing_id, self.clock())
        if found is None:
            raise KeyError(filing_id)
        return found

    def kept(self, filing_id: str) -> Kept:
        """What the ledger has of a filing's records now."""
        return {one.id: one.content for one in self.ledger.records(filing_id)}

    def opened(self, filing_id: str) -> set[int | None]:
        """The reports that a filing is known to have opened."""
        return {
            event.report_id
            for _, event in self.ledger.history(filing_id)
            if isinstance(event, (CallStarted, CallEnded)) and event.report_id is not None
        }

    def closed(self, filing_id: str) -> set[int | None]:
        """The reports of a filing of which the server has said that they were retracted."""
        return {
            event.report_id
            for _, event in self.ledger.history(filing_id)
            if isinstance(event, CallEnded)
            and (event.outcome is Outcome.RETRACTED or (event.call is CallName.RETRACT and event.outcome is Outcome.OK))
        }

    # --- what comes in ---------------------------------------------------------------------------------------------

    def desk(self) -> Desk:
        """What takes records in today."""
        return Desk(self.profile_named, self.ledger.environment, self.ledger, self.clock(), self.limits, self.by)

    def built(self, record: Record | Sequence[Record], folder: Path, overrides: Sequence[Override] = ()) -> NewFiling:
        """What is filed of a record, or of all records of a batch."""
        if isinstance(record, (list, tuple)):
            return self.desk().batch(record, folder, overrides)
        return self.desk().record(record, folder, overrides)  # type: ignore[arg-type]

    def again(self, filing: Filing, overrides: Sequence[Override] = ()) -> tuple[NewFiling, Kept]:
        """The same, built again with what is true today, and what it was built of.

        What a person decided to pass before is passed still: it is the same record.

        Raises:
            CommandRefusedError: the record was purged.
        """
        kept = self.ledger.records(filing.id)
        contents = [one.content for one in kept if one.content is not None]
        package = self.ledger.package(filing.id)
        if package is not None and is_hand_written(package):
            new = self.desk().documents(filing.record_ids[0], package, filing.state.confirmed_at)
        elif len(contents) != len(kept):
            raise CommandRefusedError("its record was purged; correct it with the record", filing)
        else:
            passed = (*_passed(package), *overrides)
            folder = Path(kept[0].folder or ".")
            new = self.built(contents[0] if len(contents) == 1 else contents, folder, passed)
        return new, {one.id: one.content for one in kept}

    # --- what is changed -------------------------------------------------------------------------------------------

    def replace(self, filing_id: str, new: NewFiling, kept: Kept, reason: str) -> Filing:
        """File this instead.

        Args:
            filing_id: the filing.
            new: what is filed from now on.
            kept: what the person has seen of its records. Nobody's correction is undone by one who has not seen it.
            reason: why.

        Raises:
            CommandRefusedError: the records have changed since, or the filing cannot be corrected.
            FilingBusyError: a worker was at it for too long.
        """
        told = new.enqueued

        def write(transaction: Transaction, book: Book) -> None:
            newest = {one: transaction.find(one) for one in kept}
            if any(found is None or found.record != kept[one] for one, found in newest.items()):
                words = "somebody else has corrected it meanwhile; look at it again: cybertip show"
                raise CommandRefusedError(f"{words} {filing_id}", self.filing(filing_id))
            revision = transaction.correct(filing_id, new)
            book.append(Corrected(revision, told.details, self.by, reason, told.not_before, told.findings))

        return self.carry_out(filing_id, Corrected, write, "be corrected")

    def say(self, filing_id: str, event: Event, what: str) -> Filing:
        """Append what a person says; otherwise as `carry_out`."""
        return self.carry_out(filing_id, type(event), lambda _, book: book.append(event), what)

    def carry_out(self, filing_id: str, kind: type[Event], write: Write, what: str) -> Filing:
        """Ask, take the filing's lease, and write (4).

        Args:
            filing_id: the filing.
            kind: the event that is going to be written.
            write: writes it.
            what: what is asked for, as the end of "it cannot".

        Raises:
            CommandRefusedError: the filing cannot have that.
            FilingBusyError: a worker was at it for too long.
        """
        stands = self.filing(filing_id)
        # What a worker is at right now may stand otherwise when it has let go.
        if stands.worker is None and kind not in LEGAL[stands.state.phase]:
            raise _refused(what, stands)
        self.confirm(stands)
        until, told = time.monotonic() + self.patience.total_seconds(), False
        while not self._written(filing_id, write, what):
            if time.monotonic() >= until:
                raise FilingBusyError(f"a worker is at filing {filing_id} right now; try again in a moment")
            if not told:
                self.waiting()
                told = True
            time.sleep(_PAUSE)
        return self.filing(filing_id)

    def _written(self, filing_id: str, write: Write, what: str) -> bool:
        """Whether the lease could be had, and it was written."""
        holder = f"{here()} for {self.by}"
        try:
            with self.ledger.transaction() as transaction:
                book = transaction.claim_this(filing_id, holder, self.clock(), _LEASE)
                if book is None and _free_the_dead(transaction, self.clock()):
                    book = transaction.claim_this(filing_id, holder, self.clock(), _LEASE)
                if book is None:
                    return False
                write(transaction, book)
                transaction.release(book)
        except IllegalEventError:
            raise _refused(what, self.filing(filing_id)) from None
        return True

    def remark(self, filing_id: str, remark: Remark) -> Filing:
        """Append what changes nothing about what is filed, without a lease."""
        self.filing(filing_id)
        with self.ledger.transaction() as transaction:
            transaction.book(filing_id).append(remark)
            if isinstance(remark, Acknowledged):
                transaction.notices.acknowledge(filing_id, remark.at)
        return self.filing(filing_id)


def _free_the_dead(transaction: Transaction, now: datetime) -> bool:
    """Take back the leases of processes of this machine that have gone: nobody waits for them to run out."""
    return sum(transaction.free(owner) for owner in transaction.owners(now) if has_gone(owner)) > 0


def _refused(what: str, filing: Filing) -> CommandRefusedError:
    return CommandRefusedError(f"it cannot {what}; {stands(filing)}", filing)


def stands(filing: Filing) -> str:
    """How a filing stands, and what can be done, for people."""
    status = filing.status
    ways = "".join(f" `{one.line}` {one.effect}." for one in status.commands)
    return f"it stands so: {status.reason}. {status.told}{ways}"


def _passed(package: Frozen | None) -> list[Override]:
    """What people decided to pass for a package."""
    noted = package.notes.get("overrides") if package is not None else None
    return [
        Override(one["code"], one["person"], one["reason"], datetime.fromisoformat(one["at"]))
        for one in (noted if isinstance(noted, list) else [])
    ]


def is_hand_written(package: Frozen) -> bool:
    """Whether somebody wrote the documents: no profile took part in them."""
    return "profile" not in package.versions


def is_sayable(words: str) -> bool:
    """Whether words can be part of the proof: lines of printable text."""
    return all(line.isprintable() for line in words.split("\n"))
