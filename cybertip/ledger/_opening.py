"""Whose ledger it is, and what a database's errors are turned into."""

from __future__ import annotations

import hashlib
import hmac
import os
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cybertip.environments import Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.ledger import _engine
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import micros, new_salt
from cybertip.ledger._errors import LedgerError


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
    engine: Engine, environment: Environment | None, account: str | None, clock: Callable[[], datetime]
) -> Row[Any]:
    """The ledger's own row, made for this environment and account if there is none."""
    with _engine.to_read(engine.connect()) as connection, connection.begin():
        row = connection.execute(select(t.ledger)).one_or_none()
    if row is None:
        if environment is None or account is None:
            raise ConfigurationError("the ledger was never used; nothing can be told of it")
        row = _make_row(engine, environment, account, clock)
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


def _make_row(engine: Engine, environment: Environment, account: str, clock: Callable[[], datetime]) -> Row[Any]:
    with _engine.to_write(engine.connect()) as connection, connection.begin():
        _engine.lock_schema(connection)
        row = connection.execute(select(t.ledger)).one_or_none()
        if row is not None:
            return row  # another process was quicker
        salt = new_salt()
        connection.execute(
            insert(t.ledger).values(
                one=1,
                id=str(uuid.uuid4()),
                generation=1,
                created=micros(clock()),
                environment=str(environment),
                account_salt=salt,
                account_digest=_account_digest(salt, account),
                key=os.urandom(32),
            )
        )
        return connection.execute(select(t.ledger)).one()
