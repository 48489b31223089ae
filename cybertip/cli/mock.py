"""``cybertip mock``"""

from __future__ import annotations

import click

from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import MOCK_PASSWORD, MOCK_USERNAME
from cybertip.errors import ConfigurationError


@click.command("mock")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8750, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--username", help=f"User name of the account.  [default: {MOCK_USERNAME}]")
@click.option("--password", help=f"Its password. It guards nothing.  [default: {MOCK_PASSWORD}]")
@click.option("--user", "users", multiple=True, metavar="NAME:PASSWORD", help="An account; may be repeated.")
@json_option
@body_of("mock")
def command(
    output: Output, host: str, port: int, username: str | None, password: str | None, users: tuple[str, ...]
) -> int:
    """Serve a stand-in for NCMEC's server on this machine, until it is stopped.

    The address of the API goes to stdout in one line as soon as the server listens.
    """
    accounts = _accounts(username, password, users)
    try:
        from cybertip.mock.server import serve
    except ModuleNotFoundError as problem:
        raise ConfigurationError(
            f"the mock server needs the package {problem.name}: pip install 'cybertip[mock]'"
        ) from None

    def ready(base_url: str) -> None:
        output.data(base_url)
        output.end(Exit.DONE, {"base_url": base_url, "usernames": sorted(accounts)})
        output.say("The mock is listening. Nothing that it receives reaches NCMEC. Stop it with Ctrl-C.")
        if host not in ("127.0.0.1", "::1", "localhost"):
            output.say("  Others on the network can reach it too, and without TLS.")
        for name, secret in accounts.items():
            output.say(f"  user name {name}, password {secret}")
        output.say(f"  export CYBERTIP_BASE_URL={base_url}")

    serve(host, port, accounts, ready)
    return Exit.DONE


def _accounts(username: str | None, password: str | None, users: tuple[str, ...]) -> dict[str, str]:
    accounts = {}
    for user in users:
        name, _, secret = user.partition(":")
        if not name or not secret:
            raise click.UsageError("--user must look like NAME:PASSWORD")
        accounts[name] = secret
    if username or password or not accounts:
        accounts[username or MOCK_USERNAME] = password or MOCK_PASSWORD
    return accounts
