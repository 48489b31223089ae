"""``cybertip mock``: its options, and what it says of those that make no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.programs import Program, open_report, refused, refused_in_one_sentence

Start = Callable[..., Program]


def test_report_ids_begin_where_they_are_told_to(start: Start) -> None:
    """--first-report-id is the id of the first report, and the next one is one more."""
    program = start("--first-report-id", "77")
    with program.client() as client:
        assert [open_report(client), open_report(client)] == [77, 78]


def test_a_mock_on_loopback_does_not_warn(start: Start) -> None:
    """An address that only this machine reaches needs no warning."""
    assert not any("network" in line for line in start("--host", "127.0.0.2").introduction())


def test_a_mock_that_others_can_reach_warns(start: Start) -> None:
    """An address that others can reach is told, and that they can look inside only where that was allowed."""
    closed = start("--host", "0.0.0.0").introduction()
    opened = start("--host", "0.0.0.0", "--inspect-remotely").introduction()
    warning = "  Others on the network can reach it too, and without TLS."
    assert warning in closed
    assert warning in opened
    assert not any("without a password" in line for line in closed)
    assert "  They can look at everything that arrived, without a password." in opened


def test_a_port_in_use_is_refused(start: Start, tmp_path: Path) -> None:
    """A port that another mock has gives one sentence with the cure."""
    port = str(start().port)
    said = refused_in_one_sentence(tmp_path, "--port", port)
    assert f"port {port} on 127.0.0.1 is in use; " in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--host", "no such host"],
        ["--host", "a" * 70],
        ["--host", "a" * 70, "--tls"],
        ["--host", "no such host", "--tls"],
        ["--host", ""],
        ["--host", "192.0.2.7"],
    ],
)
def test_a_host_that_cannot_be_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    """A host that is none of this machine's, or none at all, gives one sentence with the cure."""
    assert "choose an address of this machine" in refused_in_one_sentence(tmp_path, *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "65536"], "--port"),
        (["--port", "http"], "--port"),
        (["--first-report-id", "0"], "--first-report-id"),
        (["--first-report-id", str(2**63)], "--first-report-id"),
        (["--random-faults", "1.5"], "--random-faults"),
        (["--random-faults", "often"], "--random-faults"),
        (["--random-faults", "nan"], "--random-faults"),
        (["--seed", "x"], "--seed"),
        (["--server", "2020"], "--server"),
        (["--lapsed", "1"], "--lapsed"),
        (["--second-finish", "x"], "--second-finish"),
        (["--second-fileinfo", "x"], "--second-fileinfo"),
        (["--finish-errors", "x"], "--finish-errors"),
        (["--foreign-report", "x"], "--foreign-report"),
        (["--unauthorized", "x"], "--unauthorized"),
        (["--user", "name-only"], "NAME:PASSWORD"),
        (["--user", "a:b", "--user", "a:c"], "given twice"),
        (["--username", "a:b"], "without a colon"),
        (["--password", "a\tb"], "printable"),
        (["--state", "."], "--state"),
        (["--tls-ca", "ca.pem"], "--tls"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], words: str) -> None:
    """Each option's error names the option or the form that it must have, and the status is 2."""
    assert words in refused(tmp_path, *arguments)


@pytest.mark.parametrize(
    "switches",
    [
        {
            "server": "2016",
            "second_fileinfo": "replaces",
            "lapsed": 5101,
            "second_finish": 5001,
            "finish_errors": "reportDoneResponse",
            "foreign_report": 3000,
            "unauthorized": "1000",
        },
        {
            "server": "2025",
            "second_fileinfo": "refused",
            "lapsed": 5001,
            "second_finish": 0,
            "finish_errors": "reportResponse",
            "foreign_report": 3300,
            "unauthorized": "empty",
        },
    ],
)
def test_every_switch_is_passed_on(start: Start, switches: dict[str, str | int]) -> None:
    """What is given on the command line is how the mock behaves, and it tells so."""
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in switches.items()]
    program = start(*arguments)
    assert program.look("/health")["behaviour"] == switches


def test_without_switches_the_defaults_hold(start: Start) -> None:
    """A mock that is told nothing behaves as the server of 2025."""
    program = start()
    assert program.look("/health")["behaviour"] == {
        "server": "2025",
        "second_fileinfo": "refused",
        "lapsed": 5001,
        "second_finish": 5102,
        "finish_errors": "reportResponse",
        "foreign_report": 3300,
        "unauthorized": "2000",
    }


def test_ids_do_not_come_again_after_a_restart(start: Callable[..., Program]) -> None:
    """A mock that forgets everything begins higher at each start, so that ledgers can go on with it."""
    ids = []
    for _ in range(2):
        program = start()
        with program.client() as client:
            ids.append(open_report(client))
        program.stop()
    assert ids[0] < ids[1]
