"""``cybertip validate``"""

from __future__ import annotations

from pathlib import Path

import click

from cybertip.builder import build
from cybertip.cli._input import read_input
from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import CONFIG_FILE, load_profile
from cybertip.errors import ConfigurationError
from cybertip.findings import DocumentError, Finding, Findings
from cybertip.intake import read_record
from cybertip.models import Email, Person
from cybertip.profile import ReporterProfile
from cybertip.schema import Schema
from cybertip.xml import write

# Stands in where no profile is configured, so that a record's own part can still be checked.
_STAND_IN = ReporterProfile(reporting_person=Person(emails=[Email(address="reporter@example.com")]))


@click.command("validate")
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--config", type=click.Path(dir_okay=False), help=f"Where the profiles are.  [default: {CONFIG_FILE}]")
@json_option
@body_of("validate")
def command(output: Output, files: tuple[str, ...], config: str | None) -> int:
    """Check report, file details, answers or review records before anything leaves.

    XML documents are checked against the schema. A review record (JSON) is checked, built with its reporter profile,
    and what was built is checked. `-` reads standard input.
    """
    schema = Schema.bundled()
    results: list[dict[str, object]] = []
    status = Exit.DONE
    for name in files:
        try:
            findings = _check(read_input(name), schema, output, Path(config) if config else None)
        except ConfigurationError as problem:
            # The other files are still worth looking at.
            output.say(f"cybertip validate: {problem}")
            results.append({"file": name, "valid": None, "error": str(problem), "findings": []})
            status = Exit.USAGE
            continue
        _show(output, name, findings)
        listed = [finding.as_dict() for finding in findings]
        results.append({"file": name, "valid": not findings.errors, "error": None, "findings": listed})
        if findings.errors and status is Exit.DONE:
            status = Exit.FINDINGS
    return output.end(status, {"files": results})


def _show(output: Output, name: str, findings: Findings) -> None:
    count = len(findings.errors)
    verdict = f"{count} error{'s' if count > 1 else ''}" if count else "valid"
    output.data(f"{name}: {verdict}")
    for finding in findings:
        place = finding.path or "the whole record"
        line = f", line {finding.line}" if finding.line else ""
        output.data(f"  {finding.severity} {finding.code} at {place}{line}")
        output.data(f"    {finding.message}")
        if finding.cure:
            output.data(f"    {finding.cure}")


def _check(data: bytes, schema: Schema, output: Output, config: Path | None) -> Findings:
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            return Findings(_check_record(data, schema, output, config))
        schema.parse(data)
    except DocumentError as problem:
        return problem.findings
    return Findings()


def _check_record(data: bytes, schema: Schema, output: Output, config: Path | None) -> list[Finding]:
    record = read_record(data)
    profile = load_profile(record.profile, config)
    if profile is None:
        output.say(f"There is no {CONFIG_FILE} here: a made-up reporter stands in for the profile.")
    package = build(record, profile or _STAND_IN)
    documents = [write(package.report), *(write(item.details(1, "0" * 32)) for item in package.files)]
    return [finding for document in documents for finding in schema.validate(document)]
