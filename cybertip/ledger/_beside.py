"""What is stored beside a filing's events: records, findings, packages, exchanges. Each must be as it was written, and
named by an event. What is sealed is looked at if its key was given; what is missing must have been purged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from cybertip.filing.packages import Frozen
from cybertip.ledger import _tables as t
from cybertip.ledger._chain import canonical, package_digest, record_digest, salted
from cybertip.ledger._rows import exchange_digest, file_of, package_file_rows
from cybertip.ledger._vault import SEALED, Look, Vault

_GONE = "is missing, and no event says that it was purged"


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


def look_beside(connection: Connection, vault: Vault, filing_id: str, *, purged: bool) -> Beside:
    """Read what a filing has beside its events, and check each thing by itself.

    Args:
        connection: where to read.
        vault: opens what is sealed.
        filing_id: the filing.
        purged: whether its events say that it was purged, so that contents may be missing.
    """
    found = Beside()
    _records(connection, vault, filing_id, found, purged=purged)
    _findings(connection, vault, filing_id, found, purged=purged)
    _packages(connection, vault, filing_id, found, purged=purged)
    for row in connection.execute(select(t.exchanges).where(t.exchanges.c.filing_id == filing_id)).mappings():
        name = f"the exchange {row['call_id']}"
        found.exchanges[row["digest"].hex()] = row["call_id"]
        look = vault.look("exchanges", row)
        found.problems += _unopened(look, name)
        body = look.row["body"]
        if exchange_digest(row) != row["digest"]:
            found.problems.append(f"{name} is not the one that was written")
        elif body is not None and (row["body_digest"] is None or salted(row["salt"], body) != row["body_digest"]):
            found.problems.append(f"the answer of {name} is not the one that was written")
        elif row["body"] is None and row["body_digest"] is not None and not purged:
            found.problems.append(f"the answer of {name} {_GONE}")
    return found


def kept_of(connection: Connection, filing_id: str) -> bytes:
    """Canonical JSON of what stays of a filing's packages when their documents are purged.

    The manifests go as well, since they name files, so the event `Purged` takes over what proves the rest.
    """
    p = t.packages.c
    rows = connection.execute(
        select(p.revision, p.batched, p.versions).where(p.filing_id == filing_id).order_by(p.revision)
    ).all()
    return canonical(
        [
            {
                "revision": row.revision,
                "batched": row.batched,
                "versions": json.loads(row.versions),
                "files": [
                    {"sha256": item["sha256"], "size": item["size"]}
                    for item in package_file_rows(connection, filing_id, row.revision)
                ],
            }
            for row in rows
        ]
    )


def _unopened(look: Look, name: str) -> Iterator[str]:
    yield from (f"{column} of {name} cannot be opened: {words}" for column, words in sorted(look.broken.items()))


def _records(connection: Connection, vault: Vault, filing_id: str, found: Beside, *, purged: bool) -> None:
    member, r = t.filing_records.c, t.record_contents.c
    own = connection.execute(
        select(member.record_id, member.position).where(member.filing_id == filing_id).order_by(member.position)
    ).all()
    if [row.position for row in own] != list(range(len(own))):
        found.problems.append("its records are not numbered in their order")
    for record_id, _ in own:
        query = select(t.record_contents).where(r.record_id == record_id).order_by(r.number)
        rows = connection.execute(query).mappings().all()
        if not rows or [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
            found.problems.append("a version of a record is missing")
        for row in rows:
            name = f"version {row['number']}"
            look = vault.look("record_contents", row)
            found.problems += _unopened(look, f"{name} of a record")
            content = look.row["content"]
            changed = content is not None and hashlib.sha256(content).digest() != row["sha256"]
            if changed or record_digest(row["salt"], record_id, row["sha256"]) != row["digest"]:
                found.problems.append(f"{name} of a record is not the one that was written")
            elif row["content"] is None and not purged:
                found.problems.append(f"{name} of a record {_GONE}")
            elif row["content"] is None and row["folder"] is not None:
                found.problems.append(f"{name} of a record was purged, and its folder is there")
            found.records[row["digest"].hex()] = name


def _findings(connection: Connection, vault: Vault, filing_id: str, found: Beside, *, purged: bool) -> None:
    c = t.findings.c
    rows = connection.execute(select(t.findings).where(c.filing_id == filing_id).order_by(c.number)).mappings().all()
    if [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
        found.problems.append("a list of findings is missing")
    for row in rows:
        name = f"the list of findings {row['number']}"
        look = vault.look("findings", row)
        found.problems += _unopened(look, name)
        text = look.row["findings"]
        if text is not None and salted(row["salt"], text.encode()) != row["digest"]:
            found.problems.append(f"{name} is not the one that was written")
        elif row["findings"] is None and not purged:
            found.problems.append(f"{name} {_GONE}")
        found.findings[row["digest"].hex()] = f"number {row['number']}"


def _packages(connection: Connection, vault: Vault, filing_id: str, found: Beside, *, purged: bool) -> None:
    c = t.packages.c
    rows = connection.execute(select(t.packages).where(c.filing_id == filing_id).order_by(c.revision)).mappings().all()
    if [row["revision"] for row in rows] != list(range(1, len(rows) + 1)):
        found.problems.append("a package is missing")
    for row in rows:
        name = f"package {row['revision']}"
        look = vault.look("packages", row)
        files = [
            vault.look("package_files", item) for item in package_file_rows(connection, filing_id, row["revision"])
        ]
        found.problems += _unopened(look, name)
        for number, one in enumerate(files, start=1):
            found.problems += _unopened(one, f"file {number} of {name}")
        if not purged and any(row[column] is None for column in ("report", "manifest", "notes")):
            found.problems.append(f"a document of {name} {_GONE}")
        elif not _is_as_written(look, files, purged=purged):
            found.problems.append(f"{name} is not the one that was written")
        found.packages[row["digest"].hex()] = row["revision"]


def _contents(look: Look, files: list[Look]) -> Iterator[tuple[Look, str]]:
    """What was to be purged of a package and its files."""
    yield from ((look, name) for name in SEALED["packages"].columns)
    yield from ((one, name) for one in files for name in SEALED["package_files"].columns)


def _is_as_written(look: Look, files: list[Look], *, purged: bool) -> bool:
    """Whether a package's rows fit its digest, as far as they can be read."""
    row = look.row
    if [one.row["position"] for one in files] != list(range(len(files))):
        return False
    if row["manifest"] is None:
        # It was purged, and everything with it; or it is sealed, or told of already.
        return "manifest" in look.unseen or all(one.row[name] is None for one, name in _contents(look, files))
    sizes = [one.row["size"] for one in files]
    if package_digest(row["salt"], hashlib.sha256(row["manifest"]).hexdigest(), sizes) != row["digest"]:
        return False
    package = Frozen(
        row["report"] or b"",
        tuple(file_of(one.row) for one in files),
        json.loads(row["versions"]),
        row["batched"],
        json.loads(row["notes"] or "{}"),
    )
    named, there = json.loads(row["manifest"]), json.loads(package.manifest())
    there |= {column: named[column] for column in ("report", "notes") if row[column] is None}
    for one, written, kept in zip(there["files"], named["files"], files, strict=True):
        # What was purged, or cannot be opened, is there by its digest alone.
        unseen = {name for name in ("content", "details", "location", "name") if one[name] is None and purged}
        one.update({name: written[name] for name in unseen | kept.unseen})
    return bool(named == there)
