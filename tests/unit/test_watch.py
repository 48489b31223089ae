"""The watch over what tests print works: a leak fails the test that leaked, and a skip fails in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEAKS = """
import logging, warnings
from tests.canaries import CONTENT, PASSWORD

def test_prints(): print(PASSWORD)
def test_logs(): logging.getLogger("any").debug("here: %s", CONTENT)
def test_fails(): assert PASSWORD == ""
def test_is_clean(): print("nothing")
"""
SKIPS = """
import pytest

def test_skips(): pytest.skip("a part is missing")
"""


def run(folder: Path, source: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run some tests under the project's own conftest."""
    (folder / "test_made_up.py").write_text(source, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_") and name != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", "pyproject.toml", str(folder)],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_leak_fails_the_test(tmp_path: Path) -> None:
    """Printed, logged or in a traceback: a canary fails its test, and is itself not printed."""
    done = run(tmp_path, LEAKS)
    assert "3 failed, 1 passed" in done.stdout
    for name in ("test_prints", "test_logs", "test_fails"):
        assert f"{name} (call): the output holds" in done.stdout
    assert "canary-" not in done.stdout


@pytest.mark.parametrize(("variables", "line"), [({}, "1 skipped"), ({"CI": "true"}, "1 failed")])
def test_a_skip_fails_in_ci(tmp_path: Path, variables: dict[str, str], line: str) -> None:
    """A missing part may be skipped on a desk, and not in CI."""
    assert line in run(tmp_path, SKIPS, **variables).stdout
