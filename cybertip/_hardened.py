"""The hardened XML parser: what is dangerous or endless is refused before it is read.

Two parsers look at a document: expat first, which can be stopped at a DOCTYPE before anything in it is read, then
libxml2, without entities, document types and network. Both are bounded in size; libxml2 is bounded in depth as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, cast
from xml.parsers import expat

from lxml import etree

from cybertip.findings import DocumentError, Finding, error

MAX_BYTES = 32 * 1024 * 1024
"""The largest document that is read. The largest real ones, with a long chat, are a few megabytes."""

MAX_PARTS = 250_000
"""The most elements, attributes and comments, taken together, of a document that is read."""

_LIBXML2_TEXT_LIMIT = 10_000_000
_LIBXML2_LAST_LINE = 65_535


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


def is_element(node: etree._Element) -> bool:
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
