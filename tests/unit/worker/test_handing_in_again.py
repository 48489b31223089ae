"""A record that waits for a correction and comes in again: what was wrong may have been mended outside of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from cybertip.client import Client
from cybertip.errors import ConfigurationError, Known, RefusedError
from cybertip.filing import Kind
from cybertip.filing.events import CallEnded, CallStarted
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.ledger import Ledger
from cybertip.mock import MockServer
from cybertip.mock.faults import ResponseCode
from cybertip.profile import ReporterProfile
from cybertip.worker import Filer
from tests.canaries import CONTENT
from tests.samples import report_xml
from tests.unit.worker.conftest import PACE, data


class Profiles:
    """Has no profile until it is mended."""

    mended = False

    def __call__(self, name: str) -> ReporterProfile:
        if not self.mended:
            raise ConfigurationError(f"there is no profile {name}")
        return sample.profile()


@pytest.fixture
def profiles() -> Profiles:
    """Profiles that are missing."""
    return Profiles()


@pytest.fixture
def waiting(ledger: Ledger, client: Client, profiles: Profiles) -> Filer:
    """A filer whose profiles are missing."""
    return Filer(ledger, client, profiles, pace=PACE)


def test_it_goes_on_once_the_profile_is_there(
    waiting: Filer, profiles: Profiles, record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """The same record waits while nothing has changed, and is filed as soon as it is right."""
    first = waiting.file(data(record), tmp_path)
    assert first.status.kind is Kind.NEEDS_CORRECTION
    assert waiting.file(data(record), tmp_path).status == first.status
    assert len(ledger.history(first.id)) == 1  # it came in; what rests is claimed by nobody
    profiles.mended = True
    assert waiting.file(data(record), tmp_path).status.kind is Kind.FILED
    assert len(server.reports) == 1
    assert ledger.verify() == []


def test_it_undoes_no_correction(
    waiting: Filer, profiles: Profiles, record: dict[str, Any], tmp_path: Path, server: MockServer
) -> None:
    """A record that a person has corrected since does not come back by the version before."""
    filing = waiting.enqueue(data(record), tmp_path)
    waiting.operator("a person").correct(filing.id, data(record, decision={"outcome": "pending"}), tmp_path)
    profiles.mended = True
    assert waiting.file(data(record), tmp_path).status.kind is Kind.NEEDS_CORRECTION
    assert server.reports == []


def test_what_the_server_refused_waits_for_a_person(
    filer: Filer, record: dict[str, Any], tmp_path: Path, server: MockServer, ledger: Ledger
) -> None:
    """The same record is not sent again; the server's words, which may repeat content, are in no event."""
    server.set_faults(ResponseCode(call="submit", code=4100, description=f"bad value {CONTENT}"))
    filing = filer.file(data(record), tmp_path)
    again = filer.file(data(record), tmp_path)
    assert filing.status.kind is again.status.kind is Kind.NEEDS_CORRECTION
    history = [event for _, event in ledger.history(filing.id)]
    assert sum(isinstance(event, CallStarted) for event in history) == 1
    (ended,) = (event for event in history if isinstance(event, CallEnded))
    assert CONTENT not in ended.words
    assert "code 4100" in ended.words
    (exchange,) = ledger.exchanges(filing.id)
    assert CONTENT.encode() in (exchange.body or b"")


def test_an_error_in_our_own_words_leaves_out_the_servers() -> None:
    """What the server wrote may repeat what it was sent; everything else stays."""
    problem = RefusedError(
        "refused", call="submit", known=Known.REFUSED, code=4100, description=f"bad {CONTENT}", request_id="r-1"
    )
    assert CONTENT in str(problem)
    assert problem.in_own_words() == str(problem).replace(f"the server says: bad {CONTENT}; ", "")


def test_documents_are_the_same_wherever_they_lie(filer: Filer, tmp_path: Path, server: MockServer) -> None:
    """Neither the folder of a file nor the version of the program makes another case of hand-written documents."""
    packages = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").write_bytes(sample.picture((1, 2, 3)))
        place = str(tmp_path / folder / "a.png")
        packages.append(Frozen(report_xml(), (FrozenFile(place),), {"program": folder}))
    first, second = (filer.file_documents("xml-1", package) for package in packages)
    assert first.id == second.id
    assert len(server.reports) == 1
