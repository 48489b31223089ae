"""Lossless repairs: what a document may not hold moves, can be read back, and leaves a document that is accepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cybertip.models import (
    BatchedReport,
    BatchedReportReason,
    Details,
    DeviceId,
    Email,
    EmailIncident,
    IntendedRecipient,
    InternetDetails,
    IpCaptureEvent,
    NameValue,
    Person,
    PersonOrUserReported,
    Phone,
    Report,
)
from cybertip.repairs import MOVABLE, Repair, line, read_originals, repair
from cybertip.rules import Case, check
from cybertip.schema import Schema
from cybertip.xml import write
from tests.contract.two_readings import of_the_mock
from tests.unit.rule_cases import NOW, details, report
from tests.unit.rule_pairs import PAIRS, Pair

MOMENT = datetime.fromisoformat("2026-01-31T08:00:00+01:00")
LATER = NOW + timedelta(days=400)
ABOUT_FORM = [pair for pair in PAIRS if pair.code in MOVABLE and not pair.path.startswith("/report/reporter")]
NOT_TO_BE_MENDED = {"S202 blank", "S118 dateOfBirth"}


def texts(document: Any) -> str:
    """All that stands in the free texts of a document, and the rest of it."""
    return write(document).decode()


def originals(report: Report) -> dict[str, Any]:
    """What can be read back from every `additionalInfo` of a report."""
    infos = [report.additional_info]
    infos += [one.additional_info for one in report.persons_or_users_reported]
    infos += [info for one in report.intended_recipients for info in one.additional_info]
    return dict(pair for info in infos if info for pair in read_originals(info))


def of_user(**fields: Any) -> Report:
    return report(persons_or_users_reported=[PersonOrUserReported(**fields)])


def can_be_mended(pair: Pair) -> bool:
    if pair.code == "S118":
        return not pair.path.endswith("dateOfBirth")
    if pair.code == "S202" and pair.broken.report is not None:
        return bool((pair.broken.report.incident_summary.escalate_to_high_priority or "").strip())
    return True


@pytest.mark.parametrize("pair", ABOUT_FORM, ids=lambda pair: f"{pair.code} {pair.path.rpartition('/')[2]}")
def test_every_rule_about_the_form_of_a_value_is_satisfied(pair: Pair) -> None:
    """A broken example of such a rule comes out accepted by schema, rules and mock; a mended one is left alone."""
    for of, mend in ((pair.broken, can_be_mended(pair)), (pair.repaired, False)):
        opened = of.report if of.report is not None else report()
        mended = repair(opened, of.files)
        assert bool(mended.repairs) == mend
        left = check(Case(now=LATER, report=mended.report, files=mended.files)).findings.errors
        if mend:
            assert not left
            assert not [one for one in (mended.report, *mended.files) if Schema.bundled().validate_model(one)]
            assert not of_the_mock(write(mended.report), [write(one) for one in mended.files], LATER)
        elif of is pair.repaired:
            assert (mended.report, mended.files) == (opened, tuple(of.files))


def test_a_moved_value_can_be_read_back() -> None:
    """The original stands in the account's own text, with the path where it stood."""
    user = of_user(
        person=Person(emails=[Email(address="user at example"), Email(address="user@example.com")]),
        additional_info="Known since 2024.",
    )
    mended = repair(user, ())
    (suspect,) = mended.report.persons_or_users_reported
    assert suspect.person == Person(emails=[Email(address="user@example.com")])
    path = "/report/personOrUserReported[1]/personOrUserReportedPerson/email[1]"
    assert suspect.additional_info == f'Known since 2024.\n[original] {path}: "user at example"'
    assert originals(mended.report) == {path: "user at example"}
    (done,) = mended.repairs
    assert (done.code, done.path, done.target) == ("R704", path, "/report/personOrUserReported[1]/additionalInfo")
    assert "user at example" not in done.message + repr(done)


def test_what_cannot_stand_without_the_value_moves_as_a_whole() -> None:
    """An event without a usable address moves with its time, so that nothing of it is lost."""
    event = IpCaptureEvent(ip_address="host.example.com", port=51812, date_time=MOMENT)
    mended = repair(of_user(ip_capture_events=[event, IpCaptureEvent(ip_address="192.0.2.44")]), ())
    assert originals(mended.report) == {
        "/report/personOrUserReported[1]/ipCaptureEvent[1]": {
            "ipAddress": "host.example.com",
            "dateTime": "2026-01-31T08:00:00+01:00",
            "port": 51812,
        }
    }
    (suspect,) = mended.report.persons_or_users_reported
    assert [one.ip_address for one in suspect.ip_capture_events] == ["192.0.2.44"]


@pytest.mark.parametrize(
    ("text", "port", "address", "split"),
    [
        ("192.0.2.44:51812", None, "192.0.2.44", 51812),
        ("192.0.2.44:51812", 51812, "192.0.2.44", 51812),
        ("[2001:db8::1]:51812", None, "2001:db8::1", 51812),
        ("[2001:db8::1]", 7, "2001:db8::1", 7),
    ],
)
def test_an_address_with_its_port_is_split(text: str, port: int | None, address: str, split: int) -> None:
    """R702: both go where they belong, and the original can be read back."""
    mended = repair(of_user(ip_capture_events=[IpCaptureEvent(ip_address=text, port=port)]), ())
    (event,) = mended.report.persons_or_users_reported[0].ip_capture_events
    assert (event.ip_address, event.port) == (address, split)
    assert [one.code for one in mended.repairs] == ["R702"]
    assert originals(mended.report) == {"/report/personOrUserReported[1]/ipCaptureEvent[1]/ipAddress": text}


