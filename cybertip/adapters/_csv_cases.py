"""The rows of a flat table, gathered case by case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cybertip.adapters._parts import FORMAT, Notes, refusal
from cybertip.findings import RecordError

Reader = Callable[[str], Any]
Columns = Mapping[str, tuple[str, Reader]]
"""Column -> the record's name and how the cell is read."""


def _text(cell: str) -> str:
    return cell


def _yes_no(cell: str) -> Any:
    """True or false; anything else is handed on for intake to refuse."""
    return {"true": True, "false": False}.get(cell.strip().lower(), cell)


def _number(cell: str) -> Any:
    """A whole number; anything else, and one that no field could hold, is handed on for intake to refuse."""
    return int(found[0]) if (found := re.fullmatch("0|[1-9][0-9]{0,18}", cell.strip())) else cell


def _texts(*names: str, prefix: str = "") -> dict[str, tuple[str, Reader]]:
    return {prefix + name: (name, _text) for name in names}


_RECORD: Columns = {"profile": ("profile", _text), "case_notes": ("notes", _text)}
_DECISION: Columns = {**_texts("outcome", "reviewer", "decided_at"), "decision_notes": ("notes", _text)}
_URGENT: Columns = {"urgent_reason": ("reason", _text)}
_INCIDENT: Columns = {
    "incident_type": ("type", _text),
    **_texts("occurred_at", "time_meaning", "platform"),
    "incident_notes": ("notes", _text),
}
_DETECTION: Columns = {
    **_texts("source", "tool", "organisation", prefix="detection_"),
    **_texts("detected_at", "notified_at"),
}
_SUSPECT: Columns = _texts("service", "screen_name", "profile_bio", "notes", prefix="suspect_")
_PERSON: Columns = {
    **_texts("first_name", "last_name", "date_of_birth", prefix="suspect_"),
    "suspect_age": ("age", _number),
}
_SUSPECT_LISTS: Columns = {
    "suspect_display_name": ("display_names", _text),
    "suspect_profile_url": ("profile_urls", _text),
    "suspect_prior_report": ("prior_reports", _number),
}
_PERSON_LISTS: Columns = {"suspect_email": ("emails", _text), "suspect_phone": ("phones", _text)}
_CONTACTS = {"emails": "address", "phones": "number"}
_ACTION: Columns = {
    "action": ("kind", _text),
    "action_at": ("at", _text),
    "action_user_notified": ("user_notified", _yes_no),
    "action_user_notified_at": ("user_notified_at", _text),
    "action_reenabled_at": ("reenabled_at", _text),
}
_FILE: Columns = {
    "file_id": ("id", _text),
    "size": ("size", _number),
    "exif_viewed": ("exif_viewed", _yes_no),
    "publicly_available": ("publicly_available", _yes_no),
    **_texts(
        "location",
        "sha256",
        "viewed",
        "viewed_by",
        "viewed_at",
        "viewed_sha256",
        "relevance",
        "classification",
        "original_name",
    ),
    **_texts("uploaded_at", "source_url"),
}


def _ip_event(prefix: str) -> Columns:
    return {
        prefix: ("ip_address", _text),
        f"{prefix}_at": ("date_time", _text),
        f"{prefix}_event": ("event_name", _text),
        f"{prefix}_port": ("port", _number),
        f"{prefix}_proxy": ("possible_proxy", _yes_no),
    }


class Row:
    """One row: its cells that say something, until they are taken."""

    def __init__(self, number: int, line: int, cells: Mapping[str, str]) -> None:
        self._number, self._line = number, line
        self._cells = {name: cell for name, cell in cells.items() if cell.strip()}

    def take(self, column: str) -> str | None:
        """What a cell says, once."""
        return self._cells.pop(column, None)

    def fields(self, columns: Columns) -> dict[str, Any]:
        """What the row says in these columns, by the record's names."""
        return {name: read(cell) for column, (name, read) in columns.items() if (cell := self.take(column)) is not None}

    def join(self, target: dict[str, Any], columns: Columns) -> None:
        """Add what the row says to what earlier rows said."""
        for column, (name, read) in columns.items():
            if (cell := self.take(column)) is None:
                continue
            if target.setdefault(name, read(cell)) != read(cell):
                cure = "Say it once, or the same in every row."
                raise self.refusal(column, "the cell contradicts an earlier row of the same case", cure)

    def rest(self, notes: Notes, prefix: str = "") -> None:
        """Let what is left, in columns whose names begin so, become notes."""
        for column in sorted(name for name in self._cells if name.startswith(prefix)):
            notes.line(column, self._cells.pop(column))

    def has(self, prefix: str) -> bool:
        """Whether something is left in columns whose names begin so."""
        return any(name.startswith(prefix) for name in self._cells)

    def refusal(self, column: str, message: str, cure: str = "") -> RecordError:
        """The error for a cell."""
        place = column.replace("~", "~0").replace("/", "~1")
        return refusal(f"/{self._number}/{place}", message, cure, self._line)


