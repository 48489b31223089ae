"""Settings: what the command line, the environment and ``cybertip.toml`` say, in one documented order.

    settings = load_settings()
    with Ledger.open(settings.ledger_place, ...) as ledger, settings.connection().client() as client:
        ...

What is given on the command line counts most, then the environment, then the file, then the defaults. Secrets come from
a file, a program or the environment, never from the command line, where every user of the machine could read them, and
never from cybertip.toml, which ends in version control. They are read each time they are asked for.
"""

from __future__ import annotations

from cybertip.config._catalogue import SETTINGS, TABLES, Setting
from cybertip.config._connection import Connection
from cybertip.config._file import CONFIG_FILE
from cybertip.config._loading import load_settings
from cybertip.config._parts import Notices, Purge, Webhook, Work
from cybertip.config._secrets import Secret
from cybertip.config._settings import MOCK_PASSWORD, MOCK_USERNAME, Settings
from cybertip.config._values import Level, Value
from cybertip.filing.occasions import Occasion

__all__ = [
    "CONFIG_FILE",
    "MOCK_PASSWORD",
    "MOCK_USERNAME",
    "SETTINGS",
    "TABLES",
    "Connection",
    "Level",
    "Notices",
    "Occasion",
    "Purge",
    "Secret",
    "Setting",
    "Settings",
    "Value",
    "Webhook",
    "Work",
    "load_settings",
]
