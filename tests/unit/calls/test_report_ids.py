"""The ids that calls take."""

from __future__ import annotations

from typing import Any

import pytest

from cybertip.calls import Finish, Retract, Upload
from cybertip.evidence import source

MAKERS = [Finish, Retract, lambda report: Upload(report, source(b""))]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("value", ["7", None, 7.0, True, b"7"])
def test_a_report_id_of_another_type_is_refused(make: Any, value: object) -> None:
    """An id that came out of JSON as text is a mistake, found before anything is sent."""
    with pytest.raises(TypeError, match="a report id is an int"):
        make(value)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("value", [0, -1, 2**63])
def test_a_report_id_out_of_range_is_refused(make: Any, value: int) -> None:
    """Ids are above 0 and fit 64 bits."""
    with pytest.raises(ValueError, match="above 0"):
        make(value)
    assert make(2**63 - 1).report_id == 2**63 - 1
