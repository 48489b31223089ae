"""The server that is asked, clients for it, and reports that are closed again."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import httpx
import pytest

from cybertip.mock import MockServer
from tests.contract.conformance.documents import report
from tests.contract.conformance.target import ACCOUNTS, Advance, OpenReport, Target, checked_accounts, find, move_clock
from tests.contract.conformance.wire import Api, Dialect

_REQUEST_IDS: list[str] = []
"""Of the test that is running: NCMEC asks for them when one asks for help."""


def _note_request_id(answer: httpx.Response) -> None:
    known = answer.headers.get("Request-ID", "none")
    _REQUEST_IDS.append(f"{answer.request.method} {answer.request.url.path}: HTTP {answer.status_code}, {known}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what was called and under which Request-IDs."""
    made = yield
    if made.failed and _REQUEST_IDS:
        made.sections.append(("Request-IDs", "\n".join(_REQUEST_IDS)))
    if made.when == "teardown":
        _REQUEST_IDS.clear()
    return made


_FOUND = pytest.StashKey[Target]()


def _named_target(config: pytest.Config) -> Target | None:
    """The server of ``--base-url``, looked at once."""
    base_url = config.getoption("base_url")
    if base_url is not None and _FOUND not in config.stash:
        config.stash[_FOUND] = find(base_url, checked_accounts())
    return config.stash.get(_FOUND, None)


@pytest.hookimpl(tryfirst=True)  # before any fixture
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a mock where the server is none."""
    named = _named_target(item.config)
    if named is not None and not named.is_mock and item.get_closest_marker("needs_mock"):
        pytest.skip("needs a cybertip mock, and the server of --base-url is none")


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The server of ``--base-url``, or a mock started for this run."""
    named = _named_target(request.config)
    if named is not None:
        yield named
        return
    with MockServer(ACCOUNTS) as server:
        yield Target(server.base_url, tuple(ACCOUNTS.items()), is_mock=True)


@pytest.fixture(scope="session")
def dialect(target: Target) -> Dialect:
    """What may be demanded of the server."""
    return Dialect.OF_2025 if target.is_mock else Dialect.UNKNOWN


@pytest.fixture(scope="session")
def api(target: Target, dialect: Dialect) -> Iterator[Api]:
    """The server, with the first account."""
    with Api(target.base_url, target.accounts[0], dialect, _note_request_id) as client:
        yield client


@pytest.fixture(scope="session")
def anonymous(target: Target, dialect: Dialect) -> Iterator[Api]:
    """The server, without an account."""
    with Api(target.base_url, None, dialect, _note_request_id) as client:
        yield client


@pytest.fixture(scope="session")
def other(target: Target, dialect: Dialect) -> Iterator[Api]:
    """The server, with the second account."""
    if len(target.accounts) == 1:
        pytest.skip("needs a second account: CYBERTIP_SECOND_USERNAME and CYBERTIP_SECOND_PASSWORD")
    with Api(target.base_url, target.accounts[1], dialect, _note_request_id) as client:
        yield client


@pytest.fixture
def open_report(api: Api) -> Iterator[OpenReport]:
    """Opens reports. Those that are still open when the test ends are retracted."""
    opened = []

    def act(document: str = report()) -> int:
        answer = api.submit(document)
        assert answer.accepted, answer
        assert answer.report_id is not None, answer
        opened.append(answer.report_id)
        return answer.report_id

    yield act
    for report_id in opened:
        api.retract(report_id)


@pytest.fixture
def report_id(open_report: OpenReport) -> int:
    """A report that was just opened."""
    return open_report()


@pytest.fixture
def file_id(api: Api, report_id: int) -> str:
    """A file of that report, without details."""
    answer = api.upload(report_id)
    assert answer.accepted, answer
    assert answer.file_id, answer
    return answer.file_id


@pytest.fixture
def advance(target: Target) -> Advance:
    """Moves the clock of the mock ahead by seconds."""
    return lambda seconds: move_clock(target.root, seconds)
