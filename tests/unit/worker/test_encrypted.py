"""Filing into an encrypted ledger, with keys that change, and after a purge."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.client import Client
from cybertip.filing import Kind
from cybertip.filing.preservation import Retention
from cybertip.ledger import Ledger, _rekeying
from cybertip.mock import MockServer
from cybertip.worker import Filer, OtherContentError
from tests.unit.ledger.sealing import KEY, OTHER, in_file
from tests.unit.worker.conftest import PACE, data, now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "ledger.sqlite3"


def opened(path: Path, *keys: bytes, **more: Any) -> Ledger:
    """The ledger with these keys."""
    return Ledger.open(path, environment="mock", account="mock", pace=PACE, keys=keys, **more)


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A ledger that was encrypted with the old key, and has the new one first."""
    opened(path, KEY).close()
    with opened(path, OTHER, KEY) as found:
        yield found


def test_the_key_changes_while_a_worker_files(
    filer: Filer, ledger: Ledger, path: Path, client: Client, record: dict[str, Any], tmp_path: Path,
    server: MockServer, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Everything is filed once, and the new key alone opens all of it."""
    monkeypatch.setattr(_rekeying, "ROWS", 1)
    with opened(path, KEY) as before:
        old = Filer(before, client, sample.profile(), pace=PACE)
        for number in range(3):
            old.enqueue(data(record, id=f"case-{number}"), tmp_path)
    for number in range(3, 6):
        filer.enqueue(data(record, id=f"case-{number}"), tmp_path)
    working = threading.Thread(target=filer.run_until_idle)
    working.start()
    done = ledger.rekey()
    working.join()
    assert done.left == ()
    with opened(path, OTHER) as after:
        assert after.verify() == []
        assert {one.status.kind for one in after.filings(now())} == {Kind.FILED}
        assert all(after.receipt(one.id) for one in after.filings(now()))
    assert len(server.core.reports) == 6


def test_what_was_purged_is_known_when_it_is_handed_in_again(
    filer: Filer, ledger: Ledger, path: Path, client: Client, record: dict[str, Any], tmp_path: Path
) -> None:
    """The same record gives its filing and is not filed twice; another of the same id is refused."""
    raw = data(record, suspects=[{"identifier": "user-9000"}])
    filed = filer.file(raw, tmp_path)
    assert filed.status.kind is Kind.FILED
    later = now() + timedelta(days=400)
    with opened(path, OTHER, KEY, clock=lambda: later) as ledger_later:
        retention = Retention()
        ledger_later.purge(filed.id, by="Kim", reason="a year has passed", retention=retention)
        again = Filer(ledger_later, client, sample.profile(), pace=PACE)
        assert again.file(raw, tmp_path).id == filed.id
        with pytest.raises(OtherContentError):
            again.file(data(record, notes="another"), tmp_path)
        # A new report on the same account still names the earlier one.
        assert ledger_later.reports_on("user-9000") == (filed.status.report_id,)
        assert ledger_later.verify() == []
    assert not in_file(path, b"user-9000")
