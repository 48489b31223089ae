"""The filer: what comes in is stored, filed once, or waits for somebody by name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.client import Client, RetryPolicy
from cybertip.errors import EnvironmentRefusedError
from cybertip.filing import Kind, Phase, Situation
from cybertip.filing.events import CallEnded, CallStarted, Word
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.findings import RecordError
from cybertip.intake import accept_record, read_record
from cybertip.ledger import Ledger
from cybertip.mock import MockServer, ReportState
from cybertip.mock.faults import (
    Delay,
    Maintenance,
    Reset,
    ResponseCode,
    Throttle,
    Unauthorized,
    WrongHash,
    WrongReportId,
)
from cybertip.worker import CommandRefusedError, Filer, OtherContentError
from tests.samples import file_details_xml, report_xml
from tests.unit.worker.conftest import NOT_WAITING, data, now

PATIENT = timedelta(seconds=20)


def finished(server: MockServer) -> list[int]:
    """The ids of the finished reports."""
    return [report.id for report in server.reports if report.state is ReportState.FINISHED]


def test_a_record_is_filed_with_its_receipt(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """Open, upload, describe, finish; the receipt is what the server sent, byte for byte."""
    filing = filer.file(data(record), tmp_path)
    assert filing.status.kind is Kind.FILED
    assert finished(server) == [filing.status.report_id]
    report = server.report()
    assert [file.details is not None for file in report.files] == [True, True]
    assert filer.receipt(filing.id) == server.core.answers.receipt(report.id, [one.id for one in report.files]).body
    assert ledger.verify() == []
    calls = [event.call for _, event in ledger.history(filing.id) if isinstance(event, CallStarted)]
    assert calls == ["submit", "upload", "fileinfo", "upload", "fileinfo", "finish"]


def test_the_same_record_is_filed_once(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """However it comes in again: as JSON in another order, as a model, as what intake made of it."""
    first = filer.file(data(record), tmp_path)
    again = dict(reversed(record.items()))
    for same in (data(again), read_record(data(record)), accept_record(data(record))):
        assert filer.file(same, tmp_path).id == first.id
    assert len(server.reports) == 1


def test_other_content_under_the_same_id_is_refused(filer: Filer, record: dict[str, Any], tmp_path: Path) -> None:
    """The error names where they differ, and no value."""
    first = filer.enqueue(data(record), tmp_path)
    record["suspects"][0]["screen_name"] = "someone_else"
    with pytest.raises(OtherContentError, match="/suspects/0/screen_name") as caught:
        filer.enqueue(data(record), tmp_path)
    assert caught.value.filing_id == first.id
    assert "someone_else" not in str(caught.value)


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"id": 7}', b'{"id": " "}', b'{"id": "a", "id": "b"}'])
def test_only_an_unusable_id_is_turned_away(filer: Filer, ledger: Ledger, broken: bytes) -> None:
    """What cannot be stored under an id raises, and nothing is stored."""
    with pytest.raises(RecordError):
        filer.enqueue(broken)
    assert list(ledger.filings(now())) == []


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda r: r["decision"].update(outcome="pending"), "P501"),
        (lambda r: r.pop("incident"), "X002"),
        (lambda r: r["incident"].update(occurred_at="2026-03-02T10:00:00"), "S119"),
        (lambda r: r["incident"].update(occurred_at="2099-03-02T10:00:00Z"), "S203"),
        (lambda r: r.update(surprise=1), "X002"),
    ],
)
def test_a_record_that_is_wrong_is_stored_and_waits(
    filer: Filer,
    record: dict[str, Any],
    tmp_path: Path,
    server: MockServer,
    edit: Callable[[dict[str, Any]], object],
    code: str,
) -> None:
    """Needs correction, with the codes of why; a correction files it."""
    right = data(record)
    edit(record)
    filing = filer.file(data(record), tmp_path)
    assert filing.status.kind is Kind.NEEDS_CORRECTION
    assert code in filing.state.findings
    assert server.reports == []
    filer.operator("a person").correct(filing.id, right, tmp_path, reason="a slip")
    assert filer.run_until_idle() == 1
    assert filer.filing(filing.id).status.kind is Kind.FILED
    with pytest.raises(CommandRefusedError, match="filed"):
        filer.operator("a person").correct(filing.id, right, tmp_path)


def test_a_correction_keeps_the_id(filer: Filer, record: dict[str, Any], tmp_path: Path) -> None:
    """A record with another id is another record."""
    filing = filer.enqueue(data(record, surprise=1), tmp_path)
    with pytest.raises(OtherContentError):
        filer.operator("a person").correct(filing.id, data(record, id="case-2"), tmp_path)


def test_production_asks_for_a_complete_profile(tmp_path: Path, record: dict[str, Any]) -> None:
    """P507: nothing is filed under a placeholder; nothing is sent to find that out."""
    with (
        Ledger.open(tmp_path / "production.sqlite3", environment="production", account="esp") as ledger,
        Client("esp", "secret-word", environment="production") as client,
    ):
        filing = Filer(ledger, client, sample.profile()).enqueue(data(record), tmp_path)
    assert filing.status.kind is Kind.NEEDS_CORRECTION
    assert set(filing.state.findings) == {"P507"}


def test_ledger_and_client_must_belong_together(ledger: Ledger, server: MockServer) -> None:
    """P505: another environment or account is refused before anything happens."""
    for username, environment in (("mock", "test"), ("other", "mock")):
        url = server.base_url if environment == "mock" else None
        with (
            Client(username, "secret-word", environment=environment, base_url=url) as client,
            pytest.raises(EnvironmentRefusedError, match="P505"),
        ):
            Filer(ledger, client, sample.profile())


def test_earlier_reports_on_the_account_are_linked(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """The ledger knows them by a keyed index; the second report names the first (Q617 has nothing to say)."""
    first = filer.file(data(record), tmp_path)
    second = filer.file(data(record, id="case-2"), tmp_path)
    assert f"<priorCTReports>{first.status.report_id}</priorCTReports>".encode() in server.report().xml
    record["suspects"][0]["identifier"] = "somebody-else"
    filer.file(data(record, id="case-3"), tmp_path)
    assert b"priorCTReports" not in server.report().xml
    assert second.status.kind is Kind.FILED


def test_a_batch_is_one_filing(filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer) -> None:
    """Several records, one report; each of them is found again, and none is filed alone afterwards."""
    record["evidence"] = [record["evidence"][0] | {"annotations": {"viral": True}}]
    records = [data(record, id=f"case-{n}", suspects=[{"identifier": f"user-{n}"}], actions=[]) for n in range(3)]
    filing = filer.enqueue_batch(records, tmp_path)
    assert filing.record_ids == ("case-0", "case-1", "case-2")
    assert filer.enqueue_batch(records, tmp_path).id == filing.id
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED
    assert server.report().xml.count(b"<espIdentifier>user-") == 3
    assert filer.enqueue(records[1], tmp_path).id == filing.id
    with pytest.raises(OtherContentError):
        filer.enqueue_batch([records[0], data(record, id="case-9")], tmp_path)


def test_hand_written_documents_are_filed_once(filer: Filer, tmp_path: Path, server: MockServer) -> None:
    """Under an id of their own; other documents under the same id are refused."""
    path = tmp_path / "one.png"
    path.write_bytes(sample.picture((1, 2, 3)))
    package = Frozen(report_xml(), (FrozenFile(str(path), details=file_details_xml(1, "any")),), {"program": "x"})
    first = filer.file_documents("xml-1", package)
    assert first.status.kind is Kind.FILED
    assert filer.file_documents("xml-1", package).id == first.id
    assert len(server.reports) == 1
    with pytest.raises(OtherContentError):
        filer.file_documents("xml-1", Frozen(report_xml(), (), {"program": "x"}))


@pytest.mark.parametrize(
    ("fault", "reports"),
    [
        (Reset(at="after-acting", call="submit"), 2),
        (Reset(at="before-reading", call="submit"), 1),
        (Reset(at="after-acting", call="upload"), 2),
        (Reset(at="after-acting", call="fileinfo"), 2),
        (Reset(at="after-acting", call="finish"), 1),
        (ResponseCode(code=1000, acts=True, call="finish"), 1),
        (ResponseCode(code=1000, call="finish"), 1),
        (ResponseCode(code=1100, call="submit"), 1),
        (ResponseCode(code=1110, call="upload"), 1),
        (Maintenance(call="finish"), 1),
        (Throttle(call="upload", retry_after=0), 1),
        (WrongHash(), 2),
        (WrongReportId(call="finish"), 1),
        (ResponseCode(code=5001, call="upload"), 2),
    ],
)
def test_whatever_breaks_it_is_filed_once(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger, fault: Any, reports: int
) -> None:
    """One fault of each kind on the way: at the end there is one finished report, and it holds the files once each."""
    server.set_faults(fault)
    filing = filer.file(data(record), tmp_path, patience=PATIENT)
    assert filing.status.kind is Kind.FILED
    assert finished(server) == [filing.status.report_id]
    assert len(server.reports) == reports
    assert len(server.core.reports[filing.status.report_id or 0].files) == 2
    assert ledger.verify() == []


def test_a_lost_receipt_is_filed_and_said(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """5102 to the repeated finish: filed, and somebody asks NCMEC for a confirmation."""
    server.set_faults(Reset(at="after-acting", call="finish"))
    filing = filer.file(data(record), tmp_path, patience=PATIENT)
    assert filing.state.receipt_lost
    assert filing.status.situation is Situation.RECEIPT_LOST
    assert filer.receipt(filing.id) is None


def test_a_refusal_by_the_server_waits_for_a_correction(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """4100 to /submit is a person's to mend; the server's code is told."""
    server.set_faults(ResponseCode(code=4100, call="submit"))
    filing = filer.file(data(record), tmp_path)
    assert (filing.status.kind, filing.state.findings) == (Kind.NEEDS_CORRECTION, ("server 4100",))


def test_an_undecidable_case_waits_for_a_person(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """A finish without an answer, and then no such report: a person asks NCMEC, and says what is so."""
    server.set_faults(ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
    filing = filer.file(data(record), tmp_path, patience=PATIENT)
    assert filing.status.kind is Kind.NEEDS_DECISION
    report_id = filing.status.report_id
    operator = filer.operator("a person")
    with pytest.raises(CommandRefusedError, match=f"report {report_id}"):
        operator.decide(filing.id, Word.REFILE, reason="asked", reference="NCMEC 12")
    said = operator.decide(filing.id, Word.REFILE, reason="asked", reference="NCMEC 12", report_id=report_id)
    assert said.status.kind is Kind.SCHEDULED
    filer.run_until_idle(patience=PATIENT)
    filing = filer.filing(filing.id)
    assert filing.status.kind is Kind.FILED
    assert filing.status.report_id != report_id


def test_credentials_stop_the_queue_once(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """One refusal stops all filings; good credentials let them go on, all of them."""
    filer = make_filer()
    for number in range(5):
        filer.enqueue(data(record, id=f"case-{number}"), tmp_path)
    server.set_faults(Unauthorized(times=None))
    filer.run_until_idle(threads=2, patience=timedelta(seconds=1))
    assert len([one for one in server.core.exchanges if one.http_status == 401]) <= 2
    assert {one.status.kind for one in ledger.filings(now())} == {Kind.BLOCKED}
    assert filer.resume() == 0
    server.set_faults()
    filer.resume(patience=PATIENT)
    assert {one.status.kind for one in ledger.filings(now())} == {Kind.FILED}
    assert len(server.reports) == 5


def test_missing_evidence_blocks_until_it_is_back(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """Nothing is opened for a file that is not there (P508) or is another one (P503)."""
    path = tmp_path / record["evidence"][1]["location"]
    right = path.read_bytes()
    path.unlink()
    filing = filer.file(data(record), tmp_path)
    assert (filing.status.kind, server.reports) == (Kind.BLOCKED, [])
    path.write_bytes(b"another file")
    filing = filer.operator("a person").retry(filing.id)
    assert (filing.status.kind, filing.status.due_at) == (Kind.BLOCKED, None)
    filer.run_until_idle()
    filing = filer.filing(filing.id)
    assert filing.status.kind is Kind.BLOCKED
    assert "reviewed" in filing.status.reason
    assert server.reports == []
    path.write_bytes(right)
    filer.operator("a person").retry(filing.id)
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED
    assert len(finished(server)) == 1


def test_a_time_ahead_is_waited_for(filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer) -> None:
    """A time up to two minutes ahead schedules the filing; nothing is sent before it has passed."""
    ahead = datetime.now(UTC) + timedelta(seconds=90)
    record["incident"]["occurred_at"] = ahead.isoformat()
    filing = filer.file(data(record), tmp_path)
    assert filing.status.kind is Kind.SCHEDULED
    assert filing.status.due_at is not None
    assert filing.status.due_at >= ahead
    assert server.reports == []


def test_an_unreachable_server_schedules(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, ledger: Ledger
) -> None:
    """What could not be sent waits for a stated time, which the ledger keeps."""
    with Client("mock", "mock-password", base_url="http://127.0.0.1:1/ispws", retry=RetryPolicy(attempts=1)) as nobody:
        filing = make_filer(client=nobody, pace=NOT_WAITING).file(data(record), tmp_path)
    assert filing.status.kind is Kind.SCHEDULED
    assert filing.status.due_at is not None
    assert ledger.filing(filing.id, now()) == filing


def test_one_step_at_a_time(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """For job engines: each step makes one call, and nothing is in the air between two of them."""
    filing = filer.enqueue(data(record), tmp_path)
    for done in range(1, 7):
        filing = filer.advance(filing.id)
        assert filing.state.started is None
        assert len(server.core.exchanges) == done
    assert filing.status.kind is Kind.FILED
    assert filer.advance(filing.id).id == filing.id
    assert len(server.core.exchanges) == 6
    with pytest.raises(KeyError):
        filer.advance("nothing")


def test_the_urgent_are_served_first(filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer) -> None:
    """Escalated before the others, then the oldest confirmation."""
    late = record["decision"] | {"decided_at": "2026-03-02T12:00:00Z"}
    urgent = {"urgent": {"reason": "[a reason of more than forty characters, in words]"}}
    filer.enqueue(data(record, id="late", decision=late), tmp_path)
    filer.enqueue(data(record, id="early"), tmp_path)
    filer.enqueue(data(record, id="urgent", decision=late, **urgent), tmp_path)
    assert filer.run_until_idle() == 3
    names = ("late", "early", "urgent")
    order = [name for report in server.reports for name in names if f"reference: {name}".encode() in report.xml]
    assert order == ["urgent", "early", "late"]


def test_few_reports_are_open_at_once(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """A report that cannot go on keeps others from being opened beyond the limit."""
    filer = make_filer(most_open=2, pace=NOT_WAITING)
    for number in range(4):
        filer.enqueue(data(record, id=f"case-{number}"), tmp_path)
    server.set_faults(Throttle(call="upload", times=None))
    filer.run_until_idle()
    assert len(server.reports) == 2


def test_a_stop_finishes_the_call_in_flight(
    make_filer: Callable[..., Filer],
    record: dict[str, Any],
    tmp_path: Path,
    server: MockServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is under way is answered and recorded; nothing else is begun, and the lease is given back."""
    server.set_faults(Delay(seconds=0.5, call="submit"))
    filer = make_filer()
    filing = filer.enqueue(data(record), tmp_path)
    begun = threading.Event()
    begin = server.core.begin

    def noted(method: str, call: str, account: str | None) -> Any:
        begun.set()
        return begin(method, call, account)

    monkeypatch.setattr(server.core, "begin", noted)
    working = threading.Thread(target=filer.run_until_idle)
    working.start()
    assert begun.wait(30)
    filer.stop()
    working.join()
    filing = filer.filing(filing.id)
    assert (filing.state.phase, filing.state.started, filing.worker) == (Phase.OPEN, None, None)
    assert make_filer().run_until_idle() == 1
    assert len(finished(server)) == 1
    assert len(server.reports) == 1


