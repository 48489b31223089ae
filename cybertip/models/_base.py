"""The base of the wire models, and the marks that say how a field stands in XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cybertip.models._types import BOOLEAN


class Form(Enum):
    """How a field stands in its element."""

    ELEMENT = "child element"
    ATTRIBUTE = "attribute"
    TEXT = "the element's own text"
    FLAG = "child element whose presence says yes"


@dataclass(frozen=True, slots=True)
class Xml:
    """The mark of a field: its form, and its name where that is not the field's name in camelCase."""

    name: str | None = None
    form: Form = Form.ELEMENT


ATTRIBUTE = Xml(form=Form.ATTRIBUTE)
TEXT = Xml(form=Form.TEXT)

Flag = Annotated[bool, Field(strict=True), Xml(form=Form.FLAG), BOOLEAN]
"""A statement made by an empty element: ``True`` writes the element, ``False`` leaves it out."""


def camel_case(name: str) -> str:
    """The usual XML name of a field: ``possible_proxy`` -> ``possibleProxy``."""
    return re.sub(r"_+(.)", lambda found: found[1].upper(), name)


class _Veiled:
    """Stands in a repr where a value would stand."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _veil(value: Any) -> Any:
    if value is None or isinstance(value, (bool, Enum, Veiled)):
        return value
    if isinstance(value, tuple):
        return tuple(_veil(item) for item in value)
    return _Veiled("…")


class Veiled(BaseModel):
    """A value that does not show what is in it.

    Instances are frozen and compared by content. Unknown fields are refused. Wrong values raise
    `pydantic.ValidationError`, whose text names the field and never shows the value (its ``errors()`` method does hold
    the input; do not log that). The repr shows which fields are set, not what is in them, because reports and review
    records are full of personal data.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None and value is not False and value != ():
                yield name, _veil(value)


class Wire(Veiled):
    """A part of a wire document: a value that is valid from construction on."""

    any_order: ClassVar[bool] = False
    """Whether the schema allows the children in any order."""


class Choice(Wire):
    """A part of which only one of several fields may be given."""

    one_of: ClassVar[tuple[str, ...]]
    """The fields that exclude each other."""
    one_needed: ClassVar[bool] = False
    """Whether one of them must be given."""

    @model_validator(mode="after")
    def _check_choice(self) -> Self:
        given = [name for name in self.one_of if getattr(self, name) is not None]
        if len(given) > 1 or (self.one_needed and not given):
            count = "exactly one" if self.one_needed else "at most one"
            found = " and ".join(given) if given else "none"
            raise ValueError(f"give {count} of {', '.join(self.one_of)}; found {found}")
        return self
