"""What people say about filings: what each command does, and what it refuses, with the filing as it was."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.filing import Kind, Phase, Situation
from cybertip.filing.events import Corrected, Decided, Enqueued, FollowedUp, Revealed, Word
from cybertip.filing.packages import Frozen
from cybertip.findings import RecordError
from cybertip.ledger import Filing, Ledger
from cybertip.mock import MockServer
from cybertip.mock.faults import Reset, ResponseCode
from cybertip.profile import ReporterProfile
from cybertip.worker import CommandRefusedError, Filer, FilingBusyError, Operator, OtherContentError
from tests.samples import report_xml
from tests.unit.worker.conftest import NOT_WAITING, data, now

PATIENT = timedelta(seconds=30)
STRICT = sample.profile().model_copy(update={"policy": sample.profile().policy.model_copy(update={"reviewers": 2})})
URGENT = {"urgent": {"reason": "[why it is urgent]"}}


@pytest.fixture
def operator(ledger: Ledger) -> Operator:
    """A person at the ledger."""
    return Operator(ledger, "Ann", sample.profile())


def corrections(ledger: Ledger, filing: Filing) -> list[Corrected]:
    """What people have corrected."""
    return [one for _, one in ledger.history(filing.id) if isinstance(one, Corrected)]


def in_question(filer: Filer, server: MockServer, record: dict[str, Any], folder: Path) -> Filing:
    """A filing of which nobody knows whether it is filed."""
    server.set_faults(ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
    filing = filer.file(data(record), folder, patience=PATIENT)
    assert filing.state.phase is Phase.DECISION
    return filing


# --- asking, waiting, refusing -----------------------------------------------------------------------------------


def test_a_no_changes_nothing(filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path) -> None:
    """Who is asked sees the filing as it stands, and what is raised then leaves it as it is."""
    filing = filer.enqueue(data(record), tmp_path)
    seen: list[Filing] = []

    def no(stands: Filing) -> None:
        seen.append(stands)
        raise RuntimeError("no")

    person = Operator(ledger, "Ann", sample.profile(), confirm=no)
    before = ledger.history(filing.id)
    commands: list[Callable[[], object]] = [
        lambda: person.cancel(filing.id, reason="x"),
        lambda: person.correct(filing.id, data(record, notes="other"), tmp_path),
        lambda: person.retry(filing.id),
    ]
    for command in commands:
        with pytest.raises(RuntimeError, match="no"):
            command()
    assert [one.id for one in seen] == [filing.id] * 3
    assert ledger.history(filing.id) == before


def test_what_is_impossible_is_refused_before_anybody_is_asked(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """The words tell how the filing stands, and what can be done."""
    filing = filer.file(data(record), tmp_path)

    def never(_: Filing) -> None:
        raise AssertionError("asked for what is impossible")

    person = Operator(ledger, "Ann", sample.profile(), confirm=never)
    commands: list[tuple[Callable[[], object], str]] = [
        (lambda: person.cancel(filing.id, reason="x"), "it cannot be cancelled; it stands so: it is filed"),
        (lambda: person.retract(filing.id, reason="x"), "it cannot have its report retracted"),
        (lambda: person.retry(filing.id), "it cannot go on"),
        (lambda: person.correct(filing.id, data(record, notes="x"), tmp_path), "it cannot be corrected"),
        (lambda: person.decide(filing.id, Word.FILED, reason="x", report_id=1), "it cannot be decided about"),
        (lambda: person.override(filing.id, "P502", reason="x"), "P502 does not keep this filing from being filed"),
    ]
    for command, words in commands:
        with pytest.raises(CommandRefusedError, match=words) as refused:
            command()
        assert refused.value.filing is not None
        assert refused.value.filing.status.kind is Kind.FILED


@pytest.mark.parametrize("reason", ["a\x1b[2J", "a\x0bb", "a\x1cb", "a\x85b", "a\rb", "\udc80"])
def test_a_reason_is_printable_text(operator: Operator, reason: str) -> None:
    """Whatever is read on a terminal later obeys nobody; also what Python takes for the end of a line."""
    with pytest.raises(ValueError, match="printable"):
        operator.cancel("x", reason=reason)
    with pytest.raises(ValueError, match="printable"):
        operator.decide("x", Word.REFILE, reason="x", reference=reason)


def test_a_filing_that_is_not_there(operator: Operator, record: dict[str, Any], tmp_path: Path) -> None:
    """KeyError, whatever was asked for."""
    commands: list[Callable[[], object]] = [
        lambda: operator.retry("x"),
        lambda: operator.cancel("x", reason="x"),
        lambda: operator.override("x", "P502", reason="x"),
        lambda: operator.follow_up("x", data(record), tmp_path, reason="x"),
        lambda: operator.reveal("x"),
    ]
    for command in commands:
        with pytest.raises(KeyError):
            command()


def test_a_worker_is_waited_for_and_told_of(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """With patience once it lets go; without, it is said that a worker is at it."""
    filing = filer.enqueue(data(record), tmp_path)
    with ledger.transaction() as transaction:
        book = transaction.claim_this(filing.id, "another machine/1/x", now(), timedelta(hours=1))
    assert book is not None
    with pytest.raises(FilingBusyError, match="a worker is at filing"):
        Operator(ledger, "Ann", sample.profile()).cancel(filing.id, reason="x")

    def let_go() -> None:
        with ledger.transaction() as transaction:
            transaction.release(transaction.book(filing.id, ledger_fence))

    ledger_fence = filer.filing(filing.id).state.fence
    patient = Operator(ledger, "Ann", sample.profile(), patience=PATIENT, waiting=let_go)
    assert patient.cancel(filing.id, reason="x").status.kind is Kind.CANCELLED


def test_the_lease_of_who_has_gone_is_not_waited_for(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path, operator: Operator, monkeypatch: Any
) -> None:
    """A worker of this machine that was killed does not come back for it."""
    filing = filer.enqueue(data(record), tmp_path)
    with ledger.transaction() as transaction:
        transaction.claim_this(filing.id, "killed", now(), timedelta(hours=1))
    monkeypatch.setattr("cybertip.worker._clerk.has_gone", lambda owner: owner == "killed")
    assert operator.cancel(filing.id, reason="x").status.kind is Kind.CANCELLED


# --- the record --------------------------------------------------------------------------------------------------


def test_differences_are_places_with_what_stood_there(
    filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path
) -> None:
    """Added, removed, changed; nothing where only the spelling of the JSON differs."""
    filing = filer.enqueue(data(record, notes="a"), tmp_path)
    changed = {**record, "id": record["id"], "urgent": {"reason": "b"}, "actions": []}
    changed["decision"] = record["decision"] | {"reviewer": "reviewer-18"}
    found = {one.pointer: (one.kind, one.before) for one in operator.differences(filing.id, data(changed))}
    assert found["/decision/reviewer"] == ("changed", "reviewer-17")
    assert found["/notes"] == ("removed", "a")
    assert found["/urgent"][0] == "added"
    assert operator.differences(filing.id, json.dumps({**record, "notes": "a"}, indent=3).encode()) == []


def test_a_correction_that_was_overtaken_is_refused(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """While one person is asked, another corrects: what nobody has seen is not undone, nor by a retry."""
    filing = filer.enqueue(data(record, decision={"outcome": "pending"}), tmp_path)
    other = Operator(ledger, "Bob", sample.profile())
    seen = iter((data(record, notes="Bob's"), data(record, decision={"outcome": "pending"}, notes="Bob's")))
    late = Operator(ledger, "Ann", sample.profile(), confirm=lambda one: other.correct(one.id, next(seen), tmp_path))
    with pytest.raises(CommandRefusedError, match="somebody else has corrected it meanwhile"):
        late.correct(filing.id, data(record, notes="Ann's"), tmp_path)
    assert [one.by for one in corrections(ledger, filing)] == ["Bob"]


def test_a_retry_does_not_bring_an_older_record_back(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """It was built of the record before somebody corrected it."""
    profile = [STRICT]
    filer = Filer(ledger, filer._client, lambda _: profile[0])
    filing = filer.enqueue(data(record), tmp_path)
    assert filing.state.findings == ("P502",)
    profile[0] = sample.profile()
    other = Operator(ledger, "Bob", STRICT)
    late = Operator(
        ledger, "Ann", sample.profile(), confirm=lambda one: other.correct(one.id, data(record, notes="new"), tmp_path)
    )
    with pytest.raises(CommandRefusedError, match="meanwhile"):
        late.retry(filing.id)
    assert filer.filing(filing.id).state.phase is Phase.CORRECTION


def test_hand_written_documents_are_not_corrected_by_a_record(
    filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path
) -> None:
    """The words say what to do instead."""
    filing = filer.enqueue_documents("case-x", Frozen(report_xml(), (), {"program": "x"}))
    with pytest.raises(CommandRefusedError, match=r"cybertip cancel .* then cybertip send --id"):
        operator.differences(filing.id, data(record, id="case-x"))
    with pytest.raises(CommandRefusedError, match="hand-written"):
        operator.correct(filing.id, data(record, id="case-x"), tmp_path)


def test_the_expected_id_is_told(filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path) -> None:
    """Not the one that was given: nobody knows what it is."""
    filing = filer.enqueue(data(record, id="case-1"), tmp_path)
    with pytest.raises(OtherContentError, match="this filing takes 'case-1'") as refused:
        operator.correct(filing.id, data(record, id="case-2"), tmp_path)
    assert "case-2" not in str(refused.value)


# --- retry -------------------------------------------------------------------------------------------------------


def test_retry_builds_again_with_the_profile_of_today(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """As long as nothing has changed it stays as it is; once the profile is mended it is filed."""
    profile: list[ReporterProfile] = [STRICT]
    filer = Filer(ledger, filer._client, lambda _: profile[0])
    person = filer.operator("Ann")
    filing = filer.file(data(record), tmp_path)
    assert filing.state.findings == ("P502",)
    assert person.retry(filing.id).state == filing.state
    assert corrections(ledger, filing) == []
    profile[0] = sample.profile()
    assert person.retry(filing.id).status.situation is Situation.WAITING
    (said,) = corrections(ledger, filing)
    assert (said.by, said.reason) == ("Ann", "tried again as it is")
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED


def test_retry_puts_down_other_errors(
    filer: Filer, operator: Operator, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """Whoever looks reads what is wrong today, not what was wrong yesterday."""
    filing = filer.enqueue(data(record, decision={"outcome": "pending"}), tmp_path)
    strict = Operator(ledger, "Ann", STRICT)
    wrong = {**record, "decision": {**record["decision"], "decided_at": None}}
    operator.correct(filing.id, data(wrong), tmp_path)
    assert filer.filing(filing.id).state.findings == ("P501",)
    assert strict.retry(filing.id).state.findings == ("P501", "P502")
    assert {one["code"] for one in ledger.findings(filing.id)} == {"P501", "P502"}


def test_retry_needs_the_record(filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path) -> None:
    """What was purged cannot be built again; a correction with the record can."""
    filing = filer.enqueue(data(record, decision={"outcome": "pending"}), tmp_path)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as connection:
        connection.execute("UPDATE record_contents SET content = NULL")
        connection.commit()
    with pytest.raises(CommandRefusedError, match="purged"):
        operator.retry(filing.id)
    assert operator.correct(filing.id, data(record), tmp_path).status.kind is Kind.SCHEDULED


def test_retry_of_what_the_server_refused(
    filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """It is sent again as it is."""
    server.set_faults(ResponseCode(code=4100, call="submit"))
    filing = filer.file(data(record), tmp_path)
    assert filing.status.situation is Situation.REFUSED
    operator.retry(filing.id)
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED


def test_hand_written_documents_are_tried_again(filer: Filer, operator: Operator, server: MockServer) -> None:
    """As they are."""
    server.set_faults(ResponseCode(code=4100, call="submit"))
    filing = filer.file_documents("case-x", Frozen(report_xml(), (), {"program": "x"}))
    assert filing.status.situation is Situation.REFUSED
    operator.retry(filing.id)
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED


# --- override ----------------------------------------------------------------------------------------------------


def test_an_urgent_case_is_filed_by_a_persons_word(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """P502 is passed; who, and why, is in the package and in the chain, and a retry does not lose it."""
    filer = Filer(ledger, filer._client, STRICT)
    filing = filer.enqueue(data(record | URGENT), tmp_path)
    assert filing.state.findings == ("P502",)
    server.set_faults(ResponseCode(code=4100, call="submit"))
    person = filer.operator("Ann")
    assert person.override(filing.id, "P502", reason="a child is in danger").status.kind is Kind.SCHEDULED
    filer.run_until_idle()
    assert filer.filing(filing.id).status.situation is Situation.REFUSED
    assert person.retry(filing.id).state.findings == ()
    filer.run_until_idle()
    assert filer.filing(filing.id).status.kind is Kind.FILED
    package = ledger.package(filing.id)
    assert package is not None
    noted: Any = package.notes["overrides"]
    assert [(one["code"], one["person"], one["reason"]) for one in noted] == [("P502", "Ann", "a child is in danger")]
    assert corrections(ledger, filing)[0].reason == "override of P502: a child is in danger"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({}, "P502", "urgent case only"),
        (URGENT, "P501", "cannot be overridden; only P502 can"),
        (URGENT, "Q999", "cannot be overridden"),
        ({**URGENT, "decision": {"outcome": "pending", "reviewer": "a"}}, "P502", "more is wrong .*P501"),
    ],
)
def test_what_is_not_overridden(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path, changes: Any, code: str, words: str
) -> None:
    """Nothing is changed by the attempt."""
    filer = Filer(ledger, filer._client, STRICT)
    filing = filer.enqueue(data(record | changes), tmp_path)
    assert "P502" in filing.state.findings
    with pytest.raises(CommandRefusedError, match=words):
        filer.operator("Ann").override(filing.id, code, reason="x")
    assert filer.filing(filing.id).state == filing.state


# --- follow-up ---------------------------------------------------------------------------------------------------


def test_a_supplement_names_the_earlier_report(
    filer: Filer, operator: Operator, ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """It is a filing of its own; each names the other, and handing it in twice gives the same."""
    filing = filer.file(data(record), tmp_path)
    more = data(record, id="case-2")
    added = operator.follow_up(filing.id, more, tmp_path, reason="more was found")
    assert operator.follow_up(filing.id, more, tmp_path, reason="more was found").id == added.id
    (said,) = [one for _, one in ledger.history(filing.id) if isinstance(one, FollowedUp)]
    assert (said.filing, said.by, said.reason) == (added.id, "Ann", "more was found")
    (_, first), *_ = ledger.history(added.id)
    assert isinstance(first, Enqueued)
    assert (first.follows, first.by) == (filing.id, "Ann")
    filer.run_until_idle()
    assert filer.filing(added.id).status.kind is Kind.FILED
    assert str(filing.status.report_id).encode() in server.reports[-1].xml
    assert ledger.verify() == []


def test_a_supplement_that_says_itself_why(
    filer: Filer, operator: Operator, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """What the record says stays in the record, which can be purged; the chain has none of it."""
    filing = filer.file(data(record), tmp_path)
    told = {"reports": [filing.status.report_id], "reason": "[what was found later]"}
    # It came in as a record like any other before somebody said what it adds to.
    added = filer.enqueue(data(record, id="case-2", follow_up=told), tmp_path)
    assert operator.follow_up(filing.id, data(record, id="case-2", follow_up=told), tmp_path).id == added.id
    (said,) = [one for _, one in ledger.history(filing.id) if isinstance(one, FollowedUp)]
    assert (said.filing, said.reason) == (added.id, "the supplement says why")


def test_what_is_no_supplement(filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path) -> None:
    """To what is not filed, without a reason, naming another report, or with an id that was used."""
    waiting = filer.enqueue(data(record), tmp_path)
    with pytest.raises(CommandRefusedError, match="only what is filed is followed up"):
        operator.follow_up(waiting.id, data(record, id="case-2"), tmp_path, reason="x")
    filer.run_until_idle()
    with pytest.raises(RecordError, match="not said"):
        operator.follow_up(waiting.id, data(record, id="case-2"), tmp_path)
    told = {"reports": [1], "reason": "x"}
    with pytest.raises(RecordError, match="other reports"):
        operator.follow_up(waiting.id, data(record, id="case-2", follow_up=told), tmp_path)
    with pytest.raises(OtherContentError):
        operator.follow_up(waiting.id, data(record, notes="more"), tmp_path, reason="x")


# --- the report --------------------------------------------------------------------------------------------------


def test_what_ncmec_said_must_be_about_this_filing(
    filer: Filer, operator: Operator, ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """A report that it never opened needs NCMEC's reference; to file anew always does."""
    filing = in_question(filer, server, record, tmp_path)
    report = filing.status.report_id
    assert report is not None
    with pytest.raises(CommandRefusedError, match="report 7 is not the one that is asked about"):
        operator.decide(filing.id, Word.FILED, reason="asked", report_id=7)
    for reference in ("", " "):
        with pytest.raises(CommandRefusedError, match="reference"):
            operator.decide(filing.id, Word.REFILE, reason="asked", reference=reference)
    for number in (None, 0, -1, 2**63):
        with pytest.raises(ValueError, match="number"):
            operator.decide(filing.id, Word.FILED, reason="asked", report_id=number, reference="NCMEC 1")
    assert filer.filing(filing.id).state == filing.state
    said = operator.decide(filing.id, Word.FILED, reason="asked", report_id=report)
    assert (said.status.kind, said.status.report_id) == (Kind.FILED, report)
    (event,) = [one for _, one in ledger.history(filing.id) if isinstance(one, Decided)]
    assert (event.by, event.reason, event.report_id) == ("Ann", "asked", report)


