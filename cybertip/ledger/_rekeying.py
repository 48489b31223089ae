"""Sealing with another key what is stored already, in small transactions beside those of workers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select, tuple_, update

from cybertip.ledger import _tables as t
from cybertip.ledger._errors import LedgerError
from cybertip.ledger._sealing import MARK
from cybertip.ledger._values import Rekeyed
from cybertip.ledger._vault import SEALED, TEXT_MARK, Vault

ROWS = 20
"""How many rows are sealed in one transaction: workers wait for no more than that."""


def rekey(written: Callable[[], AbstractContextManager[Connection]], vault: Vault) -> Rekeyed:
    """Seal everything that is not sealed with the key in use.

    The ledger's own key comes last: as long as it is sealed with the old key, a program without that one does not open
    the ledger. What was interrupted goes on where it was, because what is done looks so.

    Args:
        written: begins a writing transaction.
        vault: seals and opens.

    Raises:
        LedgerError: no key was given, or the ledger cannot be written.
    """
    rows = 0
    left: dict[str, None] = {}
    while True:
        done = sum(_table(written, vault, name, left) for name in SEALED if name != t.ledger.name)
        rows += done
        if not done:
            # Workers may have written with the old key meanwhile; a pass that finds nothing is the last.
            break
    rows += _table(written, vault, t.ledger.name, left)
    return Rekeyed(rows, tuple(left))


def count_sealed(connection: Connection) -> int:
    """How many values are sealed, with whatever key; the ledger's own is not counted."""
    found = 0
    for name, places in SEALED.items():
        table = t.metadata.tables[name]
        for column in places.columns if name != t.ledger.name else ():
            mark = TEXT_MARK if column in places.texts else MARK
            query = select(func.count()).where(func.substr(table.c[column], 1, len(mark)) == mark)
            found += connection.execute(query.select_from(table)).scalar_one()
    return found


def _table(
    written: Callable[[], AbstractContextManager[Connection]], vault: Vault, name: str, left: dict[str, None]
) -> int:
    table, key = t.metadata.tables[name], SEALED[name].key
    columns = [table.c[one] for one in key]
    after: tuple[Any, ...] | None = None
    done = 0
    while True:
        with written() as connection:
            query = select(table).where(_otherwise(vault, table)).order_by(*columns).limit(ROWS).with_for_update()
            if after is not None:
                query = query.where(tuple_(*columns) > after)
            rows = connection.execute(query).mappings().all()
            for row in rows:
                try:
                    sealed = vault.sealed(name, dict(vault.opened(name, row)))
                except LedgerError as problem:
                    left[str(problem)] = None
                    continue
                changed = {one: sealed[one] for one in SEALED[name].columns if row[one] is not None}
                connection.execute(update(table).where(*(table.c[one] == row[one] for one in key)).values(changed))
                done += 1
        if len(rows) < ROWS:
            return done
        after = tuple(rows[-1][one] for one in key)


def _otherwise(vault: Vault, table: Table) -> ColumnElement[bool]:
    """Whether something in a row is not sealed with the key in use."""
    places, (head, text_head) = SEALED[table.name], vault.heads
    heads: dict[str, bytes | str] = dict.fromkeys(places.blobs, head) | dict.fromkeys(places.texts, text_head)
    return or_(
        *(
            and_(table.c[name].isnot(None), func.substr(table.c[name], 1, len(value)) != value)
            for name, value in heads.items()
        )
    )
