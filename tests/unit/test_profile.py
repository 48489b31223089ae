"""The reporter profile: what it holds, and how wrong keys are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from cybertip.config import load_settings
from cybertip.errors import ConfigurationError
from cybertip.findings import RecordError
from cybertip.models import Person
from cybertip.profile import Policy, ReporterProfile, Thresholds, make_profile

WHO: dict[str, Any] = {"reporting_person": {}}
PERSONAL = "personal-5512"


def refused(content: Any) -> list[tuple[str, str, str, str]]:
    """Code, pointer, words and cure of everything that is wrong."""
    with pytest.raises(RecordError) as caught:
        make_profile(content)
    assert PERSONAL not in str(caught.value)
    return [(item.code, item.path, item.message, item.cure) for item in caught.value.findings]


def test_a_profile_without_the_newer_fields_has_their_defaults() -> None:
    """What was written before there were a policy and several services loads as it did."""
    profile = make_profile({**WHO, "service": "Example Photos", "thresholds": {"filing_age": 1}})
    assert profile.policy == Policy() == Policy(reviewers=1)
    assert profile.services == ()
    assert profile.service_names == ("Example Photos",)
    assert profile.thresholds == Thresholds(filing_age=1)


@pytest.mark.parametrize(
    ("service", "services", "names"),
    [
        (None, [], ()),
        (None, ["Example Chat"], ("Example Chat",)),
        ("Example Photos", ["Example Chat", "Example Photos"], ("Example Photos", "Example Chat")),
    ],
)
def test_the_names_of_all_services(service: str | None, services: list[str], names: tuple[str, ...]) -> None:
    """The default service comes first, and each stands once."""
    profile = ReporterProfile(reporting_person=Person(), service=service, services=services)
    assert profile.service_names == names
    assert profile.service == service


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_policy_says_how_many_reviewers_are_needed(count: int) -> None:
    """One to five people can be asked for."""
    assert make_profile({**WHO, "policy": {"reviewers": count}}).policy.reviewers == count


@pytest.mark.parametrize("wrong", [0, 6, -1, True, "2", 2.0, 1.5, None])
def test_any_other_number_of_reviewers_is_refused(wrong: object) -> None:
    """Nothing but a whole number from 1 to 5 counts, and the finding names the place."""
    [(code, path, _, _)] = refused({**WHO, "policy": {"reviewers": wrong}})
    assert (code, path) == ("X002", "/policy/reviewers")


@pytest.mark.parametrize(
    ("content", "path", "cure"),
    [
        ({"contact": PERSONAL}, "/contact", "Did you mean 'contact_person'?"),
        ({"legal-url": PERSONAL}, "/legal-url", "Did you mean 'legal_url'?"),
        ({"SERVICE": PERSONAL}, "/SERVICE", "Did you mean 'service'?"),
        ({"policy": {"reviewer": 2}}, "/policy/reviewer", "Did you mean 'reviewers'?"),
        ({"thresholds": {"filing_hours": 2}}, "/thresholds/filing_hours", "Did you mean 'filing_age'?"),
        ({"contact_person": {"mails": []}}, "/contact_person/mails", "Did you mean 'emails'?"),
        (
            {"contact_person": {"phones": [{"number": "555-0100"}, {"number": "555-0101", "extention": "1"}]}},
            "/contact_person/phones/1/extention",
            "Did you mean 'extension'?",
        ),
        ({"policy": {"xyz": PERSONAL}}, "/policy/xyz", "Remove it; known are: reviewers."),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(content: dict[str, Any], path: str, cure: str) -> None:
    """A finding names the key and, as cure, the nearest known name at that very place, or all of them."""
    name = path.rpartition("/")[2]
    assert refused({**WHO, **content}) == [("X002", path, f"there is no key '{name}'", cure)]


@pytest.mark.parametrize("name", ["username", "password", "password_file"])
def test_a_secret_is_sent_to_the_environment(name: str) -> None:
    """Who looks for credentials here is told the variable, and the secret is not quoted."""
    [(_, path, _, cure)] = refused({**WHO, name: PERSONAL})
    assert path == f"/{name}"
    assert f"CYBERTIP_{name.upper()}" in cure


def test_other_mistakes_keep_their_words() -> None:
    """Findings other than unknown keys stand beside them unchanged."""
    found = refused({"own_networks": [PERSONAL], "servise": PERSONAL})
    assert [(path, message) for _, path, message, _ in found] == [
        ("/reporting_person", "the field is missing"),
        ("/own_networks/0", "the value must be a network such as 198.51.100.0/24 or 2001:db8::/32"),
        ("/servise", "there is no key 'servise'"),
    ]


def test_the_file_names_every_wrong_key_with_its_cure(tmp_path: Path) -> None:
    """Loading tells all mistakes at once, up to five, and how many are left."""
    path = tmp_path / "own.toml"
    path.write_text(
        f'[profiles.default]\nservise = "{PERSONAL}"\n[profiles.default.reporting_person]\nmails = []\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_settings(path=path).profile("default")
    assert str(caught.value).splitlines() == [
        f"{path}, [profiles.default]/reporting_person/mails: there is no key 'mails'. Did you mean 'emails'?",
        f"{path}, [profiles.default]/servise: there is no key 'servise'. Did you mean 'service'?",
    ]
    keys = "".join(f"x{number} = 1\n" for number in range(7))
    path.write_text(f"[profiles.default]\n{keys}[profiles.default.reporting_person]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="… and 2 more") as caught:
        load_settings(path=path).profile("default")
    assert len(str(caught.value).splitlines()) == 6


def described(model: type[BaseModel]) -> Iterator[tuple[str, str | None]]:
    for name, field in model.model_fields.items():
        yield name, field.description


@pytest.mark.parametrize("model", [ReporterProfile, Policy, Thresholds])
def test_every_field_says_what_it_means(model: type[BaseModel]) -> None:
    """Each has its meaning and, unless it is mandatory, its default in words."""
    for name, words in described(model):
        assert words, name
        assert "Default" in words or "Mandatory" in words, name


def test_a_repr_shows_no_value() -> None:
    """The profile's repr shows which fields are set, not what is in them."""
    profile = make_profile({**WHO, "services": [PERSONAL], "service": PERSONAL, "policy": {"reviewers": 2}})
    assert PERSONAL not in repr(profile)
    assert "services" in repr(profile)
