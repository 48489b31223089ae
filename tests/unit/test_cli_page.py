"""The page on the commands, the README's table of them, and what starting them loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from cybertip.cli._main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_not_stale() -> None:
    """docs/cli.md is what the commands say now; `make docs` writes it."""
    code = "import sys, cli_page; sys.stdout.buffer.write(cli_page.page().encode())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True)
    assert done.stdout.decode() == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_the_readme_names_every_command() -> None:
    """Once, and none that is not there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| command | what it does |")
    rows = table.partition("\n\n")[0]
    commands = re.findall(r"^\| `cybertip ([a-z-]+)", rows, re.MULTILINE)
    assert sorted(commands) == sorted(COMMANDS)


def test_help_loads_neither_libraries_for_output_nor_for_the_ledger() -> None:
    """`cybertip --help` answers at once: what a command needs is loaded when it runs."""
    heavy = ("rich", "sqlalchemy", "alembic", "lxml", "pydantic", "httpx")
    code = f"""
import sys
sys.argv = ["cybertip", "--help"]
from cybertip.cli import main
try:
    main()
except SystemExit:
    print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    assert done.stderr == "[]\n"
