"""The mock's core, driven directly and with a clock that is moved by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from http import HTTPStatus
from random import Random
from typing import Any

import pytest

from cybertip.errors import ConfigurationError
from cybertip.mock import Behaviour, MockCore, ReportState
from cybertip.mock.answers import Answer
from cybertip.mock.state import ReceivedFile, ReceivedReport
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.schema import bundled_xsd
from cybertip.xml import parse
from tests.samples import file_details_xml, report_xml
from tests.unit.mock.hand_clock import ESP, OTHER, START, HandClock

MD5 = "0" * 32
SHA256 = "1" * 64


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def core(clock: HandClock) -> MockCore:
    return MockCore({ESP: "secret-one", OTHER: "secret-two"}, clock=clock)


def response(answer: Answer) -> ReportResponse:
    return parse(answer.body, ReportResponse).document


def receipt(answer: Answer) -> ReportDoneResponse:
    return parse(answer.body, ReportDoneResponse).document


def submit(core: MockCore) -> ReceivedReport:
    report_id = response(core.submit(ESP, report_xml())).report_id
    assert report_id is not None
    return core.reports[report_id]


def upload(core: MockCore, report: ReceivedReport, name: str = "holiday.png") -> ReceivedFile:
    answer = core.upload(ESP, report.id, name=name, size=67, md5=MD5, sha256=SHA256)
    file = report.file(response(answer).file_id or "")
    assert file is not None
    return file


def assert_refused(answer: Answer, code: int, text: str) -> None:
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert response(answer).response_code == code
    assert re.fullmatch(text, response(answer).response_description)
    assert response(answer).report_id is None


# --- status and schema ---


def test_status_names_the_caller_and_no_report(core: MockCore) -> None:
    """/status answers with the user and the address that the request came from, and without a report id."""
    answer = core.status(ESP, "192.0.2.7")
    assert answer.status == HTTPStatus.OK
    assert response(answer) == ReportResponse(
        response_code=0, response_description="Remote User : esp-one, Remote Ip : 192.0.2.7"
    )


def test_xsd_is_the_schema_in_use(core: MockCore) -> None:
    """/xsd answers with the very schema that documents are checked against."""
    assert core.xsd(ESP).body == bundled_xsd()


# --- submit ---


def test_submit_opens_a_report_and_keeps_what_arrived(core: MockCore) -> None:
    """An accepted /submit answers with the id of a report that is open and holds the bytes that were sent."""
    answer = core.submit(ESP, report_xml())
    report = core.reports[response(answer).report_id or 0]
    assert (answer.status, response(answer).response_code) == (HTTPStatus.OK, 0)
    assert (report.state, report.account, report.xml, report.opened_at) == (ReportState.OPEN, ESP, report_xml(), START)


def test_report_ids_increase_from_beyond_31_bits(core: MockCore) -> None:
    """Report ids do not fit into a signed 32-bit number, and each is one more than the one before."""
    first, second = submit(core), submit(core)
    assert first.id > 2**31 - 1
    assert second.id == first.id + 1
    assert list(core.reports) == [first.id, second.id]


def test_the_first_report_id_can_be_chosen(clock: HandClock) -> None:
    """Report ids start where they are told to, up to the end of 64 bits; then none can be opened."""
    core = MockCore({ESP: "x"}, clock=clock, first_report_id=2**63 - 1)
    assert submit(core).id == 2**63 - 1
    assert_refused(core.submit(ESP, report_xml()), 1100, r"Save failed\n.+")


@pytest.mark.parametrize("first", [0, -1, 2**63])
def test_a_first_report_id_that_is_none_is_refused(clock: HandClock, first: int) -> None:
    """Report ids are positive and fit 64 bits."""
    with pytest.raises(ValueError, match="between 1 and 9223372036854775807"):
        MockCore(clock=clock, first_report_id=first)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", r"1,\d+"),
        (b"this is no XML", r"1,\d+"),
        (b"<report>\n<incidentSummary>\n</report>", r"3,\d+"),
        (report_xml() + report_xml(), r"2,\d+"),
        (report_xml().replace(b"<report>", b'<!DOCTYPE report SYSTEM "http://example.com/x.dtd">\n<report>'), "2,1"),
        (report_xml().replace(b"Robin", b"\x01"), rf"2,{report_xml().splitlines()[1].index(b'Robin') + 1}"),
    ],
    ids=["empty", "text", "unclosed", "two documents", "doctype", "illegal character"],
)
def test_malformed_xml_is_4110(core: MockCore, body: bytes, place: str) -> None:
    """What is not one well-formed XML document without a DOCTYPE gets 4110 and the place."""
    assert_refused(core.submit(ESP, body), 4110, rf"Malformed XML\n\[{place}\] - .+")
    assert not core.reports


def test_a_schema_failure_is_4100_with_its_place(core: MockCore) -> None:
    """What the schema refuses gets 4100, the place behind the tag where it is seen, and the first thing wrong."""
    body = report_xml().replace(b"<platform>", b"\n<platform><b/>")
    sentence = r"cvc-type\.3\.1\.2: Element 'platform' is of a simple type and may not have elements in it\."
    column = len("<platform><b/>Example Pictures</platform>") + 1
    assert_refused(core.submit(ESP, body), 4100, rf"Validation failed\n\[3,{column}\] - {sentence}")
    assert not core.reports


@pytest.mark.parametrize(
    "body", [file_details_xml(1, "f" * 32), b"<html/>", b"<report/>", report_xml().replace(b"2025-03-14", b"14.3.2025")]
)
def test_another_or_an_invalid_document_is_4100(core: MockCore, body: bytes) -> None:
    """A file details document, a foreign root, an empty report and a wrong value are not accepted by /submit."""
    assert_refused(core.submit(ESP, body), 4100, r"Validation failed\n\[[0-9]+,[0-9]+\] - cvc-[a-z0-9.-]+: .+")


def test_a_time_without_offset_is_4100(core: MockCore) -> None:
    """The schema allows a time without its UTC offset, the documentation does not."""
    body = report_xml().replace(b"15:09:26Z", b"15:09:26")
    assert body != report_xml()
    assert_refused(
        core.submit(ESP, body), 4100, r"Validation failed\n/report/incidentSummary/incidentDateTime: .*offset.*"
    )


# --- upload and file details ---


def test_upload_answers_with_the_file_and_its_md5(core: MockCore, clock: HandClock) -> None:
    """An accepted /upload names the report, a file id of 32 hexadecimal digits and the MD5 of what arrived."""
    report = submit(core)
    clock.move(minutes=1)
    answer = core.upload(ESP, report.id, name="Übung 1.png", size=67, md5=MD5, sha256=SHA256)
    told = response(answer)
    assert (answer.status, told.response_code, told.report_id, told.hash) == (HTTPStatus.OK, 0, report.id, MD5)
    assert re.fullmatch("[0-9a-f]{32}", told.file_id or "")
    assert report.files == [
        ReceivedFile(told.file_id or "", START + timedelta(minutes=1), 67, MD5, SHA256, "Übung 1.png")
    ]


def test_every_upload_adds_a_file(core: MockCore) -> None:
    """The same bytes uploaded twice are two files: /upload must not be repeated blindly."""
    report = submit(core)
    assert upload(core, report).id != upload(core, report).id
    assert len(report.files) == 2


def test_fileinfo_is_kept_and_answered_with_the_report_alone(core: MockCore) -> None:
    """Accepted file details belong to their file; the answer names the report and no file."""
    report = submit(core)
    file = upload(core, report)
    details = file_details_xml(report.id, file.id)
    answer = core.fileinfo(ESP, details)
    assert (answer.status, response(answer)) == (
        HTTPStatus.OK,
        ReportResponse(response_code=0, response_description="Success", report_id=report.id),
    )
    assert file.details == details


def test_fileinfo_of_an_unknown_file_is_5002(core: MockCore) -> None:
    """File details for a file that this report does not have get 5002, even if another report has it."""
    report, elsewhere = submit(core), submit(core)
    for file_id in ("f" * 32, upload(core, elsewhere).id):
        assert_refused(core.fileinfo(ESP, file_details_xml(report.id, file_id)), 5002, "File does not exist")


def test_a_second_fileinfo_is_refused(core: MockCore) -> None:
    """File details are accepted once per file; the first ones stay."""
    report = submit(core)
    file = upload(core, report)
    first = file_details_xml(report.id, file.id)
    core.fileinfo(ESP, first)
    answer = core.fileinfo(ESP, first.replace(b"holiday", b"other"))
    assert_refused(answer, 4100, r"Validation failed\n.*once per file")
    assert file.details == first


@pytest.mark.parametrize(("body", "code"), [(report_xml(), 4100), (b"", 4110)])
def test_fileinfo_takes_nothing_but_file_details(core: MockCore, body: bytes, code: int) -> None:
    """A report, or nothing, sent to /fileinfo is refused like any wrong document."""
    assert_refused(core.fileinfo(ESP, body), code, r"(?s).+\[\d+,\d+\] - .+")


# --- finish and retract ---


def test_finish_without_files_is_a_receipt_with_an_empty_list(core: MockCore) -> None:
    """The receipt of a report without files holds <files/>, and never a description."""
    report = submit(core)
    answer = core.finish(ESP, report.id)
    assert answer.status == HTTPStatus.OK
    assert receipt(answer).response_code == 0
    assert receipt(answer).report_id == report.id
    assert b"<files/>" in answer.body
    assert report.state is ReportState.FINISHED


def test_finish_lists_the_files_in_the_order_of_their_uploads(core: MockCore) -> None:
    """The receipt names every uploaded file, described or not, in the order of the uploads."""
    report = submit(core)
    ids = [upload(core, report).id for _ in range(3)]
    core.fileinfo(ESP, file_details_xml(report.id, ids[2]))
    assert list(receipt(core.finish(ESP, report.id)).files.file_ids) == ids


def test_retract_cancels_an_open_report(core: MockCore) -> None:
    """/retract answers with the report id, and the report is retracted."""
    report = submit(core)
    answer = core.retract(ESP, report.id)
    assert (answer.status, response(answer).report_id) == (HTTPStatus.OK, report.id)
    assert report.state is ReportState.RETRACTED


def test_closing_is_dated(core: MockCore, clock: HandClock) -> None:
    """A finished report tells when it was finished."""
    report = submit(core)
    clock.move(minutes=5)
    core.finish(ESP, report.id)
    assert report.closed_at == START + timedelta(minutes=5)


# --- who may do what, and when ---

CALLS: dict[str, Callable[[MockCore, str, ReceivedReport], Answer]] = {
    "upload": lambda core, account, report: core.upload(
        account, report.id, name="late.png", size=1, md5=MD5, sha256=SHA256
    ),
    "fileinfo": lambda core, account, report: core.fileinfo(account, file_details_xml(report.id, report.files[0].id)),
    "finish": lambda core, account, report: core.finish(account, report.id),
    "retract": lambda core, account, report: core.retract(account, report.id),
}


@pytest.fixture(params=CALLS)
def call(request: pytest.FixtureRequest) -> Callable[[MockCore, str, ReceivedReport], Answer]:
    return CALLS[request.param]


def test_an_unknown_report_is_5001(core: MockCore, clock: HandClock, call: Callable[..., Answer]) -> None:
    """Every call on a report that never existed gets 5001."""
    stranger = ReceivedReport(
        7,
        ESP,
        b"",
        batched=False,
        clock=clock,
        opened_at=START,
        files=[ReceivedFile("f" * 32, START, 1, MD5, SHA256, "x")],
    )
    assert_refused(call(core, ESP, stranger), 5001, "Report does not exist")


def test_another_accounts_report_is_3300(core: MockCore, call: Callable[..., Answer]) -> None:
    """No call of one account touches the report of another, in whatever state it is."""
    report = submit(core)
    upload(core, report)
    assert_refused(call(core, OTHER, report), 3300, "No authorization to update the report")
    assert (report.state, len(report.files), report.files[0].details) == (ReportState.OPEN, 1, None)
    core.finish(ESP, report.id)
    assert_refused(call(core, OTHER, report), 3300, "No authorization to update the report")


def test_a_retracted_report_is_5101(core: MockCore, call: Callable[..., Answer]) -> None:
    """Every call on a retracted report gets 5101, a second /retract among them."""
    report = submit(core)
    upload(core, report)
    core.retract(ESP, report.id)
    assert_refused(call(core, ESP, report), 5101, "Report already retracted")
    assert report.state is ReportState.RETRACTED


def test_a_finished_report_is_5102(core: MockCore, call: Callable[..., Answer]) -> None:
    """Every call on a finished report gets 5102, a second /finish among them; nothing can be changed any more."""
    report = submit(core)
    upload(core, report)
    core.finish(ESP, report.id)
    assert_refused(call(core, ESP, report), 5102, "Report already finished")
    assert (report.state, len(report.files)) == (ReportState.FINISHED, 1)


def test_a_lapsed_report_is_5001(core: MockCore, clock: HandClock, call: Callable[..., Answer]) -> None:
    """Every call on a lapsed report gets 5001, and it can still be looked at."""
    report = submit(core)
    upload(core, report)
    clock.move(hours=24)
    assert_refused(call(core, ESP, report), 5001, "Report does not exist")
    assert core.reports[report.id].state is ReportState.LAPSED


# --- lapse ---


def test_a_report_lapses_24_hours_after_opening(core: MockCore, clock: HandClock) -> None:
    """A report that nobody touches is open for 24 hours and lapsed after them."""
    report = submit(core)
    clock.move(hours=24, microseconds=-1)
    before = report.state
    clock.move(microseconds=1)
    assert (before, report.state) == (ReportState.OPEN, ReportState.LAPSED)


def test_an_early_change_does_not_shorten_the_24_hours(core: MockCore, clock: HandClock) -> None:
    """An upload in the first hour leaves the deadline at 24 hours after opening: the later of the two counts."""
    report = submit(core)
    upload(core, report)
    clock.move(hours=23, minutes=59)
    assert report.state is ReportState.OPEN


def test_a_late_upload_gives_one_more_hour(core: MockCore, clock: HandClock) -> None:
    """An upload in the last minute keeps the report open for an hour from there."""
    report = submit(core)
    clock.move(hours=23, minutes=59)
    upload(core, report)
    clock.move(minutes=59)
    before = report.state
    clock.move(minutes=1)
    assert (before, report.state) == (ReportState.OPEN, ReportState.LAPSED)


def test_late_file_details_give_one_more_hour(core: MockCore, clock: HandClock) -> None:
    """File details in the last minute keep the report open for an hour from there."""
    report = submit(core)
    file = upload(core, report)
    clock.move(hours=23, minutes=59)
    core.fileinfo(ESP, file_details_xml(report.id, file.id))
    assert report.lapses_at == START + timedelta(hours=24, minutes=59)


def test_a_refused_call_changes_no_deadline(core: MockCore, clock: HandClock) -> None:
    """Refused file details are no modification."""
    report = submit(core)
    clock.move(hours=23, minutes=59)
    core.fileinfo(ESP, file_details_xml(report.id, "f" * 32))
    assert report.lapses_at == START + timedelta(hours=24)


@pytest.mark.parametrize(
    ("close", "state"), [(MockCore.finish, ReportState.FINISHED), (MockCore.retract, ReportState.RETRACTED)]
)
def test_a_closed_report_does_not_lapse(
    core: MockCore, clock: HandClock, close: Callable[..., Answer], state: ReportState
) -> None:
    """Finished and retracted reports stay what they are."""
    report = submit(core)
    close(core, ESP, report.id)
    clock.move(days=30)
    assert report.state is state


# --- credentials, headers, reprs ---


def test_credentials_must_match(core: MockCore) -> None:
    """An account is admitted with its own password and with nothing else."""
    assert core.authenticate(ESP, "secret-one") == ESP
    for name, password in [(ESP, "secret-two"), (ESP, ""), ("nobody", "secret-one"), ("nobody", ""), ("", "")]:
        assert core.authenticate(name, password) is None


def test_bad_credentials_get_a_challenge_and_code_2000(core: MockCore) -> None:
    """The answer to wrong credentials is HTTP 401 with the server's realm and code 2000."""
    answer = core.answers.unauthorized()
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="ESP Web Services"'
    assert response(answer) == ReportResponse(response_code=2000, response_description="Authentication required")


