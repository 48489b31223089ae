"""Where the suite may run, and where it must never run: it files reports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from cybertip.environments import PRODUCTION_URL, TEST_URL
from cybertip.mock import Behaviour, MockServer
from tests.contract.conformance.target import Target, checked_accounts, checked_base_url, find

SUITE = Path(__file__).parent
ROOT = SUITE.parents[2]
HOST = PRODUCTION_URL.removeprefix("https://").removesuffix("/ispws")
SUBDOMAIN = f"www.{HOST}"
# Spellings that a client may read as the plain one.
WIDE_STOPS = HOST.replace(".", "\N{IDEOGRAPHIC FULL STOP}")
WIDE_LETTER = HOST.replace("r", "\N{FULLWIDTH LATIN SMALL LETTER R}", 1)
TEST_HOST = TEST_URL.removeprefix("https://").removesuffix("/ispws")


@pytest.mark.parametrize(
    "url",
    [
        PRODUCTION_URL,
        f"http://{HOST}",
        f"https://{HOST}/",
        f"https://{HOST}:8443/ispws",
        f"https://{HOST}./ispws",
        f"https://{HOST.upper()}/ispws",
        f"HTTPS://{HOST}/ispws",
        f"https://{WIDE_STOPS}/ispws",
        f"https://{SUBDOMAIN}/ispws",
        f"https://{HOST.partition('.')[2]}/ispws",
    ],
)
def test_production_is_refused(url: str) -> None:
    """NCMEC's production host is refused in every spelling, and so are its other hosts."""
    with pytest.raises(pytest.UsageError, match="never run against production"):
        checked_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8750/ispws",
        "ftp://127.0.0.1/ispws",
        f"https://{WIDE_LETTER}/ispws",
        "http://",
        f"https://127.0.0.1@{HOST}/ispws",
        f"https://{HOST}\\@127.0.0.1/ispws",
        f"https://{HOST.replace('.', '%2E')}/ispws",
        "http://user:password@127.0.0.1/ispws",
        "http://127.0.0.1/ispws?a=b",
        "http://127.0.0.1/ispws#a",
        "http://127.0.0.1:port/ispws",
    ],
)
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    """What has credentials, a query or no host, or could be read in two ways, is refused."""
    with pytest.raises(pytest.UsageError):
        checked_base_url(url)


@pytest.mark.parametrize("url", [f"http://{TEST_HOST}/ispws", f"https://{TEST_HOST}:8443/ispws"])
def test_the_test_server_is_spoken_to_with_https(url: str) -> None:
    """NCMEC's test server is refused without TLS, and at another port."""
    with pytest.raises(pytest.UsageError, match="https only"):
        checked_base_url(url)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        (TEST_URL, TEST_URL),
        (f"{TEST_URL}/", TEST_URL),
        ("http://127.0.0.1:8750/ispws/", "http://127.0.0.1:8750/ispws"),
        ("http://[::1]:8750/ispws", "http://[::1]:8750/ispws"),
        ("http://mock.test:8750/ispws", "http://mock.test:8750/ispws"),
        ("https://cybertip.example.com/ispws", "https://cybertip.example.com/ispws"),
    ],
)
def test_other_servers_are_used(url: str, used: str) -> None:
    """NCMEC's test server with https and any other server are used, without a slash at the end."""
    assert checked_base_url(url) == used


def test_credentials_come_from_the_environment() -> None:
    """One account is needed, a second one is taken where it is complete."""
    one = {"CYBERTIP_USERNAME": "a", "CYBERTIP_PASSWORD": "b"}
    two = {"CYBERTIP_SECOND_USERNAME": "c", "CYBERTIP_SECOND_PASSWORD": "d"}
    assert checked_accounts(one) == (("a", "b"),)
    assert checked_accounts({**one, **two}) == (("a", "b"), ("c", "d"))
    assert checked_accounts({**one, "CYBERTIP_SECOND_USERNAME": "c"}) == (("a", "b"),)
    with pytest.raises(pytest.UsageError, match="CYBERTIP_PASSWORD"):
        checked_accounts({"CYBERTIP_USERNAME": "a", **two})


def test_no_mock_is_looked_for_at_ncmec() -> None:
    """NCMEC's test server is taken for what it is, without a request."""
    assert not find(TEST_URL, ()).is_mock


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve in the background; gives the base URL of an API there."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/ispws"
        finally:
            server.shutdown()
            thread.join()


def only_health(health: str | None) -> type[BaseHTTPRequestHandler]:
    """Has nothing but, perhaps, an answer to /_mock/health."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/_mock/health" and health is not None
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write((health or "").encode() if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


def in_disguise(mock: httpx.Client) -> type[BaseHTTPRequestHandler]:
    """Hands every request for the API on to a mock, and has no sign of being one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.hand_on(b"")

        def do_POST(self) -> None:
            self.hand_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def hand_on(self, body: bytes) -> None:
            if not self.path.startswith("/ispws/"):
                self.send_error(404)
                return
            kept = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            answer = mock.request(self.command, self.path.removeprefix("/ispws"), content=body, headers=kept)
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Content-Length", "Set-Cookie", "WWW-Authenticate"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler


