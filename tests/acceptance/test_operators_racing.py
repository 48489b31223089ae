"""Operators who act at any moment while workers file with a faulty server: nothing is filed twice, nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from cybertip import sample
from cybertip.filing import Kind, Phase
from cybertip.filing.states import ENDS
from cybertip.ledger import Filing, Ledger
from cybertip.mock import MockServer
from cybertip.worker import CommandRefusedError, FilingBusyError, Operator
from tests.acceptance.conftest import clean_environment
from tests.acceptance.filings import LEDGER
from tests.acceptance.programs import PATIENCE
from tests.acceptance.test_kills import a_fault, check
from tests.contract.judging import SEED

RECORDS = 20
QUICK = {"CYBERTIP_PACE_BASE": "0.1", "CYBERTIP_PACE_CAP": "0.2"}


def worker(server: MockServer, folder: Path, *records: str) -> subprocess.Popen[bytes]:
    """A process that files whatever is due for some seconds."""
    return subprocess.Popen(
        [sys.executable, "-m", "cybertip", "file", *records, "--wait", "4", "--threads", "2"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        env={**clean_environment(), **QUICK, "CYBERTIP_BASE_URL": server.base_url},
    )  # fmt: skip


def test_operators_and_workers_take_turns(tmp_path: Path) -> None:
    """Two workers, twenty filings, faults in every call, and people who correct, retract, cancel and retry all the
    while: each record is filed at most once, exactly where its filing says so, and every filing ends or waits."""
    rng = Random(SEED)
    print(f"seed {SEED}")
    base = json.loads(sample.write_case(tmp_path).read_bytes())
    names = [f"case-{number:04d}" for number in range(RECORDS)]
    for name in names:
        (tmp_path / f"{name}.json").write_text(json.dumps({**base, "id": name}), encoding="utf-8")
    done: Counter[str] = Counter()
    with MockServer() as server:
        server.set_faults(*(a_fault(rng) for _ in range(60)))
        files = [f"{name}.json" for name in names]
        # The first has made the ledger when it has taken its records in, so the second may begin at any time.
        workers = [worker(server, tmp_path, *files[:10]), worker(server, tmp_path, *files[10:])]
        while not (tmp_path / LEDGER).exists():
            assert workers[0].poll() is None
        with Ledger.open(tmp_path / LEDGER, environment="mock", account="mock") as ledger:
            person = Operator(ledger, "Ann", sample.profile())
            while any(one.poll() is None for one in workers):
                filings = [one for one in ledger.filings(datetime.now(UTC)) if one.state.phase not in ENDS]
                if filings:
                    done[act(person, rng.choice(filings), rng, base, tmp_path)] += 1
            print(done)
            assert {"retry", "correct"} <= set(done)  # what else was possible depends on who was quicker
            assert ledger.verify() == []
            server.set_faults()
            for one in ledger.filings(datetime.now(UTC)):
                if one.state.phase is Phase.HALTED:
                    person.retry(one.id)
        last = worker(server, tmp_path, *files)  # handed in again as well
        assert last.wait(PATIENCE) in (0, 1, 4)
        assert check(server, tmp_path / LEDGER, set(names)) <= ENDS


def act(person: Operator, filing: Filing, rng: Random, base: dict[str, object], folder: Path) -> str:
    """Do something with a filing; what was done, or why it was not."""
    name = filing.record_ids[0]
    record = json.dumps({**base, "id": name, "notes": f"[note {rng.random()}]"}).encode()
    acts: dict[str, Callable[[], object]] = {
        "retry": lambda: person.retry(filing.id),
        "retract": lambda: person.retract(filing.id, reason="x"),
        "correct": lambda: person.correct(filing.id, record, folder),
    }
    if name in ("case-0003", "case-0013"):
        acts["cancel"] = lambda: person.cancel(filing.id, reason="x")
    # A report that is open and has no worker right now is rare.
    chosen = "retract" if filing.status.kind is Kind.SCHEDULED and filing.state.attempt else rng.choice(sorted(acts))
    try:
        acts[chosen]()
    except FilingBusyError:
        return "busy"
    except CommandRefusedError:
        return "refused"
    return chosen
