"""Whatever a record holds: it builds to valid documents, or is refused with findings that name its fields."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from cybertip import sample
from cybertip.builder import build
from cybertip.checks import validate_record
from cybertip.findings import RecordError, Severity
from cybertip.intake import Accepted, accept_record
from cybertip.repairs import read_originals
from cybertip.schema import Schema
from cybertip.xml import write
from tests.contract import odd_values as odd
from tests.contract.judging import SEED
from tests.contract.two_readings import of_the_mock
from tests.unit.rule_cases import NOW
from tests.unit.test_accepting import leaves, rich

SENT = NOW + timedelta(seconds=121)
"""Times a little ahead are waited for, and have passed by then."""
TEXTS = [
    *(*odd.EMAILS, *odd.URLS, *odd.IPS, *odd.PHONES, *odd.BLANKS, *odd.LENGTHS, *odd.STATES, *odd.COUNTRIES),
    *("a\u0001b", "\ud800", "]]>", "\u202eevil", "<script>", "\x7f", "\ufffe", "x" * 20_000, "192.0.2.1:80"),
]
OTHERS: list[Any] = [None, True, False, 0, -1, 151, 65536, 2**31, 2**63, 1.5, 1e400, "", [], {}, "full", "none", "A1"]
TIMES = [*odd.TIMES, *odd.DATES, "2026-03-02T09:58:12+01:00", "yesterday"]


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """A record with nearly every field."""
    whole = rich(json.loads(sample.write_case(tmp_path).read_bytes()))
    whole["incident"]["chats"] = [{"client": "x", "viewed": "full", "messages": [{"sender": "a", "text": "b"}]}]
    whole["actions"] = [{"kind": "account permanently disabled", "at": "2026-03-02T10:16:00Z"}]
    return whole


def oddly(content: dict[str, Any], rng: Random) -> bytes:
    """The record as JSON with some of its values exchanged for odd ones, mostly of the right kind."""
    changed = json.loads(json.dumps(content))
    # What has a closed vocabulary is left alone, mostly: it would be refused, and nothing else be tried.
    free = [place for place in leaves(changed) if _is_free(place[0][place[1]])]
    places = free if rng.random() < 0.8 else list(leaves(changed))
    for holder, key in rng.sample(places, rng.randrange(1, 12)):
        value = holder[key]
        if rng.random() < 0.02:
            holder[key] = rng.choice(OTHERS)
        elif isinstance(value, str):
            holder[key] = rng.choice(TIMES if value[:4] == "2026" else TEXTS)
        elif isinstance(value, bool):
            holder[key] = not value
        else:
            holder[key] = rng.choice([0, -1, 1, 65535, 65536, 200, 2**31 - 1])
    return json.dumps(changed).encode()


def _is_free(value: Any) -> bool:
    return not isinstance(value, str) or value[:4] == "2026" or "m1" in value or "." in value


def judged(data: bytes) -> str:
    """What becomes of a record, with everything proven that must be true of it."""
    try:
        accepted = accept_record(data)
        package = build(accepted.record, sample.profile(), accepted.set_aside)
    except RecordError as problem:
        nameless = [finding for finding in problem.findings if not finding.path.startswith("/")]
        if nameless and nameless[0].code != "X001":
            raise AssertionError(f"a finding names no field: {nameless}") from None
        return "refused"
    files = [item.details(5, f"{number:032x}") for number, item in enumerate(package.files)]
    for document in (package.report, *files):
        assert not Schema.bundled().validate_model(document)
    errors = [
        finding
        for finding in validate_record(accepted, sample.profile(), now=NOW)
        # The provider's own policy (P) is about the record, and nothing that a server knows.
        if finding.severity is Severity.ERROR and not finding.code.startswith("P")
    ]
    assert all(finding.pointer.startswith("/") for finding in errors), errors
    refused = of_the_mock(write(package.report), [write(one) for one in files], SENT)
    assert bool(errors) == bool(refused), (errors, refused)
    prove_kept(accepted)
    return "to be corrected" if errors else "accepted"


def prove_kept(accepted: Accepted) -> None:
    """Every repair that names a place has its original there."""
    package = build(accepted.record, sample.profile(), accepted.set_aside)
    documents = {"report": write(package.report), **{
        f"files[{number}]": write(item.described) for number, item in enumerate(package.files)
    }}  # fmt: skip
    told: set[tuple[str, str, str]] = set()
    for done in package.repairs:
        place = (done.document, done.target, done.path or done.pointer)
        # Of two repairs of one place the first has what came in, and that is what is read back.
        if done.target and place not in told:
            told.add(place)
            tree = etree.fromstring(documents[done.document])
            text = str(tree.getroottree().xpath(f"string({done.target})"))
            # What has no element of its own is called by its place in the record.
            assert (done.path or done.pointer, json.loads(done.original)) in list(read_originals(text))


def test_every_record_is_built_or_refused_with_its_fields(content: dict[str, Any]) -> None:
    """Hundreds of odd records: no exception, no invalid document, no verdict that the mock does not share."""
    rng = Random(SEED)
    ends = {"refused": 0, "to be corrected": 0, "accepted": 0}
    for number in range(300):
        data = oddly(content, rng)
        try:
            ends[judged(data)] += 1
        except Exception as problem:
            raise AssertionError(f"seed {SEED}, record {number}: {data.decode()[:4000]}") from problem
    # What only a person can correct is rare among these; it has a test of its own.
    assert min(ends["refused"], ends["accepted"]) > 20, f"seed {SEED}: {ends}"


def test_a_time_ahead_is_for_a_person_to_correct(content: dict[str, Any]) -> None:
    """What cannot be mended without guessing is told with its field, and the mock refuses it too."""
    content["evidence"][0]["uploaded_at"] = "2126-01-01T00:00:00Z"
    assert judged(json.dumps(content).encode()) == "to be corrected"
