"""Mock, test and production are kept apart. Nothing here ever connects: addresses are only looked at."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from cybertip import AsyncClient, Client
from cybertip.environments import MOCK_URL, PRODUCTION_URL, TEST_URL, Endpoint, Environment, resolve
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from tests.canaries import PASSWORD, USERNAME

GATEWAY = "https://gateway.example.com/ispws"
NAMED = {"mock": MOCK_URL, "test": TEST_URL, "production": PRODUCTION_URL}
UNNAMED_OR_NAMED = [None, "mock", "test", "production"]


def spellings(host: str) -> list[str]:
    """Addresses that lead to the host."""
    return [
        f"https://{host}/ispws",
        f"https://{host}/ispws/",
        f"https://{host}",
        f"https://{host.upper()}/ispws",
        f"HTTPS://{host.title()}/ispws",
        f"https://{host}./ispws",
        f"https://{host}:443/ispws",
        f"https://{host}:/ispws",
        f"https://{host.upper()}.:0443/ispws",
    ]


DISGUISES = [
    "https://{}\u3002/ispws",
    "https://\uff52eport.cybertip.org/ispws",
    "https://{}\u00ad/ispws",
    "https://\u200b{}/ispws",
    "https://{}%2e/ispws",
    "https://report.cybertip%2Eorg/ispws",
    "https://rep\tort.cybertip.org/ispws",
    "https://report.\ncybertip.org/ispws",
    " https://{}/ispws",
    "\x00https://{}/ispws",
    "https://{}\\@gateway.example.com/ispws",
    "https://gateway.example.com\\.{}/ispws",
    "https://user@{}/ispws",
    "https://user:secret@{}/ispws",
    "https://@{}/ispws",
    "https://gateway.example.com@{}/ispws",
    "https://{}@gateway.example.com/ispws",
    "https:/{}/ispws",
    "https:{}/ispws",
    "//{}/ispws",
    "{}/ispws",
    "ftp://{}/ispws",
    "file://{}/ispws",
    "https://{}:port/ispws",
    "https://{}:99999/ispws",
    "https://[{}]/ispws",
]
"""Addresses that somebody could read as NCMEC's, and that no environment makes acceptable."""

OTHER_NCMEC_HOSTS = [
    "cybertip.org",
    "www.cybertip.org",
    "report2.cybertip.org",
    "exttest2.cybertip.org",
    "report.cybertip.org.cybertip.org",
    "exttest.report.cybertip.org",
    "missingkids.org",
    "www.missingkids.org",
    "report.missingkids.org",
    "ncmec.org",
    "api.ncmec.org",
]

STRANGERS = [
    "report.cybertip.org.example.com",
    "notcybertip.org",
    "report-cybertip.org",
    "cybertip.org.uk",
    "cybertip.example",
    "xn--bcher-kva.example",
]

LOOPBACK = [
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0.0.0.0",
    "[::]",
]

NONSENSE = [
    "",
    "/",
    "https://",
    "https:///ispws",
    "https://:443/ispws",
    "https://.",
    "https://..",
    "https://a..example/",
    "https://" + "a" * 64 + ".example/",
    "https://gateway example.com/",
    "https://gateway.example.com/is pws",
    "https://gateway.example.com/\u202e",
    "https://gateway.example.com/\x7f",
    "https://gateway.example.com/ispws?",
    "https://gateway.example.com/ispws?key=1",
    "https://gateway.example.com/ispws#",
    "https://gateway.example.com/ispws#part",
    "https://gateway.example.com?",
    "https://b\u00fccher.example/",
    "https://\u00df.example/",
    "https://[::1/",
    "https://[::1%25lo]/",
    "https://[fe80::1%eth0]/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.0x1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1.1/",
    "https://256.0.0.1/",
    "gateway.example.com",
    "gateway.example.com:443/ispws",
    "javascript:alert(1)",
]


