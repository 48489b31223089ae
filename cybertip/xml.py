"""Wire models to bytes and back: the only XML parser of the package.

`write` gives the exact bytes of a document. `read_tree` is the hardened parser (`cybertip._hardened`): it refuses
document type declarations and entities unread (X004), never fetches anything, and bounds size and depth. `parse` turns
bytes into a model; it accepts what the schema accepts and refuses the rest with findings, so nothing is ever dropped in
silence. Check input against `cybertip.schema` first when the schema's own verdict matters: `Schema.parse` does both.

Findings: X001 not well-formed, X002 not as the schema wants it, X003 a character that XML 1.0 does not allow, X004 a
document type declaration or an entity, X005 what the schema allows and this package cannot hold, S119 a time without
its UTC offset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar, overload

from lxml import etree
from pydantic import ValidationError

from cybertip._hardened import MAX_BYTES, MAX_PARTS, is_element, line_of, read_tree
from cybertip.findings import DocumentError, Finding, error
from cybertip.models import ROOTS, Wire
from cybertip.models._base import Form
from cybertip.models._content import content_problems, shown
from cybertip.models._shape import FieldShape, Shape, shape_of
from cybertip.models._types import MissingOffset, Simple, Unrepresentable

__all__ = [
    "MAX_BYTES",
    "MAX_PARTS",
    "MOST_FINDINGS",
    "Parsed",
    "indented",
    "line_of",
    "name_file",
    "parse",
    "parse_tree",
    "read_tree",
    "root_finding",
    "write",
]

W = TypeVar("W", bound=Wire)

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# Hints for validators. They say nothing about the content, so they are accepted and not kept.
_XSI_HINTS = {_XSI + "type", _XSI + "schemaLocation", _XSI + "noNamespaceSchemaLocation"}
_ROOT_OF = {model: name for name, model in ROOTS.items()}


# --- writing -----------------------------------------------------------------------------------------------------


def write(document: Wire) -> bytes:
    """The document as UTF-8 bytes with an XML declaration, without added white space. Deterministic.

    Children stand in schema order; presence flags are empty elements; ``None`` is absent; ``""`` is an empty element.

    Raises:
        TypeError: `document` is a part of a document, not one of the four documents.
    """
    name = _ROOT_OF.get(type(document))
    if name is None:
        raise TypeError(f"{type(document).__name__} is not a document; the documents are {', '.join(sorted(ROOTS))}")
    root = etree.Element(name)
    _fill(root, document, shape_of(type(document)))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _fill(element: etree._Element, value: Wire, shape: Shape) -> None:
    for field in shape.attributes:
        item = getattr(value, field.field)
        if item is not None:
            element.set(field.name, _simple(field).write(item))
    if shape.text is not None:
        element.text = _simple(shape.text).write(getattr(value, shape.text.field))
    for field in shape.children:
        item = getattr(value, field.field)
        if field.form is Form.FLAG:
            if item:
                etree.SubElement(element, field.name)
        elif field.many:
            for one in item:
                _append(element, field, one)
        elif item is not None:
            _append(element, field, item)


def _append(parent: etree._Element, field: FieldShape, value: Any) -> None:
    child = etree.SubElement(parent, field.name)
    if field.model is not None:
        _fill(child, value, shape_of(field.model))
    else:
        child.text = _simple(field).write(value)


def _simple(field: FieldShape) -> Simple:
    assert field.simple is not None, field.field
    return field.simple


def name_file(details: bytes, report_id: int, file_id: str) -> bytes:
    """Hand-written file details with the ids that the server assigned; everything else stays as it is.

    Raises:
        DocumentError: the document cannot be parsed, or has no ``<reportId>`` or ``<fileId>`` to put them into.
    """
    root = read_tree(details, comments=True)
    for name, value in (("reportId", str(report_id)), ("fileId", file_id)):
        element = root.find(name)
        if element is None:
            raise DocumentError(
                [error("X002", f"/{shown(str(root.tag))}", f"<{name}> is missing", "Add it; any value.")]
            )
        for inner in list(element):
            element.remove(inner)
        element.text = value
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def indented(data: bytes) -> str:
    """A document laid out for people to read. Not for sending: the white space changes the bytes."""
    root = read_tree(data, comments=True)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


# --- parsing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parsed(Generic[W]):
    """A document with the source lines of everything in it.

    Attributes:
        document: the model.
        lines: one-based source line by path. An attribute has the line of its element.
    """

    document: W
    lines: Mapping[str, int]

    def line(self, path: str) -> int | None:
        """The line of a path, or of the nearest thing around it that exists."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition("/")[0]
        return None