class _Noted:
    """A part of the record with notes: its own column's first, then what had no column."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.notes = Notes()

    def made(self) -> dict[str, Any]:
        made, notes = dict(self.fields), Notes()
        notes.text("notes", made.pop("notes", None))
        notes.extend(self.notes)
        notes.put_into(made)
        return made


class Case:
    """What the rows of one case say."""

    def __init__(self, name: str) -> None:
        self._record = _Noted()
        self._record.fields = {"format": FORMAT, "id": name}
        self._parts: dict[str, dict[str, Any]] = {"decision": {}, "urgent": {}, "detection": {}, "incident": {}}
        self._pages: list[str] = []
        self._indicators: list[str] = []
        self._suspects: dict[str | None, _Noted] = {}
        self._actions: list[dict[str, Any]] = []
        self._evidence: list[dict[str, Any]] = []

    def add(self, row: Row) -> None:
        """Take over what one more row says."""
        row.join(self._record.fields, _RECORD)
        tables = {"decision": _DECISION, "urgent": _URGENT, "detection": _DETECTION, "incident": _INCIDENT}
        for name, columns in tables.items():
            row.join(self._parts[name], columns)
        _collect(self._pages, row.take("page_url"))
        _collect(self._indicators, row.take("indicator"))
        self._add_action(row, self._add_suspect(row))
        self._add_file(row)

    def record(self) -> dict[str, Any]:
        """The record, as far as the rows tell of it."""
        record = self._record.made()
        for name, part in self._parts.items():
            # These two are mandatory: present and empty, they let intake name each field that is missing in them.
            if part or name in ("decision", "incident"):
                record[name] = dict(part)
        if self._pages:
            record["incident"]["details"] = [{"web_page_incident": {"urls": list(self._pages)}}]
        record["indicators"] = list(self._indicators)
        record["suspects"] = [suspect.made() for suspect in self._suspects.values()]
        record["actions"] = list(self._actions)
        record["evidence"] = list(self._evidence)
        return record

    def _add_suspect(self, row: Row) -> str | None:
        if not row.has("suspect_"):
            return None
        name = row.take("suspect_id")
        if self._suspects and (name is None) != (None in self._suspects):
            # Whether an account without an id is one of those with an id is not ours to decide.
            raise row.refusal("suspect_id", "some rows of the case name the suspect that they tell of, and some do not")
        suspect = self._suspects.setdefault(name, _Noted())
        if name is not None:
            suspect.fields["identifier"] = name
        row.join(suspect.fields, _SUSPECT)
        person: dict[str, Any] = suspect.fields.setdefault("person", {})
        row.join(person, _PERSON)
        for field, item in row.fields(_PERSON_LISTS).items():
            _collect(person.setdefault(field, []), {_CONTACTS[field]: item})
        if not person:
            del suspect.fields["person"]
        for field, item in row.fields(_SUSPECT_LISTS).items():
            _collect(suspect.fields.setdefault(field, []), item)
        if event := row.fields(_ip_event("suspect_ip")):
            _collect(suspect.fields.setdefault("ip_events", []), event)
        row.rest(suspect.notes, "suspect_")
        return name

    def _add_action(self, row: Row, suspect: str | None) -> None:
        if action := row.fields(_ACTION):
            _collect(self._actions, {**action, **({"account": suspect} if suspect is not None else {})})

    def _add_file(self, row: Row) -> None:
        file, notes = row.fields(_FILE), Notes()
        if (digest := row.take("md5")) is not None:
            file["hashes"] = [{"value": digest, "hash_type": "MD5"}]
        if (label := row.take("label")) is not None:
            file["labels"] = [label]
        if event := row.fields(_ip_event("upload_ip")):
            file["ip_event"] = event
        notes.text("file_notes", own := row.take("file_notes"))
        if not file and own is None:
            row.rest(self._record.notes)
            return
        row.rest(notes)
        notes.put_into(file)
        self._evidence.append(file)


def _collect(items: list[Any], item: Any) -> None:
    """Add an item unless it is missing or known."""
    if item is not None and item not in items:
        items.append(item)
