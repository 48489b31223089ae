"""The switches of a mock, each value of each, on the core."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from cybertip.mock import Behaviour, MockCore, ReportState
from cybertip.mock.answers import Answer
from cybertip.models import ReportDoneResponse, ReportResponse
from cybertip.xml import parse
from tests.samples import file_details_xml, report_xml
from tests.unit.mock.hand_clock import ESP, OTHER, HandClock, opened


def mock(**switches: Any) -> tuple[MockCore, HandClock]:
    clock = HandClock()
    return MockCore({ESP: "one", OTHER: "two"}, clock=clock, behaviour=Behaviour(**switches)), clock


def told(answer: Answer) -> ReportResponse:
    return parse(answer.body, ReportResponse).document


def test_documents_refused_by_the_server_of_2016() -> None:
    """Every refused document is code 1001 with HTTP 200, the sentence on the same line, and without a place."""
    core, _ = mock(server="2016")
    for body, words in (
        (report_xml().replace(b"<platform>", b"<x/><platform>"), "cvc-complex-type.2.4.a: Invalid content .+"),
        (b"", "there is no XML document."),
        (report_xml().replace(b"2025-03-14", b"2125-03-14"), "/report/incidentSummary/incidentDateTime: .+"),
    ):
        answer = core.submit(ESP, body)
        assert (answer.status, told(answer).response_code, told(answer).report_id) == (200, 1001, None)
        assert re.fullmatch(rf"Malformed \(xml\) report submittal - {words}", told(answer).response_description)


def test_other_errors_of_the_server_of_2016() -> None:
    """Codes about reports are what they are, with HTTP 200; credentials keep HTTP 401; nothing has a Request-ID."""
    core, _ = mock(server="2016")
    answer = core.finish(ESP, 5)
    assert (answer.status, told(answer).response_code) == (200, 5001)
    assert core.answers.unauthorized().status == 401
    assert "Request-ID" not in answer.headers
    assert "Set-Cookie" in answer.headers


def test_fileinfo_of_the_server_of_2016_names_the_file() -> None:
    """Older servers answered /fileinfo with the file id as well."""
    core, _ = mock(server="2016")
    report = opened(core)
    core.upload(ESP, report.id, name="a.png", size=1, md5="0" * 32, sha256="0" * 64)
    file_id = report.files[0].id
    assert told(core.fileinfo(ESP, file_details_xml(report.id, file_id))).file_id == file_id


def test_a_second_fileinfo_that_replaces() -> None:
    """The later details are the ones that count."""
    core, _ = mock(second_fileinfo="replaces")
    report = opened(core)
    core.upload(ESP, report.id, name="a.png", size=1, md5="0" * 32, sha256="0" * 64)
    first = file_details_xml(report.id, report.files[0].id)
    second = first.replace(b"holiday", b"other")
    assert [told(core.fileinfo(ESP, body)).response_code for body in (first, second)] == [0, 0]
    assert report.files[0].details == second


@pytest.mark.parametrize("code", [5001, 5101])
def test_calls_on_a_lapsed_report(code: int) -> None:
    """A lapsed report is gone, or counts as retracted."""
    core, clock = mock(lapsed=code)
    report = opened(core)
    clock.move(hours=24)
    assert [told(call(ESP, report.id)).response_code for call in (core.finish, core.retract)] == [code, code]


@pytest.mark.parametrize("code", [5102, 5001])
def test_a_second_finish_that_is_refused(code: int) -> None:
    """A finished report is finished already, or no longer there."""
    core, _ = mock(second_finish=code)
    report = opened(core)
    core.finish(ESP, report.id)
    assert told(core.finish(ESP, report.id)).response_code == code
    assert told(core.retract(ESP, report.id)).response_code == 5102
    assert report.state is ReportState.FINISHED


def test_a_second_finish_that_succeeds() -> None:
    """The receipt comes once more, and the report stays finished when it was."""
    core, clock = mock(second_finish=0)
    report = opened(core)
    first = core.finish(ESP, report.id)
    closed_at = report.closed_at
    clock.move(hours=1)
    assert core.finish(ESP, report.id).body == first.body
    assert report.closed_at == closed_at


def test_finish_errors_in_the_other_root() -> None:
    """Errors to /finish come as reportDoneResponse, which names the report and cannot say why; no other call's do."""
    core, _ = mock(finish_errors="reportDoneResponse")
    done = parse(core.finish(ESP, 5).body, ReportDoneResponse).document
    assert (done.response_code, done.report_id, done.files.file_ids) == (5001, 5, ())
    assert told(core.retract(ESP, 5)).response_code == 5001


