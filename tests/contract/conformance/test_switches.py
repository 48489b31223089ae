"""The switches of the mock, for what is not known of the real server (docs/mock.md): each value of each.

A client that copes with all of them is safe whichever the real server does.
"""

from __future__ import annotations

import pytest

from tests.contract.conformance.documents import file_details, of_file
from tests.contract.conformance.own_mock import OwnMock, mock_that
from tests.contract.conformance.test_life import CHANGES
from tests.contract.conformance.test_refusals import NOBODYS_REPORT
from tests.contract.conformance.wire import Reply

pytestmark = pytest.mark.needs_mock

DAY = 24 * 60 * 60
FIRST = "<originalFileName>first.png</originalFileName>"
SECOND = "<originalFileName>second.png</originalFileName>"


def describe(mock: OwnMock, report_id: int, file_id: str, holds: str) -> Reply:
    return mock.api.fileinfo(of_file(file_details(holds), report_id, file_id))


@pytest.mark.parametrize("switches", [{}, {"second_fileinfo": "refused"}], ids=["default", "set"])
def test_second_fileinfo_refused(switches: dict[str, str]) -> None:
    """A second /fileinfo for a file gets 4100, and the first details stay; that is the default (second_fileinfo)."""
    with mock_that(**switches) as mock:
        report_id = mock.open()
        file_id = mock.upload(report_id)
        assert describe(mock, report_id, file_id, FIRST).accepted
        for holds in (FIRST, SECOND):
            describe(mock, report_id, file_id, holds).assert_refused(4100)
        (file,) = mock.received(report_id).files
        assert b"first.png" in (file.details or b"")


def test_second_fileinfo_replaces() -> None:
    """A second /fileinfo for a file is accepted, and its details replace the first (second_fileinfo)."""
    with mock_that(second_fileinfo="replaces") as mock:
        report_id = mock.open()
        file_id = mock.upload(report_id)
        for holds in (FIRST, SECOND):
            answer = describe(mock, report_id, file_id, holds)
            assert answer.accepted, answer
            assert answer.report_id == report_id
        (file,) = mock.received(report_id).files
        assert b"second.png" in (file.details or b"")
        assert b"first.png" not in (file.details or b"")
        assert mock.api.finish(report_id).file_ids == (file_id,)


@pytest.mark.parametrize(("switches", "code"), [({}, 5001), ({"lapsed": 5001}, 5001), ({"lapsed": 5101}, 5101)])
@pytest.mark.parametrize("change", CHANGES)
def test_lapsed(switches: dict[str, int], code: int, change: str) -> None:
    """Every call on a lapsed report gets 5001 by default, or 5101 (lapsed)."""
    with mock_that(**switches) as mock:
        report_id = mock.open()
        file_id = mock.upload(report_id)
        mock.advance(DAY + 60)
        CHANGES[change](mock.api, report_id, file_id).assert_refused(code)


def test_lapsed_concerns_no_other_report() -> None:
    """A report that never was gets 5001, whatever a lapsed one gets (lapsed)."""
    with mock_that(lapsed=5101) as mock:
        mock.api.finish(NOBODYS_REPORT).assert_refused(5001)


@pytest.mark.parametrize(
    ("switches", "code"), [({}, 5102), ({"second_finish": 5102}, 5102), ({"second_finish": 5001}, 5001)]
)
def test_second_finish_refused(switches: dict[str, int], code: int) -> None:
    """A second /finish gets 5102 by default, or 5001; the report stays filed (second_finish)."""
    with mock_that(**switches) as mock:
        report_id = mock.open()
        mock.upload(report_id)
        assert mock.api.finish(report_id).accepted
        for _ in range(2):
            mock.api.finish(report_id).assert_refused(code)
        assert str(mock.received(report_id).state.value) == "finished"


def test_second_finish_answers_the_receipt_again() -> None:
    """A second /finish gets the receipt once more, byte for byte (second_finish)."""
    with mock_that(second_finish=0) as mock:
        report_id = mock.open()
        files = tuple(mock.upload(report_id, content) for content in (b"one", b"two"))
        first, second = mock.api.finish(report_id), mock.api.finish(report_id)
        assert first.accepted
        assert second.accepted
        assert (second.root, second.report_id, second.file_ids) == ("reportDoneResponse", report_id, files)
        assert second.http.content == first.http.content


def test_second_finish_concerns_finish_only() -> None:
    """Other calls on a filed report are refused with 5102 also where /finish answers its receipt again."""
    with mock_that(second_finish=0) as mock:
        report_id = mock.open()
        file_id = mock.upload(report_id)
        assert mock.api.finish(report_id).accepted
        for change in ("upload", "fileinfo", "retract"):
            CHANGES[change](mock.api, report_id, file_id).assert_refused(5102)


@pytest.mark.parametrize("switches", [{}, {"finish_errors": "reportResponse"}], ids=["default", "set"])
def test_finish_errors_that_say_why(switches: dict[str, str]) -> None:
    """Errors of /finish come as a reportResponse with a description; that is the default (finish_errors)."""
    with mock_that(**switches) as mock:
        answer = mock.api.finish(NOBODYS_REPORT)
        answer.assert_refused(5001)
        assert answer.names == ("responseCode", "responseDescription")


def test_finish_errors_that_do_not_say_why() -> None:
    """Errors of /finish come as a reportDoneResponse, which has no description (finish_errors)."""
    with mock_that(finish_errors="reportDoneResponse") as mock:
        report_id = mock.open()
        assert mock.api.finish(report_id).accepted
        for asked, code in ((NOBODYS_REPORT, 5001), (report_id, 5102)):
            answer = mock.api.finish(asked)
            answer.assert_refused(code)
            assert answer.root == "reportDoneResponse"
            assert answer.names == ("responseCode", "reportId", "files")
            assert (answer.report_id, answer.file_ids) == (asked, ())


def test_finish_errors_concern_finish_only() -> None:
    """Errors of /retract come as a reportResponse, whatever those of /finish are (finish_errors)."""
    with mock_that(finish_errors="reportDoneResponse") as mock:
        answer = mock.api.retract(NOBODYS_REPORT)
        answer.assert_refused(5001)
        assert answer.root == "reportResponse"


@pytest.mark.parametrize(
    ("switches", "code"), [({}, 3300), ({"foreign_report": 3300}, 3300), ({"foreign_report": 3000}, 3000)]
)
def test_foreign_report(switches: dict[str, int], code: int) -> None:
    """Every call on another account's report gets 3300 by default, or 3000 (foreign_report)."""
    with mock_that(**switches) as mock:
        report_id = mock.open()
        file_id = mock.upload(report_id)
        for change in CHANGES.values():
            change(mock.other, report_id, file_id).assert_refused(code)
        assert mock.api.finish(report_id).file_ids == (file_id,)


@pytest.mark.parametrize(
    ("switches", "code"),
    [({}, 2000), ({"unauthorized": "2000"}, 2000), ({"unauthorized": "1000"}, 1000), ({"unauthorized": "empty"}, None)],
)
def test_unauthorized(switches: dict[str, str], code: int | None) -> None:
    """HTTP 401 has a reportResponse with 2000 by default, with 1000, or no body (unauthorized)."""
    with mock_that(**switches) as mock:
        answer = mock.api.read(mock.api.http.get("/xsd", auth=("esp-one", "wrong")))
        assert answer.status == 401
        assert answer.http.headers["WWW-Authenticate"] == 'Basic realm="ESP Web Services"'
        assert (answer.root, answer.code) == ("" if code is None else "reportResponse", code)
        assert answer.is_empty is (code is None)
