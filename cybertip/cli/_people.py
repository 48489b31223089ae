"""The person behind a command: who it is, why, and whether what cannot be taken back is wanted."""

from __future__ import annotations

import contextlib
import functools
import getpass
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import click

from cybertip.cli._options import Body
from cybertip.cli._output import Output
from cybertip.cli._screen import clean
from cybertip.errors import ConfigurationError, CybertipError
from cybertip.worker import is_sayable


class DeclinedError(CybertipError):
    """A person was asked and did not say yes. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who runs a command.

    Attributes:
        name: the login name, or what was given with ``--as``. It becomes part of the proof.
        reason: why; empty where nobody said.
        yes: whether the person has said yes beforehand.
    """

    name: str = field(repr=False)
    reason: str = field(repr=False)
    yes: bool

    def confirm(self, lines: Sequence[str]) -> None:
        """Ask, unless the person has said yes; whatever else is printed or not, the question is.

        Args:
            lines: what is about to happen, and what follows if it is wrong.

        Raises:
            ConfigurationError: there is no terminal to ask on.
            DeclinedError: the answer is not yes.
        """
        if self.yes:
            return
        if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
            raise ConfigurationError(
                "this cannot be taken back, so it asks first, and there is no terminal to ask on; nothing was changed."
                " Add --yes to say so beforehand"
            )
        text = "\n".join(map(clean, lines))
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{text}\nGo on? [y/N] ")
            sys.stderr.flush()
        # Bytes: what is no text is no yes either.
        answer = sys.stdin.buffer.readline().strip().lower()
        if answer not in (b"y", b"yes"):
            raise DeclinedError("not confirmed; nothing was changed")


def _is_terminal(stream: Any) -> bool:
    return stream is not None and not stream.closed and bool(stream.isatty())


def login() -> str:
    """The name by which the person is logged in.

    Raises:
        ConfigurationError: nobody is, by a name that can be recorded.
    """
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # which of them depends on the version of Python
        name = ""
    if not name.strip() or not name.isprintable():
        raise ConfigurationError("nobody is logged in by a name that can be recorded; say who you are with --as NAME")
    return name


def handing_in(body: Body) -> Body:
    """Give a body ``by``, who hands something in: as named, else the login name, else nobody, as in a container."""

    @click.option(
        "--as", "by", metavar="NAME", callback=nameable, help="Who hands it in; recorded.  [default: the login name]"
    )
    @functools.wraps(body)
    def call(*arguments: Any, by: str | None, **values: Any) -> int:
        if by is None:
            with suppress(ConfigurationError):
                by = login()
        return body(*arguments, by=by or "", **values)

    return call


def nameable(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """See that a person can be recorded by a name; the callback of an option that may be left out.

    Raises:
        click.BadParameter: it is blank, or holds what a terminal would obey.
    """
    if value is not None and (not value.strip() or not value.isprintable()):
        raise click.BadParameter("it must be printable text")
    return value


def sayable(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """See that what a person says can be part of the proof; the callback of an option that may be left out.

    Raises:
        click.BadParameter: it holds what a terminal would obey.
    """
    if value is not None and not is_sayable(value):
        raise click.BadParameter("it must be printable text, without control characters")
    if value == "TEXT":
        raise click.BadParameter("put your own words in place of TEXT")
    return value or ""


def report_number(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """The number of a report at NCMEC; the callback of an option that may be left out.

    Raises:
        click.BadParameter: it is none that a report can have.
    """
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 2**63):
        raise click.BadParameter("it must be the number of a report, such as 4100000001")
    return int(value)


def _reason(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if parameter.required and not (value or "").strip():
        raise click.BadParameter("say why; it becomes part of the proof")
    return sayable(ctx, parameter, value)


def with_person(*, reason: bool, asks: bool) -> Callable[[Body], Body]:
    """Give a body the ``person`` that runs it, and its options.

    Args:
        reason: whether the reason has to be given.
        asks: whether it changes what cannot be taken back, and so asks.
    """

    def wrap(body: Body) -> Body:
        def call(*arguments: Any, by: str | None, why: str, yes: bool = False, **values: Any) -> int:
            name = by or login()
            if name == "root" and by is None:
                output: Output = arguments[0]
                output.say("This is recorded as said by root; name the person with --as NAME.")
            return body(*arguments, person=Person(name, why, yes), **values)

        needed = "" if reason else " May be left out."
        options = [
            click.option(
                "--reason", "why", required=reason, metavar="TEXT", callback=_reason,
                help=f"Why, in your words, without personal data: it becomes part of the proof.{needed}",
            ),
            click.option(
                "--as", "by", metavar="NAME", callback=nameable, help="Who you are.  [default: the login name]"
            ),
        ]  # fmt: skip
        # A command that asks nothing takes it as well, so that one may say it to all of them.
        options.append(click.option("--yes", is_flag=True, hidden=not asks, help="Do not ask."))
        wrapped: Body = functools.wraps(body)(call)
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return wrap
