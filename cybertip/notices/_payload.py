"""What a message says. No content, no personal data, no ids of records, no paths, nothing that a person typed."""

from __future__ import annotations

import json

from cybertip.concerns import Concern
from cybertip.environments import Environment

VERSION = 1
"""The version of the payload's form. What is added does not change it; what would break a reader does."""


def payload(message_id: str, concern: Concern, *, reminder: int, environment: Environment, ledger_id: str) -> str:
    """A message as JSON.

    Args:
        message_id: the same for all tries and all receivers, and for no other message.
        concern: what it is about.
        reminder: how often it was told before.
        environment: whose ledger it is.
        ledger_id: which.
    """
    status = concern.status
    return json.dumps(
        {
            "cybertip_notice": VERSION,
            "id": message_id,
            "occasion": str(concern.occasion),
            "filing": concern.filing_id,
            "report_id": None if status is None else status.report_id,
            "status": None if status is None else str(status.kind),
            "situation": None if status is None else str(status.situation),
            "since": concern.since.isoformat(),
            "reminder": reminder,
            "environment": str(environment),
            "ledger": ledger_id,
            "commands": [one.line for one in concern.commands],
        }
    )