@overload
def parse(data: bytes, model: None = None, *, max_bytes: int = MAX_BYTES) -> Parsed[Wire]: ...
@overload
def parse(data: bytes, model: type[W], *, max_bytes: int = MAX_BYTES) -> Parsed[W]: ...
def parse(data: bytes, model: type[Wire] | None = None, *, max_bytes: int = MAX_BYTES) -> Parsed[Any]:
    """Turn bytes into the model of their root element.

    White space around values that are not text, comments, processing instructions, CDATA sections, any legal order
    of annotations and ``xsi:`` hints are understood. Everything else that the models do not know is a finding.

    Args:
        data: the document, in the encoding that it declares.
        model: the document that is expected; any of the four where it is None.
        max_bytes: the largest document to read.

    Raises:
        DocumentError: with all findings (X001 to X005, S119).
    """
    return parse_tree(read_tree(data, max_bytes=max_bytes), model)


@overload
def parse_tree(root: etree._Element, model: None = None) -> Parsed[Wire]: ...
@overload
def parse_tree(root: etree._Element, model: type[W] | None) -> Parsed[W]: ...
def parse_tree(root: etree._Element, model: type[Wire] | None = None) -> Parsed[Any]:
    """Like `parse`, for a tree that `read_tree` made."""
    expected = {name: kind for name, kind in ROOTS.items() if model is None or kind is model}
    kind = expected.get(str(root.tag))
    if kind is None:
        raise DocumentError([root_finding(root, expected)])
    reader = _Reader()
    path = f"/{root.tag}"
    values: dict[str, Any] = {}
    with suppress(_TooMany):
        values = reader.complex(root, shape_of(kind), path)
    if not reader.findings:
        try:
            return Parsed(kind.model_validate(values), MappingProxyType(reader.lines))
        except ValidationError as problem:
            reader.findings.extend(
                error("X005", path, f"field {'.'.join(str(part) for part in item['loc'])}: {item['msg']}")
                for item in problem.errors(include_input=False, include_url=False, include_context=False)
            )
    raise DocumentError(reader.findings)


def root_finding(root: etree._Element, expected: Mapping[str, Any]) -> Finding:
    """X002 for a root element other than those expected."""
    name = shown(str(root.tag))
    wanted = " or ".join(f"<{item}>" for item in expected)
    cure = f"The root must be {wanted}."
    if root.nsmap.get(root.prefix) is not None:
        cure += " The documents have no namespace: remove the xmlns."
    return error("X002", f"/{name}", f"<{name}> is not a document", cure, line_of(root))


MOST_FINDINGS = 200
"""After so many findings reading stops: nobody mends more at once, and hostile documents could hold millions."""


class _TooMany(Exception):
    pass


