"""S301 to S308: the details of a file, and S205 for the place that it came from."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from cybertip.mock.rules._demands import at_most, not_blank, past, positive, url
from cybertip.mock.rules._judging import Case, Fault, Rule, attribute_rule, text_rule
from cybertip.mock.rules._values import is_true

_SUPPLEMENTAL = "where fileRelevance is Supplemental Reported"


def _is_supplemental(part: etree._Element) -> bool:
    # In file details, fileRelevance is the only element of its name.
    return part.getroottree().findtext("fileRelevance") == "Supplemental Reported"


def _viewed_with_exif(element: etree._Element, _: Case) -> Iterator[Fault]:
    viewed = element.getroottree().findtext("fileViewedByEsp")
    if is_true(element.text) and not is_true(viewed):
        yield Fault(element, "exifViewedByEsp must not be true unless fileViewedByEsp is true")


def _no_supplemental_meme(annotation: etree._Element, _: Case) -> Iterator[Fault]:
    if _is_supplemental(annotation):
        yield Fault(annotation, f"potentialMeme must not be given {_SUPPLEMENTAL}")


def _no_supplemental_old_meme(element: etree._Element, _: Case) -> Iterator[Fault]:
    # An annotation is made by being there. The old direct form has a value, and false is no annotation.
    if is_true(element.text) and _is_supplemental(element):
        yield Fault(element, f"potentialMeme must not be true {_SUPPLEMENTAL}")


def _no_supplemental_class(element: etree._Element, _: Case) -> Iterator[Fault]:
    if _is_supplemental(element):
        yield Fault(element, f"industryClassification must not be given {_SUPPLEMENTAL}")


FILES: tuple[Rule, ...] = (
    # That both ids belong to the report is for the server to know.
    text_rule("S301", ["fileDetails/reportId"], positive),
    text_rule("S301", ["fileDetails/fileId"], not_blank),
    text_rule("S302", ["originalFileName"], at_most(2056)),
    text_rule("S303", ["uploadedToEspTimestamp"], past),
    text_rule("S205", ["locationOfFile"], url),
    Rule("S304", ("exifViewedByEsp",), _viewed_with_exif),
    Rule("S305", ("fileAnnotations/potentialMeme",), _no_supplemental_meme),
    Rule("S305", ("fileDetails/potentialMeme",), _no_supplemental_old_meme),
    Rule("S306", ("industryClassification",), _no_supplemental_class),
    attribute_rule("S307", ["originalFileHash"], "hashType", at_most(64)),
    text_rule("S308", ["nameValuePair/name"], at_most(64)),
)
