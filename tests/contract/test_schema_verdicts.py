"""Our schema and NCMEC's give the same verdict on thousands of random documents, right and wrong ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from cybertip.schema.structure import Structure, read
from tests.contract import corpus
from tests.contract.documents import ROOTS
from tests.contract.judging import SEED, Judge, find_official
from tests.contract.mutations import INVALID, VALID
from tests.contract.value_mutations import ALL
from tests.contract.xsd_comparison import ADDITIONS, without

DOCUMENTS = 3000  # unchanged; each is followed by up to three changed copies
LEAST_IN_ALL = 5000
LEAST_OF_EACH_MUTATION = 100
LEAST_OF_EACH_VERDICT = 2000
MEANT = {VALID: True, INVALID: False}


@dataclass
class Run:
    cases: list[corpus.Case]
    verdicts: list[bool]
    """Of our schema, for each case."""
    coverage: corpus.Coverage
    structures: list[Structure]


@pytest.fixture(scope="module")
def run(ours: Judge, structure: Structure) -> Run:
    """Documents without additions, from our structure and, where it is here, from NCMEC's."""
    print(f"CYBERTIP_TEST_SEED={SEED}")
    structures = [without(structure, ADDITIONS)]
    if path := find_official():
        structures.append(read(path.read_bytes()))
    coverage = corpus.Coverage()
    cases = list(corpus.cases(structures, SEED, DOCUMENTS, coverage))
    return Run(cases, [ours.accepts(case.data) for case in cases], coverage, structures)


def shown(case: corpus.Case, *reasons: str) -> str:
    """What a person needs to look into a failure."""
    head = f"CYBERTIP_TEST_SEED={SEED}, root {case.root}, mutation '{case.mutation.name}'"
    encoding = "utf-16" if case.data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return "\n".join([head, *reasons, case.data.decode(encoding, "backslashreplace")])


def test_both_schemas_give_the_same_verdict(run: Run, ours: Judge, official: Path) -> None:
    """A document without additions is valid by both schemas or by neither."""
    theirs = Judge(official)
    different: Counter[str] = Counter()
    first = ""
    for case, verdict in zip(run.cases, run.verdicts, strict=True):
        if theirs.accepts(case.data) != verdict:
            different[case.mutation.name] += 1
            if not first:
                ours.accepts(case.data)
                first = shown(case, f"ours: {ours.reason or 'valid'}", f"NCMEC's: {theirs.reason or 'valid'}")
    assert not different, f"{different.total()} verdicts differ: {dict(different)}; the first:\n{first}"


def test_unchanged_documents_are_valid(run: Run, ours: Judge) -> None:
    """What the generator makes is valid before it is changed."""
    for case, verdict in zip(run.cases, run.verdicts, strict=True):
        if case.mutation is corpus.UNCHANGED and not verdict:
            ours.accepts(case.data)
            pytest.fail(shown(case, ours.reason))


def test_changes_have_the_verdict_they_are_meant_to_have(run: Run, ours: Judge) -> None:
    """A harmful change makes a document invalid, a harmless one leaves it valid."""
    for case, verdict in zip(run.cases, run.verdicts, strict=True):
        if MEANT.get(case.mutation.verdict, verdict) != verdict:
            ours.accepts(case.data)
            pytest.fail(shown(case, f"meant to be {case.mutation.verdict}; {ours.reason or 'valid'}"))


def test_the_run_is_large_and_mixed(run: Run) -> None:
    """Every root, every mutation and both verdicts occur often enough to mean something."""
    mutations = Counter(case.mutation.name for case in run.cases)
    assert len(run.cases) >= LEAST_IN_ALL
    assert {name for name, count in mutations.items() if count >= LEAST_OF_EACH_MUTATION} == {
        corpus.UNCHANGED.name,
        *(mutation.name for mutation in ALL),
    }, mutations
    assert {case.root for case in run.cases} == set(ROOTS)
    assert min(Counter(run.verdicts)[verdict] for verdict in (True, False)) >= LEAST_OF_EACH_VERDICT


def test_the_run_uses_every_declaration(run: Run) -> None:
    """Every element and attribute is in some unchanged document."""
    for structure in run.structures:
        types = [(name, element.type) for name, element in structure.elements.items()] + [*structure.types.items()]
        elements = {(type_.name or name, child.name) for name, type_ in types for child in type_.children}
        attributes = {(type_.name or name, known.name) for name, type_ in types for known in type_.attributes}
        assert elements - run.coverage.elements == set()
        assert attributes - run.coverage.attributes == set()


def test_texts_have_their_verdict_in_every_place(ours: Judge, structure: Structure) -> None:
    """In every place, our schema takes the right texts, enumeration values included, and no wrong one."""
    count = 0
    for case in corpus.texts_in_place(structure, SEED):
        count += 1
        verdict = ours.accepts(case.data)
        if MEANT.get(case.mutation.verdict, verdict) != verdict:
            pytest.fail(shown(case, f"meant to be {case.mutation.verdict}; {ours.reason or 'valid'}"))
    assert count >= LEAST_IN_ALL


def test_both_schemas_give_texts_the_same_verdict(ours: Judge, structure: Structure, official: Path) -> None:
    """A text in its place is valid by both schemas or by neither, whichever of them suggests it."""
    theirs = Judge(official)
    for source in (without(structure, ADDITIONS), read(official.read_bytes())):
        for case in corpus.texts_in_place(source, SEED):
            if ours.accepts(case.data) != theirs.accepts(case.data):
                pytest.fail(shown(case, f"ours: {ours.reason or 'valid'}", f"NCMEC's: {theirs.reason or 'valid'}"))


def test_a_seed_repeats_a_run(structure: Structure) -> None:
    """The same seed gives the same bytes, another seed gives others."""

    def some(seed: int) -> list[bytes]:
        coverage = corpus.Coverage()
        return [case.data for case in corpus.cases([structure], seed, 20, coverage)]

    assert some(SEED) == some(SEED)
    assert some(SEED) != some(SEED + 1)
