"""The codec accepts what the schema accepts, and every refusal says where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pytest
from lxml import etree

from cybertip.findings import DocumentError, Findings
from cybertip.models import ROOTS
from cybertip.schema import Schema
from cybertip.schema.structure import Structure
from cybertip.xml import parse, write
from tests.contract import corpus
from tests.contract.judging import SEED, Judge, parser
from tests.contract.mutations import EITHER

DOCUMENTS = 1500  # unchanged; each is followed by up to three changed copies
TEXTS = 4  # of the texts in all places, one in so many
LEAST_IN_ALL = 3000
LEAST_OF_EACH = 200
BEYOND_THE_SCHEMA = {"X005", "S119"}

# What the codec takes and libxml2 refuses. In each the codec is the lenient one, and nothing is lost by it.
LENIENT = {
    # A hint about types says nothing about the content.
    "xsi:type of another type",
    "xsi:type of no type",
    # libxml2 refuses an empty CDATA section in a flag, and a flag without text that has a hint about its type.
    "flag written in another way",
    # libxml2 refuses white space around dates, times, NaN and INF, and years that fill more than 64 bits.
    "doubtful text",
}


@dataclass(frozen=True)
class Judgement:
    case: corpus.Case
    kind: str
    """What was done to the document, or what is put in a place."""
    found: Findings
    complaints: frozenset[str]
    """The codes of what the codec said."""

    def __str__(self) -> str:
        said = [*map(str, self.found), f"the codec: {sorted(self.complaints) or 'fine'}"]
        head = f"CYBERTIP_TEST_SEED={SEED}, '{self.case.mutation.name}'"
        return "\n".join([head, *said, repr(self.case.data)])


def judge(case: corpus.Case, kind: str) -> Judgement:
    try:
        parse(case.data)
        complaints = frozenset[str]()
    except DocumentError as problem:
        complaints = frozenset(finding.code for finding in problem.findings)
    return Judgement(case, kind, Schema.bundled().validate(case.data), complaints)


@pytest.fixture(scope="module")
def judgements(structure: Structure) -> list[Judgement]:
    """Random documents, additions included, then every place for a text with every text that is worth trying."""
    print(f"CYBERTIP_TEST_SEED={SEED}")

    def cases() -> Iterator[tuple[corpus.Case, str]]:
        for case in corpus.cases([structure], SEED, DOCUMENTS, corpus.Coverage()):
            yield case, case.mutation.name
        for case in islice(corpus.texts_in_place(structure, SEED), SEED % TEXTS, None, TEXTS):
            yield case, "doubtful text" if case.mutation.verdict == EITHER else "text"

    return [judge(case, kind) for case, kind in cases()]


def test_the_run_is_large_and_mixed(judgements: list[Judgement]) -> None:
    """Both verdicts, every root and every kind of complaint occur often."""
    assert len(judgements) >= LEAST_IN_ALL
    roots = Counter(judgement.case.root for judgement in judgements)
    assert roots.keys() == ROOTS.keys()
    verdicts = Counter(bool(judgement.found) for judgement in judgements)
    complaints = Counter(code for judgement in judgements for code in judgement.complaints)
    assert complaints.keys() == {"X002", *BEYOND_THE_SCHEMA}
    assert min(*verdicts.values(), *complaints.values()) >= LEAST_OF_EACH


def test_the_verdict_is_that_of_the_schema(judgements: list[Judgement], ours: Judge) -> None:
    """There are findings exactly when libxml2 refuses the document, or its root is none of the four.

    But for white space around dates and times, which the standard collapses and libxml2 does not.
    """
    spaced = re.compile(r"'(\s+\S*\s*|\S*\s+)' is not a valid value of the atomic type 'xs:date(Time)?'")
    for judgement in judgements:
        data = judgement.case.data
        valid = ours.accepts(data) and etree.fromstring(data, parser()).tag in ROOTS
        if not judgement.found and ours.reason.count(":ERROR:") == len(spaced.findall(ours.reason)) > 0:
            continue
        assert bool(judgement.found) != valid, f"{judgement}\n{ours.reason}"


def test_the_codec_reads_every_valid_document(judgements: list[Judgement]) -> None:
    """Of a valid document it refuses at most what Python cannot hold, and times without offset."""
    for judgement in judgements:
        if not judgement.found:
            assert judgement.complaints <= BEYOND_THE_SCHEMA, str(judgement)


def test_the_codec_reads_no_invalid_document(judgements: list[Judgement]) -> None:
    """Nothing that the schema refuses becomes a model, but for a few leniences that each occur."""
    lenient = Counter[str]()
    for judgement in judgements:
        if judgement.found and judgement.complaints <= BEYOND_THE_SCHEMA:
            assert judgement.kind in LENIENT, str(judgement)
            lenient[judgement.kind] += 1
    assert lenient.keys() == LENIENT


def test_every_refusal_says_where(judgements: list[Judgement]) -> None:
    """Each finding has a code of the schema's family, a path from the root, and mostly a line."""
    found = [(judgement, finding) for judgement in judgements for finding in judgement.found]
    for judgement, finding in found:
        root = etree.QName(etree.fromstring(judgement.case.data, parser())).localname
        assert finding.code in {"X001", "X002", "X003", "X004"}, str(judgement)
        assert (finding.path + "/").startswith(f"/{root}/"), str(judgement)
        assert finding.line is None or 1 <= finding.line <= judgement.case.data.count(b"\n") + 1, str(judgement)
    assert sum(finding.line is None for _, finding in found) < len(found) / 100


def test_one_change_gives_few_findings(judgements: list[Judgement]) -> None:
    """What is wrong in one place is told in one or two sentences."""
    sizes = Counter(len(judgement.found) for judgement in judgements if judgement.found)
    assert sizes[1] > 0.8 * sizes.total()
    assert sum(count for size, count in sizes.items() if size <= 2) > 0.95 * sizes.total()


def test_what_was_read_is_written_as_a_valid_document(judgements: list[Judgement]) -> None:
    """A document that became a model is valid when it is written, and becomes the same model again."""
    count = 0
    for judgement in judgements:
        if not judgement.found and not judgement.complaints:
            document = parse(judgement.case.data).document
            data = write(document)
            assert not Schema.bundled().validate(data), str(judgement)
            assert parse(data).document == document, str(judgement)
            count += 1
    assert count >= LEAST_OF_EACH
