"""What of a filing is hidden by default: whose accounts it reports, where its files are and what they are called.

It is taken from the records as they came in, whatever is wrong with them, or from a hand-written report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cybertip.cli._screen import Cell, Column, Screen
from cybertip.filing.packages import Frozen
from cybertip.findings import DocumentError
from cybertip.ledger import Ledger
from cybertip.models import Report
from cybertip.xml import parse

_ROLES = {"suspects": "suspect", "recipients": "recipient", "victims": "victim"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a record tells of it.

    Attributes:
        role: suspect, recipient or victim.
        hash: what it is called where it is hidden; empty where it has no identifier.
        identifier: the provider's own id of it; empty where none is told, as the others.
        screen_name: its handle.
        name: the person's name.
    """

    role: str
    hash: str
    identifier: str = ""
    screen_name: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file: its number, counted from 1, its place and its name; empty where there is none."""

    number: int
    location: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is hidden by default."""

    accounts: tuple[Account, ...]
    files: tuple[File, ...]

    @classmethod
    def of(cls, ledger: Ledger, filing_id: str, package: Frozen | None) -> Revealed:
        """Look it up. That somebody does must be in the ledger already."""
        contents = [one.content for one in ledger.records(filing_id) if one.content is not None]
        records = [found for content in contents if (found := _read(content))]
        accounts = [one for record in records for one in _accounts(record, ledger)]
        if not accounts and package is not None:
            accounts = list(_reported(package, ledger))
        if package is not None:
            files = [File(at, one.location or "", one.name or "") for at, one in enumerate(package.files, start=1)]
        else:
            told = [one for record in records for one in _objects(record, "evidence")]
            files = [
                File(at, _text(one, "location"), _text(one, "original_name")) for at, one in enumerate(told, start=1)
            ]
        return cls(tuple(accounts), tuple(files))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the envelope."""
        return {"accounts": [asdict(one) for one in self.accounts], "files": [asdict(one) for one in self.files]}

    def drawn(self, screen: Screen) -> str:
        """Both as tables."""
        parts = []
        if self.accounts:
            columns = [Column("role"), Column("hash"), *(Column(name, wraps=True) for name in ("id", "handle", "name"))]
            rows: list[list[Cell | str]] = [
                [one.role, one.hash, one.identifier, one.screen_name, one.name] for one in self.accounts
            ]
            parts += [screen.heading("Accounts, revealed"), screen.table(columns, rows)]
        if self.files:
            columns = [Column("file"), Column("place", wraps=True), Column("name", wraps=True)]
            rows = [[str(one.number), one.location, one.name] for one in self.files]
            parts += [screen.heading("Files, revealed"), screen.table(columns, rows)]
        return "\n".join(parts)


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _objects(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = record.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _accounts(record: dict[str, Any], ledger: Ledger) -> Iterator[Account]:
    for field, role in _ROLES.items():
        for one in _objects(record, field):
            person = one.get("person")
            names = [_text(person, part) for part in ("first_name", "last_name")] if isinstance(person, dict) else []
            yield _account(ledger, role, _text(one, "identifier"), _text(one, "screen_name"), names)


def _reported(package: Frozen, ledger: Ledger) -> Iterator[Account]:
    try:
        report = parse(package.report, Report).document
    except DocumentError:
        return
    for one in report.persons_or_users_reported:
        person = one.person
        names = [person.first_name or "", person.last_name or ""] if person is not None else []
        yield _account(ledger, "suspect", one.esp_identifier or "", one.screen_name or "", names)


def _account(ledger: Ledger, role: str, identifier: str, screen_name: str, names: list[str]) -> Account:
    seen = ledger.account_hash(identifier) if identifier else ""
    return Account(role, seen, identifier, screen_name, " ".join(filter(None, names)))
