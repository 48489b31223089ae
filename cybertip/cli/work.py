"""``cybertip work``"""

from __future__ import annotations

import click

from cybertip.cli._duty import Duty
from cybertip.cli._ledgers import exit_of, filer, stoppable
from cybertip.cli._options import json_option, with_settings
from cybertip.cli._output import DEFECT, Exit, Output, body_of, defect
from cybertip.cli._profiles import Profiles
from cybertip.cli._telling import notifier_of
from cybertip.cli._work_events import Events
from cybertip.config import Settings
from cybertip.worker import Watch


@click.command("work")
@click.option("--threads", type=click.IntRange(1, 64), help="How many filings at once.  [default: 4]")
@click.option("--once", is_flag=True, help="Do what is due, tell people, and end; for cron.")
@json_option
@body_of("work")
@with_settings(threads="work.threads")
def command(output: Output, once: bool, settings: Settings) -> int:
    """Run a worker: file what is due, wait, tell people, until it is stopped.

    It takes up what other processes put into the ledger, and goes on with what was left by a crash. While the server
    refuses the credentials it reads them again and tries them, at a growing pace, or at once when they have changed;
    SIGHUP has them read again at any time. SIGTERM or Ctrl-C ends it after the calls in flight, a second one at once.
    Several workers may run on one ledger.

    Each event is a line on stderr; with --json it is a line of JSON on stdout. Exit status 0 after a stop, 70 if the
    same defect came up again and again. With --once: 0 if all is filed, 3 if something waits for a person, 4 if
    something is left that goes on later.
    """
    output.by_line = True
    access = settings.connection()
    events = Events(output)
    watch = Watch(events.called, lambda *_: None)
    with filer(settings, access, Profiles(output, settings), watch) as working, stoppable(output, working):
        events.look = working.filing
        ledger = working.ledger
        notifier = notifier_of(settings, ledger)
        work = settings.work
        place = "a database" if "://" in settings.ledger_place else settings.ledger_place
        told = {**access.as_dict(), "ledger": place, "threads": work.threads}
        if once:
            events.ready(told)
            wanted = working.unfinished()
            working.resume(work.threads)
            if notifier is not None:
                notifier.look()
                notifier.deliver()
            status = int(exit_of([working.filing(one) for one in wanted]))
        else:
            duty = Duty(settings, access, ledger, working, notifier, events)
            duty.run(lambda: events.ready(told))
            if duty.defect is not None:
                return output.abort(DEFECT, "InternalError", defect(duty.defect))
            status = int(Exit.DONE)
    return output.end(status, {"event": "ended", "filed": events.filed})
