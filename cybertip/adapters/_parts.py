"""What the adapters share: tables that say where a foreign field goes, and notes for everything that has no place.

A value of a known field is handed on as it is, however odd: intake refuses it and names its place in the record.
Null means that nothing is known. What no table names becomes a line of the nearest notes, ``name: value``, sorted by
name, with nested values as compact JSON, so that the same data always give the same record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from cybertip.findings import RecordError, error

FORMAT = "cybertip.review/1"

_AWKWARD = re.compile("[^\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What ends a line or cannot be carried by XML."""


class Notes:
    """The lines of one field `notes`."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def text(self, name: str, value: Any) -> None:
        """Take over what the foreign data themselves call a note: texts as they are, whatever else with its name."""
        for index, item in enumerate(many(value)):
            if isinstance(item, str):
                self._lines.append(item)
            else:
                self.line(f"{name}[{index}]" if isinstance(value, list | tuple) else name, item)

    def line(self, name: str, value: Any) -> None:
        """Keep a value that has no field of its own."""
        self._lines.append(f"{_one_line(name)}: {_one_line(value)}")

    def rest(self, data: Mapping[str, Any], known: Iterable[str], place: str = "") -> None:
        """Keep every field of an object that is not among the known ones.

        Args:
            data: the object.
            known: names of the fields that found a place.
            place: the object's name within what the notes are about; empty where they are about itself.
        """
        known = frozenset(known)
        for name in sorted((name for name in data if name not in known), key=str):
            self.line(_dotted(place, name), data[name])

    def extend(self, other: Notes) -> None:
        """Go on with the lines of other notes."""
        self._lines.extend(other._lines)

    def put_into(self, target: dict[str, Any], field: str = "notes") -> None:
        """Set the field if there is anything to say."""
        if self._lines:
            target[field] = "\n".join(self._lines)


Converter = Callable[[Any, Notes, str], Any]
Field = str | tuple[str, Converter]
Table = Mapping[str, Field]
"""Foreign name -> the record's name, with the converter of its value where it is not taken over as it is."""


def converted(data: Mapping[str, Any], table: Table, notes: Notes, place: str = "") -> dict[str, Any]:
    """The fields of a foreign object under the record's names.

    Args:
        data: the foreign object.
        table: what is known about its fields.
        notes: takes the fields that are not in the table.
        place: the object's name within what the notes are about.
    """
    found: dict[str, Any] = {}
    known = set()
    for foreign, field in table.items():
        value = data.get(foreign)
        target, convert = field if isinstance(field, tuple) else (field, None)
        if target in found and value is not None:
            continue  # two names for one field: the second is kept in the notes
        known.add(foreign)
        if value is not None:
            found[target] = value if convert is None else convert(value, notes, _dotted(place, foreign))
    notes.rest(data, known, place)
    return found


def part(table: Table, text: str | None = None) -> Converter:
    """Convert an object by a table.

    Args:
        table: what is known about its fields.
        text: the record's name of the field that a plain text stands for, where the foreign data may give one.
    """

    def convert(value: Any, notes: Notes, place: str) -> Any:
        if isinstance(value, Mapping):
            return converted(value, table, notes, place)
        return {text: value} if text is not None and isinstance(value, str) else value

    return convert


def several(convert: Converter | None = None) -> Converter:
    """Convert each item of a list; a single value is a list of one."""

    def convert_all(value: Any, notes: Notes, place: str) -> list[Any]:
        if convert is None:
            return many(value)
        alone = not isinstance(value, list | tuple)
        return [convert(item, notes, place if alone else f"{place}[{index}]") for index, item in enumerate(many(value))]

    return convert_all


def many(value: Any) -> list[Any]:
    """A list of what is given: nothing, one, or several."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapping(value: Any, pointer: str) -> Mapping[str, Any]:
    """An object of the foreign data without which nothing can be said.

    Raises:
        RecordError: it is none (X002).
    """
    if isinstance(value, Mapping):
        return value
    message = "the field is missing" if value is None else "an object is expected here"
    raise refusal(pointer, message, "The data are not of the shape that this adapter reads.")


def objects(value: Any, pointer: str, *, needed: bool = False) -> list[Mapping[str, Any]]:
    """A list of objects; without them files and people cannot be told apart.

    Raises:
        RecordError: it is none (X002).
    """
    if value is None and not needed:
        return []
    if not isinstance(value, list | tuple):
        raise refusal(pointer, "the field is missing" if value is None else "a list is expected here")
    return [mapping(item, f"{pointer}/{index}") for index, item in enumerate(value)]


def is_stated(value: Any) -> bool:
    """Whether a value says anything: it is neither null nor a blank text."""
    return bool(value.strip()) if isinstance(value, str) else value is not None


def refusal(pointer: str, message: str, cure: str = "", line: int | None = None) -> RecordError:
    """The error for foreign data of which no record can be made; the pointer is one into these data."""
    return RecordError([error("X002", pointer, message, cure, line)])


def added(known: Any, place: str, ids: Iterable[Any], message: str) -> Mapping[str, Mapping[str, Any]]:
    """What the provider itself knows of several things, by their ids.

    Raises:
        RecordError: it is no such object, or has an id that none of the things has (X002): it would be lost.
    """
    if known is None:
        return {}
    ids = {name for name in ids if isinstance(name, str)}
    for name, fields in sorted(mapping(known, place).items(), key=lambda pair: str(pair[0])):
        pointer = f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}"
        mapping(fields, pointer)
        if name not in ids:
            raise refusal(pointer, message)
    return dict(known)


def supplement(item: dict[str, Any], notes: Notes, extra: Mapping[str, Any] | None, foreign: Mapping[str, str]) -> None:
    """Add to a file what the provider itself knows of it, and let its notes end it.

    Args:
        item: the file, as the foreign data tell of it.
        notes: its notes.
        extra: fields in the record's words; they win, and what they replace is kept in the notes.
        foreign: the record's name -> the foreign name of fields that may be replaced.
    """
    for name, value in (extra or {}).items():
        if name == "notes":
            notes.text(name, value)
            continue
        if name in item and item[name] != value:
            notes.line(foreign.get(name, name), item[name])
        item[name] = value
    notes.put_into(item)


def _dotted(place: str, name: Any) -> str:
    return f"{place}.{name}" if place else str(name)


def _one_line(value: Any) -> str:
    """A text as it is if it stands on one line; anything else as compact JSON, in which every character can be read."""
    if isinstance(value, str) and not _AWKWARD.search(value):
        return value
    try:
        text = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise refusal("", "the data are nested too deeply") from None
    except ValueError:
        # Python refuses to write numbers of thousands of digits.
        raise refusal("", "the data hold a number with too many digits") from None
    return _AWKWARD.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _plain(value: Any) -> Any:
    """A value as JSON has it: callers may pass rows of a database as well."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
