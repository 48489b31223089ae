"""A function, a program and a webhook: what arrives, what does not, and what nobody ever reads of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cybertip.errors import ConfigurationError
from cybertip.notices import Call, Program, UndeliveredError, Webhook

PAYLOAD = json.dumps({"cybertip_notice": 1, "id": "n-0"})
SECRET = "canary-secret-of-a-webhook"


@dataclass
class Hook:
    """A real HTTP server.

    Attributes:
        url: its address, with something secret in the path.
        answers: what it answers, one after the other; then 204.
        got: headers and body of each request.
    """

    url: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((dict(self.headers), body))
            if made.silent.is_set():
                self.rfile.read(1)  # until the other side gives up
                return
            status, headers = made.answers.pop(0) if made.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Hook(f"http://127.0.0.1:{server.server_address[1]}/{SECRET}-path?key={SECRET}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def verified(secret: str, header: str, body: bytes) -> bool:
    """Whether a signature is right: the example of docs/notices.md."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    signed = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signed, parts["v1"])


def test_a_webhook_is_posted_and_signed(hook: Hook) -> None:
    """The body is the message, and what signs it can be checked; another secret or body does not fit."""
    Webhook(hook.url, SECRET, clock=lambda: 1_772_000_000.5).send("n-0", PAYLOAD)
    ((headers, body),) = hook.got
    assert body == PAYLOAD.encode()
    assert headers["Cybertip-Notice-Id"] == "n-0"
    assert headers["Content-Type"] == "application/json"
    signature = headers["Cybertip-Signature"]
    assert signature.startswith("t=1772000000,v1=")
    assert verified(SECRET, signature, body)
    assert not verified("another", signature, body)
    assert not verified(SECRET, signature, body + b" ")


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_anything_but_2xx_has_not_arrived(hook: Hook, status: int) -> None:
    """A redirect is not followed: what it leads to was never named by anybody here."""
    hook.answers.append((status, {"Location": hook.url}))
    with pytest.raises(UndeliveredError, match=f"HTTP {status}"):
        Webhook(hook.url, SECRET).send("n-0", PAYLOAD)
    assert len(hook.got) == 1


def test_a_webhook_that_does_not_answer_is_left(hook: Hook) -> None:
    """After its time as a whole."""
    hook.silent.set()
    with pytest.raises(UndeliveredError, match="did not answer"):
        Webhook(hook.url, SECRET, seconds=0.2).send("n-0", PAYLOAD)


