"""The command line. One place turns errors into exit statuses and plain lines; no traceback reaches a user."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point ``cybertip``."""
    try:
        from cybertip.cli._main import run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except ModuleNotFoundError as problem:
        if problem.name not in ("click", "rich"):
            raise
        sys.stderr.write("cybertip: the command line needs two more packages: pip install 'cybertip[cli]'\n")
        raise SystemExit(2) from None
    try:
        status = run(sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)
