"""Write schemas/review-record.schema.json from the models. Run by ``make docs``; a test fails when it is stale."""

from __future__ import annotations

import json
from pathlib import Path

from cybertip.record_schema import record_schema

TARGET = Path(__file__).resolve().parents[1] / "schemas" / "review-record.schema.json"


def text() -> str:
    """The whole file."""
    return json.dumps(record_schema(), indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
