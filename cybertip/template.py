"""A review record with every field, for people to fill in, and the words that explain each.

What must be replaced is unmistakable: a text that nobody writes, a moment at the end of the year 9999, a digest of
zeros. Intake refuses that text where a choice is to be made, `cybertip.builder.build` refuses the text and the moment
anywhere, and no file has that digest. What may be left alone says nothing: null, false, or an empty list.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from cybertip.record_schema import record_schema

PLACEHOLDER = "REPLACE OR DELETE"
NO_DAY = "9999-12-31"
NO_MOMENT = "9999-12-31T23:59:59Z"
NO_DIGEST = "0" * 64

# Of the vocabularies of mandatory fields, the values that claim least.
_WEAKEST = {"Outcome": "pending", "Viewed": "none"}
_MOST_CODES = 12
"""Longer vocabularies are named, not listed."""


@dataclass(frozen=True, slots=True)
class Template:
    """A record to fill in.

    Attributes:
        record: the record as plain data.
        comments: what each of its fields means, by JSON pointer.
    """

    record: dict[str, Any]
    comments: dict[str, str] = field(repr=False)


def template(*, minimal: bool = False) -> Template:
    """A record to fill in, with every field of every part; a part that comes again is not spelt out again.

    Args:
        minimal: only what is mandatory, and what a filing needs: who decided when, a suspect, a file.
    """
    schema = record_schema()
    made = _Maker(schema["$defs"])
    record = made.part(schema, "", schema["title"])
    if minimal:
        record = {
            **{name: record[name] for name in ("format", "id")},
            "decision": {name: record["decision"][name] for name in ("outcome", "reviewer", "decided_at")},
            "incident": {name: record["incident"][name] for name in ("type", "occurred_at", "time_meaning")},
            "suspects": [{name: record["suspects"][0][name] for name in ("identifier", "screen_name")}],
            "evidence": [{name: record["evidence"][0][name] for name in ("id", "location", "sha256", "viewed")}],
        }
    return Template(record, made.comments)


class _Maker:
    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts
        self.comments: dict[str, str] = {}
        self.spelt_out: dict[str, str] = {}

    def part(self, schema: dict[str, Any], pointer: str, name: str) -> dict[str, Any]:
        """An object with all its fields."""
        self.spelt_out.setdefault(name, pointer)
        needed = schema.get("required", [])
        return {
            field: self.value(held, f"{pointer}/{field}", needed=field in needed)
            for field, held in schema["properties"].items()
        }

    def value(self, schema: dict[str, Any], pointer: str, *, needed: bool) -> Any:
        """What stands in a field, whose comment is noted on the way."""
        nullable, name, kind = self._resolved(schema)
        words = [schema.get("description") or kind.get("description", "")]
        words += ["Mandatory."] if needed else []
        many = kind.get("type") == "array"
        if many:
            _, name, kind = self._resolved(kind["items"])
        words += _kinds(name, kind, many=many)
        empty: Any = [] if many else None
        if "properties" in kind and name in self.spelt_out and not needed:
            value, also = empty, f"Its fields are those of {self.spelt_out[name]}."
            words.append(also)
        elif many:
            value = self._items(kind, name, pointer, needed=needed)
        elif "properties" in kind:
            value = self.part(kind, pointer, name)
        else:
            value = _simple(name, kind, schema, nullable=nullable)
        self.comments[pointer] = " ".join(filter(None, words))
        return value

    def _items(self, kind: dict[str, Any], name: str, pointer: str, *, needed: bool) -> list[Any]:
        if "oneOf" in kind:  # one item for each kind of incident
            self.spelt_out[name] = f"{pointer}/0"
            return [
                {field: self.value(held, f"{pointer}/{index}/{field}", needed=False)}
                for index, (field, held) in enumerate(kind["properties"].items())
            ]
        if "properties" in kind:
            return [self.part(kind, f"{pointer}/0", name)]
        if kind.get("type") == "string" and "enum" not in kind:
            return [PLACEHOLDER]
        return [kind.get("minimum", 0)] if needed else []

    def _resolved(self, schema: dict[str, Any]) -> tuple[bool, str, dict[str, Any]]:
        """Whether null is allowed, and the name and the content of what else is."""
        options = [item for item in schema.get("anyOf", [schema]) if item.get("type") != "null"]
        name = options[0].get("$ref", "").rpartition("/")[2]
        return "anyOf" in schema, name, self.parts[name] if name else options[0]


def _simple(name: str, kind: dict[str, Any], schema: dict[str, Any], *, nullable: bool) -> Any:
    if "const" in kind:
        return kind["const"]
    if "default" in schema:
        return schema["default"]
    if "enum" in kind:
        return None if nullable else _WEAKEST.get(name, PLACEHOLDER)
    if kind["type"] == "string":
        return _text(kind)
    if nullable:
        return None
    return False if kind["type"] == "boolean" else 0


def _text(kind: dict[str, Any]) -> str | None:
    if "format" in kind:
        return {"date": NO_DAY, "date-time": NO_MOMENT}[kind["format"]]
    if kind.get("maxLength") == 64:
        return NO_DIGEST
    return None if kind.get("pattern", "").startswith(("^[0-9]", r"^\+")) else PLACEHOLDER


def _kinds(name: str, kind: dict[str, Any], *, many: bool) -> list[str]:
    """What may stand there, where the template itself does not show it."""
    if "enum" in kind:
        values = " | ".join(f'"{value}"' for value in kind["enum"]) if len(kind["enum"]) <= _MOST_CODES else name
        return [f"Each is one of {values}." if many else f"{values}."]
    words = {"boolean": "true or false", "integer": "a whole number", "number": "a number"}.get(kind.get("type", ""))
    if words is None:
        return ["A list."] if many else []
    return [f"A list; each is {words}." if many else f"{words[0].upper()}{words[1:]}."]


def commented(made: Template) -> str:
    """The record as JSON with a comment above each field. That is no JSON: programs want it without the comments."""
    head = [
        f'// Replace every "{PLACEHOLDER}", {NO_MOMENT[:4]} and 000…, or delete the field; what is null, false or',
        "// empty may stay. Then take the comments out: `cybertip record new --plain` prints the same without them.",
    ]
    return "\n".join([*head, *_lines(made.record, "", "", made.comments)]) + "\n"


def _lines(value: Any, pointer: str, margin: str, comments: dict[str, str]) -> Iterator[str]:
    if not isinstance(value, (dict, list)) or not value:
        yield margin + json.dumps(value)
        return
    named = value.items() if isinstance(value, dict) else enumerate(value)
    yield margin + ("{" if isinstance(value, dict) else "[")
    inner = f"{margin}  "
    for count, (name, item) in enumerate(named, start=1):
        place = f"{pointer}/{name}"
        if place in comments and isinstance(name, str):
            yield from (f"{inner}// {line}" for line in _wrapped(comments[place], 116 - len(inner)))
        first, *rest = _lines(item, place, inner, comments)
        *rest, last = [f"{inner}{json.dumps(name)}: {first.strip()}" if isinstance(name, str) else first, *rest]
        yield from rest
        yield last + ("," if count < len(value) else "")
    yield margin + ("}" if isinstance(value, dict) else "]")


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width)


def placeholders(part: BaseModel, pointer: str = "") -> Iterator[str]:
    """The JSON pointers of what a template said and nobody replaced."""
    for name in type(part).model_fields:
        yield from _left(getattr(part, name), f"{pointer}/{name}")


def _left(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from placeholders(value, pointer)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _left(item, f"{pointer}/{index}")
    elif value == PLACEHOLDER or (isinstance(value, date) and value.isoformat().startswith(NO_DAY)):
        yield pointer
