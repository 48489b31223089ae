"""Makes random valid documents by walking a schema structure. The same seed gives the same documents.

A document is a tree of ``Node``; ``rendering`` turns it into bytes, ``mutations`` turns it into a slightly
different one. Children, attributes, counts and the order inside ``xs:all`` are random; values come from
``lexical``. Each document leads to one *site*, a path from the root to a declaration. Sites and values are
dealt like cards from a shuffled deck, so that after enough documents every declaration, enumeration value and
listed text has been used.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from cybertip.schema.structure import Element, Group, SimpleType, Structure
from tests.contract import lexical

ROOTS = ("report", "fileDetails", "reportResponse", "reportDoneResponse")

_T = TypeVar("_T")
_LARGEST = 90  # elements; beyond it only required children are added
_FLAG_TEXTS = ("", "", "true")
_HINTS = {
    "xsi:noNamespaceSchemaLocation": "https://schemas.example.com/none.xsd",
    "xsi:schemaLocation": "urn:example:other https://schemas.example.com/other.xsd",
}


@dataclass(frozen=True)
class Aside:
    """Markup that is written as it is: a comment, a processing instruction, a CDATA section."""

    markup: str


@dataclass(eq=False)
class Node:
    """An element of a document. Names may carry a prefix; ``xsi:`` and ``xs:`` are declared when rendered."""

    declaration: Element
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Node | str | Aside] = field(default_factory=list)

    @property
    def children(self) -> list[Node]:
        return [part for part in self.content if isinstance(part, Node)]

    @property
    def text(self) -> str:
        return "".join(part for part in self.content if isinstance(part, str))

    @property
    def text_type(self) -> SimpleType | None:
        return self.declaration.type.text

    @property
    def group(self) -> Group | None:
        """The content model, where the element holds elements."""
        return self.declaration.type.content

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def clone(self) -> Node:
        copy = Node(self.declaration, self.name, dict(self.attributes))
        copy.content.extend(part.clone() if isinstance(part, Node) else part for part in self.content)
        return copy


class Decks:
    """Deals values at random, but none twice before all were dealt once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks: dict[Hashable, list[object]] = {}

    def deal(self, key: Hashable, values: Iterable[_T]) -> _T:
        deck: list[_T] = self._decks.setdefault(key, [])  # type: ignore[assignment]
        if not deck:
            deck.extend(values)
            self._rng.shuffle(deck)
        return deck.pop()


class Generator:
    """Random valid documents of one structure."""

    def __init__(self, structure: Structure, rng: Random) -> None:
        self.structure = structure
        self.rng = rng
        self.decks = Decks(rng)
        self._sites = {root: tuple(sites(structure.elements[root])) for root in ROOTS}
        self._room = 0

    def document(self, root: str) -> Node:
        """A valid document; from call to call it leads to another site."""
        site = self.decks.deal(("site", root), self._sites[root])
        self._room = _LARGEST
        node = self._node(self.structure.elements[root], site, self.rng.choice((0.0, 0.05, 0.15, 0.5)))
        for name, value in _HINTS.items():
            if self.rng.random() < 0.1:
                node.attributes[name] = value
        return node

    def leading_to(self, root: str, site: tuple[Element, ...]) -> Node:
        """A valid document with the path in it, and otherwise only what is required above its end."""
        self._room = _LARGEST
        return self._node(self.structure.elements[root], site, 0.0)

    def element(self, declaration: Element) -> Node:
        """A valid element with little in it."""
        self._room = _LARGEST
        return self._node(declaration, None, 0.1)

    def text(self, type_: SimpleType) -> str:
        """A text that the type accepts."""
        return self.decks.deal(("text", type_.name, type_.base), lexical.right_values(type_))

    def _node(self, declaration: Element, site: tuple[Element, ...] | None, density: float) -> Node:
        """``site`` is the rest of the path, None beside it; at its end most of what is optional is there."""
        self._room -= 1
        node = Node(declaration, declaration.name)
        type_ = declaration.type
        if site == ():
            density = max(density, 0.6)
        for attribute in type_.attributes:
            if attribute.required or self.rng.random() < (0.9 if site == () else density):
                node.attributes[attribute.name] = self.text(attribute.type)
        if type_.content:
            node.content.extend(self._children(type_.content, site, density if self._room > 0 else 0.0))
        # libxml2 refuses a flag that has both xsi:type and no text.
        if type_.name and declaration.fixed is None and self.rng.random() < 0.02:
            node.attributes["xsi:type"] = type_.name
        if declaration.fixed is not None:
            node.content.append(self.decks.deal("flag", _FLAG_TEXTS))
        elif type_.text:
            node.content.append(self.text(type_.text))
        return node

    def _children(self, group: Group, site: tuple[Element, ...] | None, density: float) -> list[Node]:
        assert group.minimum == group.maximum == 1, "repeated groups are not in these schemas"
        parts = list(group.parts)
        wanted = [part for part in parts if site and _leads_to(part, site[0])]
        if group.kind == "choice":
            parts = wanted or [self.decks.deal(("choice", parts[0]), parts)]
        elif group.kind == "all":
            self.rng.shuffle(parts)
        nodes: list[Node] = []
        for part in parts:
            chosen = part in wanted
            if isinstance(part, Group):
                nodes.extend(self._children(part, site if chosen else None, density))
                continue
            for number in range(self._count(part, chosen, density)):
                if site and chosen and number == 0:
                    nodes.append(self._node(part, site[1:], density))
                else:
                    # Beside the path it thins out, so that documents stay small.
                    nodes.append(self._node(part, None, density * 0.7))
        return nodes

    def _count(self, declaration: Element, chosen: bool, density: float) -> int:
        count = max(declaration.minimum, 1 if chosen else 0)
        if count == 0 and self.rng.random() < density:
            count = 1
        while count and (declaration.maximum is None or count < declaration.maximum) and self._room > 0:
            if self.rng.random() > 0.3:
                break
            count += 1
        return count


def sites(declaration: Element) -> Iterator[tuple[Element, ...]]:
    """Every path from an element down to a declaration inside it, without the element itself."""
    yield ()
    for child in declaration.type.children:
        for rest in sites(child):
            yield (child, *rest)


def _leads_to(part: Element | Group, child: Element) -> bool:
    return child in part.elements if isinstance(part, Group) else part == child
