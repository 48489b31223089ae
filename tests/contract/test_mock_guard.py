"""Who may look at the mock and steer it, and what browsers are told about its pages."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from cybertip.mock import MockCore, MockServer, create_app
from tests.contract.inspecting import EVERYTHING, JSON, START, assert_refused, data, ids
from tests.mock_http import open_report
from tests.samples import report_xml

pytestmark = pytest.mark.usefixtures("silent")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/faults"), ("POST", "/clock")])
def test_oversized_bodies_are_refused(look: httpx.Client, method: str, path: str) -> None:
    """More than 1 MiB gets 413."""
    answer = look.request(method, path, content=b"[" + b" " * 1024 * 1024, headers=JSON)
    assert_refused(answer, 413, "at most 1048576 bytes")


@pytest.mark.parametrize(("method", "path", "body"), [("PUT", "/faults", b"[]"), ("POST", "/clock", b'{"reset":true}')])
@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/plain;application/json"]
)
def test_what_changes_something_must_say_that_it_is_json(
    look: httpx.Client, method: str, path: str, body: bytes, content_type: str | None
) -> None:
    """A body that a page of another site could send without asking gets 415, and changes nothing."""
    look.put("/faults", json=[{"fault": "late"}])
    look.post("/clock", json={"advance_seconds": 5})
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert_refused(look.request(method, path, content=body, headers=headers), 415, "Content-Type: application/json")
    assert len(data(look.get("/faults"))["faults"]) == 1
    assert data(look.get("/clock"))["offset_seconds"] == 5


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_announced_in_other_spellings(look: httpx.Client, content_type: str) -> None:
    """Parameters and capitals in the Content-Type do no harm."""
    assert look.put("/faults", content=b"[]", headers={"Content-Type": content_type}).status_code == 200


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
@pytest.mark.parametrize("host", ["rebound.example.com", "rebound.example.com:80", "localhost.example.com", ""])
def test_another_host_name_is_refused(api: httpx.Client, look: httpx.Client, method: str, path: str, host: str) -> None:
    """Under a host name that could be anybody's (DNS rebinding) nothing is shown or changed, whatever is asked for."""
    report_id = open_report(api)
    assert_refused(look.request(method, path, headers={"Host": host}), 403, "as localhost")
    assert ids(look.get("/reports")) == [report_id]


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "127.0.0.1", "192.0.2.7:8750", "[::1]:8750", "[2001:db8::1]"]
)
def test_addresses_and_localhost_are_fine(look: httpx.Client, host: str) -> None:
    """An address cannot be rebound, and localhost is this machine."""
    assert look.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["[", "[::1", "[x]", "a]b", "127.0.0.1:x"])
def test_a_broken_host_is_no_accident(inspected: MockServer, host: str) -> None:
    """A Host header that is no host gets a plain refusal or answer, and no error of the server."""
    address = urlsplit(inspected.inspection_url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as connection:
        connection.sendall(f"GET /_mock/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline().split()[1] in (b"200", b"400", b"403")


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_other_machines_are_turned_away(method: str, path: str) -> None:
    """Another machine sees and changes nothing, and is told which option would let it."""
    core = MockCore(clock=lambda: START)
    core.submit("mock", report_xml())
    transport = httpx.ASGITransport(create_app(core), client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1/_mock") as client:
        assert_refused(await client.request(method, path), 403, "--inspect-remotely")
    assert len(core.reports) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
async def test_other_machines_may_look_where_they_are_let(address: str) -> None:
    """With inspect_remotely others may look too, under the name that they have for this machine."""
    app = create_app(MockCore(clock=lambda: START), inspect_remotely=True)
    transport = httpx.ASGITransport(app, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://mock.example.com/_mock") as client:
        assert data(await client.get("/health"))["status"] == "ok"
        assert_refused(await client.put("/faults", content=b"[]"), 415, "application/json")


@pytest.mark.anyio
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_has_several_addresses(address: str) -> None:
    """Every loopback address is this machine, also in the form that a socket for IPv6 and IPv4 gives it."""
    transport = httpx.ASGITransport(create_app(MockCore(clock=lambda: START)), client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/_mock") as client:
        assert data(await client.get("/health"))["status"] == "ok"


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
@pytest.mark.parametrize("headers", [{}, {"Host": "rebound.example.com"}])
def test_every_answer_is_guarded(look: httpx.Client, method: str, path: str, headers: dict[str, str]) -> None:
    """Every answer forbids browsers to load, run, frame, submit, guess and keep anything, and sets no cookie."""
    answer = look.request(method, path, headers=headers)
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/reports", "GET, DELETE, HEAD"),
        ("PATCH", "/faults", "GET, PUT, HEAD"),
        ("DELETE", "/clock", "GET, POST, HEAD"),
        ("PUT", "/health", "GET, HEAD"),
        ("DELETE", "/reports/latest", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405(look: httpx.Client, method: str, path: str, allowed: str) -> None:
    """A method that a path does not have gets 405, with those that it has."""
    answer = look.request(method, path)
    assert_refused(answer, 405, "another method")
    assert answer.headers["Allow"] == allowed


def test_head_is_a_get_without_the_body(look: httpx.Client) -> None:
    """HEAD gets the headers of GET and nothing else."""
    answer = look.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "path", ["/nothing", "/reports/", "/reports/1/files", "/assets/parts.html", "/assets/..%2fapp.py"]
)
def test_what_is_not_there_is_not_found(look: httpx.Client, path: str) -> None:
    """Other paths get 404 in words; templates and modules are not served."""
    assert_refused(look.get(path), 404, "there is ")


def test_the_bare_path_leads_to_the_page(look: httpx.Client) -> None:
    """/_mock redirects to /_mock/."""
    answer = look.get(httpx.URL(str(look.base_url).rstrip("/")))
    assert (answer.status_code, answer.headers["Location"]) == (307, "/_mock/")
