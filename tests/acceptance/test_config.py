"""``cybertip config show`` and ``cybertip config check``, and the order of settings in commands."""

from __future__ import annotations

import base64
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cybertip.config import SETTINGS
from cybertip.filing.events import Enqueued
from cybertip.ledger import Ledger
from cybertip.schema import bundled_xsd
from tests.acceptance.between import between
from tests.acceptance.conftest import Cli, Mock, Run
from tests.acceptance.filings import LEDGER, case, nobody
from tests.canaries import PASSWORD, USERNAME

KEY = base64.b64encode(b"k" * 32).decode()
SECRET = "canary-secret-77d0"
PARTS = ["settings", "profile", "ledger", "evidence", "server", "clock", "schema", "encryption", "notices", "webhook"]


def write(folder: Path, content: str) -> None:
    (folder / "cybertip.toml").write_text(content, encoding="utf-8")


def shown(run: Run) -> dict[str, tuple[Any, str]]:
    """Value and source of each setting."""
    assert run.status == 0, run.stderr
    return {one["name"]: (one["value"], one["source"]) for one in json.loads(run.stdout)["settings"]}


def checked(run: Run) -> dict[str, dict[str, Any]]:
    """What was found of each part; its exit status tells the worst."""
    envelope = json.loads(run.stdout)
    assert envelope["exit"] == run.status
    return {one["check"]: one for one in envelope["checks"]}


# --- show ------------------------------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_its_source(cli: Cli, mock: Mock, tmp_path: Path) -> None:
    """Flag, variable, file and default are told apart, in this order, and nothing is left out."""
    write(tmp_path, '[ledger]\nplace = "of-the-file"\n[work]\nthreads = 5\npoll = 6\n[profiles.main]\n')
    run = cli("config", "show", "--json", "--ledger", "of-the-flag", CYBERTIP_WORK_THREADS="7")
    found = shown(run)
    assert found.keys() == {one.name for one in SETTINGS} | {"profiles"}
    assert found["ledger.place"] == ("of-the-flag", "flag --ledger")
    assert found["work.threads"] == (7, "environment CYBERTIP_WORK_THREADS")
    assert found["work.poll"] == (6, "cybertip.toml [work] poll")
    assert found["work.lease"] == (120, "default")
    assert found["server.base_url"] == (mock.base_url, "environment CYBERTIP_BASE_URL")
    assert found["purge.after"] == (None, "default")
    assert found["profiles"] == (["main"], "cybertip.toml [profiles]")
    text = cli("config", "show", "--ledger", "of-the-flag").stdout
    assert [line.split()[0] for line in text.splitlines()] == list(found)
    assert "of-the-flag  (flag --ledger)" in text
    assert "not set  (default)" in text


def test_show_works_where_everything_is_missing(cli: Cli) -> None:
    """Without file and variables the defaults are shown, those that follow from the environment as well."""
    nothing = {"CYBERTIP_BASE_URL": "", "CYBERTIP_USERNAME": "", "CYBERTIP_PASSWORD": ""}
    found = shown(cli("config", "show", "--json", **nothing))
    assert found["server.username"] == ("not set", "default")
    assert found["server.password"] == ("not set", "default")
    assert found["ledger.place"] == ("cybertip-mock.sqlite3", "default")
    assert found["server.base_url"][0].startswith("http://127.0.0.1:")
    # What is refused when it is used is shown all the same.
    refused = shown(cli("config", "show", "--json", "--environment", "production"))
    assert refused["server.environment"] == ("production", "flag --environment")
    assert refused["ledger.place"] == (None, "default")


def test_show_masks_what_is_secret(cli: Cli, tmp_path: Path) -> None:
    """Passwords, user name, keys, programs' arguments and a webhook's path: only that they are set."""
    write(
        tmp_path,
        f'[server]\nusername = "{SECRET}"\n[ledger]\nplace = "postgresql://us:{SECRET}@db.example.com/x"\n'
        f'[notices]\ncommand = ["page", "{SECRET}"]\n'
        f'[notices.webhook]\nurl = "https://hooks.example.com/{SECRET}"\nsecret_command = ["vault", "{SECRET}"]\n',
    )
    for arguments in ((), ("--json",)):
        run = cli("config", "show", *arguments, CYBERTIP_USERNAME="", CYBERTIP_ENCRYPT_KEY=SECRET)
        assert run.status == 0
        assert SECRET not in run.stdout + run.stderr
        assert USERNAME not in run.stdout
    found = shown(run)
    assert found["ledger.place"][0] == "postgresql://us:***@db.example.com/x"
    assert found["notices.webhook.url"][0] == "https://hooks.example.com/…"
    for name in (
        "server.username",
        "server.password",
        "notices.command",
        "notices.webhook.secret_command",
        "encrypt.key",
    ):
        assert found[name][0] == "set", name


