"""The two schemas as judges of documents.

NCMEC's file cannot be part of the project. It is looked for at ``CYBERTIP_OFFICIAL_XSD``, and where that is
not set, beside the project at ``shared/contract/official-2025-06.xsd``.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import SystemRandom

from lxml import etree

PROJECT = Path(__file__).resolve().parents[2]
OURS = PROJECT / "schemas" / "cybertip.xsd"
SEED = int(os.environ.get("CYBERTIP_TEST_SEED") or SystemRandom().randrange(2**32))


class Judge:
    """A compiled schema and the reason for its last refusal."""

    def __init__(self, schema: Path) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(schema), parser()))
        self.reason = ""

    def accepts(self, data: bytes) -> bool:
        valid = self._schema.validate(etree.fromstring(data, parser()))
        self.reason = "" if valid else str(self._schema.error_log)
        return valid


def parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def find_official() -> Path | None:
    """NCMEC's schema of 2025-06, where it is here."""
    named = os.environ.get("CYBERTIP_OFFICIAL_XSD")
    path = Path(named) if named else PROJECT.parent / "shared" / "contract" / "official-2025-06.xsd"
    return path if path.is_file() else None
