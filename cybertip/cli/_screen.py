"""What people see on stdout: tables, blocks of text, times and ages. rich is loaded when it is needed alone.

On a terminal there are tables that use its width, with colour where that is wanted; nothing is told by colour alone.
Anywhere else each record is a line, its columns are divided by tabs, and nothing is cut, wrapped or coloured.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from rich.console import JustifyMethod, RenderableType
    from rich.text import Text

NARROWEST = 60
"""No screen is narrower than this; what is shown on one that is gets wrapped by the terminal."""


class Tone(StrEnum):
    """What a text is to a person, as a style of rich. The words say it as well."""

    PLAIN = ""
    STRONG = "bold"
    FAINT = "dim"
    GOOD = "green"
    BUSY = "cyan"
    WARNING = "yellow"
    BAD = "bold red"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with its tone. Control characters in it are shown as escapes, so a text cannot steer the terminal."""

    text: str
    tone: Tone = Tone.PLAIN

    @property
    def plain(self) -> str:
        """The text without anything that a terminal would obey."""
        return clean(self.text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: its heading, which is left out where the output is no terminal.
        wraps: whether its texts may take several lines on a terminal. Those of other columns are never cut or divided.
        right: whether its texts stand at the right, as numbers do.
    """

    name: str
    wraps: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """How to draw on a stream. What is drawn is text to be printed, without a line break at its end.

    Attributes:
        terminal: whether it is one; if not, what is drawn is for programs.
        colour: whether there are colours.
        width: how many columns there are to use.
        local: whether times are told in the zone of this machine, and not in UTC.
    """

    terminal: bool = False
    colour: bool = False
    width: int = 80
    local: bool = False

    @classmethod
    def of(cls, stream: TextIO | None, *, local: bool = False) -> Screen:
        """The screen of a stream, by the terminal and by NO_COLOR, TERM and COLUMNS."""
        terminal = stream is not None and not stream.closed and stream.isatty()
        colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = max(NARROWEST, shutil.get_terminal_size().columns)
        return cls(terminal, colour, width, local)

    @property
    def wide(self) -> bool:
        """Whether there is room for whole sentences beside other columns."""
        return self.width >= 110

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell | str]]) -> str:
        """A table with its headings; elsewhere than on a terminal a line for each row, with tabs and no headings."""
        made = [[_cell(one) for one in row] for row in rows]
        if not self.terminal:
            return "\n".join("\t".join(cell.plain for cell in row) for row in made)
        from rich.table import Table

        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", expand=False)
        for column in columns:
            justify: JustifyMethod = "right" if column.right else "left"
            table.add_column(column.name.upper(), justify=justify, no_wrap=not column.wraps, overflow="fold")
        for row in made:
            table.add_row(*(_text(cell) for cell in row))
        return self._drawn(table)

    def table_over(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell | str]], below: Sequence[str]) -> str:
        """A table for a narrow terminal: no column wraps, and below each row stands text that was drawn already."""
        heading, *lines = self.table(columns, rows).splitlines()
        pairs = zip(lines, below, strict=True)
        return "\n".join([heading, *(f"{line}\n{text}" if text else line for line, text in pairs)])

    def block(self, pairs: Sequence[tuple[str, Cell | str]]) -> str:
        """Labels with their texts below each other, the texts in a column of their own."""
        made = [(label, _cell(text)) for label, text in pairs]
        if not self.terminal:
            return "\n".join(f"{label}: {cell.plain}" for label, cell in made)
        from rich.table import Table

        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(no_wrap=True, style=str(Tone.FAINT) or None)
        table.add_column(overflow="fold")
        for label, cell in made:
            table.add_row(label, _text(cell))
        return self._drawn(table)

    def line(self, *parts: Cell | str, indent: int = 0) -> str:
        """Texts one after the other with a space between; on a terminal, wrapped and indented as a paragraph."""
        cells = [_cell(one) for one in parts]
        if not self.terminal:
            return " " * indent + " ".join(cell.plain for cell in cells)
        from rich.padding import Padding
        from rich.text import Text

        return self._drawn(Padding(Text(" ").join(map(_text, cells)), (0, 0, 0, indent)))

    def command(self, line: str, lead: str = "", indent: int = 0) -> str:
        """A command to be copied, behind words that lead to it.

        On a terminal it stands on a line of its own where it does not fit behind the words; one that needs several
        lines is divided between options, with a backslash, so that a shell takes it as it stands.
        """
        text = clean(line)
        whole = f"{lead} {text}" if lead else text
        if not self.terminal:
            return " " * indent + whole
        if len(whole) <= self.width - indent:
            return self._as_it_is(Cell(f"{lead} " if lead else ""), Cell(text, Tone.STRONG), indent=indent)
        if lead:
            return f"{self.line(lead, indent=indent)}\n{self.command(line, indent=indent + 2)}"
        lines = [""]
        for part in _OPTIONS.split(text):
            if lines[-1] and len(lines[-1]) + len(part) + len("  \\") > self.width - indent - 2:
                lines.append(f"  {part}")
            else:
                lines[-1] += f" {part}" if lines[-1] else part
        drawn = [*(f"{one} \\" for one in lines[:-1]), lines[-1]]
        return "\n".join(self._as_it_is(Cell(one, Tone.STRONG), indent=indent) for one in drawn)

    def heading(self, text: str) -> str:
        """A heading above a table or a block, with an empty line before it on a terminal."""
        return f"\n{self.line(Cell(text, Tone.STRONG))}" if self.terminal else f"{clean(text)}:"

    def moment(self, at: datetime) -> str:
        """A moment, to the second: ``2026-03-02T08:58:12Z``, or with the offset of this machine's zone."""
        return moment(at, local=self.local)

    def sentence(self, text: str) -> str:
        """A sentence with the times in it told as all others are."""
        if not self.local:
            return text
        return _INSTANT.sub(lambda found: self.moment(datetime.fromisoformat(found[0])), text)

    def short(self, at: datetime, now: datetime) -> str:
        """A moment, to the minute: ``08:58Z``, with its date where that is not today's."""
        here, today = (one.astimezone(None if self.local else UTC) for one in (at, now))
        date = "" if here.date() == today.date() else f"{here:%Y-%m-%d} "
        return f"{date}{here:%H:%M}{_zone(here, local=self.local)}"

    def _as_it_is(self, *cells: Cell, indent: int) -> str:
        """Texts in one line, however long it is."""
        from rich.text import Text

        text = Text(" " * indent)
        for cell in cells:
            text.append_text(_text(cell))
        return self._drawn(text, wraps=False)

    def _drawn(self, what: RenderableType, *, wraps: bool = True) -> str:
        from rich.console import Console

        stream = io.StringIO()
        # On a terminal that calls itself dumb rich believes in a width only where there is a height as well.
        console = Console(
            file=stream, width=self.width, height=_ANY_HEIGHT, force_terminal=True, legacy_windows=False,
            color_system="standard" if self.colour else None, highlight=False, markup=False, emoji=False,
        )  # fmt: skip
        console.print(what, soft_wrap=not wraps)
        # Rich fills up to the width of a column; nobody wants those spaces when copying.
        return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


_ANY_HEIGHT = 25
_OPTIONS = re.compile(" (?=--)")
"""Where a command may be divided: an option stays with its value."""


def clean(text: str) -> str:
    """A text with escapes in place of what a terminal would obey, and of line breaks and tabs."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def _cell(one: Cell | str) -> Cell:
    return one if isinstance(one, Cell) else Cell(one)


def _text(cell: Cell) -> Text:
    from rich.text import Text

    return Text(cell.plain, style=str(cell.tone))


# --- times and ages ----------------------------------------------------------------------------------------------


def moment(at: datetime, *, local: bool = False) -> str:
    """A moment, to the second, in UTC with a Z, or in this machine's zone with its offset."""
    here = at.astimezone(None if local else UTC)
    return f"{here:%Y-%m-%dT%H:%M:%S}{_zone(here, local=local)}"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _zone(here: datetime, *, local: bool) -> str:
    return here.isoformat()[-6:] if local else "Z"


def age(span: timedelta) -> str:
    """A span of time in its largest fitting unit, cut to a whole number: ``45 s``, ``12 min``, ``3 h``, ``2 d``."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size, until in (("s", 1, 60), ("min", 60, 3600), ("h", 3600, 48 * 3600)):
        if seconds < until:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86_400} d"


_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(\d{1,6}) ?(s|min|m|h|d)", re.ASCII)


def span(_: click.Context, __: click.Parameter, value: str | None) -> timedelta | None:
    """Read a span of time on the command line, such as ``30m``, ``6h`` or ``2d``; the callback of an option.

    Raises:
        click.BadParameter: it is none.
    """
    if value is None:
        return None
    found = _SPAN.fullmatch(value.strip())
    if found is None:
        raise click.BadParameter(f"{value!r} is no span of time; write 45s, 30m, 6h or 2d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
