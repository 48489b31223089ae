"""``cybertip validate``"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from cybertip.cli import _formats
from cybertip.cli._checking import Checker, Selection, codes, expanded, is_basic
from cybertip.cli._formats import Checked
from cybertip.cli._options import json_option, with_profile_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._profiles import Profiles
from cybertip.config import Settings


class _Variadic(click.Command):
    """Lets ``--details`` take all names up to the next option, as FILE does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        taking = False
        for argument in args:
            if argument.startswith("-") and argument != "-":
                taking = argument == "--details" or argument.startswith("--details=")
                if argument != "--details":
                    spread.append(argument)
            else:
                spread += ["--details", argument] if taking else [argument]
        if "--details" in args and not any(item.startswith("--details") for item in spread):
            raise click.BadOptionUsage("--details", "Option '--details' needs at least one file.", ctx)
        return super().parse_args(ctx, spread)


def _codes(_: click.Context, parameter: click.Parameter, values: Sequence[str]) -> frozenset[str]:
    try:
        chosen: frozenset[str] = frozenset().union(*(codes(value) for value in values))
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None
    if parameter.name == "ignore" and (basic := sorted(filter(is_basic, chosen))):
        raise click.BadParameter(f"{', '.join(basic)} cannot be ignored: nothing else is checked while it stands")
    return chosen


@click.command("validate", cls=_Variadic)
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option(
    "--details",
    multiple=True,
    metavar="FILE...",
    help="The file details of the one report FILE, checked together with it.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), help="How to print.  [default: text]"
)
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Only these codes or families: S,B401.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="All but these codes or families.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option(
    "--show-values", is_flag=True, help="Print the values that findings are about. They may be personal data."
)
@click.option("--profile", help="The reporter profile for XML documents.  [default: default]")
@json_option
@body_of("validate")
@with_profile_settings()
def command(
    output: Output,
    files: tuple[str, ...],
    details: tuple[str, ...],
    form: str | None,
    select: frozenset[str],
    ignore: frozenset[str],
    strict: bool,
    show_values: bool,
    profile: str | None,
    settings: Settings,
) -> int:
    """Check report, file details, answers or review records before anything leaves.

    XML is checked against the schema, then by the documented rules (S, B) and for quality (Q). A review record (JSON)
    is built with its reporter profile first; .ndjson and .jsonl hold one on each line, reported as NAME:LINE.
    Directories are searched for files that end in any of these; `-` reads standard input, NDJSON as well. `cybertip
    rules CODE` explains a finding.

    Findings that keep a document from being read (X, P, S119) are always shown.
    """
    if output.as_json and form not in (None, "json"):
        raise click.UsageError("--json and --format say different things; give one of them")
    output.as_json = output.as_json or form == "json"
    if [*files, *details].count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once")
    profiles = Profiles(output, settings, profile)
    checker = Checker(profiles.named, profiles.for_xml, Selection(select, ignore), show_values)
    inputs = list(expanded(files))
    if details:
        report = inputs[0] if len(inputs) == 1 else None
        if not isinstance(report, str):
            raise click.UsageError("--details belongs to one report; give exactly one FILE before it")
        described = list(expanded(details))
        results = checker.check_together(report, [name for name in described if isinstance(name, str)])
        results += [item for item in described if isinstance(item, Checked)]
    else:
        results = [one for item in inputs for one in ([item] if isinstance(item, Checked) else checker.check(item))]
    _show(output, form or "text", results)
    return output.end(_status(results, strict=strict), {"files": [_data(item) for item in results]})


def _show(output: Output, form: str, results: Sequence[Checked]) -> None:
    if form == "sarif":
        output.data(json.dumps(_formats.sarif(results), indent=2))
        return
    for line in _formats.github(results) if form == "github" else _formats.text(results):
        output.data(line)
    for item in results:
        if item.error is not None:
            output.error(f"cybertip validate: {item.error}")


def _status(results: Sequence[Checked], *, strict: bool) -> Exit:
    if any(item.error is not None for item in results):
        return Exit.USAGE
    failed = any(item.findings.errors or (strict and item.findings.warnings) for item in results)
    return Exit.FINDINGS if failed else Exit.DONE


def _data(item: Checked) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [finding.as_dict() for finding in item.findings]
    for index, value in item.values.items():
        listed[index]["value"] = value
    valid = None if item.error is not None else not item.findings.errors
    return {"file": item.label, "valid": valid, "error": item.error, "findings": listed}
