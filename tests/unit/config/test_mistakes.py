"""What is wrong in a file, a variable or a flag is told with its place and its cure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cybertip.config import SETTINGS, load_settings
from cybertip.errors import ConfigurationError

SECRET = "canary-4f81"


def refused(folder: Path, toml: str, flags: Mapping[str, Any] | None = None, /, **variables: str) -> list[str]:
    """The lines of the error, with a short name for the file. Nothing secret stands in them."""
    path = folder / "cybertip.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(flags, variables, path)
    assert SECRET not in str(caught.value)
    return str(caught.value).replace(str(path), "FILE").splitlines()


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ("[servr]\nx = 1\n", "FILE: there is no table 'servr'; did you mean 'server'?"),
        ("[profile.x]\n", "FILE: there is no table 'profile'; did you mean 'profiles'?"),
        ("[x]\n", ("FILE: there is no table 'x'; remove it; known are: server, ledger, work, limits, pace, notices,"
                  " encrypt, purge, profiles")),
        ("[work]\nthread = 4\n", "FILE [work]: there is no key 'thread'; did you mean 'threads'?"),
        ("[work]\nmost-open = 4\n", "FILE [work]: there is no key 'most-open'; did you mean 'most_open'?"),
        ("[notices.webhok]\nx = 1\n", "FILE [notices]: there is no table 'webhok'; did you mean 'webhook'?"),
        ("[notices.webhook]\nurls = 1\n", "FILE [notices.webhook]: there is no key 'urls'; did you mean 'url'?"),
        ("[purge]\nxyz = 4\n", "FILE [purge]: there is no key 'xyz'; remove it; known are: after, hold"),
        ("server = 3\n", "FILE server: must be a table, [server]"),
        ("[notices]\nwebhook = 3\n", "FILE notices.webhook: must be a table, [notices.webhook]"),
        ("profiles = 3\n", "FILE [profiles]: must be a table of tables [profiles.NAME]"),
        ('[purge]\n"a\\nb" = 1\n', "FILE [purge]: there is no key '…'; remove it; known are: after, hold"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_the_nearest_name(tmp_path: Path, toml: str, line: str) -> None:
    """A table or key that does not exist is named, with what may have been meant."""
    assert refused(tmp_path, toml) == [line]


@pytest.mark.parametrize(
    ("table", "key", "way", "variable"),
    [
        ("server", "password", "password_file", "CYBERTIP_PASSWORD"),
        ("notices.webhook", "secret", "secret_file", "CYBERTIP_NOTICES_WEBHOOK_SECRET"),
        ("encrypt", "key", "key_file", "CYBERTIP_ENCRYPT_KEY"),
    ],
)
def test_a_secret_in_the_file_is_refused_by_name(tmp_path: Path, table: str, key: str, way: str, variable: str) -> None:
    """It is told where it belongs, and not quoted."""
    (line,) = refused(tmp_path, f'[{table}]\n{key} = "{SECRET}"\n')
    assert line.startswith(f"FILE [{table}] {key}: no secret belongs into this file")
    assert way in line
    assert f"set {variable} in" in line
    assert "remove the key" in line


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("server.environment", ['"staging"', "1", "true"]),
        ("server.base_url", ['""', "1", '"a\\nb"']),
        ("server.password_command", [f'"{SECRET}"', "[]", f'["", "{SECRET}"]', "[1]", '["a", 1]', '["a\\u0000"]']),
        ("server.password_env", ['"A B"', '""', '"1A"', "1"]),
        ("ledger.place", ['""', '" "', "1"]),
        ("work.threads", ["0", "65", '"4"', "4.0", "true"]),
        ("work.poll", ["0", "nan", "inf", "true", '"5"', "3601"]),
        ("limits.ask_after_lost_submit", ["1", '"true"']),
        ("pace.margin", ["-1", "21601"]),
        ("notices.occasions", ['"filed"', '["flied"]', "[1]"]),
        ("notices.webhook.url", [
            f'"http://a.example.com/{SECRET}"', f'"https://u:{SECRET}@a.example.com/"', '"https://report.cybertip.org/"',
            *(f'"https://{host}/x"' for host in ("hooks.missingkids.org", "HOOKS.NCMEC.ORG.")), "1", '"x y"',
            '"https://a.example.com/#x"', '"https://a.example.com/?a#b"', '"https://a.example.com/a b"',
        ]),
        ("purge.hold", ["364", "365.5"]),
        ("purge.after", ["0"]),
    ],
)  # fmt: skip
def test_a_wrong_value_names_its_place_and_what_is_wanted(tmp_path: Path, name: str, wrong: list[str]) -> None:
    """Table, key and what may stand there, without the value."""
    (setting,) = (one for one in SETTINGS if one.name == name)
    for value in wrong:
        (line,) = refused(tmp_path, f"[{setting.table}]\n{setting.key} = {value}\n")
        assert line == f"FILE [{setting.table}] {setting.key}: must be {setting.kind.wanted}"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("CYBERTIP_ENVIRONMENT", "staging"),
        ("CYBERTIP_WORK_THREADS", "four"),
        ("CYBERTIP_WORK_POLL", "soon"),
        ("CYBERTIP_LIMITS_ASK_AFTER_LOST_SUBMIT", "perhaps"),
        ("CYBERTIP_NOTICES_OCCASIONS", "filed,flied"),
        ("CYBERTIP_PASSWORD_COMMAND", f"vault '{SECRET}"),
        ("CYBERTIP_PURGE_HOLD", "30"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, text: str) -> None:
    """Variables are checked like the file."""
    (line,) = refused(tmp_path, "", None, **{variable: text})
    assert line.startswith(f"environment {variable}: must be ")


def test_a_wrong_flag_is_named(tmp_path: Path) -> None:
    """So are flags."""
    assert refused(tmp_path, "", {"work.threads": 65}) == ["flag --threads: must be a whole number from 1 to 64"]


def test_a_wrong_value_is_told_even_where_another_counts(tmp_path: Path) -> None:
    """A flag hides no mistake in the file that would come up later."""
    assert len(refused(tmp_path, "[work]\nthreads = 0\n", {"work.threads": 3})) == 1


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """The first five in words, and how many more there are."""
    keys = "".join(f"x{number} = 1\n" for number in range(5))
    lines = refused(tmp_path, f"[work]\n{keys}threads = 0\n", CYBERTIP_PURGE_HOLD="x")
    assert len(lines) == 6
    assert lines[-1] == "… and 2 more"


def test_waits_must_fit_together(tmp_path: Path) -> None:
    """The longest wait is not below the first, and both places are named."""
    (line,) = refused(tmp_path, "[pace]\nbase = 20\n", CYBERTIP_PACE_CAP="10")
    assert line.startswith("environment CYBERTIP_PACE_CAP and FILE [pace] base: ")


def test_a_secret_has_one_way_in_the_file(tmp_path: Path) -> None:
    """Two of them are refused: nobody could say which counts."""
    (line,) = refused(tmp_path, '[server]\npassword_file = "a"\npassword_env = "B"\n')
    assert line == "FILE [server] password_env: password_file says already where the secret is; keep one of them"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[server", "is not TOML: "),
        (b"\xff\xfe", "is not TOML: it is not UTF-8 text"),
        (b"x = " + b"9" * 5000, "beyond all measure"),
        (b"x = " + b"[" * 100_000, "beyond all measure"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Whatever the file holds, it is named and no traceback comes of it."""
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=words) as caught:
        load_settings({}, {}, path)
    assert str(path) in str(caught.value)
