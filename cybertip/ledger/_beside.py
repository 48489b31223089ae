"""What is stored beside a filing's events: records, findings, packages, exchanges. Each must be as it was written, and
named by an event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from cybertip.filing.packages import Frozen
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import package_digest, record_digest, salted
from cybertip.ledger._rows import exchange_digest, file_of, package_file_rows


@dataclass(slots=True)
class Beside:
    """What a filing has beside its events, each by its salted digest in hexadecimal digits.

    Attributes:
        records: what each version of a record is called.
        findings: and the findings.
        packages: and the packages, with their revision.
        exchanges: and the exchanges, with their call.
        problems: what is wrong with them by themselves.
        named: the digests that events named.
    """

    records: dict[str, str] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    packages: dict[str, int] = field(default_factory=dict)
    exchanges: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def check(self, attached: Mapping[str, Any], call_id: str | None, revision: int | None) -> Iterator[str]:
        """What is wrong with what an event names."""
        for digest in attached.get("records", ()):
            if digest not in self.records:
                yield "the record that it names is not there, or was changed"
        if "findings" in attached and attached["findings"] not in self.findings:
            yield "the findings that it names are not there, or were changed"
        if "package" in attached:
            found = self.packages.get(attached["package"])
            if found is None:
                yield "the package that it names is not there, or was changed"
            elif revision is not None and found != revision:
                yield f"it names the package of revision {revision}, and that is stored as revision {found}"
        if "exchange" in attached and self.exchanges.get(attached["exchange"]) != call_id:
            yield "the exchange that it names is not there, or was changed"
        # The state is the event's own matter.
        alone = (attached[name] for name in ("exchange", "findings", "package") if name in attached)
        names = [*attached.get("records", ()), *alone]
        self.named.update(names)

    def unnamed(self) -> Iterator[str]:
        """What no event names, in words."""
        yield from (f"a version of a record ({text})" for one, text in self.records.items() if one not in self.named)
        yield from (f"a list of findings ({text})" for one, text in self.findings.items() if one not in self.named)
        yield from (f"package {number}" for one, number in self.packages.items() if one not in self.named)
        yield from (f"the exchange {call}" for one, call in self.exchanges.items() if one not in self.named)


def look_beside(connection: Connection, filing_id: str) -> Beside:
    """Read what a filing has beside its events, and check each thing by itself."""
    found = Beside()
    _records(connection, filing_id, found)
    _findings(connection, filing_id, found)
    _packages(connection, filing_id, found)
    for row in connection.execute(select(t.exchanges).where(t.exchanges.c.filing_id == filing_id)).mappings():
        found.exchanges[row["digest"].hex()] = row["call_id"]
        if exchange_digest(row) != row["digest"]:
            found.problems.append(f"the exchange {row['call_id']} is not the one that was written")
        elif row["body"] is not None and (
            row["body_digest"] is None or salted(row["salt"], row["body"]) != row["body_digest"]
        ):
            found.problems.append(f"the answer of the exchange {row['call_id']} is not the one that was written")
    return found


def _records(connection: Connection, filing_id: str, found: Beside) -> None:
    member, r = t.filing_records.c, t.record_contents.c
    own = connection.execute(
        select(member.record_id, member.position).where(member.filing_id == filing_id).order_by(member.position)
    ).all()
    if [row.position for row in own] != list(range(len(own))):
        found.problems.append("its records are not numbered in their order")
    for record_id, _ in own:
        rows = connection.execute(select(t.record_contents).where(r.record_id == record_id).order_by(r.number)).all()
        if not rows or [row.number for row in rows] != list(range(1, len(rows) + 1)):
            found.problems.append("a version of a record is missing")
        for row in rows:
            name = f"version {row.number}"
            changed = row.content is not None and hashlib.sha256(row.content).digest() != row.sha256
            if changed or record_digest(row.salt, record_id, row.sha256) != row.digest:
                found.problems.append(f"{name} of a record is not the one that was written")
            found.records[row.digest.hex()] = name


def _findings(connection: Connection, filing_id: str, found: Beside) -> None:
    c = t.findings.c
    rows = connection.execute(select(t.findings).where(c.filing_id == filing_id).order_by(c.number)).all()
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        found.problems.append("a list of findings is missing")
    for row in rows:
        if row.findings is not None and salted(row.salt, row.findings.encode()) != row.digest:
            found.problems.append(f"the list of findings {row.number} is not the one that was written")
        found.findings[row.digest.hex()] = f"number {row.number}"


def _packages(connection: Connection, filing_id: str, found: Beside) -> None:
    c = t.packages.c
    rows = connection.execute(select(t.packages).where(c.filing_id == filing_id).order_by(c.revision)).mappings().all()
    if [row["revision"] for row in rows] != list(range(1, len(rows) + 1)):
        found.problems.append("a package is missing")
    for row in rows:
        if not _is_as_written(connection, filing_id, row):
            found.problems.append(f"package {row['revision']} is not the one that was written")
        found.packages[row["digest"].hex()] = row["revision"]


def _is_as_written(connection: Connection, filing_id: str, row: Mapping[Any, Any]) -> bool:
    """Whether a package's rows fit its digest, as far as they were not purged."""
    manifest: bytes | None = row["manifest"]
    if manifest is None:
        return True
    files = package_file_rows(connection, filing_id, row["revision"])
    sizes = [item["size"] for item in files]
    if [item["position"] for item in files] != list(range(len(files))):
        return False
    if package_digest(row["salt"], hashlib.sha256(manifest).hexdigest(), sizes) != row["digest"]:
        return False
    package = Frozen(
        row["report"] or b"",
        tuple(map(file_of, files)),
        json.loads(row["versions"]),
        row["batched"],
        json.loads(row["notes"] or "{}"),
    )
    named, there = json.loads(manifest), json.loads(package.manifest())
    if row["report"] is None:
        there["report"] = named["report"]
    if row["notes"] is None:
        there["notes"] = named["notes"]
    for one, other in zip(there["files"], named["files"], strict=True):
        # Documents that were purged are there by their digests alone.
        one.update({name: other[name] for name in ("content", "details", "location") if one[name] is None})
    return bool(named == there)
