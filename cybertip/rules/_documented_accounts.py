"""S rules on accounts and the traces that they left."""

from __future__ import annotations

from collections.abc import Iterator

from cybertip.models import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    AssociatedAccount,
    DeviceId,
    IntendedRecipient,
    IpCaptureEvent,
    PersonOrUserReported,
    Victim,
)
from cybertip.rules._case import Case
from cybertip.rules._documented_people import _MOVE, _TIME
from cybertip.rules._helpers import blank, longer, not_past, outside
from cybertip.rules._registry import Outcome, Problem, rule
from cybertip.rules._values import ip, units


@rule(
    "S101",
    IpCaptureEvent,
    title="An IP address is a valid IPv4, IPv6 or IPv4-mapped IPv6 address",
    reason="The server refuses anything else: names, networks, addresses with a port or a zone id, blanks.",
    cure="Write the address alone; a port has its own element, and the rest belongs into <additionalInfo>.",
    section="ipCaptureEvent",
    wrong="<ipAddress>192.0.2.44:51812</ipAddress>",
    right="<ipAddress>192.0.2.44</ipAddress>",
)
def ip_address(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    if ip(part.ip_address) is None:
        yield Problem("<ipAddress> is not a valid IP address", ("ip_address",))


@rule(
    "S102",
    IpCaptureEvent,
    title="The time of an IP event is in the past",
    reason="It tells when the address was used.",
    cure=_TIME,
    section="ipCaptureEvent",
    wrong="<dateTime>2999-01-31T08:00:00Z</dateTime>",
    right="<dateTime>2026-01-31T08:00:00Z</dateTime>",
)
def ip_time(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "date_time")


@rule(
    "S103",
    IpCaptureEvent,
    title="A port is 1 to 65535",
    reason="The server refuses other numbers; 0 is often written where nothing is known.",
    cure="Leave it out if it is not known.",
    section="ipCaptureEvent",
    wrong="<port>0</port>",
    right="<port>51812</port>",
)
def ip_port(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    yield from outside(part, 1, 65535, "port")


@rule(
    "S104",
    DeviceId,
    title="A device's kind of id has 1 to 255 characters, its id 1 to 2083",
    reason="The server refuses blanks and longer texts.",
    cure="Leave the device out if its id is not known; put a longer id into <additionalInfo>.",
    section="deviceId",
    wrong="<idType>IMEI</idType><idValue> </idValue>",
    right="<idType>IMEI</idType><idValue>00-000000-000000-0</idValue>",
)
def device_id(part: DeviceId, case: Case) -> Iterator[Outcome]:
    yield from blank(part, "id_type", "id_value")
    yield from longer(part, id_type=255, id_value=2083)


@rule(
    "S105",
    DeviceId,
    title="The time of a device is in the past",
    reason="It tells when the device was used.",
    cure=_TIME,
    section="deviceId",
    wrong="<dateTime>2999-01-31T08:00:00Z</dateTime>",
    right="<dateTime>2026-01-31T08:00:00Z</dateTime>",
)
def device_time(part: DeviceId, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "date_time")


@rule(
    "S211",
    PersonOrUserReported,
    IntendedRecipient,
    Victim,
    title="The texts of an account have limits",
    reason="At most: <espIdentifier>, <displayName>, <groupIdentifier>, <schoolName> 255 characters, <espService> 100,"
    " <screenName> 256, <vehicleDescription> 300.",
    cure=_MOVE,
    section="personOrUserReported, intendedRecipient, victim",
)
def account_lengths(part: PersonOrUserReported | IntendedRecipient | Victim, case: Case) -> Iterator[Outcome]:
    yield from longer(part, esp_identifier=255, esp_service=100, screen_name=256, display_names=255)
    if isinstance(part, PersonOrUserReported):
        yield from longer(part, vehicle_description=300)
    if isinstance(part, Victim):
        yield from longer(part, school_name=255)
    else:
        yield from longer(part, group_identifier=255)


@rule(
    "S212",
    PersonOrUserReported,
    IntendedRecipient,
    Victim,
    AssociatedAccount,
    title="An earlier report is named by a positive report id",
    reason="0 or -1 is often written where nothing is known.",
    cure="Leave it out if there is no earlier report.",
    section="personOrUserReported, intendedRecipient, victim, associatedAccount",
    wrong="<priorCTReports>0</priorCTReports>",
    right="<priorCTReports>4100000001</priorCTReports>",
)
def prior_reports(
    part: PersonOrUserReported | IntendedRecipient | Victim | AssociatedAccount, case: Case
) -> Iterator[Outcome]:
    for index, number in enumerate(part.prior_ct_reports):
        if number <= 0:
            yield Problem("the number of an earlier report is not positive", ("prior_ct_reports", index))


@rule(
    "S213",
    AccountTemporarilyDisabled,
    AccountPermanentlyDisabled,
    title="Disabling and notifying are in the past",
    reason="What is only planned is not reported as done. The time of giving an account back may lie ahead.",
    cure=_TIME,
    section="accountTemporarilyDisabled, accountPermanentlyDisabled",
    wrong='<accountPermanentlyDisabled disabledDate="2999-01-31T08:00:00Z">true</accountPermanentlyDisabled>',
    right='<accountPermanentlyDisabled disabledDate="2026-01-31T08:00:00Z">true</accountPermanentlyDisabled>',
)
def disabled_times(part: AccountTemporarilyDisabled | AccountPermanentlyDisabled, case: Case) -> Iterator[Outcome]:
    yield from not_past(part, case, "disabled_date", "user_notified_date")


@rule(
    "S214",
    AccountTemporarilyDisabled,
    AccountPermanentlyDisabled,
    title="The user is not told before the account is disabled, and it is given back after",
    reason="The server refuses times that contradict each other. Being told at the very moment is no contradiction.",
    cure="Check both times and their UTC offsets.",
    section="accountTemporarilyDisabled, accountPermanentlyDisabled",
    wrong='disabledDate="2026-01-31T08:00:00Z" userNotifiedDate="2026-01-31T07:59:59Z"',
    right='disabledDate="2026-01-31T08:00:00Z" userNotifiedDate="2026-01-31T08:00:00Z"',
)
def disabled_order(part: AccountTemporarilyDisabled | AccountPermanentlyDisabled, case: Case) -> Iterator[Outcome]:
    if part.disabled_date is None:
        return
    if part.user_notified_date is not None and part.user_notified_date < part.disabled_date:
        yield Problem("@userNotifiedDate is before @disabledDate", ("user_notified_date",))
    reenabled = part.reenabled_date if isinstance(part, AccountTemporarilyDisabled) else None
    if reenabled is not None and reenabled <= part.disabled_date:
        yield Problem("@reenabledDate is not after @disabledDate", ("reenabled_date",))


@rule(
    "S215",
    AssociatedAccount,
    title="The texts of an associated account have at most 256 characters, a display name 255",
    reason="The server refuses longer ones.",
    cure=_MOVE,
    section="associatedAccount",
)
def associated_lengths(part: AssociatedAccount, case: Case) -> Iterator[Outcome]:
    if part.platform is not None and units(part.platform.name) > 256:
        yield Problem(f"<platform> has {units(part.platform.name)} characters; at most 256 are accepted", ("platform",))
    yield from longer(part, first_name=256, middle_name=256, last_name=256, esp_service=256, esp_identifier=256)
    yield from longer(part, screen_name=256, display_names=255, group_identifier=256)


@rule(
    "S216",
    AssociatedAccount,
    title="An approximate age is 0 to 150, and does not stand beside a day of birth",
    reason="The server takes one or the other.",
    cure="Keep the day of birth if it is known.",
    section="associatedAccount",
    wrong="<approximateAge>15</approximateAge><dateOfBirth>2010-05-17</dateOfBirth>",
    right="<dateOfBirth>2010-05-17</dateOfBirth>",
)
def associated_age(part: AssociatedAccount, case: Case) -> Iterator[Outcome]:
    yield from outside(part, 0, 150, "approximate_age")
    if part.approximate_age is not None and part.date_of_birth is not None:
        yield Problem("<approximateAge> stands beside <dateOfBirth>", ("approximate_age",))
