"""From a started call to what became of it: the bridge between the filing machine and the client."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cybertip import calls
from cybertip.calls.answers import Answer
from cybertip.calls.forms import FileSource
from cybertip.client import Client
from cybertip.errors import CallError, EvidenceError
from cybertip.evidence import HashedReading, source
from cybertip.filing.events import CallEnded, CallStarted
from cybertip.filing.outcomes import CallName, Outcome, outcome_of
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.filing.states import State
from cybertip.filing.steps import Exchange

MOST_WORDS = 500
"""How many characters of an error are kept with an event."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a call.

    Attributes:
        ended: the event.
        exchange: the request and the raw answer; None where nothing can have left, because a file could not be read.
        asked: seconds after which the server asked to be tried again.
    """

    ended: CallEnded
    exchange: Exchange | None
    asked: float | None = None


def send(
    client: Client,
    started: CallStarted,
    package: Frozen,
    state: State,
    clock: Callable[[], datetime],
    progress: Callable[[int], object] | None = None,
) -> Sent:
    """Make a call, once, whatever comes of it.

    Args:
        client: carries it out.
        started: the call, which is in the ledger by now.
        package: what is filed.
        state: the filing, with the call in the air.
        clock: tells the time.
        progress: is told how many bytes of a file the network has taken.
    """
    sent_at = clock()
    try:
        call = _call(started, package, state)
        result = client.send_once(call, progress)
    except EvidenceError as problem:
        words = about(package, started.file or 0, problem)
        return Sent(_ended(started, Outcome.EVIDENCE, clock(), words=words), None)
    except CallError as problem:
        exchange = _exchange(started, call, package, sent_at, problem.answer, problem.report_id)
        outcome = outcome_of(problem)
        ended = _ended(
            started, outcome, clock(), words=problem.in_own_words(), code=problem.code, http_status=problem.http_status,
            request_id=problem.request_id,
        )  # fmt: skip
        return Sent(ended, exchange, problem.retry_after)
    exchange = _exchange(started, call, package, sent_at, result.answer, getattr(result, "report_id", None))
    ended = _ended(
        started, Outcome.OK, clock(), code=0, http_status=result.answer.status, request_id=result.answer.request_id,
        report_id=getattr(result, "report_id", started.report_id), file_id=getattr(result, "file_id", None),
        file_ids=getattr(result, "file_ids", None),
    )  # fmt: skip
    return Sent(ended, exchange)


def opened(item: FrozenFile) -> FileSource:
    """The file as something that can be sent.

    Raises:
        EvidenceError: it is not there, or cannot be read.
    """
    if item.content is not None:
        return source(item.content, name=item.name, sha256=item.sha256)
    if "://" in (item.location or ""):
        raise EvidenceError("its location is a URL, and nothing is fetched; name a local copy")
    return source(item.location or "", name=item.name, sha256=item.sha256)


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that is not there, or is another one.

    Attributes:
        file: its index.
        words: what is wrong, without content.
    """

    file: int
    words: str


def missing(package: Frozen, *, whole: bool) -> Missing | None:
    """The first file of a package that cannot be sent; None where all of them are there.

    Args:
        package: what is to be filed.
        whole: whether to read every file to its end and compare it with what was reviewed; else each is looked for.
    """
    for index, item in enumerate(package.files):
        try:
            found = opened(item)
            if whole:
                for _ in HashedReading(found):
                    pass
        except EvidenceError as problem:
            return Missing(index, about(package, index, problem))
    return None


def about(package: Frozen, index: int, problem: EvidenceError) -> str:
    """What is wrong with a file, and which it is: by its number, because its name and its place may tell of people."""
    words, place = str(problem), package.files[index].location
    return f"file {index + 1} of {len(package.files)}: {words.replace(place, 'it') if place else words}"


def _call(started: CallStarted, package: Frozen, state: State) -> calls.Call[Any]:
    report = started.report_id or 0
    match started.call:
        case CallName.SUBMIT:
            return calls.Submit(package.report)
        case CallName.UPLOAD:
            return calls.Upload(report, opened(package.files[started.file or 0]))
        case CallName.FILEINFO:
            attempt = state.attempt
            if attempt is None:
                raise AssertionError("details are sent for an open report only")
            file_id = attempt.files[started.file or 0].file_id
            return calls.FileInfo(package.files[started.file or 0].described(report, file_id), report, file_id)
        case CallName.FINISH:
            return calls.Finish(report)
        case CallName.RETRACT:
            return calls.Retract(report)


def _ended(started: CallStarted, outcome: Outcome, at: datetime, *, words: str = "", **more: Any) -> CallEnded:
    given = {"report_id": started.report_id, **more}
    return CallEnded(
        started.call_id, started.fence, started.call, outcome, at, file=started.file, words=words[:MOST_WORDS], **given
    )


def _exchange(
    started: CallStarted,
    call: calls.Call[Any],
    package: Frozen,
    sent_at: datetime,
    answer: Answer | None,
    report_id: int | None,
) -> Exchange:
    digest, size = _request(started, call, package)
    about = started.report_id if started.report_id is not None else report_id
    if answer is None:
        return Exchange(started.call_id, started.call, about, digest, size, sent_at)
    return Exchange(
        started.call_id, started.call, about, digest, size, sent_at, answer.received_at, answer.status, answer.headers,
        answer.body, answer.complete,
    )  # fmt: skip


def _request(started: CallStarted, call: calls.Call[Any], package: Frozen) -> tuple[str, int]:
    """Digest and size of what was sent: the document, the file, or the form's one field."""
    if isinstance(call, (calls.Submit, calls.FileInfo)):
        return hashlib.sha256(call.document).hexdigest(), len(call.document)
    if isinstance(call, calls.Upload):
        return package.files[started.file or 0].sha256 or "", call.file.size
    field = f"id={call.report_id}".encode()
    return hashlib.sha256(field).hexdigest(), len(field)
