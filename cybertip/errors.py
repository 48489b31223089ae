"""Every exception this package raises on purpose.

::

    CybertipError
    ├── ConfigurationError         a setting is missing or wrong; nothing was attempted
    │   ├── EnvironmentRefusedError    mock, test and production would be mixed up
    │   └── UnsupportedSchemaError     a schema that cannot be compared (defined in cybertip.schema.structure)
    ├── DocumentError              a document of ours is wrong; carries its findings (defined in cybertip.findings)
    │   └── RecordError            the review record is wrong; paths are JSON pointers
    ├── EvidenceError              a file cannot be read, or changed while it was read
    ├── CommandRefusedError        a filing cannot have what a person asks for (defined in cybertip.worker)
    ├── DeclinedError              a person was asked and did not say yes (defined in cybertip.cli)
    ├── FilingBusyError            a worker holds the filing right now (defined in cybertip.worker)
    ├── IllegalEventError          a filing cannot have this event now (defined in cybertip.filing)
    ├── LedgerError                the ledger cannot be opened, read or written as asked (defined in cybertip.ledger)
    │   ├── LeaseLostError         the lease of a filing is another's by now
    │   ├── PreservedError         a filing must not be purged now; `until` where time alone is missing
    │   ├── RecordKnownError       P506: a record of this id is in the ledger already
    │   └── SealedError            it is sealed with a key that was not given
    ├── OtherContentError          the same record id came in with other content (defined in cybertip.worker)
    ├── UndeliveredError           a notice did not arrive, and is sent again (defined in cybertip.notices)
    ├── NeedsPersonError           only a person can decide what comes next
    └── CallError                  a call to the API did not succeed; says what is known about it
        ├── NoAnswerError          nothing came back
        │   ├── ConnectionFailedError  no connection was made
        │   ├── CallTimeoutError       the time was up
        │   └── ConnectionLostError    the connection broke before the answer was complete
        ├── UnreadableAnswerError  something came back that is not the API's answer
        │   ├── EmptyAnswerError
        │   ├── HtmlAnswerError
        │   ├── TruncatedAnswerError
        │   ├── OversizedAnswerError
        │   ├── NotXmlAnswerError
        │   ├── IncompleteAnswerError  XML of the API, but without what this call must answer
        │   └── RedirectRefusedError
        ├── HttpRefusedError       refused before the API saw the call (HTTP 404, 413)
        │   └── ThrottledError     HTTP 429; `retry_after` in seconds where the server named it
        ├── WrongReportError       the answer speaks of another report
        ├── HashMismatchError      the server's MD5 of an upload is not that of the bytes sent
        └── ServerError            the API answered with an error code
            ├── CredentialsError       HTTP 401, 403; codes 2xxx, 3xxx
            ├── RefusedError           codes 4xxx and 1001: what was sent is wrong
            ├── ReportNotFoundError    code 5001
            ├── FileNotFoundOnReportError  code 5002
            ├── AlreadyRetractedError  code 5101
            ├── AlreadyFinishedError   code 5102
            ├── ServerFailureError     codes 1xxx
            └── UnknownCodeError       a code this version does not know

No message, repr or attribute shown by repr holds credentials, content or personal data of the caller. `description`
is the server's own text, cleaned for display; NCMEC's validator may quote a refused value in it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from cybertip.calls.answers import Answer


class Known(StrEnum):
    """What is known about the effect of a call that did not succeed."""

    UNSENT = "unsent"
    """The server cannot have acted: the request was never completely handed to the network."""
    UNKNOWN = "unknown"
    """The server may or may not have acted."""
    DECLARED = "declared"
    """The server says that it tried and did not do it; the same call may be made again."""
    REFUSED = "refused"
    """The server looked at the call and refused it; the same call will be refused again."""
    NOT_EXECUTED = "not executed"
    """The server did not look at the call: credentials, rate limit, maintenance, routing."""


class CybertipError(Exception):
    """The root of every exception of this package."""

    def __reduce__(self) -> tuple[Callable[..., CybertipError], tuple[Any, ...]]:
        # Job engines carry exceptions between processes by pickle, which by default calls __init__ with positional
        # arguments only and would fail for errors that carry keyword data.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[CybertipError], args: tuple[Any, ...], state: dict[str, Any]) -> CybertipError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(CybertipError):
    """A setting is missing or wrong. Nothing was attempted."""


class EnvironmentRefusedError(ConfigurationError):
    """The environment, the address and the operation do not belong together. Nothing was attempted."""


class EvidenceError(CybertipError):
    """A file cannot be opened or read, or it changed while it was being read."""


class NeedsPersonError(CybertipError):
    """Only a person can decide what comes next, for example because nobody knows whether a report was filed."""


class CallError(CybertipError):
    """A call to the API did not succeed.

    Attributes:
        call: the endpoint's name: ``status``, ``xsd``, ``submit``, ``upload``, ``fileinfo``, ``finish`` or ``retract``.
        known: what is known about the call's effect at the server, earlier tries of the same call included.
        code: the API's response code, where one was read.
        description: the server's text for it, control characters removed, at most 500 characters.
        http_status: the HTTP status, where an answer came.
        request_id: the ``Request-ID`` header of the answer, which NCMEC asks for when one asks for help.
        report_id: the report that the call was about, or the one that the answer names.
        retry_after: seconds after which the server asked to be tried again, where it did.
        answer: the raw answer, where one was read. Its repr does not show the body.
    """

    def __init__(
        self,
        message: str,
        *,
        call: str,
        known: Known,
        code: int | None = None,
        description: str | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        report_id: int | None = None,
        retry_after: float | None = None,
        answer: Answer | None = None,
    ) -> None:
        super().__init__(message)
        self.call = call
        self.known = known
        self.code = code
        self.description = description
        self.http_status = http_status
        self.request_id = request_id
        self.report_id = report_id
        self.retry_after = retry_after
        self.answer = answer

    def __str__(self) -> str:
        return self._told(f"the server says: {self.description}" if self.description else None)

    def in_own_words(self) -> str:
        """The error without the server's text, which can repeat what it was sent: for what is kept, or shown."""
        return self._told(None)

    def _told(self, servers_text: str | None) -> str:
        facts = [f"{self.call}: {self.args[0]}"]
        if self.code is not None:
            facts.append(f"code {self.code}")
        if servers_text is not None:
            facts.append(servers_text)
        if self.http_status is not None:
            facts.append(f"HTTP {self.http_status}")
        if self.report_id is not None:
            facts.append(f"report {self.report_id}")
        if self.request_id:
            facts.append(f"Request-ID {self.request_id}")
        return f"{'; '.join(facts)} [{self.known}]"


