"""What a look at one part of a configuration comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One look at one part.

    Attributes:
        name: the part, such as ``server``.
        result: how it ended.
        words: what was found, without secrets and names of evidence.
        cure: what to do; empty where nothing is to be done.
        unreachable: whether the server could not be reached.
        places: what exactly is meant, where there are many of them, as plain data.
    """

    name: str
    result: Result
    words: str
    cure: str = ""
    unreachable: bool = False
    places: tuple[dict[str, Any], ...] = field(default=())

    def __str__(self) -> str:
        cure = f". {self.cure}" if self.cure else ""
        return f"{self.result:<11}  {self.name}: {self.words}{cure}"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON output."""
        return {
            "check": self.name,
            "result": str(self.result),
            "words": self.words,
            "cure": self.cure,
            "places": list(self.places),
        }


def ok(name: str, words: str) -> Check:
    """All is as it should be."""
    return Check(name, Result.OK, words)


def warning(name: str, words: str, cure: str = "") -> Check:
    """Something to know; nothing is stopped by it."""
    return Check(name, Result.WARNING, words, cure)


def failed(name: str, words: str, cure: str = "") -> Check:
    """Filing will not work like this."""
    return Check(name, Result.FAILED, words, cure)


def not_checked(name: str, words: str, cure: str = "") -> Check:
    """It could not be looked at, or there is nothing to look at."""
    return Check(name, Result.NOT_CHECKED, words, cure)
