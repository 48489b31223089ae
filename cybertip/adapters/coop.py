"""ROOST Coop's decision and additional information to a review record.

What is public (github.com/roostorg/coop: its documentation of NCMEC reporting and the types of its NCMEC and manual
review services):

*Decision*, a row of ``manual_review_decisions``: ``id``, ``reviewer_id`` (null or empty where no person decided),
``created_at``, ``decision_components``, ``job_payload``, ``related_actions``, ``queue_id``, ``org_id``,
``enqueue_source_info``, ``item_created_at``, ``decision_reason``. The component of type ``SUBMIT_NCMEC_REPORT`` has
``incidentType``, ``reportedMedia`` (``id``, ``typeId``, ``url``, ``fileAnnotations``, ``industryClassification``),
``reportedMessages`` (``threadId``, ``threadTypeId``, ``reportedContent`` with ``creatorId``, ``sentAt``, ``content``,
``contentId``, ``targetId``, ``chatType``, ``ipAddress``…), ``escalateToHighPriority``, ``additionalInfo``. The job is
about one user, the reported one: ``job_payload.payload.item`` (``itemId``, and the user's type in
``itemTypeIdentifier.id``).

*Additional information*, what the provider's own endpoint answers: ``users`` (``id``, ``typeId``, ``screenName``,
``email``, ``ipCaptureEvent``, ``data``), ``media`` (``id``, ``typeId``, ``fileName``, ``publiclyAvailable``,
``missing``, ``ipCaptureEvent``, ``additionalInfo``, ``fileDetails`` with ``hash`` and ``hashType``),
``additionalFiles`` (``fileUrl``, ``fileName``, ``additionalInfo``), ``messages``, ``additionalInfo``.

What is assumed: the row may come with its names in camelCase, and a decision without the job may name the user in
``reportedUser`` (``id``, ``typeId``) as Coop's parameters of a report do. Where neither says who is reported, the only
user of the additional information is; of several nobody picks one.

What neither says, and nobody guesses: when the incident happened (Coop computes it from fields that each provider
names), the files' SHA-256, how much of each file was viewed (Coop states every file as viewed, which is a constant of
its code and no reviewer's word) and of each conversation read. The caller adds what is known. Coop also files reports
itself: turn that off, or there will be two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cybertip.adapters._api import EMAIL, IP_EVENT
from cybertip.adapters._coop_chats import chats
from cybertip.adapters._coop_files import files
from cybertip.adapters._parts import (
    FORMAT,
    Notes,
    Table,
    converted,
    is_stated,
    many,
    mapping,
    objects,
    refusal,
    several,
)
from cybertip.review import Outcome

SUBMIT = "SUBMIT_NCMEC_REPORT"
"""The type of the component that decides to report."""

_ROW: Table = {
    "reviewer_id": "reviewer",
    "reviewerId": "reviewer",
    "created_at": "decided_at",
    "createdAt": "decided_at",
}
_COMPONENTS = ("decision_components", "decisionComponents")
_JOBS = ("job_payload", "jobPayload")
_COMPONENT = ("type", "incidentType", "escalateToHighPriority", "additionalInfo", "reportedMedia", "reportedMessages")
_USER: Table = {
    "id": "identifier",
    "screenName": "screen_name",
    "displayName": ("display_names", several()),
    "ipCaptureEvent": ("ip_events", several(IP_EVENT)),
}
_ADDITIONAL = ("users", "media", "additionalFiles", "messages", "additionalInfo")


def from_coop(
    decision: Mapping[str, Any],
    additional_info: Mapping[str, Any] | None = None,
    *,
    record_id: str | None = None,
    occurred_at: str | None = None,
    evidence: Mapping[str, Mapping[str, Any]] | None = None,
    threads: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Make plain data in the shape of ``cybertip.review/1``, for `cybertip.intake.make_record` to check.

    Args:
        decision: the decision's row.
        additional_info: what the provider's additional-information endpoint answered.
        record_id: the record's id; the decision's where it is left out.
        occurred_at: when the incident happened, with its UTC offset.
        evidence: what the provider knows of each file, by the record's names (``sha256``, ``viewed``, ``location``…),
            under the media's id, or ``additionalFiles/0`` and so on for the additional files.
        threads: what the provider knows of each conversation, by the record's names (``viewed``, ``client``…), under
            the thread's id.

    Raises:
        RecordError: X002, with a JSON pointer into ``{"decision": …, "additional_info": …, "evidence": …, "threads":
            …}``: the data are not of this shape, do not decide to report, or do not say which of several users is
            reported.
    """
    decision = mapping(decision, "/decision")
    info = {} if additional_info is None else mapping(additional_info, "/additional_info")
    component, pointer = _submission(decision)
    media = objects(component.get("reportedMedia"), f"{pointer}/reportedMedia")
    users = objects(info.get("users"), "/additional_info/users")
    about = objects(info.get("media"), "/additional_info/media")
    notes, incident_notes = Notes(), Notes()
    notes.text("additionalInfo", component.get("additionalInfo"))
    notes.text("additional_info.additionalInfo", info.get("additionalInfo"))
    notes.rest(component, _COMPONENT)
    notes.rest(info, _ADDITIONAL, "additional_info")
    found: dict[str, Any] = {"format": FORMAT}
    if (given := record_id if is_stated(record_id) else decision.get("id")) is not None:
        found["id"] = given
    found["decision"] = _decision(decision, component, keep_id=found.get("id") != decision.get("id"))
    incident = {"type": component.get("incidentType"), "occurred_at": occurred_at}
    found["incident"] = {name: value for name, value in incident.items() if value is not None}
    if is_stated(reason := component.get("escalateToHighPriority")):
        found["urgent"] = {"reason": reason}
    found["suspects"] = _suspects(*_reported(decision), users, notes)
    found["evidence"] = files(media, about, info.get("additionalFiles"), evidence, notes)
    if found_chats := chats(component.get("reportedMessages"), threads, incident_notes):
        found["incident"]["chats"] = found_chats
    for index, item in enumerate(many(info.get("messages"))):
        incident_notes.line(f"messages[{index}]", item)
    incident_notes.put_into(found["incident"])
    notes.put_into(found)
    return found


