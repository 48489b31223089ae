"""The JSON Schema of the review record: up to date, and of one mind with intake but for what it cannot say."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cybertip import sample
from cybertip.findings import RecordError
from cybertip.intake import make_record, read_record
from cybertip.record_schema import record_schema
from cybertip.template import template
from tests.records import chosen

ROOT = Path(__file__).resolve().parents[2]
Place = tuple[str | int, ...]

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    1.5,
    "",
    " ",
    "\u00a0",
    "text",
    "0" * 63,
    "A" * 64,
    "g" * 64,
    "full",
    "Reported",
    "cybertip.review/1",
    "+1",
    "+1234",
    "12",
    "US",
    "EXIF",
    "2026-03-02",
    "2026-13-02",
    "2026-03-02Z",
    "2026-03-02T09:58:12",
    "2026-03-02 09:58:12Z",
    "2026-03-02t09:58:12z",
    "2026-03-02T09:58:12Z",
    "2026-03-02T09:58Z",
    "2026-03-02T24:00:00Z",
    "2026-03-02T09:58:60Z",
    "2026-03-02T09:58:12.1234567Z",
    "2026-03-02T09:58:12.1234560000+14:00",
    "2026-03-02T09:58:12+14:01",
    "2026-03-02T09:58:12+0100",
    "x" * 201,
    " x",
    "a\nb",
    [],
    [[]],
    ["text"],
    [1],
    [None],
    {},
    [{}],
    {"surprise": 1},
]
"""What is put into every place: right for some, wrong for most."""


@pytest.fixture(scope="module")
def judge() -> Draft202012Validator:
    """The schema, compiled once."""
    Draft202012Validator.check_schema(record_schema())
    return Draft202012Validator(record_schema())


FULL = chosen(template().record)
"""A record with every field of every part."""
SMALL = chosen(template(minimal=True).record)


def with_all_of(name: str | int) -> dict[str, Any]:
    """A small record, but with every field below one of its own."""
    content = {field: value for field, value in SMALL.items() if field in ("format", "id", "decision", "incident")}
    whole = copy.deepcopy({**content, str(name): FULL[str(name)]})
    for chat in whole["incident"].get("chats", []):
        chat["messages"][0]["attachments"] = []  # the files that they name are not in the small record
    return whole


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """All places in plain data."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*at, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*at, index))


def around(content: Any, place: Place) -> Any:
    """What holds a place."""
    for step in place[:-1]:
        content = content[step]
    return content


def is_read(content: Any) -> bool:
    """Whether intake takes it."""
    try:
        make_record(content)
    except RecordError:
        return False
    return True


def can_stand_alone(place: Place) -> bool:
    """Whether no other place decides what may stand in it: attachments are ids of evidence."""
    return "attachments" not in place


def test_the_file_is_not_stale() -> None:
    """schemas/review-record.schema.json is what the models say now; `make docs` writes it."""
    code = "import sys, record_schema; sys.stdout.write(record_schema.text())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True)
    assert done.stdout == (ROOT / "schemas" / "review-record.schema.json").read_bytes()


def test_it_is_the_schema_of_this_format() -> None:
    """It names its dialect, itself and the format, and every field has words about it."""
    schema = record_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:cybertip:review-record:1"
    parts = [schema, *schema["$defs"].values()]
    for part in parts:
        assert part["description"]
        assert part.get("additionalProperties") is (False if "properties" in part else None)
        for name, field in part.get("properties", {}).items():
            target = schema["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})
            assert field.get("description") or target["description"], name


def test_patterns_suit_any_dialect() -> None:
    """No pattern uses look-around, classes or escapes that JSON Schema's many implementations read differently."""
    text = json.dumps(record_schema())
    assert "(?" not in text
    assert not [escape for escape in (r"\\d", r"\\s", r"\\w", r"\\S", r"\\u", r"\\p", r"\\Z") if escape in text]


def test_samples_are_valid(judge: Draft202012Validator, tmp_path: Path) -> None:
    """The sample and a record with every field are valid, by the schema and by intake."""
    written = sample.write_case(tmp_path).read_bytes()
    for content in (json.loads(written), FULL, read_record(written).model_dump(mode="json")):
        assert judge.is_valid(content)
        assert is_read(content)


def test_they_agree_when_a_field_is_missing(judge: Draft202012Validator) -> None:
    """At every place: what may be left out by one may be left out by the other."""
    for place in filter(can_stand_alone, places(FULL)):
        content = with_all_of(place[0])
        del around(content, place)[place[-1]]
        assert judge.is_valid(content) == is_read(content), place


def test_they_agree_when_a_field_is_too_many(judge: Draft202012Validator) -> None:
    """At every object: a field that the format does not have is refused by both."""
    for place in filter(can_stand_alone, places(FULL)):
        content = with_all_of(place[0])
        holder = around(content, place)
        if isinstance(holder, dict):
            holder["surprise"] = None
            assert not judge.is_valid(content)
            assert not is_read(content)


def test_they_agree_on_every_value_at_every_place(judge: Draft202012Validator) -> None:
    """Values of all types, right and wrong, are accepted by both or by neither, wherever they stand."""
    differ = []
    for place in filter(can_stand_alone, places(FULL)):
        content = with_all_of(place[0])
        holder = around(content, place)
        for value in ODD:
            holder[place[-1]] = copy.deepcopy(value)
            if judge.is_valid(content) != is_read(content):
                differ.append((place, value))
    assert not differ


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda c: c["incident"].update(occurred_at="2026-02-30T00:00:00Z"), id="a day that is none"),
        pytest.param(lambda c: c["incident"].update(occurred_at="0000-01-01T00:00:00Z"), id="the year 0"),
        pytest.param(lambda c: c["incident"].update(notes="a\x00b"), id="a character that XML cannot carry"),
        pytest.param(lambda c: c.update(id="a\ue000b"), id="a character of an id that cannot be printed"),
        pytest.param(lambda c: c["evidence"][1].update(size=12.0), id="a whole number with a point"),
        pytest.param(lambda c: c["evidence"][1].update(id=c["evidence"][0]["id"]), id="two files of one id"),
        pytest.param(
            lambda c: c["incident"].update(chats=[{"viewed": "full", "messages": [{"attachments": ["none"]}]}]),
            id="an attachment that is no evidence",
        ),
        pytest.param(
            lambda c: c["incident"].update(occurred_at="2026-03-02T09:58:12Z\n"),
            id="a line break at the end, which Python's own patterns overlook",
        ),
    ],
)
def test_what_json_schema_cannot_say(
    judge: Draft202012Validator, tmp_path: Path, edit: Callable[[dict[str, Any]], object]
) -> None:
    """The known differences: intake refuses, JSON Schema lets pass. There is none the other way round."""
    content = json.loads(sample.write_case(tmp_path).read_bytes())
    edit(content)
    assert judge.is_valid(content)
    assert not is_read(content)


def test_a_key_that_stands_twice_is_seen_by_intake_alone(judge: Draft202012Validator, tmp_path: Path) -> None:
    """A validator gets only the second of two values; intake refuses both."""
    text = (
        sample.write_case(tmp_path).read_text(encoding="utf-8").replace('{\n  "format"', '{\n  "id": "x",\n  "format"')
    )
    assert judge.is_valid(json.loads(text))
    with pytest.raises(RecordError, match="stands twice"):
        read_record(text.encode())
