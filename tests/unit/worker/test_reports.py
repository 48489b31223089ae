"""Whose a report is: no filing takes another's, or one that is proven to be closed, for its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip.filing import Kind, Phase
from cybertip.filing.events import CallEnded, Word
from cybertip.filing.outcomes import Outcome
from cybertip.filing.preservation import Retention
from cybertip.ledger import Ledger
from cybertip.mock import MockServer, ReportState
from cybertip.mock.faults import ResponseCode, WrongReportId
from cybertip.worker import CommandRefusedError, Filer
from tests.unit.ledger.ledgers import tampered
from tests.unit.worker.conftest import NOT_WAITING, data

PATIENT = timedelta(seconds=30)


def states(server: MockServer) -> dict[int, ReportState]:
    """How the reports at the server stand."""
    return {report.id: report.state for report in server.reports}


def test_an_answer_that_names_another_filings_report(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """As from a cache on the way: nothing is added to that report or finished as it; another is opened."""
    first = filer.file(data(record), tmp_path)
    report = first.status.report_id
    assert report is not None
    server.set_faults(WrongReportId(call="submit", report_id=report))
    second = filer.file(data(record, id="case-2"), tmp_path, patience=PATIENT)
    assert second.status.kind is Kind.FILED
    assert second.status.report_id not in (None, report)
    outcomes = [event.outcome for _, event in ledger.history(second.id) if isinstance(event, CallEnded)]
    assert outcomes[0] is Outcome.OTHER_REPORT
    assert {one.report_id for one in ledger.exchanges(second.id)} == {None, second.status.report_id}
    assert (first.state, ledger.verify()) == (filer.filing(first.id).state, [])


def test_a_report_that_was_retracted_is_not_the_filed_one(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """The server has said so; no person's word counts more, with or without a reference."""
    server.set_faults(
        ResponseCode(code=1000, call="upload"),
        ResponseCode(code=1000, call="finish"),
        ResponseCode(code=5001, call="finish"),
    )
    filing = filer.file(data(record), tmp_path, patience=PATIENT)
    assert filing.state.phase is Phase.DECISION
    (retracted,) = [number for number, state in states(server).items() if state is ReportState.RETRACTED]
    for reference in ("", "NCMEC 1"):
        with pytest.raises(CommandRefusedError, match=f"report {retracted} was retracted"):
            filer.operator("Ann").decide(filing.id, Word.FILED, reason="x", report_id=retracted, reference=reference)
    assert filer.filing(filing.id).state == filing.state


def test_a_report_of_another_filing_is_not_this_ones(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """It is named whose it is, also where somebody gives a reference."""
    other = filer.file(data(record, id="case-2"), tmp_path)
    server.set_faults(ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
    filing = filer.file(data(record), tmp_path, patience=PATIENT)
    with pytest.raises(CommandRefusedError, match=f"belongs to filing {other.id}"):
        filer.operator("Ann").decide(
            filing.id, Word.FILED, reason="x", report_id=other.status.report_id, reference="NCMEC 1"
        )
    assert filer.filing(filing.id).state == filing.state


def test_verify_names_filings_that_share_a_report(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """At most one of them is filed as it."""
    one, other = (filer.file(data(record, id=f"case-{number}"), tmp_path) for number in (1, 2))
    tampered(
        tmp_path / "ledger.sqlite3", f"UPDATE filings SET report_id = {one.status.report_id} WHERE id = '{other.id}'"
    )
    said = [str(problem) for problem in ledger.verify()]
    assert any("several filings" in words and one.id in words and other.id in words for words in said)


def test_an_open_report_is_retracted_though_its_documents_are_gone(
    make_filer: Callable[..., Filer], ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """What was purged is needed neither to close a report nor to finish one."""
    filer = make_filer(pace=NOT_WAITING)
    filing = filer.enqueue(data(record), tmp_path)
    filer.advance(filing.id)
    filer.operator("Ann").cancel(filing.id, reason="a mistake")
    ledger.purge(filing.id, by="Ann", reason="a mistake", retention=Retention(timedelta(), timedelta(days=365)))
    assert list(states(server).values()) == [ReportState.OPEN]
    filer.run_until_idle()
    assert list(states(server).values()) == [ReportState.RETRACTED]
