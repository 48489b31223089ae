"""``cybertip completion``: what a shell completes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cybertip.cli._main import COMMANDS
from tests.acceptance.conftest import Cli, clean_environment
from tests.unit.ledger.ledgers import add, open_ledger


def test_each_shell_has_its_script(cli: Cli) -> None:
    """It goes to stdout alone, and no other shell is known."""
    for shell in ("bash", "zsh", "fish"):
        run = cli("completion", shell)
        assert (run.status, run.stderr) == (0, "")
        assert "_CYBERTIP_COMPLETE" in run.stdout
        envelope = json.loads(cli("completion", shell, "--json").stdout)
        assert envelope["script"].strip() == run.stdout.strip()
    assert cli("completion", "csh").status == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_options_and_filings(cli: Cli, tmp_path: Path) -> None:
    """With the script sourced, as a person has it; without a ledger there are no filings, and no words."""
    (tmp_path / "completion.bash").write_text(cli("completion", "bash").stdout)
    assert _completed(tmp_path, "cybertip", "s") == sorted(name for name in COMMANDS if name.startswith("s"))
    assert _completed(tmp_path, "cybertip", "list", "--needs") == ["--needs-person"]
    assert _completed(tmp_path, "cybertip", "show", "") == []
    with open_ledger(tmp_path / "cybertip-mock.sqlite3") as ledger:
        ids = sorted(add(ledger, f"case-{number}") for number in range(3))
    assert _completed(tmp_path, "cybertip", "show", "") == ids
    assert _completed(tmp_path, "cybertip", "show", ids[0][:8]) == [ids[0]]
    shutil.move(tmp_path / "cybertip-mock.sqlite3", tmp_path / "other.sqlite3")
    assert _completed(tmp_path, "cybertip", "show", "--ledger", "other.sqlite3", ids[1]) == [ids[1]]


def _completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last word."""
    listed = " ".join(f"'{word}'" for word in words)
    program = f"""
source completion.bash
COMP_WORDS=({listed}) COMP_CWORD={len(words) - 1} COMPREPLY=()
_cybertip_completion cybertip
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-c", program], cwd=folder, env={**clean_environment(), "PATH": path}, capture_output=True, text=True
    )
    assert done.stderr == ""
    return sorted(filter(None, done.stdout.splitlines()))
