"""Q rules on who is reported, and where: identifiers, addresses, account actions."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from cybertip.models import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    IntendedRecipient,
    IpCaptureEvent,
    IpCaptureType,
    PersonOrUserReported,
    Report,
    Reporter,
    Victim,
)
from cybertip.rules._case import Case
from cybertip.rules._quality import advice
from cybertip.rules._registry import Outcome, Problem
from cybertip.rules._values import ip, is_blank, unlocatable


def _identifies(part: PersonOrUserReported) -> bool:
    person = part.person
    texts = [part.esp_identifier, part.screen_name, *part.display_names, *part.profile_urls]
    if person is not None:
        texts += [person.first_name, person.last_name]
        texts += [*(email.address for email in person.emails), *(phone.number for phone in person.phones)]
    return any(not is_blank(text) for text in texts)


@advice(
    "Q601",
    Report,
    title="The report names some identifier of the reported user",
    reason="Without one nobody can be found. An account of another company's service is an exception.",
    cure="Give the account's <espIdentifier>, and whatever names, addresses and numbers are known.",
    wrong="<personOrUserReported/>",
    right="<personOrUserReported><espIdentifier>user-4711</espIdentifier></personOrUserReported>",
)
def no_identifier(part: Report, case: Case) -> Iterator[Outcome]:
    if not part.persons_or_users_reported:
        yield Problem("there is no <personOrUserReported>: nobody is reported")
    for index, suspect in enumerate(part.persons_or_users_reported):
        if not suspect.third_party_user_reported and not _identifies(suspect):
            yield Problem("no identifier of the reported user is given", ("persons_or_users_reported", index))


@advice(
    "Q602",
    Report,
    title="The report carries an IP event, an address or an estimated location of the suspect",
    reason="A report without any location cannot be given to a police force.",
    cure="Give the IP events of the account, its postal address or an estimated location. Those of files count.",
)
def no_location(part: Report, case: Case) -> Iterator[Outcome]:
    if case.is_batched or any(details.ip_capture_event is not None for details in case.files):
        return
    for index, suspect in enumerate(part.persons_or_users_reported):
        addresses = suspect.person.addresses if suspect.person is not None else ()
        if not (suspect.ip_capture_events or addresses or suspect.estimated_location is not None):
            yield Problem("nothing tells where the suspect may be", ("persons_or_users_reported", index))


_SESSIONS = {IpCaptureType.LOGIN, IpCaptureType.REGISTRATION}


@advice(
    "Q603",
    Report,
    title="The report has the IP address of the upload, not only of logins or the registration",
    reason="The address that a file was uploaded from is what locates who did it.",
    cure="Add the IP event of the upload, to the suspect or to the file.",
    wrong="<eventName>Login</eventName>",
    right="<eventName>Upload</eventName>",
)
def only_sessions(part: Report, case: Case) -> Iterator[Outcome]:
    if any(
        item.ip_capture_event is not None and item.ip_capture_event.event_name not in _SESSIONS for item in case.files
    ):
        return
    for index, suspect in enumerate(part.persons_or_users_reported):
        events = suspect.ip_capture_events
        if events and all(event.event_name in _SESSIONS for event in events):
            yield Problem("all IP events are logins or registrations", ("persons_or_users_reported", index))


@advice(
    "Q604",
    IpCaptureEvent,
    title="An IP event has its time",
    reason="Addresses change hands; without the time the network's operator can name nobody.",
    cure="Add <dateTime> with its UTC offset.",
    wrong="<ipAddress>8.8.4.4</ipAddress>",
    right="<dateTime>2026-01-31T08:00:00Z</dateTime>",
)
def ip_without_time(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    if part.date_time is None:
        yield Problem("the IP event has no <dateTime>")


@advice(
    "Q605",
    IpCaptureEvent,
    title="An IP event has its port",
    reason="Many users share one address; the source port tells them apart.",
    cure="Record the source port of connections, and add it as <port>.",
    info=True,
)
def ip_without_port(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    if part.port is None:
        yield Problem("the IP event has no <port>")


@advice(
    "Q606",
    IpCaptureEvent,
    title="An IP address belongs to somebody on the public internet other than the provider",
    reason="A private, loopback, link-local, reserved or documentation address, or that of the provider's own proxy,"
    " locates nobody.",
    cure="Record the address that the user's connection came from, in front of proxies and load balancers.",
    wrong="<ipAddress>192.168.1.7</ipAddress>",
    right="<ipAddress>8.8.4.4</ipAddress>",
)
def ip_of_nobody(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    address = ip(part.ip_address)
    if address is None:
        return
    if reason := unlocatable(address):
        yield Problem(f"<ipAddress> is {reason}", ("ip_address",))
        return
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    own = case.profile.own_networks if case.profile is not None else ()
    if any((mapped or address) in ipaddress.ip_network(network) for network in own):
        yield Problem("<ipAddress> lies in one of the provider's own networks", ("ip_address",))


@advice(
    "Q607",
    IpCaptureEvent,
    title="An IP event says whether the address may be a proxy",
    reason="Investigators otherwise ask the wrong operator.",
    cure="Add <possibleProxy>true</possibleProxy> or false, if the provider knows.",
    info=True,
)
def proxy_unstated(part: IpCaptureEvent, case: Case) -> Iterator[Outcome]:
    if part.possible_proxy is None:
        yield Problem("<possibleProxy> is unstated")


@advice(
    "Q617",
    Report,
    title="Earlier reports on the account are linked",
    reason="Investigators see a pattern only if the reports name each other.",
    cure="Add the ids of the earlier reports as <priorCTReports>.",
)
def earlier_reports(part: Report, case: Case) -> Iterator[Outcome]:
    if case.history is None or case.is_batched:
        return
    for index, suspect in enumerate(part.persons_or_users_reported):
        if suspect.esp_identifier and not suspect.prior_ct_reports and case.history.reports_on(suspect.esp_identifier):
            yield Problem(
                "earlier reports on this account exist, and none is linked", ("persons_or_users_reported", index)
            )


def _identifiers(
    part: PersonOrUserReported | IntendedRecipient | Victim,
) -> Iterator[tuple[tuple[str, str], tuple[str | int, ...]]]:
    """What identifies an account, comparable, and where it stands."""
    for field in ("esp_identifier", "screen_name"):
        value = getattr(part, field)
        if not is_blank(value):
            yield (f"{field} of {part.esp_service}", value), (field,)
    if part.person is not None:
        for index, email in enumerate(part.person.emails):
            yield ("email", email.address.lower()), ("person", "emails", index)
        for index, phone in enumerate(part.person.phones):
            yield ("phone", f"{phone.country_calling_code}{phone.number}"), ("person", "phones", index)


@advice(
    "Q619",
    Report,
    title="Suspect and victim or recipient are different people",
    reason="The same identifier on both sides usually means that a field was filled from the wrong account.",
    cure="Check whose identifier it is.",
)
def same_on_both_sides(part: Report, case: Case) -> Iterator[Outcome]:
    suspects = {key for suspect in part.persons_or_users_reported for key, _ in _identifiers(suspect)}
    for field in ("intended_recipients", "victims"):
        for index, account in enumerate(getattr(part, field)):
            for key, at in _identifiers(account):
                if key in suspects:
                    yield Problem("the suspect has the same identifier", (field, index, *at))


# Words of mailboxes that belong to a team rather than to a person.
_TEAM = frozenset({
    "abuse", "admin", "alerts", "and", "child", "compliance", "contact", "cyber", "cybertip", "cybertips", "desk",
    "enforcement", "esp", "help", "info", "law", "le", "legal", "legalteam", "minor", "moderation", "ncmec", "noreply",
    "office", "operations", "ops", "police", "privacy", "report", "reporting", "reports", "requests", "response",
    "safety", "security", "service", "services", "support", "team", "tips", "trust", "trustandsafety",
})  # fmt: skip


def _looks_personal(address: str, *names: str | None) -> bool:
    local = address.rpartition("@")[0].lower()
    words = [word for word in local.replace("_", ".").replace("-", ".").replace("+", ".").split(".") if word]
    if any(word in _TEAM for word in words):
        return False
    said = [name.strip().lower() for name in names if name and len(name.strip()) > 2]
    return any(name in local for name in said) or (len(words) == 2 and all(word.isalpha() for word in words))


@advice(
    "Q620",
    Reporter,
    title="Law enforcement finds a contact person, a team's mailbox, and how to serve legal process",
    reason="Investigators ask months later, when a person may have left.",
    cure="Complete the reporter profile: contact_person, a mailbox of the team, and company_template or legal_url.",
    wrong="<email>firstname.lastname@example.com</email>",
    right="<email>reports@example.com</email>",
)
def reporter_contact(part: Reporter, case: Case) -> Iterator[Outcome]:
    if part.contact_person is None:
        yield Problem("there is no <contactPerson> for law enforcement")
    if is_blank(part.company_template) and is_blank(part.legal_url):
        yield Problem("neither <companyTemplate> nor <legalURL> tells how to serve legal process")
    for field in ("reporting_person", "contact_person"):
        person = getattr(part, field)
        for index, email in enumerate(person.emails if person is not None else ()):
            if _looks_personal(email.address, person.first_name, person.last_name):
                yield Problem("the mailbox looks like a person's, not a team's", (field, "emails", index))


@advice(
    "Q628",
    AccountTemporarilyDisabled,
    AccountPermanentlyDisabled,
    title="An account action has its date",
    reason="Investigators need to know since when a suspect may be warned.",
    cure="Add @disabledDate, and @userNotifiedDate where the user was told.",
    info=True,
)
def undated_action(part: AccountTemporarilyDisabled | AccountPermanentlyDisabled, case: Case) -> Iterator[Outcome]:
    if part.disabled and part.disabled_date is None:
        yield Problem("the account was disabled, but @disabledDate is missing")
    if part.user_notified and part.user_notified_date is None:
        yield Problem("the user was notified, but @userNotifiedDate is missing")
