"""Where output goes: data to stdout, words for people to stderr, or one JSON envelope to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

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


class NeedsPersonError(CybertipError):
    """Something is left that only a person can decide."""


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

    Attributes:
        command: the command's name, such as ``schema diff``.
        as_json: whether the envelope is wanted.
    """

    def __init__(self, command: str, as_json: bool) -> None:
        self.command = command
        self.as_json = as_json

    def say(self, text: str) -> None:
        """A line for people, on stderr; nothing with ``--json``."""
        if not self.as_json:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def data(self, text: str) -> None:
        """A line of data, on stdout; nothing with ``--json``."""
        if not self.as_json:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def raw(self, content: bytes) -> None:
        """Bytes of data, on stdout, with a line break at their end."""
        if not self.as_json:
            sys.stdout.flush()
            sys.stdout.buffer.write(content if content.endswith(b"\n") else content + b"\n")
            sys.stdout.buffer.flush()

    def end(self, status: Exit, result: Mapping[str, Any]) -> Exit:
        """The end of the command: the envelope, with ``--json``."""
        if self.as_json:
            envelope = {"cybertip": ENVELOPE_VERSION, "command": self.command, "exit": int(status), **result}
            sys.stdout.write(json.dumps(envelope, ensure_ascii=False, indent=2) + "\n")
            sys.stdout.flush()
        return status

    def fail(self, problem: CybertipError) -> Exit:
        """An error's plain lines, or its envelope."""
        status = exit_status(problem)
        # A call's error begins with the call's own name.
        self.say(f"cybertip: {problem}" if isinstance(problem, CallError) else f"cybertip {self.command}: {problem}")
        if cure := advice(problem):
            self.say(cure)
        return self.end(status, {"error": error_data(problem)})


def body_of(name: str) -> Callable[[Callable[..., Exit]], Callable[..., int]]:
    """Wrap the body of a command: it gets an `Output`, and its errors become exit statuses."""

    def wrap(body: Callable[..., Exit]) -> Callable[..., int]:
        def call(as_json: bool, **options: Any) -> int:
            output = Output(name, as_json)
            try:
                return int(body(output, **options))
            except CybertipError as problem:
                return int(output.fail(problem))

        call.__doc__ = body.__doc__
        return call

    return wrap
