"""Intake of review records: strict, and clear about what is wrong and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cybertip import sample
from cybertip.findings import RecordError
from cybertip.intake import MAX_RECORD_BYTES, make_record, read_record
from cybertip.review import ReviewRecord, Viewed
from tests.canaries import CONTENT

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data."""
    data: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return data


def findings(data: bytes) -> list[tuple[str, str]]:
    """Codes and places of what a record is refused for."""
    with pytest.raises(RecordError) as caught:
        read_record(data)
    return [(finding.code, finding.path) for finding in caught.value.findings]


def test_the_sample_is_read(content: dict[str, Any]) -> None:
    """JSON and plain data give the same record, with times that keep their offset."""
    record = read_record(json.dumps(content).encode())
    assert record == make_record(content)
    assert record.incident.occurred_at.isoformat() == "2026-03-02T09:58:12.250000+01:00"
    assert [item.viewed for item in record.evidence] == [Viewed.FULL, Viewed.FULL]


def test_a_record_survives_json(content: dict[str, Any]) -> None:
    """What a record dumps as JSON reads back as the same record."""
    record = make_record(content)
    assert read_record(record.model_dump_json().encode()) == record


@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (lambda c: c.update(format="cybertip.review/2"), "X002", "/format"),
        (lambda c: c.update(id=" "), "X002", "/id"),
        (lambda c: c.update(id="a\nb"), "X002", "/id"),
        (lambda c: c.update(id="x" * 201), "X002", "/id"),
        (lambda c: c.update(surprise=1), "X002", "/surprise"),
        (lambda c: c.pop("decision"), "X002", "/decision"),
        (lambda c: c["decision"].update(outcome="maybe"), "X002", "/decision/outcome"),
        (lambda c: c["decision"].update(decided_at=1700000000), "X002", "/decision/decided_at"),
        (lambda c: c["incident"].update(occurred_at="2026-03-02 09:58:12Z"), "X002", "/incident/occurred_at"),
        (lambda c: c["incident"].update(occurred_at="2026-03-02T09:58:12"), "S119", "/incident/occurred_at"),
        (lambda c: c["incident"].update(occurred_at="2026-03-02T09:58:12.1234567Z"), "X005", "/incident/occurred_at"),
        (lambda c: c["incident"].update(type="theft"), "X002", "/incident/type"),
        (lambda c: c["incident"].update(notes="a\x00b"), "X003", "/incident/notes"),
        (lambda c: c["incident"].update(notes="\ud800"), "X003", "/incident/notes"),
        (lambda c: c["incident"].update(details=[{}]), "X002", "/incident/details/0"),
        (lambda c: c["evidence"][1].pop("viewed"), "X002", "/evidence/1/viewed"),
        (lambda c: c["evidence"][1].update(viewed=True), "X002", "/evidence/1/viewed"),
        (lambda c: c["evidence"][1].update(exif_viewed="true"), "X002", "/evidence/1/exif_viewed"),
        (lambda c: c["evidence"][1].update(sha256="0" * 63), "X002", "/evidence/1/sha256"),
        (lambda c: c["evidence"][1].update(id=c["evidence"][0]["id"]), "X002", "/evidence"),
        (lambda c: c["suspects"][0].update(prior_reports=["12"]), "X002", "/suspects/0/prior_reports/0"),
        (lambda c: c["suspects"][0]["ip_events"][0].update(port="80"), "X002", "/suspects/0/ip_events/0/port"),
        (lambda c: c.update(urgent={"reason": " "}), "X002", "/urgent/reason"),
        (lambda c: c.update({"a/b~c": 1}), "X002", "/a~1b~0c"),
    ],
)
def test_what_is_wrong_is_named_by_code_and_place(content: dict[str, Any], edit: Edit, code: str, place: str) -> None:
    """Each mistake gives one finding at its JSON pointer."""
    edit(content)
    assert findings(json.dumps(content).encode()) == [(code, place)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"latitude": NaN}',
        b'{"a": Infinity}',
        b"1" * 10_000,
    ],
)
def test_what_is_not_json_is_refused(data: bytes) -> None:
    """Broken, too deep or extended JSON is X001 for the whole record."""
    assert findings(data) == [("X001", "")]


