"""Reading what a command is given, up to the largest document that can be read."""

from __future__ import annotations

import sys
from pathlib import Path

from cybertip.errors import ConfigurationError
from cybertip.xml import MAX_BYTES


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``; no more than one byte beyond the limit of documents.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        if name == "-":
            if sys.stdin is None:
                raise ConfigurationError("standard input is closed")
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ConfigurationError(f"cannot read {name}: {problem.strerror}") from None
