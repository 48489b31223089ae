"""The API's answers, as they were recorded, reported and documented."""

from __future__ import annotations

from typing import Any

import pytest

from cybertip import calls
from cybertip.calls import Call
from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CredentialsError,
    FileNotFoundOnReportError,
    HashMismatchError,
    IncompleteAnswerError,
    Known,
    RefusedError,
    ReportNotFoundError,
    ServerError,
    ServerFailureError,
    UnknownCodeError,
    WrongReportError,
)
from cybertip.evidence import source
from tests.unit.calls.exchanges import (
    ALL_CALLS,
    FILE,
    FINISHED,
    LATIN,
    MD5,
    REPORT,
    SCHEMA,
    SUBMITTED,
    UPLOADED,
    answer,
    failure,
    reply,
)

UPLOAD = calls.Upload(REPORT, source(b"synthetic"))
FILE_INFO = calls.FileInfo(b"<fileDetails/>", REPORT, FILE)
ABOUT_A_REPORT = [UPLOAD, FILE_INFO, calls.Finish(REPORT), calls.Retract(REPORT)]
ROOTS = ["reportResponse", "reportDoneResponse"]

CODES: list[tuple[int, type[ServerError], Known]] = [
    (1000, ServerFailureError, Known.UNKNOWN),
    (1001, RefusedError, Known.REFUSED),
    (1100, ServerFailureError, Known.DECLARED),
    (1110, ServerFailureError, Known.DECLARED),
    (1111, ServerFailureError, Known.DECLARED),
    (1210, ServerFailureError, Known.DECLARED),
    (1300, ServerFailureError, Known.DECLARED),
    (2000, CredentialsError, Known.NOT_EXECUTED),
    (3000, CredentialsError, Known.NOT_EXECUTED),
    (3100, CredentialsError, Known.NOT_EXECUTED),
    (3300, CredentialsError, Known.NOT_EXECUTED),
    (4000, RefusedError, Known.REFUSED),
    (4100, RefusedError, Known.REFUSED),
    (4110, RefusedError, Known.REFUSED),
    (4200, RefusedError, Known.REFUSED),
    (5001, ReportNotFoundError, Known.REFUSED),
    (5002, FileNotFoundOnReportError, Known.REFUSED),
    (5101, AlreadyRetractedError, Known.REFUSED),
    (5102, AlreadyFinishedError, Known.REFUSED),
    (7777, UnknownCodeError, Known.UNKNOWN),
    (-5, UnknownCodeError, Known.UNKNOWN),
]


def test_status_names_user_and_address() -> None:
    """The description of a status answer says whom the server takes the caller for."""
    result = calls.Status().read(answer(reply(0, "Remote User : esp-one, Remote Ip : 203.0.113.7")))
    assert (result.user, result.remote_ip) == ("esp-one", "203.0.113.7")
    assert "esp-one" not in repr(result)


def test_status_with_other_words_is_success() -> None:
    """A status answer whose description says something else still means that the server is there."""
    result = calls.Status().read(answer(reply(0, "Hello")))
    assert (result.user, result.remote_ip) == (None, None)


def test_xsd_is_the_body() -> None:
    """The schema is the answer's bytes."""
    assert calls.Xsd().read(answer(SCHEMA)).xsd == SCHEMA.encode()


@pytest.mark.parametrize(
    ("body", "status", "complete"), [(SCHEMA, 500, True), (SCHEMA, 200, False), ("<x/>", 200, True)]
)
def test_what_is_no_schema_is_not_taken_for_one(body: str, status: int, complete: bool) -> None:
    """A schema counts only if it arrived completely and with HTTP 200."""
    assert failure(calls.Xsd(), answer(body, status, complete=complete)).known is Known.UNKNOWN


def test_xsd_that_answers_success_without_a_schema_is_incomplete() -> None:
    """Success in place of a schema is an error of its own."""
    assert isinstance(failure(calls.Xsd(), answer(reply(0, "Success"))), IncompleteAnswerError)


def test_submit_gives_the_report_id() -> None:
    """An accepted report has an id, and the raw answer is kept."""
    given = answer(SUBMITTED)
    result = calls.Submit(b"<report/>").read(given)
    assert (result.report_id, result.answer) == (REPORT, given)


def test_a_report_id_of_nine_digits_and_more_is_read() -> None:
    """Report ids have grown from seven digits to nine; the documented type holds nineteen."""
    result = calls.Submit(b"<report/>").read(answer(reply(0, report_id=9223372036854775807)))
    assert result.report_id == 9223372036854775807


