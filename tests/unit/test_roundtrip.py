"""Whatever the models can hold is written as a valid document and read back exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cybertip.findings import Findings
from cybertip.models import ROOTS, FileDetails, Report, ReportDoneResponse, ReportResponse, Wire
from cybertip.models._base import Choice
from cybertip.models._shape import FieldShape
from cybertip.models._types import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN
from cybertip.schema import Schema
from cybertip.xml import parse, write
from tests.unit import wire

# Every character that XML 1.0 allows, those that parsers and serialisers treat in a special way more often.
CHARACTERS = st.one_of(
    st.sampled_from("\t\n\r &<>\"']\x7f\x85\u2028\ufeff\ufffd\U00010000\U0010ffff"),
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    st.characters(min_codepoint=0x20, max_codepoint=0xFF),
)
TEXTS = st.text(CHARACTERS, max_size=8) | st.sampled_from(["", " ", "]]>", "&amp;", "<!-- -->", "\r\n", "0", "true"])
OFFSETS = st.integers(-14 * 60, 14 * 60) | st.sampled_from([0, 0, -14 * 60, 14 * 60])
MOMENTS = (
    st.datetimes()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
    | st.sampled_from([datetime.min, datetime.max])
)
TIMES = st.builds(
    lambda moment, minutes: moment.replace(tzinfo=timezone(timedelta(minutes=minutes))),
    MOMENTS,
    OFFSETS,
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0.0, -0.0, 5e-324, -1.7976931348623157e308, 1e22, 1e-7, 90.0]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "xs:string": TEXTS,
    "xs:token": TEXTS,
    "xs:boolean": st.booleans(),
    "xs:int": st.integers(INT_MIN, INT_MAX),
    "xs:long": st.integers(LONG_MIN, LONG_MAX),
    "xs:double": NUMBERS,
    "xs:date": st.dates() | st.sampled_from([date.min, date.max]),
    "xs:dateTime": TIMES,
    "phoneCountryCallingCode": st.from_regex(r"\+[0-9]{1,3}", fullmatch=True),
    "phoneExtension": st.from_regex(r"[0-9]{1,12}", fullmatch=True),
}
checked = settings(
    deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def one(field: FieldShape) -> st.SearchStrategy[Any]:
    if field.model is not None:
        return part(field.model)
    if field.vocabulary is not None:
        return st.sampled_from(list(field.vocabulary))
    assert field.simple is not None
    return VALUES[field.simple.name]


def of(field: FieldShape) -> st.SearchStrategy[Any]:
    if not field.many:
        return one(field)
    # A list whose minimum is not zero is required.
    return st.lists(one(field), min_size=1 if field.required else 0, max_size=2)


@cache
def part(model: type[Wire]) -> st.SearchStrategy[Wire]:
    """Any value of a model, by the table of its structure; about one in three of the optional fields is there."""
    every = {field.field: field for field in wire.fields(model)}
    exclusive = model.one_of if issubclass(model, Choice) else ()
    needed = {name: of(field) for name, field in every.items() if field.required}
    optional = [name for name, field in every.items() if not field.required and name not in exclusive]
    choices = [*exclusive] if issubclass(model, Choice) and model.one_needed else [*exclusive, None]

    @st.composite
    def make(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Wire:
        data = {name: draw(strategy) for name, strategy in needed.items()}
        chosen = [name for name in optional if draw(st.integers(0, 2)) == 0]
        if exclusive and (alternative := draw(st.sampled_from(choices))) is not None:
            chosen.append(alternative)
        data.update((name, draw(of(every[name]))) for name in chosen)
        return model.model_validate(data)

    return make()


def places(root: str) -> Iterator[wire.Path]:
    """Every path to a part of a document."""
    for path in wire.paths(ROOTS[root]):
        yield from (path[:length] for length in range(1, len(path)))


PLACES = {path[-1].model: (root, path) for root in ROOTS for path in places(root) if path[-1].model is not None}
"""For each model, one place where it occurs."""


def times(value: object) -> Iterator[str]:
    """The text of every time in a document; equal moments with different offsets compare equal, so this is compared."""
    if isinstance(value, datetime):
        yield value.isoformat()
    elif isinstance(value, float):
        yield repr(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from times(item)
    elif isinstance(value, Wire):
        for name in type(value).model_fields:
            yield from times(getattr(value, name))


def comes_back(document: Wire) -> None:
    data = write(document)
    assert Schema.bundled().validate(data) == Findings()
    found = parse(data, type(document)).document
    assert found == document
    assert list(times(found)) == list(times(document))
    assert write(found) == data
    assert Schema.bundled().parse(data).document == document


@settings(checked, max_examples=350)
@given(part(Report))
def test_reports_come_back(document: Wire) -> None:
    """Any report, additions of the documentation included."""
    comes_back(document)


@settings(checked, max_examples=300)
@given(part(FileDetails))
def test_file_details_come_back(document: Wire) -> None:
    """Any file details, the old meme mark included."""
    comes_back(document)


@settings(checked, max_examples=100)
@given(part(ReportResponse) | part(ReportDoneResponse))
def test_answers_come_back(document: Wire) -> None:
    """Any answer, one without files included."""
    comes_back(document)


@pytest.mark.parametrize(("root", "path"), PLACES.values(), ids=[model.__name__ for model in PLACES])
@settings(checked, max_examples=25)
@given(st.data())
def test_every_part_comes_back_from_its_place(root: str, path: wire.Path, data: st.DataObject) -> None:
    """Each model for itself, so that none depends on how large the documents above become."""
    assert path[-1].model is not None
    comes_back(ROOTS[root].model_validate(wire.holding(ROOTS[root], path, data.draw(part(path[-1].model)))))


@pytest.mark.parametrize("root", ROOTS)
@settings(checked, max_examples=3)
@given(st.data())
def test_every_value_comes_back_from_its_place(root: str, data: st.DataObject) -> None:
    """Whatever chance leaves out above: any value in each place of a document, one at a time."""
    model = ROOTS[root]
    for path in wire.paths(model):
        comes_back(model.model_validate(wire.holding(model, path, data.draw(one(path[-1])))))
