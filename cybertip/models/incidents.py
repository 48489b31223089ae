"""The eight kinds of incident details, and the element that holds one of them."""

from __future__ import annotations

from typing import Annotated, ClassVar

from cybertip.models._base import ATTRIBUTE, Choice, Wire, Xml
from cybertip.models._types import Many, XmlBoolean, XmlDouble, XmlString
from cybertip.models.accounts import IpCaptureEvent
from cybertip.models.people import Address, Email, Phone


class WebPageIncident(Wire):
    """It happened on web pages (API section: ``webPageIncident``)."""

    urls: Annotated[Many[XmlString], Xml("url")] = ()
    """The pages' addresses: with a scheme, at most 2083 characters, without white space (S205)."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""
    third_party_hosted_content: Annotated[XmlBoolean | None, ATTRIBUTE] = None
    """Whether another company hosts the pages, so that the reporting provider knows no more than the addresses."""


class EmailIncident(Wire):
    """It happened by e-mail (API section: ``emailIncident``)."""

    email_addresses: Annotated[Many[Email], Xml("emailAddress")] = ()
    """Addresses involved; each is also one of the suspect, a recipient or a victim (S206)."""
    content: XmlString | None = None
    """Headers, subject and text of the message."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class NewsgroupIncident(Wire):
    """It happened in a newsgroup (API section: ``newsgroupIncident``)."""

    name: XmlString | None = None
    """The newsgroup. Documented limit: 255 characters (S207)."""
    email_addresses: Annotated[Many[Email], Xml("emailAddress")] = ()
    """Addresses involved; each is also one of the suspect, a recipient or a victim (S206)."""
    content: XmlString | None = None
    """Headers, subject and text of the posting."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class ChatImIncident(Wire):
    """It happened in a chat or by instant message (API section: ``chatImIncident``)."""

    chat_client: XmlString | None = None
    """The program or service used. Documented limit: 255 characters (S207)."""
    chat_room_name: XmlString | None = None
    """The room or channel. Documented limit: 255 characters (S207)."""
    content: XmlString | None = None
    """The messages."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class OnlineGamingIncident(Wire):
    """It happened in an online game (API section: ``onlineGamingIncident``)."""

    game_name: XmlString | None = None
    """The game. Documented limit: 255 characters (S207)."""
    console: XmlString | None = None
    """The console or platform it was played on. Documented limit: 255 characters (S207)."""
    content: XmlString | None = None
    """The messages or what was said."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class CellPhoneIncident(Wire):
    """It happened by mobile phone: calls, text messages, pictures (API section: ``cellPhoneIncident``)."""

    phone_number: Phone | None = None
    """The number involved."""
    latitude: XmlDouble | None = None
    """Degrees north of the equator."""
    longitude: XmlDouble | None = None
    """Degrees east of Greenwich."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class NonInternetIncident(Wire):
    """It happened without any network (API section: ``nonInternetIncident``)."""

    location_name: XmlString | None = None
    """The place. Documented limit: 255 characters (S207)."""
    incident_addresses: Annotated[Many[Address], Xml("incidentAddress")] = ()
    """The place's addresses."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class Peer2PeerIncident(Wire):
    """It happened in a peer-to-peer network (API section: ``peer2peerIncident``)."""

    client: XmlString | None = None
    """The program or network used. Documented limit: 255 characters (S207)."""
    ip_capture_events: Annotated[Many[IpCaptureEvent], Xml("ipCaptureEvent")] = ()
    """Internet addresses that took part."""
    file_names: XmlString | None = None
    """Names of the files that were shared, as one text."""
    additional_info: XmlString | None = None
    """Anything that has no field of its own."""


class InternetDetails(Choice):
    """Where and how it happened: exactly one incident. A report may hold several of these (``internetDetails``)."""

    one_of: ClassVar[tuple[str, ...]] = (
        "web_page_incident",
        "email_incident",
        "newsgroup_incident",
        "chat_im_incident",
        "online_gaming_incident",
        "cell_phone_incident",
        "non_internet_incident",
        "peer2peer_incident",
    )
    one_needed: ClassVar[bool] = True

    web_page_incident: WebPageIncident | None = None
    """It happened on web pages."""
    email_incident: EmailIncident | None = None
    """It happened by e-mail."""
    newsgroup_incident: NewsgroupIncident | None = None
    """It happened in a newsgroup."""
    chat_im_incident: ChatImIncident | None = None
    """It happened in a chat or by instant message."""
    online_gaming_incident: OnlineGamingIncident | None = None
    """It happened in an online game."""
    cell_phone_incident: CellPhoneIncident | None = None
    """It happened by mobile phone."""
    non_internet_incident: NonInternetIncident | None = None
    """It happened without any network."""
    peer2peer_incident: Peer2PeerIncident | None = None
    """It happened in a peer-to-peer network."""
