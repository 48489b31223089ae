"""The mock server's own reading of the documented rules, statement by statement.

Each row of the tables holds a place in a document, values for it that break a rule, and values that do not. The first
value of each is the smallest step across the border. All people, addresses and accounts are invented.
"""

from __future__ import annotations

from typing import Any

import pytest

from cybertip.mock.rules import CODES
from cybertip.schema import Schema
from tests.unit.mock.rule_documents import (
    found,
    judge,
)
from tests.unit.mock.rule_rows import BROKEN, REPAIRED, ROWS, Row


def named(cases: list[tuple[Row, str]]) -> list[Any]:
    """The cases, named by code, place and number."""
    return [
        pytest.param(each, value, id=f"{each.code}-{each.path.rpartition('/')[2]}-{number}")
        for number, (each, value) in enumerate(cases)
    ]


@pytest.mark.parametrize(("case", "value"), named(BROKEN))
def test_broken(case: Row, value: str) -> None:
    """A value that breaks a statement is reported once, with the code of its rule and where it stands."""
    batched = case.code.startswith("B")
    assert found(case.template.replace("{}", value), batched=batched) == [(case.code, case.path)]


@pytest.mark.parametrize(("case", "value"), named(REPAIRED))
def test_repaired(case: Row, value: str) -> None:
    """A value on the right side of the border is not reported."""
    assert judge(case.template.replace("{}", value), batched=case.code.startswith("B")) == []


@pytest.mark.parametrize(("case", "value"), named([*BROKEN, *REPAIRED]))
def test_schema_accepts(case: Row, value: str) -> None:
    """The schema accepts every document of the tables, so that only a rule can refuse it."""
    assert list(Schema.bundled().validate(case.template.replace("{}", value).encode())) == []


def test_every_code_is_judged() -> None:
    """All documented codes are judged, and each has a row here or a test of its own."""
    documented = {
        *(f"S{number}" for number in (*range(101, 120), *range(201, 217), *range(301, 309))),
        *(f"B{number}" for number in range(401, 407)),
    }
    assert documented == CODES
    assert {each.code for each in ROWS} == documented - {"B403"}


@pytest.mark.parametrize(("case", "value"), named(BROKEN))
def test_sentences(case: Row, value: str) -> None:
    """A sentence names what is at fault and quotes nothing from the document."""
    sentence = judge(case.template.replace("{}", value), batched=case.code.startswith("B"))[0].sentence
    name = case.path.rpartition("/")[2].partition("[")[0].removeprefix("@")
    assert sentence.isascii()
    if case.path != "/fileDetails":
        assert name in sentence
    # Shorter ones may be part of a word; "true" is one that the server asks for or refuses.
    if len(value) > 4:
        assert value not in sentence


# --- where types are shared --------------------------------------------------------------------------------------
