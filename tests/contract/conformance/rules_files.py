"""Pairs for the rules on the details of a file (S301 to S308, and shared types), and on batched reports (B401 to B406).

Documents on files have holes for the ids of the report and the file as well.
"""

from __future__ import annotations

from tests.contract.conformance.documents import (
    ADDRESS_EVENT,
    DEVICE,
    FUTURE,
    PAST,
    VIRAL,
    WEB_PAGE,
    batched_report,
    file_details,
    recipient,
    suspect,
    victim,
)
from tests.contract.conformance.pairs import Pair, at_most

MEME = "<fileAnnotations><potentialMeme/></fileAnnotations>"
OLD_MEME = "<potentialMeme>true</potentialMeme>"
REPORTED = "<fileRelevance>Reported</fileRelevance>"
SUPPLEMENTAL = "<fileRelevance>Supplemental Reported</fileRelevance>"
VIEWED = "<fileViewedByEsp>true</fileViewedByEsp>"
PART = "<nameValuePair><name>{}</name><value>1</value></nameValuePair>"

FILES = [
    Pair("S301", "report-zero", file_details().replace("{report}", "{}"), "0", "{report}"),
    Pair("S301", "report-negative", file_details().replace("{report}", "{}"), "-1", "{report}"),
    Pair("S301", "file-empty", file_details().replace("{file}", "{}"), "", "{file}"),
    Pair("S301", "file-blank", file_details().replace("{file}", "{}"), "  ", "{file}"),
    *at_most("S302", 2056, {"name": lambda text: file_details(f"<originalFileName>{text}</originalFileName>")}),
    Pair("S303", "future", file_details("<uploadedToEspTimestamp>{}</uploadedToEspTimestamp>"), FUTURE, PAST),
    Pair("S304", "unsaid", file_details("{}<exifViewedByEsp>true</exifViewedByEsp>"), "", VIEWED),
    Pair(
        "S304",
        "denied",
        file_details("<fileViewedByEsp>{}</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp>"),
        "false",
        "true",
    ),
    Pair("S305", "annotation", file_details("{}" + MEME), SUPPLEMENTAL, REPORTED),
    Pair("S305", "old-form", file_details("{}" + OLD_MEME), SUPPLEMENTAL, REPORTED),
    Pair(
        "S306",
        "classified",
        file_details("{}<industryClassification>A1</industryClassification>"),
        SUPPLEMENTAL,
        REPORTED,
    ),
    *at_most(
        "S307",
        64,
        {"type": lambda text: file_details(f'<originalFileHash hashType="{text}">00ff</originalFileHash>')},
    ),
    *at_most("S308", 64, {"name": lambda text: file_details(f"<details>{PART.replace('{}', text)}</details>")}),
]
"""Rules of file details alone."""

FILES_SHARED = [
    Pair(
        "S101",
        "address",
        file_details("<ipCaptureEvent><ipAddress>{}</ipAddress></ipCaptureEvent>"),
        "198.51.100.256",
        "198.51.100.255",
    ),
    Pair(
        "S102",
        "event",
        file_details(
            "<ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><dateTime>{}</dateTime></ipCaptureEvent>",
        ),
        FUTURE,
        PAST,
    ),
    Pair(
        "S103",
        "port",
        file_details("<ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><port>{}</port></ipCaptureEvent>"),
        "65536",
        "65535",
    ),
    Pair(
        "S104",
        "device",
        file_details("<deviceId><idType>{}</idType><idValue>0001</idValue></deviceId>"),
        " ",
        "Serial",
    ),
    Pair(
        "S105",
        "device",
        file_details("<deviceId><idType>Serial</idType><idValue>0001</idValue><dateTime>{}</dateTime></deviceId>"),
        FUTURE,
        PAST,
    ),
    Pair(
        "S119",
        "upload",
        file_details("<uploadedToEspTimestamp>{}</uploadedToEspTimestamp>"),
        PAST.removesuffix("Z"),
        PAST,
    ),
    Pair(
        "S205",
        "space",
        file_details("<locationOfFile>https://files.example.com/a{}b</locationOfFile>"),
        " ",
        "%20",
    ),
    Pair("S205", "no-scheme", file_details("<locationOfFile>{}example.com/a</locationOfFile>"), "", "https://"),
    *at_most(
        "S205",
        2083,
        {"location": lambda text: file_details(f"<locationOfFile>{text}</locationOfFile>")},
        start="https://example.com/",
    ),
]
"""Rules of types that reports have as well, and of URLs."""

