"""Find, compile and apply a schema of the wire documents.

The verdict is the schema's own, by libxml2; the words come from the table of the models, because "this element is not
expected" helps nobody. `Schema.bundled` is the project's own schema, a superset of NCMEC's of 2025-06;
`Schema.from_bytes` takes any other, such as the live one that ``cybertip schema pull`` fetched.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast, overload

from lxml import etree

from cybertip.errors import ConfigurationError
from cybertip.findings import DocumentError, Finding, Findings, error
from cybertip.models import ROOTS, Wire
from cybertip.models._shape import shape_of
from cybertip.schema._wording import unexplained
from cybertip.xml import MAX_BYTES, MOST_FINDINGS, Parsed, parse_tree, read_tree, root_finding, write

W = TypeVar("W", bound=Wire)

FILE_NAME = "cybertip.xsd"
_XS = "{http://www.w3.org/2001/XMLSchema}"


def bundled_xsd() -> bytes:
    """The project's own schema.

    A wheel carries it inside the package. An editable install has no such file, because the build backend's mapping
    does not apply there; the schema then lies in the source tree beside the package.

    Raises:
        ConfigurationError: it is in neither place, so the installation is damaged.
    """
    packaged = resources.files("cybertip").joinpath("schemas", FILE_NAME)
    if packaged.is_file():
        return packaged.read_bytes()
    beside = Path(__file__).resolve().parents[2] / "schemas" / FILE_NAME
    if beside.is_file():
        return beside.read_bytes()
    raise ConfigurationError(f"{FILE_NAME} is missing from the installation; install cybertip again")


class Schema:
    """One compiled schema.

    It may be used by many threads: libxml2 keeps the errors of the last validation on the compiled schema, so each
    thread compiles its own, once.
    """

    def __init__(self, source: bytes, name: str = "schema") -> None:
        """Compile `source`.

        Raises:
            ConfigurationError: `source` is not a schema, or it includes other files, which are never fetched.
        """
        self.source = source
        self.name = name
        self._local = threading.local()
        self._compiled()

    def __repr__(self) -> str:
        return f"Schema({self.name!r}, version={self.version!r})"

    @staticmethod
    def bundled() -> Schema:
        """The project's own schema; always the same object."""
        return _bundled()

    @classmethod
    def from_file(cls, path: str | Path) -> Schema:
        """A schema from a file. Raises ConfigurationError if it cannot be read or is not a schema."""
        try:
            return cls(Path(path).read_bytes(), str(path))
        except OSError as problem:
            raise ConfigurationError(f"cannot read the schema {path}: {problem.strerror}") from None

    @cached_property
    def version(self) -> str | None:
        """The schema's own ``version`` attribute, where it has one."""
        version = read_tree(self.source).get("version")
        return None if version is None else str(version)

    def _compiled(self) -> etree.XMLSchema:
        compiled: etree.XMLSchema | None = getattr(self._local, "compiled", None)
        if compiled is None:
            compiled = self._local.compiled = _compile(self.source, self.name)
        return compiled

    def validate(self, data: bytes, *, max_bytes: int = MAX_BYTES) -> Findings:
        """What is wrong with a document by this schema; empty if it is valid. Never raises on bad input.

        Codes X001 to X004, and X005 for a document that is too large to be read at all.

        Only the four documents may be the root, although the schema has other global elements.
        """
        try:
            return self._judge(read_tree(data, max_bytes=max_bytes))
        except DocumentError as problem:
            return problem.findings

    def validate_model(self, document: Wire) -> Findings:
        """What is wrong by this schema with the bytes of a document that was made in Python.

        Quicker than `validate` for large ones: they need no guard against floods of errors, which cost the validator
        time by the square of their number, because the models let no such document come to be.
        """
        return self._judge(read_tree(write(document)), guarded=False)

    @overload
    def parse(self, data: bytes, model: None = None, *, max_bytes: int = MAX_BYTES) -> Parsed[Wire]: ...
    @overload
    def parse(self, data: bytes, model: type[W], *, max_bytes: int = MAX_BYTES) -> Parsed[W]: ...
    def parse(self, data: bytes, model: type[Wire] | None = None, *, max_bytes: int = MAX_BYTES) -> Parsed[Any]:
        """Validate, then turn into a model.

        Raises:
            DocumentError: X001 to X004 from the schema; else X005 and S119 from the models.
        """
        root = read_tree(data, max_bytes=max_bytes)
        self._judge(root).raise_for_errors()
        return parse_tree(root, model)

    def log(self, root: etree._Element) -> list[Any]:
        """The validator's own entries on a tree, in document order; empty if it is valid.

        For whoever needs other words than `validate` has. Careful: libxml2's sentences quote values of the document,
        and the time it takes grows with the square of the number of errors.
        """
        compiled = self._compiled()
        return [] if compiled.validate(root.getroottree()) else list(cast("Iterable[Any]", compiled.error_log))

    def _judge(self, root: etree._Element, *, guarded: bool = True) -> Findings:
        if root.tag not in ROOTS:
            return Findings([root_finding(root, ROOTS)])
        if (
            guarded
            and self is _bundled()
            and _is_large(root)
            and (hopeless := _explained(root, at_least=MOST_FINDINGS))
        ):
            # The time that the validator needs grows with the square of the number of errors. The models need not
            # agree with it in everything: they refuse nothing (X002) that our own schema accepts.
            return Findings(hopeless)
        compiled = self._compiled()
        _collapse_times(root)
        if compiled.validate(root.getroottree()):
            return Findings()
        explained = _explained(root)
        rest = unexplained(root, cast("Iterable[Any]", compiled.error_log), explained)
        return Findings([*explained, *rest]) or Findings(
            [error("X002", f"/{root.tag}", "the document is not valid, and the validator does not say why")]
        )


