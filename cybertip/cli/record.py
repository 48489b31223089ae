"""``cybertip record new|schema``"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.errors import ConfigurationError
from cybertip.record_schema import record_schema
from cybertip.template import commented, template


@click.group("record")
def command() -> None:
    """Print a review record to fill in, or the JSON Schema of the format."""


@command.command("new")
@click.option("--out", type=click.Path(dir_okay=False), help="Write it to this new file.  [default: standard output]")
@click.option("--plain", is_flag=True, help="Every field, but JSON without comments.")
@click.option("--minimal", is_flag=True, help="Only what a filing needs, as JSON without comments.")
@json_option
@body_of("record new")
def new(output: Output, out: str | None, plain: bool, minimal: bool) -> int:
    """Print a review record with every field, each with a comment that explains it.

    JSON has no comments, so this form is for people (.jsonc); --plain and --minimal print JSON, which is what validate
    and build read. What must be replaced says so: REPLACE OR DELETE, a moment in 9999, a digest of zeros. Until the
    first two are gone, validate names the places, and nothing is built. An existing file is not overwritten.
    """
    made = template(minimal=minimal)
    is_json = plain or minimal
    text = json.dumps(made.record, indent=2) + "\n" if is_json else commented(made)
    result: dict[str, Any] = {"record": made.record, "file": out}
    if not is_json and out is not None and out.lower().endswith(".json"):
        raise click.UsageError("with comments it is no JSON: add --plain or --minimal, or name it .jsonc")
    if out is None:
        output.raw(text.encode())
    else:
        _write(Path(out), text)
        output.say(
            f"{out} is a record to fill in; check it with: cybertip validate {out}"
            if is_json
            else f"{out} explains every field."
        )
    if not minimal:
        result["comments"] = made.comments
    return output.end(Exit.DONE, result)


@command.command("schema")
@json_option
@body_of("record schema")
def schema(output: Output) -> int:
    """Print the JSON Schema (2020-12) of review records, format cybertip.review/1."""
    made = record_schema()
    output.raw((json.dumps(made, indent=2) + "\n").encode())
    return output.end(Exit.DONE, {"schema": made})


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigurationError(f"{path} exists; name a new file") from None
    except OSError as problem:
        raise ConfigurationError(f"cannot write {path}: {problem.strerror}") from None
