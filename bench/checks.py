"""What building, checking and writing a report costs, against writing it alone and against lxml's validation alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from cybertip import Schema, build, sample, validate_record, write
from cybertip.intake import make_record
from cybertip.review import ReviewRecord
from cybertip.schema import bundled_xsd

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MOST_GROWTH = 12.0
"""How many times longer ten times the size may take."""


def best(action: Callable[[], object], rounds: int) -> float:
    """The shortest of several times, in seconds."""

    def once() -> float:
        started = time.perf_counter()
        action()
        return time.perf_counter() - started

    return min(once() for _ in range(rounds))


def record(events: int, recipients: int) -> ReviewRecord:
    """A record with so many IP events of its suspect and so many recipients, with e-mail, texts and an event each."""

    def event(number: int) -> dict[str, Any]:
        return {
            "ip_address": f"8.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}",
            "event_name": "Upload",
            "date_time": (NOW - timedelta(minutes=number)).isoformat(),
            "port": 1024 + number % 60000,
        }

    def recipient(number: int) -> dict[str, Any]:
        return {
            "identifier": f"user-{number}",
            "person": {"emails": [{"address": f"user{number}@example.com"}]},
            "ip_events": [event(number)],
            "notes": f"Received message number {number}.",
        }

    return make_record({
        "format": "cybertip.review/1",
        "id": "bench",
        "decision": {"outcome": "confirmed", "reviewer": "reviewer-17", "decided_at": "2026-03-02T10:15:00Z"},
        "incident": {
            "type": "Online Enticement of Children for Sexual Acts",
            "occurred_at": "2026-03-02T08:58:12Z",
            "time_meaning": "The first of the reported messages",
            "details": [{"chat_im_incident": {"content": "[message text]\n" * 40}}],
        },
        "suspects": [{"identifier": "suspect-1", "ip_events": [event(number) for number in range(events)]}],
        "recipients": [recipient(number) for number in range(recipients)],
    })  # fmt: skip


def measure_checks() -> bool:
    """Print the costs as ratios; whether they grow with the size and not faster."""
    profile, schema = sample.profile(), etree.XMLSchema(etree.fromstring(bundled_xsd()))
    Schema.bundled()

    def run(case: ReviewRecord) -> bytes:
        findings = validate_record(case, profile, now=NOW)
        findings.raise_for_errors()
        return write(build(case, profile).report)

    times = []
    for name, case, rounds in (
        ("typical", record(3, 3), 50),
        ("large", record(500, 200), 7),
        ("10 x large", record(5000, 2000), 3),
    ):
        report = build(case, profile).report
        data = write(report)
        whole = best(lambda case=case: run(case), rounds)  # type: ignore[misc]
        writing = best(lambda report=report: write(report), rounds)  # type: ignore[misc]
        validating = best(lambda data=data: schema.validate(etree.fromstring(data)), rounds)  # type: ignore[misc]
        times.append(whole)
        print(
            f"build + schema + rules + write, {name:10} {len(data):8} bytes  {whole * 1e3:8.2f} ms"
            f"   {whole / writing:5.1f} x writing   {whole / validating:5.1f} x lxml validating"
        )
    growth = times[2] / times[1]
    print(f"ten times the size takes {growth:.1f} times as long; at most {MOST_GROWTH:.0f} is accepted")
    return growth <= MOST_GROWTH
