"""What people say about filings: corrected, cancelled, retracted, decided, to go on; and what they remark on.

Each command takes the filing's lease like a worker, under its own fencing number, and is an event in the chain with who
said it and why. No credentials are needed for any of it: what follows is done by whoever works on the ledger next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from os import PathLike
from pathlib import Path

from cybertip.filing.events import (
    Acknowledged,
    CancelRequested,
    Continued,
    Decided,
    FollowedUp,
    Held,
    RetractRequested,
    Revealed,
    Word,
)
from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.states import Phase, State
from cybertip.gates import OVERRIDABLE, Override
from cybertip.ledger import Book, Filing, Ledger, NewFiling, Transaction
from cybertip.profile import ReporterProfile
from cybertip.worker._arriving import Difference, Record, compare, data_of, followed
from cybertip.worker._clerk import Clerk, CommandRefusedError, is_hand_written, is_sayable, stands
from cybertip.worker._knowing import OtherContentError, known_as

Profiles = ReporterProfile | Callable[[str], ReporterProfile]
"""A reporter profile for all records, or what gives the profile of a name and raises ConfigurationError for none."""


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
        confirm: Callable[[Filing], object] = lambda _: None,
        waiting: Callable[[], object] = lambda: None,
    ) -> None:
        """Name the person.

        Args:
            ledger: where the filings are; opened to look is enough.
            by: who it is: the provider's name or id for the person. It becomes part of the proof.
            profiles: who files, for what is built again.
            limits: how often something may go wrong with a supplement before a person is asked.
            patience: how long to wait for a worker that is in the middle of a call.
            clock: tells the time, aware.
            confirm: asked when a command is known to be possible, before it changes anything, with the filing as it
                stands (for a supplement, the one that it adds to). What it raises leaves all as it is.
            waiting: told once when a worker is waited for.

        Raises:
            ValueError: nobody is named, or the name is no printable text.
        """
        if not by.strip() or not by.isprintable():
            raise ValueError("a person's word needs the person, by a name of printable text")
        self._ledger, self._by, self._clock = ledger, by, clock
        self._clerk = Clerk(ledger, by, named(profiles), limits or USUAL, patience, clock, confirm, waiting)

    # --- the record ------------------------------------------------------------------------------------------------

    def differences(self, filing_id: str, record: Record | Sequence[Record]) -> list[Difference]:
        """Where records differ from what the ledger has of them; a pointer begins with the index for a batch.

        Raises:
            OtherContentError: the ids are not those of the filing, all of them.
            CommandRefusedError: the filing is of hand-written documents.
        """
        new = self._clerk.built(record, Path())
        self._check_ids(filing_id, new)
        kept = self._clerk.kept(filing_id)
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
        new = self._clerk.built(record, Path(folder), overrides)
        self._check_ids(filing_id, new)
        return self._clerk.replace(filing_id, new, self._clerk.kept(filing_id), reason)

    def override(self, filing_id: str, code: str, *, reason: str) -> Filing:
        """File a record although a gate of the provider's policy says no, by a person's word.

        Nothing else may be wrong with it: what a person decides about is then what is filed.
        """
        _check(reason, needed=True)
        filing = self._clerk.filing(filing_id)
        if code not in OVERRIDABLE:
            allowed = ", ".join(sorted(OVERRIDABLE))
            raise CommandRefusedError(
                f"{code} cannot be overridden; only {allowed} can. Correct the record instead", filing
            )
        if filing.state.phase is not Phase.CORRECTION or code not in filing.state.findings:
            raise CommandRefusedError(f"{code} does not keep this filing from being filed; {stands(filing)}", filing)
        new, kept = self._clerk.again(filing, [Override(code, self._by, reason, self._clock())])
        left = dict.fromkeys(new.enqueued.findings)
        if code in left:
            raise CommandRefusedError(
                f"{code} can be overridden for an urgent case only: the record says that by `urgent`, with its reason."
                f" Correct the record instead: cybertip correct {filing_id} RECORD.json",
                filing,
            )
        if left:
            raise CommandRefusedError(
                f"more is wrong with the record than {code}: {', '.join(left)}. Correct that first:"
                f" cybertip correct {filing_id} RECORD.json",
                filing,
            )
        return self._clerk.replace(filing_id, new, kept, f"override of {code}: {reason}")

    def retry(self, filing_id: str, *, reason: str = "") -> Filing:
        """Go on at once with a filing that waits, was halted or needs a correction; limits count from the beginning.

        A record that waits for a correction is built again as it is, with the profile of today. If our checks still
        find the same errors in it, it stays as it is; if they find others, these are put down.
        """
        _check(reason)
        filing = self._clerk.filing(filing_id)
        if filing.state.phase is not Phase.CORRECTION:
            return self._clerk.say(filing_id, Continued(self._by, self._clock(), reason), "go on")
        new, kept = self._clerk.again(filing)
        if new.enqueued.findings and new.enqueued.findings == filing.state.findings:
            return filing
        return self._clerk.replace(filing_id, new, kept, reason or "tried again as it is")

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
        earlier = self._clerk.filing(filing_id)
        if earlier.state.phase is not Phase.FILED or earlier.state.report_id is None:
            raise CommandRefusedError(
                f"only what is filed is followed up; {stands(earlier)} Correct it instead", earlier
            )
        new = self._clerk.desk().record(followed(data_of(record), earlier.state.report_id, reason), Path(folder))
        new = replace(new, enqueued=replace(new.enqueued, by=self._by, follows=filing_id))
        self._clerk.confirm(earlier)
        with self._ledger.transaction() as transaction:
            found = known_as(transaction, new)
            now = self._clock()
            if found is None:
                found = transaction.add(new, now)
            followers = {one.filing for _, one in self._ledger.history(filing_id) if isinstance(one, FollowedUp)}
            if found not in followers:
                # What the record says stays in the record; events are never purged.
                transaction.book(filing_id).append(
                    FollowedUp(found, self._by, now, reason or "the supplement says why")
                )
        return self._clerk.filing(found)

    # --- the report ------------------------------------------------------------------------------------------------

    def cancel(self, filing_id: str, *, reason: str) -> Filing:
        """Do not file it. What may be filed already is asked for first, and stays filed if it is."""
        _check(reason, needed=True)
        return self._clerk.say(filing_id, CancelRequested(self._by, self._clock(), reason), "be cancelled")

    def retract(self, filing_id: str, *, reason: str) -> Filing:
        """Retract the open report, and wait for a person to say how to go on. What is filed by then stays filed."""
        _check(reason, needed=True)
        said = RetractRequested(self._by, self._clock(), reason)
        return self._clerk.say(filing_id, said, "have its report retracted")

    def decide(
        self, filing_id: str, word: Word, *, reason: str, report_id: int | None = None, reference: str = ""
    ) -> Filing:
        """Say what only NCMEC can know: that the report is filed, or that it is certain not to be.

        Args:
            filing_id: the filing, which needs a decision.
            word: what NCMEC said.
            reason: who asked, when, how.
            report_id: the report that is filed; or, to file anew, the one that NCMEC was asked about, which is the
                status's (None only where that names none). A word that comes late, when another counts, is refused.
            reference: NCMEC's own reference. It is needed to file anew, because no proof of the ledger's own says that
                the report is closed; and for a report that the filing is not known to have opened.

        Raises:
            ValueError: also where the report that is filed is not named, by a number from 1 to 2**63 - 1.
        """
        _check(reason, needed=True)
        _check(reference)
        if word is Word.FILED and (report_id is None or not 0 < report_id < 2**63):
            raise ValueError("the word that it is filed must name the report, by a number from 1 to 2**63 - 1")
        filing = self._clerk.filing(filing_id)
        if word is Word.REFILE and not reference.strip():
            raise CommandRefusedError(
                "another report is begun only with proof that the first is not filed, and the ledger has none: ask"
                " NCMEC, and give the reference of their confirmation",
                filing,
            )
        counts = filing.state.attempt.report_id if filing.state.attempt is not None else None
        if word is Word.REFILE and filing.state.phase is Phase.DECISION and report_id != counts:
            now = "none counts" if counts is None else f"report {counts} counts; ask NCMEC about that one, and name it"
            told = "no report is named" if report_id is None else f"the word is about report {report_id}"
            raise CommandRefusedError(f"{told}, and {now}", filing)
        if word is Word.FILED and filing.state.phase is Phase.DECISION:
            self._check_filed(filing, report_id, reference)
        said = Decided(word, self._by, self._clock(), reason, report_id, reference)

        def write(_: Transaction, book: Book) -> None:
            if _asked(book.state) != _asked(filing.state):
                words = "something else is asked by now than when this was decided; look at it again: cybertip show"
                raise CommandRefusedError(f"{words} {filing_id}", self._clerk.filing(filing_id))
            book.append(said)

        return self._clerk.carry_out(filing_id, Decided, write, "be decided about")

    def _check_filed(self, filing: Filing, report_id: int | None, reference: str) -> None:
        """See that a report can be the one as which a filing is filed."""
        if report_id in self._clerk.closed(filing.id):
            raise CommandRefusedError(
                f"the server has said that report {report_id} was retracted, so it is not filed; see `cybertip show"
                f" {filing.id}`, and ask NCMEC about the report that counts",
                filing,
            )
        owner = None if report_id is None else self._ledger.owner_of_report(report_id, filing.id)
        if owner is not None:
            raise CommandRefusedError(
                f"report {report_id} belongs to filing {owner}; check the number, and ask NCMEC about this one's",
                filing,
            )
        attempt = filing.state.attempt
        known = self._clerk.opened(filing.id) if attempt is None else {attempt.report_id}
        if report_id not in known and not reference.strip():
            counts = "" if attempt is None else f", and report {attempt.report_id} counts"
            raise CommandRefusedError(
                f"report {report_id} is not the one that is asked about{counts}; check the number, or give the"
                " reference under which NCMEC named it",
                filing,
            )

    # --- remarks ---------------------------------------------------------------------------------------------------

    def acknowledge(self, filing_id: str, *, reason: str = "") -> Filing:
        """Say that one knows of it: nobody is reminded of it any more until something else happens.

        Its alarms are thereby heard, and it needs nobody for their sake any more.
        """
        _check(reason)
        return self._clerk.remark(filing_id, Acknowledged(self._by, self._clock(), reason))

    def acknowledge_queue(self) -> None:
        """Say that one knows of what concerns all filings: refused credentials, or a queue that nobody works on."""
        with self._ledger.transaction() as transaction:
            transaction.notices.acknowledge_queue(self._by, self._clock())

    def reveal(self, filing_id: str, *, reason: str = "") -> Filing:
        """Put down that one looks at what is hidden by default, before it is shown."""
        _check(reason)
        return self._clerk.remark(filing_id, Revealed(self._by, self._clock(), reason))

    def hold(self, filing_id: str, until: datetime | None, *, reason: str) -> Filing:
        """Let nothing of it be purged until a moment, or (None) as soon as the law allows again.

        Args:
            filing_id: the filing.
            until: to when; aware.
            reason: why, such as the authority's reference.
        """
        _check(reason, needed=True)
        return self._clerk.remark(filing_id, Held(self._by, self._clock(), reason, until))

    # --- how -------------------------------------------------------------------------------------------------------

    def _check_ids(self, filing_id: str, new: NewFiling) -> None:
        """See that a correction has the records of the filing, which was made of records."""
        filing = self._clerk.filing(filing_id)
        package = self._ledger.package(filing_id)
        if package is not None and is_hand_written(package):
            raise CommandRefusedError(
                "it is of hand-written documents, which no record can correct. Cancel it, and send the mended documents"
                f" under another id: cybertip cancel {filing_id} --reason TEXT, then cybertip send --id OTHER_ID",
                filing,
            )
        if set(new.record_ids) != set(filing.record_ids):
            expected = ", ".join(map(repr, filing.record_ids))
            raise OtherContentError(
                f"a correction has the id of the record that it replaces; this filing takes {expected}, all of them"
                " and no other",
                filing_id=filing_id,
                pointers=["/id"],
            )


def _asked(state: State) -> tuple[Phase, int | None]:
    """What a decision is about."""
    return state.phase, state.attempt.report_id if state.attempt is not None else None


def _check(words: str, *, needed: bool = False) -> None:
    """See that what a person gives as reason can be part of the proof."""
    if needed and not words.strip():
        raise ValueError("a person's word needs the reason")
    if not is_sayable(words):
        raise ValueError("the reason must be printable text")
