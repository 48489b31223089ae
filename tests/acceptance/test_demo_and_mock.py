"""``cybertip demo`` and ``cybertip mock`` as processes."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cybertip import xml
from cybertip.client import Client
from cybertip.models import ReportDoneResponse
from tests.acceptance.conftest import Cli, Mock, clean_environment, start_mock, stop_mock


def test_the_demo_files_a_record_with_two_files_and_prints_the_receipt(cli: Cli) -> None:
    """The demo shows record, report and filing to people, and gives the receipt of two files as data."""
    run = cli("demo", CYBERTIP_BASE_URL="", CYBERTIP_USERNAME="", CYBERTIP_PASSWORD="")
    receipt = xml.parse(run.stdout.encode(), ReportDoneResponse).document
    assert run.status == 0
    assert receipt.response_code == 0
    assert len(receipt.files.file_ids) == 2
    for text in ('"format": "cybertip.review/1"', "<personOrUserReported>", "valid: 1 report, 2 file details", "filed"):
        assert text in run.stderr
    assert run.stderr.count("described ") == 2


def test_the_demo_has_an_envelope(cli: Cli) -> None:
    """With --json the demo prints one envelope and nothing else."""
    run = cli("demo", "--json")
    envelope = json.loads(run.stdout)
    assert run.stderr == ""
    assert envelope["cybertip"] == 1
    assert envelope["command"] == "demo"
    assert envelope["exit"] == run.status == 0
    assert len(envelope["file_ids"]) == 2
    assert str(envelope["report_id"]) in envelope["receipt"]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_mock_stops_cleanly_on_a_signal(sign: signal.Signals) -> None:
    """SIGTERM and SIGINT end the mock with status 0 and without a traceback."""
    running = start_mock()
    with Client("mock", "mock-password", base_url=running.base_url) as client:
        assert client.status().user == "mock"
    running.process.send_signal(sign)
    _, stderr = running.process.communicate(timeout=30)
    assert running.process.returncode == 0
    assert "Traceback" not in stderr


def test_the_mock_tells_how_to_reach_it() -> None:
    """The first line on stdout is the base URL; the accounts and the line to paste go to stderr."""
    running = start_mock("--username", "alpha", "--password", "beta", "--user", "gamma:delta")
    stdout, stderr = stop_mock(running)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/ispws", running.base_url)
    assert stdout == ""
    assert "user name alpha, password beta" in stderr
    assert "user name gamma, password delta" in stderr
    assert f"export CYBERTIP_BASE_URL={running.base_url}" in stderr


def test_a_port_in_use_is_named(cli: Cli) -> None:
    """A port that another program uses is a usage error that names the port and the cure."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = cli("mock", "--port", str(port))
    assert run.status == 2
    assert f"port {port}" in run.stderr
    assert "choose another port" in run.stderr


def test_a_malformed_account_is_a_usage_error(cli: Cli) -> None:
    """--user without a colon is refused with its form."""
    run = cli("mock", "--user", "nobody")
    assert run.status == 2
    assert "NAME:PASSWORD" in run.stderr


def test_the_mock_prints_no_personal_data(mock: Mock, cli: Cli, tmp_path: Path) -> None:
    """A mock that has served a whole filing has printed nothing about it."""
    running = start_mock()
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[2] / "examples" / "quickstart.py")],
        env={**clean_environment(), "CYBERTIP_BASE_URL": running.base_url},
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    stdout, stderr = stop_mock(running)
    assert b"is filed" in done.stdout
    assert "user4711@example.com" not in stdout + stderr
    assert "192.0.2.44" not in stdout + stderr


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    """A terminal on stderr sees a bar while files are uploaded; a pipe sees plain lines only."""
    terminal, program = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cybertip", "demo"],
        stdout=subprocess.PIPE,
        stderr=program,
        env={**clean_environment(), "TERM": "xterm", "COLUMNS": "100"},
        cwd=tmp_path,
    ) as process:
        os.close(program)
        seen = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal whose other side is closed with an error
            while part := os.read(terminal, 65536):
                seen += part
        os.close(terminal)
        assert process.wait(timeout=60) == 0
    piped = subprocess.run(
        [sys.executable, "-m", "cybertip", "demo"],
        capture_output=True,
        env=clean_environment(),
        check=True,
        cwd=tmp_path,
    )
    assert b"uploading" in seen
    assert b"uploading" not in piped.stderr
    assert b"\x1b" not in piped.stderr + piped.stdout
