"""Words for what a validator reports and the models cannot explain.

That happens with a schema that is stricter or newer than the models, and with ``xsi:`` attributes. libxml2's own
sentences quote values of the document, which may be personal data, so only their kind is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml import etree

from cybertip.findings import Finding, error
from cybertip.models import ROOTS
from cybertip.models._content import shown
from cybertip.models._shape import Shape, shape_of
from cybertip.xml import line_of

MOST = 100
"""How many entries of a validator's log are looked at; hostile documents have millions."""

_KINDS = {
    "SCHEMAV_ELEMENT_CONTENT": "an element is missing, superfluous or in the wrong place here",
    "SCHEMAV_CVC_ENUMERATION_VALID": "the value is not one of those that the schema lists",
    "SCHEMAV_CVC_PATTERN_VALID": "the value does not have the form that the schema demands",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "the value is longer than the schema allows",
    "SCHEMAV_CVC_MINLENGTH_VALID": "the value is shorter than the schema allows",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "the value is larger than the schema allows",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "the value is smaller than the schema allows",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "an attribute is not one that the schema knows",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "an attribute is missing",
    "SCHEMAV_CVC_ELT_3_1": "xsi:nil is not allowed",
    "SCHEMAV_CVC_ELT_4_2": "xsi:type names a type that the schema does not know",
    "SCHEMAV_CVC_ELT_4_3": "xsi:type names a type that may not stand in for this element's own",
}


def unexplained(root: etree._Element, log: Iterable[etree._LogEntry], explained: Iterable[Finding]) -> list[Finding]:
    """Findings for the entries of a validator's log that touch no place that is explained already."""
    covered = {finding.path for finding in explained}
    holders = {path.rpartition("/")[0] for path in covered}
    found: dict[str, Finding] = {}
    for entry in islice(log, MOST):
        element = _element_at(root, str(getattr(entry, "path", "") or ""))
        path = path_of(element)
        attribute = re.search(r"attribute '([^'{}]{1,80})'", entry.message)
        if attribute:
            path = f"{path}/@{attribute[1]}"
        if path in found or any(_related(path, other) for other in covered):
            continue
        # A validator stumbles over the next element where the words are about the one to move: same parent, same fault.
        if entry.type_name == "SCHEMAV_ELEMENT_CONTENT" and path.rpartition("/")[0] in holders:
            continue
        message = _KINDS.get(entry.type_name, "the value is not what the schema demands")
        found[path] = error("X002", path, message, "Compare with the schema: cybertip schema show.", line_of(element))
    return list(found.values())


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(other + "/") or other.startswith(one + "/")


def _element_at(root: etree._Element, xpath: str) -> etree._Element:
    try:
        found = root.getroottree().xpath(xpath)
    except etree.XPathError:
        return root
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else root


def path_of(element: etree._Element) -> str:
    """The path of an element in the project's notation: numbered where its name may repeat."""
    chain = [element, *element.iterancestors()][::-1]
    model = ROOTS.get(str(chain[0].tag))
    shape: Shape | None = shape_of(model) if model else None
    path = f"/{chain[0].tag}"
    for node in chain[1:]:
        name = str(node.tag)
        field = shape.child(name) if shape is not None else None
        position = 1 + sum(1 for other in node.itersiblings(name, preceding=True))
        alone = position == 1 and next(node.itersiblings(name), None) is None
        many = field.many if field is not None else not alone
        path += f"/{shown(name)}[{position}]" if many else f"/{shown(name)}"
        shape = shape_of(field.model) if field is not None and field.model is not None else None
    return path
