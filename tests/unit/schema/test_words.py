"""Each kind of mistake in the words that a reporter reads, with its path and its line."""

from __future__ import annotations

import pytest

from cybertip.findings import Findings, Severity
from cybertip.schema import Schema
from cybertip.xml import MOST_FINDINGS

LINES = """<report>
<incidentSummary>
<incidentType>Child Sex Trafficking</incidentType>
<reportAnnotations>
<spam/>
</reportAnnotations>
<incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime>
</incidentSummary>
<internetDetails>
<webPageIncident thirdPartyHostedContent="true">
<url>https://example.com/</url>
</webPageIncident>
</internetDetails>
<reporter>
<reportingPerson>
<phone countryCallingCode="+1" extension="7">5550100</phone>
<email type="Work">a@example.com</email>
<address type="Home">
<country>DE</country>
</address>
<age>40</age>
<dateOfBirth>1984-02-29</dateOfBirth>
</reportingPerson>
</reporter>
<personOrUserReported>
<ipCaptureEvent>
<ipAddress>203.0.113.9</ipAddress>
<dateTime>2026-01-31T08:00:00Z</dateTime>
<port>443</port>
</ipCaptureEvent>
<priorCTReports>1</priorCTReports>
<associatedAccount type="Linked">
<platform>Example</platform>
</associatedAccount>
</personOrUserReported>
</report>
"""
SUSPECT = "/report/personOrUserReported[1]"
EVENT = f"{SUSPECT}/ipCaptureEvent[1]"
PERSON = "/report/reporter/reportingPerson"
WHOLE = "must be a whole number between -2147483648 and 2147483647"
EMPTY = "It is empty: leave the element out if nothing is known."
TIME = "must be a date and time with its UTC offset, such as 2026-01-31T08:00:00+01:00 or 2026-01-31T07:00:00Z"
FLAG = "<spam> says yes by standing there and cannot say no"
ONE_OF_EIGHT = (
    "It holds exactly one of <webPageIncident>, <emailIncident>, <newsgroupIncident>, <chatImIncident>,"
    " <onlineGamingIncident>, <cellPhoneIncident>, <nonInternetIncident>, <peer2peerIncident>."
)
WEB_PAGE = LINES[LINES.index("<webPageIncident") : LINES.index("</internetDetails>")]
PORT = "<port>443</port>\n"
REPORTER = LINES[LINES.index("<reporter>") : LINES.index("<personOrUserReported>")]
KINDS = (
    "must be one of 'Child Pornography (possession, manufacture, and distribution)', 'Child Sex Trafficking',"
    " 'Child Sex Tourism', 'Child Sexual Molestation', 'Misleading Domain Name',"
    " 'Misleading Words or Digital Images on the Internet', 'Online Enticement of Children for Sexual Acts',"
    " 'Unsolicited Obscene Material Sent to a Child'"
)
MOVE = "The order of elements is fixed: move it."

