"""Nothing that a client raises, logs or shows gives away credentials or content, in whatever way a call fails."""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from cybertip import RetryPolicy, source
from cybertip.calls import FileInfo, Submit
from cybertip.errors import CallError, CybertipError, EvidenceError
from tests.canaries import CANARIES, CONTENT, USERNAME
from tests.contract.both_clients import KINDS, Use, driving
from tests.contract.scripted_server import Script, ScriptedServer, http, read, read_all, read_request, reset, send
from tests.samples import report_xml
from tests.tracebacks import shown
from tests.unit.calls.exchanges import FILE, REPORT, SUBMITTED, UPLOADED, reply

BOTH = pytest.mark.parametrize("kind", KINDS)
REPORT_WITH_CONTENT = report_xml().replace(b"Upload of the first file", CONTENT.encode())
BYTES = (CONTENT * 20_000).encode()


class Stopped(Exception):
    """What a caller's own callback raises."""


def stop(_: int) -> None:
    raise Stopped


@dataclass
class Failure:
    """A way to fail: what the server does, and the call that meets it with content in hand.

    Attributes:
        script: the server's part.
        use: makes the call; the second argument is a big file full of content.
        scheme: how the server is addressed.
    """

    script: Script
    use: Callable[[Path], Use]
    scheme: str = "http"


def answered(answer: str, status: str = "200 OK", *headers: str) -> Script:
    """The server reads the request and answers."""
    return [read_request(), send(http(answer, status, *headers))]


def submit(_: Path) -> Use:
    return lambda client: client.submit(REPORT_WITH_CONTENT)


def upload_bytes(_: Path) -> Use:
    return lambda client: client.upload(REPORT, BYTES)


def upload_path(path: Path) -> Use:
    return lambda client: client.upload(REPORT, path)


FAILURES = {
    "no TLS": Failure([read(5), send(http("", "400 Bad Request")), read_all()], submit, "https"),
    "reset while sending": Failure([read(1000), reset()], upload_path),
    "reset afterwards": Failure([read_request(), reset()], submit),
    "reset after bytes": Failure([read_request(), reset()], upload_bytes),
    "no HTTP": Failure([read_request(), send(b"\x00\r\n\r\n")], submit),
    "wrong MD5": Failure(answered(UPLOADED), upload_bytes),
    "refused document": Failure(answered(reply(4100, "Validation failed"), "400 Bad Request"), submit),
    "bad credentials": Failure(answered(reply(2000), "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), submit),
    "web page": Failure(answered("<html>", "502 Bad Gateway"), submit),
    "redirect": Failure(answered("", "302 Found", "Location: https://elsewhere.example/"), upload_path),
    "cut off": Failure([read_request(), send(http(SUBMITTED[:90], length=500))], upload_bytes),
    "an answer that repeats the content": Failure(answered(CONTENT, "500 Error"), upload_path),
    "details": Failure(
        [read_request(), reset()],
        lambda _: lambda client: client.send(FileInfo(BYTES, REPORT, FILE)),
    ),
    "document": Failure([read_request(), reset()], lambda _: lambda client: client.send(Submit(BYTES))),
    "file that shrinks": Failure(
        [read_all()],
        lambda path: lambda client: client.upload(REPORT, path, lambda _: os.truncate(path, 1_000_000)),
    ),
    "file that is another": Failure(
        [read_all()],
        lambda path: lambda client: client.upload(REPORT, source(path, sha256="0" * 64)),
    ),
    "callback that raises": Failure([read_all()], lambda path: lambda client: client.upload(REPORT, path, stop)),
}


def failing(kind: str, failure: Failure, path: Path) -> BaseException:
    """What is raised. No variable here holds content or credentials."""
    retry = RetryPolicy(attempts=1)
    with ScriptedServer(failure.script) as server, driving(kind, server.url(failure.scheme), retry=retry) as driver:
        with pytest.raises((CybertipError, Stopped)) as caught:
            driver.do(failure.use(path))
        assert server.connected(1) == 1
    return caught.value


@pytest.fixture
def content_file(tmp_path: Path) -> Path:
    """A big file full of content."""
    path = tmp_path / "big.bin"
    path.write_bytes(BYTES * 12)
    return path


@BOTH
@pytest.mark.parametrize("name", FAILURES)
def test_no_failure_gives_anything_away(
    kind: str, name: str, content_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither error, nor repr, nor log, nor a traceback with all its variables holds credentials or content."""
    caplog.set_level(logging.DEBUG)
    problem = failing(kind, FAILURES[name], content_file)
    everything = f"{problem!s} {problem!r} {vars(problem)} {caplog.text} {shown(problem)}"
    assert not [what for what, value in CANARIES.items() if value in everything]
    assert USERNAME not in everything
    assert "Request-ID" in caplog.text or not getattr(problem, "answer", None)


@BOTH
def test_a_callback_that_raises_can_be_found(kind: str, content_file: Path) -> None:
    """A traceback still leads into the caller's own callback."""
    assert "in stop" in shown(failing(kind, FAILURES["callback that raises"], content_file))


@BOTH
def test_a_changed_file_never_arrives(kind: str, content_file: Path) -> None:
    """A file that is not the one that was reviewed is no error of the call, and its last part is not sent."""
    script = [read_all()]
    with (
        ScriptedServer(script) as server,
        driving(kind, server.url()) as driver,
        pytest.raises(EvidenceError, match="not the one that was reviewed"),
    ):
        driver.do(lambda client: client.upload(REPORT, source(content_file, sha256="0" * 64)))
    assert len(server.connections) == 1
    assert len(server.connections[0].received) < content_file.stat().st_size


@BOTH
@pytest.mark.parametrize("name", [name for name in FAILURES if "file" not in name and "callback" not in name])
def test_no_exception_of_the_http_library_is_attached(kind: str, name: str, content_file: Path) -> None:
    """A failed call is an error of this package alone, with nothing of the HTTP library chained to it."""
    problem = failing(kind, FAILURES[name], content_file)
    assert isinstance(problem, CallError)
    assert not isinstance(problem, httpx.HTTPError)
    assert (problem.__cause__, problem.__context__) == (None, None)


@BOTH
@pytest.mark.parametrize("name", ["reset afterwards", "wrong MD5", "refused document", "web page"])
def test_what_is_raised_can_be_pickled(kind: str, name: str, content_file: Path) -> None:
    """An error of a real exchange crosses to another process with its answer and all that is known."""
    problem = failing(kind, FAILURES[name], content_file)
    arrived = pickle.loads(pickle.dumps(problem))
    assert type(arrived) is type(problem)
    assert (str(arrived), vars(arrived)) == (str(problem), vars(problem))


@BOTH
def test_success_is_logged_without_anything_private(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """What is logged of a call that succeeds is its name, its status, its time and its Request-ID."""
    caplog.set_level(logging.DEBUG)
    script = answered(SUBMITTED, "200 OK", "Request-ID: request-7")
    with ScriptedServer(script) as server, driving(kind, server.url()) as driver:
        driver.do(submit(Path()))
    own = [record.getMessage() for record in caplog.records if record.name.startswith("cybertip")]
    assert len(own) == 1
    assert own[0].startswith("submit: HTTP 200 in ")
    assert own[0].endswith("Request-ID request-7")
    assert not [what for what, value in CANARIES.items() if value in caplog.text]
