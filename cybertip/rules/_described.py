"""What other parts of the package check: reading and the schema (X, S119), the provider's policy (P).

They are described here, so that everything a finding can say is explained in one place.
"""

from __future__ import annotations

from cybertip.findings import Severity
from cybertip.rules._registry import Rule, describe

_READING = "when a document is read"
_PRODUCTION = "before anything is filed in production, and by `cybertip profile check`"
_POLICY = "when a record is built, with `policy.reviewers` of the reporter profile"
_FILING = "when a record comes in to be filed, and when a ledger is opened (`cybertip.worker`, `cybertip.ledger`)"


def _error(code: str, title: str, reason: str, cure: str, section: str, checked: str, wrong: str = "") -> None:
    describe(Rule(code, Severity.ERROR, title, reason, cure, section, wrong, checked=checked))


_error(
    "X001",
    "The document is well-formed",
    "What is no XML, or a record that is no JSON, cannot be read at all.",
    "Write documents with a library rather than by joining texts.",
    "XML 1.0",
    _READING,
    "<report><incidentSummary></report>",
)
_error(
    "X002",
    "The document is as the schema wants it",
    "The server validates every document; wrong order is what users hit most. A record is checked likewise.",
    "The finding says what to move, add or mend.",
    "the schema of 2025-06 with later additions",
    _READING,
    "<ipCaptureEvent><port>51812</port><ipAddress>192.0.2.44</ipAddress></ipCaptureEvent>",
)
_error(
    "X003",
    "Every character is one that XML 1.0 allows",
    "Most control characters and lone surrogates cannot be written, not even escaped.",
    "Remove it, or replace it by U+FFFD.",
    "XML 1.0, section 2.2",
    _READING,
)
_error(
    "X004",
    "There is no document type declaration and no entity",
    "They can make a parser fetch files or exhaust memory, so they are refused unread.",
    "Remove them.",
    "XML 1.0, section 2.8",
    _READING,
    '<!DOCTYPE report SYSTEM "report.dtd">',
)
_error(
    "X005",
    "Every value can be held exactly",
    "The schema allows values that reading would change: 24:00:00, five-digit years, NaN, dates with a time zone.",
    "Write it in the usual form.",
    "the schema of 2025-06",
    _READING,
    "<incidentDateTime>2026-01-31T24:00:00Z</incidentDateTime>",
)
_error(
    "S119",
    "Every time carries its UTC offset",
    "The schema does not demand it, the documentation does: without it a time can be wrong by a day.",
    "Give the offset that the time was recorded with, Z or ±hh:mm. Do not guess it.",
    "NCMEC's documentation of the reporting API (2025-06-11 and additions), section on dates and times",
    _READING,
    "<incidentDateTime>2026-01-31T08:00:00</incidentDateTime>",
)
_error(
    "P501",
    "A named reviewer has confirmed the decision at a stated time",
    "Only what a person has confirmed is ever filed, and nobody has confirmed anything in the future.",
    "Have a person confirm it, and record who and when.",
    "the provider's policy",
    "when a record is built; whether the time has come, when what was built is checked",
)
_LOOKED_AT = "when a record is built, as far as somebody looked at the files (`cybertip.gates.Seen`)"

for _code, _title, _reason, _cure in (
    (
        "P502",
        "As many different reviewers have confirmed it as the policy asks for",
        "One by default, two for four eyes, however a name is spelled. A named person can override it if urgent.",
        "Have another person review it.",
    ),
    (
        "P503",
        "Every evidence file still has the digest that was reviewed",
        "What is sent is what people looked at.",
        "Find the file that was reviewed, or have the present one reviewed.",
    ),
    (
        "P504",
        "A file with another digest than the reviewed one is never said to be viewed",
        "It decides whether police need a warrant.",
        "Have this very file reviewed.",
    ),
    (
        "P505",
        "Environment, endpoint, credentials and ledger belong together",
        "Nothing made for test goes to production, nor the reverse.",
        "Use the settings of one environment.",
    ),
    (
        "P506",
        "The record has not been filed, and is not being filed",
        "Each record ends as one report.",
        "Look up the earlier filing; a correction or a supplement is a command of its own.",
    ),
    (
        "P507",
        "Before production the reporter profile is complete, with no placeholder and nothing that would be refused",
        "Law enforcement calls the numbers that stand in it, and what the server refuses in it spoils every report.",
        "Fill in the profile; `cybertip profile check` lists what is left of it.",
    ),
    (
        "P508",
        "Every evidence file can be read",
        "A report without its files helps little.",
        "Mend the path or the file.",
    ),
):
    _checked = {
        "P502": _POLICY,
        "P503": _LOOKED_AT,
        "P504": "when a record is built",
        "P507": _PRODUCTION,
        "P508": _LOOKED_AT,
    }.get(_code, _FILING)
    _error(_code, _title, _reason, _cure, "the provider's policy", _checked)


_BUILDING = "when a record is built into documents"


def _repair(code: str, title: str, reason: str, wrong: str, right: str) -> None:
    cure = "Nothing needs to be done; correct the record if the value is wrong."
    section = "the project's promise that nothing true is dropped"
    describe(Rule(code, Severity.INFO, title, reason, cure, section, wrong, right, checked=_BUILDING))


_repair(
    "R701",
    "Characters that XML cannot carry were replaced",
    "Most control characters and lone surrogates cannot be written at all; U+FFFD shows where one stood.",
    '"profile_bio": "a\\u0001b"',
    '[original] /report/personOrUserReported[1]/profileBio: "a\\u0001b"',
)
_repair(
    "R702",
    "A value is told by other elements than the record's field",
    "Server logs write address and port as one, and the schema's list of states lacks two.",
    '"ip_address": "192.0.2.44:51812"',
    "<ipAddress>192.0.2.44</ipAddress>…<port>51812</port>, and the original in additionalInfo",
)
_repair(
    "R703",
    "A free text was cut at its limit and stands in full elsewhere",
    "The server refuses longer texts; the start is worth reading in its place, the whole is in additionalInfo.",
    "a platform of 300 characters",
    "its first 256 characters, and the whole in additionalInfo",
)
_repair(
    "R704",
    "A value that the server would refuse was moved",
    "A malformed address may still lead to a person; a cut one would lead to another.",
    '"emails": [{"address": "user at example"}]',
    '[original] /report/personOrUserReported[1]/personOrUserReportedPerson/email[1]: "user at example"',
)
_repair(
    "R705",
    "A code that no list knows was moved",
    "States, countries and calling codes are written in many ways, and nobody may guess which one is meant.",
    '"state": "California"',
    '[original] /report/personOrUserReported[1]/personOrUserReportedPerson/address[1]/state: "California"',
)
_repair(
    "R706",
    "A value could not be carried at all, and is kept by the provider alone",
    "A batched report allows no additionalInfo that could hold it.",
    "a value of a batched report that would have been moved",
    "the value in the package's repairs",
)
_repair(
    "R707",
    "A line that looks like a kept original was set apart",
    "What a user wrote must not be read back as something that a repair took out of its place.",
    '"notes": "[original] /report/…"',
    "<additionalInfo> [original] /report/…</additionalInfo>, with a space before it",
)
