"""What the ledger refuses, beside what the environments refuse (`EnvironmentRefusedError`)."""

from __future__ import annotations

from cybertip.errors import CybertipError


class LedgerError(CybertipError):
    """The ledger cannot be opened, read or written as asked. What was not committed is not there."""


class LeaseLostError(LedgerError):
    """The lease of a filing is another's by now, or was never taken. Nothing was written."""


class RecordKnownError(LedgerError):
    """P506: a record of this id is in the ledger already; a record is filed once."""