def test_a_port_of_nought_is_not_lost() -> None:
    """It is no port that the server takes, but it is what was recorded."""
    mended = repair(of_user(ip_capture_events=[IpCaptureEvent(ip_address="192.0.2.44:0")]), ())
    assert [one.code for one in mended.repairs] == ["R702", "R704"]
    around = "/report/personOrUserReported[1]/ipCaptureEvent[1]"
    assert originals(mended.report) == {f"{around}/ipAddress": "192.0.2.44:0", f"{around}/port": 0}


def test_two_different_ports_are_nobodys_guess() -> None:
    """An address with one port beside another port is moved as it is."""
    mended = repair(of_user(ip_capture_events=[IpCaptureEvent(ip_address="192.0.2.44:1", port=2)]), ())
    assert [one.code for one in mended.repairs] == ["R704"]
    assert originals(mended.report) == {
        "/report/personOrUserReported[1]/ipCaptureEvent[1]": {"ipAddress": "192.0.2.44:1", "port": 2}
    }


def test_a_long_text_is_cut_between_characters() -> None:
    """R703: at most as many UTF-16 code units as the limit, no half character, and the whole elsewhere."""
    long = "x" + "\U0001f7e6" * 200
    opened = report()
    summary = opened.incident_summary.model_copy(update={"platform": long})
    mended = repair(opened.model_copy(update={"incident_summary": summary}), ())
    assert mended.report.incident_summary.platform == "x" + "\U0001f7e6" * 127
    assert originals(mended.report) == {"/report/incidentSummary/platform": long}


def test_many_in_one_list_keep_their_numbers() -> None:
    """Each original has the number that it had in the record, whatever was moved before it."""
    names = ["good", "x" * 256, "fine", "y" * 256, "z" * 300]
    mended = repair(of_user(display_names=names), ())
    assert mended.report.persons_or_users_reported[0].display_names == ("good", "fine")
    path = "/report/personOrUserReported[1]/displayName[{}]"
    assert originals(mended.report) == {
        path.format(number): value for number, value in enumerate(names, start=1) if len(value) > 255
    }


def test_places_are_those_of_the_design() -> None:
    """A recipient's value goes to the recipient, a person's to the account, the summary's to the report."""
    opened = report(
        intended_recipients=[IntendedRecipient(person=Person(phones=[Phone(number="5" * 51)]))],
        internet_details=[InternetDetails(email_incident=EmailIncident(email_addresses=[Email(address="nobody@")]))],
    )
    mended = repair(opened, ())
    assert {one.target for one in mended.repairs} == {
        "/report/intendedRecipient[1]/additionalInfo[1]",
        "/report/internetDetails[1]/emailIncident/additionalInfo",
    }


def test_file_details_keep_their_own() -> None:
    """A file's value goes into a text of its own beside the others."""
    item = details(
        location_of_file="www.example.com/x",
        additional_info=["a note"],
        details=[Details(name_value_pairs=[NameValue(name="n" * 65, value="v")])],
        device_ids=[DeviceId(id_type=" ", id_value="1")],
    )
    mended = repair(report(), [item])
    (described,) = mended.files
    assert described.location_of_file is None
    assert (described.details, described.device_ids) == ((), ())
    assert dict(pair for info in described.additional_info for pair in read_originals(info)) == {
        "/fileDetails/locationOfFile": "www.example.com/x",
        "/fileDetails/details[1]": {"nameValuePair": [{"name": "n" * 65, "value": "v"}]},
        "/fileDetails/deviceId[1]": {"idType": " ", "idValue": "1"},
    }
    assert described.additional_info[0] == "a note"


def test_a_batched_report_keeps_nothing_it_may_not() -> None:
    """R706: where no additionalInfo is allowed, the value is in the repair alone."""
    opened = report(
        batched_report=BatchedReport(reason=BatchedReportReason.VIRAL_POTENTIAL_MEME),
        persons_or_users_reported=[PersonOrUserReported(esp_identifier="u" * 256)],
    )
    mended = repair(opened, ())
    (done,) = mended.repairs
    assert (done.code, done.target, done.original) == ("R706", "", f'"{"u" * 256}"')
    assert mended.report.additional_info is None
    assert not check(Case(now=LATER, report=mended.report, files=())).findings.errors


def test_the_reporter_is_not_mended() -> None:
    """What the profile says stays an error that the profile's owner mends."""
    opened = report()
    reporter = opened.reporter.model_copy(update={"legal_url": "www.example.com"})
    mended = repair(opened.model_copy(update={"reporter": reporter}), ())
    assert mended.repairs == ()


@pytest.mark.parametrize(
    "value", ['"', "\\", "a\u0001b", "\u202eevil", "\ud800", "\U0001f7e6", "]]>", "\u2028", "\ufffe", "line\nline", ""]
)
def test_originals_survive_whatever_they_hold(value: str) -> None:
    """Every text, also one that XML cannot carry or that would hide in a line, comes back as it was."""
    kept = line("/report/x[1]", value)
    assert dict(read_originals(f"before\n{kept}\nafter")) == {"/report/x[1]": value}
    assert kept.isprintable()


def test_lines_of_others_are_passed_over() -> None:
    """A text that merely looks like a kept original is none."""
    assert list(read_originals('[original] /a: no json\n[original]: "x"\n[ORIGINAL] /a: "x"')) == []


def test_a_repair_is_a_finding_that_stops_nothing() -> None:
    """Each repair is told as an info with its code, place and words."""
    done = Repair("R704", "files[0]", "/fileDetails/fileName", "/fileDetails/additionalInfo[1]", "it was moved", '"x"')
    finding = done.finding
    assert (finding.code, str(finding.severity), finding.document, finding.path) == (
        *("R704", "info", "files[0]", "/fileDetails/fileName"),
    )
