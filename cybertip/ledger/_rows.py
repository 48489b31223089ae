"""Between values and rows: states, exchanges, packages. Nothing here decides anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, insert, select

from cybertip.filing.events import Event, load
from cybertip.filing.machine import IllegalEventError, fold
from cybertip.filing.outcomes import CallName
from cybertip.filing.packages import Frozen, FrozenFile
from cybertip.filing.schedule import Pace, Rest, Wait, next_step
from cybertip.filing.states import Phase, State
from cybertip.filing.steps import Exchange
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import canonical, micros, moment_of, new_salt, package_digest, salted
from cybertip.ledger._errors import LedgerError
from cybertip.ledger._vault import Vault

_STATE: TypeAdapter[State] = TypeAdapter(State)
_WORKED_ON = frozenset({Phase.OPEN, Phase.FINISHING, Phase.CLOSING})
AT_ONCE = 0
"""The due moment of a filing that goes on at once."""


def dump_state(state: State) -> str:
    """A state as JSON."""
    return _STATE.dump_json(state).decode()


def load_state(text: str) -> State:
    """A state from JSON. Raises pydantic's ValidationError for what is none."""
    return _STATE.validate_json(text)


def state_of(connection: Connection, filing_id: str, text: str) -> State:
    """A filing's state, as it is kept; or, where that cannot be read, as its events come to it.

    Raises:
        LedgerError: neither can be read; nothing can be done for this filing before somebody has looked.
    """
    try:
        return load_state(text)
    except ValidationError:
        pass
    c = t.events.c
    try:
        rows = connection.execute(select(c.payload).where(c.filing_id == filing_id).order_by(c.seq)).scalars().all()
        return fold([load(row) for row in rows])
    except (ValidationError, IllegalEventError, TypeError):
        raise unreadable(filing_id) from None


def events_of(connection: Connection, filing_id: str) -> list[tuple[datetime, Event]]:
    """The events of a filing in order, each with when it was appended.

    Raises:
        LedgerError: one of them cannot be read.
    """
    found = events_as_they_are(connection, filing_id)
    read = [(recorded, event) for recorded, event in found if event is not None]
    if len(read) < len(found):
        raise unreadable(filing_id)
    return read


def events_as_they_are(connection: Connection, filing_id: str) -> list[tuple[datetime, Event | None]]:
    """The events as of `events_of`; None for one that cannot be read: what is left of a history is told as well."""
    c = t.events.c
    query = select(c.recorded, c.payload).where(c.filing_id == filing_id).order_by(c.seq)
    return [(moment_of(row.recorded), _event(row.payload)) for row in connection.execute(query)]


def _event(payload: bytes | None) -> Event | None:
    try:
        return None if payload is None else load(payload)
    except (ValueError, TypeError):
        return None


def unreadable(filing_id: str) -> LedgerError:
    """What to raise where a filing cannot be read."""
    return LedgerError(f"the filing {filing_id} cannot be read; `cybertip ledger verify` tells more")


def is_open(state: State) -> bool:
    """Whether the filing has, or may be getting, a report that is worked on.

    One that waits for a person's decision is not counted: it would keep others from being opened for ever.
    """
    if state.attempt is not None:
        return state.phase in _WORKED_ON
    return state.started is not None and state.started.call is CallName.SUBMIT


def due_of(state: State, now: datetime, pace: Pace, sizes: tuple[int, ...] = ()) -> int | None:
    """When the filing is to be looked at next, as the column holds it; None where nothing goes on by itself."""
    if state.started is not None:
        # Whoever made the call may be gone; the next one to take the lease finds out what that means.
        return AT_ONCE
    step = next_step(state, now, pace, sizes)
    if isinstance(step, Rest):
        return None
    return micros(step.until) if isinstance(step, Wait) else AT_ONCE


def columns_of(state: State) -> dict[str, Any]:
    """The columns of a filing that follow from its state alone."""
    opened = is_open(state)
    return {
        "fence": state.fence,
        "lapses": None if state.attempt is None else micros(state.attempt.lapses_at),
        "rank": 1 if state.urgent else 2,
        "confirmed": micros(state.confirmed_at),
        "phase": str(state.phase),
        "open": opened,
        "opens": state.phase is Phase.NEW and not opened,
        "report_id": state.report_id,
        "state": dump_state(state),
    }


# --- exchanges ---------------------------------------------------------------------------------------------------