def test_nobody_reads_the_address_or_the_secret(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    """Not in logs of any level, reprs or errors, whether it arrives or not."""
    told = []
    with caplog.at_level(logging.DEBUG):
        receiver = Webhook(hook.url, SecretStr(SECRET))
        receiver.send("n-0", PAYLOAD)
        hook.answers.append((500, {}))
        for one in (receiver, Webhook(hook.url.replace("http:", "http:").replace("127.0.0.1", "localhost"), SECRET)):
            hook.answers.append((500, {}))
            with pytest.raises(UndeliveredError) as caught:
                one.send("n-0", PAYLOAD)
            told += [str(caught.value), repr(caught.value), repr(one)]
        closed = Webhook(f"http://127.0.0.1:1/{SECRET}", SECRET)
        with pytest.raises(UndeliveredError, match="could not be reached") as caught:
            closed.send("n-0", PAYLOAD)
        told += [str(caught.value), repr(closed)]
    assert SECRET not in "\n".join([*told, caplog.text, *(str(one.args) for one in caplog.records)])


def test_the_secret_is_read_for_each_message(hook: Hook) -> None:
    """So it can be rotated; one that cannot be read leaves the message for later."""
    secrets = iter(["first", "second"])

    def read() -> SecretStr:
        found = next(secrets, None)
        if found is None:
            raise ConfigurationError("the file cannot be read")
        return SecretStr(found)

    receiver = Webhook(hook.url, read)
    receiver.send("n-0", PAYLOAD)
    receiver.send("n-1", PAYLOAD)
    for secret, (headers, body) in zip(("first", "second"), hook.got, strict=True):
        assert verified(secret, headers["Cybertip-Signature"], body)
    with pytest.raises(UndeliveredError, match="the secret"):
        receiver.send("n-2", PAYLOAD)


@pytest.mark.parametrize(
    "url",
    [
        "https://report.cybertip.org/hook",
        "https://REPORT.cybertip.org./hook?x=1",
        "https://exttest.cybertip.org:443/hook",
        "https://report.cybertip.org:8443/hook",
        "http://alerts.example.com/hook",
        "https://name:word@alerts.example.com/hook",
        "https://alerts.example.com/hook#part",
        "ftp://alerts.example.com/hook",
        "alerts.example.com",
        "",
    ],
)
def test_a_webhook_never_leads_to_ncmec_or_nowhere(url: str) -> None:
    """Refused when it is made; the address is not quoted."""
    with pytest.raises(ConfigurationError) as caught:
        Webhook(url, SECRET)
    assert not url or url not in str(caught.value)


def test_a_webhook_needs_a_secret() -> None:
    """Nothing is sent unsigned."""
    with pytest.raises(ConfigurationError, match="unsigned"):
        Webhook("https://alerts.example.com/hook", "")


def test_a_function_is_given_plain_data() -> None:
    """What it raises counts as not arrived, in words that do not quote it."""
    heard: list[dict[str, Any]] = []
    Call(heard.append).send("n-0", PAYLOAD)
    assert heard == [{"cybertip_notice": 1, "id": "n-0"}]

    def breaks(_: dict[str, Any]) -> None:
        raise RuntimeError(SECRET)

    with pytest.raises(UndeliveredError, match="raised RuntimeError") as caught:
        Call(breaks).send("n-0", PAYLOAD)
    assert SECRET not in str(caught.value)


def program(source: str, *arguments: str) -> tuple[str, ...]:
    """A program of a few lines."""
    return (sys.executable, "-c", source, *arguments)


def test_a_program_gets_the_message_on_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none of the secrets of this one."""
    monkeypatch.setenv("CYBERTIP_PASSWORD", "canary-password-9b7e")
    monkeypatch.setenv("CYBERTIP_NOTICES_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("CYBERTIP_NOTICES_WEBHOOK_URL", f"https://hooks.example.com/{SECRET}")
    monkeypatch.setenv("OURS", SECRET)
    monkeypatch.setenv("CYBERTIP_LEDGER", "here.sqlite3")
    source = "import json,os,sys; json.dump([sys.stdin.read(), dict(os.environ)], open(sys.argv[1], 'w'))"
    Program(program(source, str(tmp_path / "out")), hidden=["OURS"]).send("n-0", PAYLOAD)
    text, variables = json.loads((tmp_path / "out").read_text())
    assert text == PAYLOAD
    assert variables["CYBERTIP_LEDGER"] == "here.sqlite3"
    assert SECRET not in variables.values()
    assert not {"CYBERTIP_PASSWORD", "CYBERTIP_NOTICES_WEBHOOK_URL"} & variables.keys()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (program("import sys; sys.exit(3)"), "ended with status 3"),
        (program("import time; time.sleep(60)"), "did not end"),
        (("/nowhere/at/all",), "could not be started"),
    ],
)
def test_a_program_that_fails_has_not_heard(command: tuple[str, ...], words: str) -> None:
    """It ended with another status, took too long and was ended, or could not be started."""
    with pytest.raises(UndeliveredError, match=words):
        Program(command, seconds=0.5 if "sleep" in command[-1] else 30).send("n-0", PAYLOAD)


def test_a_program_need_not_read() -> None:
    """Status 0 is enough."""
    Program(program("pass")).send("n-0", PAYLOAD)


@pytest.mark.parametrize("make", [lambda: Program("say it"), lambda: Program([]), lambda: Call(print, name="A b")])
def test_what_makes_no_sense_is_refused(make: Callable[[], object]) -> None:
    """With words about it."""
    with pytest.raises(ConfigurationError):
        make()


def test_the_example_that_verifies_a_signature_does(hook: Hook) -> None:
    """As it stands in docs/notices.md: what is genuine and fresh passes, and nothing else."""
    page = (Path(__file__).resolve().parents[3] / "docs/notices.md").read_text(encoding="utf-8")
    source = page.partition("To verify it:")[2].partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(source, names)
    Webhook(hook.url, SECRET).send("n-0", PAYLOAD)
    Webhook(hook.url, SECRET, clock=lambda: 1_772_000_000.0).send("n-1", PAYLOAD)
    (fresh, body), (old, _) = hook.got
    genuine = names["is_genuine"]
    assert genuine(SECRET, fresh["Cybertip-Signature"], body)
    assert not genuine("another", fresh["Cybertip-Signature"], body)
    assert not genuine(SECRET, fresh["Cybertip-Signature"], body + b" ")
    assert not genuine(SECRET, old["Cybertip-Signature"], body)
