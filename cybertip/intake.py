"""Reading review records and reporter profiles: strict, with findings that name the place.

A report is made of what comes in here, and it cannot be taken back. So JSON with duplicate keys or numbers that are
none is refused as firmly as a field of the wrong type, and every finding names its place by a JSON pointer. Values are
never quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pydantic import ValidationError

from cybertip.findings import Finding, RecordError, error
from cybertip.models._types import ILLEGAL
from cybertip.refusals import pointed, pointer_of
from cybertip.review import ReviewRecord

MAX_RECORD_BYTES = 32 * 1024 * 1024
"""The largest record that is read."""


def read_record(data: bytes) -> ReviewRecord:
    """Read a record from JSON (UTF-8).

    Raises:
        RecordError: X001 no JSON, a duplicate key; X002 not as the format wants it; X003 a character that XML 1.0 does
            not allow; X005 a value that cannot be held exactly; S119 a time without its UTC offset. Every finding names
            its place.
    """
    return make_record(_parsed(data))


def _parsed(data: bytes) -> Any:
    if len(data) > MAX_RECORD_BYTES:
        raise RecordError([error("X005", "", f"the record is larger than {MAX_RECORD_BYTES} bytes")])
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        problems = list(_wrong_keys(content, ""))
    except UnicodeDecodeError:
        raise RecordError([error("X001", "", "the record is not UTF-8 text", "Save it as UTF-8.")]) from None
    except json.JSONDecodeError as problem:
        if not problem.doc.strip():
            cure = "`cybertip record new` prints one to fill in."
            raise RecordError([error("X001", "", "there is nothing in it, and a record is expected", cure)]) from None
        message = f"the record is not JSON: {problem.msg} (line {problem.lineno}, column {problem.colno})"
        raise RecordError([error("X001", "", message, line=problem.lineno)]) from None
    except RecursionError:
        raise RecordError([error("X001", "", "the record is nested too deeply")]) from None
    except _Refused as problem:
        raise RecordError([error("X001", "", str(problem))]) from None
    except ValueError:
        # Python refuses to read numbers of thousands of digits.
        raise RecordError([error("X001", "", "the record holds a number with too many digits")]) from None
    if problems:
        raise RecordError(problems)
    return content


@dataclass(frozen=True, slots=True)
class SetAside:
    """A value of a record that the wire cannot carry where it stands.

    Attributes:
        code: R701, a text with characters that XML does not allow, which were replaced; R702, a state that has another
            field, where it stands now; R704, an identifier with such characters, left out; R705, a code that no list
            knows, left out.
        pointer: where it stood in the record, as a JSON pointer.
        value: the value, as it was.
    """

    code: str
    pointer: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record as it can be built, and what had to be set aside for that.

    Attributes:
        record: the record.
        set_aside: values that `cybertip.builder.build` will keep in `additionalInfo`.
    """

    record: ReviewRecord
    set_aside: tuple[SetAside, ...] = ()


def accept_record(data: bytes) -> Accepted:
    """Read a record from JSON (UTF-8), and set aside what the wire cannot carry, instead of refusing it.

    That is: characters that XML 1.0 does not allow, which become U+FFFD (R701); identifiers with such characters, which
    are left out, because two of them could become the same (R704); codes of places and telephones that no list knows,
    which are left out (R705). American Samoa and the Northern Marianas, states to everyone but the schema, go to
    `non_usa_state` (R702). Everything else is as strict as `read_record`.

    Raises:
        RecordError: as `read_record`.
    """
    return accept(_parsed(data))


def accept(content: Any) -> Accepted:
    """Like `accept_record`, for plain data such as what a JSON parser gave. The data themselves are not changed.

    Raises:
        RecordError: as `read_record`.
    """
    aside: list[SetAside] = []
    try:
        content = _carried(content, "", aside)
    except RecursionError:
        raise RecordError([error("X001", "", "the record is nested too deeply")]) from None
    while True:
        try:
            return Accepted(ReviewRecord.model_validate(content), tuple(aside))
        except ValidationError as problem:
            unknown = [item["loc"] for item in problem.errors(include_url=False) if _is_unknown_code(item)]
            if not unknown:
                raise RecordError(pointed(problem)) from None
            aside += [_moved(content, place) for place in unknown]


