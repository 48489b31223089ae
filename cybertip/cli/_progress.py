"""Progress of uploads, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cybertip.calls.forms import FileSource
from cybertip.cli._filing import Watcher
from cybertip.cli._output import Output


@contextmanager
def watched(output: Output, files: list[FileSource]) -> Iterator[Watcher]:
    """Something that tells a person how far a filing has come: lines, and a bar where stderr is a terminal."""
    if output.as_json or not files or sys.stderr is None or not sys.stderr.isatty():
        yield Watcher(output.say, lambda name, gone: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {item.name: bar.add_task(f"uploading {item.name}", total=item.size, visible=False) for item in files}
        yield Watcher(
            lambda text: bar.console.print(text, markup=False, soft_wrap=True),
            lambda name, gone: bar.update(tasks[name], completed=gone, visible=True),
        )
