"""How the mock reads the documents that are posted to it."""

from __future__ import annotations

from typing import TypeVar

from cybertip.findings import DocumentError, Finding
from cybertip.mock.answers import Code, Refused
from cybertip.models import Wire
from cybertip.schema import Schema

W = TypeVar("W", bound=Wire)

# Not well-formed, illegal characters, a document type declaration. Hardened Java parsers report the last as a syntax
# error too (assumed for this server).
_MALFORMED = {"X001", "X003", "X004"}


def read_document(body: bytes, model: type[W]) -> W:
    """The document that the body is.

    Raises:
        Refused: 4110 where it is not well-formed XML, an empty body among it (assumed); 4100 where the schema refuses
            it, where it is another document than this call takes, and where a time lacks its UTC offset (documented).
    """
    try:
        return Schema.bundled().parse(body, model).document
    except DocumentError as problem:
        raise _refusal(problem.findings[0]) from None


def _refusal(finding: Finding) -> Refused:
    # Seen: "[line,column] - " and the sentence of a Java validator, which stops at the first thing it finds. The
    # sentences are our own, and libxml2 keeps no columns, so the column is always 1.
    place = f"[{finding.line or 1},1] - "
    if finding.code in _MALFORMED:
        return Refused(Code.MALFORMED_XML, f"{place}{finding.message}")
    return Refused(Code.VALIDATION_FAILED, f"{place}cvc-elt: {finding.message} ({finding.path})")
