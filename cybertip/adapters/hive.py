"""Hive's NCMEC callback to a review record.

What Hive documents (docs.thehive.ai, "Send NCMEC Report via Callback URL"): when a moderator chooses "Report to NCMEC",
Hive posts ``post_id``, ``user_id``, ``image_url``, ``moderator_email``; with that setting on also ``report_data``, the
report that Hive did not send: ``incidentSummary`` (``incidentType``, ``ncmecEscalationReason``, ``incidentDateTime``),
``internetDetails`` (``webPageIncident.additionalInfo``, ``peer2peerIncident.ipCaptureEvent``), ``reporter``
(``reportingPerson``, ``contactPerson``, ``companyTemplate``, ``termsOfService``…), in the structure of the API's
documentation. ``report_id`` comes only where Hive sent the report itself.

What is assumed: further parts of ``report_data`` have the API's names, too: ``personOrUserReported``,
``intendedRecipient``, ``victim``, ``lawEnforcement``, ``additionalInfo``, and in ``incidentSummary``
``escalateToHighPriority``, ``incidentDateTimeDescription``, ``platform``. E-mail addresses and telephone numbers may be
plain texts or objects. Whatever differs ends in notes.

What Hive does not say, and nobody guesses: when the moderator decided, the file's SHA-256, how much of the file was
viewed (the dashboard shows a link, and whether it was followed is not in the callback). The caller adds what is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybertip.adapters._api import LAW_ENFORCEMENT, RECIPIENT, SUSPECT, VICTIM, account, internet_details
from cybertip.adapters._parts import (
    FORMAT,
    Notes,
    Table,
    converted,
    is_stated,
    many,
    mapping,
    refusal,
    supplement,
)
from cybertip.review import Outcome

_CALLBACK = ("report_id", "post_id", "user_id", "image_url", "moderator_email", "report_data")
_REPORT_DATA = (
    "incidentSummary",
    "internetDetails",
    "reporter",
    "lawEnforcement",
    "personOrUserReported",
    "intendedRecipient",
    "victim",
    "additionalInfo",
)
_SUMMARY: Table = {
    "incidentType": "type",
    "incidentDateTime": "occurred_at",
    "incidentDateTimeDescription": "time_meaning",
    "platform": "platform",
}
_ESCALATION = ("ncmecEscalationReason", "escalateToHighPriority")


def from_hive(
    callback: Mapping[str, Any],
    *,
    record_id: str | None = None,
    decided_at: str | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make plain data in the shape of ``cybertip.review/1``, for `cybertip.intake.make_record` to check.

    Args:
        callback: the callback's parsed body.
        record_id: the record's id; the callback's ``post_id`` where it is left out.
        decided_at: when the moderator decided, with its UTC offset, as the provider recorded it. Hive does not say, and
            without it the decision stays pending.
        evidence: what the provider knows of the file, by the record's names: ``sha256``, ``viewed``, ``location``…

    Raises:
        RecordError: X002, with a JSON pointer into the callback (or ``/evidence``): it is not of this shape, has no
            ``report_data``, or tells of a report that Hive has sent itself.
    """
    callback = mapping(callback, "")
    if is_stated(callback.get("report_id")):
        raise refusal(
            "/report_id",
            "Hive has sent this report to NCMEC itself; filing it again would make a second one",
            "File callbacks of the setting “Send NCMEC Report via Callback URL” only.",
        )
    data = mapping(callback.get("report_data"), "/report_data")
    summary = mapping(data.get("incidentSummary"), "/report_data/incidentSummary")
    notes = Notes()
    notes.text("additionalInfo", data.get("additionalInfo"))
    notes.rest(callback, _CALLBACK)
    found: dict[str, Any] = {"format": FORMAT}
    if (given := record_id if is_stated(record_id) else callback.get("post_id")) is not None:
        found["id"] = given
    if callback.get("post_id") not in (None, given):
        notes.line("post_id", callback["post_id"])
    _reporter(data.get("reporter"), notes)
    notes.rest(data, _REPORT_DATA, "report_data")
    found["decision"] = _decision(callback.get("moderator_email"), decided_at)
    found.update(_incident(summary, data.get("internetDetails")))
    found["suspects"] = _suspects(callback.get("user_id"), data.get("personOrUserReported"))
    found["recipients"] = [account(item, RECIPIENT) for item in many(data.get("intendedRecipient"))]
    found["victims"] = [account(item, VICTIM) for item in many(data.get("victim"))]
    found["evidence"] = [_evidence(callback, evidence)]
    if data.get("lawEnforcement") is not None:
        found["law_enforcement"] = LAW_ENFORCEMENT(data["lawEnforcement"], notes, "lawEnforcement")
    notes.put_into(found)
    return found


