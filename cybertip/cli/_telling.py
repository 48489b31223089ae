"""What the settings say about who is told what."""

from __future__ import annotations

from cybertip.concerns import Thresholds
from cybertip.config import Settings
from cybertip.ledger import Ledger
from cybertip.notices import NoticeSettings, Notifier, Program, Receiver, Webhook


def thresholds_of(settings: Settings) -> Thresholds:
    """When something that takes its time becomes a concern."""
    told = settings.notices
    return Thresholds(told.overdue_after, told.stuck_after, told.lapse_within)


def notifier_of(settings: Settings, ledger: Ledger) -> Notifier | None:
    """Who tells people; None where nobody is to be told.

    Raises:
        ConfigurationError: the webhook makes no sense, or its secret is missing.
    """
    told = settings.notices
    receivers: list[Receiver] = []
    if told.command:
        receivers.append(Program(told.command, hidden=settings.secret_variables))
    if told.webhook is not None:
        told.webhook.signing()
        receivers.append(Webhook(told.webhook.url, told.webhook.signing))
    if not receivers:
        return None
    return Notifier(ledger, receivers, NoticeSettings(told.occasions, told.reminder, thresholds_of(settings)))
