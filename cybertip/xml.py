"""Wire models to bytes and back: the only XML parser of the package.

`write` gives the exact bytes of a document. `read_tree` is the hardened parser: it refuses document type
declarations and entities unread (X004), never fetches anything, and bounds size and depth. `parse` turns bytes into
a model; it accepts what the schema accepts and refuses the rest with findings, so nothing is ever dropped in silence.
Check input against `cybertip.schema` first when the schema's own verdict matters: `Schema.parse` does both.

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
from typing import Any, Generic, NoReturn, TypeVar, cast, overload
from xml.parsers import expat

from lxml import etree
from pydantic import ValidationError

from cybertip.findings import DocumentError, Finding, error
from cybertip.models import ROOTS, Wire
from cybertip.models._base import Form
from cybertip.models._content import content_problems, shown
from cybertip.models._shape import FieldShape, Shape, shape_of
from cybertip.models._types import MissingOffset, Simple, Unrepresentable

W = TypeVar("W", bound=Wire)

MAX_BYTES = 32 * 1024 * 1024
"""The largest document that is read. The largest real ones, with a long chat, are a few megabytes."""

MAX_PARTS = 250_000
"""The most elements, attributes and comments, taken together, of a document that is read."""

_LIBXML2_TEXT_LIMIT = 10_000_000
_LIBXML2_LAST_LINE = 65_535
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


# --- the hardened parser -----------------------------------------------------------------------------------------


class _Stop(Exception):
    """Ends the first look at a document."""


class _Doctype(_Stop):
    pass


class _RootReached(_Stop):
    pass


class _TooManyParts(_Stop):
    pass


class _Scan:
    """A first look at a document by another parser, which stops where reading on would be dangerous or useless.

    It stops at a DOCTYPE before anything in it is read; else at the root element, unless the document is so large that
    its parts must be counted, or so long that the real parser gives no exact lines.

    Attributes:
        reached_root: whether there is a root element, in an encoding that this parser can read.
        lines: of a very long document, the line of each element.
    """

    def __init__(self, data: bytes) -> None:
        self.reached_root = False
        self.lines: list[int] = []
        self._parts = 0
        # Not all of these characters are markup, but no element or attribute does without one of them.
        self._counting = data.count(b"<") + data.count(b"=") > MAX_PARTS
        self._locating = data.count(b"\n") >= _LIBXML2_LAST_LINE
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._element
        self._parser.CommentHandler = self._parser.ProcessingInstructionHandler = self._aside
        try:
            # Told that this is all: newer versions of expat put off what could still go on.
            self._parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
        except _Doctype:
            raise DocumentError([_doctype_finding(self._parser.CurrentLineNumber)]) from None
        except _TooManyParts:
            message = f"the document has more than {MAX_PARTS} elements, attributes and comments"
            raise DocumentError([error("X005", "/", message)]) from None
        except _RootReached:
            pass
        except expat.ExpatError:
            pass  # The real parser has the better words for it.
        except (LookupError, ValueError):
            raise DocumentError([_encoding_finding(self._parser.CurrentLineNumber)]) from None

    def _doctype(self, *_: object) -> NoReturn:
        raise _Doctype

    def _element(self, _name: str, attributes: Mapping[str, str]) -> None:
        self.reached_root = True
        if self._locating:
            self.lines.append(self._parser.CurrentLineNumber)
        elif not self._counting:
            raise _RootReached
        self._count(1 + len(attributes))

    def _aside(self, *_: object) -> None:
        self._count(1)

    def _count(self, parts: int) -> None:
        self._parts += parts
        if self._parts > MAX_PARTS:
            raise _TooManyParts


class _Located(etree.ElementBase):
    """An element of a very long document."""

    lines: Mapping[etree._Element, int]
    """Of the root element only: the lines of all."""


def line_of(element: etree._Element) -> int | None:
    """The one-based source line of an element."""
    line = cast("int | None", element.sourceline)
    if line is not None and line >= _LIBXML2_LAST_LINE:
        root = element.getroottree().getroot()
        return root.lines.get(element) if isinstance(root, _Located) else None
    return line


def _is_element(node: etree._Element) -> bool:
    """Whether a node is an element and not a comment or a processing instruction, whose tag is a function."""
    return isinstance(cast("object", node.tag), str)


def _doctype_finding(line: int | None) -> Finding:
    return error("X004", "/", "the document has a document type declaration", "Remove the <!DOCTYPE …>.", line)


def _encoding_finding(line: int | None) -> Finding:
    return error("X001", "/", "the encoding of the document is not supported", "Save it as UTF-8.", line)


def read_tree(data: bytes, *, max_bytes: int = MAX_BYTES, comments: bool = False) -> etree._Element:
    """Parse bytes into an element tree, safely.

    Args:
        data: the document, in the encoding that it declares.
        max_bytes: the largest document to read.
        comments: whether to keep comments and processing instructions. A text with many of them in it takes a
            validator time that grows with the square of their number.

    Raises:
        DocumentError: with one finding, X001 or X003 to X005 (or X002 for nesting that no valid document has).
    """
    if len(data) > max_bytes:
        raise DocumentError([error("X005", "/", f"the document has {len(data)} bytes; at most {max_bytes} are read")])
    scan = _Scan(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        collect_ids=False,
        remove_comments=not comments,
        remove_pis=not comments,
        # Lifts the limits on depth and dictionary size too, so only where the text limit makes it necessary (a byte
        # of another encoding may become three of UTF-8); the size was checked above.
        huge_tree=scan.reached_root and 3 * len(data) > _LIBXML2_TEXT_LIMIT,
    )
    if scan.lines:
        parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=_Located))
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        finding = _syntax_finding(problem)
        if finding.code == "X002" and not scan.reached_root:
            # Too much before the root element: a DOCTYPE in an encoding that the scan cannot read.
            finding = _encoding_finding(finding.line)
        raise DocumentError([finding]) from None
    if not scan.reached_root:
        raise DocumentError([_encoding_finding(None)])
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.externalDTD is not None:
        raise DocumentError([_doctype_finding(None)])
    if isinstance(root, _Located):
        root.lines = dict(zip(root.iter(etree.Element), scan.lines, strict=False))
    return root


def _syntax_finding(problem: etree.XMLSyntaxError) -> Finding:
    kind, line = getattr(problem, "code", 0), problem.lineno or None
    kinds = etree.ErrorTypes
    # libxml2's own text is not passed on: it can quote the document.
    if kind == kinds.ERR_UNSUPPORTED_ENCODING:
        return _encoding_finding(line)
    if kind == kinds.ERR_UNDECLARED_ENTITY:
        return error("X004", "/", "the document uses an entity", "Write the character itself.", line)
    if kind in (kinds.ERR_INVALID_CHAR, kinds.ERR_INVALID_CHARREF):
        return error(
            "X003", "/", "there is a character that XML 1.0 does not allow", "Remove it or replace it by U+FFFD.", line
        )
    if kind == getattr(kinds, "ERR_RESOURCE_LIMIT", 114):
        return error("X002", "/", "elements are nested deeper than in any valid document", line=line)
    what, cure = {
        kinds.ERR_DOCUMENT_EMPTY: ("there is no XML document", ""),
        kinds.ERR_DOCUMENT_END: ("something follows the end of the document", "One file holds one document."),
        kinds.ERR_TAG_NOT_FINISHED: ("the document ends before all elements are closed", "It seems to be cut off."),
        kinds.ERR_TAG_NAME_MISMATCH: ("an end tag does not match its start tag", ""),
        kinds.ERR_INVALID_ENCODING: ("there are bytes that are not text in the declared encoding", "Save it as UTF-8."),
        kinds.ERR_ATTRIBUTE_REDEFINED: ("an attribute stands twice in one element", "Keep one of them."),
    }.get(kind, ("the document is not well-formed XML", "In text, write & as &amp; and < as &lt;."))
    return error("X001", "/", what, cure, line)


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
        elements = []
        stray = element.text
        for node in element:
            if _is_element(node):
                elements.append(node)
            stray = (stray or "") + (node.tail or "")
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
            if _is_element(node):
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
