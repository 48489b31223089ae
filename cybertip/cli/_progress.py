"""How far a filing has come: lines for people, and a bar for uploads on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cybertip.cli._output import Output
from cybertip.filing.events import CallEnded
from cybertip.filing.outcomes import CallName, Outcome
from cybertip.filing.packages import FrozenFile
from cybertip.worker import Watch


def name_of(item: FrozenFile) -> str:
    """What to call a file, without its folders."""
    return item.name or Path(item.location or "file").name


def _line(ended: CallEnded, names: Sequence[str]) -> str:
    """A call in a line."""
    file = names[ended.file] if ended.file is not None and ended.file < len(names) else ""
    if ended.outcome is not Outcome.OK:
        return f"{ended.call}: {ended.outcome}: {ended.words}"
    match ended.call:
        case CallName.SUBMIT:
            return f"opened    report {ended.report_id}"
        case CallName.UPLOAD:
            return f"uploaded  {file} (MD5 confirmed) as file {ended.file_id}"
        case CallName.FILEINFO:
            return f"described {file}"
        case CallName.FINISH:
            return f"finished  report {ended.report_id}: filed"
        case CallName.RETRACT:
            return f"retracted report {ended.report_id}: it is not filed"


@contextmanager
def watched(output: Output, files: Sequence[FrozenFile]) -> Iterator[Watch]:
    """What tells a person how far the filing of these files has come."""
    names = [name_of(item) for item in files]
    if output.as_json or not files or sys.stderr is None or not sys.stderr.isatty():
        yield Watch(lambda _, ended: output.say(_line(ended, names)), lambda *_: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = [
            bar.add_task(f"uploading {name}", total=item.size, visible=False)
            for name, item in zip(names, files, strict=True)
        ]
        yield Watch(
            lambda _, ended: bar.console.print(_line(ended, names), markup=False, soft_wrap=True),
            lambda _, file, gone: bar.update(tasks[file], completed=gone, visible=True),
        )
