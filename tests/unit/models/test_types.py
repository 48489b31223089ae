"""Numbers, truth values and texts: what text is read and written, and which Python values are taken."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from cybertip.models import Phone
from cybertip.models._shape import shape_of
from cybertip.models._types import (
    BOOLEAN,
    Simple,
    Unrepresentable,
    XmlBoolean,
    XmlDouble,
    XmlInt,
    XmlLong,
    XmlString,
    XmlToken,
)
from tests.unit.models.support import refused, simple

STRING, TOKEN, INT, LONG, DOUBLE = map(simple, (XmlString, XmlToken, XmlInt, XmlLong, XmlDouble))

# --- numbers -----------------------------------------------------------------------------------------------------

LIMITS = [(INT, XmlInt, 2**31), (LONG, XmlLong, 2**63)]


@pytest.mark.parametrize(("kind", "alias", "limit"), LIMITS, ids=["int", "long"])
def test_whole_numbers_reach_from_limit_to_limit(kind: Simple, alias: Any, limit: int) -> None:
    """The smallest and the largest number are read, written and taken; the next ones are not."""
    for value in (-limit, -1, 0, 1, limit - 1):
        assert kind.parse(str(value)) == value
        assert kind.write(value) == str(value)
        assert TypeAdapter(alias).validate_python(value) == value
    for value in (-limit - 1, limit, 10**18 * limit):
        assert refused(alias, value)
        with pytest.raises(ValueError, match="whole number between"):
            kind.parse(str(value))


@pytest.mark.parametrize("kind", [INT, LONG])
@pytest.mark.parametrize(
    ("text", "value"),
    [("+7", 7), ("007", 7), ("-0042", -42), ("-0", 0), ("+0", 0), (" \n5\t", 5), ("0" * 5000 + "9", 9)],
)
def test_whole_numbers_may_have_signs_zeros_and_white_space(kind: Simple, text: str, value: int) -> None:
    """Leading zeros, a plus sign and white space around a number mean nothing."""
    assert kind.parse(text) == value


@pytest.mark.parametrize("kind", [INT, LONG])
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "one", "1.0", "1e3", "1 2", "--1", "+-1", "+", "0x1F", "1_0", "1,000", "\u0661", "\uff11", "1\u00a0",
        "NaN", "INF", "true", "9" * 20, "9" * 5000, "-" + "9" * 5000, "0" * 5000 + "9" * 20,
    ],
)  # fmt: skip
def test_other_notations_are_no_whole_numbers(kind: Simple, text: str) -> None:
    """Whatever Python's int() takes beyond XML is refused, thousands of digits with the same words."""
    with pytest.raises(ValueError, match="must be a whole number between"):
        kind.parse(text)


@pytest.mark.parametrize("value", [True, False, "1", 1.0, b"1", None])
def test_only_whole_numbers_are_taken_for_numbers(value: object) -> None:
    """A truth value, a text or a fraction is not converted."""
    assert refused(XmlInt, value)
    assert refused(XmlLong, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("37.4220", 37.422),
        ("-122.0841", -122.0841),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1", 1.0),
        ("007", 7.0),
        ("1E-3", 0.001),
        ("-1.5e+10", -1.5e10),
        (" 1 \n", 1.0),
        ("1e-400", 0.0),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("5e-324", 5e-324),
    ],
)
def test_decimal_numbers_are_read_and_written_exactly(text: str, value: float) -> None:
    """A decimal number is read, and what is written reads as the same number."""
    assert DOUBLE.parse(text) == value
    assert DOUBLE.parse(DOUBLE.write(value)) == value


@pytest.mark.parametrize("text", ["NaN", "INF", "-INF", " NaN ", "1e999", "-1e999", "9" * 400, "1e", "1E+"])
def test_decimal_numbers_that_are_no_place_cannot_be_held(text: str) -> None:
    """What a validator lets pass and no number on a map can be is told apart from what is wrong."""
    with pytest.raises(Unrepresentable):
        DOUBLE.parse(text)


@pytest.mark.parametrize("text", ["", "nan", "inf", "+INF", "Infinity", ".", "-", "e5", "1,5", "1_0.0", "0x1p3", "1 2"])
def test_other_notations_are_no_decimal_numbers(text: str) -> None:
    """Whatever Python's float() takes beyond XML is refused."""
    with pytest.raises(ValueError) as caught:
        DOUBLE.parse(text)
    assert not isinstance(caught.value, Unrepresentable)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), "1.0", True, None])
def test_only_finite_numbers_are_taken_for_decimal_numbers(value: object) -> None:
    """What is no finite number is refused at construction, too."""
    assert refused(XmlDouble, value)


# --- truth values and texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), ("0", False), (" true\n", True), ("\t0 ", False)]
)
def test_truth_values_have_two_notations(*, text: str, value: bool) -> None:
    """Words and digits are read; words are written."""
    assert BOOLEAN.parse(text) is value
    assert BOOLEAN.write(value) == str(value).lower()


@pytest.mark.parametrize("text", ["", " ", "TRUE", "True", "yes", "2", "01", "-1", "tru e", "\u00a0true", "on"])
def test_other_words_are_no_truth_values(text: str) -> None:
    """Nothing else means yes or no."""
    with pytest.raises(ValueError, match="must be true or false"):
        BOOLEAN.parse(text)


@pytest.mark.parametrize("value", [0, 1, "true", "", 1.0])
def test_only_truth_values_are_taken_for_truth_values(value: object) -> None:
    """A number or a word is not taken for yes or no."""
    assert refused(XmlBoolean, value)


def test_texts_keep_their_white_space_and_tokens_do_not() -> None:
    """White space belongs to a text; in a token runs of it are one space, and the ends have none."""
    text = " \t a\r\n  b\u00a0 "
    assert STRING.parse(text) == text
    assert TypeAdapter(XmlString).validate_python(text) == text
    assert TOKEN.parse(text) == "a b\u00a0"
    assert TypeAdapter(XmlToken).validate_python(text) == "a b\u00a0"


@pytest.mark.parametrize("value", [b"x", 1, None, True, ["x"]])
def test_only_texts_are_taken_for_texts(value: object) -> None:
    """Nothing is converted to text."""
    assert refused(XmlString, value)
    assert refused(XmlToken, value)


@pytest.mark.parametrize(
    ("attribute", "right", "wrong"),
    [
        ("countryCallingCode", ["+1", "+44", "+358", "+000"], ["", "1", "+", "+1234", " +1", "+1 ", "+1\n", "+\u0661"]),
        ("extension", ["0", "7", "0042", "9" * 40], ["", " ", "12-3", "-1", "+1", "x7", " 7", "7\n", "\uff11"]),
    ],
)
def test_parts_of_a_phone_number_have_their_form(attribute: str, right: list[str], wrong: list[str]) -> None:
    """Calling codes and extensions match their pattern as a whole, in XML and in Python."""
    field = shape_of(Phone).attribute(attribute)
    assert field is not None
    assert field.simple is not None
    for text in right:
        assert field.simple.parse(text) == text
        assert getattr(Phone.model_validate({"number": "1", field.field: text}), field.field) == text
    for text in wrong:
        with pytest.raises(ValueError):
            field.simple.parse(text)
        with pytest.raises(ValidationError):
            Phone.model_validate({"number": "1", field.field: text})
