"""The forms that `/upload`, `/finish` and `/retract` take, read piece by piece as they arrive.

Files are digested on the way and dropped, so that an upload of any size takes the same small amount of memory. The
readers know nothing of the network: they are handed pieces.
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cybertip.mock.answers import Code, Refused
from cybertip.mock.keeping import Keeper, Keeping
from cybertip.models._types import LONG_MAX

MAX_TEXT = 64 * 1024
"""The most bytes of ordinary fields in one form. Real forms hold one report id."""

MAX_PARTS = 100
"""The most fields in one form. Real forms hold two."""

# The parser logs each thing that it refuses, with the byte that it stumbled on. The answer says enough, and nothing
# of what was sent belongs into a log.
_SILENT = logging.getLogger(f"{__name__}.parser")
_SILENT.disabled = True


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file field of a form.

    Attributes:
        name: the file name as it was sent.
        size: in bytes.
        md5: in hexadecimal digits.
        sha256: likewise.
        kept: its bytes, where they are kept.
    """

    name: str = field(repr=False)
    size: int
    md5: str
    sha256: str
    kept: Keeping | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a complete form, in their order. A name may stand several times."""

    texts: list[tuple[str, str]] = field(repr=False)
    files: list[tuple[str, UploadedFile]]

    def report_id(self) -> int:
        """The field ``id``. Raises Refused, with 4000, where it is missing, stands twice or is no number (assumed)."""
        found = [text for name, text in self.texts if name == "id"]
        if len(found) != 1:
            raise _invalid("the form needs one field 'id', the report id")
        if not re.fullmatch("[0-9]{1,19}", found[0], re.ASCII):
            raise _invalid("the field 'id' must be a report id: digits and nothing else")
        report_id = int(found[0])
        if report_id > LONG_MAX:
            raise _invalid("the field 'id' must be a report id: a number of at most 64 bits")
        return report_id

    def file(self) -> UploadedFile:
        """The field ``file``. Raises Refused, with 4000, where it is missing or stands twice (assumed)."""
        found = [file for name, file in self.files if name == "file"]
        if len(found) != 1:
            # Servlet containers tell files from texts by the file name (known of them; assumed for this server).
            raise _invalid("the form needs one field 'file', sent with a file name")
        return found[0]

    def keep(self, report_id: int, file_id: str) -> None:
        """Put the bytes of the field ``file`` into their place, where they are kept."""
        kept = self.file().kept
        if kept is not None:
            kept.keep(report_id, file_id)

    def discard(self) -> None:
        """Remove all bytes that were not put into their place."""
        for _, file in self.files:
            if file.kept is not None:
                file.kept.discard()


class FormReader(Protocol):
    """Takes the pieces of a form."""

    def write(self, piece: bytes) -> None:
        """Take the next piece. Raises Refused, with 4000, where it breaks the form."""

    def finish(self) -> Form:
        """The form. Raises Refused, with 4000, where it ended too early."""

    def discard(self) -> None:
        """Remove what was kept of a form that will not be used."""


def multipart_reader(
    content_type: str, keeper: Keeper | None = None, *, wanted: str = "multipart/form-data"
) -> FormReader:
    """A reader for forms with files.

    Args:
        content_type: the header of the request.
        keeper: keeps the bytes of files.
        wanted: what the refusal of another type asks for.

    Raises:
        Refused: 4000, where this is no such form (assumed).
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise _invalid(f"Content-Type must be {wanted}")
    return _MultipartReader(options.get(b"boundary", b""), keeper)


def form_reader(content_type: str) -> FormReader:
    """A reader for forms without files, in either encoding. Raises Refused, with 4000, where this is none (assumed).

    The documentation's curl sends a multipart form; url-encoded ones were seen.
    """
    if parse_options_header(content_type)[0] == b"application/x-www-form-urlencoded":
        return _UrlEncodedReader()
    return multipart_reader(content_type, wanted="multipart/form-data or application/x-www-form-urlencoded")


def _invalid(particulars: str) -> Refused:
    return Refused(Code.INVALID_REQUEST, particulars)


class _UrlEncodedReader:
    def __init__(self) -> None:
        self._body = bytearray()

    def write(self, piece: bytes) -> None:
        self._body += piece
        if len(self._body) > MAX_TEXT:
            raise _invalid("the form is too large")

    def finish(self) -> Form:
        # Latin-1 takes any byte; ids are digits, and nothing else of such a form is read.
        return Form(parse_qsl(self._body.decode("latin-1"), keep_blank_values=True), [])

    def discard(self) -> None:
        pass


class _Digests:
    """The size and the digests of a file that passes by."""

    def __init__(self, name: bytes, kept: Keeping | None) -> None:
        self.kept = kept
        self._name = name.decode(errors="replace")
        self._size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def write(self, piece: memoryview) -> None:
        self._size += len(piece)
        self._md5.update(piece)
        self._sha256.update(piece)
        if self.kept is not None:
            self.kept.write(piece)

    def result(self) -> UploadedFile:
        if self.kept is not None:
            self.kept.end()
        return UploadedFile(self._name, self._size, self._md5.hexdigest(), self._sha256.hexdigest(), self.kept)


class _MultipartReader:
    """Reads a multipart form with python-multipart's push parser, which keeps nothing but what it is reading."""

    def __init__(self, boundary: bytes, keeper: Keeper | None) -> None:
        if not boundary:
            raise _invalid("Content-Type has no boundary")
        self._keeper = keeper
        self._form = Form([], [])
        self._ended = False
        self._text_bytes = 0
        # The part that is being read.
        self._header_name = b""
        self._header_value = b""
        self._disposition = b""
        self._name = ""
        self._file: _Digests | None = None
        self._text = bytearray()
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._take_header_name,
                    "on_header_value": self._take_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._take_data,
                    "on_part_end": self._end,
                    "on_end": self._end_form,
                },
            )
        except FormParserError:
            raise _invalid("the boundary is too long") from None
        self._parser.logger = _SILENT

    def write(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError:
            raise _invalid("the multipart form is malformed") from None

    def finish(self) -> Form:
        if not self._ended:
            raise _invalid("the multipart form ends before its closing boundary")
        return self._form

    def discard(self) -> None:
        self._form.discard()
        if self._file is not None and self._file.kept is not None:
            self._file.kept.discard()

    def _begin(self) -> None:
        if len(self._form.texts) + len(self._form.files) == MAX_PARTS:
            raise _invalid("the form has too many fields")
        self._disposition = b""
        self._text = bytearray()

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._name = options.get(b"name", b"").decode(errors="replace")
        file_name = options.get(b"filename")
        # Bytes of a field that nobody asked for are digested like any file's, and never kept.
        keeper = self._keeper if self._name == "file" else None
        self._file = None if file_name is None else _Digests(file_name, keeper.begin() if keeper is not None else None)

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])
            return
        self._text_bytes += end - start
        if self._text_bytes > MAX_TEXT:
            raise _invalid("the form's ordinary fields are too large")
        self._text += data[start:end]

    def _end(self) -> None:
        if self._file is not None:
            self._form.files.append((self._name, self._file.result()))
        else:
            self._form.texts.append((self._name, self._text.decode(errors="replace")))

    def _end_form(self) -> None:
        self._ended = True
