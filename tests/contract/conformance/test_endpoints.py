"""The five calls that change something, when all goes well (protocol.md, "Endpoints")."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.contract.conformance.documents import file_details, of_file, report, suspect
from tests.contract.conformance.target import OpenReport
from tests.contract.conformance.wire import XML, Api

URL_ENCODED, MULTIPART = "url-encoded", "multipart"
TYPES = ["text/xml; charset=utf-8", "text/xml;charset=UTF-8"]
OTHER_TYPES = [
    pytest.param("application/xml; charset=utf-8", marks=pytest.mark.needs_mock),
    pytest.param('text/xml; charset="utf-8"', marks=pytest.mark.needs_mock),
]
"""Spellings that nobody documented."""


def send_form(api: Api, path: str, report_id: int, encoding: str) -> bytes:
    """Send a form with an id in either encoding; the answer must be a success."""
    if encoding == MULTIPART:
        http = api.http.post(path, files={"id": (None, str(report_id))})
    else:
        http = api.http.post(path, data={"id": str(report_id)})
    assert http.request.headers["Content-Type"].startswith(
        {MULTIPART: "multipart/form-data; boundary=", URL_ENCODED: "application/x-www-form-urlencoded"}[encoding]
    )
    answer = api.read(http)
    assert answer.accepted, answer
    return http.content


# --- /submit ---


def test_submit_answers_with_the_new_report(api: Api) -> None:
    """POST /submit: a reportResponse with code 0 and the new reportId, and no file."""
    answer = api.submit(report())
    assert answer.accepted, answer
    assert answer.root == "reportResponse"
    assert answer.names == ("responseCode", "responseDescription", "reportId")
    assert api.retract(answer.report_id or 0).accepted


@pytest.mark.parametrize("content_type", [*TYPES, *OTHER_TYPES])
def test_submit_takes_xml_in_utf8(api: Api, content_type: str) -> None:
    """POST /submit takes a document announced as text/xml in UTF-8, in either spelling."""
    answer = api.read(api.http.post("/submit", content=report().encode(), headers={"Content-Type": content_type}))
    assert answer.accepted, answer
    api.retract(answer.report_id or 0)


def test_submit_opens_another_report_each_time(open_report: OpenReport) -> None:
    """POST /submit must not be repeated: the same document opens another report."""
    assert open_report() != open_report()


def test_submit_takes_text_of_every_script(open_report: OpenReport) -> None:
    """POST /submit reads UTF-8: a platform may have letters beyond ASCII."""
    open_report(report(note="<platform>Grüße aus 東京 🎈</platform>"))


def test_report_ids_are_positive_longs(report_id: int) -> None:
    """A report id is a positive xs:long."""
    assert 0 < report_id < 2**63


@pytest.mark.needs_mock
def test_report_ids_do_not_fit_into_32_bits(report_id: int) -> None:
    """A client that keeps report ids in 32 bits learns of it from the mock (docs/mock.md)."""
    assert report_id >= 2**31


def test_an_earlier_report_can_be_linked(open_report: OpenReport, report_id: int) -> None:
    """The only link between reports is priorCTReports inside a new report."""
    open_report(report(suspects=suspect(f"<priorCTReports>{report_id}</priorCTReports>")))


# --- /upload ---


def test_upload_answers_with_the_file_and_its_md5(api: Api, report_id: int) -> None:
    """POST /upload: a reportResponse with reportId, fileId and the MD5 of what arrived."""
    content = bytes(range(256)) * 40
    answer = api.upload(report_id, content)
    assert answer.accepted, answer
    assert answer.root == "reportResponse"
    assert answer.names == ("responseCode", "responseDescription", "reportId", "fileId", "hash")
    assert answer.report_id == report_id
    assert (answer.hash or "").lower() == hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert re.fullmatch(r"\S+", answer.file_id or "")


@pytest.mark.needs_mock
def test_file_ids_are_32_hexadecimal_digits(file_id: str) -> None:
    """File ids are 32 hex digits (seen)."""
    assert re.fullmatch("[0-9a-f]{32}", file_id)


def test_upload_adds_another_file_each_time(api: Api, report_id: int) -> None:
    """POST /upload must not be repeated: the same bytes are another file."""
    first, second = api.upload(report_id), api.upload(report_id)
    assert first.accepted
    assert second.accepted
    assert first.hash == second.hash
    assert first.file_id != second.file_id


@pytest.mark.needs_mock
def test_upload_has_no_limit(api: Api, report_id: int) -> None:
    """There is no limit on file size: far more bytes than a form usually holds arrive."""
    content = bytes(range(256)) * 4 * 1024 * 12
    answer = api.upload(report_id, content)
    assert answer.accepted, answer
    assert answer.hash == hashlib.md5(content, usedforsecurity=False).hexdigest()


def test_upload_takes_any_file_name(api: Api, report_id: int) -> None:
    """POST /upload takes spaces and letters beyond ASCII in a file name."""
    assert api.upload(report_id, name="Grüße aus 東京.png").accepted


# --- /fileinfo ---


def test_fileinfo_answers_with_the_report(api: Api, report_id: int, file_id: str) -> None:
    """POST /fileinfo: a reportResponse with reportId; only older servers name the file as well."""
    answer = api.fileinfo(of_file(file_details(), report_id, file_id))
    assert answer.accepted, answer
    assert answer.root == "reportResponse"
    assert answer.report_id == report_id
    assert answer.hash is None
    assert answer.file_id in ((None,) if answer.is_exact else (None, file_id))


@pytest.mark.parametrize("content_type", [*TYPES, *OTHER_TYPES])
def test_fileinfo_takes_xml_in_utf8(api: Api, report_id: int, file_id: str, content_type: str) -> None:
    """POST /fileinfo takes a document announced as text/xml in UTF-8, in either spelling."""
    document = of_file(file_details(), report_id, file_id)
    answer = api.read(api.http.post("/fileinfo", content=document.encode(), headers={"Content-Type": content_type}))
    assert answer.accepted, answer


def test_fileinfo_describes_each_file(api: Api, report_id: int) -> None:
    """POST /fileinfo is accepted once for every file, in any order."""
    files = [api.upload(report_id, content).file_id or "" for content in (b"one", b"two", b"three")]
    for file_id in reversed(files):
        assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted


def test_fileinfo_once_per_file(api: Api, report_id: int, file_id: str) -> None:
    """POST /fileinfo once per file: the mock refuses a second one (assumed); a server may replace the first."""
    document = of_file(file_details(), report_id, file_id)
    assert api.fileinfo(document).accepted
    answer = api.fileinfo(document)
    if answer.is_exact or not answer.accepted:
        answer.assert_refused(4100)


# --- /finish ---


@pytest.mark.parametrize("encoding", [MULTIPART, URL_ENCODED])
def test_finish_takes_both_form_encodings(api: Api, report_id: int, encoding: str) -> None:
    """POST /finish takes a multipart form, and a url-encoded one."""
    send_form(api, "/finish", report_id, encoding)


def test_finish_answers_with_the_receipt(api: Api, report_id: int) -> None:
    """POST /finish: a reportDoneResponse with code 0, the reportId and every fileId, and no description."""
    files = [api.upload(report_id, content).file_id for content in (b"one", b"two", b"three")]
    answer = api.finish(report_id)
    assert answer.accepted, answer
    assert answer.root == "reportDoneResponse"
    assert answer.names == ("responseCode", "reportId", "files")
    assert answer.report_id == report_id
    assert sorted(answer.file_ids) == sorted(file or "" for file in files)


def test_finish_without_files_answers_an_empty_element(api: Api, report_id: int) -> None:
    """POST /finish without files answers <files/> (seen)."""
    answer = api.finish(report_id)
    assert answer.accepted, answer
    assert answer.names == ("responseCode", "reportId", "files")
    assert answer.file_ids == ()


# --- /retract ---


@pytest.mark.parametrize("encoding", [MULTIPART, URL_ENCODED])
def test_retract_takes_both_form_encodings(api: Api, report_id: int, encoding: str) -> None:
    """POST /retract takes a multipart form, and a url-encoded one."""
    send_form(api, "/retract", report_id, encoding)


def test_retract_answers_with_the_report(api: Api, report_id: int) -> None:
    """POST /retract: a reportResponse with code 0 and the reportId, and no receipt."""
    answer = api.retract(report_id)
    assert answer.accepted, answer
    assert answer.names == ("responseCode", "responseDescription", "reportId")
    assert (answer.root, answer.report_id) == ("reportResponse", report_id)


def test_retract_cancels_files_as_well(api: Api, report_id: int, file_id: str) -> None:
    """POST /retract cancels a report that has files with details."""
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted
    assert api.retract(report_id).accepted


@pytest.mark.needs_mock
def test_a_file_arrives_in_pieces(api: Api, report_id: int) -> None:
    """POST /upload may be sent without saying its length (chunked); the MD5 is of all that arrived."""
    boundary = "conformance-boundary"
    pieces = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="id"\r\n\r\n{report_id}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'.encode(),
        *(b"piece %d\r\n" % number for number in range(100)),
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = api.read(api.http.post("/upload", content=iter(pieces), headers=headers))
    assert answer.accepted, answer
    assert answer.hash == hashlib.md5(b"".join(pieces[2:-1]), usedforsecurity=False).hexdigest()


def test_documents_need_no_declaration(api: Api) -> None:
    """POST /submit takes one report document; its XML declaration may be left out, as XML allows."""
    document = report().partition("\n")[2]
    answer = api.read(api.http.post("/submit", content=document.encode(), headers=XML))
    assert answer.accepted, answer
    api.retract(answer.report_id or 0)
