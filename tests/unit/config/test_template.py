"""The settings in the file that ``cybertip init`` writes, and on the page."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cybertip.cli.init import TEMPLATE
from cybertip.config import SETTINGS, TABLES, Setting, load_settings
from cybertip.config.template import settings_template

ROOT = Path(__file__).resolve().parents[3]
LINES = settings_template().splitlines()
IN_FILE = [one for one in SETTINGS if one.in_file]


def used(setting: Setting) -> str:
    """The template with the line of one setting put to use."""
    table, lines = "", []
    for line in LINES:
        table = line.strip("[]") if line.startswith("[") else table
        mine = table == setting.table and line.startswith(f"#{setting.key} = ")
        lines.append(line[1:] if mine else line)
    return "\n".join(lines)


def test_the_template_says_nothing_as_it_stands(tmp_path: Path) -> None:
    """Every line of it is a comment, so all defaults count."""
    path = tmp_path / "cybertip.toml"
    path.write_text(settings_template(), encoding="utf-8")
    assert {one.source for one in load_settings({}, {}, path).values.values()} == {"default"}
    assert TEMPLATE.endswith(settings_template())


@pytest.mark.parametrize("setting", IN_FILE, ids=lambda one: one.name)
def test_every_setting_stands_in_the_template(setting: Setting, tmp_path: Path) -> None:
    """Its line loads once it is used, and holds the default where there is one."""
    path = tmp_path / "cybertip.toml"
    path.write_text(used(setting), encoding="utf-8")
    found = load_settings({}, {}, path).values[setting.name]
    assert found.source.endswith(f"[{setting.table}] {setting.key}")
    if setting.default is not None:
        assert found.value == setting.default


def test_the_template_has_no_other_keys() -> None:
    """Every table and every key in it is a setting's."""
    content = tomllib.loads("\n".join(line[1:] if re.match(r"#\w+ = ", line) else line for line in LINES))
    tables = {**content, "notices.webhook": content["notices"].pop("webhook")}
    assert tables.keys() == TABLES.keys()
    assert {f"{table}.{key}" for table, keys in tables.items() for key in keys} == {one.name for one in IN_FILE}


def test_the_page_is_not_stale() -> None:
    """The tables in docs/configuration.md are the settings as they are now; `make docs` writes them."""
    code = "import sys, settings_page as s; sys.stdout.buffer.write(s.page(s.PAGE.read_text('utf-8')).encode())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, check=True)
    assert done.stdout.decode() == (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_page_names_every_setting_and_its_variable() -> None:
    """Nobody has to look anywhere else, and the README leads to the page."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"### `\[(.*?)\]`\n(.*?)(?=\n### |\Z)", page, re.DOTALL))
    for one in SETTINGS:
        assert not one.in_file or f"| `{one.key}` |" in parts[one.table], one.name
        assert not one.variable or f"`{one.variable}`" in parts[one.table], one.name
    assert "docs/configuration.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    """It can be copied as it is."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "cybertip.toml"
    path.write_text(example, encoding="utf-8")
    settings = load_settings({}, {}, path)
    assert settings.endpoint.environment == "production"
    assert settings.profile("default") is not None
