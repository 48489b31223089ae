"""What differs between two versions of a record, for people and programs: the places, and the values on request.

Names that no record has are hidden as values are: anybody may have put a value where a name belongs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cybertip.cli._places import known_pointer
from cybertip.cli._screen import clean
from cybertip.worker import NOTHING, Difference

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_LONGEST = 200
"""How much of a value is shown to people."""


def in_lines(differences: Sequence[Difference], *, reveal: bool) -> list[str]:
    """A heading, and a line for each place; with ``reveal``, below it what stood there and what stands there now."""
    if not differences:
        return []
    hidden = "" if reveal else "; the values are hidden, see --reveal"
    lines = [f"{len(differences)} {'place differs' if len(differences) == 1 else 'places differ'}{hidden}:"]
    for one in differences:
        lines.append(f"  {_SIGNS[one.kind]} {clean(_place(one, reveal=reveal)) or '/'}  {one.kind}")
        if reveal:
            lines += [
                f"      {label}: {_shown(value)}"
                for label, value in (("before", one.before), ("after", one.after))
                if value is not NOTHING
            ]
    return lines


def _place(one: Difference, *, reveal: bool) -> str:
    return one.pointer if reveal else known_pointer(one.pointer)


def _shown(value: Any) -> str:
    text = clean(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def as_plain(differences: Sequence[Difference], *, reveal: bool) -> list[dict[str, Any]]:
    """The same as plain data; values are there with ``reveal`` alone, and whole."""
    return [
        {
            "pointer": _place(one, reveal=reveal),
            "kind": one.kind,
            **(
                {name: value for name, value in (("before", one.before), ("after", one.after)) if value is not NOTHING}
                if reveal
                else {}
            ),
        }
        for one in differences
    ]
