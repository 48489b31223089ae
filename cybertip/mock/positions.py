"""Where in a document something stands, as the server's Java parser would tell it: ``[line,column]``.

libxml2 keeps no columns, so a second look by expat finds them. A Java parser that streams reports the place that it has
reached: right behind the start tag of an element that should not be there, right behind the end tag of an element
whose value or whose children are wrong (seen: ``[1,638]`` in a document of one line).
"""

from __future__ import annotations

from typing import Any, NamedTuple
from xml.parsers import expat

from cybertip.mock.answers import Place


class Mark(NamedTuple):
    """An element by its number in document order, from 0, and which of its tags is meant."""

    element: int
    at_end: bool


class _Search:
    """Reads on to the end even when the place is found.

    Raising in a handler, or taking one away, makes expat call a null pointer where it hands out a long text in pieces,
    as it does for every encoding but UTF-8.
    """

    def __init__(self, data: bytes, mark: Mark) -> None:
        self.place: Place | None = None
        self._mark = mark
        self._count = -1
        self._open: list[int] = []
        self._due = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        # Whatever comes after a tag tells where the tag ended, so every other event needs a handler as well.
        self._parser.DefaultHandlerExpand = self._settle
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
        except (expat.ExpatError, LookupError, ValueError):
            return  # An encoding that expat does not know.
        self._settle()

    def _start(self, *_: Any) -> None:
        self._settle()
        self._count += 1
        self._open.append(self._count)
        self._due = not self._mark.at_end and self._count == self._mark.element

    def _end(self, *_: Any) -> None:
        self._settle()
        self._due = self._open.pop() == self._mark.element and self._mark.at_end

    def _settle(self, *_: Any) -> None:
        if self._due:
            self._due = False
            self.place = Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)


def place_of(data: bytes, mark: Mark) -> Place | None:
    """The place right behind the marked tag; None where the document's encoding hides it."""
    return _Search(data, mark).place


def place_of_break(data: bytes) -> Place | None:
    """The place where a document stops being well-formed XML; None where expat finds nothing wrong with it."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as problem:
        return Place(problem.lineno, problem.offset + 1)
    except (LookupError, ValueError):
        pass
    return None
