"""The documents that the verdict tests judge: from a seed, the same ones every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from cybertip.schema.structure import Element, SimpleType, Structure
from tests.contract import lexical
from tests.contract.documents import ROOTS, Generator, Node, sites
from tests.contract.mutations import EITHER, INVALID, VALID, Mutation
from tests.contract.rendering import Style, render
from tests.contract.value_mutations import ALL

# Of a hundred unchanged documents; the two answers are small and soon exhausted.
_SHARES = {"report": 50, "fileDetails": 34, "reportResponse": 8, "reportDoneResponse": 8}
_MUTATIONS_EACH = 3

UNCHANGED = Mutation("unchanged", VALID, lambda root, make: root)


@dataclass(frozen=True)
class Case:
    """A document, what was done to it, and the root it had before."""

    root: str
    mutation: Mutation
    data: bytes


@dataclass
class Coverage:
    """What the unchanged documents used."""

    elements: set[tuple[str, str]] = field(default_factory=set)
    """(owner, name); the owner as in ``xsd_comparison.without``."""
    attributes: set[tuple[str, str]] = field(default_factory=set)


def cases(structures: Sequence[Structure], seed: int, documents: int, coverage: Coverage) -> Iterator[Case]:
    """Unchanged documents, each followed by changed copies; ``coverage`` is filled on the way.

    Of the mutations that a document has a place for, the ones applied least often so far are taken.
    """
    rng = Random(seed)
    generators = [Generator(structure, rng) for structure in structures]
    applied: Counter[str] = Counter()
    for number in range(documents):
        make = generators[number % len(generators)]
        (root,) = rng.choices(list(_SHARES), list(_SHARES.values()))
        document = make.document(root)
        _note(document, coverage)
        yield Case(root, UNCHANGED, render(document, Style.random(rng), rng))
        left = _MUTATIONS_EACH
        for mutation in sorted(ALL, key=lambda mutation: applied[mutation.name]):
            changed = mutation.apply(document.clone(), make)
            if changed is not None:
                applied[mutation.name] += 1
                yield Case(root, mutation, render(changed, Style.random(rng), rng))
                left -= 1
            if not left:
                break


def texts_in_place(structure: Structure, seed: int) -> Iterator[Case]:
    """Every place for a text, with every text that ``lexical`` has for its type, and with the type named once."""
    rng = Random(seed)
    make = Generator(structure, rng)
    for root in ROOTS:
        for site in sites(structure.elements[root]):
            document = make.leading_to(root, site)
            node = _follow(document, site)
            path = "/".join((root, *(element.name for element in site)))
            if node.text_type and node.declaration.fixed is None:
                for verdict, text in _texts(node.text_type, rng):
                    node.content = [text]
                    yield _placed(document, path, verdict, text)
                node.content = [make.text(node.text_type)]
            if node.declaration.type.name and node.declaration.fixed is None:
                node.attributes["xsi:type"] = node.declaration.type.name
                yield _placed(document, path, VALID, "xsi:type")
                del node.attributes["xsi:type"]
            for attribute in node.declaration.type.attributes:
                before = node.attributes.get(attribute.name)
                for verdict, text in _texts(attribute.type, rng):
                    node.attributes[attribute.name] = text
                    yield _placed(document, f"{path}/@{attribute.name}", verdict, text)
                del node.attributes[attribute.name]
                if before is not None:
                    node.attributes[attribute.name] = before


def _placed(document: Node, path: str, verdict: str, text: str) -> Case:
    return Case(document.name, Mutation(f"{text!r} in {path}", verdict, lambda root, make: root), render(document))


def _follow(node: Node, site: tuple[Element, ...]) -> Node:
    for element in site:
        node = next(child for child in node.children if child.declaration == element)
    return node


def _texts(type_: SimpleType, rng: Random) -> Iterator[tuple[str, str]]:
    yield from ((VALID, text) for text in lexical.right_values(type_))
    if type_.values is not None:
        # The near misses of two values will do: a country has some thousands.
        for value in rng.sample(sorted(type_.values), min(2, len(type_.values))):
            yield from ((INVALID, text) for text in lexical.near_misses(type_, value))
    elif type_.patterns:
        yield from ((INVALID, text) for text in lexical.wrong_patterns(type_))
    else:
        for verdict, table in (
            (INVALID, lexical.WRONG),
            (INVALID, lexical.OUT_OF_RANGE),
            (EITHER, lexical.DOUBTFUL),
        ):
            yield from ((verdict, text) for text in table.get(type_.base, ()))


def _note(document: Node, coverage: Coverage) -> None:
    for node in document.walk():
        type_ = node.declaration.type
        owner = type_.name or node.name
        coverage.elements.update((owner, child.name) for child in node.children)
        coverage.attributes.update((owner, name) for name in node.attributes)