class NoAnswerError(CallError):
    """Nothing readable came back."""


class ConnectionFailedError(NoAnswerError):
    """No connection could be made: name lookup, refused connection, TLS, proxy."""


class CallTimeoutError(NoAnswerError):
    """The time allowed for connecting, sending or waiting was up."""


class ConnectionLostError(NoAnswerError):
    """The connection broke before the answer was complete."""


class UnreadableAnswerError(CallError):
    """Something came back that cannot be the API's answer to this call."""


class EmptyAnswerError(UnreadableAnswerError):
    """The answer had no body."""


class HtmlAnswerError(UnreadableAnswerError):
    """The answer is a web page, as gateways and maintenance pages send it."""


class TruncatedAnswerError(UnreadableAnswerError):
    """The answer begins like XML and ends too early."""


class OversizedAnswerError(UnreadableAnswerError):
    """The answer is larger than any answer of the API; reading stopped at the limit."""


class NotXmlAnswerError(UnreadableAnswerError):
    """The answer is neither XML nor a web page."""


class IncompleteAnswerError(UnreadableAnswerError):
    """XML that lacks what this call must answer: the response code, or an id that success must name."""


class RedirectRefusedError(UnreadableAnswerError):
    """The server pointed elsewhere. Reports and credentials are never sent on to another address."""


class HttpRefusedError(CallError):
    """Something in front of the API refused the call: HTTP 404, 413."""


class ThrottledError(HttpRefusedError):
    """HTTP 429: too many requests."""


class WrongReportError(CallError):
    """The answer speaks of another report than the one the call was about."""


class HashMismatchError(CallError):
    """The server's MD5 of an upload differs from that of the bytes that were sent."""


class ServerError(CallError):
    """The API answered with a response code other than 0."""


class CredentialsError(ServerError):
    """The user name, the password or its rights were not accepted (HTTP 401, 403; codes 2xxx and 3xxx)."""


class RefusedError(ServerError):
    """What was sent is not acceptable (codes 4xxx, and 1001 of older servers)."""


class ReportNotFoundError(ServerError):
    """Code 5001: there is no such report, or it has lapsed."""


class FileNotFoundOnReportError(ServerError):
    """Code 5002: the report has no such file."""


class AlreadyRetractedError(ServerError):
    """Code 5101: the report was retracted before."""


class AlreadyFinishedError(ServerError):
    """Code 5102: the report was finished before."""


class ServerFailureError(ServerError):
    """Codes 1xxx: the server failed. `known` tells whether it says that nothing was done."""


class UnknownCodeError(ServerError):
    """A response code that this version does not know. Treated as *unknown*."""
