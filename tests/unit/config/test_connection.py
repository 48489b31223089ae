"""The server and the credentials that the settings come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from cybertip.config import MOCK_PASSWORD, MOCK_USERNAME, Connection, load_settings
from cybertip.environments import MOCK_URL, PRODUCTION_URL, TEST_URL, Environment
from cybertip.errors import ConfigurationError, EnvironmentRefusedError
from tests.canaries import PASSWORD, USERNAME

CREDENTIALS = {"CYBERTIP_USERNAME": USERNAME, "CYBERTIP_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cybertip.toml lies here but those of the tests."""
    monkeypatch.chdir(tmp_path)


def connection(
    environment: str | None,
    base_url: str | None,
    username: str | None,
    password_file: str | None,
    variables: dict[str, str],
) -> Connection:
    flags = {
        "server.environment": environment,
        "server.base_url": base_url,
        "server.username": username,
        "server.password_file": password_file,
    }
    return load_settings(flags, variables).connection()


def test_nothing_said_means_the_mock_with_its_own_account() -> None:
    """Without any setting the mock on this machine is meant."""
    access = connection(None, None, None, None, {})
    assert access.endpoint.environment is Environment.MOCK
    assert access.endpoint.base_url == MOCK_URL
    assert access.username.get_secret_value() == MOCK_USERNAME
    assert access.password.get_secret_value() == MOCK_PASSWORD


@pytest.mark.parametrize(("name", "url"), [("test", TEST_URL), ("production", PRODUCTION_URL)])
def test_an_environment_brings_its_address(name: str, url: str) -> None:
    """Test and production are reached by name, from the command line or the environment."""
    assert connection(name, None, None, None, CREDENTIALS).endpoint.base_url == url
    variables = {**CREDENTIALS, "CYBERTIP_ENVIRONMENT": name}
    assert connection(None, None, None, None, variables).endpoint.base_url == url


def test_the_command_line_counts_more_than_the_environment() -> None:
    """What is typed wins over what is set."""
    variables = {**CREDENTIALS, "CYBERTIP_BASE_URL": "http://127.0.0.1:1/ispws", "CYBERTIP_ENVIRONMENT": "test"}
    access = connection("mock", "http://127.0.0.1:2/ispws", "someone", None, variables)
    assert access.endpoint.base_url == "http://127.0.0.1:2/ispws"
    assert access.username.get_secret_value() == "someone"


def test_an_address_alone_never_means_production() -> None:
    """NCMEC's address without its environment is refused."""
    with pytest.raises(EnvironmentRefusedError):
        connection(None, PRODUCTION_URL, None, None, CREDENTIALS)


@pytest.mark.parametrize("missing", sorted(CREDENTIALS))
def test_missing_credentials_name_their_variable(missing: str) -> None:
    """Beyond the mock both credentials are needed, and the error says which variable to set."""
    variables = {name: value for name, value in CREDENTIALS.items() if name != missing}
    with pytest.raises(ConfigurationError, match=missing):
        connection("test", None, None, None, variables)


def test_the_password_file(tmp_path: Path) -> None:
    """The first line of the file counts; an empty, binary or missing file is refused by name."""
    path = tmp_path / "secret"
    path.write_text("first line\nsecond line\n", encoding="utf-8")
    access = connection("test", None, None, str(path), CREDENTIALS)
    assert access.password.get_secret_value() == "first line"
    for content in (b"", b"\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match="secret"):
            connection("test", None, None, str(path), CREDENTIALS)
    path.unlink()
    with pytest.raises(ConfigurationError, match="No such file"):
        connection("test", None, None, str(path), CREDENTIALS)


def test_a_connection_hides_its_credentials() -> None:
    """Neither repr nor the plain data for output hold credentials."""
    access = connection("test", None, None, None, CREDENTIALS)
    assert PASSWORD not in repr(access)
    assert USERNAME not in repr(access)
    assert set(access.as_dict()) == {"environment", "base_url"}


FOR_PRODUCTION = '[server]\nenvironment = "production"\nusername = "of-production"\npassword_env = "OURS"\n'


def test_credentials_are_only_for_the_environment_that_they_were_set_for(tmp_path: Path) -> None:
    """Production's go to no other server; what is set beside the other environment counts there."""
    path = tmp_path / "own.toml"
    path.write_text(FOR_PRODUCTION, encoding="utf-8")
    ours = {"OURS": PASSWORD}
    assert load_settings({}, ours, path).connection().account == "of-production"
    for more, what in (({}, "password"), ({"CYBERTIP_PASSWORD": "x"}, "user name")):
        with pytest.raises(EnvironmentRefusedError, match=f"but the {what} .* was set for the environment production"):
            load_settings({}, {**ours, **more, "CYBERTIP_ENVIRONMENT": "test"}, path).connection()
    # What no source ties to an environment is for whichever is named.
    assert load_settings({"server.environment": "test"}, CREDENTIALS).connection().account == USERNAME
    variables = {**CREDENTIALS, "CYBERTIP_ENVIRONMENT": "test"}
    assert load_settings({}, variables, path).connection().account == USERNAME


def test_the_mock_is_reached_in_spite_of_a_file_for_production(tmp_path: Path) -> None:
    """It gets its own account, and none of production's credentials; they are not even read."""
    path = tmp_path / "own.toml"
    path.write_text(FOR_PRODUCTION, encoding="utf-8")
    access = load_settings({"server.environment": "mock"}, {}, path).connection()
    assert (access.account, access.password.get_secret_value()) == (MOCK_USERNAME, MOCK_PASSWORD)
    assert access.endpoint.base_url == MOCK_URL
