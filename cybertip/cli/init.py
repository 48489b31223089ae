"""``cybertip init``"""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import click

from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.config import CONFIG_FILE
from cybertip.config.template import settings_template
from cybertip.errors import ConfigurationError
from cybertip.gaps import profile_gaps
from cybertip.profile import make_profile

_PROFILE = """\
# Who files reports at NCMEC, by which policy, and how: first the profiles, then the settings. What counts is the first
# of these that names a setting: flag, environment variable, this file, default. `cybertip config show` tells all of
# them, `cybertip config check` whether they will do.
#
# Every table [profiles.NAME] is one profile: one for each brand or credential. A review record names its profile;
# without one it means "default".
#
# Replace what says REPLACE: and whatever has example.com or 555-01 in it: `cybertip profile check` lists what is left
# of it, and production is refused until nothing is (P507). Lines that begin with # and no space are optional: take the
# # away to use them.
#
# Secrets never stand here, only where they are: a file, a program, or an environment variable such as CYBERTIP_PASSWORD
# or CYBERTIP_PASSWORD_FILE. They are read each time anew, so they can be changed while everything runs.

[profiles.default]
# The standing text of every report: how to serve legal process, how long data are kept, whom to call in an emergency.
company_template = "REPLACE: how to serve legal process, how long data are kept, the emergency telephone"
# The page that tells how to serve legal process: a URL.
legal_url = "https://www.example.com/legal-process"
# The product that accounts belong to where a record does not say; at most 100 characters.
service = "REPLACE: the name of the service"
# Further products, by name; at most 100 characters each.
#services = ["REPLACE: another service", "REPLACE: yet another"]
# The terms that were broken, as text.
#terms_of_service = "REPLACE: what the terms of service forbid"
# Your own networks in CIDR notation: an address in one of them locates nobody (Q606).
#own_networks = ["198.51.100.0/24", "2001:db8::/32"]
# What you have agreed with NCMEC; without "hash sharing" a classified file is remarked on (Q618).
#agreements = ["hash sharing"]

# The person or role that files.
[profiles.default.reporting_person]
# E-mail addresses; at least one, best the mailbox of a team. Types: Home, Work, Business, Recovery.
emails = [{ address = "reports@example.com", type = "Work" }]
# Given name, or the team; at most 100 characters.
#first_name = "REPLACE: Trust and Safety"
# Family name, or the company; at most 100 characters.
#last_name = "REPLACE: the company"
# Telephone numbers. Types: Mobile, Home, Business, Work, Fax, Internet, Recovery.
#phones = [{ number = "202-555-0100", country_calling_code = "+1", extension = "1", type = "Work" }]
# Postal addresses; outside the United States with non_usa_state for state. Types: Home, Business, Technical and others.
#addresses = [{ address = "REPLACE: street", city = "REPLACE: town", zip_code = "20001", state = "DC", country = "US" }]

# Whom law enforcement should ask, months later, too.
[profiles.default.contact_person]
# E-mail addresses, as above; an e-mail address or a telephone number is needed.
emails = [{ address = "law-enforcement@example.com", type = "Work" }]
# Telephone numbers, as above.
phones = [{ number = "202-555-0101", country_calling_code = "+1", type = "Work" }]
# Given name, or the team; at most 100 characters.
#first_name = "REPLACE: Law Enforcement Response"
# Family name, or the company; at most 100 characters.
#last_name = "REPLACE: the company"
# Postal addresses, as above.
#addresses = [{ address = "REPLACE: street", city = "REPLACE: town", zip_code = "20001", state = "DC", country = "US" }]

# What must be so before a report leaves. The values that stand here are the defaults.
[profiles.default.policy]
# How many different people must have confirmed a decision, 1 to 5; 2 for four eyes (P502).
#reviewers = 1

# The numbers that advice compares with; none stops a filing. The values that stand here are the defaults.
[profiles.default.thresholds]
# How far ahead a time may be and still pass as past, in seconds, at most 3600.
#clock_skew = 120
# A reason for escalation that is shorter is hardly a concrete one, in UTF-16 code units, at most 3000 (Q614).
#escalation_length = 40
# A reason that this many earlier filings had word for word is boilerplate (Q614).
#escalation_repeats = 5
# How far an incident may be from the nearest upload, in days (Q609).
#incident_distance = 30
# How long after its confirmation a report may be filed, in hours (Q626).
#filing_age = 24
# How fast files can be sent, in bytes per second (Q627).
#upload_rate = 1000000

# --- Settings. Files are named as seen from the folder of this file.

"""
TEMPLATE = _PROFILE + settings_template()
"""A file that loads at once, and that production refuses. Optional lines begin with ``#`` and no space."""


@click.command("init")
@click.option(
    "--out",
    default=CONFIG_FILE,
    show_default=True,
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Which file to write; - prints it.",
)
@json_option
@body_of("init")
def command(output: Output, out: str) -> int:
    """Write a commented cybertip.toml to fill in.

    It has one reporter profile of placeholders and every setting, all explained. It works at once with the mock and
    the test server; production is refused until the placeholders are replaced. A file that is there already is never
    overwritten.
    """
    profile = make_profile(tomllib.loads(TEMPLATE)["profiles"]["default"])
    left = [finding.as_dict() for finding in profile_gaps(profile, "/profiles/default")]
    if out == "-":
        output.raw(TEMPLATE.encode())
        return output.end(Exit.DONE, {"file": None, "content": TEMPLATE, "findings": left})
    _write(Path(out))
    output.data(out)
    output.say(f"Replace its {len(left)} placeholders; `cybertip profile check` lists what is left of them.")
    return output.end(Exit.DONE, {"file": out, "content": TEMPLATE, "findings": left})


def _write(path: Path) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(TEMPLATE)
                file.flush()
            except OSError:
                # Half a file would stand in the way of the next try.
                with contextlib.suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError:
        cure = "Name another file with --out FILE, or print it with --out -."
        raise ConfigurationError(f"{path} is there already and stays as it is. {cure}") from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no name of a file"
        raise ConfigurationError(f"cannot write {path}: {reason}") from None
