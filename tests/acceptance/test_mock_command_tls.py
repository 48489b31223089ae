"""``cybertip mock --tls``: a certificate to trust, for clients that insist on one."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import clean_environment
from tests.acceptance.programs import Program, open_report, refused, refused_in_one_sentence

Start = Callable[..., Program]


def ca_file(program: Program) -> Path:
    """The certificate that the lines to paste name."""
    return Path(program.environ()["SSL_CERT_FILE"])


def trusting(program: Program) -> ssl.SSLContext:
    """What trusts it, and nothing else."""
    return ssl.create_default_context(cafile=ca_file(program))


def look_with_curl(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask for the status with curl."""
    line = ["curl", "-sS", "--noproxy", "*", "-u", "mock:mock-password", *arguments, f"{program.base_url}/status"]
    return subprocess.run(line, env=clean_environment(), capture_output=True, text=True, timeout=60)


def test_a_client_that_trusts_the_certificate_is_served(start: Start) -> None:
    """With the printed certificate httpx reaches the mock, under the address and as localhost."""
    program = start("--tls")
    assert program.base_url.startswith("https://127.0.0.1:")
    with program.client(verify=trusting(program)) as client:
        assert open_report(client)
        url = program.base_url.replace("127.0.0.1", "localhost")
        assert client.get(f"{url}/status").status_code == 200
    program.stop()


def test_a_client_that_does_not_trust_it_fails(start: Start) -> None:
    """Without the certificate a client turns away, and the mock serves the next one without a word."""
    program = start("--tls")
    with program.client() as stranger, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        stranger.get("/status")
    with socket.create_connection(("127.0.0.1", program.port), timeout=30) as raw:
        raw.sendall(b"GET /ispws/status HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(1000)[:4] != b"HTTP"
    with program.client(verify=trusting(program)) as client:
        assert client.get("/status").status_code == 200
    program.requests(1)
    said = program.introduction()
    (line,) = program.stop().stderr.splitlines()[len(said) :]
    assert "GET /status 200" in line


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_is_served(start: Start) -> None:
    """curl succeeds with --cacert and fails without."""
    program = start("--tls")
    assert "Remote User : mock" in look_with_curl(program, "--cacert", str(ca_file(program))).stdout
    assert look_with_curl(program).returncode == 60


def test_the_lines_can_be_pasted(start: Start, tmp_path: Path) -> None:
    """With the printed lines alone ``cybertip status`` and other programs of Python reach the mock over TLS."""
    program = start("--tls", "--password", "it's $HOME")
    script = "\n".join([*program.exports(), f"exec {shlex.quote(sys.executable)} -m cybertip status"])
    done = subprocess.run(
        ["sh", "-c", script], env=clean_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_lines_of_a_mock_that_has_stopped_are_a_usage_error(start: Start, tmp_path: Path) -> None:
    """A shell that still has the line of a certificate that is gone gets a sentence that names the variable."""
    program = start("--tls")
    variables = program.environ()
    program.stop()
    done = subprocess.run(
        [sys.executable, "-m", "cybertip", "status"],
        env={**clean_environment(), **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "SSL_CERT_FILE" in done.stderr
    assert "unset" in done.stderr


def test_the_certificate_is_gone_with_the_mock(start: Start) -> None:
    """The certificate that nobody named a place for does not outlive the mock, nor does its folder."""
    program = start("--tls")
    path = ca_file(program)
    assert path.exists()
    program.stop()
    assert not path.parent.exists()


def test_the_envelope_names_the_certificate(start: Start) -> None:
    """With --json the certificate to trust stands in the envelope."""
    program = start("--tls", "--json")
    context = ssl.create_default_context(cafile=program.envelope["ca_file"])
    with program.client(verify=context) as client:
        assert client.get("/status").status_code == 200


def test_the_certificate_lies_where_it_was_wanted(start: Start, tmp_path: Path) -> None:
    """--tls-ca names the place, the next mock may use it again, and no private key lies in it."""
    for _ in range(2):
        program = start("--tls", "--tls-ca", "ca.pem")
        assert ca_file(program) == Path("ca.pem")
        text = (tmp_path / "ca.pem").read_text()
        assert text.count("BEGIN CERTIFICATE") == 1
        assert "PRIVATE KEY" not in text
        with program.client(verify=ssl.create_default_context(cadata=text)) as client:
            assert client.get("/status").status_code == 200
        program.stop()


@pytest.mark.parametrize("content", ["my only key", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path, content: str) -> None:
    """--tls-ca with a file that no mock has written is refused, and the file stays as it is."""
    (tmp_path / "precious.pem").write_text(content)
    said = refused_in_one_sentence(tmp_path, "--tls", "--tls-ca", "precious.pem")
    assert "precious.pem" in said
    assert "choose another path" in said
    assert (tmp_path / "precious.pem").read_text() == content


@pytest.mark.parametrize("path", ["missing/ca.pem", "file/ca.pem"])
def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path, path: str) -> None:
    """--tls-ca with a path that takes no file is named with the reason and the cure."""
    (tmp_path / "file").write_text("in the way")
    said = refused_in_one_sentence(tmp_path, "--tls", "--tls-ca", path)
    assert f"{path} cannot be written: " in said
    assert "choose a path that you may write to" in said


def test_a_place_for_no_certificate_is_refused(tmp_path: Path) -> None:
    """--tls-ca without --tls is a usage error, and writes nothing."""
    assert "--tls-ca goes with --tls" in refused(tmp_path, "--tls-ca", "ca.pem")
    assert not os.listdir(tmp_path)


def test_an_open_mock_with_tls_warns_without_the_words_about_tls(start: Start) -> None:
    """The warning about the network does not claim that there is no TLS where there is."""
    said = start("--tls", "--host", "0.0.0.0").introduction()
    assert "  Others on the network can reach it too." in said
