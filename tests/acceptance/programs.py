"""``cybertip mock`` as a program: starting it, reading what it prints, and ending it in one way or another."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.acceptance.conftest import clean_environment
from tests.mock_http import END, MULTIPART, XML, part, response
from tests.samples import report_xml

PATIENCE = 30
"""Seconds after which something that should have happened has not."""

DEFAULTS = ("mock", "mock-password")
"""The account that a mock has when it is told of none."""


@dataclass(frozen=True)
class Ended:
    """How a program ended, and all that it printed after its first line."""

    status: int
    stdout: str
    stderr: str


class Program:
    """A mock on a free port, listening."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cybertip", "mock", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean_environment(), **variables},
            cwd=folder,
        )
        self._lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.envelope: dict[str, Any] = {}
        assert self.process.stdout is not None
        if "--json" in arguments:
            text = ""
            while not text.endswith("\n}\n") and (line := self.process.stdout.readline()):
                text += line
            self.envelope = json.loads(text)
            self.base_url: str = self.envelope["base_url"]
        else:
            self.base_url = self.process.stdout.readline().strip()
        if not self.base_url:
            ended = self._end()
            raise AssertionError(f"the mock did not start: {ended.status}\n{ended.stderr}")

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return urlsplit(self.base_url).port or 0

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                self._lines.append(line)
                self._more.notify_all()

    def wait_for(self, found: Callable[[list[str]], bool]) -> list[str]:
        """The lines on stderr, once they hold what is looked for."""
        with self._more:
            assert self._more.wait_for(lambda: found(self._lines), PATIENCE), "".join(self._lines)
            return [line.rstrip("\n") for line in self._lines]

    def introduction(self) -> list[str]:
        """What it says of itself, up to the last line to paste."""
        last = "  export SSL_CERT_FILE=" if self.base_url.startswith("https") else "  export CYBERTIP_PASSWORD="
        lines = self.wait_for(lambda lines: any(line.startswith(last) for line in lines))
        return lines[: 1 + next(number for number, line in enumerate(lines) if line.startswith(last))]

    def exports(self) -> list[str]:
        """The lines to paste."""
        return [line for line in self.introduction() if line.startswith("  export ")]

    def environ(self) -> dict[str, str]:
        """What the lines to paste say."""
        return dict(shlex.split(line)[1].split("=", 1) for line in self.exports())

    def requests(self, count: int) -> list[str]:
        """The lines of the first requests."""
        known = len(self.introduction())
        return self.wait_for(lambda lines: len(lines) >= known + count)[known:]

    def client(self, account: tuple[str, str] = DEFAULTS, **settings: Any) -> httpx.Client:
        """A client that uses no proxy and nothing else of the environment."""
        return httpx.Client(
            base_url=self.base_url, auth=account, **{"trust_env": False, "timeout": PATIENCE, **settings}
        )

    def look(self, path: str) -> Any:
        """What an address below ``/_mock`` shows."""
        url = self.base_url.removesuffix("/ispws") + "/_mock" + path
        answer = httpx.get(url, trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def steer(self, method: str, path: str, data: Any) -> None:
        """Set something below ``/_mock``."""
        url = self.base_url.removesuffix("/ispws") + "/_mock" + path
        answer = httpx.request(method, url, json=data, trust_env=False, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> Ended:
        """End it with a signal. It must end in order and without a traceback."""
        self.process.send_signal(sign)
        ended = self._end()
        assert "Traceback" not in ended.stderr
        assert "internal error" not in ended.stderr
        assert ended.status == 0, ended.stderr
        return ended

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self._end()

    def _end(self) -> Ended:
        assert self.process.stdout is not None
        stdout = self.process.stdout.read()
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return Ended(status, stdout, "".join(self._lines))


@contextmanager
def programs(folder: Path) -> Iterator[Callable[..., Program]]:
    """Starts mocks in a folder; none of them outlives the block."""
    started: list[Program] = []

    def start(*arguments: str, **variables: str) -> Program:
        started.append(Program(folder, *arguments, **variables))
        return started[-1]

    try:
        yield start
    finally:
        for program in started:
            if program.process.poll() is None:
                program.kill()
            for stream in (program.process.stdout, program.process.stderr):
                assert stream is not None
                stream.close()


def refused(folder: Path, *arguments: str) -> str:
    """What a mock says that does not start: status 2, nothing on stdout, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "cybertip", "mock", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd=folder,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr


def refused_in_one_sentence(folder: Path, *arguments: str) -> str:
    """Likewise, in one line that begins with the command's name and has a cure after its last semicolon."""
    said = refused(folder, *arguments)
    (line,) = said.splitlines()
    assert line.startswith("cybertip mock: ")
    assert "; " in line
    return line


def open_report(client: httpx.Client, document: bytes | None = None) -> int:
    """Open a report; its id."""
    answer = client.post("/submit", content=report_xml() if document is None else document, headers=XML)
    assert answer.status_code == 200, answer.text
    report_id = response(answer).report_id
    assert report_id is not None
    return report_id


def upload(client: httpx.Client, report_id: int, content: bytes, name: str = "holiday.png") -> httpx.Response:
    """Upload a file."""
    body = part("id", str(report_id).encode()) + part("file", content, name) + END
    return client.post("/upload", content=body, headers=MULTIPART)
