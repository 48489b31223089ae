"""What operators need: notices, encryption at rest, building a record again; and events that are new with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_EXCHANGE = (
    "filing_id", "call_id", "call", "report_id", "request_sha256", "request_size", "sent", "received", "http_status",
    "headers", "request_id", "server_date", "complete", "body_digest", "salt", "digest",
)  # fmt: skip
"""All of an exchange but its body, which can be purged, and sealed anew with another key; its digest proves it."""
_SEALED = "63743100"
"""How a sealed value begins, in hexadecimal digits."""


def upgrade() -> None:
    """Add columns and tables, let answers be sealed, and keep all of an event."""
    op.add_column("filings", sa.Column("noticed", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_filings_news",
        "filings",
        ["id"],
        sqlite_where=sa.text("events != noticed"),
        postgresql_where=sa.text("events != noticed"),
    )
    _waiting()
    op.add_column("record_contents", sa.Column("folder", sa.Text(), nullable=True))
    # Whose a report is.
    op.create_index("ix_exchanges_report_id", "exchanges", ["report_id"])
    _notices()
    if op.get_context().dialect.name == "postgresql":
        _seal_in_postgresql()
    else:
        _seal_in_sqlite()


def _waiting() -> None:
    """What waits for a person, and what the queue does, without going through all filings."""
    op.add_column("filings", sa.Column("waits", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE filings SET waits = created WHERE phase IN ('correction', 'decision', 'halted')"
        r""" OR (phase NOT IN ('filed', 'cancelled') AND state LIKE '%"evidence"\:true%')"""
        """ OR state LIKE '%"alarms":["%'"""
    )
    op.create_index(
        "ix_filings_waits",
        "filings",
        ["waits"],
        sqlite_where=sa.text("waits IS NOT NULL"),
        postgresql_where=sa.text("waits IS NOT NULL"),
    )
    op.create_index(
        "ix_filings_unfinished",
        "filings",
        ["confirmed"],
        sqlite_where=sa.text("phase NOT IN ('filed', 'cancelled')"),
        postgresql_where=sa.text("phase NOT IN ('filed', 'cancelled')"),
    )
    for name in ("worked", "noticing", "acknowledged"):
        op.add_column("ledger", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("ledger", sa.Column("acknowledged_by", sa.Text(), nullable=True))


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("filing_id", sa.String(length=64), nullable=True),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_notices_filing_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_key", "notices", ["occasion", "key"], unique=True)
    op.create_index(
        "ix_notices_lasting",
        "notices",
        ["filing_id"],
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("notice_id", sa.String(length=36), nullable=False),
        sa.Column("receiver", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_deliveries_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_notice_id", "deliveries", ["notice_id"])
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due"],
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )


def _seal_in_sqlite() -> None:
    # What happened, and who did it, is never purged.
    op.execute("DROP TRIGGER events_keep")
    op.execute(
        "CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the events of a ledger are never"
        " changed'); END"
    )
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in _EXCHANGE)
    sealed = f'OLD."body" IS NOT NULL AND substr(NEW."body", 1, 4) = x\'{_SEALED}\''
    op.execute("DROP TRIGGER exchanges_keep")
    op.execute(
        f'CREATE TRIGGER exchanges_keep BEFORE UPDATE ON exchanges WHEN NOT ({same} AND (NEW."body" IS NULL OR'
        f" ({sealed}))) BEGIN SELECT RAISE(ABORT, 'the exchanges of a ledger are never changed'); END"
    )


def _seal_in_postgresql() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the events of a ledger are never changed or deleted'; END $$"
    )
    same = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in _EXCHANGE)
    sealed = f'OLD."body" IS NOT NULL AND substring(NEW."body" from 1 for 4) = \'\\x{_SEALED}\'::bytea'
    op.execute(
        "CREATE OR REPLACE FUNCTION exchanges_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN IF {same} AND (NEW.\"body\" IS NULL OR ({sealed})) THEN RETURN NEW; END IF; END IF;"
        " RAISE EXCEPTION 'the exchanges of a ledger are never changed or deleted'; END $$"
    )
