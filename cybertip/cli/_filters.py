"""Which filings a list is to have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cybertip.cli._shown import needs_person
from cybertip.filing.status import Kind, Situation
from cybertip.findings import DocumentError
from cybertip.ledger import Filing, Ledger
from cybertip.models import IncidentType
from cybertip.xml import read_tree

KINDS = {kind.value.replace(" ", "-"): kind for kind in Kind}
"""The kinds of status by the names that they have on the command line."""
TYPES = {kind.name.lower().replace("_", "-"): kind for kind in IncidentType}
"""The types of incident by the names that they have on the command line."""
_KNOWN = frozenset(map(str, IncidentType))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a filing must be to be listed; all of it together.

    Attributes:
        kinds: one of these statuses; empty for any.
        person: whether somebody has to act on it, or must hear of it.
        age: at least so long ago it came in; None for any.
        types: one of these types of incident; empty for any.
        codes: one of these codes keeps it from being filed, in any letters; empty for any.
        account: the identifier or the hash of an account that it reports; None for any.
    """

    kinds: frozenset[Kind] = frozenset()
    person: bool = False
    age: timedelta | None = None
    types: frozenset[IncidentType] = frozenset()
    codes: frozenset[str] = frozenset()
    account: str | None = None

    def of(self, ledger: Ledger, filings: list[Filing], now: datetime) -> list[Filing]:
        """The filings that are wanted, in their order."""
        on = None if self.account is None else ledger.filings_on(self.account)
        # Documents are read for few: they are looked at last.
        return [
            one
            for one in filings
            if self._is(one, now) and (on is None or one.id in on) and (not self.types or self._has_type(ledger, one))
        ]

    def _is(self, one: Filing, now: datetime) -> bool:
        return (
            (not self.kinds or one.status.kind in self.kinds)
            and (not self.person or needs_person(one))
            and (self.age is None or now - one.created_at >= self.age)
            and (not self.codes or bool(self.codes & set(_codes(one))))
        )

    def _has_type(self, ledger: Ledger, one: Filing) -> bool:
        return bool({str(kind) for kind in self.types} & set(types_of(ledger, one)))


def code(text: str) -> str:
    """A code as `Wanted.codes` has it: ``s205`` is S205, and ``4000`` is what the server said."""
    name = " ".join(text.upper().split())
    return f"SERVER {name}" if name.isdigit() else name


def _codes(one: Filing) -> Iterator[str]:
    yield from map(code, one.state.findings)


def types_of(ledger: Ledger, one: Filing) -> tuple[str, ...]:
    """The types of incident of a filing: its report's, or those of its records where none could be built.

    Empty where nobody can tell, as with documents that were purged, or a filing that cannot be read.
    """
    if one.status.situation is Situation.UNREADABLE:
        return ()
    package = ledger.package(one.id)
    if package is not None:
        try:
            tree = read_tree(package.report)
        except DocumentError:
            return ()
        found = tree.iter("incidentType")
        return tuple(dict.fromkeys(node.text.strip() for node in found if isinstance(node.text, str)))
    return tuple(dict.fromkeys(filter(None, (_type_in(record.content) for record in ledger.records(one.id)))))


def _type_in(record: bytes | None) -> str:
    try:
        content = json.loads(record or b"")
        kind = content["incident"]["type"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    # It may be anything, since the record could not be read.
    return kind if isinstance(kind, str) and kind in _KNOWN else ""
