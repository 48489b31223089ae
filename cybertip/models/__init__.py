"""The wire documents of the CyberTipline Reporting API as typed values.

Four documents exist: `Report` opens a submission, `FileDetails` describes one uploaded file, `ReportResponse` and
`ReportDoneResponse` are the answers. Field names are the XML names in Python's style, lists in the plural. `None`
means that an element is absent; an empty string is an empty element. `cybertip.xml` turns them into bytes and back.
"""

from cybertip.models._base import Wire
from cybertip.models.accounts import (
    AccountPermanentlyDisabled,
    AccountTemporarilyDisabled,
    AssociatedAccount,
    AssociatedPlatform,
    DeviceId,
    IntendedRecipient,
    IpCaptureEvent,
    PersonOrUserReported,
    Victim,
)
from cybertip.models.files import Details, FileAnnotations, FileDetails, Hash, NameValue
from cybertip.models.incidents import (
    CellPhoneIncident,
    ChatImIncident,
    EmailIncident,
    InternetDetails,
    NewsgroupIncident,
    NonInternetIncident,
    OnlineGamingIncident,
    Peer2PeerIncident,
    WebPageIncident,
)
from cybertip.models.people import Address, ContactPerson, Email, EstimatedLocation, Person, Phone
from cybertip.models.places import Country, UsState
from cybertip.models.report import (
    BatchedReport,
    IncidentSummary,
    LawEnforcement,
    Report,
    ReportAnnotations,
    Reporter,
    ServedLegalProcess,
)
from cybertip.models.responses import ReportDoneResponse, ReportResponse, UploadedFiles
from cybertip.models.vocabulary import (
    AddressType,
    AssociatedAccountType,
    BatchedReportReason,
    EmailType,
    FileClassification,
    FileRelevance,
    IncidentType,
    IpCaptureType,
    MetadataType,
    PhoneType,
)

ROOTS: dict[str, type[Wire]] = {
    "report": Report,
    "fileDetails": FileDetails,
    "reportResponse": ReportResponse,
    "reportDoneResponse": ReportDoneResponse,
}
"""The root element of each document and its model."""

__all__ = [
    "ROOTS",
    "AccountPermanentlyDisabled",
    "AccountTemporarilyDisabled",
    "Address",
    "AddressType",
    "AssociatedAccount",
    "AssociatedAccountType",
    "AssociatedPlatform",
    "BatchedReport",
    "BatchedReportReason",
    "CellPhoneIncident",
    "ChatImIncident",
    "ContactPerson",
    "Country",
    "Details",
    "DeviceId",
    "Email",
    "EmailIncident",
    "EmailType",
    "EstimatedLocation",
    "FileAnnotations",
    "FileClassification",
    "FileDetails",
    "FileRelevance",
    "Hash",
    "IncidentSummary",
    "IncidentType",
    "IntendedRecipient",
    "InternetDetails",
    "IpCaptureEvent",
    "IpCaptureType",
    "LawEnforcement",
    "MetadataType",
    "NameValue",
    "NewsgroupIncident",
    "NonInternetIncident",
    "OnlineGamingIncident",
    "Peer2PeerIncident",
    "Person",
    "PersonOrUserReported",
    "Phone",
    "PhoneType",
    "Report",
    "ReportAnnotations",
    "ReportDoneResponse",
    "ReportResponse",
    "Reporter",
    "ServedLegalProcess",
    "UploadedFiles",
    "UsState",
    "Victim",
    "WebPageIncident",
    "Wire",
]
