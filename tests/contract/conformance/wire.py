"""A client as small as it can be: it sends what it is told, and reads what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self
from xml.etree import ElementTree as ET

import httpx

XML = {"Content-Type": "text/xml; charset=utf-8"}
"""The header that announces a document."""

MALFORMED = "Malformed (xml) report submittal - "
"""How the description of a refused document begins on a server of 2016."""

_SHAPES = {
    "reportResponse": (("responseCode", "responseDescription"), ("reportId", "fileId", "hash")),
    "reportDoneResponse": (("responseCode", "reportId", "files"), ()),
}


class Dialect(Enum):
    """How a server answers errors."""

    OF_2025 = "2025"
    """HTTP 400 and the code in the body."""
    OF_2016 = "2016"
    """HTTP 200 and the code in the body; 1001 for a refused document."""
    UNKNOWN = "unknown"
    """Another server than the mock: either will do."""


@dataclass(frozen=True)
class Reply:
    """An answer, read.

    Attributes:
        http: the answer as it came.
        dialect: what may be expected of the server.
        root: the name of the root element; empty where the body is no document of the API.
        names: the names of its children, in order.
        code: the response code; None without a document.
        description: the response description.
        report_id: the report's id.
        file_id: the file's id, where one was answered.
        hash: the hash, where one was answered.
        file_ids: the ids of the receipt's files.
    """

    http: httpx.Response = field(repr=False)
    dialect: Dialect
    status: int
    root: str = ""
    names: tuple[str, ...] = ()
    code: int | None = None
    description: str | None = None
    report_id: int | None = None
    file_id: str | None = None
    hash: str | None = None
    file_ids: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the call did what it was to do."""
        return self.status == 200 and self.code == 0

    @property
    def is_exact(self) -> bool:
        """Whether exactly the mock's answer can be demanded."""
        return self.dialect is not Dialect.UNKNOWN

    @property
    def is_empty(self) -> bool:
        """Whether there is no body."""
        return not self.http.content

    def assert_refused(self, code: int, *alternatives: int) -> None:
        """The call was refused, and said why.

        Args:
            code: what the mock answers.
            alternatives: codes that other servers may answer as well; none at all: any code will do for them.
        """
        if self.dialect is Dialect.UNKNOWN and not self.root:
            assert self.status >= 400, self
            return
        assert self.root, self
        if self.dialect is Dialect.OF_2025:
            assert (self.status, self.code) == (400, code), self
        elif self.dialect is Dialect.OF_2016:
            assert (self.status, self.code) == (200, 1001 if code == 4100 else code), self
        else:
            assert self.status == 200 or 400 <= self.status < 500, self
            assert self.code not in (0, None), self
            assert not alternatives or self.code in (code, *alternatives), self
        if self.root == "reportResponse":
            assert self.description, self

    def assert_document_refused(self) -> None:
        """A document was refused for what it holds: 4100 with HTTP 400, or 1001 with HTTP 200; nothing was opened."""
        self.assert_refused(4100, 1001)
        assert (self.root, self.report_id, self.file_id) == ("reportResponse", None, None), self
        if self.code == 1001:
            assert (self.description or "").startswith(MALFORMED), self


def read(answer: httpx.Response, dialect: Dialect) -> Reply:
    """Read an answer. A document of the API must have the children that the schema says, in their order."""
    nothing = Reply(answer, dialect, answer.status_code)
    try:
        # The bytes are parsed, and the header with its wrong encoding is ignored.
        root = ET.fromstring(answer.content)
    except ET.ParseError:
        return nothing
    if root.tag not in _SHAPES:
        return nothing
    required, optional = _SHAPES[root.tag]
    names = tuple(child.tag for child in root)
    assert names[: len(required)] == required, names
    assert names[len(required) :] == tuple(name for name in optional if name in names), names
    texts = {child.tag: child.text or "" for child in root}
    return Reply(
        answer,
        dialect,
        answer.status_code,
        root.tag,
        names,
        int(texts["responseCode"]),
        texts.get("responseDescription"),
        int(texts["reportId"]) if "reportId" in texts else None,
        texts.get("fileId"),
        texts.get("hash"),
        tuple(element.text or "" for element in root.findall("files/fileId")),
    )


class Api:
    """The seven endpoints, with one account or with none."""

    def __init__(
        self,
        base_url: str,
        auth: tuple[str, str] | None,
        dialect: Dialect,
        listener: Callable[[httpx.Response], None] | None = None,
    ) -> None:
        self.dialect = dialect
        self.base_url = base_url
        hooks = {"response": [listener] if listener else []}
        # No proxy and no netrc: the requests go where they are meant to go, with the account that is meant.
        self.http = httpx.Client(base_url=base_url, auth=auth, trust_env=False, timeout=60, event_hooks=hooks)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    @property
    def is_mock(self) -> bool:
        """Whether exactly the mock's behaviour can be demanded."""
        return self.dialect is not Dialect.UNKNOWN

    def read(self, answer: httpx.Response) -> Reply:
        """An answer of this server, read."""
        return read(answer, self.dialect)

    def status(self) -> Reply:
        return self.read(self.http.get("/status"))

    def submit(self, document: str) -> Reply:
        return self.read(self.http.post("/submit", content=document.encode(), headers=XML))

    def upload(self, report_id: int, content: bytes = b"abc", name: str = "picture.png") -> Reply:
        form = {"id": str(report_id)}
        return self.read(self.http.post("/upload", data=form, files={"file": (name, content)}))

    def fileinfo(self, document: str) -> Reply:
        return self.read(self.http.post("/fileinfo", content=document.encode(), headers=XML))

    def finish(self, report_id: int) -> Reply:
        return self._form("/finish", report_id)

    def retract(self, report_id: int) -> Reply:
        return self._form("/retract", report_id)

    def _form(self, path: str, report_id: int) -> Reply:
        # As multipart, as the documentation's curl does it.
        return self.read(self.http.post(path, files={"id": (None, str(report_id))}))
