"""Access to the API, and what every answer carries (protocol.md, "Access" and what the real server was seen to do)."""

from __future__ import annotations

import ipaddress
import re
from xml.etree import ElementTree as ET

import pytest

from tests.contract.conformance.documents import report
from tests.contract.conformance.target import Target
from tests.contract.conformance.wire import XML, Api, Reply

CALLS = {
    "status": "GET",
    "xsd": "GET",
    "submit": "POST",
    "upload": "POST",
    "fileinfo": "POST",
    "finish": "POST",
    "retract": "POST",
}
SCHEMA = "{http://www.w3.org/2001/XMLSchema}"


def assert_unauthenticated(answer: Reply) -> None:
    """HTTP 401 with the challenge, and a body that is a response or empty."""
    assert answer.status == 401, answer
    assert answer.http.headers["WWW-Authenticate"] == 'Basic realm="ESP Web Services"'
    if answer.is_empty and not answer.is_exact:
        return
    assert answer.root == "reportResponse", answer
    assert answer.code in ((2000,) if answer.is_exact else (1000, 2000)), answer
    assert (answer.report_id, answer.file_id, answer.hash) == (None, None, None), answer


@pytest.mark.parametrize(("call", "method"), CALLS.items())
def test_without_credentials_every_endpoint_is_closed(anonymous: Api, call: str, method: str) -> None:
    """Without credentials every endpoint answers 401, /xsd among them ("Access")."""
    content = report().encode() if method == "POST" else None
    answer = anonymous.http.request(method, f"/{call}", content=content, headers=XML if content else None)
    assert_unauthenticated(anonymous.read(answer))


@pytest.mark.needs_mock
@pytest.mark.parametrize(("call", "method"), CALLS.items())
@pytest.mark.parametrize("wrong", ["password", "name", "both", "other account's password"])
def test_wrong_credentials_are_refused(api: Api, target: Target, call: str, method: str, wrong: str) -> None:
    """Bad credentials get 401 with the challenge, on every endpoint (seen)."""
    name, password = target.accounts[0]
    other = target.accounts[1][1] if len(target.accounts) > 1 else "other-password"
    auth = {
        "password": (name, password + "-"),
        "name": (name + "-", password),
        "both": ("nobody", "nothing"),
        "other account's password": (name, other),
    }[wrong]
    assert_unauthenticated(api.read(api.http.request(method, f"/{call}", auth=auth)))


def test_status_says_who_asks_from_where(api: Api, target: Target) -> None:
    """GET /status: a reportResponse with code 0 and "Remote User : {user}, Remote Ip : {ip}" ("Endpoints")."""
    answer = api.status()
    assert (answer.status, answer.root, answer.code) == (200, "reportResponse", 0)
    told = re.fullmatch(r"Remote User : (.+), Remote Ip : (\S+)", answer.description or "")
    assert told, answer
    assert told[1] == target.accounts[0][0]
    assert ipaddress.ip_address(told[2])


def test_status_names_no_report(api: Api) -> None:
    """GET /status answers with neither reportId nor fileId nor hash ("Endpoints")."""
    assert api.status().names == ("responseCode", "responseDescription")


def test_status_may_be_repeated(api: Api) -> None:
    """GET /status may be called again, and says the same ("Endpoints")."""
    first, second = api.status(), api.status()
    assert first.accepted
    assert (first.code, first.names) == (second.code, second.names)


def test_status_tells_accounts_apart(other: Api, target: Target) -> None:
    """GET /status names the account whose credentials came with the request ("Access")."""
    assert (other.status().description or "").startswith(f"Remote User : {target.accounts[1][0]}, ")


def test_xsd_is_the_schema(api: Api) -> None:
    """GET /xsd answers with the schema, which declares the four documents ("Endpoints")."""
    answer = api.http.get("/xsd")
    assert answer.status_code == 200
    schema = ET.fromstring(answer.content)
    assert schema.tag == f"{SCHEMA}schema"
    declared = {element.get("name") for element in schema.findall(f"{SCHEMA}element")}
    assert declared >= {"report", "fileDetails", "reportResponse", "reportDoneResponse"}


def test_xsd_may_be_repeated(api: Api) -> None:
    """GET /xsd may be called again, and answers the same ("Endpoints")."""
    assert api.http.get("/xsd").content == api.http.get("/xsd").content


@pytest.mark.needs_mock
@pytest.mark.parametrize(("call", "method"), CALLS.items())
def test_each_endpoint_has_one_method(api: Api, call: str, method: str) -> None:
    """GET for /status and /xsd, POST for the others; anything else is refused ("Endpoints")."""
    for wrong in {"GET", "POST", "PUT", "DELETE"} - {method}:
        answer = api.http.request(wrong, f"/{call}")
        assert answer.status_code == 405
        assert method in answer.headers["Allow"]


@pytest.mark.needs_mock
@pytest.mark.parametrize("path", ["/reports", "/list", "/report/1", "/amend", "/cancel", "/status/1"])
def test_there_is_no_other_endpoint(api: Api, path: str) -> None:
    """No amendment, no status query and no listing exist ("Endpoints")."""
    for method in ("GET", "POST"):
        answer = api.http.request(method, path)
        assert answer.status_code == 404
        assert not api.read(answer).root


# --- what every answer carries ---


def several(api: Api, anonymous: Api) -> list[Reply]:
    """Answers of all kinds: accepted, refused, without credentials."""
    # Without cookies from before: a server may send one to newcomers only.
    for client in (api, anonymous):
        client.http.cookies.clear()
    return [api.status(), api.submit(""), api.finish(1), anonymous.status()]


@pytest.mark.needs_mock
def test_every_answer_has_a_request_id(api: Api, anonymous: Api) -> None:
    """The header Request-ID comes with every answer, and is never the same (documented)."""
    ids = [answer.http.headers["Request-ID"] for answer in several(api, anonymous)]
    assert all(ids)
    assert len(set(ids)) == len(ids)


def test_request_ids_can_be_quoted(api: Api) -> None:
    """The header Request-ID, where a server sends it, holds something that can be quoted (documented)."""
    assert api.status().http.headers.get("Request-ID", "none").strip()


def test_the_first_answer_sets_a_cookie(api: Api) -> None:
    """The header Set-Cookie comes to a client that sends no cookie (seen)."""
    api.http.cookies.clear()
    assert api.status().http.headers["Set-Cookie"]


@pytest.mark.needs_mock
def test_every_answer_sets_a_cookie(api: Api, anonymous: Api) -> None:
    """The header Set-Cookie comes with every answer, also to a client that sends its cookie back (seen)."""
    answers = several(api, anonymous)
    assert any("Cookie" in answer.http.request.headers for answer in answers)
    assert all(answer.http.headers["Set-Cookie"] for answer in answers)


@pytest.mark.needs_mock
def test_the_content_type_names_the_wrong_encoding(api: Api, anonymous: Api) -> None:
    """The header says ISO-8859-1 while the XML declares UTF-8 (seen)."""
    for answer in several(api, anonymous):
        assert answer.http.headers["Content-Type"] == "application/xml;charset=ISO-8859-1"
        declaration = answer.http.content.split(b"?>")[0]
        assert b'encoding="UTF-8"' in declaration


def test_answers_are_read_as_their_own_declaration_says(api: Api) -> None:
    """Whatever the header says, the bytes of an answer parse (seen)."""
    assert api.status().root == "reportResponse"
