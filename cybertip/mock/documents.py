"""How the mock reads the documents that are posted to it, and how it words what the schema refuses.

The verdict is that of the project's schema; the words are those of a Java validator, which names the constraint of the
XML Schema standard that is broken (``cvc-…``) and stops at the first (seen). Only the sentence of 2.4.a is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from lxml import etree

from cybertip.findings import DocumentError, Finding
from cybertip.mock.answers import Code, Place, Refused
from cybertip.mock.positions import Mark, place_of, place_of_break
from cybertip.mock.rules import Violation, judge_details, judge_finish, judge_report
from cybertip.models import ROOTS, FileDetails, Report, Wire
from cybertip.schema import Schema
from cybertip.xml import MOST_FINDINGS, parse_tree, read_tree

W = TypeVar("W", bound=Wire)

MOST_VIOLATIONS = 20
"""How many broken rules of one document are told to whoever looks; the answer tells the first."""

# Not well-formed, illegal characters, a document type declaration. Hardened Java parsers report the last as a syntax
# error too (assumed for this server).
_MALFORMED = {"X001", "X003", "X004"}


@dataclass(frozen=True, slots=True)
class Received(Generic[W]):
    """A document that was accepted by the schema.

    Attributes:
        tree: its root element.
        model: the same as a model.
    """

    tree: etree._Element
    model: W


def read_report(body: bytes, now: datetime) -> Received[Report]:
    """The report that the body is.

    Raises:
        Refused: 4110 where it is not well-formed XML, an empty body among it (assumed); 4100 where the schema refuses
            it, where it is another document, and where it breaks a documented rule.
    """
    tree = _valid(body, Report)
    _refuse(judge_report(tree, now, most=MOST_VIOLATIONS))
    return _held(body, tree, Report)


def read_details(body: bytes, now: datetime) -> Received[FileDetails]:
    """The file details that the body is. Raises Refused, like `read_report`."""
    tree = _valid(body, FileDetails)
    _refuse(judge_details(tree, now, None, most=MOST_VIOLATIONS))
    return _held(body, tree, FileDetails)


def check_batched_details(details: Received[FileDetails], now: datetime, report: bytes) -> None:
    """Apply what a batched report demands of its file's details as well. Raises Refused, with 4100."""
    _refuse(judge_details(details.tree, now, read_tree(report), most=MOST_VIOLATIONS))


def check_batched_report(report: bytes, details: list[bytes | None]) -> None:
    """Apply what a batched report demands when it is finished. Raises Refused, with 4100 (seen for two files)."""
    _refuse(judge_finish(read_tree(report), [None if one is None else read_tree(one) for one in details]))


def _refuse(violations: list[Violation]) -> None:
    if violations:
        first = violations[0]
        raise Refused(Code.VALIDATION_FAILED, f"{first.path}: {first.sentence}", violations=tuple(violations))


def _valid(body: bytes, model: type[Wire]) -> etree._Element:
    """The tree of a document that the schema accepts."""
    try:
        tree = read_tree(body)
    except DocumentError as problem:
        raise _by_finding(body, problem.findings[0]) from None
    if ROOTS.get(str(tree.tag)) is not model:
        sentence = f"cvc-elt.1: Cannot find the declaration of element '{etree.QName(tree).localname}'."
        raise Refused(Code.VALIDATION_FAILED, sentence, place=place_of(body, Mark(0, at_end=False)))
    findings = Schema.bundled().validate(body)
    if findings:
        raise _by_schema(body, tree, list(findings))
    return tree


def _held(body: bytes, tree: etree._Element, model: type[W]) -> Received[W]:
    """The same as a model; what the schema allows and nobody can hold exactly is refused (assumed)."""
    try:
        return Received(tree, parse_tree(tree, model).document)
    except DocumentError as problem:
        raise _by_finding(body, problem.findings[0]) from None


def _by_finding(body: bytes, finding: Finding) -> Refused:
    place = Place(finding.line or 1, 1)
    if finding.code in _MALFORMED:
        return Refused(Code.MALFORMED_XML, f"{finding.message}.", place=place_of_break(body) or place)
    return Refused(Code.VALIDATION_FAILED, f"cvc-elt: {finding.message} ({finding.path})", place=place)


# --- the schema's refusals in a Java validator's words ------------------------------------------------------------


