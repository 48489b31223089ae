"""``cybertip work``: a worker that goes on until it is stopped, whatever happens around it."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cybertip import sample
from cybertip.client import Client
from cybertip.ledger import Ledger
from cybertip.worker import Filer
from tests.acceptance.conftest import Cli
from tests.acceptance.filings import ACCOUNT, LEDGER, case, finished
from tests.acceptance.programs import Program
from tests.acceptance.working import Worker, configure, rotate, workers
from tests.canaries import PASSWORD, USERNAME

Start = Callable[..., Program]
Begin = Callable[..., Worker]
ANOTHER = "canary-password-9b7e-rotated"


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Starts workers in the test's folder."""
    with workers(tmp_path) as starts:
        yield starts


@pytest.fixture
def server(start: Start, tmp_path: Path) -> Program:
    """A mock of the test's own, with the settings that lead to it."""
    running = start(*ACCOUNT)
    configure(tmp_path, running.base_url, PASSWORD)
    return running


def put(folder: Path, server: Program, *names: str) -> list[str]:
    """Put records into the ledger as another process would, without filing them; the ids of the filings."""
    with (
        Ledger.open(folder / LEDGER, environment="mock", account=USERNAME) as ledger,
        Client(USERNAME, PASSWORD, base_url=server.base_url) as client,
    ):
        filer = Filer(ledger, client, sample.profile())
        ids = []
        for name in names:
            # In a folder of its own: a worker may be reading the files of the others.
            own = folder / name
            own.mkdir(exist_ok=True)
            ids.append(filer.enqueue((own / case(own, name)).read_bytes(), own).id)
        return ids


def test_it_files_what_others_put_in_until_it_is_stopped(begin: Begin, server: Program, tmp_path: Path) -> None:
    """Before it was started and while it runs; a stop ends it with status 0, and each event is a line of JSON."""
    put(tmp_path, server, "case-1")
    worker = begin()
    (ready,) = worker.wait_for("ready")
    assert ready["base_url"] == server.base_url
    worker.wait_for("filing", status="filed")
    put(tmp_path, server, "case-2", "case-3")
    told = worker.wait_for("filing", 3, status="filed")
    left = worker.stop()
    assert left.status == 0
    assert sorted(one["report_id"] for one in told) == finished(server)
    assert {**left.events[-1], "at": ""} == {
        "cybertip": 1, "command": "work", "exit": 0, "event": "ended", "filed": 3, "at": "",
    }  # fmt: skip
    assert all(one["cybertip"] == 1 and one["command"] == "work" for one in left.events)
    assert [one["call"] for one in left.events if one["event"] == "call"].count("finish") == 3


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_call_in_flight_end(
    begin: Begin, server: Program, tmp_path: Path, sign: signal.Signals
) -> None:
    """The upload is finished and recorded, nothing new is begun, and the next worker goes on with the same report."""
    server.steer("PUT", "/faults", [{"fault": "delay", "call": "upload", "seconds": 2, "before": "acting"}])
    put(tmp_path, server, "case-1")
    worker = begin()
    worker.wait_for("call", call="submit")
    left = worker.stop(sign)
    assert left.status == 0
    assert [one["call"] for one in left.events if one["event"] == "call"] in (["submit"], ["submit", "upload"])
    again = begin()
    again.wait_for("filing", status="filed")
    assert again.stop().status == 0
    (report,) = server.look("/reports")["reports"]
    assert report["state"] == "finished"


def test_a_changed_password_is_taken_up_by_itself(begin: Begin, start: Start, tmp_path: Path) -> None:
    """Refused credentials stop the queue; as soon as the file holds the right one, all goes on, without a restart."""
    server = start("--user", f"{USERNAME}:{ANOTHER}")
    configure(tmp_path, server.base_url, PASSWORD)
    put(tmp_path, server, "case-1", "case-2")
    worker = begin()
    worker.wait_for("blocked")
    assert server.look("/reports")["reports"] == []
    rotate(tmp_path, ANOTHER)
    worker.wait_for("reloaded")
    worker.wait_for("unblocked")
    worker.wait_for("filing", 2, status="filed")
    left = worker.stop()
    assert left.status == 0
    assert len(finished(server)) == 2
    # One call was refused, and none was tried with the wrong password after that but the one that looks.
    assert len([one for one in left.events if one.get("outcome") == "credentials"]) <= 4
    with Ledger.open(tmp_path / LEDGER) as ledger:
        assert ledger.verify() == []


def test_sighup_reads_the_credentials_again(begin: Begin, server: Program, tmp_path: Path) -> None:
    """At once, also while nothing is wrong; those of another account are not taken over."""
    worker = begin()
    worker.wait_for("ready")
    rotate(tmp_path, ANOTHER)
    worker.process.send_signal(signal.SIGHUP)
    worker.wait_for("reloaded")
    (tmp_path / "password").unlink()
    worker.process.send_signal(signal.SIGHUP)
    (note,) = worker.wait_for("note")
    assert "not taken over" in note["words"]
    assert worker.stop().status == 0