def test_the_default_is_the_mock() -> None:
    """Whoever names nothing gets the mock on this machine."""
    assert resolve() == Endpoint(Environment.MOCK, MOCK_URL, loopback=True, ncmec=False)


@pytest.mark.parametrize("name", ["test", "production"])
def test_a_named_environment_is_ncmecs_server(name: str) -> None:
    """Test and production have one address each, and are known to be NCMEC's."""
    assert resolve(name) == Endpoint(Environment(name), NAMED[name], loopback=False, ncmec=True)
    assert resolve(Environment(name)) == resolve(name)


@pytest.mark.parametrize("name", ["", "Mock", "PRODUCTION", "prod", "staging", "production ", "live"])
def test_an_environment_that_does_not_exist(name: str) -> None:
    """A misspelt environment is refused, never guessed."""
    with pytest.raises(ConfigurationError):
        resolve(name)


@pytest.mark.parametrize("name", ["test", "production"])
def test_ncmecs_host_under_its_right_name(name: str) -> None:
    """Every plain spelling of the right host is accepted with its environment, and stays NCMEC's."""
    for url in spellings(NAMED[name].split("/")[2]):
        endpoint = resolve(name, url)
        assert (endpoint.environment, endpoint.ncmec, endpoint.loopback) == (Environment(name), True, False)


@pytest.mark.parametrize(
    ("name", "of"), [(name, of) for name in UNNAMED_OR_NAMED for of in ("test", "production") if name != of]
)
def test_ncmecs_host_under_a_wrong_name(name: str | None, of: str) -> None:
    """No spelling of NCMEC's hosts is accepted under another environment's name, or under none."""
    for url in spellings(NAMED[of].split("/")[2]):
        with pytest.raises(EnvironmentRefusedError):
            resolve(name, url)


@pytest.mark.parametrize("name", UNNAMED_OR_NAMED)
@pytest.mark.parametrize("host", ["report.cybertip.org", "exttest.cybertip.org"])
@pytest.mark.parametrize("disguise", DISGUISES)
def test_ncmecs_host_in_disguise(disguise: str, host: str, name: str | None) -> None:
    """A spelling that two programs could read differently is refused under every name."""
    with pytest.raises(ConfigurationError):
        resolve(name, disguise.format(host))


@pytest.mark.parametrize("name", ["test", "production"])
@pytest.mark.parametrize("port", [80, 8443, 444])
def test_ncmecs_host_on_another_port(name: str, port: int) -> None:
    """NCMEC serves on port 443 and on no other."""
    with pytest.raises(EnvironmentRefusedError):
        resolve(name, NAMED[name].replace(".org", f".org:{port}"))


@pytest.mark.parametrize("name", ["test", "production"])
def test_ncmecs_host_without_tls(name: str) -> None:
    """NCMEC's hosts are never spoken to in the clear."""
    for url in (NAMED[name].replace("https", "http"), NAMED[name].replace("https", "HTTP").replace(".org", ".org:443")):
        with pytest.raises(EnvironmentRefusedError):
            resolve(name, url)


@pytest.mark.parametrize("name", UNNAMED_OR_NAMED)
@pytest.mark.parametrize("host", OTHER_NCMEC_HOSTS)
def test_other_hosts_of_ncmec(host: str, name: str | None) -> None:
    """Hosts of NCMEC other than the two servers are refused under every name."""
    with pytest.raises(EnvironmentRefusedError):
        resolve(name, f"https://{host}/ispws")


@pytest.mark.parametrize("host", STRANGERS)
def test_hosts_that_only_look_like_ncmecs(host: str) -> None:
    """A host that merely resembles NCMEC's is somebody's gateway: it needs its environment, and is not NCMEC's."""
    with pytest.raises(EnvironmentRefusedError):
        resolve(None, f"https://{host}/ispws")
    assert not resolve("test", f"https://{host}/ispws").ncmec


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_means_the_mock(host: str, scheme: str) -> None:
    """An address on this machine needs no name, and may be spoken to in the clear."""
    endpoint = resolve(None, f"{scheme}://{host}:8750/ispws")
    assert endpoint == Endpoint(Environment.MOCK, f"{scheme}://{host}:8750/ispws", loopback=True, ncmec=False)
    assert resolve("mock", f"{scheme}://{host}:8750/ispws") == endpoint


