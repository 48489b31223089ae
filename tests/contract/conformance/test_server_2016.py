"""A server of 2016: errors come with HTTP 200, and a refused document has a code of its own.

(protocol.md, "What the real server has been seen to do".) Asked of a mock that was started as such.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.conformance import rules_files, rules_report, rules_shared
from tests.contract.conformance.documents import FUTURE, PAST, batched_report, file_details, of_file, report, reporter
from tests.contract.conformance.own_mock import OwnMock, mock_that
from tests.contract.conformance.pairs import Pair, cases
from tests.contract.conformance.target import OpenReport
from tests.contract.conformance.test_life import CHANGES
from tests.contract.conformance.test_refusals import NOBODYS_FILE, NOBODYS_REPORT
from tests.contract.conformance.wire import MALFORMED, Dialect, Reply

pytestmark = pytest.mark.needs_mock


def each_once(*tables: list[Pair]) -> list[Pair]:
    """The first pair of every rule."""
    return list({pair.rule: pair for table in tables for pair in reversed(table)}.values())


REPORT_PAIRS = each_once(
    *(rules_shared.EVENTS, rules_shared.DEVICES, rules_shared.PHONES, rules_shared.OFFSETS),
    *(rules_report.INCIDENTS, rules_report.CONTACTS, rules_report.DISABLED, rules_files.BATCHED_REPORTS),
)
FILE_PAIRS = [pair for pair in each_once(rules_files.FILES) if pair.rule != "S301"]


@pytest.fixture(scope="module")
def old() -> Iterator[OwnMock]:
    """A mock that behaves like the server of 2016."""
    with mock_that(Dialect.OF_2016, server="2016") as mock:
        yield mock


@pytest.fixture
def open_report(old: OwnMock) -> OpenReport:
    return old.open


@pytest.fixture
def report_id(old: OwnMock) -> int:
    return old.open()


@pytest.fixture
def file_id(old: OwnMock, report_id: int) -> str:
    return old.upload(report_id)


def assert_malformed(answer: Reply) -> None:
    """HTTP 200, code 1001, the sentence, and nothing else."""
    assert (answer.status, answer.code) == (200, 1001), answer
    assert answer.names == ("responseCode", "responseDescription"), answer
    description = answer.description or ""
    assert description.startswith(MALFORMED), answer
    assert len(description) > len(MALFORMED), answer


def test_a_schema_failure_has_code_1001(old: OwnMock) -> None:
    """A schema failure comes with HTTP 200, code 1001, "Malformed (xml) report submittal - …", no reportId (seen)."""
    assert_malformed(old.api.submit(report(note="<unknown/>")))


def test_the_wrong_order_has_code_1001(old: OwnMock) -> None:
    """The message of the wrong order is a schema validator's (seen)."""
    answer = old.api.submit(report(kind="", note=reporter()))
    assert_malformed(answer)
    assert "cvc-" in (answer.description or "")


@pytest.mark.parametrize("document", ["", "<report>", report()[:-20]], ids=["empty", "not closed", "cut off"])
def test_malformed_xml_has_code_1001(old: OwnMock, document: str) -> None:
    """XML that is not well-formed is a malformed report as well (1001; seen in 2016 only)."""
    assert_malformed(old.api.submit(document))


@pytest.mark.parametrize("pair", cases(REPORT_PAIRS))
def test_a_report_that_breaks_a_rule_has_code_1001(old: OwnMock, open_report: OpenReport, pair: Pair) -> None:
    """A report that breaks a rule is malformed too, and its repaired twin accepted (S, B)."""
    assert_malformed(old.api.submit(pair.broken_document))
    open_report(pair.repaired_document)


@pytest.mark.parametrize("pair", cases(FILE_PAIRS))
def test_file_details_that_break_a_rule_have_code_1001(old: OwnMock, report_id: int, file_id: str, pair: Pair) -> None:
    """File details that break a rule are malformed too, and their repaired twin accepted (S)."""
    assert_malformed(old.api.fileinfo(of_file(pair.broken_document, report_id, file_id)))
    assert old.api.fileinfo(of_file(pair.repaired_document, report_id, file_id)).accepted


