"""Faults as data: how the mock misbehaves on request, for which calls and how often.

A fault is a value: it says what happens to a request before it is read, whether the server acts on it, what is
answered instead, and what happens to the answer on its way. `Faults` is the list of them that a mock works off. Nothing
here waits or writes to a network: `Fault.delivery` tells whoever carries the request what to do, so that a simulation
can do the same with a network and a time of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cybertip.errors import ConfigurationError
from cybertip.models._types import XmlInt, XmlLong, XmlString

CALLS = ("status", "xsd", "submit", "upload", "fileinfo", "finish", "retract")
"""The endpoints, by the names that faults and exchanges have for them."""

Call = Literal["status", "xsd", "submit", "upload", "fileinfo", "finish", "retract", "*"]
LONGEST = 86_400.0
"""Seconds that a fault may last or take."""

Seconds = Annotated[float, Field(gt=0, le=LONGEST, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=1)]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What happens to a request and its answer on their way, in this order.

    Attributes:
        cut_before_reading: the connection is reset before any of the body is read.
        cut_after: the connection is reset as soon as more than this many bytes of the body have been read.
        wait_before: seconds to wait before acting.
        wait_for_hangup: act only once the client has hung up.
        cut_after_acting: the connection is reset instead of an answer.
        wait_after: seconds to wait before answering.
        end_early: the connection ends before the answer has the length that it announced.
        pause: seconds between the pieces of the answer.
        piece: bytes of such a piece.
    """

    cut_before_reading: bool = False
    cut_after: int | None = None
    wait_before: float = 0.0
    wait_for_hangup: bool = False
    cut_after_acting: bool = False
    wait_after: float = 0.0
    end_early: bool = False
    pause: float = 0.0
    piece: int = 1


class Fault(BaseModel):
    """What all faults say: which requests they meet. Only requests with good credentials meet any."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    call: Call = "*"
    """The endpoint, or any (``*``)."""
    times: Count | None = 1
    """How many requests meet it; null for all."""
    skip: Annotated[int, Field(strict=True, ge=0)] = 0
    """How many requests that it could meet are left alone first."""
    for_seconds: Seconds | None = None
    """How long it lasts, on the mock's clock, from when it was set; null for ever."""
    fault: str
    """Which kind it is."""

    @property
    def delivery(self) -> Delivery:
        """What happens on the way."""
        return Delivery()

    @property
    def in_words(self) -> str:
        """What it is, for the log: its name and what it was told."""
        return self.fault


class Answering(Fault):
    """A fault with an answer of its own."""

    acts: bool = False
    """Whether the server does what it was asked to before it gives this answer."""

    @property
    def in_words(self) -> str:
        return f"{self.fault}{', after acting' if self.acts else ''}"


class Delay(Fault):
    """The server takes its time."""

    fault: Literal["delay"] = "delay"
    seconds: Seconds
    """How long."""
    before: Literal["answering", "acting"] = "answering"
    """Whether it has acted when it waits. It acts in any case, also if the client has given up in the meantime."""

    @property
    def delivery(self) -> Delivery:
        return Delivery(wait_before=self.seconds) if self.before == "acting" else Delivery(wait_after=self.seconds)


class Late(Fault):
    """The request is acted upon only after the client has given up waiting and hung up, whenever that is."""

    fault: Literal["late"] = "late"

    @property
    def delivery(self) -> Delivery:
        return Delivery(wait_for_hangup=True)


class Reset(Fault):
    """The connection is reset."""

    fault: Literal["reset"] = "reset"
    at: Literal["before-reading", "while-reading", "after-acting"] = "after-acting"
    """When. While it reads the request and before, the server does nothing else; after acting it has done it all."""
    after_bytes: Annotated[int, Field(strict=True, ge=0)] = 0
    """While reading: how many bytes of the body it takes before."""

    @property
    def delivery(self) -> Delivery:
        match self.at:
            case "before-reading":
                return Delivery(cut_before_reading=True)
            case "while-reading":
                return Delivery(cut_after=self.after_bytes)
            case _:
                return Delivery(cut_after_acting=True)

    @property
    def in_words(self) -> str:
        return f"reset {self.at}"


class Status(Answering):
    """An HTTP status with a web page in place of an answer, as gateways give it."""

    fault: Literal["status"] = "status"
    status: Annotated[int, Field(strict=True, ge=200, le=599)]
    """The HTTP status; 200 with a page that is no answer is possible, too."""
    body: XmlString | None = None
    """The page; null for one that names the status."""
    content_type: str = Field(default="text/html;charset=utf-8", pattern=r"^[ -~]+$", max_length=200)
    """Its ``Content-Type``."""
    retry_after: Annotated[int, Field(strict=True, ge=0)] | None = None
    """Seconds for a ``Retry-After`` header."""

    @property
    def in_words(self) -> str:
        return f"HTTP {self.status}{', after acting' if self.acts else ''}"


