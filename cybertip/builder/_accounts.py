"""Suspects, recipients and victims, and what was done about their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cybertip.builder._package import History
from cybertip.builder._words import texts
from cybertip.findings import Finding, error
from cybertip.models import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    IntendedRecipient,
    Person,
    PersonOrUserReported,
    Victim,
)
from cybertip.models._base import camel_case
from cybertip.profile import ReporterProfile
from cybertip.review import Account, Action, ActionKind, Recipient, ReviewRecord, Suspect, VictimAccount


def _common(record: ReviewRecord, item: Account, profile: ReporterProfile, history: History) -> dict[str, Any]:
    """The fields that suspects, recipients and victims share."""
    return {
        "esp_identifier": item.identifier,
        "esp_service": item.service or _own_service(item, profile),
        "compromised_account": item.compromised,
        "screen_name": item.screen_name,
        "display_names": item.display_names,
        "profile_urls": item.profile_urls,
        "profile_bio": item.profile_bio,
        "ip_capture_events": item.ip_events,
        "device_ids": item.devices,
        "prior_ct_reports": _prior_reports(record, item, history),
        "estimated_location": item.location,
        "all_emails_reported": item.all_emails_reported,
        **_disablement(record, item),
    }


def suspect(record: ReviewRecord, item: Suspect, profile: ReporterProfile, history: History) -> PersonOrUserReported:
    return PersonOrUserReported(
        person=item.person,
        vehicle_description=item.vehicle_description,
        third_party_user_reported=item.third_party,
        group_identifier=item.group_identifier,
        associated_accounts=item.associated_accounts,
        additional_info=item.notes,
        **_common(record, item, profile, history),
    )


def recipient(record: ReviewRecord, item: Recipient, profile: ReporterProfile, history: History) -> IntendedRecipient:
    return IntendedRecipient(
        person=item.person,
        group_identifier=item.group_identifier,
        additional_info=texts(item.notes),
        **_common(record, item, profile, history),
    )


def victim(record: ReviewRecord, item: VictimAccount, profile: ReporterProfile, history: History) -> Victim:
    return Victim(
        person=item.person or Person(),
        school_name=item.school_name,
        associated_accounts=item.associated_accounts,
        additional_info=item.notes,
        **_common(record, item, profile, history),
    )


def _is_third_party(account: Account) -> bool:
    return isinstance(account, Suspect) and account.third_party is True


def _own_service(account: Account, profile: ReporterProfile) -> str | None:
    """The profile's service, for accounts of the provider: not for a person without one, nor for another company's."""
    return profile.service if account.identifier is not None and not _is_third_party(account) else None


def _prior_reports(record: ReviewRecord, account: Account, history: History) -> tuple[int, ...]:
    """The earlier reports on an account, each once: the record's, those that it adds to, and those that are known.

    Another company's account may be called like one of the provider's own, of which alone the provider's history tells.
    """
    earlier = list(account.prior_reports)
    if _is_third_party(account):
        return tuple(earlier)
    if record.follow_up is not None and len(record.suspects) == 1 and account is record.suspects[0]:
        earlier += record.follow_up.reports
    if account.identifier is not None and account.identifier.strip():
        earlier += history.prior_reports.get(account.identifier, ())
    return tuple(dict.fromkeys(earlier))


_DISABLING = {
    ActionKind.ACCOUNT_TEMPORARILY_DISABLED: "account_temporarily_disabled",
    ActionKind.ACCOUNT_PERMANENTLY_DISABLED: "account_permanently_disabled",
}


def _meant(record: ReviewRecord, action: Action) -> Account | None:
    """The one account that an action was about; None where several may be, or where it is another company's."""
    named: Iterable[Account] = (
        record.suspects[:2]
        if action.account is None
        else (
            item
            for item in (*record.suspects, *record.recipients, *record.victims)
            if item.identifier == action.account
        )
    )
    own = [item for item in named if not _is_third_party(item)]
    return own[0] if len(own) == 1 else None


def is_placed(record: ReviewRecord, action: Action) -> bool:
    """Whether an action is said, with all that is known of it, by the account that it disabled: the first of a kind."""
    if action.kind is ActionKind.ACCOUNT_PERMANENTLY_DISABLED and action.reenabled_at is not None:
        return False  # a permanent disabling has no element for its end
    if action.file is not None or action.url is not None:
        return False  # nor has any disabling one for a file or an address
    accounts = [*record.suspects, *record.recipients, *record.victims]
    return any(action in _chosen(record, account).values() for account in accounts)


def _chosen(record: ReviewRecord, account: Account) -> dict[ActionKind, Action]:
    chosen: dict[ActionKind, Action] = {}
    for action in record.actions:
        if action.kind in _DISABLING and _meant(record, action) is account:
            chosen.setdefault(action.kind, action)
    return chosen


def _disablement(record: ReviewRecord, account: Account) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for kind, action in _chosen(record, account).items():
        common: dict[str, Any] = {
            "disabled": True,
            "disabled_date": action.at,
            "user_notified": action.user_notified,
            "user_notified_date": action.user_notified_at,
        }
        given[_DISABLING[kind]] = (
            AccountTemporarilyDisabled(**common, reenabled_date=action.reenabled_at)
            if kind is ActionKind.ACCOUNT_TEMPORARILY_DISABLED
            else AccountPermanentlyDisabled(**common)
        )
    return given


def acted(record: ReviewRecord) -> dict[str, str]:
    """The pointer of the action that stands at each path of the report that tells of a disabled account."""
    groups: tuple[tuple[str, Sequence[Account]], ...] = (
        ("personOrUserReported", record.suspects),
        ("intendedRecipient", record.recipients),
        ("victim", record.victims),
    )
    return {
        f"/report/{name}[{number}]/{camel_case(_DISABLING[kind])}": f"/actions/{record.actions.index(action)}"
        for name, accounts in groups
        for number, account in enumerate(accounts, start=1)
        for kind, action in _chosen(record, account).items()
    }


def unplaced(record: ReviewRecord) -> Iterable[Finding]:
    """Actions on what the record does not have."""
    known = {item.identifier for item in (*record.suspects, *record.recipients, *record.victims)}
    # No element tells of an action on one of these, so the text does.
    owners: Sequence[Suspect | VictimAccount] = (*record.suspects, *record.victims)
    known |= {one.esp_identifier for owner in owners for one in owner.associated_accounts}
    files = {item.id for item in record.evidence}
    for index, action in enumerate(record.actions):
        if action.file is not None and action.file not in files:
            message = "no evidence of the record has this id"
            yield error("X002", f"/actions/{index}/file", message, "Use the `id` of the evidence.")
        if action.account is not None and action.account not in known:
            yield error(
                "X002",
                f"/actions/{index}/account",
                "no suspect, recipient, victim or associated account of the record has this identifier",
                "Use the account's `identifier`, or the `esp_identifier` of an associated account.",
            )