@pytest.mark.parametrize("name", ["test", "production"])
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_never_test_or_production(host: str, name: str) -> None:
    """Nobody can believe that a report was filed when it went to this machine."""
    for scheme in ("http", "https"):
        with pytest.raises(EnvironmentRefusedError):
            resolve(name, f"{scheme}://{host}/ispws")


@pytest.mark.parametrize("name", ["mock", "test", "production"])
@pytest.mark.parametrize("host", ["gateway.example.com", "203.0.113.9", "[2001:db8::9]", "10.0.0.1", "app.localhost"])
def test_a_gateway_of_ones_own(host: str, name: str) -> None:
    """An address of one's own is accepted with its environment, and only with TLS."""
    endpoint = resolve(name, f"https://{host}:8443/ncmec/")
    assert endpoint == Endpoint(Environment(name), f"https://{host}:8443/ncmec", loopback=False, ncmec=False)
    with pytest.raises(EnvironmentRefusedError):
        resolve(name, f"http://{host}:8443/ncmec")
    with pytest.raises(EnvironmentRefusedError):
        resolve(None, f"https://{host}:8443/ncmec")


@pytest.mark.parametrize("url", [PRODUCTION_URL, GATEWAY, TEST_URL])
def test_production_is_never_reached_by_an_address_alone(url: str) -> None:
    """Without the word *production* no address leads there."""
    with pytest.raises(EnvironmentRefusedError):
        resolve(None, url)
    with pytest.raises(EnvironmentRefusedError):
        resolve("mock", PRODUCTION_URL)


@pytest.mark.parametrize("name", UNNAMED_OR_NAMED)
@pytest.mark.parametrize("url", NONSENSE)
def test_an_address_that_makes_no_sense(url: str, name: str | None) -> None:
    """What is no plain address is refused before anything is sent, and not repeated in the message."""
    with pytest.raises(ConfigurationError) as caught:
        resolve(name, url)
    assert str(caught.value).startswith("the base URL must")
    assert "gateway" not in str(caught.value)


def test_credentials_in_the_address_are_not_repeated() -> None:
    """A password that was put into the address is refused without being shown."""
    with pytest.raises(ConfigurationError) as caught:
        resolve("test", f"https://{USERNAME}:{PASSWORD}@gateway.example.com/ispws")
    assert PASSWORD not in str(caught.value)


def unused(request: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing may be sent")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("name", "url", "refused"),
    [
        (None, None, False),
        ("production", None, False),
        ("test", None, False),
        ("production", GATEWAY, False),
        (None, PRODUCTION_URL, True),
        ("mock", PRODUCTION_URL, True),
        ("test", PRODUCTION_URL, True),
        ("production", TEST_URL, True),
        (None, GATEWAY, True),
        ("production", MOCK_URL, True),
        ("production", "http://gateway.example.com/ispws", True),
    ],
)
def test_clients_obey_the_same_rules(
    kind: Callable[..., object], name: str | None, url: str | None, refused: bool
) -> None:
    """A client for a place that is refused cannot be made."""
    transport = httpx.MockTransport(unused)
    if not refused:
        made = kind(USERNAME, PASSWORD, environment=name, base_url=url, transport=transport)
        assert getattr(made, "endpoint", None) == resolve(name, url)
        return
    with pytest.raises(EnvironmentRefusedError):
        kind(USERNAME, PASSWORD, environment=name, base_url=url, transport=transport)


def test_a_name_that_only_httpx_knows_to_be_wrong() -> None:
    """A malformed international name is refused when the client is made, not in the middle of a filing."""
    with pytest.raises(ConfigurationError):
        Client(USERNAME, PASSWORD, environment="test", base_url="https://xn--a.example/ispws")
