"""``cybertip validate``: rules, details, selection and formats; and ``cybertip rules``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from tests.acceptance.conftest import Cli
from tests.samples import file_details_xml, report_xml

PORT = "/report/personOrUserReported[1]/ipCaptureEvent[1]/port"
CANARY = b"personal-5512@example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A report whose port is wrong, and file details that contradict themselves."""
    (tmp_path / "report.xml").write_bytes(report_xml().replace(b"<port>50123", b"\n<port>70000"))
    details = file_details_xml(4_100_000_001, "0" * 32)
    (tmp_path / "details.xml").write_bytes(
        details.replace(
            b"<fileViewedByEsp>true</fileViewedByEsp>",
            b"<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>",
        )
    )
    (tmp_path / "good.xml").write_bytes(report_xml())
    return tmp_path


def found(stdout: str) -> list[list[tuple[str, str]]]:
    """Codes and paths per file."""
    return [[(item["code"], item["path"]) for item in file["findings"]] for file in json.loads(stdout)["files"]]


def test_report_and_details_are_checked_together(cli: Cli, folder: Path) -> None:
    """--details takes all names after it; each finding stands with the file that it is about."""
    (folder / "second.xml").write_bytes(file_details_xml(4_100_000_001, "1" * 32))
    run = cli("validate", "report.xml", "--details", "details.xml", "second.xml", "--select", "S", "--json")
    assert run.status == 1
    assert found(run.stdout) == [[("S103", PORT)], [("S304", "/fileDetails/exifViewedByEsp")], []]


def test_details_may_be_given_with_an_equals_sign(cli: Cli, folder: Path) -> None:
    """--details=FILE takes the names after it as well, and a double dash ends them."""
    (folder / "second.xml").write_bytes(file_details_xml(4_100_000_001, "1" * 32))
    run = cli("validate", "good.xml", "--details=details.xml", "second.xml", "--json")
    assert [item["file"] for item in json.loads(run.stdout)["files"]] == ["good.xml", "details.xml", "second.xml"]
    run = cli("validate", "--details", "details.xml", "--json", "--", "good.xml")
    assert [item["file"] for item in json.loads(run.stdout)["files"]] == ["good.xml", "details.xml"]


def test_nothing_is_said_about_a_reporter_who_stands_in(cli: Cli, folder: Path) -> None:
    """Without a configuration the reporter is made up, and so is not judged."""
    sample.write_case(folder)
    assert "Q620" not in cli("validate", "record.json").stdout
    (folder / "cybertip.toml").write_text("[profiles.default.reporting_person]\n", encoding="utf-8")
    run = cli("validate", "record.json")
    assert run.status == 1
    assert "S209 at /profile" in run.stdout
    assert "Q620 at /profile" in run.stdout


def test_a_batched_report_sees_its_files(cli: Cli, folder: Path) -> None:
    """B rules compare the report with its details, which alone break nothing."""
    batched = (
        b'<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/><incidentSummary><incidentType>Child Sex Tourism'
        b"</incidentType><incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime></incidentSummary><reporter>"
        b"<reportingPerson><email>reports@example.com</email></reportingPerson></reporter></report>"
    )
    (folder / "batched.xml").write_bytes(batched)
    (folder / "plain.xml").write_bytes(b"<fileDetails><reportId>1</reportId><fileId>a</fileId></fileDetails>")
    run = cli("validate", "batched.xml", "--details", "plain.xml", "--select", "B,S", "--json")
    assert found(run.stdout) == [[], [("B404", "/fileDetails")]]
    assert cli("validate", "plain.xml", "--select", "B,S").status == 0


def test_a_finding_on_a_built_document_names_the_record(cli: Cli, folder: Path) -> None:
    """For a record the field to mend comes first, and the envelope has both paths."""
    content = json.loads(sample.write_case(folder).read_bytes())
    content["suspects"][0]["ip_events"][0]["port"] = 0
    content["evidence"][1]["source_url"] = "www.example.com"
    (folder / "record.json").write_text(json.dumps(content), encoding="utf-8")
    content["suspects"][0]["ip_events"][0]["date_time"] = "2126-03-02T09:58:12+01:00"
    (folder / "record.json").write_text(json.dumps(content), encoding="utf-8")
    run = cli("validate", "record.json", "--select", "S,R", "--json")
    findings = json.loads(run.stdout)["files"][0]["findings"]
    assert run.status == 1
    assert [(item["code"], item["path"], item["pointer"]) for item in findings] == [
        ("S102", PORT.removesuffix("port") + "dateTime", "/suspects/0/ip_events/0/date_time"),
        ("R704", PORT, "/suspects/0/ip_events/0/port"),
        ("R704", "/fileDetails/locationOfFile", "/evidence/1/source_url"),
    ]
    text = cli("validate", "record.json", "--select", "R").stdout
    assert f"note R704 at /suspects/0/ip_events/0/port (in the document {PORT})" in text


def test_directories_are_searched(cli: Cli, folder: Path) -> None:
    """A directory gives its .xml and .json files in order, hidden ones left out."""
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.xml").write_bytes(b"<x/>")
    (folder / "notes.txt").write_bytes(b"no document")
    run = cli("validate", str(folder), "--select", "S", "--json")
    names = [Path(item["file"]).name for item in json.loads(run.stdout)["files"]]
    assert names == ["details.xml", "good.xml", "report.xml"]


