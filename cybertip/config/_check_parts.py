"""Checks of what lies on this machine: profiles, secrets, keys, notices."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator

from cybertip.config._results import Check, failed, not_checked, ok, warning
from cybertip.config._settings import Settings
from cybertip.environments import Environment
from cybertip.errors import ConfigurationError
from cybertip.gaps import profile_gaps

SECRETS = ("server.password", "notices.webhook.secret", "encrypt.key")


def profiles(settings: Settings) -> Iterator[Check]:
    """Whether each reporter profile is complete (P507); that stops production alone."""
    environment = settings.values["server.environment"].value
    if not settings.profile_names:
        mock = environment == Environment.MOCK
        tell, words = (warning, "a made-up reporter stands in") if mock else (failed, "nothing can be filed")
        yield tell("profile", f"{settings.no_profile()}: {words}", "`cybertip init` writes a file to fill in")
    for name in settings.profile_names:
        subject = f"profile {name}" if name.isprintable() else "profile"
        try:
            profile = settings.profile(name)
        except ConfigurationError as problem:
            yield failed(subject, "; ".join(str(problem).splitlines()))
            continue
        gaps = profile_gaps(profile, "") if profile is not None else []
        if gaps:
            tell = failed if environment == Environment.PRODUCTION else warning
            words = f"{len(gaps)} to mend before production: {', '.join(one.path for one in gaps[:5])}"
            more = f" and {len(gaps) - 5} more" if len(gaps) > 5 else ""
            called = name if name.isprintable() else "NAME"
            yield tell(subject, f"{words}{more}", f"`cybertip profile check {called}` explains them")
        else:
            yield ok(subject, "ready for production")


def files_of_secrets(settings: Settings) -> Iterator[Check]:
    """Whether other users of this machine could read a secret's file."""
    for name in SECRETS:
        secret = settings.secret(name)
        if secret is None or secret.file is None:
            continue
        try:
            mode = secret.file.stat().st_mode
        except OSError:
            continue  # whoever reads it tells of it
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            yield warning(
                "secrets", f"{secret.file} can be read by other users of this machine", f"chmod 600 {secret.file}"
            )


def webhook(settings: Settings) -> Check:
    """Whether notices can be posted, signed."""
    hook = settings.notices.webhook
    if hook is None:
        secret = settings.secret("notices.webhook.secret")
        if secret is None:
            return not_checked("webhook", "none is configured")
        return failed("webhook", f"there is a secret ({secret.source}), and no url", "Set url in [notices.webhook]")
    try:
        hook.signing()
    except ConfigurationError as problem:
        return failed("webhook", str(problem))
    return ok("webhook", f"{settings.values['notices.webhook.url'].shown()}, with a secret")


def notices_command(settings: Settings) -> Check:
    """Whether the program for notices is there, and whether anybody is told at all."""
    notices = settings.notices
    if not notices.command:
        if notices.webhook is None and settings.values["server.environment"].value == Environment.PRODUCTION:
            cure = "Set command in [notices], or url in [notices.webhook]"
            return warning("notices", "nobody is told when something needs a person", cure)
        return not_checked("notices", "no command is configured")
    if shutil.which(notices.command[0]) is None:
        source = settings.values["notices.command"].source
        return failed("notices", f"the program of {source} is not there, or cannot be run", "Name it with its folder")
    return ok("notices", "the program is there and can be run")


def encryption(settings: Settings) -> Check:
    """Whether the keys of the ledger are there and of the right form."""
    try:
        count = len(settings.keys())
    except ConfigurationError as problem:
        return failed("encryption", str(problem))
    if count:
        older = f", and {count - 1} older" if count > 1 else ""
        return ok("encryption", f"the key is there{older}")
    words = "no key is configured: what the ledger keeps is not encrypted"
    if settings.values["server.environment"].value == Environment.PRODUCTION:
        return warning("encryption", words, "Set key_file in [encrypt]")
    return not_checked("encryption", words)
