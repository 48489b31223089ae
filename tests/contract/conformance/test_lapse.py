"""A report that is not finished lapses: 24 h after it was opened or 1 h after its last change, whichever is later.

(protocol.md, "Life of a report", step 5.) Each test moves the clock of the mock.
"""

from __future__ import annotations

import pytest

from tests.contract.conformance.documents import file_details, of_file
from tests.contract.conformance.target import Advance, OpenReport
from tests.contract.conformance.test_life import CHANGES
from tests.contract.conformance.wire import Api

pytestmark = pytest.mark.needs_mock

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# The mock's clock runs on while a test does; a minute is more than any test takes.


@pytest.mark.parametrize("change", CHANGES)
def test_an_open_report_lapses_after_a_day(
    api: Api, report_id: int, file_id: str, advance: Advance, change: str
) -> None:
    """24 h after its opening an unfinished report is deleted, for every call (5001: assumed)."""
    advance(DAY + MINUTE)
    CHANGES[change](api, report_id, file_id).assert_refused(5001)


@pytest.mark.parametrize("change", CHANGES)
def test_until_then_it_is_open(api: Api, report_id: int, file_id: str, advance: Advance, change: str) -> None:
    """Until 24 h have passed a report without recent changes is open."""
    advance(DAY - MINUTE)
    assert CHANGES[change](api, report_id, file_id).accepted


def test_an_hour_without_changes_ends_nothing(api: Api, report_id: int, file_id: str, advance: Advance) -> None:
    """The later of both moments counts: an hour after the last change a young report is open."""
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted
    advance(2 * HOUR)
    assert api.finish(report_id).accepted


def test_an_upload_gives_it_another_hour(api: Api, report_id: int, advance: Advance) -> None:
    """A file upload is a modification: the report lapses one hour after it, beyond the 24 h."""
    advance(DAY - 30 * MINUTE)
    assert api.upload(report_id).accepted
    advance(59 * MINUTE)
    assert api.upload(report_id).accepted


def test_an_hour_after_the_last_upload_it_lapses(api: Api, report_id: int, advance: Advance) -> None:
    """More than an hour after the last upload and 24 h after its opening a report is deleted (5001: assumed)."""
    advance(DAY - 30 * MINUTE)
    assert api.upload(report_id).accepted
    advance(61 * MINUTE)
    api.finish(report_id).assert_refused(5001)


def test_file_details_give_it_another_hour(api: Api, report_id: int, file_id: str, advance: Advance) -> None:
    """File details are a modification as well: the report is open for one hour after them."""
    advance(DAY - 30 * MINUTE)
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted
    advance(59 * MINUTE)
    assert api.finish(report_id).accepted


def test_an_hour_after_the_last_details_it_lapses(api: Api, report_id: int, file_id: str, advance: Advance) -> None:
    """More than an hour after the last details and 24 h after its opening a report is deleted (5001: assumed)."""
    advance(DAY - 30 * MINUTE)
    assert api.fileinfo(of_file(file_details(), report_id, file_id)).accepted
    advance(61 * MINUTE)
    api.retract(report_id).assert_refused(5001)


def test_uploads_keep_it_open_for_days(api: Api, report_id: int, advance: Advance) -> None:
    """A report with a change every hour is open as long as they go on."""
    advance(DAY - 30 * MINUTE)
    for _ in range(30):
        assert api.upload(report_id).accepted
        advance(59 * MINUTE)
    assert len(api.finish(report_id).file_ids) == 30


def test_a_refused_call_gives_it_no_time(api: Api, report_id: int, file_id: str, advance: Advance) -> None:
    """What was refused is no modification: the report lapses as if it had not been tried."""
    advance(DAY - 30 * MINUTE)
    assert not api.fileinfo(of_file(file_details("<unknown/>"), report_id, file_id)).accepted
    assert not api.read(api.http.post("/upload", files={"id": (None, str(report_id))})).accepted
    advance(31 * MINUTE)
    api.finish(report_id).assert_refused(5001)


def test_a_change_of_one_report_helps_no_other(
    api: Api, open_report: OpenReport, report_id: int, advance: Advance
) -> None:
    """Each report has its own time: a change of one keeps only that one open."""
    busy = open_report()
    advance(DAY - 30 * MINUTE)
    assert api.upload(busy).accepted
    advance(31 * MINUTE)
    api.finish(report_id).assert_refused(5001)
    assert api.finish(busy).accepted


def test_a_filed_report_never_lapses(api: Api, report_id: int, advance: Advance) -> None:
    """Only an unfinished report is deleted: a filed one is still known as filed later (5102)."""
    assert api.finish(report_id).accepted
    advance(10 * DAY)
    api.retract(report_id).assert_refused(5102)


def test_a_lapsed_report_stays_closed_to_another_account(
    api: Api, other: Api, report_id: int, advance: Advance
) -> None:
    """A lapsed report is nothing to another account, either (5001 or 3300: assumed)."""
    advance(DAY + MINUTE)
    answer = other.finish(report_id)
    assert answer.status == 400
    assert answer.code in (5001, 3300)
