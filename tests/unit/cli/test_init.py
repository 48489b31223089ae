"""The file that ``cybertip init`` writes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cybertip.cli.init import TEMPLATE
from cybertip.config import load_settings
from cybertip.gaps import profile_gaps
from cybertip.models import Address, ContactPerson, Email, Phone
from cybertip.profile import Policy, ReporterProfile, Thresholds, make_profile

LINES = TEMPLATE.partition("# --- Settings")[0].splitlines()
OPTIONAL = [number for number, line in enumerate(LINES) if re.match(r"#\w", line)]
PLACEHOLDERS = [
    "/reporting_person/emails/0/address",
    "/contact_person/phones/0/number",
    "/contact_person/emails/0/address",
    "/company_template",
    "/legal_url",
    "/service",
]


def used(*numbers: int) -> str:
    """The file with these optional lines put to use."""
    return "\n".join(line[1:] if number in numbers else line for number, line in enumerate(LINES)) + "\n"


def profile_of(content: str) -> ReporterProfile:
    return make_profile(tomllib.loads(content)["profiles"]["default"])


def table_of(number: int) -> str:
    """The table that a line stands in, without its beginning."""
    header = next(line for line in reversed(LINES[:number]) if line.startswith("["))
    return header.strip("[]").removeprefix("profiles.default").removeprefix(".")


def test_the_file_loads_at_once(tmp_path: Path) -> None:
    """It is a profile as it stands, with all defaults."""
    path = tmp_path / "cybertip.toml"
    path.write_text(TEMPLATE, encoding="utf-8")
    profile = load_settings(path=path).profile("default")
    assert profile is not None
    assert profile.policy == Policy()
    assert profile.thresholds == Thresholds()


def test_exactly_the_placeholders_are_gaps() -> None:
    """P507 names each placeholder and nothing else: no mandatory part is missing."""
    assert [finding.path for finding in profile_gaps(profile_of(TEMPLATE))] == PLACEHOLDERS


@pytest.mark.parametrize("number", OPTIONAL, ids=[f"{table_of(item)}:{LINES[item].split()[0]}" for item in OPTIONAL])
def test_every_optional_line_loads_once_it_is_used(number: int) -> None:
    """A line without its # changes the profile, and P507 names it if, and only if, it holds a placeholder."""
    name = LINES[number][1:].split()[0]
    default = profile_of(TEMPLATE)
    profile = profile_of(used(number))
    table = table_of(number)
    # The numbers stand there with their defaults.
    assert (profile == default) is (table in {"policy", "thresholds"})
    further = {finding.path for finding in profile_gaps(profile)} - set(PLACEHOLDERS)
    place = f"/{table}/{name}" if table else f"/{name}"
    assert all(path.startswith(place) for path in further)
    marked = re.search(r"REPLACE:|555-01|198\.51\.100\.", LINES[number]) is not None
    assert bool(further) is marked


def test_all_optional_lines_load_together() -> None:
    """No optional line contradicts another, and none is left out of P507."""
    profile = profile_of(used(*OPTIONAL))
    assert len(profile.service_names) == 3
    assert {finding.path for finding in profile_gaps(profile)} > set(PLACEHOLDERS)


def keys(content: Any, table: str) -> set[str]:
    for step in filter(None, table.split(".")):
        content = content[step]
    return set(content)


def test_every_field_stands_in_the_file() -> None:
    """Whatever a profile may hold is there: nobody has to look up a name."""
    content = tomllib.loads(used(*OPTIONAL))["profiles"]["default"]
    assert keys(content, "") == set(ReporterProfile.model_fields)
    assert keys(content, "policy") == set(Policy.model_fields)
    assert keys(content, "thresholds") == set(Thresholds.model_fields)
    for person in ("reporting_person", "contact_person"):
        assert keys(content, person) == set(ContactPerson.model_fields)
    verification = {"verified", "verification_date"}
    reporter = content["reporting_person"]
    assert set(reporter["emails"][0]) == set(Email.model_fields) - verification
    assert set(reporter["phones"][0]) == set(Phone.model_fields) - verification
    assert set(reporter["addresses"][0]) == set(Address.model_fields) - {"non_usa_state", "type"}


def test_every_setting_has_one_line_of_words() -> None:
    """Each setting and each table but the first stands below a comment line; no line is too long."""
    for number, line in enumerate(LINES):
        assert len(line) <= 120
        if re.match(r"#?\w+ = |\[", line) and line != "[profiles.default]":
            assert LINES[number - 1].startswith("# "), line


def test_the_file_says_where_secrets_belong() -> None:
    """Credentials are named as variables of the environment, and no key is for them."""
    for name in ("CYBERTIP_USERNAME", "CYBERTIP_PASSWORD", "CYBERTIP_PASSWORD_FILE"):
        assert re.search(rf"^# .*\b{name}\b", TEMPLATE, re.MULTILINE)
    assert not re.search(r"^#?(password|secret|key) =", TEMPLATE, re.MULTILINE)
