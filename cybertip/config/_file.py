"""``cybertip.toml``: reading it, and refusing what does not belong into it."""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cybertip.config._catalogue import BY_NAME, PROFILES, SETTINGS, TABLES
from cybertip.errors import ConfigurationError

CONFIG_FILE = "cybertip.toml"
"""The file's name, in the current folder."""
_SHOWN = 5


def read_file(path: Path) -> dict[str, Any]:
    """The tables of the file.

    Raises:
        ConfigurationError: it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin a file with a mark
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not TOML: it is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigurationError(f"{path} is not TOML: {problem}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or a list in a list in a list …
        raise ConfigurationError(f"{path} cannot be read: it holds a number or a list beyond all measure") from None


def is_strangers(path: Path) -> bool:
    """Whether somebody else may have written a file: another user, who is not root, owns it, or all may write it.

    Whoever writes settings says which programs are run and where credentials go.
    """
    try:
        found = path.stat()
    except OSError:
        return True
    return found.st_uid not in (os.geteuid(), 0) or bool(found.st_mode & stat.S_IWOTH)


def place_in_file(path: Path, name: str) -> str:
    """Where a setting stands, in words: ``cybertip.toml [ledger] place``."""
    table, _, key = name.rpartition(".")
    return f"{path} [{table}] {key}" if table else f"{path} {key}"


def settings_in(content: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[str]]:
    """The settings in the tables of the file by their names, unchecked; and what does not belong there, in words."""
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for table, value in content.items():
        if table == PROFILES:
            if not isinstance(value, dict):
                wrong.append(f"{path} [{PROFILES}]: must be a table of tables [{PROFILES}.NAME]")
            continue
        for name, one in _flat(table, value):
            setting = BY_NAME.get(name)
            if setting is not None and setting.in_file:
                found[name] = one
            else:
                wrong.append(_unknown(path, name, one))
    return found, wrong


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The keys of a table and of the tables that are known in it. What is wrong comes as it is."""
    if name not in TABLES or not isinstance(value, dict):
        yield name, value
        return
    for key, one in value.items():
        yield from _flat(f"{name}.{key}", one)


def _unknown(path: Path, name: str, value: Any) -> str:
    table, _, key = name.rpartition(".")
    if name in TABLES:
        return f"{path} {name}: must be a table, [{name}]"
    if name in BY_NAME:
        ways = " or ".join(one.key for one in SETTINGS if one.secret == name and one.in_file)
        return (
            f"{place_in_file(path, name)}: no secret belongs into this file: use {ways}, or set"
            f" {BY_NAME[name].variable} in the environment, and remove the key"
        )
    known = [one.key for one in SETTINGS if one.table == table and one.in_file]
    known += [one.rpartition(".")[2] for one in TABLES if one.rpartition(".")[0] == table]
    if not table:
        known.append(PROFILES)
    what = "table" if isinstance(value, dict) else "key"
    near = difflib.get_close_matches(key.lower().replace("-", "_"), known, 1, 0.5)
    cure = f"did you mean '{near[0]}'?" if near else f"remove it; known are: {', '.join(dict.fromkeys(known))}"
    words = f"there is no {what} '{_short(key)}'; {cure}"
    return f"{path} [{table}]: {words}" if table else f"{path}: {words}"


def _short(name: str) -> str:
    return name[:60] if name.isprintable() else "…"


def mistakes(wrong: Iterable[str]) -> ConfigurationError:
    """One error about all mistakes, the first few in words."""
    lines = list(wrong)
    more = len(lines) - _SHOWN
    return ConfigurationError("\n".join([*lines[:_SHOWN], *([f"… and {more} more"] if more > 0 else [])]))
