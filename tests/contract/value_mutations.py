"""Changes to the attributes and values of a document, and the list of all mutations; see ``mutations``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from cybertip.schema.structure import BUILTIN, Attribute, SimpleType
from tests.contract import lexical
from tests.contract.documents import Aside, Generator, Node
from tests.contract.mutations import EITHER, INVALID, MUTATIONS, VALID, mutation, pick


def _values(root: Node) -> list[tuple[Node, SimpleType]]:
    """Nodes that hold text, presence flags aside."""
    return [(node, node.text_type) for node in root.walk() if node.text_type and node.declaration.fixed is None]


def _attributes(root: Node) -> Iterator[tuple[Node, Attribute]]:
    """Declared attributes that are present."""
    for node in root.walk():
        for known in node.declaration.type.attributes:
            if known.name in node.attributes:
                yield node, known


# Attributes


@mutation("unknown attribute", INVALID)
def _unknown_attribute(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice(list(root.walk()))
    names = {"unknown", "accountType", "xml:lang", "Type", "verified", "type", "xsi:unknown"}
    name = make.rng.choice(sorted(names - {known.name for known in node.declaration.type.attributes}))
    node.attributes[name] = make.rng.choice(("true", "", "en", "Home"))
    return root


@mutation("known attribute in a namespace", INVALID)
def _qualified_attribute(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, list(_attributes(root))):
        node, known = chosen
        node.attributes["xmlns:ns"] = "urn:example:other"
        node.attributes[f"ns:{known.name}"] = node.attributes.pop(known.name)
        return root
    return None


@mutation("drop a required attribute", INVALID)
def _drop_required_attribute(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, [(node, known) for node, known in _attributes(root) if known.required]):
        del chosen[0].attributes[chosen[1].name]
        return root
    return None


@mutation("drop an optional attribute", VALID)
def _drop_optional_attribute(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, [(node, known) for node, known in _attributes(root) if not known.required]):
        del chosen[0].attributes[chosen[1].name]
        return root
    return None


@mutation("wrong attribute value", INVALID)
def _wrong_attribute(root: Node, make: Generator) -> Node | None:
    options = [(node, known, wrong) for node, known in _attributes(root) if (wrong := _wrong(known.type, make.rng))]
    if chosen := pick(make.rng, options):
        node, known, wrong = chosen
        node.attributes[known.name] = make.decks.deal(("wrong attribute", known.type.name), wrong)
        return root
    return None


def _wrong(type_: SimpleType, rng: Random) -> tuple[str, ...]:
    if type_.values is not None:
        return lexical.near_misses(type_, rng.choice(sorted(type_.values)))
    return lexical.wrong_patterns(type_) or lexical.WRONG.get(type_.base, ())


# Values


def _write(root: Node, make: Generator, table: dict[str, tuple[str, ...]]) -> Node | None:
    """Replace the text of an element or attribute by one that a table lists for its type."""
    places: list[tuple[Node, str, SimpleType]] = [(node, "", type_) for node, type_ in _values(root)]
    places += [(node, known.name, known.type) for node, known in _attributes(root)]
    if chosen := pick(make.rng, [place for place in places if place[2].values is None and place[2].base in table]):
        node, name, type_ = chosen
        text = make.decks.deal((id(table), type_.base), table[type_.base])
        if name:
            node.attributes[name] = text
        else:
            node.content = [text]
        return root
    return None


@mutation("wrong text for the type", INVALID)
def _wrong_text(root: Node, make: Generator) -> Node | None:
    return _write(root, make, lexical.WRONG)


@mutation("number out of range", INVALID)
def _out_of_range(root: Node, make: Generator) -> Node | None:
    return _write(root, make, lexical.OUT_OF_RANGE)


@mutation("doubtful text", EITHER)
def _doubtful(root: Node, make: Generator) -> Node | None:
    return _write(root, make, lexical.DOUBTFUL)


@mutation("near miss of an enumeration", INVALID)
def _near_miss(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, [(node, type_) for node, type_ in _values(root) if type_.values is not None]):
        node, type_ = chosen
        node.content = [make.rng.choice(lexical.near_misses(type_, node.text))]
        return root
    return None


@mutation("bad pattern", INVALID)
def _bad_pattern(root: Node, make: Generator) -> Node | None:
    if chosen := pick(make.rng, [(node, known) for node, known in _attributes(root) if known.type.patterns]):
        node, known = chosen
        node.attributes[known.name] = make.decks.deal(("pattern", known.type.name), lexical.wrong_patterns(known.type))
        return root
    return None


@mutation("empty where a value is needed", INVALID)
def _empty(root: Node, make: Generator) -> Node | None:
    places: list[tuple[Node, str]] = [(node, "") for node, type_ in _values(root) if lexical.needs_text(type_)]
    places += [(node, known.name) for node, known in _attributes(root) if lexical.needs_text(known.type)]
    if chosen := pick(make.rng, places):
        node, name = chosen
        text = make.rng.choice(("", "", " ", "\n"))
        if name:
            node.attributes[name] = text
        else:
            node.content = [text] if text else []
        return root
    return None


def _flag(root: Node, make: Generator, texts: Sequence[str | Aside]) -> Node | None:
    if node := pick(make.rng, [node for node in root.walk() if node.declaration.fixed is not None]):
        node.content = [make.rng.choice(texts)]
        return root
    return None


@mutation("flag that is not true", INVALID)
def _false_flag(root: Node, make: Generator) -> Node | None:
    return _flag(root, make, ("false", "0", "no", "TRUE", " false "))


@mutation("flag written in another way", EITHER)
def _odd_flag(root: Node, make: Generator) -> Node | None:
    # libxml2 compares the texts, so it refuses what the standard's comparison of values would accept.
    return _flag(root, make, ("1", " true", "true\n", " ", "\t", Aside("<![CDATA[]]>"), Aside("<!--note-->")))


# The xsi attributes


@mutation("xsi:nil", INVALID)
def _nil(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice(list(root.walk()))
    node.attributes["xsi:nil"] = make.rng.choice(("true", "1", "false"))
    if make.rng.random() < 0.5:
        node.content = []
    return root


@mutation("xsi:type of another type", EITHER)
def _other_type(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice(list(root.walk()))
    related = [name for name, type_ in make.structure.types.items() if getattr(type_, "text", type_)]
    names = (*make.structure.types, *sorted(BUILTIN)) if make.rng.random() < 0.3 else (*related, "xs:token", "xs:int")
    node.attributes["xsi:type"] = make.rng.choice(names)
    return root


@mutation("xsi:type of no type", INVALID)
def _no_type(root: Node, make: Generator) -> Node | None:
    node = make.rng.choice(list(root.walk()))
    node.attributes["xsi:type"] = make.rng.choice(("noSuchType", "xs:noSuchType", "report", ""))
    return root


ALL = tuple(MUTATIONS)
