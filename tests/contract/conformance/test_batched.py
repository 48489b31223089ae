"""Batched reports from beginning to end (protocol.md, "Batched reports"; rules.md, B403 and B404)."""

from __future__ import annotations

from tests.contract.conformance.documents import VIRAL, batched_report, file_details, of_file, suspect
from tests.contract.conformance.target import OpenReport
from tests.contract.conformance.wire import Api

MEME = "<fileAnnotations><potentialMeme/></fileAnnotations>"


def add(api: Api, report_id: int, annotation: str | None = VIRAL, content: bytes = b"abc") -> str:
    """Add a file, with details unless the annotation is None."""
    file_id = api.upload(report_id, content).file_id or ""
    if annotation is not None:
        answer = api.fileinfo(of_file(file_details(annotation), report_id, file_id))
        assert answer.accepted, answer
    return file_id


def test_a_batched_report_groups_many_users(api: Api, open_report: OpenReport) -> None:
    """A batched report holds many reported users, and is filed with its one file (B401, B403, S210)."""
    users = "".join(suspect(f"<espIdentifier>user-{number}</espIdentifier>") for number in range(50))
    report_id = open_report(batched_report(suspects=users))
    file_id = add(api, report_id)
    answer = api.finish(report_id)
    assert answer.accepted, answer
    assert (answer.root, answer.file_ids) == ("reportDoneResponse", (file_id,))


def test_the_file_is_viral_or_a_meme_or_both(api: Api, open_report: OpenReport) -> None:
    """The file of a batched report is annotated viral, potentialMeme, or both (B404)."""
    for annotation in (VIRAL, MEME, VIRAL.replace("<viral/>", "<potentialMeme/><viral/>")):
        add(api, open_report(batched_report()), annotation)


def test_two_files_make_finish_fail(api: Api, open_report: OpenReport) -> None:
    """With more than one uploaded file /finish of a batched report fails with HTTP 400 and 4100 (B403)."""
    report_id = open_report(batched_report())
    add(api, report_id, VIRAL, b"one")
    add(api, report_id, VIRAL, b"two")
    api.finish(report_id).assert_refused(4100, 1001)


def test_after_that_it_can_be_retracted_and_filed_anew(api: Api, open_report: OpenReport) -> None:
    """A batched report with two files is retracted, and another one filed with one (B403)."""
    report_id = open_report(batched_report())
    for content in (b"one", b"two"):
        add(api, report_id, VIRAL, content)
    assert not api.finish(report_id).accepted
    assert api.retract(report_id).accepted
    again = open_report(batched_report())
    file_id = add(api, again)
    assert api.finish(again).file_ids == (file_id,)


def test_a_file_without_details_makes_finish_fail(api: Api, open_report: OpenReport) -> None:
    """A batched file needs details, for its annotation: without them /finish fails, with them it succeeds (B404)."""
    report_id = open_report(batched_report())
    file_id = add(api, report_id, None)
    api.finish(report_id).assert_refused(4100, 1001)
    assert api.fileinfo(of_file(file_details(VIRAL), report_id, file_id)).accepted
    assert api.finish(report_id).file_ids == (file_id,)


def test_an_industry_classification_is_allowed(api: Api, open_report: OpenReport) -> None:
    """The file of a batched report may have relevance Reported and an industry classification (B406)."""
    details = f"<fileRelevance>Reported</fileRelevance>{VIRAL}<industryClassification>A1</industryClassification>"
    add(api, open_report(batched_report()), details)


def test_two_files_are_fine_elsewhere(api: Api, report_id: int) -> None:
    """A report that is not batched may have two files (B403)."""
    files = [add(api, report_id, VIRAL, content) for content in (b"one", b"two")]
    assert sorted(api.finish(report_id).file_ids) == sorted(files)
