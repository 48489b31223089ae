"""Our schema states the same facts as NCMEC's, in a file that is our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pytest
from lxml import etree

from cybertip.schema.structure import Structure, UnsupportedSchemaError, read
from tests.contract.judging import OURS, parser
from tests.contract.xsd_comparison import ADDITIONS, describe, without


def test_structures_are_equal_but_for_the_additions(structure: Structure, official: Path) -> None:
    """Without the additions, our schema states the same facts as NCMEC's, and it has every addition."""
    theirs = read(official.read_bytes())
    stripped = without(structure, ADDITIONS)
    difference = unified_diff(describe(theirs), describe(stripped), "NCMEC's", "ours", lineterm="")
    assert stripped == theirs, "\n".join(difference)
    added = {
        (owner, child.name)
        for owner, type_ in structure.types.items()
        for child in type_.children
        if child.name not in {known.name for known in theirs.types[owner].children}
    }
    assert added == ADDITIONS


def test_the_description_tells_apart_what_the_structures_tell_apart(structure: Structure) -> None:
    """A missing addition shows in the lines that a failed comparison prints."""
    for addition in ADDITIONS:
        assert len(describe(structure)) - len(describe(without(structure, {addition}))) >= 1
        assert without(structure, {addition}) != structure


@pytest.mark.parametrize(
    "fragment",
    [
        '<xs:complexType name="t" mixed="true"/>',
        '<xs:complexType name="t"><xs:anyAttribute/></xs:complexType>',
        '<xs:element name="e" type="xs:string" nillable="true"/>',
        '<xs:element name="e" type="xs:anyURI"/>',
        '<xs:simpleType name="t"><xs:restriction base="xs:int"><xs:length value="1"/></xs:restriction></xs:simpleType>',
        '<xs:include schemaLocation="other.xsd"/>',
    ],
)
def test_the_reader_refuses_what_it_does_not_know(fragment: str) -> None:
    """A schema feature that the comparison would not see is an error, not an omission."""
    namespace = "http://www.w3.org/2001/XMLSchema"
    schema = f'<xs:schema xmlns:xs="{namespace}" elementFormDefault="qualified">{fragment}</xs:schema>'
    with pytest.raises(UnsupportedSchemaError):
        read(schema.encode())


def prose(path: Path) -> Iterator[str]:
    """Annotations and comments, in lower case and with single spaces."""
    root = etree.parse(str(path), parser()).getroot()
    for node in root.iter("{http://www.w3.org/2001/XMLSchema}documentation", etree.Comment):
        if text := " ".join(str(node.xpath("string()")).casefold().split()):
            yield text


def test_our_schema_is_not_a_copy(official: Path) -> None:
    """No annotation or comment of ours is in NCMEC's file, nor are seven words of one in a row."""

    def runs(path: Path) -> set[tuple[str, ...]]:
        words = [re.findall(r"[\w'-]+", text) for text in prose(path)]
        return {tuple(line[start : start + 7]) for line in words for start in range(len(line) - 6)}

    assert OURS.read_bytes() != official.read_bytes()
    assert set(prose(OURS)) & set(prose(official)) == set()
    assert runs(OURS) & runs(official) == set()
    assert len(set(prose(OURS))) > 100


def test_our_schema_says_whose_it_is() -> None:
    """The file names its licence, says that it is independent, and carries a version."""
    root = etree.parse(str(OURS), parser()).getroot()
    assert re.fullmatch(r"\d{4}-\d{2}\+\d{4}-\d{2}", root.get("version", ""))
    assert root.get("targetNamespace") is None
    first = root.findtext(".//{http://www.w3.org/2001/XMLSchema}documentation") or ""
    for words in ("Apache License 2.0", "not NCMEC's own file", "has not endorsed"):
        assert words in " ".join(first.split())
