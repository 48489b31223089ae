"""The durable store of filings, their events and exchanges.

A ledger belongs to one environment and one account name, and refuses any other (P505). Everything is appended: events
form a hash chain per filing over salted digests, so that documents and answers can be purged or encrypted and the chain
still be verified. What is durable is durable before the next byte leaves: a transaction that has ended was synced.

SQLite is the default; nothing but `_engine` and the migrations knows which database it is.
"""

from __future__ import annotations

from cybertip.ledger._book import Book
from cybertip.ledger._errors import LeaseLostError, LedgerError, PreservedError, RecordKnownError, SealedError
from cybertip.ledger._ledger import Ledger
from cybertip.ledger._lookout import Lookout, Queue, Seen
from cybertip.ledger._notices import Delivery, Notice, NoticeBoard
from cybertip.ledger._transaction import Transaction
from cybertip.ledger._values import (
    Checkpoint,
    Extent,
    Filing,
    Found,
    NewFiling,
    OpenAttempt,
    Problem,
    Purgeable,
    Rekeyed,
    StoredRecord,
)

__all__ = [
    "Book",
    "Checkpoint",
    "Delivery",
    "Extent",
    "Filing",
    "Found",
    "LeaseLostError",
    "Ledger",
    "LedgerError",
    "Lookout",
    "NewFiling",
    "Notice",
    "NoticeBoard",
    "OpenAttempt",
    "PreservedError",
    "Problem",
    "Purgeable",
    "Queue",
    "RecordKnownError",
    "Rekeyed",
    "SealedError",
    "Seen",
    "StoredRecord",
    "Transaction",
]
