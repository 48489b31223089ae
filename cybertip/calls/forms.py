"""Request bodies as descriptions, and how they become bytes.

A body is described, not read: the client opens the file when it sends, and again when it must send again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol, runtime_checkable

XML_CONTENT_TYPE = "text/xml; charset=utf-8"
MAX_FILE_NAME_BYTES = 255
"""A file name is shortened to this in the form: servers refuse very long header lines. The name that the user gave
the file belongs into the file details, where it has room."""


@runtime_checkable
class FileSource(Protocol):
    """Bytes that can be read from the start as often as needed."""

    @property
    def name(self) -> str:
        """A name for the file; a path's folders are never sent."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    @property
    def sha256(self) -> str | None:
        """The SHA-256 that the bytes must have, in hexadecimal digits, or None if nobody states one."""

    def open(self) -> BinaryIO:
        """A new reader at the first byte. Raises EvidenceError."""


@dataclass(frozen=True, slots=True)
class XmlBody:
    """One XML document."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormBody:
    """A multipart form: text fields, then at most one file."""

    fields: Mapping[str, str]
    file: FileSource | None = field(default=None, repr=False)


Body = XmlBody | FormBody


@dataclass(frozen=True, slots=True)
class EncodedForm:
    """A form around the bytes of its file.

    Attributes:
        content_type: with the boundary.
        head: what comes before the file's bytes.
        tail: what comes after them; a server that has not seen it has not seen the request.
    """

    content_type: str
    head: bytes
    tail: bytes


def encode_form(form: FormBody, boundary: str) -> EncodedForm:
    """The form as RFC 7578 has it.

    Args:
        form: the fields and the file.
        boundary: random, so that no file can contain it.
    """
    mark = boundary.encode("ascii")
    head = b"".join(
        b"--%b\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b\r\n" % (mark, _quoted(name), value.encode())
        for name, value in form.fields.items()
    )
    tail = b"--%b--\r\n" % mark
    if form.file is not None:
        head += (
            b'--%b\r\nContent-Disposition: form-data; name="file"; filename=%b\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" % (mark, _quoted(plain_file_name(form.file.name)))
        )
        tail = b"\r\n" + tail
    return EncodedForm(f"multipart/form-data; boundary={boundary}", head, tail)


def plain_file_name(name: str) -> str:
    """The last part of a path, of either system, short enough for a header; ``file`` where nothing is left."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace")
    if len(last) > MAX_FILE_NAME_BYTES:
        # The extension tells what the file is, so it is the last thing to go.
        stem, dot, extension = last.rpartition(b".")
        kept = dot + extension if stem and len(extension) <= 16 else b""
        last = (stem or last)[: MAX_FILE_NAME_BYTES - len(kept)].decode("utf-8", "ignore").encode() + kept
    text = last[:MAX_FILE_NAME_BYTES].decode("utf-8", "ignore")
    return text if text.strip(". ") else "file"


def _quoted(text: str) -> bytes:
    """A quoted parameter: what could end it or start a new header line becomes %XX, as browsers write it."""
    safe = re.sub(r'["\x00-\x1f\x7f]', lambda found: f"%{ord(found.group()):02X}", text)
    return b'"' + safe.encode("utf-8", "replace") + b'"'
