"""The reported messages of a Coop decision as conversations of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cybertip.adapters._parts import Notes, Table, added, converted, many, supplement

_MESSAGE: Table = {"creatorId": "sender", "sentAt": "sent_at", "content": "text"}
_THREAD = ("threadId", "reportedContent")


def chats(threads: Any, known: Mapping[str, Mapping[str, Any]] | None, notes: Notes) -> list[dict[str, Any]]:
    """A conversation for each thread that has messages; its id is the room.

    Args:
        threads: the decision's reported messages.
        known: what the provider adds, by the thread's id.
        notes: the incident's, for what is no thread with messages.
    """
    found = []
    extras = added(known, "/threads", [_id_of(item) for item in many(threads)], "no thread of the decision has this id")
    for index, item in enumerate(many(threads)):
        contents = item.get("reportedContent") if isinstance(item, Mapping) else None
        if not isinstance(contents, list | tuple) or not contents:
            notes.line(f"reportedMessages[{index}]", item)
            continue
        chat_notes = Notes()
        chat: dict[str, Any] = {} if item.get("threadId") is None else {"room": item["threadId"]}
        chat["messages"] = [
            converted(content, _MESSAGE, chat_notes, f"reportedContent[{number}]")
            if isinstance(content, Mapping)
            else content
            for number, content in enumerate(contents)
        ]
        chat_notes.rest(item, _THREAD)
        supplement(chat, chat_notes, extras.get(_id_of(item)), {"room": "threadId", "messages": "reportedContent"})
        found.append(chat)
    return found


def _id_of(thread: Any) -> str:
    name = thread.get("threadId") if isinstance(thread, Mapping) else None
    return name if isinstance(name, str) else ""
