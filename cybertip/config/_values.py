"""One value of a setting, and where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

from cybertip.config._catalogue import Setting


class Level(IntEnum):
    """What can name a setting; the higher counts."""

    DEFAULT = 0
    FILE = 1
    ENVIRONMENT = 2
    FLAG = 3


@dataclass(frozen=True, slots=True)
class Value:
    """What a setting is.

    Attributes:
        setting: the setting.
        value: its value; None where it is not set.
        level: what named it.
        source: that in words: ``flag --ledger``, ``environment CYBERTIP_LEDGER``, ``cybertip.toml [ledger] place``,
            ``default``.
    """

    setting: Setting
    value: Any = field(repr=False)
    level: Level
    source: str

    def shown(self) -> Any:
        """The value for showing, as plain data: of a secret only whether it is set, an address without its password."""
        if self.setting.masked:
            return "not set" if self.value is None else "set"
        if self.setting.name == "notices.webhook.url" and self.value is not None:
            return masked_webhook(self.value)
        if isinstance(self.value, tuple):
            return list(self.value)
        return masked_url(self.value) if isinstance(self.value, str) else self.value


def masked_url(text: str) -> str:
    """A path as it is; an address without its password, wherever in it that stands."""
    scheme, divider, rest = text.partition("://")
    if not divider:
        return text
    # A password may hold anything that stands before an address's end, so all up to the last @ counts as its part.
    login, at, place = rest.rpartition("@")
    if at:
        rest = f"{login.partition(':')[0]}:***@{place}" if ":" in login else rest
    return f"{scheme}://" + re.sub(r"(?i)([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*", r"\1***", rest)


def masked_webhook(url: str) -> str:
    """The host of an address. Those of many services hold a secret in their path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/…"
