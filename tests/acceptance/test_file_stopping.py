"""Stopping ``cybertip file``: the call in flight is finished and recorded, or left to the next run."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Cli, clean_environment
from tests.acceptance.filings import ACCOUNT, case, ended, finished, has_begun, where
from tests.acceptance.programs import PATIENCE, Program
from tests.canaries import PASSWORD, USERNAME

Start = Callable[..., Program]


@pytest.fixture
def server(start: Start) -> Program:
    """A mock of the test's own."""
    return start(*ACCOUNT)


def in_an_upload(folder: Path, server: Program, seconds: int, *arguments: str) -> subprocess.Popen[str]:
    """A program that files a record and is in the middle of an upload, which takes so long."""
    server.steer("PUT", "/faults", [{"fault": "delay", "call": "upload", "seconds": seconds}])
    process = subprocess.Popen(
        [sys.executable, "-m", "cybertip", "file", case(folder, "case-1"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**clean_environment(), **where(server), "CYBERTIP_USERNAME": USERNAME, "CYBERTIP_PASSWORD": PASSWORD},
    )
    until = time.monotonic() + PATIENCE
    while not has_begun(folder, "case-1", "upload"):
        assert time.monotonic() < until
        assert process.poll() is None
    return process


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_call_in_flight_end(cli: Cli, server: Program, tmp_path: Path, sign: signal.Signals) -> None:
    """The upload is finished and recorded, nothing new is begun, and the next run goes on with the same report."""
    process = in_an_upload(tmp_path, server, 3)
    process.send_signal(sign)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 4
    assert "Stopping after the calls in flight" in stderr
    assert "scheduled" in stdout
    assert ended(tmp_path, "case-1") == [("submit", "ok"), ("upload", "ok")]
    assert cli("file", **where(server)).status == 0
    (report,) = server.look("/reports")["reports"]
    assert report["state"] == "finished"


@pytest.mark.parametrize("threads", ["1", "4"])
def test_a_second_signal_ends_it_at_once(cli: Cli, server: Program, tmp_path: Path, threads: str) -> None:
    """What was in the air is unknown then: its report is retracted by the next run, and another one is filed."""
    process = in_an_upload(tmp_path, server, 20, "--threads", threads, "--json")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    while process.poll() is None:  # the first may not have been handled when the second comes
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        assert time.monotonic() < began + 10
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert '"kind": "Interrupted"' in stdout
    assert stderr == ""
    server.steer("PUT", "/faults", [])
    assert cli("file", "--wait", "30", **where(server)).status == 0
    assert ended(tmp_path, "case-1")[-1] == ("finish", "ok")
    assert len(finished(server)) == 1
