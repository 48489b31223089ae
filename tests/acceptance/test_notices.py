"""Notices from a running worker: they arrive at least once, signed, and tell nothing that nobody should read."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.ledger import Ledger
from cybertip.notices import Notifier, Webhook
from cybertip.worker import Operator
from tests.acceptance.conftest import Cli, clean_environment
from tests.acceptance.filings import ACCOUNT, LEDGER, case
from tests.acceptance.hooks import Hook, hooks
from tests.acceptance.programs import PATIENCE, Program
from tests.acceptance.test_work import put
from tests.acceptance.working import Worker, configure, workers
from tests.canaries import CANARIES, CONTENT, PASSWORD

Start = Callable[..., Program]
Begin = Callable[..., Worker]
SECRET = "canary-secret-77ab"
NOTICES = """
[notices.webhook]
url = "{url}"
secret_file = "webhook-secret"
"""


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Starts workers in the test's folder."""
    with workers(tmp_path) as starts:
        yield starts


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook, whose address holds a secret."""
    with hooks(f"{SECRET}/hook?key={SECRET}") as made:
        yield made


@pytest.fixture
def server(start: Start, tmp_path: Path, hook: Hook) -> Program:
    """A mock, with settings that lead to it and to the webhook."""
    running = start(*ACCOUNT)
    (tmp_path / "webhook-secret").write_text(SECRET)
    (tmp_path / "webhook-secret").chmod(0o600)
    configure(tmp_path, running.base_url, PASSWORD, NOTICES.format(url=hook.url))
    return running


def broken(folder: Path, name: str) -> str:
    """A record that our checks find an error in, with canaries wherever it has room for text."""
    content: dict[str, Any] = json.loads(sample.write_case(folder).read_text())
    content = _filled(content)
    content["id"] = name
    content["incident"]["occurred_at"] = "2026-03-02T10:00:00"  # without its offset
    (folder / f"{name}.json").write_text(json.dumps(content))
    return f"{name}.json"


def _filled(value: Any, name: str = "") -> Any:
    """A record with a canary at the end of every text that is free."""
    kept = {"schema", "format", "outcome", "type", "profile", "kind", "role", "sha256", "viewed", "country"}
    if isinstance(value, dict):
        return {key: one if key in kept else _filled(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, name) for one in value]
    free = isinstance(value, str) and not name.endswith(("_at", "_on")) and " " in value
    return f"{value} {CONTENT}" if free or name in {"identifier", "screen_name", "path", "location", "name"} else value


def test_a_worker_tells_what_was_filed_and_what_needs_a_person(
    begin: Begin, cli: Cli, server: Program, hook: Hook, tmp_path: Path
) -> None:
    """Signed, and again under the same id after an answer that was none."""
    hook.fails = 1
    worker = begin()
    worker.wait_for("ready")
    (filing_id,) = put(tmp_path, server, "case-1")
    worker.wait_for("filing", status="filed")
    first, again, *_ = hook.wait_for(2)
    assert first == again
    assert (first["occasion"], first["filing"], first["reminder"]) == ("filed", filing_id, 0)
    for headers, body in hook.got:
        parts = dict(part.split("=", 1) for part in headers["Cybertip-Signature"].split(","))
        signed = hmac.new(SECRET.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
        assert signed == parts["v1"]
        assert headers["Cybertip-Notice-Id"] == json.loads(body)["id"]
    assert cli("file", broken(tmp_path, "case-2"), CYBERTIP_BASE_URL=server.base_url).status == 3
    needs = hook.wait_for(3)[2]
    assert (needs["occasion"], needs["situation"]) == ("needs person", "errors found before sending")
    assert worker.stop().status == 0


def test_cron_tells_as_well(begin: Begin, server: Program, hook: Hook, tmp_path: Path) -> None:
    """`work --once` sends what is due before it ends."""
    begin("--once").left()
    put(tmp_path, server, "case-1")
    begin("--once").left()
    (told,) = hook.wait_for(1)
    assert told["occasion"] == "filed"


KILLED = """
import sys
from cybertip.ledger import Ledger
from cybertip.notices import Notifier, Webhook
with Ledger.open(sys.argv[1]) as ledger:
    telling = Notifier(ledger, [Webhook(sys.argv[2], "secret", seconds=60)])
    telling.look()
    telling.deliver()
"""


def test_a_process_that_is_killed_after_sending_sends_again(
    cli: Cli, server: Program, hook: Hook, tmp_path: Path
) -> None:
    """The receiver has it, nobody could note that, and the next one sends it under the same id."""
    with Ledger.open(tmp_path / LEDGER, environment="mock", account="canary-user-5f1c") as ledger:
        Notifier(ledger, [Webhook(hook.url, "secret")]).look()
    put(tmp_path, server, "case-1")
    assert cli("file", CYBERTIP_BASE_URL=server.base_url).status == 0
    hook.hangs = True
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / LEDGER), hook.url], env=clean_environment()
    )
    (sent,) = hook.wait_for(1)
    process.kill()
    process.wait(PATIENCE)
    hook.hangs = False
    later = datetime.now(UTC) + timedelta(minutes=3)
    with Ledger.open(tmp_path / LEDGER) as ledger:
        assert Notifier(ledger, [Webhook(hook.url, "secret")], clock=lambda: later).deliver() == 1
        assert Notifier(ledger, [Webhook(hook.url, "secret")], clock=lambda: later).deliver() == 0
    assert hook.wait_for(2) == [sent, sent]


def test_nothing_that_nobody_should_read_is_told(
    cli: Cli, server: Program, hook: Hook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No content, identifier, path, typed reason, record's id or secret in notices, logs, health, ack or errors."""
    said: list[str] = []
    there = {"CYBERTIP_BASE_URL": server.base_url}
    with Ledger.open(tmp_path / LEDGER, environment="mock", account="canary-user-5f1c") as ledger:
        Notifier(ledger, [Webhook(hook.url, SECRET)]).look()
    cli("file", broken(tmp_path, "canary-record-1"), **there)
    good = tmp_path / case(tmp_path, "canary-record-2")
    cli("file", good.name, **there)
    (tmp_path / "holiday.png").unlink(missing_ok=True)
    with caplog.at_level(logging.DEBUG), Ledger.open(tmp_path / LEDGER) as ledger:
        operator = Operator(ledger, f"{CONTENT} person", lambda _: sample.profile())
        first = ledger.filing_of("canary-record-1")
        assert first is not None
        operator.acknowledge(first, reason=f"{CONTENT} typed")
        operator.cancel(first, reason=f"{CONTENT} typed")
        hook.fails = 2
        telling = Notifier(ledger, [Webhook(hook.url, SECRET)])
        telling.look()
        telling.deliver()
        with ledger.looking() as lookout:
            said.append(str(lookout.undelivered(datetime.now(UTC) + timedelta(days=1))))
    cli("file", broken(tmp_path, "canary-record-3"), **there)
    for arguments in (("health",), ("health", "--json"), ("work", "--once"), ("work", "--once", "--json")):
        run = cli(*arguments, **there)
        said += [run.stdout, run.stderr]
    for arguments in (("ack", "--all"), ("ack", "nothing"), ("ack", "--queue", "--json")):
        run = cli(*arguments, **there)
        said += [run.stdout, run.stderr]
    notices = [body.decode() for _, body in hook.got]
    assert notices
    said += [*notices, caplog.text, *(str(one.args) for one in caplog.records)]
    text = "\n".join(said)
    for word in (*CANARIES.values(), SECRET, "canary-record", str(tmp_path / "holiday"), "holiday"):
        assert word not in text, word
