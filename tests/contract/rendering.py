"""Turns a tree of nodes into bytes, in one of many ways that mean the same.

A ``Style`` varies what a schema does not see: encoding, quotes, line ends, indentation, empty-element tags,
prefixes, CDATA sections, character references, and comments and processing instructions anywhere, inside
values too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tests.contract.documents import Aside, Node

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XS = "http://www.w3.org/2001/XMLSchema"
_ASIDES = ("<!--note-->", "<!-- <report/> & so on -->", "<!---->", "<?note?>", '<?note href="x"?>')
_ESCAPED: Mapping[str, str] = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ESCAPED_IN_ATTRIBUTES: Mapping[str, str] = {
    **_ESCAPED,
    "\n": "&#10;",
    "\t": "&#9;",
    '"': "&quot;",
    "'": "&#39;",
}


@dataclass(frozen=True)
class Style:
    encoding: str = "UTF-8"
    byte_order_mark: bool = False
    declaration: bool = True
    quote: str = '"'
    newline: str = "\n"
    indent: str = "  "
    xsi: str = "xsi"
    xs: str = "xs"
    # Rates from 0 to 1.
    asides: float = 0.0
    cdata: float = 0.0
    references: float = 0.0
    short_empty: float = 1.0

    @classmethod
    def random(cls, rng: Random) -> Style:
        encoding = rng.choice(("UTF-8",) * 5 + ("US-ASCII", "ISO-8859-1", "UTF-16"))
        return cls(
            encoding=encoding,
            byte_order_mark=encoding == "UTF-8" and rng.random() < 0.1,
            declaration=encoding != "UTF-8" or rng.random() < 0.8,
            quote=rng.choice("\"'"),
            newline=rng.choice(("\n", "\n", "\r\n", "")),
            indent=rng.choice(("", "  ", "\t")),
            xsi=rng.choice(("xsi", "xsi", "i", "schema-instance", "_x")),
            xs=rng.choice(("xs", "xsd", "XMLSchema")),
            asides=rng.choice((0.0, 0.0, 0.02, 0.15)),
            # Nothing can be escaped in a CDATA section, so it needs an encoding that has every character.
            cdata=rng.choice((0.0, 0.1, 0.5)) if encoding.startswith("UTF") else 0.0,
            references=rng.choice((0.0, 0.0, 0.05, 0.5)),
            short_empty=rng.choice((0.0, 0.5, 1.0)),
        )


def render(root: Node, style: Style | None = None, rng: Random | None = None) -> bytes:
    """The document as bytes; ``rng`` decides where the rates of the style strike."""
    style = style or Style()
    writer = _Writer(style, rng or Random(0))
    writer.prolog()
    writer.node(root, 0)
    writer.aside()
    text = "".join(writer.out)
    data = text.encode(style.encoding, errors="xmlcharrefreplace")
    return b"\xef\xbb\xbf" + data if style.byte_order_mark else data


class _Writer:
    def __init__(self, style: Style, rng: Random) -> None:
        self.out: list[str] = []
        self._style = style
        self._rng = rng

    def prolog(self) -> None:
        style = self._style
        if style.declaration:
            quote = style.quote
            self.out.append(f"<?xml version={quote}1.0{quote} encoding={quote}{style.encoding}{quote}?>{style.newline}")
        self.aside()

    def aside(self) -> None:
        if self._rng.random() < self._style.asides:
            self.out.append(self._rng.choice(_ASIDES))

    def node(self, node: Node, depth: int) -> None:
        name = self._prefixed(node.name)
        self.out.append(f"<{name}")
        attributes = list(node.attributes.items())
        self._rng.shuffle(attributes)
        if depth == 0:
            attributes = [*self._namespaces(node), *attributes]
        for key, value in attributes:
            written = self._escape(self._prefixed(value) if key == "xsi:type" else value, _ESCAPED_IN_ATTRIBUTES)
            self.out.append(f" {self._prefixed(key)}={self._style.quote}{written}{self._style.quote}")
        if not any(node.content) and self._rng.random() < self._style.short_empty:
            self.out.append("/>")
            return
        self.out.append(">")
        self.aside()
        # White space is free between elements, not in a value, nor in an element that is empty by type.
        spaced = node.group is not None and node.text == ""
        for part in node.content:
            if isinstance(part, Node):
                if spaced:
                    self.out.append(self._style.newline + self._style.indent * (depth + 1))
                self.node(part, depth + 1)
            elif isinstance(part, Aside):
                self.out.append(part.markup)
            else:
                self._text(part)
            self.aside()
        if spaced:
            self.out.append(self._style.newline + self._style.indent * depth)
        self.out.append(f"</{name}>")

    def _namespaces(self, root: Node) -> list[tuple[str, str]]:
        # The prefixes only have to be there where they are used.
        nodes = list(root.walk())
        xsi = any(key.startswith("xsi:") for node in nodes for key in node.attributes)
        names = (name for node in nodes for name in (node.name, node.attributes.get("xsi:type", "")))
        xs = any(name.startswith("xs:") for name in names)
        return [(f"xmlns:{prefix}", uri) for prefix, uri, used in (("xsi", _XSI, xsi), ("xs", _XS, xs)) if used]

    def _prefixed(self, name: str) -> str:
        """A name with the prefixes that the style has for the two schema namespaces."""
        style = self._style
        if name.startswith("xmlns:"):
            local = name.removeprefix("xmlns:")
            return "xmlns:" + {"xsi": style.xsi, "xs": style.xs}.get(local, local)
        prefix, colon, local = name.partition(":")
        return {"xsi": style.xsi, "xs": style.xs}.get(prefix, prefix) + colon + local

    def _text(self, text: str) -> None:
        # Empty sections are left out: libxml2 refuses one in a flag.
        if text and "]]>" not in text and self._rng.random() < self._style.cdata:
            self.out.append(f"<![CDATA[{text}]]>")
            return
        cut = self._rng.randint(0, len(text))
        self.out.append(self._escape(text[:cut], _ESCAPED))
        self.aside()
        self.out.append(self._escape(text[cut:], _ESCAPED))

    def _escape(self, text: str, table: Mapping[str, str]) -> str:
        references = self._style.references if len(text) < 200 else 0.0
        if not references:
            return "".join(table.get(char, char) for char in text)
        return "".join(
            f"&#x{ord(char):X};" if self._rng.random() < references else table.get(char, char) for char in text
        )
