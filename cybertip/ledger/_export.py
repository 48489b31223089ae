"""One filing's whole history in a folder, for people who have no ledger, such as a lawyer or a court."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from cybertip._version import __version__
from cybertip.errors import ConfigurationError
from cybertip.filing.events import Event, Purged
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import moment_of
from cybertip.ledger._errors import LedgerError
from cybertip.ledger._narrative import narrative
from cybertip.ledger._queries import exchange_rows, record_ids_of
from cybertip.ledger._rows import events_as_they_are, package_file_rows, told_of
from cybertip.ledger._vault import Vault

README = """\
The history of one filing at NCMEC's CyberTipline, written by cybertip.

history.txt    what happened, in order, to be read: when, who, what and why, a line for each event
history.json   the same for programs, with all that proves it: events, requests and answers, times in UTC, digests
answers/       the server's answers, byte for byte as they arrived; the number is the order of sending
packages/      what was to be filed, in each revision: the report, the file details with stand-ins for the ids that the
               server assigns, and files that were made of the record (evidence stays where it was)
records/       the records as they came in and were corrected
SHA256SUMS     the SHA-256 of each of these files

What was purged is named in history.json and has no file; the members of "purged" say when, by whom and why.

To check the files:    sha256sum -c SHA256SUMS

To check the chain of events in history.json, for each event in order:
1. payload_digest is the SHA-256 of the salt's bytes followed by the payload's bytes (the text in UTF-8).
2. previous is the link of the event before; for the first event it is 64 zeros.
3. link is the SHA-256 of this JSON text in ASCII, with sorted keys and no white space:
   {"attached":…,"call_id":…,"fence":…,"filing":…,"format":…,"kind":…,"ledger":…,"payload":PAYLOAD_DIGEST,
   "previous":…,"recorded":MICROSECONDS,"seq":…}
   where recorded is in whole microseconds since 1970-01-01T00:00:00Z (recorded_microseconds).
4. attached names what is stored beside the event by salted digests, each of which is in history.json with its salt:
   - an exchange: SHA-256 of the salt's bytes and the JSON text, written as above, of its member "told"; "body" in it is
     the SHA-256 of the salt's bytes and the answer's bytes
   - a package: of the salt's bytes and {"manifest":SHA-256 of the manifest's text,"sizes":[…]}; the manifest names each
     document by its SHA-256
   - a record: of the salt's bytes and {"record":ID,"sha256":SHA-256 of the record}
   - findings: of the salt's bytes and the findings' text
   - state: of the event's own salt and the filing's state after it, as the program writes it
   - kept, of an event "purged": of its own salt and the JSON text, written as above, of what stays of the packages:
     [{"batched":…,"files":[{"sha256":…,"size":…},…],"revision":…,"versions":…},…]
The last link is the filing's head. It is proof of the whole history to whoever noted it, or a checkpoint, earlier.
"""


def export(connection: Connection, vault: Vault, facts: Any, filing_id: str, folder: Path) -> None:
    """Write it. `facts` is the ledger's own row; the rest is as of `Ledger.export`."""
    filing = connection.execute(select(t.filings).where(t.filings.c.id == filing_id)).one_or_none()
    if filing is None:
        raise LedgerError(f"the ledger has no filing {filing_id}")
    target = _Folder(folder)
    events = events_as_they_are(connection, filing_id)
    history = {
        "cybertip_history": 1,
        "program": __version__,
        "ledger": {"id": facts.id, "generation": facts.generation, "environment": facts.environment},
        "filing": filing_id,
        "created_at": rfc3339(moment_of(filing.created)),
        "head": filing.head.hex(),
        "state": _state(filing.state),
        "purged": _purged(events),
        "records": _records(connection, vault, filing_id, target),
        "packages": _packages(connection, vault, filing_id, target),
        "findings": _findings(connection, vault, filing_id),
        "events": _events(connection, filing_id),
        "exchanges": _exchanges(connection, vault, filing_id, target),
    }
    target.write("history.json", (json.dumps(history, indent=2, ensure_ascii=False) + "\n").encode())
    records = record_ids_of(connection, [filing_id])[filing_id]
    told = narrative(filing_id, facts.environment, records, events)
    target.write("history.txt", told.encode(errors="backslashreplace"))
    target.write("README.txt", README.encode())
    target.finish()


def rfc3339(moment: datetime) -> str:
    """A time in UTC as RFC 3339 has it."""
    return moment.isoformat().replace("+00:00", "Z")


