"""Putting the settings together: flag, then environment variable, then cybertip.toml, then default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cybertip.config._catalogue import BY_NAME, PROFILES, SETTINGS, Setting
from cybertip.config._file import CONFIG_FILE, is_strangers, mistakes, place_in_file, read_file, settings_in
from cybertip.config._kinds import VARIABLE
from cybertip.config._settings import Settings
from cybertip.config._values import Level, Value
from cybertip.errors import ConfigurationError

FILE_VARIABLE = "CYBERTIP_CONFIG"
"""Names the file, where no flag does."""


def load_settings(
    flags: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Settings:
    """All settings, each from the first of these that names it: flag, environment variable, cybertip.toml, default.

    An empty variable counts as not set. Secrets are not read here, but each time they are asked for.

    Args:
        flags: what the command line says, by the settings' names (``ledger.place``); what is None or empty was not
            said.
        variables: the environment; that of this process by default.
        path: the file; by default what ``CYBERTIP_CONFIG`` names, or ``cybertip.toml`` in the current folder, which
            need not be there.

    Raises:
        ConfigurationError: the file cannot be read, holds what does not belong there, or a value is wrong; all that is
            wrong is told at once. Or it lies in the current folder, and somebody else may have written its settings.
    """
    variables = os.environ if variables is None else variables
    named = path if path is not None else variables.get(FILE_VARIABLE) or None
    file = Path(named) if named is not None else Path(CONFIG_FILE)
    content = read_file(file) if named is not None or file.exists() else None
    in_file, wrong = settings_in(content or {}, file)
    if named is None and in_file and is_strangers(file):
        # Nobody asked for it: it may only lie in a folder with somebody else's evidence.
        raise ConfigurationError(
            f"the {file} here was, or could have been, written by another user, and it holds settings; if it is to be"
            f" trusted, name it with --config or {FILE_VARIABLE}"
        )
    values = {one.name: Value(one, one.default, Level.DEFAULT, "default") for one in SETTINGS}
    for name, told in (flags or {}).items():
        if told not in (None, ""):
            setting = BY_NAME[name]
            _put(values, wrong, setting, told, Level.FLAG, f"flag {setting.flag}")
    for setting in SETTINGS:
        text = variables.get(setting.variable, "") if setting.variable else ""
        if text:
            _put_text(values, wrong, setting, text)
    for name, told in in_file.items():
        _put(values, wrong, BY_NAME[name], told, Level.FILE, place_in_file(file, name), file.parent)
    _one_way(values, wrong)
    if values["pace.cap"].value < values["pace.base"].value:
        both = f"{values['pace.cap'].source} and {values['pace.base'].source}"
        wrong.append(f"{both}: the cap of all waits must not be below the first one, the base")
    if wrong:
        raise mistakes(wrong)
    profiles = (content or {}).get(PROFILES)
    environment = BY_NAME["server.environment"]
    environments = {
        Level.FLAG: (flags or {}).get(environment.name),
        Level.ENVIRONMENT: variables.get(environment.variable),
        Level.FILE: in_file.get(environment.name),
    }
    holding = frozenset(in_file[one.name] for one in SETTINGS if one.kind is VARIABLE and one.name in in_file)
    return Settings(
        file if content is not None else None, named is not None, values, profiles, variables, environments, holding
    )


def _put_text(values: dict[str, Value], wrong: list[str], setting: Setting, text: str) -> None:
    source = f"environment {setting.variable}"
    try:
        told = setting.kind.parse(text)
    except ValueError:
        wrong.append(f"{source}: must be {setting.kind.wanted}")
        return
    _put(values, wrong, setting, told, Level.ENVIRONMENT, source)


def _put(
    values: dict[str, Value],
    wrong: list[str],
    setting: Setting,
    told: Any,
    level: Level,
    source: str,
    folder: Path | None = None,
) -> None:
    """Take a value, unless one counts more. A wrong one is told of even where another counts."""
    try:
        value = setting.kind.read(told)
    except ValueError:
        wrong.append(f"{source}: must be {setting.kind.wanted}")
        return
    if not setting.in_file:
        value = True  # that it is set; the secret itself stays where it is
    elif folder is not None and setting.kind.located:
        value = _from(folder, value)
    if values[setting.name].level < level:
        values[setting.name] = Value(setting, value, level, source)


def _from(folder: Path, value: Any) -> Any:
    """A file's name as seen from the folder of cybertip.toml: wherever a program is started, it means the same."""
    if isinstance(value, tuple):
        program, *arguments = value
        # A bare name is looked for in PATH, so what is not one must not become one.
        return (str((folder / program).absolute()) if "/" in program else program, *arguments)
    return value if "://" in value else str(folder / value)


def _one_way(values: dict[str, Value], wrong: list[str]) -> None:
    """Of the ways to one secret only that counts which its highest source names."""
    for secret in dict.fromkeys(one.secret for one in SETTINGS if one.secret):
        ways = [values[one.name] for one in SETTINGS if one.secret == secret and values[one.name].value is not None]
        if not ways:
            continue
        highest = max(one.level for one in ways)
        said = [one for one in ways if one.level is highest]
        if highest is Level.FILE and len(said) > 1:
            wrong.append(f"{said[1].source}: {said[0].setting.key} says already where the secret is; keep one of them")
        for one in ways:
            if one is not said[0]:
                values[one.setting.name] = Value(one.setting, None, Level.DEFAULT, "default")
