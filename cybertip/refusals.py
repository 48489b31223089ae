"""What a model refused, in words for the person who has to mend it.

The words of pydantic are those of a library: `Input should be a valid dictionary or instance of Person`. Whoever writes
a record knows JSON, so the findings here speak of objects, lists and texts, name the place by a JSON pointer, and say
what to do. Values are never quoted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from cybertip.findings import Finding, error
from cybertip.models._types import IllegalCharacter, MissingOffset, Unrepresentable

_KINDS = {
    "model_type": ("must be an object", "Write its fields in braces: {…}."),
    "dict_type": ("must be an object", "Write its fields in braces: {…}."),
    "list_type": ("must be a list", "Write it in brackets, also when there is only one: […]."),
    "tuple_type": ("must be a list", "Write it in brackets, also when there is only one: […]."),
    "is_instance_of": ("must be a list", "Write it in brackets, also when there is only one: […]."),
    "sequence_str": ("must be a list", "Write it in brackets, also when there is only one: […]."),
    "string_type": ("must be a text", "Write it in quotation marks, or leave the field out where nothing is known."),
    "string_unicode": ("has a key that is no valid Unicode", "Mend or remove the key."),
    "int_type": ("must be a whole number", "Write its digits without quotation marks."),
    "int_from_float": ("must be a whole number", "Leave the fraction out."),
    "float_type": ("must be a number", "Write it without quotation marks."),
    "bool_type": ("must be true or false", "Write it without quotation marks."),
}
"""Message and cure by pydantic's type of error."""

_BOUNDS = {
    "greater_than_equal": ("must be at least {ge}", "Mend the number, or leave the field out where it is not known."),
    "greater_than": ("must be more than {gt}", "Mend the number, or leave the field out where it is not known."),
    "less_than_equal": ("must be at most {le}", "Mend the number, or leave the field out where it is not known."),
    "less_than": ("must be less than {lt}", "Mend the number, or leave the field out where it is not known."),
    "too_short": ("must have at least {min_length} items", "Add what is missing, or leave the field out."),
}


def pointer_of(steps: Sequence[int | str]) -> str:
    """The JSON pointer of a place, with what stands for ``/`` and ``~`` in names."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def pointed(problem: ValidationError) -> list[Finding]:
    """The findings for what a record or profile model refused, one for each error, at its JSON pointer."""
    return [_finding(item) for item in problem.errors(include_url=False, include_input=False)]


def _finding(item: Mapping[str, Any]) -> Finding:
    pointer, kind, context = pointer_of(item["loc"]), item["type"], item.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, MissingOffset):
        cure = "Give the offset that the time was recorded with: Z or ±hh:mm. Do not guess it."
        return error("S119", pointer, f"the time {cause}", cure)
    if isinstance(cause, Unrepresentable):
        return error("X005", pointer, f"the value {cause}")
    if isinstance(cause, ValueError):
        return error("X003" if isinstance(cause, IllegalCharacter) else "X002", pointer, f"the value {cause}")
    if kind == "missing":
        return error("X002", pointer, "the field is missing", "It is mandatory: add it.")
    if kind == "extra_forbidden":
        cure = "Remove it; what has no field of its own belongs into `notes`."
        return error("X002", pointer, "there is no such field", cure)
    if kind in ("enum", "literal_error"):
        # The list names the vocabulary, never the value.
        return error("X002", pointer, "the value is none of those known here", f"Choose {context['expected']}.")
    if kind in _BOUNDS:
        message, cure = _BOUNDS[kind]
        return error("X002", pointer, f"the value {message.format(**context)}", cure)
    message, cure = _KINDS.get(kind, (item["msg"], ""))
    return error("X002", pointer, f"the value {message}" if kind in _KINDS else message, cure)
