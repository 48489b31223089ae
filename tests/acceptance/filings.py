"""What the tests of filing share: records in a folder, a server that is not there, what a mock and a ledger hold."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cybertip import sample
from cybertip.errors import CybertipError
from cybertip.filing.events import CallEnded, CallStarted
from cybertip.ledger import Ledger
from tests.acceptance.programs import Program
from tests.canaries import CONTENT, PASSWORD, USERNAME

ACCOUNT = ("--user", f"{USERNAME}:{PASSWORD}")
"""The arguments of a mock that has the account of `cli`."""
LEDGER = "cybertip-mock.sqlite3"
"""Where the commands keep a ledger unless they are told."""


def case(folder: Path, name: str, **changes: Any) -> str:
    """Write a record with this id, and its two pictures; the name of its file.

    The reported account, the conversation and the notes hold canaries: nothing of them may ever be printed.
    """
    content = json.loads(sample.write_case(folder).read_text(encoding="utf-8"))
    (folder / "record.json").unlink()
    content |= {"id": name, "notes": f"{CONTENT} in the notes", **changes}
    content["suspects"][0]["identifier"] = f"{CONTENT}-{name}"
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return f"{name}.json"


def changed(folder: Path, file: str, **changes: Any) -> str:
    """Change a record's file; its name."""
    content = json.loads((folder / file).read_text(encoding="utf-8"))
    (folder / file).write_text(json.dumps(content | changes), encoding="utf-8")
    return file


def finished(server: Program) -> list[int]:
    """The ids of the finished reports at a mock, the oldest first."""
    return sorted(one["report_id"] for one in server.look("/reports?state=finished")["reports"])


def where(server: Program) -> dict[str, str]:
    """The variable that leads a command to a mock."""
    return {"CYBERTIP_BASE_URL": server.base_url}


@contextmanager
def nobody() -> Iterator[dict[str, str]]:
    """The variable that leads a command to where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield {"CYBERTIP_BASE_URL": f"http://127.0.0.1:{held.getsockname()[1]}/ispws"}


def ended(folder: Path, name: str) -> list[tuple[str, str]]:
    """The calls of a record's filing, with what became of them."""
    with Ledger.open(folder / LEDGER) as ledger:
        events = [event for _, event in ledger.history(ledger.filing_of(name) or "")]
    return [(str(event.call), str(event.outcome)) for event in events if isinstance(event, CallEnded)]


def has_begun(folder: Path, name: str, call: str) -> bool:
    """Whether a call of a record's filing is in the ledger."""
    if not (folder / LEDGER).exists():
        return False
    try:
        with Ledger.open(folder / LEDGER) as ledger:
            filing_id = ledger.filing_of(name)
            events = [event for _, event in ledger.history(filing_id or "")]
    except CybertipError:  # it is being made
        return False
    return any(isinstance(event, CallStarted) and event.call == call for event in events)
