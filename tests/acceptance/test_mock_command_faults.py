"""``cybertip mock --faults FILE`` and ``--random-faults RATE --seed N``."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.acceptance.programs import Program, open_report, refused
from tests.mock_http import response

Start = Callable[..., Program]


def test_faults_of_a_file_are_met(start: Start, tmp_path: Path) -> None:
    """The faults of the file meet the requests that they are for, as often as they say, and stand in the lines."""
    plan = {
        "faults": [
            {"fault": "throttle", "call": "status", "times": 2, "retry_after": 3},
            {"fault": "code", "call": "finish", "code": 1000, "acts": True},
            {"fault": "reset", "call": "submit"},
        ]
    }
    (tmp_path / "faults.json").write_text(json.dumps(plan))
    program = start("--faults", "faults.json", "--first-report-id", "10")
    with program.client() as client:
        assert [client.get("/status").status_code for _ in range(3)] == [429, 429, 200]
        with pytest.raises(httpx.TransportError):
            open_report(client)
        assert response(client.post("/finish", data={"id": "10"})).response_code == 1000
    assert program.look("/reports/10")["state"] == "finished"
    lines = program.requests(5)
    assert [re.findall(r"\[.*", line) for line in lines] == [
        ["[fault: throttle]"],
        ["[fault: throttle]"],
        [],
        ["[fault: reset after-acting] [connection cut]"],
        ["[fault: code 1000, after acting]"],
    ]
    assert "no answer" in lines[3]
    assert program.look("/faults")["faults"] == []


@pytest.mark.parametrize("text", ["", " \n", "[]", "{}"])
def test_a_file_without_faults_is_fine(start: Start, tmp_path: Path, text: str) -> None:
    """An empty file, list or plan holds no faults."""
    (tmp_path / "faults.json").write_text(text)
    program = start("--faults", "faults.json")
    assert program.look("/faults") == {"faults": [], "random": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("\ufffe\u0000", "Invalid JSON"),
        ('[{"fault": "earthquake"}]', "faults.0: "),
        ('[{"fault": "late"}, {"fault": "delay"}]', "faults.1.delay.seconds: "),
        ('{"faults": [{"fault": "late", "call": "submitt"}]}', "faults.0.late.call: "),
        ('{"faults": [{"fault": "late", "often": 3}]}', "faults.0.late.often: "),
        ('{"random": {"rate": 2}}', "random.rate: "),
        ('{"fault": "late"}', "fault: "),
        ("7", "the document: "),
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """A file that is no plan of faults is named with the place in it and what would be right there."""
    (tmp_path / "faults.json").write_text(text)
    said = refused(tmp_path, "--faults", "faults.json")
    (line,) = said.splitlines()
    assert line.startswith("cybertip mock: faults.json: these are no faults: ")
    assert words in line


def test_a_file_in_no_encoding_is_refused(tmp_path: Path) -> None:
    """Bytes that are no text are refused like any other file that is no JSON."""
    (tmp_path / "faults.json").write_bytes(b"\xff\xfe\x00[")
    assert "faults.json: these are no faults: " in refused(tmp_path, "--faults", "faults.json")


@pytest.mark.parametrize("path", ["missing.json", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, path: str) -> None:
    """A path without a file is a usage error that names option and path."""
    said = refused(tmp_path, "--faults", path)
    assert "'--faults'" in said
    assert f"'{path}'" in said


def faults_met(start: Start, *arguments: str) -> list[str]:
    """The faults that twelve requests for the status meet, as the lines tell them."""
    program = start(*arguments)
    # One connection each: what a fault does to one request must not reach the next.
    with program.client(timeout=3, headers={"Connection": "close"}) as client:
        for _ in range(12):
            with contextlib.suppress(httpx.TransportError):
                client.get("/status")
    lines = program.requests(12)
    assert not any("fault" in line.split("[")[0] for line in lines)
    return [line[line.index("[fault: ") :] if "[fault: " in line else "" for line in lines]


def test_random_faults_come_again_with_their_seed(start: Start) -> None:
    """At rate 1 every request meets a fault, the same ones for the same seed, and others for another."""
    once = faults_met(start, "--random-faults", "1", "--seed", "7")
    assert all(once)
    assert len(set(once)) > 2
    assert faults_met(start, "--random-faults", "1", "--seed", "7") == once
    assert faults_met(start, "--random-faults", "1", "--seed", "8") != once


def test_no_random_faults_at_rate_0(start: Start) -> None:
    """At rate 0 no request meets a fault."""
    assert faults_met(start, "--random-faults", "0") == [""] * 12


def test_random_faults_leave_those_of_the_file_first(start: Start, tmp_path: Path) -> None:
    """A request that a fault of the file is for meets that one; chance has the others."""
    (tmp_path / "faults.json").write_text('[{"fault": "throttle", "times": 3}]')
    met = faults_met(start, "--faults", "faults.json", "--random-faults", "1", "--seed", "7")
    assert met[:3] == ["[fault: throttle]"] * 3
    assert met[3:] == faults_met(start, "--random-faults", "1", "--seed", "7")[:9]
