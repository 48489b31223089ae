"""What a setting may hold: how it is read from TOML, and how from the text of a variable."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cybertip.environments import Environment, resolve
from cybertip.errors import ConfigurationError

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting may hold.

    Attributes:
        wanted: the words for an error: "must be …".
        read: checks a value as TOML gives it, and may put it into another form. Raises ValueError.
        parse: makes of a variable's text what TOML would have given. Raises ValueError.
        located: whether it names a file, so that in cybertip.toml it starts at that file's folder.
        hint: range and unit, in short; empty where there are none.
    """

    wanted: str
    read: Callable[[Any], Any]
    parse: Callable[[str], Any] = str
    located: bool = False
    hint: str = ""


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value


# Whatever a secret is, it is right.
SECRET = Kind("a secret", lambda value: value)
TEXT = Kind("a text of printable characters, not empty", _text)
PLACE = Kind("the path of a file", _text, located=True)
LEDGER = Kind("the path of a file, or the URL of a database", _text, located=True)


def _variable(value: Any) -> str:
    if not isinstance(value, str) or re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value) is None:
        raise ValueError
    return value


VARIABLE = Kind("the name of an environment variable: letters, digits and _", _variable)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _parse_yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE + _FALSE:
        raise ValueError
    return word in _TRUE


YES_OR_NO = Kind("true or false", _yes_or_no, _parse_yes_or_no)


def choice(*words: str) -> Kind:
    """One of a few words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError
        return value

    return Kind(f"one of: {', '.join(words)}", read)


def choices(*words: str) -> Kind:
    """A list of some of a few words, each once; in a variable with commas between them."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or any(not isinstance(one, str) or one not in words for one in value):
            raise ValueError
        return tuple(dict.fromkeys(value))

    def parse(text: str) -> list[str]:
        return [one.strip() for one in text.split(",") if one.strip()]

    return Kind(f"a list of some of: {', '.join(words)}", read, parse)


def whole(low: int, high: int, unit: str = "") -> Kind:
    """A whole number in a range."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    wanted = f"a whole number{unit and f' of {unit}'} from {low} to {high}"
    return Kind(wanted, read, int, hint=f"{low} to {high} {unit}".strip())


def number(low: float, high: float, unit: str) -> Kind:
    """A number in a range, with or without a fraction."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError
        if not low <= value <= high:
            raise ValueError
        return value

    def parse(text: str) -> float:
        return int(text) if re.fullmatch(r"\s*\d+\s*", text, re.ASCII) else float(text)

    wanted = f"a number of {unit} from {low:g} to {high:.0f}"
    return Kind(wanted, read, parse, hint=f"{low:g} to {high:.0f} {unit}")


def _command(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not isinstance(value[0], str) or not value[0].strip():
        raise ValueError
    if any(not isinstance(one, str) or "\0" in one for one in value):
        raise ValueError
    return tuple(value)


COMMAND = Kind("a list of texts: a program and its arguments", _command, shlex.split, located=True)


def _webhook(value: Any) -> str:
    if not isinstance(value, str) or "#" in value or not value.isprintable() or " " in value:
        raise ValueError
    try:
        # The rules for an address of one's own are the same: https beyond this machine, one reading, none of NCMEC's.
        resolve(Environment.MOCK, value.partition("?")[0])
    except ConfigurationError:
        raise ValueError from None
    return value


WEBHOOK = Kind(
    "an address that begins with https:// (on this machine also http://), without credentials and #, and no host of"
    " NCMEC",
    _webhook,
)
