"""What tests need to talk to a mock server."""

from __future__ import annotations

import httpx

from cybertip.mock import MockServer
from cybertip.models import ReportResponse
from cybertip.schema import Schema
from cybertip.xml import parse
from tests.samples import report_xml

XML = {"Content-Type": "text/xml; charset=utf-8"}
"""The header that announces a document."""

BOUNDARY = "sample-boundary"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
"""The header that announces a form made of `part` and `END`."""
END = f"--{BOUNDARY}--\r\n".encode()


def connect(server: MockServer, auth: tuple[str, str] | None = None) -> httpx.Client:
    """A client with the server's first account, or another. It uses no proxy: nothing leaves the machine."""
    return httpx.Client(
        base_url=server.base_url, auth=auth or (server.username, server.password), trust_env=False, timeout=30
    )


def response(answer: httpx.Response) -> ReportResponse:
    """The document of an answer, which must be valid."""
    assert not Schema.bundled().validate(answer.content)
    return parse(answer.content, ReportResponse).document


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    """One part of a multipart form, with the boundary before it."""
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    return f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


def open_report(api: httpx.Client, xml: bytes | None = None) -> int:
    """Open a report, the sample unless told otherwise, and give its id."""
    report_id = response(api.post("/submit", content=xml or report_xml(), headers=XML)).report_id
    assert report_id is not None
    return report_id


def upload(api: httpx.Client, report_id: int, name: str = "a.txt", content: bytes = b"abc") -> str:
    """Upload a file to a report, and give the file's id."""
    body = part("id", str(report_id).encode()) + part("file", content, name) + END
    return response(api.post("/upload", content=body, headers=MULTIPART)).file_id or ""
