"""What goes wrong around a filer: a ledger that is busy, packages that are gone, people who say too little."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip.filing import Kind, Pace
from cybertip.filing.events import Word
from cybertip.filing.packages import Frozen
from cybertip.findings import RecordError
from cybertip.intake import accept_record, read_record
from cybertip.ledger import Ledger, _engine
from cybertip.mock import MockServer
from cybertip.mock.faults import Throttle
from cybertip.worker import Filer, OtherContentError, Watch
from tests.samples import report_xml
from tests.unit.worker.conftest import data, now


def test_a_busy_ledger_costs_no_receipt(
    filer: Filer,
    record: dict[str, Any],
    tmp_path: Path,
    server: MockServer,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever holds the receipt keeps it until it is written, however long another program writes."""
    monkeypatch.setattr(_engine, "BUSY_SECONDS", 1)
    blocker = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None, check_same_thread=False)
    release = threading.Timer(3.0, lambda: blocker.execute("ROLLBACK"))
    end = server.core.finish

    def finish(account: str, report_id: int) -> Any:
        blocker.execute("BEGIN IMMEDIATE")
        release.start()
        return end(account, report_id)

    monkeypatch.setattr(server.core, "finish", finish)
    with Ledger.open(tmp_path / "ledger.sqlite3", environment="mock", account="mock", pace=ledger.pace) as impatient:
        with closing(impatient._engine.raw_connection()) as connection:
            connection.execute("PRAGMA busy_timeout = 200")
        filing = Filer(impatient, filer._client, filer._profiles).file(data(record), tmp_path)
    release.join()
    blocker.close()
    assert filing.status.kind is Kind.FILED
    assert not filing.state.receipt_lost
    assert ledger.receipt(filing.id) is not None


def test_a_purged_package_stops_nobody_else(
    filer: Filer, make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path
) -> None:
    """It is blocked and says why; the one behind it is filed."""
    gone = filer.enqueue(data(record), tmp_path)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        connection.execute("UPDATE packages SET report = NULL")
        connection.commit()
    other = filer.enqueue(data(record, id="case-2"), tmp_path)
    filer.run_until_idle()
    assert filer.filing(other.id).status.kind is Kind.FILED
    status = filer.filing(gone.id).status
    assert (status.kind, "purged" in status.reason) == (Kind.BLOCKED, True)
    # Nor does it when it is looked at again.
    moved = make_filer(clock=lambda: now() + timedelta(hours=3))
    third = filer.enqueue(data(record, id="case-3"), tmp_path)
    moved.run_until_idle()
    assert filer.filing(third.id).status.kind is Kind.FILED
    assert filer.filing(gone.id).status.kind is Kind.BLOCKED


