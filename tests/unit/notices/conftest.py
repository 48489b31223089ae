"""A ledger with a clock that is steered, and receivers that keep what they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cybertip.ledger import Ledger
from cybertip.notices import NoticeSettings, Notifier, Receiver, UndeliveredError
from tests.unit.ledger.ledgers import Clock, open_ledger


class Ear:
    """A receiver in memory. What it hears counts as arrived unless it is deaf."""

    def __init__(self, name: str = "ear") -> None:
        self.name = name
        self.heard: list[dict[str, Any]] = []
        self.tried: list[str] = []
        self.deaf = False

    def send(self, message_id: str, payload: str) -> None:
        """See `Receiver`."""
        self.tried.append(message_id)
        if self.deaf:
            raise UndeliveredError("it is deaf")
        self.heard.append(json.loads(payload))

    def occasions(self) -> list[str]:
        """What it was told of, in order."""
        return [str(one["occasion"]) for one in self.heard]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon until it is moved."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path, clock: Clock) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(path, clock) as opened:
        yield opened


@pytest.fixture
def ear() -> Ear:
    """A receiver."""
    return Ear()


def notifier(ledger: Ledger, clock: Clock, *receivers: Receiver, **settings: Any) -> Notifier:
    """A notifier whose first look has been taken."""
    made = Notifier(ledger, receivers, NoticeSettings(**settings), clock)
    made.look()
    return made


def tell(telling: Notifier) -> int:
    """Look, and send all that is due; how many messages arrived."""
    telling.look()
    return telling.deliver()