def test_a_worker_started_with_refused_credentials_tries_them_first(begin: Begin, start: Start, tmp_path: Path) -> None:
    """Whoever mended them and starts it again need not wait."""
    server = start("--user", f"{USERNAME}:{ANOTHER}")
    configure(tmp_path, server.base_url, PASSWORD)
    put(tmp_path, server, "case-1")
    first = begin()
    first.wait_for("blocked")
    first.stop()
    rotate(tmp_path, ANOTHER)
    second = begin()
    second.wait_for("unblocked")
    second.wait_for("filing", status="filed")
    assert second.stop().status == 0


def test_a_server_that_goes_and_comes_back(begin: Begin, start: Start, tmp_path: Path) -> None:
    """Calls fail and are made again at their pace; nothing is filed twice, and nobody has to do anything."""
    state = str(tmp_path / "mock.sqlite3")
    server = start(*ACCOUNT, "--state", state)
    configure(tmp_path, server.base_url, PASSWORD, "[pace]\nbase = 0.1\ncap = 0.2")
    worker = begin()
    worker.wait_for("ready")
    server.stop()
    put(tmp_path, server, "case-1")
    worker.wait_for("call", 2, outcome="unsent")
    back = start(*ACCOUNT, "--state", state, "--port", str(server.port))
    worker.wait_for("filing", status="filed")
    assert worker.stop().status == 0
    assert len(finished(back)) == 1


def test_two_workers_on_one_ledger(begin: Begin, server: Program, tmp_path: Path) -> None:
    """Each filing is filed by one of them, once; what one leaves when it is killed the other takes up."""
    first, second = begin(), begin()
    for one in (first, second):
        one.wait_for("ready")
    put(tmp_path, server, *(f"case-{number}" for number in range(6)))
    first.wait_for("call")
    first.kill()
    put(tmp_path, server, "case-last")
    told = 0
    while len(finished(server)) < 7:
        # Each that is not finished yet is going to be told of.
        told = len(second.wait_for("filing", told + 1))
    assert second.stop().status == 0
    assert len(finished(server)) == 7
    with Ledger.open(tmp_path / LEDGER) as ledger:
        assert ledger.verify() == []


def test_a_ledger_that_is_locked_is_waited_for(
    begin: Begin, server: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker says so in words, goes on trying, and files once it can write again."""
    (filing_id,) = put(tmp_path, server, "case-1")
    worker = begin()
    worker.wait_for("filing", filing=filing_id)
    with closing(sqlite3.connect(tmp_path / LEDGER)) as connection:
        connection.execute("PRAGMA journal_mode").fetchall()
        connection.execute("ALTER TABLE filings RENAME TO hidden")
        worker.wait_for("trouble")
        connection.execute("ALTER TABLE hidden RENAME TO filings")
    worker.wait_for("note", words="The ledger can be read and written again.")
    put(tmp_path, server, "case-2")
    worker.wait_for("filing", 2, status="filed")
    assert worker.stop().status == 0


def test_once_does_what_is_due_and_ends(begin: Begin, cli: Cli, server: Program, tmp_path: Path) -> None:
    """For cron: 0 if all is filed, 3 if something waits for a person, 4 if something goes on later."""
    put(tmp_path, server, "case-1")
    assert begin("--once").left().status == 0
    assert begin("--once").left().status == 0
    assert len(finished(server)) == 1
    server.steer("PUT", "/faults", [{"fault": "maintenance", "call": "submit"}])
    put(tmp_path, server, "case-2")
    assert begin("--once").left().status == 4
    record = tmp_path / case(tmp_path, "case-3", incident={})
    assert cli("file", record.name, CYBERTIP_BASE_URL=server.base_url).status == 3
    server.steer("PUT", "/faults", [])
    left = begin("--once").left()
    assert left.status == 3


def test_people_read_a_line_for_each_event(cli: Cli, server: Program, tmp_path: Path) -> None:
    """On stderr; stdout stays empty, and no id of a record is named."""
    (filing_id,) = put(tmp_path, server, "case-1")
    run = cli("work", "--once")
    assert (run.status, run.stdout) == (0, "")
    assert f"{filing_id}  filed report" in run.stderr
    assert "case-1" not in run.stderr


def test_without_a_password_it_does_not_start(cli: Cli, server: Program, tmp_path: Path) -> None:
    """Usage, with the cure."""
    (tmp_path / "password").unlink()
    run = cli("work", CYBERTIP_PASSWORD="", CYBERTIP_BASE_URL="", CYBERTIP_USERNAME="")
    assert run.status == 2
    assert "password" in run.stderr
