"""Secrets from files, programs and variables: read anew, and never shown."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cybertip.config import Settings, _secrets, load_settings
from cybertip.errors import ConfigurationError
from tests.canaries import PASSWORD

KEYS = [bytes([number]) * 32 for number in (1, 2, 3)]
LINES = [base64.b64encode(key).decode() for key in KEYS]


def settings(folder: Path, toml: str, variables: Mapping[str, str] | None = None) -> Settings:
    path = folder / "cybertip.toml"
    path.write_text(f'[server]\nenvironment = "test"\nusername = "someone"\n{toml}', encoding="utf-8")
    return load_settings({}, variables or {}, path)


def program(code: str) -> str:
    """A program in Python, as TOML."""
    return f"[{sys.executable!r}, '-I', '-c', {code!r}]"


def password(found: Settings) -> str:
    return found.connection().password.get_secret_value()


def test_each_way_leads_to_the_password(tmp_path: Path) -> None:
    """File, program and named variable give it; of the first two the first line counts."""
    (tmp_path / "secret").write_text(f"{PASSWORD}\r\nanother line\n", encoding="utf-8")
    assert password(settings(tmp_path, 'password_file = "secret"')) == PASSWORD
    assert password(settings(tmp_path, f"password_command = {program(f'print({PASSWORD!r}); print(2)')}")) == PASSWORD
    assert password(settings(tmp_path, 'password_env = "OURS"', {"OURS": PASSWORD})) == PASSWORD
    assert password(settings(tmp_path, "", {"CYBERTIP_PASSWORD": PASSWORD})) == PASSWORD


def test_a_higher_source_of_a_secret_hides_all_lower_ones(tmp_path: Path) -> None:
    """The variable counts before the file's way, whichever that is; of two variables the file's name counts first."""
    (tmp_path / "secret").write_text("of the file\n", encoding="utf-8")
    found = settings(tmp_path, 'password_file = "missing"', {"CYBERTIP_PASSWORD": PASSWORD})
    assert password(found) == PASSWORD
    assert found.values["server.password_file"].value is None
    named = str(tmp_path / "secret")
    both = {"CYBERTIP_PASSWORD": PASSWORD, "CYBERTIP_PASSWORD_FILE": named, "CYBERTIP_PASSWORD_COMMAND": "false"}
    assert password(settings(tmp_path, "", both)) == "of the file"


def test_every_variable_that_holds_a_secret_is_known(tmp_path: Path) -> None:
    """Also one that does not count, since another source says where the secret is: it holds one all the same."""
    toml = 'password_env = "OURS"\n[encrypt]\nkey_env = "KEYS"\n'
    assert settings(tmp_path, toml, {"CYBERTIP_PASSWORD": PASSWORD}).secret_variables == {"OURS", "KEYS"}
    assert settings(tmp_path, "").secret_variables == frozenset()


def test_a_password_is_read_anew_each_time(tmp_path: Path) -> None:
    """Whoever changes it needs no restart, whether it comes from a file or a program."""
    secret = tmp_path / "secret"
    read = program(f"print(open({str(secret)!r}).read())")
    for way in ('password_file = "secret"', f"password_command = {read}"):
        found = settings(tmp_path, way)
        for word in ("the first", "the second"):
            secret.write_text(word, encoding="utf-8")
            assert password(found) == word


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (f"print({PASSWORD!r}); raise SystemExit(3)", "ended with status 3"),
        ("pass", "first line is empty"),
        ("print()", "first line is empty"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "not UTF-8"),
        (f"print({PASSWORD!r} * 9000)", "more than 64 KiB"),
    ],
)
def test_a_program_that_gives_no_password_is_told_without_its_words(tmp_path: Path, code: str, words: str) -> None:
    """Neither output nor arguments nor what it says on stderr come out, only which setting it is."""
    found = settings(tmp_path, f"password_command = {program(f'import sys; print(1, file=sys.stderr); {code}')}")
    with pytest.raises(ConfigurationError, match=words) as caught:
        found.connection()
    assert PASSWORD not in str(caught.value)
    assert "-I" not in str(caught.value)
    assert "[server] password_command" in str(caught.value)


def test_a_program_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is limited, whether it keeps its output open or not."""
    monkeypatch.setattr(_secrets, "SECONDS", 0.5)
    waits = "import threading; threading.Event().wait()"
    for one in (waits, f"import os; os.close(1); {waits}"):
        with pytest.raises(ConfigurationError, match="did not end within"):
            settings(tmp_path, f"password_command = {program(one)}").connection()


