"""Helps to compare two schema structures: take known additions out of one, print both for a readable diff."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from cybertip.schema.structure import Element, Group, SimpleType, Structure, Type

# What the public documentation added after the schema of 2025-06: (owning type, child).
ADDITIONS = frozenset(
    {
        ("reportAnnotations", "informational"),
        ("reportAnnotations", "potentialAggravatingFactors"),
        ("reportAnnotations", "instrumentalUse"),
        ("person", "ageAssertionDiscrepancy"),
        ("associatedAccount", "ageAssertionDiscrepancy"),
    }
)


def without(structure: Structure, removed: Collection[tuple[str, str]]) -> Structure:
    """The same structure less some children, each given as (name of the owning type, name of the child).

    The owner of an inline type is the element that it belongs to.
    """

    def stripped_type(type_: Type, owner: str) -> Type:
        if isinstance(type_, SimpleType) or type_.content is None:
            return type_
        return replace(type_, content=stripped_group(type_.content, type_.name or owner))

    def stripped_group(group: Group, owner: str) -> Group:
        parts: list[Element | Group] = []
        for part in group.parts:
            if isinstance(part, Group):
                parts.append(stripped_group(part, owner))
            elif (owner, part.name) not in removed:
                parts.append(stripped_element(part))
        return replace(group, parts=tuple(parts))

    def stripped_element(element: Element) -> Element:
        return replace(element, type=stripped_type(element.type, element.name))

    return Structure(
        {name: stripped_element(element) for name, element in structure.elements.items()},
        {name: stripped_type(type_, name) for name, type_ in structure.types.items()},
    )


def describe(structure: Structure) -> list[str]:
    """Every fact of a structure as one line, sorted by declaration; equal structures give equal lines."""
    lines: list[str] = []
    for name, element in sorted(structure.elements.items()):
        lines.append(f"element {name}: {element.type.name or '(inline)'}" + _fixed(element))
        if not element.type.name:
            lines.extend(_describe_type(element.type, "  "))
    for name, type_ in sorted(structure.types.items()):
        lines.append(f"type {name}")
        lines.extend(_describe_type(type_, "  "))
    return lines


def _describe_type(type_: Type, indent: str) -> Iterator[str]:
    if isinstance(type_, SimpleType):
        yield f"{indent}base {type_.base}"
        yield from (f"{indent}value {value!r}" for value in sorted(type_.values or ()))
        yield from (f"{indent}pattern {pattern!r}" for pattern in type_.patterns)
        return
    for attribute in type_.attributes:
        need = "required" if attribute.required else "optional"
        yield f"{indent}@{attribute.name}: {attribute.type.name or attribute.type} {need}"
    if type_.text:
        yield f"{indent}text {type_.text.name or type_.text}"
    if type_.content:
        yield from _describe_group(type_.content, indent)


def _describe_group(group: Group, indent: str) -> Iterator[str]:
    yield f"{indent}{group.kind} {_count(group)}"
    for part in group.parts:
        if isinstance(part, Group):
            yield from _describe_group(part, indent + "  ")
            continue
        yield f"{indent}  {part.name} {_count(part)}: {part.type.name or '(inline)'}" + _fixed(part)
        if not part.type.name:
            yield from _describe_type(part.type, indent + "    ")


def _count(part: Element | Group) -> str:
    return f"{part.minimum}..{'n' if part.maximum is None else part.maximum}"


def _fixed(element: Element) -> str:
    return "" if element.fixed is None else f" fixed={element.fixed!r}"
