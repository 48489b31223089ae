"""The sequence of calls that NCMEC's documentation shows, with the real curl against the mock."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cybertip.mock import MockServer, ReportState
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.xml import parse
from tests.samples import file_details_xml, picture, report_xml

XML = ["-H", "Content-Type: text/xml; charset=utf-8"]

Curl = Callable[..., bytes]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def curl(server: MockServer, tmp_path: Path) -> Curl:
    """Runs curl on a path of the API, in a directory of its own, and gives the body of the answer."""
    program = shutil.which("curl")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("curl is not installed, and in CI this test must run")
        pytest.skip("curl is not installed")

    def run(path: str, *options: str, expected: int = 200) -> bytes:
        # -q and --noproxy: neither the user's settings nor a proxy may lead these calls elsewhere.
        ran = subprocess.run(
            [
                *(program, "-q", "--noproxy", "*", "--silent", "--show-error", "--max-time", "60"),
                *("--write-out", "%{stderr}%{http_code}", "-u", f"{server.username}:{server.password}"),
                *(*options, server.base_url + path),
            ],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        assert ran.stderr == str(expected).encode()
        return ran.stdout

    return run


def response(body: bytes) -> ReportResponse:
    return parse(body, ReportResponse).document


def test_status(curl: Curl) -> None:
    """curl -u user:password …/status."""
    assert response(curl("/status")).response_description == "Remote User : mock, Remote Ip : 127.0.0.1"


def test_schema(curl: Curl) -> None:
    """curl -u user:password …/xsd."""
    assert b"<xs:schema" in curl("/xsd")


def test_a_report_with_a_file_is_filed(server: MockServer, curl: Curl, tmp_path: Path) -> None:
    """submit, upload, fileinfo and finish, as the documentation's examples call them."""
    png = picture(size=(900, 700)) + bytes(2_000_000)
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "holiday.png").write_bytes(png)

    report_id = response(curl("/submit", *XML, "--data-binary", "@report.xml")).report_id
    assert report_id is not None
    uploaded = response(curl("/upload", "--form", f"id={report_id}", "--form", "file=@holiday.png"))
    assert uploaded.hash == hashlib.md5(png, usedforsecurity=False).hexdigest()
    (tmp_path / "details.xml").write_bytes(file_details_xml(report_id, uploaded.file_id or ""))
    assert response(curl("/fileinfo", *XML, "--data-binary", "@details.xml")).report_id == report_id
    receipt = parse(curl("/finish", "--form", f"id={report_id}"), ReportDoneResponse).document

    assert (receipt.response_code, receipt.report_id) == (0, report_id)
    assert list(receipt.files.file_ids) == [uploaded.file_id]
    report = server.core.reports[report_id]
    assert (report.state, report.xml) == (ReportState.FINISHED, report_xml())
    assert (report.files[0].name, report.files[0].size) == ("holiday.png", len(png))


def test_a_report_is_retracted(server: MockServer, curl: Curl, tmp_path: Path) -> None:
    """submit and retract; what follows is refused."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    report_id = response(curl("/submit", *XML, "--data-binary", "@report.xml")).report_id
    assert report_id is not None
    assert response(curl("/retract", "--form", f"id={report_id}")).report_id == report_id
    assert server.core.reports[report_id].state is ReportState.RETRACTED
    assert response(curl("/finish", "--form", f"id={report_id}", expected=400)).response_code == 5101
