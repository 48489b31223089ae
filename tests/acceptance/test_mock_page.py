"""docs/mock.md says what the mock does: its examples run, and its tables leave nothing out."""

from __future__ import annotations

import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from cybertip.cli.mock import command
from cybertip.mock import Behaviour
from cybertip.mock.faults import AnyFault, Fault, read_plan
from tests.acceptance.conftest import ROOT, clean_environment

PAGE = (ROOT / "docs" / "mock.md").read_text(encoding="utf-8")
KINDS: dict[str, type[Fault]] = {
    kind.model_fields["fault"].default: kind for kind in typing.get_args(typing.get_args(AnyFault)[0])
}
COMMON = set(Fault.model_fields)


@pytest.mark.parametrize("block", re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
def test_the_plans_on_the_page_can_be_set(block: str) -> None:
    """Each JSON block is a plan of faults."""
    plan = read_plan(block)
    assert plan.faults or plan.random


def test_the_test_on_the_page_runs(tmp_path: Path) -> None:
    """The example of the fixture is a test that passes, with the plug-in as it is installed."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "test_page.py").write_text(block, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "import pytest\nfrom tests.samples import report_xml as document\n\n"
        "@pytest.fixture\ndef report_xml():\n    return document()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path), "--rootdir", str(tmp_path)],
        env={**clean_environment(), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_every_fault_is_on_the_page_with_its_settings() -> None:
    """The table of faults has a row for each kind, and the row names all of its settings."""
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]* \| ([^|]*) \|$", PAGE, re.MULTILINE))
    assert {kind: set(re.findall(r"`(\w+)`", rows.get(kind, ""))) for kind in KINDS} == {
        kind: set(model.model_fields) - COMMON for kind, model in KINDS.items()
    }
    assert set(re.findall(r"^\| `(\w+)` \| [^|]* \|$", PAGE, re.MULTILINE)) == COMMON - {"fault"}


def test_every_switch_is_on_the_page_with_its_values() -> None:
    """The last table names each switch with all its values, the default first."""
    for name, field in Behaviour.model_fields.items():
        values = [str(value) for value in typing.get_args(field.annotation)]
        listed = ", ".join(f"`{value}`" for value in values[1:])
        assert f"`--{name.replace('_', '-')} {values[0]}`, {listed} |" in PAGE or name == "server"
        assert str(field.default) in values
    assert "`--server 2025`, `2016` |" in PAGE


def test_every_option_is_on_the_page() -> None:
    """No option of the command is left out."""
    options = {text for parameter in command.params for text in parameter.opts if text.startswith("--")}
    missing = {text for text in options - {"--help"} if f"{text}`" not in PAGE and f"{text} " not in PAGE}
    assert not missing
