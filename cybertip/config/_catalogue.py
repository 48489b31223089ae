"""Every setting there is: its name, what it may hold, its default, its variable, and what it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cybertip.config import _kinds as k
from cybertip.config._kinds import Kind
from cybertip.environments import Environment
from cybertip.filing.limits import USUAL
from cybertip.filing.occasions import Occasion
from cybertip.filing.schedule import Pace


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: its table and key, such as ``notices.webhook.url``.
        kind: what it may hold.
        words: what it means, in a sentence.
        default: what it is where nobody says anything; None where it then does not apply.
        named_flag: its option on the command line, where that is not called like the key.
        named_variable: its environment variable, where that is not called like table and key; "" where it has none.
        example: what it could be, as TOML; for a setting without a default.
        in_file: whether it may stand in cybertip.toml.
        secret: the secret that it leads to, such as ``server.password``; of those that do only one counts.
        masked: whether its value is not for showing.
    """

    name: str
    kind: Kind
    words: str
    default: Any = None
    named_flag: str | None = None
    named_variable: str | None = None
    example: str = ""
    in_file: bool = True
    secret: str = ""
    masked: bool = False

    @property
    def table(self) -> str:
        """Its table in cybertip.toml."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """Its key in the table."""
        return self.name.rpartition(".")[2]

    @property
    def flag(self) -> str:
        """Its option, for a command that has one for it."""
        return self.named_flag or f"--{self.key.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """Its environment variable; empty where there is none."""
        if self.named_variable is not None:
            return self.named_variable
        return f"CYBERTIP_{self.name.removeprefix('server.').replace('.', '_').upper()}"


def _secret(name: str, what: str, program: str) -> tuple[Setting, ...]:
    """The ways to say where a secret comes from. In one source an earlier one counts before a later one."""
    variable = f"CYBERTIP_{name.removeprefix('server.').replace('.', '_').upper()}"
    return (
        Setting(
            f"{name}_file",
            k.PLACE,
            f"A file that holds {what}.",
            example=f'"/run/secrets/{name.rpartition(".")[2]}"',
            secret=name,
        ),
        Setting(
            f"{name}_command",
            k.COMMAND,
            f"A program that prints {what}, and its arguments; run without a shell, 10 seconds at most.",
            example=program,
            secret=name,
            masked=True,
        ),
        Setting(
            f"{name}_env",
            k.VARIABLE,
            f"The name of an environment variable that holds {what}.",
            named_variable="",
            example=f'"MY_{name.rpartition(".")[2].upper()}"',
            secret=name,
        ),
        Setting(
            name,
            k.SECRET,
            f"{what[0].upper()}{what[1:]}, as such.",
            named_variable=variable,
            in_file=False,
            secret=name,
            masked=True,
        ),
    )


_PACE = Pace()
_DAY = 86_400

SETTINGS: tuple[Setting, ...] = (
    Setting("server.environment", k.choice(*Environment), "Which server: mock, test or production.", "mock"),
    Setting(
        "server.base_url",
        k.TEXT,
        "An address of your own, such as a gateway's; else that of the environment.",
        example='"https://reports.example.com/ispws"',
    ),
    Setting(
        "server.username",
        k.TEXT,
        "The user name at NCMEC; each environment has its own.",
        example='"our-user-name"',
        masked=True,
    ),
    *_secret("server.password", "the password", '["my-vault", "read", "cybertip/password"]'),
    Setting(
        "ledger.place",
        k.LEDGER,
        "Where the ledger is: a file, or the URL of a database; else cybertip-ENVIRONMENT.sqlite3, here.",
        named_flag="--ledger",
        named_variable="CYBERTIP_LEDGER",
        example='"cybertip-mock.sqlite3"',
    ),
    Setting("work.threads", k.whole(1, 64), "How many filings are worked on at once.", 4),
    Setting("work.most_open", k.whole(1, 100_000), "How many reports are open at NCMEC at once, at most.", 100),
    Setting("work.lease", k.number(5, 3600, "seconds"), "How long a filing is held without a sign of life.", 120),
    Setting("work.poll", k.number(0.1, 3600, "seconds"), "How often to look for what other processes put in.", 5),
    Setting("limits.reports", k.whole(1, 100), "How many reports are opened for a filing in vain.", USUAL.reports),
    Setting("limits.damaged", k.whole(1, 100), "How many files may arrive with another MD5.", USUAL.damaged),
    Setting(
        "limits.refused_retracts",
        k.whole(1, 100),
        "How often a retract may fail in a row, once it was refused.",
        USUAL.refused_retracts,
    ),
    Setting(
        "limits.ask_after_lost_submit",
        k.YES_OR_NO,
        "Whether a person is asked as soon as a report may have been opened whose number nobody knows.",
        USUAL.ask_after_lost_submit,
    ),
    Setting("pace.base", k.number(0.1, _DAY, "seconds"), "What the first wait after a failure is at most.", 2),
    Setting("pace.cap", k.number(0.1, _DAY, "seconds"), "What any wait is at most.", 900),
    Setting("pace.evidence", k.number(1, _DAY, "seconds"), "After how long a missing file is looked for again.", 900),
    Setting(
        "pace.margin",
        k.number(0, 21_600, "seconds"),
        "How long before it could lapse an open report is no longer worked on.",
        300,
    ),
    Setting(
        "pace.upload_rate",
        k.number(1, 1e12, "bytes per second"),
        "What an upload surely makes; tells how long the next file takes.",
        int(_PACE.upload_rate),
    ),
    Setting("notices.occasions", k.choices(*Occasion), "What is told.", tuple(str(one) for one in Occasion)),
    Setting(
        "notices.reminder",
        k.number(60, 30 * _DAY, "seconds"),
        "How often it is told again, until somebody acts or acknowledges it.",
        14_400,
    ),
    Setting(
        "notices.overdue_after",
        k.number(60, 365 * _DAY, "seconds"),
        "How long after its confirmation a record that is not filed is overdue.",
        _DAY,
    ),
    Setting(
        "notices.stuck_after",
        k.number(60, 30 * _DAY, "seconds"),
        "How long nothing may go on, although something is due.",
        900,
    ),
    Setting(
        "notices.lapse_within",
        k.number(60, _DAY, "seconds"),
        "How long before an open report could lapse it is told of.",
        7200,
    ),
    Setting(
        "notices.command",
        k.COMMAND,
        "A program that is started for each notice, and its arguments.",
        example='["/usr/local/bin/page-someone", "--team", "safety"]',
        masked=True,
    ),
    Setting(
        "notices.webhook.url",
        k.WEBHOOK,
        "Where each notice is posted to. Only its host is ever shown.",
        example='"https://alerts.example.com/cybertip"',
    ),
    *_secret(
        "notices.webhook.secret",
        "the secret that signs notices",
        '["my-vault", "read", "cybertip/webhook"]',
    ),
    *_secret(
        "encrypt.key",
        "the keys",
        '["my-vault", "read", "cybertip/keys"]',
    ),
    Setting(
        "purge.after",
        k.whole(1, 36_500, "days"),
        "How long after a filing ended its payloads may be purged.",
        example="400",
    ),
    Setting(
        "purge.hold",
        replace(
            k.whole(365, 36_500, "days"),
            wanted="a whole number of days, 365 at least: 18 U.S.C. 2258A(h) asks for one year",
        ),
        "How long what was filed is preserved; 18 U.S.C. 2258A(h) asks for one year.",
        365,
    ),
)

BY_NAME = {one.name: one for one in SETTINGS}
PROFILES = "profiles"
"""The table of the reporter profiles, which is read by `cybertip.profile`."""
TABLES = {
    "server": "Which server, and the account there. A password is a file's first line, or a program's.",
    "ledger": "The durable store of all filings.",
    "work": "How filings are worked on.",
    "limits": "How often something may go wrong with a filing before a person is asked.",
    "pace": "How long is waited after a failure, and when it is too late to go on with an open report.",
    "notices": "What is told when, by a program or by a webhook.",
    "notices.webhook": "Where notices are posted to, signed with the first line of a secret.",
    "encrypt": "The keys that encrypt what the ledger keeps: each a line of 32 bytes as base64, the one in use first.",
    "purge": "When the payloads of what has ended may be purged.",
}
"""The tables of settings, with what they are about."""
