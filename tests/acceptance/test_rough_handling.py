"""Commands under rough handling: broken pipes, full disks, closed streams, signals, odd names."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cybertip.xml import MAX_BYTES
from tests.acceptance.conftest import Cli, Mock, clean_environment
from tests.canaries import PASSWORD, USERNAME
from tests.samples import report_xml


@pytest.fixture
def shell(mock: Mock, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a shell line in which ``cybertip`` is the program, in a folder with a valid report."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "file.bin").write_bytes(b"x" * 1000)
    environment = {
        **clean_environment(),
        "CYBERTIP_BASE_URL": mock.base_url,
        "CYBERTIP_USERNAME": USERNAME,
        "CYBERTIP_PASSWORD": PASSWORD,
        "TMPDIR": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def run(line: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stdout + done.stderr
        return done

    return run


Shell = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("stdout", [">&-", pytest.param(">/dev/full", marks=pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="this system has no /dev/full"))])  # fmt: skip
def test_a_receipt_that_cannot_be_written_is_kept(shell: Shell, tmp_path: Path, stdout: str) -> None:
    """If stdout takes nothing, the report is still filed, and its receipt lies in a file that is named."""
    done = shell(f"cybertip send report.xml {stdout}")
    (path,) = tmp_path.glob("cybertip-receipt-*.xml")
    assert done.returncode == 3
    assert b"<reportDoneResponse>" in path.read_bytes()
    assert str(path) in done.stderr
    assert shell("cybertip send report.xml").stdout.encode() == path.read_bytes() + b"\n"


def test_words_that_nobody_reads_stop_no_filing(shell: Shell, tmp_path: Path) -> None:
    """A filing whose stderr is closed comes to its end."""
    done = shell("cybertip send report.xml --file file.bin 2>&-")
    assert done.returncode == 0
    assert "<reportDoneResponse>" in done.stdout


def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    """`| head` ends a listing quietly, and the verdict stays the exit status."""
    assert shell("cybertip schema show | head -1; exit ${PIPESTATUS[0]}").returncode == 0
    assert shell("cybertip validate report.xml | true; exit ${PIPESTATUS[0]}").returncode == 0


def test_closed_standard_streams(shell: Shell) -> None:
    """Without stdout a command says so; without stdin `-` is a usage error; without stderr it works."""
    closed = shell("cybertip validate report.xml >&-")
    assert closed.returncode == 4
    assert "standard output could not be written" in closed.stderr
    assert shell("cybertip validate - <&-").returncode == 2
    assert shell("cybertip status 2>&-").returncode == 0


def test_names_that_are_no_text(shell: Shell) -> None:
    """File names with bytes that are no UTF-8 are shown escaped, in text and in JSON."""
    line = "cp report.xml $'odd\\xff.xml'; PYTHONIOENCODING=utf-8 cybertip validate $'odd\\xff.xml' $'no\\xff.xml'"
    assert shell(line).returncode == 2
    listed = json.loads(shell(f"{line} --json").stdout)["files"]
    assert [item["valid"] for item in listed] == [True, None]


def test_one_unreadable_file_leaves_the_others_checked(cli: Cli, tmp_path: Path) -> None:
    """Every file gets its verdict, and one that is not there its error; the same file twice is listed twice."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    run = cli("validate", "missing.xml", "report.xml", "report.xml", "--json")
    listed = json.loads(run.stdout)["files"]
    assert run.status == 2
    assert [item["valid"] for item in listed] == [None, True, True]
    assert "missing.xml" in listed[0]["error"]


def test_a_huge_file_is_not_read_whole(shell: Shell, tmp_path: Path) -> None:
    """Beyond the largest document nothing is read, so a file of any size ends with a finding."""
    with (tmp_path / "huge.xml").open("wb") as file:
        file.truncate(200 * MAX_BYTES)
    limit = 1024 * 1024  # kilobytes
    done = shell(f"ulimit -v {limit}; cybertip validate huge.xml")
    assert done.returncode == 1
    assert "X005" in done.stdout


def test_production_needs_credentials_of_its_own(cli: Cli, tmp_path: Path) -> None:
    """Without them nothing is begun: the mock's defaults are never taken for another server."""
    run = cli("send", "any.xml", "--environment", "production", CYBERTIP_BASE_URL="", CYBERTIP_PASSWORD="")
    assert run.status == 2
    assert "production environment needs a password" in run.stderr
    assert not list(tmp_path.glob("*.sqlite3"))


@pytest.mark.parametrize("value", ["=", "file.bin=", "=details.xml"])
def test_half_a_pair_is_a_usage_error(shell: Shell, value: str) -> None:
    """--file without a path or without the details after the equals sign names its form."""
    done = shell(f"cybertip send report.xml --file {value}")
    assert done.returncode == 2
    assert "PATH=DETAILS.xml" in done.stderr or "cannot read" in done.stderr


class Stuck:
    """A server that opens a report, stops in the middle of an upload, and notes whether the report was retracted."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.uploading = threading.Event()
        self.retracted = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/ispws"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while head := connection.recv(65536):
                if b"\0" * 100 in head:  # the file's content: so it is open, and being sent
                    self.uploading.set()
                    self.retracted.wait(30)
                    return
                if b"/submit " not in head and b"/retract " not in head:
                    continue  # the rest of a body
                if b"/retract " in head:
                    self.retracted.set()
                body = (
                    b"<reportResponse><responseCode>0</responseCode><responseDescription/><reportId>7</reportId>"
                    b"</reportResponse>"
                )
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
                return


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_during_an_upload_leaves_it_to_the_ledger(
    shell: Shell, tmp_path: Path, sign: signal.Signals
) -> None:
    """The first signal waits for the call, the second ends it; sending it again retracts what was left open."""
    server = Stuck()
    with (tmp_path / "large.bin").open("wb") as large:
        large.truncate(64 * 1024 * 1024)  # more than sockets buffer
    process = subprocess.Popen(
        [sys.executable, "-m", "cybertip", "send", "report.xml", "--file", "large.bin", "--json"],
        cwd=tmp_path,
        env={**clean_environment(), "CYBERTIP_BASE_URL": server.base_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.uploading.wait(30)
    while process.poll() is None:  # two that come at once may be one
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    stdout, stderr = process.communicate(timeout=60)
    envelope = json.loads(stdout)
    assert stderr == ""
    assert process.returncode == envelope["exit"] == 130
    assert envelope["before"] == [
        "opened    report 7",
        "Stopping after the calls in flight; once more interrupts them.",
    ]
    assert not server.retracted.is_set()
    done = shell(f"CYBERTIP_BASE_URL={server.base_url} CYBERTIP_USERNAME= CYBERTIP_PASSWORD= cybertip file")
    server.listener.close()
    assert server.retracted.is_set()
    assert done.returncode == 4
