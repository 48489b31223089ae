"""File one made-up record exactly once, whatever breaks: from a review record to the receipt, through a ledger.

Start a mock first (``cybertip mock``); then run ``python examples/file_a_record.py``. Run it again, or kill it at any
moment and run it again: the record is filed once. CYBERTIP_BASE_URL names another mock.
"""

import os
from pathlib import Path

from cybertip import Client, Filer, Kind, Ledger, sample

# A provider's pipeline hands in its own record; this one is made up, with two plain pictures.
folder = Path("made-up-case")
folder.mkdir(exist_ok=True)
record = sample.write_case(folder).read_bytes()

with (
    # The ledger belongs to one environment and one account. Keep it on a local disk, and keep it.
    Ledger.open("cybertip-mock.sqlite3", environment="mock", account="mock") as ledger,
    # Repeating a call is the filing machine's work, which keeps each try in the ledger.
    Client("mock", "mock-password", base_url=os.environ.get("CYBERTIP_BASE_URL")) as client,
):
    filer = Filer(ledger, client, sample.profile())
    filer.resume()  # first whatever an earlier run left behind

    # Whatever goes wrong with a call is the status, never an exception.
    filing = filer.file(record, folder)
    receipt = filer.receipt(filing.id)
    if filing.status.kind is Kind.FILED and receipt is not None:
        print(f"report {filing.status.report_id} is filed")
        print(receipt.decode())
    else:
        print(f"{filing.status.kind}: {filing.status.reason}. Next: {filing.status.next}")
