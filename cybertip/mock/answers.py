"""What the mock answers with: response codes, refusals, and an HTTP answer as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from cybertip.mock.rules import Violation


class Code(IntEnum):
    """The response codes of the API. Numbers: documented; the words of `description`: assumed."""

    SUCCESS = 0
    SERVER_ERROR = 1000
    MALFORMED_REPORT = 1001
    """Seen on the server of 2016 only."""
    SAVE_FAILED = 1100
    UPLOAD_FAILED = 1110
    FILE_UPLOAD_FAILED = 1111
    RESOURCE_NOT_FOUND = 1210
    UPDATE_FAILED = 1300
    AUTHENTICATION_REQUIRED = 2000
    NOT_AUTHORIZED = 3000
    NOT_AUTHORIZED_TO_SUBMIT = 3100
    NOT_AUTHORIZED_TO_UPDATE = 3300
    INVALID_REQUEST = 4000
    VALIDATION_FAILED = 4100
    MALFORMED_XML = 4110
    MALFORMED_FILE = 4200
    NO_SUCH_REPORT = 5001
    NO_SUCH_FILE = 5002
    ALREADY_RETRACTED = 5101
    ALREADY_FINISHED = 5102

    @property
    def description(self) -> str:
        """What ``responseDescription`` says, before any particulars."""
        return describe(self)


_DESCRIPTIONS = {
    Code.SUCCESS: "Success",
    Code.SERVER_ERROR: "Server error",
    Code.MALFORMED_REPORT: "Malformed (xml) report submittal",
    Code.SAVE_FAILED: "Save failed",
    Code.UPLOAD_FAILED: "Upload failed",
    Code.FILE_UPLOAD_FAILED: "File upload failed",
    Code.RESOURCE_NOT_FOUND: "Resource not found",
    Code.UPDATE_FAILED: "Update failed",
    Code.AUTHENTICATION_REQUIRED: "Authentication required",
    Code.NOT_AUTHORIZED: "Not authorized",
    Code.NOT_AUTHORIZED_TO_SUBMIT: "No authorization to submit",
    Code.NOT_AUTHORIZED_TO_UPDATE: "No authorization to update the report",
    Code.INVALID_REQUEST: "Invalid request",
    Code.VALIDATION_FAILED: "Validation failed",
    Code.MALFORMED_XML: "Malformed XML",
    Code.MALFORMED_FILE: "Malformed file",
    Code.NO_SUCH_REPORT: "Report does not exist",
    Code.NO_SUCH_FILE: "File does not exist",
    Code.ALREADY_RETRACTED: "Report already retracted",
    Code.ALREADY_FINISHED: "Report already finished",
}


def describe(code: int) -> str:
    """The words that go with a response code; a code that nobody knows gets some too."""
    return next((words for known, words in _DESCRIPTIONS.items() if known == code), f"Response code {code}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document breaks: one-based line and column, as the server's Java validator counts them (seen)."""

    line: int
    column: int


class Refused(Exception):
    """A request that the API refuses. It never leaves the package: `Answers.refusal` makes the answer of it.

    Attributes:
        code: the response code, as the server of 2025 has it.
        particulars: what exactly is wrong; empty where the code says all.
        place: where in the document, if it is a document's schema or syntax.
        violations: the documented rules that the document breaks.
        report_id: the report that the request was about, where that is known.
    """

    def __init__(
        self,
        code: Code,
        particulars: str = "",
        *,
        place: Place | None = None,
        violations: tuple[Violation, ...] = (),
        report_id: int | None = None,
    ) -> None:
        self.code = code
        self.particulars = particulars
        self.place = place
        self.violations = violations
        self.report_id = report_id
        super().__init__(f"{code.value} {code.description}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, and what the mock itself knows about it.

    Attributes:
        status: the HTTP status.
        headers: all headers that the API itself sets.
        body: the exact bytes.
        code: the response code in the body; None where the body is no document of the API.
        report_id: the report that the request was about, where that is known.
        description: the words in the body; they may quote the document.
        violations: the documented rules that the request's document breaks, as code and path.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    code: int | None = None
    report_id: int | None = None
    description: str = field(default="", repr=False)
    violations: tuple[str, ...] = ()
