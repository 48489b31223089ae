"""From what providers already have to review records: pure functions that give plain data for `make_record` to check.

Nothing is guessed: what the foreign data do not say is missing in the result, and intake names it. What has no field of
its own ends in the nearest notes, one line each. Notes on the decision stay with the provider; the others are sent, so
look at them before you file.
"""

from __future__ import annotations

from cybertip.adapters.coop import from_coop
from cybertip.adapters.flat_csv import from_csv
from cybertip.adapters.hive import from_hive

__all__ = ["from_coop", "from_csv", "from_hive"]
