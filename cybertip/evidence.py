"""Files to upload: opened by path, from memory or from an open file, as often as needed, and hashed on the way.

The bytes are read once per attempt, in blocks, and never held in memory. MD5 is computed because the server answers
with it; SHA-256 because it is what the review was made on: it is known to match before the last block is handed out,
so a file that changed since the review never arrives as a whole.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from cybertip.calls.forms import FileSource
from cybertip.errors import EvidenceError
from cybertip.gates import Seen
from cybertip.review import ReviewRecord

BLOCK = 256 * 1024
"""How many bytes are read at a time. Larger blocks are no faster, smaller ones cost over TLS."""


def _reason(problem: OSError | ValueError) -> str:
    """The system's words. A closed file is a ValueError, one not open for reading is both and has no words."""
    return getattr(problem, "strerror", None) or "it is closed, or not open for reading"


class _File:
    """A file on disk."""

    def __init__(self, path: Path, name: str | None, sha256: str | None) -> None:
        self.path = path
        self.name = name or path.name
        self.sha256 = sha256
        try:
            if not path.is_file():
                raise EvidenceError(f"{path} is not a file" if path.exists() else f"{path} does not exist")
            self.size = path.stat().st_size
        except OSError as problem:
            raise EvidenceError(f"{path} cannot be read: {problem.strerror}") from None

    def open(self) -> BinaryIO:
        try:
            return self.path.open("rb", buffering=0)
        except OSError as problem:
            raise EvidenceError(f"{self.path} cannot be read: {problem.strerror}") from None


class _Memory:
    """Bytes in memory."""

    def __init__(self, data: bytes, name: str | None, sha256: str | None) -> None:
        self.data = data
        self.name = name or "file"
        self.sha256 = sha256
        self.size = len(data)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


class _Stay(io.RawIOBase):
    """Reads a file of the caller's and leaves it open."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int = -1, /) -> bytes:
        return self.file.read(size)


class _Open:
    """A binary file that the caller has open. It is read from where it stood, each time."""

    def __init__(self, file: BinaryIO, name: str | None, sha256: str | None) -> None:
        try:
            if not file.seekable():
                raise EvidenceError("the file cannot be rewound, so it could not be sent again; give a path or bytes")
            self.file = file
            self.start = file.tell()
            self.size = file.seek(0, os.SEEK_END) - self.start
            file.seek(self.start)
            if not isinstance(file.read(0), bytes):
                raise EvidenceError("the file is open as text; open it with mode 'rb'")
        except (OSError, ValueError) as problem:
            raise EvidenceError(f"the file cannot be read: {_reason(problem)}") from None
        own_name = getattr(file, "name", None)
        self.name = name or (Path(own_name).name if isinstance(own_name, str) else "file")
        self.sha256 = sha256

    def open(self) -> BinaryIO:
        try:
            self.file.seek(self.start)
        except (OSError, ValueError) as problem:
            raise EvidenceError(f"the file cannot be read again: {_reason(problem)}") from None
        return cast("BinaryIO", _Stay(self.file))


File = str | os.PathLike[str] | bytes | BinaryIO | FileSource
"""What can be uploaded: a path, the bytes themselves, a seekable binary file, or a source made of one of these."""


def source(file: File, *, name: str | None = None, sha256: str | None = None) -> FileSource:
    """A file that can be uploaded.

    Args:
        file: a path, the bytes themselves, or a seekable file open for reading bytes (``"rb"``). A source is returned
            as it is.
        name: the name to send; the file's own by default. Folders are never sent.
        sha256: what its SHA-256 must be, in hexadecimal digits.

    Raises:
        EvidenceError: there is no such file, or it cannot be read, or not more than once.
        TypeError: a name or a SHA-256 is given with a source, which has its own.
    """
    if isinstance(file, FileSource):
        if name is not None or sha256 is not None:
            raise TypeError("a source has its name and its SHA-256 already")
        return file
    if isinstance(file, bytes):
        return _Memory(file, name, sha256)
    if isinstance(file, (str, os.PathLike)):
        return _File(Path(file), name, sha256)
    return _Open(file, name, sha256)


def look_at(record: ReviewRecord, folder: str | os.PathLike[str]) -> dict[str, Seen]:
    """What is there now of a record's evidence, for `cybertip.builder.build` to compare with what was reviewed.

    Every file is read to its end. A file that cannot be read is told of, not raised; one that a URL names counts as
    such, because nothing is fetched.

    Args:
        record: the record.
        folder: where relative locations start: the record's own folder.

    Returns:
        By the `id` of the evidence; the gates make of it P503 (another file) and P508 (none).
    """
    return {item.id: _look(Path(folder), item.location) for item in record.evidence}


def _look(folder: Path, location: str) -> Seen:
    if "://" in location:
        return Seen(problem="its location is a URL, and nothing is fetched; name a local copy")
    path = folder / location
    try:
        if not path.is_file():  # opening a pipe would wait for whoever writes to it
            return Seen(problem="it is not a file" if path.exists() else "there is no such file")
        with path.open("rb", buffering=0) as file:
            return Seen(hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as problem:
        return Seen(problem=problem.strerror or "the system does not say why")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class HashedReading:
    """One reading of a source. Iterate once; afterwards `md5` is known."""

    def __init__(self, source: FileSource) -> None:
        self.source = source
        # Hardened systems refuse MD5 as a cryptographic hash; here it only detects damage on the way.
        self._md5: _Hash = hashlib.md5(usedforsecurity=False)
        self._sha256: _Hash | None = hashlib.sha256() if source.sha256 is not None else None

    @property
    def md5(self) -> str:
        """MD5 of what was read, in hexadecimal digits."""
        return self._md5.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        """The blocks.

        Raises:
            EvidenceError: the file cannot be read, is no longer as long as it was, or has not the SHA-256 that it must
                have. The last block is held back until that is known.
        """
        with self.source.open() as file:
            if self.source.size <= BLOCK:
                yield from self._blocks(file, self._update)
                return
            # A second thread computes the digests: hashing releases the interpreter, and so overlaps with sending.
            with ThreadPoolExecutor(1, "cybertip-hash") as hasher:
                yield from self._blocks(file, lambda block: hasher.submit(self._update, block))

    def _update(self, block: bytes) -> None:
        self._md5.update(block)
        if self._sha256 is not None:
            self._sha256.update(block)

    def _blocks(self, file: BinaryIO, update: Callable[[bytes], Future[None] | None]) -> Iterator[bytes]:
        left = self.source.size
        pending: Future[None] | None = None
        while left:
            block = self._read(file, min(BLOCK, left))
            if not block:
                raise EvidenceError("the file became shorter while it was being sent")
            left -= len(block)
            if pending is not None:
                pending.result()
            pending = update(block)
            if not left:
                if pending is not None:
                    pending.result()
                self._check(file)
            yield block
        if not self.source.size:
            self._check(file)

    def _check(self, file: BinaryIO) -> None:
        if self._read(file, 1):
            raise EvidenceError("the file became longer while it was being sent")
        if self._sha256 is not None and self._sha256.hexdigest() != (self.source.sha256 or "").lower():
            raise EvidenceError("the file is not the one that was reviewed: its SHA-256 is another")

    @staticmethod
    def _read(file: BinaryIO, size: int) -> bytes:
        try:
            return file.read(size)
        except (OSError, ValueError) as problem:
            raise EvidenceError(f"the file cannot be read to its end: {_reason(problem)}") from None
