"""What comes in: records, packages, corrections, and what is found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cybertip.filing import Kind, Phase
from cybertip.filing.events import Corrected, Enqueued
from cybertip.ledger import Ledger, LedgerError, NewFiling, RecordKnownError
from tests.canaries import CONTENT
from tests.unit.ledger.ledgers import LEASE, REPORT, T0, Clock, add, file_it, new, open_ledger, package


def test_what_was_added_is_there_after_opening_again(path: Path) -> None:
    """A filing with all that belongs to it comes back as it went in."""
    with open_ledger(path) as ledger:
        filing_id = add(ledger, urgent=True)
        before = ledger.filing(filing_id, T0)
    with open_ledger(path) as ledger:
        assert ledger.filing(filing_id, T0) == before
        with ledger.transaction() as transaction:
            assert transaction.package(filing_id) == package()
            found = transaction.find("case-1")
    assert found is not None
    assert (found.filing_id, found.record) == (filing_id, b'{"id":"case-1"}')
    assert before is not None
    assert (before.record_ids, before.state.phase, before.state.urgent) == (("case-1",), Phase.NEW, True)
    assert (before.created_at, before.status.kind) == (T0, Kind.SCHEDULED)


def test_a_record_is_stored_once(ledger: Ledger) -> None:
    """P506: the same id is refused and names its filing, also as part of a batch; nothing of the second stays."""
    filing_id = add(ledger)
    batch = replace(new("case-2"), record_ids=("case-2", "case-1"), records=(b"2", b"1"))
    for again in (new("case-1"), batch):
        with pytest.raises(RecordKnownError, match=f"P506.*case-1.*{filing_id}"), ledger.transaction() as transaction:
            transaction.add(again, T0)
    assert [one.id for one in ledger.filings(T0)] == [filing_id]
    with ledger.transaction() as transaction:
        assert transaction.find("case-2") is None


def test_a_batch_has_many_records(ledger: Ledger) -> None:
    """Each record of a batch leads to the one filing, and they keep their order."""
    batch = replace(new(), record_ids=("b", "a"), records=(b"B", b"A"))
    with ledger.transaction() as transaction:
        filing_id = transaction.add(batch, T0)
    found = ledger.filing(filing_id, T0)
    assert found is not None
    assert found.record_ids == ("b", "a")
    assert {ledger.filing_of(name) for name in ("a", "b", filing_id)} == {filing_id}
    assert ledger.filing_of("c") is None
    assert ledger.verify() == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(new(), record_ids=(), records=()),
        replace(new(), record_ids=("a", "a"), records=(b"1", b"1")),
        replace(new(), records=()),
        replace(new(), package=None),
        replace(new(), enqueued=Enqueued(0, (), T0)),
    ],
)
def test_parts_must_belong_together(ledger: Ledger, wrong: NewFiling) -> None:
    """A filing without records, with one twice, or whose event and package differ is a mistake of the program."""
    with pytest.raises(ValueError, match="filing"), ledger.transaction() as transaction:
        transaction.add(wrong, T0)


def test_what_cannot_be_built_is_stored_all_the_same(ledger: Ledger) -> None:
    """A record without a package waits for its correction, and has no package to give."""
    unbuilt = replace(new(), package=None, enqueued=Enqueued(0, (), T0, findings=("X002",)))
    with ledger.transaction() as transaction:
        filing_id = transaction.add(unbuilt, T0)
    found = ledger.filing(filing_id, T0)
    assert found is not None
    assert found.status.kind is Kind.NEEDS_CORRECTION
    with pytest.raises(LedgerError, match="nothing could be built"), ledger.transaction() as transaction:
        transaction.package(filing_id)
    assert ledger.verify() == []


def test_a_correction_is_another_revision(ledger: Ledger) -> None:
    """The new package is filed, the old one is kept; both contents of the record are known as its own."""
    filing_id = add(ledger)
    better = replace(new(), records=(b"better",), package=package(b"<better/>"), accounts=("user-2",))
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "somebody", T0, LEASE)
        assert book is not None
        revision = transaction.correct(filing_id, better)
        book.append(Corrected(revision, (True, True), "somebody"))
        transaction.release(book)
    with ledger.transaction() as transaction:
        assert transaction.package(filing_id).report == b"<better/>"
        found = transaction.find("case-1")
    assert revision == 2
    assert found is not None
    assert found.record == b"better"
    assert found.same_as(b"better")
    assert found.same_as(b'{"id":"case-1"}')
    assert not found.same_as(b"other")
    file_it(ledger, filing_id)
    assert ledger.reports_on("user-2") == (REPORT,)
    assert ledger.verify() == []


def test_a_correction_that_cannot_be_built_is_kept(ledger: Ledger) -> None:
    """It has revision 0; the record waits for another."""
    filing_id = add(ledger)
    worse = replace(new(), records=(b"worse",), package=None)
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "somebody", T0, LEASE)
        assert book is not None
        assert transaction.correct(filing_id, worse) == 0
        state = book.append(Corrected(0, (), "somebody", findings=("X002",)))
        assert (state.phase, state.revision) == (Phase.CORRECTION, 1)
    assert ledger.verify() == []


def test_only_own_records_are_corrected(ledger: Ledger) -> None:
    """A correction for another record is refused."""
    filing_id = add(ledger)
    with pytest.raises(ValueError, match="all of its records"), ledger.transaction() as transaction:
        transaction.correct(filing_id, new("case-2"))


def test_reports_on_an_account_are_found(ledger: Ledger) -> None:
    """Q617: only filed reports count, under exactly this identifier."""
    filing_id = add(ledger, accounts=("user-1", "user-1", "user-2"))
    add(ledger, "other", accounts=("user-1",))
    assert ledger.reports_on("user-1") == ()
    file_it(ledger, filing_id)
    assert ledger.reports_on("user-1") == ledger.reports_on("user-2") == (REPORT,)
    assert ledger.reports_on("User-1") == ()


def test_escalations_with_the_same_text_are_counted(ledger: Ledger) -> None:
    """Q614: by the very text."""
    for number in range(3):
        add(ledger, f"case-{number}", escalation="danger")
    add(ledger, "other", escalation="danger!")
    assert [ledger.filings_escalated_with(text) for text in ("danger", "danger!", "")] == [3, 1, 0]


def test_the_receipt_is_what_the_server_sent(ledger: Ledger) -> None:
    """Byte for byte; none before, and none for a filing that is not there."""
    filing_id = add(ledger)
    assert ledger.receipt(filing_id) is None
    file_it(ledger, filing_id)
    assert ledger.receipt(filing_id) == b"<answer call='finish'/>\r\n"
    assert ledger.receipt("nothing") is None


def test_all_filings_are_listed_and_counted(ledger: Ledger) -> None:
    """Also more of them than are read at once, in the order in which they came in."""
    with ledger.transaction() as transaction:
        ids = [transaction.add(new(f"case-{number}"), T0 + timedelta(microseconds=number)) for number in range(250)]
    file_it(ledger, ids[7])
    assert [one.id for one in ledger.filings(T0)] == ids
    counts = ledger.counts(T0)
    assert (counts[Kind.FILED], counts[Kind.SCHEDULED], counts[Kind.CANCELLED]) == (1, 249, 0)
    assert set(counts) == set(Kind)


def test_a_filing_that_is_not_there(ledger: Ledger) -> None:
    """Asking gives nothing; writing to it is refused in words."""
    assert ledger.filing("nothing", T0) is None
    assert ledger.history("nothing") == []
    assert ledger.exchanges("nothing") == ()
    for use in ("book", "package"):
        with pytest.raises(LedgerError, match="no filing nothing"), ledger.transaction() as transaction:
            getattr(transaction, use)("nothing")


def test_times_keep_their_microseconds(ledger: Ledger, clock: Clock) -> None:
    """A time comes back as the same moment; one without an offset is refused."""
    odd = T0 + timedelta(microseconds=123_457)
    with ledger.transaction() as transaction:
        filing_id = transaction.add(new(), odd)
    found = ledger.filing(filing_id, T0)
    assert found is not None
    assert found.created_at == odd
    with pytest.raises(ValueError, match="offset"), ledger.transaction() as transaction:
        transaction.add(new("other"), T0.replace(tzinfo=None))


def test_nothing_shows_content(ledger: Ledger) -> None:
    """Neither what comes in nor what comes out has content in its repr."""
    secret = CONTENT.encode()
    coming = replace(
        new(), records=(secret,), package=package(secret), accounts=(CONTENT,), escalation=CONTENT,
        findings=({"message": CONTENT},),
    )  # fmt: skip
    with ledger.transaction() as transaction:
        filing_id = transaction.add(coming, T0)
        shown = [coming, transaction, transaction.find("case-1"), transaction.package(filing_id)]
        shown.append(transaction.claim("worker", T0, LEASE, 9))
    shown += [ledger, ledger.filing(filing_id, T0), ledger._core, ledger.history(filing_id)]
    assert CONTENT not in repr(shown)
    assert ledger._core.key.hex() not in repr(shown)
    assert repr(ledger._core.key) not in repr(shown)
