"""Times and dates: what text is read and written, and which Python values are taken."""

from __future__ import annotations

import io
import struct
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter

from cybertip.models._types import MissingOffset, Unrepresentable, XmlDate, XmlDateTime
from tests.unit.models.support import refused, simple

DATE, TIME = simple(XmlDate), simple(XmlDateTime)
NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def offset(hours: int, minutes: int = 0) -> timezone:
    return timezone(timedelta(hours=hours, minutes=minutes))


def zone(rule: str) -> zoneinfo.ZoneInfo:
    """A time zone by its POSIX rule; the machine's own table of zones may be missing."""
    block = struct.pack(">5s15x6llBB4s", b"TZif2", 0, 0, 0, 0, 1, 4, 0, 0, 0, b"UTC\0")
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(block + block + b"\n" + rule.encode() + b"\n"), key=rule)


# --- date-times --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("2026-01-31T12:00:00Z", NOON, "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00+00:00", NOON, "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00-00:00", NOON, "2026-01-31T12:00:00Z"),
        ("2026-01-31T12:00:00+14:00", NOON.replace(tzinfo=offset(14)), "2026-01-31T12:00:00+14:00"),
        ("2026-01-31T12:00:00-14:00", NOON.replace(tzinfo=offset(-14)), "2026-01-31T12:00:00-14:00"),
        ("2026-01-31T12:00:00+05:45", NOON.replace(tzinfo=offset(5, 45)), "2026-01-31T12:00:00+05:45"),
        ("2026-01-31T12:00:00-00:30", NOON.replace(tzinfo=offset(0, -30)), "2026-01-31T12:00:00-00:30"),
        ("2026-01-31T12:00:00.5Z", NOON.replace(microsecond=500_000), "2026-01-31T12:00:00.5Z"),
        ("2026-01-31T12:00:00.000001Z", NOON.replace(microsecond=1), "2026-01-31T12:00:00.000001Z"),
        ("2026-01-31T12:00:00.123456000000Z", NOON.replace(microsecond=123_456), "2026-01-31T12:00:00.123456Z"),
        ("2026-01-31T12:00:00.0000000000Z", NOON, "2026-01-31T12:00:00Z"),
        (" \t\r\n2026-01-31T12:00:00Z\n ", NOON, "2026-01-31T12:00:00Z"),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=offset(14)), "0001-01-01T00:00:00+14:00"),
        (
            "9999-12-31T23:59:59.999999-14:00",
            datetime.max.replace(tzinfo=offset(-14)),
            "9999-12-31T23:59:59.999999-14:00",
        ),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), "2024-02-29T23:59:59Z"),
    ],
)
def test_times_are_read_with_their_offset_and_written_canonically(text: str, value: datetime, written: str) -> None:
    """Instant, offset and microseconds survive; UTC is written Z and a fraction without trailing zeros."""
    found = TIME.parse(text)
    assert found == value
    assert found.utcoffset() == value.utcoffset()
    assert TIME.write(found) == written
    assert TIME.parse(written).isoformat() == found.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T24:00:00Z",
        "2026-01-31T24:00:00.000+01:00",
        "2026-12-31T24:00:00",
        "12026-01-31T12:00:00Z",
        "12024-02-29T12:00:00Z",
        "-0044-03-15T12:00:00Z",
        "-0004-02-29T12:00:00Z",
        "99999999999999999999-01-01T00:00:00Z",
        "2026-01-31T12:00:00.1234567Z",
        "2026-01-31T12:00:00.0000001Z",
        "2026-01-31T12:00:00.1234567",
    ],
)
def test_times_that_python_cannot_hold_are_said_to_be_so(text: str) -> None:
    """Midnight as 24:00:00, years beyond four digits and parts of a microsecond are right, but cannot be held."""
    with pytest.raises(Unrepresentable):
        TIME.parse(text)


@pytest.mark.parametrize("text", ["2026-01-31T12:00:00", "2026-01-31T12:00:00.5", " 2026-01-31T12:00:00 "])
def test_a_time_without_offset_lacks_just_that(text: str) -> None:
    """A missing offset is told apart from a wrong time."""
    with pytest.raises(MissingOffset):
        TIME.parse(text)


