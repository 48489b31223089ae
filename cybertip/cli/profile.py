"""``cybertip profile check``"""

from __future__ import annotations

import click

from cybertip.cli._options import json_option, with_profile_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import Settings
from cybertip.errors import ConfigurationError
from cybertip.gaps import profile_gaps


@click.group("profile")
def command() -> None:
    """Who files: the reporter profiles in cybertip.toml."""


@command.command("check")
@click.argument("name", default="default")
@json_option
@body_of("profile check")
@with_profile_settings()
def check(output: Output, name: str, settings: Settings) -> int:
    """List what the profile NAME still lacks before production (P507).

    Exit status 1 says that something is missing, still a placeholder, or such that the server would refuse it.
    """
    profile = settings.profile(name)
    if profile is None:
        raise ConfigurationError(f"{settings.no_profile()}; `cybertip init` writes one")
    findings = profile_gaps(profile, f"/profiles/{name.replace('~', '~0').replace('/', '~1')}")
    for finding in findings:
        output.data(str(finding))
    output.say(f"{len(findings)} to mend before production." if findings else "Ready for production.")
    status = Exit.FINDINGS if findings else Exit.DONE
    return output.end(status, {"profile": name, "findings": [finding.as_dict() for finding in findings]})
