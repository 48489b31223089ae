"""The mock without a network: the seven endpoints as methods from plain values to an answer.

Nothing here knows HTTP servers, threads or real time, so a test or a simulation can drive it directly. It is not
locked: call it from one thread. Looking at `MockCore.reports` from others is fine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from http import HTTPStatus
from random import Random, SystemRandom
from types import MappingProxyType
from typing import Concatenate, ParamSpec
from uuid import UUID

from cybertip.mock.accounts import Accounts
from cybertip.mock.answers import Answer, Code, Refused
from cybertip.mock.documents import read_document
from cybertip.mock.state import FIRST_REPORT_ID, Clock, ReceivedReport, Reports, ReportState
from cybertip.models import FileDetails, Report, ReportDoneResponse, ReportResponse, UploadedFiles
from cybertip.schema import bundled_xsd
from cybertip.xml import write

P = ParamSpec("P")

REALM = "ESP Web Services"
"""The realm of the real server's Basic authentication (seen)."""

# Seen: the header names one encoding and the document another. A client has to believe the document.
_XML_TYPE = "application/xml;charset=ISO-8859-1"


def _endpoint(act: Callable[Concatenate[MockCore, P], Answer]) -> Callable[Concatenate[MockCore, P], Answer]:
    """Let an endpoint raise its refusals, and answer them."""

    @functools.wraps(act)
    def answered(core: MockCore, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return act(core, *args, **kwargs)
        except Refused as refusal:
            return core.refuse(refusal)

    return answered


class MockCore:
    """The mock server as an object.

    Each endpoint is a method that takes the account whose credentials came with the request (see `authenticate`),
    acts, and returns the answer. No method raises on bad input.
    """

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        *,
        clock: Clock,
        first_report_id: int = FIRST_REPORT_ID,
        random: Random | None = None,
    ) -> None:
        """Start without reports.

        Args:
            accounts: user name -> password; one account, ``mock`` with ``mock-password``, where none are given.
            clock: tells the time: aware, in UTC.
            first_report_id: the id of the first report; each later one is one more.
            random: makes file ids and header values; seed one to get the same ones again.

        Raises:
            ConfigurationError: an account cannot be used with HTTP Basic authentication.
        """
        self.accounts = Accounts(accounts)
        self._store = Reports(clock, random or SystemRandom(), first_report_id)

    def __repr__(self) -> str:
        return f"MockCore(accounts={self.accounts!r}, reports={len(self.reports)})"

    @property
    def reports(self) -> Mapping[int, ReceivedReport]:
        """Every report that was ever opened, by its id, in the order of opening."""
        return MappingProxyType(self._store.by_id)

    # --- the endpoints -------------------------------------------------------------------------------------------

    def status(self, account: str, remote_ip: str) -> Answer:
        """GET /status: who the server takes the caller for. It names no report (documented)."""
        return self._success(description=f"Remote User : {account}, Remote Ip : {remote_ip}")

    def xsd(self, account: str) -> Answer:
        """GET /xsd: the schema that documents are checked against. NCMEC's own needs credentials too (documented)."""
        return self._xml(HTTPStatus.OK, bundled_xsd())

    @_endpoint
    def submit(self, account: str, body: bytes) -> Answer:
        """POST /submit: open a report."""
        read_document(body, Report)
        return self._success(report_id=self._store.open(account, body).id)

    @_endpoint
    def upload(self, account: str, report_id: int, *, name: str, size: int, md5: str, sha256: str) -> Answer:
        """POST /upload: add a file that has arrived completely.

        Args:
            account: the user name.
            report_id: the report to add it to.
            name: the file name as it was sent.
            size: in bytes. An empty file is accepted (assumed).
            md5: of the bytes that arrived, in hexadecimal digits; the answer's ``hash``.
            sha256: likewise; for whoever looks.
        """
        report = self._store.changeable(account, report_id)
        file = self._store.new_file(name=name, size=size, md5=md5, sha256=sha256)
        report.add(file)
        return self._success(report_id=report.id, file_id=file.id, md5=md5)

    @_endpoint
    def fileinfo(self, account: str, body: bytes) -> Answer:
        """POST /fileinfo: describe a file. The answer names the report, and no file (seen on newer servers)."""
        details = read_document(body, FileDetails)
        report = self._store.changeable(account, details.report_id)
        file = report.file(details.file_id)
        # Documented: once per file. That a second document is refused, and with this code, is assumed.
        if file.details is not None:
            raise Refused(Code.VALIDATION_FAILED, "the file has details already; they are accepted once per file")
        report.describe(file, body)
        return self._success(report_id=report.id)

    @_endpoint
    def finish(self, account: str, report_id: int) -> Answer:
        """POST /finish: file a report. The answer is the receipt; it has no description (seen).

        Files without details are filed as well (assumed: no rule demands details but for batched reports). Errors come
        as a `ReportResponse`, which can say why (assumed: the real server may use either root).
        """
        report = self._store.changeable(account, report_id)
        report.close(ReportState.FINISHED)
        # Seen: <files/> where there are none. The order of the uploads is assumed.
        files = UploadedFiles(file_ids=[file.id for file in report.files])
        receipt = ReportDoneResponse(response_code=Code.SUCCESS, report_id=report.id, files=files)
        return self._xml(HTTPStatus.OK, write(receipt))

    @_endpoint
    def retract(self, account: str, report_id: int) -> Answer:
        """POST /retract: cancel a report that is open."""
        report = self._store.changeable(account, report_id)
        report.close(ReportState.RETRACTED)
        return self._success(report_id=report.id)

    # --- what is refused before it reaches an endpoint -----------------------------------------------------------

    def authenticate(self, name: str, password: str) -> str | None:
        """The account of these credentials, or None."""
        return name if self.accounts.admit(name, password) else None

    def unauthenticated(self) -> Answer:
        """The answer to missing or wrong credentials (seen; the code was 1000 at other times, and the body empty)."""
        code = Code.AUTHENTICATION_REQUIRED
        response = ReportResponse(response_code=code, response_description=code.description)
        challenge = {"WWW-Authenticate": f'Basic realm="{REALM}"'}
        return self._xml(HTTPStatus.UNAUTHORIZED, write(response), challenge)

    def refuse(self, refusal: Refused) -> Answer:
        """The answer to a refused request: HTTP 400, with the code in the body (seen from 2025 on)."""
        response = ReportResponse(response_code=refusal.code, response_description=refusal.description)
        return self._xml(HTTPStatus.BAD_REQUEST, write(response))

    def page(self, status: HTTPStatus, headers: Mapping[str, str] | None = None) -> Answer:
        """A small web page, as a servlet container answers what never reaches the API (assumed)."""
        title = f"HTTP {status.value}: {status.phrase}"
        text = f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1></body></html>'
        return self._answer(status, "text/html;charset=utf-8", text.encode(), headers)

    # --- making answers ------------------------------------------------------------------------------------------

    def _success(
        self,
        *,
        description: str = Code.SUCCESS.description,
        report_id: int | None = None,
        file_id: str | None = None,
        md5: str | None = None,
    ) -> Answer:
        response = ReportResponse(
            response_code=Code.SUCCESS,
            response_description=description,
            report_id=report_id,
            file_id=file_id,
            hash=md5,
        )
        return self._xml(HTTPStatus.OK, write(response))

    def _xml(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        return self._answer(status, _XML_TYPE, body, headers)

    def _answer(
        self, status: HTTPStatus, content_type: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        own = {
            "Content-Type": content_type,
            # Documented as a header; its form is assumed.
            "Request-ID": str(UUID(hex=self._store.hex_id(), version=4)),
            # Seen on every answer, also where the client sent the cookie back; its name is assumed.
            "Set-Cookie": f"JSESSIONID={self._store.hex_id().upper()}; Path=/ispws; HttpOnly",
        }
        return Answer(status.value, MappingProxyType({**own, **(headers or {})}), body)
