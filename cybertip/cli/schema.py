"""``cybertip schema show|pull|diff``"""

from __future__ import annotations

from pathlib import Path

import click

from cybertip.cli._options import json_option, with_server_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.schema import Schema, bundled_xsd
from cybertip.schema.drift import Change, drift


@click.group("schema")
def command() -> None:
    """Show the schema; fetch the server's and compare."""


@command.command("show")
@json_option
@body_of("schema show")
def show(output: Output) -> int:
    """Print the schema that documents are checked against."""
    xsd = bundled_xsd()
    output.raw(xsd)
    return output.end(Exit.DONE, {"version": Schema.bundled().version, "xsd": xsd.decode()})


@command.command("pull")
@click.option(
    "--output",
    "target",
    type=click.Path(dir_okay=False),
    default="cybertip-server.xsd",
    show_default=True,
    help="Where to put it.",
)
@json_option
@body_of("schema pull")
@with_server_settings()
def pull(output: Output, target: str, settings: Settings) -> int:
    """Fetch the server's schema into a file, and tell how it differs from ours.

    NCMEC's schema is not ours to redistribute: keep the file to yourself. Exit status 1 says that there are
    differences.
    """
    access = settings.connection()
    with access.client() as client:
        xsd = client.xsd().xsd
    try:
        Path(target).write_bytes(xsd)
    except OSError as problem:
        raise ConfigurationError(f"cannot write {target}: {problem.strerror}") from None
    output.say(f"{access.endpoint.base_url}/xsd is in {target} ({len(xsd)} bytes).")
    return _report(output, xsd, {**access.as_dict(), "file": target})


@command.command("diff")
@click.argument("file", type=click.Path(dir_okay=False), default="cybertip-server.xsd")
@json_option
@body_of("schema diff")
def diff(output: Output, file: str) -> int:
    """Tell how a schema file differs from ours, in plain words.

    Exit status 1 says that there are differences.
    """
    return _report(output, Schema.from_file(file).source, {"file": file})


def _report(output: Output, theirs: bytes, result: dict[str, object]) -> int:
    changes: list[Change] = drift(bundled_xsd(), theirs)
    output.say("No differences." if not changes else f"{len(changes)} differences from ours (what theirs has):")
    for change in changes:
        output.data(str(change))
    data = [{"place": change.place, "change": change.what} for change in changes]
    return output.end(Exit.FINDINGS if changes else Exit.DONE, {**result, "differences": data})