# What is replaced, by what; then line, path, message and cure of the one finding.
MISTAKES = {
    "order": (
        f"<dateTime>2026-01-31T08:00:00Z</dateTime>\n{PORT}", f"{PORT}<dateTime>2026-01-31T08:00:00Z</dateTime>\n",
        28, f"{EVENT}/port", "<port> must come after <dateTime>", MOVE,
    ),
    "order, at the start": (
        f"<ipAddress>203.0.113.9</ipAddress>\n<dateTime>2026-01-31T08:00:00Z</dateTime>\n{PORT}",
        f"<dateTime>2026-01-31T08:00:00Z</dateTime>\n{PORT}<ipAddress>203.0.113.9</ipAddress>\n",
        29, f"{EVENT}/ipAddress", "<ipAddress> must come before <dateTime>", MOVE,
    ),
    "order of a large part": (
        REPORTER, "<additionalInfo/>" + REPORTER,
        14, "/report/additionalInfo", "<additionalInfo> must come after <personOrUserReported>", MOVE,
    ),
    "missing element": (
        "<ipAddress>203.0.113.9</ipAddress>\n", "",
        26, EVENT, "<ipAddress> is missing in <ipCaptureEvent>", "Add it at the start of <ipCaptureEvent>.",
    ),
    "missing element in the middle": (
        REPORTER, "",
        1, "/report", "<reporter> is missing in <report>", "Add it after <internetDetails>.",
    ),
    "repeated element": (
        PORT, PORT + PORT,
        30, f"{EVENT}/port", "<port> may occur only once in <ipCaptureEvent>", "Keep one of them.",
    ),
    "repeated flag": (
        "<spam/>", "<spam/><spam/>",
        5, "/report/incidentSummary/reportAnnotations/spam",
        "<spam> may occur only once in <reportAnnotations>", "Keep one of them.",
    ),
    "misspelt element": (
        PORT, PORT + "<possibleProxi>true</possibleProxi>\n",
        30, f"{EVENT}/possibleProxi", "<possibleProxi> is not an element of <ipCaptureEvent>",
        "Did you mean <possibleProxy>?",
    ),
    "unknown element": (
        PORT, PORT + "<zz/>\n",
        30, f"{EVENT}/zz", "<zz> is not an element of <ipCaptureEvent>",
        "Allowed are: <ipAddress>, <eventName>, <dateTime>, <possibleProxy>, <port>.",
    ),
    "element in a namespace": (
        PORT, '<p:port xmlns:p="urn:example:p">443</p:port>\n',
        29, f"{EVENT}/port", "<port> is in a namespace", "The documents have no namespace: remove the xmlns.",
    ),
    "element in an empty one": (
        "<incidentSummary>", '<batchedReport reason="VIRAL_POTENTIAL_MEME"><a/></batchedReport><incidentSummary>',
        2, "/report/batchedReport/a", "<a> stands in <batchedReport>, which holds no elements", "Remove it.",
    ),
    "choice, two": (
        "</internetDetails>", "<emailIncident/></internetDetails>",
        13, "/report/internetDetails[1]/emailIncident",
        "<emailIncident> and <webPageIncident> exclude each other in <internetDetails>", "Keep one of them.",
    ),
    "choice, none": (
        WEB_PAGE, "",
        9, "/report/internetDetails[1]", "<internetDetails> is empty", ONE_OF_EIGHT,
    ),
    "missing attribute": (
        ' type="Linked"', "",
        32, f"{SUSPECT}/associatedAccount[1]", "<associatedAccount> lacks its attribute 'type'",
        "Add it: one of 'Billing', 'Linked', 'Business', 'Creator', 'Parent/Guardian', 'Other'.",
    ),
    "unknown attribute": (
        "<age>", '<age unit="years">',
        21, f"{PERSON}/age", "<age> has no attribute 'unit'", "Remove it.",
    ),
    "attribute of another element": (
        "<associatedAccount ", '<associatedAccount accountType="Linked" ',
        32, f"{SUSPECT}/associatedAccount[1]", "<associatedAccount> has no attribute 'accountType'", "Remove it.",
    ),
    "attribute in a namespace": (
        '<email type="Work">', '<email xmlns:p="urn:example:p" p:type="Work">',
        17, f"{PERSON}/email[1]", "<email> has no attribute 'type' in a namespace", "Remove it.",
    ),
    "nil": (
        "<age>", '<age xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false">',
        21, f"{PERSON}/age", "<age> has no attribute 'xsi:nil'", "Remove it.",
    ),
    "wrong attribute from a list": (
        '"Work"', '"work"',
        17, f"{PERSON}/email[1]/@type",
        "attribute 'type' of <email> must be one of 'Home', 'Work', 'Business', 'Recovery'", "",
    ),
    "wrong truth value in an attribute": (
        'thirdPartyHostedContent="true"', 'thirdPartyHostedContent="yes"',
        10, "/report/internetDetails[1]/webPageIncident/@thirdPartyHostedContent",
        "attribute 'thirdPartyHostedContent' of <webPageIncident> must be true or false", "",
    ),
    "attribute without its form": (
        '"+1"', '"1"',
        16, f"{PERSON}/phone[1]/@countryCallingCode",
        "attribute 'countryCallingCode' of <phone> must be a plus sign and one to three digits", "",
    ),
    "value from a short list": (
        "Child Sex Trafficking", "child sex trafficking",
        3, "/report/incidentSummary/incidentType", f"<incidentType> {KINDS}", "",
    ),
    "value from a long list": (
        "<country>DE</country>", "<country>Germany</country>",
        19, f"{PERSON}/address[1]/country", "<country> must be one of the listed codes", "",
    ),
    "no number": ("<port>443</port>", "<port>https</port>", 29, f"{EVENT}/port", f"<port> {WHOLE}", ""),
    "number out of range": ("<port>443</port>", "<port>2147483648</port>", 29, f"{EVENT}/port", f"<port> {WHOLE}", ""),
    "empty number": ("<port>443</port>", "<port/>", 29, f"{EVENT}/port", f"<port> {WHOLE}", EMPTY),
    "blank number": ("<port>443</port>", "<port> </port>", 29, f"{EVENT}/port", f"<port> {WHOLE}", EMPTY),
    "no date": (
        "1984-02-29", "29.02.1984",
        22, f"{PERSON}/dateOfBirth", "<dateOfBirth> must be a date such as 2009-12-31", "",
    ),
    "a day that does not exist": (
        "1984-02-29", "1985-02-29",
        22, f"{PERSON}/dateOfBirth", "<dateOfBirth> must be a date such as 2009-12-31", "",
    ),
    "no time": (
        "<dateTime>2026-01-31T08:00:00Z", "<dateTime>2026-01-31 08:00",
        28, f"{EVENT}/dateTime", f"<dateTime> {TIME}", "",
    ),
    "empty time": (
        "<dateTime>2026-01-31T08:00:00Z", "<dateTime>",
        28, f"{EVENT}/dateTime", f"<dateTime> {TIME}", EMPTY,
    ),
    "text between elements": (
        PORT, f"{PORT}text\n",
        26, EVENT, "<ipCaptureEvent> holds text between its elements", "Remove it.",
    ),
    "white space in an empty element": (
        "<incidentSummary>", '<batchedReport reason="VIRAL_POTENTIAL_MEME"> </batchedReport><incidentSummary>',
        2, "/report/batchedReport", "<batchedReport> holds text between its elements",
        "Write the element empty, without white space.",
    ),
    "markup in a text": (
        "a@example.com", "<b>a@example.com</b>",
        17, f"{PERSON}/email[1]", "<b> stands in <email>, which holds only text",
        "Write < as &lt; if it is part of the text.",
    ),
    "flag that says no": (
        "<spam/>", "<spam>false</spam>",
        5, "/report/incidentSummary/reportAnnotations/spam", FLAG, "Write it empty, or leave it out.",
    ),
    "flag that says one": (
        "<spam/>", "<spam>1</spam>",
        5, "/report/incidentSummary/reportAnnotations/spam", FLAG, "Write it empty, or leave it out.",
    ),
}  # fmt: skip


