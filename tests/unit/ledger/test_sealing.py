"""What a sealed value withstands, without a database."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cybertip.errors import ConfigurationError
from cybertip.ledger import LedgerError, SealedError, _tables
from cybertip.ledger._sealing import Sealer
from cybertip.ledger._vault import SEALED, Vault, is_sealed
from tests.unit.ledger.sealing import KEY, OTHER

ROW = {
    "filing_id": "filing", "revision": 1, "position": 0, "location": "/evidence/a.png", "name": None,
    "content": None, "details": b"[details]",
}  # fmt: skip


def vault(*keys: bytes) -> Vault:
    """A vault with these keys."""
    return Vault("ledger", Sealer(keys) if keys else None)


def test_every_column_that_is_sealed_is_there() -> None:
    """The names are those of the tables, and each row is told from all others by its primary key."""
    for name, places in SEALED.items():
        table = _tables.metadata.tables[name]
        assert {one.name for one in table.primary_key} == set(places.key)
        assert set(places.columns) <= set(table.c.keys())
        assert {one: str(table.c[one].type) for one in places.columns} == {
            **dict.fromkeys(places.blobs, "BLOB"), **dict.fromkeys(places.texts, "TEXT"),
        }  # fmt: skip


@given(content=some.binary() | some.text())
def test_what_was_sealed_is_opened(content: bytes | str) -> None:
    """Whatever it was, and whichever place its key has among the keys; nothing of it can be seen."""
    column = "details" if isinstance(content, bytes) else "location"
    row = ROW | {column: content}
    sealed = vault(KEY).sealed("package_files", row)
    assert is_sealed(sealed[column])
    assert vault(KEY).sealed("package_files", row)[column] != sealed[column]
    assert vault(OTHER, KEY).opened("package_files", sealed) == row


@given(content=some.binary() | some.text(), mark=some.sampled_from(["ct1", "ct0", ""]))
def test_without_a_key_nothing_is_mistaken_for_sealed(content: bytes | str, mark: str) -> None:
    """Anybody may name a file so that it looks sealed, and must not keep a report from being filed by that."""
    column = "details" if isinstance(content, bytes) else "location"
    begun = f"{mark}\0".encode() + content if isinstance(content, bytes) else f"{mark}:{content}"
    row = ROW | {column: begun}
    stored = vault().sealed("package_files", row)
    assert vault().opened("package_files", stored) == row
    assert vault(KEY).opened("package_files", stored) == row
    assert vault().look("package_files", stored).row == row


@pytest.mark.parametrize("column", ["details", "location"])
def test_no_bit_can_be_changed(column: str) -> None:
    """Flipped anywhere, mark, key and nonce included, it is not opened as what it was; cut short anywhere neither."""
    keys = vault(KEY, OTHER)
    sealed = keys.sealed("package_files", ROW)
    value = sealed[column]
    raw = value if isinstance(value, bytes) else value.encode()
    others = [raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :] for at in range(len(raw)) for bit in range(8)]
    for other in others + [raw[:length] for length in range(len(raw))] + [raw + b"=", raw + b"A"]:
        changed = sealed | {column: other if isinstance(value, bytes) else other.decode("latin-1")}
        look = keys.look("package_files", changed)
        assert look.row[column] != ROW[column]
        assert column in look.broken
        if is_sealed(changed[column]):
            with pytest.raises(LedgerError) as caught:
                keys.opened("package_files", changed)
            assert "details]" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("package_files", {"position": 1}),
        ("package_files", {"revision": 2}),
        ("package_files", {"filing_id": "other"}),
    ],
)
def test_a_value_belongs_to_its_row(table: str, change: dict[str, object]) -> None:
    """Moved to another row, it is not opened, and the place is named."""
    moved = vault(KEY).sealed(table, ROW) | change
    with pytest.raises(LedgerError, match=r"of package_files \(filing_id .*\): it is not what was sealed there"):
        vault(KEY).opened(table, moved)


def test_a_value_belongs_to_its_column_table_and_ledger() -> None:
    """Nor is it in another column or table, or in another ledger."""
    row = {"filing_id": "filing", "revision": 1, "report": b"[one]", "manifest": b"[other]", "notes": "{}"}
    sealed = vault(KEY).sealed("packages", row)
    with pytest.raises(LedgerError, match="moved"):
        vault(KEY).opened("packages", sealed | {"report": sealed["manifest"]})
    with pytest.raises(LedgerError, match="moved"):
        vault(KEY).opened("exchanges", {"filing_id": "filing", "call_id": "1", "body": sealed["report"]})
    with pytest.raises(LedgerError, match="moved"):
        Vault("another", Sealer([KEY])).opened("packages", sealed)


def test_a_key_that_is_missing_is_named() -> None:
    """By the beginning of its SHA-256, which `sha256sum` shows; without any key the settings are named."""
    sealed = vault(KEY).sealed("package_files", ROW)
    with pytest.raises(SealedError, match=r"SHA-256 begins with 72cd6e8422c407fb, .*add that key after the one in use"):
        vault(OTHER).opened("package_files", sealed)
    with pytest.raises(
        SealedError, match=r"no key of the ledger was given; name it in cybertip.toml under \[encrypt\]"
    ):
        vault().opened("package_files", sealed)


def test_a_key_has_32_bytes() -> None:
    """Another length is refused, and the key is not quoted."""
    with pytest.raises(ConfigurationError, match="key 2 of the ledger has 5 bytes, and AES-256 needs 32") as caught:
        Sealer([KEY, b"short"])
    assert "short" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="none was given"):
        Sealer([])


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it; and it is loaded for nobody who has no key."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'cybertip\[encrypt\]'"):
        Sealer([KEY])
    assert vault().opened("package_files", vault().sealed("package_files", ROW)) == ROW


def test_keys_are_in_no_repr() -> None:
    """Whoever prints one by accident learns nothing."""
    for thing in (Sealer([KEY]), vault(KEY)):
        assert repr(KEY)[2:-1] not in repr(thing)
