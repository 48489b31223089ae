"""One report from opening to receipt, in one go and without a ledger.

It serves the demo and ``cybertip send``, which never reach production: a crash half-way leaves an open report behind,
which lapses by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cybertip.calls import FinishResult
from cybertip.calls.forms import FileSource
from cybertip.client import Client
from cybertip.errors import (
    AlreadyFinishedError,
    AlreadyRetractedError,
    CallError,
    CybertipError,
    Known,
    NeedsPersonError,
)

LAPSE = "an open report lapses by itself 24 hours after it was opened, or 1 hour after its last change if that is later"


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file, and how to describe it once the server has named it; None leaves it without details."""

    source: FileSource
    details: Callable[[int, str], bytes] | None


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who is told how far the filing has come.

    Attributes:
        step: a line for people.
        progress: the name of a file and how many of its bytes the network has taken so far.
    """

    step: Callable[[str], None]
    progress: Callable[[str, int], None]


def file_report(client: Client, report: bytes, files: Sequence[FileToSend], watcher: Watcher) -> FinishResult:
    """Open, upload, describe, finish. Documents must have been checked before.

    What fails before `/finish` is retracted.

    Raises:
        CybertipError: what failed.
        NeedsPersonError: it is not known whether the report was filed.
    """
    try:
        report_id = client.submit(report).report_id
    except (CallError, KeyboardInterrupt) as problem:
        if not isinstance(problem, CallError) or problem.known is Known.UNKNOWN:
            watcher.step(f"A report may have been opened without our knowing its number; {LAPSE}.")
        raise
    watcher.step(f"opened    report {report_id}")
    try:
        sent = [_send_file(client, report_id, item, watcher) for item in files]
    except BaseException:  # whatever it is, an interrupt too: an open report is not left behind in silence
        _retract(client, report_id, watcher)
        raise
    return _finish(client, report_id, sent, watcher)


def _send_file(client: Client, report_id: int, item: FileToSend, watcher: Watcher) -> str:
    name = item.source.name
    upload = client.upload(report_id, item.source, lambda gone: watcher.progress(name, gone))
    watcher.step(f"uploaded  {name} ({item.source.size} bytes, MD5 confirmed) as file {upload.file_id}")
    if item.details is not None:
        client.file_info(item.details(report_id, upload.file_id))
        watcher.step(f"described {name}")
    return upload.file_id


def _finish(client: Client, report_id: int, sent: Sequence[str], watcher: Watcher) -> FinishResult:
    # The client itself repeats a /finish that was not answered: it is the one call that must be answered.
    try:
        result = client.finish(report_id)
    except AlreadyFinishedError as problem:
        raise NeedsPersonError(
            f"report {report_id} is filed, but its receipt was lost on the way: {problem}. Do not file it again;"
            " ask NCMEC for a confirmation, naming the report."
        ) from None
    except (CallError, KeyboardInterrupt) as problem:
        if isinstance(problem, CallError) and problem.known not in (Known.UNKNOWN, Known.DECLARED):
            _retract(client, report_id, watcher)
            raise
        raise NeedsPersonError(
            f"it is not known whether report {report_id} was filed: {problem or 'interrupted'}. Do not file it again"
            f" before NCMEC has said what became of it; if it was not filed, {LAPSE}."
        ) from None
    watcher.step(f"finished  report {report_id}: filed")
    if set(result.file_ids) != set(sent):
        raise NeedsPersonError(
            f"report {report_id} is filed, but its receipt lists other files than those that were sent."
            " Do not file it again; ask NCMEC, naming the report."
        )
    return result


def _retract(client: Client, report_id: int, watcher: Watcher) -> None:
    try:
        client.retract(report_id)
    except AlreadyRetractedError:
        watcher.step(f"report {report_id} was retracted before: nothing was filed")
    except AlreadyFinishedError:
        raise NeedsPersonError(
            f"report {report_id} was to be retracted, but the server says that it is filed. Do not file it again;"
            " ask NCMEC, naming the report."
        ) from None
    except CybertipError as problem:
        watcher.step(f"Report {report_id} could not be retracted ({problem}); {LAPSE}.")
    except KeyboardInterrupt:
        # The second interrupt: the person does not want to wait.
        watcher.step(f"Report {report_id} was left open; {LAPSE}.")
        raise
    else:
        watcher.step(f"retracted report {report_id}: nothing was filed")
