"""Reading and changing a place of a wire document, by its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from cybertip.models import Wire
from cybertip.models._shape import FieldShape, shape_of

W = TypeVar("W", bound=Wire)

_STEP = re.compile(r"/(@?)([A-Za-z0-9]+)(?:\[([0-9]+)])?")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a name, and a position from 0 where the name may repeat."""

    name: str
    index: int | None
    attribute: bool


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps below the root of a path such as ``/report/victim[2]/victimPerson/email[1]/@verified``."""
    found = [Step(name, int(number) - 1 if number else None, bool(at)) for at, name, number in _STEP.findall(path)]
    return tuple(found[1:])


def field_of(part: Wire, step: Step) -> FieldShape:
    """The field that a step names. Raises KeyError where the part has none of this name."""
    shape = shape_of(type(part))
    return shape.attribute_by_name[step.name] if step.attribute else shape.child_by_name[step.name]


def value_at(document: Wire, path: str) -> Any:
    """What stands at a path: a part, a simple value, or None where nothing does."""
    value: Any = document
    for step in steps_of(path):
        if value is None:
            return None
        value = getattr(value, field_of(value, step).field)
        if step.index is not None:
            value = value[step.index] if step.index < len(value) else None
    return value


def changed(document: W, path: str, change: Callable[[Any], Any]) -> W:
    """The document with what stands at a path exchanged; None as the new value removes it.

    Args:
        document: the document.
        path: the path; it must lead to something.
        change: from the old value to the new.
    """
    return _changed(document, steps_of(path), change)


def _changed(part: W, steps: tuple[Step, ...], change: Callable[[Any], Any]) -> W:
    if not steps:
        return change(part)  # type: ignore[no-any-return]  # the root itself: the caller knows what it is
    step, rest = steps[0], steps[1:]
    field = field_of(part, step)
    held = getattr(part, field.field)
    if step.index is None:
        new = change(held) if not rest else _changed(held, rest, change)
        return part.model_copy(update={field.field: new})
    items = list(held)
    new = change(items[step.index]) if not rest else _changed(items[step.index], rest, change)
    items[step.index : step.index + 1] = [] if new is None else [new]
    return part.model_copy(update={field.field: tuple(items)})


def order_of(document: Wire, path: str) -> tuple[tuple[int, int], ...]:
    """A key that sorts paths in the order of the document, attributes before children."""
    key = []
    part: Any = document
    for step in steps_of(path):
        model: type[Wire] = type(part)
        rank = -1 if step.attribute else shape_of(model).rank_by_name[step.name]
        key.append((rank, step.index or 0))
        held = getattr(part, field_of(part, step).field)
        part = held[step.index] if step.index is not None else held
    return tuple(key)


def parents_of(path: str) -> Iterator[str]:
    """The paths around a path, from the nearest to the root."""
    while path.count("/") > 1:
        path = path.rpartition("/")[0]
        yield path


def plain_at(document: Wire, path: str) -> Any:
    """What stands at a path as plain data: a part under its XML names, a simple value as the wire writes it."""
    step = steps_of(path)[-1]
    parent: Wire = value_at(document, path.rpartition("/")[0])
    return _simple(field_of(parent, step), value_at(document, path))


def _plain(value: Wire) -> Any:
    """A part as plain data, without what it leaves unsaid."""
    shape = shape_of(type(value))
    if shape.text is not None and not any(getattr(value, item.field) is not None for item in shape.attributes):
        return getattr(value, shape.text.field)
    data: dict[str, Any] = {}
    if shape.text is not None:
        data["value"] = getattr(value, shape.text.field)
    for field in (*shape.attributes, *shape.children):
        held = getattr(value, field.field)
        if field.many and held:
            data[field.name] = [_simple(field, item) for item in held]
        elif not field.many and held is not None and held is not False:
            data[field.name] = _simple(field, held)
    return data


def _simple(field: FieldShape, value: Any) -> Any:
    if isinstance(value, Wire):
        return _plain(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return field.simple.write(value) if field.simple is not None else str(value)
