"""Values as they may be written in a document, by type: right ones, wrong ones, and ones on which processors
differ.

The contents are invented and harmless: reserved example domains and documentation address ranges only.
"""

from __future__ import annotations

import re

from cybertip.schema.structure import SimpleType

_NUMBERS = ("0", "1", "7", "-1", "+1", "-0", "+0", "007", "-0042", " 12 ", "\n\t5\n", "65535")
_ZONES = ("", "Z", "+00:00", "-00:00", "+01:00", "-08:00", "+05:30", "+14:00", "-14:00")

VALID: dict[str, tuple[str, ...]] = {
    "xs:string": (
        "", " ", "[message text]", "  spaces around  ", "two\nlines\tand a tab", "a & b < c > d", "]]>",
        "\"both\" 'quotes'", "\u00e9\u4e2d\u05d0", "\U0001f600 astral", "e\u0301", "\u00a0", "\ufffd",
        "\ufeffmark", "\r\n", "\x7f\x85\u2028", "x" * 2500, "0", "true", "Other",
        "https://example.com/a?b=1&c=2", "192.0.2.17", "2001:db8::1", "user@example.com", "\u202eturned",
        "\U0010fffd", "&amp;", "<tag/>", "<!-- no comment -->", "?>",
    ),
    "xs:token": ("", "  ", "d41d8cd98f00b204e9800998ecf8427e", " a  b ", "\tx\n", "\U0001f600", "0"),
    "xs:boolean": ("true", "false", "1", "0", " true ", "\nfalse\t", "\r\n1 "),
    "xs:int": (*_NUMBERS, "2147483647", "-2147483648", "0000000000000000000002147483647"),
    "xs:long": (*_NUMBERS, "2147483648", "9223372036854775807", "-9223372036854775808", "0" * 9 + "42"),
    "xs:double": (
        *_NUMBERS, "NaN", "INF", "-INF", "37.4220", "-122.0841", ".5", "5.", "1e3", "1E-3",
        "-1.5e+10", "1e400", "0." + "0" * 60 + "1",
    ),
    "xs:date": (
        "2026-09-30", "2024-02-29", "2000-02-29", "1999-12-31", "12026-01-01", "-0044-03-15",
        *(f"2026-07-04{zone}" for zone in _ZONES if zone),
    ),
    "xs:dateTime": (
        "2024-02-29T12:00:00Z", "2026-09-30T24:00:00Z", "2026-09-30T24:00:00.000", "12026-01-01T00:00:00Z",
        "-0044-03-15T12:00:00Z", "-0004-02-29T00:00:00", "2026-09-30T01:02:03Z",
        "2026-09-30T01:02:03+01:00", "2026-09-30T01:02:03.5Z", "2026-09-30T01:02:03.123456Z",
        "2026-09-30T01:02:03.1234567890123+01:00", "2026-12-31T23:59:59.999-08:00", "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z", *(f"2026-07-04T23:59:59{zone}" for zone in _ZONES),
    ),
}  # fmt: skip

_NOT_NUMBERS = (
    "",
    " ",
    "one",
    "1,000",
    "1 2",
    "--1",
    "+-1",
    "0x1F",
    "\u0661\u0662",
    "\uff11",
    "1\u00a0",
    "\u00a01",
    "1_0",
)
_NOT_DATES = (
    "",
    " ",
    "yesterday",
    "1700000000",
    "09/30/2026",
    "2026-W40-3",
    "\u00a02026-09-30",
    "2026-9-30",
    "26-09-30",
)

WRONG: dict[str, tuple[str, ...]] = {
    "xs:boolean": ("", " ", "TRUE", "True", "yes", "2", "01", "-1", "tru e", "true false", "\u00a0true"),
    "xs:int": (*_NOT_NUMBERS, "1.0", "1e3", "NaN", "INF"),
    "xs:long": (*_NOT_NUMBERS, "1.0", "1e3", "NaN", "INF"),
    "xs:double": (*_NOT_NUMBERS, "inf", "nan", "+INF", ".", "-", "e5", "INFINITY", "1.2.3", "37\u00b025'"),
    "xs:date": (
        *_NOT_DATES, "2026-09-30T00:00:00", "2026-02-29", "1900-02-29", "2026-13-01", "2026-04-31",
        "2026-00-10", "2026-09-30+14:01", "2026-09-30+24:00", "0000-01-01", "2026-09", "012026-01-01",
        "+2026-01-01",
    ),
    "xs:dateTime": (
        *_NOT_DATES, "2026-09-30", "2026-09-30 01:02:03Z", "2026-09-30t01:02:03Z", "2026-09-30T01:02:03z",
        "2026-09-30T01:02Z", "2026-09-30T01:02:03+0100", "2026-09-30T01:02:03+01", "2026-09-30T01:02:03 Z",
        "2026-09-30T01:02:03.Z", "2026-09-30T01:02:03,5Z", "2026-09-30T24:00:01Z", "2026-09-30T25:00:00Z",
        "2026-09-30T01:60:00Z", "2026-09-30T01:02:60Z", "2026-02-30T01:02:03Z", "2025-02-29T01:02:03Z",
        "2026-09-30T01:02:03+14:01", "2026-09-30T01:02:03+15:00", "0000-01-01T00:00:00Z",
        "012026-01-01T00:00:00Z", "+2026-01-01T00:00:00Z", "2026-09-30T1:02:03Z", "2026-09-30T01:02:03UTC",
        "Wed, 30 Sep 2026 01:02:03 GMT",
    ),
}  # fmt: skip

