"""The accounts of an incident, and the traces that they left."""

from __future__ import annotations

from typing import Annotated

from cybertip.models._base import ATTRIBUTE, TEXT, Wire, Xml
from cybertip.models._types import Many, XmlBoolean, XmlDate, XmlDateTime, XmlInt, XmlLong, XmlString
from cybertip.models.people import Address, Email, EstimatedLocation, Person, Phone
from cybertip.models.vocabulary import AssociatedAccountType, IpCaptureType


class IpCaptureEvent(Wire):
    """An internet address that a user came from (API section: ``ipCaptureEvent``)."""

    ip_address: XmlString
    """IPv4 or IPv6 address (S101)."""
    event_name: IpCaptureType | None = None
    """What the user was doing."""
    date_time: XmlDateTime | None = None
    """When; in the past (S102). Without it an address hardly identifies anybody."""
    possible_proxy: XmlBoolean | None = None
    """Whether the provider believes that the address is a proxy, VPN or relay."""
    port: XmlInt | None = None
    """The user's source port, 1 to 65535 (S103): many users share one address."""


class DeviceId(Wire):
    """A device that a user came with (API section: ``deviceId``). Documented limits: S104, S105."""

    id_type: XmlString
    """What kind of id it is, such as ``IMEI`` or ``Android ID``. Documented limit: 255 characters."""
    id_value: XmlString
    """The id. Documented limit: 2083 characters."""
    event_name: IpCaptureType | None = None
    """What the user was doing."""
    date_time: XmlDateTime | None = None
    """When; in the past."""


class AccountTemporarilyDisabled(Wire):
    """Whether the account was suspended (API section: ``accountTemporarilyDisabled``). Rules on times: S213, S214."""

    disabled: Annotated[XmlBoolean, TEXT]
    """Whether it was suspended."""
    disabled_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When it was suspended."""
    user_notified: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the user was told; it matters to investigators who do not want a suspect to be warned."""
    user_notified_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When the user was told."""
    reenabled_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When the account was or will be given back."""


class AccountPermanentlyDisabled(Wire):
    """Whether the account was closed (API section: ``accountPermanentlyDisabled``). Rules on times: S213, S214."""

    disabled: Annotated[XmlBoolean, TEXT]
    """Whether it was closed."""
    disabled_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When it was closed."""
    user_notified: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the user was told."""
    user_notified_date: Annotated[XmlDateTime | None, ATTRIBUTE] = None
    """When the user was told."""