@pytest.mark.parametrize(
    ("health", "is_mock"),
    [(None, False), ("", False), ("<html/>", False), ("[]", False), ("{}", False), ('{"cybertip_mock": "1"}', True)],
)
def test_a_mock_is_known_by_its_health(health: str | None, *, is_mock: bool) -> None:
    """A server whose /_mock/health is JSON with the key cybertip_mock is a mock, and no other is."""
    with http_server(only_health(health)) as base_url:
        assert find(base_url, ()).is_mock is is_mock


def test_a_server_that_does_not_answer_is_no_mock() -> None:
    """Where nothing listens, there is no mock; the tests will say what is wrong."""
    with http_server(only_health(None)) as base_url:
        pass
    assert not find(base_url, ()).is_mock


def test_credentials_show_in_no_repr() -> None:
    """A failing test that prints the target prints no password."""
    assert "password" not in repr(Target("http://127.0.0.1/ispws", (("name", "password"),), is_mock=True))


def run_suite(*options: str, module: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run tests of this suite in a process of their own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CYBERTIP_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, str(SUITE / module)],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_production_is_refused_before_anything_runs() -> None:
    """pytest --base-url with the production host ends at once, saying why."""
    ran = run_suite("--base-url", PRODUCTION_URL, CYBERTIP_USERNAME="a", CYBERTIP_PASSWORD="b")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "never run against production" in ran.stderr
    assert "passed" not in ran.stdout


def test_credentials_are_asked_for_before_anything_runs() -> None:
    """pytest --base-url without credentials ends at once, saying so."""
    ran = run_suite("--base-url", "http://127.0.0.1:9/ispws")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "CYBERTIP_USERNAME" in ran.stderr


def test_one_server_is_asked_by_one_process() -> None:
    """pytest --base-url with -n ends at once: tests that move a clock cannot run beside others."""
    ran = run_suite("-n", "2", "--base-url", "http://127.0.0.1:9/ispws", CYBERTIP_USERNAME="a", CYBERTIP_PASSWORD="b")
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "without -n" in ran.stderr


def test_what_needs_a_mock_is_skipped_elsewhere_even_in_ci() -> None:
    """Of a server that is no mock nothing is asked that needs one, and in CI that is no failure."""
    account = {"CYBERTIP_USERNAME": "a", "CYBERTIP_PASSWORD": "b"}
    with http_server(only_health(None)) as base_url:
        ran = run_suite("--base-url", base_url, module="test_lapse.py", CI="true", **account)
    assert ran.returncode == 0, ran.stdout
    assert "skipped" in ran.stdout
    assert not re.search("passed|failed|error", ran.stdout.splitlines()[-1])


def test_a_running_mock_is_asked_everything() -> None:
    """Of a cybertip mock that runs already, what needs a mock is asked as well."""
    accounts = {"CYBERTIP_USERNAME": "a", "CYBERTIP_PASSWORD": "b"}
    with MockServer({"a": "b"}) as server:
        ran = run_suite("--base-url", server.base_url, "-k", "until_then", module="test_lapse.py", **accounts)
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout


DIFFERENT = {
    "second_fileinfo": "replaces",
    "second_finish": 0,
    "finish_errors": "reportDoneResponse",
    "foreign_report": 3000,
    "unauthorized": "empty",
}


@pytest.mark.parametrize("year", ["2016", "2025"])
def test_whatever_is_open_is_accepted(year: str) -> None:
    """A server that decides every open question unlike the mock, and one of 2016, passes: nothing is over-specified."""
    accounts = {f"CYBERTIP_{which}{part}": "a" for which in ("", "SECOND_") for part in ("USERNAME", "PASSWORD")}
    accounts["CYBERTIP_SECOND_USERNAME"] = "b"
    behaviour = Behaviour.model_validate({**DIFFERENT, "server": year})
    others = [option for module in ("test_options.py", "test_rules.py") for option in ("--ignore", str(SUITE / module))]
    with (
        MockServer({"a": "a", "b": "a"}, behaviour=behaviour) as server,
        httpx.Client(base_url=server.base_url, trust_env=False, timeout=60) as mock,
        http_server(in_disguise(mock)) as base_url,
    ):
        ran = run_suite("--base-url", base_url, *others, **accounts)
    assert ran.returncode == 0, ran.stdout
    assert re.search(r"[0-9]{2} passed, [0-9]{2,3} skipped", ran.stdout.splitlines()[-1])