class Throttle(Answering):
    """HTTP 429 with ``Retry-After``."""

    fault: Literal["throttle"] = "throttle"
    retry_after: Annotated[int, Field(strict=True, ge=0)] = 1
    """Seconds."""


class Maintenance(Answering):
    """A page about maintenance, with HTTP 503 unless told otherwise."""

    fault: Literal["maintenance"] = "maintenance"
    status: Annotated[int, Field(strict=True, ge=200, le=599)] = 503
    """The HTTP status."""


class Unauthorized(Answering):
    """HTTP 401 for good credentials."""

    fault: Literal["unauthorized"] = "unauthorized"


class ResponseCode(Answering):
    """A response code, also after acting: 1000 although the report was finished."""

    fault: Literal["code"] = "code"
    code: XmlInt
    """The response code; also one that nobody knows."""
    description: XmlString | None = None
    """Its words; null for the usual ones."""
    http_status: Annotated[int, Field(strict=True, ge=200, le=599)] | None = None
    """The HTTP status; null for the one that this server gives to errors, 200 for code 0."""
    root: Literal["reportResponse", "reportDoneResponse"] | None = None
    """The root element; null for the one that this server gives to this call."""

    @property
    def in_words(self) -> str:
        return f"code {self.code}{', after acting' if self.acts else ''}"


class Truncate(Fault):
    """The answer breaks off."""

    fault: Literal["truncate"] = "truncate"
    keep: Annotated[int, Field(strict=True, ge=0)] | None = None
    """How many bytes of it arrive; null for half of them."""
    cut: Literal["body", "connection"] = "body"
    """Whether HTTP is in order and only the XML is cut, or the connection ends before the announced length."""

    @property
    def delivery(self) -> Delivery:
        return Delivery(end_early=self.cut == "connection")


class WrongContentType(Fault):
    """The right answer under a wrong ``Content-Type``."""

    fault: Literal["content-type"] = "content-type"
    value: str = Field(default="text/html;charset=ISO-8859-1", pattern=r"^[ -~]+$", max_length=200)
    """What it says."""


class WrongHash(Fault):
    """The answer to an upload names an MD5 that is not that of the file."""

    fault: Literal["wrong-hash"] = "wrong-hash"
    call: Literal["upload"] = "upload"


class WrongReportId(Fault):
    """The answer names another report than the one that the request was about."""

    fault: Literal["wrong-report-id"] = "wrong-report-id"
    report_id: XmlLong | None = None
    """Which; null for the right one and 1."""


class Dribble(Fault):
    """The answer comes slowly, in small pieces."""

    fault: Literal["dribble"] = "dribble"
    pause: Seconds = 0.1
    """Seconds between the pieces."""
    piece: Count = 1
    """Bytes of a piece."""

    @property
    def delivery(self) -> Delivery:
        return Delivery(pause=self.pause, piece=self.piece)


AnyFault = Annotated[
    Delay
    | Late
    | Reset
    | Status
    | Throttle
    | Maintenance
    | Unauthorized
    | ResponseCode
    | Truncate
    | WrongContentType
    | WrongHash
    | WrongReportId
    | Dribble,
    Field(discriminator="fault"),
]


class RandomFaults(BaseModel):
    """Faults at random, the same ones for the same seed and the same requests: for soak runs."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    rate: Annotated[float, Field(ge=0, le=1)]
    """The share of requests that meet one."""
    seed: int = 0
    """Where the dice start."""
    call: Call = "*"
    """The endpoint that is affected, or any (``*``)."""


class FaultPlan(BaseModel):
    """All the faults of a mock, as `/_mock/faults` and ``--faults FILE`` hold them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    faults: tuple[AnyFault, ...] = ()
    """Tried in their order; a request meets the first that is for it."""
    random: RandomFaults | None = None
    """What meets the requests that none of them is for."""

    @model_validator(mode="before")
    @classmethod
    def _allow_a_bare_list(cls, value: Any) -> Any:
        return {"faults": value} if isinstance(value, (list, tuple)) else value


def read_plan(text: bytes | str) -> FaultPlan:
    """The plan that a JSON text holds; an empty text holds none.

    Raises:
        ConfigurationError: it is no JSON, or no plan; every place is named, and what would be right there.
    """
    if not text.strip():
        return FaultPlan()
    try:
        return FaultPlan.model_validate_json(text)
    except ValidationError as problem:
        places = [
            f"{'.'.join(str(part) for part in item['loc']) or 'the document'}: "
            # The library's own words speak of its inner workings there.
            + ("say by 'fault' which one it is" if item["type"] == "union_tag_not_found" else item["msg"])
            for item in problem.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise ConfigurationError(f"these are no faults: {'; '.join(places)}") from None
