"""The made parts of the page on filing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_not_stale() -> None:
    """The tables and the diagram in docs/filing.md are what the machine does now; `make docs` writes them."""
    code = "import sys, filing_page as f; sys.stdout.buffer.write(f.page(f.PAGE.read_text('utf-8')).encode())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True)
    assert done.stdout.decode() == (ROOT / "docs" / "filing.md").read_text(encoding="utf-8")
