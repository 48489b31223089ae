"""P507: what a profile lacks before production."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cybertip import sample
from cybertip.findings import Severity
from cybertip.gaps import MARKER, profile_gaps
from cybertip.profile import make_profile
from cybertip.rules import RULES

HOST = "photos.internal"
"""Reserved for private networks, so nobody's, and no placeholder either."""
COMPLETE: dict[str, Any] = {
    "reporting_person": {"emails": [{"address": f"reports@{HOST}", "type": "Work"}]},
    "contact_person": {"emails": [{"address": f"police@{HOST}"}]},
    "company_template": "Legal process is served as the page tells. Data are kept for 90 days.",
    "legal_url": f"https://{HOST}/legal",
    "service": "Photos",
}


def gaps(at: str = "", **changes: Any) -> list[str]:
    """The paths of all gaps of the complete profile with some fields changed; None leaves one out."""
    content = {name: value for name, value in {**COMPLETE, **changes}.items() if value is not None}
    findings = profile_gaps(make_profile(content), at)
    assert all((item.code, item.severity) == ("P507", Severity.ERROR) for item in findings)
    assert all(item.message and item.cure for item in findings)
    return [item.path for item in findings]


def test_a_complete_profile_has_no_gap() -> None:
    """A profile with real values and the five mandatory parts is ready."""
    assert gaps() == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reporting_person": {}}, "/reporting_person/emails"),
        ({"reporting_person": {"emails": [{"address": " "}]}}, "/reporting_person/emails"),
        ({"reporting_person": {"phones": [{"number": "1"}]}}, "/reporting_person/emails"),
        ({"contact_person": None}, "/contact_person"),
        ({"contact_person": {"first_name": "Robin"}}, "/contact_person"),
        ({"contact_person": {"emails": [{"address": ""}], "phones": [{"number": "\t"}]}}, "/contact_person"),
        ({"company_template": None}, "/company_template"),
        ({"company_template": " \n"}, "/company_template"),
        ({"legal_url": None}, "/legal_url"),
        ({"legal_url": " "}, "/legal_url"),
        ({"service": None}, "/service"),
        ({"service": "", "services": ["Chat"]}, "/service"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], path: str) -> None:
    """Each mandatory part that is absent or blank is one gap."""
    assert gaps(**changes) == [path]


def test_a_telephone_number_is_enough_for_the_contact_person() -> None:
    """The contact person needs an e-mail address or a number, not both."""
    phones = [{"number": "30 555-0123", "country_calling_code": "+49"}]
    assert gaps(contact_person={"phones": phones}) == []


@pytest.mark.parametrize(
    "way",
    [f"Write to legal@{HOST}.", f"See https://{HOST}/legal.", f"See www.{HOST}.", "Fax: +49 (30) 555-0123."],
)
def test_a_company_template_can_stand_in_for_the_legal_url(way: str) -> None:
    """Without a URL the template must name an address or a number."""
    assert gaps(legal_url=None, company_template=f"Serve legal process. {way}") == []
    assert gaps(legal_url=None, company_template="Serve legal process. Data are kept for 90 days.") == ["/legal_url"]


def test_an_empty_profile_has_all_gaps_at_once() -> None:
    """Everything that is missing is told in one go."""
    nothing: dict[str, Any] = {
        "reporting_person": {},
        "contact_person": None,
        "company_template": None,
        "legal_url": None,
    }
    assert gaps(**nothing, service=None) == [
        "/reporting_person/emails",
        "/contact_person",
        "/company_template",
        "/legal_url",
        "/service",
    ]


