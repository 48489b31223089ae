"""Q rules on what cannot wait: escalation, signs of danger, age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cybertip.models import IncidentSummary, IncidentType, Report
from cybertip.rules._case import Case
from cybertip.rules._quality import advice
from cybertip.rules._registry import Outcome, Problem
from cybertip.rules._values import is_blank, units

_ESCALATION = ("incident_summary", "escalate_to_high_priority")


@advice(
    "Q613",
    Report,
    title="A file that spreads as a meme is not escalated",
    reason="Escalation is for a child in danger now; such files are old and known.",
    cure="Remove the escalation, or the annotation if it is wrong.",
)
def escalated_meme(part: Report, case: Case) -> Iterator[Outcome]:
    if is_blank(part.incident_summary.escalate_to_high_priority):
        return
    for details in case.files:
        tags = details.file_annotations
        if details.potential_meme or (tags is not None and (tags.viral or tags.potential_meme)):
            yield Problem("the report is escalated although a file is viral or a potential meme", _ESCALATION)
            return


@advice(
    "Q614",
    IncidentSummary,
    title="A reason for escalation is concrete",
    reason="People decide by it what comes first. Boilerplate makes them stop reading.",
    cure="Say who is in danger, of what, and by when.",
    wrong="<escalateToHighPriority>Urgent</escalateToHighPriority>",
    right="<escalateToHighPriority>…</escalateToHighPriority>",
)
def vague_escalation(part: IncidentSummary, case: Case) -> Iterator[Outcome]:
    text = (part.escalate_to_high_priority or "").strip()
    if not text:
        return
    if units(text) < case.thresholds.escalation_length:
        message = f"the reason for escalation has fewer than {case.thresholds.escalation_length} characters"
        yield Problem(message, ("escalate_to_high_priority",))
    elif case.history is not None and (case.history.filings_escalated_with(text) >= case.thresholds.escalation_repeats):
        message = "the reason for escalation stands word for word in many earlier filings"
        yield Problem(message, ("escalate_to_high_priority",))


_GRAVE = {IncidentType.CHILD_SEXUAL_MOLESTATION, IncidentType.CHILD_SEX_TRAFFICKING}


@advice(
    "Q615",
    Report,
    title="A report with signs of danger is escalated",
    reason="Hands-on abuse, a planned meeting, self-harm, threats, trafficking and sextortion cannot wait.",
    cure="Escalate with a concrete reason, or state in <additionalInfo> why there is no danger now.",
)
def danger_unescalated(part: Report, case: Case) -> Iterator[Outcome]:
    summary = part.incident_summary
    if not is_blank(summary.escalate_to_high_priority) or case.is_batched:
        return
    if case.record is not None and case.record.indicators:
        yield Problem("the record shows signs of danger, and the report is not escalated", ("incident_summary",))
    elif summary.incident_type in _GRAVE:
        yield Problem("an incident of this type is not escalated", ("incident_summary", "incident_type"))
    elif summary.report_annotations is not None and summary.report_annotations.sextortion:
        yield Problem("sextortion is not escalated", ("incident_summary", "report_annotations", "sextortion"))


@advice(
    "Q626",
    Report,
    title="A report is filed soon after its confirmation",
    reason="The law says: as soon as reasonably possible. The limit is the policy's, 24 hours by default.",
    cure="File it now; look for what held it up.",
)
def overdue(part: Report, case: Case) -> Iterator[Outcome]:
    confirmed = case.confirmed_at
    if confirmed is None and case.record is not None:
        confirmed = case.record.decision.decided_at
    limit = timedelta(hours=case.thresholds.filing_age)
    if confirmed is not None and case.now - confirmed > limit:
        yield Problem(f"the decision was confirmed more than {case.thresholds.filing_age} hours ago")
