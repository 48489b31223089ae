"""Values of a known form, and where they come from."""

from __future__ import annotations

import ipaddress
import re

import pytest

from cybertip.models.places import Country, UsState
from cybertip.rules import RULES
from cybertip.rules._values import countries, is_email, units, unlocatable, url_problem, us_states
from cybertip.xml import write
from tests.unit.rule_pairs import PAIRS


def test_countries_are_the_schemas_less_what_is_none() -> None:
    """The library's list differs from the schema's only where the rule says so."""
    assert {str(code) for code in Country} - {"", "A1", "A2", "O1", "AP", "EU", "AN", "FX"} == countries()


def test_states_are_the_schemas_and_two_more() -> None:
    """AS and MP are states of a location, and the empty value is none."""
    assert ({str(code) for code in UsState} - {""}) | {"AS", "MP"} == us_states()


def test_lengths_count_utf16() -> None:
    """Characters beyond U+FFFF count twice."""
    assert (units("abc"), units("äöü"), units("\U0001f7e6")) == (3, 3, 2)


@pytest.mark.parametrize(
    "text",
    ["user@example.com", "päivi@example.com", "user@例え.example", '"a b"@example.com', "user@[192.0.2.1]",
     "a+b@sub.example.com", "user@xn--r8jz45g.example",
     "user@host.test", "user@host.invalid", "user@" + "b." * 120 + "example.com"],
)  # fmt: skip
def test_addresses_that_are_well_formed(text: str) -> None:
    """International, quoted and literal addresses are allowed."""
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    ["", "@", "user", "user@", "@example.com", "user@localhost", "user@example.com.", "a b@example.com", "a@b@c.com",
     "user@.example.com", "user@192.0.2.1", "user@example.123", "user@host\u3002example.com", "us..er@example.com",
     "user@" + "b." * 122 + "example.com", "user@exa_mple.com", "Name <user@example.com>", " user@example.com"],
)  # fmt: skip
def test_addresses_that_are_not(text: str) -> None:
    """What no mail system would take is refused."""
    assert not is_email(text)


@pytest.mark.parametrize(
    "text",
    ["http://example.com", "HTTP://EXAMPLE.COM/", "https://example.com./", "https://example.com:/", "ftp://example.com/",
     "https://example.com:0/", "https://例え.example/ä", "magnet:?xt=urn:x", "urn:isbn:0", "com.example.app://open",
     "https://user@example.com/", "https://[2001:db8::1]/", "https://192.0.2.1/"],
)  # fmt: skip
def test_urls(text: str) -> None:
    """Any scheme in any case, international names, ports, a dot at the end."""
    assert url_problem(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "example.com", "//example.com", "https:", "https://", "https:///x", "http:example.com", "https://:80/",
     "https://./", "https://example.com:port/", "https://example.com:65536/", "https://[::1",
     "https://[v1.x]/", "https://[192.0.2.1]/", "https://[2001:db8::1]x/",
     "https://[fe80::1%25x]/",
     "example.com:8080/x", "localhost:80", "https://example.com/a b", "https://example.com/\t", "https://example.com/\x7f",
     "https://example.com/\u00a0", "https://example.com/\u0085", "1http://example.com/"],
)  # fmt: skip
def test_texts_that_are_no_urls(text: str) -> None:
    """No scheme, no host, a wrong port, white space, control characters, zone ids."""
    assert url_problem(text) is not None


@pytest.mark.parametrize("text", ["8.8.4.4", "8.8.8.8", "::ffff:8.8.4.4"])
def test_public_addresses_may_belong_to_somebody(text: str) -> None:
    """An address of the public internet, IPv4-mapped or not."""
    assert unlocatable(ipaddress.ip_address(text)) is None


def timeless(text: str) -> str:
    """A text in which every moment looks the same."""
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text)


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.family in "SB" and rule.check])
def test_examples_are_what_the_rule_refuses_and_accepts(code: str) -> None:
    """What is shown as wrong stands in a document that the rule refuses; what is shown as right, in a repaired one."""
    rule = RULES[code]
    pairs = [pair for pair in PAIRS if pair.code == code]
    for example, cases in (
        (rule.wrong, [pair.broken for pair in pairs]),
        (rule.right, [pair.repaired for pair in pairs]),
    ):
        texts = [write(item).decode() for case in cases for item in (case.report, *case.files) if item is not None]
        assert any(timeless(example) in timeless(text) for text in texts), example
