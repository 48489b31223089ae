"""Structured chat as text: for ``chatImIncident/content``, and for files that hold the whole of a long one."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field

from cybertip.models._types import write_datetime
from cybertip.review import Chat, Message

LONGEST_CONTENT = 100_000
"""How many characters of a chat stand in the report itself. Longer ones come as files, with their start here."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A chat as the report carries it.

    Attributes:
        content: for ``chatImIncident/content``.
        files: name and bytes of the files that hold the whole; none for a chat that the content holds.
    """

    content: str = field(repr=False)
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


def transcript(chat: Chat, name: str) -> Transcript:
    """The messages of a chat, in their order.

    Args:
        chat: the chat.
        name: what its files are called, without their endings.
    """
    lines = [_line(message) for message in chat.messages]
    text = "\n".join(lines)
    if len(text) <= LONGEST_CONTENT:
        return Transcript(text)
    files = ((f"{name}.txt", f"{text}\n".encode()), (f"{name}.csv", _csv(chat)))
    start = _start(lines)
    said = f"(The first {len(start)} of {len(lines)} messages; all are in the files {files[0][0]} and {files[1][0]}.)"
    return Transcript("\n".join([said, *start]), files)


def _start(lines: list[str]) -> list[str]:
    """As many whole lines as the report takes."""
    length, start = 0, []
    for line in lines:
        length += len(line) + 1
        if length > LONGEST_CONTENT:
            break
        start.append(line)
    return start


def _line(message: Message) -> str:
    when = f"[{write_datetime(message.sent_at)}] " if message.sent_at is not None else ""
    files = f" (files: {', '.join(message.attachments)})" if message.attachments else ""
    return f"{when}{_indented(message.sender or 'unknown sender')}: {_indented(message.text or '')}{files}"


# What any program that shows text may take for the end of a line.
_LINE_END = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def _indented(text: str) -> str:
    """A text of several lines must not look like several messages, of which one might be another person's.

    Every line end stays as it is, and is followed by four spaces, so nothing is lost.
    """
    return _LINE_END.sub(lambda end: f"{end[0]}    ", text)


def _csv(chat: Chat) -> bytes:
    """UTF-8, RFC 4180, one row for each message."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["number", "sent_at", "sender", "text", "attachments"])
    for number, message in enumerate(chat.messages, start=1):
        when = write_datetime(message.sent_at) if message.sent_at is not None else ""
        rows.writerow([number, when, message.sender or "", message.text or "", "\n".join(message.attachments)])
    return out.getvalue().encode()
