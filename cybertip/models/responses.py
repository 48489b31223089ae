"""The server's answers as strict documents.

The client does not read answers with these: a server may add an element to an answer one day, and a receipt must
stay readable then (see `cybertip.calls.answers`). They serve whoever writes or checks such documents.
"""

from __future__ import annotations

from typing import Annotated

from cybertip.models._base import Wire, Xml
from cybertip.models._types import Many, XmlInt, XmlLong, XmlString, XmlToken


class ReportResponse(Wire):
    """Answers every call but ``/finish`` (API section: ``reportResponse``)."""

    response_code: XmlInt
    """0 for success, else an error code."""
    response_description: XmlString
    """What the code means in this case."""
    report_id: XmlLong | None = None
    """The report; missing on ``/status`` and on errors."""
    file_id: XmlToken | None = None
    """The file that was uploaded: 32 hexadecimal digits."""
    hash: XmlToken | None = None
    """MD5 of the bytes that arrived, in hexadecimal digits."""


class UploadedFiles(Wire):
    """The files of a finished report."""

    file_ids: Annotated[Many[XmlString], Xml("fileId")] = ()
    """Their ids; empty for a report without files."""


class ReportDoneResponse(Wire):
    """Answers ``/finish``: the receipt (API section: ``reportDoneResponse``)."""

    response_code: XmlInt
    """0 for success, else an error code."""
    report_id: XmlLong
    """The report."""
    files: UploadedFiles
    """Its files."""
