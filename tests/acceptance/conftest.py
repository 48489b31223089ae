"""Real processes: the mock as a program of its own, the command line, and a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cybertip.mock import MockServer
from tests.acceptance.browsing import FLAGS, HOSTILE, PROGRAMS, Watch
from tests.canaries import CANARIES, PASSWORD, USERNAME
from tests.mock_http import connect

expect.set_options(timeout=20_000)

if TYPE_CHECKING:
    from tests.acceptance.programs import Program

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = str(Path(__file__).with_name("offline"))


@dataclass(frozen=True)
class Mock:
    """A mock server in a process of its own, with one account."""

    base_url: str
    process: subprocess.Popen[str]


def clean_environment() -> dict[str, str]:
    """The environment less what would change how the program behaves, and without a way to other machines."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CYBERTIP_", "PYTEST_"))}
    return {**kept, "PYTHONWARNINGS": "error", "NO_COLOR": "1", "PYTHONPATH": OFFLINE}


def start_mock(*arguments: str) -> Mock:
    """Start one on a free port; returns when it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cybertip", "mock", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    assert process.stdout is not None
    return Mock(process.stdout.readline().strip(), process)


def stop_mock(mock: Mock) -> tuple[str, str]:
    """Stop it and give what it printed after its first line."""
    mock.process.terminate()
    return mock.process.communicate(timeout=30)


@pytest.fixture(scope="session")
def mock() -> Iterator[Mock]:
    """A mock server with the account of the canaries."""
    running = start_mock("--user", f"{USERNAME}:{PASSWORD}")
    yield running
    stop_mock(running)


@dataclass(frozen=True)
class Run:
    """What a run of the command line gave."""

    status: int
    stdout: str
    stderr: str


Cli = Callable[..., Run]


@pytest.fixture
def cli(mock: Mock, tmp_path: Path) -> Cli:
    """Run ``cybertip`` in an empty folder with the mock's credentials in the environment."""

    def run(*arguments: str, stdin: bytes = b"", **variables: str) -> Run:
        environment = {
            **clean_environment(),
            "CYBERTIP_BASE_URL": mock.base_url,
            "CYBERTIP_USERNAME": USERNAME,
            "CYBERTIP_PASSWORD": PASSWORD,
            **variables,
        }
        done = subprocess.run(
            [sys.executable, "-m", "cybertip", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={name: value for name, value in environment.items() if value},
            timeout=120,
            check=False,
        )
        result = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.stderr, result.stderr
        for name, value in CANARIES.items():
            assert value not in result.stdout + result.stderr, f"the output holds {name}"
        return result

    return run


# --- the browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and in CI these tests must run")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watched_mock(tmp_path: Path) -> Iterator[MockServer]:
    """A mock with an account that has a hostile name, and which keeps the bytes of files."""
    accounts = {"esp-one": "password-one", HOSTILE[1]: "password-two"}
    with MockServer(accounts, keep_files=tmp_path / "kept") as server:
        yield server


@pytest.fixture
def api(watched_mock: MockServer) -> Iterator[httpx.Client]:
    with connect(watched_mock) as client:
        yield client


@pytest.fixture
def watch(browser: Browser, watched_mock: MockServer) -> Iterator[tuple[BrowserContext, Watch]]:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    yield context, Watch(context, watched_mock.inspection_url.removesuffix("/_mock"))
    context.close()


@pytest.fixture
def page(watch: tuple[BrowserContext, Watch], watched_mock: MockServer) -> Iterator[Page]:
    """The front page. Whatever a test does, no page may run, load or ask anything that is not the mock's own."""
    context, watched = watch
    page = context.new_page()
    page.goto(f"{watched_mock.inspection_url}/")
    yield page
    assert not watched.wrong
    assert context.pages == [page]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Start mocks in an empty folder; those that still run are ended after the test."""
    from tests.acceptance.programs import programs

    with programs(tmp_path) as starter:
        yield starter
