"""A mock server, a ledger in a file and a filer between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cybertip import sample
from cybertip.client import Client, RetryPolicy, Timeouts
from cybertip.filing import Pace
from cybertip.ledger import Ledger
from cybertip.mock import MockServer
from cybertip.worker import Filer

PACE = Pace(base=timedelta(milliseconds=1), cap=timedelta(milliseconds=20), evidence=timedelta(hours=1))
NOT_WAITING = Pace(base=timedelta(hours=1), cap=timedelta(hours=2), evidence=timedelta(hours=1))


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    """The sample record as plain data, its files beside it."""
    content: dict[str, Any] = json.loads(sample.write_case(tmp_path).read_bytes())
    return content


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A mock server."""
    with MockServer() as running:
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of the mock's."""
    with Ledger.open(tmp_path / "ledger.sqlite3", environment="mock", account="mock", pace=PACE) as opened:
        yield opened


@pytest.fixture
def client(server: MockServer) -> Iterator[Client]:
    """A client of the mock's."""
    settings: dict[str, Any] = {"retry": RetryPolicy(attempts=1), "timeouts": Timeouts(read=5.0)}
    with Client("mock", "mock-password", base_url=server.base_url, **settings) as made:
        yield made


@pytest.fixture
def make_filer(ledger: Ledger, client: Client) -> Callable[..., Filer]:
    """Makes filers on the ledger."""

    def make(**more: Any) -> Filer:
        settings: dict[str, Any] = {"pace": PACE, "random": Random(7), **more}
        return Filer(ledger, settings.pop("client", client), sample.profile(), **settings)

    return make


@pytest.fixture
def filer(make_filer: Callable[..., Filer]) -> Filer:
    """A filer that does not wait long."""
    return make_filer()


def data(record: dict[str, Any], **changes: Any) -> bytes:
    """A record as JSON."""
    return json.dumps(record | changes).encode()


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)
