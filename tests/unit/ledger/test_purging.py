"""Taking out what a filing holds, when it may go; and what stays and proves what was filed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cybertip.filing import Kind
from cybertip.filing.events import CancelRequested, FollowedUp, Held, Purged
from cybertip.filing.preservation import Retention
from cybertip.ledger import Ledger, LedgerError, PreservedError
from tests.canaries import CONTENT
from tests.unit.ledger.ledgers import LEASE, T0, Clock, add, answer, claimed, file_it, open_ledger, started, tampered
from tests.unit.ledger.sealing import COLUMNS, KEY, add_secret, in_file, secret, stored

ROOT = Path(__file__).resolve().parents[3]
YEAR = timedelta(days=366)


@pytest.fixture(params=[(), (KEY,)], ids=["plain", "sealed"])
def keys(request: pytest.FixtureRequest) -> tuple[bytes, ...]:
    """Without a key, and with one."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def ledger(path: Path, clock: Clock, keys: tuple[bytes, ...]) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(path, clock, keys=keys) as opened:
        yield opened


def purge(ledger: Ledger, filing_id: str, **retention: timedelta) -> int:
    """Purge a filing."""
    return ledger.purge(filing_id, by="Kim", reason="a year has passed", retention=Retention(**retention))


def cancel(ledger: Ledger, filing_id: str) -> None:
    """Cancel a filing."""
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "Kim", T0, LEASE)
        assert book is not None
        book.append(CancelRequested("Kim", T0, "withdrawn"))
        transaction.release(book)


def hold(ledger: Ledger, filing_id: str, days: int | None) -> None:
    """Ask for a filing to be preserved."""
    until = None if days is None else T0 + timedelta(days=days)
    with ledger.transaction() as transaction:
        transaction.book(filing_id).append(Held("Kim", T0, "an authority asks", until))


def test_what_is_purged_is_gone(ledger: Ledger, path: Path, clock: Clock) -> None:
    """From every table, and from the file and its log, while the ledger is open."""
    filing_id = add_secret(ledger)
    file_it(ledger, filing_id)
    ledger.checkpoint()
    clock.now += YEAR
    assert in_file(path) == (not ledger.encrypted)
    answers = [one.body for one in ledger.exchanges(filing_id)]
    assert purge(ledger, filing_id) == 1 + 1 + 1 + 2 + 5
    assert not in_file(path)
    assert not any(in_file(path, body) for body in answers[:-1] if body is not None)
    left = {one: len(stored(path, *one)) for one in COLUMNS}
    assert left.pop(("exchanges", "body")) == 1
    assert set(left.values()) == {0}


def test_what_proves_it_stays(ledger: Ledger, clock: Clock) -> None:
    """The chain verifies, the receipt is there, lists and histories work, and the record is known."""
    filing_id = add_secret(ledger)
    file_it(ledger, filing_id)
    receipt = ledger.receipt(filing_id)
    before = ledger.filing(filing_id, T0)
    clock.now += YEAR
    purge(ledger, filing_id)
    ledger.checkpoint()
    assert ledger.verify() == []
    assert ledger.receipt(filing_id) == receipt is not None
    assert ledger.filing(filing_id, T0) == before
    assert ledger.findings(filing_id) == []
    assert [one.body for one in ledger.exchanges(filing_id)] == [None] * 5 + [receipt]
    assert ledger.history(filing_id)[-1] == (clock.now, Purged("Kim", clock.now, "a year has passed"))
    with ledger.transaction() as transaction:
        found = transaction.find("case-1")
        assert found is not None
        assert (found.filing_id, found.record) == (filing_id, None)
        assert found.same_as(secret().records[0])
        with pytest.raises(LedgerError, match="were purged"):
            transaction.package(filing_id)


def test_nothing_else_is_touched(ledger: Ledger, clock: Clock) -> None:
    """Another filing keeps all that it has."""
    file_it(ledger, add_secret(ledger))
    other = add_secret(ledger, "case-2")
    file_it(ledger, other)
    clock.now += YEAR
    purge(ledger, ledger.filing_of("case-1") or "")
    with ledger.transaction() as transaction:
        assert transaction.package(other) == secret().package
        assert transaction.find("case-2").record == secret("case-2").records[0]  # type: ignore[union-attr]
    assert all(one.body for one in ledger.exchanges(other))


def test_it_is_done_once(ledger: Ledger, clock: Clock) -> None:
    """A second time nothing is there to be taken out, and nothing is appended."""
    filing_id = add(ledger)
    file_it(ledger, filing_id)
    clock.now += YEAR
    purge(ledger, filing_id)
    events = len(ledger.history(filing_id))
    assert purge(ledger, filing_id) == 0
    assert len(ledger.history(filing_id)) == events
    assert list(ledger.purgeable(clock.now, Retention())) == []


