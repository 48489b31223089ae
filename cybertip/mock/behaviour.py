"""What is not known of the real server, or was different at different times: one switch each.

Defaults are what providers saw last, and where nobody saw anything, the side on which a client has more to cope with.
`docs/mock.md` tells for each how it is known.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Behaviour(BaseModel):
    """The switches of a mock."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    server: Literal["2016", "2025"] = "2025"
    """How errors look. 2025: HTTP 400 and the documented codes. 2016: HTTP 200, 1001 for every refused document, the
    file's id in the answer to `/fileinfo`, and no `Request-ID`."""
    second_fileinfo: Literal["refused", "replaces"] = "refused"
    """A second `/fileinfo` for a file: refused with 4100, or taken in place of the first."""
    lapsed: Literal[5001, 5101] = 5001
    """What every call on a lapsed report is answered with."""
    second_finish: Literal[5102, 5001, 0] = 5102
    """What `/finish` on a finished report is answered with; 0 gives the receipt once more."""
    finish_errors: Literal["reportResponse", "reportDoneResponse"] = "reportResponse"
    """The root element of errors to `/finish`. The second has no place for a description."""
    foreign_report: Literal[3300, 3000] = 3300
    """What a call on another account's report is answered with."""
    unauthorized: Literal["2000", "1000", "empty"] = "2000"
    """The body of HTTP 401: a `reportResponse` with one of these codes, or nothing at all."""
