"""``cybertip build``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.builder import build
from cybertip.cli._building import folder_of
from cybertip.config import load_settings
from cybertip.intake import read_record
from cybertip.xml import write
from tests.acceptance.conftest import Cli
from tests.acceptance.test_validate import PROFILE


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data, beside a configuration."""
    (tmp_path / "cybertip.toml").write_text(PROFILE, encoding="utf-8")
    content: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return content


def line(record: dict[str, Any], **changes: Any) -> bytes:
    """A record in one line."""
    return json.dumps(record | changes).encode() + b"\n"


def content(folder: Path) -> dict[str, bytes]:
    """All files in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_report_goes_to_stdout(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Without --out the bytes of the report are printed as they would be sent, and findings go to stderr."""
    run = cli("build", "record.json")
    assert run.status == 0
    profile = load_settings(path=tmp_path / "cybertip.toml").profile("default")
    assert profile is not None
    package = build(read_record(json.dumps(record).encode()), profile)
    assert run.stdout.encode() == write(package.report)
    assert "record.json: valid" in run.stderr
    assert json.loads(cli("build", "record.json", "--json").stdout)["records"][0]["report"] == run.stdout


def test_a_folder_holds_all_that_would_be_sent(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Report, details with ids that stand in, the transcript of a long chat, and where everything comes from."""
    chat = {"viewed": "full", "messages": [{"sender": "a", "text": "x" * 1000}] * 120}
    record["incident"]["chats"] = [chat]
    run = cli("build", "-", "--out", "out/deep", stdin=json.dumps(record).encode())
    folder = tmp_path / "out" / "deep" / "case-2026-000001"
    assert run.status == 0
    assert run.stdout == "out/deep/case-2026-000001\n"
    files = content(folder)
    assert set(files) == {
        "report.xml",
        "package.json",
        *(f"files/{index}/details.xml" for index in range(4)),
        "files/2/chat-1.txt",
        "files/3/chat-1.csv",
    }
    package = json.loads(files["package.json"])
    assert [item["evidence"] for item in package["files"]] == ["file-1", "file-2", None, None]
    assert package["reporter_stands_in"] is False
    assert {"document": "report", "path": "/report/incidentSummary/incidentDateTime"} in [
        {"document": item["document"], "path": item["path"]} for item in package["map"]
    ]
    checked = cli(
        "validate", f"{folder}/report.xml", "--details", *(f"{folder}/{item['details']}" for item in package["files"])
    )
    assert checked.status == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_what_is_there_is_not_overwritten(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """The same record again changes nothing; another one of the same id is refused, and the first one stays."""
    assert cli("build", "record.json", "--out", "out").status == 0
    before = content(tmp_path / "out")
    again = cli("build", "record.json", "--out", "out")
    assert (again.status, again.stdout) == (0, "out/case-2026-000001 (unchanged)\n")
    other = cli("build", "-", "--out", "out", stdin=line(record, notes="other"))
    assert other.status == 2
    assert "holds something else" in other.stderr
    assert content(tmp_path / "out") == before


@pytest.mark.parametrize("command", ["build", "validate"])
@pytest.mark.parametrize("nothing", [b"", b"\n\r\n  \n"])
def test_a_stream_of_nothing_is_no_success(cli: Cli, tmp_path: Path, command: str, nothing: bytes) -> None:
    """An export that broke off before its first record is told."""
    (tmp_path / "none.ndjson").write_bytes(nothing)
    run = cli(command, "none.ndjson")
    assert run.status == 2
    assert "none.ndjson holds no record" in run.stderr


@pytest.mark.parametrize("odd", [{"size": 10**400}, {"size": 2**63}])
def test_a_size_that_no_file_has_is_refused(
    cli: Cli, tmp_path: Path, record: dict[str, Any], odd: dict[str, Any]
) -> None:
    """The error names the field; nothing breaks on the way to it."""
    record["evidence"][0].update(odd)
    run = cli("build", "-", "--json", stdin=line(record))
    assert run.status == 1
    (told,) = json.loads(run.stdout)["records"]
    assert [item["path"] for item in told["findings"]] == ["/evidence/0/size"]


@pytest.mark.parametrize("depth", [600, 900])
def test_deep_nesting_is_told(cli: Cli, tmp_path: Path, record: dict[str, Any], depth: int) -> None:
    """A record that is nested without end is refused by both commands."""
    data = json.dumps(record)[:-1] + ', "z": ' + '{"a":' * depth + "0" + "}" * depth + "}"
    for command in (
        ["build", "-"],
        ["build", "-", "--json"],
        ["validate", "-"],
        ["validate", "-", "--format", "sarif"],
    ):
        assert cli(*command, stdin=data.encode()).status == 1


def test_a_bad_record_stops_only_itself(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Of a stream, what is right is written and what is wrong is told by its line."""
    (tmp_path / "all.ndjson").write_bytes(
        line(record, id="one")
        + b"{\n"
        + line(record, id="two", decision={"outcome": "pending"})
        + line(record, id="Three")
    )
    run = cli("build", "all.ndjson", "--out", "out", "--json")
    assert run.status == 1
    records = json.loads(run.stdout)["records"]
    assert [(item["record"], item["written"]) for item in records] == [
        ("all.ndjson:1", True),
        ("all.ndjson:2", False),
        ("all.ndjson:3", False),
        ("all.ndjson:4", True),
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["one", folder_of("Three")]
    assert [item["code"] for item in records[2]["findings"]] == ["P501"] * 3


def test_repairs_are_told_without_values(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """package.json lists what was moved; what it was only with --show-values."""
    record["suspects"][0]["ip_events"][0]["ip_address"] = "no address"
    for options, told in (((), False), (("--show-values",), True)):
        assert cli("build", "-", "--out", f"out-{told}", *options, stdin=line(record)).status == 0
        text = (tmp_path / f"out-{told}" / "case-2026-000001" / "package.json").read_text(encoding="utf-8")
        assert [item["code"] for item in json.loads(text)["repairs"]] == ["R704"]
        assert ("no address" in text) is told


def test_usage(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Many records need --out; a missing file or profile is named."""
    several = cli("build", "record.json", "record.json")
    assert several.status == 2
    assert "--out" in several.stderr
    assert "missing.json" in cli("build", "missing.json").stderr
    wrong = cli("build", "-", stdin=line(record, profile="other"))
    assert wrong.status == 2
    assert "[profiles.other]" in wrong.stderr


def test_a_made_up_reporter_is_told(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """Without a configuration the summary says that the reporter stands in."""
    (tmp_path / "cybertip.toml").unlink()
    run = cli("build", "record.json", "--out", "out")
    assert run.status == 0
    assert "made-up reporter" in run.stderr
    assert (
        json.loads((tmp_path / "out" / "case-2026-000001" / "package.json").read_bytes())["reporter_stands_in"] is True
    )


def test_evidence_files_are_checked_when_asked(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """A file that is missing or changed since the review is an error that names it; unasked, nobody looks."""
    inside = tmp_path / "inside"
    inside.mkdir()
    sample.write_case(inside)
    assert cli("build", "inside/record.json", "--check-files").status == 0
    with (inside / "evidence-1.png").open("ab") as file:
        file.write(b"more")
    (inside / "evidence-2.png").unlink()
    assert cli("build", "inside/record.json").status == 0
    run = cli("build", "inside/record.json", "--check-files", "--out", "out", "--json")
    assert run.status == 1
    assert not (tmp_path / "out").exists()
    (told,) = json.loads(run.stdout)["records"]
    assert [(item["code"], item["path"]) for item in told["findings"]] == [
        ("P503", "/evidence/0/sha256"),
        ("P508", "/evidence/1/location"),
    ]
    assert "Find the file that was reviewed" in cli("build", "inside/record.json", "--check-files").stderr


def test_names_of_folders() -> None:
    """Every id has a name of its own that stays in its folder, on file systems that ignore case as well."""
    ids = ["case-1", "Case-1", "CASE-1", "..", "../x", "a/b", "a_b", "a b", ".a", "é", "x" * 200, "x" * 199, "~", "a~b"]
    names = [folder_of(name) for name in ids]
    assert names[0] == "case-1"
    assert len({name.lower() for name in names}) == len(ids)
    for name in names:
        assert len(name) <= 100
        assert not name.startswith(".")
        assert "/" not in name


def test_many_records_become_one_batch(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """With --batch the records of a viral file are one report with all their users, in one folder."""
    record["evidence"] = [record["evidence"][0] | {"annotations": {"viral": True}}]
    for name in ("recipients", "victims", "law_enforcement", "urgent", "follow_up"):
        record.pop(name, None)
    lines = [line(record, id=f"case-{number}", suspects=[{"identifier": f"user-{number}"}]) for number in range(3)]
    run = cli("build", "--batch", "-", "--out", "out", stdin=b"".join(lines))
    assert run.status == 0, run.stderr
    assert run.stdout == "out/case-0\n"
    package = json.loads((tmp_path / "out/case-0/package.json").read_bytes())
    assert package["record_ids"] == ["case-0", "case-1", "case-2"]
    assert (tmp_path / "out/case-0/report.xml").read_bytes().count(b"<espIdentifier>user-") == 3
    broken = cli("build", "--batch", "-", "--json", stdin=lines[0] + line(record, id="case-1", surprise=1))
    assert broken.status == 1
    assert [item["path"] for item in json.loads(broken.stdout)["records"][0]["findings"]] == ["/1/surprise"]
    ahead = {"decision": {**record["decision"], "decided_at": "2126-01-01T00:00:00Z"}}
    early = cli("build", "--batch", "-", "--json", stdin=lines[0] + line(record, id="case-1", **ahead))
    assert early.status == 1
    findings = json.loads(early.stdout)["records"][0]["findings"]
    assert ("P501", "/1/decision/decided_at") in [(item["code"], item["path"]) for item in findings]


def test_a_person_can_pass_a_gate_for_an_urgent_case(cli: Cli, tmp_path: Path, record: dict[str, Any]) -> None:
    """P502 stops an urgent case until somebody decides; who and why is kept in the package, and both must be given."""
    with (tmp_path / "cybertip.toml").open("a", encoding="utf-8") as file:
        file.write("\n[profiles.default.policy]\nreviewers = 5\n")
    record["urgent"] = {"reason": "[a reason of more than forty characters, in words]"}
    data = json.dumps(record).encode()
    stopped = cli("build", "-", stdin=data)
    assert stopped.status == 1
    assert "P502" in stopped.stderr
    assert cli("build", "-", "--override", "P502", "--by", "Head of Safety", stdin=data).status == 2
    assert cli("build", "-", "--by", "Head of Safety", stdin=data).status == 2
    assert cli("build", "-", "--override", "P501", "--by", "x", "--reason", "y", stdin=data).status == 2
    passed = cli(
        "build", "-", "--override", "P502", "--by", "Head of Safety", "--reason", "[why]", "--out", "o", stdin=data
    )
    assert passed.status == 0, passed.stderr
    kept = json.loads(next((tmp_path / "o").rglob("package.json")).read_bytes())["overrides"]
    assert [(one["code"], one["person"], one["reason"]) for one in kept] == [("P502", "Head of Safety", "[why]")]
