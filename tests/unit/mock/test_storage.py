"""The state of a mock in a file: what another mock finds there, and what it makes of other files."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cybertip.errors import ConfigurationError
from cybertip.mock import MockCore, ReportState
from cybertip.mock.state import MOST_EXCHANGES, ReceivedReport
from cybertip.mock.storage import FORMAT, StateFile
from tests.samples import file_details_xml, report_xml
from tests.unit.mock.hand_clock import ESP, START, HandClock, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@contextmanager
def mock(path: Path, clock: HandClock | None = None, first_report_id: int = 4_100_000_001) -> Iterator[MockCore]:
    """A mock that keeps its state in the file."""
    with closing(StateFile(path)) as journal:
        yield MockCore({ESP: "secret"}, clock=clock or HandClock(), journal=journal, first_report_id=first_report_id)


def facts(report: ReceivedReport) -> tuple[object, ...]:
    """All that is kept of a report."""
    times = (report.opened_at, report.changed_at, report.closed_at, report.lapses_at)
    return (report.id, report.account, report.xml, report.batched, report.state, times, report.files)


def file_one(core: MockCore) -> ReceivedReport:
    """A report with two files, one of them described."""
    report = opened(core)
    for number in range(2):
        core.upload(ESP, report.id, name=f"Bild {number} ü.png", size=67, md5="0" * 32, sha256="1" * 64)
    core.fileinfo(ESP, file_details_xml(report.id, report.files[1].id))
    return report


def test_another_mock_goes_on_from_it(path: Path) -> None:
    """Reports with their states, times, files and details are there again, in their order."""
    with mock(path) as core:
        finished, retracted, still_open = file_one(core), opened(core), file_one(core)
        core.finish(ESP, finished.id)
        core.retract(ESP, retracted.id)
        before = [facts(report) for report in core.reports.values()]
    with mock(path) as core:
        assert [facts(report) for report in core.reports.values()] == before
        assert core.reports[finished.id].state is ReportState.FINISHED
        core.finish(ESP, still_open.id)
        assert core.reports[still_open.id].state is ReportState.FINISHED


def test_report_ids_go_on(path: Path) -> None:
    """A later mock never gives an id again, wherever it is told to begin, and neither after everything was deleted."""
    with mock(path, first_report_id=5000) as core:
        assert opened(core).id == 5000
    with mock(path, first_report_id=10) as core:
        assert opened(core).id == 5001
        core.forget()
    with mock(path, first_report_id=10) as core:
        assert not core.reports
        assert opened(core).id == 5002
    with mock(path, first_report_id=6000) as core:
        assert opened(core).id == 6000


def test_exchanges_are_kept_with_their_reports(path: Path) -> None:
    """What was asked of a report can still be looked at."""
    with mock(path) as core:
        exchange, _ = core.begin("POST", "submit", ESP)
        core.end(exchange, core.submit(ESP, report_xml()), "answered", 0.25)
    with mock(path) as core:
        (report,) = core.reports.values()
        assert list(report.exchanges) == [exchange]
        assert core.begin("POST", "finish", ESP)[0].number == exchange.number + 1


def test_only_the_latest_exchanges_of_a_report_are_kept(path: Path) -> None:
    """A report that was asked about without end does not make the file grow without end."""
    with mock(path) as core:
        report = opened(core)
        for _ in range(MOST_EXCHANGES + 100):
            exchange, _ = core.begin("POST", "finish", ESP)
            core.end(exchange, core.answers.success(report_id=report.id), "answered")
    with mock(path) as core:
        assert [one.number for one in core.reports[report.id].exchanges] == list(range(101, MOST_EXCHANGES + 101))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM exchanges").fetchone() == (MOST_EXCHANGES,)


def test_a_moved_clock_stays_moved(path: Path) -> None:
    """A report that lapsed because the time was moved has still lapsed, and the time is still ahead."""
    with mock(path) as core:
        report = opened(core)
        core.move_clock(by=timedelta(hours=30))
    with mock(path) as core:
        assert core.clock() == START + timedelta(hours=30)
        assert core.reports[report.id].state is ReportState.LAPSED
        core.reset_clock()
    with mock(path) as core:
        assert core.clock() == START
        assert core.reports[report.id].state is ReportState.LAPSED


def test_nothing_is_lost_without_an_orderly_end(path: Path, tmp_path: Path) -> None:
    """What was answered is in the file before the answer is: a copy of the files at any moment holds it."""
    copy = tmp_path / "copy.db"
    with mock(path) as core:
        report = file_one(core)
        core.finish(ESP, report.id)
        for suffix in ("", "-wal"):
            Path(f"{copy}{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
        before = facts(report)
    with mock(copy) as core:
        assert facts(core.reports[report.id]) == before


def test_only_its_owner_may_read_it(path: Path) -> None:
    """What clients sent is nobody else's business."""
    with mock(path) as core:
        opened(core)
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_file_in_use(path: Path) -> None:
    """Two mocks cannot share a file; the second is told so, and the first goes on."""
    with mock(path) as core:
        opened(core)
        with pytest.raises(ConfigurationError, match=r"state\.db is in use; stop the other mock"):
            StateFile(path)
        opened(core)


def test_other_files_are_left_alone(path: Path) -> None:
    """Text, another program's database and a later format are refused in words, and stay as they are."""
    path.write_text("no database at all, but a text that is long enough to be looked at twice" * 10)
    refused(path, r"is no SQLite database; choose another file")
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE people (name TEXT)")
        other.commit()
    refused(path, "is a database of something else; choose another file")
    path.unlink()
    with mock(path):
        pass
    with closing(sqlite3.connect(path)) as later:
        later.execute(f"PRAGMA user_version = {FORMAT + 1}")
    refused(path, f"has format {FORMAT + 1}, this version reads {FORMAT}; choose another file")


def refused(path: Path, words: str) -> None:
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=words):
        StateFile(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["missing/state.db", "."])
def test_a_place_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    """A folder that does not exist, and a folder in place of a file, are named with the system's reason."""
    with pytest.raises(ConfigurationError, match=r"cannot be opened: .+; choose a path that you may write to"):
        StateFile(tmp_path / name)
