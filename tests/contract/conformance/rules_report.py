"""Pairs for the rules on the parts of a report (S201 to S216)."""

from __future__ import annotations

from tests.contract.conformance.documents import (
    FUTURE,
    LATER,
    PAST,
    account,
    internet,
    recipient,
    report,
    reporter,
    suspect,
    suspect_person,
    victim,
)
from tests.contract.conformance.pairs import Pair, Place, at_most, inside


def element(name: str, text: str = "{}") -> str:
    return f"<{name}>{text}</{name}>"


def law(rest: str = "", agency: str = "Example Police") -> str:
    return report(law=f"<lawEnforcement><agencyName>{agency}</agencyName>{rest}</lawEnforcement>")


def web_page(url: str) -> str:
    return report(internet=internet("webPageIncident", element("url", url)))


INCIDENTS = [
    *at_most("S201", 256, {"platform": lambda text: report(note=element("platform", text))}),
    Pair("S202", "blank", report(note=element("escalateToHighPriority")), " ", "Example reason"),
    Pair("S202", "empty", report(note=element("escalateToHighPriority")), "", "Example reason"),
    *at_most("S202", 3000, {"reason": lambda text: report(note=element("escalateToHighPriority", text))}),
    Pair("S203", "future", report(moment="{}"), FUTURE, PAST),
    *at_most("S204", 3000, {"description": lambda text: report(after=element("incidentDateTimeDescription", text))}),
]

URL_PLACES: dict[str, Place] = {
    "page": web_page,
    "profile": lambda url: report(suspects=suspect(element("profileUrl", url))),
    "profile-of-recipient": lambda url: report(others=recipient(element("profileUrl", url))),
    "profile-of-victim": lambda url: report(others=victim(element("profileUrl", url))),
    "profile-of-account": lambda url: report(suspects=account(element("profileUrl", url))),
    "terms": lambda url: report(reporter=reporter(rest=element("legalURL", url))),
}
URLS = [
    *(
        Pair("S205", f"space-in-{place}", document("https://example.com/a{}b"), " ", "%20")
        for place, document in URL_PLACES.items()
    ),
    *(
        Pair("S205", f"no-scheme-in-{place}", document("{}example.com/a"), "", "https://")
        for place, document in URL_PLACES.items()
    ),
    *at_most("S205", 2083, URL_PLACES, start="https://example.com/"),
    Pair("S205", "tab", web_page("https://example.com/a{}b"), "&#9;", "%09"),
    Pair("S205", "line-break", web_page("https://example.com/a{}b"), "&#10;", "%0A"),
    Pair("S205", "control-character", web_page("https://example.com/a{}b"), "&#x85;", "%C2%85"),
    Pair("S205", "space-at-the-end", web_page("https://example.com/a{}"), " ", ""),
    Pair("S205", "no-host", web_page("https://{}/a"), "", "example.com"),
    Pair("S205", "empty", web_page("{}"), "", "https://example.com"),
]

MAIL = {
    kind: report(
        internet=internet(kind, "<emailAddress>sam@example.com</emailAddress>"),
        suspects=suspect_person("<email>{}</email>"),
    )
    for kind in ("emailIncident", "newsgroupIncident")
}
DETAILS = inside("internetDetails", lambda holds: report(internet=holds))
INCIDENT_KINDS = [
    *(Pair("S206", kind, document, "kim@example.com", "sam@example.com") for kind, document in MAIL.items()),
    Pair(
        "S206",
        "of-recipient",
        report(
            internet=internet("emailIncident", "<emailAddress>sam@example.com</emailAddress>"),
            others=recipient("<intendedRecipientPerson><email>{}</email></intendedRecipientPerson>"),
        ),
        "kim@example.com",
        "sam@example.com",
    ),
    Pair(
        "S206",
        "of-victim",
        report(
            internet=internet("emailIncident", "<emailAddress>sam@example.com</emailAddress>"),
            others=victim(person="<email>{}</email>"),
        ),
        "kim@example.com",
        "sam@example.com",
    ),
    Pair(
        "S206",
        "every-one",
        report(
            internet=internet("emailIncident", "<emailAddress>sam@example.com</emailAddress>{}"),
            suspects=suspect_person("<email>sam@example.com</email>"),
        ),
        "<emailAddress>kim@example.com</emailAddress>",
        "",
    ),
    *at_most(
        "S207",
        255,
        {
            f"{kind}-{name}": inside(
                name, inside(kind, inside("internetDetails", lambda holds: report(internet=holds)))
            )
            for kind, name in (
                ("newsgroupIncident", "name"),
                ("chatImIncident", "chatClient"),
                ("chatImIncident", "chatRoomName"),
                ("onlineGamingIncident", "gameName"),
                ("onlineGamingIncident", "console"),
                ("nonInternetIncident", "locationName"),
                ("peer2peerIncident", "client"),
            )
        },
    ),
]

