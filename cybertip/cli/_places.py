"""Places in a record as anybody may see them: content that stands where a name belongs is in the pointer as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from cybertip.record_schema import record_schema

_ELSE = "…"
"""What stands for a name that no record has."""
_INDEX = re.compile(r"[0-9]{1,6}", re.ASCII)
"""The number of something in a list. Nothing has so many parts that a longer one could not be a telephone number."""
_DOCUMENT = re.compile(r"/(?:report|fileDetails)(?![^/\[])")
"""How paths of documents begin; their names are those of the schema, or nothing would have been built."""


def place_of(found: dict[str, Any]) -> str:
    """Where a finding is, given as plain data: in the record if it leads there, else in the document."""
    return str(found.get("pointer") or found["path"])


def with_known_places(found: dict[str, Any]) -> dict[str, Any]:
    """A finding as plain data, with its places as anybody may see them."""
    if found["code"] == "P507":
        return found  # it leads into the profile, which is the provider's own
    return found | {name: known_pointer(str(found[name])) for name in ("path", "pointer") if found.get(name)}


def known_pointer(pointer: str) -> str:
    """A JSON pointer into a record or a list of records; `…` stands for each name that the format does not have there.

    Paths of documents are given back as they are.
    """
    if _DOCUMENT.match(pointer):
        return pointer
    first, *steps = pointer.split("/")
    if first:
        return _ELSE
    schema = _schema()
    begun = [schema]
    shown = []
    for number, step in enumerate(steps):
        if number == 0 and _INDEX.fullmatch(step):
            shown.append(step)
            continue
        begun = list(_below(begun, step, schema["$defs"]))
        shown.append(step if begun else _ELSE)
    return "".join(f"/{step}" for step in shown)


@cache
def _schema() -> dict[str, Any]:
    return record_schema()


def _below(parts: list[dict[str, Any]], step: str, named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a step leads to from parts of the schema; nothing where the format has no such name or list there."""
    for part in parts:
        if "$ref" in part:
            yield from _below([named[part["$ref"].rpartition("/")[2]]], step, named)
        yield from _below(part.get("anyOf", []), step, named)
        if step in part.get("properties", {}):
            yield part["properties"][step]
        if "items" in part and _INDEX.fullmatch(step):
            yield part["items"]
