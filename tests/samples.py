"""Small harmless documents and pictures that tests send: invented people, example.com, documentation addresses."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

from cybertip.models import (
    Email,
    FileDetails,
    FileRelevance,
    IncidentSummary,
    IncidentType,
    InternetDetails,
    IpCaptureEvent,
    IpCaptureType,
    Person,
    PersonOrUserReported,
    Report,
    Reporter,
    WebPageIncident,
)
from cybertip.xml import write

_INCIDENT = datetime(2025, 3, 14, 15, 9, 26, tzinfo=UTC)


def report_xml() -> bytes:
    """A report that the API accepts: one suspect with an upload address, one web page."""
    return write(
        Report(
            incident_summary=IncidentSummary(
                incident_type=IncidentType.CHILD_PORNOGRAPHY,
                platform="Example Pictures",
                incident_date_time=_INCIDENT,
                incident_date_time_description="Upload of the first file",
            ),
            internet_details=[
                InternetDetails(web_page_incident=WebPageIncident(urls=["https://pictures.example.com/u/7f3a"]))
            ],
            reporter=Reporter(
                reporting_person=Person(
                    first_name="Robin", last_name="Sample", emails=[Email(address="trust@example.com")]
                )
            ),
            persons_or_users_reported=[
                PersonOrUserReported(
                    esp_identifier="user-7f3a",
                    screen_name="sample_user",
                    ip_capture_events=[
                        IpCaptureEvent(
                            ip_address="203.0.113.9",
                            event_name=IpCaptureType.UPLOAD,
                            date_time=_INCIDENT,
                            port=50123,
                        )
                    ],
                )
            ],
        )
    )


def file_details_xml(report_id: int, file_id: str) -> bytes:
    """File details that the API accepts for this file of this report."""
    return write(
        FileDetails(
            report_id=report_id,
            file_id=file_id,
            original_file_name="holiday.png",
            uploaded_to_esp_timestamp=_INCIDENT,
            file_viewed_by_esp=True,
            publicly_available=False,
            file_relevance=FileRelevance.REPORTED,
        )
    )


def picture(colour: tuple[int, int, int] = (70, 130, 180), size: tuple[int, int] = (16, 16)) -> bytes:
    """A PNG of one colour.

    Args:
        colour: red, green and blue, each 0 to 255.
        size: width and height in pixels.
    """
    width, height = size
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
