"""``cybertip rules``"""

from __future__ import annotations

import difflib
from typing import Any

import click

from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.rules import RULES, Rule


@click.command("rules")
@click.argument("names", nargs=-1, metavar="[CODE|FAMILY]...")
@json_option
@body_of("rules")
def command(output: Output, names: tuple[str, ...]) -> int:
    """List the rules that documents are checked by, or explain some of them.

    Families: X reading and schema, S documented, B batched reports, P the provider's policy, Q quality.
    """
    wanted = [_found(name.upper()) for name in names] or [list(RULES.values())]
    rules = sorted({rule.code: rule for group in wanted for rule in group}.values(), key=_order)
    explained = bool(names) and all(name.upper() in RULES for name in names)
    for rule in rules:
        if explained:
            _explain(output, rule)
        else:
            output.data(f"{rule.code}  {rule.severity:<7}  {rule.title}")
    return output.end(Exit.DONE, {"rules": [_data(rule) for rule in rules]})


def _order(rule: Rule) -> tuple[int, str]:
    return "XSBPQR".index(rule.family), rule.code


def _found(name: str) -> list[Rule]:
    if name in RULES:
        return [RULES[name]]
    family = [rule for rule in RULES.values() if rule.family == name]
    if not family:
        near = difflib.get_close_matches(name, RULES, 3)
        if name.isdigit():
            words = "is a response code of the server, and no rule: what it said is in the filing's history"
            raise click.UsageError(f"{name} {words} (cybertip ledger export FILING --out FOLDER, in answers/)")
        hint = f"; did you mean {', '.join(near)}?" if near else "; `cybertip rules` lists them all"
        raise click.UsageError(f"{name}: no such code or family{hint}")
    return family


def _explain(output: Output, rule: Rule) -> None:
    output.data(f"{rule.code} ({rule.severity}): {rule.title}")
    output.data("")
    output.data(f"  Why      {rule.reason}")
    output.data(f"  Cure     {rule.cure}")
    if rule.wrong:
        output.data(f"  Wrong    {rule.wrong}")
    if rule.right:
        output.data(f"  Right    {rule.right}")
    output.data(f"  Checked  {rule.checked}")
    output.data(f"  Source   {rule.source}")
    output.data("")


def _data(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": str(rule.severity),
        "title": rule.title,
        "reason": rule.reason,
        "cure": rule.cure,
        "wrong": rule.wrong,
        "right": rule.right,
        "checked": rule.checked,
        "source": rule.source,
    }
