"""Real kills: a process that files is killed at any moment of a call, again and again; nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from cybertip import sample
from cybertip.filing import Kind, Phase
from cybertip.ledger import Ledger
from cybertip.mock import MockCore, MockServer, ReportState
from cybertip.mock.answers import Answer
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import AnyFault, Reset, ResponseCode, Status, Truncate, WrongHash
from tests.contract.judging import SEED

RECORDS = 200
KILLS = 100


class Executioner:
    """Kills a process at the n-th event at the mock."""

    def __init__(self) -> None:
        self.pid = 0
        self.left = -1
        self.kills = 0
        self.lock = threading.Lock()

    def event(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0 and self.pid:
                os.kill(self.pid, signal.SIGKILL)
                self.kills += 1


class DeadlyCore(MockCore):
    """A mock whose every request has four events: before it is read, before acting, after acting, after answering."""

    executioner: Executioner

    def begin(self, method: str, call: str, account: str | None) -> tuple[Exchange, AnyFault | None]:
        self.executioner.event()
        return super().begin(method, call, account)

    def perform(self, fault: AnyFault | None, call: str, act: Callable[[], Answer]) -> Answer:
        self.executioner.event()
        answer = super().perform(fault, call, act)
        self.executioner.event()
        return answer

    def end(self, exchange: Exchange, answer: Answer | None, ended: str, seconds: float | None = None) -> None:
        super().end(exchange, answer, ended, seconds)
        self.executioner.event()


def a_fault(rng: Random) -> AnyFault:
    """Something that goes wrong with one request, soon."""
    skip = rng.randrange(30)
    faults: list[AnyFault] = [
        Reset(at="before-reading", skip=skip),
        Reset(at="while-reading", after_bytes=20, skip=skip),
        Reset(at="after-acting", skip=skip),
        ResponseCode(code=1000, acts=True, skip=skip),
        ResponseCode(code=1000, skip=skip),
        ResponseCode(code=1100, skip=skip),
        Status(status=502, acts=True, skip=skip),
        Status(status=502, skip=skip),
        Truncate(skip=skip),
        WrongHash(skip=skip),
    ]
    return rng.choice(faults)


def write_records(folder: Path, rng: Random) -> list[Path]:
    """Records with none, one or two files."""
    base: dict[str, Any] = json.loads(sample.write_case(folder).read_bytes())
    paths = []
    for number in range(RECORDS):
        record = {**base, "id": f"case-{number:04d}", "evidence": base["evidence"][: rng.randrange(3)]}
        paths.append(folder / f"record-{number:04d}.json")
        paths[-1].write_text(json.dumps(record), encoding="utf-8")
    return paths


class Process:
    """The process that forks the filing ones."""

    def __init__(self, executioner: Executioner) -> None:
        program = [sys.executable, "-m", "tests.acceptance.filing_process"]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._executioner = executioner

    def run(self, job: dict[str, Any], after: int) -> int:
        """Run a job; its exit status, which is -9 for one that was killed after so many events (0 for never)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._executioner.lock:  # nothing is counted before it is known who is to die
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            self._executioner.pid = json.loads(self._process.stdout.readline())["pid"]
            self._executioner.left = after
        ended: int = json.loads(self._process.stdout.readline())["exit"]
        with self._executioner.lock:
            self._executioner.pid, self._executioner.left = 0, -1
        return ended

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=60) == 0
        self._process.stdout.close()


@contextmanager
def started(executioner: Executioner) -> Iterator[Process]:
    process = Process(executioner)
    try:
        yield process
    finally:
        process.close()


def references(server: MockServer) -> Counter[str]:
    """How many finished reports the mock holds for each record, by the reference that the report carries."""
    finished = [report for report in server.reports if report.state is ReportState.FINISHED]
    return Counter(
        match[1] for report in finished if (match := re.search(r"Provider's reference: (\S+)", report.xml.decode()))
    )


def copied(ledger: Path, folder: Path) -> Path:
    """The ledger's files as they lie there, in the state in which a kill has left them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in ledger.parent.glob(f"{ledger.name}*"):
        shutil.copy(path, folder / path.name)
    return folder / ledger.name


def test_a_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """Two hundred records, a faulty server, a hundred kills at any moment of a call: each is filed exactly once."""
    rng = Random(SEED)
    print(f"seed {SEED}")
    executioner = Executioner()
    core = DeadlyCore(clock=lambda: datetime.now(UTC), random=Random(SEED))
    core.executioner = executioner
    paths = write_records(tmp_path, rng)
    ledger = tmp_path / "ledger.sqlite3"
    with MockServer(core=core) as server, started(executioner) as process:
        job = {"url": server.base_url, "ledger": str(ledger)}
        waiting = [str(path) for path in paths]
        runs = 0
        while executioner.kills < KILLS or waiting:
            server.set_faults(*(a_fault(rng) for _ in range(3)))
            taken, waiting = waiting[:3], waiting[3:]
            ended = process.run({**job, "records": taken}, rng.randrange(1, 60) if executioner.kills < KILLS else 0)
            assert ended in (0, -signal.SIGKILL)
            if ended:
                waiting = taken + waiting  # whoever hands in is killed as well, and hands in again
            runs += 1
            if runs % 20 == 0:
                with Ledger.open(copied(ledger, tmp_path / "copy"), environment=None, account=None) as copy:
                    assert copy.verify() == []
            assert runs < 1000
        server.set_faults()
        records = {path.stem.replace("record", "case") for path in paths}
        assert process.run({**job, "records": [], "threads": 4}, 0) == 0
        # Those for which five reports were opened in vain wait for a person; nothing else does.
        assert check(server, ledger, records) <= {Phase.FILED, Phase.HALTED}
        assert process.run({**job, "records": [], "go_on": True}, 0) == 0
        assert check(server, ledger, records) == {Phase.FILED}
    assert executioner.kills >= KILLS


def check(server: MockServer, ledger: Path, records: set[str]) -> set[Phase]:
    """What must be true at the end of every schedule; where the filings stand."""
    with Ledger.open(ledger, environment="mock", account="mock") as opened:
        assert opened.verify() == []
        filings = list(opened.filings(datetime.now(UTC)))
        print(Counter(str(one.state.phase) for one in filings), f"{len(server.reports)} reports")
        assert {one.record_ids[0] for one in filings} == records
        found = references(server)
        assert all(count == 1 for count in found.values()), found
        filed = {one.record_ids[0]: one for one in filings if one.status.kind is Kind.FILED}
        assert set(found) == set(filed)
        reports = {report.id: report for report in server.reports}
        for one in filed.values():
            report = reports[one.status.report_id or 0]
            assert report.state is ReportState.FINISHED
            assert all(file.details is not None for file in report.files)
            assert one.status.alarms == ()
            receipt = opened.receipt(one.id)
            assert (receipt is None) == one.state.receipt_lost
            if receipt is not None:
                assert receipt == server.core.answers.receipt(report.id, [file.id for file in report.files]).body
        digests = {hashlib.sha256(sample.picture(colour)).hexdigest() for colour in sample.PICTURES.values()}
        assert {file.sha256 for report in server.reports for file in report.files} <= digests
        return {one.state.phase for one in filings}
