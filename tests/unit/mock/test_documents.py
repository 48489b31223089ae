"""What the mock says of documents that the schema refuses: constraint, sentence and place, like a Java validator."""

from __future__ import annotations

import re

import pytest

from cybertip.mock.answers import Code, Place, Refused
from cybertip.mock.documents import read_details, read_report
from cybertip.mock.positions import Mark, place_of, place_of_break
from tests.samples import file_details_xml, report_xml
from tests.unit.mock.hand_clock import START

REPORT = report_xml().decode()


def refusal(document: str) -> Refused:
    with pytest.raises(Refused) as caught:
        read_report(document.encode(), START)
    return caught.value


def behind(document: str, tag: str) -> Place:
    """The place right behind a tag, worked out in another way: by counting characters."""
    before = document[: document.index(tag) + len(tag)]
    return Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


EMAIL = "<email>trust@example.com</email>"
EVENT = "<ipAddress>203.0.113.9</ipAddress>"
BROKEN = {
    "wrong element": (
        REPORT.replace("<platform>", "\n<x/><platform>"),
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'x'. One of '{platform,"
            " escalateToHighPriority, reportAnnotations, incidentDateTime}' is expected."
        ),
        "<x/>",
    ),
    "wrong order": (
        re.sub("(<incidentSummary>.*</incidentSummary>)(.*)(<reporter>.*</reporter>)", r"\3\1\2", REPORT),
        (
            "cvc-complex-type.2.4.a: Invalid content was found starting with element 'reporter'. One of"
            " '{batchedReport, incidentSummary}' is expected."
        ),
        "<reporter>",
    ),
    "nothing expected": (
        REPORT.replace(EVENT, f"{EVENT}<port>1</port><eventName>Login</eventName>"),
        (
            "cvc-complex-type.2.4.d: Invalid content was found starting with element 'eventName'. No element is"
            " expected here."
        ),
        "<eventName>",
    ),
    "incomplete": (
        re.sub("<reporter>.*</reporter>.*</report>", "</report>", REPORT),
        (
            "cvc-complex-type.2.4.b: The content of element 'report' is not complete. One of '{internetDetails,"
            " lawEnforcement, reporter}' is expected."
        ),
        "</report>",
    ),
    "wrong value": (
        REPORT.replace("2025-03-14T15:09:26Z</incidentDateTime>", "14.3.2025: 15 Uhr</incidentDateTime>"),
        "cvc-datatype-valid.1.2.1: '14.3.2025: 15 Uhr' is not a valid value for 'dateTime'.",
        "</incidentDateTime>",
    ),
    "not in the enumeration": (
        REPORT.replace("<eventName>Upload", "<eventName>Up'load"),
        "cvc-enumeration-valid: Value 'Up'load' is not in the enumeration.",
        "</eventName>",
    ),
    "attribute not in the enumeration": (
        REPORT.replace(EMAIL, EMAIL.replace("<email>", '<email type="Office">')),
        "cvc-enumeration-valid: Value 'Office' is not in the enumeration.",
        '<email type="Office">',
    ),
    "attribute that does not match": (
        REPORT.replace(EMAIL, '<phone countryCallingCode="49">5550100</phone>' + EMAIL),
        "cvc-pattern-valid: Value '49' does not match the pattern.",
        '<phone countryCallingCode="49">',
    ),
    "unknown attribute": (
        REPORT.replace(EMAIL, EMAIL.replace("<email>", '<email kind="x">')),
        "cvc-complex-type.3.2.2: Attribute 'kind' may not appear on element 'email'.",
        '<email kind="x">',
    ),
    "missing attribute": (
        REPORT.replace("<report>", "<report><batchedReport/>"),
        "cvc-complex-type.4: Attribute 'reason' must appear on element 'batchedReport'.",
        "<batchedReport/>",
    ),
    "attribute on a plain value": (
        REPORT.replace("<platform>", '<platform a="b">'),
        "cvc-type.3.1.1: Element 'platform' is of a simple type and may not have attributes.",
        '<platform a="b">',
    ),
    "element in a plain value": (
        REPORT.replace("</platform>", "<b/></platform>"),
        "cvc-type.3.1.2: Element 'platform' is of a simple type and may not have elements in it.",
        "</platform>",
    ),
    "text between elements": (
        REPORT.replace("<reporter>", "<reporter>text"),
        "cvc-complex-type.2.3: Element 'reporter' may hold elements, but no characters.",
        "</reporter>",
    ),
    "text in an empty element": (
        REPORT.replace("<report>", '<report><batchedReport reason="VIRAL_POTENTIAL_MEME">x</batchedReport>'),
        "cvc-complex-type.2.1: Element 'batchedReport' must be empty.",
        "</batchedReport>",
    ),
    "a flag that says no": (
        REPORT.replace("</platform>", "</platform><reportAnnotations><spam>false</spam></reportAnnotations>"),
        "cvc-elt.5.2.2.2.2: Element 'spam' must have its fixed value.",
        "</spam>",
    ),
    "another document": (
        file_details_xml(1, "f" * 32).decode(),
        "cvc-elt.1: Cannot find the declaration of element 'fileDetails'.",
        "<fileDetails>",
    ),
    "a namespace": (
        REPORT.replace("<report>", '<report xmlns="https://example.com/ns">'),
        "cvc-elt.1: Cannot find the declaration of element 'report'.",
        '<report xmlns="https://example.com/ns">',
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_first_thing_wrong_is_told_as_a_validator_would(what: str) -> None:
    """4100 names the constraint that is broken and the place where a parser that reads on notices it."""
    document, sentence, tag = BROKEN[what]
    refused = refusal(document)
    assert (refused.code, refused.particulars, refused.violations) == (Code.VALIDATION_FAILED, sentence, ())
    # Start tags come before the first end tag of their name, so the first hit is the one that counts.
    assert refused.place == behind(document, tag)


def test_the_sentence_that_was_seen() -> None:
    """A report whose reporter comes first is refused in the very words that providers have seen."""
    document = re.sub("<incidentSummary>.*</internetDetails>", "", REPORT)
    words = "Invalid content was found starting with element 'reporter'. One of '{"
    assert refusal(document).particulars.startswith(f"cvc-complex-type.2.4.a: {words}")


def test_a_flood_of_errors_is_answered_with_the_first() -> None:
    """A document with thousands of errors costs no more than its size, and names the first."""
    strangers = REPORT.replace("<reporter>", "<x/>" * 50_000 + "<reporter>")
    assert "starting with element 'x'" in refusal(strangers).particulars
    wrong_values = REPORT.replace(EMAIL, EMAIL.replace("<email>", '<email type="Office">') * 20_000)
    assert "'type' of <email>" in refusal(wrong_values).particulars


def test_what_cannot_be_held_is_refused() -> None:
    """24:00:00 is valid by the schema; the mock takes the stricter side, like the client's checks."""
    refused = refusal(REPORT.replace("T15:09:26Z</incidentDateTime>", "T24:00:00Z</incidentDateTime>"))
    assert (refused.code, refused.violations) == (Code.VALIDATION_FAILED, ())


def test_a_rule_names_its_place_and_no_value() -> None:
    """A broken rule is told by path and sentence; the values stay out of it, and all violations are known."""
    refused = refusal(REPORT.replace("203.0.113.9", "host.example.com").replace("trust@example.com", "nobody"))
    assert [violation.code for violation in refused.violations] == ["S113", "S101"]
    assert refused.particulars.startswith("/report/reporter/reportingPerson/email[1]: ")
    assert "nobody" not in refused.particulars
    assert refused.place is None


def test_rules_come_before_what_cannot_be_held() -> None:
    """A time without its offset is a broken rule (S119), for reports and for file details."""
    document = REPORT.replace("15:09:26Z</dateTime>", "15:09:26</dateTime>")
    assert {violation.code for violation in refusal(document).violations} == {"S119"}
    details = file_details_xml(1, "f" * 32).replace(b"15:09:26Z", b"15:09:26")
    with pytest.raises(Refused) as caught:
        read_details(details, START)
    assert [violation.code for violation in caught.value.violations] == ["S119"]


@pytest.mark.parametrize("value", ["'" * 64_500, "x" * 100_000, "' is not a valid value of the atomic type 'y'."])
def test_a_value_that_looks_like_the_end_of_a_sentence(value: str) -> None:
    """The value is quoted as it stands in the document, however long it is and whatever it looks like."""
    document = REPORT.replace("<eventName>Upload", f"<eventName>{value}")
    assert refusal(document).particulars == f"cvc-enumeration-valid: Value '{value}' is not in the enumeration."


def test_an_element_of_a_foreign_namespace() -> None:
    """The element that should not be there is named, whatever its prefix."""
    document = REPORT.replace("<reporter>", '<x:foo xmlns:x="https://example.com/ns"/><reporter>')
    refused = refusal(document)
    assert "starting with element 'foo'" in refused.particulars
    assert refused.place == behind(document, '<x:foo xmlns:x="https://example.com/ns"/>')


# --- places ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "us-ascii"])
def test_places_in_every_encoding(encoding: str) -> None:
    """Columns count characters, however many bytes they take; a long text before them does no harm."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a>{"x" * 100_000}<b\n/>{"y" * 100_000}</a>'
    data = text.encode(encoding)
    assert place_of(data, Mark(0, at_end=False)) == Place(2, 4)
    assert place_of(data, Mark(1, at_end=False)) == place_of(data, Mark(1, at_end=True)) == Place(3, 3)
    assert place_of(data, Mark(0, at_end=True)) == Place(3, 3 + 100_000 + 4)


def test_characters_beyond_ascii_count_once() -> None:
    """A column is a number of characters, not of bytes."""
    assert place_of("<a>äöü😀<b/></a>".encode(), Mark(1, at_end=False)) == Place(1, 12)


def test_an_encoding_that_hides_its_places() -> None:
    """A document that expat cannot read has no places."""
    assert place_of(b'<?xml version="1.0" encoding="utf-32"?><a/>', Mark(0, at_end=True)) is None
    assert place_of_break(b'<?xml version="1.0" encoding="utf-32"?><a/>') is None


def test_where_xml_breaks() -> None:
    """A break is told by its line and column; a document that is well-formed has none."""
    assert place_of_break(b"<a>\n  <b></a>") == Place(2, 8)
    assert place_of_break(b"<a/>") is None
