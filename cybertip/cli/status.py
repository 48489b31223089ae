"""``cybertip status``"""

from __future__ import annotations

import click

from cybertip.cli._options import json_option, with_server_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings


@click.command("status")
@json_option
@body_of("status")
@with_server_settings()
def command(output: Output, settings: Settings) -> int:
    """Check that the server is there and accepts the credentials."""
    access = settings.connection()
    with access.client() as client:
        client.status()
    output.say(f"{access.endpoint.base_url} ({access.endpoint.environment}) answers and accepts the credentials.")
    return output.end(Exit.DONE, access.as_dict())
