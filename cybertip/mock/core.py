"""The mock without a network: the seven endpoints as methods from plain values to an answer.

Nothing here knows HTTP servers, threads or real time, so a test or a simulation can drive it directly:

    core = MockCore(clock=lambda: moment)
    answer = core.submit("mock", report_xml)

An endpoint's method takes the account whose credentials came with the request (see `MockCore.authenticate`), acts, and
answers. `begin`, `perform` and `end` are the way of a request that may meet a fault; the web layer goes it with every
one. The core is not locked: use it from one thread. Others may look at `MockCore.reports`, and
at copies of exchanges (``tuple(core.exchanges)``).
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random, SystemRandom
from types import MappingProxyType
from typing import Concatenate, ParamSpec

from cybertip.mock.accounts import Accounts
from cybertip.mock.answering import Answers
from cybertip.mock.answers import Answer, Code, Refused
from cybertip.mock.behaviour import Behaviour
from cybertip.mock.clock import FIRST_YEAR, LAST_YEAR, Clock, MovableClock
from cybertip.mock.documents import check_batched_details, check_batched_report, read_details, read_report
from cybertip.mock.exchanges import Exchange
from cybertip.mock.faults import Answering, AnyFault, FaultPlan
from cybertip.mock.journal import Journal, NoJournal
from cybertip.mock.misbehaviour import Faults, distorted, instead
from cybertip.mock.state import FIRST_REPORT_ID, ReceivedFile, ReceivedReport, ReportState
from cybertip.schema import bundled_xsd

P = ParamSpec("P")

MOST_EXCHANGES = 500
"""How many exchanges are remembered across all reports: the latest."""

LAST_REPORT_ID = 2**63 - 1
"""The largest ``xs:long``."""


def _endpoint(act: Callable[Concatenate[MockCore, P], Answer]) -> Callable[Concatenate[MockCore, P], Answer]:
    """Let an endpoint raise its refusals, and answer them."""

    @functools.wraps(act)
    def answered(core: MockCore, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return act(core, *args, **kwargs)
        except Refused as refusal:
            return core.answers.refusal(refusal, act.__name__, refusal.report_id)

    return answered


@contextmanager
def _about(report: ReceivedReport) -> Iterator[None]:
    """Let a refusal name the report that it is about."""
    try:
        yield
    except Refused as refusal:
        refusal.report_id = report.id
        raise


class MockCore:
    """The mock server as an object. No endpoint raises on bad input.

    Attributes:
        accounts: who may use it.
        behaviour: its switches.
        clock: its time, which `move_clock` moves.
        faults: what it has in store.
        answers: makes its answers.
        exchanges: the latest requests, oldest first.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        clock: Clock,
        behaviour: Behaviour | None = None,
        first_report_id: int = FIRST_REPORT_ID,
        random: Random | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Start with what the journal holds, or without reports.

        Args:
            accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
            clock: tells the time: aware, in UTC.
            behaviour: how to behave where the real server's behaviour is not known, or changed.
            first_report_id: the id of the first report; each later one is one more.
            random: makes file ids and header values; seed one to get the same ones again, and to be able to copy the
                core in the middle of a simulation (``deepcopy``).
            journal: keeps what happens, for another core to start with.

        Raises:
            ConfigurationError: an account cannot be used with HTTP Basic authentication.
            ValueError: the first report id is not that of a report.
        """
        if not 0 < first_report_id <= LAST_REPORT_ID:
            raise ValueError(f"the first report id must be between 1 and {LAST_REPORT_ID}")
        self.accounts = Accounts(accounts)
        self.behaviour = behaviour or Behaviour()
        self.clock = MovableClock(clock)
        self.faults = Faults(self.clock)
        self.answers = Answers(self.behaviour, random or SystemRandom())
        self.exchanges: deque[Exchange] = deque(maxlen=MOST_EXCHANGES)
        self._journal = journal or NoJournal()
        kept = self._journal.load(self.clock)
        self.clock.offset = kept.clock_offset
        self._reports = {report.id: report for report in kept.reports}
        self._next_id = max(first_report_id, kept.next_report_id)
        numbers = (one.number for report in kept.reports for one in report.exchanges)
        self._last_number = max(numbers, default=0)

    def __repr__(self) -> str:
        return f"MockCore(accounts={self.accounts!r}, reports={len(self._reports)})"

    @property
    def reports(self) -> Mapping[int, ReceivedReport]:
        """Every report that was ever opened, by its id, in the order of opening."""
        return MappingProxyType(self._reports)

    # --- the endpoints -------------------------------------------------------------------------------------------

    @_endpoint
    def status(self, account: str, remote_ip: str) -> Answer:
        """GET /status: who the server takes the caller for. It names no report (documented)."""
        return self.answers.success(description=f"Remote User : {account}, Remote Ip : {remote_ip}")

    @_endpoint
    def xsd(self, account: str) -> Answer:
        """GET /xsd: the schema that documents are checked against. NCMEC's own needs credentials too (documented)."""
        return self.answers.schema(bundled_xsd())

    @_endpoint
    def submit(self, account: str, body: bytes) -> Answer:
        """POST /submit: open a report."""
        now = self.clock()
        batched = read_report(body, now).model.batched_report is not None
        if self._next_id > LAST_REPORT_ID:
            raise Refused(Code.SAVE_FAILED, "no report id is left")
        report = ReceivedReport(self._next_id, account, body, batched, self.clock, now)
        self._journal.save_report(report)
        self._next_id += 1
        self._reports[report.id] = report
        return self.answers.success(report_id=report.id)

    @_endpoint
    def upload(
        self,
        account: str,
        report_id: int,
        *,
        name: str,
        size: int,
        md5: str,
        sha256: str,
        keep: Callable[[str], None] | None = None,
    ) -> Answer:
        """POST /upload: add a file that has arrived completely.

        Args:
            account: the user name.
            report_id: the report to add it to.
            name: the file name as it was sent.
            size: in bytes. An empty file is accepted (assumed).
            md5: of the bytes that arrived, in hexadecimal digits; the answer's ``hash``.
            sha256: likewise; for whoever looks.
            keep: called with the file's id before the file is added. It may raise Refused; no file is added then.
        """
        report = self._changeable(account, report_id)
        file = ReceivedFile(self.answers.hex_id(), self.clock(), size, md5, sha256, name)
        if keep is not None:
            keep(file.id)
        report.add(file)
        self._journal.save_file(report, file)
        return self.answers.success(report_id=report.id, file_id=file.id, md5=md5)

    @_endpoint
    def fileinfo(self, account: str, body: bytes) -> Answer:
        """POST /fileinfo: describe a file. The answer names the report, in 2016 the file as well (seen)."""
        now = self.clock()
        details = read_details(body, now)
        report = self._changeable(account, details.model.report_id)
        file = report.file(details.model.file_id)
        if file is None:
            raise Refused(Code.NO_SUCH_FILE, report_id=report.id)
        # Documented: once per file. What a second document is answered with is assumed.
        if file.details is not None and self.behaviour.second_fileinfo == "refused":
            words = "the file has details already; they are accepted once per file"
            raise Refused(Code.VALIDATION_FAILED, words, report_id=report.id)
        if report.batched:
            with _about(report):
                check_batched_details(details, now, report.xml)
        report.describe(file, body)
        self._journal.save_file(report, file)
        file_id = file.id if self.behaviour.server == "2016" else None
        return self.answers.success(report_id=report.id, file_id=file_id)

    @_endpoint
    def finish(self, account: str, report_id: int) -> Answer:
        """POST /finish: file a report. The answer is the receipt.

        Files without details are filed as well, but for batched reports (assumed). A batched report with more than one
        file is refused (documented), and stays open.
        """
        known = self._reports.get(report_id)
        if known is not None and known.account == account and known.state is ReportState.FINISHED:
            # Documented by name only; that a second call gets 5102 is assumed, and nothing may rest on it.
            if self.behaviour.second_finish == 0:
                return self._receipt(known)
            raise Refused(Code(self.behaviour.second_finish), report_id=report_id)
        report = self._changeable(account, report_id)
        if report.batched:
            with _about(report):
                check_batched_report(report.xml, [file.details for file in report.files])
        self._close(report, ReportState.FINISHED)
        return self._receipt(report)

    @_endpoint
    def retract(self, account: str, report_id: int) -> Answer:
        """POST /retract: cancel a report that is open."""
        report = self._changeable(account, report_id)
        self._close(report, ReportState.RETRACTED)
        return self.answers.success(report_id=report.id)

    def _receipt(self, report: ReceivedReport) -> Answer:
        # The order of the uploads is assumed.
        return self.answers.receipt(report.id, [file.id for file in report.files])

    def _close(self, report: ReceivedReport, state: ReportState) -> None:
        report.close(state)
        self._journal.save_report(report)

    def _changeable(self, account: str, report_id: int) -> ReceivedReport:
        """An open report of this account.

        Raises:
            Refused: 5001 for a report that never existed, 5001 or 5101 for a lapsed one, 3300 or 3000 for another
                account's, 5101 for a retracted one, 5102 for a finished one.
        """
        report = self._reports.get(report_id)
        if report is None:
            raise Refused(Code.NO_SUCH_REPORT, report_id=report_id)
        # Asked before the state, so that one account learns nothing about another's report but that it exists.
        if report.account != account:
            raise Refused(Code(self.behaviour.foreign_report), report_id=report_id)
        match report.state:
            case ReportState.LAPSED:
                # The documentation calls a lapsed report deleted, cancelled and retracted in turn.
                raise Refused(Code(self.behaviour.lapsed), report_id=report_id)
            # Documented by name only; that every later call gets these codes is assumed.
            case ReportState.RETRACTED:
                raise Refused(Code.ALREADY_RETRACTED, report_id=report_id)
            case ReportState.FINISHED:
                raise Refused(Code.ALREADY_FINISHED, report_id=report_id)
        return report

    # --- the way of a request ------------------------------------------------------------------------------------

    def authenticate(self, name: str, password: str) -> str | None:
        """The account of these credentials, or None."""
        return name if self.accounts.admit(name, password) else None

    def begin(self, method: str, call: str, account: str | None) -> tuple[Exchange, AnyFault | None]:
        """A request has come: note it, and tell the fault that it meets.

        Args:
            method: the HTTP method.
            call: the endpoint, empty for none.
            account: the account, None where the credentials were not accepted. Such a request meets no fault, and
                neither does one that is for no endpoint.
        """
        self._last_number += 1
        exchange = Exchange(self._last_number, call, method, self.clock(), account)
        self.exchanges.append(exchange)
        fault = self.faults.take(call) if call and account is not None else None
        exchange.fault = fault.in_words if fault is not None else ""
        return exchange, fault

    def perform(self, fault: AnyFault | None, call: str, act: Callable[[], Answer]) -> Answer:
        """Act, unless the fault prevents it, and tell the answer that the fault leaves.

        Args:
            fault: the fault that the request meets.
            call: the endpoint.
            act: does what the request asks for.
        """
        if not isinstance(fault, Answering):
            answer = act()
            return answer if fault is None else distorted(fault, answer)
        report_id = act().report_id if fault.acts else None
        return instead(fault, self.answers, call, report_id)

    def end(self, exchange: Exchange, answer: Answer | None, ended: str, seconds: float | None = None) -> None:
        """A request has come to its end.

        Args:
            exchange: what `begin` gave.
            answer: the answer; None where none was made.
            ended: how: ``answered``, ``cut``, ``gone`` or ``failed``.
            seconds: how long it took, where somebody measured.
        """
        exchange.ended, exchange.seconds = ended, seconds
        if answer is not None:
            # An answer that was cut off was made, and never seen.
            exchange.http_status = answer.status if ended == "answered" else None
            exchange.code = answer.code
            exchange.request_id = answer.headers.get("Request-ID")
            exchange.violations = answer.violations
            exchange.description = answer.description
            exchange.report_id = answer.report_id
        report = self._reports.get(exchange.report_id or 0)
        if report is not None:
            report.exchanges.append(exchange)
            self._journal.save_exchange(report, exchange)

    # --- for whoever runs the mock -------------------------------------------------------------------------------

    def set_faults(self, plan: FaultPlan) -> None:
        """Replace all faults."""
        self.faults.set(plan)

    def move_clock(self, *, by: timedelta = timedelta(), to: datetime | None = None) -> None:
        """Move the mock's time, on by an amount or to an aware moment.

        A report that has lapsed stays so if the time is moved back.

        Raises:
            ValueError: that is at the end of the calendar, where reports could no longer lapse.
        """
        offset = self.clock.offset + by if to is None else self.clock.offset_to(to)
        if not self.clock.can_be(offset):
            raise ValueError(f"the mock's time must stay between the years {FIRST_YEAR} and {LAST_YEAR}")
        for report in self._reports.values():
            if report.settle():
                self._journal.save_report(report)
        self.clock.offset = offset
        self._journal.save_clock(self.clock.offset)

    def reset_clock(self) -> None:
        """Let the mock's time be that of the clock behind it again."""
        self.move_clock(by=-self.clock.offset)

    def forget(self) -> int:
        """Forget all reports and exchanges; how many reports there were. Ids go on from where they are."""
        count = len(self._reports)
        self._reports.clear()
        self.exchanges.clear()
        self._journal.clear(self._next_id)
        return count
