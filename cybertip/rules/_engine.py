"""Applying the rules: one walk through each document, every part shown to the rules that look at such parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from cybertip.findings import Finding, Findings
from cybertip.models import FileDetails, Report, Wire
from cybertip.models._base import Form
from cybertip.models._shape import FieldShape, shape_of
from cybertip.rules._case import Case
from cybertip.rules._registry import RULES, Ahead, Problem, Rule, Step


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a case.

    Attributes:
        findings: in the order of the documents.
        not_before: the moment before which the report must not be sent, because a time in it has not quite passed; None
            if it can be sent at once.
    """

    findings: Findings
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One part of a document, with its path."""

    part: Wire
    path: str


def check(case: Case) -> Verdict:
    """Apply all rules to the report and the file details of a case. Time and memory grow linearly with their size."""
    findings: list[Finding] = []
    ahead: list[datetime] = []
    documents: list[tuple[Report | FileDetails, str]] = []
    if case.report is not None:
        documents.append((case.report, "report"))
    documents.extend((item, f"files[{index}]") for index, item in enumerate(case.files))
    by_part = _by_part()
    for document, name in documents:
        for visit in walk(document):
            for rule, run in by_part.get(type(visit.part), ()):
                for outcome in run(visit.part, case):
                    if isinstance(outcome, Ahead):
                        ahead.append(outcome.until)
                    else:
                        findings.append(_finding(rule, outcome, visit, name, case))
    return Verdict(Findings(_in_order(findings, [name for _, name in documents])), max(ahead, default=None))


def walk(document: Report | FileDetails) -> Iterator[Visit]:
    """All parts of a document, in its order."""
    return _walk(document, "/report" if isinstance(document, Report) else "/fileDetails")


def _walk(part: Wire, path: str) -> Iterator[Visit]:
    yield Visit(part, path)
    for field in _structured(type(part)):
        value = getattr(part, field.field)
        if field.many:
            for number, item in enumerate(value, start=1):
                yield from _walk(item, f"{path}/{field.name}[{number}]")
        elif value is not None:
            yield from _walk(value, f"{path}/{field.name}")


@cache
def _structured(model: type[Wire]) -> tuple[FieldShape, ...]:
    return tuple(field for field in shape_of(model).children if field.model is not None)


@cache
def _by_part() -> Mapping[type[Wire], Sequence[tuple[Rule, Callable[[Wire, Case], Iterable[Problem | Ahead]]]]]:
    table: dict[type[Wire], list[tuple[Rule, Callable[[Wire, Case], Iterable[Problem | Ahead]]]]] = {}
    for rule in RULES.values():
        for part in rule.parts:
            if rule.check is not None:
                table.setdefault(part, []).append((rule, rule.check))
    return table


def _finding(rule: Rule, problem: Problem, visit: Visit, name: str, case: Case) -> Finding:
    part, path = visit.part, visit.path
    if problem.file is not None:
        part, path, name = case.files[problem.file], "/fileDetails", f"files[{problem.file}]"
    return Finding(
        rule.code,
        rule.severity,
        problem.path or path_of(part, path, problem.at),
        problem.message,
        rule.cure if problem.cure is None else problem.cure,
        document=name,
    )


def path_of(part: Wire, path: str, steps: Sequence[Step]) -> str:
    """The path of a place within a part, by the steps that lead there."""
    model: type[Wire] | None = type(part)
    for step in steps:
        if isinstance(step, int):
            path += f"[{step + 1}]"
            continue
        assert model is not None, step
        field = next(item for item in _fields(model) if item.field == step)
        model = field.model
        if field.form is not Form.TEXT:
            path += f"/@{field.name}" if field.form is Form.ATTRIBUTE else f"/{field.name}"
    return path


@cache
def _fields(model: type[Wire]) -> tuple[FieldShape, ...]:
    shape = shape_of(model)
    return (*shape.attributes, *shape.children, *((shape.text,) if shape.text is not None else ()))


def _in_order(findings: Sequence[Finding], names: Sequence[str]) -> list[Finding]:
    """By document; within one as they were found, because that is the order of the walk."""
    rank = {name: index for index, name in enumerate(names)}
    return sorted(findings, key=lambda finding: rank[finding.document])
