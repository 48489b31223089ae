"""Fixtures of the schema tests and of the mock's inspection.

``CYBERTIP_TEST_SEED`` repeats a run; a failure prints its seed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cybertip.mock import MockCore, MockServer
from cybertip.schema.structure import Structure, read
from tests.contract.inspecting import OTHER, START
from tests.contract.judging import OURS, Judge, find_official
from tests.mock_http import connect


@pytest.fixture(scope="session")
def official() -> Path:
    """NCMEC's file. Where it is missing, what needs it is skipped, but fails where ``CI`` is ``true``."""
    path = find_official()
    if path is None:
        message = "NCMEC's schema of 2025-06 is not here; set CYBERTIP_OFFICIAL_XSD to compare ours with it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def ours() -> Judge:
    return Judge(OURS)


@pytest.fixture(scope="session")
def structure() -> Structure:
    """What our schema file says."""
    return read(OURS.read_bytes())


@pytest.fixture(scope="module")
def running_mock() -> Iterator[MockServer]:
    core = MockCore({"esp-one": "password-one", OTHER[0]: OTHER[1]}, clock=lambda: START)
    with MockServer(core=core) as server:
        yield server


@pytest.fixture
def inspected(running_mock: MockServer) -> MockServer:
    """A mock on which nothing has happened yet; its time stands still."""
    running_mock.reset()
    return running_mock


@pytest.fixture
def api(inspected: MockServer) -> Iterator[httpx.Client]:
    """The first account of the inspected mock, at the API."""
    with connect(inspected) as client:
        yield client


@pytest.fixture
def look(inspected: MockServer) -> Iterator[httpx.Client]:
    """Somebody without credentials, at the inspection."""
    with httpx.Client(base_url=inspected.inspection_url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def silent(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No request, however odd, makes the server log anything."""
    yield
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
