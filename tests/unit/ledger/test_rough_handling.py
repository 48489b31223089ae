"""A ledger that is written badly, read too closely, or on a full disk."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cybertip.filing import AtNcmec, Kind, Phase, Situation
from cybertip.filing.preservation import Retention
from cybertip.ledger import LedgerError
from tests.canaries import CONTENT
from tests.unit.ledger.ledgers import REPORT, T0, add, claimed, file_it, new, open_ledger, tampered


def test_a_filed_filing_cannot_be_made_new(tmp_path: Path) -> None:
    """The last event covers the state, so that nobody files it again and verify sees nothing."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        filing_id = add(ledger)
        file_it(ledger, filing_id)
    with closing(sqlite3.connect(path)) as connection:
        (state,) = connection.execute("SELECT state FROM filings").fetchone()
    anew = json.dumps(json.loads(state) | {"phase": "new", "report_id": None, "attempt": None})
    tampered(path, f"UPDATE filings SET state = '{anew}', phase = 'new', report_id = NULL, opens = 1, due = 0")
    with open_ledger(path) as ledger:
        assert "its state is not the one that its last event led to" in {one.words for one in ledger.verify()}


def test_a_state_that_cannot_be_read_is_made_of_the_events(tmp_path: Path) -> None:
    """The kept state is only a short cut."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        filing_id = add(ledger)
        before = ledger.filing(filing_id, T0)
    tampered(path, "UPDATE filings SET state = '{}'")
    with open_ledger(path) as ledger:
        assert ledger.filing(filing_id, T0) == before
        assert claimed(ledger) == (filing_id, 1)


def test_what_cannot_be_read_at_all_stops_nobody_else(tmp_path: Path) -> None:
    """It waits for a person, in words, and those behind it are served."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        broken = add(ledger, "broken", urgent=True)
        add(ledger, "right")
    tampered(path, f"UPDATE filings SET state = '{{}}' WHERE id = '{broken}'")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE events SET payload = NULL WHERE filing_id = ?", (broken,))
        connection.commit()
    with open_ledger(path) as ledger:
        kinds = {one.record_ids[0]: one.status for one in ledger.filings(T0)}
        assert kinds["broken"].kind is Kind.NEEDS_DECISION
        assert kinds["broken"].situation is Situation.UNREADABLE
        found = claimed(ledger)
        assert found is not None
        assert found[0] != broken
        assert claimed(ledger) is None
        assert ledger.verify() != []


def test_what_is_filed_stays_so_although_it_cannot_be_read(tmp_path: Path) -> None:
    """Its columns say whether it is filed; where they do not, it is not known whether NCMEC has it."""
    path = tmp_path / "ledger.sqlite3"
    with open_ledger(path) as ledger:
        names = {add(ledger, name): name for name in ("filed", "nameless", "waiting")}
        for filing_id, name in names.items():
            if name != "waiting":
                file_it(ledger, filing_id)
        nameless = next(one for one, name in names.items() if name == "nameless")
    tampered(
        path, "UPDATE filings SET state = '{'", "UPDATE events SET payload = x'00' WHERE seq = 1",
        f"UPDATE filings SET report_id = NULL WHERE id = '{nameless}'",
    )  # fmt: skip
    with open_ledger(path) as ledger:
        told = {one.record_ids[0]: one.status for one in ledger.filings(T0)}
        assert {one.situation for one in told.values()} == {Situation.UNREADABLE}
        assert {one.kind for one in told.values()} == {Kind.NEEDS_DECISION}
        assert {name: one.at_ncmec for name, one in told.items()} == {
            "filed": AtNcmec.YES, "nameless": AtNcmec.MAYBE, "waiting": AtNcmec.MAYBE,
        }  # fmt: skip
        assert told["filed"].told == f"NCMEC has it: report {REPORT}."
        assert told["waiting"].told == "NCMEC may have it."
        assert {command.line for one in told.values() for command in one.commands} == {"cybertip ledger verify"}
        (kept,) = ledger.purgeable(T0, Retention(after=timedelta()))
        assert "cannot be read" in kept.kept
        for filing_id in names:
            with pytest.raises(LedgerError, match="cannot be read"):
                ledger.history(filing_id)


def test_no_row_gets_into_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SQLAlchemy would write what it reads to its log: records, documents, and the key of the blind index."""
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    canary = CONTENT.encode()
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        with ledger.transaction() as transaction:
            secret = new()
            transaction.add(type(secret)(("case-1",), (canary,), secret.enqueued, secret.package), T0)
        with ledger.transaction() as transaction:
            found = transaction.find("case-1")
            assert found is not None
            assert found.record == canary
        list(ledger.filings(T0))
    assert CONTENT not in caplog.text
    assert "Row (" not in caplog.text


def test_a_full_disk_is_no_commit(tmp_path: Path) -> None:
    """SQLite takes a whole transaction back when the disk is full; nobody may believe that it was written."""
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        add(ledger)
        big = new("big")
        with pytest.raises(LedgerError), ledger.transaction() as transaction:  # noqa: PT012
            pages = transaction._connection.execute(text("PRAGMA page_count")).scalar_one()
            transaction._connection.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
            transaction._connection.execute(text("PRAGMA cache_size = 1"))
            # Whoever swallows the error must not end with a commit of nothing.
            with contextlib.suppress(Exception):
                transaction.add(type(big)(("big",), (b"x" * 4_000_000,), big.enqueued, big.package), T0)
        with ledger.transaction() as transaction:
            assert transaction.find("big") is None
            assert transaction.find("case-1") is not None


def test_an_interrupt_leaves_a_ledger_that_works(tmp_path: Path) -> None:
    """Whatever ends a transaction, the next one has its turn."""
    with open_ledger(tmp_path / "ledger.sqlite3") as ledger:
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt), ledger.transaction() as transaction:  # noqa: PT012
                transaction.add(new(), T0)
                raise KeyboardInterrupt
        assert add(ledger)
        assert [one.state.phase for one in ledger.filings(T0)] == [Phase.NEW]
