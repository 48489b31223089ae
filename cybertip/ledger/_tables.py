"""The tables as they are now. How an older ledger becomes this is in `migrations`; a test compares the two.

Times that are compared in SQL are whole microseconds since 1970 in UTC, because databases differ in what they do to
times and not in what they do to whole numbers. Digests are raw bytes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

ledger = Table(
    "ledger",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="one"), primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False),
    # Counted up when a copy takes the place of its original, so that the two can be told apart.
    Column("generation", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("environment", String(20), nullable=False),
    Column("account_salt", LargeBinary, nullable=False),
    Column("account_digest", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("blocked", Text),
    Column("blocked_since", BigInteger),
    # When a worker last took something from the queue, to within a minute.
    Column("worked", BigInteger),
    # Since when people are told of what is filed; what was filed before is not news.
    Column("noticing", BigInteger),
    # When somebody last said to know how the queue stands, and who.
    Column("acknowledged", BigInteger),
    Column("acknowledged_by", Text),
)

filings = Table(
    "filings",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", BigInteger, nullable=False),
    # --- the lease
    Column("fence", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", BigInteger),
    # --- the order of service: null means that nothing goes on by itself, 0 that something does at once
    Column("due", BigInteger),
    Column("lapses", BigInteger),
    Column("rank", Integer, nullable=False),
    Column("confirmed", BigInteger, nullable=False),
    # --- what is asked for in lists; all of it follows from the state
    Column("phase", String(20), nullable=False),
    Column("open", Boolean, nullable=False),
    # Whether it opens a report as soon as it is served, so that it has to wait while there is no room.
    Column("opens", Boolean, nullable=False),
    Column("report_id", BigInteger),
    # --- the chain's head, and the events folded
    Column("events", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    # How many events there were at the last checkpoint.
    Column("checked", Integer, nullable=False),
    # How many events there were when somebody last looked for what is to be told.
    Column("noticed", Integer, nullable=False, server_default="0"),
    # Since when it asks a person for something; null where it does not. It begins anew with each word of a person.
    Column("waits", BigInteger),
)
_news = filings.c.events != filings.c.noticed
_waits = filings.c.waits.isnot(None)
Index("ix_filings_waits", filings.c.waits, sqlite_where=_waits, postgresql_where=_waits)
# Written out, because SQLite uses an index of a part only where it can tell that a question is about that part.
unfinished = text("phase NOT IN ('filed', 'cancelled')")
Index("ix_filings_unfinished", filings.c.confirmed, sqlite_where=unfinished, postgresql_where=unfinished)
Index("ix_filings_news", filings.c.id, sqlite_where=_news, postgresql_where=_news)
_goes_on = filings.c.due.isnot(None)
Index(
    "ix_filings_service",
    filings.c.rank,
    filings.c.confirmed,
    filings.c.created,
    filings.c.id,
    sqlite_where=_goes_on,
    postgresql_where=_goes_on,
)
Index(
    "ix_filings_no_room",
    filings.c.opens,
    filings.c.rank,
    filings.c.confirmed,
    filings.c.created,
    filings.c.id,
    sqlite_where=_goes_on,
    postgresql_where=_goes_on,
)
Index("ix_filings_due", filings.c.opens, filings.c.due, sqlite_where=_goes_on, postgresql_where=_goes_on)
Index("ix_filings_lapses", filings.c.lapses, sqlite_where=_goes_on, postgresql_where=_goes_on)
Index("ix_filings_open", filings.c.open)
Index("ix_filings_created", filings.c.created, filings.c.id)
Index(
    "ix_filings_lease_until",
    filings.c.lease_until,
    sqlite_where=filings.c.lease_until.isnot(None),
    postgresql_where=filings.c.lease_until.isnot(None),
)

records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
)

filing_records = Table(
    "filing_records",
    metadata,
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
    Column("record_id", ForeignKey("records.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

# Each version of a record that came in: the first, and one for each correction.
record_contents = Table(
    "record_contents",
    metadata,
    Column("record_id", ForeignKey("records.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary),
    Column("sha256", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # Where relative places of its evidence start, so that it can be built again without being handed in again.
    Column("folder", Text),
)

# What was found when a record came in or was corrected, even where nothing could be built.
findings = Table(
    "findings",
    metadata,
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("findings", Text),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

packages = Table(
    "packages",
    metadata,
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("report", LargeBinary),
    Column("batched", Boolean, nullable=False),
    Column("versions", Text, nullable=False),
    Column("notes", Text),
    # Names everything by its digest, so that documents can be purged and the chain still be verified.
    Column("manifest", LargeBinary),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

package_files = Table(
    "package_files",
    metadata,
    Column("filing_id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("location", Text),
    Column("name", Text),
    Column("sha256", String(64)),
    Column("size", BigInteger),
    Column("content", LargeBinary),
    Column("details", LargeBinary),
    ForeignKeyConstraint(["filing_id", "revision"], ["packages.filing_id", "packages.revision"]),
)

events = Table(
    "events",
    metadata,
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("format", Integer, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("call_id", Text),
    Column("payload", LargeBinary),
    Column("salt", LargeBinary, nullable=False),
    Column("payload_digest", LargeBinary, nullable=False),
    Column("attached", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("call", String(20), nullable=False),
    Column("report_id", BigInteger, index=True),
    Column("request_sha256", String(64), nullable=False),
    Column("request_size", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("received", BigInteger),
    Column("http_status", Integer),
    Column("headers", Text, nullable=False),
    Column("request_id", Text),
    Column("server_date", Text),
    Column("complete", Boolean, nullable=False),
    Column("body", LargeBinary),
    # Null where there was no body: a purged one keeps its digest.
    Column("body_digest", LargeBinary),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("index", LargeBinary, primary_key=True),
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
)

escalations = Table(
    "escalations",
    metadata,
    Column("index", LargeBinary, primary_key=True),
    Column("filing_id", ForeignKey("filings.id"), primary_key=True),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created", BigInteger, nullable=False),
    Column("heads", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    UniqueConstraint("previous"),
)

# What people are told of, outside of the chain: a row for each thing that lasts, and one for each message about it.
notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("filing_id", ForeignKey("filings.id")),
    Column("occasion", String(40), nullable=False),
    # What makes it the same thing when somebody looks again.
    Column("key", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("reminders", Integer, nullable=False),
    # When to remind next; null where nobody is to be reminded.
    Column("remind", BigInteger),
    Column("acknowledged", BigInteger),
    Column("ended", BigInteger),
)
Index("ix_notices_key", notices.c.occasion, notices.c.key, unique=True)
Index(
    "ix_notices_lasting",
    notices.c.filing_id,
    sqlite_where=notices.c.ended.is_(None),
    postgresql_where=notices.c.ended.is_(None),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("notice_id", ForeignKey("notices.id"), nullable=False, index=True),
    Column("receiver", String(20), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    # When to try next; null where it has arrived, or nobody is to be told of it any more.
    Column("due", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("delivered", BigInteger),
    Column("problem", Text, nullable=False),
)
Index(
    "ix_deliveries_due",
    deliveries.c.due,
    sqlite_where=deliveries.c.due.isnot(None),
    postgresql_where=deliveries.c.due.isnot(None),
)

version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Alembic's own table, read here without loading Alembic."""
