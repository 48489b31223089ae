"""Lines that may be lost rather than hold up a server."""

from __future__ import annotations

import os
import threading

from cybertip.cli._lines import Lines


def test_lines_are_written_in_order_before_the_end() -> None:
    """Every line that found room is written when the block is over."""
    written: list[str] = []
    lines = Lines(written.append)
    with lines.writing():
        for number in range(500):
            lines.add(str(number))
    assert written == [str(number) for number in range(500)]


def test_a_reader_that_does_not_read_holds_nothing_up() -> None:
    """Lines into a full pipe are dropped: neither adding them nor the end of the block waits for its reader."""
    reader, writer = os.pipe()
    blocked = threading.Event()

    def write(line: str) -> None:
        blocked.set()
        os.write(writer, line.encode())

    lines = Lines(write)
    with lines.writing(grace=0.01):
        for _ in range(5000):
            lines.add("x" * 1000)
        assert blocked.wait(10)
    # The thread ends once somebody reads what it was about to write.
    threading.Thread(target=_drain, args=(reader,), daemon=True).start()


def _drain(reader: int) -> None:
    while os.read(reader, 65536):
        pass
