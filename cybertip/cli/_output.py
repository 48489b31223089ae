"""Where output goes: data to stdout, words for people to stderr, or one JSON envelope to stdout."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

import click

from cybertip.cli._screen import Screen
from cybertip.errors import (
    AlreadyFinishedError,
    CallError,
    ConfigurationError,
    ConnectionFailedError,
    CredentialsError,
    CybertipError,
    EnvironmentRefusedError,
    EvidenceError,
    HashMismatchError,
    HttpRefusedError,
    Known,
    NeedsPersonError,
    RedirectRefusedError,
    RefusedError,
    ServerError,
    ThrottledError,
    UnreadableAnswerError,
)
from cybertip.findings import DocumentError

ENVELOPE_VERSION = 1


class Exit(IntEnum):
    """The exit statuses of every command."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    NEEDS_PERSON = 3
    UNREACHABLE = 4
    REFUSED = 5


# Not verdicts of a command, so apart from them.
INTERRUPTED = 130
DEFECT = 70


def exit_status(problem: CybertipError) -> Exit:
    """The exit status that an error becomes."""
    if isinstance(problem, EnvironmentRefusedError):
        return Exit.REFUSED
    if isinstance(problem, ConfigurationError):
        return Exit.USAGE
    if isinstance(problem, DocumentError):
        policy = any(finding.code.startswith("P") for finding in problem.findings.errors)
        return Exit.REFUSED if policy else Exit.FINDINGS
    if isinstance(problem, (NeedsPersonError, AlreadyFinishedError)):
        return Exit.NEEDS_PERSON
    if isinstance(problem, (RefusedError, HashMismatchError)):
        return Exit.FINDINGS
    if isinstance(problem, ServerError) and problem.known is Known.REFUSED:
        return Exit.FINDINGS
    if isinstance(problem, (CallError, EvidenceError)):
        return Exit.UNREACHABLE
    return Exit.FINDINGS


# What a person can do about a call that did not succeed; the first match counts.
_ADVICE: tuple[tuple[type[CybertipError], str], ...] = (
    (ConnectionFailedError, "Check the address; for the mock, start one with: cybertip mock"),
    (CredentialsError, "Check CYBERTIP_USERNAME and CYBERTIP_PASSWORD; each environment has its own."),
    (ThrottledError, "Wait, then run the command again."),
    (HttpRefusedError, "Check the address: the API lives below /ispws."),
    (RedirectRefusedError, "Check the address; give the one that the server points to, if it is right."),
    (RefusedError, "Correct what was sent: cybertip validate tells what our own checks find."),
    (EvidenceError, "Mend the file or the path, then run the command again."),
    (
        UnreadableAnswerError,
        "Something in between may have answered for the server. Run the command again later.",
    ),
    (CallError, "Run the command again later. If it persists, give NCMEC the Request-ID."),
)


def advice(problem: CybertipError) -> str:
    """What to do about an error whose own words do not say it; empty where they do."""
    return next((text for kind, text in _ADVICE if isinstance(problem, kind)), "")


def error_data(problem: CybertipError) -> dict[str, Any]:
    """An error as plain data for the envelope."""
    data: dict[str, Any] = {"kind": type(problem).__name__, "message": str(problem), "cure": advice(problem)}
    if isinstance(problem, CallError):
        data |= {
            "call": problem.call,
            "known": str(problem.known),
            "code": problem.code,
            "description": problem.description,
            "http_status": problem.http_status,
            "request_id": problem.request_id,
            "report_id": problem.report_id,
        }
    if isinstance(problem, DocumentError):
        data["findings"] = [finding.as_dict() for finding in problem.findings]
    return data


