"""S211 to S216: suspects, recipients and victims, and their other accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from cybertip.mock.rules._demands import at_most, between, past, positive
from cybertip.mock.rules._judging import Case, Fault, Rule, attribute_rule, text_rule, within
from cybertip.mock.rules._shared import DISABLED
from cybertip.mock.rules._values import Moment, moment

PARTIES = ("personOrUserReported", "intendedRecipient", "victim")
"""The elements that describe a suspect, a recipient or a victim."""

_OTHER = ("associatedAccount",)
_OTHERS_NAMES = (
    "platform",
    "firstName",
    "middleName",
    "lastName",
    "espService",
    "espIdentifier",
    "screenName",
    "groupIdentifier",
)


def _in_order(
    attribute: str, holds: Callable[[Moment, Moment], bool], demand: str
) -> Callable[[etree._Element, Case], Iterator[Fault]]:
    def judge(element: etree._Element, _: Case) -> Iterator[Fault]:
        disabled, later = moment(element.get("disabledDate", "")), moment(element.get(attribute, ""))
        if disabled is not None and later is not None and not holds(disabled, later):
            yield Fault(element, f"{attribute} must {demand} disabledDate", attribute)

    return judge


def _age_or_birth(element: etree._Element, _: Case) -> Iterator[Fault]:
    account = element.getparent()
    if account is not None and account.find("dateOfBirth") is not None:
        yield Fault(element, "approximateAge must not be given together with dateOfBirth")


PEOPLE: tuple[Rule, ...] = (
    text_rule("S211", within(PARTIES, "espIdentifier"), at_most(255)),
    text_rule("S211", within(PARTIES, "espService"), at_most(100)),
    text_rule("S211", within(PARTIES, "screenName"), at_most(256)),
    text_rule("S211", within(PARTIES, "displayName"), at_most(255)),
    text_rule("S211", within(PARTIES, "groupIdentifier"), at_most(255)),
    text_rule("S211", ["vehicleDescription"], at_most(300)),
    text_rule("S211", ["schoolName"], at_most(255)),
    text_rule("S212", ["priorCTReports", "priorCTReport"], positive),
    attribute_rule("S213", DISABLED, "disabledDate", past),
    attribute_rule("S213", DISABLED, "userNotifiedDate", past),
    Rule("S214", DISABLED, _in_order("userNotifiedDate", lambda disabled, told: told >= disabled, "not be before")),
    Rule(
        "S214",
        ("accountTemporarilyDisabled",),
        _in_order("reenabledDate", lambda disabled, again: again > disabled, "be after"),
    ),
    text_rule("S215", within(_OTHER, *_OTHERS_NAMES), at_most(256)),
    text_rule("S215", within(_OTHER, "displayName"), at_most(255)),
    text_rule("S216", ["approximateAge"], between(0, 150)),
    Rule("S216", ("approximateAge",), _age_or_birth),
)
