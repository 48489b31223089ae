"""``cybertip resolve``"""

from __future__ import annotations

from collections.abc import Callable

import click

from cybertip.cli._changing import desk
from cybertip.cli._options import filing_argument, json_option, with_ledger_settings
from cybertip.cli._output import Output, body_of
from cybertip.cli._people import Person, sayable, with_person
from cybertip.config import Settings
from cybertip.filing.events import Word
from cybertip.ledger import Filing


@click.command("resolve")
@filing_argument
@click.option(
    "--filed", type=click.IntRange(1, 2**63 - 1), metavar="REPORT_ID", help="NCMEC says that it has this report."
)
@click.option("--refile", is_flag=True, help="NCMEC has confirmed that the report is not filed; begin another.")
@click.option(
    "--report", type=click.IntRange(1, 2**63 - 1), metavar="REPORT_ID",
    help="With --refile: the report that NCMEC was asked about, as `cybertip show` names it.",
)  # fmt: skip
@click.option(
    "--reference", metavar="TEXT", callback=sayable,
    help="NCMEC's own reference for what it said. Needed with --refile, and for a report that is not known here.",
)  # fmt: skip
@json_option
@body_of("resolve")
@with_ledger_settings()
@with_person(reason=True, asks=True)
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
    if refile == (filed is not None):
        raise click.UsageError("say what NCMEC said: either --filed REPORT_ID, or --refile")
    if report is not None and not refile:
        raise click.UsageError("--report belongs to --refile; --filed names its report itself")
    if refile and not reference.strip():
        raise click.UsageError(
            "--refile needs --reference: another report is begun only with NCMEC's confirmation that the first is not"
            " filed, because nothing else proves it"
        )
    word = Word.REFILE if refile else Word.FILED
    with desk(output, settings, person) as at:
        found = at.filing(filing)
        asks = at.operator(_consequences(filed))
        return at.carry_out(
            lambda: asks.decide(
                found.id, word, reason=person.reason, report_id=report if refile else filed, reference=reference
            )
        )


def _consequences(filed: int | None) -> Callable[[Filing], list[str]]:
    """Both ways, the chosen one first: who sees only one does not know what the choice is."""

    def lines(stands: Filing) -> list[str]:
        attempt = stands.state.attempt
        report = f"report {attempt.report_id}" if attempt is not None else "the report"
        said = (
            f"--filed: {f'report {filed}' if filed is not None else report} counts as filed, and nothing is ever sent"
            " for this record again. If that is wrong, NCMEC never gets the case."
        )
        again = (
            f"--refile: {report} is retracted, and another is opened and filed. If that is wrong, NCMEC gets the case"
            " twice."
        )
        chosen, other = (again, said) if filed is None else (said, again)
        return [
            f"You say {chosen}",
            f"The other way would be {other}",
            "Has NCMEC said so itself? Neither can be taken back.",
        ]

    return lines