def test_a_batch_is_corrected_as_a_whole(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """One record of it would be filed alone, and the others be taken for filed."""
    plain = {**record, "actions": [], "evidence": record["evidence"][:1]}
    wrong = [data(plain, id=f"case-{n}", suspects=[{"identifier": f"user-{n}"}]) for n in range(2)]
    filing = filer.enqueue_batch(wrong, tmp_path)
    assert filing.status.kind is Kind.NEEDS_CORRECTION
    plain["evidence"] = [plain["evidence"][0] | {"annotations": {"viral": True}}]
    right = [data(plain, id=f"case-{n}", suspects=[{"identifier": f"user-{n}"}]) for n in range(2)]
    with pytest.raises(OtherContentError):
        filer.operator("a person").correct(filing.id, right[0], tmp_path)
    filer.operator("a person").correct(filing.id, right, tmp_path)
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED
    assert server.report().xml.count(b"<espIdentifier>user-") == 2
    with pytest.raises(RecordError, match="already"):
        filer.enqueue_batch([right[0], right[0]], tmp_path)


def test_all_forms_of_a_record_are_the_same(
    filer: Filer, record: dict[str, Any], tmp_path: Path, ledger: Ledger
) -> None:
    """Also one with values that XML cannot carry: nothing of it is lost, whichever way it came in."""
    record["suspects"][0]["person"]["addresses"] = [{"state": "AS", "country": "Nowhere"}]
    record["notes"] = "a\u0007b"
    raw = data(record)
    first = filer.enqueue(accept_record(raw), tmp_path)
    assert filer.enqueue(raw, tmp_path).id == first.id
    assert filer.enqueue(accept_record(raw), tmp_path).id == first.id
    with ledger.transaction() as transaction:
        found = transaction.find(record["id"])
        assert found is not None
        assert accept_record(found.record or b"") == accept_record(raw)
    record["notes"] = "a\u0008b"
    with pytest.raises(OtherContentError):
        filer.enqueue(accept_record(data(record)), tmp_path)
    plain = data({**record, "id": "case-2", "notes": "ab", "suspects": []}, actions=[])
    second = filer.enqueue(read_record(plain), tmp_path)
    assert filer.enqueue(plain, tmp_path).id == second.id


@pytest.mark.parametrize(
    ("by", "reason"), [("", "why"), (" ", "why"), ("a person", ""), ("a\x1b[31m", "why"), ("\ud800", "x")]
)
def test_a_word_needs_a_person_and_a_reason(
    filer: Filer, record: dict[str, Any], tmp_path: Path, by: str, reason: str
) -> None:
    """Who and why is part of the proof, and is read on terminals."""
    filing = filer.enqueue(data(record), tmp_path)
    with pytest.raises(ValueError, match="person"):
        filer.operator(by).cancel(filing.id, reason=reason)
    with pytest.raises(ValueError, match="person"):
        filer.operator(by).decide(filing.id, Word.REFILE, reason=reason)
    assert filer.filing(filing.id).status == filing.status


def test_who_cancelled_is_said(filer: Filer, record: dict[str, Any], tmp_path: Path) -> None:
    """By whom and why, wherever the status is read."""
    filing = filer.enqueue(data(record), tmp_path)
    cancelled = filer.operator("Ann").cancel(filing.id, reason="wrong person")
    assert cancelled.status.reason == "cancelled by Ann: wrong person"


@pytest.mark.parametrize("filing_id", ["", " ", "\x1b[31mred", "a\0b", "x" * 201, "\ud800"])
def test_documents_need_a_usable_id(filer: Filer, ledger: Ledger, filing_id: str) -> None:
    """It stands in lists, like that of a record."""
    with pytest.raises(ValueError, match="printable"):
        filer.enqueue_documents(filing_id, Frozen(report_xml(), (), {"program": "x"}))


def test_a_watcher_that_fails_stops_nothing(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path
) -> None:
    """Whoever looks on must not keep the next call from being made."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    filer = make_filer(watch=Watch(fail, lambda *_: None))
    assert filer.file(data(record), tmp_path).status.kind is Kind.FILED


def test_nothing_spins_where_paces_differ(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """A filer that waits longer than the ledger thinks says so, instead of claiming in a circle."""
    server.set_faults(Throttle(call="upload", retry_after=3600, times=None))
    filer = make_filer(pace=Pace(margin=timedelta(hours=2)))
    filing = filer.file(data(record), tmp_path)
    before = len(ledger.history(filing.id))
    for _ in range(5):
        filer.run_until_idle()
        filer.advance(filing.id)
    assert len(ledger.history(filing.id)) == before


def test_what_rests_is_claimed_by_nobody(filer: Filer, record: dict[str, Any], tmp_path: Path, ledger: Ledger) -> None:
    """A job engine that polls a filed record does not make its chain longer."""
    filing = filer.file(data(record), tmp_path)
    before = len(ledger.history(filing.id))
    for _ in range(3):
        filer.advance(filing.id)
        filer.file(data(record), tmp_path)
    assert len(ledger.history(filing.id)) == before
