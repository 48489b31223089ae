"""What arrived, as plain data: for the inspection API and for the pages.

All of it is what clients sent, and some of it personal. It is shown to whoever runs the mock, and never logged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cybertip._version import __version__
from cybertip.mock.core import MockCore
from cybertip.mock.exchanges import Exchange
from cybertip.mock.state import ReceivedFile, ReceivedReport, ReportState
from cybertip.models import Report
from cybertip.xml import parse

FORMAT = 1
"""The version of all this data; the key ``cybertip_mock`` of every document."""

Data = dict[str, Any]


def health(core: MockCore) -> Data:
    """Whether it is there, and what it is."""
    states = [report.state for report in core.reports.values()]
    return {
        "cybertip_mock": FORMAT,
        "status": "ok",
        "version": __version__,
        "behaviour": core.behaviour.model_dump(),
        "now": _time(core.clock()),
        "reports": {str(state): states.count(state) for state in ReportState},
        "faults": len(core.faults.left.faults),
    }


def clock(core: MockCore) -> Data:
    """The mock's time, and how far it was moved."""
    return {
        "cybertip_mock": FORMAT,
        "now": _time(core.clock()),
        "offset_seconds": core.clock.offset.total_seconds(),
    }


def chosen(core: MockCore, state: ReportState | None = None, account: str | None = None) -> list[ReceivedReport]:
    """The reports in a state or of an account, newest first."""
    return [
        report
        for report in reversed(list(core.reports.values()))
        if state in (None, report.state) and account in (None, report.account)
    ]


def reports(found: Iterable[ReceivedReport]) -> Data:
    """Several reports, a few facts of each."""
    return {"cybertip_mock": FORMAT, "reports": [brief(report) for report in found]}


def brief(report: ReceivedReport) -> Data:
    """A few facts of a report."""
    return {
        "report_id": report.id,
        "state": str(report.state),
        "account": report.account,
        "batched": report.batched,
        "opened_at": _time(report.opened_at),
        "changed_at": _time(report.changed_at),
        "closed_at": _time(report.ended_at),
        "lapses_at": _time(report.lapses_at),
        "files": len(report.files),
        "bytes": sum(file.size for file in report.files),
    }


def report_in_full(report: ReceivedReport) -> Data:
    """Everything that is known of a report."""
    return {
        "cybertip_mock": FORMAT,
        **brief(report),
        "summary": summary(report),
        "xml": text_of(report.xml),
        "files": [_file(file) for file in report.files],
        "exchanges": [exchange(one) for one in report.exchanges],
    }


def summary(report: ReceivedReport) -> Data:
    """What the report's document says, in a few words."""
    document = parse(report.xml, Report).document
    about = document.incident_summary
    return {
        "incident_type": str(about.incident_type),
        "incident_date_time": about.incident_date_time.isoformat(),
        "platform": about.platform,
        "escalated": about.escalate_to_high_priority is not None,
        "annotations": _said(about.report_annotations),
        "incidents": [name for details in document.internet_details for name in _said(details)],
        "suspects": [
            {"esp_identifier": one.esp_identifier, "screen_name": one.screen_name}
            for one in document.persons_or_users_reported
        ],
        "recipients": len(document.intended_recipients),
        "victims": len(document.victims),
    }


def _said(part: Any) -> list[str]:
    """The names of the fields of a part that say something."""
    return [] if part is None else [name for name in type(part).model_fields if getattr(part, name)]


def _file(file: ReceivedFile) -> Data:
    return {
        "file_id": file.id,
        "name": file.name,
        "size": file.size,
        "md5": file.md5,
        "sha256": file.sha256,
        "uploaded_at": _time(file.uploaded_at),
        "details": None if file.details is None else text_of(file.details),
    }


def exchanges(core: MockCore) -> Data:
    """The latest requests, newest first."""
    return {"cybertip_mock": FORMAT, "exchanges": [exchange(one) for one in reversed(core.exchanges)]}


def exchange(one: Exchange) -> Data:
    """One request."""
    return {
        "number": one.number,
        "received_at": _time(one.received_at),
        "method": one.method,
        "call": one.call,
        "account": one.account,
        "request_bytes": one.request_bytes,
        "milliseconds": None if one.seconds is None else round(one.seconds * 1000, 3),
        "ended": one.ended,
        "http_status": one.http_status,
        "code": one.code,
        "description": one.description,
        "violations": list(one.violations),
        "fault": one.fault,
        "request_id": one.request_id,
        "report_id": one.report_id,
    }


def text_of(document: bytes) -> str:
    """A document as text, whatever its encoding: what is not UTF-8 in it shows as U+FFFD."""
    return document.decode("utf-8", "replace")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