class Output:
    """What one command says.

    Writing never raises: a full disk or a reader that has gone must not keep a command from coming to its end, least
    of all between two calls of a filing.

    Attributes:
        command: the command's name, such as ``schema diff``.
        as_json: whether the envelope is wanted.
        quiet: whether people want to read nothing but errors on stderr.
        screen: how to draw on stdout; what is drawn is printed with `data`.
        lost: why data could not be written to stdout; None while all went well.
        by_line: whether with ``--json`` each event is a line of JSON, and the end is one, too.
    """

    def __init__(self, command: str, as_json: bool, *, quiet: bool = False, local: bool = False) -> None:
        self.command = command
        self.as_json = as_json
        self.quiet = quiet
        self.screen = Screen.of(sys.stdout, local=local)
        self.lost: str | None = None
        self.by_line = False
        self._said: list[str] = []

    def say(self, text: str) -> None:
        """A line for people, on stderr; nothing with ``--quiet``. With ``--json`` it is part of an error's envelope."""
        if self.as_json or not self.quiet:
            self.error(text)

    def error(self, text: str) -> None:
        """A line about what went wrong, on stderr, also with ``--quiet``; otherwise as `say`."""
        if self.as_json:
            self._said.append(text)
        elif sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"{text}\n")
                sys.stderr.flush()

    def data(self, text: str) -> None:
        """A line of data, on stdout; nothing with ``--json``."""
        if not self.as_json:
            self._write(f"{text}\n".encode(errors="backslashreplace"))

    def raw(self, content: bytes) -> None:
        """Bytes of data, on stdout, with a line break at their end; nothing with ``--json``."""
        if not self.as_json:
            self._write(content if content.endswith(b"\n") else content + b"\n")

    def exact(self, content: bytes) -> None:
        """Bytes of data, on stdout, and nothing else; nothing with ``--json``."""
        if not self.as_json:
            self._write(content)

    def event(self, name: str, told: Mapping[str, Any]) -> None:
        """Something that happened, as a line of JSON: with ``--json``, for a command that goes on and on."""
        if self.as_json:
            line = {"cybertip": ENVELOPE_VERSION, "command": self.command, "event": name, **told}
            self._write(json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")

    def end(self, status: int, result: Mapping[str, Any]) -> int:
        """The end of the command: the envelope, with ``--json``."""
        if self.as_json:
            envelope = {"cybertip": ENVELOPE_VERSION, "command": self.command, "exit": int(status), **result}
            # Names of files may hold bytes that are no text; JSON has an escape for them.
            text = json.dumps(envelope, ensure_ascii=False, indent=None if self.by_line else 2) + "\n"
            self._write(text.encode(errors="backslashreplace"))
        return status

    def fail(self, problem: CybertipError) -> int:
        """An error's plain lines, or its envelope."""
        # A call's error begins with the call's own name.
        text = f"cybertip: {problem}" if isinstance(problem, CallError) else f"cybertip {self.command}: {problem}"
        before = list(self._said)
        self.error(text)
        if cure := advice(problem):
            self.error(cure)
        return self.end(exit_status(problem), {"error": error_data(problem), "before": before})

    def abort(self, status: int, kind: str, message: str) -> int:
        """The end of a command that was interrupted or is defective."""
        before = list(self._said)
        self.error(f"cybertip: {message}")
        return self.end(status, {"error": {"kind": kind, "message": message, "cure": ""}, "before": before})

    def _write(self, content: bytes) -> None:
        if self.lost is not None:
            return
        try:
            if sys.stdout is None:
                raise ValueError("it is closed")
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            self._lose("its reader has gone")
        except OSError as problem:
            self._lose(problem.strerror or "it cannot be written")
        except ValueError:
            self._lose("it is closed")

    def _lose(self, reason: str) -> None:
        self.lost = reason
        if sys.stdout is not None:
            # What is left in the buffer would make Python complain once more at its end.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def body_of(name: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Wrap the body of a command: it gets an `Output`, and however it ends becomes an exit status.

    The options ``--json``, ``--quiet`` and ``--local`` go into the `Output`; the body gets the others.
    """

    def wrap(body: Callable[..., int]) -> Callable[..., int]:
        def call(as_json: bool, *, quiet: bool = False, local: bool = False, **options: Any) -> int:
            output = Output(name, as_json, quiet=quiet, local=local)
            status = _ended(output, lambda: body(output, **options))
            if output.lost is not None and output.lost != "its reader has gone":
                output.error(f"cybertip {name}: standard output could not be written: {output.lost}")
                return status or int(Exit.UNREACHABLE)
            return status

        call.__doc__ = body.__doc__
        # Options that stand below, as those of `with_settings`.
        call.__click_params__ = getattr(body, "__click_params__", [])  # type: ignore[attr-defined]
        return call

    return wrap


def _ended(output: Output, body: Callable[[], int]) -> int:
    try:
        return int(body())
    except CybertipError as problem:
        return int(output.fail(problem))
    except KeyboardInterrupt:
        return output.abort(INTERRUPTED, "Interrupted", "interrupted")
    except click.ClickException:
        raise
    except Exception as problem:
        if os.environ.get("CYBERTIP_DEBUG") == "1":
            raise
        return output.abort(DEFECT, "InternalError", defect(problem))


def defect(problem: Exception) -> str:
    """The words for a defect of the program itself. Its own text is not shown: it could quote anything."""
    return (
        f"internal error: {type(problem).__name__}. This is a defect of cybertip; please report it."
        " Run with CYBERTIP_DEBUG=1 to see where it happened."
    )
