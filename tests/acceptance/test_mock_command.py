"""``cybertip mock``: what it prints when it starts and for each request."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.acceptance.conftest import clean_environment
from tests.acceptance.programs import DEFAULTS, Program, open_report, upload
from tests.canaries import CONTENT, PASSWORD, USERNAME
from tests.mock_http import XML
from tests.samples import file_details_xml, report_xml

Start = Callable[..., Program]

SECRETS = (USERNAME, PASSWORD, CONTENT)


def line_of(text: str) -> str:
    """The pattern of a request's line: the time, what is looked for, and how long it took."""
    return r"\d\d:\d\d:\d\d " + text.replace(" MS", r" \d+ ms")


def report_saying(content: str) -> bytes:
    """A report whose suspect has this screen name."""
    return report_xml().replace(b">sample_user<", f">{content}<".encode())


@pytest.mark.parametrize(
    "account", [DEFAULTS, ("it's me", "quo\"te's $HOME `x` and  two spaces \\"), ("ren\u00e9", "-n")]
)
def test_the_lines_can_be_pasted(start: Start, tmp_path: Path, account: tuple[str, str]) -> None:
    """A shell that is given the printed lines lets ``cybertip status`` reach the mock, whatever the password holds."""
    program = start(f"--username={account[0]}", f"--password={account[1]}")
    script = "\n".join([*program.exports(), f"exec {shlex.quote(sys.executable)} -m cybertip status"])
    done = subprocess.run(
        ["sh", "-c", script], env=clean_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert program.environ()["CYBERTIP_ENVIRONMENT"] == "mock"


def test_the_introduction_is_complete(start: Start) -> None:
    """The address is the first line on stdout; where to look, the credentials and four lines to paste follow."""
    program = start("--username", "alpha", "--password", "beta", "--user", "gamma:del:ta")
    said = program.introduction()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/ispws", program.base_url)
    assert f"  look at what arrived: {program.base_url.removesuffix('/ispws')}/_mock/" in said
    assert "  user name alpha, password beta" in said
    assert "  user name gamma, password del:ta" in said
    assert program.environ() == {
        "CYBERTIP_ENVIRONMENT": "mock",
        "CYBERTIP_BASE_URL": program.base_url,
        "CYBERTIP_USERNAME": "alpha",
        "CYBERTIP_PASSWORD": "beta",
    }
    assert program.stop().stdout == ""


def test_each_request_gets_one_tidy_line(start: Start) -> None:
    """Endpoint, status, code, report, bytes and time: one line each, and nothing of what was sent."""
    program = start("--user", f"{USERNAME}:{PASSWORD}", "--first-report-id", "4321")
    with program.client((USERNAME, PASSWORD)) as client:
        client.get("/status")
        report_id = open_report(client, report_saying(CONTENT))
        file_id = upload(client, report_id, CONTENT.encode(), f"{CONTENT}.png").text.split("fileId>")[1][:32]
        details = file_details_xml(report_id, file_id).replace(b"holiday.png", CONTENT.encode())
        client.post("/fileinfo", content=details, headers=XML)
        client.post("/finish", data={"id": str(report_id)})
        client.post("/retract", data={"id": str(report_id)})
    lines = program.requests(6)
    patterns = [
        "GET /status 200 code 0 MS",
        "POST /submit 200 code 0 report 4321 [0-9]+ bytes MS",
        "POST /upload 200 code 0 report 4321 [0-9]+ bytes MS",
        "POST /fileinfo 200 code 0 report 4321 [0-9]+ bytes MS",
        "POST /finish 200 code 0 report 4321 7 bytes MS",
        "POST /retract 400 code 5102 report 4321 7 bytes MS",
    ]
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(line_of(pattern), line)
        assert not any(secret in line for secret in SECRETS)
    program.stop()


def test_a_refused_request_shows_the_rule_and_not_the_value(start: Start) -> None:
    """The schema's constraint or the rule's code and path stand in the line; what the sentence quotes does not."""
    program = start()
    with program.client() as client:
        wrong = report_xml().replace(b"<incidentType>Child", f"<incidentType>{CONTENT}".encode())
        quoting = client.post("/submit", content=wrong, headers=XML)
        assert CONTENT in quoting.text
        future = report_xml().replace(b">2025-03-14T", b">2999-03-14T")
        client.post("/submit", content=future, headers=XML)
    of_schema, of_rules = program.requests(2)
    assert re.fullmatch(line_of(r"POST /submit 400 code 4100 \d+ bytes MS cvc-[a-z-]+[a-z0-9.-]*"), of_schema)
    assert re.fullmatch(line_of(r"POST /submit 400 code 4100 \d+ bytes MS S\d{3} /report/\S+ \(and 1 more\)"), of_rules)
    assert CONTENT not in program.stop().stderr


def test_what_a_client_makes_up_is_not_repeated(start: Start) -> None:
    """An unknown path, an unknown account and an unknown method get a line without them."""
    program = start()
    token = b64encode(":".join(DEFAULTS).encode()).decode()
    headers = {"Authorization": f"Basic {token}", "User-Agent": CONTENT, "X-Forwarded-For": CONTENT}
    # httpx would log the address.
    plain = HTTPConnection("127.0.0.1", program.port, timeout=30)
    for method, path in (
        ("GET", f"/ispws/{CONTENT}?{CONTENT}={CONTENT}"),
        ("GET", "/ispws/status"),
        ("PROPFIND", f"/ispws/status/{CONTENT}"),
        ("PUT", "/ispws/status"),
    ):
        plain.request(method, path, headers=headers)
        plain.getresponse().read()
    plain.close()
    with program.client((USERNAME, PASSWORD)) as stranger:
        stranger.get("/status")
    lines = program.requests(5)
    patterns = [
        r"GET \(no endpoint\) 404 MS",
        "GET /status 200 code 0 MS",
        r"\(another method\) \(no endpoint\) 404 MS",
        r"PUT \(no endpoint\) 405 MS",
        "GET /status 401 code 2000 MS",
    ]
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(line_of(pattern), line)
    assert not any(secret in program.stop().stderr for secret in SECRETS)


def test_what_is_no_http_gets_a_line_as_well(start: Start) -> None:
    """Bytes that are no request are told in a line of the same form, without the bytes."""
    program = start()
    with socket.create_connection(("127.0.0.1", program.port), timeout=30) as connection:
        connection.sendall(f"{CONTENT}\r\n\r\n".encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    (line,) = program.requests(1)
    assert re.fullmatch(line_of("Invalid HTTP request received"), line)
    assert CONTENT not in program.stop().stderr


def test_quiet_prints_the_introduction_only(start: Start) -> None:
    """With --quiet nothing is printed for requests, however they end."""
    program = start("--quiet")
    with program.client() as client:
        open_report(client)
        client.get("/nothing")
    with socket.create_connection(("127.0.0.1", program.port), timeout=30) as connection:
        connection.sendall(b"no request\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    said = program.introduction()
    assert program.stop().stderr.splitlines() == said


def test_json_is_one_envelope_and_nothing_else(start: Start) -> None:
    """With --json stdout holds one document as soon as the server listens, and nothing follows on either stream."""
    program = start("--json", "--user", "one:a", "--user", "two:b")
    assert program.envelope == {
        "cybertip": 1,
        "command": "mock",
        "exit": 0,
        "base_url": program.base_url,
        "inspection_url": program.base_url.removesuffix("/ispws") + "/_mock/",
        "ca_file": None,
        "usernames": ["one", "two"],
    }
    with program.client(("two", "b")) as client:
        open_report(client)
    ended = program.stop()
    assert (ended.stdout, ended.stderr) == ("", "")


def test_an_error_has_an_envelope(tmp_path: Path) -> None:
    """With --json a mock that does not start says so in the envelope."""
    done = subprocess.run(
        [sys.executable, "-m", "cybertip", "mock", "--json", "--state", "missing/state"],
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd=tmp_path,
        timeout=60,
    )
    assert done.stderr == ""
    assert '"kind": "ConfigurationError"' in done.stdout
    assert done.returncode == 2
