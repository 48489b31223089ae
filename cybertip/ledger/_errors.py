"""What the ledger refuses, beside what the environments refuse (`EnvironmentRefusedError`)."""

from __future__ import annotations

from datetime import datetime

from cybertip.errors import CybertipError


class LedgerError(CybertipError):
    """The ledger cannot be opened, read or written as asked. What was not committed is not there."""


class LeaseLostError(LedgerError):
    """The lease of a filing is another's by now, or was never taken. Nothing was written."""


class RecordKnownError(LedgerError):
    """P506: a record of this id is in the ledger already; a record is filed once."""


class SealedError(LedgerError):
    """What was asked for is sealed with a key that was not given. Nothing was read or written."""


class PreservedError(LedgerError):
    """A filing must not be purged now. Nothing was taken out.

    Attributes:
        until: to when it is preserved at least; None where that depends on something else than time.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until