def test_upload_gives_file_id_and_md5() -> None:
    """File ids are strings of 32 hexadecimal digits, and an MD5 is told in lower case."""
    result = UPLOAD.read(answer(UPLOADED.replace(MD5, MD5.upper())))
    assert (result.report_id, result.file_id, result.md5) == (REPORT, FILE, MD5)


@pytest.mark.parametrize(("body", "file_id"), [(UPLOADED, FILE), (SUBMITTED, FILE)])
def test_file_info_may_be_answered_without_a_file_id(body: str, file_id: str) -> None:
    """Newer servers name only the report, older ones the file as well."""
    assert FILE_INFO.read(answer(body)).file_id == file_id


@pytest.mark.parametrize("call", [FILE_INFO, calls.Retract(REPORT)])
def test_a_success_that_names_no_report_proves_nothing(call: calls.Call[Any]) -> None:
    """It could be another call's, from a cache perhaps; and no second filing may rest on such a proof of closing."""
    with pytest.raises(IncompleteAnswerError) as caught:
        call.read(answer(reply(0)))
    assert caught.value.known is Known.UNKNOWN


def test_finish_gives_the_receipt_and_its_files() -> None:
    """The receipt is the answer byte for byte, and it lists the files."""
    result = calls.Finish(REPORT).read(answer(FINISHED))
    assert result.receipt == FINISHED.encode()
    assert result.file_ids == (FILE, "00000000000000000000000000000002")


@pytest.mark.parametrize("files", ["<files/>", "<files></files>", "<files> \n </files>", ""])
def test_finish_without_files_is_success(files: str) -> None:
    """A report without files is answered with an empty list of files."""
    body = (
        f"<reportDoneResponse><responseCode>0</responseCode><reportId>{REPORT}</reportId>{files}</reportDoneResponse>"
    )
    assert calls.Finish(REPORT).read(answer(body)).file_ids == ()


def test_retract_is_success() -> None:
    """A retracted report is named in the answer."""
    assert calls.Retract(REPORT).read(answer(SUBMITTED)).report_id == REPORT


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(("code", "kind", "known"), CODES)
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("status", [200, 400])
def test_each_code_is_an_error_of_its_kind(
    call: Call[object], code: int, kind: type[ServerError], known: Known, root: str, status: int
) -> None:
    """An error code is read from either root, for every call, with HTTP 200 as with HTTP 400."""
    problem = failure(call, answer(reply(code, "Words", root=root), status))
    assert type(problem) is kind
    assert (problem.code, problem.known, problem.description) == (code, known, "Words")
    assert problem.report_id == call.report_id


def test_the_schema_failure_of_older_servers() -> None:
    """HTTP 200 with code 1001, a sentence of Xerces and no report id is a refusal."""
    said = (
        "Malformed (xml) report submittal - cvc-complex-type.2.4.a: Invalid content was found starting with element "
        "'reporter'. One of '{incidentSummary}' is expected."
    )
    problem = failure(calls.Submit(b"<report/>"), answer(reply(1001, said)))
    assert isinstance(problem, RefusedError)
    assert (problem.known, problem.description, problem.report_id) == (Known.REFUSED, said, None)


def test_the_schema_failure_of_newer_servers() -> None:
    """HTTP 400 with code 4100 and a position after a line break is a refusal, told in one line."""
    said = "Validation failed\n[1,638] - cvc-complex-type.2.4.a: Invalid content was found."
    problem = failure(calls.Submit(b"<report/>"), answer(reply(4100, said), 400, ("Request-ID", "r-1")))
    assert isinstance(problem, RefusedError)
    assert problem.description == "Validation failed [1,638] - cvc-complex-type.2.4.a: Invalid content was found."
    assert (problem.http_status, problem.request_id) == (400, "r-1")


@pytest.mark.parametrize("body", [reply(1000, "Server error"), reply(2000), "", "<html><body>401</body></html>"])
@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_bad_credentials_with_any_body(call: Call[object], body: str) -> None:
    """HTTP 401 means that nothing was executed, whatever its body says or not."""
    challenge = ("WWW-Authenticate", 'Basic realm="ESP Web Services"')
    problem = failure(call, answer(body, 401, challenge))
    assert isinstance(problem, CredentialsError)
    assert problem.known is Known.NOT_EXECUTED


def test_bytes_are_read_by_their_own_declaration() -> None:
    """A header that claims ISO-8859-1 over UTF-8 is ignored."""
    body = reply(4100, "Größe · あ")
    assert failure(calls.Finish(REPORT), answer(body, 400, LATIN)).description == "Größe · あ"


