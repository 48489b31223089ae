"""What every wire model promises: strict, frozen, discreet, described."""

from __future__ import annotations

import traceback
from enum import StrEnum
from itertools import combinations, cycle
from typing import Any

import pytest
from pydantic import ValidationError

from cybertip import models
from cybertip.models import ROOTS, FileAnnotations, FileDetails, InternetDetails, Wire
from cybertip.models._shape import FieldShape
from cybertip.schema import bundled_xsd
from cybertip.schema.structure import SimpleType, read
from tests.unit import wire

CANARY = "canary-6b1f"
ILLEGAL = ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ud800", "\udbff", "\udc00", "\udfff", "\ufffe", "\uffff"]

each_model = pytest.mark.parametrize("model", wire.MODELS, ids=lambda model: model.__name__)
each_field = pytest.mark.parametrize(
    ("model", "field"), wire.FIELDS, ids=[f"{model.__name__}.{field.field}" for model, field in wire.FIELDS]
)


def field_ids(*kinds: str) -> list[Any]:
    """The fields of these simple types, as parameters."""
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.field}")
        for model, field in wire.FIELDS
        if field.simple is not None and field.simple.name in kinds
    ]


def refusal(model: type[Wire], data: dict[str, Any]) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return caught.value


def places(problem: ValidationError) -> list[tuple[int | str, ...]]:
    return [item["loc"] for item in problem.errors()]


def with_value(model: type[Wire], field: FieldShape, value: object) -> dict[str, Any]:
    return wire.holding(model, [field], value)


@each_model
def test_unknown_fields_are_refused(model: type[Wire]) -> None:
    """A name that a model does not have, its XML names included, is an error and not dropped."""
    names = {"unknown", "model_config", *(field.name for field in wire.fields(model))}
    for name in names - {"", *model.model_fields}:
        problem = refusal(model, {**wire.minimal(model), name: "x"})
        assert places(problem) == [(name,)]


@pytest.mark.parametrize(("model", "field"), field_ids("xs:dateTime"))
def test_naive_times_are_refused(model: type[Wire], field: FieldShape) -> None:
    """No model guesses the offset of a time."""
    aware = wire.value(field)
    model.model_validate(with_value(model, field, aware))
    problem = refusal(model, with_value(model, field, aware.replace(tzinfo=None)))
    assert places(problem) == [(field.field,)]


def test_internet_details_hold_exactly_one_incident() -> None:
    """None and two are refused, each one alone is taken."""
    names = [field.field for field in wire.fields(InternetDetails)]
    assert len(names) == 8
    for name in names:
        assert getattr(InternetDetails.model_validate({name: {}}), name) is not None
    assert "exactly one" in str(refusal(InternetDetails, {}))
    assert "exactly one" in str(refusal(InternetDetails, dict.fromkeys(names)))
    for one, two in combinations(names, 2):
        assert f"{one} and {two}" in str(refusal(InternetDetails, {one: {}, two: {}}))


@pytest.mark.parametrize("meme", [True, False])
def test_file_details_hold_the_old_meme_mark_or_annotations(meme: bool) -> None:
    """The two exclude each other, whatever they say; neither is needed."""
    least = wire.minimal(FileDetails)
    assert FileDetails.model_validate(least).potential_meme is None
    assert FileDetails.model_validate({**least, "potential_meme": meme}).potential_meme is meme
    assert FileDetails.model_validate({**least, "file_annotations": {}}).file_annotations == FileAnnotations()
    problem = refusal(FileDetails, {**least, "potential_meme": meme, "file_annotations": {}})
    assert "at most one of potential_meme, file_annotations" in str(problem)


@pytest.mark.parametrize(
    ("model", "field"),
    [pytest.param(model, field, id=f"{model.__name__}.{field.field}") for model, field in wire.FIELDS if field.many],
)
def test_what_may_repeat_takes_lists_and_keeps_tuples(model: type[Wire], field: FieldShape) -> None:
    """A list cannot change a document later; a text, a mapping or a single value is not taken for a list."""
    data = with_value(model, field, wire.value(field) if field.model is None else wire.minimal(field.model))
    given = data[field.field]
    document = model.model_validate(data)
    kept = getattr(document, field.field)
    assert type(kept) is tuple
    given.clear()
    assert len(getattr(document, field.field)) == 1
    assert getattr(model.model_validate({**data, field.field: kept}), field.field) == kept
    for wrong in ("text", b"bytes", {"a": "b"}, {"a"}, kept[0], 7, None):
        assert {place[0] for place in places(refusal(model, {**data, field.field: wrong}))} == {field.field}


@each_model
def test_models_are_frozen_values(model: type[Wire]) -> None:
    """No field can be set after construction; equal content is equal, and can be a key."""
    one, two = (model.model_validate(wire.filled(model)) for _ in range(2))
    for name in model.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(one, name, getattr(two, name))
    assert one == two
    assert hash(one) == hash(two)
    assert one != model.model_validate(wire.filled(model, "another")) or not any(
        wire.is_text(path[-1]) for path in wire.paths(model)
    )


