"""What is refused, with which codes (protocol.md, "Response codes" and "What the real server has been seen to do")."""

from __future__ import annotations

import re

import pytest

from tests.contract.conformance.documents import WEB_PAGE, file_details, of_file, report, reporter, suspect
from tests.contract.conformance.target import OpenReport
from tests.contract.conformance.wire import XML, Api

NOBODYS_REPORT = 999_999_999_999_999_999
"""An id that no report has had."""
NOBODYS_FILE = "0123456789abcdef" * 2

FOREIGN = (3000, 3300)
"""A server need not tell a stranger's report from none."""


# --- documents ---


def test_a_schema_failure_is_refused(api: Api) -> None:
    """A report that the schema refuses gets 4100 with HTTP 400, and no reportId (4100; 1001 in 2016)."""
    api.submit(report(note="<unknown/>")).assert_document_refused()


def test_the_wrong_order_of_elements_is_refused(api: Api) -> None:
    """The right elements in the wrong order fail the schema: what users hit most (4100)."""
    api.submit(report(internet=reporter() + WEB_PAGE, reporter="")).assert_document_refused()
    swapped = report(suspects=suspect("<screenName>sample</screenName><espIdentifier>7f3a</espIdentifier>"))
    api.submit(swapped).assert_document_refused()


@pytest.mark.parametrize(
    "document",
    [
        report(kind=""),
        report(reporter=""),
        report(kind="<incidentType>Something Else</incidentType>"),
        report(moment="14 March 2025"),
        report(reporter=reporter() + reporter()),
    ],
    ids=["a child is missing", "the reporter is missing", "no such type", "no date-time", "one too many"],
)
def test_more_schema_failures(api: Api, document: str) -> None:
    """Missing and doubled elements and values outside their type are schema failures (4100)."""
    api.submit(document).assert_document_refused()


@pytest.mark.needs_mock
def test_a_schema_failure_says_where(api: Api) -> None:
    """The description has two lines: "Validation failed", and [line,column] before a message (seen)."""
    answer = api.submit(report(note="\n\n<unknown/>"))
    answer.assert_document_refused()
    assert re.fullmatch(r"Validation failed\n\[4,\d+\] - cvc-\S+: .+", answer.description or ""), answer


@pytest.mark.parametrize(
    "document",
    ["", "report", "<report>", report() + "<report/>", report()[:-20], report(note="<platform>&#1;</platform>")],
    ids=["empty", "no XML", "not closed", "two roots", "cut off", "forbidden character"],
)
@pytest.mark.parametrize("path", ["/submit", "/fileinfo"])
def test_malformed_xml_is_refused(api: Api, path: str, document: str) -> None:
    """A body that is no well-formed XML gets 4110 (documented by name)."""
    answer = api.read(api.http.post(path, content=document.encode(), headers=XML))
    answer.assert_refused(4110, 4100, 4000, 1001)
    assert answer.report_id is None


def test_a_document_type_declaration_is_refused(api: Api) -> None:
    """A document with a document type declaration is not read (the mock answers 4110: assumed)."""
    document = report().replace("<report>", '<!DOCTYPE report [<!ENTITY name "Example">]>\n<report>', 1)
    api.submit(document).assert_refused(4110, 4100, 4000, 1001)


@pytest.mark.parametrize(
    "document",
    [
        file_details().replace("{report}", "1").replace("{file}", NOBODYS_FILE),
        "<reportResponse><responseCode>0</responseCode><responseDescription/></reportResponse>",
        "<incidentSummary/>",
        "<html/>",
    ],
)
def test_submit_takes_a_report_only(api: Api, document: str) -> None:
    """POST /submit takes one report document: any other root is refused (4100)."""
    api.submit(document).assert_document_refused()


def test_fileinfo_takes_file_details_only(api: Api) -> None:
    """POST /fileinfo takes one fileDetails document: any other root is refused (4100)."""
    api.fileinfo(report()).assert_document_refused()


def test_fileinfo_can_fail_after_all_that_went_before(api: Api, report_id: int, file_id: str) -> None:
    """/submit and /upload succeed before /fileinfo fails on a schema error; the report is open still (seen)."""
    broken = file_details("<fileViewedByEsp>yes</fileViewedByEsp>")
    api.fileinfo(of_file(broken, report_id, file_id)).assert_document_refused()
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted


