"""What all commands share that change a filing: waiting no longer than there is patience, and who it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cybertip import Client, Filer, Ledger, sample
from cybertip.cli import _changing
from cybertip.cli._main import run

LEDGER = "cybertip-mock.sqlite3"


@pytest.fixture
def filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A filing that waits, in the ledger of the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("CYBERTIP_LEDGER", "CYBERTIP_ENVIRONMENT", "CYBERTIP_BASE_URL", "CYBERTIP_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    with (
        Ledger.open(LEDGER, environment="mock", account="mock") as ledger,
        Client("mock", "mock-password") as client,
    ):
        return Filer(ledger, client, sample.profile()).enqueue(sample.write_case(tmp_path).read_bytes(), tmp_path).id


def test_a_worker_that_does_not_let_go(
    filing: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Status 4 when patience is over, and nothing is changed; that it is waited for is said once."""
    monkeypatch.setattr(_changing, "PATIENCE", timedelta(milliseconds=300))
    with Ledger.open(LEDGER) as ledger:
        with ledger.transaction() as transaction:
            transaction.claim_this(filing, "another machine/1/x", datetime.now(UTC), timedelta(hours=1))
        before = ledger.history(filing)
        assert run(["cancel", filing, "--reason", "x", "--yes"]) == 4
        out, err = capsysbinary.readouterr()
        assert out == b""
        assert err.count(b"A worker is in the middle of a call of it") == 1
        assert b"a worker is at filing" in err
        assert run(["cancel", filing, "--reason", "x", "--yes", "--json"]) == 4
        assert json.loads(capsysbinary.readouterr().out)["error"]["kind"] == "FilingBusyError"
        assert ledger.history(filing) == before


def test_nothing_is_built_again_under_a_made_up_reporter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The ledger's own environment counts, also where nobody named one: in a folder without profiles a command that
    builds again is refused and changes nothing; one that does not goes on, and tells the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("CYBERTIP_LEDGER", "CYBERTIP_ENVIRONMENT", "CYBERTIP_BASE_URL", "CYBERTIP_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    record = sample.write_case(tmp_path).read_bytes().replace(b'"confirmed"', b'"pending"')
    (tmp_path / "record.json").write_bytes(record)
    with (
        Ledger.open("real.sqlite3", environment="production", account="esp") as ledger,
        Client("esp", "a-password", environment="production") as client,
    ):
        filing = Filer(ledger, client, sample.profile()).enqueue(record, tmp_path).id
        before = ledger.history(filing)
        for command in (
            ("retry", filing),
            ("correct", filing, "record.json", "--yes"),
            ("override", filing, "P502", "--reason", "x", "--yes"),
            ("follow-up", filing, "record.json", "--reason", "x", "--yes"),
        ):
            assert run([*command, "--ledger", "real.sqlite3"]) == 2
            assert b"no report is filed under a made-up reporter" in capsysbinary.readouterr().err
        assert ledger.history(filing) == before
    assert run(["cancel", filing, "--reason", "x", "--yes", "--json", "--ledger", "real.sqlite3"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["environment"] == "production"


def test_nobody_is_logged_in(
    filing: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """As in a container that has no names: say it with --as. The login name is taken else."""

    def no_name() -> str:
        raise KeyError("uid")

    monkeypatch.setattr("getpass.getuser", no_name)
    assert run(["cancel", filing, "--reason", "x", "--yes"]) == 2
    assert b"--as NAME" in capsysbinary.readouterr().err
    monkeypatch.setattr("getpass.getuser", lambda: "night-shift")
    assert run(["cancel", filing, "--reason", "x", "--yes"]) == 0
    with Ledger.open(LEDGER) as ledger:
        assert getattr(ledger.history(filing)[-1][1], "by", "") == "night-shift"