def _by_schema(body: bytes, tree: etree._Element, findings: list[Finding]) -> Refused:
    # A validator's own log takes time by the square of the number of errors, so floods of them get no such care.
    log = Schema.bundled().log(tree) if len(findings) < MOST_FINDINGS else []
    if not log:
        return _by_finding(body, findings[0])
    first = log[0]
    element = _element_at(tree, str(first.path or ""))
    sentence, at_end = _sentence(first, element)
    number = next(index for index, node in enumerate(tree.iter(etree.Element)) if node is element)
    place = place_of(body, Mark(number, at_end)) or Place(first.line or 1, 1)
    return Refused(Code.VALIDATION_FAILED, sentence, place=place)


def _element_at(tree: etree._Element, path: str) -> etree._Element:
    # libxml2 names elements in foreign namespaces by their prefixes.
    prefixes = {prefix: uri for node in tree.iter("{*}*") for prefix, uri in node.nsmap.items() if prefix}
    try:
        found = tree.getroottree().xpath(path, namespaces=prefixes)
    except etree.XPathError:
        return tree
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else tree


def _sentence(entry: Any, element: etree._Element) -> tuple[str, bool]:
    """What is wrong, and whether it is seen only at the element's end tag."""
    name, whole = etree.QName(element).localname, str(entry.message)
    kind = entry.type_name.removeprefix("SCHEMAV_")
    # "Element 'email', attribute 'type': [facet 'enumeration'] The value 'x' is not …"
    about, _, message = whole.partition(": ")
    if kind == "ELEMENT_CONTENT":
        return _content(name, message)
    attribute = re.search(r"[Aa]ttribute '([^']*)'", about) or re.match(r"The attribute '([^']*)'", message)
    # Taken from the document: libxml2 cuts long sentences short, and a value may look like the end of one.
    value = element.get(attribute[1], "") if attribute else "".join(map(str, element.itertext()))
    simple = re.search(r"type '(?:xs:)?([A-Za-z]+)'\.?\s*$", message[-100:])
    key, words = _SENTENCES.get(kind, ("cvc-elt", "Element '{name}' is not valid."))
    sentence = words.format(
        name=name,
        attribute=attribute[1] if attribute else "",
        value=value,
        type=simple[1] if simple else "",
    )
    return f"{key}: {sentence}", attribute is None


_SENTENCES = {
    "CVC_COMPLEX_TYPE_4": ("cvc-complex-type.4", "Attribute '{attribute}' must appear on element '{name}'."),
    "CVC_COMPLEX_TYPE_3_2_1": ("cvc-complex-type.3.2.2", "Attribute '{attribute}' may not appear on element '{name}'."),
    "CVC_TYPE_3_1_1": ("cvc-type.3.1.1", "Element '{name}' is of a simple type and may not have attributes."),
    "CVC_TYPE_3_1_2": ("cvc-type.3.1.2", "Element '{name}' is of a simple type and may not have elements in it."),
    "CVC_COMPLEX_TYPE_2_1": ("cvc-complex-type.2.1", "Element '{name}' must be empty."),
    "CVC_COMPLEX_TYPE_2_3": ("cvc-complex-type.2.3", "Element '{name}' may hold elements, but no characters."),
    "CVC_ELT_5_2_2_2_2": ("cvc-elt.5.2.2.2.2", "Element '{name}' must have its fixed value."),
    "CVC_ENUMERATION_VALID": ("cvc-enumeration-valid", "Value '{value}' is not in the enumeration."),
    "CVC_PATTERN_VALID": ("cvc-pattern-valid", "Value '{value}' does not match the pattern."),
    "CVC_DATATYPE_VALID_1_2_1": ("cvc-datatype-valid.1.2.1", "'{value}' is not a valid value for '{type}'."),
}
"""The constraint of the XML Schema standard and a sentence, by libxml2's name of the error."""


def _content(name: str, message: str) -> tuple[str, bool]:
    expected = re.search(r"Expected is (?:one of )?\( (.*) \)", message)
    wanted = f"One of '{{{expected[1]}}}' is expected." if expected else "No element is expected here."
    if "Missing child element" in message:
        return f"cvc-complex-type.2.4.b: The content of element '{name}' is not complete. {wanted}", True
    found = f"Invalid content was found starting with element '{name}'."
    return f"cvc-complex-type.2.4.{'a' if expected else 'd'}: {found} {wanted}", False
