"""Values that only a holder of the key can read or change: AES-256-GCM. Knows no tables.

A sealed value is ``ct1`` and a zero byte, the id of its key, a random nonce, and what AES-GCM makes of the content and
of the place that it belongs to; so it cannot be moved to another place unnoticed. With random nonces a key is good for
some thousand million values.

`cryptography` is loaded only where a key is given.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from typing import Protocol

from cybertip.errors import ConfigurationError
from cybertip.ledger._errors import LedgerError, SealedError

MARK = b"ct1\0"
"""How each sealed value begins."""
KEY_BYTES = 32
"""How long a key is."""
_ID, _NONCE = 8, 12
HEAD = len(MARK) + _ID
"""How many bytes at the beginning tell which key sealed a value."""
_CHANGED = "it is not what was sealed there: it was changed, cut short, or moved there"


class _Cipher(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sealer:
    """Seals with the first of its keys, and opens what any of them sealed."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the keys.

        Args:
            keys: at least one, of 32 bytes each: the one in use first, then older ones.

        Raises:
            ConfigurationError: there is none, one has another length, or `cryptography` is not installed.
        """
        if not keys:
            raise ConfigurationError("sealing needs a key of 32 bytes, and none was given")
        for number, key in enumerate(keys, start=1):
            if len(key) != KEY_BYTES:
                raise ConfigurationError(
                    f"key {number} of the ledger has {len(key)} bytes, and AES-256 needs {KEY_BYTES};"
                    f" `openssl rand -base64 {KEY_BYTES}` makes one, as base64"
                )
        self._ciphers = {_id_of(key): _cipher(key) for key in keys}
        self.head = MARK + _id_of(keys[0])
        """How everything begins that the key in use sealed."""

    def seal(self, content: bytes, place: bytes) -> bytes:
        """Seal a content for a place."""
        nonce = os.urandom(_NONCE)
        return self.head + nonce + self._ciphers[self.head[len(MARK) :]].encrypt(nonce, content, place)

    def opens(self, sealed: bytes) -> bool:
        """Whether the key of a sealed value is among the keys."""
        return sealed[len(MARK) : HEAD] in self._ciphers

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """The content of a sealed value.

        Raises:
            SealedError: another key sealed it.
            LedgerError: it is not what was sealed for this place.
        """
        from cryptography.exceptions import InvalidTag

        if not sealed.startswith(MARK) or len(sealed) < HEAD:
            raise LedgerError(_CHANGED)
        if not self.opens(sealed):
            raise SealedError(
                f"it is sealed with the key whose SHA-256 begins with {sealed[len(MARK) : HEAD].hex()}, which is not"
                " among the keys of the ledger; add that key after the one in use"
            )
        nonce, content = sealed[HEAD : HEAD + _NONCE], sealed[HEAD + _NONCE :]
        try:
            return self._ciphers[sealed[len(MARK) : HEAD]].decrypt(nonce, content, place)
        except (InvalidTag, ValueError):  # a nonce that was cut short is a ValueError
            raise LedgerError(_CHANGED) from None


def _id_of(key: bytes) -> bytes:
    """What a key is called: people find out by `sha256sum` which of their keys is meant."""
    return hashlib.sha256(key).digest()[:_ID]


def _cipher(key: bytes) -> _Cipher:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise ConfigurationError(
            "a ledger with a key needs the package cryptography; install it: pip install 'cybertip[encrypt]'"
        ) from None
    return AESGCM(key)
