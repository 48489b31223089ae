"""Where two schemas differ, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cybertip.schema.structure import Attribute, ComplexType, Element, Group, SimpleType, Structure, Type, read


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        place: the element or type that changed.
        what: what the other schema has there.
    """

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def drift(ours: bytes, theirs: bytes) -> list[Change]:
    """How `theirs` differs from `ours`; empty if they accept the same documents by the same names.

    Raises:
        DocumentError: one of them is not well-formed.
        UnsupportedSchemaError: one of them uses a part of XML Schema that is not understood here.
    """
    mine, other = read(ours), read(theirs)
    changes = [
        *_names("global element", mine.elements.keys(), other.elements.keys()),
        *_names("type", mine.types.keys(), other.types.keys()),
    ]
    for place, one, two in _pairs(mine, other):
        changes += _type_changes(place, one, two)
    for name in sorted(mine.elements.keys() & other.elements.keys()):
        changes += _fixed_changes(f"<{name}>", "the fixed value", mine.elements[name], other.elements[name])
    return changes


def _pairs(mine: Structure, other: Structure) -> Iterator[tuple[str, Type, Type]]:
    for name in sorted(mine.types.keys() & other.types.keys()):
        yield f"type {name}", mine.types[name], other.types[name]
    for name in sorted(mine.elements.keys() & other.elements.keys()):
        one, two = mine.elements[name].type, other.elements[name].type
        if not (one.name and one.name == two.name):
            yield f"<{name}>", one, two


def _names(kind: str, here: AbstractSet[str], there: AbstractSet[str]) -> Iterator[Change]:
    for name in sorted(there - here):
        yield Change(f"{kind} {name}", "new")
    for name in sorted(here - there):
        yield Change(f"{kind} {name}", "gone")


def _type_changes(place: str, one: Type, two: Type) -> Iterator[Change]:
    if isinstance(one, SimpleType) or isinstance(two, SimpleType):
        if isinstance(one, SimpleType) and isinstance(two, SimpleType):
            yield from _simple_changes(place, one, two)
        else:
            yield Change(place, f"was {_called(one)}, is {_called(two)}")
        return
    yield from _attribute_changes(place, one, two)
    if one.text is not None and two.text is not None:
        yield from _simple_changes(f"text of {place}", one.text, two.text)
    elif one.text is not two.text:
        yield Change(place, "now holds text" if two.text is not None else "no longer holds text")
    yield from _child_changes(place, one, two)


def _simple_changes(place: str, one: SimpleType, two: SimpleType) -> Iterator[Change]:
    if one.base != two.base:
        yield Change(place, f"was {one.base}, is {two.base}")
    here, there = one.values or frozenset(), two.values or frozenset()
    if there - here:
        yield Change(place, f"new values {_quoted(there - here)}")
    if here - there:
        yield Change(place, f"values gone {_quoted(here - there)}")
    if one.patterns != two.patterns:
        yield Change(place, f"must now match {' and '.join(two.patterns) or 'nothing in particular'}")


def _attribute_changes(place: str, one: ComplexType, two: ComplexType) -> Iterator[Change]:
    here = {item.name: item for item in one.attributes}
    there = {item.name: item for item in two.attributes}
    for name in sorted(there.keys() - here.keys()):
        yield Change(place, f"new attribute '{name}', {_need(there[name])}")
    for name in sorted(here.keys() - there.keys()):
        yield Change(place, f"attribute '{name}' is gone")
    for name in sorted(here.keys() & there.keys()):
        if here[name].required != there[name].required:
            yield Change(place, f"attribute '{name}' was {_need(here[name])}, is {_need(there[name])}")
        yield from _reference_changes(f"attribute '{name}' of {place}", here[name].type, there[name].type)


def _child_changes(place: str, one: ComplexType, two: ComplexType) -> Iterator[Change]:
    here = {item.name: item for item in one.children}
    there = {item.name: item for item in two.children}
    order = [item.name for item in two.children]
    for name in order:
        if name not in here:
            before = order[order.index(name) - 1] if order.index(name) else None
            where = f"after <{before}>" if before else "at the start"
            yield Change(place, f"new element <{name}>, {_count(there[name])}, {where}")
    for name in here:
        if name not in there:
            yield Change(place, f"element <{name}> is gone")
    common = [name for name in here if name in there]
    if common != [name for name in order if name in here]:
        yield Change(place, f"the order of elements is now {', '.join(f'<{name}>' for name in order)}")
    for name in common:
        yield from _use_changes(place, here[name], there[name])
    if _grouping(one.content, set(common)) != _grouping(two.content, set(common)):
        yield Change(place, "the elements are grouped in another way (sequence, choice or any order)")


def _use_changes(place: str, one: Element, two: Element) -> Iterator[Change]:
    if (one.minimum, one.maximum) != (two.minimum, two.maximum):
        yield Change(place, f"<{one.name}> was {_count(one)}, is {_count(two)}")
    yield from _fixed_changes(place, f"the fixed value of <{one.name}>", one, two)
    yield from _reference_changes(f"<{one.name}> in {place}", one.type, two.type)


def _fixed_changes(place: str, what: str, one: Element, two: Element) -> Iterator[Change]:
    if one.fixed != two.fixed:
        here, there = ("none" if item.fixed is None else f"'{item.fixed}'" for item in (one, two))
        yield Change(place, f"{what} was {here}, is {there}")


def _reference_changes(place: str, one: Type, two: Type) -> Iterator[Change]:
    """Differences of types where they are used; named types are compared once, where they are declared."""
    if one.name != two.name:
        yield Change(place, f"was {_called(one)}, is {_called(two)}")
    elif not one.name:
        yield from _type_changes(place, one, two)


def _grouping(group: Group | None, common: set[str]) -> object:
    if group is None:
        return None
    parts = [
        _grouping(part, common) if isinstance(part, Group) else part.name
        for part in group.parts
        if isinstance(part, Group) or part.name in common
    ]
    return group.kind, group.minimum, group.maximum, parts


def _called(item: Type) -> str:
    return item.name or ("an inline type" if isinstance(item, ComplexType) else item.base)


def _need(attribute: Attribute) -> str:
    return "required" if attribute.required else "optional"


def _count(element: Element) -> str:
    return f"{element.minimum}..{'n' if element.maximum is None else element.maximum}"


def _quoted(values: frozenset[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))
