"""The seven endpoints as values: what to send, and how to read what comes back.

A call is immutable and does no I/O. `Client.send` and `AsyncClient.send` carry any call out; nothing about an
endpoint is written anywhere else. Sections refer to NCMEC's documentation of the CyberTipline Reporting API.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from cybertip.calls.answers import Answer, Reply, incomplete, read_reply
from cybertip.calls.forms import Body, FileSource, FormBody, XmlBody
from cybertip.calls.known import what_is_known
from cybertip.errors import HashMismatchError
from cybertip.findings import DocumentError
from cybertip.models import FileDetails, Report
from cybertip.models._types import LONG_MAX
from cybertip.schema import Schema
from cybertip.xml import read_tree, write

T_co = TypeVar("T_co", covariant=True)


# --- results -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What a successful call gave. `answer` holds the raw answer, byte for byte."""

    answer: Answer = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatusResult(Result):
    """The server is there and accepts the credentials.

    Attributes:
        user: the user name that the server saw, where it says so.
        remote_ip: the address that the server saw the request come from, where it says so.
    """

    user: str | None = field(repr=False)
    remote_ip: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchemaResult(Result):
    """The server's schema, as bytes."""

    xsd: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SubmitResult(Result):
    """A report was opened. It lapses if it is not finished in time."""

    report_id: int


@dataclass(frozen=True, slots=True)
class UploadResult(Result):
    """A file was added.

    Attributes:
        report_id: the report.
        file_id: the server's id of the file.
        md5: the server's MD5 of what arrived: 32 lower-case hexadecimal digits. The clients have compared it with that
            of the bytes that they sent.
    """

    report_id: int
    file_id: str
    md5: str


@dataclass(frozen=True, slots=True)
class FileInfoResult(Result):
    """A file was described."""

    report_id: int
    file_id: str


@dataclass(frozen=True, slots=True)
class FinishResult(Result):
    """The report is filed. `receipt` is the proof.

    Attributes:
        report_id: the report.
        file_ids: its files, as the server lists them.
    """

    report_id: int
    file_ids: tuple[str, ...]

    @property
    def receipt(self) -> bytes:
        """The server's answer, byte for byte: what the duty to preserve hangs on."""
        return self.answer.body


@dataclass(frozen=True, slots=True)
class RetractResult(Result):
    """The report was cancelled before it was finished."""

    report_id: int


def _check_report_id(value: object) -> None:
    """Report ids come from databases and JSON: one of another type would only be noticed after the server has acted."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a report id is an int, not {type(value).__name__}")
    if not 0 < value <= LONG_MAX:
        raise ValueError("a report id is above 0 and fits 64 bits")


# --- calls -------------------------------------------------------------------------------------------------------


class Call(ABC, Generic[T_co]):
    """One request to one endpoint.

    Attributes:
        name: the endpoint's name, which is also its path below the base URL.
        method: HTTP method.
        repeatable: whether the call does no harm when it is made twice.
        report_id: the report that it is about, where there is one.
    """

    name: ClassVar[str]
    method: ClassVar[str] = "POST"
    repeatable: ClassVar[bool] = False

    @property
    def report_id(self) -> int | None:
        return None

    def body(self) -> Body | None:
        """What to send."""
        return None

    def read(self, answer: Answer) -> T_co:
        """The result, from the raw answer.

        Raises:
            CallError: the call did not succeed, or the answer cannot be read.
        """
        return self.result(answer, read_reply(self.name, self.report_id, answer))

    @abstractmethod
    def result(self, answer: Answer, reply: Reply) -> T_co:
        """The result, from a reply of success."""


@dataclass(frozen=True, slots=True)
class Status(Call[StatusResult]):
    """Is the server there, and does it accept the credentials? (``GET /status``)"""

    name: ClassVar[str] = "status"
    method: ClassVar[str] = "GET"
    repeatable: ClassVar[bool] = True

    def result(self, answer: Answer, reply: Reply) -> StatusResult:
        found = re.search(r"Remote User\s*:\s*(.*?)\s*,\s*Remote Ip\s*:\s*(\S+)", reply.description)
        return StatusResult(answer, *(found.groups() if found else (None, None)))


@dataclass(frozen=True, slots=True)
class Xsd(Call[SchemaResult]):
    """The server's schema (``GET /xsd``)."""

    name: ClassVar[str] = "xsd"
    method: ClassVar[str] = "GET"
    repeatable: ClassVar[bool] = True

    def read(self, answer: Answer) -> SchemaResult:
        try:
            is_schema = read_tree(answer.body).tag == "{http://www.w3.org/2001/XMLSchema}schema"
        except DocumentError:
            is_schema = False
        if answer.status == 200 and answer.complete and is_schema:
            return SchemaResult(answer, answer.body)
        # Anything else is an error answer like those of the other calls, or success of a kind that is none here.
        return self.result(answer, read_reply(self.name, None, answer))

    def result(self, answer: Answer, reply: Reply) -> SchemaResult:
        raise incomplete(self.name, None, answer, "it did not send a schema")


