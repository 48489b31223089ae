"""Where a receipt goes that nobody could take."""

from __future__ import annotations

import tempfile
from types import SimpleNamespace
from typing import Any

import pytest

from cybertip.cli import send
from cybertip.cli._output import Exit, Output


def test_a_receipt_that_fits_nowhere_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without stdout and without room for a file, the receipt goes to stderr."""

    def full(**_: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    filing: Any = SimpleNamespace(status=SimpleNamespace(report_id=7))
    assert send._keep(Output("send", as_json=True), filing, b"<reportDoneResponse/>") == Exit.NEEDS_PERSON
    printed = capsys.readouterr().err
    assert "Report 7 is filed" in printed
    assert "<reportDoneResponse/>" in printed