def _submission(decision: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The component that decides to report, and where it stands."""
    name = _first(decision, _COMPONENTS)
    components = objects(decision.get(name), f"/decision/{name}", needed=True)
    chosen = [index for index, item in enumerate(components) if item.get("type") == SUBMIT]
    if len(chosen) != 1:
        message = f"there are {len(chosen)} components of type {SUBMIT}; a record is made of exactly one"
        raise refusal(f"/decision/{name}", message)
    return components[chosen[0]], f"/decision/{name}/{chosen[0]}"


def _decision(decision: Mapping[str, Any], component: Mapping[str, Any], *, keep_id: bool) -> dict[str, Any]:
    """Who decided what and when. The rest of the row is internal: notes on a decision do not leave the provider."""
    notes = Notes()
    components, job = _first(decision, _COMPONENTS), _first(decision, _JOBS)
    plain = {name: value for name, value in decision.items() if name not in (components, job, "reportedUser")}
    if not keep_id:
        plain.pop("id", None)
    made = converted(plain, _ROW, notes)
    for index, item in enumerate(many(decision.get(components))):
        if item is not component:
            notes.line(f"{components}[{index}]", item)
    if isinstance(payload := decision.get(job), Mapping):
        notes.rest(payload, (), job)
    elif payload is not None:
        notes.line(job, payload)
    if (user := decision.get("reportedUser")) is not None:
        notes.line("reportedUser", user)
    confirmed = is_stated(made.get("reviewer")) and is_stated(made.get("decided_at"))
    made = {"outcome": str(Outcome.CONFIRMED if confirmed else Outcome.PENDING), **made}
    notes.put_into(made)
    return made


def _reported(decision: Mapping[str, Any]) -> tuple[Any, Any]:
    """The id of the reported user, where the decision says it, and that of the user's type, where it says that, too."""
    job = decision.get(_first(decision, _JOBS))
    item = _within(job, "payload", "item")
    parameters = decision.get("reportedUser")
    for found, kind in (
        (_within(item, "itemId"), _within(item, "itemTypeIdentifier", "id")),
        (_within(parameters, "id"), _within(parameters, "typeId")),
    ):
        if is_stated(found):
            return found, kind
    return None, None


def _within(value: Any, *names: str) -> Any:
    """What an object holds under a name, and under the next name in that; None where something is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _is_meant(user: Mapping[str, Any], reported: Any, kind: Any) -> bool:
    """Whether a user may be the reported one: an id is unique within its type only."""
    types = {value for value in (kind, user.get("typeId")) if isinstance(value, str) and is_stated(value)}
    return user.get("id") == reported and len(types) <= 1


def _suspects(reported: Any, kind: Any, users: Sequence[Mapping[str, Any]], notes: Notes) -> list[dict[str, Any]]:
    chosen: int | None = None
    if reported is not None:
        meant = [index for index, user in enumerate(users) if _is_meant(user, reported, kind)]
        # Of several that may be meant nobody picks one: they stay in the record's notes.
        chosen = meant[0] if len(meant) == 1 else None
    elif len(users) == 1:
        chosen = 0
    elif users:
        message = "there are several users, and the decision does not say which of them is reported"
        raise refusal("/additional_info/users", message, "Pass the decision with its job_payload.")
    for index, user in enumerate(users):
        if index != chosen:
            notes.line(f"users[{index}]", user)
    if chosen is None:
        return [] if reported is None else [{"identifier": reported}]
    user_notes = Notes()
    plain = {name: value for name, value in users[chosen].items() if name != "email"}
    suspect = converted(plain, _USER, user_notes)
    if (emails := users[chosen].get("email")) is not None:
        suspect["person"] = {"emails": several(EMAIL)(emails, user_notes, "email")}
    user_notes.put_into(suspect)
    return [suspect]


def _first(data: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((name for name in names if data.get(name) is not None), names[0])
