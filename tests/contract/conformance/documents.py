"""Small harmless documents as text: invented people, example.com, addresses reserved for documentation.

A document may have a hole, ``{}``, which a test fills; documents on a file have ``{report}`` and ``{file}`` as well.
"""

from __future__ import annotations

PAST = "2025-03-14T15:09:26Z"
LATER = "2025-03-15T08:00:00Z"
"""Past, and after `PAST`."""
FUTURE = "2999-12-31T23:59:59Z"

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
BATCHED = '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>'
WEB_PAGE = (
    "<internetDetails><webPageIncident><url>https://pictures.example.com/u/7f3a</url></webPageIncident>"
    "</internetDetails>"
)
ADDRESS_EVENT = f"<ipCaptureEvent><ipAddress>203.0.113.9</ipAddress><dateTime>{PAST}</dateTime></ipCaptureEvent>"
DEVICE = "<deviceId><idType>Serial</idType><idValue>0001</idValue></deviceId>"


def reporter(person: str = "<email>trust@example.com</email>", rest: str = "") -> str:
    """A reporter. `person` is what the reporting person holds, `rest` what follows."""
    return f"<reporter><reportingPerson>{person}</reportingPerson>{rest}</reporter>"


def suspect(holds: str = "<espIdentifier>user-7f3a</espIdentifier>") -> str:
    """A reported user."""
    return f"<personOrUserReported>{holds}</personOrUserReported>"


def suspect_person(holds: str) -> str:
    """A reported user of whom personal particulars are known."""
    return suspect(f"<personOrUserReportedPerson>{holds}</personOrUserReportedPerson>")


def recipient(holds: str) -> str:
    return f"<intendedRecipient>{holds}</intendedRecipient>"


def victim(holds: str = "", *, person: str = "") -> str:
    return f"<victim><victimPerson>{person}</victimPerson>{holds}</victim>"


def account(holds: str) -> str:
    """A reported user with another account."""
    return suspect(f'<associatedAccount type="Linked">{holds}</associatedAccount>')


def internet(kind: str, holds: str) -> str:
    return f"<internetDetails><{kind}>{holds}</{kind}></internetDetails>"


def report(
    *,
    first: str = "",
    kind: str = "<incidentType>Misleading Domain Name</incidentType>",
    note: str = "<platform>Example Pictures</platform>",
    moment: str = PAST,
    after: str = "",
    internet: str = WEB_PAGE,
    law: str = "",
    reporter: str = reporter(),
    suspects: str = suspect(),
    others: str = "",
    last: str = "",
) -> str:
    """A report that the API accepts, with parts exchanged.

    Args:
        first: what stands before the incident's summary.
        kind: the incident's type.
        note: what stands between the incident's type and its time.
        moment: the incident's time.
        after: what stands behind it.
        internet: how the incident came about.
        law: the law enforcement contact.
        reporter: who reports.
        suspects: who is reported.
        others: recipients and victims.
        last: what stands at the end.
    """
    summary = f"<incidentSummary>{kind}{note}<incidentDateTime>{moment}</incidentDateTime>{after}</incidentSummary>"
    return f"{DECLARATION}<report>{first}{summary}{internet}{law}{reporter}{suspects}{others}{last}</report>\n"


def batched_report(**parts: str) -> str:
    """A batched report that the API accepts, with parts exchanged."""
    return report(**{"first": BATCHED, "internet": "", **parts})


def file_details(holds: str = "<originalFileName>picture.png</originalFileName>") -> str:
    """Details of a file, with holes for the ids."""
    return f"{DECLARATION}<fileDetails><reportId>{{report}}</reportId><fileId>{{file}}</fileId>{holds}</fileDetails>\n"


def of_file(document: str, report_id: int, file_id: str) -> str:
    """The document with both ids filled in."""
    return document.replace("{report}", str(report_id)).replace("{file}", file_id)


VIRAL = "<fileAnnotations><viral/></fileAnnotations>"
"""The annotation that a file of a batched report needs."""
