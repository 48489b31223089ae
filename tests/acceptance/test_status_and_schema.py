"""``cybertip status`` and ``cybertip schema``, and what all commands have in common."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from cybertip.schema import bundled_xsd
from tests.acceptance.conftest import Cli, Mock


def test_status_says_that_the_server_answers(cli: Cli, mock: Mock) -> None:
    """A reachable server with the right credentials is status 0, and the envelope names it."""
    run = cli("status", "--json")
    assert run.status == 0
    assert json.loads(run.stdout) == {
        "cybertip": 1,
        "command": "status",
        "exit": 0,
        "environment": "mock",
        "base_url": mock.base_url,
    }


def test_wrong_credentials_block(cli: Cli) -> None:
    """A wrong password is exit status 4, with what is known and the Request-ID to ask NCMEC about."""
    run = cli("status", CYBERTIP_PASSWORD="another-password")
    assert run.status == 4
    assert "credentials were not accepted" in run.stderr
    assert "[not executed]" in run.stderr
    assert re.search(r"Request-ID \S+", run.stderr)
    assert "another-password" not in run.stderr


def test_a_password_file_is_read(cli: Cli, tmp_path: Path) -> None:
    """The password may stand in the first line of a file; a missing one is a usage error that names it."""
    (tmp_path / "secret").write_text("another-password\n", encoding="utf-8")
    assert cli("status", "--password-file", "secret", CYBERTIP_PASSWORD="").status == 4
    run = cli("status", "--password-file", "missing", CYBERTIP_PASSWORD="")
    assert run.status == 2
    assert "missing" in run.stderr


def test_a_server_that_is_not_there(cli: Cli) -> None:
    """An address where nothing listens is exit status 4 and says that nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/ispws"
        run = cli("status", CYBERTIP_BASE_URL=base_url)
    assert run.status == 4
    assert "no connection" in run.stderr
    assert "[unsent]" in run.stderr
    assert "start one with: cybertip mock" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (("--environment", "production"), 5, "on this machine"),
        (("--base-url", "https://reports.example.com/ispws"), 5, "must come with its environment"),
        (("--base-url", "ftp://127.0.0.1/"), 2, "must look like"),
        (("--environment", "staging"), 2, "staging"),
        (("--no-such-option",), 2, "--no-such-option"),
    ],
)
def test_environments_are_kept_apart(cli: Cli, arguments: tuple[str, ...], status: int, text: str) -> None:
    """Environment and address that do not belong together are refused before anything is sent."""
    run = cli("status", *arguments)
    assert run.status == status
    assert text in run.stderr


def test_credentials_are_needed_beyond_the_mock(cli: Cli) -> None:
    """The test environment without a password says which variable to set."""
    run = cli("status", "--environment", "test", CYBERTIP_BASE_URL="", CYBERTIP_PASSWORD="")
    assert run.status == 2
    assert "CYBERTIP_PASSWORD" in run.stderr


def test_errors_have_an_envelope(cli: Cli) -> None:
    """With --json an error is an envelope on stdout, with its kind and what is known."""
    run = cli("status", "--json", CYBERTIP_PASSWORD="another-password")
    envelope = json.loads(run.stdout)
    assert run.stderr == ""
    assert envelope["exit"] == run.status == 4
    assert envelope["error"]["kind"] == "CredentialsError"
    assert envelope["error"]["known"] == "not executed"
    assert envelope["error"]["http_status"] == 401


@pytest.mark.parametrize(
    ("arguments", "command"),
    [(("status", "--environment", "staging"), "status"), (("nonsense",), ""), (("send",), "send")],
)
def test_usage_errors_have_an_envelope(cli: Cli, arguments: tuple[str, ...], command: str) -> None:
    """With --json even a mistyped command is an envelope on stdout, and nothing else."""
    run = cli(*arguments, "--json")
    envelope = json.loads(run.stdout)
    assert run.stderr == ""
    assert envelope["exit"] == run.status == 2
    assert envelope["command"] == command
    assert envelope["error"]["kind"] == "UsageError"


def test_show_prints_the_schema(cli: Cli) -> None:
    """The bundled schema goes to stdout as it is."""
    run = cli("schema", "show")
    assert run.status == 0
    assert run.stdout.encode() == bundled_xsd()


def test_pull_fetches_and_compares(cli: Cli, tmp_path: Path) -> None:
    """The mock serves our own schema, so pulling it finds no difference and leaves the file."""
    run = cli("schema", "pull", "--output", "pulled.xsd")
    assert run.status == 0
    assert (tmp_path / "pulled.xsd").read_bytes() == bundled_xsd()
    assert "No differences" in run.stderr


def test_diff_tells_the_drift_in_words(cli: Cli, tmp_path: Path) -> None:
    """A schema that changed is exit status 1, with one sentence per change on stdout."""
    changed = bundled_xsd().replace(b'<xs:enumeration value="Recovery"/>', b'<xs:enumeration value="Relay"/>', 1)
    (tmp_path / "other.xsd").write_bytes(changed)
    run = cli("schema", "diff", "other.xsd")
    assert run.status == 1
    assert "new values 'Relay'" in run.stdout
    assert "values gone 'Recovery'" in run.stdout
    envelope = json.loads(cli("schema", "diff", "other.xsd", "--json").stdout)
    assert len(envelope["differences"]) == 2


@pytest.mark.parametrize("content", [b"", b"<report/>", b"not a schema"])
def test_diff_refuses_what_is_no_schema(cli: Cli, tmp_path: Path, content: bytes) -> None:
    """A file that is no schema is a usage error that names it."""
    (tmp_path / "other.xsd").write_bytes(content)
    run = cli("schema", "diff", "other.xsd")
    assert run.status == 2
    assert "other.xsd" in run.stderr


def test_help_lists_every_command(cli: Cli) -> None:
    """--help shows all commands; each has help of its own."""
    overview = cli("--help").stdout
    for name in ("demo", "mock", "status", "validate", "schema", "send"):
        assert re.search(rf"^  {name} ", overview, re.MULTILINE)
        assert cli(name, "--help").status == 0


def test_an_internal_error_shows_no_traceback(cli: Cli, tmp_path: Path) -> None:
    """A defect of the program itself is one plain sentence, and says how to see more."""
    (tmp_path / "sitecustomize.py").write_text(
        "import cybertip.schema\n"
        "def broken():\n    raise LookupError('canary-of-a-defect')\n"
        "cybertip.schema.bundled_xsd = broken\n",
        encoding="utf-8",
    )
    run = cli("schema", "show", PYTHONPATH=str(tmp_path))
    assert run.status == 70
    assert "internal error: LookupError" in run.stderr
    assert "canary-of-a-defect" not in run.stderr