def test_a_core_without_accounts_has_the_default_one(clock: HandClock) -> None:
    """Where no account is given, mock with mock-password is one."""
    assert MockCore(clock=clock).authenticate("mock", "mock-password") == "mock"


@pytest.mark.parametrize("accounts", [{"a:b": "x"}, {"": "x"}, {"a\n": "x"}, {"a": ""}, {"a": "x\0"}])
def test_unusable_accounts_are_refused(clock: HandClock, accounts: dict[str, str]) -> None:
    """Names and passwords that HTTP Basic authentication cannot carry are refused at once."""
    with pytest.raises(ConfigurationError):
        MockCore(accounts, clock=clock)


def test_every_answer_carries_the_odd_headers(core: MockCore) -> None:
    """XML answers, errors and pages alike have a Request-ID of their own and set a cookie."""
    answers = [core.status(ESP, "192.0.2.7"), core.xsd(ESP), core.submit(ESP, report_xml()), core.submit(ESP, b"")]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/xml;charset=ISO-8859-1"}
    answers += [core.answers.unauthorized(), core.answers.page(HTTPStatus.NOT_FOUND)]
    assert len({answer.headers["Request-ID"] for answer in answers}) == len(answers)
    assert all(answer.headers["Set-Cookie"].startswith("JSESSIONID=") for answer in answers)


