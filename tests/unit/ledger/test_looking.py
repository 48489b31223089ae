"""What people look up: filings by the beginning of an id or by an account, documents, counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cybertip.ledger import Ledger
from tests.unit.ledger.ledgers import LEASE, REPORT, T0, add, file_it, one_call


def test_a_filing_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    """All that begin so, in order, and no more than wanted; letters that a query would obey are letters."""
    ids = sorted(add(ledger, f"case-{number}") for number in range(20))
    for one in ids:
        assert ledger.ids_like(one) == (one,)
        assert one in ledger.ids_like(one[:1], 20)
    assert ledger.ids_like("", 3) == tuple(ids[:3])
    for nothing in ("%", "_", "x", ids[0].upper() + "A", "' OR 1=1"):
        assert ledger.ids_like(nothing) == ()
    capital = next(one for one in ids if not one.isdigit())
    assert ledger.ids_like(capital.upper()) == ()


def test_accounts_are_seen_as_hashes_alone(ledger: Ledger) -> None:
    """A hash is the same for the same account, says nothing of it, and leads to the filings as the identifier does."""
    one = add(ledger, "case-1", accounts=("user-4711", "user-4712"))
    two = add(ledger, "case-2", accounts=("user-4711",))
    three = add(ledger, "case-3")
    hashes = ledger.account_hashes([one, two, three])
    seen = ledger.account_hash("user-4711")
    assert hashes == {one: tuple(sorted((seen, ledger.account_hash("user-4712")))), two: (seen,), three: ()}
    assert len(seen) == len("acct-3f9a1c2b")
    assert ledger.filings_on("user-4711") == ledger.filings_on(seen) == {one, two}
    for nobody in ("user-4713", "acct-", seen[:-1], seen.upper(), seen + "0", "%", ""):
        assert ledger.filings_on(nobody) == frozenset()


@pytest.mark.parametrize("first", ["00000000", "ffffffff"])
def test_the_first_and_the_last_hash_find_nothing_else(ledger: Ledger, first: str) -> None:
    """At the ends of all hashes as in the middle."""
    add(ledger, "case-1", accounts=("user-4711",))
    assert ledger.filings_on(f"acct-{first}") == frozenset()


def test_an_account_may_be_called_like_a_hash(ledger: Ledger) -> None:
    """Then both are found: whose identifier it is, and whose hash."""
    one = add(ledger, "case-1", accounts=("user-4711",))
    two = add(ledger, "case-2", accounts=(ledger.account_hash("user-4711"),))
    assert ledger.filings_on(ledger.account_hash("user-4711")) == {one, two}


def test_two_ledgers_give_an_account_different_hashes(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody can compare two ledgers by them, or try names without the ledger's key."""
    from tests.unit.ledger.ledgers import open_ledger

    with open_ledger(tmp_path_factory.mktemp("other") / "other.sqlite3") as other:
        assert other.account_hash("user-4711") != ledger.account_hash("user-4711")


def test_more_filings_than_a_query_takes(ledger: Ledger) -> None:
    """Hashes are read in parts."""
    ids = [add(ledger, f"case-{number}", accounts=(f"user-{number}",)) for number in range(205)]
    assert [ledger.account_hashes(ids)[one] for one in ids] == [
        (ledger.account_hash(f"user-{number}"),) for number in range(205)
    ]


def test_what_was_filed_since(ledger: Ledger) -> None:
    """By the answer to /finish, and not by when it came in."""
    assert (ledger.filed_since(T0), ledger.reports_opened()) == (0, frozenset())
    first, second = add(ledger, "case-1"), add(ledger, "case-2")
    file_it(ledger, first, T0)
    assert (ledger.filed_since(T0), ledger.reports_opened()) == (1, frozenset({REPORT}))
    with ledger.transaction() as transaction:
        book = transaction.claim_this(second, "worker", T0, LEASE)
        assert book is not None
    one_call(ledger, second, book.fence or 0, T0)
    assert ledger.filed_since(T0) == 1
    assert ledger.filed_since(T0 + timedelta(milliseconds=5)) == 1
    assert ledger.filed_since(T0 + timedelta(milliseconds=6)) == 0
