"""The codec on documents that are wrong: codes, paths, lines, and that no value is quoted."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import pytest
from lxml import etree

from cybertip.findings import DocumentError, Findings
from cybertip.models import ROOTS, FileDetails, Person, Report, ReportResponse
from cybertip.schema import Schema
from cybertip.xml import MOST_FINDINGS, Parsed, parse, write
from tests.unit import wire

CANARY = "canary-6b1f"
SUMMARY = (
    "<incidentSummary><incidentType>Child Sex Trafficking</incidentType>"
    "<incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime></incidentSummary>"
)
LINES = """<?xml version="1.0"?>

<report>
  <incidentSummary>
    <incidentType>Child Sex Trafficking</incidentType>
    <!-- a comment
         of two lines -->
    <reportAnnotations><spam/>
      <sextortion/></reportAnnotations>
    <incidentDateTime>2026-01-31T08:00:00Z</incidentDateTime>
  </incidentSummary>
  <reporter>
    <reportingPerson><email verified="true">a@example.com</email>
      <email>b@example.com</email></reportingPerson>
    <companyTemplate>one
two</companyTemplate>
    <legalURL/>
  </reporter>
  <personOrUserReported/>
  <personOrUserReported>
    <associatedAccount type="Other"><priorCTReport>1</priorCTReport>
      <priorCTReport>2</priorCTReport></associatedAccount>
  </personOrUserReported>
</report>
"""


def findings(data: bytes | str, model: type[Report] | None = None) -> Findings:
    with pytest.raises(DocumentError) as caught:
        parse(data if isinstance(data, bytes) else data.encode(), model)
    return caught.value.findings


def report(*, summary: str = SUMMARY, inner: str = "") -> str:
    return f"<report>{summary}<reporter><reportingPerson/></reporter>{inner}</report>"


def short(found: Findings) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in found]


# --- lines -------------------------------------------------------------------------------------------------------


def test_everything_has_its_line_and_its_path() -> None:
    """Elements are numbered where they may repeat, even if there is one; attributes have their element's line."""
    parsed = parse(LINES.encode(), Report)
    assert dict(parsed.lines) == {
        "/report": 3,
        "/report/incidentSummary": 4,
        "/report/incidentSummary/incidentType": 5,
        "/report/incidentSummary/reportAnnotations": 8,
        "/report/incidentSummary/reportAnnotations/spam": 8,
        "/report/incidentSummary/reportAnnotations/sextortion": 9,
        "/report/incidentSummary/incidentDateTime": 10,
        "/report/reporter": 12,
        "/report/reporter/reportingPerson": 13,
        "/report/reporter/reportingPerson/email[1]": 13,
        "/report/reporter/reportingPerson/email[1]/@verified": 13,
        "/report/reporter/reportingPerson/email[2]": 14,
        "/report/reporter/companyTemplate": 15,
        "/report/reporter/legalURL": 17,
        "/report/personOrUserReported[1]": 19,
        "/report/personOrUserReported[2]": 20,
        "/report/personOrUserReported[2]/associatedAccount[1]": 21,
        "/report/personOrUserReported[2]/associatedAccount[1]/@type": 21,
        "/report/personOrUserReported[2]/associatedAccount[1]/priorCTReport[1]": 21,
        "/report/personOrUserReported[2]/associatedAccount[1]/priorCTReport[2]": 22,
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/report/reporter/legalURL", 17),
        ("/report/incidentSummary/platform", 4),
        ("/report/reporter/reportingPerson/email[2]/@verified", 14),
        ("/report/reporter/contactPerson/phone[3]/@type", 12),
        ("/report/personOrUserReported[7]/espIdentifier", 3),
        ("/report", 3),
        ("/fileDetails/reportId", None),
        ("", None),
    ],
)
def test_what_is_not_there_has_the_line_of_what_is_around_it(path: str, line: int | None) -> None:
    """A finding about something missing leads to the nearest element that exists."""
    assert parse(LINES.encode(), Report).line(path) == line


def test_lines_cannot_be_changed() -> None:
    """A parse is a value."""
    parsed: Parsed[Report] = parse(LINES.encode(), Report)
    with pytest.raises(TypeError):
        parsed.lines["/report"] = 1  # type: ignore[index]


