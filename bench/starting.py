"""What it costs to start the commands: the CPU of ``cybertip --help``, and of Python with click alone."""

from __future__ import annotations

import resource
import subprocess
import sys

_MOST = 0.25
"""Seconds of CPU that ``cybertip --help`` may take: whoever types it waits for it."""


def measure_starting() -> bool:
    """Print both and their ratio; whether ``--help`` stayed within its limit."""
    bare = _cpu("-c", "import click")
    seconds = _cpu("-m", "cybertip", "--help")
    print(f"cybertip --help          {seconds:7.3f} s of CPU   {seconds / bare:5.2f} x Python with click")
    return seconds <= _MOST


def _cpu(*arguments: str) -> float:
    """The least of several times: what a start costs when nothing disturbs it."""
    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)