def test_the_same_seed_gives_the_same_ids(clock: HandClock) -> None:
    """With a seeded random, file ids and headers come out the same again."""

    def play() -> tuple[str, str]:
        core = MockCore({ESP: "x"}, clock=clock, random=Random(7))
        report = submit(core)
        return upload(core, report).id, core.finish(ESP, report.id).headers["Request-ID"]

    assert play() == play()


def test_no_repr_shows_passwords_or_content(core: MockCore) -> None:
    """The reprs of the core and of what it holds name no password, no file name and nothing of a document."""
    report = submit(core)
    file = upload(core, report)
    core.fileinfo(ESP, file_details_xml(report.id, file.id))
    shown = repr([core, vars(core), report, file, core.status(ESP, "192.0.2.7")])
    for secret in ("secret-one", "secret-two", "holiday", "user-7f3a", "192.0.2.7"):
        assert secret not in shown


def test_reports_can_be_looked_at_and_not_replaced(core: MockCore) -> None:
    """The view on the reports is read-only."""
    with pytest.raises(TypeError):
        core.reports[1] = submit(core)  # type: ignore[index]


def test_the_core_needs_no_web_libraries() -> None:
    """Importing the core loads neither the web layer nor what it is made of."""
    script = (
        "import sys, cybertip.mock as m; m.MockCore;"
        "print(sorted({'starlette', 'uvicorn', 'python_multipart', 'httpx', 'anyio'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# --- the way of a request, and the clock ---


def test_an_exchange_tells_what_became_of_a_request(core: MockCore, clock: HandClock) -> None:
    """A request is noted with its account, time, answer, broken rules and report, here and with its report."""
    exchange, fault = core.begin("POST", "submit", ESP)
    answer = core.submit(ESP, report_xml().replace(b"2025-03-14", b"2125-03-14"))
    core.end(exchange, answer, "answered", 0.5)
    assert fault is None
    assert (exchange.number, exchange.received_at, exchange.account, exchange.ended) == (1, START, ESP, "answered")
    assert (exchange.http_status, exchange.code, exchange.report_id, exchange.seconds) == (400, 4100, None, 0.5)
    assert exchange.violations[0] == "S203 /report/incidentSummary/incidentDateTime"
    assert exchange.description.startswith("Validation failed\n")
    assert exchange.request_id == answer.headers["Request-ID"]
    report = submit(core)
    finishing, _ = core.begin("POST", "finish", ESP)
    core.end(finishing, core.finish(ESP, report.id), "answered")
    assert list(core.exchanges) == [exchange, finishing]
    assert list(report.exchanges) == [finishing]


def test_an_answer_that_was_cut_off_was_not_given(core: MockCore) -> None:
    """What the client never saw has no HTTP status, and still the code that it would have had."""
    report = submit(core)
    exchange, _ = core.begin("POST", "finish", ESP)
    core.end(exchange, core.finish(ESP, report.id), "cut")
    assert (exchange.http_status, exchange.code, exchange.report_id) == (None, 0, report.id)


def test_only_the_latest_exchanges_are_remembered(core: MockCore) -> None:
    """However many requests come, memory holds the latest of them."""
    for _ in range(2000):
        exchange, _ = core.begin("GET", "", None)
        core.end(exchange, None, "answered")
    assert [one.number for one in core.exchanges] == list(range(1501, 2001))


def test_the_clock_can_be_moved(core: MockCore, clock: HandClock) -> None:
    """Moving the time on lets reports lapse without waiting; the clock behind it goes on as before."""
    report = submit(core)
    core.move_clock(by=timedelta(hours=23))
    assert (core.clock(), report.state) == (START + timedelta(hours=23), ReportState.OPEN)
    clock.move(hours=1)
    assert report.state is ReportState.LAPSED
    core.move_clock(to=START + timedelta(days=3))
    assert core.clock() == START + timedelta(days=3)


def test_a_lapsed_report_stays_lapsed_when_the_time_is_moved_back(core: MockCore) -> None:
    """What has lapsed is over, and dated by its deadline; what had not is open again."""
    early = submit(core)
    core.move_clock(by=timedelta(hours=12))
    late = submit(core)
    core.move_clock(by=timedelta(hours=13))
    core.reset_clock()
    assert core.clock() == START
    assert (early.state, early.closed_at) == (ReportState.LAPSED, START + timedelta(hours=24))
    assert late.state is ReportState.OPEN


@pytest.mark.parametrize(
    "move", [{"by": timedelta.max}, {"to": START.replace(year=9999)}, {"to": START.replace(year=1)}]
)
def test_the_clock_stays_within_the_calendar(core: MockCore, move: dict[str, Any]) -> None:
    """A time at whose edge nothing could be calculated is refused, and nothing changes."""
    with pytest.raises((ValueError, OverflowError)):
        core.move_clock(**move)
    assert core.clock() == START


def test_forgetting_everything(core: MockCore) -> None:
    """Reports and exchanges are gone, and ids go on."""
    first = submit(core)
    core.begin("GET", "status", ESP)
    assert core.forget() == 1
    assert (dict(core.reports), list(core.exchanges)) == ({}, [])
    assert submit(core).id == first.id + 1


def test_a_core_can_be_copied(clock: HandClock) -> None:
    """A simulation can go on from the same state twice: the copies share nothing."""
    core = MockCore({ESP: "x"}, clock=clock, random=Random(7))
    report = submit(core)
    copy = deepcopy(core)
    core.finish(ESP, report.id)
    assert (report.state, copy.reports[report.id].state) == (ReportState.FINISHED, ReportState.OPEN)
    assert response(copy.retract(ESP, report.id)).response_code == 0


@pytest.mark.parametrize("report_id", [0, -1, 2**63, 10**30])
@pytest.mark.parametrize("root", ["reportResponse", "reportDoneResponse"])
def test_a_number_that_is_no_report_id(clock: HandClock, report_id: int, root: Any) -> None:
    """No endpoint raises, whatever number it is asked about."""
    core = MockCore({ESP: "x"}, clock=clock, behaviour=Behaviour(finish_errors=root))
    for answer in (
        core.finish(ESP, report_id),
        core.retract(ESP, report_id),
        core.upload(ESP, report_id, name="a", size=1, md5=MD5, sha256=SHA256),
    ):
        assert answer.code == 5001


def test_answers_can_be_copied(core: MockCore) -> None:
    """A simulation can branch with an answer on its way."""
    answer = core.submit(ESP, report_xml())
    assert deepcopy(answer) == answer


def test_an_enormous_number_of_violations_costs_little(core: MockCore) -> None:
    """Of a document that breaks rules thousands of times, some are told and the rest is not even looked for."""
    body = report_xml().replace(b"<email>", b"<email>x</email>" * 100_000 + b"<email>")
    answer = core.submit(ESP, body)
    assert (answer.code, len(answer.violations)) == (4100, 20)
