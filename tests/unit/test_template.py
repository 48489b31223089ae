"""The template of a record: every field, explained, and nothing in it that could be filed by oversight."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cybertip import sample
from cybertip.builder import build
from cybertip.findings import RecordError
from cybertip.intake import make_record
from cybertip.record_schema import models_of, record_schema
from cybertip.review import ReviewRecord
from cybertip.template import PLACEHOLDER, commented, placeholders, template
from tests.records import chosen


def keys_of(value: Any) -> set[str]:
    """The names of all fields at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_every_field_is_in_the_template() -> None:
    """No field of any part of a record is missing."""
    fields = {name for model in models_of(ReviewRecord) for name in model.model_fields}
    assert keys_of(template().record) == fields


def test_every_field_is_explained() -> None:
    """Above each field of the commented form stands what it means."""
    lines = commented(template()).splitlines()
    for before, line in itertools.pairwise(lines):
        if re.match(r'\s+"\w+": ', line):
            assert before.lstrip().startswith("// "), line


def test_the_commented_form_says_the_same() -> None:
    """Without its comments it is the plain record."""
    lines = commented(template()).splitlines()
    assert max(map(len, lines)) <= 120
    assert json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//"))) == template().record


@pytest.mark.parametrize("minimal", [False, True])
def test_only_choices_keep_it_from_being_read(minimal: bool) -> None:
    """Where one of several values must be chosen the template chooses none; all else has the form that it must have."""
    record = template(minimal=minimal).record
    with pytest.raises(RecordError) as caught:
        make_record(record)
    findings = caught.value.findings
    assert {finding.code for finding in findings} == {"X002"}
    assert all(finding.cure.startswith("Choose ") for finding in findings)
    assert "/incident/type" in {finding.path for finding in findings}
    make_record(chosen(record))


@pytest.mark.parametrize("minimal", [False, True])
def test_nothing_of_it_is_ever_filed(minimal: bool) -> None:
    """Every place that still says what the template said is refused by name, even when the decision was filled in."""
    content = chosen(template(minimal=minimal).record)
    content["decision"] |= {"outcome": "confirmed", "reviewer": "r", "decided_at": "2026-03-02T10:15:00Z"}
    record = make_record(content)
    left = list(placeholders(record))
    assert {"/id", "/incident/occurred_at", "/suspects/0/identifier"} <= set(left)
    assert len(left) == str(content).count(PLACEHOLDER) + str(content).count("9999-12-31")
    with pytest.raises(RecordError) as caught:
        build(record, sample.profile())
    assert [finding.path for finding in caught.value.findings] == left


def test_a_filled_in_template_can_be_built() -> None:
    """When everything was replaced, the minimal form is a report."""
    content = chosen(template(minimal=True).record)
    content["id"] = "case-1"
    content["decision"] = {"outcome": "confirmed", "reviewer": "r", "decided_at": "2026-03-02T10:15:00Z"}
    content["incident"] |= {"occurred_at": "2026-03-02T09:58:12Z", "time_meaning": "Upload"}
    content["suspects"] = [{"identifier": "user-4711"}]
    content["evidence"][0] |= {"id": "file-1", "location": "a.png", "sha256": "a" * 64}
    assert build(make_record(content), sample.profile()).record_id == "case-1"


def test_what_is_chosen_is_valid_by_the_schema() -> None:
    """The full template, once its choices are made, is valid by the JSON Schema as well."""
    assert not list(Draft202012Validator(record_schema()).iter_errors(chosen(template().record)))