def test_a_refused_report_opens_nothing(old: OwnMock) -> None:
    """HTTP 200 with a code other than 0 is a failure: nothing was opened (seen)."""
    before = len(old.server.core.reports)
    assert not old.api.submit(report(moment=FUTURE)).accepted
    assert len(old.server.core.reports) == before
    assert old.open(report(moment=PAST))


def test_fileinfo_names_the_file(old: OwnMock, report_id: int, file_id: str) -> None:
    """Older servers answer /fileinfo with the fileId beside the reportId ("Endpoints")."""
    answer = old.api.fileinfo(of_file(file_details(), report_id, file_id))
    assert answer.accepted, answer
    assert answer.names == ("responseCode", "responseDescription", "reportId", "fileId")
    assert (answer.report_id, answer.file_id) == (report_id, file_id)


def test_there_is_no_request_id(old: OwnMock, report_id: int) -> None:
    """The header Request-ID is missing on old recordings, whatever the answer ("What the real server…")."""
    answers = [old.api.status(), old.api.submit(""), old.api.finish(report_id), old.api.finish(NOBODYS_REPORT)]
    assert not [answer for answer in answers if "Request-ID" in answer.http.headers]


def test_the_other_headers_are_there(old: OwnMock) -> None:
    """Set-Cookie and the odd Content-Type come from a server of 2016 as well (seen)."""
    for answer in (old.api.status(), old.api.submit("")):
        assert answer.http.headers["Set-Cookie"]
        assert answer.http.headers["Content-Type"] == "application/xml;charset=ISO-8859-1"


def test_credentials_are_asked_for_with_401(old: OwnMock) -> None:
    """Bad credentials are HTTP 401 with the challenge here, too (seen)."""
    answer = old.api.http.get("/status", auth=("esp-one", "wrong"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="ESP Web Services"'


@pytest.mark.parametrize("change", CHANGES)
def test_errors_come_with_http_200(old: OwnMock, change: str) -> None:
    """A report that does not exist gets 5001 with HTTP 200 (seen of errors in 2016)."""
    CHANGES[change](old.api, NOBODYS_REPORT, NOBODYS_FILE).assert_refused(5001)


def test_closed_reports_and_unknown_files_come_with_http_200(old: OwnMock, report_id: int, file_id: str) -> None:
    """5002, 5101, 5102 and 3300 come with HTTP 200 as well (seen of errors in 2016)."""
    old.api.fileinfo(of_file(file_details(), report_id, NOBODYS_FILE)).assert_refused(5002)
    old.other.retract(report_id).assert_refused(3300)
    assert old.api.finish(report_id).file_ids == (file_id,)
    old.api.finish(report_id).assert_refused(5102)
    second = old.open()
    assert old.api.retract(second).accepted
    old.api.retract(second).assert_refused(5101)


def test_a_report_lapses_with_http_200(old: OwnMock, report_id: int) -> None:
    """A lapsed report gets 5001 with HTTP 200 (assumed)."""
    old.advance(25 * 60 * 60)
    old.api.finish(report_id).assert_refused(5001)


def test_two_files_of_a_batched_report_come_with_http_200(old: OwnMock) -> None:
    """/finish of a batched report with two files is refused with HTTP 200 (B403)."""
    report_id = old.open(batched_report())
    for content in (b"one", b"two"):
        old.upload(report_id, content)
    answer = old.api.finish(report_id)
    assert answer.status == 200
    assert answer.code in (1001, 4100), answer
    assert old.api.retract(report_id).accepted


def test_what_goes_well_is_answered_alike(old: OwnMock, report_id: int, file_id: str) -> None:
    """/submit, /upload, /finish and /retract succeed with the same documents as later (seen)."""
    answer = old.api.finish(report_id)
    assert (answer.root, answer.names) == ("reportDoneResponse", ("responseCode", "reportId", "files"))
    assert answer.file_ids == (file_id,)
    assert old.api.retract(old.open()).names == ("responseCode", "responseDescription", "reportId")