class AssociatedPlatform(Wire):
    """The service on which an associated account exists (``platform`` in ``associatedAccount``)."""

    name: Annotated[XmlString, TEXT]
    """The service's name. Documented limit: 256 characters (S215)."""
    third_party_user: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether the account belongs to another company's service. The documentation places this on
    ``associatedAccount``; the schema, which decides, places it here."""


class AssociatedAccount(Wire):
    """Another account of a suspect or a victim (API section: ``associatedAccount``). Documented limits: S215, S216."""

    type: Annotated[AssociatedAccountType, ATTRIBUTE]
    """How the account is connected. The documentation calls it ``accountType`` and optional; the schema decides."""
    platform: AssociatedPlatform | None = None
    """The service on which it exists."""
    first_name: XmlString | None = None
    """Given name. Documented limit: 256 characters."""
    middle_name: XmlString | None = None
    """Middle name. Documented limit: 256 characters."""
    last_name: XmlString | None = None
    """Family name. Documented limit: 256 characters."""
    approximate_age: XmlInt | None = None
    """Age in years, 0 to 150, and not together with ``date_of_birth`` (S216)."""
    age_assertion_discrepancy: XmlBoolean | None = None
    """Whether the age that the account states differs from what other signals suggest. An addition that the
    documentation made after the schema of 2025-06: set it only where the server is known to accept it."""
    date_of_birth: XmlDate | None = None
    """Day of birth, in the past (S118)."""
    phones: Annotated[Many[Phone], Xml("phone")] = ()
    """Telephone numbers."""
    emails: Annotated[Many[Email], Xml("email")] = ()
    """E-mail addresses."""
    all_emails_reported: XmlBoolean | None = None
    """Whether ``emails`` holds every address that the provider knows."""
    addresses: Annotated[Many[Address], Xml("address")] = ()
    """Postal addresses."""
    esp_service: XmlString | None = None
    """The provider's product that the account belongs to. Documented limit: 256 characters."""
    esp_identifier: XmlString | None = None
    """The provider's own id of the account. Documented limit: 256 characters."""
    profile_urls: Annotated[Many[XmlString], Xml("profileUrl")] = ()
    """Addresses of the account's public pages (S205)."""
    screen_name: XmlString | None = None
    """The account's handle. Documented limit: 256 characters."""
    display_names: Annotated[Many[XmlString], Xml("displayName")] = ()
    """Names that the account shows to others. Documented limit: 255 characters each."""
    profile_bio: XmlString | None = None
    """What the account says about itself."""
    group_identifier: XmlString | None = None
    """A group that the account belongs to. Documented limit: 256 characters."""
    compromised_account: XmlBoolean | None = None
    """Whether someone else seems to have taken the account over."""
    account_temporarily_disabled: AccountTemporarilyDisabled | None = None
    """Whether the account was suspended."""
    account_permanently_disabled: AccountPermanentlyDisabled | None = None
    """Whether the account was closed."""
    ip_capture_events: Annotated[Many[IpCaptureEvent], Xml("ipCaptureEvent")] = ()
    """Internet addresses that the account was used from."""
    device_ids: Annotated[Many[DeviceId], Xml("deviceId")] = ()
    """Devices that the account was used with."""
    prior_ct_reports: Annotated[Many[XmlLong], Xml("priorCTReport")] = ()
    """Ids of earlier CyberTipline reports on this account (S212)."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class PersonOrUserReported(Wire):
    """The suspect, as investigators will read it (API section: ``personOrUserReported``). Documented limits: S211.

    At most one, unless the report is batched (S210); a batched report allows nothing but ``esp_identifier`` (B401).
    """

    person: Annotated[Person | None, Xml("personOrUserReportedPerson")] = None
    """The person behind the account."""
    vehicle_description: XmlString | None = None
    """A vehicle of the suspect. Documented limit: 300 characters."""
    esp_identifier: XmlString | None = None
    """The provider's own id of the account. Documented limit: 255 characters."""
    esp_service: XmlString | None = None
    """The provider's product that the account belongs to. Documented limit: 100 characters."""
    compromised_account: XmlBoolean | None = None
    """Whether someone else seems to have taken the account over."""
    screen_name: XmlString | None = None
    """The account's handle. Documented limit: 256 characters."""
    display_names: Annotated[Many[XmlString], Xml("displayName")] = ()
    """Names that the account shows to others. Documented limit: 255 characters each."""
    profile_urls: Annotated[Many[XmlString], Xml("profileUrl")] = ()
    """Addresses of the account's public pages (S205)."""
    profile_bio: XmlString | None = None
    """What the account says about itself."""
    ip_capture_events: Annotated[Many[IpCaptureEvent], Xml("ipCaptureEvent")] = ()
    """Internet addresses that the account was used from."""
    device_ids: Annotated[Many[DeviceId], Xml("deviceId")] = ()
    """Devices that the account was used with."""
    third_party_user_reported: XmlBoolean | None = None
    """Whether the account belongs to another company's service."""
    prior_ct_reports: Annotated[Many[XmlLong], Xml("priorCTReports")] = ()
    """Ids of earlier CyberTipline reports on this account (S212)."""
    group_identifier: XmlString | None = None
    """A group that the account belongs to. Documented limit: 255 characters."""
    account_temporarily_disabled: AccountTemporarilyDisabled | None = None
    """Whether the account was suspended."""
    account_permanently_disabled: AccountPermanentlyDisabled | None = None
    """Whether the account was closed."""
    estimated_location: EstimatedLocation | None = None
    """Where the suspect probably is."""
    all_emails_reported: XmlBoolean | None = None
    """Whether the report holds every e-mail address of the account that the provider knows."""
    associated_accounts: Annotated[Many[AssociatedAccount], Xml("associatedAccount")] = ()
    """Other accounts of the suspect."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class IntendedRecipient(Wire):
    """Who was meant to receive what is reported (API section: ``intendedRecipient``). Documented limits: S211."""

    person: Annotated[Person | None, Xml("intendedRecipientPerson")] = None
    """The person behind the account."""
    esp_identifier: XmlString | None = None
    """The provider's own id of the account. Documented limit: 255 characters."""
    esp_service: XmlString | None = None
    """The provider's product that the account belongs to. Documented limit: 100 characters."""
    compromised_account: XmlBoolean | None = None
    """Whether someone else seems to have taken the account over."""
    screen_name: XmlString | None = None
    """The account's handle. Documented limit: 256 characters."""
    display_names: Annotated[Many[XmlString], Xml("displayName")] = ()
    """Names that the account shows to others. Documented limit: 255 characters each."""
    profile_urls: Annotated[Many[XmlString], Xml("profileUrl")] = ()
    """Addresses of the account's public pages (S205)."""
    profile_bio: XmlString | None = None
    """What the account says about itself."""
    ip_capture_events: Annotated[Many[IpCaptureEvent], Xml("ipCaptureEvent")] = ()
    """Internet addresses that the account was used from."""
    device_ids: Annotated[Many[DeviceId], Xml("deviceId")] = ()
    """Devices that the account was used with."""
    prior_ct_reports: Annotated[Many[XmlLong], Xml("priorCTReports")] = ()
    """Ids of earlier CyberTipline reports on this account (S212)."""
    group_identifier: XmlString | None = None
    """A group that the account belongs to. Documented limit: 255 characters."""
    account_temporarily_disabled: AccountTemporarilyDisabled | None = None
    """Whether the account was suspended."""
    account_permanently_disabled: AccountPermanentlyDisabled | None = None
    """Whether the account was closed."""
    estimated_location: EstimatedLocation | None = None
    """Where the recipient probably is."""
    all_emails_reported: XmlBoolean | None = None
    """Whether the report holds every e-mail address of the account that the provider knows."""
    additional_info: Many[XmlString] = ()
    """Anything that has no field of its own. It may repeat here, unlike in the other accounts."""