def test_what_a_program_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that only its child holds open is closed."""
    monkeypatch.setattr(_secrets, "SECONDS", 1.0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    script = f"(exec 3>{pipe}; echo here >&3; exec sleep 600) & wait"
    with pytest.raises(ConfigurationError, match="did not end within"):
        settings(tmp_path, f'password_command = ["sh", "-c", "{script}"]').connection()
    os.set_blocking(reading, True)
    with open(reading, "rb") as rest:
        assert rest.read() == b"here\n"


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    """It is told which setting names it."""
    with pytest.raises(ConfigurationError, match=r"password_command: the program cannot be started: No such file"):
        settings(tmp_path, f'password_command = ["no-such-program-here", "{PASSWORD}"]').connection()


def test_a_program_runs_without_a_shell(tmp_path: Path) -> None:
    """Arguments are what they are: nothing in them is expanded."""
    code = "import sys; print(sys.argv[1])"
    found = settings(tmp_path, f"password_command = [{sys.executable!r}, '-I', '-c', {code!r}, '$HOME;`id`*']")
    assert password(found) == "$HOME;`id`*"


def test_a_named_variable_that_is_not_set(tmp_path: Path) -> None:
    """Its name is told, and where it comes from."""
    with pytest.raises(ConfigurationError, match=r"\[server\] password_env: the environment variable OURS is not set"):
        settings(tmp_path, 'password_env = "OURS"').connection()


def test_the_keys_are_lines_of_base64(tmp_path: Path) -> None:
    """The first is in use, the others are older; from a file, a program and a variable, read anew."""
    text = "\n".join(LINES) + "\n"
    (tmp_path / "keys").write_text(text, encoding="utf-8")
    found = settings(tmp_path, '[encrypt]\nkey_file = "keys"')
    assert found.keys() == tuple(KEYS)
    (tmp_path / "keys").write_text(LINES[2], encoding="utf-8")
    assert found.keys() == (KEYS[2],)
    assert settings(tmp_path, f"[encrypt]\nkey_command = {program(f'print({text!r})')}").keys() == tuple(KEYS)
    assert settings(tmp_path, "", {"CYBERTIP_ENCRYPT_KEY": text}).keys() == tuple(KEYS)
    assert settings(tmp_path, "").keys() == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "it is empty"),
        (f"{LINES[0]}\ncanary-key\n", "line 2 is no key"),
        (f"{LINES[0]}\n\n{LINES[1]}\n", "line 2 is no key"),
        (base64.b64encode(b"too short").decode(), "line 1 is no key"),
        (f"{LINES[0][:10]} {LINES[0][10:]}", "line 1 is no key"),
    ],
)
def test_what_is_no_key_is_told_without_being_quoted(tmp_path: Path, content: str, words: str) -> None:
    """The error names the setting and the line, and tells how a key is made."""
    (tmp_path / "keys").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=words) as caught:
        settings(tmp_path, '[encrypt]\nkey_file = "keys"').keys()
    assert "[encrypt] key_file" in str(caught.value)
    assert all(part not in str(caught.value) for part in (*LINES, "canary-key", LINES[0][10:]))


def test_a_webhook_needs_its_secret_when_it_signs(tmp_path: Path) -> None:
    """It is read when it is needed; without one nothing is sent unsigned."""
    hook = settings(tmp_path, '[notices.webhook]\nurl = "https://a.example.com/"').notices.webhook
    assert hook is not None
    with pytest.raises(ConfigurationError, match="no secret"):
        hook.signing()
    variables = {"CYBERTIP_NOTICES_WEBHOOK_SECRET": PASSWORD, "CYBERTIP_NOTICES_WEBHOOK_URL": "http://127.0.0.1:1/x"}
    hook = settings(tmp_path, "", variables).notices.webhook
    assert hook is not None
    assert hook.signing().get_secret_value() == PASSWORD


def test_no_repr_holds_a_secret(tmp_path: Path) -> None:
    """Whatever is printed of the settings, no credential and no address with one stands in it."""
    canary = "canary-55aa"
    found = settings(
        tmp_path,
        f'password_command = ["{canary}"]\n[ledger]\nplace = "postgresql://u:{canary}@h/d"\n'
        f'[notices]\ncommand = ["page", "{canary}"]\n[notices.webhook]\nurl = "https://a.example.com/{canary}"\n',
        {
            "CYBERTIP_USERNAME": canary,
            "CYBERTIP_ENCRYPT_KEY": canary,
            "CYBERTIP_NOTICES_WEBHOOK_SECRET": canary,
        },
    )
    parts = [found, found.notices, found.secret("server.password"), found.secret("encrypt.key"), *found.values.values()]
    assert all(canary not in repr(one) for one in parts)
    assert all(canary not in str(one.shown()) for one in found.values.values())
