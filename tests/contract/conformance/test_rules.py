"""The documented rules beyond the schema: for each, a document that breaks it, and one that keeps it (rules.md).

A document that breaks a rule opens nothing and describes nothing; its twin is accepted.
"""

from __future__ import annotations

import pytest

from tests.contract.conformance import rules_elsewhere, rules_files, rules_report, rules_shared
from tests.contract.conformance.documents import BATCHED, batched_report, of_file, report
from tests.contract.conformance.pairs import Pair, cases
from tests.contract.conformance.target import OpenReport
from tests.contract.conformance.wire import Api

REPORTS = (
    *(rules_shared.EVENTS, rules_shared.DEVICES, rules_shared.ADDRESSES, rules_shared.PHONES, rules_shared.EMAILS),
    *(rules_shared.LOCATIONS, rules_shared.PEOPLE, rules_shared.OFFSETS),
    *(rules_report.INCIDENTS, rules_report.URLS, rules_report.INCIDENT_KINDS, rules_report.CONTACTS),
    *(rules_report.PARTIES_LIMITS, rules_report.PRIOR, rules_report.DISABLED, rules_report.ACCOUNTS),
    *(rules_elsewhere.REPORTER, rules_elsewhere.INCIDENTS, rules_elsewhere.DISABLED, rules_elsewhere.VALUES),
    rules_files.BATCHED_REPORTS,
)
FILES = (rules_files.FILES, rules_files.FILES_SHARED)


def test_every_rule_has_a_pair() -> None:
    """Every S and B rule that one document can break is in the tables (rules.md)."""
    tried = {pair.rule for table in (*REPORTS, *FILES, rules_files.BATCHED_FILES) for pair in table}
    numbers = (*range(101, 120), *range(201, 217), *range(301, 309))
    # B403 counts files: test_batched.py.
    assert tried == {f"S{number}" for number in numbers} | {"B401", "B402", "B404", "B405", "B406"}


@pytest.mark.parametrize("pair", cases(*REPORTS))
def test_a_report_that_breaks_a_rule(api: Api, open_report: OpenReport, pair: Pair) -> None:
    """/submit refuses a report that breaks a rule, opens nothing, and accepts its repaired twin (S, B401, B402)."""
    answer = api.submit(pair.broken_document)
    if answer.accepted and answer.report_id is not None:
        api.retract(answer.report_id)
    answer.assert_document_refused()
    open_report(pair.repaired_document)


def refused_then_accepted(api: Api, pair: Pair, report_id: int, file_id: str) -> None:
    """Describe a file twice: the broken document is refused, which leaves the file to be described by the other."""
    answer = api.fileinfo(of_file(pair.broken_document, report_id, file_id))
    if pair.rule == "S301":  # a server may look the ids up before it judges them
        answer.assert_refused(4100, 1001, 4000, 5001, 5002)
    else:
        answer.assert_document_refused()
    answer = api.fileinfo(of_file(pair.repaired_document, report_id, file_id))
    assert answer.accepted, answer


@pytest.mark.parametrize("pair", cases(*FILES))
def test_file_details_that_break_a_rule(api: Api, report_id: int, file_id: str, pair: Pair) -> None:
    """/fileinfo refuses details that break a rule, and accepts their repaired twin for the same file (S)."""
    refused_then_accepted(api, pair, report_id, file_id)


@pytest.mark.parametrize("pair", cases(rules_files.BATCHED_FILES))
def test_file_details_that_break_a_rule_of_batched_reports(api: Api, open_report: OpenReport, pair: Pair) -> None:
    """/fileinfo refuses details that do not fit the file of a batched report, and accepts their twin (B404 to B406)."""
    report_id = open_report(batched_report())
    refused_then_accepted(api, pair, report_id, api.upload(report_id).file_id or "")


@pytest.mark.parametrize("pair", cases(rules_files.BATCHED_REPORTS))
def test_what_only_a_batched_report_forbids_is_accepted_elsewhere(open_report: OpenReport, pair: Pair) -> None:
    """What breaks a rule of batched reports is accepted in a report that is none (B401, B402)."""
    open_report(pair.broken_document.replace(BATCHED, ""))


@pytest.mark.parametrize("pair", cases(rules_files.BATCHED_FILES))
def test_details_that_only_a_batched_report_forbids_are_accepted_elsewhere(
    api: Api, report_id: int, file_id: str, pair: Pair
) -> None:
    """Details that do not fit the file of a batched report are accepted for that of another (B404 to B406)."""
    answer = api.fileinfo(of_file(pair.broken_document, report_id, file_id))
    assert answer.accepted, answer


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::7", "2001:DB8:0:0:0:0:0:7", "::ffff:203.0.113.9"])
def test_every_kind_of_ip_address_is_accepted(open_report: OpenReport, address: str) -> None:
    """IPv4, IPv6 and IPv4-mapped IPv6 addresses are valid (S101)."""
    open_report(rules_shared.SUSPECT(rules_shared.event(address)))


@pytest.mark.parametrize("region", ["AS", "MP", "DC", "PR", "WY"])
def test_regions_of_the_us_include_territories(open_report: OpenReport, region: str) -> None:
    """A region of the US may be a territory, those among them that the schema cannot hold as a state (S115)."""
    open_report(rules_shared.SUSPECT(rules_shared.location(f"<region>{region}</region><countryCode>US</countryCode>")))


def test_a_country_alone_will_do_for_a_location(open_report: OpenReport) -> None:
    """Without a city a location in the US needs no region (S115)."""
    open_report(rules_shared.SUSPECT(rules_shared.location("<countryCode>US</countryCode>")))


def test_a_verified_contact_needs_no_date(open_report: OpenReport) -> None:
    """Only the date demands the statement, and not the reverse (S111)."""
    open_report(rules_shared.PERSON(rules_shared.email(attributes=' verified="true"')))


def test_advice_stops_nothing(open_report: OpenReport) -> None:
    """A report that lacks identity, location and content is accepted: quality is no rule of the server (Q)."""
    open_report(report(note="", internet="", suspects=""))