@pytest.mark.parametrize("command", [("config", "show"), ("list",), ("file",), ("status",), ("validate", "x.json")])
def test_a_broken_file_ends_every_command_with_its_place(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    """Exit status 2, the place, and the cure; nothing is begun."""
    write(tmp_path, "[work]\nthread = 4\n")
    run = cli(*command)
    assert run.status == 2
    assert "cybertip.toml [work]: there is no key 'thread'; did you mean 'threads'?" in run.stderr
    assert not (tmp_path / LEDGER).exists()
    envelope = json.loads(cli(*command, "--json").stdout)
    assert envelope["error"]["kind"] == "ConfigurationError"


# --- settings in commands --------------------------------------------------------------------------------------------


def test_the_file_alone_is_enough_to_file(cli: Cli, mock: Mock, tmp_path: Path) -> None:
    """Server, account, password and ledger come from it; the same file means the same ledger from any folder."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "secret").write_text(PASSWORD, encoding="utf-8")
    (tmp_path / "etc" / "own.toml").write_text(
        f'[server]\nbase_url = "{mock.base_url}"\nusername = "{USERNAME}"\npassword_file = "secret"\n'
        '[ledger]\nplace = "own.sqlite3"\n',
        encoding="utf-8",
    )
    nothing = {"CYBERTIP_BASE_URL": "", "CYBERTIP_USERNAME": "", "CYBERTIP_PASSWORD": ""}
    run = cli("file", case(tmp_path, "config-1"), "--config", "etc/own.toml", **nothing)
    assert run.status == 0, run.stderr
    assert (tmp_path / "etc" / "own.sqlite3").exists()
    listed = cli("list", "--json", CYBERTIP_CONFIG="etc/own.toml", **nothing)
    assert [one["status"] for one in json.loads(listed.stdout)["filings"]] == ["filed"]


def test_limits_of_the_file_are_those_of_a_filing(cli: Cli, tmp_path: Path) -> None:
    """What is set reaches the filing that is made under it."""
    write(tmp_path, "[limits]\nreports = 2\ndamaged = 7\n")
    assert cli("file", case(tmp_path, "config-2")).status == 0
    with Ledger.open(tmp_path / LEDGER) as ledger:
        ((_, first), *_) = ledger.history(ledger.filing_of("config-2") or "")
    assert isinstance(first, Enqueued)
    assert (first.limits.reports, first.limits.damaged) == (2, 7)


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_goes_through_all_parts(cli: Cli, mock: Mock, tmp_path: Path) -> None:
    """With a mock, and nothing configured, nothing fails; what could be better is a warning with its cure."""
    run = cli("config", "check")
    assert run.status == 0, run.stdout
    lines = run.stdout.splitlines()
    assert [line[13:].split(":")[0] for line in lines] == PARTS
    found = checked(cli("config", "check", "--json"))
    assert {name for name, one in found.items() if one["result"] == "warning"} == {"profile", "ledger"}
    assert found["server"]["result"] == "ok"
    assert mock.base_url in found["server"]["words"]
    assert found["clock"]["result"] == "ok"
    assert found["schema"]["result"] == "ok"
    assert found["evidence"]["result"] == "not checked"
    assert not (tmp_path / LEDGER).exists()


def test_check_tells_of_settings_that_are_wrong(cli: Cli, tmp_path: Path) -> None:
    """A file that is not understood is the first finding; the rest is not checked."""
    write(tmp_path, "[work]\nthreads = 0\n")
    run = cli("config", "check", "--json")
    assert run.status == 1
    found = checked(run)
    assert found["settings"]["result"] == "failed"
    assert "cybertip.toml [work] threads" in found["settings"]["words"]
    assert found["everything else"]["result"] == "not checked"


def test_check_looks_at_every_profile(cli: Cli, tmp_path: Path) -> None:
    """Gaps fail only in production; a profile that is wrong fails anywhere; none at all does outside the mock."""
    assert cli("init").status == 0
    found = checked(cli("config", "check", "--json"))
    assert found["profile default"]["result"] == "warning"
    assert "cybertip profile check default" in found["profile default"]["cure"]
    run = cli("config", "check", "--json", CYBERTIP_ENVIRONMENT="production")
    assert run.status == 1
    assert checked(run)["profile default"]["result"] == "failed"
    write(tmp_path, "[profiles.main]\nservise = 1\n")
    run = cli("config", "check", "--json")
    assert run.status == 1
    assert "did you mean" in checked(run)["profile main"]["words"].lower()
    (tmp_path / "cybertip.toml").unlink()
    assert checked(cli("config", "check", "--json", CYBERTIP_ENVIRONMENT="test"))["profile"]["result"] == "failed"


def test_check_looks_at_the_ledger(cli: Cli, tmp_path: Path) -> None:
    """Whether it opens, and whose it is."""
    assert cli("file", case(tmp_path, "config-3")).status == 0
    found = checked(cli("config", "check", "--json"))
    assert found["ledger"]["result"] == "ok"
    another = cli("config", "check", "--json", CYBERTIP_USERNAME="somebody-else")
    assert another.status == 1
    assert "another account" in checked(another)["ledger"]["words"]
    (tmp_path / "text").write_text("this is no database at all", encoding="utf-8")
    run = cli("config", "check", "--json", "--ledger", "text")
    assert run.status == 1
    assert checked(run)["ledger"]["result"] == "failed"
    assert checked(run)["server"]["result"] == "ok"


def test_check_looks_for_the_evidence_of_what_is_not_filed_yet(cli: Cli, tmp_path: Path) -> None:
    """A file that is gone, or is none, is named by filing and number, never by its name."""
    with nobody() as away:
        assert cli("file", case(tmp_path, "config-4"), **away).status == 4
    found = checked(cli("config", "check", "--json"))["evidence"]
    assert (found["result"], found["places"]) == ("ok", [])
    assert found["words"].startswith("2 files")
    with Ledger.open(tmp_path / LEDGER) as ledger:
        filing = ledger.filing_of("config-4")
        with ledger.transaction() as transaction:
            files = transaction.package(filing or "").files
    first, second = (Path(file.location or "") for file in files)
    content = first.read_bytes()
    first.unlink()
    second.unlink()
    second.mkdir()
    run = cli("config", "check", "--json")
    assert run.status == 1
    lost = checked(run)["evidence"]
    assert [(one["filing"], one["file"]) for one in lost["places"]] == [(filing, 1), (filing, 2)]
    assert f"file 1 of {filing}" in lost["words"]
    assert first.name not in run.stdout
    assert second.name not in run.stdout
    first.write_bytes(content)
    assert len(checked(cli("config", "check", "--json"))["evidence"]["places"]) == 1


def test_the_evidence_of_what_was_filed_need_not_be_there(cli: Cli, tmp_path: Path) -> None:
    """Only filings that have not ended are looked at."""
    assert cli("file", case(tmp_path, "config-5")).status == 0
    for one in [*tmp_path.rglob("*.png"), *tmp_path.rglob("*.jpg")]:
        one.unlink()
    assert checked(cli("config", "check", "--json"))["evidence"]["words"].startswith("0 files")


def test_check_tells_of_refused_credentials(cli: Cli) -> None:
    """The server is there, so the clock is compared all the same; exit status 1."""
    run = cli("config", "check", "--json", CYBERTIP_PASSWORD="another-password")
    assert run.status == 1
    found = checked(run)
    assert "does not accept the credentials" in found["server"]["words"]
    assert found["clock"]["result"] == "ok"
    missing = cli("config", "check", "--json", CYBERTIP_PASSWORD="", CYBERTIP_PASSWORD_FILE="gone")
    assert missing.status == 1
    assert "gone cannot be read" in checked(missing)["server"]["words"]
    assert checked(missing)["clock"]["result"] == "not checked"


def test_check_tells_of_a_server_that_is_not_there(cli: Cli) -> None:
    """Exit status 4, and the parts that need no server are looked at."""
    with nobody() as away:
        run = cli("config", "check", "--json", CYBERTIP_ENCRYPT_KEY="x", **away)
    assert run.status == 4
    found = checked(run)
    assert found["server"]["result"] == "failed"
    assert found["schema"]["result"] == "not checked"
    assert found["encryption"]["result"] == "failed"


@pytest.mark.parametrize(
    ("minutes", "result", "words"),
    [
        (0, "ok", ""),
        (3, "warning", "behind"),
        (-3, "warning", "ahead of"),
        (6, "failed", "behind"),
        (-6, "failed", "ahead of"),
    ],
)
def test_check_compares_the_clocks(cli: Cli, mock: Mock, minutes: int, result: str, words: str) -> None:
    """More than two minutes are a warning, more than five fail."""
    with between(mock.base_url, ahead=timedelta(minutes=minutes)) as base_url:
        run = cli("config", "check", "--json", CYBERTIP_BASE_URL=base_url)
    clock = checked(run)["clock"]
    assert clock["result"] == result
    assert words in clock["words"]
    assert run.status == (1 if result == "failed" else 0)


def test_a_server_that_tells_no_time(cli: Cli, mock: Mock) -> None:
    """Its clock cannot be compared."""
    with between(mock.base_url, ahead=None) as base_url:
        run = cli("config", "check", "--json", CYBERTIP_BASE_URL=base_url)
    assert checked(run)["clock"]["result"] == "not checked"
    assert run.status == 0


def test_check_compares_the_schema(cli: Cli, mock: Mock) -> None:
    """A difference is a warning that leads to `schema pull`; so is a schema that cannot be read."""
    other = bundled_xsd().replace(b"<xs:enumeration", b'<xs:enumeration value="another"/><xs:enumeration', 1)
    for schema, words in ((other, "differences"), (b"<broken", "could not be compared")):
        with between(mock.base_url, schema=schema) as base_url:
            run = cli("config", "check", "--json", CYBERTIP_BASE_URL=base_url)
        assert run.status == 0
        found = checked(run)["schema"]
        assert found["result"] == "warning"
        assert words in found["words"]


def test_check_looks_at_keys_and_notices(cli: Cli, tmp_path: Path) -> None:
    """Keys of the right form, a program that is there, a webhook with its secret; none of it is printed."""
    (tmp_path / "keys").write_text(f"{KEY}\n{KEY}\n", encoding="utf-8")
    (tmp_path / "keys").chmod(0o600)
    good = (
        f"[encrypt]\nkey_file = 'keys'\n[notices]\ncommand = [{sys.executable!r}, '{SECRET}']\n"
        f"[notices.webhook]\nurl = 'https://hooks.example.com/{SECRET}'\nsecret_env = 'OURS'\n"
    )
    write(tmp_path, good)
    run = cli("config", "check", "--json", OURS=SECRET)
    assert run.status == 0
    found = checked(run)
    assert [found[name]["result"] for name in ("encryption", "notices", "webhook")] == ["ok"] * 3
    assert SECRET not in run.stdout
    assert KEY not in run.stdout
    for part, content in {
        "encryption": good.replace("'keys'", "'cybertip.toml'"),
        "notices": good.replace(repr(sys.executable), "'no-such-program'"),
        "webhook": good.replace("secret_env = 'OURS'", ""),
    }.items():
        write(tmp_path, content)
        run = cli("config", "check", "--json", OURS=SECRET)
        assert run.status == 1, part
        failed = {name for name, one in checked(run).items() if one["result"] == "failed"}
        assert failed == {part}
        assert SECRET not in run.stdout


def test_a_webhook_without_an_address_fails(cli: Cli) -> None:
    """A secret alone sends nothing."""
    run = cli("config", "check", "--json", CYBERTIP_NOTICES_WEBHOOK_SECRET=SECRET)
    assert run.status == 1
    assert "no url" in checked(run)["webhook"]["words"]


def test_check_warns_of_secrets_that_others_can_read(cli: Cli, tmp_path: Path) -> None:
    """A file with a password belongs to its owner alone."""
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o640)
    run = cli("config", "check", "--json", "--password-file", "secret", CYBERTIP_PASSWORD="")
    assert (run.status, checked(run)["secrets"]["result"]) == (0, "warning")
    secret.chmod(0o600)
    assert "secrets" not in checked(cli("config", "check", "--json", "--password-file", "secret", CYBERTIP_PASSWORD=""))


def test_production_is_warned_of_what_nobody_set_up(cli: Cli) -> None:
    """Without notices and keys it works, and somebody should know."""
    found = checked(cli("config", "check", "--json", CYBERTIP_ENVIRONMENT="production"))
    assert found["encryption"]["result"] == "warning"
    assert found["notices"]["result"] == "warning"
    assert found["server"]["result"] == "failed"
