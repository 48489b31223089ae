"""What the mock answers with: response codes, refusals, and an HTTP answer as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Code(IntEnum):
    """The response codes that the mock uses. Numbers: documented; the words of `description`: assumed."""

    SUCCESS = 0
    AUTHENTICATION_REQUIRED = 2000
    NOT_AUTHORIZED_TO_UPDATE = 3300
    INVALID_REQUEST = 4000
    VALIDATION_FAILED = 4100
    MALFORMED_XML = 4110
    NO_SUCH_REPORT = 5001
    NO_SUCH_FILE = 5002
    ALREADY_RETRACTED = 5101
    ALREADY_FINISHED = 5102

    @property
    def description(self) -> str:
        """What ``responseDescription`` says, before any particulars."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS = {
    Code.SUCCESS: "Success",
    Code.AUTHENTICATION_REQUIRED: "Authentication required",
    Code.NOT_AUTHORIZED_TO_UPDATE: "No authorization to update the report",
    Code.INVALID_REQUEST: "Invalid request",
    Code.VALIDATION_FAILED: "Validation failed",
    Code.MALFORMED_XML: "Malformed XML",
    Code.NO_SUCH_REPORT: "Report does not exist",
    Code.NO_SUCH_FILE: "File does not exist",
    Code.ALREADY_RETRACTED: "Report already retracted",
    Code.ALREADY_FINISHED: "Report already finished",
}


class Refused(Exception):
    """A request that the API refuses. It never leaves the package: `MockCore.refuse` makes the answer of it.

    Attributes:
        code: the response code.
        description: the words that go with it.
    """

    def __init__(self, code: Code, particulars: str = "") -> None:
        # A line break before the particulars: seen with 4100.
        self.code = code
        self.description = f"{code.description}\n{particulars}" if particulars else code.description
        super().__init__(self.description)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: the HTTP status.
        headers: all headers that the API itself sets.
        body: the exact bytes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
