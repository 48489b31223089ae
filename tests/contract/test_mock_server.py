"""The mock server over real sockets, statement by statement of the protocol."""

from __future__ import annotations

import hashlib
import logging
import re
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest

from cybertip.mock import MockServer, ReportState
from cybertip.mock.state import ReceivedReport
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.schema import Schema, bundled_xsd
from cybertip.xml import parse
from tests.mock_http import BOUNDARY, END, MULTIPART, XML, connect, part, response
from tests.samples import file_details_xml, picture, report_xml

OTHER = ("esp-two", "pässword: two")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer({"esp-one": "password-one", OTHER[0]: OTHER[1]}) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: MockServer) -> Iterator[httpx.Client]:
    with connect(server) as client:
        yield client


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No request, however broken, makes the server log anything."""
    yield
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]


def assert_refused(answer: httpx.Response, code: int, reason: str = "") -> None:
    assert (answer.status_code, response(answer).response_code) == (400, code)
    assert reason in response(answer).response_description


@pytest.fixture
def report(server: MockServer, client: httpx.Client) -> ReceivedReport:
    """A report that was just opened."""
    opened = response(client.post("/submit", content=report_xml(), headers=XML))
    return server.core.reports[opened.report_id or 0]


# --- the seven endpoints ---


def test_status(client: httpx.Client) -> None:
    """/status tells who asks from where, and names no report."""
    answer = client.get("/status")
    assert answer.status_code == 200
    assert response(answer) == ReportResponse(
        response_code=0, response_description="Remote User : esp-one, Remote Ip : 127.0.0.1"
    )


def test_status_believes_no_forwarding_header(client: httpx.Client) -> None:
    """The address in /status is that of the connection, whatever a header says."""
    answer = client.get("/status", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response(answer).response_description.endswith("127.0.0.1")


def test_xsd(client: httpx.Client) -> None:
    """/xsd answers with the schema."""
    assert client.get("/xsd").content == bundled_xsd()


def test_a_report_with_a_file_from_submit_to_finish(server: MockServer, client: httpx.Client) -> None:
    """A report is opened, gets a file with details, and is filed; the mock shows everything that arrived."""
    png = picture()
    opened = response(client.post("/submit", content=report_xml(), headers=XML)).report_id
    assert opened is not None
    form = client.post("/upload", data={"id": str(opened)}, files={"file": ("holiday.png", png, "image/png")})
    uploaded = response(form)
    assert uploaded.report_id == opened
    assert uploaded.hash == hashlib.md5(png, usedforsecurity=False).hexdigest()
    assert re.fullmatch("[0-9a-f]{32}", uploaded.file_id or "")
    details = file_details_xml(opened, uploaded.file_id or "")
    assert response(client.post("/fileinfo", content=details, headers=XML)).report_id == opened
    answer = client.post("/finish", files={"id": (None, str(opened))})
    assert not Schema.bundled().validate(answer.content)
    receipt = parse(answer.content, ReportDoneResponse).document
    assert (answer.status_code, receipt.response_code, receipt.report_id) == (200, 0, opened)
    assert list(receipt.files.file_ids) == [uploaded.file_id]

    report = server.core.reports[opened]
    assert (report.state, report.account, report.xml) == (ReportState.FINISHED, "esp-one", report_xml())
    (file,) = report.files
    assert (file.id, file.name, file.size, file.md5) == (
        uploaded.file_id,
        "holiday.png",
        len(png),
        uploaded.hash,
    )
    assert (file.sha256, file.details) == (hashlib.sha256(png).hexdigest(), details)


@pytest.mark.parametrize("call", ["finish", "retract"])
@pytest.mark.parametrize("encoding", ["multipart", "url-encoded"])
def test_finish_and_retract_take_both_form_encodings(
    client: httpx.Client, report: ReceivedReport, call: str, encoding: str
) -> None:
    """/finish and /retract accept multipart and url-encoded forms."""
    number = str(report.id)
    if encoding == "multipart":
        answer = client.post(f"/{call}", files={"id": (None, number)})
    else:
        answer = client.post(f"/{call}", data={"id": number})
    assert answer.status_code == 200
    assert report.state is {"finish": ReportState.FINISHED, "retract": ReportState.RETRACTED}[call]


def test_upload_takes_no_url_encoded_form(client: httpx.Client, report: ReceivedReport) -> None:
    """/upload wants a multipart form, because it needs a file."""
    assert_refused(client.post("/upload", data={"id": str(report.id), "file": "x"}), 4000)


@pytest.mark.parametrize("id_first", [True, False])
def test_the_fields_of_an_upload_may_stand_in_any_order(
    client: httpx.Client, report: ReceivedReport, id_first: bool
) -> None:
    """The id may come before or after the file."""
    parts = [part("id", str(report.id).encode()), part("file", b"abc", "a.txt")]
    body = b"".join(parts if id_first else reversed(parts)) + END
    told = response(client.post("/upload", content=body, headers=MULTIPART))
    assert told.hash == "900150983cd24fb0d6963f7d28e17f72"


def test_bytes_that_look_like_a_boundary_belong_to_the_file(client: httpx.Client, report: ReceivedReport) -> None:
    """File content that resembles the form's own syntax is counted and digested like any other."""
    tricky = f"\r\n--{BOUNDARY[:-1]}\r\n\r\n--\r\n--".encode() * 1000 + bytes(range(256))
    body = part("file", tricky, "a.bin") + part("id", str(report.id).encode()) + END
    told = response(client.post("/upload", content=body, headers=MULTIPART))
    assert told.hash == hashlib.md5(tricky, usedforsecurity=False).hexdigest()
    assert report.files[0].size == len(tricky)


