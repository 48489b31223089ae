"""Values for every field of every wire model, made from the table of their structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from cybertip.models import ROOTS, Wire
from cybertip.models._base import Choice, Form
from cybertip.models._shape import FieldShape, shape_of

Path: TypeAlias = tuple[FieldShape, ...]

TEXTS = ("xs:string", "xs:token")
_VALUES: dict[str, Any] = {
    "xs:boolean": True,
    "xs:int": 7,
    "xs:long": 4_564_654,
    "xs:double": -122.0841,
    "xs:date": date(2009, 12, 31),
    "xs:dateTime": datetime(2026, 1, 31, 8, 0, tzinfo=UTC),
    "phoneCountryCallingCode": "+44",
    "phoneExtension": "42",
}


def fields(model: type[Wire]) -> tuple[FieldShape, ...]:
    """Attributes, text and children."""
    shape = shape_of(model)
    return (*shape.attributes, *((shape.text,) if shape.text else ()), *shape.children)


def models() -> list[type[Wire]]:
    """Every model that occurs in one of the four documents."""
    found: dict[type[Wire], None] = {}

    def visit(model: type[Wire]) -> None:
        if model not in found:
            found[model] = None
            for field in fields(model):
                if field.model is not None:
                    visit(field.model)

    for root in ROOTS.values():
        visit(root)
    return list(found)


MODELS = models()
FIELDS = [(model, field) for model in MODELS for field in fields(model)]


def is_text(field: FieldShape) -> bool:
    return field.simple is not None and field.simple.name in TEXTS


def value(field: FieldShape, text: str = "text") -> Any:
    """One right value; `text` where any text is right."""
    if field.vocabulary is not None:
        return next(iter(field.vocabulary))
    assert field.simple is not None
    return text if is_text(field) else _VALUES[field.simple.name]


def minimal(model: type[Wire], text: str = "text") -> dict[str, Any]:
    """The least that a model needs, as nested dictionaries."""
    needed = [field for field in fields(model) if field.required]
    if issubclass(model, Choice) and model.one_needed:
        needed += [field for field in fields(model) if field.field == model.one_of[0]]
    return {field.field: _put(field, _one(field, text, minimal)) for field in needed}


def filled(model: type[Wire], text: str = "text", alternative: int = 0) -> dict[str, Any]:
    """Everything that a model can hold, as nested dictionaries; of a choice the first, or another alternative."""
    without = set(model.one_of) - {model.one_of[alternative]} if issubclass(model, Choice) else set()
    return {
        field.field: _put(field, _one(field, text, filled)) for field in fields(model) if field.field not in without
    }


def alternatives(model: type[Wire]) -> range:
    """The alternatives that `filled` has for a model."""
    return range(len(model.one_of) if issubclass(model, Choice) else 1)


def _one(field: FieldShape, text: str, make: Any) -> Any:
    return make(field.model, text) if field.model is not None else value(field, text)


def _put(field: FieldShape, one: Any) -> Any:
    return [one] if field.many else one


def holding(model: type[Wire], path: Sequence[FieldShape], leaf: Any) -> dict[str, Any]:
    """Nested dictionaries with `leaf` at the end of the path, and otherwise the least that is needed."""
    data = minimal(model)
    field, *rest = path
    if issubclass(model, Choice) and field.field in model.one_of:
        data = {name: item for name, item in data.items() if name not in model.one_of}
    if rest:
        assert field.model is not None
        leaf = holding(field.model, rest, leaf)
    data[field.field] = _put(field, leaf)
    return data


def paths(model: type[Wire]) -> Iterator[Path]:
    """Every path from a model to a simple value inside it."""
    for field in fields(model):
        if field.model is None:
            yield (field,)
        else:
            for rest in paths(field.model):
                yield (field, *rest)


def xml_path(root: str, path: Path) -> str:
    """The path in the notation of findings; the first of each that may repeat."""
    text = f"/{root}"
    for field in path:
        if field.form is Form.ATTRIBUTE:
            text += f"/@{field.name}"
        elif field.form is not Form.TEXT:
            text += f"/{field.name}[1]" if field.many else f"/{field.name}"
    return text
