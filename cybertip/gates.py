"""What must be true of a record before anything of it is sent: the provider's own policy (P501 to P504, P508).

Gates are pure. Those about files are told what was found when somebody looked at them (`Seen`); where nobody looked
they are silent, and the filing looks again while it sends. That no decision is dated ahead is asked for apart
(`dated_ahead`), by whoever knows the moment. A gate that the policy lets a person override (P502, for
urgent cases) is passed by an `Override`, which names the person and the reason and becomes part of the package.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cybertip.findings import Finding, error
from cybertip.review import Outcome, ReviewRecord, Viewed
from cybertip.template import placeholders

OVERRIDABLE = frozenset({"P502"})
"""The gates that a named person can pass with a reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found when somebody looked at an evidence file.

    Attributes:
        sha256: the SHA-256 of what is there now, in hexadecimal digits; None where it could not be read.
        problem: why it could not be read, without its path.
    """

    sha256: str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision to file although a gate says no.

    Attributes:
        code: the gate's code.
        person: who decided: the provider's name or id for the person.
        reason: why.
        at: when; aware.
    """

    code: str
    person: str = field(repr=False)
    reason: str = field(repr=False)
    at: datetime


def gate(
    record: ReviewRecord,
    *,
    reviewers: int = 1,
    seen: Mapping[str, Seen] | None = None,
    overrides: Sequence[Override] = (),
) -> list[Finding]:
    """Why a record must not be filed; empty where nothing stands in the way.

    Args:
        record: the record.
        reviewers: how many different people the policy asks for.
        seen: what was found when somebody looked at the evidence, by its `id`.
        overrides: the gates that people have decided to pass.
    """
    found = [
        *_unreplaced(record),
        *_decision(record),
        *_reviewers(record, reviewers),
        *_viewed_another(record),
        *_evidence(record, seen or {}),
    ]
    passed = {one.code for one in overrides if one.code in OVERRIDABLE}
    return [
        *(finding for finding in found if finding.code not in passed or not record.urgent),
        *_overrides(record, overrides),
    ]


def dated_ahead(record: ReviewRecord, latest: datetime) -> Iterator[Finding]:
    """Decisions that nobody can have made yet (P501).

    Args:
        record: the record.
        latest: the latest moment that still passes as past; aware.
    """
    decision = record.decision
    dated = [("/decision/decided_at", "decision", decision.decided_at)]
    dated += [
        (f"/decision/approvals/{index}/decided_at", "approval", one.decided_at)
        for index, one in enumerate(decision.approvals)
    ]
    for pointer, what, moment in dated:
        if moment is not None and moment > latest:
            cure = "State when it was made, with its UTC offset, or set the clock of this machine right."
            yield error("P501", pointer, f"the {what} is dated in the future", cure)


def _unreplaced(record: ReviewRecord) -> Iterator[Finding]:
    for pointer in placeholders(record):
        yield error("X002", pointer, "what the template says is still here", "Replace it, or delete the field.")


def _decision(record: ReviewRecord) -> Iterator[Finding]:
    decision = record.decision
    if decision.outcome is not Outcome.CONFIRMED:
        yield error(
            "P501",
            "/decision/outcome",
            f"the decision is {decision.outcome}, and only a confirmed one is filed",
            "Have a person confirm it first.",
        )
    if not (decision.reviewer or "").strip():
        yield error("P501", "/decision/reviewer", "no reviewer is named", "Name the person who decided.")
    if decision.decided_at is None:
        yield error("P501", "/decision/decided_at", "the time of the decision is missing", "State when it was made.")


def _reviewers(record: ReviewRecord, wanted: int) -> Iterator[Finding]:
    named = [record.decision.reviewer or "", *(one.reviewer for one in record.decision.approvals)]
    count = len({_who(name) for name in named} - {""})
    if count and count < wanted:
        cure = "Have another person review it."
        if not record.urgent:
            cure += " Only an urgent case can be filed before that, by a named person with a reason."
        message = f"the policy asks for {wanted} different reviewers, and {count} confirmed it"
        yield error("P502", "/decision/approvals", message, cure)


def _who(name: str) -> str:
    """What all spellings of one name share: space around it, capitals and forms of Unicode make nobody another."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Folding can undo the form.
    return unicodedata.normalize("NFKC", folded).strip()


def _viewed_another(record: ReviewRecord) -> Iterator[Finding]:
    for index, item in enumerate(record.evidence):
        claimed = item.viewed is not Viewed.NONE or item.exif_viewed
        if claimed and item.viewed_sha256 not in (None, item.sha256):
            yield error(
                "P504",
                f"/evidence/{index}/viewed_sha256",
                "what was viewed is another file than the one to be sent",
                "Let a person look at this very file, or say viewed: none and exif_viewed: false.",
            )


def _evidence(record: ReviewRecord, seen: Mapping[str, Seen]) -> Iterator[Finding]:
    for index, item in enumerate(record.evidence):
        found = seen.get(item.id)
        if found is None:
            continue
        if found.sha256 is None:
            message = f"the file cannot be read{f': {found.problem}' if found.problem else ''}"
            yield error("P508", f"/evidence/{index}/location", message, "Mend the path or the file.")
        elif found.sha256.lower() != item.sha256:
            yield error(
                "P503",
                f"/evidence/{index}/sha256",
                "the file is no longer the one that was reviewed",
                "Find the file that was reviewed, or have the present one reviewed.",
            )


def _overrides(record: ReviewRecord, overrides: Sequence[Override]) -> Iterator[Finding]:
    for one in overrides:
        if one.code not in OVERRIDABLE:
            allowed = ", ".join(sorted(OVERRIDABLE))
            yield error(
                one.code, "", f"{one.code} cannot be overridden", f"Only {allowed} can; mend the record instead."
            )
        elif not record.urgent:
            yield error(
                one.code, "/urgent", f"{one.code} can be overridden for an urgent case only", "Have it reviewed."
            )
        if not one.person.strip() or not one.reason.strip():
            yield error(one.code, "", "an override needs a person and a reason", "Name both.")
        if one.at.utcoffset() is None:
            yield error("S119", "", "the time of an override has no UTC offset", "Give it with its offset.")
