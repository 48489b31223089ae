"""``cybertip retry``"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import click

from cybertip.cli._changing import Desk, desk
from cybertip.cli._options import filings_argument, json_option, with_settings
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._people import Person, with_person
from cybertip.config import Settings
from cybertip.filing.states import Phase


@click.command("retry")
@filings_argument
@json_option
@body_of("retry")
@with_settings()
@with_person(reason=False, asks=False)
def command(output: Output, filings: tuple[str, ...], settings: Settings, person: Person) -> int:
    """Go on at once with filings that wait, were halted, or need a correction; limits count from the beginning.

    FILING is the filing's id, the beginning of it, or the id of its record. A record in which errors were found is
    checked and built again as it is, with the profile of today. What may be filed already is not filed again: it is
    asked for.

    Without FILING, the credentials are tried if they were refused before; once they are accepted, all filings go on. No
    other use of this command needs credentials. Who said so, and why, is recorded.

    Exit status 0 if all of them go on, 1 if one cannot, 3 if our checks still find errors in one, 4 if a worker is at
    one, or the credentials are not accepted.
    """
    with desk(output, settings, person) as at:
        if not filings:
            return _try_credentials(at)
        named = {one.id: one for one in map(at.filing, filings)}
        if any(one.state.phase is Phase.CORRECTION for one in named.values()):
            at.check_profiles()
        status, shown = Exit.DONE, []
        for filing_id in named:
            ended, told = at.done(partial(at.operator().retry, filing_id, reason=person.reason))
            shown.append({"id": filing_id, **told})
            status = max(status, ended)
        return output.end(status, {"environment": str(at.ledger.environment), "filings": shown})


def _try_credentials(at: Desk) -> int:
    """Let the queue go on if the credentials are accepted by now. Raises CredentialsError while they are not."""
    shown = {"environment": str(at.ledger.environment), "blocked": False, "filings": []}
    if not at.ledger.blocked():
        at.output.say("Nothing stops the queue. To try a filing again, name it: cybertip list")
        return at.output.end(Exit.DONE, shown)
    access = at.settings.connection()
    at.ledger.check_belongs(access.endpoint.environment, access.account)
    with access.client() as client:
        client.status()
    with at.ledger.transaction() as transaction:
        transaction.unblock(datetime.now(UTC))
    at.output.say(
        f"{access.endpoint.base_url} ({access.endpoint.environment}) accepts the credentials: all filings go on."
    )
    at.output.say("A worker does that. Where none runs: `cybertip work`, or once: `cybertip file`.")
    return at.output.end(Exit.DONE, shown)
