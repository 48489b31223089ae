"""What the documentation added after the schema of 2025-06 is valid by our schema, in its place only."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from cybertip.schema.structure import Structure
from tests.contract.documents import Generator
from tests.contract.judging import SEED, Judge
from tests.contract.rendering import Style, render
from tests.contract.xsd_comparison import ADDITIONS

REPORT = """<report>
  <incidentSummary>
    <incidentType>Child Sex Trafficking</incidentType>{annotations}
    <incidentDateTime>2026-09-30T12:00:00Z</incidentDateTime>
  </incidentSummary>
  <reporter><reportingPerson><email>reports@example.com</email></reportingPerson></reporter>
  <personOrUserReported>
    <personOrUserReportedPerson>{person}</personOrUserReportedPerson>
    <associatedAccount type="Other">{account}</associatedAccount>
  </personOrUserReported>
</report>"""
FLAGS = sorted(name for owner, name in ADDITIONS if owner == "reportAnnotations")
NEIGHBOURS = {
    "person": [
        "<firstName>A</firstName>",
        "<phone>1</phone>",
        "<age>30</age>",
        "<dateOfBirth>1990-01-01</dateOfBirth>",
    ],
    "account": [
        '<platform thirdPartyUser="true">[service]</platform>',
        "<lastName>B</lastName>",
        "<approximateAge>30</approximateAge>",
        "<dateOfBirth>1990-01-01</dateOfBirth>",
        "<phone>1</phone>",
    ],
}


def report(**parts: str) -> bytes:
    return REPORT.format(**{"annotations": "", "person": "", "account": "", **parts}).encode()


@pytest.mark.parametrize("flag", FLAGS)
def test_an_added_flag_may_stand_anywhere_among_the_flags(ours: Judge, flag: str) -> None:
    """An added report annotation is a presence flag like the others: any position, once, empty or true."""
    others = ["<sextortion/>", "<spam/>", "<csamSolicitation>true</csamSolicitation>"]

    def accepts(*flags: str) -> bool:
        return ours.accepts(report(annotations=f"<reportAnnotations>{''.join(flags)}</reportAnnotations>"))

    for place in range(len(others) + 1):
        assert accepts(*others[:place], f"<{flag}/>", *others[place:]), ours.reason
    assert accepts(f"<{flag}>true</{flag}>"), ours.reason
    assert not accepts(f"<{flag}/>", f"<{flag}/>")
    assert not accepts(f"<{flag}>false</{flag}>")
    assert not accepts(f"<{flag}>0</{flag}>")
    assert not accepts(f'<{flag} verified="true"/>')


@pytest.mark.parametrize(("part", "before"), [("person", "<age>"), ("account", "<approximateAge>")])
def test_the_age_discrepancy_stands_right_after_the_age(ours: Judge, part: str, before: str) -> None:
    """It is valid in that one place, with and without its neighbours, and at most once."""
    neighbours = NEIGHBOURS[part]
    added = "<ageAssertionDiscrepancy>true</ageAssertionDiscrepancy>"
    right = 1 + next(place for place, element in enumerate(neighbours) if element.startswith(before))
    for place in range(len(neighbours) + 1):
        content = "".join([*neighbours[:place], added, *neighbours[place:]])
        assert ours.accepts(report(**{part: content})) == (place == right), content
    assert ours.accepts(report(**{part: added})), ours.reason
    assert not ours.accepts(report(**{part: added + added}))


@pytest.mark.parametrize("part", ["person", "account"])
@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("true", True),
        ("false", True),
        ("1", True),
        (" 0 ", True),
        ("", False),
        ("yes", False),
        ("TRUE", False),
    ],
)
def test_the_age_discrepancy_is_a_boolean(ours: Judge, part: str, text: str, valid: bool) -> None:
    """It takes what any boolean takes, false included."""
    content = f"<ageAssertionDiscrepancy>{text}</ageAssertionDiscrepancy>"
    assert ours.accepts(report(**{part: content})) == valid


def test_additions_are_what_makes_the_difference(ours: Judge, official: Path) -> None:
    """NCMEC's schema of 2025-06 refuses a document because of an addition, and for nothing else."""
    theirs = Judge(official)
    assert theirs.accepts(report(annotations="<reportAnnotations><spam/></reportAnnotations>"))
    for flag in FLAGS:
        document = report(annotations=f"<reportAnnotations><{flag}/></reportAnnotations>")
        assert (ours.accepts(document), theirs.accepts(document)) == (True, False)
    for part in NEIGHBOURS:
        document = report(**{part: "<ageAssertionDiscrepancy>1</ageAssertionDiscrepancy>"})
        assert (ours.accepts(document), theirs.accepts(document)) == (True, False)


def test_generated_documents_with_additions_are_valid(ours: Judge, structure: Structure) -> None:
    """Every addition appears in generated documents, wherever its type is used, and they are valid."""
    rng = Random(SEED)
    make = Generator(structure, rng)
    seen: set[str] = set()
    for _ in range(1000):
        document = make.document("report")
        names = {node.name for node in document.walk()} & {name for _, name in ADDITIONS}
        seen |= names
        if names:
            data = render(document, Style.random(rng), rng)
            assert ours.accepts(data), (SEED, ours.reason, data)
    assert seen == {name for _, name in ADDITIONS}
