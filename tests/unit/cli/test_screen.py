"""What is drawn for people, and what programs get in its place."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest

from cybertip.cli._screen import NARROWEST, Cell, Column, Screen, Tone, age, clean, moment, span

AT = datetime(2026, 3, 2, 8, 58, 12, 500_000, tzinfo=UTC)
COLUMNS = (Column("id"), Column("size", right=True), Column("why", wraps=True))
ROWS: list[tuple[Cell | str, ...]] = [("3f9a1c2b", Cell("7", Tone.GOOD), "a reason " * 12), ("00", "12", "")]


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of terminals."""
    for name in ("NO_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose zone is five hours and three quarters ahead."""
    monkeypatch.setenv("TZ", "NPT-5:45")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where there is no terminal, nor with NO_COLOR, nor on one that says it is dumb."""
    assert Screen.of(Tty()).colour
    assert not Screen.of(io.StringIO()).colour
    assert not Screen.of(None).terminal
    monkeypatch.setenv("NO_COLOR", "")
    assert Screen.of(Tty()).colour  # an empty one says nothing
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Screen.of(Tty()).colour
    assert Screen.of(Tty()).terminal
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not Screen.of(Tty()).colour


def test_a_closed_stream_is_no_terminal() -> None:
    """A program whose stdout was closed can still say what happened."""
    stream = Tty()
    stream.close()
    assert not Screen.of(stream).terminal


def test_the_width_is_the_terminals_but_not_below_sixty(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS says how wide it is; nobody can read less than sixty."""
    for columns, width in (("140", 140), ("20", NARROWEST), ("110", 110)):
        monkeypatch.setenv("COLUMNS", columns)
        screen = Screen.of(Tty())
        assert (screen.width, screen.wide) == (width, width >= 110)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_table_keeps_to_the_width(width: int) -> None:
    """What may wrap does; nothing is cut, and no line has spaces at its end."""
    lines = Screen(terminal=True, width=width).table(COLUMNS, ROWS).splitlines()
    assert lines[0].split() == ["ID", "SIZE", "WHY"]
    assert all(len(line) <= width and line == line.rstrip() for line in lines)
    assert " ".join(lines).split().count("reason") == 12
    assert "\x1b" not in "".join(lines)


def test_a_table_for_programs_has_a_line_for_each_row() -> None:
    """Tabs, no headings, nothing cut or wrapped, whatever the width."""
    assert Screen(width=60).table(COLUMNS, ROWS) == f"3f9a1c2b\t7\t{'a reason ' * 12}\n00\t12\t"


def test_colours_change_no_word() -> None:
    """Without its escapes, a coloured table is the plain one."""
    coloured = Screen(terminal=True, colour=True).table(COLUMNS, ROWS)
    assert "\x1b[32m" in coloured
    assert click.unstyle(coloured).split() == Screen(terminal=True).table(COLUMNS, ROWS).split()


def test_a_block_has_its_texts_in_a_column() -> None:
    """On a terminal they are wrapped in their column; elsewhere a line is one label with its text."""
    pairs: list[tuple[str, Cell | str]] = [("why", "words " * 20), ("report", Cell("2000001", Tone.STRONG))]
    lines = Screen(terminal=True).block(pairs).splitlines()
    assert [line[:8].strip() for line in lines] == ["why", "", "report"]
    assert all(line[8] != " " for line in lines)
    assert Screen().block(pairs) == f"why: {'words ' * 20}\nreport: 2000001"


def test_a_line_is_a_paragraph_on_a_terminal() -> None:
    """It is indented as a whole; elsewhere it stays one line."""
    text = "words " * 30
    assert all(line.startswith("    w") for line in Screen(terminal=True).line(text, indent=4).splitlines())
    assert Screen().line("one", Cell("two"), indent=2) == "  one two"


def test_a_heading_stands_apart() -> None:
    """With an empty line before it on a terminal; with a colon elsewhere."""
    assert Screen(terminal=True).heading("Events") == "\nEvents"
    assert Screen().heading("Events") == "Events:"


@pytest.mark.parametrize("text", ["\x1b[2J", "a\tb", "a\nb", "\x9b31m", "\u202egnp.exe", "\ud800"])
def test_no_text_steers_a_terminal_or_breaks_a_line(text: str) -> None:
    """Control characters, those that turn the direction and halves of characters are shown as escapes."""
    for screen in (Screen(), Screen(terminal=True)):
        for drawn in (screen.table([Column("x")], [[text]]), screen.block([("x", text)]), screen.line(text)):
            assert all(line.isprintable() for line in drawn.splitlines())
    assert clean(text).isascii()
    assert len(Screen().line(text).splitlines()) == 1


def test_markup_is_text() -> None:
    """What looks like rich's markup, or like the name of an emoji, is shown as it is."""
    assert Screen(terminal=True, colour=True).line("[red]x[/red] :smile:") == "[red]x[/red] :smile:"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172_799, "47 h"), (172_800, "2 d")],
)
def test_ages_are_short(seconds: float, words: str) -> None:
    """The largest unit that fits, and days from the second on; a clock that went back makes nothing younger than 0."""
    assert age(timedelta(seconds=seconds)) == words


