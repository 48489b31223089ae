"""Every value of the foreign data is in the record: in its field or, where it has none, in the nearest notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cybertip.adapters import from_coop, from_csv, from_hive
from cybertip.findings import RecordError
from cybertip.intake import make_record
from tests.unit.adapters.shapes import (
    COOP_KNOWN,
    HIVE_KNOWN,
    Path,
    coop_decision,
    coop_info,
    hive,
    leaves,
    objects,
    put,
    without,
)
from tests.unit.adapters.test_flat_csv import table, text_of

Adapter = Callable[[Any], Any]


def coop(decision: Any, info: Any) -> dict[str, Any]:
    """A record of Coop's data, with what the provider adds for the media and threads that are there."""
    submission = decision["decision_components"][1]
    ids = [*(item.get("id") for item in submission["reportedMedia"]), "additionalFiles/0"]
    known = {name: item for name, item in COOP_KNOWN["evidence"].items() if name in ids}
    read = {item["threadId"]: {"viewed": "full"} for item in submission["reportedMessages"] if "threadId" in item}
    return from_coop(decision, info, occurred_at=COOP_KNOWN["occurred_at"], evidence=known, threads=read)


SHAPES: dict[str, tuple[Adapter, Any]] = {
    "hive": (lambda data: from_hive(data, **HIVE_KNOWN), hive()),
    "coop": (
        lambda data: coop(data["decision"], data["info"]),
        {"decision": coop_decision(), "info": coop_info()},
    ),
    "csv": (lambda data: from_csv(text_of(data)), table()),
}
SUBMISSION: Path = ("decision", "decision_components", 1, "type")
"""It says that this is a report at all, which the record says by being one."""
LEAVES = [(shape, path) for shape, (_, data) in SHAPES.items() for path, _ in leaves(data) if path != SUBMISSION]
OBJECTS = [(shape, path) for shape, (_, data) in SHAPES.items() for path in objects(data)]
NEEDED = {
    ("csv", 0, "case_id"),
    ("csv", 1, "case_id"),
    ("csv", 0, "suspect_id"),
    ("csv", 1, "suspect_id"),
    ("coop", "decision", "job_payload", "payload", "item", "itemId"),
}
"""What cannot be taken away from the full data alone: what is left would be ambiguous, and is refused."""
TWICE = {
    ("hive", "user_id"),
    ("hive", "report_data", "personOrUserReported", "espIdentifier"),
    *(("coop", *SUBMISSION[:-1], "reportedMedia", index, "typeId") for index in range(2)),
    *(("coop", "info", "media", index, "typeId") for index in range(2)),
}
"""What the full data say in two places, so that without one of them the result is the same."""
ALONE = [case for case in LEAVES if (case[0], *case[1]) not in NEEDED | TWICE]


def name_of(case: tuple[str, Path]) -> str:
    return ".".join(str(step) for step in (case[0], *case[1]))