@dataclass(frozen=True, slots=True)
class Submit(Call[SubmitResult]):
    """Open a report (``POST /submit``). Each accepted call opens another one, so it is never simply repeated."""

    name: ClassVar[str] = "submit"

    document: bytes = field(repr=False)

    def body(self) -> XmlBody:
        return XmlBody(self.document)

    def result(self, answer: Answer, reply: Reply) -> SubmitResult:
        if reply.report_id is None or not 0 < reply.report_id <= LONG_MAX:
            raise incomplete(self.name, None, answer, "it does not name the report that it opened")
        return SubmitResult(answer, reply.report_id)


@dataclass(frozen=True, slots=True)
class _OnReport(Call[T_co]):
    """A call on an open report, named by the form field ``id``."""

    report: int

    def __post_init__(self) -> None:
        _check_report_id(self.report)

    @property
    def report_id(self) -> int:
        return self.report

    def body(self) -> FormBody:
        return FormBody({"id": str(self.report)})


@dataclass(frozen=True, slots=True)
class Upload(_OnReport[UploadResult]):
    """Add a file to an open report (``POST /upload``). Each accepted call adds another file."""

    name: ClassVar[str] = "upload"

    file: FileSource = field(repr=False)

    def body(self) -> FormBody:
        return FormBody({"id": str(self.report)}, self.file)

    def result(self, answer: Answer, reply: Reply) -> UploadResult:
        if reply.file_id is None:
            raise incomplete(self.name, self.report, answer, "it does not name the file that it stored")
        if reply.md5 is None:
            raise incomplete(self.name, self.report, answer, "it does not say the MD5 of what arrived")
        return UploadResult(answer, self.report, reply.file_id, reply.md5.lower())

    def check_md5(self, result: UploadResult, md5: str) -> UploadResult:
        """Compare the server's MD5 with that of the bytes that were sent.

        Raises:
            HashMismatchError: they differ, so the file arrived damaged. It is part of the report all the same.
        """
        if result.md5 == md5.lower():
            return result
        raise HashMismatchError(
            "the file arrived damaged: the server's MD5 is not that of the bytes sent",
            call=self.name,
            known=what_is_known(sent=True, http_status=result.answer.status),
            code=0,
            http_status=result.answer.status,
            request_id=result.answer.request_id,
            report_id=self.report,
            answer=result.answer,
        )


@dataclass(frozen=True, slots=True)
class FileInfo(Call[FileInfoResult]):
    """Describe an uploaded file (``POST /fileinfo``). Once per file."""

    name: ClassVar[str] = "fileinfo"

    document: bytes = field(repr=False)
    report: int
    file_id: str

    @property
    def report_id(self) -> int:
        return self.report

    def body(self) -> XmlBody:
        return XmlBody(self.document)

    def result(self, answer: Answer, reply: Reply) -> FileInfoResult:
        if reply.report_id is None:
            raise incomplete(self.name, self.report, answer, "it does not name the report")
        return FileInfoResult(answer, self.report, reply.file_id or self.file_id)


@dataclass(frozen=True, slots=True)
class Finish(_OnReport[FinishResult]):
    """File the report (``POST /finish``). Irreversible. Repeating it is safe: a report is finished once."""

    name: ClassVar[str] = "finish"
    repeatable: ClassVar[bool] = True

    def result(self, answer: Answer, reply: Reply) -> FinishResult:
        # A success of any other call, from a cache perhaps, must not pass for the receipt.
        if reply.root != "reportDoneResponse" or reply.report_id is None:
            raise incomplete(self.name, self.report, answer, "it is not the receipt of a report")
        return FinishResult(answer, self.report, reply.file_ids)


@dataclass(frozen=True, slots=True)
class Retract(_OnReport[RetractResult]):
    """Cancel an open report (``POST /retract``)."""

    name: ClassVar[str] = "retract"
    repeatable: ClassVar[bool] = True

    def result(self, answer: Answer, reply: Reply) -> RetractResult:
        # The answer proves that the report will never be filed, so it must be about this report: a success of any
        # other call, from a cache perhaps, names none.
        if reply.report_id is None:
            raise incomplete(self.name, self.report, answer, "it does not name the report")
        return RetractResult(answer, self.report)


def submit(report: Report | bytes, schema: Schema) -> Submit:
    """The call that opens a report, from a model or from hand-written XML.

    Raises:
        DocumentError: the schema refuses the document. Nothing is sent.
    """
    data = report if isinstance(report, bytes) else write(report)
    schema.parse(data, Report)
    return Submit(data)


def file_info(details: FileDetails | bytes, schema: Schema) -> FileInfo:
    """The call that describes a file, from a model or from hand-written XML.

    Raises:
        DocumentError: the schema refuses the document. Nothing is sent.
    """
    data = details if isinstance(details, bytes) else write(details)
    parsed = schema.parse(data, FileDetails).document
    return FileInfo(data, parsed.report_id, parsed.file_id)
