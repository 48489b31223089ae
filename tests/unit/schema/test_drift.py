"""What two schemas say of each other: each kind of change in a sentence, and nothing where nothing changed."""

from __future__ import annotations

import re
from random import Random

import pytest
from lxml import etree

from cybertip.findings import DocumentError
from cybertip.schema import bundled_xsd
from cybertip.schema.drift import drift
from cybertip.schema.structure import Structure, UnsupportedSchemaError, read

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
OURS = f"""<xs:schema {XS} elementFormDefault="qualified" version="1">
  <xs:element name="report">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="kind" type="kind"/>
        <xs:element name="count" type="xs:int" minOccurs="0"/>
        <xs:element ref="note" minOccurs="0" maxOccurs="unbounded"/>
        <xs:element name="flags" type="flags" minOccurs="0"/>
        <xs:choice>
          <xs:element name="one" type="xs:string"/>
          <xs:element name="two" type="xs:string"/>
        </xs:choice>
        <xs:element name="inline">
          <xs:complexType>
            <xs:sequence><xs:element name="inner" type="xs:date"/></xs:sequence>
            <xs:attribute name="mark" type="xs:string"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="lang" type="code"/>
      <xs:attribute name="id" type="xs:long" use="required"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="note" type="text"/>
  <xs:simpleType name="kind">
    <xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="code">
    <xs:restriction base="xs:string"><xs:pattern value="[a-z]+"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="text">
    <xs:simpleContent>
      <xs:extension base="xs:string"><xs:attribute name="sure" type="xs:boolean"/></xs:extension>
    </xs:simpleContent>
  </xs:complexType>
  <xs:complexType name="flags">
    <xs:all>
      <xs:element name="viral" type="xs:boolean" fixed="true" minOccurs="0"/>
      <xs:element name="meme" type="xs:boolean" fixed="true" minOccurs="0"/>
    </xs:all>
  </xs:complexType>
</xs:schema>"""
COUNT = '<xs:element name="count" type="xs:int" minOccurs="0"/>'
KIND = '<xs:element name="kind" type="kind"/>'
MEME = '<xs:element name="meme" type="xs:boolean" fixed="true" minOccurs="0"/>'
LANG = '<xs:attribute name="lang" type="code"/>'
ID = '<xs:attribute name="id" type="xs:long" use="required"/>'
CHOICE = OURS[OURS.index("<xs:choice>") : OURS.index("</xs:choice>") + 12]
TEXT = OURS[OURS.index("<xs:simpleContent>") : OURS.index("</xs:simpleContent>") + 19]

ANNOTATION = "<xs:annotation><xs:documentation>a</xs:documentation></xs:annotation>"

