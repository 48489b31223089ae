"""Demands on single values that the tables name: each says what is wrong, as the end of a sentence, or nothing."""

from __future__ import annotations

from cybertip.mock.rules._judging import Case, ValueTest
from cybertip.mock.rules._values import (
    COUNTRIES,
    email_fault,
    has_offset,
    is_blank,
    is_past_date,
    moment,
    number,
    units,
    url_fault,
)


def at_most(limit: int) -> ValueTest:
    """The text is not longer than this."""
    return lambda text, _: None if units(text) <= limit else f"must be at most {limit} characters"


def not_blank(text: str, _: Case) -> str | None:
    """The text holds more than white space."""
    return "must not be blank" if is_blank(text) else None


def with_offset(text: str, _: Case) -> str | None:
    """The time says its offset from UTC."""
    return None if has_offset(text) else "must have a UTC offset"


def past(text: str, case: Case) -> str | None:
    """The time is before now; now itself is refused. A time without an offset is S119's business alone."""
    time = moment(text)
    return "must be in the past" if time is not None and time >= case.now else None


def past_date(text: str, case: Case) -> str | None:
    """The day has ended in UTC."""
    return None if is_past_date(text, case.now) else "must be in the past"


def between(lowest: int, highest: int) -> ValueTest:
    """The number lies in this range, its ends among it."""
    return lambda text, _: None if lowest <= number(text) <= highest else f"must be between {lowest} and {highest}"


def positive(text: str, _: Case) -> str | None:
    """The number is above zero."""
    return None if number(text) > 0 else "must be a positive number"


def one_of(codes: frozenset[str], what: str) -> ValueTest:
    """The text is one of these codes, letter by letter."""
    return lambda text, _: None if text in codes else f"must be {what}"


country = one_of(COUNTRIES, "an ISO 3166-1 alpha-2 country code")


def email(text: str, _: Case) -> str | None:
    """The text is an e-mail address."""
    return email_fault(text)


def url(text: str, _: Case) -> str | None:
    """The text is a URL."""
    return url_fault(text)
