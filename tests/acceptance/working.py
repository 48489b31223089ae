"""``cybertip work`` as a program: starting it, waiting for what it says, and ending it in one way or another."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import clean_environment
from tests.acceptance.programs import PATIENCE
from tests.canaries import CANARIES, USERNAME

Event = dict[str, Any]
CONFIG = """
[server]
base_url = "{url}"
username = "{username}"
password_file = "password"

[work]
poll = 0.1
{more}
"""


@dataclass(frozen=True)
class Left:
    """How a worker ended."""

    status: int
    events: list[Event]
    stderr: str


class Worker:
    """A worker, whose events are read as they come."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cybertip", "work", "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=clean_environment(),
        )
        self.events: list[Event] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._more:
                self.events.append(json.loads(line))
                self._more.notify_all()
        with self._more:
            self._more.notify_all()

    def wait_for(self, name: str, count: int = 1, **told: Any) -> list[Event]:
        """The events of this name that tell this, once there are so many."""

        def found() -> list[Event]:
            return [one for one in self.events if one.get("event") == name and told.items() <= one.items()]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, PATIENCE), self.events
            return found()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> Left:
        """End it with a signal, in order."""
        self.process.send_signal(sign)
        return self.left()

    def left(self) -> Left:
        """How it ended. It must hold no canary and no traceback in what it said."""
        assert self.process.stderr is not None
        stderr = self.process.stderr.read()
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert "Traceback" not in stderr, stderr
        said = stderr + json.dumps(self.events)
        assert not [name for name, value in CANARIES.items() if value in said]
        return Left(status, self.events, stderr)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@contextmanager
def workers(folder: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers in a folder; none of them outlives the block."""
    started: list[Worker] = []

    def begin(*arguments: str) -> Worker:
        started.append(Worker(folder, *arguments))
        return started[-1]

    try:
        yield begin
    finally:
        for one in started:
            one.close()


def configure(folder: Path, url: str, password: str, more: str = "", username: str = USERNAME) -> None:
    """Write the settings and the password, which only its owner can read."""
    (folder / "cybertip.toml").write_text(CONFIG.format(url=url, username=username, more=more))
    rotate(folder, password)


def rotate(folder: Path, password: str) -> None:
    """Put another password into the file, as whole."""
    fresh = folder / "password.new"
    fresh.write_text(f"{password}\n")
    fresh.chmod(0o600)
    fresh.replace(folder / "password")
