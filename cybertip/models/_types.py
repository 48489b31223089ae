"""The simple types of the wire: how XML text becomes a Python value and back.

Each type is an ``Annotated`` alias that pydantic validates, and that carries a `Simple` for the codec. The rules are
those of XML Schema 1.0, narrowed to what Python holds exactly: what the schema allows and Python cannot hold is an
`Unrepresentable`, never a rounded value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
MAX_OFFSET = timedelta(hours=14)
_XML_SPACE = " \t\r\n"


class Unrepresentable(ValueError):
    """A value that the schema allows and this package cannot hold exactly (X005)."""


class MissingOffset(ValueError):
    """A date-time without a UTC offset: the schema allows it, the API does not (S119)."""


class IllegalCharacter(ValueError):
    """A character that XML 1.0 does not allow (X003)."""


@dataclass(frozen=True, slots=True)
class Simple:
    """How one simple type is read and written.

    Attributes:
        name: the XML Schema type that it corresponds to, such as ``xs:dateTime``.
        expected: what a value must look like, in words that complete "must be …".
        read: text, white space already treated as the type demands -> value. Raises ValueError.
        write: value -> text.
        keeps_space: whether white space around the value belongs to it.
    """

    name: str
    expected: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    keeps_space: bool = False

    def parse(self, text: str) -> Any:
        """The value that an element or attribute with this text has. Raises ValueError."""
        return self.read(text if self.keeps_space else text.strip(_XML_SPACE))


# --- strings -----------------------------------------------------------------------------------------------------

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_characters(text: str) -> str:
    """Refuse what XML 1.0 cannot carry (X003): most control characters, lone surrogates, U+FFFE and U+FFFF."""
    if found := ILLEGAL.search(text):
        raise IllegalCharacter(
            f"has a character, U+{ord(found.group()):04X} at index {found.start()}, that XML 1.0 does not allow;"
            " remove it or replace it by U+FFFD"
        )
    return text


def _collapse(text: str) -> str:
    return " ".join(part for part in re.split("[ \t\r\n]+", text) if part)


XmlString = Annotated[
    str,
    Field(strict=True),
    AfterValidator(check_characters),
    Simple("xs:string", "text", str, str, keeps_space=True),
]
"""Text. White space is kept as it is."""

XmlToken = Annotated[
    str,
    Field(strict=True),
    AfterValidator(check_characters),
    AfterValidator(_collapse),
    Simple("xs:token", "text", _collapse, str),
]
"""Text in which white space carries no meaning: runs of it become one space, and none is left at the ends."""


def patterned(name: str, pattern: str, expected: str) -> Simple:
    """A string type that a regular expression restricts."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {expected}")
        return text

    return Simple(name, expected, check, str, keeps_space=True)


# --- numbers and booleans ----------------------------------------------------------------------------------------


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # The length is checked first: Python refuses, with an error of its own, to convert thousands of digits.
        digits = re.fullmatch(r"([+-]?)0*([0-9]+)", text, re.ASCII)
        if not digits or len(digits[2]) > 19 or not low <= (number := int(digits[1] + digits[2])) <= high:
            raise ValueError(f"must be a whole number between {low} and {high}")
        return number

    return read


XmlInt = Annotated[
    int,
    Field(strict=True, ge=INT_MIN, le=INT_MAX),
    Simple("xs:int", "a whole number that fits 32 bits", _whole_number(INT_MIN, INT_MAX), str),
]
"""A whole number of 32 bits."""

