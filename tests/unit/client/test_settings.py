"""What a client is made with: credentials, certificate checks, proxies, time-outs, and what is never shown of them."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from cybertip import AsyncClient, Client, Timeouts
from cybertip.client._settings import YOUNG, make_settings
from cybertip.environments import TEST_URL, resolve
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from cybertip.mock import MockServer
from tests.canaries import CANARIES, PASSWORD, USERNAME
from tests.tracebacks import shown

GATEWAY = "https://gateway.example.com/ispws"
BOTH = pytest.mark.parametrize("kind", [Client, AsyncClient])
PLACES: list[dict[str, str]] = [
    {"environment": "test"},
    {"environment": "production"},
    {"environment": "test", "base_url": TEST_URL},
    {"environment": "test", "base_url": GATEWAY},
    {"environment": "production", "base_url": GATEWAY},
]
MOCK_PLACES: list[dict[str, str]] = [
    {},
    {"base_url": "https://127.0.0.1:8750/ispws"},
    {"environment": "mock", "base_url": GATEWAY},
]


def answering(request: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing may be sent")


def lax(verify: ssl.VerifyMode) -> ssl.SSLContext:
    """A context that does not check everything."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = verify
    return context


@BOTH
@pytest.mark.parametrize("wrong", ["", "line\n", "line\r", "nul\x00", "tab\t", "del\x7f", "lone\ud800", "bytes\udcff"])
def test_credentials_that_cannot_be_sent(kind: Callable[..., object], wrong: str) -> None:
    """An empty user name or password, and one that no header can carry, are refused when the client is made."""
    for given in ((wrong, PASSWORD), (USERNAME, wrong), (SecretStr(wrong), PASSWORD), (USERNAME, SecretStr(wrong))):
        with pytest.raises(ConfigurationError):
            kind(*given)


@BOTH
def test_a_user_name_with_a_colon(kind: Callable[..., object]) -> None:
    """HTTP Basic authentication could not tell where such a user name ends; a password may have colons."""
    with pytest.raises(ConfigurationError, match="colon"):
        kind("a:b", PASSWORD)
    assert kind(USERNAME, "a:b:")


@BOTH
@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_password_is_called_empty(kind: Callable[..., object], missing: str | None) -> None:
    """What an unset environment variable gives is refused in words that help."""
    with pytest.raises(ConfigurationError, match="the password is empty"):
        kind(USERNAME, missing)


@pytest.mark.parametrize("wrap", [str, SecretStr])
@pytest.mark.parametrize("password", [PASSWORD, "with:colon", "pässwörd · あ", " spaces "])
def test_credentials_are_sent_as_utf8(wrap: Callable[[str], str | SecretStr], password: str) -> None:
    """The Authorization header is what HTTP Basic authentication prescribes, on every request."""
    seen: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        text = "<reportResponse><responseCode>0</responseCode><reportId>7</reportId></reportResponse>"
        return httpx.Response(200, text=text)

    with Client(wrap(USERNAME), wrap(password), transport=httpx.MockTransport(note)) as client:
        client.status()
        client.retract(7)
    expected = base64.b64encode(f"{USERNAME}:{password}".encode()).decode()
    assert seen == [f"Basic {expected}"] * 2


@BOTH
@pytest.mark.parametrize(
    "wrong",
    [
        {"password": PASSWORD + "\n"},
        {"password": PASSWORD + "\udcff"},
        {"environment": "no such"},
        {"base_url": TEST_URL},
        {"environment": "production", "ssl_context": lax(ssl.CERT_NONE)},
    ],
    ids=["line break", "no text", "environment", "address", "certificates"],
)
def test_what_is_refused_shows_no_credentials(kind: Callable[..., object], wrong: dict[str, Any]) -> None:
    """No frame of this package that a refusal comes from has a variable with the password in plain."""

    def make() -> None:
        kind(**{"username": USERNAME, "password": PASSWORD, **wrong})

    with pytest.raises(ConfigurationError) as caught:
        make()
    assert PASSWORD not in str(caught.value)
    own = _in_package(caught.value)
    assert f"{getattr(kind, '__name__', '')}(not made)" in own
    assert not [name for name, value in CANARIES.items() if value in own]


