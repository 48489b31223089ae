"""What a rule is, and the table of all rules.

A rule is a function from one part of a document to problems, with one decorator that holds everything that is ever
said about it. It runs wherever that part occurs: a rule on `Email` checks a victim's address as well as a suspect's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cybertip.findings import Severity
from cybertip.models import Wire
from cybertip.rules._case import Case

Step = str | int
"""A field's Python name, or the index, from 0, of one of several."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found, in the terms of the part that it looked at.

    Attributes:
        message: what is wrong. It never quotes a value.
        at: the steps from the part to the place; empty for the part itself.
        cure: what to do, where it differs from the rule's own cure.
        file: the index of the file details that the place is in, where a rule on the report speaks of them.
        path: the whole path, where the rule knows it better than by steps.
    """

    message: str
    at: Sequence[Step] = ()
    cure: str | None = None
    file: int | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A time ahead by no more than clocks differ: no error, but it must have passed before the report is sent.

    Attributes:
        until: the time.
    """

    until: datetime


Outcome = Problem | Ahead
Check = Callable[[Any, Case], Iterable[Outcome]]
"""The first argument is a part of one of the kinds that the rule looks at."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, and what is said about it.

    Attributes:
        code: its stable code, such as ``S103``.
        severity: what its findings weigh.
        title: what it demands or advises, in one line.
        reason: why.
        cure: how to mend what breaks it.
        section: the section of the API's documentation, or whatever else it follows.
        wrong: an example that breaks it, as XML or in words; an ellipsis stands for anything. Empty where none helps.
        right: the same, mended.
        parts: the models that it looks at; empty where something other than this package's rules looks, see `checked`.
        check: the function; None likewise.
        checked: what looks, and when.
    """

    code: str
    severity: Severity
    title: str
    reason: str
    cure: str
    section: str
    wrong: str = ""
    right: str = ""
    parts: tuple[type[Wire], ...] = ()
    check: Check | None = None
    checked: str = "on every check of a document"

    @property
    def family(self) -> str:
        """The letter that the code begins with."""
        return self.code[0]

    @property
    def source(self) -> str:
        """What it rests on."""
        if self.family in "SB" and self.check is not None:
            return f"NCMEC's documentation of the reporting API (2025-06-11 and additions), section {self.section}"
        return self.section


RULES: dict[str, Rule] = {}
"""All rules by code."""

C = TypeVar("C", bound=Check)


def rule(
    code: str,
    *parts: type[Wire],
    title: str,
    reason: str,
    cure: str,
    section: str,
    wrong: str = "",
    right: str = "",
    severity: Severity = Severity.ERROR,
) -> Callable[[C], C]:
    """Register a function as the rule `code` on `parts`."""

    def register(check: C) -> C:
        describe(Rule(code, severity, title, reason, cure, section, wrong, right, parts, check))
        return check

    return register


def describe(described: Rule) -> None:
    """Enter a rule into the table. A code stands for one rule for ever, so entering it twice is a mistake."""
    assert described.code not in RULES, described.code
    RULES[described.code] = described