class _Reader:
    """Collects values, lines and findings while it walks a tree along the shapes."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}

    def report(self, element: etree._Element, code: str, path: str, message: str, cure: str = "") -> None:
        self.findings.append(error(code, path, message, cure, line_of(element)))
        if len(self.findings) == MOST_FINDINGS:
            raise _TooMany

    def complex(self, element: etree._Element, shape: Shape, path: str) -> dict[str, Any]:
        self.lines[path] = line_of(element) or 0
        values: dict[str, Any] = {}
        for field, text in self.attributes(element, shape, path):
            self.store(values, field, self.value(element, _simple(field), text, f"{path}/@{field.name}"))
        if shape.text is not None:
            self.store(values, shape.text, self.text_value(element, _simple(shape.text), path))
        else:
            self.children(element, shape, path, values)
        return values

    @staticmethod
    def store(values: dict[str, Any], field: FieldShape, value: Any) -> None:
        if field.many:
            values.setdefault(field.field, []).append(value)
        else:
            values[field.field] = value

    def attributes(self, element: etree._Element, shape: Shape | None, path: str) -> Iterator[tuple[FieldShape, str]]:
        given = set()
        # Values are looked up only where they are wanted: each look-up searches all attributes of the element.
        for name in map(str, element.attrib):
            field = shape.attribute(name) if shape is not None else None
            if field is not None:
                given.add(name)
                self.lines[f"{path}/@{name}"] = line_of(element) or 0
                yield field, element.get(name, "")
            elif name not in _XSI_HINTS:
                what = f"'{'xsi:' if name.startswith(_XSI) else ''}{shown(name)}'"
                if name.startswith("{") and not name.startswith(_XSI):
                    what += " in a namespace"
                self.report(element, "X002", path, f"<{element.tag}> has no attribute {what}", "Remove it.")
        for field in shape.attributes if shape is not None else ():
            if field.required and field.name not in given:
                message = f"<{element.tag}> lacks its attribute '{field.name}'"
                self.report(element, "X002", path, message, f"Add it: {_simple(field).expected}.")

    def children(self, element: etree._Element, shape: Shape, path: str, values: dict[str, Any]) -> None:
        elements = [node for node in element if is_element(node)]
        stray = "".join([element.text or "", *(node.tail or "" for node in element)])
        if stray and (stray.strip(" \t\r\n") or not shape.children):
            cure = "Remove it." if shape.children else "Write the element empty, without white space."
            self.report(element, "X002", path, f"<{element.tag}> holds text between its elements", cure)
        names = [str(node.tag) for node in elements]
        places = self.places(names, shape, path)
        for problem in content_problems(str(element.tag), shape, names):
            if problem.index is None:
                self.report(element, "X002", path, problem.message, problem.cure)
            else:
                where = elements[problem.index]
                self.report(where, "X002", places[problem.index], problem.message, problem.cure)
        for node, name, place in zip(elements, names, places, strict=True):
            field = shape.child(name)
            if field is not None:
                self.store(values, field, self.child(node, field, place))

    @staticmethod
    def places(names: list[str], shape: Shape, path: str) -> list[str]:
        """The path of each child: numbered where its name may repeat, or wrongly does."""
        totals = Counter(names)
        counts = Counter[str]()
        places = []
        for name in names:
            counts[name] += 1
            field = shape.child(name)
            numbered = field.many if field is not None else totals[name] > 1
            places.append(f"{path}/{shown(name)}[{counts[name]}]" if numbered else f"{path}/{shown(name)}")
        return places

    def child(self, element: etree._Element, field: FieldShape, path: str) -> Any:
        if field.model is not None:
            return self.complex(element, shape_of(field.model), path)
        self.lines[path] = line_of(element) or 0
        for _ in self.attributes(element, None, path):
            pass
        if field.form is Form.FLAG:
            return self.flag(element, path)
        return self.text_value(element, _simple(field), path)

    def flag(self, element: etree._Element, path: str) -> bool:
        text = self.text(element, path)
        if text not in (None, "", "true"):
            message = f"<{element.tag}> says yes by standing there and cannot say no"
            self.report(element, "X002", path, message, "Write it empty, or leave it out.")
        return True

    def text_value(self, element: etree._Element, simple: Simple, path: str) -> Any:
        text = self.text(element, path)
        return None if text is None else self.value(element, simple, text, path)

    def text(self, element: etree._Element, path: str) -> str | None:
        """All text of an element, whatever comments stand in it; None, with a finding, if elements stand in it."""
        parts = [element.text or ""]
        for node in element:
            if is_element(node):
                message = f"<{shown(node.tag)}> stands in <{element.tag}>, which holds only text"
                self.report(node, "X002", path, message, "Write < as &lt; if it is part of the text.")
                return None
            parts.append(node.tail or "")
        return "".join(parts)

    def value(self, element: etree._Element, simple: Simple, text: str, path: str) -> Any:
        name = path.rpartition("/")[2].partition("[")[0]
        what = f"attribute '{name[1:]}' of <{element.tag}>" if name.startswith("@") else f"<{name}>"
        try:
            return simple.parse(text)
        except Unrepresentable as problem:
            cure = "The schema allows it, but it cannot be held exactly."
            self.report(element, "X005", path, f"{what} {problem}", cure)
        except MissingOffset as problem:
            cure = "Give the offset that the time was recorded with: Z or ±hh:mm. Do not guess it."
            self.report(element, "S119", path, f"{what} {problem}", cure)
        except ValueError as problem:
            cure = "It is empty: leave the element out if nothing is known." if not text.strip() else ""
            self.report(element, "X002", path, f"{what} {problem}", cure)
        return None
