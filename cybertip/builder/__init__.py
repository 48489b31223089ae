"""Review record and reporter profile to report and file details. Pure and deterministic.

What the record says is carried over as it is; nothing is guessed, and what the wire cannot carry is moved
(`cybertip.repairs`). Only a confirmed decision passes (P501).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cybertip.builder._accounts import acted, unplaced
from cybertip.builder._documents import details_of, details_of_transcript, made_of, report_of, reporter
from cybertip.builder._package import History, Package, PackagedFile, Versions, versions
from cybertip.findings import RecordError
from cybertip.gates import Override, Seen, gate
from cybertip.intake import SetAside
from cybertip.profile import ReporterProfile
from cybertip.provenance import source_map
from cybertip.repairs import keep, repair
from cybertip.review import ReviewRecord
from cybertip.transcript import transcript

__all__ = ["History", "Package", "PackagedFile", "Versions", "build", "reporter", "versions"]


def build(
    record: ReviewRecord,
    profile: ReporterProfile,
    set_aside: Sequence[SetAside] = (),
    *,
    history: History | None = None,
    seen: Mapping[str, Seen] | None = None,
    overrides: Sequence[Override] = (),
) -> Package:
    """Make the documents. Pure: the same input gives the same bytes.

    Args:
        record: the record.
        profile: who files, and by which policy.
        set_aside: what `cybertip.intake.accept_record` had to set aside of the record; it is kept in `additionalInfo`.
        history: what earlier filings tell; their reports are linked.
        seen: what was found when somebody looked at the evidence files, by the `id` of the evidence.
        overrides: the gates that people have decided to pass. They become part of the package.

    Raises:
        RecordError: a gate says no (P501 to P504, P508; see `cybertip.gates`), or an action names an account or
            a file that the record does not have, or something of a template is left (X002).
    """
    asked = profile.policy.reviewers
    problems = [*gate(record, reviewers=asked, seen=seen, overrides=overrides), *unplaced(record)]
    if problems:
        raise RecordError(problems)
    transcripts = [transcript(chat, f"chat-{number}") for number, chat in enumerate(record.incident.chats, start=1)]
    made = [(chat, *file) for chat, told in zip(record.incident.chats, transcripts, strict=True) for file in told.files]
    named = {name for chat in record.incident.chats for message in chat.messages for name in message.attachments}
    named |= {action.file for action in record.actions if action.file is not None}
    described = [
        *(details_of(item, named=item.id in named) for item in record.evidence),
        *(details_of_transcript(chat, name) for chat, name, _ in made),
    ]
    known: dict[str, Any] = {
        "made": made_of(record, transcripts),
        "acted": acted(record),
        "kinds": len(record.incident.details) if record.incident.chats else None,
    }
    report = report_of(record, profile, transcripts, history or History())
    kept = keep(report, described, set_aside, source_map(report, described, **known))
    mended = repair(kept.report, kept.files)
    sources = [*((item, None) for item in record.evidence), *((None, content) for _, _, content in made)]
    files = [
        PackagedFile(evidence, details, content)
        for (evidence, content), details in zip(sources, mended.files, strict=True)
    ]
    return Package(
        (record.id,),
        mended.report,
        tuple(files),
        (*kept.repairs, *mended.repairs),
        source_map(mended.report, mended.files, mended.removed, **known),
        versions(profile),
        tuple(overrides),
    )
