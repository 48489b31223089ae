"""The machinery: rules, the places they hold at, one walk over a document, and the paths of what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from cybertip.mock.rules._values import Moment


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of the rules that a document breaks.

    Attributes:
        code: of the rule, as in ``S203``.
        path: of the element or attribute at fault. What is missing is reported at the element that lacks it.
        sentence: what the server says. It never holds a value of the document, which may be personal data.
    """

    code: str
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Case:
    """What rules need to know beside the element that they look at.

    Attributes:
        now: when the document arrived.
        batched: whether the report is a batched one.
        party_emails: the e-mail addresses of suspects, recipients and victims.
    """

    now: Moment
    batched: bool = False
    party_emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """An element, or an attribute of it, that breaks a rule, and the sentence about it."""

    element: etree._Element
    sentence: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement.

    Attributes:
        code: of the rule that the statement belongs to.
        places: the elements it looks at: ``name``, or ``parent/name`` where the name has other meanings elsewhere.
        judge: finds the faults at one such element.
    """

    code: str
    places: tuple[str, ...]
    judge: Callable[[etree._Element, Case], Iterable[Fault]]


ValueTest = Callable[[str, Case], str | None]
"""Says what is wrong with a value, as the end of a sentence that begins with its name; None where nothing is."""


def within(parents: Iterable[str], *names: str) -> tuple[str, ...]:
    """The places of these names under each of these parents."""
    return tuple(f"{parent}/{name}" for parent in parents for name in names)


def text_rule(code: str, places: Iterable[str], test: ValueTest) -> Rule:
    """A rule on the text of elements."""

    def judge(element: etree._Element, case: Case) -> Iterator[Fault]:
        if (wrong := test(element.text or "", case)) is not None:
            yield Fault(element, f"{element.tag} {wrong}")

    return Rule(code, tuple(places), judge)


def attribute_rule(code: str, places: Iterable[str], attribute: str, test: ValueTest) -> Rule:
    """A rule on an attribute of elements; it is silent where there is no such attribute."""

    def judge(element: etree._Element, case: Case) -> Iterator[Fault]:
        value = element.get(attribute)
        if value is not None and (wrong := test(value, case)) is not None:
            yield Fault(element, f"{attribute} {wrong}", attribute)

    return Rule(code, tuple(places), judge)


def forbidden(code: str, places: Iterable[str], circumstances: str) -> Rule:
    """A rule against the presence of elements."""

    def judge(element: etree._Element, _: Case) -> Iterator[Fault]:
        yield Fault(element, f"{element.tag} must not be given {circumstances}")

    return Rule(code, tuple(places), judge)


# --- judging -----------------------------------------------------------------------------------------------------

_Key = tuple[str | None, str]


def indexed(rules: Iterable[Rule]) -> Mapping[_Key, tuple[Rule, ...]]:
    """The rules by parent, or None for any, and name of the elements they look at."""
    index: dict[_Key, tuple[Rule, ...]] = {}
    for rule in rules:
        for place in rule.places:
            parent, _, name = place.rpartition("/")
            key = (parent or None, name)
            index[key] = (*index.get(key, ()), rule)
    return index


def judged(root: etree._Element, rules: Mapping[_Key, tuple[Rule, ...]], case: Case) -> Iterator[Violation]:
    """The violations in a document, in the order of the elements that the rules look at. One walk finds them."""
    paths = _Paths()
    for element in root.iter("*"):
        parent = element.getparent()
        keys: list[_Key] = [(None, element.tag)]
        if parent is not None:
            keys.append((parent.tag, element.tag))
        for key in keys:
            for rule in rules.get(key, ()):
                for fault in rule.judge(element, case):
                    yield Violation(rule.code, paths.of(fault.element, fault.attribute), fault.sentence)


# --- paths -------------------------------------------------------------------------------------------------------

_REPEATED = {
    "internetDetails",
    "personOrUserReported",
    "intendedRecipient",
    "victim",
    "url",
    "emailAddress",
    "incidentAddress",
    "ipCaptureEvent",
    "displayName",
    "profileUrl",
    "deviceId",
    "priorCTReports",
    "priorCTReport",
    "associatedAccount",
    "phone",
    "email",
    "address",
    "originalFileHash",
    "details",
    "nameValuePair",
}
_REPEATED_THERE_ONLY = {("intendedRecipient", "additionalInfo"), ("fileDetails", "additionalInfo")}
# An address has a child of its own name, which is its street line.
_SINGLE_THERE = {("address", "address"), ("incidentAddress", "address"), ("fileDetails", "ipCaptureEvent")}


def _may_repeat(parent: str, name: str) -> bool:
    place = (parent, name)
    return place in _REPEATED_THERE_ONLY or (name in _REPEATED and place not in _SINGLE_THERE)


class _Paths:
    """Makes paths. Children are numbered once for each parent, so that many violations cost no more than few."""

    def __init__(self) -> None:
        self._numbers: dict[etree._Element, dict[etree._Element, int]] = {}

    def of(self, element: etree._Element, attribute: str | None = None) -> str:
        """The path of an element or of an attribute of it."""
        steps = [] if attribute is None else [f"@{attribute}"]
        here = element
        while (parent := here.getparent()) is not None:
            repeats = _may_repeat(parent.tag, here.tag)
            steps.append(f"{here.tag}[{self._number(parent, here)}]" if repeats else here.tag)
            here = parent
        steps.append(here.tag)
        return "/" + "/".join(reversed(steps))

    def _number(self, parent: etree._Element, child: etree._Element) -> int:
        numbers = self._numbers.get(parent)
        if numbers is None:
            numbers = self._numbers[parent] = {}
            counts: dict[str, int] = {}
            for each in parent:
                numbers[each] = counts[each.tag] = counts.get(each.tag, 0) + 1
        return numbers[child]
