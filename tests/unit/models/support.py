"""Ways to the simple types."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from cybertip.models._types import Simple


def simple(alias: Any) -> Simple:
    """The reader and writer that an alias carries."""
    return next(mark for mark in alias.__metadata__ if isinstance(mark, Simple))


def refused(alias: Any, value: object) -> bool:
    """Whether a Python value is not taken."""
    try:
        TypeAdapter(alias).validate_python(value)
    except ValidationError:
        return True
    return False