@pytest.mark.parametrize("data", [b"[]", b"null", b'"text"', b"12"])
def test_json_of_another_kind_is_refused(data: bytes) -> None:
    """JSON that is no object is X002 for the whole record."""
    assert findings(data) == [("X002", "")]


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "X001", "/a/b"),
        (b'{"a": [0, {"b": {"c/d": 1}, "b": {}}]}', "X001", "/a/1/b"),
        (b'{"a": [{"\\ud800k": 1}]}', "X003", "/a/0/\N{REPLACEMENT CHARACTER}k"),
    ],
)
def test_a_name_that_is_wrong_has_its_place(data: bytes, code: str, place: str) -> None:
    """A name twice in one object would lose a value, and one that is no text is a slip; both are told of by place."""
    assert findings(data) == [(code, place)]


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file_is_called_so(data: bytes) -> None:
    """An empty file is no riddle of a parser's."""
    with pytest.raises(RecordError, match="there is nothing in it"):
        read_record(data)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c.update(suspects={}), "a list"),
        (lambda c: c["suspects"][0].update(display_names="one"), "a list"),
        (lambda c: c["suspects"][0].update(identifier=3), "a text"),
        (lambda c: c["suspects"][0].update(person=True), "an object"),
        (lambda c: c["suspects"][0].update(compromised="yes"), "true or false"),
        (lambda c: c["suspects"][0]["ip_events"][0].update(port="80"), "a whole number"),
        (lambda c: c["evidence"][0].update(size=-1), "at least 0"),
        (lambda c: c["evidence"][0].update(size="1"), "a whole number"),
        (lambda c: c["incident"].update(type="theft"), "Choose 'Child Pornography"),
        (lambda c: c["incident"].update(details=[{}]), "exactly one of"),
        (lambda c: c["incident"].update(chats=[{"viewed": "full", "messages": []}]), "at least 1 items"),
    ],
)
def test_findings_speak_of_json_and_say_what_to_do(content: dict[str, Any], edit: Edit, words: str) -> None:
    """Whoever writes JSON reads of objects, lists and texts, not of a library's classes."""
    edit(content)
    with pytest.raises(RecordError) as caught:
        make_record(content)
    said = str(caught.value)
    assert words in said
    assert "Input should" not in said
    assert "instance" not in said


def test_a_byte_order_mark_is_no_mistake(content: dict[str, Any]) -> None:
    """Editors that begin UTF-8 files with a mark are forgiven."""
    assert read_record(b"\xef\xbb\xbf" + json.dumps(content).encode()).id == content["id"]


def test_a_record_beyond_the_limit_is_refused() -> None:
    """Size is bounded before anything is parsed."""
    assert findings(b" " * (MAX_RECORD_BYTES + 1)) == [("X005", "")]


def test_python_may_hand_in_aware_datetimes_only(content: dict[str, Any]) -> None:
    """A datetime with an offset is taken, a naive one is refused."""
    content["incident"]["occurred_at"] = datetime(2026, 3, 2, tzinfo=UTC)
    assert make_record(content).incident.occurred_at.tzinfo is UTC
    content["incident"]["occurred_at"] = datetime(2026, 3, 2)
    with pytest.raises(RecordError, match="has no UTC offset"):
        make_record(content)


def test_neither_errors_nor_reprs_show_values(content: dict[str, Any]) -> None:
    """What is in a record stays out of its repr and out of the words about its mistakes."""
    content["suspects"][0].update(screen_name=CONTENT, notes=CONTENT)
    record = make_record(content)
    assert CONTENT not in f"{record!r} {record}"
    content["evidence"][0]["sha256"] = CONTENT
    content["incident"]["type"] = CONTENT
    content["decision"]["decided_at"] = CONTENT
    with pytest.raises(RecordError) as caught:
        make_record(content)
    assert len(caught.value.findings) == 3
    assert CONTENT not in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_gives_a_record_or_findings(value: Any) -> None:
    """No JSON document, however odd, ends in another exception."""
    with pytest.raises(RecordError) as caught:
        read_record(json.dumps(value).encode())
    assert caught.value.findings.errors


def test_every_field_is_described() -> None:
    """Every part of the record and every field has words about its meaning."""
    seen: set[type] = set()
    queue: list[type] = [ReviewRecord]
    while queue:
        model = queue.pop()
        if model in seen or not hasattr(model, "model_fields"):
            continue
        seen.add(model)
        assert model.__doc__
        for name, info in model.model_fields.items():
            assert info.description, f"{model.__name__}.{name}"
            queue += [part for part in _classes(info.annotation) if isinstance(part, type)]
    assert len(seen) > 20


def _classes(annotation: Any) -> list[Any]:
    arguments = getattr(annotation, "__args__", ())
    return [annotation, *(part for argument in arguments for part in _classes(argument))]
