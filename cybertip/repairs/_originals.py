"""What a repair took out of its place, written so that people can read it and programs can take it back.

One line of `additionalInfo` for each: ``[original] /report/…/email[2]: "user at example"``. The value is JSON, with
everything that XML cannot carry, and everything that could hide in a text, as ``\\uXXXX``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

LOOKS_KEPT = re.compile(r"^\[original\] ", re.MULTILINE)
"""How a line begins that `read_originals` may take for one of ours."""
_LINE = re.compile(r"^\[original\] (\S+): (.*)$", re.MULTILINE)


def escaped(value: Any) -> str:
    """A value as JSON in which every character shows, and is one that XML can carry."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return "".join(char if _shows(char) else json.dumps(char)[1:-1] for char in text)


def _shows(char: str) -> bool:
    # Not: controls, formats such as bidirectional marks, surrogates, unassigned, private, line separators.
    return char < "\x7f" or (unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"))


def line(path: str, value: Any) -> str:
    """The line that keeps a value."""
    return f"[original] {path}: {escaped(value)}"


def read_originals(text: str) -> Iterator[tuple[str, Any]]:
    """The paths and values that the lines of an `additionalInfo` keep; other lines are passed over.

    What had no element of its own, such as a message of a chat, comes with its JSON pointer into the record. Of two
    lines about one place the first is given: what came into the record. The other tells what it had become by then.
    """
    told = set()
    for path, kept in _LINE.findall(text):
        try:
            value = json.loads(kept)
        except ValueError:
            continue  # somebody else's line that happens to look alike
        if path not in told:
            told.add(path)
            yield path, value
