"""What is wrong with the children of an element, in words.

XML Schema validators say "this element is not expected". People who write reports want to know what to move, add or
remove. One function tells them, from the table of the models; it is total: it finds something exactly when the
children are not what the schema wants.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from cybertip.models._base import Choice
from cybertip.models._shape import Shape

MOST = 20
"""How many unknown children of one element are named one by one; hostile documents hold millions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes:
        index: which child it is about, or None for the element itself.
        message: what is wrong.
        cure: what to do.
    """

    index: int | None
    message: str
    cure: str = ""


def shown(name: str) -> str:
    """A name of the document for words and paths: cut short, and without its namespace, which may say anything."""
    local = name.rpartition("}")[2]
    return local if len(local) <= 60 else f"{local[:60]}…"


def content_problems(parent: str, shape: Shape, names: Sequence[str]) -> list[Problem]:
    """Everything wrong with an element's children.

    Args:
        parent: the element's name, for the words.
        shape: its structure.
        names: the names of its child elements in document order.
    """
    if _is_right(shape, names):
        return []
    ranks = shape.rank_by_name
    unknown = [(index, name) for index, name in enumerate(names) if name not in ranks]
    problems = [_unknown(parent, shape, index, name) for index, name in unknown[:MOST]]
    if len(unknown) > MOST:
        problems.append(Problem(None, f"<{parent}> holds {len(unknown) - MOST} more elements that are not its own"))
    known = [(index, name) for index, name in enumerate(names) if name in ranks]
    problems += _too_many(parent, shape, known)
    problems += _exclusive(parent, shape, known)
    if not shape.model.any_order:
        problems += _out_of_order(known, ranks)
    problems += _missing(parent, shape, known, ranks)
    return problems


def _is_right(shape: Shape, names: Sequence[str]) -> bool:
    """Whether nothing at all is wrong, which is nearly always so and quickly seen."""
    ranks = [shape.rank_by_name.get(name, -1) for name in names]
    if -1 in ranks or issubclass(shape.model, Choice):
        return False
    if shape.model.any_order:
        ranks.sort()
    for one, two in pairwise(ranks):
        if one > two or (one == two and not shape.children[one].many):
            return False
    return shape.required <= set(names)


def _unknown(parent: str, shape: Shape, index: int, name: str) -> Problem:
    allowed = [child.name for child in shape.children]
    if name.startswith("{"):
        return Problem(
            index, f"<{shown(name)}> is in a namespace", "The documents have no namespace: remove the xmlns."
        )
    if not allowed:
        return Problem(index, f"<{shown(name)}> stands in <{parent}>, which holds no elements", "Remove it.")
    close = get_close_matches(name[:100], allowed, n=1)
    cure = f"Did you mean <{close[0]}>?" if close else f"Allowed are: {', '.join(f'<{item}>' for item in allowed)}."
    return Problem(index, f"<{shown(name)}> is not an element of <{parent}>", cure)


def _too_many(parent: str, shape: Shape, known: Sequence[tuple[int, str]]) -> list[Problem]:
    problems, seen = [], Counter[str]()
    for index, name in known:
        seen[name] += 1
        child = shape.child(name)
        if seen[name] == 2 and child is not None and not child.many:
            problems.append(Problem(index, f"<{name}> may occur only once in <{parent}>", "Keep one of them."))
    return problems


def _exclusive(parent: str, shape: Shape, known: Sequence[tuple[int, str]]) -> list[Problem]:
    if not issubclass(shape.model, Choice):
        return []
    exclusive = [child.name for child in shape.children if child.field in shape.model.one_of]
    given = [(index, name) for index, name in known if name in exclusive]
    problems = []
    if shape.model.one_needed and not given:
        problems.append(Problem(None, f"<{parent}> is empty", f"It holds exactly one of {_listed(exclusive)}."))
    for index, name in given[1:]:
        if name != given[0][1]:
            problems.append(
                Problem(index, f"<{name}> and <{given[0][1]}> exclude each other in <{parent}>", "Keep one of them.")
            )
    return problems


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"<{name}>" for name in names)


def _out_of_order(known: Sequence[tuple[int, str]], ranks: Mapping[str, int]) -> list[Problem]:
    """The fewest elements to move: all that are not in a longest run that is in order."""
    in_order = _longest_ordered([ranks[name] for _, name in known])
    present = sorted({ranks[name] for _, name in known})
    names = {rank: name for name, rank in ranks.items()}
    problems = []
    for position, (index, name) in enumerate(known):
        if position in in_order:
            continue
        before = [rank for rank in present if rank < ranks[name]]
        after = [rank for rank in present if rank > ranks[name]]
        where = f"after <{names[before[-1]]}>" if before else f"before <{names[after[0]]}>"
        problems.append(Problem(index, f"<{name}> must come {where}", "The order of elements is fixed: move it."))
    return problems


def _longest_ordered(ranks: Sequence[int]) -> set[int]:
    """The positions of a longest non-decreasing subsequence (patience sorting)."""
    if all(one <= two for one, two in pairwise(ranks)):
        return set(range(len(ranks)))
    tails: list[int] = []
    positions: list[int] = []
    previous: list[int | None] = []
    for position, rank in enumerate(ranks):
        place = bisect_right(tails, rank)
        previous.append(positions[place - 1] if place else None)
        if place == len(tails):
            tails.append(rank)
            positions.append(position)
        else:
            tails[place], positions[place] = rank, position
    found: set[int] = set()
    step = positions[-1] if positions else None
    while step is not None:
        found.add(step)
        step = previous[step]
    return found


def _missing(parent: str, shape: Shape, known: Sequence[tuple[int, str]], ranks: Mapping[str, int]) -> list[Problem]:
    given = {name for _, name in known}
    problems = []
    for child in shape.children:
        if child.required and child.name not in given:
            before = [name for name in given if ranks[name] < ranks[child.name]]
            place = f"after <{max(before, key=ranks.__getitem__)}>" if before else f"at the start of <{parent}>"
            problems.append(Problem(None, f"<{child.name}> is missing in <{parent}>", f"Add it {place}."))
    return problems