def test_an_answer_that_comes_after_it_can_be_purged_as_well(ledger: Ledger, clock: Clock) -> None:
    """A worker that was given up for dead may still write down what it learnt."""
    filing_id = add(ledger)
    found = claimed(ledger)
    assert found is not None
    with ledger.transaction() as transaction:
        call = started(transaction.book(*found))
    cancel_at = clock.pass_by(hours=1)
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing_id, "Kim", cancel_at, LEASE)
        assert book is not None
        book.append(CancelRequested("Kim", cancel_at, "withdrawn"))
        transaction.release(book)
    assert purge(ledger, filing_id) == 1 + 1 + 1 + 2
    with ledger.transaction() as transaction:
        transaction.book(filing_id).append(*answer(call))
    assert ledger.verify() == []
    assert [one.filing.id for one in ledger.purgeable(clock.now, Retention())] == [filing_id]
    assert purge(ledger, filing_id) == 1
    assert [one.body for one in ledger.exchanges(filing_id)] == [None]
    assert ledger.verify() == []


def test_what_was_filed_is_preserved_for_a_year(ledger: Ledger, clock: Clock) -> None:
    """Up to the moment; the error says until when and why, and nothing was taken out."""
    filing_id = add_secret(ledger)
    file_it(ledger, filing_id)
    clock.now = T0 + timedelta(days=365) - timedelta(seconds=1)
    with pytest.raises(PreservedError, match=r"is preserved until 2027-03-02T12:00:00Z: what was filed") as caught:
        purge(ledger, filing_id)
    assert caught.value.until == T0 + timedelta(days=365)
    assert ledger.findings(filing_id) == [{"message": CONTENT}]
    assert ledger.verify() == []
    clock.pass_by(seconds=1)
    assert purge(ledger, filing_id) > 0


def test_a_hold_is_kept(ledger: Ledger, clock: Clock) -> None:
    """As long as a person asked for, for what was filed and what was cancelled; it can be ended."""
    filed, cancelled = add(ledger), add(ledger, "case-2")
    file_it(ledger, filed)
    cancel(ledger, cancelled)
    for one in (filed, cancelled):
        hold(ledger, one, 800)
        clock.now = T0 + timedelta(days=799)
        with pytest.raises(PreservedError, match="a person asked") as caught:
            purge(ledger, one)
        assert caught.value.until == T0 + timedelta(days=800)
    hold(ledger, filed, None)
    assert purge(ledger, filed) > 0
    clock.pass_by(days=1)
    assert purge(ledger, cancelled) > 0
    assert ledger.verify() == []


def test_what_was_cancelled_is_kept_as_long_as_the_provider_says(ledger: Ledger, clock: Clock) -> None:
    """Without a wish it can go at once."""
    filing_id = add(ledger)
    cancel(ledger, filing_id)
    with pytest.raises(PreservedError, match="is kept for 30 days"):
        purge(ledger, filing_id, after=timedelta(days=30))
    clock.pass_by(days=30)
    assert purge(ledger, filing_id, after=timedelta(days=30)) > 0


def test_what_has_not_ended_is_never_purged(ledger: Ledger, clock: Clock) -> None:
    """However long ago it came in."""
    filing_id = add(ledger)
    clock.now += 10 * YEAR
    with pytest.raises(PreservedError, match="has not ended: it is new") as caught:
        purge(ledger, filing_id)
    assert caught.value.until is None
    assert list(ledger.purgeable(clock.now, Retention())) == []
    with pytest.raises(LedgerError, match="no filing"):
        purge(ledger, "nothing")


def test_what_a_supplement_is_about_is_preserved(ledger: Ledger, clock: Clock) -> None:
    """Until that has ended as well."""
    filing_id, other = add(ledger), add(ledger, "supplement")
    file_it(ledger, filing_id)
    with ledger.transaction() as transaction:
        transaction.book(filing_id).append(FollowedUp(other, "Kim", T0, "more was found"))
    clock.now += YEAR
    with pytest.raises(PreservedError, match=f"until its supplement, filing {other}, has ended"):
        purge(ledger, filing_id)
    cancel(ledger, other)
    assert purge(ledger, filing_id) > 0


