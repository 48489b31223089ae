"""``cybertip init`` and ``cybertip profile check``."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cybertip import sample
from tests.acceptance.conftest import Cli, clean_environment

FILE = "cybertip.toml"
GAPS = 6


def envelope(stdout: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(stdout)
    assert content["cybertip"] == 1
    return content


def ready(content: str) -> str:
    """The file that `init` wrote, filled in with what is nobody's."""
    used = "\n".join(line for line in content.splitlines() if not line.startswith("#"))
    return used.replace("example.com", "photos.internal").replace("REPLACE: ", "").replace("555-01", "555-02")


def test_init_writes_a_file_that_works_at_once(cli: Cli, tmp_path: Path) -> None:
    """The file's name goes to stdout, words to stderr; a record is then checked with that profile, without errors."""
    run = cli("init")
    assert run.status == 0
    assert run.stdout == f"{FILE}\n"
    assert "profile check" in run.stderr
    content = (tmp_path / FILE).read_bytes()
    assert b"\r" not in content
    assert list(tomllib.loads(content.decode())["profiles"]) == ["default"]
    assert not stat.S_IMODE((tmp_path / FILE).stat().st_mode) & 0o133
    sample.write_case(tmp_path)
    run = cli("validate", "record.json")
    assert run.status == 0
    assert "made-up reporter" not in run.stderr


@pytest.mark.parametrize("name", [FILE, "own.toml"])
def test_init_overwrites_nothing(cli: Cli, tmp_path: Path, name: str) -> None:
    """A file that is there stays as it is, and the error says what to do instead."""
    (tmp_path / name).write_text("# mine\n", encoding="utf-8")
    run = cli("init", "--out", name)
    assert run.status == 2
    assert run.stdout == ""
    assert name in run.stderr
    assert "--out" in run.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == "# mine\n"


def test_init_does_not_follow_a_dangling_link(cli: Cli, tmp_path: Path) -> None:
    """A link to nothing is a file that is there: nothing is made at its end."""
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    assert cli("init").status == 2
    assert not (tmp_path / "elsewhere").exists()


def test_init_takes_another_name(cli: Cli, tmp_path: Path) -> None:
    """--out names the file; the usual one is not touched."""
    assert cli("init", "--out", "own.toml").stdout == "own.toml\n"
    assert not (tmp_path / FILE).exists()
    assert cli("profile", "check", "--config", "own.toml").status == 1


@pytest.mark.parametrize("name", ["missing/own.toml", "."])
def test_init_explains_why_it_cannot_write(cli: Cli, name: str) -> None:
    """A missing folder, or a folder instead of a file, is a usage error."""
    run = cli("init", "--out", name)
    assert run.status == 2
    assert name in run.stderr


def test_init_leaves_no_half_file(tmp_path: Path) -> None:
    """If the disk takes only part of the file, none is left to stand in the way of the next try."""
    code = (
        "import resource, sys; from cybertip.cli import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); sys.argv = ['cybertip', 'init']; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "cannot write cybertip.toml: File too large" in done.stderr
    assert os.listdir(tmp_path) == []


def test_init_prints_to_standard_output(cli: Cli, tmp_path: Path) -> None:
    """--out - prints what would be written, and writes nothing."""
    run = cli("init", "--out", "-")
    assert run.status == 0
    assert run.stderr == ""
    assert os.listdir(tmp_path) == []
    cli("init")
    assert (tmp_path / FILE).read_text(encoding="utf-8") == run.stdout


def test_init_in_one_envelope(cli: Cli, tmp_path: Path) -> None:
    """--json tells the file, its content and what is to be filled in; errors have their envelope, too."""
    printed = envelope(cli("init", "--out", "-", "--json").stdout)
    assert printed["file"] is None
    run = cli("init", "--json")
    written = envelope(run.stdout)
    assert run.stderr == ""
    assert (written["command"], written["exit"], written["file"]) == ("init", 0, FILE)
    assert written["content"] == printed["content"] == (tmp_path / FILE).read_text(encoding="utf-8")
    assert {item["code"] for item in written["findings"]} == {"P507"}
    assert len(written["findings"]) == GAPS
    run = cli("init", "--json")
    assert run.status == 2
    assert envelope(run.stdout)["error"]["kind"] == "ConfigurationError"


def test_profile_check_lists_what_is_left(cli: Cli, tmp_path: Path) -> None:
    """A fresh file has gaps, which are named by place and not by value; a filled-in one has none."""
    cli("init")
    run = cli("profile", "check")
    assert run.status == 1
    assert len(run.stdout.splitlines()) == GAPS
    assert "P507 error at /profiles/default/reporting_person/emails/0/address" in run.stdout
    assert "reports@" not in run.stdout
    (tmp_path / FILE).write_text(ready((tmp_path / FILE).read_text(encoding="utf-8")), encoding="utf-8")
    run = cli("profile", "check")
    assert (run.status, run.stdout) == (0, "")
    assert "Ready" in run.stderr


def test_a_profile_that_the_server_would_refuse_is_not_ready(cli: Cli, tmp_path: Path) -> None:
    """What breaks a documented rule in every report is told before the first one is made."""
    cli("init")
    content = ready((tmp_path / FILE).read_text(encoding="utf-8"))
    (tmp_path / FILE).write_text(re.sub("(?m)^legal_url = .*", 'legal_url = "not a url"', content), encoding="utf-8")
    run = cli("profile", "check")
    assert run.status == 1
    assert run.stdout.startswith("P507 error at /profiles/default/legal_url: ")
    assert "Ready" not in run.stderr


def test_profile_check_of_a_named_profile(cli: Cli, tmp_path: Path) -> None:
    """The name says which profile, and is part of the paths in the envelope."""
    (tmp_path / FILE).write_text("[profiles.second.reporting_person]\n", encoding="utf-8")
    run = cli("profile", "check", "second", "--json")
    content = envelope(run.stdout)
    assert (run.status, content["exit"], content["profile"]) == (1, 1, "second")
    assert content["findings"][0]["path"] == "/profiles/second/reporting_person/emails"
    run = cli("profile", "check")
    assert run.status == 2
    assert "[profiles.default]" in run.stderr


def test_profile_check_without_a_file_names_init(cli: Cli) -> None:
    """Whoever has no configuration is told how to get one."""
    run = cli("profile", "check")
    assert run.status == 2
    assert "cybertip init" in run.stderr


def test_an_unknown_key_names_the_nearest_one(cli: Cli, tmp_path: Path) -> None:
    """A typing mistake in the file is a usage error that shows the right name."""
    (tmp_path / FILE).write_text("[profiles.default]\nservise = 'Example'\n[profiles.default.reporting_person]\n")
    run = cli("profile", "check")
    assert run.status == 2
    assert "there is no key 'servise'. Did you mean 'service'?" in run.stderr


def test_rules_explains_p507(cli: Cli) -> None:
    """The rule is explained as one that is checked."""
    run = cli("rules", "P507")
    assert run.status == 0
    assert "cybertip profile check" in run.stdout
    assert "not yet part of this version" not in run.stdout
