"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from cybertip.errors import CybertipError

if TYPE_CHECKING:
    from cybertip.config import Settings

Body = Callable[..., int]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

json_alone = click.option("--json", "as_json", is_flag=True, help="Print one JSON envelope instead of text.")
local_option = click.option("--local", is_flag=True, help="Times in this machine's zone, with its offset, not in UTC.")


def json_option(command: Decorated) -> Decorated:
    """How a command prints: ``--json`` and ``--quiet``."""
    return json_alone(click.option("-q", "--quiet", is_flag=True, help="Nothing but errors on stderr.")(command))


_CONFIG = click.option(
    "--config",
    type=click.Path(dir_okay=False),
    help="The file with the settings. Or CYBERTIP_CONFIG.  [default: cybertip.toml]",
)
_ENVIRONMENT = click.option(
    "--environment",
    type=click.Choice(["mock", "test", "production"]),
    help="Which server: mock (default), test or production. Or CYBERTIP_ENVIRONMENT.",
)
_LEDGER = click.option(
    "--ledger",
    metavar="PATH|URL",
    help="The ledger. Or CYBERTIP_LEDGER.  [default: cybertip-ENVIRONMENT.sqlite3]",
)
_CONNECTION = (
    _ENVIRONMENT,
    click.option("--base-url", help="An address of your own. Or CYBERTIP_BASE_URL."),
    click.option("--username", help="The user name; the password comes from CYBERTIP_PASSWORD."),
    click.option(
        "--password-file",
        type=click.Path(dir_okay=False),
        help="A file whose first line is the password. Or CYBERTIP_PASSWORD_FILE.",
    ),
)
_NAMES = {
    "environment": "server.environment",
    "base_url": "server.base_url",
    "username": "server.username",
    "password_file": "server.password_file",
    "ledger": "ledger.place",
}
"""The settings that these options are, by the options' names."""


Load: TypeAlias = "Callable[[], Settings]"
"""Loads the settings that the options name. Raises ConfigurationError."""


def _loading(options: Sequence[Callable[[Body], Body]], own: dict[str, str]) -> Callable[[Body], Body]:
    """Give a body these options, and ``load`` instead of their values."""
    names = {**_NAMES, **own}

    def wrap(body: Body) -> Body:
        def call(*arguments: Any, config: str | None, **values: Any) -> int:
            # Commands without settings start without what these need.
            from cybertip.config import load_settings

            flags = {names[name]: values.pop(name) for name in list(values) if name in names}
            return body(*arguments, load=lambda: load_settings(flags, path=config), **values)

        wrapped: Body = functools.wraps(body)(call)
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return wrap


def _settings(options: Sequence[Callable[[Body], Body]], own: dict[str, str]) -> Callable[[Body], Body]:
    """Give a body these options, and ``settings`` instead of their values."""

    def wrap(body: Body) -> Body:
        @functools.wraps(body)
        def call(*arguments: Any, load: Load, **values: Any) -> int:
            return body(*arguments, settings=load(), **values)

        return _loading(options, own)(call)

    return wrap


def with_loading() -> Callable[[Body], Body]:
    """For a command that can tell of settings that are wrong: it gets ``load``; see `with_settings`."""
    return _loading([_CONFIG, _LEDGER, *_CONNECTION], {})


def with_settings(**own: str) -> Callable[[Body], Body]:
    """For a command that files: it gets ``settings``, and the options that say where to and as whom.

    Stands below `body_of`, so that a mistake in the settings ends the command like any other error.

    Args:
        own: options of the command that are flags of settings: their names, and those of the settings.
    """
    return _settings([_CONFIG, _LEDGER, *_CONNECTION], own)


def with_server_settings() -> Callable[[Body], Body]:
    """For a command that talks to the server and needs no ledger; see `with_settings`."""
    return _settings([_CONFIG, *_CONNECTION], {})


def with_ledger_settings(**own: str) -> Callable[[Body], Body]:
    """For a command that looks at a ledger and needs no credentials; see `with_settings`."""
    return _settings([_CONFIG, _LEDGER, _ENVIRONMENT], own)


def with_profile_settings() -> Callable[[Body], Body]:
    """For a command that needs no more than the file with the profiles; see `with_settings`."""
    return _settings([_CONFIG], {})


def _filings(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """What a shell may complete to; nothing where there is no ledger, or none that can be read."""
    from cybertip.cli._ledgers import existing_ledger
    from cybertip.config import load_settings

    flags = {setting: ctx.params.get(name) for name, setting in _NAMES.items()}
    try:
        with existing_ledger(load_settings(flags, path=ctx.params.get("config")), opens=False) as opened:
            return list(opened.ids_like(incomplete, 50))
    except CybertipError:
        return []


filing_argument = click.argument("filing", shell_complete=_filings)
filings_argument = click.argument("filings", nargs=-1, metavar="[FILING]...", shell_complete=_filings)
