"""The first form of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_COLUMNS = {
    "events": (
        "filing_id", "seq", "kind", "format", "recorded", "fence", "call_id", "payload", "salt", "payload_digest",
        "attached", "previous", "link",
    ),
    "exchanges": (
        "filing_id", "call_id", "call", "report_id", "request_sha256", "request_size", "sent", "received",
        "http_status", "headers", "request_id", "server_date", "complete", "body", "body_digest", "salt", "digest",
    ),
    "checkpoints": ("number", "created", "heads", "previous", "digest"),
}  # fmt: skip
_PURGED = {"events": "payload", "exchanges": "body", "checkpoints": None}
"""What may be taken out of a row; nothing else of it ever changes."""


def upgrade() -> None:
    """Make the tables, and let nobody change what was appended."""
    _tables()
    for table in _COLUMNS:
        if op.get_context().dialect.name == "postgresql":
            _keep_in_postgresql(table)
        else:
            _keep_in_sqlite(table)


def _keep_in_sqlite(table: str) -> None:
    purged = _PURGED[table]
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in _COLUMNS[table] if name != purged)
    allowed = f'{same} AND NEW."{purged}" IS NULL' if purged else "0"
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} WHEN NOT ({allowed})"
        f" BEGIN SELECT RAISE(ABORT, 'the {table} of a ledger are never changed'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'the {table} of a ledger are never deleted'); END"
    )


def _keep_in_postgresql(table: str) -> None:
    purged = _PURGED[table]
    same = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in _COLUMNS[table] if name != purged)
    allowed = f'{same} AND NEW."{purged}" IS NULL' if purged else "false"
    op.execute(
        f"CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF;"
        f" RAISE EXCEPTION 'the {table} of a ledger are never changed or deleted'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stay BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_keep()"
    )


def _tables() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_checkpoints"),
        sa.UniqueConstraint("previous", name="uq_checkpoints_previous"),
    )
    op.create_table(
        "filings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("lapses", sa.BigInteger(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filings"),
    )
    op.create_index("ix_filings_created", "filings", ["created", "id"], unique=False)
    op.create_index(
        "ix_filings_no_room",
        "filings",
        ["opens", "rank", "confirmed", "created", "id"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "ix_filings_due",
        "filings",
        ["opens", "due"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "ix_filings_lapses",
        "filings",
        ["lapses"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_index(
        "ix_filings_lease_until",
        "filings",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_index("ix_filings_open", "filings", ["open"], unique=False)
    op.create_index(
        "ix_filings_service",
        "filings",
        ["rank", "confirmed", "created", "id"],
        unique=False,
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("environment", sa.String(length=20), nullable=False),
        sa.Column("account_salt", sa.LargeBinary(), nullable=False),
        sa.Column("account_digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("blocked", sa.Text(), nullable=True),
        sa.Column("blocked_since", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("one = 1", name="ck_ledger_one"),
        sa.PrimaryKeyConstraint("one", name="pk_ledger"),
    )
    op.create_table(
        "records", sa.Column("id", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_records")
    )
    op.create_table(
        "accounts",
        sa.Column("index", sa.LargeBinary(), nullable=False),
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_accounts_filing_id"),
        sa.PrimaryKeyConstraint("index", "filing_id", name="pk_accounts"),
    )
    op.create_table(
        "escalations",
        sa.Column("index", sa.LargeBinary(), nullable=False),
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_escalations_filing_id"),
        sa.PrimaryKeyConstraint("index", "filing_id", name="pk_escalations"),
    )
    op.create_table(
        "events",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary(), nullable=False),
        sa.Column("attached", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_events_filing_id"),
        sa.PrimaryKeyConstraint("filing_id", "seq", name="pk_events"),
    )
    op.create_table(
        "exchanges",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("call", sa.String(length=20), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=True),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("request_size", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("server_date", sa.Text(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("body_digest", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_exchanges_filing_id"),
        sa.PrimaryKeyConstraint("filing_id", "call_id", name="pk_exchanges"),
    )
    op.create_table(
        "filing_records",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_filing_records_filing_id"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_filing_records_record_id"),
        sa.PrimaryKeyConstraint("filing_id", "record_id", name="pk_filing_records"),
    )
    op.create_index("ix_filing_records_record_id", "filing_records", ["record_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_findings_filing_id"),
        sa.PrimaryKeyConstraint("filing_id", "number", name="pk_findings"),
    )
    op.create_table(
        "packages",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.Column("batched", sa.Boolean(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="fk_packages_filing_id"),
        sa.PrimaryKeyConstraint("filing_id", "revision", name="pk_packages"),
    )
    op.create_table(
        "record_contents",
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_contents_record_id"),
        sa.PrimaryKeyConstraint("record_id", "number", name="pk_record_contents"),
    )
    op.create_table(
        "package_files",
        sa.Column("filing_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["filing_id", "revision"], ["packages.filing_id", "packages.revision"], name="fk_package_files_filing_id"
        ),
        sa.PrimaryKeyConstraint("filing_id", "revision", "position", name="pk_package_files"),
    )