OUT_OF_RANGE: dict[str, tuple[str, ...]] = {
    "xs:int": ("2147483648", "-2147483649", "9223372036854775807", "99999999999999999999999999"),
    "xs:long": ("9223372036854775808", "-9223372036854775809", "99999999999999999999999999"),
}

# Right by one reading and wrong by another, or beyond what a processor has to support. White space around
# dates, NaN and INF is right by the standard, and libxml2 refuses most of it.
DOUBTFUL: dict[str, tuple[str, ...]] = {
    "xs:double": ("1e", "1e+", "1E400000", "1e-400000", "-NaN", "+NaN", "9" * 400, " NaN ", "INF ", "\n-INF"),
    "xs:date": ("99999999999-01-01", "-99999999999-01-01", "99999999999999999999999-01-01", "-0000-01-01",
                " 2026-09-30", "2026-09-30\n", " 2026-09-30Z "),
    "xs:dateTime": (
        "99999999999-01-01T00:00:00Z", "99999999999999999999999-01-01T00:00:00Z", "-0000-01-01T00:00:00Z",
        "2026-09-30T24:00:00.0000001Z", "2026-09-30T01:02:03." + "1" * 60 + "Z", "2026-12-31T23:59:60.5Z",
        " 2026-09-30T01:02:03Z", "2026-09-30T01:02:03Z ", "\n2026-09-30T01:02:03\t", "2026-09-30T01:02:03 ",
    ),
    "xs:int": ("0" * 60 + "1", "-" + "0" * 40, "0" * 25 + "2147483648"),
    "xs:long": ("0" * 60 + "1", "-" + "0" * 40, "0" * 25 + "9223372036854775808"),
    "xs:boolean": ("\u2003true", "true\u200b", "\x85true"),
}  # fmt: skip

# Both valid and invalid ones: which is which depends on the pattern.
_FOR_PATTERNS = (
    "+1", "+44", "+358", "+000", "0", "7", "0042", "12345678901", "9" * 40, "", " ", "1 ", " +1", "+1 ", "+",
    "++1", "+1234", "+4a", "x123", "12-3", "-1", "+1\n", "\uff11", "+\u0661", "#12", "1.5",
)  # fmt: skip


def right_values(type_: SimpleType) -> tuple[str, ...]:
    """Texts that a type accepts; for an enumeration, all of them."""
    if type_.values is not None:
        return tuple(sorted(type_.values))
    if type_.patterns:
        return tuple(text for text in _FOR_PATTERNS if _matches(type_, text))
    return VALID[type_.base]


def wrong_patterns(type_: SimpleType) -> tuple[str, ...]:
    """Texts that a type with patterns refuses."""
    return tuple(text for text in _FOR_PATTERNS if type_.patterns and not _matches(type_, text))


def near_misses(type_: SimpleType, value: str) -> tuple[str, ...]:
    """Texts that look like a value of an enumeration, and are not in it."""
    candidates = (
        value.lower(), value.upper(), value.swapcase(), f" {value}", f"{value} ", f"{value}\n",
        f"\u00a0{value}", f"{value}x", value[:-1], value.replace(" ", "  "), value.replace(" ", "_"),
        f"{value}\u200b", "Unlisted", "AA", "ZZ",
    )  # fmt: skip
    return tuple(text for text in candidates if text not in (type_.values or ()))


def needs_text(type_: SimpleType) -> bool:
    """Whether an empty text is wrong."""
    if type_.values is not None:
        return "" not in type_.values
    return bool(type_.patterns) or type_.base not in ("xs:string", "xs:token")


def _matches(type_: SimpleType, text: str) -> bool:
    # The patterns of these schemas mean the same in both languages, but for digits beyond ASCII.
    return any(re.fullmatch(pattern, text, re.ASCII) for pattern in type_.patterns)
