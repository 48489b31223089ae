"""``cybertip show``"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from cybertip.cli._ledgers import as_data, existing_ledger, filing_named, line_of, told
from cybertip.cli._options import json_option, with_ledger_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.filing.events import AttemptDropped, CallEnded, CallStarted, Event, EvidenceMissing, dump
from cybertip.filing.states import Phase
from cybertip.filing.status import NEEDS_PERSON
from cybertip.findings import Severity


@click.command("show")
@click.argument("filing")
@json_option
@body_of("show")
@with_ledger_settings()
def command(output: Output, filing: str, settings: Settings) -> int:
    """Show one filing: its status, why, what happens next, and what has happened.

    FILING is the filing's id, or the id of its record. Exit status 3 if it waits for a person, else 0.
    """
    with existing_ledger(settings) as opened:
        found = filing_named(opened, filing)
        history = opened.history(found.id)
        findings = opened.findings(found.id)
    output.data(line_of(found))
    told(output, found)
    if found.state.phase is Phase.CORRECTION:
        for one in findings:
            if one["severity"] == Severity.ERROR:
                output.data(
                    f"  {one['code']}: {one.get('pointer') or one['path']}: {one['message']} {one['cure']}".rstrip()
                )
    for at, event in history:
        output.data(f"  {at:%Y-%m-%dT%H:%M:%SZ}  {_in_words(event)}")
    waits = found.status.kind in NEEDS_PERSON or found.status.alarms
    events = [_data(at, event) for at, event in history]
    shown = {**as_data(found), "found": findings, "events": events}
    return output.end(Exit.NEEDS_PERSON if waits else Exit.DONE, shown)


def _in_words(event: Event) -> str:
    match event:
        case CallStarted():
            return f"/{event.call}{_about(event)} begun"
        case CallEnded():
            words = (
                f": {event.words}" if event.words else f", Request-ID {event.request_id}" if event.request_id else ""
            )
            return f"/{event.call}{_about(event)} {event.outcome}{words}"
        case EvidenceMissing() | AttemptDropped():
            return f"{event.kind}: {event.words if isinstance(event, EvidenceMissing) else event.reason}"
        case _:
            return event.kind


def _about(event: CallStarted | CallEnded) -> str:
    report = f" of report {event.report_id}" if event.report_id is not None else ""
    return f"{report}, file {event.file}" if event.file is not None else report


def _data(at: datetime, event: Event) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(dump(event))
    return {"recorded_at": at.isoformat(), **plain}
