"""``cybertip mock``"""

from __future__ import annotations

import ipaddress
import logging
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cybertip.cli._lines import Lines, request_line, server_log
from cybertip.cli._options import json_alone
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import MOCK_PASSWORD, MOCK_USERNAME
from cybertip.errors import ConfigurationError

if TYPE_CHECKING:
    from cybertip.mock import Behaviour
    from cybertip.mock.exchanges import Exchange
    from cybertip.mock.faults import FaultPlan
    from cybertip.mock.server import Settings
    from cybertip.mock.storage import StateFile

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen."),
    click.option(
        "--port", default=8750, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one."
    ),
    click.option("--username", help=f"User name of the account.  [default: {MOCK_USERNAME}]"),
    click.option("--password", help=f"Its password. It guards nothing.  [default: {MOCK_PASSWORD}]"),
    click.option("--user", "users", multiple=True, metavar="NAME:PASSWORD", help="An account; may be repeated."),
    click.option("--tls", is_flag=True, help="Serve HTTPS, with a certificate made for the occasion."),
    click.option("--tls-ca", type=_FILE, help="Where to write the certificate to trust.  [default: a temporary file]"),
    click.option("--state", type=_FILE, help="Keep everything in this file, and go on from it.  [default: in memory]"),
    click.option(
        "--keep-files",
        type=click.Path(file_okay=False, path_type=Path),
        help="Keep the bytes of uploaded files in this folder.  [default: only size and digests]",
    ),
    click.option(
        "--first-report-id",
        type=click.IntRange(1, 2**63 - 1),
        metavar="ID",
        help="Report ids go up from here.  [default: with --state 4100000001; else higher at each start]",
    ),
    click.option(
        "--faults",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A JSON file of faults.",
    ),
    click.option("--random-faults", type=click.FloatRange(0, 1), metavar="RATE", help="Misbehave at random."),
    click.option("--seed", type=int, default=0, show_default=True, help="Where the dice of --random-faults start."),
    click.option("--server", type=click.Choice(["2025", "2016"]), help="How errors look.  [default: 2025]"),
    click.option(
        "--second-fileinfo",
        type=click.Choice(["refused", "replaces"]),
        help="A second /fileinfo for a file.  [default: refused]",
    ),
    click.option("--lapsed", type=click.Choice(["5001", "5101"]), help="Code for lapsed reports.  [default: 5001]"),
    click.option(
        "--second-finish", type=click.Choice(["5102", "5001", "0"]), help="Code for a second /finish.  [default: 5102]"
    ),
    click.option(
        "--finish-errors",
        type=click.Choice(["reportResponse", "reportDoneResponse"]),
        help="Root of errors to /finish.  [default: reportResponse]",
    ),
    click.option(
        "--foreign-report",
        type=click.Choice(["3300", "3000"]),
        help="Code for another account's report.  [default: 3300]",
    ),
    click.option("--unauthorized", type=click.Choice(["2000", "1000", "empty"]), help="Body of 401.  [default: 2000]"),
    click.option("--inspect-remotely", is_flag=True, help="Let other machines look at what arrived, too."),
    click.option("--quiet", "few_lines", is_flag=True, help="Print no line for each request."),
)
_SWITCHES = (
    "server",
    "second_fileinfo",
    "lapsed",
    "second_finish",
    "finish_errors",
    "foreign_report",
    "unauthorized",
)


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command("mock")
@_options
@json_alone
@body_of("mock")
def command(output: Output, **options: Any) -> int:
    """Serve a stand-in for NCMEC's server on this machine, until it is stopped.

    The address of the API goes to stdout in one line as soon as the server listens; a line for each request goes to
    stderr. What arrived can be looked at in a browser, at /_mock/ of the same address. Faults, the clock and everything
    that is assumed of the real server: docs/mock.md.
    """
    accounts = _accounts(options["username"], options["password"], options["users"])
    try:
        from cybertip.mock import MockCore
        from cybertip.mock.server import now, serve
    except ModuleNotFoundError as problem:
        raise ConfigurationError(
            f"the mock server needs the package {problem.name}: pip install 'cybertip[mock]'"
        ) from None
    plan, lines = _plan(options), Lines(output.say)
    # An envelope is one document, so nothing can follow it.
    silent = options["few_lines"] or output.as_json
    settings = _settings(options, None if silent else lambda exchange: lines.add(request_line(exchange)))

    def ready(base_url: str) -> None:
        output.data(base_url)
        look = base_url.removesuffix("/ispws") + "/_mock/"
        ca_file = None if settings.certificate is None else str(settings.certificate.ca_file)
        found = {"base_url": base_url, "inspection_url": look, "ca_file": ca_file, "usernames": sorted(accounts)}
        output.end(Exit.DONE, found)
        _introduce(output, settings, accounts, base_url, look)

    with ExitStack() as running:
        running.enter_context(lines.writing())
        if not output.as_json:
            running.enter_context(server_log(lines, logging.ERROR if options["few_lines"] else logging.WARNING))
        if settings.certificate is not None:
            running.enter_context(settings.certificate)
        journal = _journal(options["state"])
        if journal is not None:
            running.callback(journal.close)
        core = MockCore(
            accounts,
            clock=now,
            behaviour=_behaviour(options),
            first_report_id=options["first_report_id"] or _first_report_id(journal),
            journal=journal,
        )
        core.set_faults(plan)
        serve(core, settings, ready)
    return Exit.DONE


