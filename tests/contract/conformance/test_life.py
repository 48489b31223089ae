"""The life of a report: open, finished, retracted (protocol.md, "Life of a report")."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.conformance.documents import file_details, of_file, report
from tests.contract.conformance.wire import Api, Reply

CHANGES: dict[str, Callable[[Api, int, str], Reply]] = {
    "upload": lambda api, report, file: api.upload(report),
    "fileinfo": lambda api, report, file: api.fileinfo(of_file(file_details(), report, file)),
    "finish": lambda api, report, file: api.finish(report),
    "retract": lambda api, report, file: api.retract(report),
}
"""The calls that need an open report."""


def test_files_and_details_are_added_while_it_is_open(api: Api, report_id: int) -> None:
    """While a report is open, files and details may be added in turn; /finish files them all (steps 2 and 3)."""
    first = api.upload(report_id, b"one").file_id or ""
    assert api.fileinfo(of_file(file_details(), report_id, first)).accepted
    second = api.upload(report_id, b"two").file_id or ""
    assert api.fileinfo(of_file(file_details(), report_id, second)).accepted
    assert set(api.finish(report_id).file_ids) == {first, second}


def test_files_need_no_details(api: Api, report_id: int, file_id: str) -> None:
    """A file without details is filed as well: no rule demands them, but in a batched report (step 3)."""
    assert api.finish(report_id).file_ids == (file_id,)


@pytest.mark.parametrize("change", ["upload", "fileinfo", "retract"])
def test_after_finish_nothing_can_be_changed(api: Api, report_id: int, file_id: str, change: str) -> None:
    """After /finish a report can be neither changed, extended nor cancelled (5102)."""
    assert api.finish(report_id).accepted
    CHANGES[change](api, report_id, file_id).assert_refused(5102)


def test_a_second_finish_files_nothing_again(api: Api, report_id: int, file_id: str) -> None:
    """A second /finish is assumed to get 5102; code 0 again, 5001 or anything else must be safe as well (assumed)."""
    assert api.finish(report_id).accepted
    answer = api.finish(report_id)
    if answer.is_exact or not answer.accepted:
        answer.assert_refused(5102)
    else:
        assert (answer.report_id, answer.file_ids) == (report_id, (file_id,)), answer


@pytest.mark.parametrize("change", ["upload", "fileinfo", "finish"])
def test_after_retract_nothing_can_be_changed(api: Api, report_id: int, file_id: str, change: str) -> None:
    """A report that was retracted takes no file and no details, and cannot be finished (5101)."""
    assert api.retract(report_id).accepted
    CHANGES[change](api, report_id, file_id).assert_refused(5101, 5001, 5002)


def test_a_second_retract_does_nothing(api: Api, report_id: int) -> None:
    """A second /retract is assumed to get 5101; a server may answer anything (assumed)."""
    assert api.retract(report_id).accepted
    answer = api.retract(report_id)
    if answer.is_exact or not answer.accepted:
        answer.assert_refused(5101)
    else:
        assert answer.report_id == report_id, answer


def test_a_refused_call_changes_nothing(api: Api, report_id: int, file_id: str) -> None:
    """After refused calls a report is open as before, and can be filed (step 2)."""
    assert not api.fileinfo(of_file(file_details("<unknown/>"), report_id, file_id)).accepted
    assert not api.fileinfo(of_file(file_details(), report_id, "f" * 32)).accepted
    assert api.finish(report_id).file_ids == (file_id,)


def test_reports_do_not_touch_each_other(api: Api, report_id: int) -> None:
    """Retracting a report leaves another one open, and filing that one leaves it filed (steps 3 and 4)."""
    second = api.submit(report()).report_id or 0
    assert api.retract(second).accepted
    assert api.upload(report_id).accepted
    assert api.finish(report_id).accepted
    api.finish(second).assert_refused(5101, 5001)


# --- another account ---


@pytest.mark.parametrize("change", CHANGES)
def test_a_report_is_closed_to_another_account(api: Api, other: Api, report_id: int, file_id: str, change: str) -> None:
    """An account cannot change a report of another one: 3300 from the mock (assumed), 3000 or 5001 are as good."""
    CHANGES[change](other, report_id, file_id).assert_refused(3300, 3000, 3100, 5001)
    assert api.finish(report_id).file_ids == (file_id,)


@pytest.mark.parametrize("close", ["finish", "retract"])
def test_a_closed_report_is_closed_to_another_account(
    api: Api, other: Api, report_id: int, file_id: str, close: str
) -> None:
    """Another account does not learn what became of a report: the answer is the same when it is closed (assumed)."""
    assert CHANGES[close](api, report_id, file_id).accepted
    for change in CHANGES.values():
        change(other, report_id, file_id).assert_refused(3300, 3000, 3100, 5001, 5101, 5102)


def test_accounts_work_side_by_side(api: Api, other: Api, report_id: int) -> None:
    """Each account files its own report, while the other's is open."""
    theirs = other.submit(report()).report_id or 0
    assert theirs != report_id
    file_id = other.upload(theirs).file_id or ""
    assert other.fileinfo(of_file(file_details(), theirs, file_id)).accepted
    assert api.finish(report_id).file_ids == ()
    assert other.finish(theirs).file_ids == (file_id,)
