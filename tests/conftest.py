"""What all tests share: seeds, servers, and the watch over everything that is printed."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.canaries import CANARIES
from tests.contract.conformance import target

IN_CI = os.environ.get("CI") == "true"

settings.register_profile(
    "default",
    deadline=None,  # timings belong in the benchmarks
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the conformance suite be pointed at a server."""
    parser.addoption("--base-url", metavar="URL", default=None, help=target.HELP)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse servers where tests must not file reports."""
    target.check_options(config)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"


@pytest.hookimpl(tryfirst=True)  # before the result is counted and shown
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Fail a test whose output, log or traceback holds a credential or content that tests handed in."""
    printed = "\n".join([report.longreprtext, *(content for _, content in report.sections)])
    found = [name for name, value in CANARIES.items() if value in printed]
    if found:
        report.outcome = "failed"
        # Without the text itself, which would print the canary once more.
        report.longrepr = f"{report.nodeid} ({report.when}): the output holds {', '.join(found)}"
        report.sections.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, a test that skips for a missing part fails; a server of `--base-url` may lack what a mock has."""
    report = yield
    foreign = item.config.getoption("base_url") is not None
    if IN_CI and report.skipped and not foreign and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped, which CI does not allow: {report.longrepr}"
    return report
