"""The review record's format as JSON Schema 2020-12, so that any language can produce and check it.

It is made from the models when it is asked for, so it cannot differ from what the program that prints it accepts;
``schemas/review-record.schema.json`` is the same for those who have no program, and a test fails when it is stale.

It says what `cybertip.intake.read_record` accepts, but for what JSON Schema cannot say: a key that stands twice,
whether a day exists in the calendar, which characters XML and an id can carry (`accept_record` mends most of them),
numbers such as ``1.0`` that JSON Schema takes for whole ones, and rules across fields: ids of evidence are unique, and
attachments are evidence of the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from cybertip.models._base import Choice
from cybertip.review import FORMAT, ReviewRecord

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:cybertip:review-record:1"


def record_schema() -> dict[str, Any]:
    """The schema as plain data."""
    made = _tidy(ReviewRecord.model_json_schema(mode="validation"))
    parts = made.pop("$defs")
    for choice in _choices(ReviewRecord):
        # A field that is null is not given.
        given = [{"required": [name], "properties": {name: {"type": "object"}}} for name in choice.one_of]
        parts[choice.__name__]["oneOf"] = given
    return {
        "$schema": DIALECT,
        "$id": IDENTIFIER,
        "title": f"Review record, format {FORMAT}",
        **made,
        "$defs": dict(sorted(parts.items())),
    }


def _tidy(value: Any, *, names: bool = False) -> Any:
    """Without titles that only repeat names, without defaults that say nothing, and with texts in one line.

    Args:
        value: the schema, or what is in it.
        names: whether the keys of `value` are names of fields or parts, so that none of them means anything here.
    """
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy = {}
    for key, item in value.items():
        if not names and (key == "title" or (key == "default" and item is None)):
            continue
        if not names and key == "description":
            tidy[key] = " ".join(item.split()).replace("``", "`")
        else:
            tidy[key] = _tidy(item, names=key in ("properties", "$defs") and not names)
    return tidy


def _choices(root: type[BaseModel]) -> Iterator[type[Choice]]:
    """The models below one of which exactly one field is given."""
    for model in models_of(root):
        if issubclass(model, Choice) and model.one_needed:
            yield model


def models_of(root: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and all that its fields are made of, each once, in the order of the fields."""
    found: list[type[BaseModel]] = []
    queue: list[type[BaseModel]] = [root]
    while queue:
        model = queue.pop(0)
        if model not in found:
            found.append(model)
            for info in model.model_fields.values():
                queue += [part for part in parts_of(info.annotation) if issubclass(part, BaseModel)]
    return found


def parts_of(annotation: Any) -> list[type]:
    """The classes that an annotation is made of."""
    inner = [part for argument in getattr(annotation, "__args__", ()) for part in parts_of(argument)]
    return [*([annotation] if isinstance(annotation, type) else []), *inner]