def test_what_can_go_is_listed(ledger: Ledger, clock: Clock) -> None:
    """With why the others cannot; what has not ended is not listed."""
    old, held, young, _new = (add(ledger, f"case-{number}") for number in range(4))
    file_it(ledger, old)
    file_it(ledger, held)
    hold(ledger, held, 800)
    clock.now += YEAR
    cancel(ledger, young)
    found = {one.filing.id: one for one in ledger.purgeable(clock.now, Retention(after=timedelta(days=7)))}
    assert set(found) == {old, held, young}
    assert (found[old].kept, found[old].until) == ("", None)
    assert (found[held].until, "a person asked" in found[held].kept) == (T0 + timedelta(days=800), True)
    assert found[young].until == clock.now + timedelta(days=7)


def test_what_is_not_as_it_was_written_is_not_purged(path: Path, clock: Clock, keys: tuple[bytes, ...]) -> None:
    """It may be the proof of what somebody did."""
    with open_ledger(path, clock, keys=keys) as ledger:
        filing_id = add(ledger)
        file_it(ledger, filing_id)
    tampered(path, "UPDATE record_contents SET content = x'00'")
    clock.now += YEAR
    with open_ledger(path, clock, keys=keys) as ledger:
        with pytest.raises(LedgerError, match="nothing is purged that is not as it was written"):
            purge(ledger, filing_id)
        assert [one.status.kind for one in ledger.filings(T0)] == [Kind.FILED]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE package_files SET size = size + 1",
        "UPDATE package_files SET sha256 = replace(sha256, 'a', 'b')",
        "UPDATE packages SET versions = '{}'",
        "UPDATE packages SET batched = 1",
        "DELETE FROM package_files WHERE position = 1",
        "UPDATE record_contents SET sha256 = zeroblob(32)",
        "UPDATE exchanges SET body = NULL",
        "UPDATE exchanges SET request_sha256 = replace(request_sha256, 'e', 'f')",
        "UPDATE events SET payload = NULL WHERE seq = 2",
        "DELETE FROM events WHERE kind = 'purged'",
        "UPDATE packages SET report = x'3c2f3e'",
        "UPDATE package_files SET name = 'another.png' WHERE position = 1",
        "UPDATE record_contents SET content = x'3c2f3e'",
        "UPDATE record_contents SET folder = '/elsewhere'",
        "UPDATE findings SET findings = '[]'",
    ],
)
def test_what_stays_is_still_proven(path: Path, clock: Clock, keys: tuple[bytes, ...], statement: str) -> None:
    """Digests, sizes and versions of what was purged, the receipt, and that it was purged."""
    with open_ledger(path, clock, keys=keys) as ledger:
        filing_id = add(ledger)
        file_it(ledger, filing_id)
        clock.now += YEAR
        purge(ledger, filing_id)
        assert ledger.verify() == []
    tampered(path, statement)
    with Ledger.open(path, keys=keys) as ledger:
        assert ledger.verify() != []


def test_without_the_key_it_can_be_purged(path: Path, clock: Clock) -> None:
    """What is taken out need not be read."""
    with open_ledger(path, clock, keys=[KEY]) as ledger:
        filing_id = add_secret(ledger)
        file_it(ledger, filing_id)
        receipt = ledger.receipt(filing_id)
    clock.now += YEAR
    with Ledger.open(path, clock=clock) as ledger:
        assert purge(ledger, filing_id) > 0
        assert ledger.verify() == []
    with open_ledger(path, clock, keys=[KEY]) as ledger:
        assert ledger.receipt(filing_id) == receipt
        assert ledger.verify() == []


PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from cybertip.filing.preservation import Retention
from cybertip.ledger import Ledger
from tests.unit.ledger.ledgers import T0
later = T0 + timedelta(days=366)
with Ledger.open(Path(sys.argv[1]), clock=lambda: later) as ledger:
    for one in ledger.purgeable(later, Retention()):
        print(one.filing.id, flush=True)
        ledger.purge(one.filing.id, by="Kim", reason="a year has passed", retention=Retention())
"""


@pytest.mark.parametrize("lines", [1, 4, 9])
def test_a_kill_half_way_costs_nothing(path: Path, clock: Clock, lines: int) -> None:
    """Each filing is purged completely, with its event, or not at all; the next run does the rest."""
    with open_ledger(path, clock) as ledger:
        for number in range(10):
            file_it(ledger, add_secret(ledger, f"case-{number}"))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        for _ in range(lines):
            assert killed.stdout.readline()
        killed.kill()
    clock.now += YEAR
    with open_ledger(path, clock) as ledger:
        assert ledger.verify() == []
        rest = list(ledger.purgeable(clock.now, Retention()))
        assert len(rest) <= 10 - lines + 1
        for one in rest:
            assert ledger.findings(one.filing.id)
            purge(ledger, one.filing.id)
        assert ledger.verify() == []
        assert not in_file(path)
