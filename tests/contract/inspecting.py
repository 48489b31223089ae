"""What the tests of the mock's inspection share: everything that can be asked for below `/_mock`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

START = datetime(2026, 1, 31, 8, tzinfo=UTC)
"""The time on the inspected mock's clock, until a test moves it."""

OTHER = ("esp-two", "password-two")
"""Its second account."""

JSON = {"Content-Type": "application/json"}

EVERYTHING = [
    ("GET", "/health"),
    ("GET", "/reports"),
    ("DELETE", "/reports"),
    ("GET", "/reports/latest"),
    ("GET", "/reports/latest/xml"),
    ("GET", "/exchanges"),
    ("GET", "/faults"),
    ("PUT", "/faults"),
    ("GET", "/clock"),
    ("POST", "/clock"),
    ("GET", ""),
    ("GET", "/"),
    ("GET", "/view/latest"),
    ("GET", "/assets/style.css"),
    ("GET", "/assets/live.js"),
    ("GET", "/assets/base.html"),
    ("POST", "/reports"),
    ("OPTIONS", "/health"),
    ("GET", "/nothing/at/all"),
]
"""Methods and paths, good and bad."""


def data(answer: httpx.Response) -> Any:
    """The data of an answer that went well."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), answer.text
    return answer.json()


def ids(answer: httpx.Response) -> list[int]:
    return [report["report_id"] for report in data(answer)["reports"]]


def assert_refused(answer: httpx.Response, status: int, words: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert words in answer.json()["error"]
