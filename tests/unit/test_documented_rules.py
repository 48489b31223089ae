"""The documented rules: each refuses what it must, at its place, and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cybertip.findings import Severity
from cybertip.rules import RULES, Case, check
from cybertip.schema import Schema
from tests.unit.rule_cases import NOW, case, report, summary
from tests.unit.rule_pairs import PAIRS, SKEW, Pair

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contract" / "rules.md"


def refusals(of: Case) -> list[tuple[str, str]]:
    """Codes and paths of what the server would refuse."""
    return [(item.code, item.path) for item in check(of).findings.errors]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.code} {pair.path.rpartition('/')[2]}")
def test_a_broken_document_breaks_this_rule_alone(pair: Pair) -> None:
    """The broken case yields exactly this code at this path, the repaired one nothing."""
    assert refusals(pair.broken) == [(pair.code, pair.path)]
    assert refusals(pair.repaired) == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.code} {pair.path.rpartition('/')[2]}")
def test_the_schema_accepts_what_only_the_rule_refuses(pair: Pair) -> None:
    """Both cases are valid by the schema."""
    for of in (pair.broken, pair.repaired):
        for document in [*([of.report] if of.report else []), *of.files]:
            assert not Schema.bundled().validate_model(document)


def test_every_documented_rule_has_a_pair() -> None:
    """A rule of the families S and B without a pair fails here; S119 has none, since models hold aware times only."""
    wanted = {code for code, rule in RULES.items() if rule.family in "SB"} - {"S119"}
    assert {pair.code for pair in PAIRS} == wanted


def test_the_codes_are_those_of_the_contract() -> None:
    """The registry knows exactly the codes of the contract, each with its severity, and our own of repairs (R)."""
    path = Path(os.environ.get("CYBERTIP_CONTRACT", CONTRACT))
    if not path.exists():
        pytest.skip(f"the contract's rules are not at {path}")
    text = path.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([SBPQ]\d{3}) \|(?: (warning|info) \|)?", text, re.MULTILINE)
    assert {code: severity or "error" for code, severity in rows} == {
        code: str(rule.severity) for code, rule in RULES.items() if rule.family not in "XR"
    }
    assert set(re.findall(r"`(X\d{3})`", text)) == {code for code in RULES if code[0] == "X"}


def test_a_time_a_little_ahead_delays_the_filing() -> None:
    """A time within what clocks may differ is no error, and tells the moment to wait for."""
    ahead = case(report(incident_summary=summary(incident_date_time=NOW + SKEW)))
    assert check(ahead).not_before == NOW + SKEW
    assert check(case(report(incident_summary=summary(incident_date_time=NOW)))).not_before == NOW
    assert check(case(report())).not_before is None


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.family in "SBQ"])
def test_every_rule_explains_itself(code: str) -> None:
    """Title, reason, cure and section are never empty; titles have no full stop."""
    rule = RULES[code]
    assert all((rule.title, rule.reason, rule.cure, rule.section))
    assert not rule.title.endswith(".")
    assert (rule.severity is Severity.ERROR) == (rule.family != "Q")
