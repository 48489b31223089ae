"""Which columns are sealed, and the one place in which that is done and undone. Knows no database.

A row goes through `Vault.sealed` before it is written, and through `Vault.opened` after it was read. Digests are those
of the content, so that a chain verifies the same whether, and with which key, its rows are sealed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cybertip.ledger._chain import canonical
from cybertip.ledger._errors import LedgerError, SealedError
from cybertip.ledger._sealing import MARK, Sealer

TEXT_MARK = "ct1:"
"""How a sealed value begins in a column of text; what follows is base64 of the sealed value."""
_ESCAPE, _TEXT_ESCAPE = b"ct0\0", "ct0:"
"""What stands before a content that is not sealed and begins like one that is: anybody may call a file so."""
NO_KEY = (
    "no key of the ledger was given; name it in cybertip.toml under [encrypt], or in Python: Ledger.open(…, keys=[…])"
)
"""What is missing, and how to give it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is sealed of a table.

    Attributes:
        key: the columns that tell a row from all others.
        blobs: the columns of bytes that are sealed.
        texts: the columns of text that are sealed.
    """

    key: tuple[str, ...]
    blobs: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are sealed."""
        return (*self.blobs, *self.texts)


SEALED = {
    "ledger": Sealed(("one",), ("key",)),
    "record_contents": Sealed(("record_id", "number"), ("content",), ("folder",)),
    "findings": Sealed(("filing_id", "number"), (), ("findings",)),
    "packages": Sealed(("filing_id", "revision"), ("report", "manifest"), ("notes",)),
    "package_files": Sealed(("filing_id", "revision", "position"), ("content", "details"), ("location", "name")),
    "exchanges": Sealed(("filing_id", "call_id"), ("body",)),
}
"""What is sealed, by table. Events, states, times, digests and headers are not: they are what lists are made of."""


@dataclass(frozen=True, slots=True)
class Look:
    """A row as far as it can be read.

    Attributes:
        row: the row; None in each column of which the content cannot be told.
        closed: the columns that are sealed while no key was given.
        broken: what is wrong, by column, without content.
    """

    row: Mapping[Any, Any]
    closed: frozenset[str] = frozenset()
    broken: Mapping[str, str] = field(default_factory=dict)

    @property
    def unseen(self) -> frozenset[str]:
        """The columns of which the content cannot be told."""
        return self.closed | self.broken.keys()


class Vault:
    """Seals and opens the rows of one ledger. Without a key it seals nothing, and opens what was never sealed."""

    def __init__(self, ledger_id: str, sealer: Sealer | None = None) -> None:
        """Take the ledger's id, which is part of each place, and what seals."""
        self._ledger_id = ledger_id
        self._sealer = sealer

    @property
    def has_key(self) -> bool:
        """Whether there is a key, so that what is written is sealed."""
        return self._sealer is not None

    @property
    def heads(self) -> tuple[bytes, str]:
        """How everything begins that was sealed with the key in use: in columns of bytes, and in those of text.

        Raises:
            LedgerError: no key was given.
        """
        if self._sealer is None:
            raise SealedError(f"it is sealed, and {NO_KEY}")
        return self._sealer.head, TEXT_MARK + base64.b64encode(self._sealer.head).decode()

    def takes(self, key: bytes) -> bool:
        """Whether the ledger's own key, as it is stored, is plain or can be opened: whether one may write."""
        return not is_sealed(key) or (self._sealer is not None and self._sealer.opens(key))

    def sealed(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as it is to be written."""
        places, written = SEALED[table], dict(row)
        for name in places.columns:
            value = written.get(name)
            if value is not None:
                written[name] = self._closed(value, self._place(table, places, row, name))
        return written

    def opened(self, table: str, row: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """A row as it was before it was sealed.

        Raises:
            SealedError: it is sealed with a key that was not given.
            LedgerError: a value is not the one that was sealed there.
        """
        places = SEALED[table]
        marked = [name for name in places.columns if _is_marked(row.get(name))]
        if not marked:
            return row
        opened = dict(row)
        for name in marked:
            try:
                opened[name] = self._content(row[name], self._place(table, places, row, name))
            except LedgerError as problem:
                raise type(problem)(f"{name} of {_row_in_words(table, places, row)}: {problem}") from None
        return opened

    def look(self, table: str, row: Mapping[Any, Any]) -> Look:
        """A row as far as it can be read, for who wants to know what is wrong with it."""
        places = SEALED[table]
        there = [name for name in places.columns if row.get(name) is not None]
        sealed = [name for name in there if is_sealed(row[name])]
        found, broken = dict(row), {}
        for name in there:
            try:
                found[name] = self._content(row[name], self._place(table, places, row, name))
            except LedgerError as problem:
                found[name] = None
                if self.has_key:
                    broken[name] = str(problem)
            if sealed and name not in sealed:
                # A row is sealed as a whole, so a mark was taken away.
                broken[name] = "it is not sealed, and the rest of its row is"
        return Look(found, frozenset() if self.has_key else frozenset(sealed), broken)

    def _place(self, table: str, places: Sealed, row: Mapping[Any, Any], column: str) -> bytes:
        return canonical([self._ledger_id, table, [row[name] for name in places.key], column])

    def _closed(self, value: bytes | str, place: bytes) -> bytes | str:
        if self._sealer is None:
            if not _is_marked(value):
                return value
            return _ESCAPE + value if isinstance(value, bytes) else _TEXT_ESCAPE + value
        if isinstance(value, bytes):
            return self._sealer.seal(value, place)
        return TEXT_MARK + base64.b64encode(self._sealer.seal(value.encode("utf-8", "surrogatepass"), place)).decode()

    def _content(self, value: bytes | str, place: bytes) -> bytes | str:
        if not is_sealed(value):
            return value[len(_ESCAPE) :] if _is_marked(value) else value
        if self._sealer is None:
            raise SealedError(f"it is sealed, and {NO_KEY}")
        if isinstance(value, bytes):
            return self._sealer.open(value, place)
        return self._sealer.open(_bytes_of(value), place).decode("utf-8", "surrogatepass")


def is_sealed(value: bytes | str) -> bool:
    """Whether a value is sealed, as it is stored."""
    return value[: len(MARK)] in (MARK, TEXT_MARK)


def _is_marked(value: bytes | str | None) -> bool:
    return value is not None and value[: len(MARK)] in (MARK, TEXT_MARK, _ESCAPE, _TEXT_ESCAPE)


def _bytes_of(text: str) -> bytes:
    """The sealed value in a column of text; nothing that could be opened where it is not written as it should be."""
    digits = text[len(TEXT_MARK) :].encode("utf-8", "replace")
    try:
        sealed = base64.b64decode(digits, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return sealed if base64.b64encode(sealed) == digits else b""


def _row_in_words(table: str, places: Sealed, row: Mapping[Any, Any]) -> str:
    named: Iterator[str] = (f"{name} {row[name]}" for name in places.key if name != "one")
    return f"{table} ({', '.join(named)})" if table != "ledger" else "the ledger itself"
