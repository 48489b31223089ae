"""For each documented rule: cases that break it alone, each with its repaired twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from cybertip.models import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    Address,
    AssociatedPlatform,
    CellPhoneIncident,
    ChatImIncident,
    ContactPerson,
    Details,
    DeviceId,
    Email,
    EmailIncident,
    EstimatedLocation,
    FileAnnotations,
    FileClassification,
    FileRelevance,
    Hash,
    IntendedRecipient,
    InternetDetails,
    IpCaptureEvent,
    LawEnforcement,
    NameValue,
    NewsgroupIncident,
    NonInternetIncident,
    OnlineGamingIncident,
    Peer2PeerIncident,
    Person,
    PersonOrUserReported,
    Phone,
    Reporter,
    ServedLegalProcess,
    Victim,
    WebPageIncident,
)
from cybertip.rules import Case
from tests.unit.rule_cases import (
    ASTRAL,
    NOW,
    PAST,
    SUSPECT,
    associated,
    batched,
    case,
    details,
    incident,
    one_file,
    person,
    recipient,
    report,
    summary,
    suspect,
    victim,
)

SKEW = timedelta(seconds=120)
TICK = timedelta(microseconds=1)


class Pair(NamedTuple):
    """A case that breaks one rule at one path, and the same case mended."""

    code: str
    path: str
    broken: Case
    repaired: Case


Make = Callable[[Any], Case]


def limit(code: str, path: str, most: int, make: Make) -> Iterator[Pair]:
    """One character more than accepted; and the same with characters that count twice."""
    yield Pair(code, path, make("x" * (most + 1)), make("x" * most))
    yield Pair(code, path, make(ASTRAL * (most // 2 + 1)), make(ASTRAL * (most // 2)))


def values(code: str, path: str, make: Make, wrong: list[Any], right: list[Any]) -> Iterator[Pair]:
    """Each wrong value beside each right one in turn."""
    for index in range(max(len(wrong), len(right))):
        yield Pair(code, path, make(wrong[index % len(wrong)]), make(right[index % len(right)]))


def moment(code: str, path: str, make: Make) -> Iterator[Pair]:
    """A moment beyond what clocks may differ."""
    yield from values(code, path, make, [NOW + SKEW + TICK], [NOW + SKEW, NOW, PAST])


def _event(**fields: Any) -> IpCaptureEvent:
    return IpCaptureEvent(**{"ip_address": "192.0.2.44", **fields})


def _device(**fields: Any) -> DeviceId:
    return DeviceId(**{"id_type": "IMEI", "id_value": "00-0", **fields})


WRONG_IPS = ["", " ", "192.0.2", "192.0.2.44:51812", "192.0.2.0/24", "fe80::1%eth0", "192.0.2.044", "host.example.com"]
RIGHT_IPS = ["192.0.2.44", "2001:db8::1", "::ffff:192.0.2.44", "2001:DB8::A"]
NO_COUNTRIES = ["", "A1", "A2", "O1", "AP", "EU", "AN", "FX"]


def accounts() -> Iterator[Pair]:
    """S101 to S105, S211 to S216."""
    event = f"{SUSPECT}/ipCaptureEvent[1]"
    yield from values(
        "S101", f"{event}/ipAddress", lambda v: suspect(ip_capture_events=[_event(ip_address=v)]), WRONG_IPS, RIGHT_IPS
    )
    yield from values(
        "S101", "/fileDetails/ipCaptureEvent/ipAddress", lambda v: one_file(ip_capture_event=_event(ip_address=v)),
        ["x"], RIGHT_IPS,
    )  # fmt: skip
    yield from values(
        "S101",
        "/report/internetDetails[1]/peer2peerIncident/ipCaptureEvent[2]/ipAddress",
        lambda v: incident(peer2peer_incident=Peer2PeerIncident(ip_capture_events=[_event(), _event(ip_address=v)])),
        ["x"],
        RIGHT_IPS,
    )
    yield from moment("S102", f"{event}/dateTime", lambda v: suspect(ip_capture_events=[_event(date_time=v)]))
    yield from values(
        "S103",
        f"{event}/port",
        lambda v: suspect(ip_capture_events=[_event(port=v)]),
        [0, 65536, -1],
        [1, 65535, 51812],
    )
    device = f"{SUSPECT}/deviceId[1]"
    for field, name, most in (("id_type", "idType", 255), ("id_value", "idValue", 2083)):
        yield from limit("S104", f"{device}/{name}", most, lambda v, f=field: suspect(device_ids=[_device(**{f: v})]))
        yield from values(
            "S104", f"{device}/{name}", lambda v, f=field: suspect(device_ids=[_device(**{f: v})]), ["", " "],
            ["00-000000-000000-0" if field == "id_value" else "IMEI"],
        )  # fmt: skip
    yield from moment("S105", f"{device}/dateTime", lambda v: suspect(device_ids=[_device(date_time=v)]))
    for make, path in ((suspect, SUSPECT), (recipient, "/report/intendedRecipient[1]"), (victim, "/report/victim[1]")):
        for field, name, most in (
            ("esp_identifier", "espIdentifier", 255),
            ("esp_service", "espService", 100),
            ("screen_name", "screenName", 256),
        ):
            yield from limit("S211", f"{path}/{name}", most, lambda v, m=make, f=field: m(**{f: v}))
        yield from limit("S211", f"{path}/displayName[2]", 255, lambda v, m=make: m(display_names=["x", v]))
        yield from values(
            "S212",
            f"{path}/priorCTReports[2]",
            lambda v, m=make: m(prior_ct_reports=[1, v]),
            [0, -1],
            [1, 4_100_000_001],
        )
    yield from limit("S211", f"{SUSPECT}/groupIdentifier", 255, lambda v: suspect(group_identifier=v))
    yield from limit(
        "S211", "/report/intendedRecipient[1]/groupIdentifier", 255, lambda v: recipient(group_identifier=v)
    )
    yield from limit("S211", f"{SUSPECT}/vehicleDescription", 300, lambda v: suspect(vehicle_description=v))
    yield from limit("S211", "/report/victim[1]/schoolName", 255, lambda v: victim(school_name=v))
    other = f"{SUSPECT}/associatedAccount[1]"
    yield Pair("S212", f"{other}/priorCTReport[1]", associated(prior_ct_reports=[0]), associated(prior_ct_reports=[1]))
    for field, kind in (
        ("account_permanently_disabled", AccountPermanentlyDisabled),
        ("account_temporarily_disabled", AccountTemporarilyDisabled),
    ):
        name = f"{SUSPECT}/{'accountPermanentlyDisabled' if 'perm' in field else 'accountTemporarilyDisabled'}"
        make = lambda f=field, k=kind, **v: suspect(**{f: k(disabled=True, **v)})  # noqa: E731
        yield from moment("S213", f"{name}/@disabledDate", lambda v, m=make: m(disabled_date=v))
        yield from moment("S213", f"{name}/@userNotifiedDate", lambda v, m=make: m(user_notified_date=v))
        yield from values(
            "S214", f"{name}/@userNotifiedDate", lambda v, m=make: m(disabled_date=PAST, user_notified_date=v),
            [PAST - TICK], [PAST, PAST + TICK],
        )  # fmt: skip
    yield Pair(
        "S214",
        f"{SUSPECT}/accountPermanentlyDisabled/@userNotifiedDate",
        suspect(
            account_permanently_disabled=AccountPermanentlyDisabled(
                disabled=True, disabled_date=PAST, user_notified_date=PAST - timedelta(seconds=1)
            )
        ),
        suspect(
            account_permanently_disabled=AccountPermanentlyDisabled(
                disabled=True, disabled_date=PAST, user_notified_date=PAST
            )
        ),
    )
    yield from values(
        "S214",
        f"{SUSPECT}/accountTemporarilyDisabled/@reenabledDate",
        lambda v: suspect(
            account_temporarily_disabled=AccountTemporarilyDisabled(disabled=True, disabled_date=PAST, reenabled_date=v)
        ),
        [PAST, PAST - TICK],
        [PAST + TICK, NOW + timedelta(days=30)],
    )
    for field, name, most in (
        ("first_name", "firstName", 256),
        ("middle_name", "middleName", 256),
        ("last_name", "lastName", 256),
        ("esp_service", "espService", 256),
        ("esp_identifier", "espIdentifier", 256),
        ("screen_name", "screenName", 256),
        ("group_identifier", "groupIdentifier", 256),
    ):
        yield from limit("S215", f"{other}/{name}", most, lambda v, f=field: associated(**{f: v}))
    yield from limit("S215", f"{other}/displayName[1]", 255, lambda v: associated(display_names=[v]))
    yield from limit("S215", f"{other}/platform", 256, lambda v: associated(platform=AssociatedPlatform(name=v)))
    yield from values("S216", f"{other}/approximateAge", lambda v: associated(approximate_age=v), [-1, 151], [0, 150])
    born = date(2010, 5, 17)
    yield Pair(
        "S216",
        f"{other}/approximateAge",
        associated(approximate_age=15, date_of_birth=born),
        associated(date_of_birth=born),
    )


def people() -> Iterator[Pair]:
    """S106 to S118."""
    who = f"{SUSPECT}/personOrUserReportedPerson"
    address = f"{who}/address[1]"
    for field, name, most in (
        ("address", "address", 255), ("city", "city", 100), ("zip_code", "zipCode", 20),
        ("non_usa_state", "nonUsaState", 100),
    ):  # fmt: skip
        yield from limit("S106", f"{address}/{name}", most, lambda v, f=field: person(addresses=[Address(**{f: v})]))
    zips = ("123456789012345678901", "12345678901234567890")
    yield Pair("S106", f"{address}/zipCode", *(person(addresses=[Address(zip_code=text)]) for text in zips))
    place = "/report/internetDetails[1]/nonInternetIncident/incidentAddress[1]"
    yield from limit(
        "S106", f"{place}/city", 100,
        lambda v: incident(non_internet_incident=NonInternetIncident(incident_addresses=[Address(city=v)])),
    )  # fmt: skip
    yield from values(
        "S107", f"{address}/country", lambda v: person(addresses=[Address(country=v)]), NO_COUNTRIES, ["DE", "XK", "US"]
    )
    yield from values(
        "S107", f"{address}/state", lambda v: person(addresses=[Address(state=v)]), [""], ["CA", "DC", "PR", "GU", "VI"]
    )
    phone = f"{who}/phone[1]"
    yield from limit("S108", phone, 50, lambda v: person(phones=[Phone(number=v)]))
    yield Pair("S108", phone, *(person(phones=[Phone(number=("0123456789" * 6)[:count])]) for count in (51, 50)))
    yield from values(
        "S109", phone, lambda v: person(phones=[Phone(number=v, country_calling_code="+1")]),
        ["+1 555 0100", "+15550100", " +1555"], ["555 0100", "1 555 0100"],
    )  # fmt: skip
    yield from values(
        "S110", f"{phone}/@extension", lambda v: person(phones=[Phone(number="555 0100", extension=v)]),
        ["12345678901"], ["1234567890", "1"],
    )  # fmt: skip
    mail = f"{who}/email[1]"
    for code, kind, make in (
        ("S111", mail, lambda **v: person(emails=[Email(address="user@example.com", **v)])),
        ("S111", phone, lambda **v: person(phones=[Phone(number="555 0100", **v)])),
    ):
        repaired = make(verification_date=PAST, verified=True)
        yield Pair(code, f"{kind}/@verificationDate", make(verification_date=PAST), repaired)
        yield Pair(code, f"{kind}/@verificationDate", make(verification_date=PAST, verified=False), repaired)
        yield from moment("S112", f"{kind}/@verificationDate", lambda v, m=make: m(verification_date=v, verified=True))
    yield from values(
        "S113", mail, lambda v: person(emails=[Email(address=v)]),
        ["user.example.com", "", "a b@example.com", "user@localhost", "user@example.com.", "x" * 65 + "@example.com",
         ASTRAL * 33 + "@example.com", "a@" + ".".join(["d" * 60] * 4) + "." + "e" * 6 + ".com"],
        ["user@example.com", "x" * 64 + "@example.com", "päivi@例え.example.com"],
    )  # fmt: skip
    yield from values("S113", mail, lambda count: person(emails=[Email(address=_long_mail(count))]), [256], [255, 254])
    for path, make in (
        ("/report/victim[1]/victimPerson/email[1]", lambda v: victim(person=Person(emails=[Email(address=v)]))),
        (f"{SUSPECT}/associatedAccount[1]/email[1]", lambda v: associated(emails=[Email(address=v)])),
        (
            "/report/lawEnforcement/officerContact/email[1]",
            lambda v: case(
                report(
                    law_enforcement=LawEnforcement(
                        agency_name="x", officer_contact=ContactPerson(emails=[Email(address=v)])
                    )
                )
            ),
        ),
    ):
        yield from values("S113", path, make, ["nobody"], ["user@example.com"])
    yield from limit(
        "S108", "/report/internetDetails[1]/cellPhoneIncident/phoneNumber", 50,
        lambda v: incident(cell_phone_incident=CellPhoneIncident(phone_number=Phone(number=v))),
    )  # fmt: skip
    location = f"{SUSPECT}/estimatedLocation"
    make = lambda **v: suspect(estimated_location=EstimatedLocation(**{"country_code": "DE", **v}))  # noqa: E731
    for name in ("city", "region"):
        yield from limit("S114", f"{location}/{name}", 255, lambda v, n=name, m=make: m(**{n: v}))
    yield from values("S114", f"{location}/countryCode", lambda v: make(country_code=v), NO_COUNTRIES, ["DE", "XK"])
    full = make(city="Springfield", region="IL", country_code="US")
    yield Pair("S114", location, make(city="Springfield", country_code=None), full)
    yield from values(
        "S115", f"{location}/region", lambda v: make(region=v, country_code="US"), ["California", "ca", "", "UM"],
        ["CA", "AS", "MP", "DC"],
    )  # fmt: skip
    yield Pair("S115", location, make(city="Springfield", country_code="US"), full)
    blank = make(city="Springfield", region=" ", country_code="US")
    yield Pair("S115", f"{location}/region", blank, make(city="x", region="California"))
    yield from moment("S116", f"{location}/@timestamp", lambda v: make(timestamp=v))
    contact = "/report/reporter/contactPerson"
    for field, name in (("first_name", "firstName"), ("last_name", "lastName")):
        yield from limit("S117", f"{who}/{name}", 100, lambda v, f=field: person(**{f: v}))
        yield from limit("S117", f"{contact}/{name}", 100, lambda v, f=field: _reporter(ContactPerson(**{f: v})))
    yield from values("S118", f"{who}/age", lambda v: person(age=v), [999, -1, 151], [15, 0, 150])
    days = [NOW.date(), NOW.date() + timedelta(days=1)], [NOW.date() - timedelta(days=1)]
    yield from values("S118", f"{who}/dateOfBirth", lambda v: person(date_of_birth=v), *days)
    yield from values(
        "S118", f"{SUSPECT}/associatedAccount[1]/dateOfBirth", lambda v: associated(date_of_birth=v), *days
    )


def _long_mail(count: int) -> str:
    """A well-formed address of so many characters."""
    rest = count - len("x" * 64 + "@" + ".".join(["d" * 60] * 3) + ".")
    return "x" * 64 + "@" + ".".join(["d" * 60] * 3) + "." + "e" * rest


def _reporter(contact: ContactPerson) -> Case:
    mail = Person(emails=[Email(address="reports@example.com")])
    return case(report(reporter=Reporter(reporting_person=mail, contact_person=contact)))


def reports() -> Iterator[Pair]:
    """S201 to S210."""
    top = "/report/incidentSummary"
    make = lambda **v: case(report(incident_summary=summary(**v)))  # noqa: E731
    yield from limit("S201", f"{top}/platform", 256, lambda v: make(platform=v))
    yield from limit("S202", f"{top}/escalateToHighPriority", 3000, lambda v: make(escalate_to_high_priority=v))
    yield from values(
        "S202", f"{top}/escalateToHighPriority", lambda v: make(escalate_to_high_priority=v), ["", " \n"],
        ["A meeting is planned for tomorrow; see the chat.", None],
    )  # fmt: skip
    yield from moment("S203", f"{top}/incidentDateTime", lambda v: make(incident_date_time=v))
    yield from limit(
        "S204", f"{top}/incidentDateTimeDescription", 3000, lambda v: make(incident_date_time_description=v)
    )
    wrong = ["www.example.com/page", "", "https:///page", "http:example.com", "https://example.com/a b",
             "https://example.com/\u00a0", "https://example.com/\u0085", "example.com:8080/x", "localhost:80",
             "https://example.com:99999/", "https://[fe80::1%25eth0]/", "https://" + "x" * 2076]  # fmt: skip
    right = ["https://www.example.com/page", "HTTPS://EXAMPLE.com./", "https://例え.example.com/ä", "magnet:?xt=urn:x",
             "https://" + "x" * 2075, "ftp://example.com:21/", "https://[2001:db8::1]:65535/"]  # fmt: skip
    web = "/report/internetDetails[1]/webPageIncident/url[2]"
    good = "https://example.com/"
    yield from values("S205", web, lambda v: incident(web_page_incident=WebPageIncident(urls=[good, v])), wrong, right)
    for path, url in (
        (f"{SUSPECT}/profileUrl[1]", lambda v: suspect(profile_urls=[v])),
        ("/report/intendedRecipient[1]/profileUrl[1]", lambda v: recipient(profile_urls=[v])),
        ("/report/victim[1]/profileUrl[1]", lambda v: victim(profile_urls=[v])),
        (f"{SUSPECT}/associatedAccount[1]/profileUrl[1]", lambda v: associated(profile_urls=[v])),
        ("/fileDetails/locationOfFile", lambda v: one_file(location_of_file=v)),
        (
            "/report/reporter/legalURL",
            lambda v: case(report(reporter=report().reporter.model_copy(update={"legal_url": v}))),
        ),
    ):
        yield from values("S205", path, url, ["example.com/page"], [good])
    yield from _emails_of_incidents()
    for name, field, kind, names in (
        ("newsgroupIncident", "newsgroup_incident", NewsgroupIncident, {"name": "name"}),
        ("chatImIncident", "chat_im_incident", ChatImIncident,
         {"chat_client": "chatClient", "chat_room_name": "chatRoomName"}),
        ("onlineGamingIncident", "online_gaming_incident", OnlineGamingIncident,
         {"game_name": "gameName", "console": "console"}),
        ("nonInternetIncident", "non_internet_incident", NonInternetIncident, {"location_name": "locationName"}),
        ("peer2peerIncident", "peer2peer_incident", Peer2PeerIncident, {"client": "client"}),
    ):  # fmt: skip
        for attribute, element in names.items():
            yield from limit(
                "S207", f"/report/internetDetails[1]/{name}/{element}", 255,
                lambda v, f=field, k=kind, a=attribute: incident(**{f: k(**{a: v})}),
            )  # fmt: skip
    law = lambda **v: case(report(law_enforcement=LawEnforcement(**{"agency_name": "x", **v})))  # noqa: E731
    yield from limit("S208", "/report/lawEnforcement/agencyName", 255, lambda v: law(agency_name=v))
    yield from limit("S208", "/report/lawEnforcement/caseNumber", 100, lambda v: law(case_number=v))
    yield from values(
        "S208", "/report/lawEnforcement/servedLegalProcessInternational/@fleaCountry",
        lambda v: law(served_legal_process_international=ServedLegalProcess(served=True, flea_country=v)),
        ["EU", *NO_COUNTRIES], ["DE", "XK"],
    )  # fmt: skip
    silent = case(report(reporter=Reporter(reporting_person=Person())))
    yield Pair("S209", "/report/reporter/reportingPerson", silent, case(report()))
    two = [PersonOrUserReported(esp_identifier=text) for text in ("user-1", "user-2")]
    path = "/report/personOrUserReported[2]"
    yield Pair(
        "S210", path, case(report(persons_or_users_reported=two)), case(report(persons_or_users_reported=two[:1]))
    )
    yield Pair("S210", path, case(report(persons_or_users_reported=two)), batched(persons_or_users_reported=two))


def _emails_of_incidents() -> Iterator[Pair]:
    mail = [Email(address="user@example.com")]
    path = "/report/internetDetails[1]/{}/emailAddress[1]"
    for field, kind, name in (
        ("email_incident", EmailIncident, "emailIncident"),
        ("newsgroup_incident", NewsgroupIncident, "newsgroupIncident"),
    ):
        parts = [InternetDetails(**{field: kind(email_addresses=mail)})]
        broken = case(report(internet_details=parts))
        known = Person(emails=[Email(address="user@EXAMPLE.com")])
        for who in (
            {"persons_or_users_reported": [PersonOrUserReported(person=known)]},
            {"intended_recipients": [IntendedRecipient(person=known)]},
            {"victims": [Victim(person=known)]},
        ):
            yield Pair("S206", path.format(name), broken, case(report(internet_details=parts, **who)))


def files() -> Iterator[Pair]:
    """S301 to S308."""
    root = "/fileDetails"
    yield from values("S301", f"{root}/reportId", lambda v: one_file(report_id=v), [0, -1], [4_100_000_001, 1])
    yield from values("S301", f"{root}/fileId", lambda v: one_file(file_id=v), ["", " "], ["f"])
    alone = details()
    yield Pair("S301", f"{root}/reportId", case(None, alone, report_id=7), case(None, alone, report_id=4_100_000_001))
    yield Pair("S301", f"{root}/fileId", case(None, alone, file_ids={"f2"}), case(None, alone, file_ids={"f1", "f2"}))
    yield from limit("S302", f"{root}/originalFileName", 2056, lambda v: one_file(original_file_name=v))
    yield from moment("S303", f"{root}/uploadedToEspTimestamp", lambda v: one_file(uploaded_to_esp_timestamp=v))
    good = one_file(file_viewed_by_esp=True, exif_viewed_by_esp=True)
    for viewed in (False, None):
        broken = one_file(file_viewed_by_esp=viewed, exif_viewed_by_esp=True)
        yield Pair("S304", f"{root}/exifViewedByEsp", broken, good)
    extra, reported = FileRelevance.SUPPLEMENTAL, FileRelevance.REPORTED
    yield Pair(
        "S305", f"{root}/potentialMeme", one_file(file_relevance=extra, potential_meme=True),
        one_file(file_relevance=reported, potential_meme=True),
    )  # fmt: skip
    tags = FileAnnotations(potential_meme=True)
    yield Pair(
        "S305", f"{root}/fileAnnotations/potentialMeme", one_file(file_relevance=extra, file_annotations=tags),
        one_file(file_relevance=extra, file_annotations=FileAnnotations(viral=True)),
    )  # fmt: skip
    a1 = FileClassification.A1
    yield Pair(
        "S306", f"{root}/industryClassification", one_file(file_relevance=extra, industry_classification=a1),
        one_file(file_relevance=reported, industry_classification=a1),
    )  # fmt: skip
    yield from limit(
        "S307", f"{root}/originalFileHash[1]/@hashType", 64,
        lambda v: one_file(original_file_hashes=[Hash(value="0", hash_type=v)]),
    )  # fmt: skip
    yield from limit(
        "S308", f"{root}/details[1]/nameValuePair[1]/name", 64,
        lambda v: one_file(details=[Details(name_value_pairs=[NameValue(name=v, value="x")])]),
    )  # fmt: skip


def of_batches() -> Iterator[Pair]:
    """B401 to B406."""
    viral = FileAnnotations(viral=True)
    tagged = lambda **v: details(**{"file_annotations": viral, **v})  # noqa: E731
    users = lambda **v: batched(persons_or_users_reported=[PersonOrUserReported(esp_identifier="user-1", **v)])  # noqa: E731
    for path, fields in (
        ("screenName", {"screen_name": "name"}), ("espService", {"esp_service": "x"}),
        ("displayName[1]", {"display_names": ["x"]}), ("compromisedAccount", {"compromised_account": False}),
        ("personOrUserReportedPerson", {"person": Person()}), ("additionalInfo", {"additional_info": ""}),
    ):  # fmt: skip
        yield Pair("B401", f"{SUSPECT}/{path}", users(**fields), users())
    for path, more in (
        ("/incidentSummary/escalateToHighPriority", {"incident_summary": summary(escalate_to_high_priority="x")}),
        ("/internetDetails[1]", {"internet_details": [InternetDetails(chat_im_incident=ChatImIncident())]}),
        ("/lawEnforcement", {"law_enforcement": LawEnforcement(agency_name="x")}),
        ("/intendedRecipient[1]", {"intended_recipients": [IntendedRecipient()]}),
        ("/victim[1]", {"victims": [Victim(person=Person())]}),
        ("/additionalInfo", {"additional_info": "x"}),
    ):
        yield Pair("B402", f"/report{path}", batched(**more), batched())
    marker = "/report/batchedReport"
    yield Pair("B403", marker, batched(tagged(), tagged()), batched(tagged()))
    bare = batched()
    yield Pair("B404", marker, case(bare.report, uploads=1), case(bare.report, tagged(), uploads=1))
    root = "/fileDetails"
    yield Pair("B404", root, batched(details()), batched(tagged()))
    yield Pair("B404", root, batched(details(potential_meme=False)), batched(details(potential_meme=True)))
    both = FileAnnotations(viral=True, potential_meme=True)
    yield Pair(
        "B404", f"{root}/fileAnnotations/infant",
        batched(tagged(file_annotations=FileAnnotations(viral=True, infant=True))),
        batched(tagged(file_annotations=both)),
    )  # fmt: skip
    for path, fields in (
        ("fileName", {"file_name": "x"}), ("originalFileName", {"original_file_name": "picture.png"}),
        ("locationOfFile", {"location_of_file": "https://example.com/"}),
        ("originalFileHash[1]", {"original_file_hashes": [Hash(value="0", hash_type="MD5")]}),
        ("ipCaptureEvent", {"ip_capture_event": _event()}), ("deviceId[1]", {"device_ids": [_device()]}),
        ("details[1]", {"details": [Details(name_value_pairs=[NameValue(name="x", value="x")])]}),
        ("additionalInfo[1]", {"additional_info": ["x"]}),
    ):  # fmt: skip
        yield Pair("B405", f"{root}/{path}", batched(tagged(**fields)), batched(tagged()))
    yield Pair(
        "B406", f"{root}/fileRelevance", batched(tagged(file_relevance=FileRelevance.SUPPLEMENTAL)),
        batched(tagged(file_relevance=FileRelevance.REPORTED, industry_classification=FileClassification.B2)),
    )  # fmt: skip


PAIRS = [*accounts(), *people(), *reports(), *files(), *of_batches()]
