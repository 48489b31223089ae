"""Changes to a valid document, each applied singly, with a name and, where the standard is clear, a verdict.

A mutation takes a tree that it may change and returns the new root, or None where the document offers no
place for it. Its verdict says what any correct schema and processor make of the result; ``EITHER`` where that
depends on the place chosen, or where processors are known to differ.

Here is what changes elements; ``value_mutations`` adds what changes attributes and values, and has the whole
list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from cybertip.schema.structure import Element, Group
from tests.contract.documents import ROOTS, Aside, Generator, Node

VALID, INVALID, EITHER = "valid", "invalid", "either"

Change = Callable[[Node, Generator], Node | None]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Mutation:
    name: str
    verdict: str
    apply: Change


MUTATIONS: list[Mutation] = []


def mutation(name: str, verdict: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        MUTATIONS.append(Mutation(name, verdict, change))
        return change

    return register


def pick(rng: Random, options: Sequence[_T]) -> _T | None:
    return rng.choice(options) if options else None


def holders(root: Node) -> list[Node]:
    """Nodes that hold elements, or may."""
    return [node for node in root.walk() if node.group]


def _in_holders(root: Node) -> list[tuple[Node, Node]]:
    return [(holder, child) for holder in holders(root) for child in holder.children]


def _how_many(holder: Node, child: Node) -> int:
    return sum(other.name == child.name for other in holder.children)


def insert_anywhere(rng: Random, holder: Node, part: Node | str) -> None:
    holder.content.insert(rng.randint(0, len(holder.content)), part)


def foreign(holder: Node, name: str) -> Node:
    return Node(holder.declaration, name, {}, ["0"])


# Counts and order


@mutation("drop a required child", INVALID)
def _drop_required(root: Node, make: Generator) -> Node | None:
    options = [(h, c) for h, c in _in_holders(root) if _how_many(h, c) == c.declaration.minimum]
    if chosen := pick(make.rng, options):
        chosen[0].content.remove(chosen[1])
        return root
    return None


@mutation("drop an optional child", VALID)
def _drop_optional(root: Node, make: Generator) -> Node | None:
    options = [(h, c) for h, c in _in_holders(root) if _how_many(h, c) > c.declaration.minimum]
    if chosen := pick(make.rng, options):
        chosen[0].content.remove(chosen[1])
        return root
    return None


def _duplicate(root: Node, make: Generator, single: bool) -> Node | None:
    options = [(h, c) for h, c in _in_holders(root) if (c.declaration.maximum == 1) == single]
    if chosen := pick(make.rng, options):
        holder, child = chosen
        holder.content.insert(holder.content.index(child), child.clone())
        return root
    return None


@mutation("duplicate a single child", INVALID)
def _duplicate_single(root: Node, make: Generator) -> Node | None:
    return _duplicate(root, make, True)


@mutation("duplicate a repeatable child", VALID)
def _duplicate_repeatable(root: Node, make: Generator) -> Node | None:
    return _duplicate(root, make, False)


def _swap(root: Node, make: Generator, kind: str) -> Node | None:
    options = [
        (holder, place)
        for holder in holders(root)
        if holder.group and holder.group.kind == kind
        for place in range(len(holder.children) - 1)
        if holder.children[place].name != holder.children[place + 1].name
    ]
    if chosen := pick(make.rng, options):
        content, place = chosen[0].content, chosen[1]
        content[place], content[place + 1] = content[place + 1], content[place]
        return root
    return None


@mutation("swap neighbours in a sequence", INVALID)
def _swap_in_sequence(root: Node, make: Generator) -> Node | None:
    return _swap(root, make, "sequence")


@mutation("swap flags", VALID)
def _swap_flags(root: Node, make: Generator) -> Node | None:
    return _swap(root, make, "all")


@mutation("move a child", EITHER)
def _move(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, _in_holders(root)):
        holder, child = chosen
        holder.content.remove(child)
        insert_anywhere(make.rng, make.rng.choice(holders(root)) if make.rng.random() < 0.5 else holder, child)
        return root
    return None


def _choices(holder: Node) -> list[list[Element]]:
    """The branches of each choice in a content model."""
    groups = [holder.group, *holder.group.parts] if holder.group else []
    return [list(group.elements) for group in groups if isinstance(group, Group) and group.kind == "choice"]


@mutation("both branches of a choice", INVALID)
def _both_branches(root: Node, make: Generator) -> Node | None:
    options = [
        (holder, child, branches)
        for holder in holders(root)
        for branches in _choices(holder)
        for child in holder.children
        if child.declaration in branches
    ]
    if chosen := pick(make.rng, options):
        holder, child, branches = chosen
        other = make.rng.choice([branch for branch in branches if branch != child.declaration])
        holder.content.insert(holder.content.index(child) + make.rng.randint(0, 1), make.element(other))
        return root
    return None


# Names


@mutation("unknown element", INVALID)
def _unknown_element(root: Node, make: Generator) -> Node | None:
    holder = make.rng.choice(holders(root))
    name = make.rng.choice(("unknown", "note", "reporterNote", "fileName2", "xs:element", "_"))
    insert_anywhere(make.rng, holder, foreign(holder, name))
    return root


@mutation("a global element in the wrong place", EITHER)
def _global_element(root: Node, make: Generator) -> Node | None:
    declaration = make.rng.choice(list(make.structure.elements.values()))
    insert_anywhere(make.rng, make.rng.choice(holders(root)), make.element(declaration))
    return root


@mutation("misspelt name", INVALID)
def _misspelt(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice(list(root.walk()))
    first, rest = node.name[0], node.name[1:]
    node.name = make.rng.choice((first.swapcase() + rest, f"{node.name}1", f"{first}-{rest}", f"{node.name}_"))
    return root


@mutation("wrong root", EITHER)
def _wrong_root(root: Node, make: Generator) -> Node | None:
    inner = pick(make.rng, [node for node in root.walk() if node is not root])
    if inner and make.rng.random() < 0.5:
        return inner
    root.name = make.rng.choice([name for name in (*ROOTS, *make.structure.elements) if name != root.name])
    return root


@mutation("foreign namespace", INVALID)
def _namespace(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice([root, *root.walk()])
    uri = make.rng.choice(("urn:example:other", "https://report.example.com/ispws", "http://www.w3.org/2001/XMLSchema"))
    if make.rng.random() < 0.5:
        node.attributes["xmlns"] = uri
    else:
        node.attributes["xmlns:ns"] = uri
        node.name = f"ns:{node.name}"
    return root


@mutation("harmless namespace declaration", VALID)
def _harmless_namespace(root: Node, make: Generator) -> Node | None:
    declarations = [("xmlns:unused", "urn:example:unused")]
    # With xmlns="" libxml2 finds no type that an xsi:type inside names.
    if not any("xsi:type" in node.attributes for node in root.walk()):
        declarations.append(("xmlns", ""))
    key, uri = make.rng.choice(declarations)
    make.rng.choice(list(root.walk())).attributes[key] = uri
    return root


# Structure of the content


@mutation("text between elements", INVALID)
def _text_between(root: Node, make: Generator) -> Node | None:
    text = make.rng.choice(("[message text]", "0", ".", "\u00a0", "\u200b"))
    insert_anywhere(make.rng, make.rng.choice(holders(root)), text)
    return root


@mutation("white space in an element that is empty by type", EITHER)
def _space_in_empty(root: Node, make: Generator) -> Node | None:
    if node := pick(make.rng, [node for node in root.walk() if not node.group and not node.text_type]):
        node.content = [make.rng.choice((" ", "\n", "\t"))]
        return root
    return None


@mutation("element inside a value", INVALID)
def _element_in_value(root: Node, make: Generator) -> Node | None:
    if node := pick(make.rng, [node for node in root.walk() if not node.group]):
        insert_anywhere(make.rng, node, foreign(node, make.rng.choice(("b", "text", "value", node.name))))
        return root
    return None


def _aside(root: Node, make: Generator, markup: str) -> Node | None:
    if node := pick(make.rng, [node for node in root.walk() if node.text_type and node.text]):
        cut = make.rng.randint(0, len(node.text))
        node.content = [node.text[:cut], Aside(markup), node.text[cut:]]
        return root
    return None


@mutation("comment inside a value", VALID)
def _comment(root: Node, make: Generator) -> Node | None:
    return _aside(root, make, "<!--note-->")


@mutation("processing instruction inside a value", VALID)
def _instruction(root: Node, make: Generator) -> Node | None:
    return _aside(root, make, "<?note?>")
