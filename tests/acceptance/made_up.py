"""A ledger with a filing of each kind, to look at. Identifiers, names of files and notes hold canaries."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from cybertip import sample
from cybertip.client import Client, RetryPolicy
from cybertip.filing import Pace
from cybertip.ledger import Ledger
from cybertip.mock import MockServer
from cybertip.mock.faults import AnyFault, Reset, ResponseCode
from cybertip.worker import Filer
from tests.acceptance.filings import LEDGER
from tests.canaries import CONTENT, PASSWORD, USERNAME

SUSPECT = f"{CONTENT}-user-1"
"""The account that `case-filed` and `case-pending` report."""
TRAFFICKING = "Child Sex Trafficking"
AT_ONCE = Pace(base=timedelta(0), cap=timedelta(0))
NOT_NOW = Pace(base=timedelta(hours=1), cap=timedelta(hours=2))


def make_ledger(folder: Path) -> None:
    """Make it. After this nobody works on it any more, and its server is gone."""
    with (
        MockServer({USERNAME: PASSWORD}) as server,
        Client(USERNAME, PASSWORD, base_url=server.base_url, retry=RetryPolicy(attempts=1)) as client,
        Ledger.open(folder / LEDGER, environment="mock", account=USERNAME, pace=NOT_NOW) as ledger,
    ):
        sample.write_case(folder)
        filer = Filer(ledger, client, sample.profile(), pace=AT_ONCE)
        patient = Filer(ledger, client, sample.profile(), pace=NOT_NOW)

        def file(name: str, *faults: AnyFault, by: Filer = filer, **changes: Any) -> None:
            server.set_faults(*faults)
            by.file(record(folder, name, **changes), folder)

        file("case-filed", account=SUSPECT)
        # One report is opened in vain.
        file("case-again", Reset(at="after-acting", call="upload"), incident_type=TRAFFICKING)
        file("case-refused", ResponseCode(code=4100, call="submit"), account=f"{CONTENT}-user-2")
        file("case-doubt", ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
        file("case-pending", decision={"outcome": "pending"}, account=SUSPECT)
        file("case-later", ResponseCode(code=1100, call="upload", times=None), by=patient)


def record(folder: Path, name: str, *, account: str = "", incident_type: str = "", **changes: Any) -> bytes:
    """A record, as it comes in."""
    content: dict[str, Any] = json.loads((folder / "record.json").read_bytes())
    content |= {"id": name, "notes": f"{CONTENT} in the notes", **changes}
    content["suspects"][0]["identifier"] = account or f"{CONTENT}-{name}"
    if incident_type:
        content["incident"]["type"] = incident_type
    content["evidence"][0]["original_name"] = f"{CONTENT}.png"
    return json.dumps(content).encode()
