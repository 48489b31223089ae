"""What the tables of rules are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

Place = Callable[[str], str]
"""Makes a document around a text."""


def inside(name: str, document: Place) -> Place:
    """The place within an element that stands in a document."""
    return lambda text: document(f"<{name}>{text}</{name}>")


class Pair(NamedTuple):
    """A document with a hole, one filling that breaks a rule, and one that keeps it.

    Attributes:
        rule: the code of the rule.
        what: what is tried, as a name for the test.
        document: the document, with the hole ``{}``.
        broken: a filling that the server must refuse.
        repaired: the nearest one that it must accept.
    """

    rule: str
    what: str
    document: str
    broken: str
    repaired: str

    @property
    def broken_document(self) -> str:
        return self.document.replace("{}", self.broken)

    @property
    def repaired_document(self) -> str:
        return self.document.replace("{}", self.repaired)


def cases(*tables: Iterable[Pair]) -> list[Any]:
    """The pairs as parameters of a test, each with a name of its own."""
    return [pytest.param(pair, id=f"{pair.rule}-{pair.what}") for table in tables for pair in table]


def at_most(rule: str, length: int, places: dict[str, Place], one: str = "x", start: str = "") -> Iterator[Pair]:
    """Pairs for a limit: one character too many, and exactly as many as are allowed.

    Args:
        rule: the code of the rule.
        length: how many characters are allowed.
        places: what is limited, by its name: makes the document around a text.
        one: the character to repeat.
        start: what the text begins with.
    """
    for what, document in places.items():
        fillings = (start + one * (count - len(start)) for count in (length + 1, length))
        yield Pair(rule, f"{what}-{length}", document("{}"), *fillings)
