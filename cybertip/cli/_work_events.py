"""What a worker says while it goes on: a line for people on stderr, or with --json a line of JSON on stdout.

No content, no ids of records, and nothing that a person typed: it ends in the log of a service.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cybertip.cli._output import Output
from cybertip.filing.events import CallEnded
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.status import NEEDS_PERSON, Kind, in_general
from cybertip.ledger import Filing, LedgerError

_LAST = (CallName.FINISH, CallName.RETRACT)
_ENDS = NEEDS_PERSON | {Kind.FILED, Kind.CANCELLED}


class Events:
    """Says what happens, from any thread.

    Attributes:
        look: gives a filing as it stands; set once there is a filer.
        filed: how many filings were filed.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._lock = threading.Lock()
        self.look: Callable[[str], Filing] | None = None
        self.filed = 0

    def ready(self, told: dict[str, Any]) -> None:
        """It works from now on."""
        threads = told["threads"]
        who = "one filing at a time" if threads == 1 else f"{threads} filings at a time"
        self._say("ready", told, f"Working on {told['ledger']} ({told['environment']}), {who}. Stop it with SIGTERM.")

    def called(self, filing_id: str, ended: CallEnded) -> None:
        """A call of a filing has ended, and is in the ledger."""
        told = {
            "filing": filing_id,
            "call": str(ended.call),
            "outcome": str(ended.outcome),
            "report_id": ended.report_id,
            "code": ended.code,
            "http_status": ended.http_status,
        }
        well = ended.outcome is Outcome.OK
        self._say("call", told, None if well else f"{filing_id}  /{ended.call}: {ended.outcome}")
        if (not well or ended.call in _LAST) and self.look is not None:
            try:
                self._filing(self.look(filing_id))
            except LedgerError:
                return  # the work itself tells of it

    def _filing(self, filing: Filing) -> None:
        status = filing.status
        if status.kind not in _ENDS:
            return
        if status.kind is Kind.FILED:
            with self._lock:
                self.filed += 1
        report = f" report {status.report_id}" if status.report_id is not None else ""
        words = f"{filing.id}  {status.kind}{report}: {in_general(status.situation, filing.state)}"
        alarms = "".join(f"; ALARM: {one}" for one in status.alarms)
        told = {
            "filing": filing.id,
            "status": str(status.kind),
            "situation": str(status.situation),
            "report_id": status.report_id,
            "alarms": list(status.alarms),
        }
        self._say("filing", told, f"{words}{alarms}")

    def blocked(self, wait: float) -> None:
        """The credentials are refused, and are tried again after so many seconds, or once they have changed."""
        words = f"The server does not accept the credentials, and all filings wait; tried again in {wait:.0f} seconds."
        self._say("blocked", {"next_try_seconds": wait}, words, wrong=True)

    def unblocked(self) -> None:
        """The credentials are accepted again."""
        self._say("unblocked", {}, "The server accepts the credentials again; all filings go on.")

    def reloaded(self) -> None:
        """Other credentials are used from now on."""
        self._say("reloaded", {}, "The credentials have changed, and are used from now on.")

    def trouble(self, words: str) -> None:
        """The ledger cannot be read or written."""
        self._say("trouble", {"words": words}, f"Waiting for the ledger: {words}.", wrong=True)

    def defect(self, name: str) -> None:
        """Something went wrong that nobody foresaw."""
        words = f"An unforeseen error ({name}); going on. This is a defect of cybertip; please report it."
        self._say("defect", {"kind": name}, words, wrong=True)

    def words(self, words: str) -> None:
        """Something else that people should know."""
        self._say("note", {"words": words}, words)

    def _say(self, name: str, told: dict[str, Any], words: str | None, *, wrong: bool = False) -> None:
        with self._lock:
            if self._output.as_json:
                self._output.event(name, {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **told})
            elif words is not None and wrong:
                self._output.error(words)
            elif words is not None:
                self._output.say(words)
