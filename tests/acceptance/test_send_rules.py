"""``cybertip send`` and the rules beyond the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cybertip.models._types import write_datetime
from tests.acceptance.conftest import Cli
from tests.samples import file_details_xml, report_xml


def test_what_a_rule_refuses_is_not_sent(cli: Cli, tmp_path: Path) -> None:
    """A broken report, and broken details, are refused before anything is opened."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "bad.xml").write_bytes(report_xml().replace(b"<port>50123", b"<port>0"))
    (tmp_path / "file.bin").write_bytes(b"x")
    details = file_details_xml(0, "any").replace(b"<fileViewedByEsp>true", b"<exifViewedByEsp>true</exifViewedByEsp>")
    broken = details.replace(b"</exifViewedByEsp></fileViewedByEsp>", b"</exifViewedByEsp>")
    (tmp_path / "details.xml").write_bytes(broken)
    run = cli("send", "bad.xml")
    assert run.status == 1
    assert "bad.xml: S103" in run.stderr
    run = cli("send", "report.xml", "--file", "file.bin=details.xml")
    assert run.status == 1
    assert "details.xml: S304" in run.stderr
    assert "opened" not in run.stderr


def test_stand_in_ids_are_no_errors(cli: Cli, tmp_path: Path) -> None:
    """The ids in details are replaced, so any will do."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "file.bin").write_bytes(b"x")
    (tmp_path / "details.xml").write_bytes(file_details_xml(0, ""))
    assert cli("send", "report.xml", "--file", "file.bin=details.xml").status == 0


def test_a_time_a_little_ahead_is_waited_for(cli: Cli, tmp_path: Path) -> None:
    """The report is sent once its time has passed, and the wait is announced."""
    ahead = datetime.now(UTC) + timedelta(seconds=15)
    start, rest = report_xml().split(b"<incidentDateTime>")
    time = write_datetime(ahead).encode()
    (tmp_path / "report.xml").write_bytes(
        start + b"<incidentDateTime>" + time + rest[rest.index(b"</incidentDateTime") :]
    )
    run = cli("send", "report.xml")
    assert run.status == 0
    assert "waiting until" in run.stderr
    assert datetime.now(UTC) >= ahead
