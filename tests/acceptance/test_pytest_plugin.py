"""The pytest plug-in as a test suite of somebody else meets it: in a process and a folder of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

import pytest

from tests.acceptance.conftest import ROOT, clean_environment
from tests.samples import report_xml

Suite = Callable[..., str]

HEAD = f"""
import httpx, pytest
from datetime import timedelta
from cybertip import Client, xml
from cybertip.errors import AlreadyFinishedError
from cybertip.mock.faults import ResponseCode, RandomFaults, Reset, Throttle
from cybertip.models import Report

def client(mock):
    return Client(mock.username, mock.password, base_url=mock.base_url)

def submit(mock):
    with client(mock) as it:
        return it.submit(xml.parse({report_xml()!r}, Report).document).report_id
"""


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Run a test module, and perhaps a ``conftest.py``, as strictly as pytest can; gives what pytest printed."""

    def run(module: str, *arguments: str, conftest: str = "", passed: int, failed: int = 0, errors: int = 0) -> str:
        (tmp_path / "test_it.py").write_text(HEAD + dedent(module))
        (tmp_path / "conftest.py").write_text(dedent(conftest))
        (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--strict-markers", *arguments],
            cwd=tmp_path,
            env={name: value for name, value in clean_environment().items() if name != "PYTHONWARNINGS"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        counted = {kind: int(count) for count, kind in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
        wanted = {"passed": passed, "failed": failed, "error": errors}
        assert counted == {kind: count for kind, count in wanted.items() if count}, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_project_declares_the_plug_in() -> None:
    """pytest finds the plug-in by the entry point that the project declares, wherever it is installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"cybertip": "cybertip.pytest_plugin"}
    (installed,) = entry_points(group="pytest11", name="cybertip")
    assert installed.value == "cybertip.pytest_plugin"


def test_the_plug_in_costs_a_suite_nothing_that_does_not_use_it() -> None:
    """Importing the plug-in loads neither the web libraries, nor the documents, nor the client."""
    script = (
        "import sys, pytest; before = set(sys.modules); import cybertip.pytest_plugin;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - {'cybertip'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not {"starlette", "uvicorn", "httpx", "lxml", "pydantic", "trustme"} & set(done.stdout.split())


def test_the_fixtures_are_listed_with_their_words(suite: Suite) -> None:
    """`pytest --fixtures` names the three fixtures and says what each is."""
    listed = suite("", "--fixtures", passed=0)
    for name in ("cybertip_mock", "cybertip_mock_session [session scope]", "cybertip_mock_options [session scope]"):
        assert f"\n{name} -- " in listed
    assert "A running mock of NCMEC's server for one test" in listed


def test_each_test_has_a_mock_of_its_own(suite: Suite) -> None:
    """What one test does to `cybertip_mock` is not there in the next, and its mock has stopped."""
    suite(
        """
        seen = []

        @pytest.mark.parametrize("number", [1, 2, 3])
        def test_fresh(cybertip_mock, number):
            assert cybertip_mock.reports == []
            assert cybertip_mock.faults == ()
            submit(cybertip_mock)
            cybertip_mock.set_faults(Throttle(times=None))
            assert cybertip_mock.base_url not in seen
            seen.append(cybertip_mock.base_url)

        def test_stopped():
            for url in seen:
                with pytest.raises(httpx.ConnectError):
                    httpx.get(url, trust_env=False)
        """,
        passed=4,
    )


def test_the_session_has_one_mock_that_can_be_cleared(suite: Suite) -> None:
    """`cybertip_mock_session` is one server for all tests; `reset` clears reports, faults and clock, not the ids."""
    suite(
        """
        first = []

        def test_one(cybertip_mock_session):
            first.extend([cybertip_mock_session.base_url, submit(cybertip_mock_session)])
            cybertip_mock_session.set_faults(Throttle())
            cybertip_mock_session.advance(timedelta(days=2))
            assert cybertip_mock_session.report().state == "lapsed"

        def test_two(cybertip_mock_session):
            mock = cybertip_mock_session
            assert mock.base_url == first[0]
            assert [report.id for report in mock.reports] == first[1:]
            assert mock.faults == (Throttle(),)
            mock.reset()
            assert mock.reports == []
            assert mock.faults == ()
            assert submit(mock) == first[1] + 1
            assert mock.report("latest").state == "open"
        """,
        passed=2,
    )


def test_two_mocks_in_one_test_do_not_clash(suite: Suite) -> None:
    """The mock of the test and that of the session, and more of one's own, run side by side."""
    suite(
        """
        from cybertip.mock import MockServer

        def test_both(cybertip_mock, cybertip_mock_session):
            with MockServer() as third:
                assert len({cybertip_mock.base_url, cybertip_mock_session.base_url, third.base_url}) == 3
                submit(cybertip_mock)
                assert [len(one.reports) for one in (cybertip_mock, cybertip_mock_session, third)] == [1, 0, 0]
        """,
        passed=1,
    )


def test_options_can_be_overridden(suite: Suite) -> None:
    """`cybertip_mock_options` of a conftest, and of a single module, are what both fixtures start with."""
    suite(
        """
        def test_options(cybertip_mock, cybertip_mock_session):
            for mock in (cybertip_mock, cybertip_mock_session):
                assert (mock.username, mock.password) == ("esp", "its password")
                assert submit(mock) == 7
                assert mock.core.behaviour.server == "2016"
                assert mock.base_url.startswith("https://") is False

        class TestNearer:
            @pytest.fixture
            def cybertip_mock_options(self, tmp_path):
                return {"keep_files": tmp_path, "tls": True}

            def test_nearer(self, cybertip_mock, tmp_path, monkeypatch):
                for name, value in cybertip_mock.environ.items():
                    monkeypatch.setenv(name, value)
                report_id = submit(cybertip_mock)
                with client(cybertip_mock) as it:
                    file_id = it.upload(report_id, __file__).file_id
                assert (tmp_path / str(report_id) / file_id).exists()
        """,
        conftest="""
        import pytest
        from cybertip.mock import Behaviour

        @pytest.fixture(scope="session")
        def cybertip_mock_options():
            accounts = {"esp": "its password"}
            return {"accounts": accounts, "first_report_id": 7, "behaviour": Behaviour(server="2016")}
        """,
        passed=2,
    )


def test_faults_clock_and_inspection(suite: Suite) -> None:
    """A test sets faults, moves the clock, sees what arrived, and hands the variables to another program."""
    suite(
        """
        import os, subprocess, sys

        def test_fault(cybertip_mock):
            report_id = submit(cybertip_mock)
            cybertip_mock.set_faults(Reset(call="finish", at="after-acting"))
            # The client asks again, and the mock has finished the report already.
            with client(cybertip_mock) as it, pytest.raises(AlreadyFinishedError):
                it.finish(report_id)
            assert cybertip_mock.report("latest").state == "finished"
            assert "reset after-acting" in [one.fault for one in cybertip_mock.core.exchanges]

        def test_clock(cybertip_mock):
            report_id = submit(cybertip_mock)
            cybertip_mock.advance(timedelta(hours=25))
            assert cybertip_mock.report(report_id).state == "lapsed"

        def test_no_report(cybertip_mock):
            with pytest.raises(LookupError, match="no report has been opened yet"):
                cybertip_mock.report("latest")

        def test_environ(cybertip_mock):
            line = [sys.executable, "-m", "cybertip", "status"]
            assert subprocess.run(line, env={**os.environ, **cybertip_mock.environ}).returncode == 0

        def test_inspection(cybertip_mock):
            submit(cybertip_mock)
            found = httpx.get(f"{cybertip_mock.inspection_url}/reports", trust_env=False).json()
            assert [one["state"] for one in found["reports"]] == ["open"]

        @pytest.mark.anyio
        async def test_asynchronous(cybertip_mock, anyio_backend):
            from cybertip import AsyncClient
            account = cybertip_mock.username, cybertip_mock.password
            async with AsyncClient(*account, base_url=cybertip_mock.base_url) as it:
                assert (await it.status()).user == "mock"
        """,
        conftest="import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n",
        passed=6,
    )


def test_options_that_make_no_sense_fail_with_a_sentence(suite: Suite) -> None:
    """A mock that cannot start is an error of the test that wanted it, in the words of the error."""
    said = suite(
        """
        @pytest.fixture(scope="session")
        def cybertip_mock_options():
            return {"accounts": {"a:b": "c"}}

        def test_it(cybertip_mock):
            pass
        """,
        passed=0,
        errors=1,
    )
    assert "a user name must be printable text without a colon" in said


def test_a_missing_package_is_named_with_the_cure(suite: Suite) -> None:
    """Without the packages of the mock the fixture says what to install, and shows no traceback."""
    said = suite(
        "def test_it(cybertip_mock):\n    pass\n",
        conftest="import sys\nsys.modules['uvicorn'] = None\n",
        passed=0,
        errors=1,
    )
    assert "the fixture needs the package uvicorn: pip install 'cybertip[mock]'" in said
    assert "ModuleNotFoundError" not in said


def test_several_workers(suite: Suite) -> None:
    """With pytest-xdist each worker has its own mocks."""
    suite(
        """
        @pytest.mark.parametrize("number", range(6))
        def test_it(cybertip_mock, cybertip_mock_session, number):
            assert cybertip_mock.reports == []
            cybertip_mock_session.reset()
            assert submit(cybertip_mock) and submit(cybertip_mock_session)
            assert len(cybertip_mock_session.reports) == 1
        """,
        "-n",
        "2",
        passed=6,
    )