PLACEHOLDERS = [
    f"{MARKER} the company",
    f"Call us.\n  {MARKER} whom",
    "reports@example.com",
    "reports@EXAMPLE.ORG",
    "https://www.example.net/legal",
    "https://example.com:8443",
    "Write to legal@mail.example.com.",
    "legal@provider.example",
    "legal@provider.test",
    "legal@provider.invalid",
    "ldap://web.localhost/",
    "http://192.0.2.7/legal",
    "198.51.100.0/24",
    "See (203.0.113.255).",
    "2001:db8::/32",
    "http://[2001:DB8:0:1::5]/legal",
    "::ffff:192.0.2.1",
    "3fff:fff::1",
    "555-0100",
    "5550199",
    "202-555-0143",
    "(202) 555-0143",
    "+1 202 555 0143",
    "+12025550143",
    "1.202.555.0143",
    "within 90 days, 555-0100",
]
REAL = [
    "Replace: nothing",
    f"legal@{HOST}",
    "legal@myexample.com",
    "legal@counter-example.com",
    "legal@example.community",
    "legal@example.com.internal",
    "for example. Test it",
    "test@internal",
    "invalid",
    "8.8.8.8",
    "10.192.0.2.1",
    "1192.0.2.1",
    "192.0.2.1.5",
    "192.0.0.0/16",
    "192.0.2.0/23",
    "2001:db80::1",
    "2001:db8::/31",
    "from 12:30 to 14:00",
    "555-0200",
    "555-01000",
    "2555-0100",
    "+49 30 555-0123",
    "+49 (30) 555-0123",
    "+49305550123",
    "030 555-0123",
    "0305550123",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_recognised_wherever_it_stands(text: str) -> None:
    """Marks, reserved domains, addresses and numbers are found in any text, and not quoted."""
    assert gaps(terms_of_service=text) == ["/terms_of_service"]
    assert gaps(services=["Photos", text]) == ["/services/1"]
    [finding] = profile_gaps(make_profile({**COMPLETE, "terms_of_service": text}))
    assert text not in str(finding)


@pytest.mark.parametrize("text", REAL)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    """Values that somebody may really have pass."""
    assert gaps(terms_of_service=text) == []


@pytest.mark.parametrize(("code", "found"), [(None, True), ("+1", True), ("+49", False)])
def test_a_number_abroad_is_not_an_american_one(code: str | None, found: bool) -> None:
    """555-01xx is reserved in North America only; the calling code may stand apart."""
    phone = {"number": "555-0123", **({"country_calling_code": code} if code else {})}
    assert gaps(contact_person={"phones": [phone]}) == (["/contact_person/phones/0/number"] if found else [])


def test_a_mark_counts_in_a_number_abroad() -> None:
    """A number is a placeholder by its mark, whatever the country."""
    phone = {"number": f"{MARKER} number", "country_calling_code": "+49"}
    assert gaps(contact_person={"phones": [phone]}) == ["/contact_person/phones/0/number"]


@pytest.mark.parametrize(
    ("network", "found"),
    [
        ("198.51.100.0/24", True),
        ("203.0.113.128/25", True),
        ("2001:db8:1::/48", True),
        ("8.8.4.0/24", False),
        ("0.0.0.0/0", False),
    ],
)
def test_own_networks_for_documentation_are_placeholders(network: str, found: bool) -> None:
    """A network is one if all of it is reserved for documentation."""
    assert gaps(own_networks=["10.0.0.0/8", network]) == (["/own_networks/1"] if found else [])


MAIL = {"address": f"reports@{HOST}"}
REFUSED = [
    ({"legal_url": "not a url"}, "/legal_url", "S205"),
    ({"legal_url": f"www.{HOST}/legal"}, "/legal_url", "S205"),
    (
        {"reporting_person": {"emails": [MAIL, {"address": "not an address"}]}},
        "/reporting_person/emails/1/address",
        "S113",
    ),
    ({"contact_person": {"emails": [{"address": "not an address"}]}}, "/contact_person/emails/0/address", "S113"),
    ({"reporting_person": {"emails": [MAIL], "last_name": "x" * 101}}, "/reporting_person/last_name", "S117"),
    (
        {"reporting_person": {"emails": [{**MAIL, "verified": True, "verification_date": "2026-03-03T00:00:00Z"}]}},
        "/reporting_person/emails/0/verification_date",
        "S112",
    ),
    ({"service": "x" * 101}, "/service", "S211"),
    ({"service": "\U0001f600" * 51}, "/service", "S211"),
    ({"services": ["Chat", "x" * 101]}, "/services/1", "S211"),
]
"""What the server would refuse in every report, where it stands, and by which rule."""


@pytest.mark.parametrize(("changes", "path", "code"), REFUSED)
def test_what_every_report_would_be_refused_for_is_a_gap(changes: dict[str, Any], path: str, code: str) -> None:
    """A profile is not ready while the documented rules refuse what reports say of it; the cure names the rule."""
    findings = profile_gaps(make_profile({**COMPLETE, **changes}), now=datetime(2026, 3, 2, tzinfo=UTC))
    assert [item.path for item in findings] == [path]
    assert f"cybertip rules {code}" in findings[0].cure
    assert findings[0].code == "P507"
    assert not any(text in str(findings[0]) for text in ("not a url", "not an address", "xxx", HOST))


def test_what_is_just_accepted_is_no_gap() -> None:
    """Limits are those of the rules, in UTF-16 code units; what is past by now is past."""
    person = {"emails": [{**MAIL, "verified": True, "verification_date": "2026-03-03T00:00:00Z"}]}
    fitting = {"reporting_person": person, "service": "\U0001f600" * 50, "services": ["x" * 100, "Chat", "Album"]}
    assert profile_gaps(make_profile({**COMPLETE, **fitting}), now=datetime(2026, 3, 4, tzinfo=UTC)) == []


def test_a_value_has_one_gap() -> None:
    """A placeholder that would be refused, too, is told of once, and so is what is missing."""
    assert gaps(legal_url=f"{MARKER} a page") == ["/legal_url"]
    assert gaps(reporting_person={"emails": [{"address": f"{MARKER} a mailbox"}]}) == [
        "/reporting_person/emails/0/address"
    ]
    assert gaps(legal_url=" ", service="x" * 101) == ["/legal_url", "/service"]


def test_paths_go_below_the_given_place() -> None:
    """Paths are relative to the profile unless the caller says where it stands; two marks in a value are one gap."""
    person = {"emails": [{"address": f"{MARKER} reports@example.com"}]}
    assert gaps(reporting_person=person) == ["/reporting_person/emails/0/address"]
    assert gaps("/profiles/second", reporting_person=person, service=None) == [
        "/profiles/second/service",
        "/profiles/second/reporting_person/emails/0/address",
    ]


def test_the_made_up_reporter_never_passes() -> None:
    """What demonstrations use is refused for production."""
    paths = [finding.path for finding in profile_gaps(sample.profile())]
    assert "/reporting_person/emails/0/address" in paths
    assert "/legal_url" in paths


def test_the_rule_is_described_as_one_that_is_checked() -> None:
    """`cybertip rules P507` tells when it is checked, and does not put it off to a later version."""
    assert "production" in RULES["P507"].checked
    assert "not yet" not in RULES["P507"].checked