def test_an_empty_file_is_a_file(client: httpx.Client, report: ReceivedReport) -> None:
    """A file without bytes is accepted, with the MD5 of nothing."""
    body = part("id", str(report.id).encode()) + part("file", b"", "empty.bin") + END
    told = response(client.post("/upload", content=body, headers=MULTIPART))
    assert told.hash == "d41d8cd98f00b204e9800998ecf8427e"


def test_the_file_name_is_kept_as_sent(client: httpx.Client, report: ReceivedReport) -> None:
    """Spaces and letters beyond ASCII in a file name arrive as UTF-8."""
    body = part("id", str(report.id).encode()) + part("file", b"abc", "Grüße; aus 東京.png") + END
    client.post("/upload", content=body, headers=MULTIPART)
    assert report.files[0].name == "Grüße; aus 東京.png"


def test_a_file_name_in_another_encoding_does_no_harm(client: httpx.Client, report: ReceivedReport) -> None:
    """What is not UTF-8 in a file name shows as U+FFFD; the file arrives all the same."""
    form = part("id", str(report.id).encode()) + part("file", b"abc", "Gr?n.png").replace(b"Gr?n", b"Gr\xfcn") + END
    client.post("/upload", content=form, headers=MULTIPART)
    assert report.files[0].name == "Gr\ufffdn.png"


def test_a_big_upload_is_digested_on_the_way(client: httpx.Client, report: ReceivedReport) -> None:
    """20 MB arrive with the right digests, and are never held in memory."""
    piece = bytes(range(256)) * 256
    count = 320
    whole = hashlib.md5(piece * count, usedforsecurity=False).hexdigest()

    def body() -> Iterator[bytes]:
        yield part("id", str(report.id).encode()) + part("file", b"", "big.bin")[:-2]
        for _ in range(count):
            yield piece
        yield b"\r\n" + END

    tracemalloc.start()
    try:
        told = response(client.post("/upload", content=body(), headers=MULTIPART))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert told.hash == whole
    assert report.files[0].size == len(piece) * count == 20 * 1024 * 1024
    assert peak < 4_000_000


# --- credentials, paths, methods ---


