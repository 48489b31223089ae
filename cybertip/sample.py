"""A made-up, harmless case for demonstrations: plain pictures, example.com, documentation addresses, invented ids."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from cybertip.profile import ReporterProfile, make_profile

PICTURES = {"evidence-1.png": (70, 130, 180), "evidence-2.png": (46, 139, 87)}
"""File names and their colours: red, green, blue."""


def picture(colour: tuple[int, int, int], size: int = 64) -> bytes:
    """A square PNG of one colour.

    Args:
        colour: red, green, blue, each 0 to 255.
        size: pixels along an edge.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(colour) * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def profile() -> ReporterProfile:
    """A reporter that does not exist."""
    return make_profile(
        {
            "reporting_person": {
                "first_name": "Trust and Safety",
                "last_name": "Example Service",
                "emails": [{"address": "reports@example.com", "type": "Work"}],
            },
            "contact_person": {
                "emails": [{"address": "legal@example.com", "type": "Work"}],
                "phones": [{"number": "555-0100", "type": "Work", "country_calling_code": "+1"}],
            },
            "company_template": "Serve legal process by e-mail to legal@example.com. Data are kept for 90 days.",
            "legal_url": "https://example.com/legal",
            "service": "Example Photos",
        }
    )


def write_case(folder: Path) -> Path:
    """Write the case into a folder: two pictures and the review record that tells of them; return its path."""
    for name, colour in PICTURES.items():
        (folder / name).write_bytes(picture(colour))
    record = folder / "record.json"
    record.write_text(json.dumps(_record(), indent=2) + "\n", encoding="utf-8")
    return record


def _record() -> dict[str, Any]:
    return {
        "format": "cybertip.review/1",
        "id": "case-2026-000001",
        "decision": {
            "outcome": "confirmed",
            "reviewer": "reviewer-17",
            "decided_at": "2026-03-02T10:15:00Z",
        },
        "detection": {
            "source": "hash match",
            "tool": "Example Matcher",
            "detected_at": "2026-03-02T08:59:30Z",
        },
        "incident": {
            "type": "Child Pornography (possession, manufacture, and distribution)",
            "occurred_at": "2026-03-02T09:58:12.250+01:00",
            "time_meaning": "Upload of the first reported file",
            "platform": "Example Photos",
            "details": [{"web_page_incident": {"urls": ["https://photos.example.com/album/4711"]}}],
        },
        "suspects": [
            {
                "identifier": "user-4711",
                "screen_name": "plain_colours",
                "person": {"emails": [{"address": "user4711@example.com", "verified": True}]},
                "ip_events": [
                    {
                        "ip_address": "192.0.2.44",
                        "event_name": "Upload",
                        "date_time": "2026-03-02T09:58:12+01:00",
                        "possible_proxy": False,
                        "port": 51812,
                    }
                ],
            }
        ],
        "evidence": [
            {
                "id": f"file-{number}",
                "location": name,
                "sha256": hashlib.sha256(picture(colour)).hexdigest(),
                "viewed": "full",
                "viewed_by": "reviewer-17",
                "viewed_at": "2026-03-02T10:12:00Z",
                "original_name": f"colour {number}.png",
                "uploaded_at": "2026-03-02T09:58:12+01:00",
                "source_url": f"https://photos.example.com/album/4711/{number}",
                "publicly_available": True,
            }
            for number, (name, colour) in enumerate(PICTURES.items(), start=1)
        ],
        "actions": [{"kind": "account permanently disabled", "at": "2026-03-02T10:16:00Z", "user_notified": False}],
    }
