"""``cybertip validate``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from tests.acceptance.conftest import Cli
from tests.canaries import CONTENT
from tests.samples import file_details_xml, report_xml

PROFILE = """
[profiles.default]
legal_url = "https://example.com/legal"
[profiles.default.reporting_person]
emails = [{ address = "reports@example.com" }]
"""


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    content: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return content


def test_valid_documents(cli: Cli, tmp_path: Path) -> None:
    """Report, file details, both answers and a record are valid in one run."""
    (tmp_path / "report.xml").write_bytes(report_xml())
    (tmp_path / "details.xml").write_bytes(file_details_xml(4_100_000_001, "0" * 32))
    (tmp_path / "answer.xml").write_bytes(
        b"<reportResponse><responseCode>0</responseCode><responseDescription/></reportResponse>"
    )
    (tmp_path / "receipt.xml").write_bytes(
        b"<reportDoneResponse><responseCode>0</responseCode><reportId>1</reportId><files/></reportDoneResponse>"
    )
    sample.write_case(tmp_path)
    names = ["report.xml", "details.xml", "answer.xml", "receipt.xml", "record.json"]
    run = cli("validate", *names)
    assert run.status == 0
    assert all(f"{name}: valid" in run.stdout for name in names)


def test_a_finding_names_code_place_line_and_cure(cli: Cli, tmp_path: Path) -> None:
    """An element in the wrong order is told by code, path, line and what to move."""
    broken = (
        report_xml().replace(b"<port>50123</port>", b"").replace(b"<eventName>", b"\n<port>50123</port><eventName>")
    )
    (tmp_path / "report.xml").write_bytes(broken)
    run = cli("validate", "report.xml")
    assert run.status == 1
    assert "report.xml:3: error X002 at /report/personOrUserReported[1]/ipCaptureEvent[1]/port\n" in run.stdout
    assert "<port> must come after <dateTime>" in run.stdout


def test_the_envelope_lists_findings_per_file(cli: Cli, tmp_path: Path) -> None:
    """--json has one entry per file with its findings."""
    (tmp_path / "good.xml").write_bytes(report_xml())
    (tmp_path / "bad.xml").write_bytes(b"<report/>")
    run = cli("validate", "good.xml", "bad.xml", "--json", "--select", "S")
    good, bad = json.loads(run.stdout)["files"]
    assert run.status == 1
    assert good == {"file": "good.xml", "valid": True, "error": None, "findings": []}
    assert [finding["message"] for finding in bad["findings"]] == [
        "<incidentSummary> is missing in <report>",
        "<reporter> is missing in <report>",
    ]


def test_standard_input(cli: Cli) -> None:
    """A dash reads standard input."""
    assert cli("validate", "-", stdin=report_xml()).status == 0
    assert cli("validate", "-", stdin=b"<report>").status == 1


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"plain text", b"{", b"[]", b'{"format": 1}', b"<a" * 9999])
def test_any_bytes_give_findings(cli: Cli, content: bytes) -> None:
    """Input of any kind ends with findings, never with a traceback."""
    run = cli("validate", "-", stdin=content)
    assert run.status == 1
    assert "error X00" in run.stdout


def test_a_missing_file_is_a_usage_error(cli: Cli, tmp_path: Path) -> None:
    """A file that is not there, and a folder without documents, are named."""
    assert "missing.xml" in cli("validate", "missing.xml").stderr
    run = cli("validate", str(tmp_path))
    assert run.status == 2
    assert str(tmp_path) in run.stderr


def test_a_record_that_is_not_confirmed_is_refused(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """P501 names what is missing of the decision."""
    record["decision"] = {"outcome": "pending"}
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    run = cli("validate", "record.json", "--json")
    findings = json.loads(run.stdout)["files"][0]["findings"]
    assert run.status == 1
    assert {(finding["code"], finding["path"]) for finding in findings} == {
        ("P501", "/decision/outcome"),
        ("P501", "/decision/reviewer"),
        ("P501", "/decision/decided_at"),
    }


def test_a_wrong_record_names_the_field_and_hides_the_value(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Findings on a record are JSON pointers; the value itself is not printed."""
    record["incident"]["occurred_at"] = "2026-03-02T09:58:12"
    record["suspects"][0]["nickname"] = CONTENT
    record["evidence"][1]["sha256"] = CONTENT
    del record["evidence"][0]["viewed"]
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    run = cli("validate", "record.json")
    assert run.status == 1
    assert "S119 at /incident/occurred_at" in run.stdout
    assert "X002 at /suspects/0/nickname" in run.stdout
    assert "X002 at /evidence/0/viewed" in run.stdout
    assert "X002 at /evidence/1/sha256" in run.stdout


def test_the_profile_comes_from_the_configuration(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """cybertip.toml in the folder is used; a profile that it lacks is a usage error."""
    (tmp_path / "cybertip.toml").write_text(PROFILE, encoding="utf-8")
    run = cli("validate", "record.json")
    assert run.status == 0
    assert "made-up reporter" not in run.stderr
    record["profile"] = "second-brand"
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    run = cli("validate", "record.json")
    assert run.status == 2
    assert "[profiles.second-brand]" in run.stderr


@pytest.mark.parametrize(
    ("content", "text"),
    [("[profiles", "not TOML"), ("[profiles.default]\nreporter = 1\n", "/reporting_person"), ("x = 1", "no key 'x'")],
)
def test_a_wrong_configuration_is_explained(cli: Cli, tmp_path: Path, content: str, text: str) -> None:
    """A configuration that cannot be used is a usage error that says what is wrong with it."""
    (tmp_path / "own.toml").write_text(content, encoding="utf-8")
    sample.write_case(tmp_path)
    run = cli("validate", "record.json", "--config", "own.toml")
    assert run.status == 2
    assert "own.toml" in run.stderr
    assert text in run.stderr
