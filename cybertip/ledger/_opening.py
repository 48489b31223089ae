"""Whose ledger it is, and what a database's errors are turned into."""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cybertip.environments import Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.ledger import _engine
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import micros, new_salt
from cybertip.ledger._errors import LedgerError, SealedError
from cybertip.ledger._sealing import Sealer
from cybertip.ledger._vault import NO_KEY, Vault, is_sealed

_KEY_BYTES = 32
"""How long the key of the blind indexes is."""


@contextmanager
def in_words() -> Generator[None]:
    """Turn a database's errors into words. Raises LedgerError."""
    try:
        yield
    except DBAPIError as problem:
        # The database's own error could quote what was to be written.
        words = _engine.words_for(problem.orig) if isinstance(problem.orig, Exception) else type(problem).__name__
        raise LedgerError(f"the ledger could not be read or written: {words}") from None
    except SQLAlchemyError as problem:
        raise LedgerError(f"the ledger could not be read or written: {type(problem).__name__}") from None


def _account_digest(salt: bytes, account: str) -> bytes:
    return hashlib.sha256(salt + b"account\0" + account.encode()).digest()


def own_row(
    engine: Engine,
    environment: Environment | None,
    account: str | None,
    clock: Callable[[], datetime],
    sealer: Sealer | None,
) -> Row[Any]:
    """The ledger's own row, made for this environment and account if there is none."""
    with _engine.to_read(engine.connect()) as connection, connection.begin():
        row = connection.execute(select(t.ledger)).one_or_none()
    if row is None:
        if environment is None or account is None:
            raise ConfigurationError("the ledger was never used; nothing can be told of it")
        row = _make_row(engine, environment, account, clock, sealer)
    return row


def check_belongs(row: Row[Any], environment: str | None, account: str | None) -> None:
    """See that a ledger belongs to an environment and an account. Raises EnvironmentRefusedError (P505)."""
    if environment is not None and row.environment != str(environment):
        raise EnvironmentRefusedError(
            f"P505: the ledger belongs to the environment {row.environment}, and this program is set to {environment};"
            f" name the ledger of {environment}, or another place to begin one"
        )
    if account is not None and not hmac.compare_digest(_account_digest(row.account_salt, account), row.account_digest):
        raise EnvironmentRefusedError(
            "P505: the ledger belongs to another account at NCMEC than the one that is set; set the user name that"
            " began the ledger, or name another place to begin one for this account"
        )


def unlock(engine: Engine, row: Row[Any], sealer: Sealer | None, *, works: bool) -> tuple[Vault, bytes | None]:
    """What seals and opens the ledger's rows, and the key of its blind indexes; None where that stays sealed.

    That key tells whether the ledger is encrypted: it is sealed as soon as the ledger is opened with a key.

    Args:
        engine: the database.
        row: the ledger's own row.
        sealer: the keys that were given; None for none.
        works: whether filings are to be served.

    Raises:
        ConfigurationError: the ledger is encrypted, and the key was not given.
        LedgerError: its own key is damaged.
    """
    vault = Vault(row.id, sealer)
    if sealer is None and is_sealed(row.key):
        if works:
            raise ConfigurationError(f"the ledger is encrypted, and without its key no filing can be served: {NO_KEY}")
        return vault, None
    if sealer is not None and not is_sealed(row.key):
        row = _seal_row(engine, vault)
    try:
        key: bytes = vault.opened("ledger", _own(row))["key"]
    except SealedError as problem:
        raise ConfigurationError(f"the ledger cannot be opened with the keys that were given: {problem}") from None
    if len(key) != _KEY_BYTES:
        raise LedgerError("the ledger's own key is not the one that was written; take the ledger's file from a backup")
    return vault, key


def _own(row: Row[Any]) -> Mapping[str, Any]:
    return {"one": row.one, "key": row.key}


def _seal_row(engine: Engine, vault: Vault) -> Row[Any]:
    """Seal the own key of a ledger that was plain so far."""
    with _engine.to_write(engine.connect()) as connection, connection.begin():
        row = connection.execute(select(t.ledger).with_for_update()).one()
        if not is_sealed(row.key):  # no other process was quicker
            connection.execute(update(t.ledger).values(key=vault.sealed("ledger", _own(row))["key"]))
        return connection.execute(select(t.ledger)).one()


def _make_row(
    engine: Engine, environment: Environment, account: str, clock: Callable[[], datetime], sealer: Sealer | None
) -> Row[Any]:
    with _engine.to_write(engine.connect()) as connection, connection.begin():
        _engine.lock_schema(connection)
        row = connection.execute(select(t.ledger)).one_or_none()
        if row is not None:
            return row  # another process was quicker
        ledger_id, salt = str(uuid.uuid4()), new_salt()
        own = {
            "one": 1,
            "id": ledger_id,
            "generation": 1,
            "created": micros(clock()),
            "environment": str(environment),
            "account_salt": salt,
            "account_digest": _account_digest(salt, account),
            "key": os.urandom(_KEY_BYTES),
        }
        connection.execute(insert(t.ledger), Vault(ledger_id, sealer).sealed("ledger", own))
        return connection.execute(select(t.ledger)).one()
