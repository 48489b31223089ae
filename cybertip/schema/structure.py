"""A schema as plain values that can be compared and walked.

`read` gives a `Structure`: global elements and named types by name, every type reference resolved. Two structures are
equal when the schemas say the same, whatever their layout, comments, annotations or order of declarations.
`cybertip.schema.drift` tells in words where two differ.

Only the part of XML Schema that the CyberTipline schemas use is understood. Anything else raises
`UnsupportedSchemaError`: a reader that skipped what it does not know would call two different schemas equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast

from lxml import etree

from cybertip.errors import ConfigurationError
from cybertip.xml import read_tree

XS = "{http://www.w3.org/2001/XMLSchema}"
BUILTIN = frozenset(
    f"xs:{name}" for name in ("string", "token", "boolean", "int", "long", "double", "date", "dateTime")
)

GroupKind: TypeAlias = Literal["sequence", "choice", "all"]


class UnsupportedSchemaError(ConfigurationError):
    """The file uses a part of XML Schema that this reader does not know."""


@dataclass(frozen=True)
class SimpleType:
    """A type of text: a built-in one (``name == base``), or one with an enumeration or a pattern."""

    name: str
    base: str
    values: frozenset[str] | None = None
    patterns: tuple[str, ...] = ()

    @property
    def text(self) -> SimpleType:
        return self

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return ()

    @property
    def content(self) -> None:
        return None

    @property
    def children(self) -> tuple[Element, ...]:
        return ()


@dataclass(frozen=True)
class Attribute:
    name: str
    type: SimpleType
    required: bool


@dataclass(frozen=True)
class Element:
    """An element where it is used; for a global declaration the counts are 1..1."""

    name: str
    type: SimpleType | ComplexType
    minimum: int = 1
    maximum: int | None = 1
    fixed: str | None = None


@dataclass(frozen=True)
class Group:
    kind: GroupKind
    parts: tuple[Element | Group, ...]
    minimum: int = 1
    maximum: int | None = 1

    @property
    def elements(self) -> Iterator[Element]:
        """All elements of the group and of the groups in it, in order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.elements
            else:
                yield part


@dataclass(frozen=True)
class ComplexType:
    """A type with attributes, and either simple content (``text``), elements (``content``) or neither.

    ``name`` is empty for an inline type. It counts in comparisons, for ``xsi:type`` can name a global type.
    """

    name: str
    attributes: tuple[Attribute, ...] = ()
    text: SimpleType | None = None
    content: Group | None = None

    @property
    def children(self) -> tuple[Element, ...]:
        return tuple(self.content.elements) if self.content else ()


Type: TypeAlias = SimpleType | ComplexType


@dataclass(frozen=True)
class Structure:
    elements: Mapping[str, Element]
    types: Mapping[str, Type]


