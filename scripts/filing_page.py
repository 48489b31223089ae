"""Write the tables and the diagram of docs/filing.md from the filing machine itself.

Run by ``make docs``; a test fails when the page is stale. What stands between the marks is made here, the rest by hand.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from cybertip.filing import machine
from cybertip.filing.events import (
    AttemptDropped,
    CallEnded,
    CallStarted,
    CancelRequested,
    Claimed,
    Continued,
    Corrected,
    Decided,
    Event,
    EvidenceMissing,
    RetractRequested,
    Word,
)
from cybertip.filing.outcomes import TABLE, CallName, Outcome
from cybertip.filing.schedule import Make, Pace, next_step
from cybertip.filing.states import Attempt, Phase, SentFile, State, Then

PAGE = Path(__file__).resolve().parents[1] / "docs" / "filing.md"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PEOPLE = {Corrected, CancelRequested, Continued, Decided, RetractRequested}


def page(text: str) -> str:
    """The page with its made parts as they are now."""
    for name, made in (("phases", _phases()), ("outcomes", _outcomes()), ("table", _table()), ("diagram", _diagram())):
        begin, end = f"<!-- {name}: made by `make docs` -->\n", f"<!-- end of {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"docs/filing.md needs one place for {name}")
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return text


def _meanings(kind: type[StrEnum]) -> dict[str, str]:
    """The words below each value, where the class has any."""
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for one, following in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(one, ast.Assign) and isinstance(following, ast.Expr):
            assert isinstance(one.targets[0], ast.Name)
            assert isinstance(following.value, ast.Constant)
            found[str(kind[one.targets[0].id])] = " ".join(str(following.value.value).split())
    return found


def _phases() -> str:
    meanings = _meanings(Phase)
    rows = ["| phase | meaning | what people can say |", "|---|---|---|"]
    for phase in Phase:
        words = sorted(_kind(event) for event in machine.LEGAL[phase] if event in _PEOPLE)
        rows.append(f"| {phase} | {meanings[phase]} | {', '.join(words) or 'nothing'} |")
    return "\n".join(rows) + "\n"


def _kind(event: type[Event]) -> str:
    return next(str(one.default) for one in fields(event) if one.name == "kind")


def _outcomes() -> str:
    rows = [f"| {outcome} | {meaning} |" for outcome, meaning in _meanings(Outcome).items()]
    return "\n".join(["| outcome | meaning |", "|---|---|", *rows]) + "\n"


def _table() -> str:
    rows = ["| call | what became of it | what follows |", "|---|---|---|"]
    for call in CallName:
        by_move: dict[str, list[str]] = {}
        for outcome in Outcome:
            by_move.setdefault(str(TABLE[call, outcome]), []).append(str(outcome))
        rows += [f"| /{call} | {', '.join(outcomes)} | {move} |" for move, outcomes in by_move.items()]
    return "\n".join(rows) + "\n"


# --- the diagram: the machine is tried, so that nothing in it is claimed -----------------------------------------


def _tried() -> Iterator[tuple[str, State]]:
    """States of every phase, and what is special about them, the plain one first."""
    base = State(Phase.NEW, _NOW, fence=1, revision=1, details=(True,))
    attempt = Attempt(7, _NOW)
    whole = replace(attempt, files=(SentFile("f", described=True),))
    yield "", base
    yield "once too often", replace(base, opened=5)
    for files in ((), (SentFile("f"),), (SentFile("f", described=True),)):
        opened = replace(base, phase=Phase.OPEN, attempt=replace(attempt, files=files), opened=1)
        yield "", opened
        yield "once too often", replace(opened, opened=5, damaged=2)
        if files == (SentFile("f"),):
            yield "the second time", replace(opened, attempt=replace(attempt, files=files, again=True))
    finishing = replace(base, phase=Phase.FINISHING, attempt=whole, opened=1)
    yield "", finishing
    yield "once too often", replace(finishing, opened=5)
    yield "in doubt", replace(finishing, attempt=replace(whole, doubt=True))
    closing = replace(base, phase=Phase.CLOSING, attempt=whole, opened=1, then=Then.CORRECT)
    yield "", closing
    yield "cancelled by a person", replace(closing, cancelling="cancelled by somebody: why", then=Then.CANCEL)
    yield "in doubt", replace(closing, attempt=replace(whole, doubt=True))
    yield "once too often", replace(closing, tries=2)
    yield "retracted by a person", replace(closing, then=Then.ASK)
    yield "to be filed anew", replace(closing, then=Then.BEGIN, attempt=replace(whole, doubt=True, disowned=True))
    yield "", replace(base, phase=Phase.CORRECTION, findings=("P501",))
    yield "", replace(base, phase=Phase.DECISION, attempt=replace(whole, doubt=True))
    yield "", replace(base, phase=Phase.HALTED, opened=5)
    yield "", replace(base, phase=Phase.FILED, report_id=7)
    yield "", replace(base, phase=Phase.CANCELLED)


def _events(state: State) -> Iterator[tuple[str, Event, State]]:
    """What a phase can have: its name, the event, and the state that it happens to."""
    step = next_step(state, _NOW, Pace())
    if isinstance(step, Make):
        started = machine.apply(state, CallStarted("c", 1, step.call, _NOW, step.report_id, step.file))
        yield f"/{step.call} begun", CallStarted("c", 1, step.call, _NOW, step.report_id, step.file), state
        for outcome in Outcome:
            event = CallEnded("c", 1, step.call, outcome, _NOW, report_id=7, file=step.file, file_id="f")
            yield f"/{step.call} {outcome}", event, started
    said: tuple[Event, ...] = (
        Claimed(2, "w", _NOW),
        AttemptDropped(7, _NOW, "r"),
        EvidenceMissing(0, _NOW, "w", _NOW),
        Corrected(2, (True,), "p"),
        CancelRequested("p", _NOW, "r"),
        Continued("p", _NOW),
        RetractRequested("p", _NOW, "r"),
    )
    for one in said:
        yield one.kind, one, state
    yield "corrected, with errors", Corrected(0, (), "p", findings=("P501",)), state
    yield "decided filed", Decided(Word.FILED, "p", _NOW, "r", 7), state
    yield "decided refile", Decided(Word.REFILE, "p", _NOW, "r", 7), state


def _diagram() -> str:
    edges: dict[tuple[Phase, Phase], dict[tuple[str, str], None]] = {}
    plain: dict[tuple[Phase, str], Phase] = {}
    for special, state in _tried():
        for label, event, before in _events(state):
            old = before.phase
            if type(event) not in machine.LEGAL[old]:
                continue
            new = machine.apply(before, event).phase
            if not special:
                plain.setdefault((old, label), new)
            elif plain.get((old, label)) == new:
                continue
            if new is not old:
                edges.setdefault((old, new), {})[label, special] = None
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Phase.NEW} : enqueued"]
    lines.append(f"    [*] --> {Phase.CORRECTION} : enqueued with errors")
    for (old, new), labels in edges.items():
        lines.append(f"    {old} --> {new} : {_short(labels)}")
    lines += [f"    {phase} --> [*]" for phase in (Phase.FILED, Phase.CANCELLED)]
    return "\n".join([*lines, "```"]) + "\n"


def _short(labels: dict[tuple[str, str], None]) -> str:
    """The labels, those of one call together."""
    calls: dict[tuple[str, str], list[str]] = {}
    for label, special in labels:
        head, _, rest = label.partition(" ") if label.startswith("/") else ("", "", label)
        calls.setdefault((head, special), []).append(rest)
    lines = (
        f"{call} {', '.join(rest)}".strip() + (f" ({special})" if special else "")
        for (call, special), rest in calls.items()
    )
    return "<br/>".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
