"""``cybertip send`` against a mock in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cybertip import sample, xml
from cybertip.models import ReportDoneResponse
from tests.acceptance.conftest import Cli
from tests.samples import file_details_xml, report_xml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report, two pictures and one file details."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "one.png").write_bytes(sample.picture((1, 2, 3)))
    (tmp_path / "a=b.png").write_bytes(sample.picture((4, 5, 6)))
    (tmp_path / "details.xml").write_bytes(file_details_xml(1, "any"))
    return tmp_path


def test_it_files_and_prints_the_receipt(cli: Cli, folder: Path) -> None:
    """Opened, uploaded, described, finished; the receipt is the only thing on stdout."""
    run = cli("send", "report.xml", "--file", "one.png=details.xml", "--file", "a=b.png")
    receipt = xml.parse(run.stdout.encode(), ReportDoneResponse).document
    assert run.status == 0
    assert len(receipt.files.file_ids) == 2
    steps = [line.split()[0] for line in run.stderr.splitlines()]
    assert steps == ["opened", "uploaded", "described", "uploaded", "finished"]


def test_it_files_without_files(cli: Cli, folder: Path) -> None:
    """A report without files has a receipt without files."""
    envelope = json.loads(cli("send", "report.xml", "--json").stdout)
    assert envelope["exit"] == 0
    assert envelope["file_ids"] == []
    assert str(envelope["report_id"]) in envelope["receipt"]


def test_everything_is_checked_before_the_report_is_opened(cli: Cli, folder: Path) -> None:
    """Wrong details, a missing file or a wrong report are found before anything is opened."""
    (folder / "bad.xml").write_bytes(b"<fileDetails/>")
    for arguments, status, text in [
        (("report.xml", "--file", "one.png=bad.xml"), 1, "bad.xml"),
        (("report.xml", "--file", "missing.png"), 2, "missing.png"),
        (("report.xml", "--file", "one.png=missing.xml"), 2, "missing.xml"),
        (("details.xml",), 1, "<report>"),
        (("missing.xml",), 2, "missing.xml"),
    ]:
        run = cli("send", *arguments)
        assert run.status == status
        assert text in run.stderr
        assert "opened" not in run.stderr
        assert run.stdout == ""


def test_production_is_refused(cli: Cli, folder: Path) -> None:
    """Nothing is filed to production without a ledger."""
    run = cli("send", "report.xml", "--environment", "production", CYBERTIP_BASE_URL="")
    assert run.status == 5
    assert "does not file to production" in run.stderr


def test_a_wrong_password_opens_nothing(cli: Cli, folder: Path) -> None:
    """Refused credentials end it at once."""
    run = cli("send", "report.xml", CYBERTIP_PASSWORD="another-password")
    assert run.status == 4
    assert "opened" not in run.stderr
