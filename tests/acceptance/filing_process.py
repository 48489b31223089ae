"""A process that files whatever is due, to be killed: started once, it forks a child for every run.

Forking saves a second of imports for each of a hundred runs. The parent opens nothing; each child opens the ledger and
a client of its own, works until nothing is due soon, and ends.

Reads lines of JSON from stdin: ``{"url": …, "ledger": …, "records": [paths to take in]}``; answers each with the
child's process id in a line, and with its end (``{"exit": n}``) in another.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cybertip import sample
from cybertip.client import Client, RetryPolicy, Timeouts
from cybertip.filing import Pace, Phase
from cybertip.ledger import Ledger
from cybertip.schema import Schema
from cybertip.worker import Filer

PACE = Pace(base=timedelta(milliseconds=2), cap=timedelta(milliseconds=50), evidence=timedelta(milliseconds=50))


def work(job: dict[str, Any]) -> None:
    """Take records in, and file whatever is due."""
    with (
        Ledger.open(job["ledger"], environment="mock", account="mock", pace=PACE) as ledger,
        Client(
            "mock",
            "mock-password",
            base_url=job["url"],
            retry=RetryPolicy(attempts=1),
            timeouts=Timeouts(read=2.0),
        ) as client,
    ):
        filer = Filer(ledger, client, sample.profile(), pace=PACE)
        for path in map(Path, job["records"]):
            filer.enqueue(path.read_bytes(), path.parent)
        if job.get("go_on"):
            for one in ledger.filings(datetime.now(UTC)):
                if one.state.phase is Phase.HALTED:
                    filer.operator("a person").retry(one.id)
        filer.resume(threads=job.get("threads", 1), patience=timedelta(seconds=2))


def main() -> None:
    """Serve jobs until stdin ends."""
    Schema.bundled()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(json.loads(line))
                status = 0
            finally:
                os._exit(status)
        print(json.dumps({"pid": child}), flush=True)
        _, ended = os.waitpid(child, 0)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(ended)}), flush=True)


if __name__ == "__main__":
    main()
