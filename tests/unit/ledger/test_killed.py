"""A process that is killed in the middle of writing leaves a ledger that opens, verifies and kept what it promised."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from tests.unit.ledger.ledgers import T0, open_ledger

PROGRAM = """
import sys
from pathlib import Path
from tests.unit.ledger.ledgers import add, file_it, open_ledger
with open_ledger(Path(sys.argv[1])) as ledger:
    for number in range(10_000):
        filing_id = add(ledger, f"{sys.argv[2]}-{number}")
        print("added", filing_id, flush=True)
        file_it(ledger, filing_id)
        print("filed", filing_id, flush=True)
        if number % 3 == 0:
            ledger.checkpoint()
"""
ROOT = Path(__file__).resolve().parents[3]


def test_a_killed_writer_loses_nothing(path: Path, tmp_path: Path) -> None:
    """Everything that it said was stored is there; what was half-done is not; a copy made meanwhile verifies, too."""
    seed = int(os.environ.get("CYBERTIP_TEST_SEED", random.randrange(2**32)))
    print("seed", seed)
    chance = random.Random(seed)
    promised: list[tuple[str, str]] = []
    for turn in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path), str(turn)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(chance.randrange(1, 12))]
        writer.kill()
        # What was printed before the kill was committed before.
        lines += writer.stdout.read().splitlines()
        writer.stdout.close()
        writer.wait(60)
        promised += [
            (one[0], one[1]) for one in (line.split() for line in lines) if len(one) == 2 and len(one[1]) == 32
        ]
        copied = tmp_path / f"copy-{turn}"
        copied.mkdir()
        for suffix in ("", "-wal"):
            # The log belongs to the file: whoever copies a ledger that was not closed copies both.
            if Path(f"{path}{suffix}").exists():
                shutil.copy(f"{path}{suffix}", copied / f"{path.name}{suffix}")
        for place in (path, copied / path.name):
            with open_ledger(place) as ledger:
                assert ledger.verify() == []
                for what, filing_id in promised:
                    assert ledger.filing(filing_id, T0) is not None
                    assert what == "added" or ledger.receipt(filing_id) is not None
    assert {what for what, _ in promised} == {"added", "filed"}