@pytest.mark.parametrize(("method", "path"), [("GET", "/status"), ("GET", "/xsd"), ("POST", "/submit"), ("GET", "/x")])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic %%%",
        "Basic \xe9",
        "Bearer token",
        "Basic " + b64encode(b"esp-one").decode(),
        "Basic " + b64encode(b"esp-one:wrong").decode(),
        "Basic " + b64encode(b"nobody:password-one").decode(),
        "Basic " + b64encode(b"\xff:\xff").decode(),
    ],
)
def test_without_good_credentials_nothing_is_answered(
    client: httpx.Client, method: str, path: str, authorization: str | None
) -> None:
    """Missing, unreadable and wrong credentials get HTTP 401 with the challenge and code 2000, on every path."""
    headers = [] if authorization is None else [(b"Authorization", authorization.encode("latin-1"))]
    answer = client.request(method, path, headers=headers, auth=None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="ESP Web Services"'
    assert response(answer).response_code == 2000


def test_a_password_may_hold_colons_and_letters_beyond_ascii(server: MockServer) -> None:
    """Credentials are UTF-8, and split at the first colon only."""
    with connect(server, OTHER) as other:
        assert response(other.get("/status")).response_description.startswith("Remote User : esp-two,")


def test_accounts_do_not_share_reports(server: MockServer, report: ReceivedReport) -> None:
    """A report of one account is closed to the other account."""
    with connect(server, OTHER) as other:
        assert_refused(other.post("/retract", data={"id": str(report.id)}), 3300)
    assert report.state is ReportState.OPEN


@pytest.mark.parametrize("path", ["/nothing", "/status/", "/submit/1"])
def test_an_unknown_path_is_a_web_page_with_404(client: httpx.Client, path: str) -> None:
    """What is no endpoint, a slash too many among it, gets HTTP 404 and HTML, and no redirection."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html;charset=utf-8")
    assert "<h1>HTTP 404: Not Found</h1>" in answer.text


def test_outside_the_api_nothing_is_asked_for(server: MockServer, client: httpx.Client) -> None:
    """Paths outside the API get HTTP 404 without credentials."""
    root = server.base_url.removesuffix("/ispws")
    assert client.get(root + "/", auth=None).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/status", "GET"), ("PUT", "/xsd", "GET")]
    + [("GET", f"/{call}", "POST") for call in ("submit", "upload", "fileinfo", "finish", "retract")],
)
def test_a_wrong_method_is_405(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    """The wrong method gets HTTP 405 with the right one in Allow."""
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert allowed in answer.headers["Allow"]
    assert answer.headers["Content-Type"] == "text/html;charset=utf-8"


def test_every_answer_has_the_odd_headers(client: httpx.Client) -> None:
    """Request-ID, Set-Cookie and Date come with every answer; XML says ISO-8859-1 outside and UTF-8 inside."""
    good, bad = client.get("/status"), client.post("/submit", content=b"", headers=XML)
    anonymous = client.get("/status", auth=None)
    for answer in (good, bad, anonymous):
        assert answer.headers["Content-Type"] == "application/xml;charset=ISO-8859-1"
        assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    answers = [good, bad, anonymous, client.get("/nothing"), client.post("/status"), client.get("/status")]
    assert len({answer.headers["Request-ID"] for answer in answers}) == len(answers)
    assert all("Set-Cookie" in answer.headers and "Date" in answer.headers for answer in answers)
    assert not any("Server" in answer.headers for answer in answers)


# --- documents ---


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml; charset=utf-8",
        "text/xml;charset=UTF-8",
        'text/xml; charset="utf-8"',
        "Application/XML; Charset=utf8",
    ],
)
def test_documents_may_be_announced_in_several_spellings(client: httpx.Client, content_type: str) -> None:
    """text/xml and application/xml are accepted, with UTF-8 in either spelling, quoted or not."""
    answer = client.post("/submit", content=report_xml(), headers={"Content-Type": content_type})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/submit", "/fileinfo"])
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/xml",
        "text/plain; charset=utf-8",
        "text/xml; charset=ISO-8859-1",
        "application/x-www-form-urlencoded",
    ],
)
def test_other_content_types_are_refused(
    server: MockServer, client: httpx.Client, path: str, content_type: str
) -> None:
    """A document announced as anything else gets 4000, and opens nothing."""
    before = len(server.core.reports)
    assert_refused(client.post(path, content=report_xml(), headers={"Content-Type": content_type}), 4000)
    assert len(server.core.reports) == before


@pytest.mark.parametrize(
    ("body", "code"), [(b"", 4110), (b"<report>", 4110), (b"<html/>", 4100), (b"<reportResponse/>", 4100)]
)
@pytest.mark.parametrize("path", ["/submit", "/fileinfo"])
def test_bad_documents_are_refused(client: httpx.Client, path: str, body: bytes, code: int) -> None:
    """An empty body and malformed XML get 4110, a wrong root 4100."""
    assert_refused(client.post(path, content=body, headers=XML), code)


def test_a_schema_failure_says_where(client: httpx.Client) -> None:
    """Code 4100 comes as two lines: "Validation failed", and [line,column] with the reason."""
    body = report_xml().replace(b"</platform>", b"</platform>\n<wrong/>")
    description = response(client.post("/submit", content=body, headers=XML)).response_description
    # The sentence that providers saw, with the place right behind the start tag.
    expected = "escalateToHighPriority, reportAnnotations, incidentDateTime"
    assert description == (
        "Validation failed\n[3,9] - cvc-complex-type.2.4.a: Invalid content was found starting with element 'wrong'."
        f" One of '{{{expected}}}' is expected."
    )


def test_an_oversized_document_is_refused(client: httpx.Client) -> None:
    """Beyond 32 MiB a document is refused with 4000, unread."""
    body = report_xml().replace(b"Example Pictures", b"x" * (32 * 1024 * 1024))
    assert_refused(client.post("/submit", content=body, headers=XML), 4000)


# --- forms ---

ID = part("id", b"{id}")
FILE = part("file", b"abc", "a.txt")
FORMS = {
    "no id": (FILE + END, "one field 'id'"),
    "no file": (ID + END, "one field 'file'"),
    "file without a name": (ID + part("file", b"abc") + END, "one field 'file', sent with a file name"),
    "two files": (ID + FILE + FILE + END, "one field 'file'"),
    "two ids": (ID + ID + FILE + END, "one field 'id'"),
    "id in words": (part("id", b"one") + FILE + END, "digits"),
    "id with a space": (part("id", b"{id} ") + FILE + END, "digits"),
    "id not in UTF-8": (part("id", b"\xff") + FILE + END, "digits"),
    "huge id": (part("id", b"1" * 100_000) + FILE + END, "too large"),
    "many fields": (part("x", b"") * 101 + ID + FILE + END, "too many fields"),
    "nothing": (b"", "closing boundary"),
    "no parts": (END, "one field 'file'"),
    "cut in the file": (ID + FILE[:-1], "closing boundary"),
    "cut behind the file": (ID + FILE + END[:4], "closing boundary"),
    "cut in a third field": (ID + FILE + part("x", b"abc"), "closing boundary"),
    "another boundary": (b"--other\r\n\r\n--other--\r\n", "malformed"),
    "broken header": (f"--{BOUNDARY}\r\nContent Disposition\r\n\r\n".encode() + END, "malformed"),
    "huge header": (f"--{BOUNDARY}\r\nContent-Disposition: {'x' * 100_000}\r\n\r\n".encode() + END, "malformed"),
    "noise": (bytes(range(256)) * 50, "malformed"),
}


@pytest.mark.parametrize(("form", "reason"), FORMS.values(), ids=FORMS)
def test_a_bad_upload_form_is_4000(client: httpx.Client, report: ReceivedReport, form: bytes, reason: str) -> None:
    """Missing, doubled and unreadable fields and broken multipart syntax get 4000, and add no file."""
    body = form.replace(b"{id}", str(report.id).encode())
    assert_refused(client.post("/upload", content=body, headers=MULTIPART), 4000, reason)
    assert not report.files


def test_fields_of_other_names_or_none_are_ignored(client: httpx.Client, report: ReceivedReport) -> None:
    """Only `id` and `file` are read from a form, as a servlet would."""
    nameless = f"--{BOUNDARY}\r\nX-Other: 1\r\n\r\nabc\r\n".encode()
    body = part("x", b"y") + part("id", str(report.id).encode()) + nameless + FILE + nameless + END
    assert client.post("/upload", content=body, headers=MULTIPART).status_code == 200
    assert [file.size for file in report.files] == [3]


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        ("", "must be multipart/form-data"),
        ("text/xml; charset=utf-8", "must be multipart/form-data"),
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=", "no boundary"),
        ("multipart/form-data; boundary=" + "x" * 300, "too long"),
    ],
)
@pytest.mark.parametrize("path", ["/upload", "/finish", "/retract"])
def test_a_form_must_say_that_it_is_one(
    client: httpx.Client, report: ReceivedReport, path: str, content_type: str, reason: str
) -> None:
    """Another Content-Type, and a boundary that is missing or too long, get 4000."""
    body = part("id", str(report.id).encode()) + FILE + END
    assert_refused(client.post(path, content=body, headers={"Content-Type": content_type}), 4000, reason)
    assert report.state is ReportState.OPEN


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (b"", "one field 'id'"),
        (b"id=", "digits"),
        (b"id=x", "digits"),
        (b"ID=1", "one field 'id'"),
        (b"id=1&id=1", "one field 'id'"),
        (b"%%%=&&&", "one field 'id'"),
        (b"id=" + b"1" * 70_000, "too large"),
    ],
)
@pytest.mark.parametrize("path", ["/finish", "/retract"])
def test_a_bad_url_encoded_form_is_4000(client: httpx.Client, path: str, form: bytes, reason: str) -> None:
    """Url-encoded forms without exactly one readable id get 4000."""
    answer = client.post(path, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert_refused(answer, 4000, reason)


def test_codes_of_closed_and_unknown_reports(client: httpx.Client, report: ReceivedReport) -> None:
    """5001, 5101 and 5102 come over the wire with HTTP 400, in a reportResponse."""
    form = {"id": str(report.id)}
    assert_refused(client.post("/finish", data={"id": "1"}), 5001)
    client.post("/finish", data=form)
    assert_refused(client.post("/finish", data=form), 5102)
    other = response(client.post("/submit", content=report_xml(), headers=XML)).report_id
    client.post("/retract", data={"id": str(other)})
    assert_refused(client.post("/finish", data={"id": str(other)}), 5101)


def test_file_details_of_an_unknown_file_are_5002(client: httpx.Client, report: ReceivedReport) -> None:
    """5002 comes over the wire."""
    body = file_details_xml(report.id, "f" * 32)
    assert_refused(client.post("/fileinfo", content=body, headers=XML), 5002)
