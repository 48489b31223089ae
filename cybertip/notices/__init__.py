"""Telling people: what was filed, what needs them, and again until somebody acts or acknowledges it.

    notifier = Notifier(ledger, [Webhook("https://alerts.example.com/hook", secret), Call(tell)])
    notifier.look()      # derives what is to be told, and keeps it
    notifier.deliver()   # sends what is due

What is to be told is kept in the ledger before it is sent, and each message until it has arrived: it arrives at least
once, whatever breaks in between, and a receiver knows one that comes twice by its id. No message holds content,
personal data, an id of a record, or what a person typed. docs/notices.md has the payload.
"""

from __future__ import annotations

from cybertip.notices._notifier import NoticeSettings, Notifier
from cybertip.notices._payload import VERSION, payload
from cybertip.notices._receivers import Call, Program, Receiver, UndeliveredError
from cybertip.notices._webhook import Webhook, signature

__all__ = [
    "VERSION",
    "Call",
    "NoticeSettings",
    "Notifier",
    "Program",
    "Receiver",
    "UndeliveredError",
    "Webhook",
    "payload",
    "signature",
]
