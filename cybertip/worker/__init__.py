"""Filing, exactly once: what takes records in, claims filings, makes their calls and records what became of them.

    with Ledger.open("filings.sqlite3", environment="mock", account="mock") as ledger, Client(...) as client:
        filer = Filer(ledger, client, profile)
        filing = filer.file(record, folder)
        assert filing.status.kind is Kind.FILED

`cybertip.filing` decides, the ledger remembers, the client sends; what is here only brings them together.
"""

from __future__ import annotations

from cybertip.worker._arriving import NOTHING, Difference, Record
from cybertip.worker._clerk import CommandRefusedError, FilingBusyError, is_sayable
from cybertip.worker._crew import Watch
from cybertip.worker._filer import Filer
from cybertip.worker._knowing import OtherContentError
from cybertip.worker._operator import Operator

__all__ = [
    "NOTHING",
    "CommandRefusedError",
    "Difference",
    "Filer",
    "FilingBusyError",
    "Operator",
    "OtherContentError",
    "Record",
    "Watch",
    "is_sayable",
]
