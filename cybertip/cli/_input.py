"""Reading what a command is given, up to the largest document that can be read; files of many records line by line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cybertip.errors import ConfigurationError
from cybertip.intake import MAX_RECORD_BYTES
from cybertip.xml import MAX_BYTES

STREAMS = (".ndjson", ".jsonl")
"""How the names of files end that hold a record on each line."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document to look at.

    Attributes:
        name: the file's, or ``-``.
        data: its bytes, at most one more than the limit.
        line: where it stands in a file of many; None for a file of one.
    """

    name: str
    data: bytes = field(repr=False)
    line: int | None = None

    @property
    def label(self) -> str:
        """What to call it: ``records.ndjson:12``."""
        return self.name if self.line is None else f"{self.name}:{self.line}"


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``; no more than one byte beyond the limit of documents.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        if name == "-":
            return _stdin().read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ConfigurationError(f"cannot read {name}: {problem.strerror}") from None


def documents(name: str) -> Iterator[Document]:
    """What is in a file: one document, or the records on the lines of NDJSON.

    NDJSON is what a file's name says (`STREAMS`), and standard input of which the first line is a whole JSON object
    with something on a line after it. Empty lines are passed over.

    Raises:
        ConfigurationError: it cannot be read, or is a stream of no record.
    """
    try:
        if name == "-":
            yield from _piped(_stdin())
        elif name.lower().endswith(STREAMS):
            with Path(name).open("rb") as file:
                records = _lines(name, file, 1)
                first = next(records, None)
                if first is None:
                    raise ConfigurationError(f"{name} holds no record")
                yield first
                yield from records
        else:
            yield Document(name, read_input(name))
    except OSError as problem:
        raise ConfigurationError(f"cannot read {name}: {problem.strerror}") from None


def one_record(name: str) -> Document:
    """The only record of a file, or of standard input.

    Raises:
        ConfigurationError: it cannot be read, or holds more than one.
    """
    first, *more = documents(name)
    if more:
        raise ConfigurationError(f"{name} holds {1 + len(more)} records; give one")
    return first


def folder_of(document: Document) -> Path:
    """Where relative locations of a record's evidence start."""
    return Path(document.name).parent


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise ConfigurationError("standard input is closed")
    return sys.stdin.buffer


def _piped(stream: BinaryIO) -> Iterator[Document]:
    first = stream.readline(MAX_BYTES + 1)
    if not _is_object(first):
        yield Document("-", first + stream.read(MAX_BYTES + 1 - len(first)))
        return
    # Whether anything follows decides; what is empty until then is read, not kept.
    rest = _lines("-", stream, 2)
    second = next(rest, None)
    yield Document("-", first, None if second is None else 1)
    if second is not None:
        yield second
        yield from rest


def _is_object(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _lines(name: str, stream: BinaryIO, number: int) -> Iterator[Document]:
    while line := stream.readline(MAX_RECORD_BYTES + 1):
        whole = line
        while len(whole) > MAX_RECORD_BYTES and not whole.endswith(b"\n"):
            whole = stream.readline(MAX_RECORD_BYTES + 1)  # too long a line is passed over, and refused by its start
            if not whole:
                break
        if line.strip():
            yield Document(name, line, number)
        number += 1