CONTACTS = [
    *at_most("S208", 255, {"agency": lambda text: law(agency=text)}),
    *at_most("S208", 100, {"case": lambda text: law(element("caseNumber", text))}),
    Pair(
        "S208",
        "country",
        law('<servedLegalProcessInternational fleaCountry="{}">true</servedLegalProcessInternational>'),
        "A1",
        "AT",
    ),
    Pair(
        "S209",
        "no-email",
        report(reporter=reporter("<firstName>Robin</firstName>{}")),
        "",
        "<email>r@example.com</email>",
    ),
    Pair("S210", "two-suspects", report(suspects=suspect() + "{}"), suspect(), ""),
]


def in_account(holds: str) -> str:
    return report(suspects=account(holds))


PARTIES: dict[str, Place] = {
    "suspect": lambda holds: report(suspects=suspect(holds)),
    "recipient": lambda holds: report(others=recipient(holds)),
    "victim": lambda holds: report(others=victim(holds)),
}
LIMITS = {"espIdentifier": 255, "espService": 100, "screenName": 256, "displayName": 255, "groupIdentifier": 255}
PARTIES_LIMITS = [
    pair
    for party, document in PARTIES.items()
    for name, length in LIMITS.items()
    if (party, name) != ("victim", "groupIdentifier")  # which the schema does not have
    for pair in at_most("S211", length, {f"{name}-of-{party}": inside(name, document)})
] + [
    *at_most("S211", 300, {"vehicle": lambda text: report(suspects=suspect(element("vehicleDescription", text)))}),
    *at_most("S211", 255, {"school": lambda text: report(others=victim(element("schoolName", text)))}),
]

PRIOR = [
    *(
        Pair("S212", f"zero-{party}", document(element("priorCTReports")), "0", "1")
        for party, document in PARTIES.items()
    ),
    Pair("S212", "negative", PARTIES["suspect"](element("priorCTReports")), "-200000001", "200000001"),
    Pair("S212", "in-account", in_account(element("priorCTReport")), "0", "1"),
]

TEMPORARILY, PERMANENTLY = "accountTemporarilyDisabled", "accountPermanentlyDisabled"


def disabled(name: str, attributes: str) -> str:
    return f"<{name} {attributes}>true</{name}>"


DISABLED = [
    *(
        Pair("S213", f"{name}-of-{party}", document(disabled(name, 'disabledDate="{}"')), FUTURE, PAST)
        for name in (TEMPORARILY, PERMANENTLY)
        for party, document in {**PARTIES, "account": in_account}.items()
    ),
    *(
        Pair(
            "S213",
            f"told-{name}",
            PARTIES["suspect"](disabled(name, f'disabledDate="{PAST}" userNotified="true" userNotifiedDate="{{}}"')),
            FUTURE,
            LATER,
        )
        for name in (TEMPORARILY, PERMANENTLY)
    ),
    *(
        Pair(
            "S214",
            f"told-before-{name}",
            PARTIES["suspect"](disabled(name, f'disabledDate="{LATER}" userNotified="true" userNotifiedDate="{{}}"')),
            PAST,
            LATER,
        )
        for name in (TEMPORARILY, PERMANENTLY)
    ),
    Pair(
        "S214",
        "enabled-before",
        PARTIES["suspect"](disabled(TEMPORARILY, f'disabledDate="{PAST}" reenabledDate="{{}}"')),
        "2025-03-14T15:09:25Z",
        "2025-03-14T15:09:27Z",
    ),
    Pair(
        "S214",
        "enabled-at-once",
        PARTIES["suspect"](disabled(TEMPORARILY, f'disabledDate="{PAST}" reenabledDate="{{}}"')),
        PAST,
        LATER,
    ),
]

ACCOUNT_NAMES = (
    *("platform", "firstName", "middleName", "lastName"),
    *("espService", "espIdentifier", "screenName", "groupIdentifier"),
)
ACCOUNTS = [
    *at_most("S215", 256, {name: inside(name, in_account) for name in ACCOUNT_NAMES}),
    *at_most("S215", 255, {"displayName": inside("displayName", in_account)}),
    Pair("S216", "negative-age", in_account(element("approximateAge")), "-1", "0"),
    Pair("S216", "age-150", in_account(element("approximateAge")), "151", "150"),
    Pair(
        "S216",
        "age-and-birth",
        report(suspects=account("<approximateAge>30</approximateAge>{}")),
        "<dateOfBirth>1990-01-01</dateOfBirth>",
        "",
    ),
    Pair(
        "S216",
        "in-victim",
        report(
            others=victim('<associatedAccount type="Linked"><approximateAge>{}</approximateAge></associatedAccount>')
        ),
        "151",
        "15",
    ),
]