def _in_package(problem: BaseException) -> str:
    """What is shown of the frames below the test's own."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") == __name__:
        trace = trace.tb_next
    return shown(problem.with_traceback(trace))


@BOTH
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("verify", [ssl.CERT_NONE, ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
def test_certificate_checks_cannot_be_switched_off(
    kind: Callable[..., object], verify: ssl.VerifyMode, place: dict[str, str]
) -> None:
    """Test and production, at NCMEC or behind a gateway, are never talked to without checking who answers."""
    with pytest.raises(EnvironmentRefusedError, match="certificate"):
        kind(USERNAME, PASSWORD, ssl_context=lax(verify), **place)
    assert kind(USERNAME, PASSWORD, ssl_context=ssl.create_default_context(), **place)


@BOTH
@pytest.mark.parametrize("place", MOCK_PLACES)
def test_a_mock_may_have_any_certificate(kind: Callable[..., object], place: dict[str, str]) -> None:
    """A mock with a certificate of its own can be used without checks."""
    assert kind(USERNAME, PASSWORD, ssl_context=lax(ssl.CERT_NONE), **place)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A port that the environment names as the proxy for everything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            monkeypatch.setenv(name, address)
            monkeypatch.setenv(name.lower(), address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        yield listener


def test_a_proxy_sees_nothing_that_stays_on_this_machine(watched: socket.socket) -> None:
    """A proxy from the environment is not used for loopback, where it would read the credentials in the clear."""
    with MockServer({USERNAME: PASSWORD}) as server:
        with Client(USERNAME, PASSWORD, base_url=server.base_url) as client:
            assert client.status().user == USERNAME
        with pytest.raises(BlockingIOError):
            watched.accept()


@pytest.mark.usefixtures("watched")
def test_a_proxy_from_the_environment_is_used_beyond_this_machine() -> None:
    """Companies reach the world through proxies; only loopback is exempt."""
    for place, trusted in ((GATEWAY, True), ("http://127.0.0.1:8750/ispws", False), ("http://localhost/", False)):
        settings = make_settings(SecretStr("a"), SecretStr("b"), "mock", place, None, None, None)
        assert settings.client_arguments(None)["trust_env"] is trusted


@BOTH
@pytest.mark.parametrize("place", [*PLACES, *MOCK_PLACES])
def test_no_repr_shows_credentials(kind: Callable[..., Any], place: dict[str, str]) -> None:
    """Neither a client nor anything in it shows the credentials."""
    client = kind(USERNAME, PASSWORD, transport=httpx.MockTransport(answering), **place)
    endpoint = resolve(place.get("environment"), place.get("base_url"))
    assert repr(client) == f"{kind.__name__}({endpoint.environment}, {endpoint.base_url})"
    everything = (
        f"{client!r} {client!s} {vars(client)} {client._settings!r} {vars(client._http)} {client._settings.auth!r}"
    )
    everything += f" {vars(client._settings.auth)}"
    assert not [name for name, value in CANARIES.items() if value in everything]
    assert USERNAME not in everything


def test_the_time_for_an_answer_grows_with_what_was_sent() -> None:
    """The server may digest a large upload before it answers; the other times stay as they are."""
    timeouts = Timeouts(connect=1, read=10, write=3, pool=4, upload_rate=1000)
    assert timeouts.for_body(0) == httpx.Timeout(connect=1, read=10, write=3, pool=4)
    assert timeouts.for_body(5000) == httpx.Timeout(connect=1, read=15, write=3, pool=4)
    assert Timeouts().for_body(2 * 1024**3).read == pytest.approx(60 + 2 * 1024**3 / 5e6)


@pytest.mark.parametrize("name", ["connect", "read", "write", "pool", "upload_rate"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_times_that_make_no_sense(name: str, value: float) -> None:
    """A time-out or a rate that is not above zero is refused when it is made, not when a file is sent."""
    with pytest.raises(ConfigurationError):
        Timeouts(**{name: value})


def test_how_connections_are_used() -> None:
    """Idle connections are used again only while they are young, redirects are off, answers come uncompressed."""
    arguments = make_settings(SecretStr("a"), SecretStr("b"), None, None, None, None, None).client_arguments(None)
    assert arguments["limits"].keepalive_expiry == YOUNG <= 2
    assert arguments["follow_redirects"] is False
    assert arguments["headers"]["Accept-Encoding"] == "identity"
    assert arguments["headers"]["User-Agent"].startswith("cybertip/")
    assert "verify" not in arguments
