"""Whom the settings name as told, and what these see."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cybertip.cli._telling import notifier_of
from cybertip.config import load_settings
from tests.unit.ledger.ledgers import Clock, add, open_ledger

SECRET = "canary-secret-of-a-webhook"


def test_a_program_sees_no_variable_that_is_named_as_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that cybertip.toml names are hidden from it as those of cybertip are; all others are not."""
    source = f"import json,os; json.dump(dict(os.environ), open({str(tmp_path / 'out')!r}, 'w'))"
    program = json.dumps([sys.executable, "-c", source])
    file = tmp_path / "cybertip.toml"
    file.write_text(
        f'[server]\npassword_env = "MINE"\n[encrypt]\nkey_env = "KEYS"\n[notices]\ncommand = {program}\n'
        '[notices.webhook]\nurl = "https://hooks.example.com/hook"\nsecret_env = "HOOKSECRET"\n',
        encoding="utf-8",
    )
    for name in ("MINE", "KEYS", "HOOKSECRET", "ANOTHER"):
        monkeypatch.setenv(name, SECRET)
    clock = Clock()
    with open_ledger(tmp_path / "ledger.sqlite3", clock) as ledger:
        notifier = notifier_of(load_settings(path=file), ledger)
        assert notifier is not None
        add(ledger)
        clock.pass_by(days=2)
        notifier._clock = clock
        notifier._receivers.pop("webhook")
        notifier.look()
        assert notifier.deliver() > 0
    seen = json.loads((tmp_path / "out").read_text(encoding="utf-8"))
    assert {"MINE", "KEYS", "HOOKSECRET"} & seen.keys() == set()
    assert seen["ANOTHER"] == SECRET
