"""What many rules share: limits on lengths, and *past*."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date

from cybertip.models import Wire
from cybertip.models._shape import shape_of
from cybertip.rules._case import Case
from cybertip.rules._registry import Ahead, Outcome, Problem
from cybertip.rules._values import countries, is_blank, units


def name_of(part: Wire, field: str) -> str:
    """What a field is called in XML: ``<age>``, ``@verified``, or "the text" for an element's own."""
    shape = shape_of(type(part))
    if shape.text is not None and shape.text.field == field:
        return "the text"
    found = next((item.name for item in shape.attributes if item.field == field), None)
    return f"@{found}" if found else next(f"<{item.name}>" for item in shape.children if item.field == field)


def longer(part: Wire, **most: int) -> Iterator[Problem]:
    """Texts that are longer than so many UTF-16 code units, by the names of their fields."""
    for field, limit in most.items():
        value = getattr(part, field)
        if value is None:
            continue
        several = not isinstance(value, str)
        for index, text in enumerate(value if several else (value,)):
            if units(text) > limit:
                yield Problem(
                    f"{name_of(part, field)} has {units(text)} characters; at most {limit} are accepted",
                    (field, index) if several else (field,),
                )


def blank(part: Wire, *fields: str) -> Iterator[Problem]:
    """Texts that stand there and say nothing."""
    for field in fields:
        value = getattr(part, field)
        if value is not None and is_blank(value):
            yield Problem(f"{name_of(part, field)} is blank", (field,))


def not_past(part: Wire, case: Case, *fields: str) -> Iterator[Outcome]:
    """Times that lie ahead, and days that have not ended."""
    for field in fields:
        value = getattr(part, field)
        if value is None:
            continue
        if field == "date_of_birth":
            assert isinstance(value, date)
            if value >= case.now.astimezone(UTC).date():
                yield Problem(f"{name_of(part, field)} is not in the past: that day has not ended in UTC", (field,))
        elif value > case.latest:
            yield Problem(f"{name_of(part, field)} is in the future", (field,))
        elif value >= case.now:
            # Past is strict: this very moment has not passed yet.
            yield Ahead(value)


def no_country(part: Wire, *fields: str) -> Iterator[Problem]:
    """Codes that the schema lists although they are no country."""
    for field in fields:
        value = getattr(part, field)
        if value is not None and str(value) not in countries():
            yield Problem(f"{name_of(part, field)} is not a country code of ISO 3166-1", (field,))


def outside(part: Wire, low: int, high: int, *fields: str) -> Iterator[Problem]:
    """Numbers below or above what is accepted."""
    for field in fields:
        value = getattr(part, field)
        if value is not None and not low <= value <= high:
            yield Problem(f"{name_of(part, field)} is not between {low} and {high}", (field,))