CHANGES = {
    "new element": (
        COUNT, f'{COUNT}<xs:element name="new" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>',
        ["<report>: new element <new>, 0..n, after <count>"],
    ),
    "new element at the start": (
        KIND, f'<xs:element name="new" type="xs:string"/>{KIND}',
        ["<report>: new element <new>, 1..1, at the start"],
    ),
    "element gone": (COUNT, "", ["<report>: element <count> is gone"]),
    "element renamed": (
        'name="count"', 'name="number"',
        ["<report>: new element <number>, 0..1, after <kind>", "<report>: element <count> is gone"],
    ),
    "order": (
        f"{KIND}\n        {COUNT}", f"{COUNT}{KIND}",
        [
            "<report>: the order of elements is now <count>, <kind>, <note>, <flags>, <one>, <two>, <inline>",
            "<report>: the elements are grouped in another way (sequence, choice or any order)",
        ],
    ),
    "needed": (COUNT, COUNT.replace(' minOccurs="0"', ""), ["<report>: <count> was 0..1, is 1..1"]),
    "no longer needed": (KIND, KIND.replace("/>", ' minOccurs="0"/>'), ["<report>: <kind> was 1..1, is 0..1"]),
    "no longer repeated": (
        ' minOccurs="0" maxOccurs="unbounded"', ' minOccurs="0"', ["<report>: <note> was 0..n, is 0..1"],
    ),
    "repeated five times": ('maxOccurs="unbounded"', 'maxOccurs="5"', ["<report>: <note> was 0..n, is 0..5"]),
    "type": (COUNT, COUNT.replace("xs:int", "xs:long"), ["<count> in <report>: was xs:int, is xs:long"]),
    "named type": (COUNT, COUNT.replace("xs:int", "kind"), ["<count> in <report>: was xs:int, is kind"]),
    "to an inline type": (
        COUNT, '<xs:element name="count" minOccurs="0"><xs:complexType/></xs:element>',
        ["<count> in <report>: was xs:int, is an inline type"],
    ),
    "type inside an inline type": (
        'name="inner" type="xs:date"', 'name="inner" type="xs:dateTime"',
        ["<inner> in <inline> in <report>: was xs:date, is xs:dateTime"],
    ),
    "attribute of an inline type": (
        '<xs:attribute name="mark" type="xs:string"/>', "", ["<inline> in <report>: attribute 'mark' is gone"],
    ),
    "new value": ('value="b"/>', 'value="b"/><xs:enumeration value="c"/>', ["type kind: new values 'c'"]),
    "values exchanged": ('value="b"/>', 'value="c"/>', ["type kind: new values 'c'", "type kind: values gone 'b'"]),
    "no list any more": (
        '<xs:enumeration value="a"/><xs:enumeration value="b"/>', "", ["type kind: values gone 'a', 'b'"],
    ),
    "base of a list": (
        '<xs:restriction base="xs:string"><xs:enumeration', '<xs:restriction base="xs:token"><xs:enumeration',
        ["type kind: was xs:string, is xs:token"],
    ),
    "pattern": ("[a-z]+", "[a-z]{2}", ["type code: must now match [a-z]{2}"]),
    "pattern gone": ('<xs:pattern value="[a-z]+"/>', "", ["type code: must now match nothing in particular"]),
    "new attribute": (
        '<xs:attribute name="lang"', '<xs:attribute name="new" type="xs:string"/><xs:attribute name="lang"',
        ["<report>: new attribute 'new', optional"],
    ),
    "new needed attribute": (
        '<xs:attribute name="lang"',
        '<xs:attribute name="new" type="xs:string" use="required"/><xs:attribute name="lang"',
        ["<report>: new attribute 'new', required"],
    ),
    "attribute gone": (
        LANG, "", ["<report>: attribute 'lang' is gone"],
    ),
    "attribute needed": (
        'name="lang" type="code"', 'name="lang" type="code" use="required"',
        ["<report>: attribute 'lang' was optional, is required"],
    ),
    "attribute not needed": (
        ' use="required"', "", ["<report>: attribute 'id' was required, is optional"],
    ),
    "type of an attribute": (
        'name="id" type="xs:long"', 'name="id" type="xs:int"',
        ["attribute 'id' of <report>: was xs:long, is xs:int"],
    ),
    "attribute of a text": (
        '<xs:attribute name="sure" type="xs:boolean"/>', "", ["type text: attribute 'sure' is gone"],
    ),
    "type of a text": (
        'extension base="xs:string"', 'extension base="xs:token"',
        ["text of type text: was xs:string, is xs:token"],
    ),
    "no text any more": (
        TEXT, '<xs:attribute name="sure" type="xs:boolean"/>', ["type text: no longer holds text"],
    ),
    "fixed value gone": (
        MEME, MEME.replace(' fixed="true"', ""),
        ["type flags: the fixed value of <meme> was 'true', is none"],
    ),
    "other fixed value": (
        MEME, MEME.replace('fixed="true"', 'fixed="false"'),
        ["type flags: the fixed value of <meme> was 'true', is 'false'"],
    ),
    "choice becomes a sequence": (
        CHOICE, CHOICE.replace("xs:choice", "xs:sequence"),
        ["<report>: the elements are grouped in another way (sequence, choice or any order)"],
    ),
    "choice becomes optional": (
        "<xs:choice>", '<xs:choice minOccurs="0">',
        ["<report>: the elements are grouped in another way (sequence, choice or any order)"],
    ),
    "new alternative": (
        '<xs:element name="two" type="xs:string"/>',
        '<xs:element name="two" type="xs:string"/><xs:element name="three" type="xs:string"/>',
        ["<report>: new element <three>, 1..1, after <two>"],
    ),
    "new global element": (
        "</xs:schema>", '<xs:element name="extra" type="xs:string"/></xs:schema>', ["global element extra: new"],
    ),
    "new type": (
        "</xs:schema>", '<xs:complexType name="extra"/></xs:schema>', ["type extra: new"],
    ),
    "global element of another type": (
        '<xs:element name="note" type="text"/>', '<xs:element name="note" type="code"/>',
        ["<note> in <report>: was text, is code", "<note>: was text, is code"],
    ),
    "fixed value of a global element": (
        '<xs:element name="note" type="text"/>', '<xs:element name="note" type="text" fixed="x"/>',
        ["<report>: the fixed value of <note> was none, is 'x'", "<note>: the fixed value was none, is 'x'"],
    ),
}  # fmt: skip
NOTE = '<xs:element name="note" type="text"/>'
VALUES = ['<xs:enumeration value="a"/>', '<xs:enumeration value="b"/>']
MEANINGLESS = {
    "layout": OURS.replace(">\n", ">\n\n \t"),
    "comments": OURS.replace("<xs:sequence>", "<!-- a --><?b?><xs:sequence>"),
    "annotations": OURS.replace("<xs:sequence>", f"{ANNOTATION}<xs:sequence>"),
    "version": OURS.replace('version="1"', 'version="2"'),
    "written defaults": OURS.replace(KIND, KIND.replace("/>", ' minOccurs="1" maxOccurs="1"/>')),
    "ids": OURS.replace(KIND, KIND.replace("/>", ' id="x"/>')),
    "prefixes": OURS.replace("xs:", "xsd:").replace(":xs=", ":xsd="),
    "order of values": OURS.replace("".join(VALUES), "".join(VALUES[::-1])),
    "order of attributes": OURS.replace(LANG, "").replace(ID, ID + LANG),
    "a reference written out": OURS.replace('<xs:element ref="note" ', '<xs:element name="note" type="text" '),
    "order of declarations": OURS.replace(NOTE, "").replace("</xs:schema>", f"{NOTE}</xs:schema>"),
}