_PERSON = "<personOrUserReportedPerson><firstName>Sam</firstName></personOrUserReportedPerson>"
_ID = "<espIdentifier>user-7f3a</espIdentifier>"
# What a reported user of a batched report must not hold, and whether it stands before its one identifier.
_BEFORE = {"person": _PERSON, "vehicle": "<vehicleDescription>A red car</vehicleDescription>"}
_BEHIND = {
    "service": "<espService>Example Pictures</espService>",
    "compromised": "<compromisedAccount>false</compromisedAccount>",
    "screen-name": "<screenName>sample_user</screenName>",
    "display-name": "<displayName>Sample</displayName>",
    "profile-url": "<profileUrl>https://example.com/7f3a</profileUrl>",
    "profile-text": "<profileBio>Hello</profileBio>",
    "event": ADDRESS_EVENT,
    "device": DEVICE,
    "third-party": "<thirdPartyUserReported>false</thirdPartyUserReported>",
    "prior-report": "<priorCTReports>200000001</priorCTReports>",
    "group": "<groupIdentifier>group-1</groupIdentifier>",
    "disabled": "<accountPermanentlyDisabled>true</accountPermanentlyDisabled>",
    "location": "<estimatedLocation><countryCode>DE</countryCode></estimatedLocation>",
    "all-emails": "<allEmailsReported>true</allEmailsReported>",
    "account": '<associatedAccount type="Linked"><screenName>sample</screenName></associatedAccount>',
    "text": "<additionalInfo>Example text</additionalInfo>",
}
BATCHED_REPORTS = [
    *(Pair("B401", what, batched_report(suspects=suspect("{}" + _ID)), part, "") for what, part in _BEFORE.items()),
    *(Pair("B401", what, batched_report(suspects=suspect(_ID + "{}")), part, "") for what, part in _BEHIND.items()),
    Pair("B401", "no-identifier", batched_report(suspects=suspect("{}")), "<espService>Example</espService>", _ID),
    Pair(
        "B402",
        "escalation",
        batched_report(note="{}"),
        "<escalateToHighPriority>Example reason</escalateToHighPriority>",
        "",
    ),
    Pair("B402", "internet-details", batched_report(internet="{}"), WEB_PAGE, ""),
    Pair(
        "B402",
        "law-enforcement",
        batched_report(law="{}"),
        "<lawEnforcement><agencyName>Example Police</agencyName></lawEnforcement>",
        "",
    ),
    Pair("B402", "recipient", batched_report(others="{}"), recipient(_ID), ""),
    Pair("B402", "victim", batched_report(others="{}"), victim(), ""),
    Pair("B402", "text", batched_report(last="{}"), "<additionalInfo>Example text</additionalInfo>", ""),
]
"""Refused when the report is submitted."""

_BEFORE_ANNOTATION = {
    "file-name": "<fileName>picture.png</fileName>",
    "original-name": "<originalFileName>picture.png</originalFileName>",
    "location": "<locationOfFile>https://files.example.com/a</locationOfFile>",
}
_BEHIND_ANNOTATION = {
    "hash": '<originalFileHash hashType="MD5">900150983cd24fb0d6963f7d28e17f72</originalFileHash>',
    "event": ADDRESS_EVENT,
    "device": DEVICE,
    "details": f"<details>{PART.replace('{}', 'Width')}</details>",
    "text": "<additionalInfo>Example text</additionalInfo>",
}
BATCHED_FILES = [
    Pair("B404", "no-annotation", file_details(f"{VIEWED}{{}}"), "", VIRAL),
    Pair("B404", "empty-annotations", file_details("<fileAnnotations>{}</fileAnnotations>"), "", "<potentialMeme/>"),
    Pair("B404", "another-one", file_details("<fileAnnotations>{}</fileAnnotations>"), "<generativeAi/>", "<viral/>"),
    Pair(
        "B404",
        "one-too-many",
        file_details("<fileAnnotations><potentialMeme/><viral/>{}</fileAnnotations>"),
        "<generativeAi/>",
        "",
    ),
    Pair("B404", "old-form", file_details("<potentialMeme>{}</potentialMeme>"), "false", "true"),
    *(Pair("B405", what, file_details("{}" + VIRAL), part, "") for what, part in _BEFORE_ANNOTATION.items()),
    *(Pair("B405", what, file_details(VIRAL + "{}"), part, "") for what, part in _BEHIND_ANNOTATION.items()),
    Pair("B406", "relevance", file_details("{}" + VIRAL), SUPPLEMENTAL, REPORTED),
]
"""Refused when the file of a batched report is described."""
