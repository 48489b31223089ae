"""``cybertip status``"""

from __future__ import annotations

import click

from cybertip.cli._options import connection_options, json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import connection


@click.command("status")
@connection_options
@json_option
@body_of("status")
def command(
    output: Output, environment: str | None, base_url: str | None, username: str | None, password_file: str | None
) -> int:
    """Check that the server is there and accepts the credentials."""
    access = connection(environment, base_url, username, password_file)
    with access.client() as client:
        client.status()
    output.say(f"{access.endpoint.base_url} ({access.endpoint.environment}) answers and accepts the credentials.")
    return output.end(Exit.DONE, access.as_dict())