@pytest.mark.parametrize("code", [3300, 3000])
def test_another_accounts_report(code: int) -> None:
    """A second account cannot touch the first one's report, also when it is finished, and learns nothing of it."""
    core, _ = mock(foreign_report=code, second_finish=0)
    report = opened(core)
    core.finish(ESP, report.id)
    assert told(core.finish(OTHER, report.id)).response_code == code
    assert told(core.retract(OTHER, report.id)).response_code == code


@pytest.mark.parametrize(("value", "code"), [("2000", 2000), ("1000", 1000), ("empty", None)])
def test_the_body_of_401(value: str, code: int | None) -> None:
    """Wrong credentials get one of the codes that were seen, or an empty body."""
    answer = mock(unauthorized=value)[0].answers.unauthorized()
    assert (answer.status, answer.code) == (401, code)
    assert (answer.body == b"") == (code is None)
    assert code is None or told(answer).response_code == code


@pytest.mark.parametrize("switch", [{"server": "2020"}, {"lapsed": 5102}, {"second_finish": 5101}, {"speed": 1}])
def test_a_switch_that_does_not_exist(switch: dict[str, Any]) -> None:
    """Values and switches that mean nothing are refused."""
    with pytest.raises(ValidationError):
        Behaviour(**switch)


BATCHED = (
    b'<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/><incidentSummary><incidentType>Misleading Domain Name'
    b"</incidentType><incidentDateTime>2025-01-01T00:00:00Z</incidentDateTime></incidentSummary><reporter>"
    b"<reportingPerson><email>trust@example.com</email></reportingPerson></reporter></report>"
)
VIRAL = (
    "<fileDetails><reportId>{}</reportId><fileId>{}</fileId><fileAnnotations><viral/></fileAnnotations>{}</fileDetails>"
)


def test_a_batched_report_with_two_files_cannot_be_finished() -> None:
    """/finish answers HTTP 400 with 4100 (B403); the report stays open and can be retracted."""
    core, _ = mock()
    report = core.reports[told(core.submit(ESP, BATCHED)).report_id or 0]
    for _ in range(2):
        core.upload(ESP, report.id, name="a.png", size=1, md5="0" * 32, sha256="0" * 64)
        core.fileinfo(ESP, VIRAL.format(report.id, report.files[-1].id, "").encode())
    answer = core.finish(ESP, report.id)
    assert (answer.status, answer.code, answer.report_id) == (400, 4100, report.id)
    assert answer.violations == ("B403 /report/batchedReport",)
    assert report.state is ReportState.OPEN
    assert told(core.retract(ESP, report.id)).response_code == 0


def test_a_batched_report_with_one_described_file_is_finished() -> None:
    """Its file needs details: without them /finish is refused (B404), with them it succeeds."""
    core, _ = mock()
    report = core.reports[told(core.submit(ESP, BATCHED)).report_id or 0]
    core.upload(ESP, report.id, name="a.png", size=1, md5="0" * 32, sha256="0" * 64)
    assert core.finish(ESP, report.id).violations == ("B404 /report/batchedReport",)
    file_id = report.files[0].id
    named = VIRAL.format(report.id, file_id, "<additionalInfo>x</additionalInfo>")
    assert core.fileinfo(ESP, named.encode()).violations == ("B405 /fileDetails/additionalInfo[1]",)
    assert told(core.fileinfo(ESP, VIRAL.format(report.id, file_id, "").encode())).response_code == 0
    assert core.finish(ESP, report.id).code == 0


def test_details_that_break_no_rule_elsewhere_break_none_here() -> None:
    """What only a batched report forbids is allowed in any other."""
    core, _ = mock()
    report = opened(core)
    core.upload(ESP, report.id, name="a.png", size=1, md5="0" * 32, sha256="0" * 64)
    named = VIRAL.format(report.id, report.files[0].id, "<additionalInfo>x</additionalInfo>")
    assert told(core.fileinfo(ESP, named.encode())).response_code == 0
