"""S201 to S210: the incident, law enforcement, the reporter, and the report as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from cybertip.mock.rules._demands import at_most, country, not_blank, past, url
from cybertip.mock.rules._judging import Case, Fault, Rule, attribute_rule, text_rule
from cybertip.mock.rules._people import PARTIES
from cybertip.mock.rules._shared import PERSONS
from cybertip.mock.rules._values import mailbox

_NAMES_OF_PLACES = (
    "newsgroupIncident/name",
    "chatClient",
    "chatRoomName",
    "gameName",
    "console",
    "locationName",
    "peer2peerIncident/client",
)


def is_batched(report: etree._Element) -> bool:
    """Whether a report is a batched one. The schema knows one reason for it only."""
    return report.find("batchedReport") is not None


def emails_of_parties(report: etree._Element) -> frozenset[str]:
    """The e-mail addresses of the persons who are suspects, recipients and victims.

    Those of their associated accounts are not among them: such an account is another one than the person's, and may
    be another person's.
    """
    return frozenset(
        mailbox(email.text or "")
        for party in report.iterchildren(*PARTIES)
        for person in party.iterchildren(*PERSONS)
        for email in person.iterchildren("email")
    )


def _known_email(element: etree._Element, case: Case) -> Iterator[Fault]:
    if mailbox(element.text or "") not in case.party_emails:
        yield Fault(element, "emailAddress must also be an email of the suspect, a recipient or a victim")


def _reporter_has_email(element: etree._Element, _: Case) -> Iterator[Fault]:
    if element.find("email") is None:
        yield Fault(element, "reportingPerson must have at least one email")


def _one_suspect(element: etree._Element, case: Case) -> Iterator[Fault]:
    # One violation is enough, however many there are: it stands at the first that is too many.
    second = next(islice(element.iterchildren("personOrUserReported"), 1, None), None)
    if second is not None and not case.batched:
        yield Fault(second, "at most one personOrUserReported is allowed unless the report is batched")


REPORT: tuple[Rule, ...] = (
    text_rule("S201", ["incidentSummary/platform"], at_most(256)),
    text_rule("S202", ["escalateToHighPriority"], not_blank),
    text_rule("S202", ["escalateToHighPriority"], at_most(3000)),
    text_rule("S203", ["incidentDateTime"], past),
    text_rule("S204", ["incidentDateTimeDescription"], at_most(3000)),
    # The fourth place of this rule, locationOfFile, is in the file details.
    text_rule("S205", ["url", "profileUrl", "legalURL"], url),
    Rule("S206", ("emailAddress",), _known_email),
    text_rule("S207", _NAMES_OF_PLACES, at_most(255)),
    text_rule("S208", ["agencyName"], at_most(255)),
    text_rule("S208", ["caseNumber"], at_most(100)),
    attribute_rule("S208", ["servedLegalProcessInternational"], "fleaCountry", country),
    Rule("S209", ("reportingPerson",), _reporter_has_email),
    Rule("S210", ("report",), _one_suspect),
)