def _introduce(output: Output, settings: Settings, accounts: dict[str, str], base_url: str, look: str) -> None:
    output.say("The mock is listening. Nothing that it receives reaches NCMEC. Stop it with Ctrl-C.")
    if not _is_loopback(settings.host):
        protected = "" if settings.certificate is not None else ", and without TLS"
        output.say(f"  Others on the network can reach it too{protected}.")
        if settings.inspect_remotely:
            output.say("  They can look at everything that arrived, without a password.")
    output.say(f"  look at what arrived: {look}")
    for name, secret in accounts.items():
        output.say(f"  user name {name}, password {secret}")
    name, secret = next(iter(accounts.items()))
    lines = {
        "CYBERTIP_ENVIRONMENT": "mock",
        "CYBERTIP_BASE_URL": base_url,
        "CYBERTIP_USERNAME": name,
        "CYBERTIP_PASSWORD": secret,
    }
    if settings.certificate is not None:
        lines["SSL_CERT_FILE"] = str(settings.certificate.ca_file)
    for variable, value in lines.items():
        output.say(f"  export {variable}={shlex.quote(value)}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _accounts(username: str | None, password: str | None, users: tuple[str, ...]) -> dict[str, str]:
    accounts = {}
    if username or password or not users:
        accounts[username or MOCK_USERNAME] = password or MOCK_PASSWORD
    for user in users:
        name, _, secret = user.partition(":")
        if not name or not secret:
            raise click.UsageError("--user must look like NAME:PASSWORD")
        if name in accounts:
            raise click.UsageError("each user name can have one password; one of them is given twice")
        accounts[name] = secret
    return accounts


def _behaviour(options: dict[str, Any]) -> Behaviour:
    from cybertip.mock import Behaviour

    given = {name: options[name] for name in _SWITCHES if options[name] is not None}
    numbers = {"lapsed", "second_finish", "foreign_report"}
    return Behaviour.model_validate({name: int(value) if name in numbers else value for name, value in given.items()})


def _plan(options: dict[str, Any]) -> FaultPlan:
    from cybertip.mock.faults import FaultPlan, RandomFaults, read_plan

    plan = FaultPlan()
    if options["faults"] is not None:
        try:
            plan = read_plan(options["faults"].read_bytes())
        except OSError as problem:
            raise ConfigurationError(f"{options['faults']} cannot be read: {problem.strerror}") from None
        except ConfigurationError as problem:
            raise ConfigurationError(f"{options['faults']}: {problem}") from None
    if options["random_faults"] is None:
        return plan
    try:
        random = RandomFaults(rate=options["random_faults"], seed=options["seed"])
    except ValueError:
        raise click.UsageError("--random-faults is a share of the requests: a number from 0 to 1") from None
    return plan.model_copy(update={"random": random})


_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_REPORTS_A_SECOND = 100
"""More than a mock opens, so that one that is started later begins higher."""


def _first_report_id(journal: StateFile | None) -> int:
    """Where report ids begin unless somebody says so.

    A mock that forgets everything must not assign once more the ids of before: the real server never does, and a ledger
    takes no report that belongs to another of its filings.
    """
    from cybertip.mock.state import FIRST_REPORT_ID

    if journal is not None:
        return FIRST_REPORT_ID
    return FIRST_REPORT_ID + int(_REPORTS_A_SECOND * (datetime.now(UTC) - _EPOCH).total_seconds())


def _journal(path: Path | None) -> StateFile | None:
    if path is None:
        return None
    from cybertip.mock.storage import StateFile

    return StateFile(path)


def _settings(options: dict[str, Any], on_exchange: Callable[[Exchange], None] | None) -> Settings:
    from cybertip.mock.certificate import make_certificate
    from cybertip.mock.keeping import Keeper
    from cybertip.mock.server import Settings

    if options["tls_ca"] is not None and not options["tls"]:
        raise click.UsageError("--tls-ca goes with --tls")

    return Settings(
        host=options["host"],
        port=options["port"],
        certificate=make_certificate(options["host"], options["tls_ca"]) if options["tls"] else None,
        keeper=Keeper(options["keep_files"]) if options["keep_files"] is not None else None,
        inspect_remotely=options["inspect_remotely"],
        on_exchange=on_exchange,
    )
