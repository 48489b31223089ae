"""A report filed by Node's own fetch and FormData: another HTTP client than any of ours, against the mock."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cybertip.mock import MockServer, ReportState
from cybertip.models import ReportDoneResponse
from cybertip.xml import parse
from tests.samples import picture, report_xml

SCRIPT = Path(__file__).parent / "file_a_report.mjs"
OLDEST = 18
"""The first version of Node that has fetch and FormData."""


@pytest.fixture
def node() -> str:
    """The program. Where it is missing or too old, what needs it is skipped, but fails where ``CI`` is ``true``."""
    program = shutil.which("node")
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout if program else ""
    known = re.match(r"v(\d+)\.", version)
    if program is None or known is None or int(known[1]) < OLDEST:
        message = f"node {OLDEST} or later is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{message}, and in CI this test must run")
        pytest.skip(message)
    return program


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def run(node: str, server: MockServer, *files: Path) -> subprocess.CompletedProcess[bytes]:
    # Nothing but what is needed: neither a proxy nor options for Node may lead these calls elsewhere.
    environment = {
        "CYBERTIP_BASE_URL": server.base_url,
        "CYBERTIP_USERNAME": server.username,
        "CYBERTIP_PASSWORD": server.password,
    }
    return subprocess.run([node, str(SCRIPT), *map(str, files)], env=environment, capture_output=True, timeout=60)


def test_a_report_with_a_file_is_filed(server: MockServer, node: str, tmp_path: Path) -> None:
    """submit, upload, fileinfo and finish from Node: the report is filed, and the file arrives as it was sent."""
    png = picture(size=(640, 480)) + bytes(range(256)) * 4000
    report, file = tmp_path / "report.xml", tmp_path / "Grüße aus Graz.png"
    report.write_bytes(report_xml())
    file.write_bytes(png)

    ran = run(node, server, report, file)

    assert (ran.returncode, ran.stderr) == (0, b"")
    receipt = parse(ran.stdout, ReportDoneResponse).document
    received = server.core.reports[receipt.report_id]
    assert (received.state, received.xml) == (ReportState.FINISHED, report_xml())
    (arrived,) = received.files
    assert list(receipt.files.file_ids) == [arrived.id]
    assert (arrived.name, arrived.size) == (file.name, len(png))
    assert arrived.md5 == hashlib.md5(png, usedforsecurity=False).hexdigest()
    assert file.name.encode() in (arrived.details or b"")


def test_a_refused_report_ends_it(server: MockServer, node: str, tmp_path: Path) -> None:
    """A report that is refused ends the program with status 1 and no receipt, and opens nothing."""
    before = len(server.core.reports)
    report = tmp_path / "report.xml"
    report.write_bytes(report_xml().replace(b"platform>", b"unknown>"))
    ran = run(node, server, report, report)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"/submit: HTTP 400, code 4100" in ran.stderr
    assert len(server.core.reports) == before
