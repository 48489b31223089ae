"""Mocks that a test starts for itself, because it needs another behaviour than the default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cybertip.mock import Behaviour, MockServer, ReceivedReport
from tests.contract.conformance.documents import report
from tests.contract.conformance.target import ACCOUNTS, Target, move_clock
from tests.contract.conformance.wire import Api, Dialect


@dataclass(frozen=True)
class OwnMock:
    """A mock, and two accounts of it.

    Attributes:
        api: the mock with the first account.
        other: the mock with the second account.
        server: the mock itself, to see what arrived.
    """

    api: Api
    other: Api
    server: MockServer

    def open(self, document: str = report()) -> int:
        """Open a report, of the first account."""
        answer = self.api.submit(document)
        assert answer.accepted, answer
        return answer.report_id or 0

    def upload(self, report_id: int, content: bytes = b"abc") -> str:
        """Add a file to a report."""
        answer = self.api.upload(report_id, content)
        assert answer.accepted, answer
        return answer.file_id or ""

    def received(self, report_id: int) -> ReceivedReport:
        """What the mock has of a report."""
        return self.server.core.reports[report_id]

    def advance(self, seconds: int) -> None:
        """Move the mock's clock ahead."""
        move_clock(Target(self.api.base_url, (), is_mock=True).root, seconds)


@contextmanager
def mock_that(dialect: Dialect = Dialect.OF_2025, /, **switches: Any) -> Iterator[OwnMock]:
    """Start a mock with these switches set, for the time of a ``with`` block."""
    with MockServer(ACCOUNTS, behaviour=Behaviour(**switches)) as server:
        one, two = ACCOUNTS.items()
        with Api(server.base_url, one, dialect) as api, Api(server.base_url, two, dialect) as other:
            yield OwnMock(api, other, server)
