"""``cybertip demo``"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cybertip import sample
from cybertip.builder import build
from cybertip.cli._doomed import LEDGER
from cybertip.cli._ledgers import as_data, files_of
from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of
from cybertip.cli._progress import watched
from cybertip.client import Client, RetryPolicy
from cybertip.errors import ConfigurationError, NeedsPersonError
from cybertip.filing.packages import freeze
from cybertip.intake import read_record
from cybertip.ledger import Ledger
from cybertip.schema import Schema
from cybertip.worker import Filer
from cybertip.xml import indented, write

if TYPE_CHECKING:
    from cybertip.mock import MockServer, ReceivedReport


@click.command("demo")
@json_option
@body_of("demo")
def command(output: Output) -> int:
    """File a made-up case against a mock server, step by step, through a crash.

    A mock is started for the occasion on a free port of this machine. Nothing leaves the machine.
    """
    with tempfile.TemporaryDirectory(prefix="cybertip-demo-") as made, _mock() as server:
        folder = Path(made)
        output.say("1. A review record: what the provider's reviewers confirmed.\n")
        path = sample.write_case(folder)
        output.say(_shifted(path.read_text(encoding="utf-8")))
        record = read_record(path.read_bytes())

        output.say(f"2. The record becomes a report. Decision: {record.decision.outcome}, so it may be filed.\n")
        package = build(record, sample.profile())
        document = write(package.report)
        output.say(_shifted(indented(document)))

        output.say("3. Report and file details are checked against the schema before anything leaves.\n")
        schema = Schema.bundled()
        schema.validate(document).raise_for_errors()
        for item in package.files:
            schema.validate(write(item.details(1, "0" * 32))).raise_for_errors()
        output.say(f"   valid: 1 report, {len(package.files)} file details\n")

        output.say(
            f"4. A process files it with the mock at {server.base_url}, and is killed in the middle of an upload.\n"
        )
        _crash(folder, server)
        output.say(f"   killed; the mock holds {_told(server.reports)}\n")

        output.say("5. Another process takes up what is left, from the ledger alone.\n")
        with (
            watched(output, freeze(package, folder).files) as watch,
            Ledger.open(folder / LEDGER, environment="mock", account=server.username) as ledger,
            _client(server.base_url, server.username, server.password) as client,
        ):
            filer = Filer(ledger, client, sample.profile(), watch=watch)
            filer.resume()
            filing_id = ledger.filing_of(record.id)
            filing = filer.filing(filing_id or "")
            receipt = filer.receipt(filing.id)
            problems = ledger.verify()
        finished = [report for report in server.reports if report.state == "finished"]
        output.say(f"\n6. The mock holds {_told(server.reports)}")
        output.say(f"   The ledger's chain is {'broken' if problems else 'intact'}.\n")
        if receipt is None or len(finished) != 1 or problems:
            raise NeedsPersonError("the demonstration did not end as it should; please report it")
        output.say(f"7. The receipt of report {filing.status.report_id}, byte for byte as the server sent it:\n")
        output.raw(receipt)
        return output.end(
            Exit.DONE,
            {
                **as_data(filing),
                "record_id": record.id,
                "file_ids": files_of(receipt),
                "reports_at_the_mock": len(server.reports),
                "finished_at_the_mock": len(finished),
                "receipt": receipt.decode("utf-8", "replace"),
            },
        )


def _crash(folder: Path, server: MockServer) -> None:
    environment = {**os.environ, "CYBERTIP_USERNAME": server.username, "CYBERTIP_PASSWORD": server.password}
    program = [sys.executable, "-m", "cybertip.cli._doomed", server.base_url]
    subprocess.run(program, cwd=folder, env=environment, check=False)  # noqa: S603  # our own program


@contextmanager
def _mock() -> Iterator[MockServer]:
    try:
        from cybertip.mock import MockServer
    except ModuleNotFoundError as problem:
        raise ConfigurationError(
            f"the mock server needs the package {problem.name}: pip install 'cybertip[mock]'"
        ) from None
    with MockServer() as server:
        yield server


def _client(url: str, username: str, password: str) -> Client:
    return Client(username, password, base_url=url, retry=RetryPolicy(attempts=1))


def _told(reports: Sequence[ReceivedReport]) -> str:
    """How many reports there are of each state."""
    counts = Counter(str(report.state) for report in reports)
    return ", ".join(f"{count} {state} report{'s' if count > 1 else ''}" for state, count in sorted(counts.items()))


def _shifted(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines()) + "\n"