def test_file_details_in_the_wrong_order_are_refused(api: Api, report_id: int, file_id: str) -> None:
    """File details with the right elements in the wrong order fail the schema (4100)."""
    broken = file_details("<fileViewedByEsp>true</fileViewedByEsp><originalFileName>a.png</originalFileName>")
    api.fileinfo(of_file(broken, report_id, file_id)).assert_document_refused()


def test_errors_name_no_report(api: Api) -> None:
    """A reportResponse that refuses has no reportId, fileId or hash (elements.md)."""
    answer = api.submit(report(note="<unknown/>"))
    assert answer.names == ("responseCode", "responseDescription")


@pytest.mark.needs_mock
@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain; charset=utf-8", "application/json", "text/xml; charset=ISO-8859-1", "multipart/form-data"],
)
@pytest.mark.parametrize("path", ["/submit", "/fileinfo"])
def test_other_content_types_are_refused(api: Api, path: str, content_type: str) -> None:
    """A document must be announced as XML in UTF-8 (the mock answers 4000: assumed)."""
    answer = api.http.post(path, content=report().encode(), headers={"Content-Type": content_type})
    api.read(answer).assert_refused(4000)


# --- forms ---


@pytest.mark.parametrize("form", [{}, {"report": "1"}, {"id": ""}, {"id": "one"}], ids=repr)
@pytest.mark.parametrize("path", ["/finish", "/retract"])
def test_a_form_without_an_id_is_refused(api: Api, path: str, form: dict[str, str]) -> None:
    """/finish and /retract need the field id (the mock answers 4000: assumed)."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    api.read(api.http.post(path, data=form, headers=headers)).assert_refused(4000)


def test_an_upload_without_an_id_is_refused(api: Api) -> None:
    """/upload needs the field id (the mock answers 4000: assumed)."""
    api.read(api.http.post("/upload", files={"file": ("a.png", b"abc")})).assert_refused(4000)


def test_an_upload_without_a_file_is_refused(api: Api, report_id: int) -> None:
    """/upload needs the field file (the mock answers 4000: assumed)."""
    api.read(api.http.post("/upload", files={"id": (None, str(report_id))})).assert_refused(4000)
    assert api.finish(report_id).file_ids == ()


@pytest.mark.needs_mock
def test_an_upload_is_a_multipart_form(api: Api, report_id: int) -> None:
    """/upload takes no url-encoded form (the mock answers 4000: assumed)."""
    api.read(api.http.post("/upload", data={"id": str(report_id), "file": "abc"})).assert_refused(4000)


# --- reports and files that are not there ---


def test_an_unknown_report_takes_no_file(api: Api) -> None:
    """/upload to a report that does not exist gets 5001."""
    api.upload(NOBODYS_REPORT).assert_refused(5001, *FOREIGN)


def test_an_unknown_report_takes_no_file_details(api: Api) -> None:
    """/fileinfo for a report that does not exist gets 5001."""
    api.fileinfo(of_file(file_details(), NOBODYS_REPORT, NOBODYS_FILE)).assert_refused(5001, 5002, *FOREIGN)


def test_an_unknown_report_cannot_be_finished(api: Api) -> None:
    """/finish for a report that does not exist gets 5001, in either root element."""
    api.finish(NOBODYS_REPORT).assert_refused(5001, *FOREIGN)


def test_an_unknown_report_cannot_be_retracted(api: Api) -> None:
    """/retract for a report that does not exist gets 5001."""
    api.retract(NOBODYS_REPORT).assert_refused(5001, *FOREIGN)


def test_an_unknown_file_has_no_details(api: Api, report_id: int) -> None:
    """/fileinfo for a file that does not exist gets 5002."""
    api.fileinfo(of_file(file_details(), report_id, NOBODYS_FILE)).assert_refused(5002)


def test_a_file_belongs_to_one_report(api: Api, open_report: OpenReport, report_id: int, file_id: str) -> None:
    """/fileinfo for a file of another report gets 5002: the details' ids belong together (5002, S301)."""
    api.fileinfo(of_file(file_details(), open_report(), file_id)).assert_refused(5002, 4100, 1001)
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted
