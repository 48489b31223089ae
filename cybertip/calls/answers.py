"""Reading the server's answers.

An answer is read leniently: from either response root, whatever else stands in it, because a receipt must stay
readable when the server adds an element one day. It is parsed with the hardened parser, from its bytes: the real
server declares ISO-8859-1 in the header over XML that is UTF-8.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from cybertip.calls.known import what_is_known
from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CallError,
    CredentialsError,
    EmptyAnswerError,
    FileNotFoundOnReportError,
    HtmlAnswerError,
    HttpRefusedError,
    IncompleteAnswerError,
    NotXmlAnswerError,
    OversizedAnswerError,
    RedirectRefusedError,
    RefusedError,
    ReportNotFoundError,
    ServerError,
    ServerFailureError,
    ThrottledError,
    TruncatedAnswerError,
    UnknownCodeError,
    WrongReportError,
)
from cybertip.findings import DocumentError
from cybertip.xml import read_tree

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""The largest answer that is read: a receipt that lists some sixty thousand files."""
MAX_DESCRIPTION = 500
"""How much of the server's description is shown, in characters."""

_ROOTS = ("reportResponse", "reportDoneResponse")


@dataclass(frozen=True, slots=True)
class Answer:
    """One raw answer, byte for byte.

    Attributes:
        status: HTTP status.
        headers: names in lower case and values, in the order received.
        body: the body as received; cut off at `MAX_ANSWER_BYTES`.
        received_at: when it had arrived, an aware time in UTC.
        complete: whether all of the body arrived and was kept.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime
    complete: bool = True

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def request_id(self) -> str | None:
        """The server's ``Request-ID``, cleaned for display. Missing on some servers."""
        value = self.header("request-id")
        return clean(value, 200) if value else None

    @property
    def retry_after(self) -> float | None:
        """Seconds from arrival after which the server wants to be asked again (``Retry-After``)."""
        value = (self.header("retry-after") or "").strip()
        if re.fullmatch("[0-9]{1,9}", value):
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self.received_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API said in an answer."""

    root: str
    code: int
    description: str = field(repr=False)
    report_id: int | None = None
    file_id: str | None = None
    md5: str | None = None
    file_ids: tuple[str, ...] = ()


def clean(text: str, limit: int = MAX_DESCRIPTION) -> str:
    """Make text of the server fit to show: one line, no control or direction-changing characters, not too long."""
    text = " ".join(text.split())
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_reply(call: str, report_id: int | None, answer: Answer) -> Reply:
    """The API's reply of success.

    Args:
        call: the endpoint's name, for errors.
        report_id: the report that the call was about, where there is one.
        answer: the raw answer.

    Raises:
        CallError: the call did not succeed, or the answer cannot be read. The body decides where it can be read, the
            HTTP status where it cannot; HTTP 401, 403 and 429 decide in any case.
    """
    said = _parse(answer)
    reply = said if isinstance(said, Reply) else None
    code = reply.code if reply is not None else None
    problem: type[CallError]
    if answer.status in (401, 403):
        problem, message = CredentialsError, "the credentials were not accepted, or lack the right for this"
    elif answer.status == 429:
        problem, message = ThrottledError, "too many requests"
    elif 300 <= answer.status < 400:
        problem, message = RedirectRefusedError, "the server pointed to another address, which is never followed"
    elif isinstance(said, _Unreadable):
        # Where the body says nothing, the HTTP status may.
        problem, message = _HTTP_REFUSALS.get(answer.status, (said.kind, said.message))
    elif None not in (said.report_id, report_id) and said.report_id != report_id:
        problem, message, code = WrongReportError, f"the answer is about report {said.report_id}", None
    elif said.code != 0:
        problem, message = _error_of_code(said.code)
    elif answer.status >= 400:
        problem, message = IncompleteAnswerError, "the body reports success and the HTTP status does not"
    else:
        return said
    raise problem(
        message,
        call=call,
        known=what_is_known(sent=True, http_status=answer.status, code=code),
        code=reply.code if reply is not None else None,
        description=clean(reply.description) if reply is not None else None,
        http_status=answer.status,
        request_id=answer.request_id,
        report_id=report_id if report_id is not None or reply is None else reply.report_id,
        retry_after=answer.retry_after,
        answer=answer,
    )


def incomplete(call: str, report_id: int | None, answer: Answer, what: str) -> IncompleteAnswerError:
    """The error for a success that lacks what it must name."""
    return IncompleteAnswerError(
        f"the server reports success, but {what}",
        call=call,
        known=what_is_known(sent=True, http_status=answer.status),
        code=0,
        http_status=answer.status,
        request_id=answer.request_id,
        report_id=report_id,
        answer=answer,
    )


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Why an answer holds no reply, and the error that fits."""

    kind: type[CallError]
    message: str


_HTTP_REFUSALS: dict[int, tuple[type[CallError], str]] = {
    404: (HttpRefusedError, "nothing answers at this address; check the base URL"),
    413: (HttpRefusedError, "something on the way refuses requests of this size"),
}


def _error_of_code(code: int) -> tuple[type[ServerError], str]:
    special: dict[int, tuple[type[ServerError], str]] = {
        1001: (RefusedError, "the document was refused as malformed"),
        5001: (ReportNotFoundError, "the server knows no such report; it may have lapsed"),
        5002: (FileNotFoundOnReportError, "the report has no such file"),
        5101: (AlreadyRetractedError, "the report was retracted before"),
        5102: (AlreadyFinishedError, "the report was finished before"),
    }
    if code in special:
        return special[code]
    if 1000 <= code < 2000:
        return ServerFailureError, "the server failed"
    if 2000 <= code < 4000:
        return CredentialsError, "the credentials were not accepted, or lack the right for this"
    if 4000 <= code < 5000:
        return RefusedError, "the server refused what was sent"
    return UnknownCodeError, "the server answered with a code that is not documented"


def _parse(answer: Answer) -> Reply | _Unreadable:
    body = answer.body
    if not answer.complete and len(body) >= MAX_ANSWER_BYTES:
        return _Unreadable(OversizedAnswerError, f"the answer is larger than {MAX_ANSWER_BYTES} bytes")
    if answer.complete and not body.strip():
        return _Unreadable(EmptyAnswerError, "the answer is empty")
    try:
        root = read_tree(body)
    except DocumentError:
        return _not_xml(answer)
    name = etree.QName(root).localname
    if name.lower() == "html":
        return _Unreadable(HtmlAnswerError, "the answer is a web page")
    if name not in _ROOTS:
        return _Unreadable(NotXmlAnswerError, "the answer is XML of another kind")
    code = _number(_texts(root, "responseCode"))
    if code is None:
        return _Unreadable(IncompleteAnswerError, "the answer has no response code")
    return Reply(
        root=name,
        code=code,
        description=next(iter(_texts(root, "responseDescription")), ""),
        report_id=_number(_texts(root, "reportId")),
        file_id=next(iter(_texts(root, "fileId")), None) or None,
        md5=next(iter(_texts(root, "hash")), None) or None,
        file_ids=tuple(text for files in _children(root, "files") for text in _texts(files, "fileId")),
    )


# XHTML begins like XML, and some pages with a comment.
_WEB_PAGE = re.compile(rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head)", re.DOTALL)


def _not_xml(answer: Answer) -> _Unreadable:
    start = answer.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _WEB_PAGE.match(start) or "html" in (answer.header("content-type") or "").lower():
        return _Unreadable(HtmlAnswerError, "the answer is a web page")
    if start.startswith((b"<?xml", b"<report")) or not answer.complete:
        return _Unreadable(TruncatedAnswerError, "the answer ends too early or is damaged")
    return _Unreadable(NotXmlAnswerError, "the answer is not XML")


def _children(parent: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in parent if isinstance(node.tag, str) and etree.QName(node).localname == name]


def _texts(parent: etree._Element, name: str) -> list[str]:
    return ["".join(_strings(node)).strip() for node in _children(parent, name)]


def _strings(node: etree._Element) -> Iterable[str]:
    yield node.text or ""
    for inner in node:
        yield inner.tail or ""


def _number(texts: list[str]) -> int | None:
    text = texts[0] if texts else ""
    return int(text) if re.fullmatch("[+-]?[0-9]{1,19}", text) else None
