"""Flag, environment variable, cybertip.toml, default: what counts, and what is told of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip.config import SETTINGS, Level, Occasion, Setting, Settings, load_settings
from cybertip.environments import MOCK_URL
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.schedule import Pace

VALUES: dict[str, tuple[str, str, Any]] = {
    "server.environment": ('"test"', "test", "test"),
    "server.base_url": ('"https://a.example.com/ispws"', "https://a.example.com/ispws", "https://a.example.com/ispws"),
    "server.username": ('"someone"', "someone", "someone"),
    "server.password_file": ('"secret"', "secret", "secret"),
    "server.password_command": ('["vault", "a b"]', "vault 'a b'", ("vault", "a b")),
    "server.password_env": ('"SECRET"', "", "SECRET"),
    "ledger.place": ('"own.sqlite3"', "own.sqlite3", "own.sqlite3"),
    "limits.ask_after_lost_submit": ("true", "yes", True),
    "notices.occasions": ('["filed", "stuck"]', "filed, stuck", ("filed", "stuck")),
    "notices.command": ('["page", "--now"]', "page --now", ("page", "--now")),
    "notices.webhook.url": (
        '"https://b.example.com/h?x=1"',
        "https://b.example.com/h?x=1",
        "https://b.example.com/h?x=1",
    ),
    "notices.webhook.secret_file": ('"secret"', "secret", "secret"),
    "notices.webhook.secret_command": ('["vault"]', "vault", ("vault",)),
    "notices.webhook.secret_env": ('"SECRET"', "", "SECRET"),
    "encrypt.key_file": ('"keys"', "keys", "keys"),
    "encrypt.key_command": ('["vault"]', "vault", ("vault",)),
    "encrypt.key_env": ('"KEYS"', "", "KEYS"),
    "pace.upload_rate": ("2500.5", "2500.5", 2500.5),
    "purge.hold": ("400", "400", 400),
    "notices.overdue_after": ("600", "600", 600),
}
"""For each setting: a value as TOML, in a variable, and as it is then; a number where none stands here."""
IN_FILE = [one for one in SETTINGS if one.in_file]


def loaded(
    folder: Path, toml: str = "", flags: Mapping[str, Any] | None = None, variables: Mapping[str, str] | None = None
) -> Settings:
    path = folder / "cybertip.toml"
    path.write_text(toml, encoding="utf-8")
    return load_settings(flags, variables or {}, path)


def value_of(setting: Setting) -> tuple[str, str, Any]:
    return VALUES.get(setting.name, ("61", "61", 61))


@pytest.mark.parametrize("setting", IN_FILE, ids=lambda one: one.name)
def test_each_setting_comes_from_the_file(setting: Setting, tmp_path: Path) -> None:
    """Every key of every table is read, and told with file, table and key; files start at the file's own folder."""
    toml, _, expected = value_of(setting)
    found = loaded(tmp_path, f"[{setting.table}]\n{setting.key} = {toml}\n").values[setting.name]
    if setting.kind.located and isinstance(expected, str):
        expected = str(tmp_path / expected)
    assert found.value == expected
    assert found.source == f"{tmp_path / 'cybertip.toml'} [{setting.table}] {setting.key}"


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.variable], ids=lambda one: one.name)
def test_each_variable_counts_more_than_the_file(setting: Setting, tmp_path: Path) -> None:
    """Every variable is read and told of, whatever the file says; an empty one counts as not set."""
    toml, text, expected = value_of(setting) if setting.in_file else ("", "it", True)
    line = f"[{setting.table}]\n{setting.key} = {toml}\n" if setting.in_file else ""
    found = loaded(tmp_path, line, variables={setting.variable: text}).values[setting.name]
    assert (found.value, found.source) == (expected, f"environment {setting.variable}")
    empty = loaded(tmp_path, line, variables={setting.variable: ""}).values[setting.name]
    assert empty.level is (Level.FILE if setting.in_file else Level.DEFAULT)


@pytest.mark.parametrize("setting", IN_FILE, ids=lambda one: one.name)
def test_each_flag_counts_most(setting: Setting, tmp_path: Path) -> None:
    """What is typed wins over variable and file; what was not typed does not count."""
    toml, text, expected = value_of(setting)
    line = f"[{setting.table}]\n{setting.key} = {toml}\n"
    variables = {setting.variable: text} if setting.variable else {}
    typed = list(expected) if isinstance(expected, tuple) else expected
    found = loaded(tmp_path, line, {setting.name: typed}, variables).values[setting.name]
    assert (found.value, found.source) == (expected, f"flag {setting.flag}")
    for nothing in (None, ""):
        assert loaded(tmp_path, line, {setting.name: nothing}, variables).values[setting.name].level < Level.FLAG


def test_without_anything_the_defaults_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defaults are those of the parts that use them, and the mock is meant."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings(variables={})
    assert settings.file is None
    assert {one.source for one in settings.values.values()} == {"default"}
    assert settings.endpoint.base_url == MOCK_URL
    assert settings.ledger_place == "cybertip-mock.sqlite3"
    assert settings.pace == Pace()
    assert settings.limits == USUAL
    work = settings.work
    assert (work.threads, work.most_open, work.lease) == (4, 100, timedelta(minutes=2))
    assert work.poll == timedelta(seconds=5)
    notices = settings.notices
    assert notices.occasions == set(Occasion)
    assert (notices.command, notices.webhook) == ((), None)
    assert (notices.reminder, notices.overdue_after) == (timedelta(hours=4), timedelta(days=1))
    assert (notices.stuck_after, notices.lapse_within) == (timedelta(minutes=15), timedelta(hours=2))
    assert settings.keys() == ()
    assert (settings.purge.after, settings.purge.hold) == (None, timedelta(days=365))


