"""Review records for tests."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema import Draft202012Validator

from cybertip.record_schema import record_schema
from cybertip.template import PLACEHOLDER


def chosen(record: dict[str, Any]) -> dict[str, Any]:
    """A template's record in which each choice that must be made is made: the first of the values."""
    content = copy.deepcopy(record)
    for problem in _choices(Draft202012Validator(record_schema()).iter_errors(content)):
        assert problem.instance == PLACEHOLDER
        *around, last = problem.absolute_path
        part: Any = content
        for step in around:
            part = part[step]
        part[last] = problem.validator_value[0]
    return content


def _choices(problems: Iterable[Any]) -> Iterator[Any]:
    """The places where one of several values must stand, however deep they are."""
    for problem in problems:
        if problem.validator == "enum":
            yield problem
        # Whether what may be null is null is not what is asked.
        yield from _choices(item for item in problem.context if item.validator != "type")
