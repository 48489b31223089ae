"""The digests and links of the chains. Pure.

A link covers salted digests, never what they are digests of, so that an answer or a document can be purged or encrypted
later and the chain still be verified. The salts keep two filings' digests of the same thing apart for who has only the
links. They stay when something is purged: a report, a record or a manifest is too long to be found out by trying, and
whoever has a copy can still prove by its digest that this is what was filed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

ROOT = bytes(32)
"""What the first link of each chain follows."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON: sorted keys, no white space, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def new_salt() -> bytes:
    """A fresh salt."""
    return os.urandom(16)


def salted(salt: bytes, data: bytes) -> bytes:
    """SHA-256 of the salt and the data."""
    return hashlib.sha256(salt + data).digest()


def blind(key: bytes, purpose: str, text: str) -> bytes:
    """What a text is found by without being stored: HMAC-SHA-256 with the ledger's key, different for each purpose."""
    return hmac.new(key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def link_of(
    *,
    ledger_id: str,
    filing_id: str,
    seq: int,
    kind: str,
    version: int,
    recorded: int,
    fence: int,
    call_id: str | None,
    payload_digest: bytes,
    attached: Mapping[str, object],
    previous: bytes,
) -> bytes:
    """The link of an event. `recorded` is in microseconds since 1970 in UTC."""
    return hashlib.sha256(
        canonical(
            {
                "format": version,
                "ledger": ledger_id,
                "filing": filing_id,
                "seq": seq,
                "kind": kind,
                "recorded": recorded,
                "fence": fence,
                "call_id": call_id,
                "payload": payload_digest.hex(),
                "attached": attached,
                "previous": previous.hex(),
            }
        )
    ).digest()


def record_digest(salt: bytes, record_id: str, sha256: bytes) -> bytes:
    """The salted digest of one version of a record."""
    return salted(salt, canonical({"record": record_id, "sha256": sha256.hex()}))


def package_digest(salt: bytes, manifest_sha256: str, sizes: Sequence[int | None]) -> bytes:
    """The salted digest of a package: its manifest, and the sizes, which the manifest does not name."""
    return salted(salt, canonical({"manifest": manifest_sha256, "sizes": list(sizes)}))


def checkpoint_digest(
    ledger_id: str, number: int, created: int, heads: Sequence[Sequence[object]], previous: bytes
) -> bytes:
    """The digest of a checkpoint; `created` is in microseconds since 1970 in UTC."""
    return hashlib.sha256(
        canonical(
            {
                "ledger": ledger_id,
                "number": number,
                "created": created,
                "heads": heads,
                "previous": previous.hex(),
            }
        )
    ).digest()


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC.

    Raises:
        ValueError: the time has no offset, so nobody knows which moment it is.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset cannot be kept in the ledger")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(number: int) -> datetime:
    """The moment of microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=number)
