"""What people say about filings: corrected, cancelled, retracted, decided, to go on; and what they remark on.

Each command takes the filing's lease like a worker, under its own fencing number, and is an event in the chain with who
said it and why. No credentials are needed for any of it: what follows is done by whoever works on the ledger next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path

from cybertip.errors import CybertipError
from cybertip.filing.events import (
    Acknowledged,
    CallEnded,
    CallStarted,
    CancelRequested,
    Continued,
    Corrected,
    Decided,
    Event,
    FollowedUp,
    Held,
    Remark,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.machine import IllegalEventError
from cybertip.filing.packages import Frozen
from cybertip.filing.states import ENDS, Phase
from cybertip.gates import OVERRIDABLE, Override
from cybertip.ledger import Book, Filing, Ledger, NewFiling, Transaction
from cybertip.profile import ReporterProfile
from cybertip.worker._arriving import Desk, Difference, Record, compare, data_of, followed
from cybertip.worker._crew import here
from cybertip.worker._knowing import known_as, other_content

Profiles = ReporterProfile | Callable[[str], ReporterProfile]
"""A reporter profile for all records, or what gives the profile of a name and raises ConfigurationError for none."""

_LEASE = timedelta(seconds=30)
_PAUSE = 0.1


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


def named(profiles: Profiles) -> Callable[[str], ReporterProfile]:
    """What gives the profile of a name."""
    return (lambda _: profiles) if isinstance(profiles, ReporterProfile) else profiles


class Operator:
    """A person who looks after filings.

    The methods that change something raise `FilingBusyError` while a worker holds the filing for longer than there is
    patience, `CommandRefusedError` where the filing cannot have that, KeyError where there is no such filing, and
    ValueError where the reason is missing or is no printable text. They return the filing as it is afterwards.
    """

    def __init__(
        self,
        ledger: Ledger,
        by: str,
        profiles: Profiles,
        *,
        limits: Limits | None = None,
        patience: timedelta = timedelta(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Name the person.

        Args:
            ledger: where the filings are; opened to look is enough.
            by: who it is: the provider's name or id for the person. It becomes part of the proof.
            profiles: who files, for what is built again.
            limits: how often something may go wrong with a supplement before a person is asked.
            patience: how long to wait for a worker that is in the middle of a call.
            clock: tells the time, aware.

        Raises:
            ValueError: nobody is named, or the name is no printable text.
        """
        if not by.strip() or not by.isprintable():
            raise ValueError("a person's word needs the person, by a name of printable text")
        self._ledger, self._by, self._profiles = ledger, by, profiles
        self._limits, self._patience, self._clock = limits or USUAL, patience, clock

    # --- the record ------------------------------------------------------------------------------------------------

    def differences(self, filing_id: str, record: Record | Sequence[Record]) -> list[Difference]:
        """Where records differ from what the ledger has of them; a pointer begins with the index for a batch.

        Raises:
            OtherContentError: the ids are not those of the filing, all of them.
        """
        new = self._built(record, Path())
        self._check_ids(filing_id, new)
        kept = {one.id: one.content for one in self._ledger.records(filing_id)}
        found: list[Difference] = []
        for index, (record_id, content) in enumerate(zip(new.record_ids, new.records, strict=True)):
            before = f"/{index}" if len(new.record_ids) > 1 else ""
            parts = compare(kept[record_id] or b"null", content)
            found += [replace(one, pointer=f"{before}{one.pointer}") for one in parts]
        return found

    def correct(
        self,
        filing_id: str,
        record: Record | Sequence[Record],
        folder: str | PathLike[str] = ".",
        *,
        reason: str = "",
        overrides: Sequence[Override] = (),
    ) -> Filing:
        """Replace the record of a filing that is not filed by one with the same id; or all the records of a batch.

        Args:
            filing_id: the filing.
            record: the record; for a batch, all of its records.
            folder: where relative locations of the evidence start.
            reason: why.
            overrides: gates that people have decided to pass.

        Raises:
            RecordError: a record has no id that could be used.
            OtherContentError: the ids are not those of the filing, all of them.
        """
        _check(reason)
        new = self._built(record, Path(folder), overrides)
        self._check_ids(filing_id, new)
        return self._replace(filing_id, new, reason)

    def override(self, filing_id: str, code: str, *, reason: str) -> Filing:
        """File a record although a gate of the provider's policy says no, by a person's word."""
        _check(reason, needed=True)
        filing = self._filing(filing_id)
        if code not in OVERRIDABLE:
            allowed = ", ".join(sorted(OVERRIDABLE))
            raise CommandRefusedError(
                f"{code} cannot be overridden; only {allowed} can. Correct the record instead", filing
            )
        if filing.state.phase is not Phase.CORRECTION or code not in filing.state.findings:
            raise CommandRefusedError(f"{code} does not keep this filing from being filed; {_stands(filing)}", filing)
        passed = Override(code, self._by, reason, self._clock())
        return self._replace(filing_id, self._again(filing, [passed]), f"override of {code}: {reason}")

    def retry(self, filing_id: str, *, reason: str = "") -> Filing:
        """Go on at once with a filing that waits, was halted or needs a correction; limits count from the beginning.

        A record that waits for a correction is built again as it is, with the profile of today. If our checks still
        find errors in it, it stays as it is.
        """
        _check(reason)
        filing = self._filing(filing_id)
        if filing.state.phase is not Phase.CORRECTION:
            return self._say(filing_id, Continued(self._by, self._clock(), reason), "go on")
        new = self._again(filing)
        if new.enqueued.findings:
            return filing
        return self._replace(filing_id, new, reason or "tried again as it is")

    def follow_up(
        self, filing_id: str, record: Record, folder: str | PathLike[str] = ".", *, reason: str = ""
    ) -> Filing:
        """Hand in a supplement to what is filed: a record of its own, whose report names the earlier one.

        The record's `follow_up` is filled in where it is missing. Handing the same one in again gives its filing.

        Args:
            filing_id: the filing that it adds to.
            record: the supplement, with an id of its own.
            folder: where relative locations of the evidence start.
            reason: why there is another report; needed where the record does not say.

        Returns:
            The supplement's filing.

        Raises:
            RecordError: the record cannot be read.
            OtherContentError: the id came in before with other content.
        """
        _check(reason)
        earlier = self._filing(filing_id)
        if earlier.state.phase is not Phase.FILED or earlier.state.report_id is None:
            raise CommandRefusedError(
                f"only what is filed is followed up; {_stands(earlier)} Correct it instead", earlier
            )
        data, why = followed(data_of(record), earlier.state.report_id, reason)
        new = self._desk().record(data, Path(folder))
        new = replace(new, enqueued=replace(new.enqueued, by=self._by, follows=filing_id))
        with self._ledger.transaction() as transaction:
            found = known_as(transaction, new)
            if found is None:
                now = self._clock()
                found = transaction.add(new, now)
                transaction.book(filing_id).append(FollowedUp(found, self._by, now, why))
        return self._filing(found)

    # --- the report ------------------------------------------------------------------------------------------------

    def cancel(self, filing_id: str, *, reason: str) -> Filing:
        """Do not file it. What may be filed already is asked for first, and stays filed if it is."""
        _check(reason, needed=True)
        return self._say(filing_id, CancelRequested(self._by, self._clock(), reason), "be cancelled")

    def retract(self, filing_id: str, *, reason: str) -> Filing:
        """Retract the open report, and wait for a person to say how to go on. What is filed by then stays filed."""
        _check(reason, needed=True)
        return self._say(filing_id, RetractRequested(self._by, self._clock(), reason), "have its report retracted")

    def decide(
        self, filing_id: str, word: Word, *, reason: str, report_id: int | None = None, reference: str = ""
    ) -> Filing:
        """Say what only NCMEC can know: that the report is filed, or that it is certain not to be.

        Args:
            filing_id: the filing, which needs a decision.
            word: what NCMEC said.
            reason: who asked, when, how.
            report_id: the report that is filed.
            reference: NCMEC's own reference. It is needed to file anew, because no proof of the ledger's own says that
                the report is closed; and for a report that the filing is not known to have opened.
        """
        _check(reason, needed=True)
        _check(reference)
        filing = self._filing(filing_id)
        if word is Word.REFILE and not reference.strip():
            raise CommandRefusedError(
                "another report is begun only with proof that the first is not filed, and the ledger has none: ask"
                " NCMEC, and give the reference of their confirmation",
                filing,
            )
        if word is Word.FILED and not reference.strip() and report_id not in self._opened(filing_id):
            raise CommandRefusedError(
                f"this filing is not known to have opened report {report_id}; check the number, or give the reference"
                " under which NCMEC named it",
                filing,
            )
        said = Decided(word, self._by, self._clock(), reason, report_id, reference)
        return self._say(filing_id, said, "be decided about")

    # --- remarks ---------------------------------------------------------------------------------------------------

    def acknowledge(self, filing_id: str, *, reason: str = "") -> Filing:
        """Say that one knows of it: nobody is reminded of it any more until something else happens."""
        _check(reason)
        return self._remark(filing_id, Acknowledged(self._by, self._clock(), reason))

    def reveal(self, filing_id: str, *, reason: str = "") -> Filing:
        """Put down that one looks at what is hidden by default, before it is shown."""
        _check(reason)
        return self._remark(filing_id, Revealed(self._by, self._clock(), reason))

    def hold(self, filing_id: str, until: datetime | None, *, reason: str) -> Filing:
        """Let nothing of it be purged until a moment, or (None) as soon as the law allows again.

        Args:
            filing_id: the filing.
            until: to when; aware.
            reason: why, such as the authority's reference.
        """
        _check(reason, needed=True)
        return self._remark(filing_id, Held(self._by, self._clock(), reason, until))

    # --- how -------------------------------------------------------------------------------------------------------

    def _filing(self, filing_id: str) -> Filing:
        found = self._ledger.filing(filing_id, self._clock())
        if found is None:
            raise KeyError(filing_id)
        return found

    def _desk(self) -> Desk:
        return Desk(named(self._profiles), self._ledger.environment, self._ledger, self._clock(), self._limits)

    def _built(self, record: Record | Sequence[Record], folder: Path, overrides: Sequence[Override] = ()) -> NewFiling:
        if isinstance(record, (list, tuple)):
            return self._desk().batch(record, folder, overrides)
        return self._desk().record(record, folder, overrides)  # type: ignore[arg-type]

    def _again(self, filing: Filing, overrides: Sequence[Override] = ()) -> NewFiling:
        """The same, built again with what is true today."""
        package = self._ledger.package(filing.id)
        if package is not None and _is_hand_written(package):
            return self._desk().documents(filing.record_ids[0], package, filing.state.confirmed_at)
        kept = self._ledger.records(filing.id)
        contents = [one.content for one in kept if one.content is not None]
        if len(contents) != len(kept):
            raise CommandRefusedError("its record was purged; correct it with the record", filing)
        folder = Path(kept[0].folder or ".")
        return self._built(contents[0] if len(contents) == 1 else contents, folder, overrides)

    def _check_ids(self, filing_id: str, new: NewFiling) -> None:
        if set(new.record_ids) != set(self._filing(filing_id).record_ids):
            raise other_content(new.record_ids[0], filing_id, ["/id"])

    def _opened(self, filing_id: str) -> set[int | None]:
        """The reports that the filing is known to have opened."""
        return {
            event.report_id
            for _, event in self._ledger.history(filing_id)
            if isinstance(event, (CallStarted, CallEnded)) and event.report_id is not None
        }

    def _replace(self, filing_id: str, new: NewFiling, reason: str) -> Filing:
        told = new.enqueued

        def write(transaction: Transaction, book: Book) -> None:
            revision = transaction.correct(filing_id, new)
            book.append(Corrected(revision, told.details, self._by, reason, told.not_before, told.findings))

        return self._command(filing_id, write, "be corrected")

    def _say(self, filing_id: str, event: Event, what: str) -> Filing:
        return self._command(filing_id, lambda _, book: book.append(event), what)

    def _command(self, filing_id: str, write: Callable[[Transaction, Book], object], what: str) -> Filing:
        """Do it under a lease of its own (4)."""
        until = time.monotonic() + self._patience.total_seconds()
        before = self._filing(filing_id)
        while True:
            try:
                with self._ledger.transaction() as transaction:
                    holder = f"{here()} for {self._by}"
                    book = transaction.claim_this(filing_id, holder, self._clock(), _LEASE)
                    if book is not None:
                        write(transaction, book)
                        transaction.release(book)
                        break
            except IllegalEventError:
                raise CommandRefusedError(f"it cannot {what}; {_stands(before)}", before) from None
            if time.monotonic() >= until:
                raise FilingBusyError(f"a worker is at filing {filing_id} right now; try again in a moment")
            time.sleep(_PAUSE)
            before = self._filing(filing_id)
        return self._filing(filing_id)

    def _remark(self, filing_id: str, remark: Remark) -> Filing:
        self._filing(filing_id)
        with self._ledger.transaction() as transaction:
            transaction.book(filing_id).append(remark)
        return self._filing(filing_id)


def _stands(filing: Filing) -> str:
    """How a filing stands, and what can be done, for people."""
    status = filing.status
    ways = "".join(f" `{one.line}` {one.effect}." for one in status.commands if filing.state.phase not in ENDS)
    return f"it stands so: {status.reason}. {status.told}{ways}"


def _is_hand_written(package: Frozen) -> bool:
    """Whether somebody wrote the documents: no profile took part in them."""
    return "profile" not in package.versions


def _check(words: str, *, needed: bool = False) -> None:
    """See that what a person gives as reason can be part of the proof."""
    if needed and not words.strip():
        raise ValueError("a person's word needs the reason")
    if not all(line.isprintable() for line in words.splitlines()):
        raise ValueError("the reason must be printable text")
