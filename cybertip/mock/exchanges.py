"""What the mock remembers of each request: enough to see what went wrong, and none of its content."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Exchange:
    """One request and what became of it.

    Attributes:
        number: counted from 1, in the order of arrival.
        call: the endpoint, such as ``upload``; empty for a path that is none.
        method: the HTTP method.
        received_at: when its head had arrived, on the mock's clock.
        account: the user name whose credentials came with it; None where they were not accepted.
        request_bytes: how many bytes of its body arrived.
        seconds: from its head to the end of the answer; None while it is under way, and where nobody measures.
        http_status: of the answer; None where none was sent.
        code: the response code of the answer, also of one that was made and not sent.
        description: the answer's words; they may quote the document.
        request_id: the answer's ``Request-ID``.
        report_id: the report that it was about, where that is known.
        violations: the documented rules that its document breaks, as code and path.
        fault: the fault that it met, in words.
        ended: how it ended: ``answered``, ``cut`` by a fault, the client had ``gone``, or the mock itself ``failed``;
            empty while it is under way.
    """

    number: int
    call: str
    method: str
    received_at: datetime
    account: str | None = None
    request_bytes: int = 0
    seconds: float | None = None
    http_status: int | None = None
    code: int | None = None
    description: str = field(default="", repr=False)
    request_id: str | None = None
    report_id: int | None = None
    violations: tuple[str, ...] = ()
    fault: str = ""
    ended: str = ""
