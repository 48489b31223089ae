"""``cybertip`` on a terminal: a pseudo-terminal of so many columns, and what appeared on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.acceptance.conftest import clean_environment
from tests.acceptance.programs import PATIENCE
from tests.canaries import CANARIES


class Terminal:
    """A command that has all its streams on a terminal."""

    def __init__(self, folder: Path, *arguments: str, width: int = 80, **variables: str) -> None:
        self._end, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        environment = {
            **clean_environment(),
            "NO_COLOR": "",
            "COLUMNS": "",
            "LINES": "",
            "TERM": "xterm-256color",
            **variables,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cybertip", *arguments],
            stdin=there, stdout=there, stderr=there, cwd=folder, start_new_session=True,
            env={name: value for name, value in environment.items() if value},
        )  # fmt: skip
        os.close(there)
        self.shown = ""

    def wait_for(self, found: Callable[[str], bool]) -> str:
        """What has been shown, once it holds what is looked for."""
        until = time.monotonic() + PATIENCE
        while not found(self.shown):
            assert time.monotonic() < until, self.shown
            assert self._read(), self.shown
        return self.shown

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._end, text.encode())

    def ended(self) -> tuple[int, str]:
        """The exit status and all that was shown, once it has ended."""
        while self._read():
            pass
        for name, value in CANARIES.items():
            assert value not in self.shown, f"the terminal shows {name}"
        assert "Traceback" not in self.shown
        return self.process.wait(PATIENCE), self.shown

    def _read(self) -> bool:
        """Read what is there, or will be; False at the end."""
        ready, _, _ = select.select([self._end], [], [], PATIENCE)
        assert ready, self.shown
        # Linux says by an error that nobody has the other side open any more, others by giving nothing.
        part = b""
        with suppress(OSError):
            part = os.read(self._end, 65536)
        self.shown += part.decode(errors="replace").replace("\r\n", "\n")
        return bool(part)

    def close(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._end)


@contextmanager
def terminals(folder: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens terminals in a folder; no command on them outlives the block."""
    opened: list[Terminal] = []

    def open_one(*arguments: str, width: int = 80, **variables: str) -> Terminal:
        opened.append(Terminal(folder, *arguments, width=width, **variables))
        return opened[-1]

    try:
        yield open_one
    finally:
        for one in opened:
            one.close()