def test_the_parts_have_what_is_set(tmp_path: Path) -> None:
    """Numbers of the file become the values that filing works with."""
    settings = loaded(
        tmp_path,
        "[work]\nthreads = 9\nmost_open = 7\nlease = 30\npoll = 0.5\n[limits]\nreports = 1\ndamaged = 2\n"
        "refused_retracts = 4\nask_after_lost_submit = true\n[pace]\nbase = 1\ncap = 10\nevidence = 11\nmargin = 12\n"
        'upload_rate = 13\n[purge]\nafter = 500\nhold = 366\n[notices]\ncommand = ["page"]\n'
        '[notices.webhook]\nurl = "https://a.example.com/"\n',
    )
    work = settings.work
    assert (work.threads, work.most_open, work.lease) == (9, 7, timedelta(seconds=30))
    assert work.poll == timedelta(seconds=0.5)
    assert settings.limits == Limits(1, 2, 4, ask_after_lost_submit=True)
    assert settings.pace == Pace(
        timedelta(seconds=1), timedelta(seconds=10), timedelta(seconds=11), timedelta(seconds=12), 13
    )
    assert (settings.purge.after, settings.purge.hold) == (timedelta(days=500), timedelta(days=366))
    assert settings.notices.command == ("page",)
    assert settings.notices.webhook is not None
    assert settings.notices.webhook.url == "https://a.example.com/"


def test_which_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is given, else the variable's, else the current folder's."""
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(("flag.toml", "variable.toml", "cybertip.toml"), 11):
        Path(name).write_text(f"[work]\nthreads = {number}\n", encoding="utf-8")
    variables = {"CYBERTIP_CONFIG": "variable.toml"}
    assert load_settings(variables=variables, path="flag.toml").work.threads == 11
    assert load_settings(variables=variables).work.threads == 12
    settings = load_settings(variables={})
    assert settings.work.threads == 13
    assert settings.values["work.threads"].source == "cybertip.toml [work] threads"
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        load_settings(variables={"CYBERTIP_CONFIG": "missing.toml"})


def test_files_start_at_the_folder_of_the_file_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a program is started the same file means the same ledger; URLs and programs in PATH stay as they are."""
    settings = loaded(tmp_path, '[ledger]\nplace = "a/b.sqlite3"\n[notices]\ncommand = ["./page", "./x"]\n')
    assert settings.ledger_place == str(tmp_path / "a" / "b.sqlite3")
    assert settings.notices.command == (str(tmp_path / "page"), "./x")
    monkeypatch.chdir(tmp_path)
    assert load_settings({}, {}).notices.command == (str(tmp_path / "page"), "./x")
    assert loaded(tmp_path, '[ledger]\nplace = "/a/b"\n').ledger_place == "/a/b"
    assert loaded(tmp_path, '[ledger]\nplace = "postgresql://h/b"\n').ledger_place == "postgresql://h/b"
    assert loaded(tmp_path, "", {"ledger.place": "b.sqlite3"}).ledger_place == "b.sqlite3"


PRODUCTION = '[server]\nenvironment = "production"\nbase_url = "https://gateway.example.com/ispws"\n'


def test_an_address_is_only_for_the_environment_that_it_was_set_for(tmp_path: Path) -> None:
    """Another environment higher up must bring its own address: nothing for the test goes to production's gateway."""
    assert loaded(tmp_path, PRODUCTION).endpoint.environment == "production"
    for flags, variables in (({"server.environment": "test"}, {}), ({}, {"CYBERTIP_ENVIRONMENT": "test"})):
        with pytest.raises(EnvironmentRefusedError, match="was set for the environment production"):
            _ = loaded(tmp_path, PRODUCTION, flags, variables).endpoint
    own = {"CYBERTIP_ENVIRONMENT": "test", "CYBERTIP_BASE_URL": "https://test.example.com/ispws"}
    assert loaded(tmp_path, PRODUCTION, {}, own).endpoint.environment == "test"
    assert loaded(tmp_path, PRODUCTION, {"server.environment": "production"}).endpoint.environment == "production"
    with pytest.raises(EnvironmentRefusedError):
        _ = loaded(tmp_path, PRODUCTION, {}, {"CYBERTIP_BASE_URL": "http://127.0.0.1:1/ispws"}).endpoint


def test_production_takes_its_name(tmp_path: Path) -> None:
    """In the file, too, an address alone never means it."""
    with pytest.raises(EnvironmentRefusedError, match="must come with its environment"):
        _ = loaded(tmp_path, '[server]\nbase_url = "https://gateway.example.com/ispws"\n').endpoint


def test_settings_that_merely_lie_there_must_be_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that anybody could have written runs no program and sends no credentials anywhere, unless it is named."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cybertip.toml"
    path.write_text('[server]\nbase_url = "https://elsewhere.example.com/"\n', encoding="utf-8")
    path.chmod(0o666)
    with pytest.raises(ConfigurationError, match=r"written by another user.*--config or CYBERTIP_CONFIG"):
        load_settings({}, {})
    assert load_settings({}, {}, "cybertip.toml").file is not None
    assert load_settings({}, {"CYBERTIP_CONFIG": "cybertip.toml"}).file is not None
    path.chmod(0o644)
    assert load_settings({}, {}).file is not None
    if os.geteuid() == 0:
        os.chown(path, 12_345, -1)
    else:
        monkeypatch.setattr("os.geteuid", lambda: 12_345)
    with pytest.raises(ConfigurationError, match="written by another user"):
        load_settings({}, {})
    path.chmod(0o666)
    path.write_text("[profiles.default.reporting_person]\n", encoding="utf-8")
    assert load_settings({}, {}).profile("default") is not None
