"""Secrets: read from a file, a program or a variable each time anew, and never kept.

So whoever rotates one need not restart anything. No error quotes what was read, a program's output or its arguments.
"""

from __future__ import annotations

import base64
import binascii
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pydantic import SecretStr

from cybertip.errors import ConfigurationError

SECONDS = 10.0
"""How long a program may take to print a secret."""
KEY_BYTES = 32
"""How long a key of the ledger is (AES-256)."""
_MOST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret comes from. Exactly one of file, command and variable is given.

    Attributes:
        source: what named the place, such as ``cybertip.toml [server] password_file``.
        file: the file.
        command: the program and its arguments.
        variable: the name of an environment variable.
    """

    source: str
    file: Path | None = None
    command: tuple[str, ...] = field(default=(), repr=False)
    variable: str = ""
    _variables: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def line(self) -> SecretStr:
        """The secret, read now: the first line, or all of a variable.

        Raises:
            ConfigurationError: it cannot be read, or is empty.
        """
        text = self._text()
        found = text if self.variable else text.partition("\n")[0].removesuffix("\r")
        if not found:
            raise ConfigurationError(f"{self._place}: its first line is empty, and should be the secret")
        return SecretStr(found)

    def keys(self) -> tuple[bytes, ...]:
        """The secret as keys, read now: in each line the base64 form of 32 bytes.

        Raises:
            ConfigurationError: it cannot be read, or is no such thing.
        """
        lines = [line.strip() for line in self._text().splitlines()]
        while lines and not lines[-1]:
            lines.pop()
        if not lines:
            raise ConfigurationError(f"{self._place}: it is empty; each line is a key: {KEY_BYTES} bytes as base64")
        return tuple(self._key(number, line) for number, line in enumerate(lines, 1))

    def _key(self, number: int, line: str) -> bytes:
        try:
            key = base64.b64decode(line, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise ConfigurationError(
                f"{self._place}: line {number} is no key of {KEY_BYTES} bytes as base64; `openssl rand -base64"
                f" {KEY_BYTES}` makes one"
            )
        return key

    @property
    def _place(self) -> str:
        return f"{self.source} ({self.file})" if self.file is not None else self.source

    def _text(self) -> str:
        if self.variable:
            found = self._variables.get(self.variable, "")
            if not found:
                raise ConfigurationError(f"{self.source}: the environment variable {self.variable} is not set")
            return found
        data = self._printed() if self.file is None else self._content(self.file)
        if len(data) > _MOST:
            raise ConfigurationError(f"{self._place}: it gives more than {_MOST // 1024} KiB, which is no secret")
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise ConfigurationError(f"{self._place}: it is not UTF-8 text") from None

    def _content(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(_MOST + 1)
        except OSError as problem:
            raise ConfigurationError(f"{self.source}: {path} cannot be read: {problem.strerror}") from None

    def _printed(self) -> bytes:
        try:
            # In a group of its own, so that whatever it started ends with it.
            process = subprocess.Popen(  # noqa: S603  # the operator's own program, without a shell
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as problem:
            raise ConfigurationError(f"{self.source}: the program cannot be started: {problem.strerror}") from None
        assert process.stdout is not None
        ends = time.monotonic() + SECONDS
        status = None
        try:
            with process.stdout:
                data = _read_until(process.stdout, ends)
            if data is not None and len(data) <= _MOST:
                status = process.wait(max(0.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            data = None
        finally:
            if status is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if data is None:
            raise ConfigurationError(f"{self.source}: the program did not end within {SECONDS:.0f} seconds")
        if status:
            raise ConfigurationError(
                f"{self.source}: the program ended with status {status}; run it by hand to see why"
            )
        return data


def _read_until(stream: IO[bytes], ends: float) -> bytes | None:
    """What a program prints, at most a little more than is allowed; None if the time is up before its end."""
    data = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while len(data) <= _MOST:
            if not selector.select(max(0.0, ends - time.monotonic())):
                return None
            part = os.read(stream.fileno(), _MOST)
            if not part:
                break
            data += part
    return data
