"""Write docs/cli.md from the commands themselves: usage, options and exit statuses of each.

Run by ``make docs``; a test fails when the page is stale.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from cybertip.cli._main import COMMANDS, group

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
_HEAD = """# Commands

Made by `make docs` from the commands; `cybertip COMMAND --help` says the same. The environment and what to do when
something is stuck: [README](../README.md), [operating.md](operating.md).

Data go to stdout, words for people to stderr. `--json` prints one envelope `{"cybertip": 1, "command": …, "exit":
…}` to stdout in place of both; `--quiet` leaves nothing but errors on stderr. Where stdout is a terminal there are
tables that use its width (`COLUMNS`), with colour unless `NO_COLOR` is set or `TERM` is `dumb`; elsewhere each
record is a line, nothing is cut, and columns are divided by tabs or two spaces. Times are in UTC with a `Z`; where
there is `--local`, it gives those of the machine's zone with their offset. A filing is named by its id, by the
beginning of it (six characters or more), or by the id of its record.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | findings, or a failed check |
| 2 | usage: what was asked for cannot be done so |
| 3 | something waits for a person |
| 4 | not reachable, or blocked |
| 5 | refused by policy or environment |
| 70 | a defect of cybertip itself |
| 130 | interrupted |
"""

_ODD = re.compile(r"[^\s.,;:()\[\]]*[<>*_][^\s.,;:()\[\]]*")


def page() -> str:
    """The whole page."""
    listed = [f"- [`cybertip {name}`](#cybertip-{name}): {line}" for name, (_, line) in COMMANDS.items()]
    context = click.Context(group, info_name="cybertip")
    sections: list[str] = []
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        sections += _sections(command, click.Context(command, context, info_name=name))
    return "\n".join([_HEAD, *listed, *sections]) + "\n"


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}" if context.command_path.count(" ") == 1 else f"\n### {context.command_path}"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"\n```\n{context.command_path} {usage}\n```\n"
    # A paragraph of the help stands in one line, whatever its width in the source.
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    yield "\n\n".join(_escaped(" ".join(part.split())) for part in paragraphs)
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and not one.hidden]
    records = [record for one in options if (record := one.get_help_record(context)) is not None]
    if records:
        yield "\n| option | |\n|---|---|"
        yield from (f"| `{_cell(names)}` | {_cell(_escaped(words))} |" for names, words in records)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(inner, click.Context(inner, context, info_name=name))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _escaped(text: str) -> str:
    """Words that Markdown takes for something else are set apart as code; code stays as it is."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _ODD.sub(r"`\g<0>`", part) for part in parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
