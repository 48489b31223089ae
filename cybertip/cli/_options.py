"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON envelope instead of text.")


def connection_options(command: F) -> F:
    """How to reach a server."""
    for option in reversed(
        [
            click.option(
                "--environment",
                type=click.Choice(["mock", "test", "production"]),
                help="Which server: mock (default), test or production. Or CYBERTIP_ENVIRONMENT.",
            ),
            click.option("--base-url", help="An address of your own. Or CYBERTIP_BASE_URL."),
            click.option("--username", help="The user name; the password comes from CYBERTIP_PASSWORD."),
            click.option(
                "--password-file",
                type=click.Path(dir_okay=False),
                help="A file whose first line is the password. Or CYBERTIP_PASSWORD_FILE.",
            ),
        ]
    ):
        command = option(command)
    return command