def read(data: bytes) -> Structure:
    """Read a schema.

    Raises:
        DocumentError: it is not well-formed.
        UnsupportedSchemaError: it is no schema, or uses a part of XML Schema that is not understood here.
    """
    return _Reader(read_tree(data)).structure()


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        if root.tag != f"{XS}schema" or root.get("elementFormDefault") != "qualified":
            raise UnsupportedSchemaError("not a schema with elementFormDefault='qualified'")
        self._check(root, "elementFormDefault", "version", "attributeFormDefault")
        if root.get("attributeFormDefault", "unqualified") != "unqualified":
            raise UnsupportedSchemaError("attributes with a namespace")
        self._declared: dict[tuple[str, str], etree._Element] = {}
        for node in self._parts(root, "element", "complexType", "simpleType"):
            key = ("element" if node.tag == f"{XS}element" else "type", node.get("name", ""))
            if node.get("minOccurs") or node.get("maxOccurs") or node.get("ref"):
                raise UnsupportedSchemaError(f"a declaration with what only a use has: {key}")
            if key in self._declared or not key[1]:
                raise UnsupportedSchemaError(f"declared twice or without a name: {key}")
            self._declared[key] = node
        self._types: dict[str, Type] = {}
        self._open: set[etree._Element] = set()

    def structure(self) -> Structure:
        elements = {name: self._element(node) for (kind, name), node in self._declared.items() if kind == "element"}
        types = {name: self._named_type(name) for kind, name in self._declared if kind == "type"}
        return Structure(elements, types)

    def _check(self, node: etree._Element, *allowed: str) -> None:
        unknown = set(map(str, node.attrib)) - set(allowed) - {"id"}
        if unknown:
            raise UnsupportedSchemaError(f"{node.tag} in line {node.sourceline}: attributes {sorted(unknown)}")

    def _parts(self, node: etree._Element, *allowed: str) -> list[etree._Element]:
        """The child elements that say something: all but annotations, refusing those not allowed."""
        parts = [child for child in node if isinstance(child.tag, str) and child.tag != f"{XS}annotation"]
        for child in parts:
            if child.tag not in {f"{XS}{name}" for name in allowed}:
                raise UnsupportedSchemaError(f"{child.tag} in line {child.sourceline}")
        return parts

    def _only(self, parts: list[etree._Element], node: etree._Element) -> etree._Element:
        if len(parts) != 1:
            raise UnsupportedSchemaError(f"{node.tag} in line {node.sourceline}: needs exactly one thing in it")
        return parts[0]

    def _name(self, node: etree._Element) -> str:
        name = node.get("name")
        if not name:
            raise UnsupportedSchemaError(f"{node.tag} in line {node.sourceline}: has no name")
        return name

    def _occurs(self, node: etree._Element) -> tuple[int, int | None]:
        minimum, maximum = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        if not minimum.isdecimal() or not (maximum.isdecimal() or maximum == "unbounded"):
            raise UnsupportedSchemaError(f"{node.tag} in line {node.sourceline}: counts that are no numbers")
        return int(minimum), None if maximum == "unbounded" else int(maximum)

    def _element(self, node: etree._Element) -> Element:
        minimum, maximum = self._occurs(node)
        if node.get("ref") is not None:
            self._check(node, "ref", "minOccurs", "maxOccurs")
            self._parts(node)
            declared = self._declared.get(("element", str(node.get("ref"))))
            if declared is None:
                raise UnsupportedSchemaError(f"element {node.get('ref')} is not declared")
            return replace(self._element(declared), minimum=minimum, maximum=maximum)
        self._check(node, "name", "type", "fixed", "minOccurs", "maxOccurs")
        name = self._name(node)
        if node in self._open:
            raise UnsupportedSchemaError(f"an element inside itself: {name}")
        self._open.add(node)
        type_ = self._used_type(node)
        self._open.discard(node)
        return Element(name, type_, minimum, maximum, node.get("fixed"))

    def _used_type(self, node: etree._Element) -> Type:
        inline = self._parts(node, "complexType", "simpleType")
        named = node.get("type")
        if (named is None) == (not inline) or len(inline) > 1:
            raise UnsupportedSchemaError(f"{node.get('name')}: needs one type, either named or inline")
        return self._named(node, named) if named is not None else self._type(inline[0])

    def _named(self, node: etree._Element, name: str) -> Type:
        prefix, colon, local = name.rpartition(":")
        if not colon:
            return self._named_type(name)
        builtin = f"xs:{local}"
        if f"{{{node.nsmap.get(prefix)}}}" != XS or builtin not in BUILTIN:
            raise UnsupportedSchemaError(f"type {name}")
        return SimpleType(builtin, builtin)

    def _named_type(self, name: str) -> Type:
        if name not in self._types:
            if ("type", name) not in self._declared:
                raise UnsupportedSchemaError(f"type {name} is not declared")
            node = self._declared["type", name]
            if node in self._open:
                raise UnsupportedSchemaError(f"a type inside itself: {name}")
            self._open.add(node)
            self._types[name] = self._type(node)
            self._open.discard(node)
        return self._types[name]

    def _simple(self, node: etree._Element, name: str) -> SimpleType:
        type_ = self._named(node, name)
        if not isinstance(type_, SimpleType):
            raise UnsupportedSchemaError(f"{name} is not a simple type")
        return type_

    def _type(self, node: etree._Element) -> Type:
        self._check(node, "name")
        name = node.get("name", "")
        if node.tag == f"{XS}simpleType":
            return self._restriction(name, self._only(self._parts(node, "restriction"), node))
        parts = self._parts(node, "sequence", "choice", "all", "simpleContent", "attribute")
        text: SimpleType | None = None
        content: Group | None = None
        if parts and parts[0].tag == f"{XS}simpleContent":
            simple = self._only(parts, node)
            self._check(simple)
            extension = self._only(self._parts(simple, "extension"), simple)
            self._check(extension, "base")
            text = self._simple(extension, str(extension.get("base")))
            parts = self._parts(extension, "attribute")
        elif parts and parts[0].tag != f"{XS}attribute":
            content = self._group(parts.pop(0))
        attributes = sorted((self._attribute(part) for part in parts), key=lambda attribute: attribute.name)
        return ComplexType(name, tuple(attributes), text, content)

    def _restriction(self, name: str, restriction: etree._Element) -> SimpleType:
        self._check(restriction, "base")
        base = self._simple(restriction, str(restriction.get("base")))
        if base.name not in BUILTIN:
            raise UnsupportedSchemaError(f"{name}: a restriction of {base.name}")
        values: list[str] = []
        patterns: list[str] = []
        for facet in self._parts(restriction, "enumeration", "pattern"):
            self._check(facet, "value")
            (values if facet.tag == f"{XS}enumeration" else patterns).append(str(facet.get("value")))
        if len(values) != len(set(values)):
            raise UnsupportedSchemaError(f"{name}: a value is listed twice")
        return SimpleType(name, base.base, frozenset(values) if values else None, tuple(patterns))

    def _group(self, node: etree._Element) -> Group:
        self._check(node, "minOccurs", "maxOccurs")
        minimum, maximum = self._occurs(node)
        parts = tuple(
            self._element(part) if part.tag == f"{XS}element" else self._group(part)
            for part in self._parts(node, "element", "sequence", "choice", "all")
        )
        return Group(cast("GroupKind", str(node.tag).removeprefix(XS)), parts, minimum, maximum)

    def _attribute(self, node: etree._Element) -> Attribute:
        self._check(node, "name", "type", "use")
        self._parts(node)
        use = node.get("use", "optional")
        if use not in ("optional", "required"):
            raise UnsupportedSchemaError(f"attribute {node.get('name')}: use {use}")
        return Attribute(self._name(node), self._simple(node, str(node.get("type"))), use == "required")