XmlLong = Annotated[
    int,
    Field(strict=True, ge=LONG_MIN, le=LONG_MAX),
    Simple("xs:long", "a whole number that fits 64 bits", _whole_number(LONG_MIN, LONG_MAX), str),
]
"""A whole number of 64 bits, such as a report id."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _read_boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[text]


BOOLEAN = Simple("xs:boolean", "true or false", _read_boolean, lambda value: "true" if value else "false")

XmlBoolean = Annotated[bool, Field(strict=True), BOOLEAN]
"""True or false; ``None`` says nothing, which is not the same as false."""


def _read_double(text: str) -> float:
    if text in ("NaN", "INF", "-INF"):
        raise Unrepresentable("is no place on a map; give degrees as a decimal number")
    found = re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?(?P<exponent>[0-9]*))?", text, re.ASCII)
    if not found:
        raise ValueError("must be a decimal number")
    if found["exponent"] == "":
        raise Unrepresentable("has no digits in its exponent")  # The standard forbids it, libxml2 lets it pass.
    number = float(text)
    if not math.isfinite(number):
        raise Unrepresentable("is larger than a 64-bit floating-point number holds")
    return number


XmlDouble = Annotated[
    float,
    Field(strict=True, allow_inf_nan=False),
    Simple("xs:double", "a decimal number", _read_double, repr),
]
"""A finite floating-point number of 64 bits."""

# --- dates and times ---------------------------------------------------------------------------------------------

_DATE = r"(?P<sign>-?)(?P<year>[0-9]{4,})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_OFFSET = r"(?P<offset>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DATETIME_RE = re.compile(
    _DATE + r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?" + _OFFSET,
    re.ASCII,
)
_DATE_RE = re.compile(_DATE + _OFFSET, re.ASCII)
_DATETIME_EXPECTED = "a date and time with its UTC offset, such as 2026-01-31T08:00:00+01:00 or 2026-01-31T07:00:00Z"
_DATE_EXPECTED = "a date such as 2009-12-31"
# What Python holds of these, for JSON Schema: any dialect of patterns reads them alike.
_DATE_JSON = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATETIME_JSON = (
    f"^{_DATE_JSON}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{{1,6}}0*)?"
    "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))$"
)


def _calendar(found: re.Match[str]) -> tuple[int, int, int]:
    """Year, month and day, proven to exist in the calendar."""
    year, month, day = found["year"], int(found["month"]), int(found["day"])
    if (len(year) > 4 and year.startswith("0")) or not year.strip("0"):
        raise ValueError("has no valid year")
    if found["sign"] or len(year) > 4:
        # Leap years repeat every 400 years, so a stand-in year proves whether the day exists at all.
        date(2000 + int(year[-4:]) % 400, month, day)
        raise Unrepresentable("has a year outside 0001 to 9999")
    date(int(year), month, day)
    return int(year), month, day


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def read_datetime(text: str) -> datetime:
    """Read an ``xs:dateTime`` with its offset.

    Raises MissingOffset without an offset, Unrepresentable for what Python cannot hold (``24:00:00``, years beyond
    four digits, more than six significant fraction digits), and ValueError for anything else that is no date-time.
    """
    found = _DATETIME_RE.fullmatch(text)
    if not found:
        raise ValueError(f"must be {_DATETIME_EXPECTED}")
    try:
        year, month, day = _calendar(found)
        hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
        fraction = (found["fraction"] or "").rstrip("0")
        if hour == 24 and not minute and not second and not fraction:
            raise Unrepresentable("is midnight written as 24:00:00; write 00:00:00 of the next day")
        value = datetime(year, month, day, hour, minute, second, int((fraction + "000000")[:6]), UTC)
    except (Unrepresentable, MissingOffset):
        raise
    except ValueError:
        raise ValueError(f"must be {_DATETIME_EXPECTED}") from None
    if len(fraction) > 6:
        raise Unrepresentable("is finer than a microsecond; write at most six fraction digits")
    if not found["offset"]:
        raise MissingOffset("has no UTC offset")
    return value.replace(tzinfo=_zone(found["offset"]))


def write_datetime(value: datetime) -> str:
    """The canonical text: ``Z`` for UTC, the offset as it was otherwise, no trailing zeros in the fraction."""
    offset = value.utcoffset()
    text = value.replace(tzinfo=None).isoformat()
    if value.microsecond:
        text = text.rstrip("0")
    if not offset:
        return text + "Z"
    sign, minutes = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    total = int(minutes.total_seconds()) // 60
    return f"{text}{sign}{total // 60:02}:{total % 60:02}"


def _datetime_input(value: Any) -> Any:
    # Numbers are left to fail: pydantic would otherwise read 1700000000 as a time, which no record means.
    if isinstance(value, str):
        return read_datetime(value)
    if not isinstance(value, datetime):
        raise ValueError(f"must be {_DATETIME_EXPECTED}")
    return value


def _aware(value: datetime) -> datetime:
    """Keep the instant and the offset, and nothing else of the time zone: that is what the wire can say."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("has no UTC offset; give the offset that the time was recorded with")
    if offset % timedelta(minutes=1) or abs(offset) > MAX_OFFSET:
        raise ValueError("has a UTC offset that XML cannot write: whole minutes, at most 14 hours")
    return value.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)


XmlDateTime = Annotated[
    datetime,
    BeforeValidator(_datetime_input),
    Field(strict=True),
    AfterValidator(_aware),
    Simple("xs:dateTime", _DATETIME_EXPECTED, read_datetime, write_datetime),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _DATETIME_JSON}),
]
"""A moment with its UTC offset; both are evidence. Resolution: one microsecond."""


def _read_date(text: str) -> date:
    found = _DATE_RE.fullmatch(text)
    if not found:
        raise ValueError(f"must be {_DATE_EXPECTED}")
    try:
        value = date(*_calendar(found))
    except Unrepresentable:
        raise
    except ValueError:
        raise ValueError(f"must be {_DATE_EXPECTED}") from None
    if found["offset"]:
        raise Unrepresentable("has a time zone; write the date alone")
    return value


def _date_input(value: Any) -> Any:
    if isinstance(value, str):
        return _read_date(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"must be {_DATE_EXPECTED}")
    return value


XmlDate = Annotated[
    date,
    BeforeValidator(_date_input),
    Field(strict=True),
    Simple("xs:date", _DATE_EXPECTED, _read_date, date.isoformat),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DATE_JSON}$"}),
]
"""A calendar day without a time zone."""

# --- several of a kind -------------------------------------------------------------------------------------------

T = TypeVar("T")
Many = Annotated[Sequence[T], AfterValidator(tuple)]
"""Any number of values. Lists and tuples are accepted; a tuple is kept, so that a document cannot change later."""
