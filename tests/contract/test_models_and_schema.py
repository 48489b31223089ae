"""The models and our schema say the same: names, order, counts, types, enumerations, attributes, choices, flags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from cybertip import models
from cybertip.models import ROOTS, Wire
from cybertip.models._base import Choice, Form
from cybertip.models._shape import FieldShape, shape_of
from cybertip.schema import bundled_xsd
from cybertip.schema.structure import ComplexType, Element, Group, SimpleType, Structure, Type, read
from tests.contract import lexical


@dataclass
class Comparison:
    """Walks the models and a schema side by side, and notes where they differ and what it has seen."""

    structure: Structure
    differences: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)
    models: set[type[Wire]] = field(default_factory=set)
    simple: int = 0

    def run(self) -> list[str]:
        for name, model in ROOTS.items():
            element = self.structure.elements.get(name)
            if element is None:
                self.note(name, "is no global element")
            else:
                self.elements.add(name)
                self.complex(name, model, element.type)
        self.differences += [f"nothing uses type {name}" for name in sorted(self.structure.types.keys() - self.types)]
        unused = self.structure.elements.keys() - self.elements
        self.differences += [f"nothing uses <{name}>" for name in sorted(unused)]
        return self.differences

    def note(self, place: str, difference: str) -> None:
        self.differences.append(f"{place}: {difference}")

    def same(self, place: str, what: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            self.note(place, f"{what}: the models have {ours}, the schema has {theirs}")

    def complex(self, place: str, model: type[Wire], type_: Type) -> None:
        self.models.add(model)
        self.types.add(type_.name)
        shape = shape_of(model)
        self.same(place, "any order", model.any_order, type_.content is not None and type_.content.kind == "all")
        self.same(place, "choices", choices_of(model), sorted(choices_in(type_)))
        attributes = {known.name: known for known in type_.attributes}
        self.same(place, "attributes", {item.name for item in shape.attributes}, attributes.keys())
        for item in shape.attributes:
            if known := attributes.get(item.name):
                self.same(f"{place}/@{item.name}", "required", item.required, known.required)
                self.value(f"{place}/@{item.name}", item, known.type)
        if shape.text is None or type_.text is None:
            self.same(place, "text", shape.text is not None, type_.text is not None)
        else:
            self.value(place, shape.text, type_.text)
        self.same(place, "children", [item.name for item in shape.children], [item.name for item in type_.children])
        children = {child.name: (child, in_choice) for child, in_choice in uses(type_.content, in_choice=False)}
        for item in shape.children:
            if item.name in children:
                self.child(f"{place}/{item.name}", item, *children[item.name])

    def child(self, place: str, item: FieldShape, element: Element, in_choice: bool) -> None:
        minimum = 0 if in_choice else element.minimum
        self.same(place, "count", (int(item.required), None if item.many else 1), (minimum, element.maximum))
        self.same(place, "fixed", "true" if item.form is Form.FLAG else None, element.fixed)
        if self.structure.elements.get(element.name, element).type == element.type:
            self.elements.add(element.name)
        if item.model is not None:
            self.complex(place, item.model, element.type)
        elif element.type.text is None or element.type.attributes:
            self.note(place, "the models have a plain value, the schema has a structure")
        else:
            # A type with text and no attributes says no more than the type of its text.
            self.types.add(element.type.name)
            self.value(place, item, element.type.text)

    def value(self, place: str, item: FieldShape, type_: SimpleType) -> None:
        assert item.simple is not None
        self.simple += 1
        self.types.add(type_.name)
        values = None if item.vocabulary is None else frozenset(str(member) for member in item.vocabulary)
        self.same(place, "values", values, type_.values)
        if type_.patterns:
            self.same(place, "type", item.simple.name, type_.name)
            for text in (*lexical.right_values(type_), *lexical.wrong_patterns(type_)):
                self.same(place, f"verdict on {text!r}", reads(item, text), text in lexical.right_values(type_))
        elif values is None:
            self.same(place, "type", item.simple.name, type_.base)
        else:
            self.same(place, "base", "xs:string", type_.base)


def reads(item: FieldShape, text: str) -> bool:
    assert item.simple is not None
    try:
        item.simple.parse(text)
    except ValueError:
        return False
    return True


def choices_of(model: type[Wire]) -> list[tuple[bool, list[str]]]:
    """Whether one is needed, and of which."""
    if not issubclass(model, Choice):
        return []
    names = {item.field: item.name for item in shape_of(model).children}
    return [(model.one_needed, [names[name] for name in model.one_of])]


def choices_in(type_: Type) -> Iterator[tuple[bool, list[str]]]:
    def walk(group: Group) -> Iterator[tuple[bool, list[str]]]:
        if group.kind == "choice":
            parts = [part for part in group.parts if isinstance(part, Element)]
            needed = group.minimum > 0 and all(part.minimum > 0 for part in parts)
            yield needed, [part.name for part in parts]
        for part in group.parts:
            if isinstance(part, Group):
                yield from walk(part)

    if type_.content is not None:
        yield from walk(type_.content)


def uses(group: Group | None, *, in_choice: bool) -> Iterator[tuple[Element, bool]]:
    """The elements of a content model, and whether they stand in a choice."""
    for part in group.parts if group else ():
        if isinstance(part, Group):
            yield from uses(part, in_choice=in_choice or part.kind == "choice")
        else:
            yield part, in_choice or (group is not None and group.kind == "choice")


def test_models_and_schema_agree() -> None:
    """Nothing is in one that is not in the other."""
    comparison = Comparison(read(bundled_xsd()))
    assert comparison.run() == []
    public = {kind for name in models.__all__ if isinstance(kind := getattr(models, name), type)}
    parts = {kind for kind in public if issubclass(kind, Wire)} - {Wire}
    assert comparison.models == parts
    assert len(parts) > 35
    # The walk went through all of it: as many values as the documents have places for.
    assert comparison.simple > 400


def test_groups_are_as_the_comparison_expects(structure: Structure) -> None:
    """Only what the comparison looks at occurs: no group that repeats, no group but a choice inside another."""

    def groups(type_: Type) -> Iterator[tuple[Group, bool]]:
        if isinstance(type_, ComplexType) and type_.content is not None:
            yield type_.content, True
            yield from ((part, False) for part in type_.content.parts if isinstance(part, Group))
            for child in type_.children:
                yield from groups(child.type)

    found = [each for root in ROOTS for each in groups(structure.elements[root].type)]
    assert all(group.minimum == group.maximum == 1 for group, _ in found)
    assert {group.kind for group, outer in found if not outer} == {"choice"}


CLIENT = 'name="chatClient" type="xs:string" minOccurs="0"'
CASE = 'name="caseNumber" type="xs:string"'
URL = 'name="url" type="xs:string" minOccurs="0"'
HASH_TYPE = 'name="hashType" type="xs:string"'
VIRAL = 'name="viral" type="xs:boolean"'
PROXY = 'name="possibleProxy" type="xs:boolean"'
FAX = '<xs:enumeration value="Fax"/>'
THIRD_PARTY = '<xs:attribute name="thirdPartyUser"'
END = "</xs:schema>"
ALTERATIONS = {
    "name": ('name="chatRoomName"', 'name="chatRoom"', "chatImIncident: children"),
    "needed": (f'{CASE} minOccurs="0"', CASE, "caseNumber: count"),
    "not needed": ('name="ipAddress"', 'minOccurs="0" name="ipAddress"', "ipAddress: count"),
    "repeated": (CLIENT, f'{CLIENT} maxOccurs="unbounded"', "chatClient: count"),
    "twice": (CLIENT, f'{CLIENT} maxOccurs="2"', "chatClient: count"),
    "not repeated": (f'{URL} maxOccurs="unbounded"', URL, "url: count"),
    "type": ('name="port" type="xs:int"', 'name="port" type="xs:long"', "port: type"),
    "type of an attribute": (HASH_TYPE, HASH_TYPE.replace("string", "token"), "@hashType: type"),
    "type of a text": ('extension base="xs:boolean"', 'extension base="xs:int"', "type: the models have xs:boolean"),
    "value more": (FAX, f'{FAX}<xs:enumeration value="Telex"/>', "@type: values"),
    "value less": ('<xs:enumeration value="ZW"/>', "", "country: values"),
    "pattern": ("[0-9]{1,3}", "[0-9]{1,4}", "@countryCallingCode: verdict on '+1234'"),
    "attribute more": (THIRD_PARTY, f'<xs:attribute name="a" type="xs:int"/>{THIRD_PARTY}', "platform: attributes"),
    "attribute renamed": (THIRD_PARTY, '<xs:attribute name="another"', "platform: attributes"),
    "attribute needed": (THIRD_PARTY, f'{THIRD_PARTY} use="required"', "@thirdPartyUser: required"),
    "attribute not needed": (f'{HASH_TYPE} use="required"', HASH_TYPE, "@hashType: required"),
    "flag that is none": (f'{VIRAL} fixed="true"', VIRAL, "viral: fixed"),
    "flag that is false": (f'{VIRAL} fixed="true"', f'{VIRAL} fixed="false"', "viral: fixed"),
    "value that is fixed": (PROXY, f'{PROXY} fixed="true"', "possibleProxy: fixed"),
    "addition missing": ('name="instrumentalUse"', 'name="other"', "reportAnnotations: children"),
    "unused type": (END, f'<xs:complexType name="spare"/>{END}', "nothing uses type spare"),
    "unused element": (END, f'<xs:element name="spare" type="xs:string"/>{END}', "nothing uses <spare>"),
}


@pytest.mark.parametrize(("before", "after", "told"), ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_the_comparison_sees_every_kind_of_difference(before: str, after: str, told: str) -> None:
    """An altered copy of the schema does not agree with the models, and the difference is named."""
    text = bundled_xsd().decode()
    assert before in text
    differences = Comparison(read(text.replace(before, after, 1).encode())).run()
    assert any(told in difference for difference in differences), differences


def test_the_comparison_sees_another_order() -> None:
    """Two elements that change places are a difference."""
    names = {"gameName": "console", "console": "gameName"}
    text = re.sub('(?<=name=")(gameName|console)(?=")', lambda found: names[found[1]], bundled_xsd().decode())
    (difference,) = Comparison(read(text.encode())).run()
    assert "onlineGamingIncident: children: the models have ['gameName', 'console'" in difference


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [("xs:all>", "xs:sequence>", "any order"), ("xs:choice>", "xs:sequence>", "choices")],
)
def test_the_comparison_sees_other_groups(before: str, after: str, told: str) -> None:
    """A group of another kind is a difference wherever it stands."""
    text = bundled_xsd().decode()
    places = text.count(f"<{before}")
    assert places == 2
    for number in range(places):
        start = -1
        for _ in range(number + 1):
            start = text.index(f"<{before}", start + 1)
        end = text.index(f"</{before}", start)
        altered = f"{text[:start]}<{after}{text[start + len(before) + 1 : end]}</{after}{text[end + len(before) + 2 :]}"
        differences = Comparison(read(altered.encode())).run()
        assert any(told in difference for difference in differences), differences