@pytest.mark.parametrize("before", [65_520, 65_530, 65_540, 200_000])
def test_lines_beyond_the_parsers_own_count_are_exact(before: int) -> None:
    """libxml2 counts lines in 16 bits; a long chat in front of an element does not move the element's line."""
    chat = "x\n" * before
    text = LINES.replace(
        "<reporter>",
        f"<internetDetails><chatImIncident><content>{chat}</content></chatImIncident></internetDetails><reporter>",
    )
    lines = {path: line + before for path, line in parse(LINES.encode()).lines.items() if line >= 12}
    found = parse(text.encode()).lines
    assert {path: found[path] for path in lines} == {**lines, "/report/reporter": before + 12}
    assert found["/report/incidentSummary/reportAnnotations/sextortion"] == 9


def test_findings_beyond_the_parsers_own_count_have_exact_lines() -> None:
    """A mistake after a long text is found where it is, by the codec and by the schema."""
    text = LINES.replace("one\n", "one\n" * 70_000).replace("<priorCTReport>2<", "<priorCTReport>x<")
    (finding,) = findings(text)
    assert finding.line == 69_999 + 22
    assert Schema.bundled().validate(text.encode()) == Findings([finding])


# --- roots -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["person", "victim", "incidentSummary", "Report", "files", "html", "_"])
def test_other_roots_are_no_documents(root: str) -> None:
    """Only the four documents may be the root, although the schema declares more elements."""
    (finding,) = findings(f"<{root}/>")
    assert (finding.code, finding.path, finding.line) == ("X002", f"/{root}", 1)
    assert "<report> or <fileDetails> or <reportResponse> or <reportDoneResponse>" in finding.cure


def test_the_wanted_root_is_the_only_one() -> None:
    """Whoever expects a report does not get another document."""
    (finding,) = findings(write(FileDetails(report_id=1, file_id="f")), Report)
    assert finding.message == "<fileDetails> is not a document"
    assert finding.cure == "The root must be <report>."
    with pytest.raises(DocumentError):
        parse(report().encode(), ReportResponse)
    with pytest.raises(DocumentError):
        parse(b"<person/>", Person)


def test_a_namespace_is_told_as_the_reason() -> None:
    """A document in a namespace is refused with the advice to remove it, and the namespace is not quoted."""
    (finding,) = findings(report().replace("<report>", f'<report xmlns="urn:{CANARY}">', 1))
    assert finding.path == "/report"
    assert "remove the xmlns" in finding.cure
    assert CANARY not in str(finding)


# --- codes and paths ---------------------------------------------------------------------------------------------


def test_each_kind_of_finding_has_its_code() -> None:
    """One reading tells everything: what the schema refuses, what cannot be held, what lacks its offset."""
    inner = (
        "<personOrUserReported><ipCaptureEvent><ipAddress/><dateTime>2026-01-31T08:00:00</dateTime></ipCaptureEvent>"
        "<ipCaptureEvent><ipAddress/><dateTime>2026-01-31T24:00:00Z</dateTime></ipCaptureEvent>"
        "<priorCTReports>1</priorCTReports><priorCTReports>one</priorCTReports></personOrUserReported>"
        '<victim><victimPerson><phone verificationDate="12026-01-01T00:00:00Z"/><dateOfBirth>2010-01-01Z</dateOfBirth>'
        "</victimPerson></victim>"
    )
    assert short(findings(report(inner=inner))) == [
        ("S119", "/report/personOrUserReported[1]/ipCaptureEvent[1]/dateTime"),
        ("X005", "/report/personOrUserReported[1]/ipCaptureEvent[2]/dateTime"),
        ("X002", "/report/personOrUserReported[1]/priorCTReports[2]"),
        ("X005", "/report/victim[1]/victimPerson/phone[1]/@verificationDate"),
        ("X005", "/report/victim[1]/victimPerson/dateOfBirth"),
    ]


