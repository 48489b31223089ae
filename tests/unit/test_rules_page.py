"""The generated page of rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_not_stale(tmp_path: Path) -> None:
    """docs/rules.md is what the rules say now; `make docs` writes it."""
    code = "import sys, rules_page; sys.stdout.buffer.write(rules_page.page().encode())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True)
    assert done.stdout.decode() == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
