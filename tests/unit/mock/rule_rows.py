"""For each of the mock's rules: documents that break it alone, each beside one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.unit.mock.rule_documents import (
    ASTRAL,
    EMAIL,
    FUTURE,
    PAST,
    account,
    details,
    person,
    recipient,
    report,
    suspect,
    victim,
)


@dataclass(frozen=True)
class Row:
    """A statement.

    Attributes:
        code: of the rule.
        path: where broken values are reported.
        template: a document with ``{}`` in the place of the value.
        bad: values that break the rule.
        good: values that do not.
    """

    code: str
    path: str
    template: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


def row(code: str, path: str, template: str, bad: list[str], good: list[str]) -> Row:
    """A row of values or of fragments."""
    return Row(code, path, template, tuple(bad), tuple(good))


def limit(code: str, path: str, template: str, most: int) -> Row:
    """A row about the length of a string, in which a character beyond U+FFFF counts two and white space counts."""
    bad = ["a" * (most + 1), ASTRAL + "a" * (most - 1), "a" * most + " "]
    return row(code, path, template, bad, ["a" * most, ASTRAL + "a" * (most - 2)])


SUSPECT = "/report/personOrUserReported[1]"
PERSON = f"{SUSPECT}/personOrUserReportedPerson"
ACCOUNT = f"{SUSPECT}/associatedAccount[1]"
IP = suspect("<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress>{}</ipCaptureEvent>")
IP_ADDRESS = suspect("<ipCaptureEvent><ipAddress>{}</ipAddress></ipCaptureEvent>")
DEVICE = suspect("<deviceId>{}</deviceId>")
ADDRESS = person("<address>{}</address>")
PHONE = person("<phone{}</phone>")
LOCATION = suspect("<estimatedLocation>{}</estimatedLocation>")
DISABLED = suspect("<accountTemporarilyDisabled {}>true</accountTemporarilyDisabled>")
LAW = report(law="<lawEnforcement><agencyName>Example Police</agencyName>{}</lawEnforcement>")
TIMES = [FUTURE, "2026-01-02T12:00:00Z", "2026-01-02T11:00:00-01:00", "12026-01-01T00:00:00Z"]
PAST_TIMES = [PAST, "2026-01-02T12:59:59+01:00", "2026-01-01T24:00:00Z", "-2026-01-01T00:00:00Z"]
URLS = [
    "http:///no-host", "/no/scheme", "pictures.example.com/u", "http:example.com", "https://:443/", "https://" + "u@/",
    "https://[192.0.2.1]/", "https://[2001:db8::1/", "https://example.com:65536/",
    "https://" + "pictures .example.com/",
    "https://example.com/a\tb", "https://example.com/\u0085", "https://example.com/\u00a0", "https:", "", "1a:b",
    " https://example.com/", f"https://example.com/{'a' * 2064}",
]  # fmt: skip
GOOD_URLS = [
    "http://localhost/no-host", "HTTPS://example.com", "https://u:p@example.com:8443/a?b=c#d", "https://[2001:db8::1]:80/",
    "https://example.com:/", "ftp://example.com/a", "exampleapp:post/7", "https://" + "b\u00fccher.example.com/",
    "https://example.com/" + "a" * 2063,
]  # fmt: skip

SHARED_ROWS = [
    row("S101", f"{SUSPECT}/ipCaptureEvent[1]/ipAddress", IP_ADDRESS,
        ["192.0.2.256", "", " ", "192.0.2", "192.0.2.01", " 192.0.2.1", "192.0.2.1:80", "192.0.2.0/24", "example.com",
         "2001:db8:::1", "fe80::1%eth0", "::ffff:192.0.2.256", "\u0661.1.1.1"],
        ["192.0.2.255", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::ffff:203.0.113.9", "::ffff:cb00:7109"]),
    row("S102", f"{SUSPECT}/ipCaptureEvent[1]/dateTime",
        IP.replace("{}", "<dateTime>{}</dateTime>"), TIMES, PAST_TIMES),
    row("S103", f"{SUSPECT}/ipCaptureEvent[1]/port", IP.replace("{}", "<port>{}</port>"),
        ["65536", "0", "-1", " -0 ", "2147483647"], ["65535", "1", "+80", " \n80\t", "0" * 5000 + "80"]),
    row("S104", f"{SUSPECT}/deviceId[1]/idType", DEVICE.replace("{}", "<idType>{}</idType><idValue>7</idValue>"),
        ["", " \n\u00a0"], ["-", " IMEI "]),
    limit("S104", f"{SUSPECT}/deviceId[1]/idType",
          DEVICE.replace("{}", "<idType>{}</idType><idValue>7</idValue>"), 255),
    row("S104", f"{SUSPECT}/deviceId[1]/idValue", DEVICE.replace("{}", "<idType>IMEI</idType><idValue>{}</idValue>"),
        ["", "\t"], ["0"]),
    limit("S104", f"{SUSPECT}/deviceId[1]/idValue",
          DEVICE.replace("{}", "<idType>IMEI</idType><idValue>{}</idValue>"), 2083),
    row("S105", f"{SUSPECT}/deviceId[1]/dateTime",
        DEVICE.replace("{}", "<idType>IMEI</idType><idValue>7</idValue><dateTime>{}</dateTime>"), TIMES, PAST_TIMES),
    limit("S106", f"{PERSON}/address[1]/address", ADDRESS.replace("{}", "<address>{}</address>"), 255),
    limit("S106", f"{PERSON}/address[1]/city", ADDRESS.replace("{}", "<city>{}</city>"), 100),
    limit("S106", f"{PERSON}/address[1]/zipCode", ADDRESS.replace("{}", "<zipCode>{}</zipCode>"), 20),
    limit("S106", f"{PERSON}/address[1]/nonUsaState", ADDRESS.replace("{}", "<nonUsaState>{}</nonUsaState>"), 100),
    row("S107", f"{PERSON}/address[1]/state", ADDRESS.replace("{}", "<state>{}</state>"), [""], ["AK", "PR", "WY"]),
    row("S107", f"{PERSON}/address[1]/country", ADDRESS.replace("{}", "<country>{}</country>"),
        ["", "A1", "A2", "O1", "AP", "EU", "AN", "FX"], ["AU", "US", "XK", "ZW", "CW"]),
    limit("S108", f"{PERSON}/phone[1]", PHONE.replace("{}", ">{}"), 50),
    row("S109", f"{PERSON}/phone[1]", PHONE, [' countryCallingCode="+1">+15550100', ' countryCallingCode="+1"> +1'],
        [' countryCallingCode="+1">5550100', ">+15550100", ' countryCallingCode="+44">+15550100',
         ' countryCallingCode="+1">15550100']),
    row("S110", f"{PERSON}/phone[1]/@extension", PHONE.replace("{}", ' extension="{}">5550100'),
        ["12345678901"], ["1234567890", "0"]),
    row("S111", f"{PERSON}/phone[1]/@verificationDate", PHONE,
        [f' verificationDate="{PAST}" verified="false">5550100', f' verificationDate="{PAST}">5550100',
         f' verificationDate="{PAST}" verified="0">5550100'],
        [f' verificationDate="{PAST}" verified="true">5550100', f' verificationDate="{PAST}" verified="1">5550100',
         ' verified="false">5550100']),
    row("S111", f"{PERSON}/email[1]/@verificationDate", person("<email {}>robin@example.com</email>"),
        [f'verificationDate="{PAST}"'], [f'verificationDate="{PAST}" verified="true"']),
    row("S112", f"{PERSON}/phone[1]/@verificationDate",
        PHONE.replace("{}", ' verified="true" verificationDate="{}">5550100'), TIMES, PAST_TIMES),
    row("S112", f"{PERSON}/email[1]/@verificationDate",
        person('<email verified="true" verificationDate="{}">robin@example.com</email>'), TIMES, PAST_TIMES),
    row("S113", f"{PERSON}/email[1]", person("<email>{}</email>"),
        ["example.com", "", " ", " robin@example.com", "robin@example.com\n", "robin@@example.com", "@example.com",
         "robin@", "robin@example", "robin@example.com.", "robin@.com", "robin@example..com", ".robin@example.com",
         "robin.@example.com", "ro..bin@example.com", "ro bin@example.com", "ro@bin@example.com", '""@example.com',
         "robin@-a.example.com", "robin@a-.example.com", "robin@a_b.example.com", "robin@[192.0.2.256]",
         "robin@192.0.2.1", "robin@[2001:db8::1]", "\u0301robin@example.com", "robin@ab--c.example.com",
         "Robin &lt;robin@example.com>",
         "a" * 65 + "@example.com", "robin@" + "a" * 64 + ".example.com",
         "a" * 64 + "@" + ("b" * 61 + ".") * 3 + "cd.xy"],
        ["a@example.com", "robin+tag@example.com", "o'b_r.i-n@a--b.example.co", "ROBIN@xn--bcher-kva.example.com",
         '"r b"@example.com', "robin@[192.0.2.1]", "robin@[IPv6:2001:db8::1]", "r\u00f6bin@b\u00fccher.example.com",
         "a" * 64 + "@example.com", "robin@" + "a" * 63 + ".example.com",
         "a" * 64 + "@" + ("b" * 61 + ".") * 3 + "c.x" + "y"]),
    limit("S114", f"{SUSPECT}/estimatedLocation/city",
          LOCATION.replace("{}", "<city>{}</city><countryCode>GB</countryCode>"), 255),
    limit("S114", f"{SUSPECT}/estimatedLocation/region",
          LOCATION.replace("{}", "<region>{}</region><countryCode>GB</countryCode>"), 255),
    row("S114", f"{SUSPECT}/estimatedLocation", LOCATION, ["", "<city>Exampleton</city>"],
        ["<countryCode>GB</countryCode>"]),
    row("S114", f"{SUSPECT}/estimatedLocation/countryCode",
        LOCATION.replace("{}", "<countryCode>{}</countryCode>"), ["EU", "", "A1"], ["DE", "XK", "US"]),
    row("S115", f"{SUSPECT}/estimatedLocation/region",
        LOCATION.replace("{}", "<region>{}</region><countryCode>US</countryCode>"),
        ["ZZ", "", " ", "tx", "Texas", "TX ", "AE"], ["TX", "AS", "MP", "DC"]),
    row("S115", f"{SUSPECT}/estimatedLocation", LOCATION.replace("{}", "<city>Springfield</city>{}"),
        ["<countryCode>US</countryCode>"],
        ["<region>IL</region><countryCode>US</countryCode>", "<countryCode>CA</countryCode>",
         "<region>Anywhere</region><countryCode>CA</countryCode>"]),
    row("S116", f"{SUSPECT}/estimatedLocation/@timestamp",
        suspect('<estimatedLocation timestamp="{}"><countryCode>GB</countryCode></estimatedLocation>'),
        TIMES, PAST_TIMES),
    limit("S117", f"{PERSON}/firstName", person("<firstName>{}</firstName>"), 100),
    limit("S117", f"{PERSON}/lastName", person("<lastName>{}</lastName>"), 100),
    row("S118", f"{PERSON}/age", person("<age>{}</age>"), ["151", "-1"], ["150", "0", " 17 "]),
    row("S118", f"{PERSON}/dateOfBirth", person("<dateOfBirth>{}</dateOfBirth>"),
        ["2026-01-02", "2026-01-02+14:00", "12026-01-01", "9999-12-31Z"],
        ["2026-01-01", "2026-01-01-12:00", "2026-01-01Z", "-0044-03-15"]),
    row("S118", f"{ACCOUNT}/dateOfBirth", account("<dateOfBirth>{}</dateOfBirth>"), ["2026-01-02"], ["2026-01-01"]),
]  # fmt: skip

# Each with a time that would be in the future if it had an offset: that is S119 alone.
NO_OFFSETS = ["2026-01-02T13:00:00", "2026-01-01T24:00:00", "2025-12-31T00:00:00.123456789"]
OFFSETS = ["2025-12-31T00:00:00Z", "2025-12-31T00:00:00+00:00", "2025-12-31T00:00:00.1234567891-13:30"]
OFFSET_ROWS = [
    row("S119", path, template, NO_OFFSETS, OFFSETS)
    for path, template in (
        ("/report/incidentSummary/incidentDateTime", report(time="{}")),
        (f"{SUSPECT}/ipCaptureEvent[1]/dateTime", IP.replace("{}", "<dateTime>{}</dateTime>")),
        (f"{SUSPECT}/deviceId[1]/dateTime",
         DEVICE.replace("{}", "<idType>IMEI</idType><idValue>7</idValue><dateTime>{}</dateTime>")),
        (f"{PERSON}/email[1]/@verificationDate",
         person('<email verified="true" verificationDate="{}">robin@example.com</email>')),
        (f"{PERSON}/phone[1]/@verificationDate",
         person('<phone verified="true" verificationDate="{}">5550100</phone>')),
        (f"{SUSPECT}/estimatedLocation/@timestamp",
         suspect('<estimatedLocation timestamp="{}"><countryCode>GB</countryCode></estimatedLocation>')),
        *((f"{SUSPECT}/accountTemporarilyDisabled/@{name}", DISABLED.replace("{}", f'{name}="{{}}"'))
          for name in ("disabledDate", "userNotifiedDate", "reenabledDate")),
        *((f"{SUSPECT}/accountPermanentlyDisabled/@{name}",
           suspect(f'<accountPermanentlyDisabled {name}="{{}}">true</accountPermanentlyDisabled>'))
          for name in ("disabledDate", "userNotifiedDate")),
        ("/fileDetails/uploadedToEspTimestamp", details("<uploadedToEspTimestamp>{}</uploadedToEspTimestamp>")),
    )
]  # fmt: skip

REPORT_ROWS = [
    limit("S201", "/report/incidentSummary/platform", report(platform="<platform>{}</platform>"), 256),
    row("S202", "/report/incidentSummary/escalateToHighPriority",
        report(platform="<escalateToHighPriority>{}</escalateToHighPriority>"), ["", " \n "], ["x"]),
    limit("S202", "/report/incidentSummary/escalateToHighPriority",
          report(platform="<escalateToHighPriority>{}</escalateToHighPriority>"), 3000),
    row("S203", "/report/incidentSummary/incidentDateTime", report(time="{}"), TIMES, PAST_TIMES),
    limit("S204", "/report/incidentSummary/incidentDateTimeDescription",
          report(described="<incidentDateTimeDescription>{}</incidentDateTimeDescription>"), 3000),
    row("S205", "/report/internetDetails[1]/webPageIncident/url[1]",
        report(internet="<webPageIncident><url>{}</url></webPageIncident>"), URLS, GOOD_URLS),
    row("S205", f"{SUSPECT}/profileUrl[1]", suspect("<profileUrl>{}</profileUrl>"), URLS, GOOD_URLS),
    row("S205", f"{ACCOUNT}/profileUrl[1]", account("<profileUrl>{}</profileUrl>"), URLS[:2], GOOD_URLS[:2]),
    row("S205", "/report/reporter/legalURL", report(after="<legalURL>{}</legalURL>"), URLS, GOOD_URLS),
    row("S205", "/fileDetails/locationOfFile", details("<locationOfFile>{}</locationOfFile>"), URLS, GOOD_URLS),
    *(row("S206", f"/report/internetDetails[1]/{incident}/emailAddress[1]",
          report("<intendedRecipient><intendedRecipientPerson><email>sam@example.com</email></intendedRecipientPerson>"
                 "</intendedRecipient><victim><victimPerson><email>kim@example.com</email></victimPerson>"
                 '<associatedAccount type="Linked"><email>kim2@example.com</email></associatedAccount></victim>',
                 internet=f"<{incident}><emailAddress>{{}}</emailAddress></{incident}>"),
          ["robin@example.com", "kim2@example.com", "Sam@example.com"],
          ["sam@example.com", "kim@example.com", "sam@EXAMPLE.com"])
      for incident in ("emailIncident", "newsgroupIncident")),
    *(limit("S207", f"/report/internetDetails[1]/{incident}/{name}",
            report(internet=f"<{incident}><{name}>{{}}</{name}></{incident}>"), 255)
      for incident, name in (
          ("newsgroupIncident", "name"), ("chatImIncident", "chatClient"), ("chatImIncident", "chatRoomName"),
          ("onlineGamingIncident", "gameName"), ("onlineGamingIncident", "console"),
          ("nonInternetIncident", "locationName"), ("peer2peerIncident", "client"))),
    limit("S208", "/report/lawEnforcement/agencyName",
          report(law="<lawEnforcement><agencyName>{}</agencyName></lawEnforcement>"), 255),
    limit("S208", "/report/lawEnforcement/caseNumber", LAW.replace("{}", "<caseNumber>{}</caseNumber>"), 100),
    row("S208", "/report/lawEnforcement/servedLegalProcessInternational/@fleaCountry",
        LAW.replace("{}", '<servedLegalProcessInternational fleaCountry="{}">true</servedLegalProcessInternational>'),
        ["EU", ""], ["FR"]),
    row("S209", "/report/reporter/reportingPerson", report(reporter="<firstName>Robin</firstName>{}"), [""], [EMAIL]),
    row("S210", "/report/personOrUserReported[2]", report("<personOrUserReported/>{}"),
        ["<personOrUserReported/>", "<personOrUserReported/>" * 3], [""]),
]  # fmt: skip

PARTY_LIMITS = {
    "espIdentifier": 255, "espService": 100, "screenName": 256, "displayName": 255, "groupIdentifier": 255,
    "vehicleDescription": 300, "schoolName": 255,
}  # fmt: skip
OTHER_LIMITS = {
    "platform": 256, "firstName": 256, "middleName": 256, "lastName": 256, "espService": 256, "espIdentifier": 256,
    "screenName": 256, "groupIdentifier": 256, "displayName": 255,
}  # fmt: skip
PARTIES: dict[str, Callable[[str], str]] = {
    "personOrUserReported": suspect,
    "intendedRecipient": recipient,
    "victim": victim,
}
NOT_THERE = {
    ("personOrUserReported", "schoolName"), ("intendedRecipient", "vehicleDescription"),
    ("intendedRecipient", "schoolName"), ("victim", "vehicleDescription"), ("victim", "groupIdentifier"),
}  # fmt: skip


def numbered(name: str) -> str:
    """A name with its number where it may repeat."""
    return f"{name}[1]" if name in {"displayName", "priorCTReports"} else name


PEOPLE_ROWS = [
    *(limit("S211", f"/report/{party}[1]/{numbered(name)}", make(f"<{name}>{{}}</{name}>"), most)
      for party, make in PARTIES.items() for name, most in PARTY_LIMITS.items() if (party, name) not in NOT_THERE),
    *(row("S212", f"/report/{party}[1]/priorCTReports[1]", make("<priorCTReports>{}</priorCTReports>"),
          ["0", "-7"], ["1", " 9223372036854775807 "]) for party, make in PARTIES.items()),
    row("S212", f"{ACCOUNT}/priorCTReport[1]", account("<priorCTReport>{}</priorCTReport>"), ["0"], ["1"]),
    *(row("S213", f"{SUSPECT}/{element}/@{name}", suspect(f'<{element} {name}="{{}}">true</{element}>'),
          TIMES, PAST_TIMES)
      for element in ("accountTemporarilyDisabled", "accountPermanentlyDisabled")
      for name in ("disabledDate", "userNotifiedDate")),
    row("S214", f"{SUSPECT}/accountTemporarilyDisabled/@userNotifiedDate",
        DISABLED.replace("{}", 'disabledDate="2025-06-01T12:00:00.5Z" userNotifiedDate="{}"'),
        ["2025-06-01T12:00:00.49Z", "2025-06-01T13:00:00+01:00"],
        ["2025-06-01T12:00:00.500Z", "2025-06-01T11:30:00-01:00"]),
    row("S214", f"{SUSPECT}/accountPermanentlyDisabled/@userNotifiedDate",
        suspect('<accountPermanentlyDisabled disabledDate="2025-06-01T12:00:00Z" userNotifiedDate="{}">true'
                "</accountPermanentlyDisabled>"), ["2025-06-01T11:59:59.999Z"], ["2025-06-01T12:00:00Z"]),
    row("S214", f"{SUSPECT}/accountTemporarilyDisabled/@reenabledDate",
        DISABLED.replace("{}", 'disabledDate="2025-06-01T12:00:00.5Z" reenabledDate="{}"'),
        ["2025-06-01T12:00:00.500Z", "2025-06-01T12:00:00Z"], ["2025-06-01T12:00:00.51Z", "2030-01-01T00:00:00Z"]),
    *(limit("S215", f"{ACCOUNT}/{numbered(name)}", account(f"<{name}>{{}}</{name}>"), most)
      for name, most in OTHER_LIMITS.items()),
    row("S216", f"{ACCOUNT}/approximateAge", account("<approximateAge>{}</approximateAge>"),
        ["151", "-1"], ["150", "0"]),
    row("S216", f"{ACCOUNT}/approximateAge", account("<approximateAge>30</approximateAge>{}"),
        ["<dateOfBirth>1990-05-05</dateOfBirth>"], [""]),
]  # fmt: skip

SUPPLEMENTAL = "<fileRelevance>Supplemental Reported</fileRelevance>"
REPORTED = "<fileRelevance>Reported</fileRelevance>"
FILE_ROWS = [
    row("S301", "/fileDetails/reportId", details(report_id="{}"), ["0", "-1"], ["1", " 4321 "]),
    row("S301", "/fileDetails/fileId", details(file_id="{}"), ["", " \n "], ["f", " f1 "]),
    limit("S302", "/fileDetails/originalFileName", details("<originalFileName>{}</originalFileName>"), 2056),
    row("S303", "/fileDetails/uploadedToEspTimestamp",
        details("<uploadedToEspTimestamp>{}</uploadedToEspTimestamp>"), TIMES, PAST_TIMES),
    row("S304", "/fileDetails/exifViewedByEsp", details("{}<exifViewedByEsp> 1 </exifViewedByEsp>"),
        ["", "<fileViewedByEsp>false</fileViewedByEsp>", "<fileViewedByEsp>0</fileViewedByEsp>"],
        ["<fileViewedByEsp>true</fileViewedByEsp>", "<fileViewedByEsp> 1 </fileViewedByEsp>"]),
    row("S305", "/fileDetails/fileAnnotations/potentialMeme",
        details("{}<fileAnnotations><viral/><potentialMeme/></fileAnnotations>"), [SUPPLEMENTAL], ["", REPORTED]),
    row("S305", "/fileDetails/potentialMeme", details(SUPPLEMENTAL + "<potentialMeme>{}</potentialMeme>"),
        ["true", "1"], ["false", "0"]),
    row("S306", "/fileDetails/industryClassification",
        details("{}<industryClassification>B2</industryClassification>"), [SUPPLEMENTAL], ["", REPORTED]),
    limit("S307", "/fileDetails/originalFileHash[1]/@hashType",
          details('<originalFileHash hashType="{}">00ff</originalFileHash>'), 64),
    limit("S308", "/fileDetails/details[1]/nameValuePair[2]/name",
          details("<details><nameValuePair><name>a</name><value/></nameValuePair>"
                  "<nameValuePair><name>{}</name><value/></nameValuePair></details>"), 64),
]  # fmt: skip

VIRAL = "<fileAnnotations><viral/></fileAnnotations>"
BATCHED_ROWS = [
    *(row("B401", f"{SUSPECT}/{path}",
          report(f"<personOrUserReported>{{}}</personOrUserReported>{'<personOrUserReported/>' * 2}", batched=True),
          [fragment], ["<espIdentifier>u1</espIdentifier>", ""])
      for path, fragment in (
          ("screenName", "<espIdentifier>u1</espIdentifier><screenName>sample</screenName>"),
          ("additionalInfo", "<espIdentifier>u1</espIdentifier><additionalInfo>None</additionalInfo>"),
          ("personOrUserReportedPerson", "<personOrUserReportedPerson/>"))),
    row("B402", "/report/incidentSummary/escalateToHighPriority", report(platform="{}", batched=True),
        ["<escalateToHighPriority>Soon</escalateToHighPriority>"], ["<platform>Example</platform>"]),
    row("B402", "/report/internetDetails[1]", report(law="{}", batched=True),
        ["<internetDetails><webPageIncident/></internetDetails>"], [""]),
    row("B402", "/report/lawEnforcement", report(law="{}", batched=True),
        ["<lawEnforcement><agencyName>Example Police</agencyName></lawEnforcement>"], [""]),
    row("B402", "/report/intendedRecipient[1]", report("{}", batched=True), ["<intendedRecipient/>"], [""]),
    row("B402", "/report/victim[1]", report("{}", batched=True), ["<victim><victimPerson/></victim>"], [""]),
    row("B402", "/report/additionalInfo", report(info="{}", batched=True),
        ["<additionalInfo>None</additionalInfo>"], [""]),
    row("B404", "/fileDetails", details("{}"), ["", "<potentialMeme>false</potentialMeme>", "<fileAnnotations/>"],
        [VIRAL, "<potentialMeme>true</potentialMeme>", "<fileAnnotations><potentialMeme/></fileAnnotations>",
         "<fileAnnotations><potentialMeme>true</potentialMeme><viral/></fileAnnotations>"]),
    row("B404", "/fileDetails/fileAnnotations/generativeAi",
        details("<fileAnnotations><viral/>{}</fileAnnotations>"), ["<generativeAi/>"], ["", "<potentialMeme/>"]),
    *(row("B405", f"/fileDetails/{path}", details(before), [fragment], [""])
      for path, before, fragment in (
          ("fileName", "{}" + VIRAL, "<fileName>a.png</fileName>"),
          ("originalFileName", "{}" + VIRAL, "<originalFileName>a.png</originalFileName>"),
          ("locationOfFile", "{}" + VIRAL, "<locationOfFile>https://example.com/a</locationOfFile>"),
          ("originalFileHash[1]", VIRAL + "{}", '<originalFileHash hashType="MD5">00ff</originalFileHash>'),
          ("ipCaptureEvent", VIRAL + "{}", "<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent>"),
          ("deviceId[1]", VIRAL + "{}", "<deviceId><idType>IMEI</idType><idValue>7</idValue></deviceId>"),
          ("details[1]", VIRAL + "{}", "<details><nameValuePair><name>a</name><value/></nameValuePair></details>"),
          ("additionalInfo[1]", VIRAL + "{}", "<additionalInfo>None</additionalInfo>"))),
    row("B406", "/fileDetails/fileRelevance", details("{}<fileAnnotations><viral/></fileAnnotations>"),
        [SUPPLEMENTAL], ["", REPORTED]),
]  # fmt: skip

ROWS = [*SHARED_ROWS, *OFFSET_ROWS, *REPORT_ROWS, *PEOPLE_ROWS, *FILE_ROWS, *BATCHED_ROWS]
BROKEN = [(each, value) for each in ROWS for value in each.bad]
REPAIRED = [(each, value) for each in ROWS for value in each.good]
