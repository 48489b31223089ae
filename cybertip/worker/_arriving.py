"""What comes in to be filed: a record, several for a batch, or documents that somebody wrote by hand.

Nothing is turned away for what is wrong with it: a record whose id can be read is stored, and waits for a correction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cybertip.batch import build_batch
from cybertip.builder import History, Package, build
from cybertip.checks import judge, judge_package
from cybertip.environments import Environment
from cybertip.errors import ConfigurationError
from cybertip.filing.events import Enqueued
from cybertip.filing.limits import USUAL, Limits
from cybertip.filing.packages import Frozen, freeze
from cybertip.findings import Finding, Findings, RecordError, error
from cybertip.gaps import profile_gaps
from cybertip.gates import Override
from cybertip.intake import Accepted, SetAside, accept, accept_record
from cybertip.ledger import NewFiling
from cybertip.models import Report
from cybertip.profile import ReporterProfile
from cybertip.review import ReviewRecord
from cybertip.rules import Case
from cybertip.rules import History as Known
from cybertip.xml import parse

Record = ReviewRecord | Accepted | bytes
"""A record as it may come in: JSON (UTF-8), what `accept_record` made of it, or made in Python."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What must be known to take something in.

    Attributes:
        profile_named: the reporter profile of a name; raises ConfigurationError where there is none.
        environment: where it is filed to: production asks for a complete profile (P507).
        known: what the ledger knows of earlier filings.
        now: the moment.
        limits: how often something may go wrong before a person is asked.
        by: who hands in, where it is a person.
    """

    profile_named: Callable[[str], ReporterProfile] = field(repr=False)
    environment: Environment
    known: Known = field(repr=False)
    now: datetime
    limits: Limits = USUAL
    by: str = field(default="", repr=False)

    def record(self, record: Record, folder: Path, overrides: Sequence[Override] = ()) -> NewFiling:
        """One record, one filing.

        Raises:
            RecordError: the record has no id by which it could be stored.
        """
        data = data_of(record)
        try:
            accepted = _accepted(record)
        except RecordError as problem:
            return self._unbuilt((_id_of(data, problem),), (data,), problem.findings, folder)
        own = accepted.record
        try:
            profile = self.profile_named(own.profile)
            package = build(own, profile, accepted.set_aside, history=self._history([own]), overrides=overrides)
        except RecordError as problem:
            return self._unbuilt((own.id,), (data,), problem.findings, folder, [own])
        except ConfigurationError as problem:
            return self._unbuilt((own.id,), (data,), [_no_profile(problem)], folder, [own])
        return self._built(package, (data,), [own], profile, folder)

    def batch(self, records: Sequence[Record], folder: Path, overrides: Sequence[Override] = ()) -> NewFiling:
        """Several records about one viral file, one filing.

        Raises:
            RecordError: one of the records cannot be read; nothing was stored.
        """
        taken = [_accepted(record) for record in records]
        own, data = [one.record for one in taken], tuple(map(data_of, records))
        ids = tuple(one.id for one in own)
        twice = [index for index, one in enumerate(ids) if one in ids[:index]]
        if twice:
            words = "the batch has a record of this id already"
            raise RecordError([error("X002", f"/{index}/id", words, "Hand in each once.") for index in twice])
        aside = [replace(item, pointer=f"/{i}{item.pointer}") for i, one in enumerate(taken) for item in one.set_aside]
        try:
            profile = self.profile_named(own[0].profile if own else "default")
            package = build_batch(own, profile, aside, overrides=overrides)
        except RecordError as problem:
            if not own:
                raise
            return self._unbuilt(ids, data, problem.findings, folder, own)
        except ConfigurationError as problem:
            return self._unbuilt(ids, data, [_no_profile(problem)], folder, own)
        return self._built(package, data, own, profile, folder)

    def documents(self, filing_id: str, package: Frozen, confirmed_at: datetime | None = None) -> NewFiling:
        """Hand-written documents, filed under an id of their own."""
        # The ids in them are replaced by what the server assigns, so whatever stands there is not judged.
        with_details = [item for item in package.files if item.details is not None]
        details = [item.described(1, f"{index:032x}") for index, item in enumerate(with_details)]
        verdict = judge(package.report, details, Case(now=self.now, uploads=len(package.files)))
        errors = tuple(item.code for item in verdict.findings.errors)
        suspects: tuple[str, ...] = ()
        escalation = None
        if not errors:
            report = parse(package.report, Report).document
            suspects = tuple(filter(None, (one.esp_identifier for one in report.persons_or_users_reported)))
            escalation = report.incident_summary.escalate_to_high_priority
        enqueued = Enqueued(
            1, package.details, confirmed_at or self.now, urgent=escalation is not None,
            not_before=verdict.not_before, findings=errors, limits=self.limits, by=self.by,
        )  # fmt: skip
        return NewFiling(
            (filing_id,), (package.identity(),), enqueued, package, suspects, escalation, _plain(verdict.findings)
        )

    def _history(self, records: Iterable[ReviewRecord]) -> History:
        names = {one.identifier for record in records for one in record.suspects if one.identifier}
        return History({name: tuple(self.known.reports_on(name)) for name in names})

    def _built(
        self,
        package: Package,
        data: tuple[bytes, ...],
        records: list[ReviewRecord],
        profile: ReporterProfile,
        folder: Path,
    ) -> NewFiling:
        record = records[0] if len(records) == 1 else None
        verdict = judge_package(package, record, profile, history=self.known, now=self.now)
        findings = list(verdict.findings)
        if self.environment is Environment.PRODUCTION:
            findings += profile_gaps(profile, "/profile")
        errors = tuple(item.code for item in Findings(findings).errors)
        decided = [one.decision.decided_at for one in records if one.decision.decided_at is not None]
        frozen = freeze(package, folder)
        enqueued = Enqueued(
            1, frozen.details, min(decided, default=self.now), urgent=_is_urgent(records),
            not_before=verdict.not_before, findings=errors, limits=self.limits, by=self.by,
        )  # fmt: skip
        ids = tuple(one.id for one in records)
        return NewFiling(
            ids, data, enqueued, frozen, tuple(_identifiers(records)), _escalation(records),
            _plain(findings), str(folder.absolute()),
        )  # fmt: skip

    def _unbuilt(
        self,
        ids: tuple[str, ...],
        data: tuple[bytes, ...],
        findings: Iterable[Finding],
        folder: Path,
        records: Sequence[ReviewRecord] = (),
    ) -> NewFiling:
        found = list(findings)
        codes = tuple(item.code for item in found) or ("X002",)
        enqueued = Enqueued(0, (), self.now, urgent=_is_urgent(records), findings=codes, limits=self.limits, by=self.by)
        return NewFiling(
            ids, data, enqueued, None, tuple(_identifiers(records)), _escalation(records), _plain(found),
            str(folder.absolute()),
        )  # fmt: skip


def data_of(record: Record) -> bytes:
    """The bytes that a record is stored as: as they came in, or JSON of one that was made in Python."""
    if isinstance(record, bytes):
        return record
    if isinstance(record, ReviewRecord):
        return record.model_dump_json(exclude_defaults=True).encode()
    content = record.record.model_dump(mode="json", exclude_defaults=True)
    for one in record.set_aside:
        _put_back(content, one)
    return json.dumps(content).encode()


def _put_back(content: Any, one: SetAside) -> None:
    """Let a value that was set aside stand where it stood, so that nothing of the record is lost in the ledger."""
    *around, name = [step.replace("~1", "/").replace("~0", "~") for step in one.pointer.split("/")[1:]]
    place = content
    for step in around:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    if isinstance(place, list):
        place[int(name)] = one.value
        return
    place[name] = one.value
    if one.code == "R702":  # the state has moved to another field
        place.pop("non_usa_state", None)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two records differ.

    Attributes:
        pointer: the place, as JSON pointer.
        before: what stood there, as plain data; `NOTHING` where it was not there.
        after: what stands there now; `NOTHING` where it is not there any more.
    """

    pointer: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is NOTHING else "removed" if self.after is NOTHING else "changed"