def test_a_report_that_is_known_to_ncmec_alone(
    filer: Filer, operator: Operator, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """With the reference under which they named it."""
    filing = in_question(filer, server, record, tmp_path)
    said = operator.decide(filing.id, Word.FILED, reason="asked", report_id=7, reference="NCMEC 12")
    assert (said.status.kind, said.status.report_id) == (Kind.FILED, 7)


def test_a_decision_about_another_report_is_refused(
    filer: Filer, ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """While one person is asked, another has it filed anew, and that ends in the same question."""
    filing = in_question(filer, server, record, tmp_path)

    def meanwhile(stands: Filing) -> None:
        Operator(ledger, "Bob", sample.profile()).decide(
            stands.id, Word.REFILE, reason="x", report_id=stands.status.report_id, reference="NCMEC 1"
        )
        server.set_faults(ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
        filer.run_until_idle(patience=PATIENT)
        assert filer.filing(stands.id).state.phase is Phase.DECISION

    late = Operator(ledger, "Ann", sample.profile(), confirm=meanwhile)
    with pytest.raises(CommandRefusedError, match="something else is asked by now"):
        late.decide(filing.id, Word.REFILE, reason="x", report_id=filing.status.report_id, reference="NCMEC 1")
    found = filer.filing(filing.id)
    assert found.status.report_id != filing.status.report_id
    assert found.state.phase is Phase.DECISION


def test_a_cancel_that_comes_too_late_says_so(
    make_filer: Callable[..., Filer], ledger: Ledger, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """Whether it is filed is asked first, and it stays filed; the words are those of now, not of when it was asked."""
    filer = make_filer(pace=NOT_WAITING)
    server.set_faults(Reset(call="finish", at="after-acting"))
    filing = filer.file(data(record), tmp_path)
    assert filing.state.phase is Phase.FINISHING
    asked = Operator(ledger, "Ann", sample.profile()).cancel(filing.id, reason="x")
    assert asked.status.situation is Situation.CLOSING
    filer.run_until_idle(patience=PATIENT)
    found = filer.filing(filing.id)
    assert found.status.kind is Kind.FILED
    assert "too late" in found.status.reason

    def filed_meanwhile(stands: Filing) -> None:
        filer.run_until_idle()
        assert filer.filing(stands.id).status.kind is Kind.FILED

    other = filer.enqueue(data(record, id="case-2"), tmp_path)
    late = Operator(ledger, "Ann", sample.profile(), confirm=filed_meanwhile)
    with pytest.raises(CommandRefusedError, match=r"it is filed, and the receipt is kept\. NCMEC has it"):
        late.cancel(other.id, reason="x")


def test_a_look_is_put_down(
    filer: Filer, operator: Operator, ledger: Ledger, record: dict[str, Any], tmp_path: Path
) -> None:
    """Also at what is filed: by whom, and why; it changes nothing else."""
    filing = filer.file(data(record), tmp_path)
    assert operator.reveal(filing.id, reason="a question of the police").state == filing.state
    _, event = ledger.history(filing.id)[-1]
    assert isinstance(event, Revealed)
    assert (event.by, event.reason) == ("Ann", "a question of the police")