def test_moments_are_in_utc_with_a_z() -> None:
    """To the second; or to the minute, with the date of another day."""
    assert moment(AT.astimezone()) == "2026-03-02T08:58:12Z"
    assert Screen().moment(AT) == "2026-03-02T08:58:12Z"
    assert Screen().short(AT, AT + timedelta(hours=15)) == "08:58Z"
    assert Screen().short(AT, AT + timedelta(hours=16)) == "2026-03-02 08:58Z"


def test_local_moments_have_their_offset(kathmandu: None) -> None:
    """In the zone of this machine; the day changes with it."""
    screen = Screen(local=True)
    assert screen.moment(AT) == "2026-03-02T14:43:12+05:45"
    assert screen.short(AT, AT) == "14:43+05:45"
    assert screen.short(AT, AT + timedelta(hours=10)) == "2026-03-02 14:43+05:45"


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("30m", 1800), ("30 min", 1800), ("6h", 21_600), (" 2d ", 172_800), ("0m", 0)]
)
def test_spans_are_read(text: str, seconds: int) -> None:
    """A whole number with its unit."""
    assert span(*_asked(), text) == timedelta(seconds=seconds)
    assert span(*_asked(), None) is None


@pytest.mark.parametrize("text", ["", "6", "h", "-6h", "6 weeks", "1.5h", "1000000d", "٣h", "6h30m"])
def test_what_is_no_span_is_refused(text: str) -> None:
    """The error says how to write one."""
    with pytest.raises(click.BadParameter, match="write 45s, 30m, 6h or 2d"):
        span(*_asked(), text)


def _asked() -> tuple[click.Context, click.Parameter]:
    return click.Context(click.Command("x")), click.Option(["--age"])


COMMAND = "cybertip resolve 35307f34 --refile --report 4100000001 --reference TEXT --reason TEXT"


def test_a_command_is_never_divided_within_an_option() -> None:
    """What is copied from several lines is one command to a shell; words that lead to it stand before."""
    for width in (60, 80):
        drawn = Screen(terminal=True, width=width).command(COMMAND, "Once NCMEC has confirmed:", indent=2).splitlines()
        assert drawn[0] == "  Once NCMEC has confirmed:"
        assert all(len(line) <= width for line in drawn)
        assert all(line.endswith(" \\") for line in drawn[1:-1])
        assert " ".join("\n".join(drawn[1:]).replace("\\\n", " ").split()) == COMMAND
        assert all(re.match(" +(cybertip|--)", line) for line in drawn[1:])


def test_a_command_that_fits_stands_behind_its_words() -> None:
    """In one line; where there is no terminal, whatever its length."""
    wide = Screen(terminal=True, width=140)
    assert wide.command(COMMAND, "Run:", indent=2) == f"  Run: {COMMAND}"
    assert Screen().command(COMMAND, "Run:", indent=2) == f"  Run: {COMMAND}"
    assert "\x1b[1mcybertip" in Screen(terminal=True, colour=True, width=140).command(COMMAND, "Run:")


def test_a_command_without_options_is_not_cut() -> None:
    """However long its words are: the terminal shows all of it, and it can be copied."""
    long = f"cybertip correct 35307f34 {'x' * 90}.json"
    assert Screen(terminal=True, width=60).command(long) == long


def test_a_dumb_terminal_has_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is as wide as the terminal, not 80 columns."""
    words = "word " * 23
    before = Screen(terminal=True, width=120).line(words)
    monkeypatch.setenv("TERM", "dumb")
    assert Screen(terminal=True, width=120).line(words) == before == words.rstrip()
