"""Keeping the bytes of uploaded files, for who asks for it: ``cybertip mock --keep-files DIR``."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO

from cybertip.errors import ConfigurationError
from cybertip.mock.answers import Code, Refused

_ARRIVING = ".arriving-"


class Keeper:
    """A folder for uploaded files: ``REPORT_ID/FILE_ID``, under no name that a client has given."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made where it does not exist, for its owner only.

        Raises:
            ConfigurationError: it cannot be made or written to.
        """
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
            # What a mock that was killed left behind.
            for rest in folder.glob(f"{_ARRIVING}*"):
                rest.unlink(missing_ok=True)
        except OSError as problem:
            cure = "choose a folder that you may write to"
            raise ConfigurationError(f"files cannot be kept in {folder}: {problem.strerror}; {cure}") from None

    def __repr__(self) -> str:
        return f"Keeper({str(self._folder)!r})"

    def begin(self) -> Keeping:
        """Begin to keep a file. Raises Refused, with 1111, where that fails."""
        try:
            number, path = tempfile.mkstemp(prefix=_ARRIVING, dir=self._folder)
        except OSError:
            raise _failed() from None
        return Keeping(self._folder, os.fdopen(number, "wb"), Path(path))


class Keeping:
    """A file that is arriving."""

    def __init__(self, folder: Path, stream: IO[bytes], path: Path) -> None:
        self._folder = folder
        self._stream = stream
        self._path = path

    def write(self, piece: memoryview) -> None:
        """Keep the next bytes. Raises Refused, with 1111, where that fails: a full disk."""
        try:
            self._stream.write(piece)
        except OSError:
            raise _failed() from None

    def end(self) -> None:
        """All bytes have arrived. Raises Refused, with 1111, where they could not be written."""
        try:
            self._stream.close()
        except OSError:
            raise _failed() from None

    def keep(self, report_id: int, file_id: str) -> None:
        """Put it into its place. Raises Refused, with 1111, where that fails."""
        place = self._folder / str(report_id)
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            self._path.rename(place / file_id)
        except OSError:
            raise _failed() from None

    def discard(self) -> None:
        """Remove it, unless it has been put into its place."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._path.unlink(missing_ok=True)


def _failed() -> Refused:
    return Refused(Code.FILE_UPLOAD_FAILED, "the mock cannot write to its folder")