def _decision(moderator: Any, decided_at: str | None) -> dict[str, Any]:
    # The callback is the moderator's word; a word without a speaker or a time is not a confirmed decision.
    confirmed = is_stated(moderator) and is_stated(decided_at)
    decision: dict[str, Any] = {"outcome": str(Outcome.CONFIRMED if confirmed else Outcome.PENDING)}
    if moderator is not None:
        decision["reviewer"] = moderator
    if decided_at is not None:
        decision["decided_at"] = decided_at
    return decision


def _incident(summary: Mapping[str, Any], details: Any) -> dict[str, Any]:
    notes = Notes()
    urgent: dict[str, Any] = {}
    plain = {name: value for name, value in summary.items() if name not in _ESCALATION}
    for name in _ESCALATION:
        # An empty text field of a form is no reason, and any reason escalates.
        if is_stated(reason := summary.get(name)):
            if urgent:
                plain[name] = reason
            else:
                urgent["urgent"] = {"reason": reason}
    incident = converted(plain, _SUMMARY, notes, "incidentSummary")
    if details is not None:
        incident["details"] = internet_details(details, notes, "internetDetails")
    notes.put_into(incident)
    return {"incident": incident, **urgent}


def _suspects(user_id: Any, reported: Any) -> list[Any]:
    """Who is reported: the callback's user, who is also the report's person where it has exactly one."""
    people = [_without_blank_id(item) for item in many(reported)]
    if not is_stated(user_id):
        return [account(item, SUSPECT) for item in people]
    if len(people) == 1 and isinstance(person := people[0], Mapping):
        if person.get("espIdentifier") is None:
            person = {**person, "espIdentifier": user_id}
        elif person["espIdentifier"] != user_id:
            # No field of an account, and so kept in its notes, beside one of the same name.
            person = {**person, "callback user_id" if "user_id" in person else "user_id": user_id}
        return [account(person, SUSPECT)]
    accounts = [account(item, SUSPECT) for item in people]
    named = any(isinstance(item, Mapping) and item.get("espIdentifier") == user_id for item in people)
    return accounts if named else [{"identifier": user_id}, *accounts]


def _without_blank_id(person: Any) -> Any:
    """A person as told, but for an empty field of a form, which is no identifier."""
    if not isinstance(person, Mapping) or is_stated(person.get("espIdentifier")):
        return person
    return {name: value for name, value in person.items() if name != "espIdentifier"}


def _evidence(callback: Mapping[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    fields = {"id": callback.get("post_id"), "location": callback.get("image_url")}
    item = {name: value for name, value in fields.items() if value is not None}
    extra = None if extra is None else mapping(extra, "/evidence")
    supplement(item, Notes(), extra, {"id": "post_id", "location": "image_url"})
    return item


def _reporter(reporter: Any, notes: Notes) -> None:
    """Who files is the profile's to say, so what Hive was set up with is kept, one line a field."""
    if not isinstance(reporter, Mapping):
        if reporter is not None:
            notes.line("reporter", reporter)
        return
    for name in sorted(reporter, key=str):
        value = reporter[name]
        if isinstance(value, Mapping):
            notes.rest(value, (), f"reporter.{name}")
        else:
            notes.line(f"reporter.{name}", value)