def holds(content: Any, text: str) -> bool:
    """Whether a text is in a field of the record or in the line of a note."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    return any(text in str(value) or written in str(value) for _, value in leaves(content))


def value_at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def marked(value: Any) -> tuple[Any, str]:
    """Another value of the same kind, and the text that it must be found by."""
    if isinstance(value, bool):
        return not value, str(not value).lower()
    if isinstance(value, int | float):
        return 987654, "987654"
    return "marked-value-1", "marked-value-1"


@pytest.mark.parametrize("case", LEAVES, ids=name_of)
def test_a_value_is_in_the_record(case: tuple[str, Path]) -> None:
    """Whatever a field of the full data says can be read in the result."""
    adapt, data = SHAPES[case[0]]
    value = value_at(data, case[1])
    text = str(value).lower() if isinstance(value, bool) else str(value)
    content = adapt(data)
    assert (
        holds(content, text)
        or holds(content, text.lower())
        or value in [found for _, found in leaves(content)]
        or (
            # Names of annotations become the fields of the same name.
            text.lower() in json.dumps(content)
        )
    )


@pytest.mark.parametrize("case", ALONE, ids=name_of)
def test_a_value_that_is_taken_away_is_missed(case: tuple[str, Path]) -> None:
    """No field is without effect: the result without it is another one, and is made without an error."""
    adapt, data = SHAPES[case[0]]
    assert adapt(without(data, case[1])) != adapt(data)


@pytest.mark.parametrize("case", LEAVES, ids=name_of)
def test_a_value_that_is_changed_is_found(case: tuple[str, Path]) -> None:
    """A value that stands nowhere else in the data stands in the result, in a field or in a note."""
    adapt, data = SHAPES[case[0]]
    value, text = marked(value_at(data, case[1]))
    content = adapt(put(data, case[1], value))
    assert holds(content, text) or any(found is value for _, found in leaves(content) if isinstance(value, bool))


@pytest.mark.parametrize("case", OBJECTS, ids=name_of)
@pytest.mark.parametrize("value", ["surprise-1", 424242, True, None, ["surprise-2"], {"inner": {"deep": "surprise-3"}}])
def test_an_unknown_field_ends_in_notes(case: tuple[str, Path], value: Any) -> None:
    """A field that no table knows, in any object, becomes part of a note, and the record stays valid."""
    shape, path = case
    if path == ("decision",) or (shape == "coop" and not path):
        path = ("decision",)  # the pair of both inputs is the test's own object
    adapt, data = SHAPES[shape]
    if shape == "csv":
        value = str(value)
    content = adapt(put(data, (*path, "unknownField"), value))
    record = content[0] if shape == "csv" else content
    make_record(record)
    expected = json.dumps(value, separators=(",", ":"))[1:-1] if value and value is not True else json.dumps(value)
    if isinstance(value, dict):
        expected = "surprise-3"  # an object may be told of field by field
    notes = [str(found) for way, found in leaves(record) if way[-1] == "notes"]
    lines = [line for note in notes for line in note.splitlines() if "unknownField" in line]
    assert len(lines) == 1
    assert expected in lines[0]


def test_unknown_fields_go_to_the_nearest_notes() -> None:
    """File to file, account to account, incident to incident, and the rest to the record."""
    callback = put(hive(), ("x",), 1)
    for way in (("report_data",), ("report_data", "victim"), ("report_data", "incidentSummary")):
        callback = put(callback, (*way, "x"), 1)
    callback = put(callback, ("report_data", "personOrUserReported", "personOrUserReportedPerson", "x"), 1)
    content = from_hive(callback, **HIVE_KNOWN)
    assert {"x: 1", "report_data.x: 1"} <= set(content["notes"].splitlines())
    assert content["victims"][0]["notes"] == "x: 1"
    assert content["incident"]["notes"] == "incidentSummary.x: 1"
    assert "personOrUserReportedPerson.x: 1" in content["suspects"][0]["notes"].splitlines()
    info = put(put(coop_info(), ("media", 0, "x"), 1), ("users", 1, "x"), 1)
    content = from_coop(coop_decision(), info, **COOP_KNOWN)
    assert "x: 1" in content["evidence"][0]["notes"].splitlines()
    assert "x: 1" in content["suspects"][0]["notes"].splitlines()


def test_two_names_for_one_field_are_both_kept() -> None:
    """Where the data say a thing twice and differently, the first name known stands and the other becomes a note."""
    email = {
        "email": "a@example.com",
        "_text": "b@example.com",
        "type": "Home",
        "_attributes": {"type": "Work", "verified": True, "more": 1},
    }
    suspect = from_coop(coop_decision(), put(coop_info(), ("users", 1, "email"), [email]), **COOP_KNOWN)["suspects"][0]
    assert suspect["person"]["emails"] == [{"address": "a@example.com", "type": "Home", "verified": True}]
    assert {"email[0]._text: b@example.com", "email[0]._attributes.type: Work", "email[0].more: 1"} <= set(
        suspect["notes"].splitlines()
    )
    row = {**coop_decision(), "reviewerId": "reviewer-18"}
    decision = from_coop(row)["decision"]
    assert decision["reviewer"] == "reviewer-17"
    assert "reviewerId: reviewer-18" in decision["notes"].splitlines()


@pytest.mark.parametrize("shape", ["hive", "coop"])
def test_the_order_of_fields_does_not_matter(shape: str) -> None:
    """The same data give the same record, in whatever order a program wrote them."""

    def reversed_fields(data: Any) -> Any:
        if isinstance(data, dict):
            return {name: reversed_fields(data[name]) for name in reversed(data)}
        return [reversed_fields(item) for item in data] if isinstance(data, list) else data

    adapt, data = SHAPES[shape]
    data = put(put(data, ("b",), {"d": 1, "c": [{"f": 2, "e": 3}]}), ("a",), 1)
    assert adapt(reversed_fields(data)) == adapt(data)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("plain tëxt", "x: plain tëxt"),
        ("two\nlines", 'x: "two\\nlines"'),
        ("a\x00b\ud800c\ufffe", 'x: "a\\u0000b\\ud800c\\ufffe"'),
        ("a\u2028b\x85c", 'x: "a\\u2028b\\u0085c"'),
        ({"b": 1, "a": [None, True, 1.5]}, 'x: {"a":[null,true,1.5],"b":1}'),
        ({1: (2,)}, 'x: {"1":[2]}'),
        (None, "x: null"),
        ("", "x: "),
    ],
)
def test_a_note_is_one_line_of_what_xml_can_carry(value: Any, line: str) -> None:
    """Whatever an unknown field holds can be read back from one line, and never spoils the record."""
    content = from_hive({**hive(), "x": value}, **HIVE_KNOWN)
    make_record(content)
    assert line in content["notes"].split("\n")


def test_data_that_are_nested_too_deeply_are_refused() -> None:
    """Thousands of levels are an error of ours, not one of the interpreter."""
    value: Any = "x"
    for _ in range(100_000):
        value = [value]
    with pytest.raises(RecordError, match="nested too deeply"):
        from_hive({**hive(), "x": value})


ODD: list[Any] = [None, False, 0, -1.5, "", " ", "x", [], {}, [None], [[]], ["x"], {"": {}}, {"x": [{}]}, [{"id": []}]]


@pytest.mark.parametrize("shape", ["hive", "coop"])
def test_odd_data_never_break_an_adapter(shape: str) -> None:
    """Whatever stands in whatever place: there is a result that intake can judge, or findings."""
    adapt, data = SHAPES[shape]
    ways = [*(path for path, _ in leaves(data)), *(path for path in objects(data) if path)]
    ways = sorted({way[:length] for way in ways for length in range(1, len(way) + 1)}, key=str)
    verdicts = set()
    for way in ways:
        if way == ("decision",) or way[:2] == ("decision", "decision_components"):
            continue  # the adapter of this module looks into them; they are tried on their own
        for value in ODD:
            try:
                make_record(adapt(put(data, way, value)))
                verdicts.add("made")
            except RecordError:
                verdicts.add("refused")
    assert verdicts == {"made", "refused"}


def test_odd_decisions_never_break_the_adapter() -> None:
    """The components of a decision, too, may hold anything."""
    decision = coop_decision()
    ways = {path[:length] for path, _ in leaves(decision) for length in range(1, len(path) + 1)}
    for way in sorted(ways, key=str):
        for value in ODD:
            try:
                content = from_coop(put(decision, way, value), coop_info(), occurred_at="2026-03-02T09:41:00Z")
            except RecordError:
                continue
            with pytest.raises(RecordError):
                make_record(content)
