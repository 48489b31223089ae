"""The structure of the wire documents as a table: what may stand where, how often and in which order.

Derived once from the models' annotations. The codec reads and writes by it, findings are worded from it, and a test
compares it with the schema in both directions.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any

from cybertip.models._base import Form, Wire, Xml, camel_case
from cybertip.models._types import Simple


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field: a child element, an attribute, or the text of its element.

    Attributes:
        field: the Python name.
        name: the XML name; empty for the element's own text.
        form: how it stands in the element.
        model: the model of a child element with structure, else None.
        simple: the simple type of a value, else None.
        vocabulary: the enumeration of a closed vocabulary, else None.
        many: whether it may repeat.
        required: whether it must be there.
    """

    field: str
    name: str
    form: Form
    model: type[Wire] | None
    simple: Simple | None
    vocabulary: type[StrEnum] | None
    many: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """One model: its attributes, and either its children in schema order or its text.

    Attributes:
        model: the model.
        attributes: its attributes.
        children: its child elements in schema order.
        text: its own text, where it has some.
        child_by_name, attribute_by_name: the same by XML name.
        rank_by_name: the place of each child element in the order, from 0.
        required: the names of the child elements that must be there.
    """

    model: type[Wire]
    attributes: tuple[FieldShape, ...]
    children: tuple[FieldShape, ...]
    text: FieldShape | None
    child_by_name: Mapping[str, FieldShape]
    attribute_by_name: Mapping[str, FieldShape]
    rank_by_name: Mapping[str, int]
    required: frozenset[str]

    def child(self, name: str) -> FieldShape | None:
        """The child element of this name."""
        return self.child_by_name.get(name)

    def attribute(self, name: str) -> FieldShape | None:
        """The attribute of this name."""
        return self.attribute_by_name.get(name)


def _vocabulary(kind: type[StrEnum]) -> Simple:
    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"must be {expected}") from None

    values = [f"'{member}'" for member in kind]
    expected = "one of the listed codes" if len(values) > 12 else f"one of {', '.join(values)}"
    return Simple(kind.__name__, expected, read, str, keeps_space=True)


def _parts(hint: Any) -> Iterator[Any]:
    """All building blocks of an annotation, outermost first: classes and the marks that Annotated carries."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        yield from hint.__metadata__
        yield from _parts(hint.__origin__)
    elif origin is None:
        yield hint
    else:
        yield origin
        if origin is typing.Union or origin is UnionType or origin is Sequence:
            for argument in typing.get_args(hint):
                yield from _parts(argument)


def _field_shape(field: str, hint: Any, *, required: bool) -> FieldShape:
    parts = list(_parts(hint))
    classes = [part for part in parts if isinstance(part, type)]
    mark = next((part for part in parts if isinstance(part, Xml)), Xml())
    model = next((part for part in classes if issubclass(part, Wire)), None)
    vocabulary = next((part for part in classes if issubclass(part, StrEnum)), None)
    simple = next((part for part in parts if isinstance(part, Simple)), None)
    if vocabulary is not None:
        simple = _vocabulary(vocabulary)
    return FieldShape(
        field=field,
        name="" if mark.form is Form.TEXT else mark.name or camel_case(field),
        form=mark.form,
        model=model,
        simple=simple,
        vocabulary=vocabulary,
        many=Sequence in parts,
        required=required,
    )


@cache
def shape_of(model: type[Wire]) -> Shape:
    """The structure of one model."""
    hints = typing.get_type_hints(model, include_extras=True)
    fields = [_field_shape(name, hints[name], required=info.is_required()) for name, info in model.model_fields.items()]
    attributes = tuple(field for field in fields if field.form is Form.ATTRIBUTE)
    children = tuple(field for field in fields if field.form in (Form.ELEMENT, Form.FLAG))
    return Shape(
        model=model,
        attributes=attributes,
        children=children,
        text=next((field for field in fields if field.form is Form.TEXT), None),
        child_by_name={field.name: field for field in children},
        attribute_by_name={field.name: field for field in attributes},
        rank_by_name={field.name: rank for rank, field in enumerate(children)},
        required=frozenset(field.name for field in children if field.required),
    )
