"""Draw what `cybertip health`, `list`, `show` and `summary` show on a terminal as pictures to look at (SVG files).

    python scripts/screens.py FOLDER

The commands run on terminals of 80 and 140 columns, with a made-up ledger that has a filing of each kind.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from cybertip import sample
from cybertip.client import Client, RetryPolicy
from cybertip.filing import Pace
from cybertip.ledger import Ledger
from cybertip.mock import MockServer
from cybertip.mock.faults import AnyFault, Reset, ResponseCode, Status
from cybertip.worker import Filer

WIDTHS = (80, 140)
_LEDGER = "cybertip-mock.sqlite3"


def main() -> int:
    """Write the pictures; the exit status says whether the folder was named."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cybertip-screens-") as made:
        folder = Path(made)
        names = made_up(folder)
        commands = {name: [name] for name in ("health", "list", "summary")}
        commands |= {f"show-{name}": ["show", name] for name in names}
        for name, arguments in commands.items():
            for width in WIDTHS:
                shown = on_a_terminal(arguments, width, folder)
                picture = target / f"{name}-{width}.svg"
                picture.write_text(drawn(shown, width, " ".join(["cybertip", *arguments])), encoding="utf-8")
                print(picture)
    return 0


def made_up(folder: Path) -> list[str]:
    """Fill a ledger with filings of each kind; the ids of their records."""
    names: list[str] = []
    ledger_at = folder / _LEDGER
    patient = Pace(base=timedelta(hours=1), cap=timedelta(hours=2))
    with (
        MockServer() as server,
        Client("mock", "mock-password", base_url=server.base_url, retry=RetryPolicy(attempts=1)) as client,
        Ledger.open(ledger_at, environment="mock", account="mock", pace=patient) as ledger,
    ):
        filer = Filer(ledger, client, sample.profile(), pace=Pace(base=timedelta(0), cap=timedelta(0)))
        waiting = Filer(ledger, client, sample.profile(), pace=patient)

        def file(name: str, *faults: AnyFault, by: Filer = filer, **changes: Any) -> None:
            content = json.loads(sample.write_case(folder).read_bytes()) | {"id": name} | changes
            content["suspects"][0]["identifier"] = f"user-{len(names) // 2}"
            names.append(name)
            server.set_faults(*faults)
            by.file(json.dumps(content).encode(), folder)

        file("case-filed")
        file("case-opened-twice", Reset(at="after-acting", call="upload"))
        file("case-refused", ResponseCode(code=4100, call="submit"))
        file("case-in-doubt", ResponseCode(code=1000, call="finish"), ResponseCode(code=5001, call="finish"))
        file("case-pending", decision={"outcome": "pending"})
        evidence = json.loads(sample.write_case(folder).read_bytes())["evidence"]
        file("case-file-moved", evidence=[evidence[0] | {"location": "moved-away.png"}])
        file("case-waiting-for-the-server", Status(status=503, call="upload", times=None), by=waiting)
        server.set_faults()
    return names


def on_a_terminal(arguments: list[str], width: int, folder: Path) -> str:
    """What a command prints on a terminal of so many columns, with its escapes."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    hidden = {"NO_COLOR", "COLUMNS"}
    environment = {name: text for name, text in os.environ.items() if name not in hidden and "CYBERTIP" not in name}
    with subprocess.Popen(
        [sys.executable, "-m", "cybertip", *arguments],
        stdin=there, stdout=there, stderr=there, cwd=folder, env=environment | {"TERM": "xterm-256color"},
    ):  # fmt: skip
        os.close(there)
        shown = b""
        # Linux says by an error that the other side was closed, others by giving nothing.
        with suppress(OSError):
            while part := os.read(here, 65536):
                shown += part
    os.close(here)
    return shown.decode().replace("\r\n", "\n")


def drawn(shown: str, width: int, title: str) -> str:
    """The picture of a terminal, as SVG."""
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text.from_ansi(shown), soft_wrap=True)
    return console.export_svg(title=title)


if __name__ == "__main__":
    sys.exit(main())
