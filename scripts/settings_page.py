"""Write the tables of docs/configuration.md from the catalogue of settings itself.

Run by ``make docs``; a test fails when the page is stale. What stands between the marks is made here, the rest by hand.
"""

from __future__ import annotations

from pathlib import Path

from cybertip.config import SETTINGS, TABLES, Setting
from cybertip.config.template import as_toml

PAGE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
_BEGIN, _END = "<!-- settings: made by `make docs` -->\n", "<!-- end of settings -->"


def page(text: str) -> str:
    """The page with its made part as it is now."""
    if text.count(_BEGIN) != 1 or text.count(_END) != 1:
        raise ValueError("docs/configuration.md needs one place for the settings")
    before, rest = text.split(_BEGIN)
    made = "\n".join(_table(name, words) for name, words in TABLES.items())
    return f"{before}{_BEGIN}\n{made}\n{_END}{rest.split(_END)[1]}"


def _table(name: str, words: str) -> str:
    rows = [_row(one) for one in SETTINGS if one.table == name]
    head = "| key | variable | default | meaning |\n|---|---|---|---|"
    return "\n".join([f"### `[{name}]`", "", words, "", head, *rows]) + "\n"


def _row(setting: Setting) -> str:
    key = f"`{setting.key}`" if setting.in_file else "(never in the file)"
    variable = f"`{setting.variable}`" if setting.variable else ""
    default = f"`{as_toml(setting.default)}`" if setting.default is not None else ""
    hint = f" ({setting.kind.hint})" if setting.kind.hint else ""
    return f"| {key} | {variable} | {default} | {setting.words.removesuffix('.')}{hint} |"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