def test_what_wrongly_repeats_is_numbered() -> None:
    """Where a name stands more than once without being allowed to, the path says which one is meant."""
    summary = SUMMARY.replace("<incidentDateTime>", "<platform>a</platform><platform>b</platform><incidentDateTime>")
    (finding,) = findings(report(summary=summary))
    assert (finding.path, finding.message) == (
        "/report/incidentSummary/platform",
        "<platform> may occur only once in <incidentSummary>",
    )
    found = findings(report(inner="<unknown/><unknown/>"))
    assert [finding.path for finding in found] == ["/report/unknown[1]", "/report/unknown[2]"]


def test_reading_ends_after_so_many_findings() -> None:
    """Nobody mends more at once, and hostile documents could hold millions."""
    inner = f"<personOrUserReported>{'<priorCTReports>x</priorCTReports>' * 300}</personOrUserReported>"
    assert len(findings(report(inner=inner))) == MOST_FINDINGS == 200
    unknown = findings(report(inner="<unknown/>" * 300))
    assert len(unknown) == 21
    assert "280 more" in unknown[-1].message


@pytest.mark.parametrize("root", ROOTS)
def test_a_wrong_value_anywhere_is_found_at_its_path(root: str) -> None:
    """For every element and attribute that is not free text, the path of the finding is the path of the value."""
    tried = 0
    for path in wire.paths(ROOTS[root]):
        if wire.is_text(path[-1]):
            continue
        data = wire.holding(ROOTS[root], path, wire.value(path[-1]))
        tree = etree.fromstring(write(ROOTS[root].model_validate(data)))
        place = wire.xml_path(root, path)
        owner, _, name = place.removeprefix(f"/{root}/").partition("/@")
        element = tree.find(owner)
        assert element is not None
        if name:
            element.set(name, "?")
        else:
            element.text = "?"
        assert short(findings(etree.tostring(tree))) == [("X002", place)]
        tried += 1
    assert tried


# --- discretion --------------------------------------------------------------------------------------------------


def broken(root: str) -> Iterator[bytes]:
    """A full document, broken in every place, with the canary there and everywhere else."""
    model = ROOTS[root]
    good = write(model.model_validate(wire.filled(model, CANARY)))
    for number in range(len(list(etree.fromstring(good).iter()))):
        # Each element is broken in one way; the kinds of elements occur often enough to meet all.
        tree = etree.fromstring(good)
        element = list(tree.iter())[number]
        if number % 6 == 0:
            element.text = CANARY
        elif number % 6 == 1:
            element.tail = CANARY
        elif number % 6 == 2:
            element.set("unknown", CANARY)
            element.set(f"{{urn:{CANARY}}}verified", CANARY)
        elif number % 6 == 3:
            child = etree.SubElement(element, f"{{urn:{CANARY}}}port", {"type": CANARY})
            child.text = CANARY
        elif number % 6 == 4:
            element.set("{http://www.w3.org/2001/XMLSchema-instance}type", CANARY)
            element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", CANARY)
        else:
            for name in element.attrib:
                element.set(name, CANARY)
        yield etree.tostring(tree)
    yield good[: len(good) // 2]
    yield good.replace(b"<", f'<!DOCTYPE {CANARY} SYSTEM "{CANARY}" [<!ENTITY {CANARY} "{CANARY}">]><'.encode(), 2)
    yield good.replace(CANARY.encode(), f"{CANARY}&{CANARY};".encode(), 1)
    yield good.replace(CANARY.encode(), f"{CANARY}\x01{CANARY}".encode(), 1)
    yield good.replace(CANARY.encode(), f"{CANARY}<{CANARY}".encode(), 1)
    yield good + CANARY.encode()
    yield good.replace(b"UTF-8", CANARY.encode(), 1)


def said(found: Findings) -> str:
    return repr(found) + "".join(f"{finding}{finding.as_dict()}" for finding in found)


@pytest.mark.parametrize("root", ROOTS)
def test_no_finding_quotes_the_document(root: str) -> None:
    """Whatever is wrong, no message, path, cure or traceback holds a value of the document."""
    wrong = 0
    for data in broken(root):
        found = Schema.bundled().validate(data)
        assert CANARY not in said(found)
        try:
            parse(data)
        except DocumentError as problem:
            shown = [said(problem.findings), str(problem), repr(problem), *traceback.format_exception(problem)]
            assert not any(CANARY in text for text in shown)
            wrong += 1
    assert wrong >= 7