def told_of(row: Mapping[Any, Any]) -> dict[str, object]:
    """All that is kept of an exchange, its body by its own digest; times in microseconds since 1970 in UTC."""
    told = {
        name: row[name]
        for name in (
            "filing_id", "call_id", "call", "report_id", "request_sha256", "request_size", "sent", "received",
            "http_status", "headers", "request_id", "server_date", "complete",
        )
    }  # fmt: skip
    return told | {"body": None if row["body_digest"] is None else row["body_digest"].hex()}


def exchange_digest(row: Mapping[Any, Any]) -> bytes:
    """The salted digest of an exchange."""
    return salted(row["salt"], canonical(told_of(row)))


def exchange_row(filing_id: str, exchange: Exchange) -> dict[str, Any]:
    """The row of an exchange, with its digest; it is sealed when it is written."""
    salt = new_salt()
    row: dict[str, Any] = {
        "filing_id": filing_id,
        "call_id": exchange.call_id,
        "call": str(exchange.call),
        "report_id": exchange.report_id,
        "request_sha256": exchange.request_sha256,
        "request_size": exchange.request_size,
        "sent": micros(exchange.sent_at),
        "received": None if exchange.received_at is None else micros(exchange.received_at),
        "http_status": exchange.http_status,
        "headers": json.dumps(exchange.headers),
        "request_id": exchange.header("request-id"),
        "server_date": exchange.header("date"),
        "complete": exchange.complete,
        "body": exchange.body,
        "body_digest": None if exchange.body is None else salted(salt, exchange.body),
        "salt": salt,
    }
    return row | {"digest": exchange_digest(row)}


def exchange_of(row: Mapping[Any, Any]) -> Exchange:
    """The exchange of a row that was opened; without its body if that was purged."""
    return Exchange(
        row["call_id"],
        CallName(row["call"]),
        row["report_id"],
        row["request_sha256"],
        row["request_size"],
        moment_of(row["sent"]),
        None if row["received"] is None else moment_of(row["received"]),
        row["http_status"],
        tuple((str(name), str(value)) for name, value in json.loads(row["headers"])),
        row["body"],
        row["complete"],
    )


# --- packages ----------------------------------------------------------------------------------------------------


def store_package(connection: Connection, vault: Vault, filing_id: str, revision: int, package: Frozen) -> None:
    """Store a package for good."""
    manifest, salt = package.manifest(), new_salt()
    row = {
        "filing_id": filing_id,
        "revision": revision,
        "report": package.report,
        "batched": package.batched,
        "versions": json.dumps(package.versions),
        "notes": json.dumps(package.notes),
        "manifest": manifest,
        "salt": salt,
        "digest": package_digest(salt, hashlib.sha256(manifest).hexdigest(), [item.size for item in package.files]),
    }
    connection.execute(insert(t.packages), vault.sealed("packages", row))
    files = [
        {
            "filing_id": filing_id,
            "revision": revision,
            "position": position,
            "location": item.location,
            "name": item.name,
            "sha256": item.sha256,
            "size": item.size,
            "content": item.content,
            "details": item.details,
        }
        for position, item in enumerate(package.files)
    ]
    if files:
        connection.execute(insert(t.package_files), [vault.sealed("package_files", row) for row in files])


def load_package(connection: Connection, vault: Vault, filing_id: str, revision: int) -> Frozen | None:
    """The package of a revision; None where there is none, or where it was purged.

    Raises:
        LedgerError: it is sealed, and cannot be opened.
    """
    found = (
        connection.execute(
            select(t.packages).where(t.packages.c.filing_id == filing_id, t.packages.c.revision == revision)
        )
        .mappings()
        .one_or_none()
    )
    if found is None or found["report"] is None or found["notes"] is None:
        return None
    row = vault.opened("packages", found)
    files = (vault.opened("package_files", item) for item in package_file_rows(connection, filing_id, revision))
    return Frozen(
        row["report"], tuple(map(file_of, files)), json.loads(row["versions"]), row["batched"], json.loads(row["notes"])
    )


def package_file_rows(connection: Connection, filing_id: str, revision: int) -> Sequence[Mapping[Any, Any]]:
    """The rows of a package's files in order, as they are stored."""
    return (
        connection.execute(
            select(t.package_files)
            .where(t.package_files.c.filing_id == filing_id, t.package_files.c.revision == revision)
            .order_by(t.package_files.c.position)
        )
        .mappings()
        .all()
    )


def file_of(row: Mapping[Any, Any]) -> FrozenFile:
    """The file of a row that was opened."""
    return FrozenFile(row["location"], row["content"], row["name"], row["sha256"], row["size"], row["details"])