def test_select_and_ignore(cli: Cli, folder: Path) -> None:
    """Codes and families choose what is shown and what counts."""
    assert cli("validate", "report.xml").status == 1
    assert cli("validate", "report.xml", "--ignore", "s103").status == 0
    assert cli("validate", "report.xml", "--select", "B,Q").status == 0
    run = cli("validate", "report.xml", "--select", "S", "--select", "Q620", "--ignore", "S", "--json")
    assert {code for code, _ in found(run.stdout)[0]} == {"Q620"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "S999"], "S999: no such code or family"),
        (["--ignore", "X"], "X cannot be ignored"),
        (["--ignore", "S119"], "S119 cannot be ignored"),
        (["--details"], "needs at least one file"),
        (["good.xml", "--details", "details.xml"], "exactly one FILE"),
        (["--json", "--format", "sarif"], "--json and --format"),
        (["--profile", "nobody"], "no profile 'nobody'"),
        (["-", "-"], "only once"),
    ],
)
def test_wrong_usage_is_explained(cli: Cli, folder: Path, arguments: list[str], words: str) -> None:
    """What cannot be done is a usage error with words that name it."""
    run = cli("validate", "report.xml", *arguments)
    assert run.status == 2
    assert words in " ".join((run.stdout + run.stderr).split())


def test_what_cannot_be_read_is_always_shown(cli: Cli) -> None:
    """Selecting another family never makes a broken document look valid."""
    run = cli("validate", "-", "--select", "Q", stdin=b"<report>")
    assert run.status == 1
    assert "X001" in run.stdout


def test_strict_counts_warnings(cli: Cli, folder: Path) -> None:
    """Quality fails nothing, unless --strict asks for it; infos never do."""
    assert cli("validate", "good.xml").status == 0
    assert cli("validate", "good.xml", "--strict").status == 1
    assert cli("validate", "good.xml", "--strict", "--select", "Q607").status == 0


def test_values_are_shown_on_request_only(cli: Cli, folder: Path) -> None:
    """A value that may be personal data is printed with --show-values alone, whatever the format."""
    (folder / "mail.xml").write_bytes(report_xml().replace(b"trust@example.com", CANARY))
    for form in ("text", "json", "sarif", "github"):
        assert CANARY.decode() not in cli("validate", "mail.xml", "--format", form).stdout
    run = cli("validate", "mail.xml", "--select", "S", "--show-values")
    assert f"value: '{CANARY.decode()}'" in run.stdout
    run = cli("validate", "mail.xml", "--select", "S", "--show-values", "--json")
    assert json.loads(run.stdout)["files"][0]["findings"][0]["value"] == CANARY.decode()


def test_values_of_a_record_and_of_broken_xml(cli: Cli, folder: Path) -> None:
    """--show-values looks into records by pointer, and into XML that is not as the schema wants it."""
    content = json.loads(sample.write_case(folder).read_bytes())
    content["suspects"][0]["ip_events"][0]["port"] = 123456
    (folder / "record.json").write_text(json.dumps(content), encoding="utf-8")
    assert "value: '123456'" in cli("validate", "record.json", "--show-values").stdout
    (folder / "wrong.xml").write_bytes(report_xml().replace(b"<port>50123", b"<port>many"))
    assert "value: 'many'" in cli("validate", "wrong.xml", "--show-values").stdout


def test_github_format(cli: Cli, folder: Path) -> None:
    """Findings become workflow commands with file and line."""
    run = cli("validate", "report.xml", "--format", "github", "--select", "S103")
    assert run.status == 1
    assert run.stdout.startswith(f"::error file=report.xml,line=3,title=S103::{PORT}: <port> is not between")


def test_sarif_format(cli: Cli, folder: Path) -> None:
    """SARIF has each rule once, and results with file, line and level."""
    run = cli("validate", "report.xml", "--format", "sarif")
    log: dict[str, Any] = json.loads(run.stdout)
    assert log["version"] == "2.1.0"
    (work,) = log["runs"]
    rules = [item["id"] for item in work["tool"]["driver"]["rules"]]
    result = next(item for item in work["results"] if item["ruleId"] == "S103")
    assert rules[result["ruleIndex"]] == "S103"
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "report.xml"},
        "region": {"startLine": 3},
    }


def test_the_profile_tells_of_own_networks(cli: Cli, folder: Path) -> None:
    """XML is checked with the profile that cybertip.toml has."""
    (folder / "cybertip.toml").write_text(
        '[profiles.default]\nown_networks = ["8.8.4.0/24"]\n[profiles.default.reporting_person]\n', encoding="utf-8"
    )
    (folder / "own.xml").write_bytes(report_xml().replace(b"203.0.113.9", b"8.8.4.4"))
    assert "own networks" in cli("validate", "own.xml").stdout
    (folder / "cybertip.toml").unlink()
    assert "own networks" not in cli("validate", "own.xml").stdout


def test_rules_are_listed_and_explained(cli: Cli) -> None:
    """`rules` lists all codes, or a family; `rules CODE` explains with example and source."""
    everything = cli("rules")
    assert everything.status == 0
    assert {line[0] for line in everything.stdout.splitlines()} == set("XSBPQR")
    assert all(line.startswith("B") for line in cli("rules", "b").stdout.splitlines())
    one = cli("rules", "s214").stdout
    assert one.startswith("S214 (error): ")
    assert "userNotifiedDate" in one
    assert "Source   NCMEC's documentation" in one


def test_an_unknown_rule_is_a_usage_error(cli: Cli) -> None:
    """An unknown code is named, with what may have been meant; --json has the rules as data."""
    run = cli("rules", "S999")
    assert run.status == 2
    assert "S999: no such code or family" in run.stderr
    (rule,) = json.loads(cli("rules", "Q601", "--json").stdout)["rules"]
    assert rule["severity"] == "warning"
