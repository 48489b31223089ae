"""``cybertip resolve``"""

from __future__ import annotations

from collections.abc import Callable

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, report_number, sayable, with_person
from cybertip.config import Settings
from cybertip.filing.events import Word
from cybertip.ledger import Filing


@click.command("resolve")
@filing_argument
@click.option("--filed", callback=report_number, help="NCMEC says that it has this report.")
@click.option("--refile", is_flag=True, help="NCMEC has confirmed that the report is not filed; begin another.")
@click.option(
    "--report", callback=report_number,
    help="With --refile: the report that NCMEC was asked about, as `cybertip show` names it.",
)  # fmt: skip
@click.option(
    "--reference", metavar="TEXT", callback=sayable,
    help="NCMEC's own reference for what it said. Needed with --refile, and for a report that is not known here.",
)  # fmt: skip
@json_option
@body_of("resolve")
@with_ledger_settings()
@with_person(reason=False, asks=True)
def command(
    output: Output,
    filing: str,
    filed: int | None,
    refile: bool,
    report: int | None,
    reference: str,
    settings: Settings,
    person: Person,
) -> int:
    """Say whether a report is filed, where only NCMEC can know.

    FILING is the filing's id, the beginning of it, or the id of its record. It is for the one case that no program can
    decide: the report was finished, the answer was lost, and then the server did not know the report any more. Ask
    NCMEC first, naming the report. Both answers are final:

    \b
    --filed REPORT_ID  Nothing is ever sent for the record again.
                       If that is wrong, NCMEC never gets the case.
    --refile --report REPORT_ID
                       The report is retracted, and another is filed.
                       If that is wrong, NCMEC gets the case twice.

    Who said so, and why, is recorded. Exit status 0 if that is written down, 1 if there is nothing to decide or proof
    is missing, 4 if a worker is at it.
    """
    if refile and filed is not None:
        raise click.UsageError("NCMEC can have said one thing only: either --filed REPORT_ID, or --refile")
    if report is not None and not refile:
        raise click.UsageError("--report belongs to --refile; --filed names its report itself")
    word = Word.REFILE if refile else Word.FILED
    with desk(output, settings, person) as at:
        found = at.filing(filing)
        _check_all_there(found, filed, refile=refile, reference=reference, reason=person.reason)
        asks = at.operator(_consequences(filed, reference, person))
        return at.carry_out(
            lambda: asks.decide(
                found.id, word, reason=person.reason, report_id=report if refile else filed, reference=reference
            )
        )


def _check_all_there(filing: Filing, filed: int | None, *, refile: bool, reference: str, reason: str) -> None:
    """See that everything is said that the word needs, and tell all of it at once, with the filing's own numbers."""
    ways = "".join(
        f"\n  {one.line}\n      {one.effect}"
        for one in filing.status.commands
        if one.line.startswith("cybertip resolve")
    )
    missing = [] if filed is not None or refile else ["what NCMEC said: --filed REPORT_ID, or --refile"]
    if refile and not reference.strip():
        missing.append(
            "--reference: another report is begun only with NCMEC's confirmation that the first is closed and not"
            " filed, because nothing else proves it"
        )
    if not reason.strip():
        missing.append("--reason: who asked NCMEC, and when")
    if missing:
        told = f"\nAsk NCMEC first, then say one of these:{ways}" if ways else ""
        raise click.UsageError(f"say {'; and '.join(missing)}{told}")


def _consequences(filed: int | None, reference: str, person: Person) -> Callable[[Filing], list[str]]:
    """Both ways, the chosen one first: who sees only one does not know what the choice is."""

    def lines(stands: Filing) -> list[str]:
        attempt = stands.state.attempt
        counting = f"report {attempt.report_id}" if attempt is not None else "the report"
        report = f"report {filed}" if filed is not None else counting
        said = (
            f"--filed: {report} counts as filed, and nothing is ever sent"
            " for this record again. If that is wrong, NCMEC never gets the case."
        )
        again = (
            f"--refile: {counting} is retracted, and another is opened and filed. If that is wrong, NCMEC gets the case"
            " twice."
        )
        chosen, other = (again, said) if filed is None else (said, again)
        asked = (
            f"it has {report}"
            if filed is not None
            else f'{counting} is closed and not filed ("not filed yet" is not enough)'
        )
        recorded = f"{person.name}: {person.reason}" + (f" (NCMEC's reference: {reference})" if reference else "")
        return [
            f"You say {chosen}",
            f"The other way would be {other}",
            f"Recorded as said by {recorded}",
            f"Has NCMEC itself said that {asked}? Neither word can be taken back.",
        ]

    return lines