WRONG_DAYS = [
    "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "0000-01-01",
    "12026-02-30", "12026-02-29", "-0005-02-29", "-0001-13-01", "-0000-01-01", "02026-01-01", "00000-01-01",
    "+2026-01-01", "226-01-01", "2026-1-1", "20260101",
    "\u0662\u0660\u0662\u0666-01-01", "2026\u201301\u201301", "\u00a02026-01-01", "",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        *(f"{day}T12:00:00Z" for day in WRONG_DAYS),
        *(f"{day}T12:00:00" for day in WRONG_DAYS),
        *(
            f"2026-01-31{rest}"
            for rest in (
                "", "T", "T12:00Z", "T12:00:00+14:01", "T12:00:00-14:30", "T12:00:00+15:00", "T12:00:00+24:00",
                "T12:00:00+01:60", "T12:00:00+0100", "T12:00:00+01", "T12:00:00+1:00", "T12:00:00 Z", "T12:00:00z",
                "t12:00:00Z", " 12:00:00Z", "T24:00:01Z", "T24:01:00Z", "T24:00:00.1Z", "T25:00:00Z", "T12:60:00Z",
                "T12:00:60Z", "T12:00:00.Z", "T12:00:00,5Z", "T12:00:00UTC", "T12:00:00Z\u00a0", "T12:00:00ZZ",
            )
        ),
        "1769860800", "", " ", "yesterday", "Sat, 31 Jan 2026 12:00:00 GMT",
    ],
)  # fmt: skip
def test_what_is_no_time_is_plainly_wrong(text: str) -> None:
    """A day that does not exist is wrong whatever its year, and so is any other notation."""
    with pytest.raises(ValueError) as caught:
        TIME.parse(text)
    assert not isinstance(caught.value, (Unrepresentable, MissingOffset))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "value",
    [1_769_860_800, 1_769_860_800.0, "1769860800", True, None, date(2026, 1, 31), NOON.time(), b"2026-01-31T12:00:00Z"],
)
def test_only_times_are_taken_for_times(value: object) -> None:
    """A number, a truth value or a day is not guessed to be a moment."""
    assert refused(XmlDateTime, value)


def test_python_times_are_taken_with_their_offset() -> None:
    """An aware datetime, and its text, are taken; a naive one is refused."""
    assert TypeAdapter(XmlDateTime).validate_python(NOON) == NOON
    assert TypeAdapter(XmlDateTime).validate_python("2026-01-31T12:00:00Z") == NOON
    assert refused(XmlDateTime, NOON.replace(tzinfo=None))
    assert refused(XmlDateTime, "2026-01-31T12:00:00")


BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


@pytest.mark.parametrize(
    ("rule", "local", "fold", "expected"),
    [
        (BERLIN, (2026, 7, 1, 12, 0), 0, "2026-07-01T12:00:00+02:00"),
        (BERLIN, (2026, 10, 25, 2, 30), 0, "2026-10-25T02:30:00+02:00"),
        (BERLIN, (2026, 10, 25, 2, 30), 1, "2026-10-25T02:30:00+01:00"),
        ("NST3:30NDT,M3.2.0,M11.1.0", (2026, 1, 1, 0, 0), 0, "2026-01-01T00:00:00-03:30"),
        ("<+14>-14", (2026, 1, 1, 0, 0), 0, "2026-01-01T00:00:00+14:00"),
        ("UTC0", (2026, 1, 1, 0, 0), 1, "2026-01-01T00:00:00Z"),
    ],
)
def test_named_zones_become_the_offset_of_that_moment(
    rule: str, local: tuple[int, int, int, int, int], fold: int, expected: str
) -> None:
    """Of a time zone only the offset is kept, the repeated hour of autumn included."""
    given = datetime(*local, tzinfo=zone(rule), fold=fold)
    kept = TypeAdapter(XmlDateTime).validate_python(given)
    assert type(kept.tzinfo) is timezone
    assert kept.fold == 0
    assert TIME.write(kept) == expected
    assert kept.utcoffset() == given.utcoffset()


@pytest.mark.parametrize("seconds", [1, -1, 53 * 60 + 28, 14 * 3600 + 60, -14 * 3600 - 60, 23 * 3600])
def test_offsets_that_xml_cannot_write_are_refused(seconds: int) -> None:
    """An offset has whole minutes and at most fourteen hours."""
    assert refused(XmlDateTime, NOON.replace(tzinfo=timezone(timedelta(seconds=seconds))))


# --- dates -------------------------------------------------------------------------------------------------------


def test_dates_are_read_and_written() -> None:
    """A day of the calendar is read, white space around it included, and written as ISO 8601 has it."""
    assert DATE.parse(" 2024-02-29\n") == date(2024, 2, 29)
    assert DATE.write(date(44, 3, 15)) == "0044-03-15"
    assert TypeAdapter(XmlDate).validate_python("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("zone", ["Z", "+00:00", "-14:00", "+05:30"])
def test_dates_with_a_zone_cannot_be_held(zone: str) -> None:
    """The zone of a date is legal XML, and is not dropped in silence."""
    with pytest.raises(Unrepresentable):
        DATE.parse(f"2026-01-31{zone}")


@pytest.mark.parametrize("text", ["12026-01-31", "-0044-03-15", "12024-02-29", "12026-01-31Z"])
def test_dates_in_distant_years_cannot_be_held(text: str) -> None:
    """Years beyond four digits are legal XML, and beyond Python."""
    with pytest.raises(Unrepresentable):
        DATE.parse(text)


@pytest.mark.parametrize(
    "text", [*WRONG_DAYS, "2026-02-30Z", "2026-01-31T00:00:00", "2026-01-31+14:01", "2026-01", "2026-01-31z"]
)
def test_what_is_no_date_is_plainly_wrong(text: str) -> None:
    """A day that does not exist is wrong, whatever its year and zone."""
    with pytest.raises(ValueError) as caught:
        DATE.parse(text)
    assert not isinstance(caught.value, Unrepresentable)


@pytest.mark.parametrize("value", [NOON, NOON.replace(tzinfo=None), 20_484, "2026-01-31T00:00:00", True, None])
def test_only_days_are_taken_for_days(value: object) -> None:
    """A moment or a number is not cut down to a day."""
    assert refused(XmlDate, value)
