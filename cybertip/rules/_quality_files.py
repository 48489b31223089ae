"""Q rules on files: hashes, origin, viewing, classification, size."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.models import FileDetails, Report
from cybertip.profile import Agreement
from cybertip.review import Viewed
from cybertip.rules._case import Case
from cybertip.rules._quality import advice
from cybertip.rules._registry import Outcome, Problem
from cybertip.rules._values import is_blank


@advice(
    "Q616",
    Report,
    FileDetails,
    title="A file is called AI-made only on a reviewer's finding",
    reason="A detector's guess sends investigators the wrong way, or keeps them from a real child.",
    cure="Leave the annotation out unless a person who viewed the file found it to be AI-made.",
)
def unreviewed_ai(part: Report | FileDetails, case: Case) -> Iterator[Outcome]:
    at = ("file_annotations", "generative_ai")
    message = "the file is called AI-made, and no reviewer has viewed it"
    # With a record, its own statement counts: a partly viewed file cannot be called viewed in the report.
    if isinstance(part, Report) and case.record is not None:
        for index, (details, evidence) in enumerate(zip(case.files, case.record.evidence, strict=False)):
            if _is_ai(details) and evidence.viewed is Viewed.NONE:
                yield Problem(message, at, file=index)
    if isinstance(part, FileDetails) and case.record is None and _is_ai(part) and not part.file_viewed_by_esp:
        yield Problem(message, at)


def _is_ai(details: FileDetails) -> bool:
    return details.file_annotations is not None and details.file_annotations.generative_ai


@advice(
    "Q618",
    FileDetails,
    title="A file is classified where its hash may be shared",
    reason="The industry's classification serves the sharing of hashes; the profile states no agreement on it.",
    cure='Add agreements = ["hash sharing"] to the profile if there is one; else leave the classification out.',
)
def classified_without_agreement(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if part.industry_classification is None or case.profile is None:
        return
    if Agreement.HASH_SHARING not in case.profile.agreements:
        yield Problem("the file is classified, and the profile states no agreement", ("industry_classification",))


@advice(
    "Q621",
    FileDetails,
    title="A file has a hash of the original upload",
    reason="Copies and re-encodings differ; the hash connects cases.",
    cure='Add <originalFileHash hashType="SHA1">, of the file as the user uploaded it.',
    info=True,
)
def no_hash(part: FileDetails, case: Case) -> Iterator[Outcome]:
    if not part.original_file_hashes and not case.is_batched:
        yield Problem("there is no <originalFileHash>")


@advice(
    "Q622",
    FileDetails,
    title="A file says where it was, and whether the public could see it",
    reason="Both tell how far it has spread.",
    cure="Add <locationOfFile> and <publiclyAvailable>, if the provider knows.",
    info=True,
)
def origin_unstated(part: FileDetails, case: Case) -> Iterator[Outcome]:
    missing = []
    if part.publicly_available is None:
        missing.append("<publiclyAvailable>")
    if is_blank(part.location_of_file) and not case.is_batched:
        missing.append("<locationOfFile>")
    if missing:
        yield Problem(f"unstated: {' and '.join(missing)}")


@advice(
    "Q623",
    Report,
    title="What a reviewer viewed in full is stated as viewed",
    reason="Police need no warrant for a file that the provider has viewed.",
    cure="State <fileViewedByEsp>true</fileViewedByEsp> from the review record.",
)
def viewed_unstated(part: Report, case: Case) -> Iterator[Outcome]:
    evidence = case.record.evidence if case.record is not None else ()
    for index, (details, item) in enumerate(zip(case.files, evidence, strict=False)):
        if item.viewed is Viewed.FULL and details.file_viewed_by_esp is not True:
            state = "denied" if details.file_viewed_by_esp is False else "not stated"
            at = () if details.file_viewed_by_esp is None else ("file_viewed_by_esp",)
            yield Problem(f"a reviewer viewed the file in full, which is {state}", at, file=index)


DAY, HOUR = 24 * 3600, 3600


@advice(
    "Q627",
    Report,
    title="All files can be sent before the open report lapses",
    reason="An open report lapses 24 hours after it was opened or 1 hour after its last change, whichever is later.",
    cure="Send the smaller files first, raise the rate (thresholds.upload_rate), or split the case.",
)
def too_much_to_send(part: Report, case: Case) -> Iterator[Outcome]:
    seconds, deadline = 0.0, float(DAY)
    for size in case.sizes:
        seconds += size / case.thresholds.upload_rate
        if seconds > deadline:
            yield Problem("the files cannot be sent at the configured rate before the report lapses")
            return
        deadline = max(deadline, seconds + HOUR)
