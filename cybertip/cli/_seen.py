"""All that is shown of a filing, looked up as far as it can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cybertip.cli import _timeline
from cybertip.cli._filters import types_of
from cybertip.cli._places import with_known_places
from cybertip.cli._shown import short_id
from cybertip.filing.packages import Frozen
from cybertip.filing.status import Situation
from cybertip.filing.steps import Exchange
from cybertip.ledger import Filing, Ledger, SealedError

T = TypeVar("T")

TYPE, FINDINGS, FILES = "type", "findings", "files"
"""What may be sealed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is shown of a filing.

    Attributes:
        filing: the filing.
        short: its short id.
        types: the types of incident that it reports.
        accounts: the accounts that it reports, as hashes.
        findings: what was found in it when it last came in, as plain data.
        package: what is filed; None where nothing could be built, where it was purged, or cannot be read.
        exchanges: the requests with what came back, but for the answers themselves.
        history: what has happened.
        sealed: what could not be told, because it is sealed and no key was given.
    """

    filing: Filing
    short: str
    types: tuple[str, ...]
    accounts: tuple[str, ...]
    findings: Sequence[dict[str, Any]]
    package: Frozen | None
    exchanges: tuple[Exchange, ...]
    history: _timeline.History
    sealed: tuple[str, ...]

    @classmethod
    def of(cls, ledger: Ledger, filing: Filing, *, reveal: bool) -> Seen:
        """Look it up.

        Args:
            ledger: where the filing is.
            filing: the filing.
            reveal: whether names of fields that no record has are shown as they came in.

        Raises:
            LedgerError: something is sealed with another key than was given, or is not what was sealed.
        """
        look = _Look()
        found: list[dict[str, Any]] = look.at(FINDINGS, lambda: ledger.findings(filing.id), [])
        unreadable = filing.status.situation is Situation.UNREADABLE
        return cls(
            filing,
            short_id(ledger, filing.id),
            look.at(TYPE, lambda: types_of(ledger, filing), ()),
            ledger.account_hashes([filing.id])[filing.id],
            found if reveal else [with_known_places(one) for one in found],
            None if unreadable else look.at(FILES, lambda: ledger.package(filing.id), None),
            ledger.exchanges(filing.id, bodies=False),
            ledger.readable_history(filing.id),
            tuple(look.sealed),
        )

    def notes(self, name: str) -> list[dict[str, Any]]:
        """What the package tells beside its documents: ``repairs``, ``overrides``."""
        found = self.package.notes.get(name) if self.package is not None else None
        return found if isinstance(found, list) else []


@dataclass(slots=True)
class _Look:
    sealed: list[str] = field(default_factory=list)

    def at(self, name: str, ask: Callable[[], T], nothing: T) -> T:
        """What is asked for; or nothing, and it is noted that it is sealed."""
        try:
            return ask()
        except SealedError:
            self.sealed.append(name)
            return nothing