class _Folder:
    """A new folder that only its owner can read. It is made when all that goes into it could be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, bytes] = {}

    def write(self, name: str, data: bytes) -> str:
        """Put a file in; its name."""
        self._files[name] = data
        return name

    def finish(self) -> None:
        """Make the folder, with the sums of all files."""
        sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(self._files.items()))
        self.write("SHA256SUMS", "".join(sums).encode())
        try:
            self._folder.mkdir(mode=0o700)
        except FileExistsError:
            raise ConfigurationError(f"{self._folder} is there already; name a folder that is not") from None
        except OSError as problem:
            raise ConfigurationError(f"the folder {self._folder} cannot be made: {problem.strerror}") from None
        for name, data in self._files.items():
            path = self._folder / name
            for parent in reversed(path.relative_to(self._folder).parents):
                (self._folder / parent).mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(data)


def _purged(events: Sequence[tuple[datetime, Event | None]]) -> list[dict[str, object]]:
    return [
        {"at": rfc3339(recorded), "by": event.by, "reason": event.reason}
        for recorded, event in events
        if isinstance(event, Purged)
    ]


def _state(text: str) -> object:
    """The state as JSON; as it is stored where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _records(connection: Connection, vault: Vault, filing_id: str, target: _Folder) -> list[dict[str, object]]:
    member, r = t.filing_records.c, t.record_contents.c
    rows = connection.execute(
        select(t.record_contents, member.position)
        .join_from(t.filing_records, t.record_contents, r.record_id == member.record_id)
        .where(member.filing_id == filing_id)
        .order_by(member.position, r.number)
    ).mappings()
    return [
        {
            "id": row["record_id"],
            "version": row["number"],
            "sha256": row["sha256"].hex(),
            "salt": row["salt"].hex(),
            "digest": row["digest"].hex(),
            # The id is the provider's, and may be no name for a file.
            "file": _written(target, f"records/{row['position'] + 1:03}-version-{row['number']}", row["content"]),
        }
        for row in (vault.opened("record_contents", row) for row in rows)
    ]


def _written(target: _Folder, name: str, data: bytes | None) -> str | None:
    return None if data is None else target.write(name, data)


def _packages(connection: Connection, vault: Vault, filing_id: str, target: _Folder) -> list[dict[str, object]]:
    c = t.packages.c
    listed: list[dict[str, object]] = []
    rows = connection.execute(select(t.packages).where(c.filing_id == filing_id).order_by(c.revision)).mappings()
    for row in (vault.opened("packages", row) for row in rows):
        place = f"packages/{row['revision']}"
        files = package_file_rows(connection, filing_id, row["revision"])
        listed.append(
            {
                "revision": row["revision"],
                "report": _written(target, f"{place}/report.xml", row["report"]),
                "files": [_package_file(vault.opened("package_files", item), place, target) for item in files],
                "versions": json.loads(row["versions"]),
                "batched": row["batched"],
                "manifest": None if row["manifest"] is None else row["manifest"].decode(),
                "salt": row["salt"].hex(),
                "digest": row["digest"].hex(),
            }
        )
    return listed


def _package_file(item: Mapping[Any, Any], place: str, target: _Folder) -> dict[str, object]:
    number = f"{place}/file-{item['position'] + 1:03}"
    return {
        "location": item["location"],
        "name": item["name"],
        "sha256": item["sha256"],
        "size": item["size"],
        "content": _written(target, f"{number}.content", item["content"]),
        "details": _written(target, f"{number}.xml", item["details"]),
    }


def _findings(connection: Connection, vault: Vault, filing_id: str) -> list[dict[str, object]]:
    c = t.findings.c
    rows = connection.execute(select(t.findings).where(c.filing_id == filing_id).order_by(c.number)).mappings()
    return [
        {
            "number": row["number"],
            "findings": row["findings"],
            "salt": row["salt"].hex(),
            "digest": row["digest"].hex(),
        }
        for row in (vault.opened("findings", row) for row in rows)
    ]


def _events(connection: Connection, filing_id: str) -> list[dict[str, object]]:
    c = t.events.c
    return [
        {
            "seq": row.seq,
            "kind": row.kind,
            "recorded_at": rfc3339(moment_of(row.recorded)),
            "recorded_microseconds": row.recorded,
            "format": row.format,
            "fence": row.fence,
            "call_id": row.call_id,
            "payload": None if row.payload is None else row.payload.decode(errors="backslashreplace"),
            "salt": row.salt.hex(),
            "payload_digest": row.payload_digest.hex(),
            "attached": json.loads(row.attached),
            "previous": row.previous.hex(),
            "link": row.link.hex(),
        }
        for row in connection.execute(select(t.events).where(c.filing_id == filing_id).order_by(c.seq))
    ]


def _exchanges(connection: Connection, vault: Vault, filing_id: str, target: _Folder) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = []
    rows = (vault.opened("exchanges", row) for row in exchange_rows(connection, filing_id))
    for number, row in enumerate(rows, start=1):
        name = f"answers/{number:03}-{re.sub('[^a-z]', '', row['call'])}.xml"
        listed.append(
            {
                "call_id": row["call_id"],
                "sent_at": rfc3339(moment_of(row["sent"])),
                "received_at": None if row["received"] is None else rfc3339(moment_of(row["received"])),
                "told": told_of(row),
                "answer": _written(target, name, row["body"]),
                "salt": row["salt"].hex(),
                "digest": row["digest"].hex(),
            }
        )
    return listed
