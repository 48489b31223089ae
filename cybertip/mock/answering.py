"""Making answers: the bodies and headers of the real server, in the style of the year that the mock plays."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from random import Random
from uuid import UUID

from cybertip.mock.answers import Answer, Code, Refused, describe
from cybertip.mock.behaviour import Behaviour
from cybertip.models import ReportDoneResponse, ReportResponse, UploadedFiles
from cybertip.models._types import LONG_MAX
from cybertip.xml import write

REALM = "ESP Web Services"
"""The realm of the real server's Basic authentication (seen)."""

# Seen: the header names one encoding and the document another. A client has to believe the document.
_XML_TYPE = "application/xml;charset=ISO-8859-1"


class Answers:
    """Makes the answers of one mock."""

    def __init__(self, behaviour: Behaviour, random: Random) -> None:
        """Prepare to answer.

        Args:
            behaviour: how errors look.
            random: makes the values of headers.
        """
        self._behaviour = behaviour
        self._random = random

    def hex_id(self) -> str:
        """32 random hexadecimal digits."""
        return f"{self._random.getrandbits(128):032x}"

    # --- what went well ------------------------------------------------------------------------------------------

    def success(
        self,
        *,
        description: str = Code.SUCCESS.description,
        report_id: int | None = None,
        file_id: str | None = None,
        md5: str | None = None,
    ) -> Answer:
        """A `ReportResponse` with code 0."""
        response = ReportResponse(
            response_code=Code.SUCCESS,
            response_description=description,
            report_id=report_id,
            file_id=file_id,
            hash=md5,
        )
        return self._xml(200, write(response), code=0, report_id=report_id)

    def receipt(self, report_id: int, file_ids: list[str]) -> Answer:
        """The answer to `/finish`. It has no description, and an empty list where there are no files (seen)."""
        receipt = ReportDoneResponse(
            response_code=Code.SUCCESS, report_id=report_id, files=UploadedFiles(file_ids=file_ids)
        )
        return self._xml(200, write(receipt), code=0, report_id=report_id)

    def schema(self, xsd: bytes) -> Answer:
        """The answer to `/xsd`."""
        return self._xml(200, xsd)

    # --- what did not --------------------------------------------------------------------------------------------

    def refusal(self, refused: Refused, call: str, report_id: int | None = None) -> Answer:
        """The answer to a refused request.

        2025: HTTP 400 and the code (seen). 2016: HTTP 200; for every refused document code 1001, with the validator's
        sentence on the same line and without its place (seen).
        """
        code: int = refused.code
        particulars = refused.particulars
        if self._behaviour.server == "2016" and code in (Code.VALIDATION_FAILED, Code.MALFORMED_XML):
            code = Code.MALFORMED_REPORT
            description = f"{describe(code)} - {particulars}"
        elif not particulars:
            description = describe(code)
        else:
            # Seen: the code's words, a line break, the place in the document, and the sentence.
            place = f"[{refused.place.line},{refused.place.column}] - " if refused.place is not None else ""
            description = f"{describe(code)}\n{place}{particulars}"
        answer = self.with_code(code, call=call, description=description, report_id=report_id)
        broken = tuple(f"{violation.code} {violation.path}" for violation in refused.violations)
        return replace(answer, violations=broken)

    def with_code(
        self,
        code: int,
        *,
        call: str,
        description: str | None = None,
        status: int | None = None,
        root: str | None = None,
        report_id: int | None = None,
    ) -> Answer:
        """An answer with any response code.

        Args:
            code: the response code.
            call: the endpoint that it answers.
            description: the words; the code's own where None.
            status: the HTTP status; the one that goes with the code where None.
            root: the root element; the one that errors to this call have where None.
            report_id: the report that the request was about. Errors do not name it (seen), but for the
                `ReportDoneResponse`, whose schema demands it.
        """
        if status is None:
            status = 200 if code == Code.SUCCESS or self._behaviour.server == "2016" else 400
        if root is None:
            succeeded = "reportDoneResponse" if code == Code.SUCCESS else self._behaviour.finish_errors
            root = succeeded if call == "finish" else "reportResponse"
        if report_id is not None and not 0 <= report_id <= LONG_MAX:
            report_id = None  # Nobody's id, and none that an answer could name.
        words = describe(code) if description is None else description
        document: ReportResponse | ReportDoneResponse
        if root == "reportDoneResponse":
            document = ReportDoneResponse(response_code=code, report_id=report_id or 0, files=UploadedFiles())
        else:
            named = report_id if code == Code.SUCCESS else None
            document = ReportResponse(response_code=code, response_description=words, report_id=named)
        return replace(self._xml(status, write(document), code=code, report_id=report_id), description=words)

    def unauthorized(self) -> Answer:
        """The answer to missing or wrong credentials (all three bodies were seen)."""
        challenge = {"WWW-Authenticate": f'Basic realm="{REALM}"'}
        body, code = b"", None
        if self._behaviour.unauthorized != "empty":
            code = int(self._behaviour.unauthorized)
            words = describe(Code.AUTHENTICATION_REQUIRED)
            body = write(ReportResponse(response_code=code, response_description=words))
        return self._xml(401, body, challenge, code=code)

    def page(self, status: int, headers: Mapping[str, str] | None = None, *, title: str = "") -> Answer:
        """A small web page, as a servlet container or a gateway answers (assumed)."""
        phrase = next((known.phrase for known in HTTPStatus if known == status), "")
        words = html.escape(title or f"HTTP {status}: {phrase}")
        text = f'<!doctype html><html lang="en"><head><title>{words}</title></head><body><h1>{words}</h1></body></html>'
        return self.raw(status, "text/html;charset=utf-8", text.encode(), headers)

    # --- headers -------------------------------------------------------------------------------------------------

    def raw(
        self,
        status: int,
        content_type: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        code: int | None = None,
        report_id: int | None = None,
    ) -> Answer:
        """Any answer, with the headers that all of them have."""
        own = {
            "Content-Type": content_type,
            # Seen on every answer, also where the client sent the cookie back; its name is assumed.
            "Set-Cookie": f"JSESSIONID={self.hex_id().upper()}; Path=/ispws; HttpOnly",
        }
        if self._behaviour.server != "2016":
            # Documented as a header, missing on old recordings; its form is assumed.
            own["Request-ID"] = str(UUID(hex=self.hex_id(), version=4))
        return Answer(status, {**own, **(headers or {})}, body, code, report_id)

    def _xml(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        code: int | None = None,
        report_id: int | None = None,
    ) -> Answer:
        return self.raw(status, _XML_TYPE, body, headers, code=code, report_id=report_id)
