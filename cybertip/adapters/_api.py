"""JSON that follows the names of the API's documents: where its fields go in a review record.

Both Coop and Hive write parts of their data that way, because they file reports themselves. The API's own names are in
camelCase; the parts in the record are the wire models under their Python names. What XML distinguishes and JSON
flattens (an element's text and its attributes) is read in each of the forms that are in use: a plain text, an object
that names the text ``_text``, and attributes beside it or under ``_attributes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybertip.adapters._parts import Converter, Notes, Table, converted, part, several

_VERIFIABLE: Table = {"type": "type", "verified": "verified", "verificationDate": "verification_date"}


def _flat(convert: Converter) -> Converter:
    """Read attributes that stand under ``_attributes`` as if they stood beside the text."""

    def unfolded(value: Any, notes: Notes, place: str) -> Any:
        if isinstance(value, Mapping) and isinstance(inner := value.get("_attributes"), Mapping):
            doubled = {name: item for name, item in inner.items() if name in value}
            for name in sorted(doubled):
                notes.line(f"{place}._attributes.{name}", doubled[name])
            value = {**inner, **{name: item for name, item in value.items() if name != "_attributes"}}
        return convert(value, notes, place)

    return unfolded


def _additional_info(name: str) -> tuple[str, Converter]:
    """A field of the wire models that takes one text, whatever number of them the foreign data give."""

    def convert(value: Any, _notes: Notes, _place: str) -> Any:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return "\n".join(value)
        return value

    return name, convert


EMAIL = _flat(part({"email": "address", "_text": "address", "address": "address", **_VERIFIABLE}, text="address"))
"""An e-mail address."""

PHONE = _flat(
    part(
        {
            "phone": "number",
            "_text": "number",
            "number": "number",
            **_VERIFIABLE,
            "countryCallingCode": "country_calling_code",
            "extension": "extension",
        },
        text="number",
    )
)
"""A telephone number."""

ADDRESS = _flat(
    part(
        {
            "address": "address",
            "city": "city",
            "zipCode": "zip_code",
            "state": "state",
            "nonUsaState": "non_usa_state",
            "country": "country",
            "type": "type",
        },
        text="address",
    )
)
"""A postal address."""

IP_EVENT = part(
    {
        "ipAddress": "ip_address",
        "eventName": "event_name",
        "dateTime": "date_time",
        "possibleProxy": "possible_proxy",
        "port": "port",
    },
    text="ip_address",
)
"""An internet address that a user came from."""

DEVICE = part({"idType": "id_type", "idValue": "id_value", "eventName": "event_name", "dateTime": "date_time"})
"""A device that a user came with."""

LOCATION = _flat(
    part(
        {
            "city": "city",
            "region": "region",
            "countryCode": "country_code",
            "verified": "verified",
            "timestamp": "timestamp",
        }
    )
)
"""Where someone probably is."""

_CONTACT: Table = {
    "firstName": "first_name",
    "lastName": "last_name",
    "phone": ("phones", several(PHONE)),
    "email": ("emails", several(EMAIL)),
    "address": ("addresses", several(ADDRESS)),
}

CONTACT = part(_CONTACT)
"""Someone to get in touch with."""

PERSON = part(
    {
        **_CONTACT,
        "age": "age",
        "ageAssertionDiscrepancy": "age_assertion_discrepancy",
        "dateOfBirth": "date_of_birth",
    }
)
"""A person."""

_ACCOUNT: Table = {
    "espIdentifier": "identifier",
    "espService": "service",
    "screenName": "screen_name",
    "displayName": ("display_names", several()),
    "profileUrl": ("profile_urls", several()),
    "profileBio": "profile_bio",
    "ipCaptureEvent": ("ip_events", several(IP_EVENT)),
    "deviceId": ("devices", several(DEVICE)),
    "estimatedLocation": ("location", LOCATION),
    "priorCTReports": ("prior_reports", several()),
    "compromisedAccount": "compromised",
    "allEmailsReported": "all_emails_reported",
}

SUSPECT: Table = {
    **_ACCOUNT,
    "personOrUserReportedPerson": ("person", PERSON),
    "groupIdentifier": "group_identifier",
    "vehicleDescription": "vehicle_description",
    "thirdPartyUserReported": "third_party",
}
"""Who is reported."""

RECIPIENT: Table = {
    **_ACCOUNT,
    "intendedRecipientPerson": ("person", PERSON),
    "groupIdentifier": "group_identifier",
}
"""Who was meant to receive it."""

VICTIM: Table = {**_ACCOUNT, "victimPerson": ("person", PERSON), "schoolName": "school_name"}
"""The child."""

LAW_ENFORCEMENT = part(
    {
        "agencyName": "agency_name",
        "caseNumber": "case_number",
        "officerContact": ("officer_contact", CONTACT),
        "reportedToLe": "reported_to_le",
        "servedLegalProcessDomestic": "served_legal_process_domestic",
    }
)
"""The authority that already knows of the case."""

_INFO: Table = {"additionalInfo": _additional_info("additional_info")}

_INCIDENTS: Mapping[str, tuple[str, Converter]] = {
    "webPageIncident": (
        "web_page_incident",
        _flat(
            part(
                {
                    "url": ("urls", several()),
                    **_INFO,
                    "thirdPartyHostedContent": "third_party_hosted_content",
                }
            )
        ),
    ),
    "emailIncident": (
        "email_incident",
        part({"emailAddress": ("email_addresses", several(EMAIL)), "content": "content", **_INFO}),
    ),
    "newsgroupIncident": (
        "newsgroup_incident",
        part({"name": "name", "emailAddress": ("email_addresses", several(EMAIL)), "content": "content", **_INFO}),
    ),
    "chatImIncident": (
        "chat_im_incident",
        part({"chatClient": "chat_client", "chatRoomName": "chat_room_name", "content": "content", **_INFO}),
    ),
    "onlineGamingIncident": (
        "online_gaming_incident",
        part({"gameName": "game_name", "console": "console", "content": "content", **_INFO}),
    ),
    "cellPhoneIncident": (
        "cell_phone_incident",
        part({"phoneNumber": ("phone_number", PHONE), "latitude": "latitude", "longitude": "longitude", **_INFO}),
    ),
    "nonInternetIncident": (
        "non_internet_incident",
        part(
            {"locationName": "location_name", "incidentAddress": ("incident_addresses", several(ADDRESS)), **_INFO},
        ),
    ),
    "peer2peerIncident": (
        "peer2peer_incident",
        part(
            {
                "client": "client",
                "ipCaptureEvent": ("ip_capture_events", several(IP_EVENT)),
                "fileNames": "file_names",
                **_INFO,
            }
        ),
    ),
}


def internet_details(value: Any, notes: Notes, place: str) -> list[Any]:
    """Where and how it happened. An object that tells of two incidents becomes two: the record has one in each."""
    details: list[Any] = []
    for index, item in enumerate(items := value if isinstance(value, list) else [value]):
        if not isinstance(item, Mapping):
            details.append(item)
            continue
        where = f"{place}[{index}]" if items is value else place
        details.extend({name: found} for name, found in converted(item, _INCIDENTS, notes, where).items())
    return details


def account(data: Any, table: Table) -> Any:
    """An account with notes of its own; what is no object is handed on for intake to refuse."""
    if not isinstance(data, Mapping):
        return data
    notes = Notes()
    notes.text("additionalInfo", data.get("additionalInfo"))
    found = converted({name: item for name, item in data.items() if name != "additionalInfo"}, table, notes)
    notes.put_into(found)
    return found
