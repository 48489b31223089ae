"""The decorators that hand a command its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cybertip.cli import _options as o
from cybertip.cli._output import Output, body_of
from cybertip.config import Settings

ALL = {"--config", "--ledger", "--environment", "--base-url", "--username", "--password-file"}


def made(decorate: Callable[[o.Body], o.Body], seen: list[Settings]) -> click.Command:
    """A command that notes its settings."""

    @click.command("made")
    @click.option("--threads", type=int)
    @o.json_option
    @body_of("made")
    @decorate
    def command(output: Output, settings: Settings, **others: Any) -> int:
        """A command."""
        assert others.keys() <= {"threads"}
        seen.append(settings)
        return output.end(0, {})

    return command


@pytest.mark.parametrize(
    ("decorate", "options"),
    [
        (o.with_settings(), ALL),
        (o.with_server_settings(), ALL - {"--ledger"}),
        (o.with_ledger_settings(), {"--config", "--ledger", "--environment"}),
        (o.with_profile_settings(), {"--config"}),
    ],
)
def test_each_command_has_the_options_that_it_needs(decorate: Callable[[o.Body], o.Body], options: set[str]) -> None:
    """Beside its own, --json and --quiet."""
    names = {name for one in made(decorate, []).params for name in one.opts}
    assert names == options | {"--threads", "--json", "--quiet", "-q"}


def test_options_become_flags_of_settings(tmp_path: Path) -> None:
    """Those that all share and, where it says so, the command's own; the file is the one that was named."""
    (tmp_path / "own.toml").write_text("[work]\nthreads = 2\nmost_open = 3\n", encoding="utf-8")
    seen: list[Settings] = []
    arguments = ["--config", str(tmp_path / "own.toml"), "--ledger", "x", "--username", "someone", "--threads", "9"]
    ended = CliRunner().invoke(made(o.with_settings(threads="work.threads"), seen), arguments, standalone_mode=False)
    assert ended.return_value == 0
    (settings,) = seen
    assert settings.values["ledger.place"].source == "flag --ledger"
    assert settings.values["server.username"].source == "flag --username"
    assert (settings.work.threads, settings.work.most_open) == (9, 3)


def test_a_mistake_in_the_settings_ends_the_command(tmp_path: Path) -> None:
    """Exit status 2, in words or in the envelope, and the command has not begun."""
    (tmp_path / "own.toml").write_text("[work]\nthreads = 0\n", encoding="utf-8")
    seen: list[Settings] = []
    for more in ([], ["--json"]):
        arguments = ["--config", str(tmp_path / "own.toml"), *more]
        ended = CliRunner().invoke(made(o.with_settings(), seen), arguments, standalone_mode=False)
        assert ended.return_value == 2
        assert "own.toml [work] threads: must be a whole number" in ended.output
    assert not seen