def _explained(root: etree._Element, *, at_least: int = 0) -> list[Finding]:
    """The words that the models have for it. They may have none, if another schema is stricter than ours."""
    try:
        parse_tree(root)
    except DocumentError as problem:
        if len(problem.findings) >= at_least:
            return [finding for finding in problem.findings if finding.code == "X002"]
    return []


def _collapse_times(root: etree._Element) -> None:
    """Remove white space around dates and times, in a tree that is ours.

    The XML Schema standard collapses it before a value is looked at. libxml2 forgets that for these types, so that a
    document laid out by a pretty-printer would be refused here and accepted by the server.
    """
    elements, attributes = _time_names()
    for element in root.iter(*elements):
        if element.text and not len(element):
            element.text = element.text.strip(" \t\r\n")
    for element in root.iter("{*}*"):
        for name in attributes & set(map(str, element.attrib)):
            element.set(name, element.get(name, "").strip(" \t\r\n"))


@cache
def _time_names() -> tuple[frozenset[str], frozenset[str]]:
    """The names of the elements and of the attributes that hold dates and times."""
    elements: set[str] = set()
    attributes: set[str] = set()
    models = list(ROOTS.values())
    for model in models:
        shape = shape_of(model)
        for names, fields in ((elements, shape.children), (attributes, shape.attributes)):
            names.update(item.name for item in fields if item.simple and item.simple.name in ("xs:dateTime", "xs:date"))
        models += [item.model for item in shape.children if item.model is not None and item.model not in models]
    return frozenset(elements), frozenset(attributes)


def _is_large(root: etree._Element) -> bool:
    return next(islice(root.iter(), 5000, None), None) is not None


@cache
def _bundled() -> Schema:
    return Schema(bundled_xsd(), FILE_NAME)


def _compile(source: bytes, name: str) -> etree.XMLSchema:
    try:
        tree = read_tree(source)
    except DocumentError as problem:
        raise ConfigurationError(f"{name} is not an XML schema: {problem.findings[0].message}") from None
    if tree.tag != _XS + "schema":
        raise ConfigurationError(f"{name} is not an XML schema: its root element is another")
    for kind in ("include", "import", "redefine"):
        if tree.find(_XS + kind) is not None:
            raise ConfigurationError(f"{name} refers to other files (xs:{kind}), which are never fetched")
    try:
        return etree.XMLSchema(tree)
    except etree.XMLSchemaParseError as problem:
        line = next((entry.line for entry in cast("Iterable[Any]", problem.error_log)), 0)
        raise ConfigurationError(f"{name} is not a usable XML schema (line {line})") from None
