"""A process that files the demonstration's record and is killed in the middle of an upload, as by a power cut.

Started by ``cybertip demo`` in the folder of the record, with the mock's address as its argument and the credentials in
the environment. It takes exactly the way of every other filing; only the one who watches it is not a kind one.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from cybertip import sample
from cybertip.client import Client, RetryPolicy
from cybertip.ledger import Ledger
from cybertip.worker import Filer, Watch

LEDGER = "demo.sqlite3"
"""The ledger's name in the folder."""


def main(url: str) -> None:
    """File the record, as far as that goes."""
    username, password = os.environ["CYBERTIP_USERNAME"], os.environ["CYBERTIP_PASSWORD"]
    deadly = Watch(lambda *_: None, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with (
        Ledger.open(LEDGER, environment="mock", account=username) as ledger,
        Client(username, password, base_url=url, retry=RetryPolicy(attempts=1)) as client,
    ):
        Filer(ledger, client, sample.profile(), watch=deadly).file(Path("record.json").read_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
