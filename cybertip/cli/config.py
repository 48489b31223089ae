"""``cybertip config show|check``"""

from __future__ import annotations

from typing import Any

import click

from cybertip.cli._options import Load, json_option, with_loading, with_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.config.checks import Check, Result
from cybertip.config.checks import check as look
from cybertip.errors import ConfigurationError


@click.group("config")
def command() -> None:
    """Show every setting with its source; check that the configuration will do."""


@command.command("show")
@json_option
@body_of("config show")
@with_settings()
def show(output: Output, settings: Settings) -> int:
    """Print every setting, its value, and where that comes from.

    What counts is the first of these that names a setting: flag, environment variable, cybertip.toml, default. Of
    secrets and of the user name only whether they are set is told.
    """
    rows = _rows(settings)
    wide = max(len(row["name"]) for row in rows)
    for row in rows:
        value = "not set" if row["value"] is None else _in_words(row["value"])
        output.data(f"{row['name']:<{wide}}  {value}  ({row['source']})")
    file = str(settings.file) if settings.file is not None else None
    return output.end(Exit.DONE, {"file": file, "settings": rows})


def _rows(settings: Settings) -> list[dict[str, Any]]:
    rows = [
        {"name": name, "value": value.shown(), "source": value.source, "variable": value.setting.variable or None}
        for name, value in settings.values.items()
    ]
    # Where nobody names them, these two follow from the environment.
    try:
        follows = {"server.base_url": settings.endpoint.base_url, "ledger.place": settings.ledger_place}
    except ConfigurationError:
        follows = {}
    for row in rows:
        if row["value"] is None:
            row["value"] = follows.get(str(row["name"]))
    profiles = list(settings.profile_names)
    source = f"{settings.file} [profiles]" if profiles else "default"
    return [*rows, {"name": "profiles", "value": profiles or None, "source": source, "variable": None}]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = ", ".join(value) if isinstance(value, list) else str(value)
    # A profile may have any name.
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


@command.command("check")
@json_option
@body_of("config check")
@with_loading()
def check(output: Output, load: Load) -> int:
    """Check that the configuration will do, part by part, whatever is wrong with the others.

    Settings, profiles, ledger and evidence, server with credentials, clock and schema, keys and notices. Nothing is
    made, and nothing is filed. Exit status 0 if nothing failed, 1 if something did, 4 if the server cannot be reached.
    """
    found: list[Check] = []
    for one in look(load):
        output.data(str(one))
        found.append(one)
    return output.end(_status(found), {"checks": [one.as_dict() for one in found]})


def _status(found: list[Check]) -> Exit:
    if any(one.unreachable for one in found):
        return Exit.UNREACHABLE
    return Exit.FINDINGS if any(one.result is Result.FAILED for one in found) else Exit.DONE
