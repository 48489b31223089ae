"""Tracebacks as error trackers send them."""

from __future__ import annotations

import traceback


def shown(problem: BaseException) -> str:
    """A traceback with the variables of every frame, and everything that is chained to it, suppressed or not."""
    lines: list[str] = []
    seen: set[int] = set()
    todo: list[BaseException | None] = [problem]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            lines += traceback.TracebackException.from_exception(one, capture_locals=True).format(chain=False)
            todo += [one.__cause__, one.__context__]
    return "".join(lines)