# Codes that people write in many ways. An unknown member of any other vocabulary is a slip of a program.
_CODES = {"state", "country", "country_code", "flea_country", "country_calling_code", "extension"}


def _is_unknown_code(item: Any) -> bool:
    named = item["loc"][-1:] != () and item["loc"][-1] in _CODES
    return named and isinstance(item["input"], str) and item["type"] in ("enum", "value_error")


_NOT_IN_SCHEMA = {"AS", "MP"}
"""States of the United States that the documented rules know and the schema's list lacks."""


def _moved(content: Any, place: tuple[int | str, ...]) -> SetAside:
    for step in place[:-1]:
        content = content[step]
    name = place[-1]
    value: str = content.pop(name)
    if name == "state" and value in _NOT_IN_SCHEMA and content.get("non_usa_state") is None:
        content["non_usa_state"] = value
        return SetAside("R702", pointer_of(place), value)
    return SetAside("R705", pointer_of(place), value)


# What names another part of the record, or a thing outside, is never mended: another id would be another thing's.
_EXACT = re.compile(
    r"/(?:format|id|profile)|/evidence/\d+/(?:id|location|sha256|viewed_sha256)|/actions/\d+/(?:account|file)"
    r"|/incident/chats/\d+/messages/\d+/attachments/\d+"
)
# These name accounts, and can be left out.
_IDENTIFIER = re.compile(
    r"/(?:suspects|recipients|victims)/\d+/(?:identifier|group_identifier"
    r"|associated_accounts/\d+/(?:esp_identifier|group_identifier))"
)


def _carried(value: Any, pointer: str, aside: list[SetAside]) -> Any:
    """A copy of the data in which every text can be written as XML."""
    if isinstance(value, dict):
        copy = {}
        for key, item in value.items():
            place = pointer + pointer_of((key,))
            if isinstance(item, str) and ILLEGAL.search(item) and _IDENTIFIER.fullmatch(place):
                aside.append(SetAside("R704", place, item))
            else:
                copy[key] = _carried(item, place, aside)
        return copy
    if isinstance(value, (list, tuple)):
        return [_carried(item, f"{pointer}/{index}", aside) for index, item in enumerate(value)]
    if not isinstance(value, str) or _EXACT.fullmatch(pointer):
        return value
    if (mended := ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", value)) != value:
        aside.append(SetAside("R701", pointer, value))
    return mended


def make_record(content: Any) -> ReviewRecord:
    """Check plain data, such as what a JSON parser gave.

    Raises:
        RecordError: as `read_record`.
    """
    try:
        return ReviewRecord.model_validate(content)
    except ValidationError as problem:
        raise RecordError(pointed(problem)) from None


class _Refused(ValueError):
    """JSON that Python reads and this format does not take."""


class _Doubled(dict[str, Any]):
    """An object in which a key stands twice; a parser knows the key before it knows the place."""

    twice = ""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        content = _Doubled(content)
        names = [name for name, _ in pairs]
        content.twice = next(name for name in names if names.count(name) > 1)
    return content


def _wrong_keys(value: Any, pointer: str) -> Iterator[Finding]:
    """What is wrong with the names of fields: one that stands twice, or that cannot be written as text."""
    if isinstance(value, _Doubled):
        place = pointer + pointer_of((_shown(value.twice),))
        message = "the field stands twice in one object, and only one of them would be read"
        yield error("X001", place, message, "Keep one of them.")
    if isinstance(value, dict):
        for key, item in value.items():
            place = pointer + pointer_of((_shown(key),))
            if ILLEGAL.search(key):
                yield error(
                    "X003", place, "the name of the field has characters that XML 1.0 does not allow", "Mend it."
                )
            yield from _wrong_keys(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _wrong_keys(item, f"{pointer}/{index}")


def _shown(key: str) -> str:
    """The name of a field as it can be printed: any string may be one."""
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", key)[:60]


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON; leave the field out if nothing is known")
