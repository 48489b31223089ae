"""Signs of life: leases are held for as long as a call takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from cybertip.ledger import Ledger

_log = logging.getLogger("cybertip.worker")


class Heart:
    """One thread that extends the leases of all calls under way. It sleeps while there are none for a while."""

    def __init__(self, ledger: Ledger, lease: timedelta, clock: Callable[[], datetime]) -> None:
        self._ledger, self._lease, self._clock = ledger, lease, clock
        self._held: set[tuple[str, int]] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, filing_id: str, fence: int) -> Iterator[None]:
        """Hold a lease while something takes its time. One that is lost all the same is noticed when it matters."""
        with self._changed:
            self._held.add((filing_id, fence))
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="cybertip-lease", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._held.discard((filing_id, fence))

    def _beat(self) -> None:
        pause = self._lease.total_seconds() / 3
        while True:
            with self._changed:
                self._changed.wait(pause)
                held = tuple(self._held)
                if not held:
                    self._thread = None
                    return
            for filing_id, fence in held:
                try:
                    self._ledger.heartbeat(filing_id, fence, self._clock() + self._lease)
                except Exception:  # noqa: BLE001  # whatever it is, the other leases are held, and this one is tried again
                    _log.warning("a lease could not be extended; it is tried again", exc_info=False)