def test_the_document_without_mistakes_has_no_findings() -> None:
    """What the next tests rely on."""
    assert Schema.bundled().validate(LINES.encode()) == Findings()


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_one_mistake_gives_one_finding_in_plain_words(mistake: tuple[str, str, int, str, str, str]) -> None:
    """The finding names what to move, add, remove or change, and nothing else is said."""
    before, after, line, path, message, cure = mistake
    assert LINES.count(before) == 1
    (finding,) = Schema.bundled().validate(LINES.replace(before, after).encode())
    assert (finding.line, finding.path, finding.message, finding.cure) == (line, path, message, cure)
    assert (finding.code, finding.severity) == ("X002", Severity.ERROR)


def test_all_mistakes_are_told_at_once() -> None:
    """A reporter with several mistakes need not mend and validate in turns."""
    text = LINES
    expected = []
    for name in ("value from a short list", "missing attribute", "no number", "no date", "choice, two"):
        before, after, _, path, message, _ = MISTAKES[name]
        text = text.replace(before, after)
        expected.append((path, message))
    found = Schema.bundled().validate(text.encode())
    assert sorted((finding.path, finding.message) for finding in found) == sorted(expected)
    assert [finding.line for finding in found] == sorted(finding.line or 0 for finding in found)


def test_the_fewest_elements_are_to_be_moved() -> None:
    """Of many elements in a row with one that is misplaced, only that one is named."""
    names = ["espIdentifier", "espService", "screenName", "vehicleDescription", "displayName", "profileUrl"]
    text = LINES.replace("<ipCaptureEvent>", "".join(f"<{name}/>" for name in names) + "<ipCaptureEvent>")
    (finding,) = Schema.bundled().validate(text.encode())
    assert finding.message == "<vehicleDescription> must come before <espIdentifier>"
    swapped = LINES.replace("<ipCaptureEvent>", "<screenName/><espIdentifier/><espService/><ipCaptureEvent>")
    (finding,) = Schema.bundled().validate(swapped.encode())
    assert finding.message == "<screenName> must come after <espService>"


def test_the_number_of_findings_is_bounded() -> None:
    """A large document that is wrong everywhere ends with as many findings as anybody reads."""
    wrong = "<priorCTReports>x</priorCTReports>"
    for count in (MOST_FINDINGS + 50, 6_000):
        found = Schema.bundled().validate(
            LINES.replace("<priorCTReports>", f"{wrong * count}<priorCTReports>").encode()
        )
        assert len(found) == MOST_FINDINGS
    many = "".join(f"<zz{number}/>" for number in range(100))
    found = Schema.bundled().validate(LINES.replace(PORT, PORT + many).encode())
    assert len(found) == 21
    assert found[-1].message == "<ipCaptureEvent> holds 80 more elements that are not its own"


@pytest.mark.parametrize("name", ["n" * 60, "n" * 61, "n" * 40_000])
def test_long_names_are_cut(name: str) -> None:
    """A name that fills the screen does not."""
    for text in (f"<{name}/>", LINES.replace(PORT, f"<{name}/>"), LINES.replace("<age>", f"<age {name}=''>")):
        for finding in Schema.bundled().validate(text.encode()):
            if "n" * 10 in finding.message:
                assert ("n" * 61 in str(finding)) is False
                assert ("…" in finding.message) is (len(name) > 60)
