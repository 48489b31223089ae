"""The reader of schemas refuses what it does not understand."""

from __future__ import annotations

from random import Random

import pytest
from lxml import etree

from cybertip.errors import ConfigurationError
from cybertip.schema import bundled_xsd
from cybertip.schema.drift import drift
from cybertip.schema.structure import UnsupportedSchemaError, read

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def type_(inner: str) -> str:
    return f'<xs:complexType name="t">{inner}</xs:complexType>'


def simple(inner: str) -> str:
    return f'<xs:simpleType name="t">{inner}</xs:simpleType>'


UNSUPPORTED = [
    "<report/>", f"<xs:schema {XS}/>", f'<xs:schema {XS} elementFormDefault="unqualified"/>',
    *(
        f'<xs:schema {XS} elementFormDefault="qualified" {more}/>'
        for more in ('targetNamespace="urn:example:x"', 'attributeFormDefault="qualified"', 'blockDefault="#all"')
    ),
    *(
        f'<xs:schema {XS} elementFormDefault="qualified">{inner}</xs:schema>'
        for inner in (
            '<xs:include schemaLocation="x"/>', '<xs:group name="g"/>', '<xs:attribute name="a"/>',
            '<xs:element name="e" type="xs:anyURI"/>', '<xs:element name="e"/>', '<xs:element name="e" type="none"/>',
            '<xs:element name="e" type="xs:string" nillable="true"/>',
            '<xs:element name="e" type="xs:string" default="x"/>',
            '<xs:element name="e" type="xs:string" minOccurs="0"/>',
            '<xs:element type="xs:string"/>',
            '<xs:element name="e" type="xs:string"/><xs:element name="e" type="xs:string"/>',
            '<xs:element name="e" type="xs:int"><xs:simpleType/></xs:element>',
            '<xs:complexType name="t" mixed="true"/>',
            type_("<xs:anyAttribute/>"), type_("<xs:sequence><xs:any/></xs:sequence>"),
            type_("<xs:sequence/><xs:sequence/>"), type_("<xs:complexContent/>"), type_("<xs:simpleContent/>"),
            type_('<xs:simpleContent/><xs:attribute name="a" type="xs:int"/>'),
            type_('<xs:attribute name="a" type="xs:int" use="prohibited"/>'),
            type_('<xs:attribute name="a" type="xs:int" fixed="1"/>'), type_('<xs:attribute type="xs:int"/>'),
            type_('<xs:attribute name="a" type="t"/>'), type_('<xs:attribute name="a"/>'),
            type_('<xs:sequence><xs:element ref="none"/></xs:sequence>'),
            type_('<xs:sequence><xs:element type="xs:int"/></xs:sequence>'),
            type_('<xs:sequence><xs:element name="e" type="t"/></xs:sequence>'),
            type_('<xs:sequence minOccurs="x"/>'), type_('<xs:sequence maxOccurs="-1"/>'),
            simple(""), simple('<xs:list itemType="xs:int"/>'), simple('<xs:restriction base="t"/>'),
            simple('<xs:restriction base="xs:int"><xs:length value="1"/></xs:restriction>'),
            simple("<xs:restriction/>"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("source", UNSUPPORTED)
def test_what_the_comparison_does_not_know_is_refused(source: str) -> None:
    """A part of XML Schema that would be overlooked is an error, whichever of two schemas has it."""
    for one, two in ((bundled_xsd(), source.encode()), (source.encode(), bundled_xsd())):
        with pytest.raises(UnsupportedSchemaError) as caught:
            drift(one, two)
        assert isinstance(caught.value, ConfigurationError)


def test_no_damage_to_a_schema_makes_reading_fail_in_another_way() -> None:
    """Whatever is taken out of a schema, or put where it does not belong, it is read or refused."""
    rng = Random(20260131)
    read_, refused = 0, 0
    for _ in range(150):
        root = etree.fromstring(bundled_xsd())
        node, other = rng.sample([node for node in root.iter(etree.Element) if node is not root], 2)
        parent = node.getparent()
        assert parent is not None
        if rng.random() < 0.4:
            parent.remove(node)
        elif node.attrib and rng.random() < 0.5:
            del node.attrib[rng.choice([*map(str, node.attrib)])]
        elif other not in [*node.iter()]:
            other.append(node)
        try:
            read(etree.tostring(root))
            read_ += 1
        except UnsupportedSchemaError:
            refused += 1
    assert min(read_, refused) > 20
