"""The group of commands, each loaded only when it is used, and the end of every run."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from cybertip._version import __version__
from cybertip.cli._output import DEFECT, INTERRUPTED, Exit, Output, defect

# Name, module and a line for the overview, so that ``--help`` loads none of the modules.
COMMANDS = {
    "init": ("init", "Write a commented cybertip.toml to fill in."),
    "profile": ("profile", "Check that the reporter profile is ready for production."),
    "config": ("config", "Show every setting with its source; check that the configuration will do."),
    "demo": ("demo", "File a made-up case against a mock server, step by step."),
    "mock": ("mock", "Serve a stand-in for NCMEC's server on this machine."),
    "status": ("status", "Check that the server is there and accepts the credentials."),
    "validate": ("validate", "Check report, file details, answers or review records before anything leaves."),
    "record": ("record", "Print a review record to fill in, or the JSON Schema of the format."),
    "build": ("build", "Write the XML that would be sent for review records."),
    "rules": ("rules", "List the rules that documents are checked by; explain one."),
    "schema": ("schema", "Show the schema; fetch the server's and compare."),
    "file": ("file", "File review records exactly once, and whatever else is due."),
    "send": ("send", "File hand-written XML with its files exactly once."),
    "work": ("work", "Run a worker: file what is due, wait, tell people, until it is stopped."),
    "health": ("health", "Tell a monitor whether anything needs somebody."),
    "ack": ("ack", "Say that you know of what needs somebody; it is not reminded of any more."),
    "list": ("list", "List filings with their status, the most urgent first."),
    "show": ("show", "Show one filing: status, reason, next step, history."),
    "watch": ("watch", "Watch the filings on a terminal: what needs a person, what is in flight, what is due."),
    "summary": ("summary", "Count filings by status; what is oldest, open, and was filed of late."),
    "completion": ("completion", "Print what lets a shell complete commands, options and filings."),
    "retry": ("retry", "Go on at once with filings that wait, or with all once the credentials work."),
    "correct": ("correct", "File a corrected record instead of one that is not filed."),
    "override": ("override", "File an urgent record although a gate of your own policy says no."),
    "retract": ("retract", "Retract a filing's open report, and wait for your word to go on."),
    "cancel": ("cancel", "Do not file a record at all."),
    "resolve": ("resolve", "Say whether a report is filed, where only NCMEC can know."),
    "follow-up": ("follow_up", "Add to what is filed, by a report of its own."),
    "hold": ("hold", "Preserve all that the ledger holds of a filing, or end that."),
    "purge": ("purge", "Take what need not be kept any longer out of the ledger."),
    "ledger": ("ledger", "Check the ledger, write histories out of it, change its keys."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cybertip.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        named = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cybertip")
def group() -> None:
    """Turn human-confirmed reviews into CyberTipline reports at NCMEC.

    The default environment is the mock: nothing reaches NCMEC unless you say so. Exit statuses: 0 done, 1 findings or a
    failed check, 2 usage, 3 something waits for a person, 4 not reachable or blocked, 5 refused by policy or
    environment; 130 interrupted, 70 a defect of cybertip itself.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    # Whoever stops a program by SIGTERM wants it to leave in order, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        status = group.main(args=list(arguments), prog_name="cybertip", standalone_mode=False)
        return int(status or 0)
    except click.ClickException as problem:
        return _usage_error(problem, as_json="--json" in arguments)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as problem:  # what is left: printing help to a full disk, for example
        if os.environ.get("CYBERTIP_DEBUG") == "1":
            raise
        return Output("", as_json=False).abort(DEFECT, "InternalError", defect(problem))


def _usage_error(problem: click.ClickException, *, as_json: bool) -> int:
    if not as_json:
        with contextlib.suppress(OSError, ValueError):
            problem.show()
        return int(Exit.USAGE)
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    name = context.command_path.partition(" ")[2] if context is not None else ""
    error = {"kind": "UsageError", "message": problem.format_message(), "cure": ""}
    return int(Output(name, as_json=True).end(Exit.USAGE, {"error": error}))