def test_a_long_call_keeps_its_lease(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """Signs of life hold it for as long as the call takes; nobody else takes the filing meanwhile."""
    server.set_faults(Delay(seconds=4.0, call="submit"))
    filer = make_filer(lease=timedelta(seconds=1.5))
    filing = filer.enqueue(data(record), tmp_path)
    working = threading.Thread(target=filer.run_until_idle)
    working.start()
    while working.is_alive():
        make_filer().run_until_idle()
    working.join()
    assert filer.filing(filing.id).state.fence == 1
    assert len(server.reports) == 1


def test_a_stale_worker_keeps_what_it_learns(
    make_filer: Callable[..., Filer],
    record: dict[str, Any],
    tmp_path: Path,
    server: MockServer,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lease that is lost amidst /finish: another worker goes on, and the late receipt is appended and adopted."""
    late, other = make_filer(), make_filer()
    finishing = threading.Event()
    begin = server.core.begin

    def noted(method: str, call: str, account: str | None) -> Any:
        if call == "finish":
            finishing.set()
        return begin(method, call, account)

    monkeypatch.setattr(server.core, "begin", noted)
    server.set_faults(Delay(seconds=1.0, call="finish"))  # it acts at once, and answers late
    filing = late.enqueue(data(record), tmp_path)
    working = threading.Thread(target=late.run_until_idle)
    working.start()
    assert finishing.wait(30)
    with ledger.transaction() as transaction:
        assert transaction.free(late._crew.name) == 1
    assert other.run_until_idle(patience=PATIENT) == 1
    unseen = other.filing(filing.id)
    assert (unseen.status.kind, unseen.state.receipt_lost) == (Kind.FILED, True)
    working.join()
    filing = other.filing(filing.id)
    assert finished(server) == [filing.status.report_id]
    assert not filing.state.receipt_lost
    assert ledger.receipt(filing.id) is not None
    finishes = [one for _, one in ledger.history(filing.id) if isinstance(one, CallEnded) and one.call == "finish"]
    assert sorted(one.fence for one in finishes) == [1, 2]
    assert ledger.verify() == []


def test_cancelled_is_not_filed(filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer) -> None:
    """By a named person with a reason, which the chain keeps; nothing is sent."""
    filing = filer.enqueue(data(record), tmp_path)
    filing = filer.operator("a person").cancel(filing.id, reason="a mistake")
    assert filing.status.kind is Kind.CANCELLED
    assert filer.run_until_idle() == 0
    assert server.reports == []
    assert filer.file(data(record), tmp_path).status.kind is Kind.CANCELLED


def test_threads_share_the_work(
    make_filer: Callable[..., Filer], record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """Four at once file each record once."""
    filer = make_filer()
    for number in range(20):
        filer.enqueue(data(record, id=f"case-{number}"), tmp_path)
    assert filer.run_until_idle(threads=4) == 20
    assert len(finished(server)) == len(server.reports) == 20
    assert ledger.verify() == []
