"""``cybertip send`` against a mock in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cybertip import sample, xml
from cybertip.models import ReportDoneResponse
from tests.acceptance.conftest import Cli, Mock
from tests.acceptance.filings import LEDGER, nobody
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


def test_the_same_documents_are_filed_once(cli: Cli, folder: Path) -> None:
    """Sent again, from another folder too, they give the same receipt byte for byte, and no call is made."""
    arguments = ("report.xml", "--file", "one.png=details.xml")
    once = cli("send", *arguments)
    (folder / "moved").mkdir()
    (folder / "one.png").rename(folder / "moved" / "one.png")
    again = cli("send", "report.xml", "--file", "moved/one.png=details.xml")
    assert (once.status, again.status) == (0, 0)
    assert once.stdout == again.stdout
    assert "opened" not in again.stderr
    assert len(cli("list").stdout.splitlines()) == 1


def test_an_id_names_the_case(cli: Cli, folder: Path) -> None:
    """The same documents are filed for another case; other documents under the same id are refused."""
    receipts = [cli("send", "report.xml", "--id", case).stdout for case in ("case-1", "case-2", "case-1")]
    assert receipts[0] == receipts[2] != receipts[1]
    run = cli("send", "report.xml", "--file", "one.png", "--id", "case-1", "--json")
    envelope = json.loads(run.stdout)
    assert run.status == envelope["exit"] == 1
    assert "differ at /files" in envelope["error"]["message"]
    assert cli("show", "case-2").status == 0
    for hostile in ("", " ", "a\nb", "\x1b[2J", "x" * 201):
        assert cli("send", "report.xml", "--id", hostile).status == 2


def test_production_takes_an_explicit_environment(cli: Cli, folder: Path) -> None:
    """What stops it is decided before any connection: a rule, or a ledger of another environment."""
    (folder / "bad.xml").write_bytes(report_xml().replace(b"<port>50123", b"<port>0"))
    assert cli("send", "bad.xml", "--environment", "production", CYBERTIP_BASE_URL="").status == 1
    assert not (folder / "cybertip-production.sqlite3").exists()
    cli("send", "report.xml")
    run = cli("send", "report.xml", "--environment", "production", "--ledger", LEDGER, CYBERTIP_BASE_URL="")
    assert (run.status, "P505" in run.stderr) == (5, True)
    assert cli("send", "report.xml", "--environment", "production").status == 5  # with the address of the mock


def test_an_unreachable_server_leaves_it_in_the_ledger(cli: Cli, folder: Path, mock: Mock) -> None:
    """Exit status 4 and no receipt; sending it again files it, and so does `cybertip file`."""
    with nobody() as address:
        for case in ("case-1", "case-2"):
            run = cli("send", "report.xml", "--id", case, **address)
            assert (run.status, run.stdout) == (4, "")
            assert "A worker tries again" in run.stderr
    assert cli("file", "--wait", "30").status == 0
    receipts = [cli("send", "report.xml", "--id", case) for case in ("case-1", "case-2")]
    assert [run.status for run in receipts] == [0, 0]
    assert all("<reportDoneResponse>" in run.stdout for run in receipts)


def test_a_wrong_password_opens_nothing(cli: Cli, folder: Path) -> None:
    """Refused credentials end it at once."""
    run = cli("send", "report.xml", CYBERTIP_PASSWORD="another-password")
    assert run.status == 4
    assert "opened" not in run.stderr
    assert "tells whether the credentials work" in run.stderr
    assert cli("send", "report.xml", CYBERTIP_PASSWORD="another-password").status == 4
    assert cli("file", "--wait", "30").status == 0
