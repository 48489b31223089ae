"""Power loss: what is committed before a call is on the disk before the first byte of the call leaves."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.mock import MockCore, MockServer
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import AnyFault
from cybertip.mock.server import now
from tests.acceptance.conftest import clean_environment

CALLS = ["submit", "upload", "fileinfo", "upload", "fileinfo", "finish"]


def program(job: dict[str, Any]) -> list[str]:
    """A process that files."""
    return [sys.executable, "-c", f"from tests.acceptance.filing_process import work; work({job!r})"]


def job_of(folder: Path, server: MockServer) -> dict[str, Any]:
    """One record to file."""
    path = sample.write_case(folder)
    return {"url": server.base_url, "ledger": str(folder / "ledger.sqlite3"), "records": [str(path)]}


def may_trace() -> bool:
    """Whether system calls can be watched here."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


_LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(\w+)")


def test_the_disk_has_it_before_the_network(tmp_path: Path) -> None:
    """By the system's own account: between the last write to the ledger and each request lies a sync of it.

    Where system calls cannot be watched, what the server could see counts: the started call is committed by then.
    """
    if not may_trace():
        pytest.xfail("system calls cannot be watched here; test_the_server_finds_each_call_committed stands alone")
    log = tmp_path / "strace.log"
    with MockServer() as server:
        watched = "trace=pwrite64,write,fdatasync,fsync,sendto,sendmsg"
        subprocess.run(
            ["strace", "-f", "-y", "-s", "40", "-e", watched, "-o", str(log), *program(job_of(tmp_path, server))],
            check=True,
            env=clean_environment(),
            timeout=120,
        )
        assert server.report().state == "finished"
    unsynced, requests = False, []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        call = _LINE.match(line)
        if call is None or "resumed>" in line:
            continue
        if call[1] in ("pwrite64", "write") and "ledger.sqlite3-wal>" in line:
            unsynced = True
        elif call[1] in ("fdatasync", "fsync") and "ledger.sqlite3-wal>" in line:
            unsynced = False
        elif found := re.search(r"(?:sendto|sendmsg|write).*POST /ispws/(\w+)", line):
            assert not unsynced, f"/{found[1]} left before the ledger was synced"
            requests.append(found[1])
    assert requests == CALLS


class Looking(MockCore):
    """Looks into the ledger at the moment when a request arrives, by a connection of its own."""

    ledger: Path
    seen: list[tuple[str, str]]

    def begin(self, method: str, call: str, account: str | None) -> tuple[Exchange, AnyFault | None]:
        connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            query = "SELECT kind, payload FROM events ORDER BY recorded DESC, seq DESC LIMIT 1"
            kind, payload = connection.execute(query).fetchone()
        finally:
            connection.close()
        self.seen.append((kind, json.loads(payload)["call"]))
        return super().begin(method, call, account)


def test_the_server_finds_each_call_committed(tmp_path: Path) -> None:
    """When a request arrives, the latest event that anybody can read is that this very call has started."""
    core = Looking(clock=now)
    core.ledger, core.seen = tmp_path / "ledger.sqlite3", []
    with MockServer(core=core) as server:
        subprocess.run(program(job_of(tmp_path, server)), check=True, env=clean_environment(), timeout=120)
        assert server.report().state == "finished"
    assert core.seen == [("call started", call) for call in CALLS]
