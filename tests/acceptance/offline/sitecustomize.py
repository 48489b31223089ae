"""Keeps the programs that tests start on this machine: a connection to anything but loopback ends them.

Python loads it at the start of each program whose PYTHONPATH names this folder. So a test that speaks of production, or
of an address that is wrong, can never reach anybody, whatever the program does.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

ENDED = 97
"""The exit status of a program that wanted to leave this machine."""
_LISTENS = "mock" in sys.orig_argv
"""A mock looks up where it is to listen, which may be any name; it calls nobody."""


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and not _LISTENS:
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # a path is a socket of this machine
    else:
        return
    if not _is_here(host):
        os.write(2, f"the test's program wanted to reach {host!r}\n".encode())
        os._exit(ENDED)


sys.addaudithook(_look)
