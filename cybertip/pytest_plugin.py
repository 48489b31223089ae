"""A pytest plug-in: a mock server as a fixture, there as soon as cybertip is installed.

    def test_my_client(cybertip_mock):
        my_client = MyClient(cybertip_mock.base_url, cybertip_mock.username, cybertip_mock.password)
        cybertip_mock.set_faults(Reset(call="finish", at="after-acting"))
        my_client.file(case)
        assert cybertip_mock.report("latest").state == "finished"

`cybertip_mock` is a server of the test's own, on a port of its own. `cybertip_mock_session` is one for all tests of the
session, and keeps what they did to it; `MockServer.reset` clears it. Override `cybertip_mock_options` in a
``conftest.py`` to start them with other arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cybertip.mock import MockServer


@pytest.fixture(scope="session")
def cybertip_mock_options() -> dict[str, Any]:
    """Keyword arguments of `cybertip.mock.MockServer`. None here; override it in a ``conftest.py``."""
    return {}


@pytest.fixture
def cybertip_mock(cybertip_mock_options: dict[str, Any]) -> Iterator[MockServer]:
    """A running mock of NCMEC's server for one test: `cybertip.mock.MockServer`."""
    with _server(cybertip_mock_options) as server:
        yield server


@pytest.fixture(scope="session")
def cybertip_mock_session(cybertip_mock_options: dict[str, Any]) -> Iterator[MockServer]:
    """A running mock of NCMEC's server for the whole session."""
    with _server(cybertip_mock_options) as server:
        yield server


def _server(options: dict[str, Any]) -> MockServer:
    # Loaded with the first test that needs it: every run of pytest imports this module.
    try:
        from cybertip.mock import MockServer
    except ModuleNotFoundError as problem:
        pytest.fail(f"the fixture needs the package {problem.name}: pip install 'cybertip[mock]'", pytrace=False)
    return MockServer(**options)