def test_another_declared_encoding_is_honoured() -> None:
    """An answer that is ISO-8859-1 and says so is read as such."""
    body = reply(4100, "Größe").replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert failure(calls.Finish(REPORT), answer(body, 400)).description == "Größe"


def test_request_id_may_be_missing() -> None:
    """Old servers send no Request-ID, which is no error."""
    result = calls.Submit(b"<report/>").read(answer(SUBMITTED))
    assert result.answer.request_id is None
    assert failure(calls.Finish(REPORT), answer(reply(4000))).request_id is None


@pytest.mark.parametrize("name", ["Request-ID", "request-id", "REQUEST-ID"])
def test_request_id_is_found_and_cleaned(name: str) -> None:
    """A Request-ID is found in any spelling of its header, and fit to be shown."""
    problem = failure(calls.Finish(REPORT), answer(reply(4000), 400, (name, "abc\x1b[31m" + "9" * 300)))
    assert problem.request_id is not None
    assert problem.request_id.startswith("abc[31m999")
    assert len(problem.request_id) == 200


@pytest.mark.parametrize("code", [0, 1000, 4100, 5102])
@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("call", ABOUT_A_REPORT, ids=lambda call: call.name)
def test_an_answer_about_another_report(call: Call[object], code: int, root: str) -> None:
    """An answer that names another report proves nothing about this one, whatever it says."""
    problem = failure(call, answer(reply(code, root=root, report_id=REPORT + 1)))
    assert isinstance(problem, WrongReportError)
    assert (problem.known, problem.report_id, problem.code) == (Known.UNKNOWN, REPORT, code)
    assert str(REPORT + 1) in str(problem)


@pytest.mark.parametrize("call", ABOUT_A_REPORT, ids=lambda call: call.name)
def test_an_error_that_names_the_report_is_that_error(call: Call[object]) -> None:
    """An error about the right report stays what its code says."""
    assert isinstance(failure(call, answer(reply(5102, report_id=REPORT))), AlreadyFinishedError)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (calls.Submit(b"<report/>"), reply(0, "Success")),
        (calls.Submit(b"<report/>"), SUBMITTED.replace(str(REPORT), "")),
        (calls.Submit(b"<report/>"), SUBMITTED.replace(str(REPORT), "many")),
        (UPLOAD, UPLOADED.replace(f"<fileId>{FILE}</fileId>", "")),
        (UPLOAD, UPLOADED.replace(FILE, " ")),
        (UPLOAD, UPLOADED.replace(f"<hash>{MD5}</hash>", "")),
        (UPLOAD, UPLOADED.replace(MD5, "")),
    ],
)
def test_success_without_what_it_must_name(call: Call[object], body: str) -> None:
    """Success without the id or the MD5 that it must name is no result, and leaves the effect unknown."""
    problem = failure(call, answer(body))
    assert isinstance(problem, IncompleteAnswerError)
    assert (problem.code, problem.known) == (0, Known.UNKNOWN)


def test_a_wrong_md5_is_an_error_of_its_own() -> None:
    """An upload that arrived damaged is part of the report all the same, so its effect is not known to be nothing."""
    result = UPLOAD.read(answer(UPLOADED, 200, ("Request-ID", "r-2")))
    assert UPLOAD.check_md5(result, MD5.upper()) is result
    with pytest.raises(HashMismatchError) as caught:
        UPLOAD.check_md5(result, "0" * 32)
    assert (caught.value.known, caught.value.report_id, caught.value.request_id) == (Known.UNKNOWN, REPORT, "r-2")


def test_elements_of_a_later_version_are_passed_over() -> None:
    """An answer stays readable when the server adds elements and attributes."""
    body = f"""<reportDoneResponse version="9"><note><responseCode>4100</responseCode></note>
        <responseCode>0</responseCode><!-- new --><reportId kind="long"> {REPORT}<!-- split --> </reportId>
        <files count="1"><fileId>{FILE}</fileId><size>3</size></files><more/></reportDoneResponse>"""
    assert calls.Finish(REPORT).read(answer(body)).file_ids == (FILE,)


@pytest.mark.parametrize("prefix", ["", "ct:"])
def test_a_namespace_is_passed_over(prefix: str) -> None:
    """An answer whose elements are in a namespace is read like any other."""
    declared = "xmlns:ct" if prefix else "xmlns"
    body = (
        f'<{prefix}reportResponse {declared}="https://example.com/ns"><{prefix}responseCode>0</{prefix}responseCode>'
        f"<{prefix}reportId>{REPORT}</{prefix}reportId></{prefix}reportResponse>"
    )
    assert calls.Submit(b"<report/>").read(answer(body)).report_id == REPORT
