"""Keys that open nothing else, and what stands in a ledger's file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.ledger import Ledger, NewFiling
from cybertip.ledger._vault import SEALED
from tests.canaries import CONTENT
from tests.unit.ledger.ledgers import T0, new

KEY, OTHER, THIRD = (bytes([number]) * 32 for number in (1, 2, 3))

COLUMNS = [(table, column) for table, places in SEALED.items() if table != "ledger" for column in places.columns]
"""What is sealed, but for the ledger's own key."""


def secret(record_id: str = "case-1") -> NewFiling:
    """A record with a canary in everything that comes in."""
    files = (
        FrozenFile(
            f"/evidence/{CONTENT}.png", None, f"{CONTENT}.png", "ab" * 32, 1234, b"<d>%b</d>" % CONTENT.encode()
        ),
        FrozenFile(None, CONTENT.encode() * 2000, "chat.txt", "cd" * 32, 18, b"<fileDetails>2</fileDetails>"),
    )
    package = Frozen(f"<report>{CONTENT}</report>".encode(), files, {"program": "1"}, notes={"repairs": [CONTENT]})
    content = f'{{"id":"{record_id}","notes":"{CONTENT}"}}'.encode()
    return replace(new(record_id), records=(content,), package=package, findings=({"message": CONTENT},))


def add_secret(ledger: Ledger, record_id: str = "case-1") -> str:
    """Store it, with a folder; its filing."""
    with ledger.transaction() as transaction:
        filing_id = transaction.add(secret(record_id), T0)
        # What fills in folders is not what is tested here.
        vault = ledger._core.vault
        row = {"record_id": record_id, "number": 1, "folder": f"/cases/{CONTENT}"}
        sealed = vault.sealed("record_contents", row)["folder"]
        transaction._connection.exec_driver_sql(
            "UPDATE record_contents SET folder = ? WHERE record_id = ?", (sealed, record_id)
        )
    return filing_id


def in_file(path: Path, text: bytes = CONTENT.encode()) -> bool:
    """Whether something stands anywhere in the files of a ledger."""
    places = [path, Path(f"{path}-wal"), Path(f"{path}-shm")]
    return any(text in place.read_bytes() for place in places if place.exists())


def stored(path: Path, table: str, column: str) -> list[tuple[int, Any]]:
    """What a column holds, as it is stored, by row."""
    with closing(sqlite3.connect(path)) as connection:
        query = f'SELECT rowid, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY rowid'
        return connection.execute(query).fetchall()


def put(path: Path, table: str, column: str, rowid: int, value: Any) -> None:
    """Store another value, as somebody would who knows SQL."""
    with closing(sqlite3.connect(path)) as connection:
        for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name[0]}")
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, rowid))
        connection.commit()
