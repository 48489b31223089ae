"""Whether the ledger has a record already: the same id is filed once, and never with other content."""

from __future__ import annotations

from collections.abc import Sequence

from cybertip.errors import CybertipError
from cybertip.ledger import NewFiling, Transaction
from cybertip.worker._arriving import differences


class OtherContentError(CybertipError):
    """The same id came in again with other content. Nothing was changed.

    Attributes:
        filing_id: the filing that has the id.
        pointers: where the two differ, as JSON pointers.
    """

    def __init__(self, words: str, *, filing_id: str = "", pointers: Sequence[str] = ()) -> None:
        super().__init__(words)
        self.filing_id = filing_id
        self.pointers = tuple(pointers)


def other_content(record_id: str, filing_id: str, pointers: Sequence[str]) -> OtherContentError:
    """The error that says where the two differ."""
    shown = ", ".join(pointers[:10]) + (" …" if len(pointers) > 10 else "")
    return OtherContentError(
        f"the record {record_id!r} came in before with other content; they differ at {shown or '/'}. Give another"
        " decision an id of its own, or correct the filing",
        filing_id=filing_id,
        pointers=pointers,
    )


def known_as(transaction: Transaction, new: NewFiling) -> str | None:
    """The filing that has these very records already; None where the ledger has none of them.

    Raises:
        OtherContentError: it has one of them with other content, or not all of them, or not in one filing.
    """
    found = {one: transaction.find(one) for one in new.record_ids}
    there = {one: known for one, known in found.items() if known is not None}
    if not there:
        return None
    filing_id = next(iter(there.values())).filing_id
    for record_id, content in zip(new.record_ids, new.records, strict=True):
        known = found[record_id]
        if known is None or known.filing_id != filing_id:
            raise other_content(next(iter(there)), filing_id, ["/id"])
        if known.same_as(content):
            continue
        differing = [""] if known.record is None else differences(known.record, content)
        if differing:
            raise other_content(record_id, filing_id, differing)
    return filing_id


def is_newest(transaction: Transaction, record_id: str, content: bytes) -> bool:
    """Whether this is what the ledger has of a record now."""
    known = transaction.find(record_id)
    return known is not None and known.record is not None and not differences(known.record, content)
