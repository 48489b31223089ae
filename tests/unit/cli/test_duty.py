"""What a worker does when something goes wrong that nobody foresaw, and at which pace it tries refused credentials."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.cli._duty import Duty
from cybertip.cli._output import Output
from cybertip.cli._work_events import Events
from cybertip.config import Settings, load_settings
from cybertip.ledger import Ledger, LedgerError
from cybertip.mock import MockServer
from cybertip.worker import Filer
from tests.canaries import CONTENT


@dataclass
class Bench:
    """A duty whose parts can be made to fail, and what it said."""

    duty: Duty
    filer: Filer
    settings: Settings
    ledger: Ledger
    now: list[float]
    capture: pytest.CaptureFixture[bytes]
    said: list[dict[str, Any]] = field(default_factory=list)

    def events(self, *names: str) -> list[dict[str, Any]]:
        """What was said so far, by name."""
        self.said += [json.loads(line) for line in self.capture.readouterr().out.splitlines()]
        return [one for one in self.said if one["event"] in names]


@pytest.fixture
def bench(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[Bench]:
    """A duty with one thread, on a ledger of the mock's; its clock is a number."""
    (tmp_path / "password").write_text("mock-password\n")
    (tmp_path / "password").chmod(0o600)
    with MockServer() as server:
        flags = {"server.base_url": server.base_url, "server.password_file": str(tmp_path / "password")}
        settings = load_settings({**flags, "work.threads": 1, "work.poll": 0.1}, {}, None)
        access = settings.connection()
        place = tmp_path / "ledger.sqlite3"
        with Ledger.open(place, environment="mock", account="mock") as ledger, access.client() as client:
            filer = Filer(ledger, client, sample.profile())
            now = [1000.0]
            duty = Duty(settings, access, ledger, filer, None, Events(Output("work", as_json=True)), lambda: now[0])
            yield Bench(duty, filer, settings, ledger, now, capfdbinary)


def test_an_unforeseen_error_does_not_end_the_work(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told of without its own words, and what comes after it is done."""
    done: list[str] = []

    def drain() -> int:
        done.append("")
        if len(done) <= 5:
            raise RuntimeError(CONTENT)
        bench.filer.stop()
        return 1

    monkeypatch.setattr(bench.filer, "drain", drain)
    bench.duty.run(lambda: None)
    assert bench.duty.defect is None
    assert [one["kind"] for one in bench.events("defect")] == ["RuntimeError"] * 5
    assert "RuntimeError" in caplog.text


def test_one_that_comes_again_and_again_does(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten in a row; a filing that was worked on in between begins the count anew."""
    left = iter([*[RuntimeError("a")] * 9, None, *[RuntimeError("b")] * 10])

    def drain() -> int:
        found = next(left)
        if found is not None:
            raise found
        return 1

    monkeypatch.setattr(bench.filer, "drain", drain)
    bench.duty.run(lambda: None)
    assert isinstance(bench.duty.defect, RuntimeError)
    assert next(left, "none") == "none"


def test_a_ledger_that_fails_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often: said once, and once more when it is over."""
    left = iter([LedgerError("the disk is full")] * 15)

    def drain() -> int:
        found = next(left, None)
        if found is not None:
            raise found
        bench.filer.stop()
        return 1

    monkeypatch.setattr(bench.filer, "drain", drain)
    monkeypatch.setattr("cybertip.cli._duty._SHORTEST", 0.0)
    bench.duty.run(lambda: None)
    assert bench.duty.defect is None
    assert [one["words"] for one in bench.events("trouble", "note")][:1] == ["the disk is full"]


@pytest.fixture
def refused(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Refused credentials; gives how often they were tried."""
    tried: list[None] = []

    def unblock() -> bool:
        tried.append(None)
        return False

    monkeypatch.setattr(bench.filer, "unblock", unblock)
    with bench.ledger.transaction() as transaction:
        transaction.block("HTTP 401", bench.ledger._core.clock())
    return lambda: len(tried)


def test_refused_credentials_are_tried_at_a_growing_pace(bench: Bench, refused: Callable[[], int]) -> None:
    """After half a minute, then twice as long each time, up to ten minutes."""
    moments = []
    began = bench.now[0]
    for _ in range(4000):
        before = refused()
        bench.duty._tend()
        if refused() > before:
            moments.append(bench.now[0] - began)
        bench.now[0] += 1
    assert moments == [30, 90, 210, 450, 930, 1530, 2130, 2730, 3330, 3930]
    assert [one["next_try_seconds"] for one in bench.events("blocked")][:6] == [30, 60, 120, 240, 480, 600]


def test_a_changed_secret_is_tried_at_once(bench: Bench, refused: Callable[[], int], tmp_path: Path) -> None:
    """Each time that it changes, and not otherwise."""
    bench.duty._tend()
    assert refused() == 0
    for number in range(3):
        (tmp_path / "password").write_text(f"another-{number}\n")
        bench.duty._tend()
        bench.duty._tend()
        assert refused() == number + 1
    bench.duty._clients.close()


def test_a_secret_that_cannot_be_read_changes_nothing(bench: Bench, refused: Callable[[], int], tmp_path: Path) -> None:
    """It is said once, and the credentials are tried at their pace."""
    (tmp_path / "password").unlink()
    for _ in range(3):
        bench.duty._tend()
    (note,) = bench.events("note")
    assert "not taken over" in note["words"]
    bench.now[0] += 30
    bench.duty._tend()
    assert refused() == 1
