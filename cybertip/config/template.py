"""The settings as lines of a ``cybertip.toml`` to fill in."""

from __future__ import annotations

from typing import Any

from cybertip.config._catalogue import SETTINGS, TABLES, Setting


def settings_template() -> str:
    """Every table with every setting: its words, its variable, and a line with its default, or with an example.

    The lines begin with ``#`` and no space, so they say nothing until somebody takes that away.
    """
    return "\n".join(_table(name, words) for name, words in TABLES.items())


def _table(name: str, words: str) -> str:
    settings = "".join(_lines(one) for one in SETTINGS if one.table == name and one.in_file)
    return f"# {words}\n[{name}]\n{settings}"


def _lines(setting: Setting) -> str:
    value = setting.example if setting.default is None else as_toml(setting.default)
    variable = f" Or {setting.variable}." if setting.variable else ""
    hint = f" ({setting.kind.hint})" if setting.kind.hint else ""
    words = f"# {setting.words.removesuffix('.')}{hint}.{variable}"
    if len(words) > 120:
        words = f"# {setting.words.removesuffix('.')}{hint}.\n#{variable}"
    return f"{words}\n#{setting.key} = {value}\n"


def as_toml(value: Any) -> str:
    """A default as it would be written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    return str(value) if isinstance(value, (int, float)) else f'"{value}"'