@each_field
def test_flags_numbers_and_codes_are_not_converted(model: type[Wire], field: FieldShape) -> None:
    """No field takes a value of another kind, and a value that is needed cannot be None."""
    wrong: list[object] = [object(), 7 if field.simple and field.simple.name not in {"xs:int", "xs:long"} else "7"]
    if field.simple is not None and field.simple.name == "xs:double":
        wrong = ["7"]
    if field.required and not field.many:
        wrong.append(None)
    for value in wrong:
        assert {place[0] for place in places(refusal(model, with_value(model, field, value)))} == {field.field}


@pytest.mark.parametrize("root", ROOTS)
def test_characters_that_xml_does_not_allow_are_refused_with_their_path(root: str) -> None:
    """In any text, attribute or list item of a document, the error names the field by its full path."""
    model = ROOTS[root]
    characters = cycle(ILLEGAL)
    places_tried = 0
    for path in wire.paths(model):
        if not wire.is_text(path[-1]):
            continue
        problem = refusal(model, wire.holding(model, path, f"a{next(characters)}b"))
        (item,) = problem.errors()
        expected: list[int | str] = []
        for field in path:
            expected += [field.field, 0] if field.many else [field.field]
        assert item["loc"] == tuple(expected)
        assert "XML 1.0" in item["msg"]
        places_tried += 1
    assert places_tried >= {"report": 160, "fileDetails": 12, "reportResponse": 3, "reportDoneResponse": 1}[root]


@pytest.mark.parametrize("character", ILLEGAL, ids=lambda character: f"U+{ord(character):04X}")
def test_the_refused_character_is_named_by_its_code(character: str) -> None:
    """Someone who cannot see a control character is told which it is and where."""
    problem = refusal(models.NameValue, {"name": f"ab{character}c{character}", "value": "x"})
    assert f"U+{ord(character):04X} at index 2" in str(problem)


@pytest.mark.parametrize("text", ["\t\n\r", "\x7f\x80\x85\x9f", "\u2028\ufdd0\ufffd", "\U00010000\U0001ffff\U0010ffff"])
def test_every_other_character_is_allowed(text: str) -> None:
    """Whatever XML 1.0 can carry is taken as it is, however odd."""
    assert models.NameValue(name=text, value=text).value == text


@each_model
def test_neither_repr_nor_str_shows_values(model: type[Wire]) -> None:
    """What is set can be seen, what is in it cannot."""
    for alternative in wire.alternatives(model):
        document = model.model_validate(wire.filled(model, CANARY, alternative))
        for shown in (repr(document), str(document), f"{document}", repr([document]), repr(document.__repr_args__)):
            assert CANARY not in shown
        assert repr(document).startswith(f"{model.__name__}(")
        for value in ("4564654", "-122", "2009", "2026", "+44"):
            assert value not in repr(document)
        least = repr(model.model_validate(wire.minimal(model, CANARY)))
        assert CANARY not in least


@each_field
def test_no_error_shows_a_value(model: type[Wire], field: FieldShape) -> None:
    """The text of an error names the field, and neither it nor a traceback quotes what was given."""
    for wrong in (CANARY, f"{CANARY}\x00", [CANARY], {CANARY: CANARY}, CANARY.encode()):
        try:
            model.model_validate(with_value(model, field, wrong))
        except ValidationError as problem:
            texts = [str(problem), repr(problem), "".join(traceback.format_exception_only(problem))]
            assert field.field in texts[0]
            # The name of an unknown field is no value.
            if not isinstance(wrong, dict):
                assert not any(CANARY in text for text in texts)
        else:
            assert wrong == CANARY
            assert wire.is_text(field)


@each_field
def test_every_field_is_described(model: type[Wire], field: FieldShape) -> None:
    """A field has a sentence that says what it means."""
    description = model.model_fields[field.field].description
    assert description
    assert not description[0].islower()
    assert description.endswith(".")


def test_everything_public_is_described_and_nothing_is_forgotten() -> None:
    """Every model of a document is exported and has its own docstring, as has every enumeration."""
    public = {name: getattr(models, name) for name in models.__all__}
    kinds = {name: kind for name, kind in public.items() if isinstance(kind, type)}
    assert {model.__name__ for model in wire.MODELS} <= kinds.keys()
    assert {field.vocabulary.__name__ for _, field in wire.FIELDS if field.vocabulary} <= kinds.keys()
    for kind in kinds.values():
        assert kind.__dict__.get("__doc__"), kind.__name__


def test_enumerations_have_exactly_the_values_of_the_schema() -> None:
    """Each closed list of the schema has its enumeration, and each enumeration its list."""
    names = {"MetadataType": "metadataTypes", "UsState": "state"}
    lists = {
        name: type_.values
        for name, type_ in read(bundled_xsd()).types.items()
        if isinstance(type_, SimpleType) and type_.values is not None
    }
    enumerations = {
        names.get(name, name[0].lower() + name[1:]): frozenset(str(member) for member in kind)
        for name in models.__all__
        if isinstance(kind := getattr(models, name), type) and issubclass(kind, StrEnum)
    }
    assert enumerations == lists
    assert {name: len(values) for name, values in lists.items()} | {"country": 258, "state": 55} == {
        name: len(values) for name, values in enumerations.items()
    }
