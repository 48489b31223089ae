"""The reporter profiles in cybertip.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybertip.config import load_settings
from cybertip.errors import ConfigurationError


def test_a_profile_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles are tables of cybertip.toml in the current folder; without the file there is none."""
    monkeypatch.chdir(tmp_path)
    assert load_settings(variables={}).profile("default") is None
    (tmp_path / "cybertip.toml").write_text(
        '[profiles.second.reporting_person]\nfirst_name = "Second"\n', encoding="utf-8"
    )
    profile = load_settings(variables={}).profile("second")
    assert profile is not None
    assert profile.reporting_person.first_name == "Second"
    with pytest.raises(ConfigurationError, match=r"\[profiles\.default\]"):
        load_settings(variables={}).profile("default")


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    """Some editors begin every file with one."""
    path = tmp_path / "cybertip.toml"
    path.write_text('\ufeff[profiles.default.reporting_person]\nfirst_name = "First"\n', encoding="utf-8")
    profile = load_settings(path=path).profile("default")
    assert profile is not None
    assert profile.reporting_person.first_name == "First"


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A configuration file that was named and is not there is an error."""
    with pytest.raises(ConfigurationError, match="No such file"):
        load_settings(path=tmp_path / "own.toml").profile("default")
