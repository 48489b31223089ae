"""``cybertip record``, and records as lines of NDJSON in ``cybertip validate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cybertip import sample
from tests.acceptance.conftest import Cli
from tests.records import chosen


def line(tmp_path: Path, **changes: Any) -> bytes:
    """The sample record in one line."""
    return json.dumps(json.loads(sample.write_case(tmp_path).read_bytes()) | changes).encode() + b"\n"


def test_the_schema_is_printed(cli: Cli, tmp_path: Path) -> None:
    """`record schema` prints a JSON Schema by which the sample is valid, plain or in the envelope."""
    run = cli("record", "schema")
    assert run.status == 0
    validator = Draft202012Validator(json.loads(run.stdout))
    assert validator.is_valid(json.loads(line(tmp_path)))
    assert not validator.is_valid({})
    assert json.loads(cli("record", "schema", "--json").stdout)["schema"] == json.loads(run.stdout)


def test_the_commented_template_is_for_people(cli: Cli, tmp_path: Path) -> None:
    """Without options every field is explained; a .json file is refused, because that form is no JSON."""
    run = cli("record", "new")
    assert run.status == 0
    assert "  // How much of this very file a person at the provider looked at." in run.stdout
    bare = "\n".join(text for text in run.stdout.splitlines() if not text.lstrip().startswith("//"))
    assert json.loads(bare) == json.loads(cli("record", "new", "--plain").stdout)
    refused = cli("record", "new", "--out", "record.json")
    assert refused.status == 2
    assert "--plain" in refused.stderr
    assert not (tmp_path / "record.json").exists()
    assert cli("record", "new", "--out", "record.jsonc").status == 0
    assert (tmp_path / "record.jsonc").read_text(encoding="utf-8") == run.stdout


@pytest.mark.parametrize("form", ["--plain", "--minimal"])
def test_the_findings_on_a_template_name_what_to_replace(cli: Cli, tmp_path: Path, form: str) -> None:
    """First the choices, then every placeholder and the missing decision; nothing else is wrong with it."""
    assert cli("record", "new", form, "--out", "new.json").status == 0
    content = json.loads((tmp_path / "new.json").read_bytes())
    run = cli("validate", "new.json", "--show-values", "--json")
    assert run.status == 1
    first = json.loads(run.stdout)["files"][0]["findings"]
    assert {(item["code"], item["value"]) for item in first} == {("X002", "REPLACE OR DELETE")}
    (tmp_path / "chosen.json").write_text(json.dumps(chosen(content)), encoding="utf-8")
    second = json.loads(cli("validate", "chosen.json", "--show-values", "--json").stdout)["files"][0]["findings"]
    assert {(item["code"], item["value"]) for item in second} == {
        ("X002", "REPLACE OR DELETE"),
        ("X002", "9999-12-31T23:59:59Z"),
        *([("X002", "9999-12-31")] if form == "--plain" else []),
        ("P501", "pending"),
    }


def test_a_file_is_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    """What a person has filled in is not lost to another template."""
    (tmp_path / "mine.json").write_text("mine", encoding="utf-8")
    run = cli("record", "new", "--minimal", "--out", "mine.json")
    assert run.status == 2
    assert "exists" in run.stderr
    assert (tmp_path / "mine.json").read_text(encoding="utf-8") == "mine"
    assert cli("record", "new", "--out", "none/there.jsonc").status == 2


def test_the_envelope_has_record_and_comments(cli: Cli) -> None:
    """--json gives the record as data, and the comments by their JSON pointers."""
    envelope = json.loads(cli("record", "new", "--json").stdout)
    assert envelope["record"]["format"] == "cybertip.review/1"
    assert envelope["comments"]["/evidence/0/viewed"].startswith("How much of this very file")


# --- NDJSON ---


@pytest.mark.parametrize("name", ["records.ndjson", "records.JSONL", "-"])
def test_each_line_is_a_record(cli: Cli, tmp_path: Path, name: str) -> None:
    """A bad line is reported by its number and spoils only itself; empty lines count but are no records."""
    content = line(tmp_path, id="one") + b"\n{broken\n" + line(tmp_path, id="two", surprise=1) + line(tmp_path).strip()
    if name != "-":
        (tmp_path / name).write_bytes(content)
    run = cli("validate", name, "--select", "X", "--json", stdin=content if name == "-" else b"")
    files = json.loads(run.stdout)["files"]
    assert run.status == 1
    assert [(file["file"], file["valid"]) for file in files] == [
        (f"{name}:1", True),
        (f"{name}:3", False),
        (f"{name}:4", False),
        (f"{name}:5", True),
    ]
    assert [[(item["code"], item["path"]) for item in file["findings"]] for file in files] == [
        [],
        [("X001", "")],
        [("X002", "/surprise")],
        [],
    ]


def test_all_formats_tell_the_line_of_a_record(cli: Cli, tmp_path: Path) -> None:
    """Text names NAME:LINE; GitHub and SARIF name the file and the line apart."""
    (tmp_path / "all.ndjson").write_bytes(line(tmp_path) + line(tmp_path, surprise=1))
    text = cli("validate", "all.ndjson", "--select", "X").stdout
    assert "all.ndjson:1: valid\nall.ndjson:2: 1 error\n" in text
    assert "2 inputs: 1 error" in text
    assert (
        "::error file=all.ndjson,line=2,title=X002::"
        in cli("validate", "all.ndjson", "--select", "X", "--format", "github").stdout
    )
    log = json.loads(cli("validate", "all.ndjson", "--select", "X", "--format", "sarif").stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "all.ndjson"}, "region": {"startLine": 2}}


def test_one_record_on_standard_input_is_no_stream(cli: Cli, tmp_path: Path) -> None:
    """A single record is `-`, whether it stands in one line or in many; so is XML."""
    for content in (line(tmp_path), line(tmp_path) + b"\n \n", sample.write_case(tmp_path).read_bytes()):
        run = cli("validate", "-", stdin=content)
        assert run.status == 0
        assert run.stdout.startswith("-: valid")


def test_a_line_beyond_the_limit_spoils_only_itself(cli: Cli, tmp_path: Path) -> None:
    """A line larger than a record may be is refused, and the next one is checked."""
    with (tmp_path / "big.ndjson").open("wb") as file:
        file.write(b'{"a": "' + b"x" * (33 * 1024 * 1024) + b'"}\n')
        file.write(line(tmp_path))
    files = json.loads(cli("validate", "big.ndjson", "--json").stdout)["files"]
    assert [item["code"] for item in files[0]["findings"]] == ["X005"]
    assert [(file["file"], file["valid"]) for file in files] == [("big.ndjson:1", False), ("big.ndjson:2", True)]


def test_folders_are_searched_for_streams(cli: Cli, tmp_path: Path) -> None:
    """A folder's .ndjson and .jsonl files are checked with the others."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_bytes(line(tmp_path))
    assert "a.jsonl:1: valid" in cli("validate", "in").stdout
