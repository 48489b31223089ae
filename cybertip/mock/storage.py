"""A journal in a SQLite file: ``cybertip mock --state FILE``."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cybertip.errors import ConfigurationError
from cybertip.mock.clock import Clock
from cybertip.mock.exchanges import Exchange
from cybertip.mock.journal import Kept
from cybertip.mock.state import MOST_EXCHANGES, ReceivedFile, ReceivedReport, ReportState

FORMAT = 1
"""The version of the tables, in the file's ``user_version``."""

_APPLICATION = 0x6374_6D6B  # "ctmk", in the file's header: a mock's state and nobody else's database

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, xml BLOB NOT NULL, batched INTEGER NOT NULL,
    opened_at TEXT NOT NULL, changed_at TEXT, closed_at TEXT, closed_as TEXT
);
CREATE TABLE files (
    id TEXT PRIMARY KEY, report_id INTEGER NOT NULL, uploaded_at TEXT NOT NULL, size INTEGER NOT NULL,
    md5 TEXT NOT NULL, sha256 TEXT NOT NULL, name TEXT NOT NULL, details BLOB
);
CREATE TABLE exchanges (report_id INTEGER NOT NULL, data TEXT NOT NULL);
"""


class StateFile:
    """Keeps the state of a mock in a file. One mock at a time may use it."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it, readable to its owner only.

        Raises:
            ConfigurationError: it cannot be opened, is something else, of another version, or in use by another mock.
        """
        self._path = path
        try:
            # Made by hand, because SQLite would let everybody read what was sent to the mock.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            # One thread at a time uses it, as the core, and not always the one that opens it.
            self._database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "SQLite cannot open it"
            raise self._unusable(f"cannot be opened: {reason}", "choose a path that you may write to") from None
        try:
            self._prepare()
        except sqlite3.OperationalError as problem:
            self._database.close()
            # The lower byte is the kind of the error, whatever the particulars.
            if problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise self._unusable("is in use", "stop the other mock, or choose another file") from None
            cure = "choose a path that you may write to, with room beside it"
            raise self._unusable(f"cannot be used: {problem}", cure) from None
        except sqlite3.DatabaseError:
            self._database.close()
            raise self._unusable("is no SQLite database", "choose another file; this one was left alone") from None
        except ConfigurationError:
            self._database.close()
            raise

    def __repr__(self) -> str:
        return f"StateFile({str(self._path)!r})"

    def _unusable(self, what: str, cure: str) -> ConfigurationError:
        return ConfigurationError(f"the state file {self._path} {what}; {cure}")

    def _prepare(self) -> None:
        database = self._database
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("BEGIN IMMEDIATE")
        (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        # Somebody's database may have no tables yet.
        used = bool(tables or application or version)
        if used and application != _APPLICATION:
            raise self._unusable("is a database of something else", "choose another file; this one was left alone")
        if used and version != FORMAT:
            raise self._unusable(f"has format {version}, this version reads {FORMAT}", "choose another file")
        if not used:
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION}")
            database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("COMMIT")
        # A process that is killed loses nothing that it has answered; only a power cut might.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # --- Journal -------------------------------------------------------------------------------------------------

    def load(self, clock: Clock) -> Kept:
        """Everything kept so far.

        Raises:
            ConfigurationError: the file is damaged.
        """
        try:
            return self._load(clock)
        except (sqlite3.DatabaseError, LookupError, ValueError, TypeError):
            raise self._unusable("is damaged", "choose another file; this one was left alone") from None

    def _load(self, clock: Clock) -> Kept:
        reports = {
            row[0]: ReceivedReport(
                id=row[0],
                account=row[1],
                xml=row[2],
                batched=bool(row[3]),
                clock=clock,
                opened_at=datetime.fromisoformat(row[4]),
                changed_at=_moment(row[5]),
                closed_at=_moment(row[6]),
                closed_as=ReportState(row[7]) if row[7] else None,
            )
            for row in self._database.execute("SELECT * FROM reports ORDER BY id")
        }
        for row in self._database.execute("SELECT * FROM files ORDER BY rowid"):
            file = ReceivedFile(row[0], datetime.fromisoformat(row[2]), *row[3:])
            reports[row[1]].files.append(file)
        # Of a report that was asked about without end, only the latest exchanges are looked at, and kept.
        self._database.execute(
            "DELETE FROM exchanges WHERE rowid IN (SELECT rowid FROM (SELECT rowid,"
            " row_number() OVER (PARTITION BY report_id ORDER BY rowid DESC) AS age FROM exchanges) WHERE age > ?)",
            (MOST_EXCHANGES,),
        )
        for report_id, data in self._database.execute("SELECT * FROM exchanges ORDER BY rowid"):
            reports[report_id].exchanges.append(_exchange(json.loads(data)))
        facts = dict(self._database.execute("SELECT name, value FROM facts").fetchall())
        return Kept(
            reports=tuple(reports.values()),
            next_report_id=max(int(facts.get("next_report_id", 1)), max(reports, default=0) + 1),
            clock_offset=timedelta(seconds=float(facts.get("clock_offset", 0))),
        )

    def save_report(self, report: ReceivedReport) -> None:
        """Keep a report that is new or was closed."""
        self._database.execute(
            "INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, closed_as = excluded.closed_as",
            (
                report.id,
                report.account,
                report.xml,
                report.batched,
                report.opened_at.isoformat(),
                _text(report.changed_at),
                _text(report.closed_at),
                report.closed_as,
            ),
        )

    def save_file(self, report: ReceivedReport, file: ReceivedFile) -> None:
        """Keep a file that is new or was described."""
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET details = excluded.details",
                (
                    file.id,
                    report.id,
                    file.uploaded_at.isoformat(),
                    file.size,
                    file.md5,
                    file.sha256,
                    file.name,
                    file.details,
                ),
            )
            self._database.execute(
                "UPDATE reports SET changed_at = ? WHERE id = ?", (_text(report.changed_at), report.id)
            )

    def save_exchange(self, report: ReceivedReport, exchange: Exchange) -> None:
        """Keep a request that is over."""
        data = {**asdict(exchange), "received_at": exchange.received_at.isoformat()}
        self._database.execute("INSERT INTO exchanges VALUES (?, ?)", (report.id, json.dumps(data)))

    def save_clock(self, offset: timedelta) -> None:
        """Keep how far the time was moved."""
        self._remember("clock_offset", str(offset.total_seconds()))

    def clear(self, next_report_id: int) -> None:
        """Forget all reports."""
        with self._database:
            self._database.execute("BEGIN")
            for table in ("reports", "files", "exchanges"):
                self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand right here
            self._remember("next_report_id", str(next_report_id))

    def _remember(self, name: str, value: str) -> None:
        self._database.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _exchange(data: dict[str, Any]) -> Exchange:
    data["received_at"] = datetime.fromisoformat(data["received_at"])
    data["violations"] = tuple(data["violations"])
    return Exchange(**data)