NOTHING = object()
"""Stands for what is not there, in a difference."""


def differences(old: bytes, new: bytes) -> list[str]:
    """Where two records differ, as JSON pointers; empty where they say the same."""
    return [one.pointer for one in compare(old, new)]


def compare(old: bytes, new: bytes) -> list[Difference]:
    """Where two records differ, by their pointers; empty where they say the same."""
    if old == new:
        return []
    found = {one.pointer: one for one in _differing(_content(old), _content(new), "")}
    return [found[pointer] for pointer in sorted(found)]


def _content(data: bytes) -> Any:
    """What a record says, without what merely says a default."""
    try:
        accepted = accept_record(data)
    except RecordError:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return data.decode("utf-8", "replace")
    plain = accepted.record.model_dump(mode="json", exclude_defaults=True)
    return (
        {**plain, "set aside": [[one.pointer, one.value] for one in accepted.set_aside]}
        if accepted.set_aside
        else plain
    )


def _differing(before: Any, after: Any, pointer: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            place = f"{pointer}/{key}"
            if key not in before or key not in after:
                yield Difference(place, before.get(key, NOTHING), after.get(key, NOTHING))
            else:
                yield from _differing(before[key], after[key], place)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{pointer}/{index}")
    elif before != after:
        yield Difference(pointer, before, after)


def followed(data: bytes, report_id: int, reason: str) -> bytes:
    """A record as the supplement to a report: it names the report, and says why there is another one.

    Raises:
        RecordError: it cannot be read, names other reports only, or nobody says why.
    """
    follow_up = accept_record(data).record.follow_up
    if follow_up is not None:
        if report_id not in follow_up.reports:
            words = f"the record adds to other reports than {report_id}, to which it is handed in"
            raise RecordError([error("X002", "/follow_up/reports", words, f"Add {report_id}, or leave follow_up out.")])
        return data
    if not reason.strip():
        words = "why there is another report is not said"
        raise RecordError([error("X002", "/follow_up/reason", words, "Say why, in the record or with --reason.")])
    content = json.loads(data.decode("utf-8-sig"))
    content["follow_up"] = {"reports": [report_id], "reason": reason}
    return json.dumps(content, ensure_ascii=False).encode()


def _accepted(record: Record) -> Accepted:
    if isinstance(record, Accepted):
        return record
    return accept_record(record) if isinstance(record, bytes) else accept(record.model_dump(mode="json"))


def _id_of(data: bytes, problem: RecordError) -> str:
    """The id of a record that is otherwise wrong. Raises the problem where it has none that can be used."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise problem from None
    found = content.get("id") if isinstance(content, dict) else None
    unusable = {item.path for item in problem.findings} & {"/id"}
    if not isinstance(found, str) or unusable:
        raise problem
    return found


def _no_profile(problem: ConfigurationError) -> Finding:
    return error("P507", "/profile", str(problem), "Mend the profile, then correct the record or hand it in again.")


def _is_urgent(records: Sequence[ReviewRecord]) -> bool:
    return any(one.urgent is not None for one in records)


def _escalation(records: Sequence[ReviewRecord]) -> str | None:
    return next((one.urgent.reason for one in records if one.urgent is not None), None)


def _identifiers(records: Iterable[ReviewRecord]) -> Iterator[str]:
    """The provider's own reported accounts; another company's account may be called alike."""
    for record in records:
        for suspect in record.suspects:
            if suspect.identifier is not None and suspect.identifier.strip() and suspect.third_party is not True:
                yield suspect.identifier


def _plain(findings: Iterable[Finding]) -> tuple[dict[str, object], ...]:
    return tuple(dict(item.as_dict()) for item in findings)
