"""What has no element of its own, in sentences for `additionalInfo`."""

from __future__ import annotations

from datetime import datetime

from cybertip.models._types import write_datetime
from cybertip.review import Action, Chat, Detection, FollowUp, ReviewRecord, Viewed


def action_taken(action: Action) -> str:
    return _sentence(
        f"Action taken: {action.kind}",
        f"account: {action.account}" if action.account is not None else None,
        f"file: {action.file}" if action.file is not None else None,
        f"address: {action.url}" if action.url is not None else None,
        _at("at", action.at),
        {True: "the user was notified", False: "the user was not notified", None: None}[action.user_notified],
        _at("notified at", action.user_notified_at),
        _at("given back at", action.reenabled_at),
    )


def detected(detection: Detection | None) -> str | None:
    if detection is None:
        return None
    return _sentence(
        f"Detected by: {detection.source}",
        f"tool: {detection.tool}" if detection.tool else None,
        f"organisation: {detection.organisation}" if detection.organisation else None,
        _at("detected at", detection.detected_at),
        _at("notified at", detection.notified_at),
    )


def follow_up(earlier: FollowUp | None) -> str | None:
    if earlier is None:
        return None
    numbers = ", ".join(map(str, earlier.reports))
    return f"Follow-up to CyberTipline report {numbers}: {earlier.reason}"


def _at(what: str, moment: datetime | None) -> str | None:
    return f"{what} {write_datetime(moment)}" if moment is not None else None


def _sentence(*parts: str | None) -> str:
    return "; ".join(texts(*parts))


def signs_of_danger(record: ReviewRecord) -> str | None:
    return f"Signs of danger: {', '.join(record.indicators)}" if record.indicators else None


def texts(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


_READ = {Viewed.FULL: "all", Viewed.PARTIAL: "part", Viewed.NONE: "nothing"}


def how_much_was_read(chat: Chat) -> str:
    return f"A person at the provider read {_READ[chat.viewed]} of this conversation."