class Victim(Wire):
    """The child (API section: ``victim``). Documented limits: S211."""

    person: Annotated[Person, Xml("victimPerson")]
    """The child as a person. Needed even if nothing is known: leave it empty then."""
    esp_identifier: XmlString | None = None
    """The provider's own id of the account. Documented limit: 255 characters."""
    esp_service: XmlString | None = None
    """The provider's product that the account belongs to. Documented limit: 100 characters."""
    compromised_account: XmlBoolean | None = None
    """Whether someone else seems to have taken the account over."""
    screen_name: XmlString | None = None
    """The account's handle. Documented limit: 256 characters."""
    display_names: Annotated[Many[XmlString], Xml("displayName")] = ()
    """Names that the account shows to others. Documented limit: 255 characters each."""
    profile_urls: Annotated[Many[XmlString], Xml("profileUrl")] = ()
    """Addresses of the account's public pages (S205)."""
    profile_bio: XmlString | None = None
    """What the account says about itself."""
    ip_capture_events: Annotated[Many[IpCaptureEvent], Xml("ipCaptureEvent")] = ()
    """Internet addresses that the account was used from."""
    device_ids: Annotated[Many[DeviceId], Xml("deviceId")] = ()
    """Devices that the account was used with."""
    school_name: XmlString | None = None
    """The child's school. Documented limit: 255 characters."""
    prior_ct_reports: Annotated[Many[XmlLong], Xml("priorCTReports")] = ()
    """Ids of earlier CyberTipline reports on this account (S212)."""
    account_temporarily_disabled: AccountTemporarilyDisabled | None = None
    """Whether the account was suspended."""
    account_permanently_disabled: AccountPermanentlyDisabled | None = None
    """Whether the account was closed."""
    estimated_location: EstimatedLocation | None = None
    """Where the child probably is."""
    all_emails_reported: XmlBoolean | None = None
    """Whether the report holds every e-mail address of the account that the provider knows."""
    associated_accounts: Annotated[Many[AssociatedAccount], Xml("associatedAccount")] = ()
    """Other accounts of the child, or of a parent."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""