def changed(before: str, after: str) -> bytes:
    assert before in OURS
    return OURS.replace(before, after).encode()


@pytest.mark.parametrize(("before", "after", "sentences"), CHANGES.values(), ids=CHANGES.keys())
def test_each_change_has_its_sentence(before: str, after: str, sentences: list[str]) -> None:
    """The sentence names the place in our schema and what the other has there, and nothing else is said."""
    assert OURS.count(before) == 1
    assert sorted(map(str, drift(OURS.encode(), changed(before, after)))) == sorted(sentences)


@pytest.mark.parametrize("other", MEANINGLESS.values(), ids=MEANINGLESS.keys())
def test_what_changes_no_verdict_is_no_drift(other: str) -> None:
    """Layout, comments, documentation and the order of declarations say nothing about documents."""
    assert other != OURS
    assert drift(OURS.encode(), other.encode()) == drift(other.encode(), OURS.encode()) == []


def test_a_schema_does_not_drift_from_itself() -> None:
    """The bundled schema equals itself, and a copy that lost its comments and annotations."""
    bare = re.sub(r"(?s)<!--.*?-->|<xs:annotation>.*?</xs:annotation>", "", bundled_xsd().decode()).encode()
    assert len(bare) < len(bundled_xsd()) * 2 / 3
    assert drift(bundled_xsd(), bundled_xsd()) == drift(bundled_xsd(), bare) == []


def test_drift_is_told_from_our_side() -> None:
    """What is new in theirs is gone in ours when the two change places."""
    theirs = changed(COUNT, "")
    assert [str(change) for change in drift(OURS.encode(), theirs)] == ["<report>: element <count> is gone"]
    assert [str(change) for change in drift(theirs, OURS.encode())] == [
        "<report>: new element <count>, 0..1, after <kind>"
    ]


def test_what_is_no_xml_is_refused() -> None:
    """A damaged file is told as such."""
    with pytest.raises(DocumentError):
        drift(OURS.encode(), OURS.encode()[:-1])


def read_or_refuse(data: bytes) -> Structure | None:
    try:
        return read(data)
    except UnsupportedSchemaError:
        return None


def test_no_change_of_the_structure_goes_unnoticed() -> None:
    """Wherever a schema is changed at random, drift is found exactly when the two structures differ."""
    rng = Random(20260131)
    told = quiet = refused = 0
    ours = read(OURS.encode())
    for _ in range(2000):
        root = etree.fromstring(OURS)
        node = rng.choice([*root.iter()][1:])
        parent = node.getparent()
        assert parent is not None
        change = rng.randrange(5)
        if change == 0:
            parent.remove(node)
        elif change == 1:
            siblings = [*parent]
            rng.shuffle(siblings)
            parent[:] = siblings
        elif change == 2 and node.attrib:
            name = rng.choice([*map(str, node.attrib)])
            del node.attrib[name]
        elif change == 3 and node.attrib:
            name = rng.choice([*map(str, node.attrib)])
            node.set(name, rng.choice(["xs:string", "kind", "0", "2", "unbounded", "required", "x"]))
        else:
            node.set(*rng.choice([("minOccurs", "0"), ("maxOccurs", "unbounded"), ("type", "xs:int"), ("fixed", "x")]))
        theirs = etree.tostring(root)
        structure = read_or_refuse(theirs)
        if structure is None:
            refused += 1
            continue
        changes = drift(OURS.encode(), theirs)
        assert bool(changes) == (structure != ours), theirs.decode()
        told, quiet = told + bool(changes), quiet + (not changes)
    assert min(told, quiet, refused) > 100
